//! Temporary credentials of a role: what the built-in security token service gives, and what
//! their signatures prove.
//!
//! Nothing is stored. The session token is sealed and holds the secret key, the role and
//! whose session it is, so any engine with the same keys can check a signature. Credentials
//! end when the token says, at the latest twelve hours after they were given.
//!
//! They are not the vendor's: the access key id has digits that no real one has, and the
//! session token begins with a word, so that neither is mistaken for a key to AWS.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::keys::OpenKeys;
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::identity::standing::Grounds;
use crate::engine::{Engine, Error, Result, identity};
use crate::rules::identity_pools::role_of;

/// What every session token of ours begins with.
const PREFIX: &str = "poolhouse.";
/// What every temporary access key id of ours begins with. A real id holds letters and the
/// digits 2 to 7 alone.
const ID_PREFIX: &str = "ASIA0P00L";

/// A session: who acts in which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub role_arn: String,
    /// Stands at the end of the assumed role's ARN.
    pub session_name: String,
    pub identity_pool_id: String,
    pub identity_id: String,
    /// Whether nobody proved who they are.
    pub is_guest: bool,
    /// Whether the caller asked for less than the role may do. Policies are not evaluated
    /// here, so such a session may do nothing that needs one.
    pub is_restricted: bool,
    /// Principal tags.
    pub tags: BTreeMap<String, String>,
    pub expires_at: UnixMillis,
    /// The logins whose end is the session's as well, where it administers the engine.
    #[serde(default)]
    pub rests_on: Vec<Grounds>,
}

impl Session {
    /// Returns the account of the role.
    pub fn account(&self) -> &str {
        role_of(&self.role_arn).map_or("", |(account, _)| account)
    }

    /// Returns the ARN of the session.
    pub fn arn(&self) -> String {
        let (account, role) = role_of(&self.role_arn).unwrap_or_default();
        format!("arn:aws:sts::{account}:assumed-role/{role}/{}", self.session_name)
    }

    /// Returns the id of the assumed role: one for each role, and the session's name.
    pub fn assumed_role_id(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.role_arn.as_bytes());
        let mut id = hex::encode_upper(digest);
        id.truncate(12);
        format!("AROA0P00L{id}:{}", self.session_name)
    }

    /// Tells whether the session may call signed operations: those of the roles that whoever
    /// started the program named, and never a guest's or one that asked for less.
    pub fn may_administer(&self, engine: &Engine) -> bool {
        !self.is_guest && !self.is_restricted && engine.identity.admin_roles.contains(&self.role_arn)
    }
}

/// Temporary credentials as they are given.
#[derive(Clone, Debug)]
pub struct Issued {
    pub access_key_id: String,
    pub secret: Secret,
    pub token: Secret,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    secret: Secret,
    session: Session,
}

/// Makes credentials for a session.
///
/// # Errors
///
/// `InternalErrorException` when the session cannot be written.
pub fn issue(keys: &OpenKeys, rng: &dyn Rng, session: &Session) -> Result<Issued> {
    let access_key_id = ids::key_id(rng, ID_PREFIX);
    let secret = Secret::new(ids::secret_access_key(rng));
    let sealed = Sealed {
        secret: secret.clone(),
        session: session.clone(),
    };
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&sealed).map_err(Error::internal)?);
    let sealed = keys.seal(rng, &context(&access_key_id), &plain);
    Ok(Issued {
        token: Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed))),
        access_key_id,
        secret,
    })
}

/// Tells whether a session token looks like one of ours.
pub fn is_ours(token: &Secret) -> bool {
    token.expose().starts_with(PREFIX)
}

/// Opens a session token that was given with this access key id; `None` for any other. It may
/// have expired.
///
/// # Errors
///
/// The store's failure.
pub async fn open(
    engine: &Arc<Engine>,
    access_key_id: &str,
    token: &Secret,
) -> Result<Option<(Session, Secret)>> {
    let Some(keys) = identity::stored_keys(engine).await? else {
        return Ok(None);
    };
    let opened = token
        .expose()
        .strip_prefix(PREFIX)
        .and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok())
        .and_then(|sealed| keys.open_sealed(&context(access_key_id), &sealed))
        .and_then(|plain| serde_json::from_slice::<Sealed>(plain.expose()).ok());
    Ok(opened.map(|Sealed { secret, session }| (session, secret)))
}

/// What a sealed session is bound to.
fn context(access_key_id: &str) -> String {
    format!("session/{access_key_id}")
}

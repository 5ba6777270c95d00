//! Temporary credentials for an identity: in which role, with which tags, and from whom.
//!
//! Source: developer guide, "Using role-based access control" and "Using attributes for
//! access control".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::logins::{Of, Proof};
use super::{keys, open_id, remote_sts, standing};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::temporary_keys::{self, Session};
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_pools::{Provider, provider_of, role_of};
use crate::rules::role_mapping::{self, Choice};
use crate::store::records::identity_pools::{IdentityPool, TagMap};
use crate::store::records::pool_identities::Identity;
use crate::wire::fault::Code;
use crate::wire::identity::{Credentials, RoleMappingType};

/// How long credentials of the enhanced flow live.
const VALID_FOR_SECS: i64 = 3600;
/// What sessions of the enhanced flow are called.
const SESSION_NAME: &str = "CognitoIdentityCredentials";

/// The claims that become tags where a pool asks for the defaults, by tag key.
pub const DEFAULT_TAGS: [(&str, &str); 2] = [("client", "aud"), ("username", "sub")];

/// Credentials, wherever they come from.
#[derive(Clone, Debug)]
pub struct Given {
    pub access_key_id: String,
    pub secret_key: Secret,
    pub session_token: Secret,
    pub expires_at: UnixMillis,
}

impl From<Given> for Credentials {
    fn from(given: Given) -> Self {
        Self {
            access_key_id: Some(given.access_key_id),
            secret_key: Some(given.secret_key),
            session_token: Some(given.session_token.expose().to_owned()),
            expiration: Some(given.expires_at.into()),
        }
    }
}

/// Gives credentials for an identity whose logins are proven; without proofs, for a guest.
///
/// # Errors
///
/// `NotAuthorizedException` when the pool's mapping denies a role,
/// `InvalidIdentityPoolConfigurationException` when it has none or the other service refuses
/// it, `ExternalServiceException` when that service does not answer.
pub async fn give(
    cx: &Cx,
    pool: &IdentityPool,
    identity: &Identity,
    proofs: &[Proof],
    custom_role: Option<&str>,
) -> Result<Given> {
    let role_arn = role(pool, proofs, custom_role)?;
    let tags = tags(pool, proofs);
    if let Some(endpoint) = &cx.engine.identity.sts_endpoint {
        let token = open_id::issue(cx, pool, identity, proofs, &tags, open_id::VALID_FOR_SECS).await?;
        return remote_sts::assume(cx, endpoint, &role_arn, SESSION_NAME, &token, VALID_FOR_SECS).await;
    }
    let session = Session {
        role_arn,
        session_name: SESSION_NAME.to_owned(),
        identity_pool_id: pool.id.clone(),
        identity_id: identity.id.clone(),
        is_guest: proofs.is_empty(),
        is_restricted: false,
        tags,
        expires_at: cx.now().plus_secs(VALID_FOR_SECS),
        rests_on: standing::of_proofs(proofs, identity, cx.now()),
    };
    issue(cx, &session).await
}

/// Gives credentials of the built-in service for a session.
///
/// # Errors
///
/// `InternalErrorException` when the keys cannot be used.
pub async fn issue(cx: &Cx, session: &Session) -> Result<Given> {
    let keys = keys(&cx.engine).await?;
    let issued = temporary_keys::issue(&keys, cx.rng(), session)?;
    Ok(Given {
        access_key_id: issued.access_key_id,
        secret_key: issued.secret,
        session_token: issued.token,
        expires_at: session.expires_at,
    })
}

/// Chooses the role. Of several logins the first that has a mapping decides, in the order of
/// their providers' names.
fn role(pool: &IdentityPool, proofs: &[Proof], custom: Option<&str>) -> Result<String> {
    let default = |kind: &str| {
        pool.roles.get(kind).cloned().ok_or_else(|| {
            Error::new(
                Code::InvalidIdentityPoolConfigurationException,
                "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
            )
        })
    };
    let denied =
        || Error::not_authorized("The identity is not authorized to assume a role of this identity pool.");
    let usual = if proofs.is_empty() {
        "unauthenticated"
    } else {
        "authenticated"
    };
    let mapped = proofs
        .iter()
        .find_map(|proof| Some((proof, mapping_of(pool, proof)?)));
    let Some((proof, mapping)) = mapped else {
        let role = default(usual)?;
        return match custom {
            Some(custom) if custom != role => Err(denied()),
            _ => Ok(role),
        };
    };
    // Of another provider's token the roles are that provider's word, which nobody here gave it:
    // the pool's own rules may read its claims, and no claim names a role.
    let names_roles = matches!(
        provider_of(&pool.settings, &proof.provider),
        Some(Provider::UserPool { .. })
    );
    let claims = match &mapping.r#type {
        RoleMappingType::Token if !names_roles => &Value::Null,
        RoleMappingType::Token | RoleMappingType::Rules | RoleMappingType::Unlisted(_) => &proof.claims,
    };
    match role_mapping::choose(mapping, claims, custom) {
        Choice::Role(role) if role_of(&role).is_some() => Ok(role),
        Choice::Role(_) | Choice::Deny => Err(denied()),
        Choice::Default => default(usual),
    }
}

/// A user pool's mapping is kept for one of its clients.
fn mapping_of<'a>(pool: &'a IdentityPool, proof: &Proof) -> Option<&'a crate::wire::identity::RoleMapping> {
    let of_client = proof
        .audience
        .as_ref()
        .and_then(|client| pool.role_mappings.get(&format!("{}:{client}", proof.provider)));
    of_client.or_else(|| pool.role_mappings.get(&proof.provider))
}

/// Returns the principal tags of a session. A tag that two logins have is the first one's.
pub fn tags(pool: &IdentityPool, proofs: &[Proof]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for proof in proofs {
        // Those of the developer flow stand in its token, as the developer said them.
        if let Of::Identity(_) = &proof.of {
            for (key, value) in open_id::tags_of(&proof.claims) {
                all.entry(key).or_insert(value);
            }
        }
        let Some(map) = pool.principal_tags.get(&proof.provider) else {
            continue;
        };
        for (key, claim) in effective(map) {
            let value = proof.claims.get(&claim).and_then(role_mapping::tag_value);
            if let Some(value) = value {
                all.entry(key).or_insert(value);
            }
        }
    }
    all
}

/// Returns claim names by tag key, the defaults where they are asked for.
pub fn effective(map: &TagMap) -> BTreeMap<String, String> {
    if !map.use_defaults {
        return map.tags.clone();
    }
    let defaults = DEFAULT_TAGS.iter();
    defaults
        .map(|(key, claim)| ((*key).to_owned(), (*claim).to_owned()))
        .collect()
}

/// Returns the roles the basic flow may take: the pool's own for the kind of identity.
pub fn basic_role(pool: &IdentityPool, methods: &BTreeSet<&str>) -> Option<String> {
    let kind = ["authenticated", "unauthenticated"]
        .into_iter()
        .find(|kind| methods.contains(kind))?;
    pool.roles.get(kind).cloned()
}

//! The OpenID token of an identity: what it says, and who can check it.
//!
//! Source: developer guide, "Identity pools authentication flow"; RS512, `typ` and the claim
//! with the pool's ARN as observed in tokens of the service.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::logins::Proof;
use super::{KEYS, keys, standing, stored_keys};
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::keys as key_sets;
use crate::engine::{Cx, Engine, Issuer, Result};
use crate::store::records::identity_pools::IdentityPool;
use crate::store::records::pool_identities::Identity;

/// How long the token of `GetOpenIdToken` lives.
pub const VALID_FOR_SECS: i64 = 600;
/// How long that of the developer flow lives unless told.
pub const DEVELOPER_VALID_FOR_SECS: i64 = 900;

/// Session tags as STS reads them. Source: IAM user guide, "Passing session tags using
/// AssumeRoleWithWebIdentity".
const TAGS: &str = "https://aws.amazon.com/tags";
const POOL_ARN: &str = "https://cognito-identity.amazonaws.com/identity-pool-arn";

impl Engine {
    /// Returns the `iss` of identity tokens: an address of this engine, whose discovery it
    /// answers, or the vendor's name, as the setting for user pools says.
    pub fn identity_issuer(&self) -> String {
        match self.settings().issuer {
            Issuer::Endpoint => format!("{}/{KEYS}", self.endpoint()),
            Issuer::Vendor => "https://cognito-identity.amazonaws.com".to_owned(),
        }
    }
}

/// Signs what the proofs say of an identity; without proofs, that it is a guest's. The `jti`
/// holds, to the millisecond, when the user signed in.
///
/// # Errors
///
/// `InternalErrorException` when the keys cannot be used.
pub async fn issue(
    cx: &Cx,
    pool: &IdentityPool,
    identity: &Identity,
    proofs: &[Proof],
    tags: &BTreeMap<String, String>,
    valid_for_secs: i64,
) -> Result<Secret> {
    let mut methods = vec![match proofs.is_empty() {
        true => "unauthenticated",
        false => "authenticated",
    }];
    methods.extend(proofs.iter().flat_map(|proof| &proof.amr).map(String::as_str));
    let now = cx.now();
    let mut claims = json!({
        "sub": identity.id,
        "aud": pool.id,
        "amr": methods,
        "iss": cx.engine.identity_issuer(),
        POOL_ARN: pool_arn(cx, pool),
        "exp": now.plus_secs(valid_for_secs).secs(),
        "iat": now.secs(),
        "jti": ids::ordered_uuid(cx.rng(), standing::signed_in_at(proofs, now)),
    });
    if let (false, Some(members)) = (tags.is_empty(), claims.as_object_mut()) {
        let lists: BTreeMap<&String, [&String; 1]> = tags.iter().map(|(key, value)| (key, [value])).collect();
        let none: [&str; 0] = [];
        members.insert(
            TAGS.to_owned(),
            json!({"principal_tags": lists, "transitive_tag_keys": none}),
        );
    }
    let keys = keys(&cx.engine).await?;
    // Signing is work for the threads that are there for work.
    cx.engine
        .store
        .read(move |_| keys.id.sign(&claims).map(Secret::from))
        .await
}

/// Returns the claims of a token that [`issue`] signed, whether it has expired or not.
///
/// # Errors
///
/// `InternalErrorException` when the keys cannot be used.
pub async fn verify(cx: &Cx, token: &Secret) -> Result<Option<Value>> {
    let Some(keys) = stored_keys(&cx.engine).await? else {
        return Ok(None);
    };
    let token = token.clone();
    cx.engine
        .store
        .read(move |_| Ok(keys.id.verify(token.expose())))
        .await
}

/// Returns what a token's `amr` lists.
pub fn methods_of(claims: &Value) -> Vec<&str> {
    let listed = claims.get("amr").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the principal tags a token carries.
pub fn tags_of(claims: &Value) -> BTreeMap<String, String> {
    let tags = claims.get(TAGS).and_then(|tags| tags.get("principal_tags"));
    let tags = tags.and_then(Value::as_object).into_iter().flatten();
    tags.filter_map(|(key, values)| Some((key.clone(), values.get(0)?.as_str()?.to_owned())))
        .collect()
}

/// Returns the ARN of an identity pool.
pub fn pool_arn(cx: &Cx, pool: &IdentityPool) -> String {
    format!(
        "arn:aws:cognito-identity:{}:{}:identitypool/{}",
        pool.region,
        cx.engine.settings().account_id,
        pool.id
    )
}

/// Returns the key set that identity tokens are checked with.
///
/// # Errors
///
/// `InternalErrorException` when the keys cannot be made.
pub async fn jwks(engine: &Arc<Engine>) -> Result<Option<Value>> {
    keys(engine).await?;
    key_sets::jwks(engine, KEYS).await
}

/// Returns the discovery document of identity tokens. Source: OpenID Connect Discovery 1.0 §3.
pub fn discovery(engine: &Engine) -> Value {
    json!({
        "issuer": engine.identity_issuer(),
        "jwks_uri": format!("{}/{KEYS}/.well-known/jwks_uri", engine.endpoint()),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS512"],
    })
}

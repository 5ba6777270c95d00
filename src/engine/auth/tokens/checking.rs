//! Checking access tokens that come back, and signing out whoever holds them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use uuid::Uuid;

use super::USER_SCOPE;
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::client;
use crate::engine::{Cx, Engine, Error, Result};
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::tokens as families;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;

/// Signs a user out everywhere: every token of a sign-in so far stops counting.
pub fn revoke_all(user: &mut User, now: UnixMillis) {
    // One past, so that a sign-in in this very millisecond is out too; the next sign-in
    // counts from here (`Grant::new`).
    user.tokens_valid_from = UnixMillis(now.max(user.tokens_valid_from).0.saturating_add(1));
}

/// Tells whether tokens of this sign-in were revoked with all others of the user.
pub fn is_signed_out(user: &User, signed_in_at: UnixMillis) -> bool {
    signed_in_at < user.tokens_valid_from
}

/// What a checked access token says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Claims {
    pub sub: Uuid,
    pub client_id: String,
    pub token_use: String,
    pub scope: String,
    pub jti: Uuid,
    #[serde(default)]
    pub origin_jti: Option<Uuid>,
    pub auth_time: i64,
    pub iat: i64,
    pub exp: i64,
    pub username: String,
    #[serde(default)]
    pub device_key: Option<String>,
    #[serde(default)]
    pub amr: Vec<String>,
}

impl Claims {
    /// Returns when the user signed in, to the millisecond.
    pub fn signed_in_at(&self) -> UnixMillis {
        time_of(&self.jti)
    }
}

/// Returns the time inside a UUID of version 7, which begins with 48 bits of milliseconds
/// (RFC 9562 §5.7). The `jti` of ID and access tokens hold that of the sign-in.
pub fn time_of(jti: &Uuid) -> UnixMillis {
    UnixMillis(i64::try_from(jti.as_u128() >> 80).unwrap_or(0))
}

/// Returns the user who presents an access token, when it still counts.
///
/// # Errors
///
/// `NotAuthorizedException` when it is not ours, has expired, was revoked or lacks the
/// scope; `UserNotFoundException` when the user is gone.
pub async fn user_of_access_token(cx: &Cx, token: &Secret) -> Result<(UserPool, AppClient, User, Claims)> {
    let engine = std::sync::Arc::clone(&cx.engine);
    let (token, now) = (token.clone(), cx.now());
    cx.engine
        .store
        .read(move |r| check_access(&engine, r, &token, now))
        .await
}

/// The answer to an access token that counts no more.
pub fn revoked() -> Error {
    Error::not_authorized("Access Token has been revoked")
}

/// Takes a user who is gone for a revoked token, where an operation declares no other error.
pub fn gone_is_revoked(error: Error) -> Error {
    if error.code() == Code::UserNotFoundException {
        revoked()
    } else {
        error
    }
}

/// Checks an access token inside a store job; see [`user_of_access_token`].
///
/// # Errors
///
/// As [`user_of_access_token`].
pub fn check_access(
    engine: &Engine,
    r: &mut Reader<'_>,
    token: &Secret,
    now: UnixMillis,
) -> Result<(UserPool, AppClient, User, Claims)> {
    let (pool, client, user, claims) = check_any_access(engine, r, token, now)?;
    if !claims.scope.split(' ').any(|scope| scope == USER_SCOPE) {
        return Err(Error::not_authorized(
            "Access Token does not have required scopes",
        ));
    }
    Ok((pool, client, user, claims))
}

/// Checks an access token inside a store job, whatever its scopes.
///
/// # Errors
///
/// As [`user_of_access_token`], but for the scope.
pub fn check_any_access(
    engine: &Engine,
    r: &mut Reader<'_>,
    token: &Secret,
    now: UnixMillis,
) -> Result<(UserPool, AppClient, User, Claims)> {
    let invalid = || Error::not_authorized("Invalid Access Token");
    // What is read before the signature is checked only finds the key to check it with.
    let client_id = unverified_client_id(token.expose()).ok_or_else(invalid)?;
    let (pool, client) = client::find(r, &client_id).map_err(|_| invalid())?;
    let keys = engine.keys_of(r, &pool.id)?;
    let claims = keys.access.verify(token.expose()).ok_or_else(invalid)?;
    let claims: Claims = serde_json::from_value(claims).map_err(|_| invalid())?;
    if claims.token_use != "access" {
        return Err(invalid());
    }
    if claims.exp <= now.secs() {
        return Err(Error::not_authorized("Access Token has expired"));
    }
    if let Some(origin) = &claims.origin_jti
        && families::is_revoked(r, &pool.id, &origin.to_string())?
    {
        return Err(revoked());
    }
    let user = users::get(r, &pool.id, &claims.sub)?.ok_or_else(Error::no_user)?;
    if !user.enabled || is_signed_out(&user, claims.signed_in_at()) {
        return Err(revoked());
    }
    Ok((pool, client, user, claims))
}

fn unverified_client_id(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Hint {
        client_id: String,
    }
    let claims = token.split('.').nth(1)?;
    let hint: Hint = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(hint.client_id)
}

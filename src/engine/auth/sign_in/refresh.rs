//! Tokens for a refresh token, without a proof.
//!
//! Where refresh tokens rotate, each is exchanged for its successor, always the same one: a
//! client that repeats a call it got no answer to, within the grace time, does not begin a
//! second line of tokens. One that comes back later was stolen, from the client or by it, and
//! the whole family ends.
//!
//! Source: developer guide, "Refresh tokens"; RFC 9700 §4.14.2.

use super::job::{After, Done, Job, Next, SignedIn, required};
use super::progress::Progress;
use super::{Parameters, around};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::tokens::{self, Grant};
use crate::engine::auth::{device, sessions};
use crate::engine::triggers::Scene;
use crate::engine::triggers::pre_token::Occasion;
use crate::engine::{Cx, Error, Result};
use crate::store::records::tokens as families;
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFlowType, AuthenticationResultType, GetTokensFromRefreshTokenRequest};

impl Job {
    /// `REFRESH_TOKEN_AUTH`.
    pub fn refresh_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let token = required(given, "REFRESH_TOKEN")?;
        let hash = given.get("SECRET_HASH");
        if hash.is_none() {
            client::check_secret_hash(&self.client, &[], None)?;
        }
        let (grant, user) = tokens::check_refresh(r, &self.keys, &self.client, token, self.now)?;
        let sub = user.sub.to_string();
        client::check_secret_hash(&self.client, &[&user.username, &sub], hash)?;
        let device_key = given.get("DEVICE_KEY").map(Secret::expose);
        device::check_refresh(r, &self.pool, grant.device_key.as_deref(), device_key)?;
        // From a time when the client's tokens rotated.
        if families::is_rotated(r, &self.pool.id, &grant.jti.to_string())? {
            return Err(Error::not_authorized("Refresh Token has been revoked"));
        }
        let signed_in = SignedIn {
            user,
            grant,
            progress: Progress::new(AuthFlowType::RefreshTokenAuth),
            is_refresh: true,
        };
        Ok((After::default(), Ok(Next::Tokens(Box::new(signed_in)))))
    }
}

/// Exchanges a refresh token for new tokens, and for its successor where the client's rotate.
///
/// # Errors
///
/// What `GetTokensFromRefreshToken` declares.
pub async fn exchange(
    cx: &Cx,
    request: GetTokensFromRefreshTokenRequest,
) -> Result<AuthenticationResultType> {
    let engine = std::sync::Arc::clone(&cx.engine);
    let now = cx.now();
    let metadata = request.client_metadata.clone();
    let (pool, client, used, user) = cx
        .engine
        .store
        .read(move |r| {
            let (pool, client) = client::find(r, &request.client_id)?;
            if !client::is_secret(&client, request.client_secret.as_ref()) {
                return Err(Error::not_authorized(format!(
                    "Unable to verify secret for client {}",
                    client.id
                )));
            }
            let rotates = client::rotation_grace_secs(&client).is_some();
            if !rotates && !client::allows(&client, Flow::Refresh) {
                return Err(Error::not_authorized(
                    "Refresh tokens are not enabled for the client.",
                ));
            }
            let keys = engine.keys_of(r, &pool.id)?;
            let (used, user) = tokens::check_refresh(r, &keys, &client, &request.refresh_token, now)?;
            device::check_refresh(
                r,
                &pool,
                used.device_key.as_deref(),
                request.device_key.as_deref(),
            )?;
            if !rotates && families::is_rotated(r, &pool.id, &used.jti.to_string())? {
                return Err(Error::not_authorized("Refresh Token has been revoked"));
            }
            Ok((pool, client, used, user))
        })
        .await?;
    let scene = Scene::of_client(cx, &pool, &client.id, metadata.as_ref());
    let overrides = around::overrides(&scene, Occasion::RefreshTokens, &user, &used.scope).await?;
    // After the function: what it refuses does not use the token up.
    let grace_secs = client::rotation_grace_secs(&client);
    if let Some(grace_secs) = grace_secs {
        let (pool_id, used) = (pool.id.clone(), used.clone());
        let is_reused = cx
            .engine
            .store
            .transact("rotate refresh token", move |tx| {
                rotate(tx, &pool_id, &used, grace_secs, now)
            })
            .await?;
        if is_reused {
            tracing::warn!(user_pool = %pool.id, sub = %user.sub, "a rotated refresh token came back");
            return Err(Error::new(
                Code::RefreshTokenReuseException,
                "Refresh Token has been used already.",
            ));
        }
    }
    sessions::note(cx, &pool, &user, &used).await?;
    let engine = std::sync::Arc::clone(&cx.engine);
    cx.engine
        .store
        .read(move |r| {
            let keys = engine.keys_of(r, &pool.id)?;
            let subject = (&pool, &client, &user);
            let mut result = tokens::issue_in(&engine, r, subject, &used, overrides.as_ref(), now)?;
            if grace_secs.is_some() {
                let next = successor(&keys, &used);
                result.refresh_token = Some(tokens::seal_refresh(&keys, &*engine.rng, &next)?);
            }
            Ok(result)
        })
        .await
}

/// Notes that a token was exchanged. `true` when it had been before the grace time: then its
/// family is revoked.
fn rotate(tx: &mut Tx<'_>, pool_id: &str, used: &Grant, grace_secs: i64, now: UnixMillis) -> Result<bool> {
    let Some(earlier) = families::rotate(tx, pool_id, &used.jti.to_string(), now, used.expires_at)? else {
        return Ok(false);
    };
    if now.since(earlier) < grace_secs.saturating_mul(1000) {
        return Ok(false);
    }
    sessions::revoke(tx, pool_id, used, false)?;
    Ok(true)
}

/// Returns what the next refresh token of the family says.
fn successor(keys: &OpenKeys, used: &Grant) -> Grant {
    let mac = keys.mac("rotated refresh token", &[used.jti.as_bytes()]);
    let half = mac.first_chunk::<16>().copied().unwrap_or_default();
    Grant {
        jti: uuid::Builder::from_random_bytes(half).into_uuid(),
        ..used.clone()
    }
}

//! Operations on tokens: refreshed, revoked, made for machines, derived from others.

use std::sync::Arc;

use super::sessions::is_linked;
use super::users as user_ops;
use crate::engine::auth::machine::{self, Exchange};
use crate::engine::auth::sign_in::refresh;
use crate::engine::auth::{client, sessions, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::triggers::Scene;
use crate::engine::triggers::pre_token::{self, Occasion};
use crate::engine::{Cx, Error, Result};
use crate::store::records::users;
use crate::wire::fault::Code;
use crate::wire::idp::{
    ClientAuthenticationResultType, GetClientTokenRequest, GetClientTokenResponse, GetDerivedTokenRequest,
    GetDerivedTokenResponse, GetTokensFromRefreshTokenRequest, GetTokensFromRefreshTokenResponse,
    GlobalSignOutRequest, GlobalSignOutResponse, RevokeTokenRequest, RevokeTokenResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetTokensFromRefreshTokenRequest>(),
    Route::of::<RevokeTokenRequest>(),
    Route::of::<GlobalSignOutRequest>(),
    Route::of::<GetClientTokenRequest>(),
    Route::of::<GetDerivedTokenRequest>(),
];

impl Handler for GetTokensFromRefreshTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<GetTokensFromRefreshTokenResponse> {
        Ok(GetTokensFromRefreshTokenResponse {
            authentication_result: Some(refresh::exchange(cx, self).await?),
        })
    }
}

impl Handler for RevokeTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<RevokeTokenResponse> {
        let unauthorized = |message: &str| Error::new(Code::UnauthorizedException, message);
        if tokens::is_signed_form(&self.token) {
            return Err(Error::new(
                Code::UnsupportedTokenTypeException,
                "Unsupported token type.",
            ));
        }
        let engine = Arc::clone(&cx.engine);
        let linked = is_linked(self.revoke_associated_sessions.as_ref());
        let (pool_id, grant) = cx
            .engine
            .store
            .read(move |r| {
                // An unknown client is told from a wrong secret by nothing.
                let (pool, client) =
                    client::find(r, &self.client_id).map_err(|_| unauthorized("Invalid client."))?;
                if !client::is_secret(&client, self.client_secret.as_ref()) {
                    return Err(unauthorized("Invalid client."));
                }
                if !client::revokes_tokens(&client) {
                    return Err(Error::new(
                        Code::UnsupportedOperationException,
                        "Token revocation is not enabled for the client.",
                    ));
                }
                let keys = engine.keys_of(r, &pool.id)?;
                let grant = tokens::open_refresh(&keys, &self.token);
                if grant.as_ref().is_some_and(|grant| grant.client_id != client.id) {
                    return Err(unauthorized("Invalid client."));
                }
                Ok((pool.id, grant))
            })
            .await?;
        // RFC 7009 §2.2: a token that is none, or has ended, needs no revoking.
        if let Some(grant) = grant.filter(|grant| grant.forget_at() > cx.now()) {
            cx.engine
                .store
                .transact("revoke token", move |tx| {
                    sessions::revoke(tx, &pool_id, &grant, linked).map_err(Error::from)
                })
                .await?;
        }
        Ok(RevokeTokenResponse {})
    }
}

impl Handler for GlobalSignOutRequest {
    async fn handle(self, cx: &Cx) -> Result<GlobalSignOutResponse> {
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token)
            .await
            .map_err(tokens::gone_is_revoked)?;
        let now = cx.now();
        cx.engine
            .store
            .transact("sign out everywhere", move |tx| {
                let mut user = users::get(tx, &pool.id, &user.sub)?.ok_or_else(tokens::revoked)?;
                tokens::revoke_all(&mut user, now);
                sessions::forget(tx, &user)?;
                user_ops::write_user(tx, &pool, &user)
            })
            .await?;
        Ok(GlobalSignOutResponse {})
    }
}

impl Handler for GetClientTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<GetClientTokenResponse> {
        let engine = Arc::clone(&cx.engine);
        let metadata = self.client_metadata.clone();
        let (pool, client, keys, scopes) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let (pool, client) = client::find(r, &self.client_id)?;
                machine::check_secret(&client, &self.secret)?;
                if !client::allows(&client, client::Flow::ClientToken) {
                    return Err(Error::invalid(
                        "ALLOW_CLIENT_TOKEN_AUTH is not enabled for the client.",
                    ));
                }
                let scopes = machine::client_scopes(r, &pool, &client, self.scopes.as_deref())?;
                let keys = engine.keys_of(r, &pool.id)?;
                Ok((pool, client, keys, scopes))
            })
            .await?;
        let scene = Scene::of_client(cx, &pool, &client.id, metadata.as_ref());
        let named: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let overrides =
            pre_token::pre_token_generation(&scene, Occasion::ClientCredentials, None, &[], &named).await;
        // The operation declares none of the errors of functions.
        let overrides = overrides.map_err(|refused| Error::not_authorized(refused.message().to_owned()))?;
        let mut claims = machine::client_claims(&cx.engine, &pool, &client, &scopes, cx.now());
        if let Some(overrides) = overrides {
            overrides.apply_to_access(&mut claims, &client.id);
        }
        Ok(GetClientTokenResponse {
            client_authentication_result: Some(ClientAuthenticationResultType {
                access_token: Some(keys.access.sign(&claims)?.into()),
                expires_in: i32::try_from(tokens::Lifetimes::of(&client).access_secs).ok(),
                token_type: Some("Bearer".to_owned()),
            }),
        })
    }
}

/// The caller is known by an access key, or by the client's secret; a client without one needs
/// only its id.
impl Handler for GetDerivedTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<GetDerivedTokenResponse> {
        Exchange::open(cx, self).await?.issue(cx).await
    }
}

//! Operations on sign in: flows and challenges (`auth::sign_in`), refresh and revocation.

use std::sync::Arc;

use super::users as user_ops;
use crate::base::ids;
use crate::engine::auth::sign_in::{self, Answer, Entry, around};
use crate::engine::auth::{client, device, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::triggers::Scene;
use crate::engine::triggers::pre_token::Occasion;
use crate::engine::{Cx, Error, Result};
use crate::store::records::tokens as families;
use crate::store::records::users;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminInitiateAuthRequest, AdminInitiateAuthResponse, AdminRespondToAuthChallengeRequest,
    AdminRespondToAuthChallengeResponse, GetTokensFromRefreshTokenRequest, GetTokensFromRefreshTokenResponse,
    GlobalSignOutRequest, GlobalSignOutResponse, InitiateAuthRequest, InitiateAuthResponse,
    RespondToAuthChallengeRequest, RespondToAuthChallengeResponse, RevokeTokenRequest, RevokeTokenResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<InitiateAuthRequest>(),
    Route::of::<RespondToAuthChallengeRequest>(),
    Route::of::<AdminInitiateAuthRequest>(),
    Route::of::<AdminRespondToAuthChallengeRequest>(),
    Route::of::<GetTokensFromRefreshTokenRequest>(),
    Route::of::<RevokeTokenRequest>(),
    Route::of::<GlobalSignOutRequest>(),
];

/// Copies an answer into the response of one of the four operations.
macro_rules! response {
    ($response:ident, $answer:expr) => {{
        let Answer {
            challenge_name,
            session,
            challenge_parameters,
            authentication_result,
            available_challenges,
        } = $answer;
        $response {
            challenge_name,
            session,
            challenge_parameters,
            authentication_result,
            available_challenges,
        }
    }};
}

impl Handler for InitiateAuthRequest {
    async fn handle(self, cx: &Cx) -> Result<InitiateAuthResponse> {
        let entry = Entry {
            user_pool_id: None,
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
        };
        let given = self.auth_parameters.unwrap_or_default();
        let answer = sign_in::initiate(cx, entry, self.auth_flow, given).await?;
        Ok(response!(InitiateAuthResponse, answer))
    }
}

impl Handler for AdminInitiateAuthRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminInitiateAuthResponse> {
        let entry = Entry {
            user_pool_id: Some(self.user_pool_id),
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
        };
        let given = self.auth_parameters.unwrap_or_default();
        let answer = sign_in::initiate(cx, entry, self.auth_flow, given).await?;
        Ok(response!(AdminInitiateAuthResponse, answer))
    }
}

impl Handler for RespondToAuthChallengeRequest {
    async fn handle(self, cx: &Cx) -> Result<RespondToAuthChallengeResponse> {
        let entry = Entry {
            user_pool_id: None,
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
        };
        let given = self.challenge_responses.unwrap_or_default();
        let answer = sign_in::respond(cx, entry, self.challenge_name, self.session, given).await?;
        Ok(response!(RespondToAuthChallengeResponse, answer))
    }
}

impl Handler for AdminRespondToAuthChallengeRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminRespondToAuthChallengeResponse> {
        let entry = Entry {
            user_pool_id: Some(self.user_pool_id),
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
        };
        let given = self.challenge_responses.unwrap_or_default();
        let answer = sign_in::respond(cx, entry, self.challenge_name, self.session, given).await?;
        Ok(response!(AdminRespondToAuthChallengeResponse, answer))
    }
}

impl Handler for GetTokensFromRefreshTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<GetTokensFromRefreshTokenResponse> {
        let engine = Arc::clone(&cx.engine);
        let now = cx.now();
        let (pool, client, used, user) = cx
            .engine
            .store
            .read(move |r| {
                let (pool, client) = client::find(r, &self.client_id)?;
                if !client::is_secret(&client, self.client_secret.as_ref()) {
                    return Err(Error::not_authorized(format!(
                        "Unable to verify secret for client {}",
                        client.id
                    )));
                }
                let keys = engine.keys_of(r, &pool.id)?;
                let (used, user) = tokens::check_refresh(r, &keys, &client, &self.refresh_token, now)?;
                device::check_refresh(&pool, used.device_key.as_deref(), self.device_key.as_deref())?;
                Ok((pool, client, used, user))
            })
            .await?;
        let scene = Scene::of_client(cx, &pool, &client.id, self.client_metadata.as_ref());
        let overrides = around::overrides(&scene, Occasion::RefreshTokens, &user, &used.scope).await?;
        let engine = Arc::clone(&cx.engine);
        let (used, client, result) = cx
            .engine
            .store
            .read(move |r| {
                let keys = engine.keys_of(r, &pool.id)?;
                let subject = (&pool, &client, &user);
                let mut result = tokens::issue_in(&engine, r, subject, &used, overrides.as_ref(), now)?;
                if client::rotation_grace_secs(&client).is_some() {
                    let next = tokens::Grant {
                        jti: ids::uuid(&*engine.rng),
                        ..used.clone()
                    };
                    result.refresh_token = Some(tokens::seal_refresh(&keys, &*engine.rng, &next)?);
                }
                Ok::<_, Error>((used, client, result))
            })
            .await?;
        if let Some(grace_secs) = client::rotation_grace_secs(&client) {
            let pool = client.user_pool_id.clone();
            let earlier = cx
                .engine
                .store
                .transact("rotate refresh token", move |tx| {
                    families::rotate(tx, &pool, &used.jti.to_string(), now, used.expires_at)
                        .map_err(Error::from)
                })
                .await?;
            if let Some(earlier) = earlier
                && now.since(earlier) >= grace_secs.saturating_mul(1000)
            {
                return Err(Error::new(
                    Code::RefreshTokenReuseException,
                    "Refresh Token has been used already.",
                ));
            }
        }
        Ok(GetTokensFromRefreshTokenResponse {
            authentication_result: Some(result),
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
                    families::revoke(tx, &pool_id, &grant.origin_jti.to_string(), grant.forget_at())
                        .map_err(Error::from)
                })
                .await?;
        }
        Ok(RevokeTokenResponse {})
    }
}

impl Handler for GlobalSignOutRequest {
    async fn handle(self, cx: &Cx) -> Result<GlobalSignOutResponse> {
        let gone = || Error::not_authorized("Access Token has been revoked");
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token)
            .await
            // The operation does not declare that a user is not found.
            .map_err(|error| {
                if error.code() == Code::UserNotFoundException {
                    gone()
                } else {
                    error
                }
            })?;
        let now = cx.now();
        cx.engine
            .store
            .transact("sign out everywhere", move |tx| {
                let mut user = users::get(tx, &pool.id, &user.sub)?.ok_or_else(gone)?;
                tokens::revoke_all(&mut user, now);
                user_ops::write_user(tx, &pool, &user)
            })
            .await?;
        Ok(GlobalSignOutResponse {})
    }
}

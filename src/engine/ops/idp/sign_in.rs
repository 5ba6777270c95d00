//! Operations on sign in: flows and challenges, which `auth::sign_in` knows.

use crate::engine::auth::sign_in::{self, Answer, Entry};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::risk::Context;
use crate::engine::{Cx, Result};
use crate::wire::idp::{
    AdminInitiateAuthRequest, AdminInitiateAuthResponse, AdminRespondToAuthChallengeRequest,
    AdminRespondToAuthChallengeResponse, InitiateAuthRequest, InitiateAuthResponse,
    RespondToAuthChallengeRequest, RespondToAuthChallengeResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<InitiateAuthRequest>(),
    Route::of::<RespondToAuthChallengeRequest>(),
    Route::of::<AdminInitiateAuthRequest>(),
    Route::of::<AdminRespondToAuthChallengeRequest>(),
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
            context: Context::of_user(cx, self.user_context_data.as_ref()),
        };
        let given = self.auth_parameters.unwrap_or_default();
        let answer = sign_in::initiate(cx, entry, self.auth_flow, self.session, given).await?;
        Ok(response!(InitiateAuthResponse, answer))
    }
}

impl Handler for AdminInitiateAuthRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminInitiateAuthResponse> {
        let entry = Entry {
            user_pool_id: Some(self.user_pool_id),
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
            context: Context::of_admin(self.context_data.as_ref())?,
        };
        let given = self.auth_parameters.unwrap_or_default();
        let answer = sign_in::initiate(cx, entry, self.auth_flow, self.session, given).await?;
        Ok(response!(AdminInitiateAuthResponse, answer))
    }
}

impl Handler for RespondToAuthChallengeRequest {
    async fn handle(self, cx: &Cx) -> Result<RespondToAuthChallengeResponse> {
        let entry = Entry {
            user_pool_id: None,
            client_id: self.client_id,
            client_metadata: self.client_metadata.unwrap_or_default(),
            context: Context::of_user(cx, self.user_context_data.as_ref()),
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
            context: Context::of_admin(self.context_data.as_ref())?,
        };
        let given = self.challenge_responses.unwrap_or_default();
        let answer = sign_in::respond(cx, entry, self.challenge_name, self.session, given).await?;
        Ok(response!(AdminRespondToAuthChallengeResponse, answer))
    }
}

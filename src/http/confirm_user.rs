//! The page behind the link that confirms a sign-up:
//! `/confirmUser/?client_id=…&user_name=…&confirmation_code=…`.
//!
//! Its button does what `ConfirmSignUp` does. The link knows no secret of the app client, so the
//! hash that a client with a secret asks for is made here: the code is what proves.
//!
//! Source: developer guide, "Configuring email or phone verification" (verification by link).

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use tracing::error;

use super::pages::{call, no_such_link, page};
use super::{App, Form, Peer};
use crate::engine::auth::client::secret_hash;
use crate::engine::{Error, Result};
use crate::store::records::app_clients;
use crate::wire::fault::Code;

/// What a link says.
struct Link {
    client_id: String,
    username: String,
    code: String,
}

impl Link {
    fn of(query: Option<String>) -> Option<Self> {
        let given = Form::of(query.unwrap_or_default().as_bytes());
        let member = |name: &str| Some(given.get(name).to_owned()).filter(|text| !text.is_empty());
        Some(Self {
            client_id: member("client_id")?,
            username: member("user_name")?,
            code: member("confirmation_code")?,
        })
    }
}

/// Asks whether the sign-up is meant. Changes nothing, and is the same for every user.
pub async fn ask(RawQuery(query): RawQuery) -> Response {
    match Link::of(query) {
        Some(_) => page(
            StatusCode::OK,
            "Confirm your registration",
            "If you registered with this address, confirm it. If you did not, close this page.",
            Some("Confirm"),
        ),
        None => no_such_link(),
    }
}

/// Confirms.
pub async fn take(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(link) = Link::of(query) else {
        return no_such_link();
    };
    match confirm(&app, &peer, link).await {
        Ok(()) => page(
            StatusCode::OK,
            "Your registration is confirmed",
            "You can sign in now. You can close this page.",
            None,
        ),
        Err(refused)
            if matches!(
                refused.code(),
                Code::TooManyRequestsException
                    | Code::LimitExceededException
                    | Code::TooManyFailedAttemptsException
            ) =>
        {
            page(
                StatusCode::TOO_MANY_REQUESTS,
                "Try again later",
                "It was tried too often. Your registration is not confirmed yet.",
                Some("Try again"),
            )
        }
        Err(refused) if refused.code() == Code::AliasExistsException => page(
            StatusCode::CONFLICT,
            "This address has an account",
            "Another account uses this address already. Sign in with that one.",
            None,
        ),
        Err(failed) if failed.code().status() >= 500 => {
            error!(error = ?failed, "a registration was not confirmed");
            page(
                StatusCode::SERVICE_UNAVAILABLE,
                "Try again later",
                "Your registration could not be confirmed.",
                Some("Try again"),
            )
        }
        Err(_) => no_such_link(),
    }
}

async fn confirm(app: &App, peer: &Peer, link: Link) -> Result<()> {
    let id = link.client_id.clone();
    let client = app
        .engine
        .store
        .read(move |r| app_clients::get(r, &id).map_err(Error::from))
        .await?;
    let hash = client.and_then(|client| secret_hash(&client, &link.username));
    let mut body = json!({
        "ClientId": link.client_id,
        "Username": link.username,
        "ConfirmationCode": link.code,
    });
    if let (Some(members), Some(hash)) = (body.as_object_mut(), hash) {
        members.insert("SecretHash".to_owned(), hash.expose().into());
    }
    call(app, peer, "ConfirmSignUp", &body).await
}

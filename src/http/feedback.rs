//! The page behind the two links of an e-mail about a risky sign-in:
//! `/feedback?user_pool_id=…&sub=…&event_id=…&feedback_token=…&feedback_value=Valid|Invalid`.
//!
//! Opening it changes nothing and looks nothing up; its button does what
//! `UpdateAuthEventFeedback` does. Whoever has no right token is answered the same, whatever is
//! wrong.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use tracing::error;

use super::pages::{call, no_such_link, page};
use super::{App, Form, Peer};
use crate::wire::fault::Code;

/// Asks whether the feedback is meant. Changes nothing, and is the same for every event.
pub async fn ask(RawQuery(query): RawQuery) -> Response {
    match value(&Form::of(query.unwrap_or_default().as_bytes())) {
        Some("Valid") => page(
            StatusCode::OK,
            "Was this you?",
            "If the sign-in that the e-mail tells of was yours, say so. The next one like it will not be \
             taken for a stranger\u{2019}s.",
            Some("Yes, this was me"),
        ),
        Some(_) => page(
            StatusCode::OK,
            "Was this not you?",
            "If the sign-in that the e-mail tells of was not yours, tell us, and change your password.",
            Some("No, this was not me"),
        ),
        None => no_such_link(),
    }
}

/// Takes the feedback.
pub async fn take(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
) -> Response {
    let given = Form::of(query.unwrap_or_default().as_bytes());
    let Some(value) = value(&given) else {
        return no_such_link();
    };
    let body = json!({
        "UserPoolId": given.get("user_pool_id"),
        "Username": given.get("sub"),
        "EventId": given.get("event_id"),
        "FeedbackToken": given.get("feedback_token"),
        "FeedbackValue": value,
    });
    match call(&app, &peer, "UpdateAuthEventFeedback", &body).await {
        Ok(_) if value == "Valid" => page(
            StatusCode::OK,
            "Thank you",
            "It is noted that this was you. You can close this page.",
            None,
        ),
        Ok(_) => page(
            StatusCode::OK,
            "Thank you",
            "It is noted that this was not you. If you have not changed your password yet, do it now.",
            None,
        ),
        Err(refused) if refused.code() == Code::TooManyRequestsException => page(
            StatusCode::TOO_MANY_REQUESTS,
            "Try again in a moment",
            "Too many answers arrive just now. Yours was not noted yet.",
            Some("Try again"),
        ),
        Err(failed) if failed.code().status() >= 500 => {
            error!(error = ?failed, "feedback was not taken");
            page(
                StatusCode::SERVICE_UNAVAILABLE,
                "Try again later",
                "Your answer could not be noted.",
                Some("Try again"),
            )
        }
        Err(_) => no_such_link(),
    }
}

/// Returns what a link says, when it is one of the two things it may say.
fn value(given: &Form) -> Option<&'static str> {
    ["Valid", "Invalid"]
        .into_iter()
        .find(|known| given.get("feedback_value") == *known)
}

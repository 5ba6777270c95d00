//! The page behind the two links of an e-mail about a risky sign-in:
//! `/feedback?user_pool_id=…&sub=…&event_id=…&feedback_token=…&feedback_value=Valid|Invalid`.
//!
//! Scanners of mailboxes open links, so opening one changes nothing and looks nothing up: the
//! page asks, and its button does what `UpdateAuthEventFeedback` does. The form goes to the
//! address it came from, so nothing of the address is written into the page. Whoever has no
//! right token is answered the same, whatever is wrong.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tracing::error;

use super::{App, Form, Peer};
use crate::engine::dispatch::{Call, Credentials, dispatch};
use crate::wire::Service;
use crate::wire::fault::Code;

const PAGE: &str = include_str!("../../assets/pages/feedback.html");
const STYLE: &str = include_str!("../../assets/pages/feedback.css");

/// Nothing but the page's own style, and nobody may frame it.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

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
    let call = Call {
        service: Service::Idp,
        operation: "UpdateAuthEventFeedback".to_owned(),
        body: body.to_string().into_bytes(),
        credentials: Credentials::Nothing,
        source: Some(peer.address),
        user_agent: None,
        region: None,
    };
    match dispatch(&app.engine, call).await.outcome {
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

fn no_such_link() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "This link leads nowhere",
        "It is incomplete or too old. Open it from the e-mail once more, as a whole.",
        None,
    )
}

/// Writes the page. All of its texts are of this file.
fn page(status: StatusCode, title: &str, text: &str, button: Option<&str>) -> Response {
    let mut form = String::new();
    if let Some(button) = button {
        let _ = writeln!(
            form,
            "<form method=\"post\"><button type=\"submit\">{button}</button></form>"
        );
    }
    let body = PAGE
        .replace("{title}", title)
        .replace("{text}", text)
        .replace("{form}", &form)
        .replace("{style}", STYLE);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The token is in the address.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(policy) = &*POLICY {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    response
}

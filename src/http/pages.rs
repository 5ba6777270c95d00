//! The small pages that links in messages lead to: a question with a button, and what came of it.
//!
//! Scanners of mailboxes open links, so opening one changes nothing; its button does. The form
//! goes to the address it came from, so nothing of the address is written into the page.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{App, Peer};
use crate::engine::Result;
use crate::engine::dispatch::{Call, Credentials, dispatch};
use crate::wire::Service;

const PAGE: &str = include_str!("../../assets/pages/page.html");
const STYLE: &str = include_str!("../../assets/pages/page.css");

/// Nothing but the page's own style, and nobody may frame it.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

/// Calls the operation behind a link, as a caller without credentials.
pub async fn call(app: &App, peer: &Peer, operation: &str, body: &Value) -> Result<()> {
    let call = Call {
        service: Service::Idp,
        operation: operation.to_owned(),
        body: body.to_string().into_bytes(),
        credentials: Credentials::Nothing,
        source: Some(peer.address),
        user_agent: None,
        region: None,
    };
    dispatch(&app.engine, call).await.outcome.map(drop)
}

/// Answers a link that is incomplete, wrong or too old, whatever of it.
pub fn no_such_link() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "This link leads nowhere",
        "It is incomplete or too old. Open it from the e-mail once more, as a whole.",
        None,
    )
}

/// Writes a page. The texts are the program's own: nothing in them is escaped.
pub fn page(status: StatusCode, title: &str, text: &str, button: Option<&str>) -> Response {
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

//! The vendor's protocol, AWS JSON 1.1: `POST /`, the operation in `X-Amz-Target`.
//!
//! Source: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use super::bodies::{Allowance, Unread, is_large, read_body};
use super::{App, Peer};
use crate::base::ids;
use crate::engine::auth::access_keys;
use crate::engine::dispatch::{Call, Credentials, dispatch};
use crate::engine::{Error, ops};
use crate::wire::fault::Code;
use crate::wire::{Auth, Service, sigv4};

/// The largest call. Branding assets are the largest members the model knows; the vendor
/// takes 2 MB of them in one call.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// The largest call that names no access key that is known. No operation for everyone has a large
/// member: the longest is a passkey's document, of 131,072 characters.
const UNSIGNED_BODY_BYTES: usize = 256 * 1024;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// What may be sent. All of them make a browser ask first, unlike a plain form.
const ACCEPTED_TYPES: &[&str] = &[CONTENT_TYPE, "application/x-amz-json-1.0", "application/json"];

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-amzn-errormessage");

/// Answers a call.
pub async fn call(State(app): State<App>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let refused = |status: Option<StatusCode>, code: Code, message: &str| {
        let id = ids::uuid(&*app.engine.rng);
        let mut response = fault(id, &Error::new(code, message));
        if let Some(status) = status {
            *response.status_mut() = status;
        }
        allow_origin(&parts.headers, &mut response);
        response
    };
    let Some((service, operation)) = target(&parts.headers) else {
        return refused(
            None,
            Code::UnknownOperationException,
            "The operation in X-Amz-Target is not known.",
        );
    };
    if !readable(&parts.headers) {
        return refused(
            Some(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Code::SerializationException,
            "The Content-Type must be application/x-amz-json-1.1, without a Content-Encoding.",
        );
    }
    let allowance = allowance(&app, &peer, &parts).await;
    let body = match read_body(&peer, &parts.headers, body, allowance).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => {
            return refused(
                None,
                Code::RequestEntityTooLargeException,
                match allowance {
                    Allowance::Known(_) => "The request is larger than 4 MiB.",
                    Allowance::Other(_) => {
                        "A request without the signature of a known access key is larger than 256 KiB."
                    }
                },
            );
        }
        Err(Unread::Crowded) => {
            return refused(
                None,
                Code::ServiceUnavailableException,
                "Too many large requests are on their way. Try again later.",
            );
        }
        Err(Unread::TooSlow) => {
            return refused(
                Some(StatusCode::REQUEST_TIMEOUT),
                Code::SerializationException,
                "The request body took too long.",
            );
        }
        Err(Unread::Broken) => {
            return refused(
                None,
                Code::SerializationException,
                "The request body could not be read.",
            );
        }
    };
    let call = Call {
        service,
        operation: operation.to_owned(),
        credentials: credentials(&parts, &body.bytes),
        body: body.bytes.into(),
        source: Some(peer.address),
        user_agent: user_agent(&parts.headers),
        region: None,
    };
    let open_to_browsers =
        ops::find(service, operation).is_none_or(|route| !matches!(route.info.auth, Auth::Signed));
    let answer = dispatch(&app.engine, call).await;
    drop(body.share);
    let mut response = match answer.outcome {
        Ok(body) => {
            let mut response = body.into_response();
            decorate(answer.request_id, &mut response);
            response
        }
        Err(error) => fault(answer.request_id, &error),
    };
    if open_to_browsers {
        allow_origin(&parts.headers, &mut response);
    }
    response
}

/// Returns how much a caller may send. The key is looked up only where it makes a difference.
async fn allowance(app: &App, peer: &Peer, parts: &Parts) -> Allowance {
    if is_large(&parts.headers)
        && let Credentials::Signature(presented) = credentials(parts, &[])
        && access_keys::is_admins(&app.engine, &presented, Some(peer.address)).await
    {
        return Allowance::Known(BODY_BYTES);
    }
    Allowance::Other(UNSIGNED_BODY_BYTES)
}

/// Returns what the caller says it is. Scripts in a browser cannot set the usual header, so the
/// vendor's libraries send one of their own beside the browser's.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let given = text("user-agent").or_else(|| text("x-amz-user-agent"))?;
    Some(given.chars().take(512).collect())
}

/// Answers a browser's question whether a page may call.
///
/// Never for `Authorization`: what is signed is for admins, and no web page has a reason to
/// try its luck with a server on the machine of its reader.
pub async fn preflight(headers: HeaderMap) -> Response {
    let asked = headers
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|names| names.to_str().ok())
        .unwrap_or_default();
    let allowed: Vec<&str> = asked
        .split(',')
        .map(str::trim)
        .filter(|name| HeaderName::try_from(*name).is_ok())
        .filter(|name| {
            !["authorization", "cookie", "x-amz-security-token"]
                .iter()
                .any(|never| name.eq_ignore_ascii_case(never))
        })
        .collect();
    let mut response = StatusCode::NO_CONTENT.into_response();
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    out.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    if let Ok(allowed) = HeaderValue::try_from(allowed.join(", ")) {
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

/// Reads which operation is meant. Two targets are none.
fn target(headers: &HeaderMap) -> Option<(Service, &str)> {
    let mut targets = headers.get_all(TARGET).iter();
    let (Some(target), None) = (targets.next(), targets.next()) else {
        return None;
    };
    let (prefix, operation) = target.to_str().ok()?.split_once('.')?;
    let service = Service::ALL
        .into_iter()
        .find(|service| service.target_prefix() == prefix)?;
    Some((service, operation))
}

/// Tells whether the body is of a kind that is read.
fn readable(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else {
        return false;
    };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity");
    !encoded
        && ACCEPTED_TYPES
            .iter()
            .any(|accepted| kind.eq_ignore_ascii_case(accepted))
}

/// Reads how the caller of a request presents itself.
pub(super) fn credentials(parts: &Parts, body: &[u8]) -> Credentials {
    if !parts.headers.contains_key(header::AUTHORIZATION) {
        return Credentials::Nothing;
    }
    let mut headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    // HTTP/2 has `:authority` for it; signers call it `host` all the same.
    if let (false, Some(authority)) = (parts.headers.contains_key(header::HOST), parts.uri.authority()) {
        headers.push(("host".to_owned(), authority.to_string()));
    }
    let message = sigv4::Message {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
        body,
    };
    match sigv4::present(&message) {
        Ok(Some(presented)) => Credentials::Signature(Box::new(presented)),
        Ok(None) => Credentials::Nothing,
        Err(sigv4::Incomplete(why)) => Credentials::Incomplete(why),
    }
}

/// Writes an error as the vendor does.
fn fault(request_id: Uuid, error: &Error) -> Response {
    let code = error.code();
    let mut body = json!({"__type": code.as_str(), "message": error.message()});
    if let (Some(reason), Some(members)) = (error.reason_code(), body.as_object_mut()) {
        members.insert("reasonCode".to_owned(), reason.into());
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body.to_string()).into_response();
    decorate(request_id, &mut response);
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(format!("{}:", code.as_str())) {
        headers.insert(ERROR_TYPE, kind);
    }
    // A header holds no line ends and nothing beyond ASCII; the body has the text in any case.
    let plain = error.message().bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if plain && let Ok(message) = HeaderValue::try_from(error.message()) {
        headers.insert(ERROR_MESSAGE, message);
    }
    response
}

fn decorate(request_id: Uuid, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::try_from(request_id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Lets a page read the answer, when a page asks.
pub(super) fn allow_origin(request: &HeaderMap, response: &mut Response) {
    if !request.contains_key(header::ORIGIN) {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
    );
}

//! The query protocol of the built-in security token service: `POST /` with a form, answers
//! in XML.
//!
//! Source: AWS Security Token Service API reference, "Making query requests".

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::aws_json::{allow_origin, credentials};
use super::bodies::{Allowance, Unread, read_body};
use super::{App, Form, Peer};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::sts::{self, AssumeRoleWithWebIdentity, Refused};
use crate::engine::{Caller, Cx};

/// The largest form: a token and little else.
const BODY_BYTES: usize = 64 * 1024;
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Tells whether a request is one of the query protocol.
pub fn is_query(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    !headers.contains_key("x-amz-target")
        && kind
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Answers a call.
pub async fn call(State(app): State<App>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    let request_id = ids::uuid(&*app.engine.rng);
    let (parts, body) = request.into_parts();
    let body = match read_body(&peer, &parts.headers, body, Allowance::Other(BODY_BYTES)).await {
        Ok(body) => body,
        Err(why) => return refusal(request_id, &unread(why)),
    };
    let form = Form::of(&body.bytes);
    let outcome = match form.get("Action") {
        "GetCallerIdentity" => {
            let presented = credentials(&parts, &body.bytes);
            sts::get_caller_identity(&app.engine, &presented, Some(peer.address))
                .await
                .map(|caller| {
                    format!(
                        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
                        escape(&caller.arn),
                        escape(&caller.user_id),
                        escape(&caller.account)
                    )
                })
        }
        "AssumeRoleWithWebIdentity" => {
            let cx = Cx {
                caller: Caller::Public,
                region: app.engine.settings().default_region.clone().into(),
                engine: app.engine,
                request_id,
                source: Some(peer.address),
                user_agent: None,
            };
            assume(&cx, &form).await
        }
        other => Err(Refused::invalid(
            "InvalidAction",
            format!(
                "Could not find operation {}",
                other.chars().take(64).collect::<String>()
            ),
        )),
    };
    let mut response = match outcome {
        Ok(result) => answer(form.get("Action"), request_id, &result),
        Err(refused) => refusal(request_id, &refused),
    };
    // The token in the form is the proof; a page that holds one may ask.
    if form.get("Action") == "AssumeRoleWithWebIdentity" {
        allow_origin(&parts.headers, &mut response);
    }
    response
}

/// Tells why a body was not read, in the words of this service.
/// Source: AWS Security Token Service API reference, "Common errors".
fn unread(why: Unread) -> Refused {
    let (code, status, message) = match why {
        Unread::TooLarge => ("ValidationError", 413, "The request is larger than 64 KiB."),
        Unread::TooSlow => ("RequestExpired", 408, "The request body took too long."),
        Unread::Broken => ("ValidationError", 400, "The request body could not be read."),
        Unread::Crowded => (
            "ServiceUnavailable",
            503,
            "Too many large requests are on their way. Try again later.",
        ),
    };
    Refused {
        code,
        status,
        message: message.to_owned(),
    }
}

async fn assume(cx: &Cx, form: &Form) -> Result<String, Refused> {
    let duration = form.get("DurationSeconds");
    let duration_seconds = match duration {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| Refused::invalid("ValidationError", "DurationSeconds must be 900 to 43200"))?,
        ),
    };
    let asked = AssumeRoleWithWebIdentity {
        role_arn: form.get("RoleArn").to_owned(),
        role_session_name: form.get("RoleSessionName").to_owned(),
        web_identity_token: form.get("WebIdentityToken").into(),
        duration_seconds,
        has_policy: form.has("Policy"),
    };
    let assumed = sts::assume_role_with_web_identity(cx, asked).await?;
    let given = &assumed.credentials;
    Ok(format!(
        "<SubjectFromWebIdentityToken>{}</SubjectFromWebIdentityToken><Audience>{}</Audience>\
         <AssumedRoleUser><Arn>{}</Arn><AssumedRoleId>{}</AssumedRoleId></AssumedRoleUser>\
         <Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials><Provider>{}</Provider>",
        escape(&assumed.subject),
        escape(&assumed.audience),
        escape(&assumed.session.arn()),
        escape(&assumed.session.assumed_role_id()),
        escape(&given.access_key_id),
        escape(given.secret_key.expose()),
        escape(given.session_token.expose()),
        instant(given.expires_at),
        escape(&assumed.provider),
    ))
}

fn answer(action: &str, request_id: Uuid, result: &str) -> Response {
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>\n"
    );
    xml(StatusCode::OK, request_id, body)
}

fn refusal(request_id: Uuid, refused: &Refused) -> Response {
    let at_fault = if refused.status >= 500 {
        "Receiver"
    } else {
        "Sender"
    };
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{at_fault}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>\n",
        refused.code,
        escape(&refused.message)
    );
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
    xml(status, request_id, body)
}

fn xml(status: StatusCode, request_id: Uuid, body: String) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::try_from(request_id.to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn instant(at: UnixMillis) -> String {
    jiff::Timestamp::from_second(at.secs())
        .unwrap_or_default()
        .to_string()
}

/// Writes text for XML 1.0, which has no way to write most control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_its_element() {
        assert_eq!(escape("a<b>&\"\u{1}c"), "a&lt;b&gt;&amp;&quot;\u{fffd}c");
        assert_eq!(instant(UnixMillis(1_767_225_600_123)), "2026-01-01T00:00:00Z");
    }
}

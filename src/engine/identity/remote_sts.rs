//! Asks another security token service for credentials: `AssumeRoleWithWebIdentity` of the
//! query protocol, with an identity token of ours as proof.
//!
//! The service must know this engine as an OpenID Connect provider: its issuer, and the
//! identity pool's id as audience.
//!
//! Source: AWS Security Token Service API reference, `AssumeRoleWithWebIdentity`.

use reqwest::StatusCode;
use tracing::warn;

use super::credentials::Given;
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::federation::key_sets::{ANSWER_TIME, read_at_most};
use crate::engine::outbound::ChosenBy;
use crate::engine::{Cx, Error, Result};
use crate::wire::fault::Code;

/// The largest answer that is read.
const BODY_MAX: usize = 256 * 1024;

/// Assumes a role at `endpoint`.
///
/// # Errors
///
/// `InvalidIdentityPoolConfigurationException` when the service refuses the role or the
/// token, `ExternalServiceException` when it does not answer or answers something else.
pub async fn assume(
    cx: &Cx,
    endpoint: &str,
    role_arn: &str,
    session_name: &str,
    token: &Secret,
    valid_for_secs: i64,
) -> Result<Given> {
    let unanswered = |why: String| {
        // The caller learns nothing of what stands behind the engine.
        Error::new(
            Code::ExternalServiceException,
            "The security token service did not give credentials.",
        )
        .caused_by(why)
    };
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", "AssumeRoleWithWebIdentity")
        .append_pair("Version", "2011-06-15")
        .append_pair("RoleArn", role_arn)
        .append_pair("RoleSessionName", session_name)
        .append_pair("DurationSeconds", &valid_for_secs.to_string())
        .append_pair("WebIdentityToken", token.expose())
        .finish();
    let mut response = cx
        .engine
        .outbound
        .client(ChosenBy::Owner)
        .ok_or_else(|| unanswered("TLS is not available".to_owned()))?
        .post(endpoint)
        .timeout(ANSWER_TIME)
        .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .map_err(|reason| unanswered(reason.without_url().to_string()))?;
    let status = response.status();
    let body = read_at_most(&mut response, BODY_MAX).await.map_err(unanswered)?;
    let body = String::from_utf8_lossy(&body);
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        let code = element(&body, "Code").unwrap_or_default();
        warn!(%status, %code, role = role_arn, request = %cx.request_id, "the security token service refused a role");
        return Err(Error::new(
            Code::InvalidIdentityPoolConfigurationException,
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
        )
        .caused_by(format!("{status} {code}")));
    }
    if !status.is_success() {
        return Err(unanswered(status.to_string()));
    }
    read(&body).ok_or_else(|| unanswered("the answer has no credentials".to_owned()))
}

fn read(body: &str) -> Option<Given> {
    let ends: jiff::Timestamp = element(body, "Expiration")?.parse().ok()?;
    Some(Given {
        access_key_id: element(body, "AccessKeyId")?,
        secret_key: Secret::new(element(body, "SecretAccessKey")?),
        session_token: Secret::new(element(body, "SessionToken")?),
        expires_at: UnixMillis(ends.as_millisecond()),
    })
}

/// Returns the text of the first element of this name. The answers hold each of ours once,
/// without attributes, comments or CDATA.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.contains('<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_from_the_answer() {
        let answer = "<AssumeRoleWithWebIdentityResponse><Credentials><AccessKeyId> ASIA1 </AccessKeyId>\
            <SecretAccessKey>a&amp;b/+</SecretAccessKey><SessionToken>t==</SessionToken>\
            <Expiration>2026-01-01T01:00:00.000Z</Expiration></Credentials></AssumeRoleWithWebIdentityResponse>";
        let given = read(answer).unwrap();
        assert_eq!(given.access_key_id, "ASIA1");
        assert_eq!(given.secret_key.expose(), "a&b/+");
        assert_eq!(given.session_token.expose(), "t==");
        assert_eq!(given.expires_at, UnixMillis(1_767_229_200_000));
        for bad in ["", "<Credentials/>", "<AccessKeyId></AccessKeyId>"] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}

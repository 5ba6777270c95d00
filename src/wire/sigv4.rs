//! Signature Version 4: one canonical request, used to sign and to verify.
//!
//! Only signatures in the `Authorization` header are known; a pre-signed query string is
//! not. The payload hash is always that of the bytes that arrived, so `UNSIGNED-PAYLOAD`
//! or a false `x-amz-content-sha256` never verifies.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac};
use subtle::ConstantTimeEq;

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Longer `Authorization` headers are not read; real ones have a few hundred bytes.
const LONGEST_AUTHORIZATION: usize = 4096;

/// A request, as much of it as a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The path as it travels, percent-encoded.
    pub path: &'a str,
    /// The query as it travels, without the question mark.
    pub query: &'a str,
    /// Names in any case, in the order they travel; a name may stand more than once.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// A signature as a request presents it, with everything needed to check it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    /// The key the caller says it signed with.
    pub access_key_id: String,
    /// `YYYYMMDD`.
    pub date: String,
    /// The Region of the credential scope.
    pub region: String,
    /// The service of the credential scope.
    pub service: String,
    /// Lower-case hex.
    pub signature: String,
    /// The canonical request, made from what arrived.
    pub canonical_request: String,
    /// `X-Amz-Date` as it arrived, `YYYYMMDDTHHMMSSZ`.
    pub timestamp: String,
    /// `X-Amz-Security-Token`, the session token of temporary keys.
    pub security_token: Option<Secret>,
}

impl Presented {
    /// Returns when the caller says it signed; `None` when the timestamp is not a point in time.
    pub fn signed_at(&self) -> Option<UnixMillis> {
        let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &self.timestamp).ok()?;
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(UnixMillis(at.timestamp().as_millisecond()))
    }
}

/// An `Authorization` header that cannot be checked. The text is the caller's to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete(pub String);

/// Reads the signature a request presents; `None` when it has no `Authorization` header.
///
/// # Errors
///
/// [`Incomplete`] when the header is of another scheme, lacks a part, stands twice, or
/// does not cover `host`, `x-amz-date`, `x-amz-target` and `x-amz-security-token`.
pub fn present(message: &Message<'_>) -> Result<Option<Presented>, Incomplete> {
    let mut headers = message
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let Some((_, authorization)) = headers.next() else {
        return Ok(None);
    };
    if headers.next().is_some() || authorization.len() > LONGEST_AUTHORIZATION {
        return Err(Incomplete(
            "The Authorization header is too long or stands more than once.".to_owned(),
        ));
    }
    let Some(parts) = authorization
        .strip_prefix(ALGORITHM)
        .filter(|rest| rest.starts_with([' ', '\t']))
    else {
        return Err(Incomplete(format!(
            "The Authorization header must begin with {ALGORITHM}."
        )));
    };
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for part in parts.split(',') {
        match part.trim().split_once('=') {
            Some(("Credential", value)) => credential = Some(value),
            Some(("SignedHeaders", value)) => signed_headers = Some(value),
            Some(("Signature", value)) => signature = Some(value),
            _ => {}
        }
    }
    let missing = |name: &str| Incomplete(format!("Authorization header requires '{name}' parameter."));
    let credential = credential.ok_or_else(|| missing("Credential"))?;
    let signature = signature.ok_or_else(|| missing("Signature"))?;
    let signed_headers = signed_headers.ok_or_else(|| missing("SignedHeaders"))?;
    let sent = |wanted: &str| {
        message
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let timestamp = sent("x-amz-date").map(str::to_owned).ok_or_else(|| {
        Incomplete("Authorization header requires existence of an 'X-Amz-Date' header.".to_owned())
    })?;
    let mut scope = credential.rsplitn(5, '/');
    let (Some("aws4_request"), Some(service), Some(region), Some(date), Some(access_key_id)) = (
        scope.next(),
        scope.next(),
        scope.next(),
        scope.next(),
        scope.next(),
    ) else {
        return Err(Incomplete(
            "Credential must be <access key id>/<date>/<region>/<service>/aws4_request.".to_owned(),
        ));
    };
    if !timestamp.starts_with(date) || date.len() != 8 {
        return Err(Incomplete(
            "Date in Credential scope does not match YYYYMMDD from X-Amz-Date.".to_owned(),
        ));
    }
    let signed: Vec<&str> = signed_headers.split(';').collect();
    for needed in ["host", "x-amz-date", "x-amz-target", "x-amz-security-token"] {
        let is_optional = needed == "x-amz-target" || needed == "x-amz-security-token";
        if (!is_optional || sent(needed).is_some()) && !signed.contains(&needed) {
            return Err(Incomplete(format!(
                "'{needed}' must be a signed header in the AWS Signature."
            )));
        }
    }
    Ok(Some(Presented {
        access_key_id: access_key_id.to_owned(),
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        signature: signature.to_owned(),
        canonical_request: canonical_request(message, &signed),
        security_token: sent("x-amz-security-token").map(Secret::from),
        timestamp,
    }))
}

/// Tells whether the signature was made with `secret`. Takes equally long for any wrong signature.
///
/// How old the signature may be, and whether its scope is the right one, is the caller's to check.
pub fn verify(presented: &Presented, secret: &str) -> bool {
    let expected = signature(
        &presented.canonical_request,
        &presented.timestamp,
        &presented.date,
        &presented.region,
        &presented.service,
        secret,
    );
    expected.as_bytes().ct_eq(presented.signature.as_bytes()).into()
}

/// An access key to sign with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// `AKIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// The token of temporary keys.
    pub session_token: Option<Secret>,
}

/// Signs a request and returns the headers to add: `x-amz-date`, `x-amz-security-token`
/// for temporary keys, `authorization`.
///
/// Every header of `message` is covered; `host` must be among them.
pub fn sign(
    message: &Message<'_>,
    keys: &Keys,
    region: &str,
    service: &str,
    now: UnixMillis,
) -> Vec<(String, String)> {
    let timestamp = jiff::Timestamp::from_millisecond(now.0)
        .unwrap_or_default()
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string();
    let date = timestamp.get(..8).unwrap_or_default();
    let mut added = vec![("x-amz-date".to_owned(), timestamp.clone())];
    if let Some(token) = &keys.session_token {
        added.push(("x-amz-security-token".to_owned(), token.expose().to_owned()));
    }
    let mut headers = message.headers.to_vec();
    headers.extend(added.iter().cloned());
    let mut signed: Vec<String> = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    signed.sort_unstable();
    signed.dedup();
    let names: Vec<&str> = signed.iter().map(String::as_str).collect();
    let whole = Message {
        headers: &headers,
        ..*message
    };
    let signature = signature(
        &canonical_request(&whole, &names),
        &timestamp,
        date,
        region,
        service,
        keys.secret_access_key.expose(),
    );
    added.push((
        "authorization".to_owned(),
        format!(
            "{ALGORITHM} Credential={}/{date}/{region}/{service}/aws4_request, SignedHeaders={}, Signature={signature}",
            keys.access_key_id,
            names.join(";"),
        ),
    ));
    added
}

fn signature(
    canonical_request: &str,
    timestamp: &str,
    date: &str,
    region: &str,
    service: &str,
    secret: &str,
) -> String {
    let text = format!(
        "{ALGORITHM}\n{timestamp}\n{date}/{region}/{service}/aws4_request\n{}",
        sha256_hex(canonical_request.as_bytes())
    );
    let key = mac(Secret::new(format!("AWS4{secret}")).expose().as_bytes(), date);
    let key = mac(key.as_ref(), region);
    let key = mac(key.as_ref(), service);
    let key = mac(key.as_ref(), "aws4_request");
    hex::encode(mac(key.as_ref(), &text))
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// Makes the canonical request. `signed` are lower-case names in the order the signer gives them.
fn canonical_request(message: &Message<'_>, signed: &[&str]) -> String {
    let mut out = String::with_capacity(512);
    let _ = writeln!(out, "{}\n{}", message.method, canonical_path(message.path));
    out.push_str(&canonical_query(message.query));
    out.push('\n');
    for name in signed {
        let values: Vec<String> = message
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(out, "{name}:{}", values.join(","));
    }
    let _ = write!(out, "\n{}\n{}", signed.join(";"), sha256_hex(message.body));
    out
}

/// Resolves `.`, `..` and empty segments and encodes once more what travels encoded, as
/// every service but S3 wants it.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut out = String::from("/");
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            out.push('/');
        }
        encode(segment.as_bytes(), &mut out);
    }
    if path.ends_with('/') && !segments.is_empty() {
        out.push('/');
    }
    out
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (reencode(name), reencode(value))
        })
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Decodes what is percent-encoded and encodes it the one way signatures know.
fn reencode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%'
            && let Some((pair, after)) = rest.split_first_chunk::<2>()
            && let Ok(decoded) = hex::decode(pair)
        {
            bytes.extend(decoded);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    let mut out = String::with_capacity(text.len());
    encode(&bytes, &mut out);
    out
}

fn encode(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-08-30T12:36:00Z, the instant of the published examples.
    const NOW: UnixMillis = UnixMillis(1_440_938_160_000);

    fn keys() -> Keys {
        Keys {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        }
    }

    fn headers(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn signature_of(message: &Message<'_>, keys: &Keys, service: &str) -> String {
        let added = sign(message, keys, "us-east-1", service, NOW);
        let (_, authorization) = added.last().unwrap();
        authorization.split("Signature=").nth(1).unwrap().to_owned()
    }

    /// The vendor's published test suite (`aws-sig-v4-test-suite`), by the names it uses.
    #[test]
    fn published_test_suite() {
        let host = ("Host", "example.amazonaws.com");
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        type Case = (
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            Vec<(&'static str, &'static str)>,
            &'static str,
            &'static str,
        );
        let cases: Vec<Case> = vec![
            (
                "get-vanilla",
                "GET",
                "/",
                "",
                vec![host],
                "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "get-vanilla-query-order-key-case",
                "GET",
                "/",
                "Param2=value2&Param1=value1",
                vec![host],
                "",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "get-header-value-trim",
                "GET",
                "/",
                "",
                vec![host, ("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
                "",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ),
            (
                "get-relative-relative",
                "GET",
                "/example1/example2/../..",
                "",
                vec![host],
                "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "post-vanilla",
                "POST",
                "/",
                "",
                vec![host],
                "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                "POST",
                "/",
                "",
                vec![form, host],
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ];
        for (name, method, path, query, list, body, wanted) in cases {
            let list = headers(&list);
            let message = Message {
                method,
                path,
                query,
                headers: &list,
                body: body.as_bytes(),
            };
            assert_eq!(signature_of(&message, &keys(), "service"), wanted, "{name}");
        }
    }

    /// The worked example of the general reference: `ListUsers` of IAM.
    #[test]
    fn published_worked_example() {
        let list = headers(&[
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
        ]);
        let message = Message {
            method: "GET",
            path: "/",
            query: "Action=ListUsers&Version=2010-05-08",
            headers: &list,
            body: b"",
        };
        assert_eq!(
            signature_of(&message, &keys(), "iam"),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }

    fn signed(keys: &Keys, body: &[u8]) -> Vec<(String, String)> {
        let mut list = headers(&[
            ("Host", "127.0.0.1:9229"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "AWSCognitoIdentityProviderService.ListUserPools"),
        ]);
        let message = Message {
            method: "POST",
            path: "/",
            query: "",
            headers: &list,
            body,
        };
        let added = sign(&message, keys, "eu-west-1", "cognito-idp", NOW);
        list.extend(added);
        list
    }

    fn read(list: &[(String, String)], body: &[u8]) -> Result<Option<Presented>, Incomplete> {
        present(&Message {
            method: "POST",
            path: "/",
            query: "",
            headers: list,
            body,
        })
    }

    #[test]
    fn what_is_signed_verifies_and_what_is_changed_does_not() {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let list = signed(&keys(), b"{}");
        let presented = read(&list, b"{}").unwrap().unwrap();
        assert_eq!(presented.access_key_id, "AKIDEXAMPLE");
        assert_eq!(presented.region, "eu-west-1");
        assert_eq!(presented.signed_at(), Some(NOW));
        assert!(verify(&presented, secret));
        assert!(!verify(&presented, "another"));
        assert!(!verify(&read(&list, b"{ }").unwrap().unwrap(), secret));
        for (at, (name, _)) in list.iter().enumerate() {
            if name == "authorization" {
                continue;
            }
            let mut changed = list.clone();
            changed[at].1.push('0');
            let verified = read(&changed, b"{}").is_ok_and(|found| verify(&found.unwrap(), secret));
            assert!(!verified, "{name}");
        }
    }

    #[test]
    fn temporary_keys_sign_their_token() {
        let keys = Keys {
            session_token: Some("token".into()),
            ..keys()
        };
        let list = signed(&keys, b"{}");
        assert!(list.contains(&("x-amz-security-token".to_owned(), "token".to_owned())));
        let presented = read(&list, b"{}").unwrap().unwrap();
        assert!(verify(&presented, keys.secret_access_key.expose()));
        assert!(
            presented
                .canonical_request
                .contains("x-amz-security-token:token\n")
        );
    }

    #[test]
    fn incomplete_headers_are_told_apart() {
        let good = signed(&keys(), b"");
        assert_eq!(read(&[], b""), Ok(None));
        let with = |authorization: &str| {
            let mut list = good.clone();
            list.last_mut().unwrap().1 = authorization.to_owned();
            read(&list, b"")
        };
        for (authorization, part) in [
            ("", "AWS4-HMAC-SHA256"),
            ("Bearer token", "AWS4-HMAC-SHA256"),
            ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256"),
            ("AWS4-HMAC-SHA256 Signature=0", "'Credential'"),
            ("AWS4-HMAC-SHA256 Credential=a/b, Signature=0", "'SignedHeaders'"),
            ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host", "'Signature'"),
            (
                "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0",
                "Credential must be",
            ),
            (
                "AWS4-HMAC-SHA256 Credential=a/20150831/r/s/aws4_request, SignedHeaders=host, Signature=0",
                "Date in Credential",
            ),
            (
                "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
                "'x-amz-target'",
            ),
        ] {
            let Incomplete(text) = with(authorization).unwrap_err();
            assert!(text.contains(part), "{authorization}: {text}");
        }
        let mut twice = good.clone();
        twice.push(good.last().unwrap().clone());
        assert!(read(&twice, b"").is_err());
        let undated: Vec<_> = good
            .iter()
            .filter(|(name, _)| name != "x-amz-date")
            .cloned()
            .collect();
        assert!(read(&undated, b"").is_err());
    }

    #[test]
    fn odd_bytes_do_not_panic() {
        for text in ["%", "%zz", "%e2%82", "a=b=c&&=", "é"] {
            let _ = canonical_query(text);
            let _ = canonical_path(text);
        }
    }

    #[test]
    fn the_token_of_temporary_keys_must_be_signed() {
        let mut sent = headers(&[("host", "localhost"), ("x-amz-target", "A.B")]);
        fn message(headers: &[(String, String)]) -> Message<'_> {
            Message {
                method: "POST",
                path: "/",
                query: "",
                headers,
                body: b"{}",
            }
        }
        let temporary = Keys {
            session_token: Some("token".into()),
            ..keys()
        };
        let added = sign(&message(&sent), &temporary, "us-east-1", "cognito-idp", NOW);
        sent.extend(added);
        let presented = present(&message(&sent)).unwrap().unwrap();
        assert_eq!(presented.security_token, Some("token".into()));
        assert!(verify(&presented, keys().secret_access_key.expose()));
        // Another token in its place breaks the signature.
        for header in &mut sent {
            if header.0 == "x-amz-security-token" {
                header.1 = "other".to_owned();
            }
        }
        let presented = present(&message(&sent)).unwrap().unwrap();
        assert!(!verify(&presented, keys().secret_access_key.expose()));
        // Beside a signature that does not cover it, it is refused.
        let mut bare = headers(&[("host", "localhost"), ("x-amz-target", "A.B")]);
        let added = sign(&message(&bare), &keys(), "us-east-1", "cognito-idp", NOW);
        bare.extend(added);
        bare.push(("X-Amz-Security-Token".to_owned(), "token".to_owned()));
        let Err(Incomplete(why)) = present(&message(&bare)) else {
            panic!("an unsigned token was taken");
        };
        assert!(why.contains("x-amz-security-token"), "{why}");
    }
}

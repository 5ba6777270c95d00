//! Calls an endpoint over HTTP, signed with Signature Version 4.
//!
//! The endpoint is a server of ours, one of somebody else's, or the vendor's own. Keys
//! stay in this process; only signatures leave it. What is throttled is tried again; what
//! broke on the way is not, because the call may have happened.

use std::error::Error as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;
use tokio::io::{AsyncRead, ReadBuf};

use super::{BoxFuture, CallError, Outgoing, Progress, Transport};
use crate::base::clock::{Clock, UnixMillis};
use crate::base::rng::Rng;
use crate::base::settings::server_address;
use crate::wire::sigv4::{self, Keys};
use crate::wire::{Auth, Fault, Service};

/// A connection must stand within this time.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// A call must be answered within this time.
const CALL_TIME: Duration = Duration::from_secs(60);
/// A file that is being sent or fetched may pause this long.
const PAUSE_TIME: Duration = Duration::from_secs(60);
/// The largest answer that is read.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// A throttled call is made this often at most.
const ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it doubles with each one, and up to half of it is left to chance.
const FIRST_PAUSE_MILLIS: u64 = 250;
/// A clock that is wrong by more than this makes signatures invalid.
const SKEW_MILLIS: i64 = 4 * 60 * 1000;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// What an endpoint is called with.
#[derive(Clone)]
pub struct Options {
    /// `http://127.0.0.1:9229`; `None` for the vendor's own endpoints of the Region.
    pub endpoint: Option<String>,
    /// The Region calls are signed for.
    pub region: String,
    /// `None` sends unsigned, which is enough for public operations.
    pub keys: Option<Keys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Spreads the pauses between attempts.
    pub rng: Arc<dyn Rng>,
}

/// Carries calls to an endpoint.
#[derive(Clone)]
pub struct Https(Arc<Inner>);

struct Inner {
    client: Client,
    /// For files: no limit on the whole, one on each pause.
    file_client: Client,
    endpoint: Option<Url>,
    region: String,
    keys: Option<Keys>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    /// By how much the endpoint's clock is ahead of ours, once it told us.
    skew_millis: AtomicI64,
}

impl Https {
    /// Prepares to call an endpoint; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A sentence for people, when the address is not an `http` or `https` URL, the Region
    /// is none, or there is no way to speak TLS here.
    pub fn new(options: Options) -> Result<Self, String> {
        let Options {
            endpoint,
            region,
            keys,
            clock,
            rng,
        } = options;
        if !is_region(&region) {
            return Err(format!("{region:?} is not a Region; it looks like us-east-1."));
        }
        let endpoint = endpoint.as_deref().map(parse_endpoint).transpose()?;
        let builder = || {
            Client::builder()
                .user_agent(concat!("poolhouse/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIME)
                // A redirect would carry a signature to where it was not made for.
                .redirect(reqwest::redirect::Policy::none())
        };
        let no_client = |reason: reqwest::Error| format!("TLS is not available here: {}", chain(&reason));
        Ok(Self(Arc::new(Inner {
            client: builder().timeout(CALL_TIME).build().map_err(no_client)?,
            file_client: builder().read_timeout(PAUSE_TIME).build().map_err(no_client)?,
            endpoint,
            region,
            keys,
            clock,
            rng,
            skew_millis: AtomicI64::new(0),
        })))
    }
}

/// Tells whether a text can stand in a host name as a Region.
fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn parse_endpoint(text: &str) -> Result<Url, String> {
    server_address(text).ok_or_else(|| {
        format!(
            "{text:?} is not an address; it looks like http://127.0.0.1:9229 or https://pools.example.com."
        )
    })
}

impl Transport for Https {
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.call(&outgoing).await })
    }

    fn upload(&self, url: String, file: PathBuf) -> BoxFuture<Result<(), CallError>> {
        self.upload_reporting(url, file, Arc::new(|_, _| {}))
    }

    fn upload_reporting(
        &self,
        url: String,
        file: PathBuf,
        progress: Progress,
    ) -> BoxFuture<Result<(), CallError>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.upload(&url, file, progress).await })
    }

    fn download(&self, url: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let url = file_url(&url)?;
            let response = inner
                .file_client
                .get(url.clone())
                .send()
                .await
                .map_err(|reason| unreachable(&url, &reason))?;
            let status = response.status();
            let bytes = read(&url, response).await?;
            if status.is_success() {
                return Ok(bytes);
            }
            Err(CallError::Undecodable(format!("HTTP status {status}")))
        })
    }

    fn endpoint(&self) -> String {
        match &self.0.endpoint {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => vendor_endpoint(Service::Idp, &self.0.region),
        }
    }

    fn region(&self) -> String {
        self.0.region.clone()
    }

    fn in_region(&self, region: &str) -> Option<Arc<dyn Transport>> {
        let here = &self.0;
        is_region(region).then(|| {
            let there = Inner {
                client: here.client.clone(),
                file_client: here.file_client.clone(),
                endpoint: here.endpoint.clone(),
                region: region.to_owned(),
                keys: here.keys.clone(),
                clock: Arc::clone(&here.clock),
                rng: Arc::clone(&here.rng),
                skew_millis: AtomicI64::new(here.skew_millis.load(Ordering::Relaxed)),
            };
            Arc::new(Self(Arc::new(there))) as Arc<dyn Transport>
        })
    }
}

fn vendor_endpoint(service: Service, region: &str) -> String {
    format!("https://{}.{region}.amazonaws.com", service.signing_name())
}

impl Inner {
    async fn call(&self, outgoing: &Outgoing) -> Result<Vec<u8>, CallError> {
        let url = match &self.endpoint {
            Some(url) => url.clone(),
            None if outgoing.service == Service::Engine => {
                return Err(CallError::Unavailable {
                    operation: outgoing.operation,
                    reason: "only an engine of Poolhouse has it".to_owned(),
                });
            }
            None => parse_endpoint(&vendor_endpoint(outgoing.service, &self.region))
                .map_err(CallError::Undecodable)?,
        };
        let mut attempt = 1;
        let mut clock_corrected = false;
        loop {
            let (outcome, date) = self.send(&url, outgoing).await;
            let Err(CallError::Fault(fault)) = &outcome else {
                return outcome;
            };
            if is_throttling(&fault.code) && attempt < ATTEMPTS {
                let whole = FIRST_PAUSE_MILLIS.saturating_mul(1 << (attempt - 1).min(16));
                let pause = whole / 2 + self.rng.below(whole / 2);
                tokio::time::sleep(Duration::from_millis(pause)).await;
                attempt = attempt.saturating_add(1);
                continue;
            }
            if is_about_time(&fault.code) && !clock_corrected && self.correct_clock(date) {
                clock_corrected = true;
                continue;
            }
            return outcome;
        }
    }

    /// Sends once. Gives the endpoint's time beside the outcome, when it told it.
    async fn send(&self, url: &Url, outgoing: &Outgoing) -> (Result<Vec<u8>, CallError>, Option<UnixMillis>) {
        let headers = match self.headers(url, outgoing) {
            Ok(headers) => headers,
            Err(failed) => return (Err(failed), None),
        };
        let sent = self
            .client
            .post(url.clone())
            .headers(headers)
            .body(outgoing.body.clone())
            .send()
            .await;
        let response = match sent {
            Ok(response) => response,
            Err(reason) => return (Err(unreachable(url, &reason)), None),
        };
        let status = response.status();
        let headers = response.headers().clone();
        let date = headers
            .get(header::DATE)
            .and_then(|date| date.to_str().ok())
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map(|date| UnixMillis(date.timestamp().as_millisecond()));
        let outcome = match read(url, response).await {
            Ok(body) if status.is_success() => Ok(body),
            Ok(body) => Err(refused(outgoing.operation, status, &headers, &body)),
            Err(failed) => Err(failed),
        };
        (outcome, date)
    }

    fn headers(&self, url: &Url, outgoing: &Outgoing) -> Result<HeaderMap, CallError> {
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(CallError::Undecodable("the address names no host".to_owned())),
        };
        let target = format!("{}.{}", outgoing.service.target_prefix(), outgoing.operation);
        let mut headers = vec![
            ("host".to_owned(), host),
            ("content-type".to_owned(), CONTENT_TYPE.to_owned()),
            ("x-amz-target".to_owned(), target),
        ];
        let signed = matches!(outgoing.auth, Auth::Signed | Auth::SignedOrClient);
        if let (true, Some(keys)) = (signed, &self.keys) {
            let message = sigv4::Message {
                method: "POST",
                path: url.path(),
                query: "",
                headers: &headers,
                body: &outgoing.body,
            };
            let now = UnixMillis(
                self.clock
                    .now()
                    .0
                    .saturating_add(self.skew_millis.load(Ordering::Relaxed)),
            );
            let added = sigv4::sign(&message, keys, &self.region, outgoing.service.signing_name(), now);
            headers.extend(added);
        }
        let mut map = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers {
            let name = HeaderName::try_from(name);
            let value = HeaderValue::try_from(value);
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return Err(CallError::Undecodable(
                    "the access key or its token holds characters that cannot be sent".to_owned(),
                ));
            };
            value.set_sensitive(name == header::AUTHORIZATION || name == "x-amz-security-token");
            map.insert(name, value);
        }
        Ok(map)
    }

    /// Notes by how much the endpoint's clock differs; tells whether that explains a refusal.
    fn correct_clock(&self, theirs: Option<UnixMillis>) -> bool {
        let Some(theirs) = theirs else {
            return false;
        };
        let skew = theirs.since(self.clock.now());
        if skew.saturating_abs() < SKEW_MILLIS {
            return false;
        }
        self.skew_millis.store(skew, Ordering::Relaxed);
        true
    }

    async fn upload(&self, url: &str, path: PathBuf, progress: Progress) -> Result<(), CallError> {
        let url = file_url(url)?;
        let unreadable =
            |reason: std::io::Error| CallError::Undecodable(format!("{}: {reason}", path.display()));
        let file = tokio::fs::File::open(&path).await.map_err(unreadable)?;
        let total = file.metadata().await.map_err(unreadable)?.len();
        let body = FileBody {
            file,
            sent: 0,
            total,
            progress,
        };
        let response = self
            .file_client
            .put(url.clone())
            // The vendor's pre-signed URL is signed with this header, so it must be sent.
            .header("x-amz-server-side-encryption", "aws:kms")
            .header(header::CONTENT_LENGTH, total)
            .body(reqwest::Body::wrap(body))
            .send()
            .await
            .map_err(|reason| unreachable(&url, &reason))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let headers = response.headers().clone();
        let body = read(&url, response).await?;
        match refused("upload", status, &headers, &body) {
            CallError::Undecodable(_) | CallError::Unavailable { .. } => {
                let text: String = String::from_utf8_lossy(&body).chars().take(300).collect();
                Err(CallError::Undecodable(format!(
                    "HTTP status {status}. {}",
                    text.trim()
                )))
            }
            other => Err(other),
        }
    }
}

fn file_url(text: &str) -> Result<Url, CallError> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| CallError::Undecodable("the address of a file is not an http URL".to_owned()))
}

async fn read(url: &Url, mut response: reqwest::Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|reason| unreachable(url, &reason))?
    {
        if body.len().saturating_add(chunk.len()) > ANSWER_BYTES {
            return Err(CallError::Undecodable(
                "the answer is larger than 64 MiB".to_owned(),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Throttling is known by its code: the vendor answers it with status 400.
fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" | "RequestLimitExceeded"
    )
}

fn is_about_time(code: &str) -> bool {
    matches!(
        code,
        "InvalidSignatureException" | "RequestTimeTooSkewed" | "RequestExpired" | "SignatureDoesNotMatch"
    )
}

/// Reads an answer that is not a success.
fn refused(operation: &'static str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| json.get(name)?.as_str())
            .map(str::to_owned)
    };
    let in_header = headers
        .get("x-amzn-errortype")
        .and_then(|kind| kind.to_str().ok())
        .map(str::to_owned);
    // `com.amazonaws…#NameException` in bodies, `NameException:http://…` in headers.
    let code = text(&["__type", "code", "Code"]).or(in_header).map(|code| {
        let code = code.rsplit('#').next().unwrap_or_default();
        code.split(':').next().unwrap_or_default().trim().to_owned()
    });
    let message = text(&["message", "Message", "errorMessage"]).unwrap_or_default();
    let unknown = code.as_deref() == Some("UnknownOperationException");
    let lacking = || {
        let said: String = String::from_utf8_lossy(body).chars().take(2_000).collect();
        let said = said.to_ascii_lowercase();
        said.contains("not been implemented")
            || said.contains("notimplemented")
            || said.contains("not yet implemented")
    };
    if unknown || status == StatusCode::NOT_IMPLEMENTED {
        return CallError::Unavailable {
            operation,
            reason: if message.is_empty() {
                "the endpoint does not know the operation".to_owned()
            } else {
                message
            },
        };
    }
    let Some(code) = code.filter(|code| !code.is_empty()) else {
        let lacks = matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        // Moto's server answers a web page with status 500 for an operation it does not know.
        let page = status == StatusCode::INTERNAL_SERVER_ERROR && body.starts_with(b"<");
        if lacks || page || lacking() {
            return CallError::Unavailable {
                operation,
                reason: format!("the endpoint answered HTTP status {status}"),
            };
        }
        return CallError::Undecodable(format!(
            "HTTP status {status} without an error this protocol knows"
        ));
    };
    CallError::Fault(Fault {
        code,
        message,
        reason_code: text(&["reasonCode"]),
        request_id: headers
            .get("x-amzn-requestid")
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned),
    })
}

/// Says in words why nothing came back.
fn unreachable(url: &Url, reason: &reqwest::Error) -> CallError {
    let host = url.host_str().unwrap_or("the endpoint");
    let port = url
        .port_or_known_default()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let place = format!("{host}{port}");
    let whole = chain(reason);
    let said = whole.to_ascii_lowercase();
    let refused = io_kind(reason) == Some(std::io::ErrorKind::ConnectionRefused);
    let sentence = if refused {
        format!("nothing listens at {place}.")
    } else if said.contains("dns error") || said.contains("failed to lookup") {
        format!("the name {host} is not known here.")
    } else if said.contains("invalidcontenttype") || said.contains("corrupt message") {
        format!("{place} does not speak https; an address that begins with http:// may be meant.")
    } else if said.contains("certificate") {
        format!("the certificate of {host} is not trusted: {whole}.")
    } else if reason.is_timeout() && reason.is_connect() {
        format!(
            "{place} could not be reached within {} seconds.",
            CONNECT_TIME.as_secs()
        )
    } else if reason.is_timeout() {
        format!("{place} took too long; whether the call was carried out is not known.")
    } else if reason.is_connect() {
        format!("{place} could not be reached: {whole}.")
    } else {
        format!("the connection to {place} broke; whether the call was carried out is not known ({whole}).")
    };
    CallError::Unreachable(sentence)
}

fn io_kind(reason: &reqwest::Error) -> Option<std::io::ErrorKind> {
    let mut source = reason.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        source = inner.source();
    }
    None
}

/// Prints the innermost reason of an error; the outer ones repeat the URL, which may hold a token.
fn chain(reason: &reqwest::Error) -> String {
    let mut innermost = String::new();
    let mut source = reason.source();
    while let Some(inner) = source {
        innermost = inner.to_string();
        source = inner.source();
    }
    if innermost.is_empty() {
        "no reason given".to_owned()
    } else {
        innermost.trim_end_matches('.').to_owned()
    }
}

/// Sends a file piece by piece and tells how far it is.
struct FileBody {
    file: tokio::fs::File,
    sent: u64,
    total: u64,
    progress: Progress,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let left = self.total.saturating_sub(self.sent);
        if left == 0 {
            return Poll::Ready(None);
        }
        let size = usize::try_from(left.min(64 * 1024)).unwrap_or(0);
        let mut buffer = vec![0; size];
        let mut into = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut self.file).poll_read(cx, &mut into))?;
        let read = into.filled().len();
        if read == 0 {
            let short = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the file became shorter");
            return Poll::Ready(Some(Err(short)));
        }
        buffer.truncate(read);
        self.sent = self.sent.saturating_add(read as u64);
        (self.progress)(self.sent, self.total);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(buffer)))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent >= self.total
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.total.saturating_sub(self.sent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_refusal(status: u16, header: Option<&'static str>, body: &str) -> CallError {
        let mut headers = HeaderMap::new();
        if let Some(kind) = header {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(kind));
        }
        refused(
            "CreateTerms",
            StatusCode::from_u16(status).unwrap(),
            &headers,
            body.as_bytes(),
        )
    }

    fn code(failed: &CallError) -> &str {
        match failed {
            CallError::Fault(fault) => &fault.code,
            CallError::Unavailable { .. } => "unavailable",
            CallError::Undecodable(_) => "undecodable",
            CallError::Unreachable(_) | CallError::ReadOnly { .. } => "other",
        }
    }

    #[test]
    fn refusals_are_read_in_every_form_they_come_in() {
        let cases = [
            (
                400,
                None,
                r#"{"__type":"GroupExistsException","message":"x"}"#,
                "GroupExistsException",
            ),
            (
                400,
                None,
                r#"{"__type":"com.amazonaws#NotAuthorizedException"}"#,
                "NotAuthorizedException",
            ),
            (
                400,
                Some("ForbiddenException:http://x/"),
                "",
                "ForbiddenException",
            ),
            (
                400,
                None,
                r#"{"__type":"UnknownOperationException"}"#,
                "unavailable",
            ),
            (404, None, "Not yet implemented", "unavailable"),
            (
                404,
                None,
                r#"{"__type":"ResourceNotFoundException","message":"x"}"#,
                "ResourceNotFoundException",
            ),
            (501, None, "", "unavailable"),
            (
                500,
                None,
                "<p>The create_terms action has not been implemented</p>",
                "unavailable",
            ),
            (502, None, "<html>", "undecodable"),
            (500, None, "", "undecodable"),
            (500, None, "<!doctype html>", "unavailable"),
        ];
        for (status, header, body, wanted) in cases {
            assert_eq!(
                code(&read_refusal(status, header, body)),
                wanted,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn addresses_are_checked_before_anything_is_sent() {
        for good in [
            "http://127.0.0.1:9229",
            "https://pools.example.com/",
            "http://[::1]:1",
        ] {
            assert!(parse_endpoint(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:9229",
            "ftp://x",
            "http://",
            "http://u:p@x",
            "http://x/?y",
            "https://x/#y",
        ] {
            assert!(parse_endpoint(bad).is_err(), "{bad}");
        }
    }
}

//! How a function is reached.
//!
//! - An HTTP address that speaks the Lambda invoke protocol, as runtime emulators do:
//!   `POST /2015-03-31/functions/<name>/invocations`, signed with a secret of the function.
//! - A local command: the event on standard input, the answer on standard output, no shell,
//!   an environment of its own.
//! - Lambda, signed with an access key.
//!
//! Source: AWS Lambda API reference, Invoke.

use std::collections::BTreeMap;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;

use aws_lc_rs::hmac;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::base::settings::server_address;
use crate::engine::Engine;
use crate::engine::outbound::ChosenBy;
use crate::wire::sigv4::{self, Keys};

/// The largest answer that is read.
const ANSWER_BYTES: usize = 1024 * 1024;
/// The most characters of a function's error text that are passed on.
const TEXT_CHARACTERS: usize = 2048;

/// When a call of an HTTP address was made, in seconds since the Unix epoch.
const TIMESTAMP_HEADER: &str = "poolhouse-timestamp";
/// Its signature, `v1=` and hexadecimal.
const SIGNATURE_HEADER: &str = "poolhouse-signature";
/// The shortest secret to sign with.
const SECRET_BYTES: usize = 32;
/// What a command has started may hold its output open so long after the command itself ended.
const AFTER_END: Duration = Duration::from_millis(200);

/// What an ARN is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A server that speaks the invoke protocol.
    Http {
        /// Its address; the path of the function is added unless it ends with `/invocations`.
        address: String,
        /// What each call is signed with, so that the server knows who calls.
        #[serde(default)]
        secret: Option<Secret>,
    },
    /// A program of this machine.
    Command {
        /// The program and its arguments.
        command: Vec<String>,
        /// Its environment, beside the search path.
        environment: BTreeMap<String, Secret>,
    },
    /// Lambda.
    Lambda {
        /// Another address than Lambda's own in the Region of the ARN.
        endpoint: Option<String>,
        access_key_id: String,
        secret_access_key: Secret,
        session_token: Option<Secret>,
    },
}

/// Why a function gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The function failed, with this text.
    Function(String),
    /// It did not answer in time.
    Timeout,
    /// Nothing is bound to the ARN.
    NotBound,
    /// It cannot be reached or started.
    Unreachable,
    /// What stands before it refused the call; the vendor's name of the error.
    Refused(&'static str),
    /// Too many calls of it are under way.
    Busy,
    /// A password would have left this machine in clear.
    Unprotected,
    /// The answer is not JSON.
    Garbage,
    /// The answer is larger than an answer may be.
    TooLarge,
    /// The binding cannot be read.
    Store,
}

impl Failure {
    /// Returns the reason as the caller and the log may read it.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Function(_) => "the function failed",
            Self::Timeout => "Socket timeout while invoking Lambda function",
            Self::NotBound => "ResourceNotFoundException",
            Self::Unreachable => "ServiceException",
            Self::Refused(code) => code,
            Self::Busy => "TooManyRequestsException",
            Self::Unprotected => "AccessDeniedException",
            Self::Garbage => "the answer is not JSON",
            Self::TooLarge => "the answer is too large",
            Self::Store => "ServiceException",
        }
    }
}

impl Target {
    /// Checks what an admin binds; the text is for them.
    ///
    /// # Errors
    ///
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Http { address, secret } => {
                if secret
                    .as_ref()
                    .is_some_and(|secret| secret.expose().len() < SECRET_BYTES)
                {
                    return Err(format!(
                        "A signing secret has {SECRET_BYTES} characters at least."
                    ));
                }
                parse_address(address).map(drop)
            }
            Self::Command { command, environment } => {
                let whole = !command.is_empty() && command.iter().all(|word| !word.contains('\0'));
                if !whole || command.first().is_none_or(String::is_empty) {
                    return Err("A command needs a program.".to_owned());
                }
                let plain = |name: &String| !name.is_empty() && !name.contains(['=', '\0']);
                if !environment.keys().all(plain)
                    || environment.values().any(|value| value.expose().contains('\0'))
                {
                    return Err("A name of the environment is not one.".to_owned());
                }
                Ok(())
            }
            Self::Lambda {
                endpoint,
                access_key_id,
                secret_access_key,
                session_token: _,
            } => {
                if access_key_id.is_empty() || secret_access_key.is_empty() {
                    return Err("Lambda needs an access key.".to_owned());
                }
                endpoint
                    .as_deref()
                    .map_or(Ok(()), |address| parse_address(address).map(drop))
            }
        }
    }

    /// Tells whether nobody on the way reads what is sent: TLS, or this machine alone.
    pub fn is_private(&self) -> bool {
        let address = match self {
            Self::Command { .. } => return true,
            Self::Lambda { endpoint: None, .. } => return true,
            Self::Http { address, .. } => address,
            Self::Lambda {
                endpoint: Some(endpoint),
                ..
            } => endpoint,
        };
        Url::parse(address).is_ok_and(|url| {
            let host = url.host_str().unwrap_or_default();
            let ip = host.trim_start_matches('[').trim_end_matches(']');
            let loops = ip.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
            url.scheme() == "https" || host == "localhost" || loops
        })
    }

    /// Returns the address that is called, of one that somebody chose.
    pub fn address(&self) -> Option<Url> {
        let address = match self {
            Self::Http { address, .. } => address,
            Self::Lambda { endpoint, .. } => endpoint.as_ref()?,
            Self::Command { .. } => return None,
        };
        parse_address(address).ok()
    }

    /// Calls the function once. The caller sets the time limit; when the future is dropped the
    /// connection is closed, the command killed.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub async fn call(
        &self,
        engine: &Engine,
        arn: &str,
        payload: &[u8],
        chosen_by: ChosenBy,
    ) -> Result<Value, Failure> {
        match self {
            Self::Http { address, secret } => {
                let url = invoke_url(address, name_of(arn))?;
                let headers = secret
                    .as_ref()
                    .map(|secret| signed(secret, engine.clock.now(), payload));
                post(engine, url, headers.unwrap_or_default(), payload, chosen_by).await
            }
            Self::Lambda {
                endpoint,
                access_key_id,
                secret_access_key,
                session_token,
            } => {
                let region = region_of(arn);
                let own = format!("https://lambda.{region}.amazonaws.com");
                let url = invoke_url(endpoint.as_deref().unwrap_or(&own), arn)?;
                let keys = Keys {
                    access_key_id: access_key_id.clone(),
                    secret_access_key: secret_access_key.clone(),
                    session_token: session_token.clone(),
                };
                let mut headers = vec![
                    ("host".to_owned(), host_of(&url)),
                    ("content-type".to_owned(), "application/json".to_owned()),
                    ("x-amz-invocation-type".to_owned(), "RequestResponse".to_owned()),
                ];
                let message = sigv4::Message {
                    method: "POST",
                    path: url.path(),
                    query: "",
                    headers: &headers,
                    body: payload,
                };
                let added = sigv4::sign(&message, &keys, region, "lambda", engine.clock.now());
                headers.extend(added);
                post(engine, url, headers, payload, chosen_by).await
            }
            Self::Command { command, environment } => {
                let folder = engine.data_dir.join("functions");
                run(command, environment, &folder, payload).await
            }
        }
    }
}

/// Returns the headers by which a server knows that the engine calls, and when: the time in
/// seconds, and HMAC-SHA-256 of `<time>.<body>` under the function's secret, in hexadecimal.
fn signed(secret: &Secret, now: UnixMillis, payload: &[u8]) -> Vec<(String, String)> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let mut mac = hmac::Context::with_key(&key);
    let time = now.secs().to_string();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(payload);
    vec![
        (TIMESTAMP_HEADER.to_owned(), time),
        (
            SIGNATURE_HEADER.to_owned(),
            format!("v1={}", hex::encode(mac.sign())),
        ),
    ]
}

fn parse_address(address: &str) -> Result<Url, String> {
    server_address(address)
        .ok_or_else(|| format!("{address:?} is not an address; it looks like http://127.0.0.1:9001."))
}

/// Returns the address that invokes a function.
fn invoke_url(address: &str, function: &str) -> Result<Url, Failure> {
    let mut url = parse_address(address).map_err(|_| Failure::Unreachable)?;
    if !url.path().ends_with("/invocations") {
        let base = url.path().trim_end_matches('/').to_owned();
        let mut name = String::new();
        for byte in function.bytes() {
            // As the vendor's SDKs write an ARN into a path: RFC 3986 §2.3.
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                name.push(char::from(byte));
            } else {
                name.push_str(&format!("%{byte:02X}"));
            }
        }
        url.set_path(&format!("{base}/2015-03-31/functions/{name}/invocations"));
    }
    Ok(url)
}

/// Returns the name of a function: what stands after `function:`, without a version.
pub fn name_of(arn: &str) -> &str {
    let rest = arn.split_once(":function:").map_or(arn, |(_, name)| name);
    rest.split(':').next().unwrap_or(rest)
}

fn region_of(arn: &str) -> &str {
    arn.split(':')
        .nth(3)
        .filter(|region| !region.is_empty())
        .unwrap_or("us-east-1")
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

async fn post(
    engine: &Engine,
    url: Url,
    headers: Vec<(String, String)>,
    payload: &[u8],
    chosen_by: ChosenBy,
) -> Result<Value, Failure> {
    engine
        .outbound
        .check(&url, chosen_by)
        .map_err(|_| Failure::Unreachable)?;
    let client = engine.outbound.client(chosen_by).ok_or(Failure::Unreachable)?;
    let mut map = HeaderMap::new();
    map.insert("content-type", HeaderValue::from_static("application/json"));
    map.insert(
        "x-amz-invocation-type",
        HeaderValue::from_static("RequestResponse"),
    );
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(|_| Failure::Unreachable)?;
        let mut value = HeaderValue::try_from(value).map_err(|_| Failure::Unreachable)?;
        value.set_sensitive(name == "authorization" || name == "x-amz-security-token");
        map.insert(name, value);
    }
    let sent = client.post(url).headers(map).body(payload.to_vec()).send().await;
    let mut response = sent.map_err(|reason| {
        if reason.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Unreachable
        }
    })?;
    let status = response.status();
    let failed = response.headers().contains_key("x-amz-function-error");
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| Failure::Unreachable)? {
        if body.len().saturating_add(piece.len()) > ANSWER_BYTES {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    if !status.is_success() {
        return Err(Failure::Refused(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "AccessDeniedException",
            StatusCode::NOT_FOUND => "ResourceNotFoundException",
            StatusCode::TOO_MANY_REQUESTS => "TooManyRequestsException",
            _ => "ServiceException",
        }));
    }
    read(&body, failed)
}

/// Reads an answer. Some runtime emulators tell of a failure in the body alone.
fn read(body: &[u8], failed: bool) -> Result<Value, Failure> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let told = answer.as_ref().and_then(|answer| answer.get("errorMessage"));
    let is_event = answer
        .as_ref()
        .is_some_and(|answer| answer.get("response").is_some());
    if failed || (told.is_some() && !is_event) {
        let text = told.and_then(Value::as_str).unwrap_or("Unhandled");
        return Err(Failure::Function(text.chars().take(TEXT_CHARACTERS).collect()));
    }
    answer.ok_or(Failure::Garbage)
}

/// Runs a program with the event on standard input. An exit code other than 0 is a failure of
/// the function; its text is the `errorMessage` of what it printed, else the last line of
/// standard error.
async fn run(
    command: &[String],
    environment: &BTreeMap<String, Secret>,
    folder: &std::path::Path,
    payload: &[u8],
) -> Result<Value, Failure> {
    let (program, arguments) = command.split_first().ok_or(Failure::Unreachable)?;
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(|_| Failure::Unreachable)?;
    let mut child = tokio::process::Command::new(program);
    child.args(arguments).current_dir(folder).env_clear();
    for name in ["PATH", "SYSTEMROOT", "LANG"] {
        if let Some(value) = std::env::var_os(name) {
            child.env(name, value);
        }
    }
    for (name, value) in environment {
        child.env(name, value.expose());
    }
    child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    child.process_group(0);
    let mut child = child.spawn().map_err(|_| Failure::Unreachable)?;
    let group = Group(child.id());
    let (Some(mut input), Some(output), Some(errors)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(Failure::Unreachable);
    };
    let write = async {
        // One that does not read its input answers all the same.
        let _ = input.write_all(payload).await;
        drop(input);
    };
    let (mut body, mut told) = (Vec::new(), Vec::new());
    let status = {
        // All at once: a program that prints before it has read would wait for us otherwise.
        let passing =
            async { tokio::join!(write, read_some(output, &mut body), read_some(errors, &mut told)) };
        let mut passing = pin!(passing);
        let ended = tokio::select! {
            _ = &mut passing => None,
            ended = child.wait() => Some(ended),
        };
        match ended {
            // A program that prints too much ends when nobody reads it any more.
            None => child.wait().await,
            // The answer is there. Who else holds the output open has no part in it.
            Some(ended) => {
                let _ = tokio::time::timeout(AFTER_END, passing).await;
                ended
            }
        }
    };
    let status = status.map_err(|_| Failure::Unreachable)?;
    drop(group);
    if body.len() > ANSWER_BYTES {
        return Err(Failure::TooLarge);
    }
    if status.success() {
        return read(&body, false);
    }
    if let Err(Failure::Function(text)) = read(&body, false) {
        return Err(Failure::Function(text));
    }
    let told = String::from_utf8_lossy(&told);
    let text = told
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty())
        .map_or_else(|| format!("Process ended with {status}"), str::to_owned);
    Err(Failure::Function(text.chars().take(TEXT_CHARACTERS).collect()))
}

/// Reads to the end, or to one byte more than an answer may have.
async fn read_some(from: impl tokio::io::AsyncRead + Unpin, to: &mut Vec<u8>) {
    let most = u64::try_from(ANSWER_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    // What was read before it broke off counts.
    let _ = from.take(most).read_to_end(to).await;
}

/// Kills what a command started, when it has not ended by itself.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.0.and_then(|id| i32::try_from(id).ok())
            && let Some(group) = rustix::process::Pid::from_raw(id)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:greet";

    #[test]
    fn the_path_of_a_function_is_added_unless_it_is_there() {
        let url = |address: &str, name: &str| invoke_url(address, name).unwrap().to_string();
        assert_eq!(
            url("http://127.0.0.1:9001", name_of(ARN)),
            "http://127.0.0.1:9001/2015-03-31/functions/greet/invocations"
        );
        assert_eq!(
            url("http://h/base/", "a b"),
            "http://h/base/2015-03-31/functions/a%20b/invocations"
        );
        let emulator = "http://127.0.0.1:9000/2015-03-31/functions/function/invocations";
        assert_eq!(url(emulator, "greet"), emulator);
        assert!(url("https://h", ARN).contains("/functions/arn%3Aaws%3Alambda%3Aeu-west-1"));
    }

    #[test]
    fn names_and_regions_are_read_from_arns() {
        assert_eq!(name_of(ARN), "greet");
        assert_eq!(name_of(&format!("{ARN}:live")), "greet");
        assert_eq!(region_of(ARN), "eu-west-1");
    }

    #[test]
    fn only_loopback_and_tls_are_private() {
        let http = |address: &str| Target::Http {
            address: address.to_owned(),
            secret: None,
        };
        for private in [
            "https://a.example",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(http(private).is_private(), "{private}");
        }
        for open in ["http://a.example", "http://10.0.0.1", "http://localhost.example"] {
            assert!(!http(open).is_private(), "{open}");
        }
    }

    #[test]
    fn what_cannot_be_called_is_refused_when_it_is_bound() {
        for bad in ["", "ftp://x", "http://", "http://u:p@x", "http://x?y", "x"] {
            let target = Target::Http {
                address: bad.to_owned(),
                secret: None,
            };
            assert!(target.check().is_err(), "{bad}");
        }
        let command = |words: &[&str]| Target::Command {
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            environment: BTreeMap::new(),
        };
        assert!(command(&[]).check().is_err());
        assert!(command(&[""]).check().is_err());
        assert!(command(&["python3", "x.py"]).check().is_ok());
    }

    #[test]
    fn a_failure_is_told_by_header_or_body() {
        let body = br#"{"errorMessage": "no", "errorType": "Error"}"#;
        for failed in [true, false] {
            assert_eq!(read(body, failed), Err(Failure::Function("no".to_owned())));
        }
        assert_eq!(read(b"<html>", false), Err(Failure::Garbage));
        assert_eq!(
            read(b"<html>", true),
            Err(Failure::Function("Unhandled".to_owned()))
        );
        assert!(read(br#"{"response": {}, "errorMessage": "x"}"#, false).is_ok());
    }
}

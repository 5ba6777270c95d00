//! The server on a real socket, called with signatures of our own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poolhouse::base::clock::{ManualClock, UnixMillis};
use poolhouse::base::rng::SeededRng;
use poolhouse::driver::https::{Https, Options};
use poolhouse::driver::{CallError, Driver, Progress};
use poolhouse::engine::auth::access_keys;
use poolhouse::http;
use poolhouse::wire::engine::{GetEngineInfoRequest, ListAccessKeysRequest};
use poolhouse::wire::idp;
use poolhouse::wire::sigv4::Keys;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::{START, TestEngine};

/// A server on a free port, and a key it knows.
pub struct Server {
    pub engine: TestEngine,
    pub address: SocketAddr,
    pub keys: Keys,
    end: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub async fn start() -> Self {
        Self::on(TestEngine::new().await).await
    }

    pub async fn on(engine: TestEngine) -> Self {
        Self::serving(engine, http::Options::default()).await
    }

    /// A server at every address of this machine, in both families where there are two.
    pub async fn everywhere(engine: TestEngine) -> Self {
        let both = TcpListener::bind("[::]:0").await;
        let listener = match both {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("0.0.0.0:0").await.unwrap(),
        };
        Self::listening(engine, listener, http::Options::default()).await
    }

    async fn serving(engine: TestEngine, options: http::Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listening(engine, listener, options).await
    }

    async fn listening(engine: TestEngine, listener: TcpListener, options: http::Options) -> Self {
        let (key, secret) = access_keys::create(engine.engine(), "test").await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().unwrap().port()));
        engine.engine().set_endpoint(&format!("http://{address}"));
        let (end, ended) = oneshot::channel::<()>();
        let served = tokio::spawn(http::serve(
            Arc::clone(engine.engine()),
            listener,
            options,
            async {
                let _ = ended.await;
            },
        ));
        Self {
            engine,
            address,
            keys: Keys {
                access_key_id: key.id,
                secret_access_key: secret,
                session_token: None,
            },
            end: Some(end),
            served,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A driver over the network, with these keys, whose clock shows `now`.
    pub fn driver(&self, keys: Option<Keys>, now: UnixMillis) -> Driver {
        self.driver_in("eu-west-1", keys, now)
    }

    /// The same in a Region.
    pub fn driver_in(&self, region: &str, keys: Option<Keys>, now: UnixMillis) -> Driver {
        let transport = Https::new(Options {
            endpoint: Some(self.url()),
            region: region.to_owned(),
            keys,
            clock: Arc::new(ManualClock::at(now)),
            rng: Arc::new(SeededRng::new(1)),
        })
        .unwrap();
        Driver::new(Arc::new(transport), false)
    }

    async fn send(&self, method: Method, headers: &[(&str, &str)], body: Vec<u8>) -> reqwest::Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            );
        }
        reqwest::Client::new()
            .request(method, self.url())
            .headers(map)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Posts a call and returns the status and the error code.
    async fn refused(&self, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let response = self.send(Method::POST, headers, body.into()).await;
        let status = response.status().as_u16();
        assert!(response.headers().contains_key("x-amzn-requestid"));
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
        let kind = response.headers()["x-amzn-errortype"]
            .to_str()
            .unwrap()
            .to_owned();
        let body: Value = response.json().await.unwrap();
        let code = body["__type"].as_str().unwrap().to_owned();
        assert_eq!(kind, format!("{code}:"));
        assert!(body["message"].is_string());
        (status, code)
    }
}

const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.1");
const LIST_POOLS: (&str, &str) = ("x-amz-target", "AWSCognitoIdentityProviderService.ListUserPools");
const SIGN_UP: (&str, &str) = ("x-amz-target", "AWSCognitoIdentityProviderService.SignUp");
const LIST_KEYS: (&str, &str) = ("x-amz-target", "Poolhouse.ListAccessKeys");

fn code_of<T>(outcome: Result<T, CallError>) -> String {
    match outcome {
        Err(CallError::Fault(fault)) => {
            assert!(fault.request_id.is_some());
            fault.code
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_call_is_answered_and_a_wrong_signature_is_not() {
    let server = Server::start().await;
    let keys = server.keys.clone();
    let good = server.driver(Some(keys.clone()), START);
    let info = good.call(&GetEngineInfoRequest {}).await.unwrap();
    assert_eq!(info.endpoint, server.url());
    assert_eq!(info.data_dir, None, "a path is for the engine's own console");

    let wrong = Keys {
        secret_access_key: "wrong".into(),
        ..keys.clone()
    };
    let wrong = server
        .driver(Some(wrong), START)
        .call(&ListAccessKeysRequest {})
        .await;
    assert_eq!(code_of(wrong), "InvalidSignatureException");
    let unknown = Keys {
        access_key_id: "AKIANOBODY".to_owned(),
        ..keys.clone()
    };
    let unknown = server
        .driver(Some(unknown), START)
        .call(&ListAccessKeysRequest {})
        .await;
    assert_eq!(code_of(unknown), "UnrecognizedClientException");
    let unsigned = server.driver(None, START).call(&ListAccessKeysRequest {}).await;
    assert_eq!(code_of(unsigned), "MissingAuthenticationTokenException");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_that_cannot_be_checked_is_told() {
    let server = Server::start().await;
    let refused = server
        .refused(&[JSON, LIST_KEYS, ("authorization", "Bearer x")], "{}")
        .await;
    assert_eq!(refused, (400, "IncompleteSignatureException".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_come_from_a_closed_table() {
    let server = Server::start().await;
    let unknown = (400, "UnknownOperationException".to_owned());
    for target in [
        "",
        "ListUserPools",
        "AWSCognitoIdentityProviderService.",
        "AWSCognitoIdentityProviderService.listuserpools",
        "awscognitoidentityproviderservice.ListUserPools",
        "AWSCognitoIdentityService.ListUserPools",
        "AWSCognitoIdentityProviderService.ListUserPools.x",
    ] {
        let refused = server.refused(&[JSON, ("x-amz-target", target)], "{}").await;
        assert_eq!(refused, unknown, "{target}");
    }
    assert_eq!(server.refused(&[JSON], "{}").await, unknown);
    assert_eq!(server.refused(&[JSON, LIST_POOLS, SIGN_UP], "{}").await, unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_refused() {
    let server = Server::start().await;
    let unreadable = (400, "SerializationException".to_owned());
    let deep = "[".repeat(100_000);
    for body in [
        "{",
        "[]",
        "nonsense",
        "{\"ClientId\": \"\\ud800\"}",
        "\u{feff}{}",
        deep.as_str(),
    ] {
        let refused = server.refused(&[JSON, SIGN_UP], body).await;
        assert_eq!(
            refused,
            unreadable,
            "{}",
            body.chars().take(20).collect::<String>()
        );
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let refused = server.refused(&[("content-type", kind), SIGN_UP], "{}").await;
        assert_eq!(refused, (415, "SerializationException".to_owned()), "{kind}");
    }
    let zipped = server
        .refused(&[JSON, SIGN_UP, ("content-encoding", "gzip")], "{}")
        .await;
    assert_eq!(zipped.0, 415);
    let large = "x".repeat(256 * 1024 + 1);
    let refused = server.refused(&[JSON, SIGN_UP], &large).await;
    assert_eq!(refused, (413, "RequestEntityTooLargeException".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_on_the_web_reach_only_what_needs_no_signature() {
    let server = Server::start().await;
    let asked = server
        .send(
            Method::OPTIONS,
            &[
                ("origin", "https://app.example.com"),
                ("access-control-request-method", "POST"),
                (
                    "access-control-request-headers",
                    "content-type,x-amz-target,x-amz-user-agent,authorization",
                ),
            ],
            Vec::new(),
        )
        .await;
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    let allowed = asked.headers()["access-control-allow-headers"].to_str().unwrap();
    assert_eq!(allowed, "content-type, x-amz-target, x-amz-user-agent");

    let origin = ("origin", "https://app.example.com");
    let signed = server
        .send(Method::POST, &[JSON, LIST_KEYS, origin], b"{}".to_vec())
        .await;
    assert!(!signed.headers().contains_key("access-control-allow-origin"));
    let public = server
        .send(Method::POST, &[JSON, SIGN_UP, origin], b"{}".to_vec())
        .await;
    assert_eq!(public.headers()["access-control-allow-origin"], "*");
    let exposed = public.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap();
    assert!(exposed.contains("x-amzn-ErrorType"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_others_is_not_answered() {
    let server = Server::start().await;
    for path in ["/", "/us-east-1_x/.well-known/jwks.json"] {
        let response = reqwest::Client::new()
            .get(format!("{}{path}", server.url()))
            .header("host", "rebound.example.com")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    let own = reqwest::get(server.url()).await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_bytes_come_the_answer_is_no_server_error_and_others_are_served() {
    let server = Server::start().await;
    let pieces: [&[u8]; 8] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    for piece in pieces {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(piece).await.unwrap();
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the connection stays open: {piece:?}");
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
        if answer.starts_with("HTTP/1.1") {
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
    }
    let mut long = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec();
    long.extend(vec![b'x'; 100 * 1024]);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let _ = stream.write_all(&long).await;
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).await.is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 431");
    }
    assert_eq!(reqwest::get(server.url()).await.unwrap().status(), StatusCode::OK);
}

/// Makes an import job and returns its upload URL.
async fn import_url(server: &Server) -> String {
    let pool = server
        .engine
        .user_pool_with(idp::CreateUserPoolRequest {
            auto_verified_attributes: Some(vec![idp::VerifiedAttributeType::Email]),
            ..Default::default()
        })
        .await;
    let made = server
        .engine
        .ok(&idp::CreateUserImportJobRequest {
            job_name: "people".to_owned(),
            user_pool_id: pool,
            cloud_watch_logs_role_arn: "arn:aws:iam::123456789012:role/logs".to_owned(),
            ..Default::default()
        })
        .await;
    made.user_import_job.and_then(|job| job.pre_signed_url).unwrap()
}

/// The files that uploads left, or that are arriving.
fn uploads(server: &Server) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(server.engine.folder.path().join("uploads")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_url_takes_its_file_and_nothing_else() {
    let server = Server::start().await;
    let url = import_url(&server).await;
    assert!(url.starts_with(&server.url()), "{url}");
    let driver = server.driver(None, START);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    let text = "cognito:username,email\n".repeat(20_000);
    std::fs::write(&file, &text).unwrap();

    let sent = Arc::new(std::sync::Mutex::new((0, 0)));
    let told = Arc::clone(&sent);
    let progress: Progress = Arc::new(move |now, of| *told.lock().unwrap() = (now, of));
    driver
        .transport()
        .upload_reporting(url.clone(), file.clone(), progress)
        .await
        .unwrap();
    assert_eq!(*sent.lock().unwrap(), (text.len() as u64, text.len() as u64));
    let kept = uploads(&server);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap(), text);

    // As `curl -T` does: no header of the vendor's.
    let plain = reqwest::Client::new()
        .put(&url)
        .body(text.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), StatusCode::OK);
    let forged = url.replace("?token=", "?token=x");
    let refused = driver.transport().upload(forged, file.clone()).await;
    assert!(
        matches!(&refused, Err(CallError::Fault(fault)) if fault.code == "NotAuthorizedException"),
        "{refused:?}"
    );
    let untold = reqwest::Client::new()
        .put(url.split('?').next().unwrap())
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(untold.status(), StatusCode::BAD_REQUEST);
    assert_eq!(uploads(&server).len(), 1, "nothing else stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_upload_to_a_url_ends_the_one_before() {
    let server = Server::start().await;
    let url = import_url(&server).await;
    let path = url.strip_prefix(&server.url()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
    let mut open = opened(&server, 1, head.as_bytes()).await;
    assert_eq!(uploads(&server).len(), 1);
    let _latest = opened(&server, 5, head.as_bytes()).await;
    assert_eq!(uploads(&server).len(), 1, "one is arriving");
    let mut answer = [0; 12];
    open[0].read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 409");
    let whole = reqwest::Client::new()
        .put(&url)
        .body("a,b\n")
        .send()
        .await
        .unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let kept = uploads(&server);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap(), "a,b\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_connections_and_sends_nothing_keeps_no_one_out() {
    let options = http::Options {
        connections: 16,
        ..http::Options::default()
    };
    let server = Server::serving(TestEngine::new().await, options).await;
    let mut half_open = Vec::new();
    for _ in 0..40 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nX")
            .await
            .unwrap();
        half_open.push(stream);
    }
    let patient = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let answer = patient.get(server.url()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

/// Says whether a new caller is served.
async fn is_served(server: &Server) -> bool {
    let patient = reqwest::Client::builder()
        .timeout(Duration::from_secs(4))
        .build()
        .unwrap();
    matches!(patient.get(server.url()).send().await, Ok(answer) if answer.status() == StatusCode::OK)
}

/// Opens connections that send `bytes` and no more.
async fn opened(server: &Server, count: usize, bytes: &[u8]) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        open.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    open
}

async fn small() -> Server {
    let options = http::Options {
        connections: 16,
        ..http::Options::default()
    };
    Server::serving(TestEngine::new().await, options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_the_answers_keeps_no_one_out() {
    let server = small().await;
    let mut open = opened(&server, 16, &that_takes_nothing()).await;
    let mut answer = [0; 512];
    let read = open[0].read(&mut answer).await.unwrap();
    assert!(read > 0, "answered, but for the body");
    assert!(is_served(&server).await);
}

/// HTTP/2 that takes no byte of any body: SETTINGS with a window of 0, then a GET.
fn that_takes_nothing() -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    bytes.extend([0, 0, 14, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x01, 9]);
    bytes.extend(b"127.0.0.1");
    bytes
}

async fn hasty() -> Server {
    let options = http::Options {
        answer_time: Duration::from_millis(200),
        ..http::Options::default()
    };
    Server::serving(TestEngine::new().await, options).await
}

/// Reads until the server ends the connection.
async fn ends(stream: &mut TcpStream) {
    let mut answer = [0; 4096];
    let ended = async { while matches!(stream.read(&mut answer).await, Ok(1..)) {} };
    // Before the server would send a PING.
    tokio::time::timeout(Duration::from_secs(8), ended)
        .await
        .expect("the connection stays open");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_of_an_answer_loses_the_connection() {
    let server = hasty().await;
    let mut open = opened(&server, 1, &that_takes_nothing()).await;
    ends(&mut open[0]).await;
    // HTTP/1.1: one call after the other, until the answers fill the socket.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let calls = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let sending = async { while stream.write_all(&calls).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(60), sending)
        .await
        .expect("the connection stays open");
    // Whoever reads is answered in full.
    assert!(is_served(&server).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_refused_keep_no_one_out() {
    let server = small().await;
    let put = b"PUT /imports/x/y?token=zz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n";
    let _open = opened(&server, 16, put).await;
    assert!(is_served(&server).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_names_a_known_key_may_send_much() {
    let server = Server::start().await;
    let large = "x".repeat(256 * 1024 + 1);
    let signed = |key: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/cognito-idp/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-target, Signature=00"
        )
    };
    let date = ("x-amz-date", "20260101T000000Z");
    for unknown in ["x".to_owned(), signed("AKIANOBODY")] {
        let headers = [JSON, LIST_POOLS, date, ("authorization", unknown.as_str())];
        let refused = server.refused(&headers, &large).await;
        assert_eq!(refused, (413, "RequestEntityTooLargeException".to_owned()));
    }
    let known = signed(&server.keys.access_key_id);
    let headers = [JSON, LIST_POOLS, date, ("authorization", known.as_str())];
    let refused = server.refused(&headers, &large).await;
    assert_eq!(refused, (400, "InvalidSignatureException".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_bodies_wait_their_turn_and_small_ones_do_not() {
    let server = Server::start().await;
    let mut bytes = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\nContent-Length: 262144\r\n\r\n".to_vec();
    bytes.extend(vec![b' '; 9 * 1024]);
    let open = opened(&server, 128, &bytes).await;
    let large = "x".repeat(100 * 1024);
    let refused = server.refused(&[JSON, SIGN_UP], &large).await;
    assert_eq!(refused, (503, "ServiceUnavailableException".to_owned()));
    let unreadable = (400, "SerializationException".to_owned());
    assert_eq!(server.refused(&[JSON, SIGN_UP], "x").await, unreadable);
    let form = reqwest::Client::new()
        .post(server.url())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("Action=GetCallerIdentity&x={}", "x".repeat(40 * 1024)));
    let told = form.try_clone().unwrap().send().await.unwrap();
    assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
    let told = told.text().await.unwrap();
    assert!(
        told.contains("<Type>Receiver</Type><Code>ServiceUnavailable</Code>"),
        "{told}"
    );
    drop(open);
    assert_eq!(server.refused(&[JSON, SIGN_UP], &large).await, unreadable);
    let told = form.send().await.unwrap().text().await.unwrap();
    assert!(told.contains("<Code>MissingAuthenticationToken</Code>"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_finishes_what_is_under_way() {
    let mut server = Server::start().await;
    // Half a request, then the end is asked for, then the other half.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\nContent-Length: 2\r\n\r\n{")
        .await
        .unwrap();
    // Until the server has read the headers it may close the connection as idle.
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.end.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stream.write_all(b"}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    server.served.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

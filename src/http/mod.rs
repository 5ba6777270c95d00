//! How the engine is served: the vendor's JSON protocol, the query protocol of the security
//! token service, keys and discovery, logos, uploads, the page of risk e-mails.
//!
//! Moves bytes and headers; what is allowed and what happens is the engine's to decide.
//! Every answer is well formed: what cannot be read is a 4xx, a panic is one 500, and a
//! slow or silent caller loses its connection, not the others theirs. To add a path: a
//! handler in a file of its own here and a line in [`router`].

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tracing::{debug, error, info, warn};

use crate::engine::Engine;
use bodies::{Bodies, OfConnection};
use connections::{Connections, Place};
use sending::{Patient, Sending};

mod aws_json;
mod bodies;
mod confirm_user;
mod connections;
mod feedback;
mod logos;
mod pages;
mod sending;
mod sts;
mod uploads;
mod well_known;

/// A caller has this long to send its headers, and may leave a connection idle as long.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Headers of one request, in bytes and in number.
const HEADER_BYTES: usize = 64 * 1024;
const HEADERS: usize = 100;
/// Calls at once on one HTTP/2 connection.
const STREAMS: u32 = 32;
/// What HTTP/2 may send ahead of being read, on one stream and on one connection, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names, without port, that callers may reach the server by, beside those of its own
    /// address. A server on a loopback address answers no others, so that a web page cannot
    /// reach it through a name of its own (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// How long calls under way may take to finish when the server ends; 10 s unless told.
    pub drain_for: Duration,
    /// Connections at once; 2,048 unless told.
    pub connections: usize,
    /// Connections that one source may have, an IPv4 address or an IPv6 network of 64 bits;
    /// 256 unless told. This machine itself may have 1,536 in any case. More are needed where a
    /// proxy on another machine brings many callers.
    pub connections_per_source: usize,
    /// How long a caller may take nothing of an answer before it loses the connection; 30 s unless
    /// told.
    pub answer_time: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            drain_for: Duration::from_secs(10),
            connections: connections::CONNECTIONS,
            connections_per_source: connections::PER_SOURCE,
            answer_time: Duration::from_secs(30),
        }
    }
}

/// Serves the engine until `shutdown` is done, then lets the calls under way finish.
///
/// # Errors
///
/// When the listener has no address.
pub async fn serve(
    engine: Arc<Engine>,
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let Options {
        drain_for,
        answer_time,
        ..
    } = options;
    let places = Connections::new(options.connections, options.connections_per_source);
    let bodies = Bodies::new(options.connections, options.connections_per_source);
    let app = router(engine, address, options);
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(HEADER_TIME)
        .keep_alive_timeout(HEADER_TIME);
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(reason) => {
                // Out of file descriptors, mostly: with one that is not used any more it goes on.
                warn!(%reason, "a connection was not accepted");
                places.end_oldest();
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = places.enter(peer.ip()) else {
            debug!("a connection was not accepted: all are in use");
            continue;
        };
        let place = Arc::new(place);
        let _ = stream.set_nodelay(true);
        let sending = Sending::new(answer_time);
        let of_peer = Peer {
            // Of a socket that takes both kinds, IPv4 comes as `::ffff:a.b.c.d`.
            address: peer.ip().to_canonical(),
            place: Arc::clone(&place),
            bodies: bodies.of_connection(peer.ip()),
            sending: Arc::clone(&sending),
        };
        let service = app
            .clone()
            .map_request(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(of_peer.clone());
                request
            });
        let connection = builder
            .serve_connection(
                TokioIo::new(Patient::new(stream, answer_time)),
                TowerToHyperService::new(service),
            )
            .into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(reason) = ended {
                    debug!(%reason, "a connection ended early");
                },
                () = place.ended() => debug!("a connection gave way to another"),
                () = sending.stalled() => debug!("a connection ended: its answers are not read"),
            }
        });
    }
    drop(listener);
    info!("no new connections; finishing the calls under way");
    if tokio::time::timeout(drain_for, connections.shutdown())
        .await
        .is_err()
    {
        warn!("calls were still under way when the server ended");
    }
    Ok(())
}

/// Where a request came from.
#[derive(Clone)]
struct Peer {
    address: IpAddr,
    place: Arc<Place>,
    bodies: OfConnection,
    sending: Arc<Sending>,
}

#[derive(Clone)]
struct App {
    engine: Arc<Engine>,
    hosts: Arc<Hosts>,
}

/// Every path that is answered.
fn router(engine: Arc<Engine>, address: SocketAddr, options: Options) -> Router {
    let app = App {
        engine,
        hosts: Arc::new(Hosts {
            loopback: address.ip().is_loopback(),
            extra: options.allowed_hosts,
        }),
    };
    Router::new()
        .route("/", post(call).options(aws_json::preflight).get(greet))
        .route(
            "/cognito-identity/.well-known/jwks_uri",
            get(well_known::identity_jwks),
        )
        .route(
            "/cognito-identity/.well-known/openid-configuration",
            get(well_known::identity_configuration),
        )
        .route("/{user_pool_id}/.well-known/jwks.json", get(well_known::jwks))
        .route(
            "/{user_pool_id}/.well-known/openid-configuration",
            get(well_known::openid_configuration),
        )
        .route("/{user_pool_id}/assets/{file}", get(logos::logo))
        .route("/imports/{user_pool_id}/{job_id}", put(uploads::upload))
        .route("/feedback", get(feedback::ask).post(feedback::take))
        .route("/confirmUser", get(confirm_user::ask).post(confirm_user::take))
        .route("/confirmUser/", get(confirm_user::ask).post(confirm_user::take))
        .fallback(nothing_here)
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

/// Answers a call of any of the APIs: what names a target is JSON, a form is for the
/// security token service.
async fn call(app: State<App>, peer: Extension<Peer>, request: Request) -> Response {
    if sts::is_query(request.headers()) {
        return sts::call(app, peer, request).await;
    }
    aws_json::call(app, peer, request).await
}

/// Says in one line that the server is well.
async fn greet() -> String {
    format!("Poolhouse {} is answering.\n", env!("CARGO_PKG_VERSION"))
}

async fn nothing_here() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "There is nothing at this address.\n")
}

/// Names and values of a form or a query.
struct Form(Vec<(String, String)>);

impl Form {
    fn of(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// Returns the first value of a name; empty without one.
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Tells whether a parameter is there: the name itself, or members of a list below it.
    fn has(&self, prefix: &str) -> bool {
        self.0
            .iter()
            .any(|(name, value)| name.starts_with(prefix) && !value.is_empty())
    }
}

/// The names callers may reach the server by.
struct Hosts {
    loopback: bool,
    extra: Vec<String>,
}

impl Hosts {
    fn allow(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        if self.extra.iter().any(|extra| extra.eq_ignore_ascii_case(&name)) {
            return true;
        }
        if !self.loopback {
            return true;
        }
        let literal = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name.ends_with(".localhost")
            || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn without_port(host: &str) -> &str {
    // An IPv6 address stands in brackets, so the last colon outside them begins the port.
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Refuses requests that came by a name of others, and turns a panic into one 500.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().map(str::to_owned),
        (None, _) => request.uri().authority().map(ToString::to_string),
        (Some(_), Some(_)) => None,
    };
    let Some(host) = host else {
        return (StatusCode::BAD_REQUEST, "A request needs exactly one Host.\n").into_response();
    };
    if !app.hosts.allow(&host) {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "This server does not answer by that name. It can be allowed with --allow-host.\n",
        )
            .into_response();
    }
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().cloned();
    let work = peer.as_ref().map(|peer| peer.place.work());
    // In a task of its own, so that a panic ends the request alone.
    let mut response = match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(reason) => {
            error!(%path, %reason, "a request ended early");
            (StatusCode::INTERNAL_SERVER_ERROR, "Internal error.\n").into_response()
        }
    };
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // The rest is the caller's to read: meanwhile its connection may be taken back.
    drop(work);
    match peer {
        Some(peer) => response.map(|body| peer.sending.watch(body)),
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_server_answers_by_its_own_names_only() {
        let hosts = Hosts {
            loopback: true,
            extra: vec!["pool.test".to_owned()],
        };
        for good in [
            "127.0.0.1:9229",
            "localhost",
            "LOCALHOST:1",
            "[::1]:9229",
            "eu-west-1.localhost:9229",
            "pool.test:80",
        ] {
            assert!(hosts.allow(good), "{good}");
        }
        for bad in [
            "example.com",
            "10.0.0.1:9229",
            "localhost.example.com",
            "127.0.0.1.nip.io",
            "",
        ] {
            assert!(!hosts.allow(bad), "{bad}");
        }
        let open = Hosts {
            loopback: false,
            extra: Vec::new(),
        };
        assert!(open.allow("example.com"));
    }
}

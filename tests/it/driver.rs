//! Drivers: in this process and over the network they tell the same.

use std::sync::Arc;

use poolhouse::base::clock::{Clock, ManualClock, SystemClock, UnixMillis};
use poolhouse::base::rng::SeededRng;
use poolhouse::driver::https::{Https, Options};
use poolhouse::driver::{CallError, Driver};
use poolhouse::engine::Engine;
use poolhouse::engine::auth::access_keys;
use poolhouse::http;
use poolhouse::wire::engine::{CreateAccessKeyRequest, GetEngineInfoRequest, ListAccessKeysRequest};
use poolhouse::wire::fault::Code;
use poolhouse::wire::idp::ListUserPoolsRequest;
use poolhouse::wire::sigv4::Keys;
use poolhouse::wire::{Auth, NoOutput, Operation, Service};
use serde::{Deserialize, Serialize};

use crate::http::Server;
use crate::support::{START, TestEngine};

/// An operation that a later version of the service may have.
#[derive(Serialize, Deserialize)]
struct Unheard {}

impl Operation for Unheard {
    type Response = NoOutput;
    const NAME: &'static str = "Unheard";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[];
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_endpoint_lacks_is_unavailable_not_a_failure() {
    let server = Server::start().await;
    let remote = server.driver(Some(server.keys.clone()), START);
    for driver in [server.engine.driver(), remote] {
        let outcome = driver.call(&Unheard {}).await;
        assert!(
            matches!(
                outcome,
                Err(CallError::Unavailable {
                    operation: "Unheard",
                    ..
                })
            ),
            "{outcome:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_driver_sends_no_change() {
    let engine = TestEngine::new().await;
    let driver = Driver::new(Arc::clone(engine.driver().transport()), true);
    let outcome = driver.call(&CreateAccessKeyRequest {}).await;
    assert_eq!(
        outcome.err(),
        Some(CallError::ReadOnly {
            operation: "CreateAccessKey"
        })
    );
    let keys = driver.call(&ListAccessKeysRequest {}).await.unwrap();
    assert!(keys.access_keys.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn constraint_texts_are_the_same_on_both_ways() {
    let server = Server::start().await;
    let remote = server.driver(Some(server.keys.clone()), START);
    let request = ListUserPoolsRequest {
        max_results: 61,
        ..Default::default()
    };
    let mut told = Vec::new();
    for driver in [server.engine.driver(), remote] {
        match driver.call(&request).await {
            Err(CallError::Fault(fault)) => told.push((fault.code, fault.message)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0, "InvalidParameterException");
    assert!(told[0].1.contains("at 'maxResults'"), "{}", told[0].1);
}

fn driver_to(endpoint: &str, keys: Option<Keys>, now: UnixMillis) -> Driver {
    let transport = Https::new(Options {
        endpoint: Some(endpoint.to_owned()),
        region: "us-east-1".to_owned(),
        keys,
        clock: Arc::new(ManualClock::at(now)),
        rng: Arc::new(SeededRng::new(1)),
    });
    Driver::new(Arc::new(transport.unwrap()), false)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_endpoint_is_told_in_words() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let outcome = driver_to(&format!("http://{address}"), None, START)
        .call(&GetEngineInfoRequest {})
        .await;
    assert_eq!(
        outcome.err(),
        Some(CallError::Unreachable(format!("nothing listens at {address}.")))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_is_corrected_once() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(poolhouse::engine::open::Options::new(folder.path()))
        .await
        .unwrap();
    let (key, secret) = access_keys::create(&engine, "test").await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(http::serve(
        engine,
        listener,
        http::Options::default(),
        std::future::pending(),
    ));
    let keys = Keys {
        access_key_id: key.id,
        secret_access_key: secret,
        session_token: None,
    };
    let an_hour_late = SystemClock.now().plus_secs(-3600);
    let driver = driver_to(&format!("http://{address}"), Some(keys), an_hour_late);
    driver.call(&GetEngineInfoRequest {}).await.unwrap();
}

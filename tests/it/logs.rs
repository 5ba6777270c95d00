//! The logs of user pools, delivered to files and over HTTP.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::engine::logs;
use poolhouse::wire::idp::*;
use serde_json::Value;

use crate::support::TestEngine;

const INVALID: &str = "InvalidParameterException";
const LOG_GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:people";
const BUCKET: &str = "arn:aws:s3:::people-events";
const STREAM: &str = "arn:aws:firehose:us-east-1:123456789012:deliverystream/people";

fn activity() -> LogConfigurationType {
    LogConfigurationType {
        log_level: LogLevel::Info,
        event_source: EventSourceName::UserAuthEvents,
        ..Default::default()
    }
}

fn to_log_group(configuration: LogConfigurationType) -> LogConfigurationType {
    LogConfigurationType {
        cloud_watch_logs_configuration: Some(CloudWatchLogsConfigurationType {
            log_group_arn: Some(LOG_GROUP.to_owned()),
        }),
        ..configuration
    }
}

fn to_bucket() -> LogConfigurationType {
    LogConfigurationType {
        s3_configuration: Some(S3ConfigurationType {
            bucket_arn: Some(BUCKET.to_owned()),
        }),
        ..activity()
    }
}

fn to_stream() -> LogConfigurationType {
    LogConfigurationType {
        firehose_configuration: Some(FirehoseConfigurationType {
            stream_arn: Some(STREAM.to_owned()),
        }),
        ..activity()
    }
}

fn errors() -> LogConfigurationType {
    LogConfigurationType {
        log_level: LogLevel::Error,
        event_source: EventSourceName::UserNotification,
        ..Default::default()
    }
}

fn set(pool: &str, configurations: Vec<LogConfigurationType>) -> SetLogDeliveryConfigurationRequest {
    SetLogDeliveryConfigurationRequest {
        user_pool_id: pool.to_owned(),
        log_configurations: configurations,
    }
}

async fn watched_pool(engine: &TestEngine) -> String {
    engine
        .user_pool_with(CreateUserPoolRequest {
            user_pool_add_ons: Some(UserPoolAddOnsType {
                advanced_security_mode: AdvancedSecurityModeType::Audit,
                ..Default::default()
            }),
            ..Default::default()
        })
        .await
}

async fn sign_up(engine: &TestEngine, pool: &str, username: &str) -> String {
    let client = engine.client(pool).await;
    engine
        .ok(&SignUpRequest {
            client_id: client.clone(),
            username: username.to_owned(),
            password: Some("Correct-horse-1".into()),
            ..Default::default()
        })
        .await;
    client
}

async fn bind(engine: &TestEngine, arn: &str, to: &str) -> poolhouse::engine::Result<()> {
    let mut settings = (*engine.settings()).clone();
    settings.log_targets = BTreeMap::from([(arn.to_owned(), to.to_owned())]);
    engine.engine().change_settings(settings).await
}

fn lines(engine: &TestEngine, folder: &str) -> Vec<Value> {
    let file = engine.folder.path().join(folder).join("2026-01-01.jsonl");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn what_users_do_is_a_line_in_a_file() {
    let engine = TestEngine::new().await;
    let pool = watched_pool(&engine).await;
    engine.ok(&set(&pool, vec![to_log_group(activity())])).await;
    let client = sign_up(&engine, &pool, "maria").await;
    logs::deliver(engine.engine()).await.unwrap();
    let found = lines(&engine, "logs/people");
    assert_eq!(found.len(), 1);
    let line = &found[0];
    assert_eq!(line["eventSource"], "USER_ACTIVITY");
    assert_eq!(line["logLevel"], "INFO");
    assert_eq!(line["eventTimestamp"], "1767225600000");
    assert_eq!(line["logSourceId"]["userPoolId"], pool);
    let message = &line["message"];
    assert_eq!(message["eventType"], "SignUp");
    assert_eq!(message["eventResponse"], "Pass");
    assert_eq!(message["userName"], "maria");
    assert_eq!(message["clientId"], client);
    assert_eq!(message["creationDate"], "Thu Jan 01 00:00:00 UTC 2026");
    assert_eq!(message["compromisedCredentialDetected"], "false");
    assert_eq!(message.as_object().unwrap().len(), 23);
    // Delivered once.
    assert_eq!(logs::deliver(engine.engine()).await.unwrap(), 0);
    // A folder of the admin's own.
    engine.ok(&set(&pool, vec![to_bucket()])).await;
    bind(&engine, BUCKET, "exports/people").await.unwrap();
    sign_up(&engine, &pool, "jo").await;
    logs::deliver(engine.engine()).await.unwrap();
    assert_eq!(lines(&engine, "exports/people").len(), 1);
    // An empty set ends it.
    engine.ok(&set(&pool, Vec::new())).await;
    sign_up(&engine, &pool, "kim").await;
    assert_eq!(logs::deliver(engine.engine()).await.unwrap(), 0);
    assert!(bind(&engine, BUCKET, "../elsewhere").await.is_err());
}

#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<Value>>>);

async fn receive(State(received): State<Received>, body: String) -> axum::http::StatusCode {
    let body: Value = serde_json::from_str(&body).unwrap();
    let mut received = received.0.lock().unwrap();
    received.push(body);
    if received.len() == 1 {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    }
    axum::http::StatusCode::OK
}

#[tokio::test]
async fn a_stream_waits_until_its_address_takes_it() {
    let engine = TestEngine::new().await;
    let pool = watched_pool(&engine).await;
    engine.ok(&set(&pool, vec![to_stream()])).await;
    sign_up(&engine, &pool, "maria").await;
    assert_eq!(
        logs::deliver(engine.engine()).await.unwrap(),
        0,
        "bound to nothing"
    );
    let received = Received::default();
    let app = Router::new()
        .route("/stream", post(receive))
        .with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/stream", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    bind(&engine, STREAM, &address).await.unwrap();
    assert_eq!(logs::deliver(engine.engine()).await.unwrap(), 0, "it failed");
    engine.clock.advance_secs(1);
    logs::deliver(engine.engine()).await.unwrap();
    let received = received.0.lock().unwrap();
    assert_eq!(received.len(), 2);
    let record = received[1]["records"][0]["data"].as_str().unwrap();
    let line: Value = serde_json::from_slice(&STANDARD.decode(record).unwrap()).unwrap();
    assert_eq!(line["message"]["userName"], "maria");
}

#[tokio::test]
async fn each_source_has_its_level_and_one_destination() {
    let engine = TestEngine::new().await;
    let pool = watched_pool(&engine).await;
    let good = vec![to_log_group(errors()), to_bucket()];
    let answered = engine.ok(&set(&pool, good.clone())).await;
    let kept = engine
        .ok(&GetLogDeliveryConfigurationRequest {
            user_pool_id: pool.clone(),
        })
        .await;
    assert_eq!(
        kept.log_delivery_configuration,
        answered.log_delivery_configuration
    );
    assert_eq!(kept.log_delivery_configuration.unwrap().log_configurations, good);
    for bad in [
        vec![to_bucket(), to_stream()],
        vec![activity()],
        vec![LogConfigurationType {
            s3_configuration: to_bucket().s3_configuration,
            ..to_stream()
        }],
        vec![LogConfigurationType {
            log_level: LogLevel::Error,
            ..to_bucket()
        }],
        vec![LogConfigurationType {
            s3_configuration: to_bucket().s3_configuration,
            ..errors()
        }],
        vec![LogConfigurationType {
            firehose_configuration: Some(FirehoseConfigurationType {
                stream_arn: Some(LOG_GROUP.to_owned()),
            }),
            ..activity()
        }],
    ] {
        assert_eq!(engine.refused(&set(&pool, bad)).await.0, INVALID);
    }
    let plain = engine.user_pool().await;
    assert_eq!(
        engine.refused(&set(&plain, vec![to_bucket()])).await.0,
        "FeatureUnavailableInTierException"
    );
    engine.ok(&set(&plain, vec![to_log_group(errors())])).await;
    let absent = set("us-east-1_absent111", Vec::new());
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
    let lower = UpdateUserPoolRequest {
        user_pool_id: pool,
        user_pool_tier: Some(UserPoolTierType::Essentials),
        ..Default::default()
    };
    assert_eq!(engine.refused(&lower).await.0, "TierChangeNotAllowedException");
}

#[tokio::test]
async fn a_message_that_never_leaves_is_a_line() {
    let engine = TestEngine::with(|options| {
        options.mail = Some(poolhouse::engine::delivery::Mail {
            server: "smtp://127.0.0.1:1".into(),
            ..Default::default()
        });
    })
    .await;
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            ..Default::default()
        })
        .await;
    engine.ok(&set(&pool, vec![to_log_group(errors())])).await;
    let client = engine.client(&pool).await;
    engine
        .ok(&SignUpRequest {
            client_id: client,
            username: "maria".to_owned(),
            password: Some("Correct-horse-1".into()),
            user_attributes: Some(crate::support::attributes_of(&[("email", "maria@example.com")])),
            ..Default::default()
        })
        .await;
    let mut told = Vec::new();
    // The last pause is four hours; none has more than nine tries.
    for _ in 0..40 {
        engine.engine().deliver_due().await.unwrap();
        logs::deliver(engine.engine()).await.unwrap();
        told = lines(&engine, "logs/people");
        if !told.is_empty() {
            break;
        }
        engine.clock.advance_secs(1800);
        tokio::task::yield_now().await;
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["eventSource"], "USER_NOTIFICATION");
    assert_eq!(told[0]["logLevel"], "ERROR");
    assert_eq!(told[0]["logSourceId"]["userPoolId"], pool.as_str());
    let details = told[0]["message"]["details"].as_str().unwrap();
    assert!(details.contains("the mail server cannot be reached"), "{details}");
    assert!(!details.contains("maria@example.com"), "{details}");
}

/// Takes nothing, and counts how often it was asked.
async fn refuse(State(asked): State<Arc<AtomicUsize>>) -> axum::http::StatusCode {
    asked.fetch_add(1, Ordering::SeqCst);
    axum::http::StatusCode::SERVICE_UNAVAILABLE
}

#[tokio::test]
async fn a_target_that_takes_nothing_is_asked_once_a_pause_whatever_happens() {
    let engine = TestEngine::new().await;
    let pool = watched_pool(&engine).await;
    engine.ok(&set(&pool, vec![to_stream()])).await;
    let healthy = watched_pool(&engine).await;
    engine.ok(&set(&healthy, vec![to_log_group(activity())])).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let app = Router::new()
        .route("/stream", post(refuse))
        .with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/stream", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    bind(&engine, STREAM, &address).await.unwrap();
    for number in 0..10 {
        sign_up(&engine, &pool, &format!("user{number}")).await;
        assert_eq!(logs::deliver(engine.engine()).await.unwrap(), 0);
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "an event is no reason to ask again"
    );
    // Others are delivered to meanwhile.
    sign_up(&engine, &healthy, "maria").await;
    logs::deliver(engine.engine()).await.unwrap();
    assert_eq!(lines(&engine, "logs/people").len(), 1);
    // 1, 2, 4, 8 … seconds: after 15 of them it was asked four more times.
    for _ in 0..15 {
        engine.clock.advance_secs(1);
        logs::deliver(engine.engine()).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    // Bound anew it is tried at once, with all that waited.
    bind(&engine, STREAM, "exports/people").await.unwrap();
    logs::deliver(engine.engine()).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    let day = engine.folder.path().join("exports/people/2026-01-01.jsonl");
    assert_eq!(std::fs::read_to_string(day).unwrap().lines().count(), 10);
}

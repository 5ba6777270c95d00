//! The logs of user pools: what users did, and messages that could not be sent.
//!
//! A line is written down in the transaction of what it tells of, and delivered afterwards:
//! to a file, for a log group or bucket, or over HTTP, for a stream. The settings of the
//! engine bind an ARN to a folder in the data folder or to an address; a log group and a
//! bucket that nothing binds have a folder of their own under `logs`, a stream waits.
//! What cannot be delivered is tried again, and the oldest goes when too much waits.
//!
//! Source: developer guide, "Exporting logs from user pools" (the lines); Firehose developer
//! guide, "HTTP endpoint delivery request" (the call).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tracing::warn;
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::outbound::ChosenBy;
use crate::engine::{Engine, Error, Result};
use crate::rules::risk::Level;
use crate::store::Tx;
use crate::store::records::auth_events::AuthEvent;
use crate::store::records::logs::{self, ALL, LogDelivery, LogRecord};
use crate::store::records::outbox::Message;
use crate::store::records::resources;
use crate::wire::idp::{EventSourceName, LogConfigurationType};

/// The folder, in the data folder, of logs that nothing binds.
const FOLDER: &str = "logs";
/// Lines delivered at once.
const BATCH: usize = 500;
/// Lines that may wait, before the oldest go.
pub const KEPT: usize = 10_000;
/// How long an address may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Writes down a line, when the user pool has its events delivered; tells whether it did.
///
/// # Errors
///
/// What the store reports.
pub fn queue(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    source: &EventSourceName,
    id: Uuid,
    line: &Value,
    now: UnixMillis,
) -> Result<bool> {
    let delivery = resources::get::<LogDelivery>(tx, user_pool_id, ALL)?;
    let target = delivery.and_then(|delivery| {
        let wanted = delivery
            .configurations
            .into_iter()
            .find(|it| it.event_source == *source)?;
        target_of(&wanted).map(str::to_owned)
    });
    let Some(target) = target else {
        return Ok(false);
    };
    logs::put(
        tx,
        &LogRecord {
            id,
            user_pool_id: user_pool_id.to_owned(),
            target,
            line: line.to_string(),
            created_at: now,
        },
    )?;
    Ok(true)
}

/// Returns the ARN that a configuration names.
pub fn target_of(configuration: &LogConfigurationType) -> Option<&str> {
    let log_group = configuration
        .cloud_watch_logs_configuration
        .as_ref()
        .and_then(|it| it.log_group_arn.as_deref());
    let bucket = configuration
        .s3_configuration
        .as_ref()
        .and_then(|it| it.bucket_arn.as_deref());
    let stream = configuration
        .firehose_configuration
        .as_ref()
        .and_then(|it| it.stream_arn.as_deref());
    log_group.or(bucket).or(stream)
}

/// Writes the line of something a user did.
pub fn activity(
    event: &AuthEvent,
    username: &str,
    request_id: Uuid,
    has_context_data: bool,
    now: UnixMillis,
) -> Value {
    let place = event.origin.place.clone().unwrap_or_default();
    let (value, provider, given_at) = match &event.feedback {
        Some((value, provider, at)) => (value.as_str(), provider.as_str(), date(*at)),
        None => ("", "", String::new()),
    };
    let challenges: Vec<String> = event
        .challenges
        .iter()
        .map(|(name, passed)| format!("{name}:{}", if *passed { "Success" } else { "Failure" }))
        .collect();
    json!({
        "eventTimestamp": now.0.to_string(),
        "eventSource": "USER_ACTIVITY",
        "logLevel": "INFO",
        "message": {
            "version": "1",
            "eventId": event.id.to_string(),
            "eventType": event.kind,
            "userSub": event.sub.to_string(),
            "userName": username,
            "userPoolId": event.user_pool_id,
            "clientId": event.client_id,
            "creationDate": date(event.created_at),
            "eventResponse": event.response,
            "riskLevel": event.level.map_or("", level_name),
            "riskDecision": event.decision,
            "challenges": challenges,
            "deviceName": event.device_name.as_deref().unwrap_or_default(),
            "ipAddress": event.origin.address.map(|it| it.to_string()).unwrap_or_default(),
            "requestId": request_id.to_string(),
            "idpName": "",
            "compromisedCredentialDetected": event.compromised.to_string(),
            "city": place.city,
            "country": place.country,
            "eventFeedbackValue": value,
            "eventFeedbackDate": given_at,
            "eventFeedbackProvider": provider,
            "hasContextData": has_context_data.to_string(),
        },
        "logSourceId": { "userPoolId": event.user_pool_id },
    })
}

/// Returns a level's name on the wire.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Low => "Low",
        Level::Medium => "Medium",
        Level::High => "High",
    }
}

/// Writes the line of a message that could not be sent. It holds neither code nor address.
pub fn notification(message: &Message, now: UnixMillis) -> Value {
    let reason = message.delivery.reason.as_deref().unwrap_or_default();
    json!({
        "eventTimestamp": now.0.to_string(),
        "eventSource": "USER_NOTIFICATION",
        "logLevel": "ERROR",
        "message": { "details": format!("{} {} failed: {reason}", message.medium, message.purpose) },
        "logSourceId": { "userPoolId": message.user_pool_id },
    })
}

/// Delivers soon, without keeping the caller waiting.
pub fn kick(engine: &Arc<Engine>) {
    let engine = Arc::clone(engine);
    tokio::spawn(async move {
        if let Err(reason) = deliver(&engine).await {
            warn!(error = ?reason, "logs wait");
        }
    });
}

/// Delivers what waits; returns how many lines. What a target does not take stays.
///
/// # Errors
///
/// What the store reports.
pub async fn deliver(engine: &Engine) -> Result<usize> {
    // One at a time, so that no line goes twice.
    let _turn = engine.log_turn.lock().await;
    let mut after = Uuid::nil();
    let mut refused: BTreeSet<String> = BTreeSet::new();
    let mut delivered = 0_usize;
    loop {
        let batch = engine
            .store
            .read_low(move |r| logs::waiting(r, &after, BATCH).map_err(Error::from))
            .await?;
        let Some(last) = batch.last() else {
            return Ok(delivered);
        };
        after = last.id;
        let mut by_target: BTreeMap<String, Vec<LogRecord>> = BTreeMap::new();
        for record in batch {
            by_target.entry(record.target.clone()).or_default().push(record);
        }
        for (target, records) in by_target {
            if refused.contains(&target) {
                continue;
            }
            if let Err(reason) = send(engine, &target, &records).await {
                warn!(%target, %reason, "a log was not delivered");
                refused.insert(target);
                continue;
            }
            delivered = delivered.saturating_add(records.len());
            engine
                .store
                .transact("logs delivered", move |tx| -> Result<()> {
                    for record in &records {
                        logs::remove(tx, &record.id)?;
                    }
                    Ok(())
                })
                .await?;
        }
    }
}

/// What an ARN is bound to.
#[derive(Debug, PartialEq, Eq)]
enum Bound {
    Folder(PathBuf),
    Address(String),
}

/// Tells whether an ARN may be bound to `to`: a web address, or a folder in the data folder.
pub fn may_bind(to: &str) -> bool {
    is_address(to) || folder(to).is_some()
}

fn is_address(to: &str) -> bool {
    to.starts_with("http://") || to.starts_with("https://")
}

fn folder(to: &str) -> Option<PathBuf> {
    let path = Path::new(to);
    let is_inside = !to.is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)));
    is_inside.then(|| path.to_owned())
}

fn bound(targets: &BTreeMap<String, String>, arn: &str) -> Option<Bound> {
    if let Some(to) = targets.get(arn) {
        if is_address(to) {
            return Some(Bound::Address(to.clone()));
        }
        return folder(to).map(Bound::Folder);
    }
    let mut parts = arn.splitn(6, ':');
    let service = parts.nth(2)?;
    let resource = parts.nth(2)?;
    if !matches!(service, "logs" | "s3") {
        return None;
    }
    let name: String = resource
        .trim_start_matches("log-group:")
        .trim_end_matches(":*")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    (!name.is_empty()).then(|| Bound::Folder(Path::new(FOLDER).join(name)))
}

async fn send(engine: &Engine, target: &str, records: &[LogRecord]) -> Result<(), String> {
    match bound(&engine.settings().log_targets, target) {
        None => Err("nothing is bound to it".to_owned()),
        Some(Bound::Address(address)) => post(engine, &address, records).await,
        Some(Bound::Folder(folder)) => {
            let folder = engine.data_dir.join(folder);
            let mut by_day: BTreeMap<String, String> = BTreeMap::new();
            for record in records {
                let lines = by_day.entry(day(record.created_at)).or_default();
                lines.push_str(&record.line);
                lines.push('\n');
            }
            tokio::task::spawn_blocking(move || append(&folder, &by_day))
                .await
                .map_err(|reason| reason.to_string())?
                .map_err(|reason| reason.to_string())
        }
    }
}

fn append(folder: &Path, by_day: &BTreeMap<String, String>) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (day, lines) in by_day {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(format!("{day}.jsonl")))?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
    }
    Ok(())
}

async fn post(engine: &Engine, address: &str, records: &[LogRecord]) -> Result<(), String> {
    let request_id = ids::uuid(&*engine.rng).to_string();
    let records: Vec<Value> = records
        .iter()
        .map(|record| json!({ "data": STANDARD.encode(format!("{}\n", record.line)) }))
        .collect();
    let body = json!({
        "requestId": request_id,
        "timestamp": engine.clock.now().0,
        "records": records,
    });
    let url = reqwest::Url::parse(address).map_err(|reason| reason.to_string())?;
    engine.outbound.check(&url, ChosenBy::Admin)?;
    let client = engine.outbound.client(ChosenBy::Admin);
    let answer = client
        .ok_or("TLS is not available")?
        .post(url)
        .timeout(TIMEOUT)
        .header("X-Amz-Firehose-Protocol-Version", "1.0")
        .header("X-Amz-Firehose-Request-Id", &request_id)
        .json(&body)
        .send()
        .await
        .map_err(|reason| reason.without_url().to_string())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("the address answered {}", answer.status()))
    }
}

fn day(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .strftime("%Y-%m-%d")
        .to_string()
}

fn date(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .strftime("%a %b %d %H:%M:%S UTC %Y")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stay_inside_and_streams_wait() {
        let targets = BTreeMap::from([
            ("arn:aws:s3:::mine".to_owned(), "exports/mine".to_owned()),
            (
                "arn:aws:firehose:us-east-1:123456789012:deliverystream/a".to_owned(),
                "http://127.0.0.1:9/x".to_owned(),
            ),
        ]);
        let folder = |path: &str| Some(Bound::Folder(PathBuf::from(path)));
        for (arn, expected) in [
            ("arn:aws:s3:::mine", folder("exports/mine")),
            ("arn:aws:s3:::../../etc", folder("logs/______etc")),
            (
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/pool:*",
                folder("logs/_aws_pool"),
            ),
            (
                "arn:aws:firehose:us-east-1:123456789012:deliverystream/a",
                Some(Bound::Address("http://127.0.0.1:9/x".to_owned())),
            ),
            ("arn:aws:firehose:us-east-1:123456789012:deliverystream/b", None),
            ("nothing", None),
        ] {
            assert_eq!(bound(&targets, arn), expected, "{arn}");
        }
        for good in ["logs/a", "a", "https://example.com"] {
            assert!(may_bind(good), "{good}");
        }
        for bad in ["", "/etc", "../x", "a/../../b", "./a"] {
            assert!(!may_bind(bad), "{bad}");
        }
    }
}

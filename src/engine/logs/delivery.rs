//! Brings the lines to where they belong: one task, whatever the number of events.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;
use tracing::warn;
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::outbound::ChosenBy;
use crate::engine::{Engine, Error, Result};
use crate::store::records::logs::{self, Due, LogRecord};

/// The folder, in the data folder, of logs that nothing binds.
const FOLDER: &str = "logs";
/// Lines delivered at once.
const BATCH: usize = 500;
/// Targets that are delivered to at once, so that one that is slow keeps few waiting.
const AT_ONCE: usize = 4;
/// Lines that may wait for a target that takes none, before the oldest go.
const KEPT: usize = 10_000;
/// Lines that may wait for all targets.
pub const ALL_KEPT: usize = 100_000;
/// Lines removed in one transaction, so that others wait little.
const TRIM_BATCH: usize = 1000;
/// How long an address may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a target that took nothing is left alone, at first and at most, in seconds; each
/// further failure doubles it.
const PAUSE_SECS: i64 = 1;
const PAUSE_SECS_MAX: i64 = 300;
/// How often it is looked for lines that nobody told of.
const IDLE: Duration = Duration::from_secs(60);

/// What is delivering, and who asks for it.
#[derive(Default)]
pub struct Delivering {
    /// Told when a line was written; many times are one.
    wanted: Arc<Notify>,
    /// Held by who delivers, so that no line goes twice.
    turn: Mutex<()>,
}

impl Delivering {
    /// Returns what is told when a line was written.
    pub(in crate::engine) fn wanted(&self) -> Arc<Notify> {
        Arc::clone(&self.wanted)
    }
}

/// Delivers soon, without keeping the caller waiting.
pub fn kick(engine: &Engine) {
    engine.logs.wanted.notify_one();
}

/// Delivers for as long as the engine lives: when told, and when a target is due again.
pub(in crate::engine) async fn run(engine: Weak<Engine>, wanted: Arc<Notify>) {
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = wanted.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
        let Some(engine) = engine.upgrade() else {
            return;
        };
        let delivered = async {
            deliver(&engine).await?;
            engine.store.read_low(logs::next_due).await.map_err(Error::from)
        };
        pause = match delivered.await {
            Ok(Some(due)) => {
                let left = due.0.saturating_sub(engine.clock.now().0);
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
                left.clamp(Duration::from_secs(1), IDLE)
            }
            Ok(None) => IDLE,
            Err(reason) => {
                warn!(error = ?reason, "logs wait");
                drop(engine);
                // The store may be busy: telling again must not keep it so.
                tokio::time::sleep(Duration::from_secs(1)).await;
                IDLE
            }
        };
    }
}

/// Delivers what waits for targets that are due; returns how many lines. What a target does not
/// take stays, and the target is left alone for a while.
///
/// # Errors
///
/// What the store reports.
pub async fn deliver(engine: &Arc<Engine>) -> Result<usize> {
    let _turn = engine.logs.turn.lock().await;
    let mut delivered = 0_usize;
    loop {
        let now = engine.clock.now();
        let due = engine
            .store
            .read_low(move |r| logs::due(r, now, AT_ONCE).map_err(Error::from))
            .await?;
        if due.is_empty() {
            return Ok(delivered);
        }
        let mut sending = JoinSet::new();
        for due in due {
            let engine = Arc::clone(engine);
            sending.spawn(async move { deliver_to(&engine, due).await });
        }
        // All of them, as one that is broken off would send its lines again.
        let mut failed = None;
        while let Some(done) = sending.join_next().await {
            match done.map_err(Error::internal).and_then(|done| done) {
                Ok(lines) => delivered = delivered.saturating_add(lines),
                Err(reason) => failed = Some(reason),
            }
        }
        if let Some(reason) = failed {
            return Err(reason);
        }
    }
}

/// Delivers the oldest lines for a target; returns how many.
async fn deliver_to(engine: &Arc<Engine>, Due { target, failures }: Due) -> Result<usize> {
    // Before the lines are read: there may be many.
    let Some(to) = bound(&engine.settings().log_targets, &target) else {
        put_off(engine, target, failures, "nothing is bound to it").await?;
        return Ok(0);
    };
    let name = target.clone();
    let records = engine
        .store
        .read_low(move |r| logs::waiting(r, &name, BATCH).map_err(Error::from))
        .await?;
    if !records.is_empty()
        && let Err(reason) = send(engine, to, &records).await
    {
        put_off(engine, target, failures, &reason).await?;
        return Ok(0);
    }
    let now = engine.clock.now();
    let sent: Vec<Uuid> = records.iter().map(|record| record.id).collect();
    let count = sent.len();
    engine
        .store
        .transact("logs delivered", move |tx| {
            logs::settle(tx, &target, &sent, now).map_err(Error::from)
        })
        .await?;
    Ok(count)
}

/// Leaves a target alone for a while, and bounds what waits for it.
async fn put_off(engine: &Engine, target: String, failures: u32, reason: &str) -> Result<()> {
    let failures = failures.saturating_add(1);
    let pause = pause_secs(failures);
    warn!(%target, %reason, failures, pause_secs = pause, "a log was not delivered");
    let until = engine.clock.now().plus_secs(pause);
    let target: Arc<str> = target.into();
    let of = Arc::clone(&target);
    engine
        .store
        .transact("put log target off", move |tx| {
            logs::put_off(tx, &of, failures, until).map_err(Error::from)
        })
        .await?;
    loop {
        let of = Arc::clone(&target);
        let removed = engine
            .store
            .transact("trim log target", move |tx| {
                logs::trim_target(tx, &of, KEPT, TRIM_BATCH).map_err(Error::from)
            })
            .await?;
        if removed == 0 {
            return Ok(());
        }
    }
}

fn pause_secs(failures: u32) -> i64 {
    let doubled = PAUSE_SECS.checked_shl(failures.saturating_sub(1).min(16));
    doubled.unwrap_or(PAUSE_SECS_MAX).min(PAUSE_SECS_MAX)
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

async fn send(engine: &Engine, to: Bound, records: &[LogRecord]) -> Result<(), String> {
    match to {
        Bound::Address(address) => post(engine, &address, records).await,
        Bound::Folder(folder) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_five_minutes() {
        let pauses: Vec<i64> = (1..=10).map(pause_secs).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(pause_secs(u32::MAX), 300);
    }

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

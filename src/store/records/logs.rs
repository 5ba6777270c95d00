//! Where a user pool's logs go, and the lines that still have to be delivered.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::resources::Resource;
use crate::store::records::{Document, count, documents, encode};
use crate::store::{Reader, Result, Tx};
use crate::wire::idp::LogConfigurationType;

/// The name of a user pool's only configuration.
pub const ALL: &str = "ALL";

/// Where the logs of a user pool go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogDelivery {
    pub user_pool_id: String,
    pub configurations: Vec<LogConfigurationType>,
}

impl Document for LogDelivery {
    const RECORD: &'static str = "log delivery configuration";
}

impl Resource for LogDelivery {
    const KIND: &'static str = "log_delivery";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        ALL
    }
}

/// A line on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogRecord {
    /// Time ordered.
    pub id: Uuid,
    pub user_pool_id: String,
    /// The ARN of the log group, bucket or stream.
    pub target: String,
    /// One JSON object.
    pub line: String,
    pub created_at: UnixMillis,
}

impl Document for LogRecord {
    const RECORD: &'static str = "log record";
}

/// A target that lines wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its ARN.
    pub target: String,
    /// How often in a row it took nothing.
    pub failures: u32,
}

/// Adds a line. Its target is due from now on, unless it is put off.
pub fn put(tx: &mut Tx<'_>, record: &LogRecord) -> Result<()> {
    tx.execute(
        "INSERT INTO log_record (id, pool, target, format, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            record.id.into(),
            (&record.user_pool_id).into(),
            (&record.target).into(),
            LogRecord::VERSION.into(),
            encode(record)?.into(),
        ],
    )?;
    tx.execute(
        "INSERT INTO log_target (target, due_at, failures) VALUES (?1, ?2, 0) ON CONFLICT (target) DO NOTHING",
        &[(&record.target).into(), record.created_at.into()],
    )?;
    Ok(())
}
/// Returns up to `limit` targets that are due, the longest due first.
pub fn due(r: &mut Reader<'_>, now: UnixMillis, limit: usize) -> Result<Vec<Due>> {
    let rows = r.all(
        "SELECT target, failures FROM log_target WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
        &[now.into(), count(limit)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Due {
                target: row.text(0)?.to_owned(),
                failures: u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
            })
        })
        .collect()
}
/// Returns when the next target is due; nothing when no line waits.
pub fn next_due(r: &mut Reader<'_>) -> Result<Option<UnixMillis>> {
    let next = r.one("SELECT due_at FROM log_target ORDER BY due_at LIMIT 1", &[])?;
    next.map(|row| Ok(UnixMillis(row.int(0)?))).transpose()
}
/// Returns up to `limit` lines for a target, oldest first.
pub fn waiting(r: &mut Reader<'_>, target: &str, limit: usize) -> Result<Vec<LogRecord>> {
    documents(&r.all(
        "SELECT format, document FROM log_record WHERE target = ?1 ORDER BY id LIMIT ?2",
        &[target.into(), count(limit)],
    )?)
}
/// Removes lines that were delivered to a target. With more for it, it is due behind those that
/// are due already; without, it is forgotten.
pub fn settle(tx: &mut Tx<'_>, target: &str, delivered: &[Uuid], now: UnixMillis) -> Result<()> {
    for id in delivered {
        tx.execute("DELETE FROM log_record WHERE id = ?1", &[id.into()])?;
    }
    let more = tx.one(
        "SELECT 1 FROM log_record WHERE target = ?1 LIMIT 1",
        &[target.into()],
    )?;
    if more.is_some() {
        put_off(tx, target, 0, now)
    } else {
        tx.execute("DELETE FROM log_target WHERE target = ?1", &[target.into()])?;
        Ok(())
    }
}
/// Notes that a target is due at `until`, after so many failures in a row.
pub fn put_off(tx: &mut Tx<'_>, target: &str, failures: u32, until: UnixMillis) -> Result<()> {
    tx.execute(
        "UPDATE log_target SET due_at = ?2, failures = ?3 WHERE target = ?1",
        &[target.into(), until.into(), i64::from(failures).into()],
    )?;
    Ok(())
}
/// Makes every target due that was put off.
pub fn put_off_no_more(tx: &mut Tx<'_>, now: UnixMillis) -> Result<()> {
    tx.execute(
        "UPDATE log_target SET due_at = ?1, failures = 0 WHERE due_at > ?1",
        &[now.into()],
    )?;
    Ok(())
}
/// Keeps the newest `keep` lines for a target; returns how many were removed (at most `batch`).
pub fn trim_target(tx: &mut Tx<'_>, target: &str, keep: usize, batch: usize) -> Result<usize> {
    let oldest_kept = tx.one(
        "SELECT id FROM log_record WHERE target = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
        &[target.into(), count(keep.saturating_sub(1))],
    )?;
    let Some(oldest_kept) = oldest_kept else {
        return Ok(0);
    };
    let removed = tx.execute(
        "DELETE FROM log_record WHERE id IN
         (SELECT id FROM log_record WHERE target = ?1 AND id < ?2 ORDER BY id LIMIT ?3)",
        &[target.into(), oldest_kept.blob(0)?.into(), count(batch)],
    )?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}
/// Keeps the newest `keep` lines of all; returns how many were removed (at most `batch`).
pub fn trim(tx: &mut Tx<'_>, keep: usize, batch: usize) -> Result<usize> {
    let oldest_kept = tx.one(
        "SELECT id FROM log_record ORDER BY id DESC LIMIT 1 OFFSET ?1",
        &[count(keep.saturating_sub(1))],
    )?;
    let Some(oldest_kept) = oldest_kept else {
        return Ok(0);
    };
    let removed = tx.execute(
        "DELETE FROM log_record WHERE id IN (SELECT id FROM log_record WHERE id < ?1 ORDER BY id LIMIT ?2)",
        &[oldest_kept.blob(0)?.into(), count(batch)],
    )?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}

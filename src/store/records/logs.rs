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

/// Adds a line.
pub fn put(tx: &mut Tx<'_>, record: &LogRecord) -> Result<()> {
    tx.execute(
        "INSERT INTO log_record (id, pool, format, document) VALUES (?1, ?2, ?3, ?4)",
        &[
            record.id.into(),
            (&record.user_pool_id).into(),
            LogRecord::VERSION.into(),
            encode(record)?.into(),
        ],
    )?;
    Ok(())
}
/// Returns up to `limit` lines newer than `after`, oldest first.
pub fn waiting(r: &mut Reader<'_>, after: &Uuid, limit: usize) -> Result<Vec<LogRecord>> {
    documents(&r.all(
        "SELECT format, document FROM log_record WHERE id > ?1 ORDER BY id LIMIT ?2",
        &[after.into(), count(limit)],
    )?)
}
/// Removes a line that was delivered.
pub fn remove(tx: &mut Tx<'_>, id: &Uuid) -> Result<()> {
    tx.execute("DELETE FROM log_record WHERE id = ?1", &[id.into()])?;
    Ok(())
}
/// Keeps the newest `keep` lines; returns how many were removed (at most `batch`).
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

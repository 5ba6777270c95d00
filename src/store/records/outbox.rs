//! Messages that leave, or would leave, the engine.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, documents, encode};
use crate::store::{Reader, Result, Tx, Value};

/// A message.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Message {
    /// Time ordered.
    pub id: Uuid,
    pub user_pool_id: String,
    pub sub: Option<Uuid>,
    /// `EMAIL` or `SMS`.
    pub medium: String,
    /// The address or number.
    pub to: String,
    /// `SignUp`, `ForgotPassword`, `AdminCreateUser`, …: the tail of the trigger source.
    pub purpose: String,
    pub subject: String,
    pub body: String,
    /// The code or temporary password in it, for reading it out; kept because nothing leaves the machine.
    pub code: Option<String>,
    pub created_at: UnixMillis,
}

impl Document for Message {
    const RECORD: &'static str = "message";
}

/// Adds a message.
pub fn put(tx: &mut Tx<'_>, message: &Message) -> Result<()> {
    tx.execute(
        "INSERT INTO message (id, pool, destination, format, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            message.id.into(),
            (&message.user_pool_id).into(),
            (&message.to).into(),
            Message::VERSION.into(),
            encode(message)?.into(),
        ],
    )?;
    Ok(())
}
/// Returns up to `limit` messages, newest first, older than `before` when given; of one pool and to one address when given.
pub fn list(
    r: &mut Reader<'_>,
    pool: Option<&str>,
    to: Option<&str>,
    before: Option<&Uuid>,
    limit: usize,
) -> Result<Vec<Message>> {
    // Every UUID is smaller than seventeen bytes of 0xff.
    let before = before.map_or_else(|| Value::Blob(vec![0xff; 17]), Value::from);
    let limit = count(limit);
    let rows = match (pool, to) {
        (None, None) => r.all(
            "SELECT format, document FROM message WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
            &[before, limit],
        ),
        (Some(pool), None) => r.all(
            "SELECT format, document FROM message
             WHERE pool = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            &[pool.into(), before, limit],
        ),
        (None, Some(to)) => r.all(
            "SELECT format, document FROM message
             WHERE destination = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            &[to.into(), before, limit],
        ),
        (Some(pool), Some(to)) => r.all(
            "SELECT format, document FROM message
             WHERE destination = ?1 AND pool = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
            &[to.into(), pool.into(), before, limit],
        ),
    }?;
    documents(&rows)
}
/// Keeps the newest `keep` messages; returns how many were removed (at most `batch`).
pub fn trim(tx: &mut Tx<'_>, keep: usize, batch: usize) -> Result<usize> {
    let oldest_kept = tx.one(
        "SELECT id FROM message ORDER BY id DESC LIMIT 1 OFFSET ?1",
        &[count(keep.saturating_sub(1))],
    )?;
    let Some(oldest_kept) = oldest_kept else {
        return Ok(0);
    };
    let sql = if keep == 0 {
        "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE id <= ?1 ORDER BY id LIMIT ?2)"
    } else {
        "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE id < ?1 ORDER BY id LIMIT ?2)"
    };
    let removed = tx.execute(sql, &[oldest_kept.blob(0)?.into(), count(batch)])?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}

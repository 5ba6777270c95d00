//! Messages that leave, or would leave, the engine, and when those that wait are due.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode};
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
    /// What the template of the message says beside that.
    #[serde(default)]
    pub more: More,
    /// The code or temporary password in it, for reading it out; kept until the message has left.
    pub code: Option<String>,
    pub created_at: UnixMillis,
    /// How and whether it left.
    #[serde(default)]
    pub delivery: Delivery,
}

/// What a template may say of an e-mail beside subject and body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// The sender, in the place of the user pool's.
    #[serde(default)]
    pub from: Option<String>,
    /// Where answers go, in the place of the user pool's.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// The body for those who read no HTML.
    #[serde(default)]
    pub text: Option<String>,
}

/// How and whether a message left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub status: Status,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// When it was tried last.
    #[serde(default)]
    pub last_attempt_at: Option<UnixMillis>,
    /// Why it did not leave the last time.
    #[serde(default)]
    pub reason: Option<String>,
    /// What the function that sends it is told; without one it goes by the mail server.
    #[serde(default)]
    pub function: Option<Told>,
}

/// Whether a message left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing carries messages of its medium: it stays, for reading it out.
    #[default]
    Kept,
    /// It waits to be sent, or sent again.
    Waiting,
    Sent,
    /// It was given up.
    Failed,
}

/// What a function that sends messages is told beside the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub user_name: String,
    pub attributes: BTreeMap<String, String>,
    pub client_id: Option<String>,
    pub metadata: Option<BTreeMap<String, String>>,
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
    if message.delivery.status == Status::Waiting {
        tx.execute(
            "INSERT INTO delivery (message, due_at) VALUES (?1, ?2)",
            &[message.id.into(), message.created_at.into()],
        )?;
    }
    Ok(())
}

/// Tells whether any message is due.
pub fn is_due(r: &mut Reader<'_>, now: UnixMillis) -> Result<bool> {
    let due = r.one("SELECT 1 FROM delivery WHERE due_at <= ?1 LIMIT 1", &[now.into()])?;
    Ok(due.is_some())
}

/// Takes up to `limit` messages that are due, so that nobody else takes them before `until`.
pub fn take_due(tx: &mut Tx<'_>, now: UnixMillis, until: UnixMillis, limit: usize) -> Result<Vec<Message>> {
    let due = tx.all(
        "SELECT message FROM delivery WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
        &[now.into(), count(limit)],
    )?;
    let mut taken = Vec::with_capacity(due.len());
    for row in &due {
        let id: Value = row.blob(0)?.into();
        let message = tx.one(
            "SELECT format, document FROM message WHERE id = ?1",
            std::slice::from_ref(&id),
        )?;
        match message {
            Some(row) => {
                taken.push(document(&row, 0)?);
                tx.execute(
                    "UPDATE delivery SET due_at = ?2 WHERE message = ?1",
                    &[id, until.into()],
                )?;
            }
            // It was removed meanwhile.
            None => {
                tx.execute("DELETE FROM delivery WHERE message = ?1", &[id])?;
            }
        }
    }
    Ok(taken)
}

/// Writes what became of a message; one that still waits is due again at `due_at`.
pub fn settle(tx: &mut Tx<'_>, message: &Message, due_at: UnixMillis) -> Result<()> {
    tx.execute(
        "UPDATE message SET format = ?2, document = ?3 WHERE id = ?1",
        &[
            message.id.into(),
            Message::VERSION.into(),
            encode(message)?.into(),
        ],
    )?;
    if message.delivery.status == Status::Waiting {
        tx.execute(
            "UPDATE delivery SET due_at = ?2 WHERE message = ?1",
            &[message.id.into(), due_at.into()],
        )?;
    } else {
        tx.execute("DELETE FROM delivery WHERE message = ?1", &[message.id.into()])?;
    }
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

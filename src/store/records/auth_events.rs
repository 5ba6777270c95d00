//! What users did to sign in and with their passwords: the history that threat protection
//! keeps, and what it has learned of each user.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::rules::risk::{Level, Origin, Profile};
use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx, Value};

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthEvent {
    /// Time ordered.
    pub id: Uuid,
    pub user_pool_id: String,
    pub sub: Uuid,
    pub client_id: String,
    /// `SignIn`, `SignUp`, `ForgotPassword`, `PasswordChange`, `ResendCode`.
    pub kind: String,
    /// `Pass`, `Fail`, `InProgress`.
    pub response: String,
    pub level: Option<Level>,
    /// `NoRisk`, `AccountTakeover`, `Block`.
    pub decision: String,
    pub compromised: bool,
    /// Which challenges were answered, and whether rightly.
    pub challenges: Vec<(String, bool)>,
    pub origin: Origin,
    pub device_name: Option<String>,
    /// `Valid` or `Invalid`, who said so, and when.
    pub feedback: Option<(String, String, UnixMillis)>,
    pub created_at: UnixMillis,
    pub expires_at: UnixMillis,
}

impl Document for AuthEvent {
    const RECORD: &'static str = "auth event";
}

/// Adds an event, or writes it over the one of that id.
pub fn put(tx: &mut Tx<'_>, event: &AuthEvent) -> Result<()> {
    tx.execute(
        "INSERT INTO auth_event (pool, sub, id, expires_at, format, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (pool, sub, id) DO UPDATE SET format = excluded.format, document = excluded.document",
        &[
            (&event.user_pool_id).into(),
            event.sub.into(),
            event.id.into(),
            event.expires_at.into(),
            AuthEvent::VERSION.into(),
            encode(event)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads an event of a user.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid, id: &Uuid) -> Result<Option<AuthEvent>> {
    r.one(
        "SELECT format, document FROM auth_event WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &[pool.into(), sub.into(), id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` events of a user, newest first, older than `before` when given.
pub fn list(
    r: &mut Reader<'_>,
    pool: &str,
    sub: &Uuid,
    before: Option<&Uuid>,
    limit: usize,
) -> Result<Vec<AuthEvent>> {
    // Every UUID is smaller than seventeen bytes of 0xff.
    let before = before.map_or_else(|| Value::Blob(vec![0xff; 17]), Value::from);
    documents(&r.all(
        "SELECT format, document FROM auth_event
         WHERE pool = ?1 AND sub = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
        &[pool.into(), sub.into(), before, count(limit)],
    )?)
}
/// Removes up to `batch` events that are past; returns how many.
pub fn reap(tx: &mut Tx<'_>, now: UnixMillis, batch: usize) -> Result<usize> {
    let removed = tx.execute(
        "DELETE FROM auth_event WHERE (pool, sub, id) IN
         (SELECT pool, sub, id FROM auth_event WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
        &[now.into(), count(batch)],
    )?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}

impl Document for Profile {
    const RECORD: &'static str = "risk profile";
}

/// Reads what a user is known for; nothing for a user who never signed in.
pub fn profile(r: &mut Reader<'_>, pool: &str, sub: &Uuid) -> Result<Profile> {
    let found = r.one(
        "SELECT format, document FROM risk_profile WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?;
    found.map_or_else(|| Ok(Profile::default()), |row| document(&row, 0))
}
/// Writes what a user is known for.
pub fn put_profile(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, profile: &Profile) -> Result<()> {
    tx.execute(
        "INSERT INTO risk_profile (pool, sub, format, document) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (pool, sub) DO UPDATE SET format = excluded.format, document = excluded.document",
        &[
            pool.into(),
            sub.into(),
            Profile::VERSION.into(),
            encode(profile)?.into(),
        ],
    )?;
    Ok(())
}

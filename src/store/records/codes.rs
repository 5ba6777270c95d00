//! Confirmation codes, attempts and single-use marks: what expires.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, encode, packed, parked};
use crate::store::{Reader, Result, Tx};

/// A code that waits to be entered. One per user and purpose; a new one replaces the old.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PendingCode {
    /// HMAC of the code under the pool key; the code itself is not kept.
    #[serde(with = "packed")]
    pub mac: Vec<u8>,
    pub expires_at: UnixMillis,
    /// Wrong answers so far.
    pub failures: i64,
    /// The attribute the code was sent to, by the vendor's name.
    pub attribute: Option<String>,
    /// The value it was sent to.
    pub destination: String,
}

impl Document for PendingCode {
    const RECORD: &'static str = "code";
}

/// Keeps a code for `purpose` (`sign_up`, `forgot_password`, `attribute:email`, …).
pub fn put(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, purpose: &str, code: &PendingCode) -> Result<()> {
    tx.execute(
        "INSERT INTO code (pool, sub, purpose, expires_at, format, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (pool, sub, purpose) DO UPDATE SET expires_at = excluded.expires_at,
            format = excluded.format, document = excluded.document",
        &[
            pool.into(),
            sub.into(),
            purpose.into(),
            code.expires_at.into(),
            PendingCode::VERSION.into(),
            encode(code)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads a code, also an expired one: the answer differs.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid, purpose: &str) -> Result<Option<PendingCode>> {
    r.one(
        "SELECT format, document FROM code WHERE pool = ?1 AND sub = ?2 AND purpose = ?3",
        &[pool.into(), sub.into(), purpose.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Removes a code.
pub fn remove(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, purpose: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM code WHERE pool = ?1 AND sub = ?2 AND purpose = ?3",
        &[pool.into(), sub.into(), purpose.into()],
    )?;
    Ok(removed > 0)
}

/// Counted attempts of a kind by a user (`password`, `code`, `resend`, `change_password`, …).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    pub count: i64,
    pub first_at: UnixMillis,
    pub last_at: UnixMillis,
    pub locked_until: UnixMillis,
}

/// Reads the attempts; all zero when there are none.
pub fn attempts(r: &mut Reader<'_>, pool: &str, sub: &Uuid, kind: &str) -> Result<Attempts> {
    let row = r.one(
        "SELECT attempts, first_at, last_at, locked_until FROM attempt
         WHERE pool = ?1 AND sub = ?2 AND kind = ?3",
        &[pool.into(), sub.into(), kind.into()],
    )?;
    let Some(row) = row else {
        return Ok(Attempts::default());
    };
    Ok(Attempts {
        count: row.int(0)?,
        first_at: UnixMillis(row.int(1)?),
        last_at: UnixMillis(row.int(2)?),
        locked_until: UnixMillis(row.int(3)?),
    })
}
/// Writes the attempts.
pub fn set_attempts(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, kind: &str, attempts: Attempts) -> Result<()> {
    tx.execute(
        "INSERT INTO attempt (pool, sub, kind, attempts, first_at, last_at, locked_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (pool, sub, kind) DO UPDATE SET attempts = excluded.attempts,
            first_at = excluded.first_at, last_at = excluded.last_at,
            locked_until = excluded.locked_until",
        &[
            pool.into(),
            sub.into(),
            kind.into(),
            attempts.count.into(),
            attempts.first_at.into(),
            attempts.last_at.into(),
            attempts.locked_until.into(),
        ],
    )?;
    Ok(())
}
/// Forgets the attempts.
pub fn clear_attempts(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, kind: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM attempt WHERE pool = ?1 AND sub = ?2 AND kind = ?3",
        &[pool.into(), sub.into(), kind.into()],
    )?;
    Ok(())
}

/// Marks `key` as used until `expires_at`; `false` when it already was (a replay).
pub fn use_once(tx: &mut Tx<'_>, key: &[u8], expires_at: UnixMillis) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO used (key, expires_at) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
        &[key.into(), expires_at.into()],
    )?;
    Ok(added > 0)
}
/// An expired code still answers differently from none for a day.
const CODES_KEPT_SECS: i64 = 24 * 3600;

/// No attempt counts longer than this: a lock lasts a quarter of an hour and is forgotten
/// after another, a quota after an hour. Names that lead nowhere leave attempts too, so they must go.
const ATTEMPTS_KEPT_SECS: i64 = 2 * 3600;

/// Removes up to `batch` expired codes, attempts, marks, parked bytes, revocations and sessions; returns how many.
pub fn reap(tx: &mut Tx<'_>, now: UnixMillis, batch: usize) -> Result<usize> {
    let expired_codes = now.plus_secs(-CODES_KEPT_SECS);
    let quiet_attempts = now.plus_secs(-ATTEMPTS_KEPT_SECS);
    let steps = [
        (
            "DELETE FROM code WHERE (pool, sub, purpose) IN
             (SELECT pool, sub, purpose FROM code WHERE expires_at < ?1 LIMIT ?2)",
            expired_codes,
        ),
        (
            "DELETE FROM attempt WHERE (pool, sub, kind) IN
             (SELECT pool, sub, kind FROM attempt WHERE last_at < ?1 LIMIT ?2)",
            quiet_attempts,
        ),
        (
            "DELETE FROM used WHERE key IN (SELECT key FROM used WHERE expires_at < ?1 LIMIT ?2)",
            now,
        ),
        (
            "DELETE FROM revoked WHERE (pool, origin_jti) IN
             (SELECT pool, origin_jti FROM revoked WHERE expires_at < ?1 LIMIT ?2)",
            now,
        ),
        (
            "DELETE FROM rotated WHERE (pool, jti) IN
             (SELECT pool, jti FROM rotated WHERE expires_at < ?1 LIMIT ?2)",
            now,
        ),
        (
            "DELETE FROM user_session WHERE (pool, sub, id) IN
             (SELECT pool, sub, id FROM user_session WHERE expires_at < ?1 LIMIT ?2)",
            now,
        ),
    ];
    let mut removed = parked::reap(tx, now, batch)?;
    for (sql, before) in steps {
        let room = batch.saturating_sub(removed);
        if room == 0 {
            break;
        }
        let gone = tx.execute(sql, &[before.into(), count(room)])?;
        removed = removed.saturating_add(usize::try_from(gone).unwrap_or(usize::MAX));
    }
    Ok(removed)
}

//! What waits between two calls of a sign-in and is too long to travel in the caller's hands.
//!
//! Callers who are nobody yet cause it, so there is an end to it: a user has few rows, and all
//! rows together so many bytes. Their sum is kept in a counter that is written with them.
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::count;
use crate::store::{Reader, Result, Tx, Value};

/// Expired rows that make room for a new one, at a time.
const MAKE_ROOM: usize = 256;

/// Sealed bytes that wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Parked {
    pub user_pool_id: String,
    /// Whose sign-in it is of; made up for a user who does not exist.
    pub sub: Uuid,
    pub key: Uuid,
    pub parked_at: UnixMillis,
    pub expires_at: UnixMillis,
    pub sealed: Vec<u8>,
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows of one user; the oldest give way.
    pub of_user: usize,
    /// Bytes of all together.
    pub bytes: i64,
}

/// Keeps what is new under its key; `false`, and nothing is written, when there is no room for it.
pub fn put(tx: &mut Tx<'_>, parked: &Parked, bounds: Bounds) -> Result<bool> {
    let size = i64::try_from(parked.sealed.len()).unwrap_or(i64::MAX);
    let (pool, sub) = (&parked.user_pool_id, &parked.sub);
    let fits = |tx: &mut Tx<'_>| Ok(bytes(tx)?.saturating_add(size) <= bounds.bytes);
    if !fits(tx)? {
        reap(tx, parked.parked_at, MAKE_ROOM)?;
        if !fits(tx)? {
            return Ok(false);
        }
    }
    let of_user = tx.all(
        "SELECT key FROM parked_challenge WHERE pool = ?1 AND sub = ?2 ORDER BY parked_at, key",
        &[pool.into(), sub.into()],
    )?;
    let surplus = of_user.len().saturating_add(1).saturating_sub(bounds.of_user);
    for row in of_user.iter().take(surplus) {
        remove(tx, pool, sub, &row.uuid(0)?)?;
    }
    tx.execute(
        "INSERT INTO parked_challenge (pool, sub, key, parked_at, expires_at, sealed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            pool.into(),
            sub.into(),
            parked.key.into(),
            parked.parked_at.into(),
            parked.expires_at.into(),
            parked.sealed.as_slice().into(),
        ],
    )?;
    add(tx, size)?;
    Ok(true)
}
/// Reads what is kept and has not expired.
pub fn get(
    r: &mut Reader<'_>,
    pool: &str,
    sub: &Uuid,
    key: &Uuid,
    now: UnixMillis,
) -> Result<Option<Vec<u8>>> {
    r.one(
        "SELECT sealed FROM parked_challenge
         WHERE pool = ?1 AND sub = ?2 AND key = ?3 AND expires_at > ?4",
        &[pool.into(), sub.into(), key.into(), now.into()],
    )?
    .map(|row| Ok(row.blob(0)?.to_vec()))
    .transpose()
}
/// Removes what is kept under a key, if anything is.
pub fn remove(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, key: &Uuid) -> Result<()> {
    let row: [Value; 3] = [pool.into(), sub.into(), key.into()];
    let found = tx.one(
        "SELECT length(sealed) FROM parked_challenge WHERE pool = ?1 AND sub = ?2 AND key = ?3",
        &row,
    )?;
    let Some(found) = found else { return Ok(()) };
    tx.execute(
        "DELETE FROM parked_challenge WHERE pool = ?1 AND sub = ?2 AND key = ?3",
        &row,
    )?;
    add(tx, found.int(0)?.saturating_neg())
}
/// Removes up to `batch` rows that are past, of deleted pools as well; returns how many.
pub fn reap(tx: &mut Tx<'_>, now: UnixMillis, batch: usize) -> Result<usize> {
    let past = tx.all(
        "SELECT pool, sub, key FROM parked_challenge WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2",
        &[now.into(), count(batch)],
    )?;
    for row in &past {
        remove(tx, row.text(0)?, &row.uuid(1)?, &row.uuid(2)?)?;
    }
    Ok(past.len())
}
/// Returns the bytes that all rows have together.
pub fn bytes(r: &mut Reader<'_>) -> Result<i64> {
    r.one(
        "SELECT value FROM counter WHERE pool = '' AND name = 'parked bytes'",
        &[],
    )?
    .map_or(Ok(0), |row| row.int(0))
}

fn add(tx: &mut Tx<'_>, more: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO counter (pool, name, value) VALUES ('', 'parked bytes', ?1)
         ON CONFLICT (pool, name) DO UPDATE SET value = counter.value + excluded.value",
        &[more.into()],
    )?;
    Ok(())
}

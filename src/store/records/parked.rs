//! What waits between two calls and is too long to travel in the caller's hands.
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::{Reader, Result, Tx};

/// Keeps sealed bytes under a name until `expires_at`.
pub fn put(tx: &mut Tx<'_>, key: &Uuid, sealed: &[u8], expires_at: UnixMillis) -> Result<()> {
    tx.execute(
        "INSERT INTO parked (key, expires_at, sealed) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, sealed = excluded.sealed",
        &[(*key).into(), expires_at.into(), sealed.into()],
    )?;
    Ok(())
}
/// Reads what is kept and has not expired.
pub fn get(r: &mut Reader<'_>, key: &Uuid, now: UnixMillis) -> Result<Option<Vec<u8>>> {
    r.one(
        "SELECT sealed FROM parked WHERE key = ?1 AND expires_at > ?2",
        &[(*key).into(), now.into()],
    )?
    .map(|row| Ok(row.blob(0)?.to_vec()))
    .transpose()
}

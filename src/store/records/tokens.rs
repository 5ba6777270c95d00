//! Revoked and rotated refresh tokens. A token that was neither has no row.
use crate::base::clock::UnixMillis;
use crate::store::{Reader, Result, Tx};

/// Revokes every token that descends from `origin_jti`, until `expires_at` (when they all have ended).
pub fn revoke(tx: &mut Tx<'_>, pool: &str, origin_jti: &str, expires_at: UnixMillis) -> Result<()> {
    tx.execute(
        "INSERT INTO revoked (pool, origin_jti, expires_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (pool, origin_jti) DO UPDATE SET expires_at = excluded.expires_at
         WHERE excluded.expires_at > revoked.expires_at",
        &[pool.into(), origin_jti.into(), expires_at.into()],
    )?;
    Ok(())
}
/// Tells whether the family was revoked.
pub fn is_revoked(r: &mut Reader<'_>, pool: &str, origin_jti: &str) -> Result<bool> {
    let found = r.one(
        "SELECT 1 FROM revoked WHERE pool = ?1 AND origin_jti = ?2",
        &[pool.into(), origin_jti.into()],
    )?;
    Ok(found.is_some())
}
/// Tells whether the refresh token `jti` was exchanged for a new one.
pub fn is_rotated(r: &mut Reader<'_>, pool: &str, jti: &str) -> Result<bool> {
    let found = r.one(
        "SELECT 1 FROM rotated WHERE pool = ?1 AND jti = ?2",
        &[pool.into(), jti.into()],
    )?;
    Ok(found.is_some())
}
/// Notes that the refresh token `jti` was exchanged for a new one at `at`; returns the earlier note when there is one.
pub fn rotate(
    tx: &mut Tx<'_>,
    pool: &str,
    jti: &str,
    at: UnixMillis,
    expires_at: UnixMillis,
) -> Result<Option<UnixMillis>> {
    let added = tx.execute(
        "INSERT INTO rotated (pool, jti, rotated_at, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (pool, jti) DO NOTHING",
        &[pool.into(), jti.into(), at.into(), expires_at.into()],
    )?;
    if added > 0 {
        return Ok(None);
    }
    tx.one(
        "SELECT rotated_at FROM rotated WHERE pool = ?1 AND jti = ?2",
        &[pool.into(), jti.into()],
    )?
    .map(|row| row.int(0).map(UnixMillis))
    .transpose()
}

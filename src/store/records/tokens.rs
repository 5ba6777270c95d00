//! Revoked and rotated refresh tokens. A token that was neither has no row.
use crate::base::clock::UnixMillis;
use crate::store::{Reader, Result, Tx};

/// Revokes every token that descends from `origin_jti`, until `expires_at` (when they all have ended).
pub fn revoke(_tx: &mut Tx<'_>, _pool: &str, _origin_jti: &str, _expires_at: UnixMillis) -> Result<()> {
    todo!()
}
/// Tells whether the family was revoked.
pub fn is_revoked(_r: &mut Reader<'_>, _pool: &str, _origin_jti: &str) -> Result<bool> {
    todo!()
}
/// Notes that the refresh token `jti` was exchanged for a new one at `at`; returns the earlier note when there is one.
pub fn rotate(
    _tx: &mut Tx<'_>,
    _pool: &str,
    _jti: &str,
    _at: UnixMillis,
    _expires_at: UnixMillis,
) -> Result<Option<UnixMillis>> {
    todo!()
}

//! User pools: key columns and one settings document.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};
use crate::wire::idp;

/// A user pool.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UserPool {
    pub id: String,
    pub region: String,
    pub name: String,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
    /// Raised by every change, so that a lost update is seen.
    pub version: i64,
    /// The members of `UserPoolType` that a caller sets, defaults filled in; counts and dates are left out.
    pub settings: idp::UserPoolType,
    /// What `SetUserPoolMfaConfig` keeps.
    pub mfa: idp::GetUserPoolMfaConfigResponse,
    /// Overrides the engine's issuer setting for this pool.
    pub issuer: Option<String>,
    /// Whether any app client of the pool may use SRP: decides which credential is stored (architecture §5).
    pub any_client_uses_srp: bool,
}

impl Document for UserPool {
    const RECORD: &'static str = "user pool";
}

/// Adds a pool.
pub fn insert(_tx: &mut Tx<'_>, _pool: &UserPool) -> Result<()> {
    todo!()
}
/// Writes a changed pool and raises its version; `false` when `pool.version` is no longer the stored one.
pub fn update(_tx: &mut Tx<'_>, _pool: &UserPool) -> Result<bool> {
    todo!()
}
/// Removes a pool and everything of it; large pools in batches by [`reap_deleted`].
pub fn delete(_tx: &mut Tx<'_>, _id: &str) -> Result<bool> {
    todo!()
}
/// Reads a pool.
pub fn get(_r: &mut Reader<'_>, _id: &str) -> Result<Option<UserPool>> {
    todo!()
}
/// Returns up to `limit` pools of `region` with an id greater than `after`.
pub fn list(_r: &mut Reader<'_>, _region: &str, _after: &str, _limit: usize) -> Result<Vec<UserPool>> {
    todo!()
}
/// Returns the number of users, kept as a counter in rows that are written with the users.
pub fn user_count(_r: &mut Reader<'_>, _id: &str) -> Result<i64> {
    todo!()
}
/// Removes up to `batch` rows of pools that were deleted; returns how many.
pub fn reap_deleted(_tx: &mut Tx<'_>, _batch: usize) -> Result<usize> {
    todo!()
}

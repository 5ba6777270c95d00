//! Identity pools: key columns and one settings document.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, encode};
use crate::store::{Reader, Result, Row, Tx};
use crate::wire::identity::{self, RoleMapping};

/// An identity pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IdentityPool {
    pub id: String,
    pub region: String,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
    /// Raised by every change, so that a lost update is seen.
    pub version: i64,
    /// What a caller sets; the tags are kept with those of other resources.
    pub settings: identity::IdentityPool,
    /// Role ARNs by `authenticated` and `unauthenticated`.
    pub roles: BTreeMap<String, String>,
    /// How tokens of a provider choose a role, by provider name.
    pub role_mappings: BTreeMap<String, RoleMapping>,
    /// Which claims become principal tags, by provider name.
    pub principal_tags: BTreeMap<String, TagMap>,
}

/// Which claims of a provider's tokens become principal tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagMap {
    /// `username` is `sub` and `client` is `aud`, whatever `tags` says.
    pub use_defaults: bool,
    /// Claim names by tag key.
    pub tags: BTreeMap<String, String>,
}

impl Document for IdentityPool {
    const RECORD: &'static str = "identity pool";
}

/// Adds an identity pool.
pub fn insert(tx: &mut Tx<'_>, pool: &IdentityPool) -> Result<()> {
    tx.execute(
        "INSERT INTO identity_pool (id, region, version, format, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            (&pool.id).into(),
            (&pool.region).into(),
            pool.version.into(),
            IdentityPool::VERSION.into(),
            encode(pool)?.into(),
        ],
    )?;
    Ok(())
}
/// Writes a changed identity pool and raises its version; `false` when `pool.version` is no longer the stored one.
pub fn update(tx: &mut Tx<'_>, pool: &IdentityPool) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE identity_pool SET version = version + 1, format = ?3, document = ?4
         WHERE id = ?1 AND version = ?2",
        &[
            (&pool.id).into(),
            pool.version.into(),
            IdentityPool::VERSION.into(),
            encode(pool)?.into(),
        ],
    )?;
    Ok(changed > 0)
}
/// Removes an identity pool; its identities go in batches, by [`super::user_pools::reap_deleted`].
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    if tx.execute("DELETE FROM identity_pool WHERE id = ?1", &[id.into()])? == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO deleted_pool (pool) VALUES (?1) ON CONFLICT (pool) DO NOTHING",
        &[id.into()],
    )?;
    Ok(true)
}
/// Reads an identity pool.
pub fn get(r: &mut Reader<'_>, id: &str) -> Result<Option<IdentityPool>> {
    r.one(
        "SELECT version, format, document FROM identity_pool WHERE id = ?1",
        &[id.into()],
    )?
    .map(|row| read(&row))
    .transpose()
}
/// Returns up to `limit` identity pools of `region` with an id greater than `after`.
pub fn list(r: &mut Reader<'_>, region: &str, after: &str, limit: usize) -> Result<Vec<IdentityPool>> {
    r.all(
        "SELECT version, format, document FROM identity_pool
         WHERE region = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        &[region.into(), after.into(), count(limit)],
    )?
    .iter()
    .map(read)
    .collect()
}
/// Returns how many identity pools a Region has, at most `limit`.
pub fn count_up_to(r: &mut Reader<'_>, region: &str, limit: usize) -> Result<i64> {
    r.one(
        "SELECT count(*) FROM (SELECT 1 FROM identity_pool WHERE region = ?1 LIMIT ?2)",
        &[region.into(), count(limit)],
    )?
    .map_or(Ok(0), |row| row.int(0))
}

/// The column says which version it is; the document was written one change earlier.
fn read(row: &Row) -> Result<IdentityPool> {
    Ok(IdentityPool {
        version: row.int(0)?,
        ..document(row, 1)?
    })
}

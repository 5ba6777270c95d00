//! User pools: key columns and one settings document.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, encode};
use crate::store::{Reader, Result, Row, Tx};
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
    /// What `SetUserPoolSessionConfiguration` keeps; `None` while sessions were never tracked.
    #[serde(default)]
    pub sessions: Option<SessionTracking>,
}

/// Whether a pool keeps a list of its users' sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTracking {
    pub is_on: bool,
    /// How many refresh tokens of one user count at once, 1 to 100.
    pub max_per_user: i32,
}

impl Document for UserPool {
    const RECORD: &'static str = "user pool";
}

/// Adds a pool.
pub fn insert(tx: &mut Tx<'_>, pool: &UserPool) -> Result<()> {
    tx.execute(
        "INSERT INTO user_pool (id, region, version, format, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            (&pool.id).into(),
            (&pool.region).into(),
            pool.version.into(),
            UserPool::VERSION.into(),
            encode(pool)?.into(),
        ],
    )?;
    Ok(())
}
/// Writes a changed pool and raises its version; `false` when `pool.version` is no longer the stored one.
pub fn update(tx: &mut Tx<'_>, pool: &UserPool) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE user_pool SET version = version + 1, format = ?3, document = ?4
         WHERE id = ?1 AND version = ?2",
        &[
            (&pool.id).into(),
            pool.version.into(),
            UserPool::VERSION.into(),
            encode(pool)?.into(),
        ],
    )?;
    Ok(changed > 0)
}
/// Removes a pool and everything of it; large pools in batches by [`reap_deleted`].
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    if tx.execute("DELETE FROM user_pool WHERE id = ?1", &[id.into()])? == 0 {
        return Ok(false);
    }
    // Found by their own id alone, so they must be gone at once.
    tx.execute("DELETE FROM app_client WHERE pool = ?1", &[id.into()])?;
    tx.execute("DELETE FROM pool_keys WHERE pool = ?1", &[id.into()])?;
    // Jobs of a pool that is gone must not go on.
    tx.execute("DELETE FROM import_job WHERE pool = ?1", &[id.into()])?;
    tx.execute(
        "INSERT INTO deleted_pool (pool) VALUES (?1) ON CONFLICT (pool) DO NOTHING",
        &[id.into()],
    )?;
    Ok(true)
}
/// Reads a pool.
pub fn get(r: &mut Reader<'_>, id: &str) -> Result<Option<UserPool>> {
    r.one(
        "SELECT version, format, document FROM user_pool WHERE id = ?1",
        &[id.into()],
    )?
    .map(|row| read(&row))
    .transpose()
}
/// Returns up to `limit` pools of `region` with an id greater than `after`.
pub fn list(r: &mut Reader<'_>, region: &str, after: &str, limit: usize) -> Result<Vec<UserPool>> {
    r.all(
        "SELECT version, format, document FROM user_pool
         WHERE region = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        &[region.into(), after.into(), count(limit)],
    )?
    .iter()
    .map(read)
    .collect()
}
/// Returns up to `limit` pools of every Region, by id.
pub fn everywhere(r: &mut Reader<'_>, limit: usize) -> Result<Vec<UserPool>> {
    r.all(
        "SELECT version, format, document FROM user_pool ORDER BY id LIMIT ?1",
        &[count(limit)],
    )?
    .iter()
    .map(read)
    .collect()
}
/// Returns the Regions that have pools, in alphabetical order.
pub fn regions(r: &mut Reader<'_>) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    loop {
        // From one Region to the next, so that no Region's pools are read.
        let after = found.last().map_or("", String::as_str);
        let next = r.one(
            "SELECT region FROM user_pool WHERE region > ?1 ORDER BY region LIMIT 1",
            &[after.into()],
        )?;
        match next {
            Some(row) => found.push(row.text(0)?.to_owned()),
            None => return Ok(found),
        }
    }
}
/// Returns how many pools a Region has, at most `limit`.
pub fn count_up_to(r: &mut Reader<'_>, region: &str, limit: usize) -> Result<usize> {
    let found = r.one(
        "SELECT count(*) FROM (SELECT 1 FROM user_pool WHERE region = ?1 LIMIT ?2)",
        &[region.into(), count(limit)],
    )?;
    let found = found.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(found).unwrap_or(0))
}
/// Returns the number of users, kept as a counter in rows that are written with the users.
pub fn user_count(r: &mut Reader<'_>, id: &str) -> Result<i64> {
    r.one(
        "SELECT value FROM counter WHERE pool = ?1 AND name = 'users'",
        &[id.into()],
    )?
    .map_or(Ok(0), |row| row.int(0))
}
/// Removes up to `batch` rows of pools that were deleted; returns how many, 0 when nothing is left.
pub fn reap_deleted(tx: &mut Tx<'_>, batch: usize) -> Result<usize> {
    let Some(row) = tx.one("SELECT pool FROM deleted_pool ORDER BY pool LIMIT 1", &[])? else {
        return Ok(0);
    };
    let pool = row.text(0)?;
    let mut removed = 0_usize;
    for (table, key) in OF_POOL {
        let room = batch.saturating_sub(removed);
        if room == 0 {
            return Ok(removed);
        }
        let gone = tx.execute(
            &format!(
                "DELETE FROM {table} WHERE ({key}) IN
                 (SELECT {key} FROM {table} WHERE pool = ?1 LIMIT ?2)"
            ),
            &[pool.into(), count(room)],
        )?;
        removed = removed.saturating_add(usize::try_from(gone).unwrap_or(usize::MAX));
    }
    if removed < batch {
        tx.execute("DELETE FROM deleted_pool WHERE pool = ?1", &[pool.into()])?;
        removed = removed.saturating_add(1);
    }
    Ok(removed)
}

/// Every table whose rows belong to a pool, of users or of identities, with its key. No id
/// stands for one of each: that of an identity pool has a colon.
const OF_POOL: &[(&str, &str)] = &[
    ("login", "pool, kind, value"),
    ("attr", "pool, name, value, sub"),
    ("index_waiting", "pool, job"),
    ("index_settled", "pool, job, sub"),
    ("member", "pool, name, sub"),
    ("code", "pool, sub, purpose"),
    ("attempt", "pool, sub, kind"),
    ("device", "pool, sub, key"),
    ("passkey", "pool, sub, id"),
    ("user_session", "pool, sub, id"),
    ("pool_user", "pool, sub"),
    ("user_group", "pool, name"),
    ("revoked", "pool, origin_jti"),
    ("rotated", "pool, jti"),
    ("message", "pool, id"),
    ("import_log", "pool, job, line"),
    ("import_job", "pool, id"),
    ("ui_customization", "pool, client"),
    ("identity_login", "pool, provider, subject"),
    ("pool_identity", "id"),
    ("counter", "pool, name"),
    ("pool_resource", "pool, kind, name"),
    ("identity", "pool, provider, attribute, value"),
    ("domain", "host"),
    ("auth_event", "pool, sub, id"),
    ("risk_profile", "pool, sub"),
    ("log_record", "id"),
];

/// The column says which version it is; the document was written one change earlier.
fn read(row: &Row) -> Result<UserPool> {
    Ok(UserPool {
        version: row.int(0)?,
        ..document(row, 1)?
    })
}

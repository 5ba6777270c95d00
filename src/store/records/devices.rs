//! Devices that users confirmed. A key that was only handed out has no row.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode, packed};
use crate::store::{Reader, Result, Tx};

/// A confirmed device of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Device {
    pub user_pool_id: String,
    pub sub: Uuid,
    /// `<region>_<uuid>`.
    pub key: String,
    /// Stands for the pool's name in every hash of the device's SRP.
    pub group_key: String,
    pub name: Option<String>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
    pub authenticated_at: UnixMillis,
    /// Whether it stands in for a second factor.
    pub is_remembered: bool,
    /// The sealed salt and verifier (`engine::auth::device`).
    #[serde(with = "packed")]
    pub verifier: Vec<u8>,
    /// Where it was last seen.
    pub last_ip: Option<String>,
}

impl Document for Device {
    const RECORD: &'static str = "device";
}

/// Adds a device; `false` when the user has one of this key.
pub fn insert(tx: &mut Tx<'_>, device: &Device) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO device (pool, sub, key, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (pool, sub, key) DO NOTHING",
        &row(device)?,
    )?;
    Ok(added > 0)
}
/// Writes a changed device; `false` when it is gone.
pub fn update(tx: &mut Tx<'_>, device: &Device) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE device SET format = ?4, document = ?5 WHERE pool = ?1 AND sub = ?2 AND key = ?3",
        &row(device)?,
    )?;
    Ok(changed > 0)
}
/// Removes a device; `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, key: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM device WHERE pool = ?1 AND sub = ?2 AND key = ?3",
        &[pool.into(), sub.into(), key.into()],
    )?;
    Ok(removed > 0)
}
/// Reads a device of a user.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid, key: &str) -> Result<Option<Device>> {
    r.one(
        "SELECT format, document FROM device WHERE pool = ?1 AND sub = ?2 AND key = ?3",
        &[pool.into(), sub.into(), key.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` devices of a user with a key greater than `after`, by key.
pub fn list(r: &mut Reader<'_>, pool: &str, sub: &Uuid, after: &str, limit: usize) -> Result<Vec<Device>> {
    documents(&r.all(
        "SELECT format, document FROM device
         WHERE pool = ?1 AND sub = ?2 AND key > ?3 ORDER BY key LIMIT ?4",
        &[pool.into(), sub.into(), after.into(), count(limit)],
    )?)
}

fn row(device: &Device) -> Result<[crate::store::Value; 5]> {
    Ok([
        (&device.user_pool_id).into(),
        device.sub.into(),
        (&device.key).into(),
        Device::VERSION.into(),
        encode(device)?.into(),
    ])
}

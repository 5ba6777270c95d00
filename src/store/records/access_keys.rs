//! Access keys that sign administrative calls.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, document, documents, encode, packed};
use crate::store::{Reader, Result, Tx};

/// An access key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct AccessKey {
    pub id: String,
    /// The sealed secret access key.
    #[serde(with = "packed")]
    pub secret: Vec<u8>,
    pub created_at: UnixMillis,
    pub active: bool,
    /// `first start`, `flag`, `console`.
    pub source: String,
}

impl Document for AccessKey {
    const RECORD: &'static str = "access key";
}

/// Adds or replaces a key.
pub fn put(tx: &mut Tx<'_>, key: &AccessKey) -> Result<()> {
    tx.execute(
        "INSERT INTO access_key (id, created_at, format, document) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at,
            format = excluded.format, document = excluded.document",
        &[
            (&key.id).into(),
            key.created_at.into(),
            AccessKey::VERSION.into(),
            encode(key)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads a key.
pub fn get(r: &mut Reader<'_>, id: &str) -> Result<Option<AccessKey>> {
    r.one(
        "SELECT format, document FROM access_key WHERE id = ?1",
        &[id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns every key, oldest first.
pub fn list(r: &mut Reader<'_>) -> Result<Vec<AccessKey>> {
    documents(&r.all(
        "SELECT format, document FROM access_key ORDER BY created_at, id",
        &[],
    )?)
}
/// Removes a key.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM access_key WHERE id = ?1", &[id.into()])? > 0)
}

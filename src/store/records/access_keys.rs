//! Access keys that sign administrative calls.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

/// An access key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct AccessKey {
    pub id: String,
    /// The sealed secret access key.
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
pub fn put(_tx: &mut Tx<'_>, _key: &AccessKey) -> Result<()> {
    todo!()
}
/// Reads a key.
pub fn get(_r: &mut Reader<'_>, _id: &str) -> Result<Option<AccessKey>> {
    todo!()
}
/// Returns every key, oldest first.
pub fn list(_r: &mut Reader<'_>) -> Result<Vec<AccessKey>> {
    todo!()
}
/// Removes a key.
pub fn delete(_tx: &mut Tx<'_>, _id: &str) -> Result<bool> {
    todo!()
}

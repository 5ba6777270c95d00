//! Settings of the engine itself, by name: JSON text the owner of the name decodes.
use crate::store::{Reader, Result, Tx};

/// Writes a setting.
pub fn put(_tx: &mut Tx<'_>, _name: &str, _json: &str) -> Result<()> {
    todo!()
}
/// Reads a setting.
pub fn get(_r: &mut Reader<'_>, _name: &str) -> Result<Option<String>> {
    todo!()
}

//! Settings of the engine itself, by name: JSON text the owner of the name decodes.
use crate::store::{Reader, Result, Tx};

/// Writes a setting.
pub fn put(tx: &mut Tx<'_>, name: &str, json: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (name, document) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET document = excluded.document",
        &[name.into(), json.into()],
    )?;
    Ok(())
}
/// Reads a setting.
pub fn get(r: &mut Reader<'_>, name: &str) -> Result<Option<String>> {
    r.one("SELECT document FROM setting WHERE name = ?1", &[name.into()])?
        .map(|row| Ok(row.text(0)?.to_owned()))
        .transpose()
}

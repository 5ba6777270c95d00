//! Tags by resource ARN.
use std::collections::BTreeMap;

use crate::store::{Error, Reader, Result, Tx};

/// Replaces the tags of a resource; none removes the row.
pub fn put(tx: &mut Tx<'_>, arn: &str, tags: &BTreeMap<String, String>) -> Result<()> {
    if tags.is_empty() {
        tx.execute("DELETE FROM tag WHERE arn = ?1", &[arn.into()])?;
        return Ok(());
    }
    let text = serde_json::to_string(tags).map_err(|reason| failed(&reason))?;
    tx.execute(
        "INSERT INTO tag (arn, document) VALUES (?1, ?2)
         ON CONFLICT (arn) DO UPDATE SET document = excluded.document",
        &[arn.into(), text.into()],
    )?;
    Ok(())
}
/// Reads the tags of a resource.
pub fn get(r: &mut Reader<'_>, arn: &str) -> Result<BTreeMap<String, String>> {
    match r.one("SELECT document FROM tag WHERE arn = ?1", &[arn.into()])? {
        Some(row) => serde_json::from_str(row.text(0)?).map_err(|reason| failed(&reason)),
        None => Ok(BTreeMap::new()),
    }
}

fn failed(reason: &serde_json::Error) -> Error {
    Error::Document {
        record: "tags",
        reason: reason.to_string(),
    }
}

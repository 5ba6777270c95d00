//! Tags by resource ARN.
use std::collections::BTreeMap;

use crate::store::{Reader, Result, Tx};

/// Replaces the tags of a resource; none removes the row.
pub fn put(_tx: &mut Tx<'_>, _arn: &str, _tags: &BTreeMap<String, String>) -> Result<()> {
    todo!()
}
/// Reads the tags of a resource.
pub fn get(_r: &mut Reader<'_>, _arn: &str) -> Result<BTreeMap<String, String>> {
    todo!()
}

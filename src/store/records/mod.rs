//! One file per stored thing: its statements, its document, its older versions.

pub mod access_keys;
pub mod app_clients;
pub mod codes;
pub mod groups;
pub mod imports;
pub mod outbox;
pub mod settings;
pub mod signing_keys;
pub mod tags;
pub mod tokens;
pub mod ui_customization;
pub mod user_pools;
pub mod users;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Error, Result};

/// A document kept as JSON beside key columns.
pub trait Document: Serialize + DeserializeOwned {
    /// The word for it in errors.
    const RECORD: &'static str;
    /// The format written now. Older ones are brought up by [`Document::migrate`].
    const VERSION: i64 = 1;

    /// Brings the JSON of format `from` to [`Document::VERSION`].
    fn migrate(from: i64, json: serde_json::Value) -> serde_json::Value {
        let _ = from;
        json
    }
}

/// Writes a document as text.
pub fn encode<D: Document>(document: &D) -> Result<String> {
    serde_json::to_string(document).map_err(|reason| Error::Document {
        record: D::RECORD,
        reason: reason.to_string(),
    })
}

/// Reads a document of format `version`.
pub fn decode<D: Document>(version: i64, text: &str) -> Result<D> {
    let failed = |reason: serde_json::Error| Error::Document {
        record: D::RECORD,
        reason: reason.to_string(),
    };
    if version == D::VERSION {
        return serde_json::from_str(text).map_err(failed);
    }
    if version > D::VERSION {
        return Err(Error::TooNew {
            found: version,
            known: D::VERSION,
        });
    }
    let json = serde_json::from_str(text).map_err(failed)?;
    serde_json::from_value(D::migrate(version, json)).map_err(failed)
}

/// Returns the smallest byte string greater than every string that begins with `prefix`,
/// or `None` when there is none (all bytes 0xff). Prefix search is the range `[p, successor(p))`.
pub fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last.saturating_add(1));
            return Some(end);
        }
    }
    None
}

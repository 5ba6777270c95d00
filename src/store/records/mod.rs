//! One file per stored thing: its statements, its document, its older versions.

pub mod access_keys;
pub mod app_clients;
pub mod auth_events;
pub mod bulk_users;
pub mod codes;
pub mod devices;
pub mod domains;
pub mod groups;
pub mod identities;
pub mod identity_pools;
pub mod identity_providers;
pub mod imports;
pub mod logs;
pub mod managed_login;
pub mod outbox;
pub mod parked;
pub mod passkeys;
pub mod pool_identities;
pub mod replicas;
pub mod resource_servers;
pub mod resources;
pub mod risk;
pub mod sessions;
pub mod settings;
pub mod signing_keys;
pub mod tags;
pub mod terms;
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

/// Writes and reads the JSON of bytes as base64, a third longer than they are instead of
/// the four times of a list of numbers.
pub(crate) mod packed {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    struct Packed(Vec<u8>);

    impl Serialize for Packed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serialize(&self.0, serializer)
        }
    }

    impl<'de> Deserialize<'de> for Packed {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserialize(deserializer).map(Self)
        }
    }

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD_NO_PAD.decode(text.as_bytes()).map_err(D::Error::custom)
    }

    /// The same for bytes that may be missing.
    pub(crate) mod option {
        use super::{Deserialize, Deserializer, Packed, Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer>(
            bytes: &Option<Vec<u8>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            bytes.clone().map(Packed).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Vec<u8>>, D::Error> {
            Ok(Option::<Packed>::deserialize(deserializer)?.map(|it| it.0))
        }
    }

    /// The same for a list.
    pub(crate) mod list {
        use super::{Deserialize, Deserializer, Packed, Serializer};

        pub(crate) fn serialize<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(list.iter().map(|bytes| Packed(bytes.clone())))
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Vec<Vec<u8>>, D::Error> {
            let list = Vec::<Packed>::deserialize(deserializer)?;
            Ok(list.into_iter().map(|it| it.0).collect())
        }
    }
}

/// Takes a count for a statement.
pub(crate) fn count(number: usize) -> super::Value {
    super::Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Decodes the format and the document in columns `at` and the next.
pub(crate) fn document<D: Document>(row: &super::Row, at: usize) -> Result<D> {
    decode(row.int(at)?, row.text(at.saturating_add(1))?)
}

/// Decodes every row of `format, document`.
pub(crate) fn documents<D: Document>(rows: &[super::Row]) -> Result<Vec<D>> {
    rows.iter().map(|row| document(row, 0)).collect()
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

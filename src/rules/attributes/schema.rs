//! The schema of a user pool: the standard attributes as the pool wants them, and its own.

use super::standard::{is_standard, is_verified_flag, standard_schema};
use super::values::{MAX_VALUE_CHARACTERS, Number, is_blank_or_control};
use crate::rules::Finding;
use crate::wire::idp::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
    UserPoolType,
};

/// The longest name of a custom attribute, without its prefix.
pub const MAX_CUSTOM_NAME_CHARACTERS: usize = 20;
/// How many custom attributes a user pool may have.
pub const MAX_CUSTOM_ATTRIBUTES: usize = 50;

/// Makes the schema of a new user pool from the standard one and what the caller gives.
///
/// # Errors
///
/// Every finding: a standard attribute given another type, `sub` or a flag required, a custom
/// attribute required, a bad name, a name twice, constraints that do not fit.
pub fn schema_of_new_pool(given: &[SchemaAttributeType]) -> Result<Vec<SchemaAttributeType>, Vec<Finding>> {
    let mut schema = standard_schema();
    let mut findings = Vec::new();
    let mut custom = Vec::new();
    for wanted in given {
        let name = wanted.name.as_deref().unwrap_or_default();
        let Some(standard) = schema
            .iter_mut()
            .find(|standard| standard.name.as_deref() == Some(name))
        else {
            custom.push(wanted.clone());
            continue;
        };
        let other_type = wanted
            .attribute_data_type
            .as_ref()
            .is_some_and(|kind| Some(kind) != standard.attribute_data_type.as_ref());
        if other_type || wanted.developer_only_attribute == Some(true) {
            findings.push(Finding::field(
                name,
                format!(
                    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
                ),
            ));
        }
        if is_verified_flag(name) && wanted.required == Some(true) {
            findings.push(Finding::field(
                name,
                format!("The attribute {name} cannot be required."),
            ));
        }
        findings.extend(check_constraints(name, wanted));
        if name == "sub" {
            continue;
        }
        standard.required = wanted.required.or(standard.required);
        standard.mutable = wanted.mutable.or(standard.mutable);
        if standard.attribute_data_type == Some(AttributeDataType::String) {
            let before = standard.string_attribute_constraints.take().unwrap_or_default();
            let wanted = wanted.string_attribute_constraints.clone().unwrap_or_default();
            standard.string_attribute_constraints = Some(StringAttributeConstraintsType {
                min_length: wanted.min_length.or(before.min_length),
                max_length: wanted.max_length.or(before.max_length),
            });
        }
        if standard.attribute_data_type == Some(AttributeDataType::Number)
            && wanted.number_attribute_constraints.is_some()
        {
            standard
                .number_attribute_constraints
                .clone_from(&wanted.number_attribute_constraints);
        }
    }
    match add_custom(&schema, &custom) {
        Ok(complete) if findings.is_empty() => Ok(complete),
        Ok(_) => Err(findings),
        Err(more) => {
            findings.extend(more);
            Err(findings)
        }
    }
}

/// Returns `schema` with custom attributes added; they are given without their prefix.
///
/// # Errors
///
/// Every finding, as in [`schema_of_new_pool`].
pub fn add_custom(
    schema: &[SchemaAttributeType],
    given: &[SchemaAttributeType],
) -> Result<Vec<SchemaAttributeType>, Vec<Finding>> {
    let mut complete = schema.to_vec();
    let mut findings = Vec::new();
    for wanted in given {
        let bare = wanted.name.as_deref().unwrap_or_default();
        let name = custom_name(bare, wanted.developer_only_attribute == Some(true));
        let length = bare.chars().count();
        if length == 0 || length > MAX_CUSTOM_NAME_CHARACTERS || bare.chars().any(is_blank_or_control) {
            findings.push(Finding::field(
                bare,
                format!(
                    "The name of a custom attribute has 1 to {MAX_CUSTOM_NAME_CHARACTERS} characters and no spaces."
                ),
            ));
        }
        if complete.iter().any(|known| known.name.as_deref() == Some(&name)) {
            findings.push(Finding::field(
                bare,
                format!("{name}: Existing attribute already has name {bare}."),
            ));
        }
        if wanted.required == Some(true) {
            findings.push(Finding::field(
                bare,
                "Required custom attributes are not supported currently.",
            ));
        }
        findings.extend(check_constraints(bare, wanted));
        let kind = wanted
            .attribute_data_type
            .clone()
            .unwrap_or(AttributeDataType::String);
        complete.push(SchemaAttributeType {
            name: Some(name),
            developer_only_attribute: Some(wanted.developer_only_attribute.unwrap_or(false)),
            mutable: Some(wanted.mutable.unwrap_or(true)),
            required: Some(false),
            string_attribute_constraints: (kind == AttributeDataType::String)
                .then(|| wanted.string_attribute_constraints.clone().unwrap_or_default()),
            number_attribute_constraints: (kind == AttributeDataType::Number)
                .then(|| wanted.number_attribute_constraints.clone().unwrap_or_default()),
            attribute_data_type: Some(kind),
        });
    }
    let custom = complete
        .iter()
        .filter(|attribute| !is_standard(attribute.name.as_deref().unwrap_or_default()))
        .count();
    if custom > MAX_CUSTOM_ATTRIBUTES {
        findings.push(Finding::field(
            "Schema",
            format!("A user pool has at most {MAX_CUSTOM_ATTRIBUTES} custom attributes."),
        ));
    }
    if findings.is_empty() {
        Ok(complete)
    } else {
        Err(findings)
    }
}

/// Returns the stored name of a custom attribute: `custom:tier`, `dev:custom:tier`.
pub fn custom_name(bare: &str, developer_only: bool) -> String {
    let bare = bare.strip_prefix("custom:").unwrap_or(bare);
    if developer_only {
        format!("dev:custom:{bare}")
    } else {
        format!("custom:{bare}")
    }
}

fn check_constraints(name: &str, wanted: &SchemaAttributeType) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(StringAttributeConstraintsType {
        min_length,
        max_length,
    }) = &wanted.string_attribute_constraints
    {
        let limit = |text: &Option<String>| match text.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|limit| *limit <= MAX_VALUE_CHARACTERS)
                .map(Some)
                .ok_or(()),
        };
        match (limit(min_length), limit(max_length)) {
            (Ok(Some(min)), Ok(Some(max))) if min > max => findings.push(Finding::field(
                name,
                format!("{name}: MinLength cannot be greater than MaxLength."),
            )),
            (Ok(_), Ok(_)) => {}
            _ => findings.push(Finding::field(
                name,
                format!("{name}: MinLength and MaxLength must be numbers from 0 to {MAX_VALUE_CHARACTERS}."),
            )),
        }
    }
    if let Some(NumberAttributeConstraintsType { min_value, max_value }) =
        &wanted.number_attribute_constraints
    {
        let limit = |text: &Option<String>| match text.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => Number::parse(text).map(Some).ok_or(()),
        };
        match (limit(min_value), limit(max_value)) {
            (Ok(Some(min)), Ok(Some(max))) if max.is_below(min) => findings.push(Finding::field(
                name,
                format!("{name}: MinValue cannot be greater than MaxValue."),
            )),
            (Ok(_), Ok(_)) => {}
            _ => findings.push(Finding::field(
                name,
                format!("{name}: MinValue and MaxValue must be numbers."),
            )),
        }
    }
    findings
}

/// Returns the schema of a user pool; empty lists never happen, so an absent one is the standard schema.
pub fn schema_of(pool: &UserPoolType) -> Vec<SchemaAttributeType> {
    pool.schema_attributes.clone().unwrap_or_else(standard_schema)
}

/// Finds an attribute by its stored name.
pub fn find<'a>(schema: &'a [SchemaAttributeType], name: &str) -> Option<&'a SchemaAttributeType> {
    schema
        .iter()
        .find(|attribute| attribute.name.as_deref() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::attributes::check_required;

    #[test]
    fn a_new_schema_takes_required_flags_and_prefixes_custom_names() {
        let given = [
            SchemaAttributeType {
                name: Some("email".to_owned()),
                required: Some(true),
                mutable: Some(false),
                ..Default::default()
            },
            SchemaAttributeType {
                name: Some("tier".to_owned()),
                attribute_data_type: Some(AttributeDataType::Number),
                developer_only_attribute: Some(true),
                ..Default::default()
            },
        ];
        let schema = schema_of_new_pool(&given).expect("a good schema");
        let email = find(&schema, "email").expect("email");
        assert_eq!((email.required, email.mutable), (Some(true), Some(false)));
        assert_eq!(
            email
                .string_attribute_constraints
                .as_ref()
                .and_then(|c| c.max_length.as_deref()),
            Some("2048")
        );
        assert!(find(&schema, "dev:custom:tier").is_some());
        let missing: Vec<_> = check_required(&schema, |_| false)
            .into_iter()
            .map(|finding| finding.place.to_string())
            .collect();
        assert_eq!(missing, ["email"]);
    }

    #[test]
    fn a_bad_schema_names_every_finding() {
        let custom = |name: &str, required: bool| SchemaAttributeType {
            name: Some(name.to_owned()),
            attribute_data_type: Some(AttributeDataType::String),
            required: Some(required),
            ..Default::default()
        };
        let given = [
            SchemaAttributeType {
                attribute_data_type: Some(AttributeDataType::Number),
                ..custom("name", false)
            },
            custom("a name that is far too long", false),
            custom("twice", false),
            custom("twice", true),
            SchemaAttributeType {
                string_attribute_constraints: Some(StringAttributeConstraintsType {
                    min_length: Some("9".to_owned()),
                    max_length: Some("3".to_owned()),
                }),
                ..custom("limits", false)
            },
        ];
        let places: Vec<_> = schema_of_new_pool(&given)
            .expect_err("a bad schema")
            .into_iter()
            .map(|finding| finding.place.to_string())
            .collect();
        assert_eq!(
            places,
            ["name", "a name that is far too long", "twice", "twice", "limits"]
        );
    }
}

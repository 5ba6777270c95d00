//! What a set of attributes must hold to: the schema, and what the app client may touch.

use std::collections::BTreeSet;

use super::schema::find;
use super::standard::is_verified_flag;
use super::values::{BAD_EMAIL, BAD_PHONE, value_refused};
use crate::rules::Finding;
use crate::wire::idp::{SchemaAttributeType, UserPoolClientType};

/// Checks names and values against a schema: unknown names, `sub`, names given twice, values that
/// do not fit. Blank values pass: they mean deletion, or no value.
pub fn check<'a>(
    schema: &[SchemaAttributeType],
    given: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, value) in given {
        if !seen.insert(name) {
            findings.push(Finding::field(name, "Attribute is given more than once."));
            continue;
        }
        let Some(attribute) = find(schema, name) else {
            findings.push(Finding::field(name, "Attribute does not exist in the schema."));
            continue;
        };
        if name == "sub" || name == "identities" {
            findings.push(Finding::field(name, "Attribute cannot be updated."));
            continue;
        }
        if !value.is_empty()
            && let Some(text) = value_refused(attribute, value)
        {
            findings.push(Finding::field(name, text));
        }
    }
    findings
}

/// Checks that none of `names` is fixed once it is set.
pub fn check_mutable<'a>(
    schema: &[SchemaAttributeType],
    names: impl IntoIterator<Item = &'a str>,
) -> Vec<Finding> {
    names
        .into_iter()
        .filter(|name| {
            find(schema, name).is_some_and(|attribute| attribute.mutable == Some(false)) || *name == "sub"
        })
        .map(|name| Finding::field(name, "Attribute cannot be updated."))
        .collect()
}

/// Returns the required attributes that `has` does not know, without `sub`.
pub fn missing_required(
    schema: &[SchemaAttributeType],
    has: impl Fn(&str) -> bool,
) -> Vec<&SchemaAttributeType> {
    schema
        .iter()
        .filter(|attribute| {
            let name = attribute.name.as_deref().unwrap_or_default();
            attribute.required == Some(true) && name != "sub" && !has(name)
        })
        .collect()
}

/// Checks that every required attribute is there.
pub fn check_required(schema: &[SchemaAttributeType], has: impl Fn(&str) -> bool) -> Vec<Finding> {
    missing_required(schema, has)
        .into_iter()
        .map(|attribute| {
            Finding::field(
                attribute.name.as_deref().unwrap_or_default(),
                "The attribute is required",
            )
        })
        .collect()
}

/// Words the findings of a user's attributes as the vendor does: one line an attribute.
pub fn message(findings: &[Finding]) -> String {
    if let Some(shape) = findings
        .iter()
        .find(|finding| finding.text == BAD_EMAIL || finding.text == BAD_PHONE)
    {
        return shape.text.clone();
    }
    let lines: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.text))
        .collect();
    format!("Attributes did not conform to the schema: {}", lines.join("\n"))
}

/// Tells whether an app client may write an attribute for its users.
///
/// Without a list of its own a client writes every attribute but the two flags, `sub` and
/// what only developers write. (The reference speaks of the standard attributes alone;
/// clients without a list are seen to write custom ones too.)
pub fn is_writable(client: &UserPoolClientType, name: &str) -> bool {
    if is_verified_flag(name) || name == "sub" || name == "identities" || name.starts_with("dev:") {
        return false;
    }
    match client.write_attributes.as_deref() {
        None | Some([]) => true,
        Some(list) => list.iter().any(|allowed| allowed == name),
    }
}

/// Tells whether an app client may read an attribute of its users; `sub` always.
pub fn is_readable(client: &UserPoolClientType, name: &str) -> bool {
    if name == "sub" {
        return true;
    }
    match client.read_attributes.as_deref() {
        None | Some([]) => !name.starts_with("dev:"),
        Some(list) => list.iter().any(|allowed| allowed == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::attributes::standard_schema;

    #[test]
    fn findings_name_every_attribute_on_a_line_of_its_own() {
        let schema = standard_schema();
        let findings = check(
            &schema,
            [("custom:nope", "x"), ("email_verified", "maybe"), ("sub", "1")],
        );
        assert_eq!(
            message(&findings),
            "Attributes did not conform to the schema: custom:nope: Attribute does not exist in the schema.\n\
             email_verified: Value must be true or false.\n\
             sub: Attribute cannot be updated."
        );
        assert_eq!(message(&check(&schema, [("email", "nope")])), BAD_EMAIL);
        assert_eq!(message(&check(&schema, [("phone_number", "12")])), BAD_PHONE);
        assert_eq!(
            check(&schema, [("name", "A"), ("name", "B")]).len(),
            1,
            "a name given twice"
        );
    }

    #[test]
    fn blank_values_pass_and_long_ones_do_not() {
        let schema = standard_schema();
        assert_eq!(check(&schema, [("email", ""), ("birthdate", "")]), []);
        assert_eq!(check(&schema, [("name", "x".repeat(2048).as_str())]), []);
        assert_eq!(check(&schema, [("name", "x".repeat(2049).as_str())]).len(), 1);
    }

    #[test]
    fn clients_never_write_flags_and_read_what_they_list() {
        let open = UserPoolClientType::default();
        assert!(is_writable(&open, "email") && is_writable(&open, "custom:tier"));
        assert!(!is_writable(&open, "email_verified") && !is_writable(&open, "dev:custom:tier"));
        let narrow = UserPoolClientType {
            write_attributes: Some(vec!["email".to_owned(), "email_verified".to_owned()]),
            read_attributes: Some(vec!["email".to_owned()]),
            ..Default::default()
        };
        assert!(!is_writable(&narrow, "name") && !is_writable(&narrow, "email_verified"));
        assert!(is_readable(&narrow, "sub") && !is_readable(&narrow, "name"));
    }
}

//! The attributes of users: the standard ones, the schema of a user pool, and what a value
//! must look like.
//!
//! A schema is the list that `DescribeUserPool` shows: standard attributes by their bare
//! names, custom ones with their prefix (`custom:tier`, `dev:custom:tier`). Values are
//! text whatever their type; a blank value means "no value" and is never checked here.
//!
//! Source: user pools developer guide, "Working with user attributes".

use std::collections::BTreeSet;

use super::Finding;
use crate::wire::idp::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
    UserPoolClientType, UserPoolType,
};

/// The longest value, in characters, whatever the schema says.
pub const MAX_VALUE_CHARACTERS: usize = 2048;
/// The longest name of a custom attribute, without its prefix.
pub const MAX_CUSTOM_NAME_CHARACTERS: usize = 20;
/// How many custom attributes a user pool may have.
pub const MAX_CUSTOM_ATTRIBUTES: usize = 50;

const BAD_EMAIL: &str = "Invalid email address format.";
const BAD_PHONE: &str = "Invalid phone number format.";

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
            findings.push(Finding::error(
                name,
                format!(
                    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
                ),
            ));
        }
        if is_verified_flag(name) && wanted.required == Some(true) {
            findings.push(Finding::error(
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
            findings.push(Finding::error(
                bare,
                format!(
                    "The name of a custom attribute has 1 to {MAX_CUSTOM_NAME_CHARACTERS} characters and no spaces."
                ),
            ));
        }
        if complete.iter().any(|known| known.name.as_deref() == Some(&name)) {
            findings.push(Finding::error(
                bare,
                format!("{name}: Existing attribute already has name {bare}."),
            ));
        }
        if wanted.required == Some(true) {
            findings.push(Finding::error(
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
        findings.push(Finding::error(
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
            (Ok(Some(min)), Ok(Some(max))) if min > max => findings.push(Finding::error(
                name,
                format!("{name}: MinLength cannot be greater than MaxLength."),
            )),
            (Ok(_), Ok(_)) => {}
            _ => findings.push(Finding::error(
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
            (Ok(Some(min)), Ok(Some(max))) if max.is_below(min) => findings.push(Finding::error(
                name,
                format!("{name}: MinValue cannot be greater than MaxValue."),
            )),
            (Ok(_), Ok(_)) => {}
            _ => findings.push(Finding::error(
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
            findings.push(Finding::error(name, "Attribute is given more than once."));
            continue;
        }
        let Some(attribute) = find(schema, name) else {
            findings.push(Finding::error(name, "Attribute does not exist in the schema."));
            continue;
        };
        if name == "sub" || name == "identities" {
            findings.push(Finding::error(name, "Attribute cannot be updated."));
            continue;
        }
        if !value.is_empty()
            && let Some(text) = value_refused(attribute, value)
        {
            findings.push(Finding::error(name, text));
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
        .map(|name| Finding::error(name, "Attribute cannot be updated."))
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
            Finding::error(
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

/// Returns why `value` does not fit, or `None` when it does.
pub fn value_refused(attribute: &SchemaAttributeType, value: &str) -> Option<String> {
    let name = attribute.name.as_deref().unwrap_or_default();
    let length = value.chars().count();
    if length > MAX_VALUE_CHARACTERS {
        return Some(format!(
            "Value must not be longer than {MAX_VALUE_CHARACTERS} characters."
        ));
    }
    match name {
        "email" if !is_email(value) => return Some(BAD_EMAIL.to_owned()),
        "phone_number" if !is_phone_number(value) => return Some(BAD_PHONE.to_owned()),
        "birthdate" if !is_birthdate(value) => {
            return Some("Value must be a date in the form YYYY-MM-DD.".to_owned());
        }
        _ => {}
    }
    match attribute.attribute_data_type.as_ref()? {
        AttributeDataType::String | AttributeDataType::Unlisted(_) => {
            let StringAttributeConstraintsType {
                min_length,
                max_length,
            } = attribute.string_attribute_constraints.as_ref()?;
            let limit = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<usize>().ok());
            if let Some(min) = limit(min_length)
                && length < min
            {
                return Some(format!("String must be at least {min} characters long."));
            }
            if let Some(max) = limit(max_length)
                && length > max
            {
                return Some(format!("String must be at most {max} characters long."));
            }
            None
        }
        AttributeDataType::Number => {
            let Some(number) = Number::parse(value) else {
                return Some("Value must be a number.".to_owned());
            };
            let NumberAttributeConstraintsType { min_value, max_value } =
                attribute.number_attribute_constraints.as_ref()?;
            if let Some(min) = min_value.as_deref().and_then(Number::parse)
                && number.is_below(min)
            {
                return Some(format!(
                    "Number must be at least {}.",
                    min_value.as_deref().unwrap_or_default()
                ));
            }
            if let Some(max) = max_value.as_deref().and_then(Number::parse)
                && max.is_below(number)
            {
                return Some(format!(
                    "Number must be at most {}.",
                    max_value.as_deref().unwrap_or_default()
                ));
            }
            None
        }
        AttributeDataType::Boolean => (!value.eq_ignore_ascii_case("true")
            && !value.eq_ignore_ascii_case("false"))
        .then(|| "Value must be true or false.".to_owned()),
        AttributeDataType::DateTime => (!is_date_time(value))
            .then(|| "Value must be a date and time in the form of ISO 8601.".to_owned()),
    }
}

/// A decimal number, compared exactly as long as it is whole and fits 128 bits.
#[derive(Clone, Copy, Debug)]
struct Number {
    whole: Option<i128>,
    approximate: f64,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !plain {
            return None;
        }
        let approximate: f64 = text.parse().ok()?;
        approximate.is_finite().then(|| Self {
            whole: text.parse().ok(),
            approximate,
        })
    }

    fn is_below(self, other: Self) -> bool {
        match (self.whole, other.whole) {
            (Some(own), Some(other)) => own < other,
            _ => self.approximate < other.approximate,
        }
    }
}

/// Tells whether `text` is an e-mail address that a message can be sent to: one `@`, a local part
/// of printable characters, a domain of at least two labels. Not the whole of RFC 5322: no
/// comments, no quoted parts, no address literals.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_is_good = (1..=64).contains(&local.chars().count())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| !is_blank_or_control(c) && !"()<>[]:;@\\,\"".contains(c));
    let domain_is_good = domain.chars().count() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.chars().count())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    local_is_good && domain_is_good
}

/// Tells whether `text` is a telephone number: `+`, then 2 to 15 digits, the first not zero (ITU-T E.164).
pub fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Tells whether `text` is a day that exists, as `YYYY-MM-DD`. The year `0000` stands for "not told"
/// (OpenID Connect Core 1.0 §5.1).
pub fn is_birthdate(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return false;
    }
    // A leap year stands in for the year that is not told.
    let year = if year == "0000" { "2000" } else { year };
    format!("{year}-{month}-{day}")
        .parse::<jiff::civil::Date>()
        .is_ok()
}

/// Tells whether `text` is an instant or a day: RFC 3339, or whole seconds since the Unix epoch.
fn is_date_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || (text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_blank_or_control(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str, min: &str, max: &str) -> SchemaAttributeType {
        SchemaAttributeType {
            name: Some(name.to_owned()),
            attribute_data_type: Some(AttributeDataType::Number),
            number_attribute_constraints: Some(NumberAttributeConstraintsType {
                min_value: Some(min.to_owned()),
                max_value: Some(max.to_owned()),
            }),
            ..Default::default()
        }
    }

    fn fits(attribute: &SchemaAttributeType, value: &str) -> bool {
        value_refused(attribute, value).is_none()
    }

    #[test]
    fn email_addresses_have_a_local_part_and_a_domain_of_two_labels() {
        for good in [
            "a@b.co",
            "maria.o'neil+x@mail.example.com",
            "grüße@bücher.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b..co",
            "a b@c.de",
            "a@b.co\r\nBcc: x@y.z",
            "a@@b.co",
            "a@-b.co",
            ".a@b.co",
            "<a@b.co>",
            "a@b.co ",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn phone_numbers_are_a_plus_and_digits() {
        for good in ["+15555550100", "+4930123456"] {
            assert!(is_phone_number(good), "{good}");
        }
        for bad in [
            "15555550100",
            "+1 555",
            "+1-555",
            "+",
            "+0155",
            "+1234567890123456",
            "+١٢٣",
        ] {
            assert!(!is_phone_number(bad), "{bad}");
        }
    }

    #[test]
    fn a_birthdate_is_a_day_that_exists() {
        for good in ["1980-02-29", "0000-02-29", "2024-12-31"] {
            assert!(is_birthdate(good), "{good}");
        }
        for bad in [
            "1981-02-29",
            "80-02-01",
            "1980/02/01",
            "1980-2-1",
            "1980-13-01",
            "-980-01-01",
        ] {
            assert!(!is_birthdate(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value_also_beyond_64_bits() {
        let tier = number("custom:tier", "-1", "170141183460469231731687303715884105726");
        for good in ["-1", "0", "7", "2.5", "170141183460469231731687303715884105726"] {
            assert!(fits(&tier, good), "{good}");
        }
        for bad in [
            "-2",
            "170141183460469231731687303715884105727",
            "1e3",
            "seven",
            "1.",
            ".5",
            "NaN",
        ] {
            assert!(!fits(&tier, bad), "{bad}");
        }
    }

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
            .map(|finding| finding.place)
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
            .map(|finding| finding.place)
            .collect();
        assert_eq!(
            places,
            ["name", "a name that is far too long", "twice", "twice", "limits"]
        );
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

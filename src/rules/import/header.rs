//! The header of a native file: which columns a user pool asks for, and which a file has.

use std::borrow::Cow;

use super::native;
use super::{MFA_ENABLED, PASSWORD_HASH, USERNAME};
use crate::rules::attributes;
use crate::rules::finding::{Finding, Place};
use crate::wire::idp::{PasswordHashingAlgorithmType, SchemaAttributeType};

/// What stands at the beginning of a file by some editors' habit, as bytes.
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

/// Returns the columns that `GetCSVHeader` gives for a schema: standard attributes in the
/// vendor's order, custom ones in the order they were added, then the two of the service.
///
/// `sub`, `identities` and attributes of developers cannot be imported.
pub fn template(schema: &[SchemaAttributeType]) -> Vec<String> {
    let standard = attributes::STANDARD
        .iter()
        .map(|standard| standard.name)
        .filter(|name| *name != "sub" && attributes::find(schema, name).is_some());
    let custom = schema
        .iter()
        .filter_map(|attribute| attribute.name.as_deref())
        .filter(|name| name.starts_with("custom:"));
    standard
        .chain(custom)
        .chain([MFA_ENABLED, USERNAME])
        .map(str::to_owned)
        .collect()
}

/// The columns of a file, in its own order. Holds each column of the template exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    columns: Vec<String>,
}

impl Header {
    /// Returns the columns in the order of the file.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Takes columns that were made from a template (and `password_hash` or not).
    pub fn of_template(columns: Vec<String>) -> Self {
        Self { columns }
    }
}

/// Reads the first line of a file against the template of its user pool.
///
/// # Errors
///
/// Every finding; each one fails the whole import.
pub fn read(
    template: &[String],
    algorithm: Option<&PasswordHashingAlgorithmType>,
    line: &[u8],
) -> Result<Header, Vec<Finding>> {
    let whole = |code, text: &str| Err(vec![Finding::error(Place::Whole, code, text)]);
    if BYTE_ORDER_MARKS.iter().any(|mark| line.starts_with(mark)) {
        return whole(
            "import.byte_order_mark",
            "The file begins with a byte order mark; it must be UTF-8 without one.",
        );
    }
    if line.contains(&0) {
        return whole(
            "import.encoding",
            "The header holds NUL characters; the file must be UTF-8.",
        );
    }
    if line.trim_ascii_end().contains(&b'\r') {
        return whole(
            "import.line_ends",
            "The lines of the file end with carriage returns alone; each must end with a line feed.",
        );
    }
    let Ok(text) = std::str::from_utf8(line) else {
        return whole("import.encoding", "The header is not valid UTF-8.");
    };
    if text.trim().is_empty() {
        return whole("import.header_missing", "The file has no header.");
    }
    let mut fields = Vec::new();
    native::split(text, &mut fields);
    if let Some(why) = why_no_header(template, &fields, text) {
        return whole("import.header_missing", &why);
    }
    let mut findings = Vec::new();
    let mut columns: Vec<String> = Vec::with_capacity(fields.len().min(256));
    // A hostile header may hold a hundred thousand columns; a hundred findings say enough.
    let full = |findings: &Vec<Finding>| findings.len() >= 100;
    for field in &fields {
        if full(&findings) {
            break;
        }
        let place = || Place::Field(shown(field));
        if field.is_empty() {
            if !findings
                .iter()
                .any(|finding| finding.code == Some("import.column_unnamed"))
            {
                findings.push(Finding::error(
                    Place::Whole,
                    "import.column_unnamed",
                    "A column of the header has no name.",
                ));
            }
        } else if columns.iter().any(|known| known == field) {
            findings.push(Finding::error(
                place(),
                "import.column_twice",
                format!("The column {} is there more than once.", shown(field)),
            ));
        } else if field == PASSWORD_HASH {
            if algorithm.is_none() {
                findings.push(Finding::error(
                    place(),
                    "import.column_without_algorithm",
                    "The column password_hash needs an import job with a password hashing algorithm.",
                ));
            }
            columns.push(field.to_string());
        } else if template.iter().any(|known| known == field) {
            columns.push(field.to_string());
        } else {
            findings.push(Finding::error(
                place(),
                "import.column_unknown",
                format!("The column {} is not one of this user pool.", shown(field)),
            ));
        }
    }
    if !full(&findings) {
        let password_hash = PASSWORD_HASH.to_owned();
        let wanted = template.iter().chain(algorithm.map(|_| &password_hash));
        let missing: Vec<&str> = wanted
            .filter(|wanted| !columns.contains(wanted))
            .map(String::as_str)
            .collect();
        match missing.as_slice() {
            [] => {}
            [one] => findings.push(Finding::error(
                Place::Field((*one).to_owned()),
                "import.column_missing",
                format!("The column {one} is missing."),
            )),
            many => findings.push(Finding::error(
                Place::Whole,
                "import.column_missing",
                format!("These columns are missing: {}.", many.join(", ")),
            )),
        }
    }
    if findings.is_empty() {
        Ok(Header { columns })
    } else {
        Err(findings)
    }
}

/// Returns why a first line is no header at all, so that a reader is told that instead of what
/// each of its cells is not.
fn why_no_header(template: &[String], fields: &[Cow<'_, str>], text: &str) -> Option<String> {
    let is_column = |name: &str| name == PASSWORD_HASH || template.iter().any(|known| known == name);
    if fields.iter().any(|field| is_column(field)) {
        return None;
    }
    let has_columns = |between: char| {
        text.split(between)
            .any(|cell| is_column(cell.trim().trim_matches('"')))
    };
    Some(
        if let Some((_, name)) = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")]
            .into_iter()
            .find(|(between, _)| has_columns(*between))
        {
            format!("The columns of the header are separated by {name}; they must be separated by commas.")
        } else if has_columns(',') {
            "The columns of the header stand in quotes; they must be written without.".to_owned()
        } else {
            format!(
                "The first line is not a header: nothing in it names a column of this user pool. It must hold each \
             column that GetCSVHeader gives, {USERNAME} among them."
            )
        },
    )
}

/// Returns a column's name as a person can read it: short, without control characters.
fn shown(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, algorithm: Option<&PasswordHashingAlgorithmType>) -> Vec<&'static str> {
        let template = ["email", "email_verified", MFA_ENABLED, USERNAME].map(str::to_owned);
        read(&template, algorithm, line.as_bytes())
            .err()
            .unwrap_or_default()
            .into_iter()
            .filter_map(|finding| finding.code)
            .collect()
    }

    #[test]
    fn the_template_has_the_vendors_order() {
        let schema = attributes::add_custom(
            &attributes::standard_schema(),
            &[
                SchemaAttributeType {
                    name: Some("tier".to_owned()),
                    ..Default::default()
                },
                SchemaAttributeType {
                    name: Some("note".to_owned()),
                    developer_only_attribute: Some(true),
                    ..Default::default()
                },
            ],
        )
        .unwrap();
        assert_eq!(
            template(&schema).join(","),
            "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,\
             email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,\
             address,updated_at,custom:tier,cognito:mfa_enabled,cognito:username"
        );
    }

    #[test]
    fn any_order_is_taken() {
        assert!(
            check(
                "cognito:username, email_verified ,email,cognito:mfa_enabled\r",
                None
            )
            .is_empty()
        );
    }

    #[test]
    fn every_finding_of_a_header_is_named() {
        assert_eq!(
            check("email,email,colour,,,cognito:username", None),
            [
                "import.column_twice",
                "import.column_unknown",
                "import.column_unnamed",
                "import.column_missing",
            ]
        );
        let good = "email,email_verified,cognito:mfa_enabled,cognito:username";
        let bcrypt = PasswordHashingAlgorithmType::Bcrypt;
        assert_eq!(check(good, Some(&bcrypt)), ["import.column_missing"]);
        assert!(check(&format!("{good},password_hash"), Some(&bcrypt)).is_empty());
        assert_eq!(
            check(&format!("{good},password_hash"), None),
            ["import.column_without_algorithm"]
        );
        assert_eq!(check("", None), ["import.header_missing"]);
        assert_eq!(
            check(&format!("\u{feff}{good}"), None),
            ["import.byte_order_mark"]
        );
        assert_eq!(check("e\0m\0a\0", None), ["import.encoding"]);
    }

    #[test]
    fn first_line_that_is_no_header_is_told_so_once() {
        let template = ["email", USERNAME].map(str::to_owned);
        for (line, told) in [
            (
                "amelia@example.com,amelia,,true",
                "The first line is not a header",
            ),
            ("", "The file has no header"),
            ("email;cognito:username", "separated by semicolons"),
            ("email\tcognito:username", "separated by tabs"),
            ("\"email\",\"cognito:username\"", "stand in quotes"),
            (
                "email,cognito:username\ra@example.com,a\r",
                "carriage returns alone",
            ),
            ("a\rb", "carriage returns alone"),
        ] {
            let findings = read(&template, None, line.as_bytes()).unwrap_err();
            assert_eq!(findings.len(), 1, "{line:?}: {findings:?}");
            assert!(findings[0].text.contains(told), "{line:?}: {findings:?}");
        }
    }

    #[test]
    fn a_hundred_thousand_columns_are_few_findings() {
        let line: Vec<_> = (0..100_000).map(|at| at.to_string()).collect();
        assert_eq!(check(&line.join(","), None), ["import.header_missing"]);
        assert_eq!(check(&format!("email,{}", line.join(",")), None).len(), 100);
    }
}

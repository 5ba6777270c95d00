//! One row: what every documented rule says about it, and the user it makes.
//!
//! Source: developer guide, "Importing users from a CSV file", the columns of the table.

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::columns::{Slot, refused, slot};
use crate::base::secret::Secret;
use crate::rules::finding::{Finding, Place};
use crate::rules::import::header::Header;
use crate::rules::import::{MAX_ROW_CHARS, MFA_ENABLED, PASSWORD_HASH, USERNAME, native};
use crate::rules::usernames::{Name, NameKind, Naming};
use crate::rules::{attributes, password_hash};
use crate::wire::idp::{
    AuthFactorType, PasswordHashingAlgorithmType, UserPoolMfaType, UserPoolType, VerifiedAttributeType,
};

mod columns;

pub use columns::stored_birthdate;

/// A good row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The username of the file; `None` where the user pool generates usernames.
    pub username: Option<String>,
    /// Attributes as they are stored: no blank ones, the birthdate as `YYYY-MM-DD`.
    pub attributes: BTreeMap<String, String>,
    /// Whether `cognito:mfa_enabled` asks for text-message codes at sign-in.
    pub mfa_enabled: bool,
    /// The password hash, well formed and within bounds.
    pub password_hash: Option<Secret>,
    /// Whether the user can sign in at once (a hash, or a factor that needs no password)
    /// and so begins as `CONFIRMED`, not as `RESET_REQUIRED`.
    pub is_confirmed: bool,
}

impl Row {
    /// Returns the names that the user will hold; `generated` stands in for a username that
    /// is yet to be made.
    pub fn names(&self, naming: &Naming, generated: &str) -> Vec<Name> {
        let username = self.username.as_deref().unwrap_or(generated);
        // No imported user is unconfirmed, so the preferred username counts at once.
        naming.claims(username, true, |name| {
            self.attributes.get(name).map(String::as_str)
        })
    }
}

/// The rules of one user pool for the rows of one file.
#[derive(Clone, Debug)]
pub struct Rules {
    slots: Vec<Slot>,
    columns: Vec<String>,
    naming: Naming,
    verifies_email: bool,
    verifies_phone: bool,
    mfa: UserPoolMfaType,
    email_signs_in: bool,
    phone_signs_in: bool,
    required: Vec<String>,
    algorithm: Option<PasswordHashingAlgorithmType>,
}

impl Rules {
    /// Reads the rules of a user pool for a file with this header.
    pub fn new(
        pool: &UserPoolType,
        header: &Header,
        algorithm: Option<&PasswordHashingAlgorithmType>,
    ) -> Self {
        let schema = attributes::schema_of(pool);
        let verifies = |wanted: &VerifiedAttributeType| {
            pool.auto_verified_attributes
                .as_ref()
                .is_some_and(|list| list.contains(wanted))
        };
        let factor = |wanted: &AuthFactorType| {
            pool.policies
                .as_ref()
                .and_then(|policies| policies.sign_in_policy.as_ref())
                .and_then(|policy| policy.allowed_first_auth_factors.as_ref())
                .is_some_and(|list| list.contains(wanted))
        };
        Self {
            slots: header.columns().iter().map(|name| slot(&schema, name)).collect(),
            columns: header.columns().to_vec(),
            naming: Naming::of(pool),
            verifies_email: verifies(&VerifiedAttributeType::Email),
            verifies_phone: verifies(&VerifiedAttributeType::PhoneNumber),
            mfa: pool.mfa_configuration.clone().unwrap_or(UserPoolMfaType::Off),
            email_signs_in: factor(&AuthFactorType::EmailOtp),
            phone_signs_in: factor(&AuthFactorType::SmsOtp),
            required: schema
                .iter()
                .filter(|attribute| attribute.required == Some(true))
                .filter_map(|attribute| attribute.name.clone())
                .filter(|name| name != "sub")
                .collect(),
            algorithm: algorithm.cloned(),
        }
    }

    /// Returns the columns of the file.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns how the user pool names its users.
    pub const fn naming(&self) -> &Naming {
        &self.naming
    }

    /// Tells whether the user pool verifies anything; without, no job can start.
    pub const fn verifies_anything(&self) -> bool {
        self.verifies_email || self.verifies_phone
    }

    /// Checks a line of a native file.
    ///
    /// # Errors
    ///
    /// Every finding.
    pub fn check_line(&self, line: &native::Line<'_>) -> Result<Row, Vec<Finding>> {
        let whole = |code, text: String| Err(vec![Finding::error(Place::Whole, code, text)]);
        // Bytes are never fewer than characters, so most lines need no count.
        if line.is_cut
            || (line.bytes.len() > MAX_ROW_CHARS
                && String::from_utf8_lossy(line.bytes).chars().count() > MAX_ROW_CHARS)
        {
            return whole(
                "import.row_length",
                format!("The row is longer than {MAX_ROW_CHARS} characters."),
            );
        }
        let Ok(text) = std::str::from_utf8(line.bytes) else {
            return whole("import.encoding", "The row is not valid UTF-8.".to_owned());
        };
        let mut fields = Vec::with_capacity(self.slots.len());
        native::split(text, &mut fields);
        self.check(&fields)
    }

    /// Checks the fields of a row, in the order of the header.
    ///
    /// # Errors
    ///
    /// Every finding.
    pub fn check(&self, fields: &[Cow<'_, str>]) -> Result<Row, Vec<Finding>> {
        if fields.len() != self.slots.len() {
            return Err(vec![Finding::error(
                Place::Whole,
                "import.field_count",
                format!(
                    "The row has {} fields, the header has {}.",
                    fields.len(),
                    self.slots.len()
                ),
            )]);
        }
        let mut row = Row::default();
        let mut findings = Vec::new();
        let mut username = "";
        let mut mfa = "";
        for ((slot, name), field) in self.slots.iter().zip(&self.columns).zip(fields) {
            let value = field.trim();
            if value.chars().any(char::is_control) {
                findings.push(error(
                    name,
                    "import.control_character",
                    "The value holds control characters.",
                ));
                continue;
            }
            match slot {
                Slot::Username => username = value,
                Slot::MfaEnabled => mfa = value,
                _ if value.is_empty() => {}
                Slot::PasswordHash => self.check_hash(&mut row, &mut findings, value),
                Slot::Birthdate => match stored_birthdate(value) {
                    Some(date) => {
                        row.attributes.insert(name.clone(), date);
                    }
                    None => findings.push(error(
                        name,
                        "import.birthdate",
                        "The birthdate must be a day in the form mm/dd/yyyy.",
                    )),
                },
                Slot::Attribute { schema, kind } => match refused(schema, *kind, value) {
                    None => {
                        row.attributes.insert(name.clone(), value.to_owned());
                    }
                    Some((code, text)) => findings.push(error(name, code, text)),
                },
            }
        }
        self.check_username(&mut row, &mut findings, username);
        self.check_verified(&mut row, &mut findings);
        self.check_required(&row, &mut findings);
        self.check_mfa(&mut row, &mut findings, mfa);
        if !findings.is_empty() {
            return Err(findings);
        }
        let has = |name: &str| row.attributes.contains_key(name);
        row.is_confirmed = row.password_hash.is_some()
            || (self.email_signs_in && has("email"))
            || (self.phone_signs_in && has("phone_number"));
        Ok(row)
    }

    fn check_hash(&self, row: &mut Row, findings: &mut Vec<Finding>, value: &str) {
        let Some(algorithm) = &self.algorithm else {
            return;
        };
        match password_hash::parse(algorithm, value) {
            Ok(_) => row.password_hash = Some(Secret::from(value)),
            Err(reason) => {
                findings.push(error(PASSWORD_HASH, "import.password_hash", reason.to_string()));
            }
        }
    }

    fn check_username(&self, row: &mut Row, findings: &mut Vec<Finding>, username: &str) {
        if username.is_empty() {
            findings.push(error(
                USERNAME,
                "import.username_missing",
                "The cognito:username is missing.",
            ));
            return;
        }
        if !self.naming.generates_usernames() {
            match self.naming.username_refused(username) {
                Some(text) => findings.push(error(USERNAME, "import.username", text)),
                None => row.username = Some(username.to_owned()),
            }
            return;
        }
        let Some(attribute) = self.naming.attribute_of(username) else {
            // An export of such a pool has the generated name here; it gets a new one.
            let is_generated = uuid::Uuid::try_parse(username).is_ok();
            let has_name = (self.naming.email_username && row.attributes.contains_key("email"))
                || (self.naming.phone_username && row.attributes.contains_key("phone_number"));
            if !(is_generated && has_name) {
                let text = self
                    .naming
                    .username_refused(username)
                    .unwrap_or("The attribute that is the username is missing.");
                findings.push(error(USERNAME, "import.username", text));
            }
            return;
        };
        let kind = if attribute == "email" {
            NameKind::Email
        } else {
            NameKind::PhoneNumber
        };
        match row.attributes.get(attribute) {
            None => {
                row.attributes.insert(attribute.to_owned(), username.to_owned());
            }
            Some(value) if self.naming.fold(kind, value) == self.naming.fold(kind, username) => {}
            Some(_) => findings.push(error(
                USERNAME,
                "import.username_differs",
                format!("The cognito:username is not the value of {attribute}."),
            )),
        }
    }

    fn check_verified(&self, row: &mut Row, findings: &mut Vec<Finding>) {
        let mut is_verified = false;
        for (name, flag, counts, code) in [
            (
                "email",
                "email_verified",
                self.verifies_email,
                "import.email_missing",
            ),
            (
                "phone_number",
                "phone_number_verified",
                self.verifies_phone,
                "import.phone_missing",
            ),
        ] {
            let is_true = row.attributes.get(flag).is_some_and(|value| value == "true");
            let is_there = row.attributes.contains_key(name);
            // A value that was refused has its own finding.
            let was_refused = findings.iter().any(|finding| is_at(finding, name));
            if is_true && !is_there && !was_refused {
                findings.push(error(
                    name,
                    code,
                    format!("The {name} is missing although {flag} is true."),
                ));
            }
            if is_there && !row.attributes.contains_key(flag) {
                row.attributes.insert(flag.to_owned(), "false".to_owned());
            }
            is_verified |= counts && is_true;
        }
        let flag_refused = findings
            .iter()
            .any(|finding| is_at(finding, "email_verified") || is_at(finding, "phone_number_verified"));
        if !is_verified && !flag_refused {
            let example = if self.verifies_phone && !self.verifies_email {
                "phone_number_verified"
            } else {
                "email_verified"
            };
            findings.push(error(
                example,
                "import.not_verified",
                format!(
                    "The User Record does not set any of the auto verified attributes to true. (Example: {example} to true)."
                ),
            ));
        }
    }

    fn check_required(&self, row: &Row, findings: &mut Vec<Finding>) {
        for name in &self.required {
            if !row.attributes.contains_key(name) && !findings.iter().any(|finding| is_at(finding, name)) {
                findings.push(error(
                    name,
                    "import.required",
                    format!("The required attribute {name} is missing."),
                ));
            }
        }
    }

    fn check_mfa(&self, row: &mut Row, findings: &mut Vec<Finding>, value: &str) {
        let text = match (value, &self.mfa) {
            ("", _) => return,
            ("true", UserPoolMfaType::Off) => {
                "The cognito:mfa_enabled must be false or empty: the user pool has MFA off."
            }
            ("false", UserPoolMfaType::On) => {
                "The cognito:mfa_enabled must be true or empty: the user pool requires MFA."
            }
            ("true", _) => {
                row.mfa_enabled = true;
                return;
            }
            ("false", _) => return,
            _ => "The cognito:mfa_enabled must be true or false.",
        };
        findings.push(error(MFA_ENABLED, "import.mfa_enabled", text));
    }
}

/// Returns the texts of findings as one log line holds them.
pub fn reason(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push(' ');
        }
        if let Some(name) = finding.place.field()
            && !finding.text.contains(name)
        {
            text.push_str(name);
            text.push_str(": ");
        }
        text.push_str(&finding.text);
    }
    text
}

fn error(name: &str, code: &'static str, text: impl Into<String>) -> Finding {
    Finding::error(Place::Field(name.to_owned()), code, text)
}

fn is_at(finding: &Finding, name: &str) -> bool {
    finding.place.field() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::{
        AttributeDataType, SchemaAttributeType, SignInPolicyType, UserPoolPolicyType, UsernameAttributeType,
    };

    fn pool() -> UserPoolType {
        UserPoolType {
            schema_attributes: Some(
                attributes::schema_of_new_pool(&[
                    SchemaAttributeType {
                        name: Some("family_name".to_owned()),
                        required: Some(true),
                        ..Default::default()
                    },
                    SchemaAttributeType {
                        name: Some("tier".to_owned()),
                        string_attribute_constraints: Some(
                            crate::wire::idp::StringAttributeConstraintsType {
                                min_length: Some("2".to_owned()),
                                max_length: Some("4".to_owned()),
                            },
                        ),
                        ..Default::default()
                    },
                    SchemaAttributeType {
                        name: Some("seats".to_owned()),
                        attribute_data_type: Some(AttributeDataType::Number),
                        number_attribute_constraints: Some(
                            crate::wire::idp::NumberAttributeConstraintsType {
                                min_value: Some("1".to_owned()),
                                max_value: Some("9".to_owned()),
                            },
                        ),
                        ..Default::default()
                    },
                    SchemaAttributeType {
                        name: Some("vip".to_owned()),
                        attribute_data_type: Some(AttributeDataType::Boolean),
                        ..Default::default()
                    },
                ])
                .unwrap(),
            ),
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            ..Default::default()
        }
    }

    /// Checks a row of `column=value` pairs; columns that are not named are empty.
    fn check_in(
        pool: &UserPoolType,
        algorithm: Option<PasswordHashingAlgorithmType>,
        values: &[(&str, &str)],
    ) -> Result<Row, Vec<&'static str>> {
        let mut columns = super::super::header::template(&attributes::schema_of(pool));
        columns.extend(algorithm.iter().map(|_| PASSWORD_HASH.to_owned()));
        let fields: Vec<Cow<'_, str>> = columns
            .iter()
            .map(|column| {
                let value = values.iter().find(|(name, _)| name == column);
                Cow::Borrowed(value.map_or("", |(_, value)| *value))
            })
            .collect();
        Rules::new(pool, &Header::of_template(columns), algorithm.as_ref())
            .check(&fields)
            .map_err(|findings| findings.into_iter().filter_map(|finding| finding.code).collect())
    }

    /// A good row with some values replaced.
    fn check(values: &[(&str, &str)]) -> Result<Row, Vec<&'static str>> {
        check_in(&pool(), None, &with(values))
    }

    fn with<'a>(values: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = values.to_vec();
        all.extend([
            (USERNAME, "maria"),
            ("family_name", "López"),
            ("email", "maria@example.com"),
            ("email_verified", "true"),
        ]);
        all
    }

    #[test]
    fn a_good_row_makes_a_user_whose_password_must_be_reset() {
        let row = check(&[("birthdate", "02/29/1988"), ("custom:seats", "3"), ("gender", "")]).unwrap();
        assert_eq!(row.username.as_deref(), Some("maria"));
        assert_eq!(row.attributes["birthdate"], "1988-02-29");
        assert_eq!(row.attributes["custom:seats"], "3");
        assert!(!row.attributes.contains_key("gender"));
        assert!(!row.is_confirmed && row.password_hash.is_none());
    }

    #[test]
    fn each_rule_has_its_finding() {
        for (values, code) in [
            (&[(USERNAME, "")][..], "import.username_missing"),
            (&[(USERNAME, "maria lopez")], "import.username"),
            (&[(USERNAME, "maria\u{7}")], "import.control_character"),
            (&[("family_name", "")], "import.required"),
            (&[("email", "nowhere")], "import.email"),
            (&[("email", "")], "import.email_missing"),
            (&[("email_verified", "TRUE")], "import.boolean"),
            (&[("email_verified", "false")], "import.not_verified"),
            (&[("email_verified", "")], "import.not_verified"),
            (&[("phone_number", "0613 5550100")], "import.phone_number"),
            (&[("phone_number_verified", "true")], "import.phone_missing"),
            (&[("birthdate", "1988-02-29")], "import.birthdate"),
            (&[("birthdate", "02/30/1988")], "import.birthdate"),
            (&[("birthdate", "2/9/1988")], "import.birthdate"),
            (&[("updated_at", "yesterday")], "import.updated_at"),
            (&[("custom:tier", "x")], "import.length"),
            (&[("custom:tier", "diamond")], "import.length"),
            (&[("custom:seats", "12")], "import.value"),
            (&[("custom:seats", "many")], "import.value"),
            (&[("custom:vip", "yes")], "import.boolean"),
            (&[(MFA_ENABLED, "true")], "import.mfa_enabled"),
            (&[(MFA_ENABLED, "perhaps")], "import.mfa_enabled"),
        ] {
            let found = check(values).unwrap_err();
            assert!(found.contains(&code), "{values:?}: {found:?}");
        }
    }

    #[test]
    fn a_row_has_every_finding_at_once() {
        let found = check(&[
            (USERNAME, ""),
            ("family_name", ""),
            ("birthdate", "soon"),
            ("custom:tier", "x"),
        ])
        .unwrap_err();
        assert_eq!(
            found,
            [
                "import.birthdate",
                "import.length",
                "import.username_missing",
                "import.required"
            ]
        );
    }

    #[test]
    fn only_an_attribute_that_the_pool_verifies_counts() {
        let phone_only = [
            ("email_verified", "false"),
            ("phone_number", "+15555550100"),
            ("phone_number_verified", "true"),
        ];
        assert_eq!(check(&phone_only), Err(vec!["import.not_verified"]));
        let both = UserPoolType {
            auto_verified_attributes: Some(vec![
                VerifiedAttributeType::Email,
                VerifiedAttributeType::PhoneNumber,
            ]),
            ..pool()
        };
        assert!(check_in(&both, None, &with(&phone_only)).is_ok());
    }

    #[test]
    fn mfa_follows_the_pool() {
        let of = |mfa: UserPoolMfaType| UserPoolType {
            mfa_configuration: Some(mfa),
            ..pool()
        };
        for (mfa, value, is_good) in [
            (UserPoolMfaType::On, "true", true),
            (UserPoolMfaType::On, "", true),
            (UserPoolMfaType::On, "false", false),
            (UserPoolMfaType::Off, "false", true),
            (UserPoolMfaType::Off, "true", false),
            (UserPoolMfaType::Optional, "true", true),
            (UserPoolMfaType::Optional, "false", true),
        ] {
            let found = check_in(&of(mfa.clone()), None, &with(&[(MFA_ENABLED, value)]));
            assert_eq!(found.is_ok(), is_good, "{mfa} {value}");
        }
    }

    #[test]
    fn a_hash_confirms_and_a_bad_one_fails() {
        let bcrypt = PasswordHashingAlgorithmType::Bcrypt;
        let good = format!("$2b$12${}", "a".repeat(53));
        let row = check_in(&pool(), Some(bcrypt.clone()), &with(&[(PASSWORD_HASH, &good)])).unwrap();
        assert!(row.is_confirmed && row.password_hash.is_some());
        let blank = check_in(&pool(), Some(bcrypt.clone()), &with(&[(PASSWORD_HASH, "")])).unwrap();
        assert!(!blank.is_confirmed);
        let dear = format!("$2b$13${}", "a".repeat(53));
        for bad in [
            dear.as_str(),
            "hunter2",
            "$argon2id$v=19$m=1,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        ] {
            let found = check_in(&pool(), Some(bcrypt.clone()), &with(&[(PASSWORD_HASH, bad)]));
            assert_eq!(found, Err(vec!["import.password_hash"]), "{bad}");
        }
    }

    #[test]
    fn a_user_without_password_is_confirmed_when_the_pool_signs_in_by_message() {
        let pool = UserPoolType {
            policies: Some(UserPoolPolicyType {
                sign_in_policy: Some(SignInPolicyType {
                    allowed_first_auth_factors: Some(vec![
                        AuthFactorType::Password,
                        AuthFactorType::EmailOtp,
                    ]),
                }),
                ..Default::default()
            }),
            ..pool()
        };
        assert!(check_in(&pool, None, &with(&[])).unwrap().is_confirmed);
    }

    #[test]
    fn where_the_address_is_the_username_the_name_is_generated() {
        let pool = UserPoolType {
            username_attributes: Some(vec![UsernameAttributeType::Email]),
            ..pool()
        };
        let check = |values: &[(&str, &str)]| check_in(&pool, None, &with(values));
        let same = check(&[(USERNAME, "maria@example.com")]).unwrap();
        assert_eq!(same.username, None);
        let filled = check(&[(USERNAME, "maria@example.com"), ("email", "")]).unwrap();
        assert_eq!(filled.attributes["email"], "maria@example.com");
        let exported = check(&[(USERNAME, "6f1c1f0e-5c0e-4a51-9f0b-2f1f6a3d7c11")]).unwrap();
        assert_eq!(exported.username, None);
        assert_eq!(check(&[(USERNAME, "maria")]), Err(vec!["import.username"]));
        assert_eq!(
            check(&[(USERNAME, "mia@example.com")]),
            Err(vec!["import.username_differs"])
        );
    }

    #[test]
    fn lines_that_are_no_rows_are_told_apart() {
        let header = Header::of_template(vec![USERNAME.to_owned(), "email".to_owned()]);
        let rules = Rules::new(&pool(), &header, None);
        let check = |bytes: &[u8], is_cut| {
            let line = native::Line {
                number: 2,
                bytes,
                is_cut,
                next_byte: 0,
            };
            rules
                .check_line(&line)
                .unwrap_err()
                .first()
                .unwrap()
                .code
                .unwrap()
        };
        assert_eq!(check(b"maria", false), "import.field_count");
        assert_eq!(check(b"m\xffria,x", false), "import.encoding");
        assert_eq!(check(b"maria,x", true), "import.row_length");
        assert_eq!(check(&[b'x'; 16_001], false), "import.row_length");
        // Two bytes a character: 16,000 characters are allowed.
        assert_eq!(check("ä".repeat(16_000).as_bytes(), false), "import.field_count");
    }

    #[test]
    fn a_reason_names_the_place_and_quotes_no_value() {
        let found = Rules::new(
            &pool(),
            &Header::of_template(vec![USERNAME.to_owned(), "custom:tier".to_owned()]),
            None,
        )
        .check(&["hunter2".into(), "topsecret".into()])
        .unwrap_err();
        let text = reason(&found);
        assert!(
            text.starts_with("custom:tier: String must be at most 4"),
            "{text}"
        );
        assert!(!text.contains("topsecret") && !text.contains("hunter2"));
    }
}

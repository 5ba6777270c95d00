//! The `Filter` of `ListUsers`: one attribute, `=` or `^=`, one quoted value.
//!
//! ```text
//! filter     := blank | blank attribute blank comparison blank '"' characters '"' blank
//! comparison := "=" | "^="
//! characters := anything but '"' and '\', or '\"', or '\\', or '\' before another character
//! ```
//!
//! A backslash before a quote or another backslash is an escape; before anything else it
//! stands for itself.
//!
//! Source: user pools API reference, ListUsers; developer guide, "Searching for users".

use std::fmt;

/// The longest filter, in characters.
pub const MAX_CHARACTERS: usize = 256;

/// What users can be searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The stored username; case matters.
    Username,
    /// E-mail address.
    Email,
    /// Phone number.
    PhoneNumber,
    /// Full name.
    Name,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Preferred username.
    PreferredUsername,
    /// The status (`CONFIRMED`, …).
    UserStatus,
    /// `Enabled` or `Disabled`; case matters.
    Enabled,
    /// The user's `sub`.
    Sub,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 10] = [
        Self::Username,
        Self::Email,
        Self::PhoneNumber,
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::PreferredUsername,
        Self::UserStatus,
        Self::Enabled,
        Self::Sub,
    ];

    /// Returns the name as it stands in a filter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::PreferredUsername => "preferred_username",
            Self::UserStatus => "cognito:user_status",
            Self::Enabled => "status",
            Self::Sub => "sub",
        }
    }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `=`: the whole value.
    Equals,
    /// `^=`: how it begins.
    BeginsWith,
}

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserFilter {
    /// What is compared.
    pub field: Field,
    /// How.
    pub comparison: Comparison,
    /// With what, unescaped.
    pub value: String,
}

/// Why a filter is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadFilter {
    /// It does not follow the grammar.
    Syntax,
    /// Users cannot be searched by this attribute.
    Unsearchable(String),
}

impl fmt::Display for BadFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str("Error while parsing filter."),
            Self::Unsearchable(name) => write!(f, "Invalid search attribute: {name}"),
        }
    }
}

impl UserFilter {
    /// Reads a filter; a blank one selects everybody.
    ///
    /// # Errors
    ///
    /// [`BadFilter`]; its text is what the caller reads.
    pub fn parse(text: &str) -> Result<Option<Self>, BadFilter> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.chars().count() > MAX_CHARACTERS {
            return Err(BadFilter::Syntax);
        }
        let (left, quoted) = text.split_once('=').ok_or(BadFilter::Syntax)?;
        let (name, comparison) = match left.strip_suffix('^') {
            Some(name) => (name.trim_end(), Comparison::BeginsWith),
            None => (left.trim_end(), Comparison::Equals),
        };
        let value = unquote(quoted.trim_start()).ok_or(BadFilter::Syntax)?;
        // Only what could be an attribute's name is repeated to the caller.
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '-'));
        if !is_name {
            return Err(BadFilter::Syntax);
        }
        let field = Field::ALL
            .into_iter()
            .find(|field| field.as_str() == name)
            .ok_or_else(|| BadFilter::Unsearchable(name.to_owned()))?;
        Ok(Some(Self {
            field,
            comparison,
            value,
        }))
    }
}

/// Writes the filter as the caller of `ListUsers` sends it; [`UserFilter::parse`] reads it back.
impl fmt::Display for UserFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = match self.comparison {
            Comparison::Equals => "=",
            Comparison::BeginsWith => "^=",
        };
        let escaped = self.value.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "{} {comparison} \"{escaped}\"", self.field.as_str())
    }
}

/// Returns what stands between the quotes, escapes resolved; `None` unless the text is exactly one
/// quoted value.
fn unquote(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.chars();
    let mut value = String::with_capacity(text.len());
    loop {
        match rest.next()? {
            '"' => return rest.as_str().is_empty().then_some(value),
            '\\' => match rest.next()? {
                escaped @ ('"' | '\\') => value.push(escaped),
                other => {
                    value.push('\\');
                    value.push(other);
                }
            },
            plain => value.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<(Field, Comparison, String)> {
        UserFilter::parse(text)
            .expect(text)
            .map(|filter| (filter.field, filter.comparison, filter.value))
    }

    #[test]
    fn filters_of_the_guide_are_read() {
        use Comparison::{BeginsWith, Equals};
        let case = |text: &str, field, comparison, value: &str| {
            assert_eq!(
                parsed(text),
                Some((field, comparison, value.to_owned())),
                "{text}"
            );
        };
        case(r#"family_name = "Reddy""#, Field::FamilyName, Equals, "Reddy");
        case(r#"given_name ^= "Jon""#, Field::GivenName, BeginsWith, "Jon");
        case(r#"  email="a@b.co"  "#, Field::Email, Equals, "a@b.co");
        case(r#"phone_number ^="+1""#, Field::PhoneNumber, BeginsWith, "+1");
        case(
            r#"cognito:user_status = "Confirmed""#,
            Field::UserStatus,
            Equals,
            "Confirmed",
        );
        case(r#"status = "Enabled""#, Field::Enabled, Equals, "Enabled");
        case(r#"name = "a = b ^= c""#, Field::Name, Equals, "a = b ^= c");
        case(r#"name = "say \"hi\"""#, Field::Name, Equals, r#"say "hi""#);
        case(
            r#"username = "CORP\\maria""#,
            Field::Username,
            Equals,
            r"CORP\maria",
        );
        case(
            r#"username = "CORP\maria""#,
            Field::Username,
            Equals,
            r"CORP\maria",
        );
        case(r#"name = """#, Field::Name, Equals, "");
        assert_eq!(parsed("   "), None);
    }

    #[test]
    fn what_is_not_one_comparison_is_refused() {
        for bad in [
            "foo",
            "email",
            "email =",
            r#"email "a""#,
            "email = a@b.co",
            "email = 'a@b.co'",
            r#"email = "a"#,
            r#"email = "a\"#,
            r#"email = "a\""#,
            r#"email = "a" and name = "b""#,
            r#"email = "a" OR "1"="1""#,
            r#"email = "a"; DROP TABLE users"#,
            r#"email == "a""#,
            r#"email ^ = "a""#,
            r#"= "a""#,
            r#""email" = "a""#,
            r#"email != "a""#,
            r#"em ail = "a""#,
        ] {
            assert_eq!(UserFilter::parse(bad), Err(BadFilter::Syntax), "{bad}");
        }
        let long = format!(r#"name = "{}""#, "x".repeat(256));
        assert_eq!(UserFilter::parse(&long), Err(BadFilter::Syntax));
    }

    #[test]
    fn attributes_without_an_index_are_named() {
        for name in ["custom:tier", "birthdate", "Email", "enabled", "groups"] {
            let refused = UserFilter::parse(&format!(r#"{name} = "x""#));
            assert_eq!(refused, Err(BadFilter::Unsearchable(name.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in "\\PC{0,100}", at in 0..10usize, prefix: bool) {
            let filter = UserFilter {
                field: Field::ALL[at],
                comparison: if prefix { Comparison::BeginsWith } else { Comparison::Equals },
                value,
            };
            let text = filter.to_string();
            prop_assume!(text.chars().count() <= MAX_CHARACTERS);
            prop_assert_eq!(UserFilter::parse(&text), Ok(Some(filter)));
        }

        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = UserFilter::parse(&text);
        }
    }
}

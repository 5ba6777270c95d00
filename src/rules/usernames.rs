//! By which names a user is known, and how names are compared.
//!
//! A user pool works in one of three ways, fixed when it is made: plain usernames, usernames
//! with aliases (a verified e-mail address or phone number, or a preferred username, leads to
//! the user too), or attributes as usernames (the caller gives an address or a number, the
//! stored username is generated).
//!
//! Names are compared folded: [`Naming::fold`] is the one place that says how.
//!
//! Source: user pools developer guide, "Customizing sign-in attributes" and "User pool case
//! sensitivity".

use std::collections::BTreeMap;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::attributes::{is_email, is_phone_number, is_verified};
use crate::wire::idp::{AliasAttributeType, UserPoolType, UsernameAttributeType};

/// The longest username, in characters.
pub const MAX_CHARACTERS: usize = 128;

/// Which kind of name leads to a user. Each kind is a space of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The stored username.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    PhoneNumber,
    /// The preferred username.
    PreferredUsername,
}

/// A name, folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Its kind.
    pub kind: NameKind,
    /// Its folded text.
    pub value: String,
}

/// How a user pool names its users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// A verified e-mail address is an alias.
    pub email_alias: bool,
    /// A verified phone number is an alias.
    pub phone_alias: bool,
    /// The preferred username is an alias.
    pub preferred_username_alias: bool,
    /// An e-mail address is the username.
    pub email_username: bool,
    /// A phone number is the username.
    pub phone_username: bool,
    /// Whether `Maria` and `maria` are two users.
    pub case_sensitive: bool,
}

impl Naming {
    /// Reads how a user pool names its users.
    pub fn of(pool: &UserPoolType) -> Self {
        let alias = |wanted: &AliasAttributeType| {
            pool.alias_attributes
                .as_ref()
                .is_some_and(|list| list.contains(wanted))
        };
        let username = |wanted: &UsernameAttributeType| {
            pool.username_attributes
                .as_ref()
                .is_some_and(|list| list.contains(wanted))
        };
        Self {
            email_alias: alias(&AliasAttributeType::Email),
            phone_alias: alias(&AliasAttributeType::PhoneNumber),
            preferred_username_alias: alias(&AliasAttributeType::PreferredUsername),
            email_username: username(&UsernameAttributeType::Email),
            phone_username: username(&UsernameAttributeType::PhoneNumber),
            case_sensitive: pool
                .username_configuration
                .as_ref()
                .is_none_or(|configuration| configuration.case_sensitive),
        }
    }

    /// Tells whether usernames are generated and an attribute stands in for them.
    pub const fn generates_usernames(&self) -> bool {
        self.email_username || self.phone_username
    }

    /// Returns the form in which a name is compared.
    ///
    /// Unicode normal form C. Where case does not matter: compatibility form and full case
    /// folding instead (by way of upper case, so that `ß`, `SS` and `ss` are one, and so
    /// are the two small sigmas). Phone numbers are digits and stay as they are.
    pub fn fold(&self, kind: NameKind, text: &str) -> String {
        if kind == NameKind::PhoneNumber {
            return text.to_owned();
        }
        if self.case_sensitive {
            return ComposingNormalizerBorrowed::new_nfc()
                .normalize(text)
                .into_owned();
        }
        fold_case(text)
    }

    /// Returns the form in which a username is kept and told: the one by which it is compared, so
    /// that every spelling that leads to a user gets the same answer.
    ///
    /// Source: developer guide, "User pool case sensitivity": where case does not matter, what is
    /// told is in lower case.
    pub fn kept_username(&self, typed: &str) -> String {
        self.fold(NameKind::Username, typed)
    }

    /// Puts the attributes that lead to users into the form in which they are kept and told; as
    /// [`Self::kept_username`].
    pub fn flatten(&self, attributes: &mut BTreeMap<String, String>) {
        if self.case_sensitive {
            return;
        }
        for name in ["email", "preferred_username"] {
            if let Some(value) = attributes.get_mut(name) {
                *value = value.to_lowercase();
            }
        }
    }

    /// Returns the attribute that a given username stands for, in a pool that generates usernames.
    pub fn attribute_of(&self, typed: &str) -> Option<&'static str> {
        if self.email_username && is_email(typed) {
            Some("email")
        } else if self.phone_username && is_phone_number(typed) {
            Some("phone_number")
        } else {
            None
        }
    }

    /// Returns why a new user cannot be named `typed`, in the vendor's words; `None` when it can.
    pub fn username_refused(&self, typed: &str) -> Option<&'static str> {
        let length = typed.chars().count();
        if length == 0
            || length > MAX_CHARACTERS
            || typed.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Some("Username should have 1 to 128 characters and no spaces.");
        }
        if self.generates_usernames() {
            return match (self.attribute_of(typed), self.email_username, self.phone_username) {
                (Some(_), _, _) => None,
                (None, true, true) => Some("Username should be either an email or a phone number."),
                (None, true, false) => Some("Username should be an email."),
                (None, ..) => Some("Username should be a phone number."),
            };
        }
        if self.email_alias && is_email(typed) {
            return Some(
                "Username cannot be of email format, since user pool is configured for email alias.",
            );
        }
        if self.phone_alias && is_phone_number(typed) {
            return Some(
                "Username cannot be of phone number format, since user pool is configured for phone number alias.",
            );
        }
        None
    }

    /// Returns the names that `typed` may be, likeliest first.
    pub fn candidates(&self, typed: &str) -> Vec<Name> {
        let mut names = vec![self.name(NameKind::Username, typed)];
        if (self.email_alias || self.email_username) && is_email(typed) {
            names.push(self.name(NameKind::Email, typed));
        }
        if (self.phone_alias || self.phone_username) && is_phone_number(typed) {
            names.push(self.name(NameKind::PhoneNumber, typed));
        }
        if self.preferred_username_alias {
            names.push(self.name(NameKind::PreferredUsername, typed));
        }
        names
    }

    /// Returns the names that a user holds, each unique in the pool.
    ///
    /// Attributes that are usernames count from the start, verified or not; aliases count when
    /// verified, the preferred username once the user is confirmed. Where preferred usernames
    /// lead to users, a username is held as one too: what is typed could be either, so nobody
    /// may prefer another one's username, nor be named as another prefers to be.
    pub fn claims<'a>(
        &self,
        username: &str,
        is_confirmed: bool,
        value_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<Name> {
        let mut names = vec![self.name(NameKind::Username, username)];
        if self.preferred_username_alias {
            names.push(self.name(NameKind::PreferredUsername, username));
        }
        let filled = |attribute: &str| value_of(attribute).filter(|value| !value.is_empty());
        if let Some(email) = filled("email")
            && (self.email_username || (self.email_alias && is_verified("email", &value_of)))
        {
            names.push(self.name(NameKind::Email, email));
        }
        if let Some(phone) = filled("phone_number")
            && (self.phone_username || (self.phone_alias && is_verified("phone_number", &value_of)))
        {
            names.push(self.name(NameKind::PhoneNumber, phone));
        }
        if let Some(preferred) = filled("preferred_username")
            && self.preferred_username_alias
            && is_confirmed
        {
            names.push(self.name(NameKind::PreferredUsername, preferred));
        }
        names.dedup();
        names
    }

    fn name(&self, kind: NameKind, text: &str) -> Name {
        Name {
            kind,
            value: self.fold(kind, text),
        }
    }
}

/// Folds case as [`Naming::fold`] does where case does not matter.
///
/// Lower case first, because a capital sharp s has no upper case and its lower case has one.
pub fn fold_case(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let folded = nfkc.normalize(text).to_lowercase().to_uppercase().to_lowercase();
    // Folding may leave sequences that compose again.
    nfkc.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pool: Naming, attributes: &[(&str, &str)], is_confirmed: bool) -> Vec<(NameKind, String)> {
        pool.claims("Maria", is_confirmed, |wanted| {
            attributes
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        })
        .into_iter()
        .map(|name| (name.kind, name.value))
        .collect()
    }

    #[test]
    fn case_matters_only_where_the_pool_says_so() {
        let sensitive = Naming {
            case_sensitive: true,
            ..Naming::default()
        };
        assert_ne!(
            sensitive.fold(NameKind::Username, "Maria"),
            sensitive.fold(NameKind::Username, "maria")
        );
        let insensitive = Naming::default();
        for (one, other) in [
            ("Maria", "mARIA"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("ΟΔΟΣ", "οδοσ"),
            ("ｍａｒｉａ", "maria"),
            ("ﬁnn", "Finn"),
            ("Kelvin", "\u{212a}elvin"),
            ("mıke", "mike"),
        ] {
            assert_eq!(
                insensitive.fold(NameKind::Email, one),
                insensitive.fold(NameKind::Email, other),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_name() {
        for case_sensitive in [true, false] {
            let pool = Naming {
                case_sensitive,
                ..Naming::default()
            };
            assert_eq!(
                pool.fold(NameKind::Username, "jose\u{301}"),
                pool.fold(NameKind::Username, "jos\u{e9}")
            );
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        let pool = Naming::default();
        for text in ["İstanbul", "ǅ", "ﬀ", "ẞ", "ΑΣ Σ", "a\u{345}b"] {
            let once = pool.fold(NameKind::Username, text);
            assert_eq!(pool.fold(NameKind::Username, &once), once, "{text}");
        }
    }

    #[test]
    fn usernames_that_look_like_an_alias_are_refused() {
        let plain = Naming::default();
        assert_eq!(plain.username_refused("maria@example.com"), None);
        assert!(plain.username_refused("maria lopez").is_some());
        assert!(plain.username_refused(&"x".repeat(129)).is_some());
        let aliases = Naming {
            email_alias: true,
            phone_alias: true,
            ..Naming::default()
        };
        assert_eq!(
            aliases.username_refused("maria@example.com"),
            Some("Username cannot be of email format, since user pool is configured for email alias.")
        );
        assert!(aliases.username_refused("+15555550100").is_some());
        assert_eq!(aliases.username_refused("maria"), None);
    }

    #[test]
    fn usernames_that_are_attributes_must_look_like_them() {
        let email = Naming {
            email_username: true,
            ..Naming::default()
        };
        assert_eq!(
            email.username_refused("maria"),
            Some("Username should be an email.")
        );
        assert_eq!(email.username_refused("maria@example.com"), None);
        let both = Naming {
            phone_username: true,
            ..email
        };
        assert_eq!(
            both.username_refused("maria"),
            Some("Username should be either an email or a phone number.")
        );
        assert_eq!(both.attribute_of("+15555550100"), Some("phone_number"));
    }

    #[test]
    fn aliases_are_claimed_when_verified_and_username_attributes_always() {
        let address = [("email", "Maria@Example.com"), ("email_verified", "false")];
        let verified = [("email", "Maria@Example.com"), ("email_verified", "true")];
        let alias = Naming {
            email_alias: true,
            ..Naming::default()
        };
        let own = (NameKind::Username, "maria".to_owned());
        let email = (NameKind::Email, "maria@example.com".to_owned());
        assert_eq!(names(alias, &address, true), std::slice::from_ref(&own));
        assert_eq!(names(alias, &verified, false), [own.clone(), email.clone()]);
        let attribute = Naming {
            email_username: true,
            ..Naming::default()
        };
        assert_eq!(names(attribute, &address, false), [own, email]);
    }

    #[test]
    fn a_preferred_username_is_claimed_after_confirmation() {
        let pool = Naming {
            preferred_username_alias: true,
            ..Naming::default()
        };
        let preferred = [("preferred_username", "mia")];
        let own = |kind| (kind, "maria".to_owned());
        let held = [own(NameKind::Username), own(NameKind::PreferredUsername)];
        assert_eq!(names(pool, &preferred, false), held);
        assert_eq!(names(pool, &preferred, true).len(), 3);
        assert_eq!(names(pool, &[("preferred_username", "MARIA")], true), held);
    }
}

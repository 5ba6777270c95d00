//! How strongly a user proved who they are: the four levels, and what a token says of them.
//!
//! Source: developer guide, "Step-up authentication" (levels, names, `amr` values); RFC 8176.

use std::collections::BTreeMap;

use crate::wire::idp::{AcrLevelConfigType, UserPoolType};

/// Something a user has shown, as the levels see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Password,
    Sms,
    Email,
    Totp,
    Passkey,
}

impl Method {
    const ALL: [Self; 5] = [Self::Password, Self::Sms, Self::Email, Self::Totp, Self::Passkey];

    /// Returns the value in `amr`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Sms => "sms",
            Self::Email => "email_otp",
            Self::Totp => "otp",
            // Passkeys of today are kept in software that shares them between devices.
            Self::Passkey => "swk",
        }
    }

    /// Reads a value of `amr`.
    pub fn parse(value: &str) -> Option<Self> {
        match value {
            "hwk" => Some(Self::Passkey),
            _ => Self::ALL.into_iter().find(|method| method.as_str() == value),
        }
    }
}

/// Returns the level, 1 to 4, that what was shown reaches; 0 when it reaches none.
pub fn level(shown: &[Method]) -> u8 {
    let has = |method: Method| shown.contains(&method);
    let has_message = has(Method::Sms) || has(Method::Email);
    if has(Method::Password) && has(Method::Totp) {
        4
    } else if has(Method::Passkey) || (has(Method::Password) && has_message) {
        3
    } else if has_message {
        2
    } else {
        u8::from(has(Method::Password))
    }
}

/// Returns `amr`: each method once, and `mfa` for more than one.
pub fn amr(shown: &[Method]) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for method in shown {
        let value = method.as_str().to_owned();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.len() > 1 {
        values.push("mfa".to_owned());
    }
    values
}

/// Returns the names of the levels: the pool's own, else the vendor's.
pub fn names(settings: &UserPoolType) -> BTreeMap<String, AcrLevelConfigType> {
    let mut names: BTreeMap<String, AcrLevelConfigType> = (1..=4)
        .map(|level| {
            let value = AcrLevelConfigType {
                acr_value: format!("urn:cognito:loa:{level}"),
            };
            (format!("Level{level}"), value)
        })
        .collect();
    names.extend(settings.acr_configuration.clone().unwrap_or_default());
    names
}

/// Returns the name of a level.
pub fn name_of(settings: &UserPoolType, level: u8) -> Option<String> {
    names(settings)
        .remove(&format!("Level{level}"))
        .map(|it| it.acr_value)
}

/// Returns the levels that a space-separated list names, in its order; names of none are skipped.
pub fn levels_of(settings: &UserPoolType, list: &str) -> Vec<u8> {
    let names = names(settings);
    list.split_ascii_whitespace()
        .filter_map(|wanted| {
            (1..=4_u8).find(|level| {
                names
                    .get(&format!("Level{level}"))
                    .is_some_and(|it| it.acr_value == wanted)
            })
        })
        .collect()
}

/// Returns the level of what an identity provider says of a sign-in; 1 for what its mapping does
/// not know.
pub fn level_of_provider(mapping: Option<&BTreeMap<String, String>>, returned: &str) -> u8 {
    (1..=4_u8)
        .find(|level| {
            let name = mapping.and_then(|mapping| mapping.get(&format!("Level{level}")));
            name.is_some_and(|name| name == returned)
        })
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Method::{Email, Passkey, Password, Sms, Totp};

    #[test]
    fn levels_are_those_of_the_documented_table() {
        for (shown, expected) in [
            (&[][..], 0),
            (&[Totp], 0),
            (&[Password], 1),
            (&[Email], 2),
            (&[Sms], 2),
            (&[Passkey], 3),
            (&[Password, Sms], 3),
            (&[Email, Password], 3),
            (&[Password, Totp], 4),
            (&[Password, Sms, Totp], 4),
        ] {
            assert_eq!(level(shown), expected, "{shown:?}");
        }
    }

    #[test]
    fn methods_are_named_once_and_several_are_mfa() {
        assert_eq!(amr(&[Password]), ["pwd"]);
        assert_eq!(amr(&[Password, Totp, Password]), ["pwd", "otp", "mfa"]);
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(method));
        }
        assert_eq!(Method::parse("mfa"), None);
    }

    #[test]
    fn what_a_provider_says_is_translated_and_the_unknown_is_the_first_level() {
        let mapping = BTreeMap::from([
            ("Level2".to_owned(), "silver".to_owned()),
            ("Level4".to_owned(), "gold".to_owned()),
        ]);
        for (returned, level) in [("silver", 2), ("gold", 4), ("tin", 1), ("urn:cognito:loa:4", 1)] {
            assert_eq!(level_of_provider(Some(&mapping), returned), level, "{returned}");
        }
        assert_eq!(level_of_provider(None, "gold"), 1);
    }

    #[test]
    fn names_of_the_pool_take_the_place_of_the_vendors() {
        let mut settings = UserPoolType::default();
        let own = AcrLevelConfigType {
            acr_value: "gold".to_owned(),
        };
        settings.acr_configuration = Some(BTreeMap::from([("Level4".to_owned(), own)]));
        assert_eq!(name_of(&settings, 4).as_deref(), Some("gold"));
        assert_eq!(name_of(&settings, 0), None);
        assert_eq!(
            levels_of(&settings, "tin gold  urn:cognito:loa:1 urn:cognito:loa:4"),
            [4, 1]
        );
    }
}

//! What a password must hold, and how to make one that does.
//!
//! The policy is checked whenever a password is chosen: sign-up, a temporary password
//! given by an admin, a change, a reset. It is not checked on imported hashes.
//!
//! Source: user pools developer guide, "Adding user pool password requirements".

use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::wire::idp::{PasswordPolicyType, UserPoolType};

/// The longest password, in characters, whatever the policy says.
pub const MAX_CHARACTERS: usize = 256;
/// The shortest password of a pool that says nothing.
pub const DEFAULT_MINIMUM: i32 = 8;
/// How long a temporary password is good in a pool that says nothing.
pub const DEFAULT_TEMPORARY_DAYS: i32 = 7;

/// A demand that a password does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmet {
    /// Fewer characters than the policy's minimum.
    TooShort,
    /// More than [`MAX_CHARACTERS`].
    TooLong,
    /// No `A` to `Z`.
    Uppercase,
    /// No `a` to `z`.
    Lowercase,
    /// No `0` to `9`.
    Numbers,
    /// None of the symbols that count.
    Symbols,
    /// A space, tab or line end at the beginning or the end.
    Edges,
}

impl Unmet {
    /// Returns the sentence of an `InvalidPasswordException`, as the vendor words it.
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooShort => "Password did not conform with policy: Password not long enough",
            Self::TooLong => "Password did not conform with policy: Password too long",
            Self::Uppercase => {
                "Password did not conform with policy: Password must have uppercase characters"
            }
            Self::Lowercase => {
                "Password did not conform with policy: Password must have lowercase characters"
            }
            Self::Numbers => "Password did not conform with policy: Password must have numeric characters",
            Self::Symbols => "Password did not conform with policy: Password must have symbol characters",
            Self::Edges => {
                "Password did not conform with policy: Password must not begin or end with a space"
            }
        }
    }
}

/// Returns the policy of a pool; without one, that of a pool created without a policy.
pub fn of(pool: &UserPoolType) -> PasswordPolicyType {
    pool.policies
        .as_ref()
        .and_then(|policies| policies.password_policy.clone())
        .unwrap_or_else(default_policy)
}

/// Returns the policy of a pool that was created without one: eight characters of all four classes.
pub fn default_policy() -> PasswordPolicyType {
    PasswordPolicyType {
        minimum_length: Some(DEFAULT_MINIMUM),
        require_uppercase: Some(true),
        require_lowercase: Some(true),
        require_numbers: Some(true),
        require_symbols: Some(true),
        password_history_size: None,
        temporary_password_validity_days: Some(DEFAULT_TEMPORARY_DAYS),
    }
}

/// Returns every demand of `policy` that `password` does not meet, length first; none when it is good.
pub fn check(policy: &PasswordPolicyType, password: &str) -> Vec<Unmet> {
    let length = password.chars().count();
    let minimum = usize::try_from(policy.minimum_length.unwrap_or(DEFAULT_MINIMUM)).unwrap_or(0);
    let wants = |rule: Option<bool>| rule.unwrap_or(false);
    let lacks = |is: fn(char) -> bool| !password.chars().any(is);
    [
        (length < minimum.max(1), Unmet::TooShort),
        (length > MAX_CHARACTERS, Unmet::TooLong),
        (
            wants(policy.require_lowercase) && lacks(|c| c.is_ascii_lowercase()),
            Unmet::Lowercase,
        ),
        (
            wants(policy.require_uppercase) && lacks(|c| c.is_ascii_uppercase()),
            Unmet::Uppercase,
        ),
        (
            wants(policy.require_numbers) && lacks(|c| c.is_ascii_digit()),
            Unmet::Numbers,
        ),
        (wants(policy.require_symbols) && lacks(is_symbol), Unmet::Symbols),
        (password.trim() != password, Unmet::Edges),
    ]
    .into_iter()
    .filter_map(|(broken, unmet)| broken.then_some(unmet))
    .collect()
}

/// Tells whether a character counts as a symbol: ASCII punctuation, and a space (one at an
/// edge is refused anyway).
const fn is_symbol(c: char) -> bool {
    c == ' ' || c.is_ascii_punctuation()
}

// Characters that are easy to confuse when read out, and symbols that a mail body, a shell or a
// table would change, are left out.
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";
const SYMBOLS: &[u8] = b"!#$%*+-=?@_";
/// Twelve characters of these alphabets hold about 66 bits.
const GENERATED_CHARACTERS: usize = 12;

/// Makes a temporary password that meets `policy`, at least twelve characters long.
pub fn generate(policy: &PasswordPolicyType, rng: &dyn Rng) -> Secret {
    let minimum = usize::try_from(policy.minimum_length.unwrap_or(DEFAULT_MINIMUM)).unwrap_or(0);
    let length = minimum.clamp(GENERATED_CHARACTERS, MAX_CHARACTERS);
    // One of each class, so that every policy is met; the rest from letters and digits.
    let mut letters: Vec<u8> = [UPPER, LOWER, DIGITS, SYMBOLS]
        .iter()
        .flat_map(|class| rng.string(class, 1).into_bytes())
        .collect();
    let rest = [UPPER, LOWER, DIGITS].concat();
    letters.extend(
        rng.string(&rest, length.saturating_sub(letters.len()))
            .into_bytes(),
    );
    // Fisher-Yates: otherwise the first four would always show their class.
    for at in (1..letters.len()).rev() {
        let bound = u64::try_from(at).unwrap_or(0).saturating_add(1);
        letters.swap(at, usize::try_from(rng.below(bound)).unwrap_or(0));
    }
    Secret::new(letters.into_iter().map(char::from).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    fn unmet(password: &str) -> Vec<Unmet> {
        check(&default_policy(), password)
    }

    #[test]
    fn every_unmet_demand_is_named() {
        assert_eq!(unmet("Passw0rd!"), []);
        assert_eq!(unmet("Pa0!"), [Unmet::TooShort]);
        assert_eq!(
            unmet(""),
            [
                Unmet::TooShort,
                Unmet::Lowercase,
                Unmet::Uppercase,
                Unmet::Numbers,
                Unmet::Symbols
            ]
        );
        assert_eq!(unmet("password1!"), [Unmet::Uppercase]);
        assert_eq!(unmet("PASSWORD1!"), [Unmet::Lowercase]);
        assert_eq!(unmet("Password!"), [Unmet::Numbers]);
        assert_eq!(unmet("Password1"), [Unmet::Symbols]);
    }

    #[test]
    fn letters_outside_basic_latin_do_not_count_as_a_class() {
        assert_eq!(unmet("ÄÖÜäöü12!"), [Unmet::Lowercase, Unmet::Uppercase]);
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(unmet("Pä0!aßßß"), []);
        assert_eq!(unmet(&format!("aA1!{}", "ä".repeat(252))), []);
        assert_eq!(unmet(&format!("aA1!{}", "ä".repeat(253))), [Unmet::TooLong]);
    }

    #[test]
    fn a_space_counts_as_symbol_inside_and_is_refused_at_the_edges() {
        assert_eq!(unmet("Correct Horse 1"), []);
        assert_eq!(unmet("Correct Horse 1 "), [Unmet::Edges]);
        assert_eq!(unmet(" Correct1"), [Unmet::Edges]);
    }

    #[test]
    fn omitted_classes_of_a_given_policy_are_not_required() {
        let policy = PasswordPolicyType {
            minimum_length: Some(6),
            ..Default::default()
        };
        assert_eq!(check(&policy, "aaaaaa"), []);
    }

    #[test]
    fn a_generated_password_meets_every_policy() {
        let rng = SeededRng::new(7);
        for minimum in [6, 8, 40, 99] {
            for _ in 0..200 {
                let policy = PasswordPolicyType {
                    minimum_length: Some(minimum),
                    ..default_policy()
                };
                let password = generate(&policy, &rng);
                assert_eq!(check(&policy, password.expose()), [], "minimum {minimum}");
            }
        }
    }
}

//! The codes of authenticator apps.
//!
//! Six digits by HMAC-SHA-1, steps of 30 seconds from the Unix epoch; the step before and
//! the one after the present count too, because clocks differ. A step's code counts once.
//!
//! Source: RFC 6238 §4 and §5.2, RFC 4226 §5.3, RFC 4648 §6.

use aws_lc_rs::hmac;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use uuid::Uuid;

use super::keys::OpenKeys;
use crate::base::clock::UnixMillis;
use crate::base::rng::Rng;
use crate::base::secret::{Secret, SecretBytes};
use crate::store::records::users::User;

/// 52 characters of base32, as clients have seen.
const SECRET_BYTES: usize = 32;
const STEP_SECS: i64 = 30;
const MODULUS: u32 = 1_000_000;
/// How long a used step is remembered. Its code is good for 90 seconds; the rest is for a
/// clock that is set back.
const REMEMBER_SECS: i64 = 3600;

/// What an authenticator and the engine share.
#[derive(Clone)]
pub struct Authenticator(SecretBytes);

impl Authenticator {
    /// Makes a new one.
    pub fn new(rng: &dyn Rng) -> Self {
        Self(SecretBytes::new(rng.bytes::<SECRET_BYTES>()))
    }

    /// Returns the secret as the user's app takes it: base32 without padding.
    pub fn secret_code(&self) -> Secret {
        Secret::new(base32(self.0.expose()))
    }

    /// Seals the secret of the user `sub`.
    pub fn seal(&self, keys: &OpenKeys, rng: &dyn Rng, sub: &Uuid) -> Vec<u8> {
        keys.seal(rng, &context(keys, sub), self.0.expose())
    }

    /// Opens a sealed secret of the user `sub`; `None` when it is not theirs.
    pub fn open(keys: &OpenKeys, sub: &Uuid, sealed: &[u8]) -> Option<Self> {
        keys.open_sealed(&context(keys, sub), sealed).map(Self)
    }

    /// Returns the step whose code this is, of the three that count now. Takes as long when
    /// it is none.
    pub fn step_of(&self, answer: &Secret, now: UnixMillis) -> Option<i64> {
        let present = now.secs().div_euclid(STEP_SECS);
        let mut found = i64::MIN;
        for step in [present.saturating_sub(1), present, present.saturating_add(1)] {
            let code = format!("{:06}", self.code(step));
            let is_it: Choice = code.as_bytes().ct_eq(answer.expose().as_bytes());
            found.conditional_assign(&step, is_it);
        }
        (found != i64::MIN).then_some(found)
    }

    /// Returns the code that an app shows at `now`.
    pub fn code_at(&self, now: UnixMillis) -> Secret {
        Secret::new(format!("{:06}", self.code(now.secs().div_euclid(STEP_SECS))))
    }

    /// Returns the mark by which the code of a step counts once, and when it may be forgotten.
    pub fn mark(&self, keys: &OpenKeys, sub: &Uuid, step: i64, now: UnixMillis) -> (Vec<u8>, UnixMillis) {
        let key = keys.mac(
            "software token step",
            &[sub.as_bytes(), self.0.expose(), &step.to_be_bytes()],
        );
        (key.to_vec(), now.plus_secs(REMEMBER_SECS))
    }

    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.expose());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
        let word = bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<4>())
            .map_or(0, |word| u32::from_be_bytes(*word));
        (word & 0x7fff_ffff) % MODULUS
    }
}

/// Returns the verified authenticator of a user.
pub fn of_user(keys: &OpenKeys, user: &User) -> Option<Authenticator> {
    Authenticator::open(keys, &user.sub, user.software_token.as_deref()?)
}

fn context(keys: &OpenKeys, sub: &Uuid) -> String {
    format!("software-token/{}/{sub}", keys.user_pool_id)
}

/// Writes bytes in base32 without padding. Source: RFC 4648 §6.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5));
    for group in bytes.chunks(5) {
        let mut word = [0_u8; 8];
        for (to, from) in word.iter_mut().skip(3).zip(group) {
            *to = *from;
        }
        let bits = u64::from_be_bytes(word);
        let characters = group.len().saturating_mul(8).div_ceil(5);
        for at in 0..characters {
            let shift = 35_usize.saturating_sub(at.saturating_mul(5));
            let index = usize::try_from((bits >> shift) & 31).unwrap_or_default();
            text.extend(ALPHABET.get(index).copied().map(char::from));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    fn sample() -> Authenticator {
        Authenticator(SecretBytes::new(*b"12345678901234567890"))
    }

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = UnixMillis(secs * 1000);
            assert_eq!(sample().code_at(now).expose(), code, "{secs}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648_section_10() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), encoded);
        }
        let secret = Authenticator::new(&SeededRng::new(3)).secret_code();
        assert_eq!(secret.expose().len(), 52);
    }

    #[test]
    fn one_step_before_and_after_counts_and_no_more() {
        let now = UnixMillis(1_700_000_010_000);
        let step = now.secs() / 30;
        for distance in -3..=3_i64 {
            let code = sample().code_at(now.plus_secs(distance * 30));
            let expected = (distance.abs() <= 1).then_some(step + distance);
            assert_eq!(sample().step_of(&code, now), expected, "{distance}");
        }
        for wrong in ["", "28708", "2870820", "28708a", " 287082", "-87082"] {
            assert_eq!(
                sample().step_of(&wrong.into(), UnixMillis(59_000)),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn times_at_the_ends_of_the_calendar_do_no_harm() {
        for now in [UnixMillis(i64::MIN), UnixMillis(-1), UnixMillis(i64::MAX)] {
            assert_eq!(sample().step_of(&"".into(), now), None);
        }
    }
}

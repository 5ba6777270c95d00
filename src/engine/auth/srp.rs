//! SRP-6a as the vendor's clients speak it, the server's side.
//!
//! What is hashed is always the padded form of a number ([`padded`]), and the session key
//! is one block of HKDF with a fixed label. A client that does otherwise is refused, so
//! none of it may change.
//!
//! Source: RFC 5054 §2.5 and §2.6 for the protocol; the vendor's public SDKs
//! (amazon-cognito-identity-js, `AuthenticationHelper.js`) for the byte layout.

use aws_lc_rs::{digest, hmac};
use subtle::ConstantTimeEq;

use super::bignum::{self, EXPONENT_BYTES, Number, OutOfMemory};
use crate::base::rng::Rng;
use crate::base::secret::{Secret, SecretBytes};

/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;

const LABEL: &[u8] = b"Caldera Derived Key\x01";
/// `SRP_A` in hex is at most this long: the sign byte, the number, and some leading zeros.
const A_HEX_MAX: usize = 1024;

/// Whose password it is: both names enter every hash.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The part of the user pool id after the underscore.
    pub pool_name: &'a str,
    /// The stored username, `USER_ID_FOR_SRP`.
    pub user_id: &'a str,
}

impl<'a> Identity<'a> {
    /// Names the user `username` of the pool `user_pool_id`.
    pub fn new(user_pool_id: &'a str, username: &'a str) -> Self {
        Self {
            pool_name: user_pool_id
                .split_once('_')
                .map_or(user_pool_id, |(_, name)| name),
            user_id: username,
        }
    }
}

/// What a server keeps instead of a password.
#[derive(Clone)]
pub struct Verifier {
    pub salt: [u8; SALT_BYTES],
    pub v: Number,
}

impl Verifier {
    /// Makes the verifier of a password.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn make(
        identity: Identity<'_>,
        password: &Secret,
        salt: [u8; SALT_BYTES],
    ) -> Result<Self, OutOfMemory> {
        let x = private_key(identity, password, &salt);
        Ok(Self {
            salt,
            v: bignum::power_of_g(&x)?,
        })
    }

    /// Returns the salt as clients are told it, `SALT`: exactly the bytes that were hashed.
    ///
    /// Some clients read it as a number and pad that again, others hash what the text says
    /// (pycognito, `aws_srp.py`), so a leading zero too many would refuse the right password.
    pub fn salt_hex(&self) -> String {
        hex::encode(padded(&self.salt))
    }

    /// Tells whether the password is the one the verifier was made of.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn check(&self, identity: Identity<'_>, password: &Secret) -> Result<bool, OutOfMemory> {
        let other = Self::make(identity, password, self.salt)?;
        Ok(other.v.to_be_bytes().ct_eq(&self.v.to_be_bytes()).into())
    }
}

/// Reads `SRP_A`.
///
/// `None` when it is empty, not hex, zero modulo the prime or not below it: RFC 5054
/// §2.5.4 demands that zero ends the exchange, and no honest client sends the others.
pub fn parse_a(text: &str) -> Option<Number> {
    if text.is_empty() || text.len() > A_HEX_MAX {
        return None;
    }
    let even = if text.len().is_multiple_of(2) {
        hex::decode(text)
    } else {
        hex::decode(format!("0{text}"))
    };
    Number::from_be_bytes(&even.ok()?).filter(|a| !a.is_zero())
}

/// The server's half of an exchange.
pub struct Challenge {
    /// The private exponent; must come back sealed.
    pub b: [u8; EXPONENT_BYTES],
    /// What the client is told, `SRP_B`.
    pub public: Number,
}

impl Drop for Challenge {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.b);
    }
}

impl Challenge {
    /// Makes `B = k·v + g^b`.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn make(v: &Number, rng: &dyn Rng) -> Result<Self, OutOfMemory> {
        let b = rng.bytes();
        let masked = bignum::multiply(&multiplier()?, v)?;
        Ok(Self {
            b,
            public: bignum::add(&masked, &bignum::power_of_g(&b)?),
        })
    }
}

/// Returns the session key, or `None` when `u` is zero.
///
/// # Errors
///
/// [`OutOfMemory`].
pub fn session_key(
    a: &Number,
    b_public: &Number,
    b: &[u8; EXPONENT_BYTES],
    v: &Number,
) -> Result<Option<SecretBytes>, OutOfMemory> {
    let mut both = padded(&a.to_be_bytes());
    both.extend_from_slice(&padded(&b_public.to_be_bytes()));
    let u = sha256(&both);
    if u == [0; EXPONENT_BYTES] {
        return Ok(None);
    }
    let shared = bignum::multiply(a, &bignum::power(v, &u)?)?;
    let shared = bignum::power(&shared, b)?;
    Ok(Some(derive(&u, &shared)))
}

/// Tells whether `signature` proves that the client knows the session key.
///
/// `secret_block` and `timestamp` are the ones of the answer, as they arrived.
pub fn proves(
    key: &SecretBytes,
    identity: Identity<'_>,
    secret_block: &[u8],
    timestamp: &str,
    signature: &[u8],
) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    let mut message = hmac::Context::with_key(&key);
    message.update(identity.pool_name.as_bytes());
    message.update(identity.user_id.as_bytes());
    message.update(secret_block);
    message.update(timestamp.as_bytes());
    message.sign().as_ref().ct_eq(signature).into()
}

/// Returns a number as the hashes want it: no leading zeros, but one when the first bit is
/// set (the two's complement form of a positive number).
pub fn padded(big_endian: &[u8]) -> Vec<u8> {
    let mut digits = big_endian
        .iter()
        .skip_while(|byte| **byte == 0)
        .copied()
        .peekable();
    let sign = digits.peek().is_none_or(|first| *first >= 0x80).then_some(0);
    sign.into_iter().chain(digits).collect()
}

/// Returns a number as the clients write it: lower-case hex of [`padded`].
pub fn padded_hex(number: &Number) -> String {
    hex::encode(padded(&number.to_be_bytes()))
}

/// Returns `x`.
fn private_key(identity: Identity<'_>, password: &Secret, salt: &[u8; SALT_BYTES]) -> [u8; EXPONENT_BYTES] {
    let mut inner = digest::Context::new(&digest::SHA256);
    inner.update(identity.pool_name.as_bytes());
    inner.update(identity.user_id.as_bytes());
    inner.update(b":");
    inner.update(password.expose().as_bytes());
    let mut outer = digest::Context::new(&digest::SHA256);
    outer.update(&padded(salt));
    outer.update(inner.finish().as_ref());
    fixed(outer.finish().as_ref())
}

/// Returns `k = H(N ‖ g)`.
fn multiplier() -> Result<Number, OutOfMemory> {
    static K: std::sync::LazyLock<Option<Number>> = std::sync::LazyLock::new(|| {
        let mut both = padded(&bignum::prime());
        both.push(2);
        Number::from_be_bytes(&sha256(&both))
    });
    K.clone().ok_or(OutOfMemory)
}

fn derive(u: &[u8; EXPONENT_BYTES], shared: &Number) -> SecretBytes {
    let salt = hmac::Key::new(hmac::HMAC_SHA256, &padded(u));
    let extracted = hmac::sign(&salt, &padded(&shared.to_be_bytes()));
    let expanded = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref()), LABEL);
    SecretBytes::new(expanded.as_ref().iter().take(16).copied().collect::<Vec<u8>>())
}

fn sha256(bytes: &[u8]) -> [u8; EXPONENT_BYTES] {
    fixed(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Copies a digest; all are 32 bytes long.
fn fixed(bytes: &[u8]) -> [u8; EXPONENT_BYTES] {
    let mut out = [0; EXPONENT_BYTES];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;
    use crate::engine::auth::bignum::oracle;

    fn two() -> Number {
        Number::from_be_bytes(&[2]).unwrap()
    }

    /// The client's side, by the other library.
    fn client_key(
        identity: Identity<'_>,
        password: &Secret,
        salt: &[u8; SALT_BYTES],
        a: &[u8; 32],
        a_public: &Number,
        b_public: &Number,
    ) -> SecretBytes {
        let mut both = padded(&a_public.to_be_bytes());
        both.extend_from_slice(&padded(&b_public.to_be_bytes()));
        let u = sha256(&both);
        let x = private_key(identity, password, salt);
        let masked = oracle::multiply(&multiplier().unwrap(), &oracle::power(&two(), &x));
        let base = oracle::subtract(b_public, &masked);
        // (B − k·g^x)^(a + u·x) = (…)^a · ((…)^x)^u
        let left = oracle::power(&base, a);
        let right = oracle::power(&oracle::power(&base, &x), &u);
        derive(&u, &oracle::multiply(&left, &right))
    }

    #[test]
    fn told_salt_is_what_was_hashed_whichever_way_a_client_pads_it() {
        let identity = Identity::new("eu-west-1_AbC123xyZ", "amelia");
        let starts: [&[u8]; 6] = [
            &[0x7f],
            &[0x80],
            &[0, 0x12],
            &[0, 0x92],
            &[0, 0, 1],
            &[0, 0, 0xff],
        ];
        for start in starts {
            let mut salt = [0x55; SALT_BYTES];
            salt[..start.len()].copy_from_slice(start);
            let told = Verifier::make(identity, &Secret::from("Correct-Horse-9"), salt)
                .unwrap()
                .salt_hex();
            let as_a_number = padded(&hex::decode(&told).unwrap());
            let as_text = match told.as_bytes()[0] {
                b'8'..=b'f' => hex::decode(format!("00{told}")),
                _ => hex::decode(&told),
            };
            assert_eq!(as_a_number, padded(&salt), "{told}");
            assert_eq!(as_text.unwrap(), padded(&salt), "{told}");
        }
    }

    #[test]
    fn both_sides_reach_the_same_key_for_the_right_password_only() {
        let rng = SeededRng::new(3);
        let rng: &dyn Rng = &rng;
        let identity = Identity::new("eu-west-1_AbC123xyZ", "amelia");
        for round in 0..12 {
            let mut salt = rng.bytes();
            if round == 0 {
                // A salt with leading zeros is hashed without them.
                salt[0] = 0;
                salt[1] = 0;
            }
            let password = Secret::from("Correct-Horse-9");
            let verifier = Verifier::make(identity, &password, salt).unwrap();
            let a = rng.bytes::<32>();
            let a_public = oracle::power(&two(), &a);
            let challenge = Challenge::make(&verifier.v, rng).unwrap();
            let server = session_key(&a_public, &challenge.public, &challenge.b, &verifier.v)
                .unwrap()
                .unwrap();
            let right = client_key(identity, &password, &salt, &a, &a_public, &challenge.public);
            assert_eq!(server.expose(), right.expose());
            let wrong = client_key(
                identity,
                &Secret::from("Correct-Horse-8"),
                &salt,
                &a,
                &a_public,
                &challenge.public,
            );
            assert_ne!(server.expose(), wrong.expose());
        }
    }

    #[test]
    fn verifier_knows_its_password() {
        let identity = Identity::new("eu-west-1_AbC123xyZ", "amelia");
        let verifier = Verifier::make(identity, &Secret::from("pä\u{0}ss"), [7; 16]).unwrap();
        assert!(verifier.check(identity, &Secret::from("pä\u{0}ss")).unwrap());
        assert!(!verifier.check(identity, &Secret::from("pä\u{0}sS")).unwrap());
        let other = Identity::new("eu-west-1_AbC123xyZ", "Amelia");
        assert!(!verifier.check(other, &Secret::from("pä\u{0}ss")).unwrap());
    }

    #[test]
    fn multiplier_is_the_vendors() {
        // `k` of amazon-cognito-identity-js: SHA-256 of "00" + N + "0" + "2" read as hex.
        let mut text = "00".to_owned();
        text.push_str(&hex::encode(bignum::prime()));
        text.push_str("02");
        let expected = sha256(&hex::decode(text).unwrap());
        assert_eq!(
            multiplier().unwrap().to_be_bytes()[352..],
            Number::from_be_bytes(&expected).unwrap().to_be_bytes()[352..]
        );
    }

    #[test]
    fn key_derivation_is_hkdf() {
        // RFC 5869 with the label and length the clients use.
        struct Len;
        impl aws_lc_rs::hkdf::KeyType for Len {
            fn len(&self) -> usize {
                16
            }
        }
        let u = [0x91; 32];
        let shared = Number::from_be_bytes(&[0xab; 300]).unwrap();
        let salt = aws_lc_rs::hkdf::Salt::new(aws_lc_rs::hkdf::HKDF_SHA256, &padded(&u));
        let mut expected = [0; 16];
        salt.extract(&padded(&shared.to_be_bytes()))
            .expand(&[b"Caldera Derived Key"], Len)
            .unwrap()
            .fill(&mut expected)
            .unwrap();
        assert_eq!(derive(&u, &shared).expose(), expected);
    }

    #[test]
    fn padding_follows_twos_complement() {
        assert_eq!(padded(&[0, 0, 0x7f, 1]), [0x7f, 1]);
        assert_eq!(padded(&[0x80]), [0, 0x80]);
        assert_eq!(padded(&[0, 0]), [0]);
    }

    #[test]
    fn edge_values_of_a_are_refused() {
        let prime = hex::encode(bignum::prime());
        let mut double = bignum::prime().to_vec();
        let mut carry = 0;
        for byte in double.iter_mut().rev() {
            let sum = u16::from(*byte) * 2 + carry;
            *byte = u8::try_from(sum & 0xff).unwrap();
            carry = sum >> 8;
        }
        let double = format!("01{}", hex::encode(double));
        for bad in [
            "",
            "0",
            "00",
            &prime,
            &format!("00{prime}"),
            &double,
            "-1",
            "xyz",
            &"f".repeat(770),
            &"0".repeat(2000),
        ] {
            assert!(parse_a(bad).is_none(), "{bad}");
        }
        assert!(parse_a("2").is_some());
        assert!(parse_a("00ff").is_some());
    }
}

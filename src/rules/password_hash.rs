//! Password hashes of other systems: what an import accepts, and what checks them later.
//!
//! The bounds keep a sign-in from costing more than one of our own: what is beyond them
//! fails at import, so that no time is spent on it afterwards.
//!
//! Source: developer guide, "Importing users from a CSV file", password hashes.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::wire::idp::PasswordHashingAlgorithmType;

/// The longest text that is looked at.
pub const MAX_CHARS: usize = 1024;
/// The highest bcrypt cost.
pub const BCRYPT_COST_MAX: u32 = 12;
/// The highest scrypt N, r and p.
pub const SCRYPT_N_MAX: u64 = 65_536;
pub const SCRYPT_R_MAX: u32 = 8;
pub const SCRYPT_P_MAX: u32 = 1;
/// The highest Argon2id memory in KiB, passes and lanes.
pub const ARGON2_M_KIB_MAX: u32 = 19_456;
pub const ARGON2_T_MAX: u32 = 2;
pub const ARGON2_P_MAX: u32 = 1;
/// The highest number of PBKDF2 iterations.
pub const PBKDF2_ITERATIONS_MAX: u32 = 600_000;

/// Hashes and salts are of sensible length, so that a check can be made at all.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 8..=64;
const HASH_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// A hash that is well formed and within bounds.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordHash {
    /// The whole text, because the salt is encoded in a way of its own.
    Bcrypt(String),
    Scrypt {
        log_n: u8,
        r: u32,
        p: u32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Argon2id {
        /// 0x10 or 0x13.
        version: u32,
        m_kib: u32,
        t: u32,
        p: u32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Pbkdf2Sha256 {
        iterations: u32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
}

/// Why a hash is refused. Never quotes the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not of the form of this algorithm.
    Malformed {
        /// The form it must have.
        form: &'static str,
    },
    /// A cost is too high or too low.
    OutOfBounds {
        what: &'static str,
        found: u64,
        most: u64,
    },
    /// The algorithm is not known.
    UnknownAlgorithm,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { form } => write!(f, "The password hash is not of the form {form}."),
            Self::OutOfBounds { what, found, most } => {
                write!(
                    f,
                    "The password hash has {what} {found}; the most allowed is {most}."
                )
            }
            Self::UnknownAlgorithm => f.write_str("The password hashing algorithm is not known."),
        }
    }
}

/// Reads a hash of another system.
///
/// # Errors
///
/// [`Refused`] when the text is not of the algorithm's form or a cost is out of bounds.
pub fn parse(algorithm: &PasswordHashingAlgorithmType, text: &str) -> Result<PasswordHash, Refused> {
    let (form, read): (_, fn(&str) -> Parsed) = match algorithm {
        PasswordHashingAlgorithmType::Bcrypt => ("$2a$<cost>$<salt><hash>", bcrypt),
        PasswordHashingAlgorithmType::Scrypt => ("N$r$p$<hex salt>$<hex hash>", scrypt),
        PasswordHashingAlgorithmType::Argon2id => {
            ("$argon2id$v=<v>$m=<m>,t=<t>,p=<p>$<salt>$<hash>", argon2id)
        }
        PasswordHashingAlgorithmType::Pbkdf2Sha256 => {
            ("$pbkdf2-sha256$<iterations>$<salt>$<hash>", pbkdf2_sha256)
        }
        PasswordHashingAlgorithmType::Unlisted(_) => return Err(Refused::UnknownAlgorithm),
    };
    if text.len() > MAX_CHARS {
        return Err(Refused::Malformed { form });
    }
    read(text).unwrap_or(Err(Refused::Malformed { form }))
}

/// `None` when the text is malformed.
type Parsed = Option<Result<PasswordHash, Refused>>;

fn bcrypt(text: &str) -> Parsed {
    let rest = ["$2a$", "$2b$", "$2x$", "$2y$"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))?;
    let (cost, tail) = rest.split_once('$')?;
    let of_alphabet = |byte: u8| byte == b'.' || byte == b'/' || byte.is_ascii_alphanumeric();
    if cost.len() != 2 || tail.len() != 53 || !tail.bytes().all(of_alphabet) {
        return None;
    }
    Some(number("cost", cost, 4, BCRYPT_COST_MAX.into())?.map(|_| PasswordHash::Bcrypt(text.to_owned())))
}

fn scrypt(text: &str) -> Parsed {
    let [n, r, p, salt, hash] = fields(text, '$')?;
    let (salt, hash) = sized(hex::decode(salt).ok()?, hex::decode(hash).ok()?)?;
    let read = || {
        let n = number("N", n, 2, SCRYPT_N_MAX)?;
        let r = number("r", r, 1, SCRYPT_R_MAX.into())?;
        let p = number("p", p, 1, SCRYPT_P_MAX.into())?;
        Some(n.and_then(|n| Ok((n, r?, p?))))
    };
    let (n, r, p) = match read()? {
        Ok(costs) => costs,
        Err(refused) => return Some(Err(refused)),
    };
    if !n.is_power_of_two() {
        return None;
    }
    Some(Ok(PasswordHash::Scrypt {
        log_n: u8::try_from(n.trailing_zeros()).ok()?,
        r: u32::try_from(r).ok()?,
        p: u32::try_from(p).ok()?,
        salt,
        hash,
    }))
}

fn argon2id(text: &str) -> Parsed {
    let [version, costs, salt, hash] = fields(text.strip_prefix("$argon2id$")?, '$')?;
    let [m, t, p] = fields(costs, ',')?;
    let version = match version.strip_prefix("v=")? {
        "16" => 0x10,
        "19" => 0x13,
        _ => return None,
    };
    let (salt, hash) = sized(base64(salt)?, base64(hash)?)?;
    let p = number("p", p.strip_prefix("p=")?, 1, ARGON2_P_MAX.into())?;
    let t = number("t", t.strip_prefix("t=")?, 1, ARGON2_T_MAX.into())?;
    // Argon2 needs eight blocks of a KiB per lane.
    let m = number("m", m.strip_prefix("m=")?, 8, ARGON2_M_KIB_MAX.into())?;
    let (m, t, p) = match m.and_then(|m| Ok((m, t?, p?))) {
        Ok(costs) => costs,
        Err(refused) => return Some(Err(refused)),
    };
    Some(Ok(PasswordHash::Argon2id {
        version,
        m_kib: u32::try_from(m).ok()?,
        t: u32::try_from(t).ok()?,
        p: u32::try_from(p).ok()?,
        salt,
        hash,
    }))
}

fn pbkdf2_sha256(text: &str) -> Parsed {
    let [iterations, salt, hash] = fields(text.strip_prefix("$pbkdf2-sha256$")?, '$')?;
    let (salt, hash) = sized(base64(salt)?, base64(hash)?)?;
    Some(
        match number("iterations", iterations, 1, PBKDF2_ITERATIONS_MAX.into())? {
            Ok(iterations) => Ok(PasswordHash::Pbkdf2Sha256 {
                iterations: u32::try_from(iterations).ok()?,
                salt,
                hash,
            }),
            Err(refused) => Err(refused),
        },
    )
}

/// Splits into exactly `N` fields.
fn fields<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.try_into().ok()
}

/// Reads a cost; `None` when it is no number, an error when it is out of bounds.
fn number(what: &'static str, text: &str, least: u64, most: u64) -> Option<Result<u64, Refused>> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let found = text.parse().unwrap_or(u64::MAX);
    if (least..=most).contains(&found) {
        Some(Ok(found))
    } else {
        Some(Err(Refused::OutOfBounds { what, found, most }))
    }
}

fn sized(salt: Vec<u8>, hash: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    (SALT_BYTES.contains(&salt.len()) && HASH_BYTES.contains(&hash.len())).then_some((salt, hash))
}

/// Reads base64 with or without padding; `.` stands for `+` as passlib writes it.
fn base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &ALPHABET,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text.replace('.', "+")).ok()
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;

    fn check(algorithm: &str, text: &str) -> Result<(), Refused> {
        parse(&algorithm.into(), text).map(drop)
    }

    fn out_of_bounds(algorithm: &str, text: &str) -> bool {
        matches!(check(algorithm, text), Err(Refused::OutOfBounds { .. }))
    }

    fn malformed(algorithm: &str, text: &str) -> bool {
        matches!(check(algorithm, text), Err(Refused::Malformed { .. }))
    }

    const TAIL: &str = "L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u";
    const HEX16: &str = "000102030405060708090a0b0c0d0e0f";

    #[test]
    fn bcrypt_has_four_letters_and_a_bounded_cost() {
        for letter in ["a", "b", "x", "y"] {
            assert_eq!(check("BCRYPT", &format!("$2{letter}$12${TAIL}")), Ok(()));
        }
        assert!(out_of_bounds("BCRYPT", &format!("$2a$13${TAIL}")));
        assert!(out_of_bounds("BCRYPT", &format!("$2a$03${TAIL}")));
        assert!(malformed("BCRYPT", &format!("$2c$10${TAIL}")));
        assert!(malformed("BCRYPT", &format!("$2a$10${}", &TAIL[1..])));
        assert!(malformed("BCRYPT", &format!("$2a$9${TAIL}")));
        assert!(malformed("BCRYPT", ""));
    }

    #[test]
    fn scrypt_is_hex_with_bounded_costs() {
        assert_eq!(check("SCRYPT", &format!("65536$8$1${HEX16}${HEX16}")), Ok(()));
        assert!(out_of_bounds("SCRYPT", &format!("131072$8$1${HEX16}${HEX16}")));
        assert!(out_of_bounds("SCRYPT", &format!("16384$9$1${HEX16}${HEX16}")));
        assert!(out_of_bounds("SCRYPT", &format!("16384$8$2${HEX16}${HEX16}")));
        assert!(out_of_bounds(
            "SCRYPT",
            &format!("99999999999999999999999999$8$1${HEX16}${HEX16}")
        ));
        assert!(malformed("SCRYPT", &format!("16385$8$1${HEX16}${HEX16}")));
        assert!(malformed("SCRYPT", &format!("16384$8$1${HEX16}$zz")));
        assert!(malformed("SCRYPT", &format!("16384$8$1$${HEX16}")));
    }

    #[test]
    fn argon2id_has_bounded_costs() {
        let text = |costs: &str| {
            format!("$argon2id$v=19${costs}$c29tZXNhbHQ$RdescudvJCsgt3ub+b7dWRWJTmaQzOIXIVRvTZ9BPEo")
        };
        assert_eq!(check("ARGON2ID", &text("m=19456,t=2,p=1")), Ok(()));
        assert!(out_of_bounds("ARGON2ID", &text("m=19457,t=2,p=1")));
        assert!(out_of_bounds("ARGON2ID", &text("m=19456,t=3,p=1")));
        assert!(out_of_bounds("ARGON2ID", &text("m=19456,t=2,p=2")));
        assert!(out_of_bounds("ARGON2ID", &text("m=1,t=2,p=1")));
        assert!(malformed("ARGON2ID", &text("t=2,m=19456,p=1")));
        assert!(malformed(
            "ARGON2ID",
            &text("m=19456,t=2,p=1").replace("argon2id", "argon2i")
        ));
    }

    #[test]
    fn pbkdf2_takes_both_alphabets() {
        let hash = "ay7oAaVwM.4.gPz5/Bn.ZwrRhNS8TfC4iMF8Pi5LKZU";
        let text = format!("$pbkdf2-sha256$600000$c2FsdHNhbHQ${hash}");
        assert_eq!(check("PBKDF2_SHA256", &text), Ok(()));
        assert_eq!(check("PBKDF2_SHA256", &text.replace('.', "+")), Ok(()));
        assert!(out_of_bounds("PBKDF2_SHA256", &text.replace("600000", "600001")));
        assert!(out_of_bounds("PBKDF2_SHA256", &text.replace("600000", "0")));
        assert!(malformed("PBKDF2_SHA256", &text.replace("600000", "-1")));
    }

    #[test]
    fn unknown_algorithm_is_refused() {
        assert_eq!(check("MD5", "x"), Err(Refused::UnknownAlgorithm));
    }
}

//! The one credential a user's password leaves behind.
//!
//! A pool in which any app client may use SRP keeps the SRP verifier only; any other pool
//! keeps Argon2id only. Never both: an attacker would take the cheaper. Hashes that came
//! by import stay what they are until their user signs in with the plain password.
//!
//! What is stored is sealed under the pool's key, bound to the pool, the user and the
//! format.

use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::bignum::{BYTES, Number};
use super::keys::OpenKeys;
use super::srp::{Identity, SALT_BYTES, Verifier};
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::password_hash::{self, PasswordHash};
use crate::store::Reader;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::PasswordHashingAlgorithmType;

/// Memory, passes and lanes of our own hashes: the least that the OWASP password storage
/// cheat sheet accepts, and the most an import may bring.
const M_KIB: u32 = password_hash::ARGON2_M_KIB_MAX;
const T: u32 = password_hash::ARGON2_T_MAX;
const P: u32 = password_hash::ARGON2_P_MAX;
const HASH_BYTES: usize = 32;
/// Longer passwords are refused before they are hashed.
const PASSWORD_MAX: usize = 256 * 4;

/// What is kept of a password.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // One lives at a time, for the length of a check.
pub enum Credential {
    /// For pools in which a client may use SRP.
    SrpVerifier(Verifier),
    /// For pools without SRP: our own parameters.
    Argon2id {
        salt: [u8; SALT_BYTES],
        hash: [u8; HASH_BYTES],
    },
    /// An imported hash, as it came.
    Foreign {
        algorithm: PasswordHashingAlgorithmType,
        encoded: String,
    },
}

impl Credential {
    /// Makes the credential of a new password.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when memory runs out.
    pub fn make(
        identity: Identity<'_>,
        password: &Secret,
        any_client_uses_srp: bool,
        rng: &dyn Rng,
    ) -> Result<Self> {
        let salt = rng.bytes();
        if any_client_uses_srp {
            return Verifier::make(identity, password, salt)
                .map(Self::SrpVerifier)
                .map_err(Error::internal);
        }
        let hash = argon2id(
            password.expose().as_bytes(),
            &salt,
            Version::V0x13,
            M_KIB,
            T,
            P,
            HASH_BYTES,
        )
        .and_then(|hash| <[u8; HASH_BYTES]>::try_from(hash).ok())
        .ok_or_else(|| Error::internal("Argon2 failed"))?;
        Ok(Self::Argon2id { salt, hash })
    }

    /// Tells whether this is the password. Takes as long when it is not.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when memory runs out.
    pub fn check(&self, identity: Identity<'_>, password: &Secret) -> Result<bool> {
        if password.expose().len() > PASSWORD_MAX {
            return Ok(false);
        }
        let bytes = password.expose().as_bytes();
        match self {
            Self::SrpVerifier(verifier) => verifier.check(identity, password).map_err(Error::internal),
            Self::Argon2id { salt, hash } => {
                let found = argon2id(bytes, salt, Version::V0x13, M_KIB, T, P, HASH_BYTES)
                    .ok_or_else(|| Error::internal("Argon2 failed"))?;
                Ok(found.ct_eq(hash.as_slice()).into())
            }
            // What was stored passed the same reading when it was imported.
            Self::Foreign { algorithm, encoded } => {
                Ok(password_hash::parse(algorithm, encoded).is_ok_and(|hash| check_foreign(&hash, bytes)))
            }
        }
    }

    /// Tells whether a sign-in with the plain password should replace this credential.
    pub fn is_outdated(&self, any_client_uses_srp: bool) -> bool {
        match self {
            Self::SrpVerifier(_) => !any_client_uses_srp,
            Self::Argon2id { .. } => any_client_uses_srp,
            Self::Foreign { .. } => true,
        }
    }

    /// Seals the credential of the user `sub`.
    pub fn seal(&self, keys: &OpenKeys, sub: &Uuid, rng: &dyn Rng) -> Vec<u8> {
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(1 + SALT_BYTES + BYTES));
        match self {
            Self::SrpVerifier(verifier) => {
                plain.push(TAG_SRP);
                plain.extend_from_slice(&verifier.salt);
                plain.extend_from_slice(&verifier.v.to_be_bytes());
            }
            Self::Argon2id { salt, hash } => {
                plain.push(TAG_ARGON2ID);
                plain.extend_from_slice(salt);
                plain.extend_from_slice(hash);
            }
            Self::Foreign { algorithm, encoded } => {
                plain.push(TAG_FOREIGN);
                plain.extend_from_slice(algorithm.as_str().as_bytes());
                plain.push(b' ');
                plain.extend_from_slice(encoded.as_bytes());
            }
        }
        keys.seal(rng, &context(keys, sub), &plain)
    }

    /// Opens the credential of the user `sub`; `None` when it is not theirs.
    pub fn open(keys: &OpenKeys, sub: &Uuid, sealed: &[u8]) -> Option<Self> {
        let plain = keys.open_sealed(&context(keys, sub), sealed)?;
        let (tag, rest) = plain.expose().split_first()?;
        match *tag {
            TAG_SRP => {
                let (salt, v) = rest.split_first_chunk()?;
                Some(Self::SrpVerifier(Verifier {
                    salt: *salt,
                    v: Number::from_be_bytes(v)?,
                }))
            }
            TAG_ARGON2ID => {
                let (salt, hash) = rest.split_first_chunk()?;
                Some(Self::Argon2id {
                    salt: *salt,
                    hash: hash.try_into().ok()?,
                })
            }
            TAG_FOREIGN => {
                let (algorithm, encoded) = std::str::from_utf8(rest).ok()?.split_once(' ')?;
                Some(Self::Foreign {
                    algorithm: algorithm.into(),
                    encoded: encoded.to_owned(),
                })
            }
            _ => None,
        }
    }
}

const TAG_SRP: u8 = 1;
const TAG_ARGON2ID: u8 = 2;
const TAG_FOREIGN: u8 = 3;

/// Returns the credential of a user, opened.
///
/// # Errors
///
/// `InternalErrorException` when the pool's keys do not open it.
pub fn of_user(keys: &OpenKeys, user: &User) -> Result<Option<Credential>> {
    match &user.credential {
        None => Ok(None),
        Some(sealed) => Credential::open(keys, &user.sub, sealed)
            .map(Some)
            .ok_or_else(|| Error::internal("a stored credential does not open")),
    }
}

/// Makes and seals the credential of a new password, inside a store job.
///
/// # Errors
///
/// `InternalErrorException` when the pool has no keys or memory runs out.
pub fn make_in(
    engine: &Engine,
    r: &mut Reader<'_>,
    pool: &UserPool,
    sub: &Uuid,
    username: &str,
    password: &Secret,
) -> Result<Vec<u8>> {
    let keys = engine.keys_of(r, &pool.id)?;
    let made = Credential::make(
        Identity::new(&pool.id, username),
        password,
        pool.any_client_uses_srp,
        &*engine.rng,
    )?;
    Ok(made.seal(&keys, sub, &*engine.rng))
}

/// Makes and seals the credential of a new password, as a store job of its own.
///
/// # Errors
///
/// As [`make_in`].
pub async fn make(
    cx: &Cx,
    pool: &UserPool,
    sub: &Uuid,
    username: &str,
    password: &Secret,
) -> Result<Vec<u8>> {
    let engine = std::sync::Arc::clone(&cx.engine);
    let (pool, sub, username, password) = (pool.clone(), *sub, username.to_owned(), password.clone());
    cx.engine
        .store
        .read(move |r| make_in(&engine, r, &pool, &sub, &username, &password))
        .await
}

/// Seals an imported hash. The caller has checked it with [`password_hash::parse`].
pub fn seal_foreign(
    keys: &OpenKeys,
    rng: &dyn Rng,
    sub: &Uuid,
    algorithm: &PasswordHashingAlgorithmType,
    encoded: &str,
) -> Vec<u8> {
    Credential::Foreign {
        algorithm: algorithm.clone(),
        encoded: encoded.to_owned(),
    }
    .seal(keys, sub, rng)
}

/// Tells whether `password` is the user's present one or one of the `size` before it.
///
/// # Errors
///
/// `InternalErrorException` when the pool's keys do not open a credential.
pub fn was_used_in(
    engine: &Engine,
    r: &mut Reader<'_>,
    pool: &UserPool,
    user: &User,
    password: &Secret,
    size: usize,
) -> Result<bool> {
    if size == 0 {
        return Ok(false);
    }
    let keys = engine.keys_of(r, &pool.id)?;
    let identity = Identity::new(&pool.id, &user.username);
    // A temporary password is not one of the history's.
    let present = user.credential.iter().filter(|_| user.temporary_since.is_none());
    for sealed in present.chain(&user.password_history).take(size) {
        let Some(credential) = Credential::open(&keys, &user.sub, sealed) else {
            continue;
        };
        if credential.check(identity, password)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells whether `password` was used before, as a store job of its own; see [`was_used_in`].
///
/// # Errors
///
/// As [`was_used_in`].
pub async fn was_used(cx: &Cx, pool: &UserPool, user: &User, password: &Secret) -> Result<bool> {
    let size = history_size(pool);
    if size == 0 {
        return Ok(false);
    }
    let engine = std::sync::Arc::clone(&cx.engine);
    let (pool, user, password) = (pool.clone(), user.clone(), password.clone());
    cx.engine
        .store
        .read(move |r| was_used_in(&engine, r, &pool, &user, &password, size))
        .await
}

/// Returns how many passwords the pool remembers, 0 to 24.
pub fn history_size(pool: &UserPool) -> usize {
    let policy = pool
        .settings
        .policies
        .as_ref()
        .and_then(|policies| policies.password_policy.as_ref());
    let size = policy
        .and_then(|policy| policy.password_history_size)
        .unwrap_or(0);
    usize::try_from(size).unwrap_or(0).min(24)
}

/// Gives a user a new permanent password; the one before goes into the history.
pub fn replace(pool: &UserPool, user: &mut User, sealed: Vec<u8>) {
    let before = user.credential.replace(sealed);
    if user.temporary_since.take().is_none() {
        user.password_history.splice(0..0, before);
    }
    // The present password counts as one of those remembered.
    user.password_history
        .truncate(history_size(pool).saturating_sub(1));
}

fn context(keys: &OpenKeys, sub: &Uuid) -> String {
    format!("credential/1/{}/{sub}", keys.user_pool_id)
}

fn check_foreign(hash: &PasswordHash, password: &[u8]) -> bool {
    match hash {
        PasswordHash::Bcrypt(text) => SLOTS.with(|_| bcrypt::verify(password, text).unwrap_or(false)),
        PasswordHash::Scrypt {
            log_n,
            r,
            p,
            salt,
            hash,
        } => SLOTS.with(|_| {
            let mut found = vec![0; hash.len()];
            scrypt::Params::new(*log_n, *r, *p)
                .is_ok_and(|params| scrypt::scrypt(password, salt, &params, &mut found).is_ok())
                && bool::from(found.ct_eq(hash))
        }),
        PasswordHash::Argon2id {
            version,
            m_kib,
            t,
            p,
            salt,
            hash,
        } => {
            let version = if *version == 0x10 {
                Version::V0x10
            } else {
                Version::V0x13
            };
            argon2id(password, salt, version, *m_kib, *t, *p, hash.len())
                .is_some_and(|found| found.ct_eq(hash).into())
        }
        PasswordHash::Pbkdf2Sha256 {
            iterations,
            salt,
            hash,
        } => SLOTS.with(|_| {
            std::num::NonZeroU32::new(*iterations).is_some_and(|iterations| {
                aws_lc_rs::pbkdf2::verify(
                    aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256,
                    iterations,
                    salt,
                    password,
                    hash,
                )
                .is_ok()
            })
        }),
    }
}

fn argon2id(
    password: &[u8],
    salt: &[u8],
    version: Version,
    m_kib: u32,
    t: u32,
    p: u32,
    len: usize,
) -> Option<Vec<u8>> {
    let params = Params::new(m_kib, t, p, Some(len)).ok()?;
    let blocks = params.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params);
    SLOTS.with(|memory| {
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let mut out = vec![0; len];
        argon2
            .hash_password_into_with_memory(password, salt, &mut out, memory.get_mut(..blocks)?)
            .ok()?;
        Some(out)
    })
}

/// Lets as many slow hashes run at once as there are cores, and hands each the memory of
/// one before it: fetching 19 MiB from the system anew costs a tenth of the hash.
struct Slots {
    idle: Mutex<Vec<Vec<Block>>>,
    returned: Condvar,
}

static SLOTS: LazyLock<Slots> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Slots {
        idle: Mutex::new(vec![Vec::new(); cores]),
        returned: Condvar::new(),
    }
});

impl Slots {
    fn with<T>(&self, hash: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle = self
            .returned
            .wait_while(idle, |idle| idle.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let held = Held {
            slots: self,
            memory: idle.pop().unwrap_or_default(),
        };
        drop(idle);
        let mut held = held;
        hash(&mut held.memory)
    }
}

/// Gives the slot back, also when the hash panics.
struct Held<'a> {
    slots: &'a Slots,
    memory: Vec<Block>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        self.slots
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(memory);
        self.slots.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    const IDENTITY: Identity<'static> = Identity {
        pool_name: "AbC123xyZ",
        user_id: "amelia",
    };

    fn check(algorithm: &str, encoded: &str, password: &str) -> bool {
        let credential = Credential::Foreign {
            algorithm: algorithm.into(),
            encoded: encoded.to_owned(),
        };
        credential.check(IDENTITY, &Secret::from(password)).unwrap()
    }

    #[test]
    fn both_own_forms_know_their_password() {
        let rng = SeededRng::new(8);
        for srp in [true, false] {
            let made = Credential::make(IDENTITY, &Secret::from("Pass word 1!"), srp, &rng).unwrap();
            assert!(made.check(IDENTITY, &Secret::from("Pass word 1!")).unwrap());
            assert!(!made.check(IDENTITY, &Secret::from("Pass word 1! ")).unwrap());
            assert!(!made.check(IDENTITY, &Secret::from("")).unwrap());
            assert!(!made.check(IDENTITY, &Secret::new("x".repeat(1_000_000))).unwrap());
            assert!(!made.is_outdated(srp));
            assert!(made.is_outdated(!srp));
        }
    }

    #[test]
    fn argon2id_agrees_with_the_reference() {
        // RFC 9106 has vectors with a secret only; this one is of the reference
        // implementation's test.c (version 0x13, t=2, m=2^8, p=1).
        let encoded = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(check("ARGON2ID", encoded, "password"));
        assert!(!check("ARGON2ID", encoded, "Password"));
    }

    #[test]
    fn scrypt_agrees_with_its_rfc() {
        // RFC 7914 §12: "pleaseletmein", "SodiumChloride", N=16384, r=8, p=1.
        let encoded = format!(
            "16384$8$1${}${}",
            hex::encode("SodiumChloride"),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
             d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        );
        assert!(check("SCRYPT", &encoded, "pleaseletmein"));
        assert!(!check("SCRYPT", &encoded, "pleaseletmeout"));
    }

    #[test]
    fn pbkdf2_agrees_with_a_published_vector() {
        // RFC 7914 §11: "Password", "NaCl", 80000 iterations, 64 bytes. The salt is too
        // short for an import, so the check is called below the reading.
        let hash = PasswordHash::Pbkdf2Sha256 {
            iterations: 80_000,
            salt: b"NaCl".to_vec(),
            hash: hex::decode(
                "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
                 a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
            )
            .unwrap(),
        };
        assert!(check_foreign(&hash, b"Password"));
        assert!(!check_foreign(&hash, b"password"));
    }

    #[test]
    fn bcrypt_checks_every_letter() {
        let made = bcrypt::hash("U*U-secret", 4).unwrap();
        for letter in ["$2a$", "$2b$", "$2y$"] {
            let text = made.replacen("$2b$", letter, 1);
            assert!(check("BCRYPT", &text, "U*U-secret"));
            assert!(!check("BCRYPT", &text, "u*U-secret"));
        }
        // John the Ripper's public vector.
        assert!(check(
            "BCRYPT",
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U"
        ));
    }

    #[test]
    fn history_keeps_as_many_as_the_policy_says() {
        let mut pool = UserPool::default();
        let policy = crate::wire::idp::PasswordPolicyType {
            password_history_size: Some(3),
            ..Default::default()
        };
        pool.settings.policies = Some(crate::wire::idp::UserPoolPolicyType {
            password_policy: Some(policy),
            ..Default::default()
        });
        let mut user = User::default();
        for byte in 1..=5 {
            replace(&pool, &mut user, vec![byte]);
        }
        assert_eq!(user.credential, Some(vec![5]));
        assert_eq!(user.password_history, [vec![4], vec![3]]);
    }
}

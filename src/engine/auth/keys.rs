//! Pool keys: made with the pool, opened once, kept while the engine runs.
//!
//! Each pool has two RSA-2048 keys (ID tokens and access tokens name different ones) and a
//! key of its own, from which those for sealing, for codes and for simulated users derive.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
    RsaEncoding,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::vault::{KEY_BYTES, Seal, Vault};
use crate::base::rng::Rng;
use crate::base::secret::SecretBytes;
use crate::engine::{Engine, Error, Result};
use crate::store::Reader;
use crate::store::records::signing_keys::{self, Algorithm, PoolKeys};

/// How many pools' keys are kept open. Beyond it all are dropped and opened again on use.
const OPEN_MAX: usize = 1024;

/// Opened pool keys by pool id.
#[derive(Default)]
pub struct KeyRing {
    open: RwLock<HashMap<String, Arc<OpenKeys>>>,
}

impl KeyRing {
    /// Returns the keys of a pool, opening them on first use.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the pool has none or the vault does not open them.
    pub fn of(&self, vault: &Vault, r: &mut Reader<'_>, user_pool_id: &str) -> Result<Arc<OpenKeys>> {
        let held = self
            .open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(user_pool_id)
            .cloned();
        if let Some(keys) = held {
            return Ok(keys);
        }
        let sealed = signing_keys::get(r, user_pool_id)?
            .ok_or_else(|| Error::internal(format!("{user_pool_id} has no keys")))?;
        let keys = Arc::new(OpenKeys::open(vault, &sealed).ok_or_else(|| {
            Error::internal(format!(
                "the vault does not open the keys of {user_pool_id}: another vault key?"
            ))
        })?);
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN_MAX {
            open.clear();
        }
        open.insert(user_pool_id.to_owned(), Arc::clone(&keys));
        Ok(keys)
    }

    /// Drops the keys of a pool that was deleted.
    pub fn forget(&self, user_pool_id: &str) {
        self.open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(user_pool_id);
    }
}

impl Engine {
    /// Returns the keys of a pool; for use inside a store job.
    ///
    /// # Errors
    ///
    /// As [`KeyRing::of`].
    pub fn keys_of(&self, r: &mut Reader<'_>, user_pool_id: &str) -> Result<Arc<OpenKeys>> {
        self.keys.of(&self.vault, r, user_pool_id)
    }
}

/// Makes the keys of a new pool, sealed. The RSA keys come from the library's own source
/// of randomness and take some tenths of a second, off the async threads.
///
/// # Errors
///
/// `InternalErrorException` when the library fails.
pub async fn create(engine: &Engine, user_pool_id: &str) -> Result<PoolKeys> {
    let pair = tokio::task::spawn_blocking(|| Some((generate()?, generate()?)))
        .await
        .map_err(Error::internal)?;
    let Some((id, access)) = pair else {
        return Err(Error::internal("RSA keys cannot be made"));
    };
    let rng = &*engine.rng;
    let pool_key = SecretBytes::new(rng.bytes::<KEY_BYTES>());
    let seal = |name: &str, plain: &SecretBytes| {
        engine
            .vault
            .seal(rng, &context(user_pool_id, name), plain.expose())
    };
    let signing = |name: &str, made: &Generated| signing_keys::SigningKey {
        kid: made.kid.clone(),
        private: seal(name, &made.private),
        n: made.n.clone(),
        e: made.e.clone(),
    };
    Ok(PoolKeys {
        user_pool_id: user_pool_id.to_owned(),
        created_at: engine.clock.now(),
        pool_key: seal("pool", &pool_key),
        id_key: signing("id", &id),
        access_key: signing("access", &access),
        algorithm: Algorithm::Rs256,
    })
}

/// Returns the key set document of a pool, `None` when the pool has no keys.
///
/// # Errors
///
/// `InternalErrorException` when the store fails.
pub async fn jwks(engine: &Engine, user_pool_id: &str) -> Result<Option<Value>> {
    let id = user_pool_id.to_owned();
    let keys = engine
        .store
        .read(move |r| signing_keys::get(r, &id).map_err(Error::from))
        .await?;
    Ok(keys.map(|keys| key_set(&keys)))
}

/// Writes the public halves as a JSON Web Key Set. Source: RFC 7517, RFC 7518 §6.3.
pub fn key_set(keys: &PoolKeys) -> Value {
    let jwk = |key: &signing_keys::SigningKey| {
        json!({
            "alg": keys.algorithm,
            "e": URL_SAFE_NO_PAD.encode(&key.e),
            "kid": key.kid,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(&key.n),
            "use": "sig",
        })
    };
    json!({ "keys": [jwk(&keys.id_key), jwk(&keys.access_key)] })
}

/// Tells whether `vault` opens what is sealed of a pool.
pub fn opens(vault: &Vault, sealed: &PoolKeys) -> bool {
    vault
        .open(&context(&sealed.user_pool_id, "pool"), &sealed.pool_key)
        .is_some()
}

/// The keys of a pool, ready for use.
pub struct OpenKeys {
    /// Whose keys they are.
    pub user_pool_id: String,
    /// Signs ID tokens.
    pub id: Signer,
    /// Signs access tokens.
    pub access: Signer,
    seal: Seal,
    mac: hmac::Key,
}

impl OpenKeys {
    fn open(vault: &Vault, sealed: &PoolKeys) -> Option<Self> {
        let pool = &sealed.user_pool_id;
        let pool_key = vault.open(&context(pool, "pool"), &sealed.pool_key)?;
        let signer = |name: &str, key: &signing_keys::SigningKey| {
            let private = vault.open(&context(pool, name), &key.private)?;
            let header = match sealed.algorithm {
                Algorithm::Rs256 => json!({"kid": key.kid, "alg": "RS256"}),
                Algorithm::Rs512 => json!({"kid": key.kid, "typ": "JWS", "alg": "RS512"}),
            };
            Some(Signer {
                algorithm: sealed.algorithm,
                header: URL_SAFE_NO_PAD.encode(header.to_string()),
                kid: key.kid.clone(),
                pair: KeyPair::from_pkcs8(private.expose()).ok()?,
                n: key.n.clone(),
                e: key.e.clone(),
            })
        };
        Some(Self {
            user_pool_id: pool.clone(),
            id: signer("id", &sealed.id_key)?,
            access: signer("access", &sealed.access_key)?,
            seal: Seal::new(&derive(&pool_key, b"seal")),
            mac: hmac::Key::new(hmac::HMAC_SHA256, derive(&pool_key, b"mac").expose()),
        })
    }

    /// Seals `plain` for `context`.
    pub fn seal(&self, rng: &dyn Rng, context: &str, plain: &[u8]) -> Vec<u8> {
        self.seal.seal(rng, context, plain)
    }

    /// Opens what [`OpenKeys::seal`] made for the same context; `None` when it was not.
    pub fn open_sealed(&self, context: &str, sealed: &[u8]) -> Option<SecretBytes> {
        self.seal.open(context, sealed)
    }

    /// Returns a keyed hash of `parts` for one `purpose`. Parts are told apart by their
    /// lengths, so that no two lists of parts hash alike.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut message = hmac::Context::with_key(&self.mac);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            message.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            message.update(part);
        }
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(message.sign().as_ref()) {
            *to = *from;
        }
        out
    }
}

/// A key that signs tokens.
pub struct Signer {
    /// Names the key in headers and in the key set.
    pub kid: String,
    algorithm: Algorithm,
    header: String,
    pair: KeyPair,
    n: Vec<u8>,
    e: Vec<u8>,
}

impl Signer {
    /// Returns a signed token of these claims. That of a user pool has exactly `kid` and `alg` in its header.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the library fails.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        let claims = serde_json::to_vec(claims).map_err(Error::internal)?;
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let padding = match self.algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_SHA256,
            Algorithm::Rs512 => &RSA_PKCS1_SHA512,
        };
        let signature = self.sign_with(padding, token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// Returns the signature of `message`, RSA with SHA-256.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the library fails.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.sign_with(&RSA_PKCS1_SHA256, message)
    }

    fn sign_with(&self, padding: &'static dyn RsaEncoding, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(padding, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| Error::internal("nothing can be signed"))?;
        Ok(signature)
    }

    /// Returns the public half as RSAPublicKey in DER. Source: RFC 8017 §A.1.1.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Returns the claims of a token that this key signed.
    pub fn verify(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        // Every header we write is the same: any other is not ours, whatever it claims.
        if header != self.header {
            return None;
        }
        let public = PublicKeyComponents {
            n: &self.n,
            e: &self.e,
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let padding = match self.algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        };
        public.verify(padding, signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

struct Generated {
    kid: String,
    private: SecretBytes,
    n: Vec<u8>,
    e: Vec<u8>,
}

fn generate() -> Option<Generated> {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    let private = SecretBytes::new(pair.as_der().ok()?.as_ref());
    let public = pair.public_key();
    let n = public.modulus().big_endian_without_leading_zero().to_vec();
    let e = public.exponent().big_endian_without_leading_zero().to_vec();
    Some(Generated {
        // 44 characters of base64 is what the vendor's key ids look like.
        kid: STANDARD.encode(digest::digest(&digest::SHA256, &n)),
        private,
        n,
        e,
    })
}

fn derive(key: &SecretBytes, purpose: &[u8]) -> SecretBytes {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    SecretBytes::new(hmac::sign(&key, purpose).as_ref())
}

fn context(user_pool_id: &str, name: &str) -> String {
    format!("pool-keys/{user_pool_id}/{name}")
}

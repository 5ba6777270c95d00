//! Token signing keys and pool keys, sealed.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, document, encode, packed};
use crate::store::{Reader, Result, Tx};

/// Two RSA keys and the key that seals what belongs to the pool, each sealed under the vault's key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PoolKeys {
    pub user_pool_id: String,
    pub created_at: UnixMillis,
    /// Seals credentials, refresh tokens, sessions; macs codes.
    #[serde(with = "packed")]
    pub pool_key: Vec<u8>,
    pub id_key: SigningKey,
    pub access_key: SigningKey,
    #[serde(default)]
    pub algorithm: Algorithm,
}

/// How tokens are signed, as `alg` has it. Source: RFC 7518 §3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// Tokens of user pools.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// Tokens of identity pools, as observed.
    #[serde(rename = "RS512")]
    Rs512,
}

/// An RSA-2048 key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SigningKey {
    pub kid: String,
    /// Sealed PKCS #8.
    #[serde(with = "packed")]
    pub private: Vec<u8>,
    /// Modulus, big endian, no leading zero.
    #[serde(with = "packed")]
    pub n: Vec<u8>,
    /// Public exponent, big endian.
    #[serde(with = "packed")]
    pub e: Vec<u8>,
}

impl Document for PoolKeys {
    const RECORD: &'static str = "pool keys";
}

/// Keeps the keys of a pool.
pub fn put(tx: &mut Tx<'_>, keys: &PoolKeys) -> Result<()> {
    tx.execute(
        "INSERT INTO pool_keys (pool, format, document) VALUES (?1, ?2, ?3)
         ON CONFLICT (pool) DO UPDATE SET format = excluded.format, document = excluded.document",
        &[
            (&keys.user_pool_id).into(),
            PoolKeys::VERSION.into(),
            encode(keys)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads the keys of one pool, whichever: what tells whether a vault key belongs to the store.
pub fn any(r: &mut Reader<'_>) -> Result<Option<PoolKeys>> {
    r.one(
        "SELECT format, document FROM pool_keys ORDER BY pool LIMIT 1",
        &[],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Reads the keys of a pool.
pub fn get(r: &mut Reader<'_>, pool: &str) -> Result<Option<PoolKeys>> {
    r.one(
        "SELECT format, document FROM pool_keys WHERE pool = ?1",
        &[pool.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}

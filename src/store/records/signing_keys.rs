//! Token signing keys and pool keys, sealed.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

/// Two RSA keys and the key that seals what belongs to the pool, each sealed under the vault's key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PoolKeys {
    pub user_pool_id: String,
    pub created_at: UnixMillis,
    /// Seals credentials, refresh tokens, sessions; macs codes.
    pub pool_key: Vec<u8>,
    pub id_key: SigningKey,
    pub access_key: SigningKey,
}

/// An RSA-2048 key.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SigningKey {
    pub kid: String,
    /// Sealed PKCS #8.
    pub private: Vec<u8>,
    /// Modulus, big endian, no leading zero.
    pub n: Vec<u8>,
    /// Public exponent, big endian.
    pub e: Vec<u8>,
}

impl Document for PoolKeys {
    const RECORD: &'static str = "pool keys";
}

/// Keeps the keys of a pool.
pub fn put(_tx: &mut Tx<'_>, _keys: &PoolKeys) -> Result<()> {
    todo!()
}
/// Reads the keys of a pool.
pub fn get(_r: &mut Reader<'_>, _pool: &str) -> Result<Option<PoolKeys>> {
    todo!()
}

//! Seals secrets before they are stored (AES-256-GCM-SIV), bound to where they belong.

use crate::base::rng::Rng;
use crate::base::secret::SecretBytes;

/// Holds the key that wraps everything else; it lies outside the store.
pub struct Vault {
    key: SecretBytes,
}

impl Vault {
    /// Takes the 32-byte key.
    pub fn new(key: SecretBytes) -> Self {
        Self { key }
    }

    /// Seals `plain` for `context` (for example `access-key/AKIA…`).
    pub fn seal(&self, _rng: &dyn Rng, _context: &str, _plain: &[u8]) -> Vec<u8> {
        let _ = &self.key;
        todo!()
    }

    /// Opens what [`Vault::seal`] made for the same context; `None` when it was not.
    pub fn open(&self, _context: &str, _sealed: &[u8]) -> Option<SecretBytes> {
        todo!()
    }
}

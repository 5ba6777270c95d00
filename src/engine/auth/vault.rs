//! Seals secrets before they are stored (AES-256-GCM-SIV), bound to where they belong.
//!
//! The key lies outside the store: in an environment variable, or in a file beside it that
//! only its owner may read. A copy of the database alone opens nothing.
//!
//! Source: RFC 8452.

use std::fmt;
use std::path::Path;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::base::rng::Rng;
use crate::base::secret::SecretBytes;

/// The file in the data folder that holds the key.
pub const KEY_FILE: &str = "vault.key";
/// The environment variable that holds the key in base64; it goes before the file.
pub const KEY_VARIABLE: &str = "POOLHOUSE_VAULT_KEY";
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

const NONCE_BYTES: usize = 12;
const FORMAT: u8 = 1;

/// Holds the key that wraps everything else; it lies outside the store.
pub struct Vault {
    seal: Seal,
}

impl Vault {
    /// Takes the 32-byte key. A key of another length is hashed to one, so that tests may
    /// pass any; [`Vault::open_or_create`] refuses it.
    pub fn new(key: SecretBytes) -> Self {
        Self {
            seal: Seal::new(&key),
        }
    }

    /// Takes the key of `POOLHOUSE_VAULT_KEY`, or of `vault.key` in `data_dir`, which is
    /// made when it is not there.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the key cannot be read, cannot be written, or is no key.
    pub fn open_or_create(data_dir: &Path, rng: &dyn Rng) -> Result<Self, KeyError> {
        if let Some(vault) = Self::find(data_dir)? {
            return Ok(vault);
        }
        let path = data_dir.join(KEY_FILE);
        let key = SecretBytes::new(rng.bytes::<KEY_BYTES>());
        write_key(&path, &key).map_err(|reason| unusable(&path, &reason))?;
        Ok(Self::new(key))
    }

    /// Takes the key of `POOLHOUSE_VAULT_KEY`, or of `vault.key` in `data_dir`; `None` when
    /// there is neither.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the key cannot be read or is no key.
    pub fn find(data_dir: &Path) -> Result<Option<Self>, KeyError> {
        let given = std::env::var(KEY_VARIABLE).ok().filter(|text| !text.is_empty());
        if let Some(text) = given.map(Zeroizing::new) {
            let key = decode(&text).ok_or_else(|| KeyError {
                place: format!("the environment variable {KEY_VARIABLE}"),
                reason: "is not 32 bytes in base64".to_owned(),
            })?;
            return Ok(Some(Self::new(key)));
        }
        let path = data_dir.join(KEY_FILE);
        match std::fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => decode(text.trim())
                .map(Self::new)
                .map(Some)
                .ok_or_else(|| KeyError {
                    place: format!("the key file {}", path.display()),
                    reason: "does not hold 32 bytes in base64; restore it from a backup, or remove it \
                             together with the database"
                        .to_owned(),
                }),
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(reason) => Err(unusable(&path, &reason)),
        }
    }

    /// Seals `plain` for `context` (for example `access-key/AKIA…`).
    pub fn seal(&self, rng: &dyn Rng, context: &str, plain: &[u8]) -> Vec<u8> {
        self.seal.seal(rng, context, plain)
    }

    /// Opens what [`Vault::seal`] made for the same context; `None` when it was not.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<SecretBytes> {
        self.seal.open(context, sealed)
    }
}

/// Why there is no vault key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    place: String,
    reason: String,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.reason)
    }
}

impl std::error::Error for KeyError {}

fn unusable(path: &Path, reason: &std::io::Error) -> KeyError {
    KeyError {
        place: format!("the key file {}", path.display()),
        reason: format!("cannot be used: {reason}"),
    }
}

/// A key that seals: the vault's own, or a pool's.
///
/// A sealed text is a format byte, a random nonce, the cipher text and its tag. Nonces may
/// repeat by chance without harm: the mode is misuse resistant.
pub struct Seal {
    cipher: Aes256GcmSiv,
}

impl Seal {
    /// Takes a key.
    pub fn new(key: &SecretBytes) -> Self {
        let cipher = Aes256GcmSiv::new_from_slice(key.expose()).unwrap_or_else(|_| {
            let hashed = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.expose());
            let mut exact = Zeroizing::new([0; KEY_BYTES]);
            for (to, from) in exact.iter_mut().zip(hashed.as_ref()) {
                *to = *from;
            }
            Aes256GcmSiv::new(&(*exact).into())
        });
        Self { cipher }
    }

    /// Seals `plain` for `context`.
    pub fn seal(&self, rng: &dyn Rng, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rng.bytes();
        let payload = Payload {
            msg: plain,
            aad: context.as_bytes(),
        };
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(1 + NONCE_BYTES + 16));
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        // Fails only for texts of more than 64 GiB; an empty seal never opens.
        if let Ok(text) = self.cipher.encrypt(&Nonce::from(nonce), payload) {
            sealed.extend_from_slice(&text);
        }
        sealed
    }

    /// Opens what [`Seal::seal`] made for the same context; `None` when it was not.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<SecretBytes> {
        let (format, rest) = sealed.split_first()?;
        if *format != FORMAT {
            return None;
        }
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload {
            msg: text,
            aad: context.as_bytes(),
        };
        let plain = self.cipher.decrypt(&Nonce::from(*nonce), payload).ok()?;
        Some(SecretBytes::new(plain))
    }
}

fn decode(text: &str) -> Option<SecretBytes> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    (bytes.len() == KEY_BYTES).then(|| SecretBytes::new(bytes.as_slice()))
}

/// Writes a new key file that only its owner may read. An existing one is never replaced:
/// without it nothing sealed could be opened again.
fn write_key(path: &Path, key: &SecretBytes) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.expose())));
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    #[test]
    fn opens_for_its_context_only() {
        let rng = SeededRng::new(4);
        let vault = Vault::new(SecretBytes::new([1; 32]));
        let sealed = vault.seal(&rng, "access-key/AKIA1", b"secret");
        assert_eq!(
            vault.open("access-key/AKIA1", &sealed).unwrap().expose(),
            b"secret"
        );
        assert!(vault.open("access-key/AKIA2", &sealed).is_none());
        let other = Vault::new(SecretBytes::new([2; 32]));
        assert!(other.open("access-key/AKIA1", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open("access-key/AKIA1", &changed).is_none());
        }
        assert!(vault.open("access-key/AKIA1", &[]).is_none());
    }

    #[test]
    fn sealing_is_aes_256_gcm_siv() {
        // RFC 8452 appendix C.2: key 01 00…, nonce 03 00…, plain text 01 00 00 00 00 00 00 00.
        let mut key = [0; 32];
        key[0] = 1;
        let mut nonce = [0; 12];
        nonce[0] = 3;
        let mut sealed = vec![FORMAT];
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&hex::decode("c2ef328e5c71c83b843122130f7364b761e0b97427e3df28").unwrap());
        let seal = Seal::new(&SecretBytes::new(key));
        assert_eq!(seal.open("", &sealed).unwrap().expose(), [1, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn key_file_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let rng = SeededRng::new(5);
        let first = Vault::open_or_create(folder.path(), &rng).unwrap();
        let sealed = first.seal(&rng, "x", b"y");
        let second = Vault::open_or_create(folder.path(), &rng).unwrap();
        assert_eq!(second.open("x", &sealed).unwrap().expose(), b"y");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(KEY_FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn damaged_key_file_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        std::fs::write(&path, "c2hvcnQ=\n").unwrap();
        let refused = Vault::open_or_create(folder.path(), &SeededRng::new(6))
            .err()
            .unwrap();
        assert!(refused.to_string().contains("vault.key"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "c2hvcnQ=\n");
    }
}

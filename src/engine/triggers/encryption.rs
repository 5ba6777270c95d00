//! Encrypts a code for a custom sender: the AWS Encryption SDK's message format, version 2.
//!
//! The key that a pool's `KMSKeyID` stands for is a raw AES-256 key, wrapped as the public
//! SDKs' raw AES keyring does: its namespace is [`KEY_NAMESPACE`], its name the `KMSKeyID`.
//! The algorithm suite is AES-256-GCM with HKDF-SHA-512 and key commitment, without signature
//! (0x0478); the body is one frame.
//!
//! Source: AWS Encryption SDK developer guide, "Message format reference", "Algorithms
//! reference".

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::base::rng::Rng;
use crate::base::secret::{Secret, SecretBytes};

/// The namespace of the wrapping key; the vendor keeps `aws-kms` for its own.
pub const KEY_NAMESPACE: &str = "poolhouse";
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

const VERSION: u8 = 2;
const SUITE: [u8; 2] = [0x04, 0x78];
const FRAMED: u8 = 2;
const FRAME_BYTES: u32 = 4096;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const LAST_FRAME: [u8; 4] = [0xff; 4];

/// Reads a key: 32 bytes in base64.
pub fn parse_key(text: &Secret) -> Option<SecretBytes> {
    let bytes = Zeroizing::new(STANDARD.decode(text.expose().trim()).ok()?);
    (bytes.len() == KEY_BYTES).then(|| SecretBytes::new(bytes.as_slice()))
}

/// Encrypts `plain`; `None` when the key is none, or something is longer than the format allows.
pub fn encrypt(
    rng: &dyn Rng,
    key: &SecretBytes,
    key_name: &str,
    context: &BTreeMap<String, String>,
    plain: &[u8],
) -> Option<Vec<u8>> {
    let data_key = Zeroizing::new(rng.bytes::<KEY_BYTES>());
    let message_id: [u8; 32] = rng.bytes();
    let pairs = write_context(context)?;

    // The wrapped data key: its provider's information ends with the nonce.
    let wrap_nonce: [u8; NONCE_BYTES] = rng.bytes();
    let mut info = Vec::new();
    info.extend_from_slice(key_name.as_bytes());
    info.extend_from_slice(&u32::try_from(TAG_BYTES.saturating_mul(8)).ok()?.to_be_bytes());
    info.extend_from_slice(&u32::try_from(NONCE_BYTES).ok()?.to_be_bytes());
    info.extend_from_slice(&wrap_nonce);
    let wrapped = seal(key.expose(), wrap_nonce, &pairs, &*data_key)?;

    let (content_key, commitment) = derive(&*data_key, &message_id)?;

    let mut message = vec![VERSION];
    message.extend_from_slice(&SUITE);
    message.extend_from_slice(&message_id);
    put_field(&mut message, &pairs)?;
    message.extend_from_slice(&1_u16.to_be_bytes());
    put_field(&mut message, KEY_NAMESPACE.as_bytes())?;
    put_field(&mut message, &info)?;
    put_field(&mut message, &wrapped)?;
    message.push(FRAMED);
    message.extend_from_slice(&FRAME_BYTES.to_be_bytes());
    message.extend_from_slice(&*commitment);
    let tag = seal(&*content_key, [0; NONCE_BYTES], &message, &[])?;
    message.extend_from_slice(&tag);

    if plain.len() > usize::try_from(FRAME_BYTES).ok()? {
        return None;
    }
    let sequence = 1_u32.to_be_bytes();
    let mut nonce = [0; NONCE_BYTES];
    let [.., a, b, c, d] = &mut nonce;
    [*a, *b, *c, *d] = sequence;
    let length = u32::try_from(plain.len()).ok()?;
    let mut aad = message_id.to_vec();
    aad.extend_from_slice(b"AWSKMSEncryptionClient Final Frame");
    aad.extend_from_slice(&sequence);
    aad.extend_from_slice(&u64::from(length).to_be_bytes());
    message.extend_from_slice(&LAST_FRAME);
    message.extend_from_slice(&sequence);
    message.extend_from_slice(&nonce);
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(&seal(&*content_key, nonce, &aad, plain)?);
    Some(message)
}

/// Writes an encryption context: a count and pairs of names and values, sorted. An empty one is
/// no bytes at all.
fn write_context(context: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    if context.is_empty() {
        return Some(Vec::new());
    }
    let mut pairs = u16::try_from(context.len()).ok()?.to_be_bytes().to_vec();
    for (name, value) in context {
        put_field(&mut pairs, name.as_bytes())?;
        put_field(&mut pairs, value.as_bytes())?;
    }
    Some(pairs)
}

fn put_field(to: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    to.extend_from_slice(&u16::try_from(bytes.len()).ok()?.to_be_bytes());
    to.extend_from_slice(bytes);
    Some(())
}

/// Returns the cipher text with its tag.
fn seal(key: &[u8], nonce: [u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut text = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut text)
        .ok()?;
    Some(text)
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

type Derived = Zeroizing<[u8; KEY_BYTES]>;

/// Returns the key of the content and the commitment to it.
fn derive(data_key: &[u8], message_id: &[u8]) -> Option<(Derived, Derived)> {
    let extracted = Salt::new(HKDF_SHA512, message_id).extract(data_key);
    let expand = |info: &[&[u8]]| {
        let mut out = Zeroizing::new([0; KEY_BYTES]);
        extracted.expand(info, Length).ok()?.fill(&mut *out).ok()?;
        Some(out)
    };
    Some((expand(&[&SUITE, b"DERIVEKEY"])?, expand(&[b"COMMITKEY"])?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    fn open(key: &[u8], nonce: &[u8], aad: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
        let mut text = text.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        let plain = key.open_in_place(nonce, Aad::from(aad), &mut text).ok()?;
        Some(plain.to_vec())
    }

    #[test]
    fn the_message_opens_with_its_key_alone() {
        let key = SecretBytes::new([7; KEY_BYTES]);
        let context = BTreeMap::from([("userpool-id".to_owned(), "eu-west-1_x".to_owned())]);
        let message = encrypt(&SeededRng::new(1), &key, "arn:key", &context, b"123456").unwrap();
        assert_eq!(message[..3], [2, 4, 0x78]);
        let message_id = &message[3..35];
        let pairs_len = usize::from(u16::from_be_bytes([message[35], message[36]]));
        let pairs = &message[37..37 + pairs_len];
        let mut at = 37 + pairs_len + 2;
        let mut field = || {
            let length = usize::from(u16::from_be_bytes([message[at], message[at + 1]]));
            let bytes = &message[at + 2..at + 2 + length];
            at += 2 + length;
            bytes
        };
        assert_eq!(field(), KEY_NAMESPACE.as_bytes());
        let info = field();
        assert!(info.starts_with(b"arn:key"));
        let wrapped = field();
        let data_key = open(key.expose(), &info[info.len() - NONCE_BYTES..], pairs, wrapped).unwrap();
        assert!(open(&[8; 32], &info[info.len() - NONCE_BYTES..], pairs, wrapped).is_none());
        let (content_key, commitment) = derive(&data_key, message_id).unwrap();
        let header_end = at + 1 + 4 + KEY_BYTES;
        assert_eq!(message[header_end - KEY_BYTES..header_end], *commitment);
        let tag = &message[header_end..header_end + TAG_BYTES];
        assert!(open(&*content_key, &[0; 12], &message[..header_end], tag).is_some());
        let frame = &message[header_end + TAG_BYTES..];
        assert_eq!(frame[..4], LAST_FRAME);
        let aad = [
            message_id,
            b"AWSKMSEncryptionClient Final Frame",
            &1_u32.to_be_bytes(),
            &6_u64.to_be_bytes(),
        ]
        .concat();
        assert_eq!(
            open(&*content_key, &frame[8..20], &aad, &frame[24..]).unwrap(),
            b"123456"
        );
    }
}

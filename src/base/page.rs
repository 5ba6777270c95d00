//! Page tokens: where a listing goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::clock::UnixMillis;

/// A page token lives one hour, as the vendor's do.
///
/// Source: ListUsers, user pools API reference ("expires after one hour").
pub const VALID_FOR_SECS: i64 = 3600;

/// Why a page token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadToken {
    /// Not a token of ours, or one of another listing.
    Malformed,
    /// Older than an hour.
    Expired,
}

/// Packs the last key of a page. `listing` names what is listed and by what filter,
/// so that a token of one listing is refused by another.
pub fn token(listing: &str, last_key: &[u8], now: UnixMillis) -> String {
    let mut bytes = Vec::with_capacity(12 + last_key.len());
    bytes.extend_from_slice(&fingerprint(listing).to_be_bytes());
    bytes.extend_from_slice(&now.secs().to_be_bytes());
    bytes.extend_from_slice(last_key);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Unpacks the key after which a listing goes on.
///
/// # Errors
///
/// [`BadToken::Malformed`] for text that [`token`] did not make for this listing,
/// [`BadToken::Expired`] after an hour.
pub fn key(listing: &str, token: &str, now: UnixMillis) -> Result<Vec<u8>, BadToken> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken::Malformed)?;
    let (print, rest) = bytes.split_first_chunk::<4>().ok_or(BadToken::Malformed)?;
    let (made_at, last_key) = rest.split_first_chunk::<8>().ok_or(BadToken::Malformed)?;
    if u32::from_be_bytes(*print) != fingerprint(listing) {
        return Err(BadToken::Malformed);
    }
    if now.secs().saturating_sub(i64::from_be_bytes(*made_at)) > VALID_FOR_SECS {
        return Err(BadToken::Expired);
    }
    Ok(last_key.to_vec())
}

/// FNV-1a, 32 bits: tells listings apart; it guards against mistakes, not attacks.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_returns_its_key_for_an_hour_and_for_its_listing_only() {
        let now = UnixMillis(1_700_000_000_000);
        let packed = token("groups", b"admins", now);
        assert_eq!(key("groups", &packed, now), Ok(b"admins".to_vec()));
        assert_eq!(key("users", &packed, now), Err(BadToken::Malformed));
        assert_eq!(
            key("groups", &packed, now.plus_secs(3601)),
            Err(BadToken::Expired)
        );
        assert_eq!(key("groups", "no", now), Err(BadToken::Malformed));
    }
}

//! Identifiers in the forms that clients have come to expect.
//!
//! Lengths and alphabets: the patterns of the service model, and the forms seen in
//! the vendor's examples.

use uuid::Uuid;

use super::clock::UnixMillis;
use super::rng::Rng;

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Returns a user pool id: the Region, an underscore, nine alphanumerics.
pub fn user_pool_id(rng: &dyn Rng, region: &str) -> String {
    format!("{region}_{}", rng.string(ALPHANUMERIC, 9))
}

/// Returns an app client id: 26 lower-case alphanumerics.
pub fn client_id(rng: &dyn Rng) -> String {
    rng.string(LOWER, 26)
}

/// Returns a client secret: 51 lower-case alphanumerics (263 bits).
pub fn client_secret(rng: &dyn Rng) -> String {
    rng.string(LOWER, 51)
}

/// Returns an import job id: `import-` and ten alphanumerics.
pub fn import_job_id(rng: &dyn Rng) -> String {
    format!("import-{}", rng.string(ALPHANUMERIC, 10))
}

/// Returns an access key id: `AKIA` and sixteen upper-case alphanumerics.
pub fn access_key_id(rng: &dyn Rng) -> String {
    key_id(rng, "AKIA")
}

/// Returns an access key id that begins with `prefix` and is as long as any other: twenty characters.
pub fn key_id(rng: &dyn Rng, prefix: &str) -> String {
    format!(
        "{prefix}{}",
        rng.string(UPPER, 20_usize.saturating_sub(prefix.len()))
    )
}

/// Returns a secret access key: forty alphanumerics (238 bits).
pub fn secret_access_key(rng: &dyn Rng) -> String {
    rng.string(ALPHANUMERIC, 40)
}

/// Returns a random UUID (version 4).
pub fn uuid(rng: &dyn Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.bytes()).into_uuid()
}

/// Returns a UUID that sorts by time (version 7), so that new rows land beside each other.
pub fn ordered_uuid(rng: &dyn Rng, now: UnixMillis) -> Uuid {
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &rng.bytes()).into_uuid()
}

/// Writes a number in 25 lower-case alphanumerics, enough for any: session ids look like that.
pub fn base36(number: u128) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = number;
    let mut text: Vec<char> = (0..25)
        .filter_map(|_| {
            let digit = usize::try_from(rest % 36).unwrap_or(0);
            rest /= 36;
            DIGITS.get(digit).map(|byte| char::from(*byte))
        })
        .collect();
    text.reverse();
    text.into_iter().collect()
}

/// Returns a code that stands alone as a proof: eight decimal digits, leading zeros kept.
pub fn long_confirmation_code(rng: &dyn Rng) -> String {
    format!("{:08}", rng.below(100_000_000))
}

/// Returns a confirmation code: six decimal digits, leading zeros kept.
pub fn confirmation_code(rng: &dyn Rng) -> String {
    format!("{:06}", rng.below(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base36_holds_every_number() {
        assert_eq!(base36(0), "0".repeat(25));
        assert_eq!(base36(35 * 36 + 10), format!("{}za", "0".repeat(23)));
        let largest = base36(u128::MAX);
        assert_eq!(largest.len(), 25);
        assert_eq!(u128::from_str_radix(&largest, 36), Ok(u128::MAX));
    }
}

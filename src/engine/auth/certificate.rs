//! The certificate that a user pool signs its requests to SAML providers with.
//!
//! It holds the key that signs ID tokens, is valid for ten years, and is renewed each year
//! since the user pool was made; the key stays, so an older one goes on to verify. It is made
//! when asked for, the same each time: nothing of it is kept.
//!
//! Source: user pools API reference, GetSigningCertificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{CertificateParams, DnType, PKCS_RSA_SHA256, PublicKeyData, SerialNumber, SigningKey};

use super::keys::{OpenKeys, Signer};
use crate::base::clock::UnixMillis;
use crate::engine::{Error, Result};
use crate::store::records::user_pools::UserPool;

const VALID_YEARS: i64 = 10;

/// Returns the certificate that is in use at `now`: X.509 in DER, as base64.
///
/// # Errors
///
/// `InternalErrorException` when the library fails.
pub fn of_pool(keys: &OpenKeys, pool: &UserPool, now: UnixMillis) -> Result<String> {
    let begin = renewal_before(day_of(pool.created_at)?, day_of(now)?);
    let end = begin.checked_add(VALID_YEARS.years()).map_err(Error::internal)?;
    let mut params = CertificateParams::default();
    let (year, month, of_month) = parts(begin);
    params.not_before = rcgen::date_time_ymd(year, month, of_month);
    let (year, month, of_month) = parts(end);
    params.not_after = rcgen::date_time_ymd(year, month, of_month);
    params.distinguished_name.push(DnType::CommonName, &pool.id);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Poolhouse");
    let serial = keys.mac("certificate", &[begin.to_string().as_bytes()]);
    let mut serial: Vec<u8> = serial.iter().copied().take(16).collect();
    // A serial number is positive. RFC 5280 §4.1.2.2.
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    params.serial_number = Some(SerialNumber::from(serial));
    let made = params.self_signed(&Key(&keys.id)).map_err(Error::internal)?;
    Ok(STANDARD.encode(made.der()))
}

/// Returns the last anniversary of `created` that is not after `today`.
fn renewal_before(created: Date, today: Date) -> Date {
    let mut years = i64::from(today.year())
        .saturating_sub(i64::from(created.year()))
        .max(0);
    while years > 0 {
        match created.checked_add(years.years()) {
            Ok(day) if day <= today => return day,
            _ => years = years.saturating_sub(1),
        }
    }
    created
}

fn day_of(at: UnixMillis) -> Result<Date> {
    let at = Timestamp::from_millisecond(at.0).map_err(Error::internal)?;
    Ok(at.to_zoned(TimeZone::UTC).date())
}

fn parts(day: Date) -> (i32, u8, u8) {
    let small = |number: i8| u8::try_from(number).unwrap_or(1);
    (i32::from(day.year()), small(day.month()), small(day.day()))
}

/// The key as the certificate library wants it.
struct Key<'a>(&'a Signer);

impl PublicKeyData for Key<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for Key<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.0
            .sign_bytes(message)
            .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_renewed_on_the_day_the_pool_was_made() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let created = day("2024-02-29");
        for (today, renewed) in [
            ("2024-02-29", "2024-02-29"),
            ("2025-02-27", "2024-02-29"),
            ("2025-02-28", "2025-02-28"),
            ("2028-02-28", "2027-02-28"),
            ("2028-03-01", "2028-02-29"),
            ("2020-01-01", "2024-02-29"),
        ] {
            assert_eq!(renewal_before(created, day(today)), day(renewed), "{today}");
        }
    }
}

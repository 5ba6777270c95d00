//! Devices of users: the key a sign-in hands out, and the verifier a confirmed one is kept with.
//!
//! A key is only written down when it is confirmed. Until then the access token of the
//! sign-in names it, so that nobody confirms a key that was not handed to them.
//!
//! Source: developer guide, "Working with user devices in your user pool".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::bignum::Number;
use super::keys::OpenKeys;
use super::srp::Identity;
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::engine::{Error, Result};
use crate::store::records::devices::Device;
use crate::store::records::tokens as families;
use crate::store::records::user_pools::UserPool;
use crate::store::{self, Reader, Tx};
use crate::wire::idp::{DeviceConfigurationType, DeviceSecretVerifierConfigType, NewDeviceMetadataType};

/// The most bytes of a device's salt. Clients send 16, and a sign byte.
const SALT_MAX: usize = 64;

fn configuration(pool: &UserPool) -> Option<&DeviceConfigurationType> {
    pool.settings.device_configuration.as_ref()
}

/// Tells whether a user pool tracks devices at all.
pub fn is_tracked(pool: &UserPool) -> bool {
    configuration(pool).is_some()
}

/// Tells whether a confirmed device is only remembered once its user says so.
pub fn asks_user(pool: &UserPool) -> bool {
    configuration(pool).is_some_and(|it| it.device_only_remembered_on_user_prompt == Some(true))
}

/// Tells whether a remembered device stands in for a second factor.
pub fn stands_in(pool: &UserPool) -> bool {
    configuration(pool).is_some_and(|it| it.challenge_required_on_new_device == Some(true))
}

/// Makes the key of a device that is not known yet: the Region and a UUID.
pub fn new_key(pool: &UserPool, rng: &dyn Rng) -> String {
    format!("{}_{}", pool.region, ids::uuid(rng))
}

/// Returns the group key of a device: always the same for the same key, so that it need not
/// be kept until the device is confirmed.
pub fn group_key(keys: &OpenKeys, device_key: &str) -> String {
    let mac = keys.mac("device group", &[device_key.as_bytes()]);
    let name: String = mac.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("-{name}")
}

/// Returns what a sign-in tells of a device that is not known yet.
pub fn metadata(keys: &OpenKeys, device_key: &str) -> NewDeviceMetadataType {
    NewDeviceMetadataType {
        device_key: Some(device_key.to_owned()),
        device_group_key: Some(group_key(keys, device_key)),
    }
}

/// Returns whose proof a device gives: its group takes the place of the pool's name, its key
/// that of the user's.
pub fn identity(device: &Device) -> Identity<'_> {
    Identity {
        pool_name: &device.group_key,
        user_id: &device.key,
    }
}

/// What a device's password is checked with.
pub struct Verifier {
    /// As the client sent it; its own padding is kept.
    pub salt: Vec<u8>,
    pub v: Number,
}

impl Verifier {
    /// Reads what a client sends to confirm its device.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` when salt or verifier is missing, not base64 or no number
    /// of the group.
    pub fn read(given: Option<&DeviceSecretVerifierConfigType>) -> Result<Self> {
        let missing = |name: &str| {
            Error::invalid(format!(
                "Missing required parameter DeviceSecretVerifierConfig.{name}"
            ))
        };
        let given = given.ok_or_else(|| missing("PasswordVerifier"))?;
        let decode = |name: &str, value: Option<&String>| {
            let value = value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| missing(name))?;
            let bytes = STANDARD.decode(value).ok();
            bytes.ok_or_else(|| Error::invalid(format!("DeviceSecretVerifierConfig.{name} is not base64.")))
        };
        let v = decode("PasswordVerifier", given.password_verifier.as_ref())?;
        let salt = decode("Salt", given.salt.as_ref())?;
        if salt.len() > SALT_MAX {
            return Err(Error::invalid("DeviceSecretVerifierConfig.Salt is too long."));
        }
        let v = Number::from_be_bytes(&v)
            .filter(|v| !v.is_zero())
            .ok_or_else(|| {
                Error::invalid("DeviceSecretVerifierConfig.PasswordVerifier is not a verifier.")
            })?;
        Ok(Self { salt, v })
    }

    /// Seals the verifier for this device of this user.
    pub fn seal(&self, keys: &OpenKeys, sub: &Uuid, device_key: &str, rng: &dyn Rng) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new([self.v.to_be_bytes().as_slice(), &self.salt].concat());
        keys.seal(rng, &context(sub, device_key), &plain)
    }

    /// Opens the verifier of a device.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the pool's key does not open it.
    pub fn open(keys: &OpenKeys, device: &Device) -> Result<Self> {
        let failed = || Error::internal(format!("the verifier of device {} does not open", device.key));
        let plain = keys
            .open_sealed(&context(&device.sub, &device.key), &device.verifier)
            .ok_or_else(failed)?;
        let (v, salt) = plain
            .expose()
            .split_first_chunk::<{ super::bignum::BYTES }>()
            .ok_or_else(failed)?;
        Ok(Self {
            salt: salt.to_vec(),
            v: Number::from_be_bytes(v).ok_or_else(failed)?,
        })
    }
}

fn context(sub: &Uuid, device_key: &str) -> String {
    format!("device/{sub}/{device_key}")
}

/// Checks the device key that comes with a refresh token: where devices are tracked it must
/// be that of the sign-in, and of no device that was forgotten since.
///
/// # Errors
///
/// `NotAuthorizedException`.
pub fn check_refresh(
    r: &mut Reader<'_>,
    pool: &UserPool,
    of_grant: Option<&str>,
    given: Option<&str>,
) -> Result<()> {
    let Some(key) = of_grant.filter(|_| is_tracked(pool)) else {
        return Ok(());
    };
    if given != Some(key) || is_forgotten(r, &pool.id, key)? {
        return Err(Error::not_authorized("Invalid Refresh Token"));
    }
    Ok(())
}

/// Notes that a device was forgotten: its key is good for nothing any more, as long as a token may
/// name it.
pub fn forget(tx: &mut Tx<'_>, user_pool_id: &str, key: &str, now: UnixMillis) -> store::Result<()> {
    /// `RefreshTokenValidity` is at most ten years.
    const LONGEST_SECS: i64 = 315_360_000;
    families::revoke(tx, user_pool_id, &family_of(key), now.plus_secs(LONGEST_SECS))
}

/// Tells whether the device of a key was forgotten.
pub fn is_forgotten(r: &mut Reader<'_>, user_pool_id: &str, key: &str) -> store::Result<bool> {
    families::is_revoked(r, user_pool_id, &family_of(key))
}

/// All tokens that name a device are a family, as those of one sign-in are.
fn family_of(key: &str) -> String {
    format!("device/{key}")
}

/// The answer to a device that the user does not have. Clients look for this sentence and
/// then forget the key they kept.
pub fn unknown() -> Error {
    Error::not_found("Device does not exist.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(verifier: &str, salt: &str) -> DeviceSecretVerifierConfigType {
        DeviceSecretVerifierConfigType {
            password_verifier: Some(verifier.to_owned()),
            salt: Some(salt.to_owned()),
        }
    }

    #[test]
    fn verifier_must_be_a_number_of_the_group() {
        let prime = STANDARD.encode(super::super::bignum::prime());
        let read = Verifier::read(Some(&config("AP8=", "AIA="))).unwrap();
        assert_eq!(read.salt, [0, 0x80]);
        let long = STANDARD.encode([1; 65]);
        for bad in [
            config("", "AIA="),
            config("AP8=", ""),
            config("AA==", "AIA="),
            config("%", "AIA="),
            config("AP8=", "%"),
            config(&prime, "AIA="),
            config("AP8=", &long),
            DeviceSecretVerifierConfigType::default(),
        ] {
            assert!(Verifier::read(Some(&bad)).is_err(), "{bad:?}");
        }
        assert!(Verifier::read(None).is_err());
    }
}

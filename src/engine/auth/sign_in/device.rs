//! Devices: a known one proves itself after the password, and may stand in for a second factor.
//!
//! Source: developer guide, "Working with user devices in your user pool".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::job::{After, Done, Job, Next, SignedIn, parameters_of, required};
use super::password::{check_proof_time, public_a};
use super::progress::{Factor, Progress};
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, SrpBlock, Waiting, fingerprint};
use crate::engine::auth::device::{self, Verifier};
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::lookup;
use crate::engine::auth::srp::{self, Challenge};
use crate::engine::{Error, Result};
use crate::store::Reader;
use crate::store::records::devices::{self, Device};
use crate::store::records::users::{self, User};
use crate::wire::idp::{ChallengeNameType, NewDeviceMetadataType};

impl Job {
    /// Asks for the proof of the device that the caller names, unless it was given.
    ///
    /// `None` where devices are not tracked, none was named, or an admin signs in for the user:
    /// their flow has no device authentication.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` for a device that the user does not have.
    pub fn ask_device(&self, r: &mut Reader<'_>, user: &User, progress: &Progress) -> Result<Option<Answer>> {
        if self.is_admin || !device::is_tracked(&self.pool) || progress.shown.contains(&Factor::Device) {
            return Ok(None);
        }
        let Some(key) = progress.device_key.as_deref().filter(|key| !key.is_empty()) else {
            return Ok(None);
        };
        devices::get(r, &self.pool.id, &user.sub, key)?.ok_or_else(device::unknown)?;
        let name = ChallengeNameType::DeviceSrpAuth;
        let session = self.wait(
            name.clone(),
            user.sub,
            &user.username,
            user.credential.as_deref(),
            progress,
        )?;
        Ok(Some(Answer {
            challenge_name: Some(name),
            session: Some(session),
            challenge_parameters: Some(parameters_of([("USERNAME", user.username.clone())])),
            ..Answer::default()
        }))
    }

    /// Tells whether a remembered device was shown, and the pool lets it stand in for a second factor.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub fn device_stands_in(&self, r: &mut Reader<'_>, user: &User, progress: &Progress) -> Result<bool> {
        if !progress.shown.contains(&Factor::Device) || !device::stands_in(&self.pool) {
            return Ok(false);
        }
        let key = progress.device_key.as_deref().unwrap_or_default();
        let found = devices::get(r, &self.pool.id, &user.sub, key)?;
        Ok(found.is_some_and(|device| device.is_remembered))
    }

    /// Returns the device that tokens of this sign-in name: the one that was shown, or a new one.
    pub fn device_of(&self, progress: &Progress) -> Option<String> {
        if !device::is_tracked(&self.pool) {
            return None;
        }
        let shown = progress
            .device_key
            .clone()
            .filter(|_| progress.shown.contains(&Factor::Device));
        Some(shown.unwrap_or_else(|| device::new_key(&self.pool, self.rng())))
    }

    /// Returns what is told of a device that is not known yet.
    pub fn new_device(&self, signed_in: &SignedIn) -> Option<NewDeviceMetadataType> {
        let is_new = !signed_in.is_refresh && !signed_in.progress.shown.contains(&Factor::Device);
        let key = signed_in.grant.device_key.as_deref().filter(|_| is_new)?;
        Some(device::metadata(&self.keys, key))
    }

    /// The answer to `DEVICE_SRP_AUTH`: the first half of the device's proof.
    pub fn device_srp(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let key = required(given, "DEVICE_KEY")?;
        self.check_secret_hash(username.expose(), given)?;
        let a = public_a(given)?;
        let name = ChallengeNameType::DeviceSrpAuth;
        let waiting = Waiting::open(&self.keys, &self.client.id, &name, session, self.now)?;
        let user = users::get(r, &self.pool.id, &waiting.sub)?.ok_or_else(challenge::invalid)?;
        let same_user = user.username == username.expose()
            || lookup::user(r, &self.pool, username.expose())?.is_some_and(|found| found.sub == user.sub);
        let same_password = waiting.credential == fingerprint(&self.keys, user.credential.as_deref());
        if !same_user || !same_password || waiting.progress.device_key.as_deref() != Some(key.expose()) {
            return Err(challenge::invalid());
        }
        let device = self.device_in(r, &user, key.expose())?;
        let verifier = Verifier::open(&self.keys, &device)?;
        let exchange = Challenge::make(&verifier.v, self.rng()).map_err(Error::internal)?;
        let block = SrpBlock::new(
            self.rng(),
            user.sub,
            &user.username,
            a,
            &exchange,
            self.session_ends(),
            Progress {
                credential: Some(waiting.credential),
                ..waiting.progress
            },
        );
        let parameters = [
            ("SALT", hex::encode(&verifier.salt)),
            (
                "SECRET_BLOCK",
                block.seal(&self.keys, self.rng(), &self.device_scope())?,
            ),
            ("SRP_B", srp::padded_hex(&exchange.public)),
            ("DEVICE_KEY", device.key),
            ("USERNAME", user.username),
        ];
        let after = After {
            sub: user.sub,
            once: Some((waiting.nonce, waiting.expires_at)),
            ..After::default()
        };
        let answer = Answer {
            challenge_name: Some(ChallengeNameType::DevicePasswordVerifier),
            challenge_parameters: Some(parameters_of(parameters)),
            ..Answer::default()
        };
        Ok((after, Ok(Next::from(answer))))
    }

    /// The answer to `DEVICE_PASSWORD_VERIFIER`: the second half. Its `SECRET_BLOCK` says all
    /// that a `Session` would.
    pub fn device_verifier(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let key = required(given, "DEVICE_KEY")?;
        let secret_block = required(given, "PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = required(given, "PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = required(given, "TIMESTAMP")?;
        self.check_secret_hash(username.expose(), given)?;
        let (block, block_bytes) =
            SrpBlock::open(&self.keys, &self.device_scope(), secret_block.expose(), self.now)?;
        check_proof_time(timestamp, self.now)?;
        let user = users::get(r, &self.pool.id, &block.sub)?.ok_or_else(challenge::invalid)?;
        let same_user = user.username == username.expose()
            || lookup::user(r, &self.pool, username.expose())?.is_some_and(|found| found.sub == user.sub);
        let credential = fingerprint(&self.keys, user.credential.as_deref());
        let same_password = block.progress.credential.as_ref() == Some(&credential);
        if !same_user || !same_password || block.progress.device_key.as_deref() != Some(key.expose()) {
            return Err(challenge::invalid());
        }
        let attempts = lockout::admit(r, &self.pool.id, &user.sub, lockout::PASSWORD, self.now)?;
        let mut device = self.device_in(r, &user, key.expose())?;
        let verifier = Verifier::open(&self.keys, &device)?;
        let session_key =
            srp::session_key(&block.a, &block.b_public, &block.b, &verifier.v).map_err(Error::internal)?;
        let signature = STANDARD.decode(signature.expose()).unwrap_or_default();
        let is_proven = session_key.is_some_and(|key| {
            srp::proves(
                &key,
                device::identity(&device),
                &block_bytes,
                timestamp.expose(),
                &signature,
            )
        });
        let after = After {
            sub: user.sub,
            once: Some((block.nonce, block.expires_at)),
            ..After::default()
        };
        if !is_proven {
            let after = After {
                wrong: Some(Uncounted::note(&self.pool.id, &user.sub, lockout::PASSWORD)),
                ..after
            };
            let refused = Error::not_authorized("Incorrect username or password.");
            return Ok((after, Err(refused)));
        }
        device.authenticated_at = self.now;
        let after = After {
            forget_attempts: attempts.count > 0,
            device: Some(device),
            ..after
        };
        self.go_on(r, &user, after, block.progress.clone().with(Factor::Device))
    }

    fn device_in(&self, r: &mut Reader<'_>, user: &User, key: &str) -> Result<Device> {
        devices::get(r, &self.pool.id, &user.sub, key)?.ok_or_else(device::unknown)
    }

    /// What the blocks of devices are sealed for, so that none passes for one of a password.
    /// Ids of clients hold no slash.
    fn device_scope(&self) -> String {
        format!("device/{}", self.client.id)
    }
}

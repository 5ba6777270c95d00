//! What waits for an answer: sealed into the caller's hands, so that nothing is kept between
//! the two calls and any engine process can take the second.
//!
//! Each has a nonce that the last transaction of the sign-in writes down: an answer counts
//! once.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bignum::{BYTES, EXPONENT_BYTES, Number};
use super::keys::OpenKeys;
use super::sign_in::progress::Progress;
use super::srp::Challenge;
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::{Error, Result};
use crate::store::records::packed;
use crate::wire::idp::ChallengeNameType;

/// Sessions are sealed in lengths of so many bytes. One step holds what nearly every session holds;
/// two still fit into the 2,048 characters that the model allows.
const SESSION_STEP: usize = 720;

/// A challenge named by a `Session`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Which challenge it is; a session answers no other.
    pub challenge: ChallengeNameType,
    /// Whose it is; made up for a user who does not exist.
    pub sub: Uuid,
    /// What the caller typed, or what it was told the user is called.
    pub username: String,
    /// Ties the session to the credential it was given for (see [`fingerprint`]).
    pub credential: String,
    pub nonce: Uuid,
    pub expires_at: UnixMillis,
    /// How far the sign-in came before.
    #[serde(default)]
    pub progress: Progress,
    /// The code that was sent, when one was.
    #[serde(default)]
    pub code: Option<WaitingCode>,
    /// What the user may choose, or set up, by the vendor's names.
    #[serde(default)]
    pub options: Vec<String>,
    /// The sealed authenticator that is being set up.
    #[serde(default, with = "packed::option")]
    pub authenticator: Option<Vec<u8>>,
    /// Whether what was to be set up is.
    #[serde(default)]
    pub is_set_up: bool,
}

/// A code that was sent at sign-in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct WaitingCode {
    /// HMAC of the code under the pool key, bound to the session.
    #[serde(with = "packed")]
    pub mac: Vec<u8>,
    /// Whether it is the first factor.
    pub is_first: bool,
    /// The attribute it was sent to.
    pub attribute: String,
    /// Names the value it was sent to. Not the value: the length of a session must not tell it.
    #[serde(with = "packed")]
    pub destination: Vec<u8>,
    /// The value, when the user does not have it yet and the code proves it.
    #[serde(default)]
    pub sets: Option<String>,
}

impl Waiting {
    /// Seals the challenge as a `Session` of this client.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when it cannot be written.
    pub fn seal(&self, keys: &OpenKeys, rng: &dyn Rng, client_id: &str) -> Result<Secret> {
        let mut plain = serde_json::to_vec(self).map_err(Error::internal)?;
        // Blanks at the end, so that its length does not tell how long an address or a name is.
        plain.resize(plain.len().next_multiple_of(SESSION_STEP), b' ');
        let mut session = client_id.as_bytes().to_vec();
        session.push(END_OF_CLIENT);
        session.extend_from_slice(&keys.seal(rng, &session_context(client_id), &plain));
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(session)))
    }

    /// Returns the app client that a `Session` says it is of: two operations have nothing else to
    /// find it by.
    pub fn client_of(session: &Secret) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(session.expose()).ok()?;
        let (client_id, _) = split_session(&bytes)?;
        Some(client_id.to_owned())
    }

    /// Opens a `Session` that answers `challenge` now.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` when it is not one of this client for this challenge, or expired.
    pub fn open(
        keys: &OpenKeys,
        client_id: &str,
        challenge: &ChallengeNameType,
        session: Option<&Secret>,
        now: UnixMillis,
    ) -> Result<Self> {
        let open = |session: &Secret| {
            let bytes = URL_SAFE_NO_PAD.decode(session.expose()).ok()?;
            let (_, sealed) = split_session(&bytes)?;
            // The seal is bound to the client, whatever stands before it.
            let plain = keys.open_sealed(&session_context(client_id), sealed)?;
            serde_json::from_slice::<Self>(plain.expose()).ok()
        };
        let waiting = session
            .and_then(open)
            .filter(|waiting| waiting.challenge == *challenge)
            .ok_or_else(invalid)?;
        if waiting.expires_at <= now {
            return Err(expired());
        }
        Ok(waiting)
    }
}

/// Stands between the client id and the seal; no client id has it.
const END_OF_CLIENT: u8 = 0;

fn split_session(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == END_OF_CLIENT)?;
    let (client_id, sealed) = bytes.split_at_checked(end)?;
    Some((std::str::from_utf8(client_id).ok()?, sealed.get(1..)?))
}

/// Names a stored credential without telling anything of it.
pub fn fingerprint(keys: &OpenKeys, sealed: Option<&[u8]>) -> String {
    hex::encode(keys.mac("credential fingerprint", &[sealed.unwrap_or_default()]))
}

/// The answer to a session that is not one.
pub fn invalid() -> Error {
    Error::not_authorized("Invalid session for the user.")
}

/// The answer to a session that came too late.
pub fn expired() -> Error {
    Error::not_authorized("Invalid session for the user, session is expired.")
}

/// The server's half of an SRP exchange, as it waits in a `SECRET_BLOCK`.
pub struct SrpBlock {
    pub nonce: Uuid,
    pub expires_at: UnixMillis,
    /// Whose it is; made up for a user who does not exist.
    pub sub: Uuid,
    pub a: Number,
    pub b_public: Number,
    pub b: [u8; EXPONENT_BYTES],
    /// `USER_ID_FOR_SRP`.
    pub user_id: String,
    /// How far the sign-in came before. It is in here, not beside it, so that an answer cannot
    /// leave out what must follow.
    pub progress: Progress,
}

impl SrpBlock {
    /// Makes the block of a challenge.
    pub fn new(
        rng: &dyn Rng,
        sub: Uuid,
        user_id: &str,
        a: Number,
        challenge: &Challenge,
        expires_at: UnixMillis,
        progress: Progress,
    ) -> Self {
        Self {
            nonce: ids::uuid(rng),
            expires_at,
            sub,
            a,
            b_public: challenge.public.clone(),
            b: challenge.b,
            user_id: user_id.to_owned(),
            progress,
        }
    }

    /// Seals the block for this client, in base64.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when it cannot be written.
    pub fn seal(&self, keys: &OpenKeys, rng: &dyn Rng, client_id: &str) -> Result<String> {
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(BYTES * 2 + 256));
        plain.extend_from_slice(self.nonce.as_bytes());
        plain.extend_from_slice(&self.expires_at.0.to_be_bytes());
        plain.extend_from_slice(self.sub.as_bytes());
        plain.extend_from_slice(&self.a.to_be_bytes());
        plain.extend_from_slice(&self.b_public.to_be_bytes());
        plain.extend_from_slice(&self.b);
        let tail = (&self.user_id, &self.progress);
        plain.extend_from_slice(&serde_json::to_vec(&tail).map_err(Error::internal)?);
        Ok(STANDARD.encode(keys.seal(rng, &block_context(client_id), &plain)))
    }

    /// Opens a block of this client; also returns its bytes, which the proof covers.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` when it is not one, or expired.
    pub fn open(keys: &OpenKeys, client_id: &str, text: &str, now: UnixMillis) -> Result<(Self, Vec<u8>)> {
        let bytes = STANDARD.decode(text).map_err(|_| invalid())?;
        let plain = keys
            .open_sealed(&block_context(client_id), &bytes)
            .ok_or_else(invalid)?;
        let block = Self::read(plain.expose()).ok_or_else(invalid)?;
        if block.expires_at <= now {
            return Err(expired());
        }
        Ok((block, bytes))
    }

    fn read(plain: &[u8]) -> Option<Self> {
        let (nonce, rest) = plain.split_first_chunk()?;
        let (expires_at, rest) = rest.split_first_chunk()?;
        let (sub, rest) = rest.split_first_chunk()?;
        let (a, rest) = rest.split_first_chunk::<BYTES>()?;
        let (b_public, rest) = rest.split_first_chunk::<BYTES>()?;
        let (b, tail) = rest.split_first_chunk()?;
        let (user_id, progress) = serde_json::from_slice(tail).ok()?;
        Some(Self {
            nonce: Uuid::from_bytes(*nonce),
            expires_at: UnixMillis(i64::from_be_bytes(*expires_at)),
            sub: Uuid::from_bytes(*sub),
            a: Number::from_be_bytes(a)?,
            b_public: Number::from_be_bytes(b_public)?,
            b: *b,
            user_id,
            progress,
        })
    }
}

impl Drop for SrpBlock {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.b);
    }
}

fn session_context(client_id: &str) -> String {
    format!("session/{client_id}")
}

fn block_context(client_id: &str) -> String {
    format!("srp-block/{client_id}")
}

//! Passkeys: a first factor, and both at once where the pool takes a verified user for that.
//!
//! The challenge is a keyed hash of the session's nonce, so the session holds all that the
//! answer is checked against, and an answer counts once like any other.
//!
//! Source: developer guide, "Passkey sign-in".

use serde_json::Value;

use super::choice::Asked;
use super::job::{After, Done, Job, Next, Who, parameters_of, required};
use super::progress::{Factor, Progress};
use super::second_factor::spend;
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::Waiting;
use crate::engine::auth::passkeys::{self, PASSKEYS_MAX};
use crate::engine::auth::simulated;
use crate::engine::{Error, Result};
use crate::rules::mfa::passkeys_are_two_factors;
use crate::store::Reader;
use crate::store::records::passkeys as records;
use crate::wire::idp::ChallengeNameType;

impl Job {
    /// Asks for a passkey of the user.
    pub fn ask_passkey(&self, r: &mut Reader<'_>, who: &Who, asked: Asked<'_>, after: After) -> Result<Done> {
        let unavailable = || Error::invalid("Selected challenge is not available.");
        let id = passkeys::relying_party_id(r, &self.pool)?.ok_or_else(unavailable)?;
        let mut known = records::of_user(r, &self.pool.id, &who.sub(), PASSKEYS_MAX)?;
        known.retain(|passkey| passkey.relying_party_id == id);
        if let Who::Unknown { sub, .. } = who {
            known.push(simulated::passkey(&self.keys, sub));
        }
        let name = ChallengeNameType::WebAuthn;
        let waiting = self.waiting(name.clone(), who.sub(), asked.username, None, &asked.progress);
        let options = passkeys::request(&self.pool, &id, &self.passkey_challenge(&waiting), &known);
        let answer = Answer {
            session: Some(self.seal(&waiting)?),
            challenge_name: Some(name),
            challenge_parameters: Some(parameters_of([("CREDENTIAL_REQUEST_OPTIONS", options)])),
            available_challenges: Some(asked.available),
            ..Answer::default()
        };
        Ok((after, Ok(Next::from(answer))))
    }

    fn passkey_challenge(&self, waiting: &Waiting) -> [u8; 32] {
        self.keys.mac("passkey challenge", &[waiting.nonce.as_bytes()])
    }

    /// The answer to `WEB_AUTHN`.
    pub fn passkey(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let answer = required(given, "CREDENTIAL")?;
        let answer: Value = serde_json::from_str(answer.expose())
            .map_err(|_| Error::invalid("CREDENTIAL is not the JSON that a browser makes."))?;
        let (waiting, who) = self.resume(r, &ChallengeNameType::WebAuthn, session, given)?;
        let mut after = spend(&waiting);
        let refused = || Error::not_authorized("Incorrect username or password.");
        if !passkeys::is_enabled(&self.pool) {
            return Ok((after, Err(refused())));
        }
        let Who::Known(user) = &who else {
            return Ok((after, Err(refused())));
        };
        let stored = match passkeys::id_of(&answer) {
            Some(id) => records::get(r, &self.pool.id, &user.sub, &id)?,
            None => None,
        };
        let (Some(stored), Some(id)) = (stored, passkeys::relying_party_id(r, &self.pool)?) else {
            return Ok((after, Err(refused())));
        };
        let expected = self.passkey_challenge(&waiting);
        match passkeys::verify(&self.pool, &id, &expected, &stored, answer, self.now)? {
            Some(used) => {
                after.passkey = Some((stored, used));
                self.go_on(r, user, after, waiting.progress.with(Factor::Passkey))
            }
            None => Ok((after, Err(refused()))),
        }
    }

    /// Tells whether a passkey was shown that counts as two factors.
    pub fn passkey_is_enough(&self, progress: &Progress) -> bool {
        progress.shown.contains(&Factor::Passkey) && passkeys_are_two_factors(&self.pool.mfa)
    }
}

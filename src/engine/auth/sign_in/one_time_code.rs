//! Codes by e-mail and text message, as the first factor or the second.
//!
//! The session carries a keyed hash of its code, so that a code is good for its own session
//! alone and nobody can spoil another one's. A wrong code leaves the session usable; the
//! right one spends it. Wrong codes count per user, over all sessions (`auth::lockout`).

use std::collections::BTreeMap;

use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::job::{After, Done, Job, Next, SentCode, Who, required};
use super::progress::{Factor, Progress};
use super::second_factor::spend;
use super::{Answer, Parameters};
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting, WaitingCode, fingerprint};
use crate::engine::auth::client;
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::{lookup, simulated};
use crate::engine::messages::Channel;
use crate::engine::ops::idp::users::mark_value_verified;
use crate::engine::{Error, Result};
use crate::rules::mfa;
use crate::store::Reader;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{ChallengeNameType, UserStatusType};

impl Job {
    /// Makes a code for a second factor and has it sent.
    pub fn send_code(
        &self,
        waiting: &mut Waiting,
        after: &mut After,
        user: &User,
        channel: Channel,
        parameters: &mut BTreeMap<String, String>,
    ) {
        let code = Secret::new(ids::confirmation_code(self.rng()));
        self.expect_code(waiting, &code, &channel, parameters, false);
        after.sub = user.sub;
        after.send = Some(SentCode {
            to: Some((Box::new(user.clone()), channel)),
            code,
        });
    }

    /// Asks for a code as the first factor; where users are hidden, also of one who is made up.
    pub fn ask_first_code(
        &self,
        who: &Who,
        username: &str,
        name: ChallengeNameType,
        available: Vec<ChallengeNameType>,
        mut after: After,
        progress: &Progress,
    ) -> Result<Done> {
        let attribute = if name == ChallengeNameType::SmsOtp {
            "phone_number"
        } else {
            "email"
        };
        let (channel, to) = match who {
            Who::Known(user) => {
                if !user.enabled && !client::hides_users(&self.client) {
                    self.check_state(user)?;
                }
                let value = user.attributes.get(attribute).map(String::as_str);
                let channel = Channel::of(attribute, value)
                    .ok_or_else(|| Error::invalid("Selected challenge is not available."))?;
                // Nothing is sent to who may not sign in; the answer is as if it were.
                let to = user.enabled.then(|| (user.clone(), channel.clone()));
                (channel, to)
            }
            Who::Unknown { sub, .. } => {
                let made_up = simulated::channel(&self.keys, sub, username, attribute);
                (made_up, None)
            }
        };
        let mut waiting = self.waiting(name.clone(), who.sub(), username, None, progress);
        let mut parameters = BTreeMap::new();
        // Alone it must be harder to guess than beside a password.
        let code = Secret::new(ids::long_confirmation_code(self.rng()));
        self.expect_code(&mut waiting, &code, &channel, &mut parameters, true);
        after.sub = who.sub();
        after.send = Some(SentCode { to, code });
        let answer = Answer {
            session: Some(self.seal(&waiting)?),
            challenge_name: Some(name),
            challenge_parameters: Some(parameters),
            available_challenges: Some(available),
            ..Answer::default()
        };
        Ok((after, Ok(Next::from(answer))))
    }

    fn expect_code(
        &self,
        waiting: &mut Waiting,
        code: &Secret,
        channel: &Channel,
        parameters: &mut BTreeMap<String, String>,
        is_first: bool,
    ) {
        waiting.code = Some(WaitingCode {
            is_first,
            mac: self.mac_of(&waiting.sub, &waiting.nonce, code).to_vec(),
            attribute: channel.attribute().to_owned(),
            destination: self.name_of(channel.to()),
            sets: None,
        });
        let details = channel.delivery_details();
        parameters.insert(
            "CODE_DELIVERY_DELIVERY_MEDIUM".to_owned(),
            channel.medium().as_str().to_owned(),
        );
        parameters.insert(
            "CODE_DELIVERY_DESTINATION".to_owned(),
            details.destination.unwrap_or_default(),
        );
    }

    /// Names a value that a code went to.
    fn name_of(&self, value: &str) -> Vec<u8> {
        self.keys.mac("code destination", &[value.as_bytes()]).to_vec()
    }

    fn mac_of(&self, sub: &Uuid, nonce: &Uuid, code: &Secret) -> [u8; 32] {
        self.keys.mac(
            "sign-in code",
            &[sub.as_bytes(), nonce.as_bytes(), code.expose().as_bytes()],
        )
    }

    /// The answer to `SMS_MFA`, `EMAIL_OTP` or `SMS_OTP`.
    pub fn one_time_code(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let answer = match name {
            ChallengeNameType::SmsMfa => required(given, "SMS_MFA_CODE")?,
            ChallengeNameType::SmsOtp => required(given, "SMS_OTP_CODE")?,
            // The developer guide names the second.
            _ => required(given, "EMAIL_OTP_CODE").or_else(|_| required(given, "EMAIL_MFA_CODE"))?,
        };
        let (waiting, who) = self.resume(r, name, session, given)?;
        let code = waiting.code.clone().ok_or_else(challenge::invalid)?;
        let attempts = lockout::admit(r, &self.pool.id, &waiting.sub, lockout::MFA, self.now)?;
        let is_right: bool = self
            .mac_of(&waiting.sub, &waiting.nonce, answer)
            .ct_eq(&code.mac)
            .into();
        let Some(before) = who.known().filter(|_| is_right) else {
            let after = After {
                sub: waiting.sub,
                wrong: Some(Uncounted::note(&self.pool.id, &waiting.sub, lockout::MFA)),
                ..After::default()
            };
            return Ok((after, Err(wrong_code())));
        };
        let after = After {
            forget_codes: attempts.count > 0,
            ..spend(&waiting)
        };
        let shown = if code.attribute == "email" {
            Factor::Email
        } else {
            Factor::Sms
        };
        let progress = waiting.progress.clone().with(shown);
        let mut user = (*before).clone();
        if code.is_first {
            let value = user.attributes.get(&code.attribute).cloned().unwrap_or_default();
            if self.name_of(&value) != code.destination {
                return Err(challenge::invalid());
            }
            if user.enabled && user.status == UserStatusType::Unconfirmed {
                user.status = UserStatusType::Confirmed;
                // Whoever signed up may have been somebody else: what they set does not outlive the
                // first proof of who holds the address.
                user.credential = None;
                user.password_history.clear();
                user.pending_attributes.clear();
                user.pending_software_token = None;
                mark_value_verified(&mut user, &code.attribute, &value);
            } else {
                self.verify_if_free(r, &mut user, &code)?;
            }
            let after = self.keep_changes(after, &before, &user);
            return self.go_on(r, &user, after, progress);
        }
        if waiting.credential != fingerprint(&self.keys, user.credential.as_deref()) {
            return Err(challenge::invalid());
        }
        self.check_state(&user)?;
        match (user.attributes.get(&code.attribute), &code.sets) {
            (Some(value), None) if self.name_of(value) == code.destination => {}
            // Set up just now: `MFA_SETUP` took the value, and the code proves it.
            (None, Some(value)) => {
                let factor = if shown == Factor::Email {
                    mfa::Factor::Email
                } else {
                    mfa::Factor::Sms
                };
                if !self.may_set_up(&user, &waiting, factor) {
                    return Err(challenge::invalid());
                }
                user.attributes.insert(code.attribute.clone(), value.clone());
                user.mfa_settings.push(factor.as_str().to_owned());
            }
            (Some(_) | None, _) => return Err(challenge::invalid()),
        }
        self.verify_if_free(r, &mut user, &code)?;
        let after = self.keep_changes(after, &before, &user);
        Ok((after, Ok(self.signed_in(&user, progress))))
    }

    /// Marks the value a code went to as verified, unless that would take an alias from another.
    fn verify_if_free(&self, r: &mut Reader<'_>, user: &mut User, code: &WaitingCode) -> Result<()> {
        let mut verified = user.clone();
        let value = user.attributes.get(&code.attribute).cloned().unwrap_or_default();
        mark_value_verified(&mut verified, &code.attribute, &value);
        for login in lookup::logins(&self.pool, &verified) {
            if users::by_login(r, &self.pool.id, &login)?.is_some_and(|sub| sub != user.sub) {
                return Ok(());
            }
        }
        *user = verified;
        Ok(())
    }

    /// Adds a changed user to what is written.
    fn keep_changes(&self, mut after: After, before: &User, user: &User) -> After {
        let is_same = before.attributes == user.attributes
            && before.status == user.status
            && before.mfa_settings == user.mfa_settings;
        if !is_same {
            let mut user = user.clone();
            user.modified_at = self.now;
            after.user = Some(user);
        }
        after
    }
}

/// The answer to a wrong code.
fn wrong_code() -> Error {
    Error::new(
        Code::CodeMismatchException,
        "Invalid code or auth state for the user.",
    )
}

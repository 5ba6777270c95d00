//! Codes by e-mail and text message, as the first factor or the second.
//!
//! The session carries a keyed hash of its code, so that a code is good for its own session
//! alone and nobody can spoil another one's. A wrong code leaves the session usable; the
//! right one spends it. Wrong codes count per user, over all sessions (`auth::lockout`).
//!
//! Anyone may have a first code sent who knows a name, so these count by where the call comes from
//! beside the user: strangers do not use up what the owner gets.

use std::collections::BTreeMap;
use std::net::IpAddr;

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
use crate::engine::auth::codes::Quota;
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::{lookup, simulated};
use crate::engine::messages::{Channel, is_auto_verified};
use crate::engine::ops::idp::users::mark_value_verified;
use crate::engine::{Error, Result};
use crate::rules::mfa;
use crate::store::Reader;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFactorType, ChallengeNameType, UserStatusType};

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
        // A custom sign-in may ask for a code before anything was shown.
        let is_proven = !waiting.progress.shown.is_empty();
        after.send = Some(SentCode {
            to: Some((Box::new(user.clone()), channel)),
            code,
            quota: if is_proven {
                Quota::SignInCode
            } else {
                Quota::FirstCode
            },
            source: (!is_proven).then(|| self.source()),
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
                let made_up = simulated::channel(&self.keys, &self.pool, sub, username, attribute);
                (made_up, None)
            }
        };
        let mut waiting = self.waiting(name.clone(), who.sub(), username, None, progress);
        let mut parameters = BTreeMap::new();
        // Alone it must be harder to guess than beside a password.
        let code = Secret::new(ids::long_confirmation_code(self.rng()));
        self.expect_code(&mut waiting, &code, &channel, &mut parameters, true);
        after.sub = who.sub();
        after.send = Some(SentCode {
            to,
            code,
            quota: Quota::FirstCode,
            source: Some(self.source()),
        });
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

    /// Names where the call comes from, as far as that can be told: an address, or the network of
    /// one person's addresses.
    fn source(&self) -> Vec<u8> {
        let network = match self.context.address(&self.client) {
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets().into_iter().take(8).collect(),
            None => Vec::new(),
        };
        self.keys.mac("source of a call", &[&network]).to_vec()
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
        let factor = match name {
            ChallengeNameType::SmsOtp => AuthFactorType::SmsOtp,
            _ => AuthFactorType::EmailOtp,
        };
        if code.is_first && !mfa::allowed_first_factors(&self.pool.settings).contains(&factor) {
            let refused = Error::not_authorized("Incorrect username or password.");
            return Ok((spend(&waiting), Err(refused)));
        }
        let budget = budget_of(&code);
        let attempts = lockout::admit(r, &self.pool.id, &waiting.sub, budget, self.now)?;
        let is_right: bool = self
            .mac_of(&waiting.sub, &waiting.nonce, answer)
            .ct_eq(&code.mac)
            .into();
        let Some(before) = who.known().filter(|_| is_right) else {
            let after = After {
                sub: waiting.sub,
                wrong: Some(Uncounted::note(&self.pool.id, &waiting.sub, budget)),
                ..After::default()
            };
            return Ok((after, Err(wrong_code())));
        };
        let after = After {
            forget_codes: (attempts.count > 0).then_some(budget),
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
            // Where the pool does not verify the address itself, whom to confirm is its admins' to say.
            let confirms = is_auto_verified(&self.pool, &code.attribute);
            if user.enabled && user.status == UserStatusType::Unconfirmed && confirms {
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
            let mut after = self.keep_changes(after, &before, &user);
            after.confirms = before.status != user.status;
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

/// Returns which count a wrong answer to a code belongs to.
fn budget_of(code: &WaitingCode) -> &'static str {
    match (code.attribute.as_str(), code.is_first) {
        ("email", true) => lockout::FIRST_EMAIL_CODE,
        ("email", false) => lockout::EMAIL_CODE,
        (_, true) => lockout::FIRST_SMS_CODE,
        (_, false) => lockout::SMS_CODE,
    }
}

/// The answer to a wrong code.
fn wrong_code() -> Error {
    Error::new(
        Code::CodeMismatchException,
        "Invalid code or auth state for the user.",
    )
}

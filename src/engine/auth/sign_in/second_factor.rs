//! What a user must show beside the first proof: which factor, choosing one, setting one up.

use std::collections::BTreeMap;

use super::custom::is_custom;
use super::job::{After, Done, Job, Next, parameters_of, required};
use super::progress::{self, Progress};
use super::step_up::{is_reached, unreachable_level};
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting, fingerprint};
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::totp;
use crate::engine::messages::Channel;
use crate::engine::ops::idp::mfa_preferences::{holder, may_set_up};
use crate::engine::risk;
use crate::engine::{Error, Result};
use crate::rules::attributes;
use crate::rules::mfa::{self, Decision, Demand, Factor, Holder};
use crate::rules::usernames::Naming;
use crate::store::Reader;
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::ChallengeNameType;

impl Job {
    /// Goes on when the password is the user's own: a known device, a second factor, or tokens.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when a challenge cannot be made; what a device or a second factor
    /// refuses is part of the result.
    pub fn second_step(
        &self,
        r: &mut Reader<'_>,
        user: &User,
        after: After,
        progress: Progress,
    ) -> Result<Done> {
        if is_custom(&progress) {
            let next = self.signed_in(user, progress);
            return Ok((after, Ok(next)));
        }
        match self.ask_device(r, user, &progress) {
            Ok(None) => {}
            Ok(Some(asked)) => {
                // Its session is tied to the credential as it is.
                let after = After {
                    convert: None,
                    ..after
                };
                return Ok((after, Ok(asked.into())));
            }
            Err(refused) => return Ok((after, Err(refused))),
        }
        // A remembered device says nothing against the risk that was found, and reaches no level.
        let is_at_risk = progress.demand != Demand::AsConfigured;
        let is_asked_for = progress.target.is_some();
        let is_spared = self.passkey_is_enough(&progress)
            || (!is_at_risk && self.device_stands_in(r, user, &progress)?);
        if !is_asked_for && is_spared {
            let next = self.signed_in(user, progress);
            return Ok((after, Ok(next)));
        }
        let holder = holder(&self.pool, user, false);
        match self.decide(&holder, &progress) {
            Decision::Nothing => {
                let next = self.signed_in(user, progress);
                Ok((after, Ok(next)))
            }
            Decision::Ask(factor) => self.ask_factor(user, factor, after, progress),
            Decision::Choose(factors) => {
                self.ask_which(user, ChallengeNameType::SelectMfaType, &factors, after, &progress)
            }
            Decision::SetUp(factors) => {
                self.ask_which(user, ChallengeNameType::MfaSetup, &factors, after, &progress)
            }
            Decision::Impossible if progress.demand == Demand::Required => Ok((after, Err(risk::blocked()))),
            Decision::Impossible if is_asked_for => Ok((after, Err(unreachable_level()))),
            Decision::Impossible => Ok((after, Err(impossible()))),
        }
    }

    /// Decides by the level that was asked for, then by the pool's configuration. What was shown
    /// beside a password already is not asked for again.
    fn decide(&self, holder: &Holder, progress: &Progress) -> Decision {
        let as_configured = mfa::decide(&self.pool.settings, &self.pool.mfa, holder, progress.demand);
        let Some(target) = progress.target else {
            return as_configured;
        };
        if is_reached(progress, target) {
            // A level reached is no way around the factor that the pool or the risk demands.
            let is_shown = |factor: &Factor| progress.shown.contains(&shown_as(*factor));
            let is_settled = match &as_configured {
                Decision::Nothing => true,
                Decision::Ask(factor) => is_shown(factor),
                Decision::Choose(factors) => factors.iter().any(is_shown),
                Decision::SetUp(_) | Decision::Impossible => self.passkey_is_enough(progress),
            };
            return if is_settled {
                Decision::Nothing
            } else {
                as_configured
            };
        }
        match self.second_factors_for(target, holder).as_slice() {
            [] => Decision::Impossible,
            [only] => Decision::Ask(*only),
            several => Decision::Choose(several.to_vec()),
        }
    }

    /// Asks for one factor; a code is sent for it where it is one.
    pub fn ask_factor(&self, user: &User, factor: Factor, after: After, progress: Progress) -> Result<Done> {
        self.ask_factor_of(user, factor, None, after, progress)
    }

    /// As [`Job::ask_factor`]; `sets` is the address or number that the code is to prove.
    fn ask_factor_of(
        &self,
        user: &User,
        factor: Factor,
        sets: Option<&str>,
        mut after: After,
        progress: Progress,
    ) -> Result<Done> {
        let mut waiting = self.waiting_for(user, factor.challenge(), &after, &progress);
        let mut parameters = parameters_of([("USER_ID_FOR_SRP", user.username.clone())]);
        match factor.attribute() {
            Some(attribute) => {
                let value = sets.or_else(|| user.attributes.get(attribute).map(String::as_str));
                let channel = Channel::of(attribute, value).ok_or_else(impossible)?;
                self.send_code(&mut waiting, &mut after, user, channel, &mut parameters);
                if let Some(code) = &mut waiting.code {
                    code.sets = sets.map(str::to_owned);
                }
            }
            None => {
                if let Some(name) = &user.software_token_name {
                    parameters.insert("FRIENDLY_DEVICE_NAME".to_owned(), name.clone());
                }
            }
        }
        Ok((after, self.ask_by(&waiting, parameters)))
    }

    /// Asks which factor to show, or to set up.
    fn ask_which(
        &self,
        user: &User,
        challenge: ChallengeNameType,
        factors: &[Factor],
        after: After,
        progress: &Progress,
    ) -> Result<Done> {
        let options: Vec<String> = factors.iter().map(|factor| factor.as_str().to_owned()).collect();
        let list = serde_json::to_string(&options).map_err(Error::internal)?;
        let name = if challenge == ChallengeNameType::MfaSetup {
            "MFAS_CAN_SETUP"
        } else {
            "MFAS_CAN_CHOOSE"
        };
        let waiting = Waiting {
            options,
            ..self.waiting_for(user, challenge, &after, progress)
        };
        let parameters = parameters_of([(name, list), ("USER_ID_FOR_SRP", user.username.clone())]);
        Ok((after, self.ask_by(&waiting, parameters)))
    }

    /// Makes what waits for a second factor, tied to the password that was right before it.
    fn waiting_for(
        &self,
        user: &User,
        challenge: ChallengeNameType,
        after: &After,
        progress: &Progress,
    ) -> Waiting {
        let converted = after.convert.as_ref().map(|(_, successor)| successor.as_slice());
        let credential = converted.or(user.credential.as_deref());
        self.waiting(challenge, user.sub, &user.username, credential, progress)
    }

    fn ask_by(&self, waiting: &Waiting, parameters: BTreeMap<String, String>) -> Result<Next> {
        Ok(Next::from(Answer {
            session: Some(self.seal(waiting)?),
            challenge_name: Some(waiting.challenge.clone()),
            challenge_parameters: Some(parameters),
            ..Answer::default()
        }))
    }

    /// Opens the session of a second factor and finds its user again.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` when the session is not one, or the user has another password or
    /// may not sign in by now.
    pub fn resume_second(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<(Waiting, User)> {
        let (waiting, who) = self.resume(r, name, session, given)?;
        let user = *who.known().ok_or_else(challenge::invalid)?;
        if waiting.credential != fingerprint(&self.keys, user.credential.as_deref()) {
            return Err(challenge::invalid());
        }
        self.check_state(&user)?;
        Ok((waiting, user))
    }

    /// The answer to `SELECT_MFA_TYPE`.
    pub fn mfa_type(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let answer = required(given, "ANSWER")?;
        let name = ChallengeNameType::SelectMfaType;
        let (waiting, user) = self.resume_second(r, &name, session, given)?;
        let factor = Factor::parse(answer.expose())
            .filter(|factor| waiting.options.iter().any(|option| option == factor.as_str()))
            .ok_or_else(|| Error::invalid("Selected MFA type is not available."))?;
        let after = spend(&waiting);
        self.ask_factor(&user, factor, after, waiting.progress)
    }

    /// The answer to `SOFTWARE_TOKEN_MFA`.
    pub fn software_token(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let answer = required(given, "SOFTWARE_TOKEN_MFA_CODE")?;
        let name = ChallengeNameType::SoftwareTokenMfa;
        let (waiting, user) = self.resume_second(r, &name, session, given)?;
        let attempts = lockout::admit(r, &self.pool.id, &user.sub, lockout::AUTHENTICATOR, self.now)?;
        let authenticator = totp::of_user(&self.keys, &user).ok_or_else(|| {
            Error::new(
                Code::SoftwareTokenMFANotFoundException,
                "Software Token MFA does not exist for the user.",
            )
        })?;
        let Some(step) = authenticator.step_of(answer, self.now) else {
            let after = After {
                sub: user.sub,
                wrong: Some(Uncounted::note(&self.pool.id, &user.sub, lockout::AUTHENTICATOR)),
                ..After::default()
            };
            let wrong = Error::new(Code::CodeMismatchException, "Code mismatch");
            return Ok((after, Err(wrong)));
        };
        let after = After {
            forget_codes: (attempts.count > 0).then_some(lockout::AUTHENTICATOR),
            used_step: Some(authenticator.mark(&self.keys, &user.sub, step, self.now)),
            ..spend(&waiting)
        };
        let progress = waiting.progress.with(progress::Factor::Totp);
        Ok((after, Ok(self.signed_in(&user, progress))))
    }

    /// Tells whether the user still has no second factor to show, and may set this one up.
    ///
    /// A session in which one may be set up is worth no more than a password once there is one.
    pub fn may_set_up(&self, user: &User, waiting: &Waiting, factor: Factor) -> bool {
        may_set_up(&self.pool, user, waiting.progress.demand, factor)
    }

    /// The answer to `MFA_SETUP`: an authenticator that was verified, or an address or a number
    /// to send the first code to.
    pub fn mfa_set_up(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let name = ChallengeNameType::MfaSetup;
        let (waiting, user) = self.resume_second(r, &name, session, given)?;
        if waiting.is_set_up {
            // Whose authenticator it was may be gone again.
            if user.software_token.is_none() {
                return Err(challenge::invalid());
            }
            let progress = waiting.progress.clone().with(progress::Factor::Totp);
            return Ok((spend(&waiting), Ok(self.signed_in(&user, progress))));
        }
        for factor in [Factor::Email, Factor::Sms] {
            let Some(attribute) = factor.attribute() else {
                continue;
            };
            let Some(value) = given.get(attribute).filter(|value| !value.is_empty()) else {
                continue;
            };
            let offered = waiting.options.iter().any(|option| option == factor.as_str());
            if !self.may_set_up(&user, &waiting, factor) {
                return Err(challenge::invalid());
            }
            if !offered || user.attributes.contains_key(attribute) {
                return Err(Error::invalid(format!("{} cannot be set up.", factor.as_str())));
            }
            if !attributes::is_writable(&self.client.settings, attribute) {
                return Err(Error::not_authorized(
                    "A client attempted to write unauthorized attribute",
                ));
            }
            let schema = attributes::schema_of(&self.pool.settings);
            let findings = attributes::check(&schema, [(attribute, value.expose())]);
            if !findings.is_empty() {
                return Err(Error::invalid(attributes::message(&findings)));
            }
            let mut kept = BTreeMap::from([(attribute.to_owned(), value.expose().to_owned())]);
            Naming::of(&self.pool.settings).flatten(&mut kept);
            let value = kept.get(attribute).map(String::as_str);
            // Kept in the session alone until the code was right.
            let after = spend(&waiting);
            return self.ask_factor_of(&user, factor, value, after, waiting.progress);
        }
        Err(Error::invalid("No MFA method was set up in this session."))
    }
}

const fn shown_as(factor: Factor) -> progress::Factor {
    match factor {
        Factor::Sms => progress::Factor::Sms,
        Factor::SoftwareToken => progress::Factor::Totp,
        Factor::Email => progress::Factor::Email,
    }
}

/// Spends a session that was answered.
pub fn spend(waiting: &Waiting) -> After {
    After {
        sub: waiting.sub,
        once: Some((waiting.nonce, waiting.expires_at)),
        ..After::default()
    }
}

/// The answer to a user who needs a second factor and has no way to one.
fn impossible() -> Error {
    Error::new(
        Code::InvalidUserPoolConfigurationException,
        "The user has no MFA method that the user pool allows, and cannot set one up.",
    )
}

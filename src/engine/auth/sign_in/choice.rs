//! `USER_AUTH`: the user chooses how to prove who they are.

use std::collections::BTreeMap;

use super::job::{After, Done, Job, Next, Who, required};
use super::password::public_a;
use super::progress::Progress;
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting};
use crate::engine::{Error, Result};
use crate::store::Reader;
use crate::wire::idp::ChallengeNameType;

impl Job {
    /// `USER_AUTH`: the caller prefers a proof, or is told which there are.
    pub fn choice_flow(&self, r: &mut Reader<'_>, given: &Parameters, progress: Progress) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let who = self.who(r, username.expose())?;
        let available = self.available(&who);
        let preferred = given
            .get("PREFERRED_CHALLENGE")
            .map(|name| ChallengeNameType::from(name.expose()))
            .filter(|name| available.contains(name));
        match preferred {
            Some(ChallengeNameType::Password) => match given.get("PASSWORD") {
                Some(password) => self.by_password(r, who, password, progress),
                None => {
                    let answer = self.ask(
                        ChallengeNameType::Password,
                        &who,
                        username.expose(),
                        available,
                        &progress,
                    );
                    Ok((After::default(), answer))
                }
            },
            Some(ChallengeNameType::PasswordSrp) => {
                let answer = self.ask_proof(&who, public_a(given)?, progress);
                Ok((After::default(), answer.map(Next::from)))
            }
            _ => {
                let answer = self.ask(
                    ChallengeNameType::SelectChallenge,
                    &who,
                    username.expose(),
                    available,
                    &progress,
                );
                Ok((After::default(), answer))
            }
        }
    }

    /// Returns the first factors a user may choose from; a made-up user may what most may.
    fn available(&self, who: &Who) -> Vec<ChallengeNameType> {
        let has_password = match who {
            Who::Known(user) => user.credential.is_some(),
            Who::Unknown { .. } => true,
        };
        let mut available = Vec::new();
        if has_password {
            available.push(ChallengeNameType::Password);
            if self.pool.any_client_uses_srp {
                available.push(ChallengeNameType::PasswordSrp);
            }
        }
        available
    }

    fn ask(
        &self,
        name: ChallengeNameType,
        who: &Who,
        username: &str,
        available: Vec<ChallengeNameType>,
        progress: &Progress,
    ) -> Result<Next> {
        Ok(Next::from(Answer {
            session: Some(self.wait(name.clone(), who.sub(), username, None, progress)?),
            challenge_name: Some(name),
            challenge_parameters: Some(BTreeMap::new()),
            available_challenges: Some(available),
            ..Answer::default()
        }))
    }

    /// The answer to `SELECT_CHALLENGE`.
    pub fn chosen(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let select = ChallengeNameType::SelectChallenge;
        let answer = required(given, "ANSWER")?;
        match ChallengeNameType::from(answer.expose()) {
            ChallengeNameType::Password if given.contains_key("PASSWORD") => {
                self.password_after_choice(r, &select, session, given)
            }
            ChallengeNameType::Password => {
                let (waiting, who) = self.resume(r, &select, session, given)?;
                let username = required(given, "USERNAME")?;
                let available = self.available(&who);
                let password = ChallengeNameType::Password;
                let answer = self.ask(password, &who, username.expose(), available, &waiting.progress);
                Ok((spend(&waiting), answer))
            }
            ChallengeNameType::PasswordSrp => self.srp_after_choice(r, &select, session, given),
            _ => Err(Error::invalid("Selected challenge is not available.")),
        }
    }

    /// The answer to `PASSWORD`.
    pub fn password_after_choice(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let password = required(given, "PASSWORD")?;
        let (waiting, who) = self.resume(r, name, session, given)?;
        let (after, answer) = self.by_password(r, who, password, waiting.progress.clone())?;
        let after = After {
            once: Some((waiting.nonce, waiting.expires_at)),
            ..after
        };
        Ok((after, answer))
    }

    /// The answer to `PASSWORD_SRP`.
    pub fn srp_after_choice(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let a = public_a(given)?;
        let (waiting, who) = self.resume(r, name, session, given)?;
        let after = spend(&waiting);
        Ok((after, self.ask_proof(&who, a, waiting.progress).map(Next::from)))
    }

    /// Opens the session of a choice and finds its user again.
    fn resume(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<(Waiting, Who)> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let waiting = Waiting::open(&self.keys, &self.client.id, name, session, self.now)?;
        let who = self.who(r, username.expose())?;
        if who.sub() != waiting.sub {
            return Err(challenge::invalid());
        }
        Ok((waiting, who))
    }
}

/// Spends a session that was answered.
fn spend(waiting: &Waiting) -> After {
    After {
        sub: waiting.sub,
        once: Some((waiting.nonce, waiting.expires_at)),
        ..After::default()
    }
}

//! `USER_AUTH`: the user chooses how to prove who they are.

use std::collections::BTreeMap;

use super::job::{After, Done, Job, Next, Who, required};
use super::password::public_a;
use super::progress::{Factor, Progress};
use super::second_factor::spend;
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting};
use crate::engine::auth::passkeys::relying_party_id;
use crate::engine::auth::{client, lookup, simulated};
use crate::engine::ops::idp::mfa_preferences::{has_passkey, holder};
use crate::engine::{Error, Result};
use crate::rules::mfa::{self, Holder};
use crate::store::Reader;
use crate::store::records::users;
use crate::wire::idp::ChallengeNameType;

/// Marks the session that a confirmed sign-up leaves: it begins a sign-in and answers nothing.
pub const CONFIRMED_SIGN_UP: &str = "CONFIRMED_SIGN_UP";

impl Job {
    /// `USER_AUTH`: the caller prefers a proof, or is told which there are.
    pub fn choice_flow(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
        progress: Progress,
    ) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        if session.is_some() {
            return self.after_sign_up(r, session, given);
        }
        let who = self.who(r, username.expose())?;
        let holder = self.holder_of(r, &who)?;
        let progress = self.step_up(r, &who, &holder, given, progress)?;
        if let Who::Known(user) = &who
            && progress.target.is_some_and(|level| level > 2)
            && progress.shown.contains(&Factor::Password)
        {
            // The password was shown before: only what goes beside it is missing.
            return self.go_on(r, user, After::default(), progress);
        }
        let available = self.available(&holder, &progress);
        let preferred = given
            .get("PREFERRED_CHALLENGE")
            .map(|name| ChallengeNameType::from(name.expose()))
            .filter(|name| available.contains(name))
            .unwrap_or(ChallengeNameType::SelectChallenge);
        let asked = Asked {
            name: preferred,
            username: username.expose(),
            available,
            progress,
        };
        self.ask_first(r, who, asked, given, After::default())
    }

    /// Asks for a first factor, or takes it when the caller sent it along.
    fn ask_first(
        &self,
        r: &mut Reader<'_>,
        who: Who,
        asked: Asked<'_>,
        given: &Parameters,
        after: After,
    ) -> Result<Done> {
        let Asked {
            name,
            username,
            available,
            progress,
        } = asked;
        match name {
            ChallengeNameType::Password if given.contains_key("PASSWORD") => {
                let password = required(given, "PASSWORD")?;
                let (proven, answer) = self.by_password(r, who, password, progress)?;
                let once = proven.once.or(after.once);
                Ok((After { once, ..proven }, answer))
            }
            ChallengeNameType::PasswordSrp if given.contains_key("SRP_A") => {
                let answer = self.ask_proof(&who, public_a(given)?, progress);
                Ok((after, answer.map(Next::from)))
            }
            ChallengeNameType::EmailOtp | ChallengeNameType::SmsOtp => {
                self.ask_first_code(&who, username, name, available, after, &progress)
            }
            ChallengeNameType::WebAuthn => {
                let asked = Asked {
                    name,
                    username,
                    available,
                    progress,
                };
                self.ask_passkey(r, &who, asked, after)
            }
            name => {
                let answer = Answer {
                    session: Some(self.wait(name.clone(), who.sub(), username, None, &progress)?),
                    challenge_name: Some(name),
                    challenge_parameters: Some(BTreeMap::new()),
                    available_challenges: Some(available),
                    ..Answer::default()
                };
                Ok((after, Ok(Next::from(answer))))
            }
        }
    }

    /// Signs in who confirmed a sign-up just now: the code that confirmed it was the first proof.
    fn after_sign_up(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let name = ChallengeNameType::Unlisted(CONFIRMED_SIGN_UP.to_owned());
        let (waiting, who) = self.resume(r, &name, session, given)?;
        let user = who.known().ok_or_else(challenge::invalid)?;
        let after = spend(&waiting);
        self.go_on(r, &user, after, waiting.progress)
    }

    /// Returns what a user has to show. Where users are hidden, who has nothing looks like who
    /// has a password: that there are none such among made-up users would tell.
    fn holder_of(&self, r: &mut Reader<'_>, who: &Who) -> Result<Holder> {
        let mut holder = match who {
            Who::Known(user) => holder(&self.pool, user, has_passkey(r, &self.pool, user)?),
            Who::Unknown { sub, .. } => {
                let has_party = relying_party_id(r, &self.pool)?.is_some();
                simulated::holder(&self.keys, &self.pool, sub, has_party)
            }
        };
        if client::hides_users(&self.client) && self.first_factors_of(&holder).is_empty() {
            holder.password = true;
        }
        Ok(holder)
    }

    /// Returns the first factors of who has these means.
    pub fn first_factors_of(&self, holder: &Holder) -> Vec<ChallengeNameType> {
        let pool = &self.pool;
        mfa::first_factors(&pool.settings, &pool.mfa, holder, pool.any_client_uses_srp)
    }

    /// Returns the first factors a user may choose from, on the way to a level when one was asked for.
    fn available(&self, holder: &Holder, progress: &Progress) -> Vec<ChallengeNameType> {
        let available = self.first_factors_of(holder);
        match progress.target {
            Some(level) => self.first_factors_for(level, available),
            None => available,
        }
    }

    /// The answer to `SELECT_CHALLENGE`.
    pub fn chosen(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let select = ChallengeNameType::SelectChallenge;
        let answer = required(given, "ANSWER")?;
        let (waiting, who) = self.resume(r, &select, session, given)?;
        let available = self.available(&self.holder_of(r, &who)?, &waiting.progress);
        let name = ChallengeNameType::from(answer.expose());
        if !available.contains(&name) {
            return Err(Error::invalid("Selected challenge is not available."));
        }
        let after = spend(&waiting);
        let asked = Asked {
            name,
            username: required(given, "USERNAME")?.expose(),
            available,
            progress: waiting.progress,
        };
        self.ask_first(r, who, asked, given, after)
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

    /// Opens the session of a challenge and finds its user again, made up or not.
    ///
    /// The caller may answer with the name it typed or the one it was told.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` when the session is not one for this challenge and user.
    pub fn resume(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<(Waiting, Who)> {
        let typed = required(given, "USERNAME")?.expose();
        self.check_secret_hash(typed, given)?;
        let mut waiting = Waiting::open(&self.keys, &self.client.id, name, session, self.now)?;
        self.check_still_allowed(&waiting.progress.flow)?;
        waiting.progress = waiting.progress.on_device(given);
        let who = match users::get(r, &self.pool.id, &waiting.sub)? {
            Some(user) => Who::Known(Box::new(user)),
            // Deleted since the session began.
            None if !client::hides_users(&self.client) => return Err(Error::no_user()),
            None => Who::Unknown {
                sub: waiting.sub,
                user_id: simulated::user_id(&self.pool, &waiting.username, &waiting.sub),
            },
        };
        let is_same = typed == waiting.username
            || typed == who.user_id()
            || lookup::user(r, &self.pool, typed)?.is_some_and(|user| user.sub == waiting.sub);
        if is_same {
            Ok((waiting, who))
        } else {
            Err(challenge::invalid())
        }
    }
}

/// What is asked for, and of whom.
pub struct Asked<'a> {
    pub name: ChallengeNameType,
    pub username: &'a str,
    pub available: Vec<ChallengeNameType>,
    pub progress: Progress,
}

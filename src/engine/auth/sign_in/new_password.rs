//! A user with a temporary password chooses one of their own.

use std::collections::BTreeMap;

use super::job::{After, Done, Job, parameters_of, required};
use super::progress::Progress;
use super::{Answer, Parameters};
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting, fingerprint};
use crate::engine::auth::{credential, lookup};
use crate::engine::ops::idp::mfa_preferences::holder;
use crate::engine::ops::idp::users as user_ops;
use crate::engine::{Error, Result, risk};
use crate::rules::attributes;
use crate::rules::mfa::{self, Decision};
use crate::store::Reader;
use crate::store::records::users::{self, User};
use crate::wire::idp::{ChallengeNameType, EventFilterType, UserStatusType};

impl Job {
    /// Asks for a new password, and for the attributes the pool requires.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the session cannot be written.
    pub fn ask_new_password(&self, user: &User, progress: &Progress) -> Result<Answer> {
        let schema = attributes::schema_of(&self.pool.settings);
        let missing: Vec<String> =
            attributes::missing_required(&schema, |name| user.attributes.contains_key(name))
                .into_iter()
                .filter_map(|attribute| attribute.name.as_deref())
                .map(|name| format!("userAttributes.{name}"))
                .collect();
        let readable: BTreeMap<&String, &String> = user
            .attributes
            .iter()
            .filter(|(name, _)| attributes::is_readable(&self.client.settings, name))
            .collect();
        let parameters = [
            ("USER_ID_FOR_SRP", user.username.clone()),
            (
                "userAttributes",
                serde_json::to_string(&readable).map_err(Error::internal)?,
            ),
            (
                "requiredAttributes",
                serde_json::to_string(&missing).map_err(Error::internal)?,
            ),
        ];
        Ok(Answer {
            session: Some(self.wait(
                ChallengeNameType::NewPasswordRequired,
                user.sub,
                &user.username,
                user.credential.as_deref(),
                progress,
            )?),
            challenge_name: Some(ChallengeNameType::NewPasswordRequired),
            challenge_parameters: Some(parameters_of(parameters)),
            ..Answer::default()
        })
    }

    /// The answer to `NEW_PASSWORD_REQUIRED`.
    pub fn new_password(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let password = required(given, "NEW_PASSWORD")?;
        self.check_secret_hash(username.expose(), given)?;
        let waiting = Waiting::open(
            &self.keys,
            &self.client.id,
            &ChallengeNameType::NewPasswordRequired,
            session,
            self.now,
        )?;
        let before = users::get(r, &self.pool.id, &waiting.sub)?.ok_or_else(challenge::invalid)?;
        let same_user = before.username == username.expose()
            || lookup::user(r, &self.pool, username.expose())?.is_some_and(|user| user.sub == before.sub);
        let same_password = waiting.credential == fingerprint(&self.keys, before.credential.as_deref());
        if !same_user || !same_password || before.status != UserStatusType::ForceChangePassword {
            return Err(challenge::invalid());
        }
        self.check_state(&before)?;
        user_ops::check_password(&self.pool, password)?;
        let occasion = EventFilterType::PasswordChange;
        let is_leaked =
            risk::refuse_leaked_in(&self.engine, r, &self.pool, &self.client.id, &occasion, password)?;
        let history = credential::history_size(&self.pool);
        if credential::was_used_in(&self.engine, r, &self.pool, &before, password, history)? {
            return Err(user_ops::password_was_used());
        }

        let mut user = before.clone();
        self.complete_attributes(&mut user, given)?;
        let sealed = credential::make_in(&self.engine, r, &self.pool, &user.sub, &user.username, password)?;
        credential::replace(&self.pool, &mut user, sealed);
        user.status = UserStatusType::Confirmed;
        user.modified_at = self.now;
        let mut progress = Progress {
            chose_password: true,
            ..waiting.progress
        };
        if let Some(found) = progress.assessment.as_mut().filter(|_| is_leaked) {
            found.compromised = true;
        }
        // The second factor is that of the user as it was: who holds a temporary password does not
        // say where its code goes.
        let holder = holder(&self.pool, &before, false);
        let asked = match mfa::decide(&self.pool.settings, &self.pool.mfa, &holder, progress.demand) {
            Decision::Ask(factor) => vec![factor],
            Decision::Choose(factors) => factors,
            Decision::Nothing | Decision::SetUp(_) | Decision::Impossible => Vec::new(),
        };
        let of_factors = if asked.is_empty() {
            user.clone()
        } else {
            for attribute in asked.iter().filter_map(|factor| factor.attribute()) {
                if before.attributes.get(attribute) != user.attributes.get(attribute) {
                    return Err(Error::not_authorized(format!(
                        "Cannot modify an already provided {attribute}"
                    )));
                }
            }
            User {
                attributes: before.attributes.clone(),
                ..user.clone()
            }
        };
        let after = After {
            sub: user.sub,
            once: Some((waiting.nonce, waiting.expires_at)),
            forget_attempts: true,
            user: Some(user),
            ..After::default()
        };
        self.second_step(r, &of_factors, after, progress)
    }

    /// Takes the `userAttributes.…` of a first sign-in.
    fn complete_attributes(&self, user: &mut User, given: &Parameters) -> Result<()> {
        let given: BTreeMap<String, String> = given
            .iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix("userAttributes.")?;
                Some((name.to_owned(), value.expose().to_owned()))
            })
            .collect();
        let schema = attributes::schema_of(&self.pool.settings);
        for (name, value) in &given {
            if !attributes::is_writable(&self.client.settings, name) {
                return Err(Error::not_authorized(
                    "A client attempted to write unauthorized attribute",
                ));
            }
            let is_required =
                attributes::find(&schema, name).is_some_and(|attribute| attribute.required == Some(true));
            let present = user.attributes.get(name);
            if is_required && present.is_some_and(|present| present != value) {
                return Err(Error::not_authorized(format!(
                    "Cannot modify an already provided {name}"
                )));
            }
        }
        let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let findings = attributes::check(&schema, pairs);
        if !findings.is_empty() {
            return Err(Error::invalid(attributes::message(&findings)));
        }
        // Codes for a new address are asked for afterwards, by the signed-in user.
        user_ops::change_attributes(&self.pool, user, &given)?;
        let missing = attributes::missing_required(&schema, |name| user.attributes.contains_key(name));
        if let Some(name) = missing.first().and_then(|attribute| attribute.name.as_deref()) {
            return Err(Error::invalid(format!(
                "Invalid attributes given, {name} is missing"
            )));
        }
        Ok(())
    }
}

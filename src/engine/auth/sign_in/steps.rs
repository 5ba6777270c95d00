//! The steps after a right first proof: the user's state, a new password, second factors, tokens.

use std::collections::BTreeMap;

use super::Answer;
use super::job::{After, Done, Job, Next, SignedIn};
use super::progress::Progress;
use crate::engine::auth::tokens::{self, Grant, USER_SCOPE};
use crate::engine::risk::{self, Assessment, Verdict};
use crate::engine::triggers::pre_token::Overrides;
use crate::engine::{Error, Result};
use crate::rules::password_policy;
use crate::store::Reader;
use crate::store::records::users::User;
use crate::wire::idp::UserStatusType;

impl Job {
    /// Goes on after a right first proof.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when a challenge cannot be made; what the user's state refuses is
    /// part of the result.
    pub fn go_on(&self, r: &mut Reader<'_>, user: &User, after: After, progress: Progress) -> Result<Done> {
        if let Err(refused) = self.check_state(user) {
            // The nonce is spent and the guess was right: nothing is counted.
            let after = After {
                forget_attempts: false,
                convert: None,
                ..after
            };
            return Ok((after, Err(refused)));
        }
        // Once a sign-in: a device that is proven later changes nothing about the risk.
        let assessment = match progress.assessment.clone() {
            Some(found) => Some(found),
            None => self.assess(r, user, &progress)?,
        };
        let after = After {
            sub: user.sub,
            assessment: assessment.clone(),
            ..after
        };
        let verdict = assessment.as_ref().map_or(Verdict::Allow, |it| it.verdict);
        let progress = Progress {
            demand: verdict.demand(),
            assessment,
            ..progress
        };
        if verdict == Verdict::Block {
            let after = After {
                convert: None,
                ..after
            };
            return Ok((after, Err(risk::blocked())));
        }
        if user.status == UserStatusType::ForceChangePassword {
            // A converted credential would no longer be the one the session is tied to.
            let after = After {
                convert: None,
                ..after
            };
            return Ok((after, self.ask_new_password(user, &progress).map(Next::from)));
        }
        self.second_step(r, user, after, progress)
    }

    /// Asks threat protection about a sign-in; `None` when the user pool does not.
    pub fn assess(&self, r: &mut Reader<'_>, user: &User, progress: &Progress) -> Result<Option<Assessment>> {
        risk::assess(
            r,
            &self.engine,
            &self.pool,
            &self.client,
            user,
            &progress.flow,
            &self.context,
            self.now,
        )
    }

    /// Ends in tokens, when the pool's own functions have nothing to say.
    pub fn signed_in(&self, user: &User, progress: Progress) -> Next {
        if let Some(next) = self.custom_step(user, &progress) {
            return next;
        }
        let (acr, amr) = self.proof_claims(&progress);
        Next::Tokens(Box::new(SignedIn {
            grant: Grant {
                acr,
                amr,
                device_key: self.device_of(&progress),
                ..Grant::new(self.rng(), &self.client, user, USER_SCOPE, self.now)
            },
            user: user.clone(),
            progress,
            is_refresh: false,
        }))
    }

    /// Refuses a user who may not sign in now.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException`, `UserNotConfirmedException`, `PasswordResetRequiredException`.
    pub fn check_state(&self, user: &User) -> Result<()> {
        if !user.enabled {
            return Err(Error::not_authorized("User is disabled."));
        }
        match &user.status {
            UserStatusType::Unconfirmed => Err(Error::not_confirmed()),
            UserStatusType::ResetRequired => Err(Error::reset_required()),
            UserStatusType::ForceChangePassword => {
                let policy = password_policy::of(&self.pool.settings);
                // 0 counts as unset.
                let days = policy.temporary_password_validity_days.filter(|days| *days > 0);
                let days = i64::from(days.unwrap_or(password_policy::DEFAULT_TEMPORARY_DAYS));
                let since = user.temporary_since.unwrap_or(user.created_at);
                if self.now >= since.plus_secs(days.saturating_mul(86_400)) {
                    return Err(Error::not_authorized(
                        "Temporary password has expired and must be reset by an administrator.",
                    ));
                }
                Ok(())
            }
            UserStatusType::Confirmed
            | UserStatusType::Archived
            | UserStatusType::Compromised
            | UserStatusType::Unknown
            | UserStatusType::ExternalProvider
            | UserStatusType::Unlisted(_) => Ok(()),
        }
    }

    /// Issues the tokens of a user who has shown all that was asked for.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when the store or the library fails.
    pub fn issue(
        &self,
        r: &mut Reader<'_>,
        signed_in: &SignedIn,
        overrides: Option<&Overrides>,
    ) -> Result<Answer> {
        let SignedIn {
            user,
            grant,
            is_refresh,
            ..
        } = signed_in;
        let subject = (&self.pool, &self.client, user);
        let mut result = tokens::issue_in(&self.engine, r, subject, grant, overrides, self.now)?;
        if !is_refresh {
            result.new_device_metadata = self.new_device(signed_in);
            result.refresh_token = Some(tokens::seal_refresh(&self.keys, self.rng(), grant)?);
        }
        Ok(Answer {
            authentication_result: Some(result),
            challenge_parameters: Some(BTreeMap::new()),
            ..Answer::default()
        })
    }
}

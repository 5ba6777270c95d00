//! Step-up: the caller asks for a level of proof, and may bring what was shown before.
//!
//! Source: developer guide, "Step-up authentication with ACR and AMR".

use super::Parameters;
use super::job::{Job, Who};
use super::progress::{Factor, Progress};
use crate::base::secret::Secret;
use crate::engine::auth::{client, tokens};
use crate::engine::ops::idp::feature_plans;
use crate::engine::{Error, Result};
use crate::rules::acr::{self, Method};
use crate::rules::mfa::{self, Holder};
use crate::rules::plans::Feature;
use crate::store::Reader;
use crate::wire::idp::ChallengeNameType;

impl Job {
    /// Reads `TARGET_ACR_VALUES`, `ACCESS_TOKEN` and `MAX_AGE`: sets the level to reach, and what
    /// counts as shown. The first level of the list that can be reached is it.
    ///
    /// # Errors
    ///
    /// `FeatureUnavailableInTierException`; `NotAuthorizedException` for a token that is not this
    /// user's; `InvalidParameterException` when no level is named, or none can be reached, or the
    /// token has reached it.
    pub fn step_up(
        &self,
        r: &mut Reader<'_>,
        who: &Who,
        holder: &Holder,
        given: &Parameters,
        progress: Progress,
    ) -> Result<Progress> {
        let targets = given.get("TARGET_ACR_VALUES").filter(|list| !list.is_empty());
        let token = given.get("ACCESS_TOKEN").filter(|token| !token.is_empty());
        let Some(targets) = targets else {
            return match token {
                None => Ok(progress),
                Some(_) => Err(Error::invalid(
                    "ACCESS_TOKEN can only be given with TARGET_ACR_VALUES.",
                )),
            };
        };
        feature_plans::require(&self.pool.settings, Feature::StepUp)?;
        let levels = acr::levels_of(&self.pool.settings, targets.expose());
        if levels.is_empty() {
            return Err(Error::invalid(
                "TARGET_ACR_VALUES names no level of the user pool.",
            ));
        }
        let shown = match token {
            None => Vec::new(),
            Some(token) => self.shown_before(r, who, token, given.get("MAX_AGE"))?,
        };
        let reached = acr::level(&methods(&shown));
        if levels.first().is_some_and(|best| *best <= reached) {
            return Err(Error::invalid("The access token has reached the level already."));
        }
        let higher = || levels.iter().copied().filter(|level| *level > reached);
        // Who has shown nothing yet is not told, where users are hidden, which second factor there
        // is: the password comes first. What a list of levels tells beside, by the first that can
        // be reached, it tells of made-up users as well.
        let is_hidden = client::hides_users(&self.client) && shown.is_empty() && holder.password;
        let target = higher()
            .find(|level| self.is_reachable(*level, holder, &shown))
            .or_else(|| higher().find(|level| is_hidden && self.is_offered(*level)))
            .ok_or_else(unreachable_level)?;
        Ok(Progress {
            shown,
            target: Some(target),
            ..progress
        })
    }

    /// Returns what the holder of an access token showed, when that is recent enough.
    fn shown_before(
        &self,
        r: &mut Reader<'_>,
        who: &Who,
        token: &Secret,
        max_age: Option<&Secret>,
    ) -> Result<Vec<Factor>> {
        let (pool, _, user, claims) =
            tokens::check_access(&self.engine, r, token, self.now).map_err(|_| {
                // That the token's user is gone is no error of these operations' own.
                Error::not_authorized("Invalid Access Token")
            })?;
        if pool.id != self.pool.id || user.sub != who.sub() {
            return Err(Error::not_authorized("Invalid Access Token"));
        }
        if let Some(max_age) = max_age {
            let secs: i64 = max_age
                .expose()
                .parse()
                .ok()
                .filter(|secs| *secs >= 0)
                .ok_or_else(|| Error::invalid("MAX_AGE must be a number of seconds."))?;
            if self.now.secs().saturating_sub(claims.auth_time) > secs {
                return Ok(Vec::new());
            }
        }
        Ok(claims
            .amr
            .iter()
            .filter_map(|value| Method::parse(value))
            .map(factor_of)
            .collect())
    }

    fn is_reachable(&self, level: u8, holder: &Holder, shown: &[Factor]) -> bool {
        let first = self.first_factors_of(holder);
        let has_password = shown.contains(&Factor::Password) || first.contains(&ChallengeNameType::Password);
        let has_code = [ChallengeNameType::EmailOtp, ChallengeNameType::SmsOtp]
            .iter()
            .any(|name| first.contains(name));
        match level {
            1 => first.contains(&ChallengeNameType::Password),
            2 => has_code,
            3 => {
                first.contains(&ChallengeNameType::WebAuthn)
                    || (has_password && !self.second_factors_for(3, holder).is_empty())
            }
            _ => has_password && !self.second_factors_for(4, holder).is_empty(),
        }
    }

    /// Tells whether the pool has second factors that reach a level beside a password.
    fn is_offered(&self, level: u8) -> bool {
        level > 2
            && mfa::offered(&self.pool.mfa)
                .into_iter()
                .any(|factor| reaches(factor, level))
    }

    /// Returns the second factors that reach a level beside a password, of those the user can show.
    pub fn second_factors_for(&self, level: u8, holder: &Holder) -> Vec<mfa::Factor> {
        mfa::eligible(&self.pool.settings, &self.pool.mfa, holder)
            .into_iter()
            .filter(|factor| reaches(*factor, level))
            .collect()
    }

    /// Returns the first factors by which a level can be reached.
    pub fn first_factors_for(&self, level: u8, available: Vec<ChallengeNameType>) -> Vec<ChallengeNameType> {
        available
            .into_iter()
            .filter(|name| match name {
                ChallengeNameType::Password | ChallengeNameType::PasswordSrp => level != 2,
                ChallengeNameType::EmailOtp | ChallengeNameType::SmsOtp => level == 2,
                ChallengeNameType::WebAuthn => level == 3,
                _ => false,
            })
            .collect()
    }

    /// Returns `acr` and `amr` of a sign-in; nothing where the plan has no levels, or nothing was
    /// shown that they know.
    pub fn proof_claims(&self, progress: &Progress) -> (Option<String>, Vec<String>) {
        let methods = methods(&progress.shown);
        if methods.is_empty() || feature_plans::require(&self.pool.settings, Feature::StepUp).is_err() {
            return (None, Vec::new());
        }
        let name = acr::name_of(&self.pool.settings, acr::level(&methods));
        (name, acr::amr(&methods))
    }
}

/// Tells whether a second factor reaches a level beside a password.
const fn reaches(factor: mfa::Factor, level: u8) -> bool {
    match factor {
        mfa::Factor::Sms | mfa::Factor::Email => level == 3,
        mfa::Factor::SoftwareToken => level >= 3,
    }
}

/// The answer to a user who cannot reach the level that was asked for.
pub fn unreachable_level() -> Error {
    Error::invalid("The user has no factor that reaches a level asked for.")
}

/// Tells whether the level that was asked for is reached.
pub fn is_reached(progress: &Progress, target: u8) -> bool {
    acr::level(&methods(&progress.shown)) >= target
}

/// Returns what the levels know of what was shown.
fn methods(shown: &[Factor]) -> Vec<Method> {
    shown
        .iter()
        .filter_map(|factor| match factor {
            Factor::Password => Some(Method::Password),
            Factor::Sms => Some(Method::Sms),
            Factor::Email => Some(Method::Email),
            Factor::Totp => Some(Method::Totp),
            Factor::Passkey => Some(Method::Passkey),
            Factor::Custom | Factor::Device => None,
        })
        .collect()
}

const fn factor_of(method: Method) -> Factor {
    match method {
        Method::Password => Factor::Password,
        Method::Sms => Factor::Sms,
        Method::Email => Factor::Email,
        Method::Totp => Factor::Totp,
        Method::Passkey => Factor::Passkey,
    }
}

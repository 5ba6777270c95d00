//! Passwords: sent as they are, or proven by SRP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::job::{After, Done, Job, Next, Who, parameters_of, required};
use super::progress::{Factor, Progress};
use super::{Answer, Parameters};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::bignum::Number;
use crate::engine::auth::challenge::{self, SrpBlock};
use crate::engine::auth::credential::{self, Credential};
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::srp::{self, Challenge, Identity};
use crate::engine::auth::{client, lookup, simulated};
use crate::engine::messages::next_id;
use crate::engine::risk::{self, Assessment, Verdict};
use crate::engine::{Error, Result};
use crate::store::Reader;
use crate::store::records::users::{self, User};
use crate::wire::idp::{ChallengeNameType, EventFilterType, UserStatusType};

/// The timestamp of a proof may be this far from the engine's time. The vendor does not
/// say; its signatures allow as much.
const PROOF_SKEW_MILLIS: i64 = 5 * 60 * 1000;

impl Job {
    /// `USER_PASSWORD_AUTH` and `ADMIN_USER_PASSWORD_AUTH`.
    pub fn password_flow(&self, r: &mut Reader<'_>, given: &Parameters, progress: Progress) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let password = required(given, "PASSWORD")?;
        self.check_secret_hash(username.expose(), given)?;
        let who = self.who(r, username.expose())?;
        self.by_password(r, who, password, progress)
    }

    /// Checks a password that was sent as it is.
    pub fn by_password(
        &self,
        r: &mut Reader<'_>,
        who: Who,
        password: &Secret,
        progress: Progress,
    ) -> Result<Done> {
        let attempts = lockout::admit(r, &self.pool.id, &who.sub(), lockout::PASSWORD, self.now)?;
        let identity = Identity::new(&self.pool.id, who.user_id());
        let stored = match &who {
            Who::Known(user) => credential::of_user(&self.keys, user)?,
            Who::Unknown { .. } => None,
        };
        let Some(stored) = stored else {
            // The same work as for a user who has a password, so that time tells nothing.
            simulated::credential(&self.keys, &self.pool, who.user_id()).check(identity, password)?;
            return Ok(self.wrong(&who, None));
        };
        if !stored.check(identity, password)? {
            return Ok(self.wrong(&who, None));
        }
        let Who::Known(user) = &who else {
            return Ok(self.wrong(&who, None));
        };
        let mut progress = progress;
        if let Some(blocks) = self.leaked(r, user, password)? {
            if blocks {
                return Ok(self.reset_leaked(user));
            }
            let mut found = self
                .assess(r, user, &progress)?
                .unwrap_or_else(|| self.nothing_found());
            found.compromised = true;
            progress.assessment = Some(found);
        }
        let mut after = After {
            sub: user.sub,
            forget_attempts: attempts.count > 0,
            ..After::default()
        };
        if stored.is_outdated(self.pool.any_client_uses_srp)
            && let Some(checked) = user.credential.clone()
        {
            let successor = Credential::make(identity, password, self.pool.any_client_uses_srp, self.rng())?;
            after.convert = Some((checked, successor.seal(&self.keys, &user.sub, self.rng())));
        }
        self.go_on(r, user, after, progress.with(Factor::Password))
    }

    /// Looks for a right password among leaked ones, where the user pool wants that: whether one
    /// that is there must be reset, or is only written down.
    fn leaked(&self, r: &mut Reader<'_>, user: &User, password: &Secret) -> Result<Option<bool>> {
        let occasion = EventFilterType::SignIn;
        let action = risk::leaked_action(r, &self.pool, &self.client.id, &occasion)?
            .filter(|_| self.check_state(user).is_ok());
        Ok(action.filter(|_| risk::leaked::contains(&self.engine.data_dir, password)))
    }

    fn nothing_found(&self) -> Assessment {
        Assessment {
            event_id: next_id(self.rng(), self.now),
            ..Assessment::default()
        }
    }

    /// Sends a user whose password is a leaked one to reset it.
    fn reset_leaked(&self, user: &User) -> Done {
        let mut changed = user.clone();
        changed.status = UserStatusType::ResetRequired;
        changed.modified_at = self.now;
        let after = After {
            sub: user.sub,
            user: Some(changed),
            assessment: Some(Assessment {
                verdict: Verdict::Block,
                compromised: true,
                ..self.nothing_found()
            }),
            ..After::default()
        };
        (after, Err(Error::reset_required()))
    }

    /// A wrong proof. `once` is the nonce it spent.
    fn wrong(&self, who: &Who, once: Option<(Uuid, UnixMillis)>) -> Done {
        let sub = who.sub();
        let after = After {
            sub,
            once,
            wrong: Some(Uncounted::note(&self.pool.id, &sub, lockout::PASSWORD)),
            ..After::default()
        };
        let error = match who {
            // An imported user has no password to be right about, so only this tells what to do.
            Who::Known(user)
                if user.status == UserStatusType::ResetRequired && !client::hides_users(&self.client) =>
            {
                Error::reset_required()
            }
            Who::Known(_) | Who::Unknown { .. } => Error::not_authorized("Incorrect username or password."),
        };
        (after, Err(error))
    }

    /// `USER_SRP_AUTH`.
    pub fn srp_flow(&self, r: &mut Reader<'_>, given: &Parameters, progress: Progress) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let a = public_a(given)?;
        let who = self.who(r, username.expose())?;
        Ok((
            After::default(),
            self.ask_proof(&who, a, progress).map(Next::from),
        ))
    }

    /// Asks for the SRP proof of a password.
    pub fn ask_proof(&self, who: &Who, a: Number, progress: Progress) -> Result<Answer> {
        let verifier = self.verifier_of(who)?;
        let challenge = Challenge::make(&verifier.v, self.rng()).map_err(Error::internal)?;
        let block = SrpBlock::new(
            self.rng(),
            who.sub(),
            who.user_id(),
            a,
            &challenge,
            self.session_ends(),
            progress,
        );
        let parameters = [
            ("SALT", verifier.salt_hex()),
            (
                "SECRET_BLOCK",
                block.seal(&self.keys, self.rng(), &self.client.id)?,
            ),
            ("SRP_B", srp::padded_hex(&challenge.public)),
            ("USERNAME", who.user_id().to_owned()),
            ("USER_ID_FOR_SRP", who.user_id().to_owned()),
        ];
        Ok(Answer {
            challenge_name: Some(ChallengeNameType::PasswordVerifier),
            challenge_parameters: Some(parameters_of(parameters)),
            ..Answer::default()
        })
    }

    /// Returns the verifier of a user; one that fits no password when there is none, or when
    /// an imported hash waits for the first sign-in with the plain password.
    fn verifier_of(&self, who: &Who) -> Result<srp::Verifier> {
        let stored = match who {
            Who::Known(user) => credential::of_user(&self.keys, user)?,
            Who::Unknown { .. } => None,
        };
        Ok(match stored {
            Some(Credential::SrpVerifier(verifier)) => verifier,
            Some(Credential::Argon2id { .. } | Credential::Foreign { .. }) | None => {
                simulated::verifier(&self.keys, who.user_id())
            }
        })
    }

    /// The answer to `PASSWORD_VERIFIER`.
    pub fn password_verifier(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let secret_block = required(given, "PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = required(given, "PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = required(given, "TIMESTAMP")?;
        self.check_secret_hash(username.expose(), given)?;
        let (block, block_bytes) =
            SrpBlock::open(&self.keys, &self.client.id, secret_block.expose(), self.now)?;
        self.check_still_allowed(&block.progress.flow)?;
        check_proof_time(timestamp, self.now)?;
        let who = match users::get(r, &self.pool.id, &block.sub)? {
            Some(user) => Who::Known(Box::new(user)),
            None => Who::Unknown {
                sub: block.sub,
                user_id: block.user_id.clone(),
            },
        };
        if block.user_id != username.expose()
            && lookup::user(r, &self.pool, username.expose())?.is_none_or(|user| user.sub != block.sub)
        {
            return Err(challenge::invalid());
        }
        let attempts = lockout::admit(r, &self.pool.id, &block.sub, lockout::PASSWORD, self.now)?;
        let once = Some((block.nonce, block.expires_at));

        let verifier = self.verifier_of(&who)?;
        let key =
            srp::session_key(&block.a, &block.b_public, &block.b, &verifier.v).map_err(Error::internal)?;
        let signature = STANDARD.decode(signature.expose()).unwrap_or_default();
        let identity = Identity::new(&self.pool.id, &block.user_id);
        let is_proven =
            key.is_some_and(|key| srp::proves(&key, identity, &block_bytes, timestamp.expose(), &signature));
        let user = match &who {
            Who::Known(user) if is_proven => user,
            Who::Known(_) | Who::Unknown { .. } => return Ok(self.wrong(&who, once)),
        };
        let after = After {
            sub: user.sub,
            once,
            forget_attempts: attempts.count > 0,
            ..After::default()
        };
        self.go_on(
            r,
            user,
            after,
            block.progress.clone().on_device(given).with(Factor::Password),
        )
    }
}

/// Reads `SRP_A`.
pub fn public_a(given: &Parameters) -> Result<Number> {
    let text = required(given, "SRP_A")?;
    srp::parse_a(text.expose()).ok_or_else(|| Error::invalid("Invalid SRP_A."))
}

/// Checks that a proof was made about now.
///
/// # Errors
///
/// `InvalidParameterException` when the text is no timestamp; `NotAuthorizedException` when it
/// is too far from now.
pub fn check_proof_time(timestamp: &Secret, now: UnixMillis) -> Result<()> {
    let signed_at = proof_time(timestamp.expose())
        .ok_or_else(|| Error::invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"))?;
    if now.since(signed_at).abs() > PROOF_SKEW_MILLIS {
        return Err(challenge::expired());
    }
    Ok(())
}

/// Reads the timestamp of a proof, `Tue May 7 00:09:40 UTC 2025`. The weekday is not
/// checked: it adds nothing to a date.
fn proof_time(text: &str) -> Option<UnixMillis> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, month, day, time, "UTC", year] = *fields.as_slice() else {
        return None;
    };
    let at =
        jiff::civil::DateTime::strptime("%b %d %H:%M:%S %Y", format!("{month} {day} {time} {year}")).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(UnixMillis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_time_reads_days_with_and_without_a_zero() {
        let expected = Some(UnixMillis(1_746_576_580_000));
        for text in [
            "Wed May 7 00:09:40 UTC 2025",
            "Wed May 07 00:09:40 UTC 2025",
            "Tue May 7 00:09:40 UTC 2025",
        ] {
            assert_eq!(proof_time(text), expected, "{text}");
        }
        for text in [
            "",
            "Wed May 7 00:09:40 CET 2025",
            "Wed Mai 7 00:09:40 UTC 2025",
            "Wed May 32 00:09:40 UTC 2025",
            "Wed May 7 00:09:40 UTC",
        ] {
            assert_eq!(proof_time(text), None, "{text}");
        }
    }
}

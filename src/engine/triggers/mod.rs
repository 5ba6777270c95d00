//! Triggers: functions of the admin's own that a user pool calls at fixed points of sign-up,
//! sign-in and messaging.
//!
//! A pool names a function by its ARN; what the ARN is bound to ([`functions`]) says how it is
//! reached ([`target`]): over HTTP, as a local command, or by Lambda itself. Each kind of
//! trigger has a function here that builds its event ([`event`]), invokes it and reads the
//! answer strictly: what is of another type, or too large, is refused and never guessed at.
//!
//! A function has five seconds. When it does not answer in time it is called again, three
//! times at most; when it answers with an error it is not. A trigger that fails fails the
//! operation: nothing goes on as if it had agreed.
//!
//! What must never happen here: an event, an answer or a function's text in a log. They hold
//! passwords and codes.
//!
//! Source: developer guide, "Customizing user pool workflows with Lambda triggers".

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tracing::warn;

use super::outbound::ChosenBy;
use super::{Engine, Error, Result};
use crate::base::clock::UnixMillis;
use crate::base::secret::SecretBytes;
use crate::store::records::user_pools::UserPool;
use crate::wire::fault::Code;

pub mod answer;
pub mod challenge;
pub mod encryption;
pub mod event;
pub mod federation;
pub mod functions;
pub mod messages;
pub mod migration;
pub mod pre_token;
pub mod sign_in;
pub mod sign_up;
pub mod target;

pub use event::{Event, Scene};
use target::{Failure, Target};

/// A function must answer within this time.
pub const LIMIT: Duration = Duration::from_secs(5);
/// A function that does not answer in time is called this often.
pub const TRIES: u32 = 3;
/// Calls of one function that may be under way at once; further ones are refused.
const AT_ONCE: usize = 64;
/// After so many calls in a row without an answer, the function is left alone for a while.
const SILENT_MAX: u32 = 5;
/// For how long.
const REST_SECS: i64 = 5;

/// A kind of trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    PreSignUp,
    PostConfirmation,
    PreAuthentication,
    PostAuthentication,
    DefineAuthChallenge,
    CreateAuthChallenge,
    VerifyAuthChallengeResponse,
    PreTokenGeneration,
    UserMigration,
    CustomMessage,
    CustomEmailSender,
    CustomSmsSender,
    InboundFederation,
}

impl Trigger {
    /// Returns the name that errors carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreSignUp => "PreSignUp",
            Self::PostConfirmation => "PostConfirmation",
            Self::PreAuthentication => "PreAuthentication",
            Self::PostAuthentication => "PostAuthentication",
            Self::DefineAuthChallenge => "DefineAuthChallenge",
            Self::CreateAuthChallenge => "CreateAuthChallenge",
            Self::VerifyAuthChallengeResponse => "VerifyAuthChallengeResponse",
            Self::PreTokenGeneration => "PreTokenGeneration",
            Self::UserMigration => "UserMigration",
            Self::CustomMessage => "CustomMessage",
            Self::CustomEmailSender => "CustomEmailSender",
            Self::CustomSmsSender => "CustomSMSSender",
            Self::InboundFederation => "InboundFederation",
        }
    }

    /// Returns the ARN of the function that a user pool calls, when there is one.
    pub fn function(self, pool: &UserPool) -> Option<&str> {
        let lambda = pool.settings.lambda_config.as_ref()?;
        let arn = match self {
            Self::PreSignUp => lambda.pre_sign_up.as_ref(),
            Self::PostConfirmation => lambda.post_confirmation.as_ref(),
            Self::PreAuthentication => lambda.pre_authentication.as_ref(),
            Self::PostAuthentication => lambda.post_authentication.as_ref(),
            Self::DefineAuthChallenge => lambda.define_auth_challenge.as_ref(),
            Self::CreateAuthChallenge => lambda.create_auth_challenge.as_ref(),
            Self::VerifyAuthChallengeResponse => lambda.verify_auth_challenge_response.as_ref(),
            Self::PreTokenGeneration => lambda
                .pre_token_generation_config
                .as_ref()
                .map(|config| &config.lambda_arn)
                .or(lambda.pre_token_generation.as_ref()),
            Self::UserMigration => lambda.user_migration.as_ref(),
            Self::CustomMessage => lambda.custom_message.as_ref(),
            Self::CustomEmailSender => lambda.custom_email_sender.as_ref().map(|it| &it.lambda_arn),
            Self::CustomSmsSender => lambda.custom_sms_sender.as_ref().map(|it| &it.lambda_arn),
            Self::InboundFederation => lambda.inbound_federation.as_ref().map(|it| &it.lambda_arn),
        };
        arn.map(String::as_str).filter(|arn| !arn.is_empty())
    }

    /// Tells whether a user pool has a function for this.
    pub fn is_set(self, pool: &UserPool) -> bool {
        self.function(pool).is_some()
    }
}

/// What an engine keeps of functions beside the store: those that flags bind, and
/// how each has done lately.
pub struct Triggers {
    given: BTreeMap<String, Target>,
    /// Keys by `KMSKeyID` that flags and the configuration file give.
    encryption_keys: BTreeMap<String, SecretBytes>,
    health: Mutex<HashMap<String, Health>>,
    limit_millis: AtomicU64,
}

struct Health {
    slots: Arc<Semaphore>,
    /// Calls in a row that ended without an answer.
    silent: u32,
    rests_until: UnixMillis,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            silent: 0,
            rests_until: UnixMillis::default(),
        }
    }
}

impl Triggers {
    /// Takes what flags and the configuration file bind.
    pub fn new(given: BTreeMap<String, Target>, encryption_keys: BTreeMap<String, SecretBytes>) -> Self {
        Self {
            given,
            encryption_keys,
            health: Mutex::default(),
            limit_millis: AtomicU64::new(u64::try_from(LIMIT.as_millis()).unwrap_or(u64::MAX)),
        }
    }

    /// Changes how long a function may take, [`LIMIT`] unless told.
    pub fn set_limit(&self, limit: Duration) {
        let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.limit_millis.store(millis, Ordering::Relaxed);
    }

    fn limit(&self) -> Duration {
        Duration::from_millis(self.limit_millis.load(Ordering::Relaxed))
    }

    /// Takes a place for a call of a function.
    fn enter(&self, arn: &str, now: UnixMillis) -> Result<tokio::sync::OwnedSemaphorePermit, Failure> {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let health = health.entry(arn.to_owned()).or_default();
        if health.rests_until > now {
            return Err(Failure::Timeout);
        }
        Arc::clone(&health.slots)
            .try_acquire_owned()
            .map_err(|_| Failure::Busy)
    }

    /// Notes whether a function answered.
    fn note(&self, arn: &str, answered: bool, now: UnixMillis) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let health = health.entry(arn.to_owned()).or_default();
        health.silent = if answered {
            0
        } else {
            health.silent.saturating_add(1)
        };
        if health.silent >= SILENT_MAX {
            health.silent = 0;
            health.rests_until = now.plus_secs(REST_SECS);
        }
    }
}

/// Invokes the pool's function for the event and returns the `response` of its answer; `None`
/// when the pool has no function for it.
///
/// # Errors
///
/// `UserLambdaValidationException` with the function's own text, `InvalidLambdaResponseException`,
/// `UnexpectedLambdaException`.
pub(crate) async fn invoke(scene: &Scene<'_>, event: Event<'_>) -> Result<Option<Map<String, Value>>> {
    let trigger = event.trigger;
    let Some(arn) = trigger.function(scene.pool) else {
        return Ok(None);
    };
    let payload = event.write(scene);
    match call(&scene.cx.engine, arn, &payload, event.holds_password, TRIES).await {
        Ok(answer) => answer::response_of(&answer)
            .map(Some)
            .ok_or_else(answer::unrecognizable),
        Err(failure) => {
            warn!(
                function = arn,
                trigger = trigger.as_str(),
                reason = failure.reason(),
                "a trigger failed"
            );
            Err(error_of(trigger, failure))
        }
    }
}

/// Calls a function by its ARN, up to `tries` times while it does not answer in time.
pub(crate) async fn call(
    engine: &Engine,
    arn: &str,
    payload: &[u8],
    holds_password: bool,
    tries: u32,
) -> Result<Value, Failure> {
    let (source, target) = functions::target_of(engine, arn).await?;
    let chosen_by = match source {
        functions::Source::Flag => ChosenBy::Owner,
        functions::Source::Stored => ChosenBy::Admin,
    };
    if holds_password && !target.is_private() {
        return Err(Failure::Unprotected);
    }
    let triggers = &engine.triggers;
    let _slot = triggers.enter(arn, engine.clock.now())?;
    for _ in 0..tries {
        let answer =
            tokio::time::timeout(triggers.limit(), target.call(engine, arn, payload, chosen_by)).await;
        match answer.unwrap_or(Err(Failure::Timeout)) {
            Err(Failure::Timeout) => {}
            other => {
                triggers.note(arn, true, engine.clock.now());
                return other;
            }
        }
    }
    triggers.note(arn, false, engine.clock.now());
    Err(Failure::Timeout)
}

/// Turns a failure into what the caller of the operation gets.
fn error_of(trigger: Trigger, failure: Failure) -> Error {
    let name = trigger.as_str();
    match failure {
        Failure::Function(text) => {
            let end = if text.ends_with('.') { "" } else { "." };
            Error::new(
                Code::UserLambdaValidationException,
                format!("{name} failed with error {text}{end}"),
            )
        }
        Failure::Garbage | Failure::TooLarge => answer::unrecognizable(),
        Failure::Timeout
        | Failure::NotBound
        | Failure::Unreachable
        | Failure::Refused(_)
        | Failure::Busy
        | Failure::Unprotected
        | Failure::Store => Error::new(
            Code::UnexpectedLambdaException,
            format!("{name} invocation failed due to error {}.", failure.reason()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_functions_text_ends_with_one_full_stop() {
        for text in ["Not you", "Not you."] {
            let error = error_of(Trigger::PreSignUp, Failure::Function(text.to_owned()));
            assert_eq!(error.code(), Code::UserLambdaValidationException);
            assert_eq!(error.message(), "PreSignUp failed with error Not you.");
        }
    }

    #[test]
    fn a_silent_function_is_left_alone_for_a_while() {
        let triggers = Triggers::new(BTreeMap::new(), BTreeMap::new());
        let now = UnixMillis(1_000_000);
        for _ in 0..SILENT_MAX {
            assert!(triggers.enter("a", now).is_ok());
            triggers.note("a", false, now);
        }
        assert!(matches!(triggers.enter("a", now), Err(Failure::Timeout)));
        assert!(triggers.enter("b", now).is_ok());
        assert!(triggers.enter("a", now.plus_secs(REST_SECS)).is_ok());
    }

    #[test]
    fn a_function_has_only_so_many_places() {
        let triggers = Triggers::new(BTreeMap::new(), BTreeMap::new());
        let held: Vec<_> = (0..AT_ONCE)
            .map(|_| triggers.enter("a", UnixMillis(0)).unwrap())
            .collect();
        assert!(matches!(triggers.enter("a", UnixMillis(0)), Err(Failure::Busy)));
        drop(held);
        assert!(triggers.enter("a", UnixMillis(0)).is_ok());
    }
}

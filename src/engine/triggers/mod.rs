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

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};
use tracing::warn;

use super::outbound::ChosenBy;
use super::{Caller, Engine, Error, Result};
use crate::base::secret::SecretBytes;
use crate::base::source::Source;
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
mod places;
pub mod pre_token;
pub mod sign_in;
pub mod sign_up;
pub mod target;

pub use event::{Event, Scene};
use places::Places;
use target::{Failure, Target};

/// A function must answer within this time.
pub const LIMIT: Duration = Duration::from_secs(5);
/// A function that does not answer in time is called this often.
pub const TRIES: u32 = 3;

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
    /// How many kinds there are.
    const KINDS: usize = Self::InboundFederation as usize + 1;

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
    places: Places,
    limit_millis: AtomicU64,
}

impl Triggers {
    /// Takes what flags and the configuration file bind.
    pub fn new(given: BTreeMap<String, Target>, encryption_keys: BTreeMap<String, SecretBytes>) -> Self {
        Self {
            given,
            encryption_keys,
            places: Places::default(),
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
    let called = Called {
        trigger,
        // What an admin's program does on behalf of users has one address for all of them.
        source: match &scene.cx.caller {
            Caller::Public | Caller::Token => scene.cx.source.map(Source::of),
            Caller::Console | Caller::AccessKey(_) | Caller::Role(_) => None,
        },
        holds_password: event.holds_password,
        tries: TRIES,
    };
    match call(&scene.cx.engine, arn, &payload, called).await {
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

/// A call of a function.
pub(crate) struct Called {
    pub trigger: Trigger,
    /// Whose calls it counts among, where these are to be bounded.
    pub source: Option<Source>,
    pub holds_password: bool,
    /// How often it is made at most, while the function does not answer in time.
    pub tries: u32,
}

/// Calls a function by its ARN.
pub(crate) async fn call(
    engine: &Engine,
    arn: &str,
    payload: &[u8],
    called: Called,
) -> Result<Value, Failure> {
    let (source, target) = functions::target_of(engine, arn).await?;
    let chosen_by = match source {
        functions::Source::Flag => ChosenBy::Owner,
        functions::Source::Stored => ChosenBy::Admin,
    };
    if called.holds_password && !target.is_private() {
        return Err(Failure::Unprotected);
    }
    let triggers = &engine.triggers;
    let now = engine.clock.now();
    let place = triggers.places.enter(arn, called.trigger, called.source, now)?;
    for _ in 0..called.tries {
        let answer =
            tokio::time::timeout(triggers.limit(), target.call(engine, arn, payload, chosen_by)).await;
        match answer.unwrap_or(Err(Failure::Timeout)) {
            Err(Failure::Timeout) => {}
            other => {
                place.note(true, engine.clock.now());
                return other;
            }
        }
    }
    place.note(false, engine.clock.now());
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
}

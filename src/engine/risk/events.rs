//! Writes down what users did, learns from it, and tells who wants to know: the user by
//! e-mail, the log by a line.

use std::sync::Arc;

use tracing::warn;
use uuid::Uuid;

use super::{Assessment, Context, Mode, Verdict, notices};
use crate::base::clock::UnixMillis;
use crate::engine::auth::sign_in::Parameters;
use crate::engine::messages::{Composer, next_id};
use crate::engine::{Cx, Result, logs};
use crate::store::records::app_clients::AppClient;
use crate::store::records::auth_events::{self, AuthEvent};
use crate::store::records::outbox;
use crate::store::records::user_pools::UserPool;
use crate::store::records::{risk as configurations, users};
use crate::wire::idp::{ChallengeName, EventResponseType, EventType, RiskDecisionType};

/// Events are kept for two years. Source: developer guide, "Viewing user event history".
const KEPT_SECS: i64 = 2 * 365 * 86_400;
/// The most challenges written down of one sign-in.
const CHALLENGES_MAX: usize = 20;

/// Something a user did.
#[derive(Clone)]
pub struct Occurrence {
    pub pool: UserPool,
    pub client: AppClient,
    /// The user, or a made-up one, of whom nothing is written down.
    pub sub: Uuid,
    pub kind: EventType,
    pub response: EventResponseType,
    /// A challenge that was answered, and whether rightly.
    pub challenge: Option<(ChallengeName, bool)>,
    pub assessment: Option<Assessment>,
    pub context: Context,
}

/// Writes down what a user did, when the user pool keeps a history.
///
/// The user has done it already: what fails here is logged and keeps nobody from anything.
pub async fn record(cx: &Cx, occurrence: Occurrence) {
    if Mode::of(&occurrence.pool) == Mode::Off || occurrence.sub.is_nil() {
        return;
    }
    let user_pool_id = occurrence.pool.id.clone();
    if let Err(reason) = write(cx, occurrence).await {
        warn!(%user_pool_id, error = ?reason, "an auth event was not written down");
    }
}

/// As [`record`], without keeping the caller waiting: where a call tells nothing of whether
/// there is such a user, the time it takes must not either.
pub fn record_later(cx: &Cx, occurrence: Occurrence) {
    if Mode::of(&occurrence.pool) != Mode::Off {
        let cx = cx.clone();
        tokio::spawn(async move { record(&cx, occurrence).await });
    }
}

impl Occurrence {
    /// Notes whether the password that was given is a leaked one.
    #[must_use]
    pub fn with_leaked(mut self, is_leaked: bool) -> Self {
        if is_leaked {
            self.assessment.get_or_insert_default().compromised = true;
        }
        self
    }
}

/// Builds an occurrence that is no sign-in.
pub fn other(
    pool: &UserPool,
    client: &AppClient,
    sub: Uuid,
    kind: EventType,
    passed: bool,
    context: Context,
) -> Occurrence {
    Occurrence {
        pool: pool.clone(),
        client: client.clone(),
        sub,
        kind,
        response: if passed {
            EventResponseType::Pass
        } else {
            EventResponseType::Fail
        },
        challenge: None,
        assessment: None,
        context,
    }
}

async fn write(cx: &Cx, occurrence: Occurrence) -> Result<()> {
    let now = cx.now();
    let engine = Arc::clone(&cx.engine);
    let composer = Composer::new(cx, &occurrence.client.id);
    let endpoint = cx.engine.endpoint();
    let request_id = cx.request_id;
    let prepared = cx
        .engine
        .store
        .read(move |r| -> Result<_> {
            let Some(user) = users::get(r, &occurrence.pool.id, &occurrence.sub)? else {
                return Ok(None);
            };
            let event = fresh(&engine, &occurrence, now);
            let assessment = occurrence.assessment.clone().unwrap_or_default();
            let mut message = None;
            if assessment.notifies
                && let Some(rules) = configurations::of_client(r, &occurrence.pool.id, &occurrence.client.id)?
            {
                let keys = engine.keys_of(r, &occurrence.pool.id)?;
                let token = notices::feedback_token(&keys, &event);
                let link = |value: &str| {
                    format!(
                        "{endpoint}/feedback?user_pool_id={}&sub={}&event_id={}&feedback_token={}&feedback_value={value}",
                        event.user_pool_id,
                        event.sub,
                        event.id,
                        token.expose(),
                    )
                };
                let links = [link("Valid"), link("Invalid")];
                message = notices::of(&rules, assessment.verdict, &user, &event, &token, links)
                    .map(|notice| composer.notice(&occurrence.pool, &user, notice));
            }
            Ok(Some((occurrence, user, event, message)))
        })
        .await?;
    let Some((occurrence, user, event, message)) = prepared else {
        return Ok(());
    };
    let line_id = next_id(cx.rng(), now);
    let has_data = occurrence.context.has_data;
    let logged = cx
        .engine
        .store
        .transact("auth_event", move |tx| -> Result<bool> {
            let mut event = event.clone();
            let earlier = auth_events::get(tx, &event.user_pool_id, &event.sub, &event.id)?;
            let is_first = earlier.is_none();
            if let Some(earlier) = earlier {
                event = follow_up(earlier, &occurrence);
            }
            auth_events::put(tx, &event)?;
            let passed = occurrence.response == EventResponseType::Pass;
            if passed && occurrence.kind == EventType::SignIn {
                let mut profile = auth_events::profile(tx, &event.user_pool_id, &event.sub)?;
                profile.learn(&event.origin, now);
                auth_events::put_profile(tx, &event.user_pool_id, &event.sub, &profile)?;
            }
            // Once, when the risk was found.
            if let (true, Some(message)) = (is_first, &message) {
                outbox::put(tx, message)?;
            }
            logs::queue_activity(tx, &event, &user.username, request_id, has_data, line_id, now)
        })
        .await?;
    if logged {
        logs::kick(&cx.engine);
    }
    Ok(())
}

fn fresh(engine: &crate::engine::Engine, occurrence: &Occurrence, now: UnixMillis) -> AuthEvent {
    let assessment = occurrence.assessment.clone().unwrap_or_default();
    let id = if assessment.event_id.is_nil() {
        next_id(&*engine.rng, now)
    } else {
        assessment.event_id
    };
    let decision = match (assessment.verdict, assessment.level) {
        (Verdict::Block, _) => RiskDecisionType::Block,
        (_, Some(_)) => RiskDecisionType::AccountTakeover,
        (_, None) => RiskDecisionType::NoRisk,
    };
    AuthEvent {
        id,
        user_pool_id: occurrence.pool.id.clone(),
        sub: occurrence.sub,
        client_id: occurrence.client.id.clone(),
        kind: occurrence.kind.as_str().to_owned(),
        response: occurrence.response.as_str().to_owned(),
        level: assessment.level,
        decision: decision.as_str().to_owned(),
        compromised: assessment.compromised,
        challenges: occurrence.challenge.iter().map(challenge).collect(),
        origin: occurrence.context.origin(engine, &occurrence.client),
        device_name: occurrence.context.device_name(),
        feedback: None,
        created_at: now,
        expires_at: now.plus_secs(KEPT_SECS),
    }
}

/// Goes on with the event of a sign-in that needed several steps.
fn follow_up(mut event: AuthEvent, occurrence: &Occurrence) -> AuthEvent {
    occurrence.response.as_str().clone_into(&mut event.response);
    event.compromised |= occurrence.assessment.as_ref().is_some_and(|it| it.compromised);
    if event.challenges.len() < CHALLENGES_MAX {
        event
            .challenges
            .extend(occurrence.challenge.iter().map(challenge));
    }
    event
}

fn challenge((name, passed): &(ChallengeName, bool)) -> (String, bool) {
    (name.as_str().to_owned(), *passed)
}

/// Tells which challenge an answer is to, as the history names it.
pub fn challenge_of(name: &crate::wire::idp::ChallengeNameType) -> Option<ChallengeName> {
    use crate::wire::idp::ChallengeNameType as Name;
    match name {
        Name::PasswordVerifier | Name::Password | Name::PasswordSrp | Name::AdminNoSrpAuth => {
            Some(ChallengeName::Password)
        }
        Name::SmsMfa | Name::EmailOtp | Name::SoftwareTokenMfa | Name::SmsOtp | Name::WebAuthn => {
            Some(ChallengeName::Mfa)
        }
        _ => None,
    }
}

/// Tells whether a flow begins with a password in it.
pub fn begins_with_password(given: &Parameters) -> Option<ChallengeName> {
    given.contains_key("PASSWORD").then_some(ChallengeName::Password)
}

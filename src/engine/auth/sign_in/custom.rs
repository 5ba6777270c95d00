//! `CUSTOM_AUTH`: the pool's own functions say which challenge comes next, make it, and check
//! its answer.
//!
//! One function decides after every step: another challenge, tokens, or an end. Between two
//! calls the steps so far and what only the functions know of the challenge travel sealed in
//! the `Session`; what is too long for one waits in the store, until the next step takes its
//! place or the sign-in ends. A wrong answer counts for no lockout; the deciding function ends
//! the sign-in.
//! Second factors are asked for when that function says so, and not otherwise.
//!
//! A sign-in may begin with SRP: the function is then told of `SRP_A`, and `PASSWORD_VERIFIER`
//! is asked when it says so.
//!
//! Source: developer guide, "Custom authentication challenge Lambda triggers".

use std::sync::Arc;

use uuid::Uuid;

use super::around::Outcome;
use super::job::{After, Done, Job, Next, Who, finish, required};
use super::password::public_a;
use super::progress::{Custom, Factor, Progress};
use super::second_factor::spend;
use super::{Answer, Parameters};
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::expired;
use crate::engine::auth::client;
use crate::engine::auth::srp;
use crate::engine::triggers::challenge::{self, Step};
use crate::engine::triggers::{Scene, Trigger, answer, sign_in};
use crate::engine::{Error, Result};
use crate::rules::mfa;
use crate::store::Reader;
use crate::store::records::parked::{self, Bounds, Parked};
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFlowType, ChallengeNameType};

/// The most bytes of what functions say that travel in a `Session`, which has 2,048 characters
/// at most. More waits in the store.
const IN_SESSION: usize = 600;
/// The most of one sign-in that waits in the store.
const IN_STORE: usize = 64 * 1024;
/// How much may wait there: strangers begin sign-ins, of whomever they name.
const BOUNDS: Bounds = Bounds {
    of_user: 5,
    bytes: 256 * 1024 * 1024,
};

const SRP_A: &str = "SRP_A";
const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";
const PASSWORD_VERIFIER: &str = "PASSWORD_VERIFIER";
const NEW_PASSWORD_REQUIRED: &str = "NEW_PASSWORD_REQUIRED";

/// What the pool's functions are asked next.
pub struct Asked {
    pub who: Who,
    pub progress: Progress,
    /// The answer to a challenge that a function made.
    pub answer: Option<Secret>,
}

impl Job {
    /// `CUSTOM_AUTH`.
    pub fn custom_flow(&self, r: &mut Reader<'_>, given: &Parameters, progress: Progress) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        if !Trigger::DefineAuthChallenge.is_set(&self.pool) {
            return Err(not_configured());
        }
        let mut custom = Custom::default();
        if given
            .get("CHALLENGE_NAME")
            .is_some_and(|name| name.expose() == SRP_A)
        {
            public_a(given)?;
            custom.srp_a = given.get(SRP_A).map(|a| a.expose().to_owned());
            custom.steps.push(step(SRP_A));
        }
        let who = self.who(r, username.expose())?;
        // Where users are hidden, their state is as well until they have shown who they are.
        if let (Who::Known(user), false) = (&who, client::hides_users(&self.client)) {
            self.check_state(user)?;
        }
        Ok((
            After::default(),
            Ok(asks(
                who,
                Progress {
                    custom: Some(custom),
                    ..progress
                },
                None,
            )),
        ))
    }

    /// The answer to `CUSTOM_CHALLENGE`.
    pub fn custom_challenge(
        &self,
        r: &mut Reader<'_>,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let answer = required(given, "ANSWER")?;
        let name = ChallengeNameType::CustomChallenge;
        let (waiting, who) = self.resume(r, &name, session, given)?;
        let after = spend(&waiting);
        Ok((after, Ok(asks(who, waiting.progress, Some(answer.clone())))))
    }

    /// Goes on when a challenge of ours was met in a custom sign-in: the functions are told, and
    /// decide. `None` when they have decided.
    pub fn custom_step(&self, user: &User, progress: &Progress) -> Option<Next> {
        let mut progress = progress.clone();
        let custom = progress.custom.as_mut().filter(|custom| !custom.is_granted)?;
        let met = std::mem::take(&mut custom.asked);
        custom.steps.push(step(&met));
        if progress.chose_password
            && !custom
                .steps
                .iter()
                .any(|it| it.challenge_name == NEW_PASSWORD_REQUIRED)
        {
            custom.steps.push(step(NEW_PASSWORD_REQUIRED));
        }
        Some(asks(Who::Known(Box::new(user.clone())), progress, None))
    }
}

fn asks(who: Who, progress: Progress, answer: Option<Secret>) -> Next {
    Next::Custom(Box::new(Asked {
        who,
        progress,
        answer,
    }))
}

fn step(name: &str) -> Step {
    Step {
        challenge_name: name.to_owned(),
        challenge_result: true,
        challenge_metadata: None,
    }
}

/// Asks the functions what comes next, and does it.
///
/// # Errors
///
/// What the functions answer; `NotAuthorizedException` when they end the sign-in.
pub async fn advance(scene: &Scene<'_>, job: &Arc<Job>, mut asked: Asked) -> Result<Next> {
    let custom = asked.progress.custom.as_mut();
    let mut past = custom.and_then(|custom| custom.parked.take());
    let sub = asked.who.sub();
    let next = decide(scene, job, asked, &mut past).await;
    if past.is_some() {
        // Neither another step nor tokens took its place, and its session is spent.
        let after = After {
            sub,
            parked: past,
            ..After::default()
        };
        let removed = finish(scene, after, job.now).await;
        return next.and_then(|next| removed.map(|()| next));
    }
    next
}

/// As [`advance`]. `past` is what waited in the store until now; taken when it is gone.
async fn decide(scene: &Scene<'_>, job: &Arc<Job>, asked: Asked, past: &mut Option<Uuid>) -> Result<Next> {
    let Asked {
        who,
        mut progress,
        answer: given,
    } = asked;
    let sub = who.sub();
    let mut custom = progress.custom.take().unwrap_or_default();
    if let Some(key) = *past {
        custom = fetch(scene, job, (sub, key), custom).await?;
    }
    let told = sign_in::Who {
        user: match &who {
            Who::Known(user) => Some(&**user),
            Who::Unknown { .. } => None,
        },
        user_name: who.user_id(),
        hides: client::hides_users(&job.client),
    };
    if let Some(given) = given {
        let private = std::mem::take(&mut custom.private);
        let private = private
            .iter()
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .collect();
        let is_right = challenge::verify(scene, told, &private, given.expose())
            .await?
            .ok_or_else(not_configured)?;
        custom.steps.push(Step {
            challenge_name: CUSTOM_CHALLENGE.to_owned(),
            challenge_result: is_right,
            challenge_metadata: custom.metadata.take(),
        });
        if is_right {
            progress = progress.with(Factor::Custom);
        }
    }
    let next = challenge::define(scene, told, &custom.steps)
        .await?
        .ok_or_else(not_configured)?;
    match next {
        challenge::Next::Failure => Err(refused()),
        challenge::Next::Tokens => {
            // What led here is of no further use.
            progress.custom = Some(Custom {
                is_granted: true,
                ..Custom::default()
            });
            let user = who.known().ok_or_else(refused)?;
            let going = Arc::clone(job);
            let parked = past.take();
            let done = scene
                .cx
                .engine
                .store
                .read(move |r| {
                    let after = After {
                        sub: user.sub,
                        parked,
                        ..After::default()
                    };
                    going.go_on(r, &user, after, progress)
                })
                .await?;
            follow(scene, job, done).await
        }
        challenge::Next::Challenge(name) if name == CUSTOM_CHALLENGE => {
            let created = challenge::create(scene, told, &name, &custom.steps)
                .await?
                .ok_or_else(not_configured)?;
            custom.private = created
                .private
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect();
            custom.metadata = created.metadata;
            custom.asked = name;
            progress.custom = Some(park(scene, job, sub, custom, past).await?);
            let mut parameters = created.public;
            parameters.insert("USERNAME".to_owned(), who.user_id().to_owned());
            let challenge = ChallengeNameType::CustomChallenge;
            let session = job.wait(challenge.clone(), who.sub(), who.user_id(), None, &progress)?;
            Ok(Next::from(Answer {
                session: Some(session),
                challenge_name: Some(challenge),
                challenge_parameters: Some(parameters),
                ..Answer::default()
            }))
        }
        challenge::Next::Challenge(name) if name == PASSWORD_VERIFIER => {
            let a = custom.srp_a.take().and_then(|text| srp::parse_a(&text));
            let a = a.ok_or_else(answer::unrecognizable)?;
            custom.asked = name;
            progress.custom = Some(park(scene, job, sub, custom, past).await?);
            let asking = Arc::clone(job);
            let asked = scene
                .cx
                .engine
                .store
                .read(move |_| asking.ask_proof(&who, a, progress))
                .await?;
            Ok(asked.into())
        }
        challenge::Next::Challenge(name) => {
            let factor = mfa::Factor::parse(&name).ok_or_else(answer::unrecognizable)?;
            let user = who.known().ok_or_else(refused)?;
            custom.asked = name;
            progress.custom = Some(park(scene, job, sub, custom, past).await?);
            let after = After {
                sub: user.sub,
                ..After::default()
            };
            let done = job.ask_factor(&user, factor, after, progress)?;
            follow(scene, job, done).await
        }
    }
}

/// Returns what travels in a session: all of it, or the name under which the store has the rest
/// for as long as the session lives, in the place of what it has of the step before.
///
/// # Errors
///
/// `InvalidLambdaResponseException` for more than [`IN_STORE`]; `TooManyRequestsException` when
/// all that waits has no room for it.
async fn park(
    scene: &Scene<'_>,
    job: &Arc<Job>,
    sub: Uuid,
    custom: Custom,
    past: &mut Option<Uuid>,
) -> Result<Custom> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&custom).map_err(Error::internal)?);
    if plain.len() <= IN_SESSION {
        return Ok(custom);
    }
    if plain.len() > IN_STORE {
        return Err(too_long());
    }
    let id = ids::uuid(scene.cx.rng());
    let new = Parked {
        user_pool_id: job.pool.id.clone(),
        sub,
        key: id,
        parked_at: job.now,
        expires_at: job.session_ends(),
        sealed: job.keys.seal(scene.cx.rng(), &context(job, &id), &plain),
    };
    let old = *past;
    scene
        .cx
        .engine
        .store
        .transact("keep a custom challenge", move |tx| {
            if let Some(old) = &old {
                parked::remove(tx, &new.user_pool_id, &sub, old)?;
            }
            if parked::put(tx, &new, BOUNDS)? {
                return Ok(());
            }
            Err(Error::new(
                Code::TooManyRequestsException,
                "Too many challenges wait for their answers. Try again later.",
            ))
        })
        .await?;
    *past = None;
    Ok(Custom {
        asked: custom.asked,
        parked: Some(id),
        ..Custom::default()
    })
}

/// Returns all that is known of a sign-in whose beginning is in the store.
async fn fetch(scene: &Scene<'_>, job: &Arc<Job>, (sub, key): (Uuid, Uuid), since: Custom) -> Result<Custom> {
    let (pool, now) = (job.pool.id.clone(), job.now);
    let sealed = scene
        .cx
        .engine
        .store
        .read(move |r| parked::get(r, &pool, &sub, &key, now).map_err(Error::from))
        .await?;
    let plain = sealed.and_then(|sealed| job.keys.open_sealed(&context(job, &key), &sealed));
    let before: Option<Custom> = plain.and_then(|plain| serde_json::from_slice(plain.expose()).ok());
    let mut before = before.ok_or_else(expired)?;
    for step in since.steps {
        let is_told = step.challenge_name == NEW_PASSWORD_REQUIRED
            && before
                .steps
                .iter()
                .any(|it| it.challenge_name == NEW_PASSWORD_REQUIRED);
        if !is_told {
            before.steps.push(step);
        }
    }
    Ok(Custom {
        asked: since.asked,
        is_granted: since.is_granted,
        ..before
    })
}

fn context(job: &Job, id: &Uuid) -> String {
    format!("custom/{}/{id}", job.client.id)
}

/// Writes what follows a step that the functions decided, and returns what comes after it.
async fn follow(scene: &Scene<'_>, job: &Job, (after, next): Done) -> Result<Next> {
    let outcome = Outcome::of(job, &after, &next, None);
    finish(scene, after, job.now).await?;
    outcome.record(scene.cx).await;
    next
}

/// Tells whether a flow is the functions' own.
pub fn is_custom(progress: &Progress) -> bool {
    progress.flow == AuthFlowType::CustomAuth
}

fn refused() -> Error {
    Error::not_authorized("Incorrect username or password.")
}

fn not_configured() -> Error {
    Error::invalid("Custom auth lambda trigger is not configured for the user pool.")
}

fn too_long() -> Error {
    Error::new(
        Code::InvalidLambdaResponseException,
        "The private parameters and the metadata of the challenge are too long.",
    )
}

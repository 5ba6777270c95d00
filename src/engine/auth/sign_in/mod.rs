//! Signing in: from a flow or the answer to a challenge to tokens or the next challenge.
//!
//! The order is the vendor's: client and flow, secret hash, the user, the proof, the user's
//! state, a new password, a second factor, tokens. A call has three stages. Looking up and
//! proving are one store job on the reading threads ([`job::Job`]). What must be written
//! down — a wrong guess, a used nonce, a converted credential — follows in one transaction
//! ([`job::After`]). Only then the caller is answered: with a challenge, an error, or tokens
//! ([`job::Next`]).
//!
//! Nothing is kept between two calls: how far a sign-in came travels sealed in the caller's
//! hands ([`progress`]).
//!
//! Source: developer guide, "Authentication"; API reference, InitiateAuth and
//! RespondToAuthChallenge.

use std::collections::BTreeMap;
use std::sync::Arc;

use self::around::{Beginning, Outcome};
use self::job::{Done, Job, Next, finish};
use self::progress::Progress;
use super::challenge;
use super::client::{self, Flow};
use super::sessions;
use crate::base::secret::Secret;
use crate::engine::risk::Context;
use crate::engine::risk::events::{begins_with_password, challenge_of};
use crate::engine::triggers::Scene;
use crate::engine::triggers::sign_up::{Confirmed, post_confirmation};
use crate::engine::{Cx, Error, Result};
use crate::store::Reader;
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFlowType, AuthenticationResultType, ChallengeName, ChallengeNameType};

pub mod around;
pub mod choice;
pub mod custom;
mod device;
pub mod job;
mod new_password;
mod one_time_code;
mod passkey;
mod password;
pub mod progress;
pub mod refresh;
mod second_factor;
mod step_up;
mod steps;

/// Who signs in by which client.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The user pool that an admin operation names; `None` for the public ones.
    pub user_pool_id: Option<String>,
    pub client_id: String,
    /// What the caller passes on to triggers.
    pub client_metadata: BTreeMap<String, String>,
    /// Where the call comes from.
    pub context: Context,
}

/// What a sign-in answers: tokens, or a challenge.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub challenge_name: Option<ChallengeNameType>,
    pub session: Option<Secret>,
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    pub authentication_result: Option<AuthenticationResultType>,
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

/// Named strings of a request.
pub type Parameters = BTreeMap<String, Secret>;

/// The answer to a flow that the client does not allow, but for `USER_PASSWORD_AUTH`.
const NOT_ENABLED: &str = "Auth flow not enabled for this client";

/// Begins a sign-in.
///
/// # Errors
///
/// What `InitiateAuth` and `AdminInitiateAuth` declare.
pub async fn initiate(
    cx: &Cx,
    entry: Entry,
    flow: AuthFlowType,
    session: Option<Secret>,
    given: Parameters,
) -> Result<Answer> {
    let progress = Progress {
        device_key: given.get("DEVICE_KEY").map(|key| key.expose().to_owned()),
        ..Progress::new(flow.clone())
    };
    let beginning = Beginning {
        flow: flow.clone(),
        given: given.clone(),
    };
    let answered = begins_with_password(&given);
    run(cx, entry, Some(beginning), answered, move |job, r| match &flow {
        AuthFlowType::UserPasswordAuth if !job.is_admin => {
            job.require(
                Flow::UserPassword,
                "USER_PASSWORD_AUTH flow not enabled for this client",
            )?;
            job.password_flow(r, &given, progress)
        }
        AuthFlowType::AdminUserPasswordAuth | AuthFlowType::AdminNoSrpAuth if job.is_admin => {
            job.require(Flow::AdminUserPassword, NOT_ENABLED)?;
            job.password_flow(r, &given, progress)
        }
        AuthFlowType::UserSrpAuth => {
            job.require(Flow::UserSrp, NOT_ENABLED)?;
            job.srp_flow(r, &given, progress)
        }
        AuthFlowType::RefreshTokenAuth | AuthFlowType::RefreshToken => {
            if client::rotation_grace_secs(&job.client).is_some() {
                return Err(Error::new(
                    Code::UnsupportedOperationException,
                    "Refresh tokens of the client rotate: use GetTokensFromRefreshToken.",
                ));
            }
            job.require(Flow::Refresh, NOT_ENABLED)?;
            job.refresh_flow(r, &given)
        }
        AuthFlowType::UserAuth => {
            job.require(Flow::Choice, NOT_ENABLED)?;
            job.choice_flow(r, session.as_ref(), &given, progress)
        }
        AuthFlowType::CustomAuth => {
            job.require(Flow::Custom, NOT_ENABLED)?;
            job.custom_flow(r, &given, progress)
        }
        AuthFlowType::UserPasswordAuth
        | AuthFlowType::AdminUserPasswordAuth
        | AuthFlowType::AdminNoSrpAuth
        | AuthFlowType::Unlisted(_) => Err(Error::invalid("Initiate Auth method not supported.")),
    })
    .await
}

/// Answers a challenge.
///
/// # Errors
///
/// What `RespondToAuthChallenge` and `AdminRespondToAuthChallenge` declare.
pub async fn respond(
    cx: &Cx,
    entry: Entry,
    name: ChallengeNameType,
    session: Option<Secret>,
    given: Parameters,
) -> Result<Answer> {
    // This one answer begins a sign-in.
    let beginning = (name == ChallengeNameType::AdminNoSrpAuth).then(|| Beginning {
        flow: AuthFlowType::AdminNoSrpAuth,
        given: given.clone(),
    });
    run(
        cx,
        entry,
        beginning,
        challenge_of(&name),
        move |job, r| match &name {
            ChallengeNameType::PasswordVerifier => job.password_verifier(r, &given),
            ChallengeNameType::NewPasswordRequired => job.new_password(r, session.as_ref(), &given),
            ChallengeNameType::CustomChallenge => job.custom_challenge(r, session.as_ref(), &given),
            ChallengeNameType::WebAuthn => job.passkey(r, session.as_ref(), &given),
            ChallengeNameType::DeviceSrpAuth => job.device_srp(r, session.as_ref(), &given),
            ChallengeNameType::DevicePasswordVerifier => job.device_verifier(r, &given),
            ChallengeNameType::SelectChallenge => job.chosen(r, session.as_ref(), &given),
            ChallengeNameType::Password => job.password_after_choice(r, &name, session.as_ref(), &given),
            ChallengeNameType::PasswordSrp => job.srp_after_choice(r, &name, session.as_ref(), &given),
            ChallengeNameType::AdminNoSrpAuth if job.is_admin => {
                job.require(Flow::AdminUserPassword, NOT_ENABLED)?;
                job.password_flow(r, &given, Progress::new(AuthFlowType::AdminNoSrpAuth))
            }
            ChallengeNameType::SmsMfa | ChallengeNameType::EmailOtp | ChallengeNameType::SmsOtp => {
                job.one_time_code(r, &name, session.as_ref(), &given)
            }
            ChallengeNameType::SoftwareTokenMfa => job.software_token(r, session.as_ref(), &given),
            ChallengeNameType::SelectMfaType => job.mfa_type(r, session.as_ref(), &given),
            ChallengeNameType::MfaSetup => job.mfa_set_up(r, session.as_ref(), &given),
            ChallengeNameType::AdminNoSrpAuth | ChallengeNameType::Unlisted(_) => Err(challenge::invalid()),
        },
    )
    .await
}

/// How far the first store job came.
enum Opened<F> {
    Done(Box<(Job, Done)>),
    /// Triggers are asked first.
    Asks(Box<Job>, F),
}

async fn run<F>(
    cx: &Cx,
    entry: Entry,
    beginning: Option<Beginning>,
    answered: Option<ChallengeName>,
    work: F,
) -> Result<Answer>
where
    F: FnOnce(&Job, &mut Reader<'_>) -> Result<Done> + Send + 'static,
{
    let engine = Arc::clone(&cx.engine);
    let now = cx.now();
    let passed_on = Some(entry.client_metadata.clone()).filter(|map| !map.is_empty());
    let begins = beginning.is_some();
    let opened = cx
        .engine
        .store
        .read(move |r| {
            let job = Job::open(engine, r, &entry, now)?;
            if begins && around::asks_before(&job.pool) {
                return Ok(Opened::Asks(Box::new(job), work));
            }
            let done = work(&job, r)?;
            Ok::<_, Error>(Opened::Done(Box::new((job, done))))
        })
        .await?;
    let (job, (after, next)) = match opened {
        Opened::Done(opened) => *opened,
        Opened::Asks(job, work) => {
            if let Some(beginning) = &beginning {
                around::before(cx, &job, beginning, passed_on.as_ref()).await?;
            }
            cx.engine
                .store
                .read(move |r| {
                    let done = work(&job, r)?;
                    Ok::<_, Error>((*job, done))
                })
                .await?
        }
    };
    // What was passed on at the beginning is not for what follows the proof.
    let passed_on = passed_on.filter(|_| !begins);
    let job = Arc::new(job);
    let scene = Scene::of_client(cx, &job.pool, &job.client.id, passed_on.as_ref());
    let outcome = Outcome::of(&job, &after, &next, answered);
    let confirmed = after.user.clone().filter(|_| after.confirms);
    finish(&scene, after, now).await?;
    outcome.record(cx).await;
    if let Some(user) = confirmed {
        post_confirmation(&scene, Confirmed::SignUp, &user).await?;
    }
    let next = match next? {
        Next::Custom(asked) => custom::advance(&scene, &job, *asked).await?,
        next @ (Next::Answer(_) | Next::Tokens(_)) => next,
    };
    match next {
        Next::Answer(answer) => Ok(*answer),
        Next::Custom(_) => Err(Error::internal("a custom sign-in was decided twice")),
        Next::Tokens(signed_in) => {
            let overrides = around::after(&scene, &signed_in).await?;
            sessions::note(cx, &job.pool, &signed_in.user, &signed_in.grant).await?;
            let issuing = Arc::clone(&job);
            cx.engine
                .store
                .read(move |r| issuing.issue(r, &signed_in, overrides.as_ref()))
                .await
        }
    }
}

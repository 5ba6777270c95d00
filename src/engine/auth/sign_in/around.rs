//! The triggers around a sign-in: what is asked before a proof is checked, and what is told and
//! asked once everything was shown.
//!
//! A user whom nobody knows here may be fetched from another directory first. What the caller
//! passes on at the beginning is for the functions before the proof alone; what it passes on
//! with an answer is for those after it.
//!
//! Source: developer guide, "Customizing user pool workflows with Lambda triggers"; API
//! reference, InitiateAuth and RespondToAuthChallenge, `ClientMetadata`.

use uuid::Uuid;

use super::Parameters;
use super::job::{After, Job, Next, SignedIn};
use super::progress::Factor;
use crate::base::clock::UnixMillis;
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::{lookup, simulated};
use crate::engine::ops::idp::migration;
use crate::engine::risk::Mode;
use crate::engine::risk::events::{self, Occurrence};
use crate::engine::triggers::event::Metadata;
use crate::engine::triggers::pre_token::{self, Overrides};
use crate::engine::triggers::sign_in::{Who, post_authentication, pre_authentication};
use crate::engine::triggers::{Scene, Trigger};
use crate::engine::{Cx, Error, Result};
use crate::store::records::groups;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::{AuthFlowType, ChallengeName, EventResponseType, EventType, UserStatusType};

/// What begins a sign-in.
pub struct Beginning {
    pub flow: AuthFlowType,
    pub given: Parameters,
}

/// How a call ended, for the history of what users did.
pub struct Outcome(Option<Occurrence>);

impl Outcome {
    /// Reads how a call ends, before its result is used up. `answered` is the challenge it was
    /// an answer to. A refresh is no sign-in.
    pub fn of(job: &Job, after: &After, next: &Result<Next>, answered: Option<ChallengeName>) -> Self {
        if Mode::of(&job.pool) == Mode::Off {
            return Self(None);
        }
        let (sub, response, assessment) = match next {
            Ok(Next::Tokens(signed_in)) if signed_in.is_refresh => return Self(None),
            Ok(Next::Tokens(signed_in)) => (
                signed_in.user.sub,
                EventResponseType::Pass,
                signed_in.progress.assessment.clone(),
            ),
            // The functions have yet to say.
            Ok(Next::Custom(_)) => return Self(None),
            // What is asked before a first proof is not yet an event.
            Ok(Next::Answer(_)) if after.assessment.is_none() => return Self(None),
            Ok(Next::Answer(_)) => (after.sub, EventResponseType::InProgress, after.assessment.clone()),
            Err(_) => (after.sub, EventResponseType::Fail, after.assessment.clone()),
        };
        let is_right = after.wrong.is_none();
        Self(Some(Occurrence {
            pool: job.pool.clone(),
            client: job.client.clone(),
            sub,
            kind: EventType::SignIn,
            response,
            challenge: answered.map(|name| (name, is_right)),
            assessment,
            context: job.context.clone(),
        }))
    }

    /// Writes it down; a failure aside, for it is answered alike for a user whom nobody knows.
    pub async fn record(self, cx: &Cx) {
        match self.0 {
            Some(failed) if failed.response == EventResponseType::Fail => events::record_later(cx, failed),
            Some(occurrence) => events::record(cx, occurrence).await,
            None => {}
        }
    }
}

/// Tells whether anything is asked before the proof.
pub fn asks_before(pool: &UserPool) -> bool {
    Trigger::PreAuthentication.is_set(pool) || Trigger::UserMigration.is_set(pool)
}

/// Asks before the proof. What the sign-in itself refuses is left to it: nothing is asked then.
///
/// # Errors
///
/// What the functions answer; `PasswordResetRequiredException` for a user who was just fetched
/// without a password.
pub async fn before(cx: &Cx, job: &Job, beginning: &Beginning, passed_on: Option<&Metadata>) -> Result<()> {
    let Beginning { flow, given } = beginning;
    let Some(typed) = given.get("USERNAME").filter(|typed| !typed.is_empty()) else {
        return Ok(());
    };
    let is_allowed = flow_of(flow, job.is_admin).is_some_and(|flow| client::allows(&job.client, flow));
    if !is_allowed || job.check_secret_hash(typed.expose(), given).is_err() {
        return Ok(());
    }
    let mut user = known(cx, &job.pool, typed.expose()).await?;
    let is_by_password = matches!(
        flow,
        AuthFlowType::UserPasswordAuth | AuthFlowType::AdminUserPasswordAuth | AuthFlowType::AdminNoSrpAuth
    );
    let sub = user.as_ref().map_or_else(
        || simulated::sub(&job.keys, &job.pool, typed.expose(), job.now),
        |user| user.sub,
    );
    // A guess is a guess, whoever looks at it: nobody is asked while the account is locked.
    if is_by_password {
        admit(cx, job, sub).await?;
    }
    // One call after another asks for the same unknown user: the first one stores whom the function
    // knows, for the others that user is here, and guesses are counted as they come.
    let mut turn = None;
    if user.is_none() && is_by_password && Trigger::UserMigration.is_set(&job.pool) {
        turn = Some(migration::turn(&job.pool.id, sub).await);
        user = known(cx, &job.pool, typed.expose()).await?;
        admit(cx, job, user.as_ref().map_or(sub, |user| user.sub)).await?;
    }
    if let (None, true, Some(password)) = (&user, is_by_password, given.get("PASSWORD")) {
        let scene = Scene::of_client(cx, &job.pool, &job.client.id, None);
        let guess = Uncounted::note(&job.pool.id, &sub, lockout::PASSWORD);
        user = match migration::at_sign_in(&scene, &job.client, typed.expose(), password, passed_on).await {
            Ok(user) => user,
            Err(refused) => {
                count(cx, guess, job.now).await?;
                return Err(migration::hidden(&job.client, refused));
            }
        };
        if user.is_none() && !client::hides_users(&job.client) {
            // Where users are hidden, the proof that follows counts.
            count(cx, guess, job.now).await?;
        }
        if let Some(fetched) = &user
            && fetched.status == UserStatusType::ResetRequired
        {
            return Err(Error::reset_required());
        }
    }
    drop(turn);
    let hides = client::hides_users(&job.client);
    if user.is_none() && !hides {
        return Ok(());
    }
    let who = Who {
        user_name: user.as_ref().map_or(typed.expose(), |user| &user.username),
        user: user.as_ref(),
        hides,
    };
    let scene = Scene::of_client(cx, &job.pool, &job.client.id, None);
    pre_authentication(&scene, who, passed_on).await
}

/// Returns what the client must allow for a flow; `None` for refreshing, which is no sign-in, and
/// for what the operation does not know.
fn flow_of(flow: &AuthFlowType, is_admin: bool) -> Option<Flow> {
    match flow {
        AuthFlowType::UserPasswordAuth => (!is_admin).then_some(Flow::UserPassword),
        AuthFlowType::AdminUserPasswordAuth | AuthFlowType::AdminNoSrpAuth => {
            is_admin.then_some(Flow::AdminUserPassword)
        }
        AuthFlowType::UserSrpAuth => Some(Flow::UserSrp),
        AuthFlowType::UserAuth => Some(Flow::Choice),
        AuthFlowType::CustomAuth => Some(Flow::Custom),
        AuthFlowType::RefreshTokenAuth | AuthFlowType::RefreshToken | AuthFlowType::Unlisted(_) => None,
    }
}

async fn admit(cx: &Cx, job: &Job, sub: Uuid) -> Result<()> {
    let (pool_id, now) = (job.pool.id.clone(), job.now);
    cx.engine
        .store
        .read(move |r| lockout::admit(r, &pool_id, &sub, lockout::PASSWORD, now).map(drop))
        .await
}

/// Counts a guess that another directory found wrong.
async fn count(cx: &Cx, guess: Uncounted, now: UnixMillis) -> Result<()> {
    cx.engine
        .store
        .transact("count a wrong guess", move |tx| {
            lockout::count_failure(tx, &guess, now)
                .map(drop)
                .map_err(Error::from)
        })
        .await
}

async fn known(cx: &Cx, pool: &UserPool, typed: &str) -> Result<Option<User>> {
    let (pool, typed) = (pool.clone(), typed.to_owned());
    cx.engine
        .store
        .read(move |r| lookup::user(r, &pool, &typed).map_err(Error::from))
        .await
}

/// Tells that a user signed in, and asks what to change in the tokens.
///
/// The scene's metadata is what the caller passed on with an answer to a challenge.
///
/// # Errors
///
/// What the functions answer: the user is not signed in then.
pub async fn after(scene: &Scene<'_>, signed_in: &SignedIn) -> Result<Option<Overrides>> {
    let SignedIn {
        user,
        grant,
        progress,
        is_refresh,
    } = signed_in;
    if !is_refresh {
        // Only a pool that remembers devices knows a new one.
        let new_device_used =
            scene.pool.settings.device_configuration.is_some() && progress.device_key.is_none();
        post_authentication(scene, user, new_device_used).await?;
    }
    let occasion = if *is_refresh {
        pre_token::Occasion::RefreshTokens
    } else if progress.chose_password {
        pre_token::Occasion::NewPasswordChallenge
    } else if progress.shown.contains(&Factor::Device) {
        pre_token::Occasion::AuthenticateDevice
    } else {
        pre_token::Occasion::Authentication
    };
    overrides(scene, occasion, user, &grant.scope).await
}

/// Asks what to change in the tokens of a user.
///
/// # Errors
///
/// What the function answers.
pub async fn overrides(
    scene: &Scene<'_>,
    occasion: pre_token::Occasion,
    user: &User,
    scope: &str,
) -> Result<Option<Overrides>> {
    if !Trigger::PreTokenGeneration.is_set(scene.pool) {
        return Ok(None);
    }
    let (pool, sub) = (scene.pool.id.clone(), user.sub);
    let groups = scene
        .cx
        .engine
        .store
        .read(move |r| groups::of_user(r, &pool, &sub).map_err(Error::from))
        .await?;
    let scopes: Vec<&str> = scope.split_ascii_whitespace().collect();
    pre_token::pre_token_generation(scene, occasion, Some(user), &groups, &scopes).await
}

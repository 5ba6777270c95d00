//! Operations on authenticator apps: registering one, proving that it works, taking it away.
//!
//! An authenticator replaces the one before only when a code of it was right.

use std::sync::Arc;

use super::mfa_preferences::{change_settings, keep_user, may_set_up};
use super::users::{pool_in, user_in};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::totp::Authenticator;
use crate::engine::auth::{client, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Cx, Error, Result};
use crate::rules::mfa::{self, Factor};
use crate::store::Tx;
use crate::store::records::app_clients::AppClient;
use crate::store::records::codes;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminDeleteSoftwareTokenRequest, AdminDeleteSoftwareTokenResponse, AssociateSoftwareTokenRequest,
    AssociateSoftwareTokenResponse, ChallengeNameType, UserStatusType, VerifySoftwareTokenRequest,
    VerifySoftwareTokenResponse, VerifySoftwareTokenResponseType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<AssociateSoftwareTokenRequest>(),
    Route::of::<VerifySoftwareTokenRequest>(),
    Route::of::<AdminDeleteSoftwareTokenRequest>(),
];

impl Handler for AssociateSoftwareTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<AssociateSoftwareTokenResponse> {
        match (self.access_token, self.session) {
            (Some(token), _) => {
                let (pool, _, user, _) = tokens::user_of_access_token(cx, &token)
                    .await
                    .map_err(not_signed_in)?;
                check_offered(&pool)?;
                let keys = keys_of(cx, &pool).await?;
                let authenticator = Authenticator::new(cx.rng());
                let sealed = authenticator.seal(&keys, cx.rng(), &user.sub);
                change_settings(cx, "AssociateSoftwareToken", pool, user, move |_, user| {
                    user.pending_software_token = Some(sealed.clone());
                    Ok(())
                })
                .await
                .map_err(not_signed_in)?;
                Ok(AssociateSoftwareTokenResponse {
                    secret_code: Some(authenticator.secret_code()),
                    session: None,
                })
            }
            (None, Some(session)) => {
                let held = SetUp::open(cx, &session).await?;
                let authenticator = Authenticator::new(cx.rng());
                let sealed = authenticator.seal(&held.keys, cx.rng(), &held.user.sub);
                let next = held.next(cx, |waiting| waiting.authenticator = Some(sealed))?;
                let (nonce, expires_at) = (held.waiting.nonce, held.waiting.expires_at);
                let is_first = cx
                    .engine
                    .store
                    .transact("AssociateSoftwareToken at sign-in", move |tx| {
                        codes::use_once(tx, nonce.as_bytes(), expires_at).map_err(Error::from)
                    })
                    .await?;
                if !is_first {
                    return Err(challenge::invalid());
                }
                Ok(AssociateSoftwareTokenResponse {
                    secret_code: Some(authenticator.secret_code()),
                    session: Some(next),
                })
            }
            (None, None) => Err(neither()),
        }
    }
}

/// A sign-in that waits until its user has an authenticator (`MFA_SETUP`).
struct SetUp {
    pool: UserPool,
    client: AppClient,
    keys: Arc<OpenKeys>,
    user: User,
    waiting: Waiting,
}

impl SetUp {
    /// Opens the session of such a sign-in.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` when it is none, or the user has another password or an
    /// authenticator by now; `SoftwareTokenMFANotFoundException`.
    async fn open(cx: &Cx, session: &Secret) -> Result<Self> {
        let client_id = Waiting::client_of(session).ok_or_else(challenge::invalid)?;
        let (engine, session, now) = (Arc::clone(&cx.engine), session.clone(), cx.now());
        cx.engine
            .store
            .read(move |r| {
                let (pool, client) = client::find(r, &client_id).map_err(|_| challenge::invalid())?;
                let keys = engine.keys_of(r, &pool.id)?;
                let name = ChallengeNameType::MfaSetup;
                let waiting = Waiting::open(&keys, &client.id, &name, Some(&session), now)?;
                let user = users::get(r, &pool.id, &waiting.sub)?.ok_or_else(challenge::invalid)?;
                let credential = challenge::fingerprint(&keys, user.credential.as_deref());
                if waiting.is_set_up || waiting.credential != credential || !user.enabled {
                    return Err(challenge::invalid());
                }
                let factor = Factor::SoftwareToken.as_str();
                if !waiting.options.iter().any(|option| option == factor) {
                    return Err(not_offered());
                }
                let demand = waiting.progress.demand;
                if !may_set_up(&pool, &user, demand, Factor::SoftwareToken) {
                    return Err(challenge::invalid());
                }
                Ok(Self {
                    pool,
                    client,
                    keys,
                    user,
                    waiting,
                })
            })
            .await
    }

    /// Returns the session that takes the place of this one.
    fn next(&self, cx: &Cx, change: impl FnOnce(&mut Waiting)) -> Result<Secret> {
        let mut waiting = Waiting {
            nonce: ids::uuid(cx.rng()),
            expires_at: cx.now().plus_secs(client::session_secs(&self.client)),
            ..self.waiting.clone()
        };
        change(&mut waiting);
        waiting.seal(&self.keys, cx.rng(), &self.client.id)
    }
}

impl Handler for VerifySoftwareTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<VerifySoftwareTokenResponse> {
        match (self.access_token, self.session) {
            (Some(token), _) => {
                let (pool, _, user, _) = tokens::user_of_access_token(cx, &token).await?;
                check_offered(&pool)?;
                let keys = keys_of(cx, &pool).await?;
                let (answer, name, now) = (self.user_code, self.friendly_device_name, cx.now());
                cx.engine
                    .store
                    .transact("VerifySoftwareToken", move |tx| {
                        let mut user = users::get(tx, &pool.id, &user.sub)?.ok_or_else(Error::no_user)?;
                        let sealed = user.pending_software_token.take().ok_or_else(none_begun)?;
                        take_authenticator(tx, &keys, &mut user, sealed, &answer, now)?;
                        user.software_token_name.clone_from(&name);
                        keep_user(tx, &user)
                    })
                    .await?;
                Ok(VerifySoftwareTokenResponse {
                    status: Some(VerifySoftwareTokenResponseType::Success),
                    session: None,
                })
            }
            (None, Some(session)) => {
                let held = SetUp::open(cx, &session).await?;
                let sealed = held.waiting.authenticator.clone().ok_or_else(none_begun)?;
                let next = held.next(cx, |waiting| {
                    waiting.authenticator = None;
                    waiting.is_set_up = true;
                })?;
                let (answer, name, now) = (self.user_code, self.friendly_device_name, cx.now());
                cx.engine
                    .store
                    .transact("VerifySoftwareToken at sign-in", move |tx| {
                        let waiting = &held.waiting;
                        if !codes::use_once(tx, waiting.nonce.as_bytes(), waiting.expires_at)? {
                            return Err(challenge::invalid());
                        }
                        let found = users::get(tx, &held.pool.id, &held.user.sub)?;
                        // A session of a password that was right cannot replace an authenticator.
                        let mut user = found
                            .filter(|user| {
                                let demand = waiting.progress.demand;
                                user.enabled && may_set_up(&held.pool, user, demand, Factor::SoftwareToken)
                            })
                            .ok_or_else(challenge::invalid)?;
                        take_authenticator(tx, &held.keys, &mut user, sealed.clone(), &answer, now)?;
                        user.software_token_name.clone_from(&name);
                        user.mfa_settings.push(Factor::SoftwareToken.as_str().to_owned());
                        keep_user(tx, &user)
                    })
                    .await?;
                Ok(VerifySoftwareTokenResponse {
                    status: Some(VerifySoftwareTokenResponseType::Success),
                    session: Some(next),
                })
            }
            (None, None) => Err(neither()),
        }
    }
}

/// Makes an authenticator the user's, when `answer` is a code of it that was not used before.
fn take_authenticator(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    user: &mut User,
    sealed: Vec<u8>,
    answer: &Secret,
    now: UnixMillis,
) -> Result<()> {
    let authenticator = Authenticator::open(keys, &user.sub, &sealed)
        .ok_or_else(|| Error::internal("a stored authenticator does not open"))?;
    let step = authenticator.step_of(answer, now).ok_or_else(wrong_first_code)?;
    let (mark, forget_at) = authenticator.mark(keys, &user.sub, step, now);
    if !codes::use_once(tx, &mark, forget_at)? {
        return Err(wrong_first_code());
    }
    user.software_token = Some(sealed);
    user.pending_software_token = None;
    user.modified_at = now;
    Ok(())
}

impl Handler for AdminDeleteSoftwareTokenRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminDeleteSoftwareTokenResponse> {
        let (id, username) = (self.user_pool_id, self.username);
        let (pool, user) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                let user = user_in(r, &pool, &username)?.ok_or_else(Error::no_user)?;
                Ok::<_, Error>((pool, user))
            })
            .await?;
        change_settings(cx, "AdminDeleteSoftwareToken", pool, user, |_, user| {
            if user.status == UserStatusType::Unconfirmed {
                return Err(Error::not_confirmed());
            }
            forget_authenticator(user);
            Ok(())
        })
        .await?;
        Ok(AdminDeleteSoftwareTokenResponse {})
    }
}

/// Takes the authenticator from a user, and with it the factor.
fn forget_authenticator(user: &mut User) {
    let factor = Factor::SoftwareToken.as_str();
    user.software_token = None;
    user.software_token_name = None;
    user.pending_software_token = None;
    user.mfa_settings.retain(|name| name != factor);
    user.preferred_mfa = user.preferred_mfa.take().filter(|name| name != factor);
    user.passkey_mfa &= !user.mfa_settings.is_empty();
}

fn check_offered(pool: &UserPool) -> Result<()> {
    if mfa::offered(&pool.mfa).contains(&Factor::SoftwareToken) {
        return Ok(());
    }
    Err(not_offered())
}

fn not_offered() -> Error {
    Error::new(
        Code::SoftwareTokenMFANotFoundException,
        "Software Token MFA has not been enabled by the userPool",
    )
}

/// `AssociateSoftwareToken` declares no error of its own for a user who is gone.
fn not_signed_in(error: Error) -> Error {
    if error.code() == Code::UserNotFoundException {
        Error::not_authorized("Access Token has been revoked")
    } else {
        error
    }
}

fn neither() -> Error {
    Error::invalid("Either AccessToken or Session is required.")
}

fn none_begun() -> Error {
    Error::new(
        Code::SoftwareTokenMFANotFoundException,
        "Software Token MFA does not exist for the user.",
    )
}

fn wrong_first_code() -> Error {
    Error::new(
        Code::EnableSoftwareTokenMFAException,
        "Code mismatch and fail enable Software Token MFA",
    )
}

async fn keys_of(cx: &Cx, pool: &UserPool) -> Result<Arc<OpenKeys>> {
    let engine = Arc::clone(&cx.engine);
    let id = pool.id.clone();
    cx.engine.store.read(move |r| engine.keys_of(r, &id)).await
}

//! Sign-up and forgotten passwords: what anyone may call who knows an app client's id.
//!
//! Where a client hides users, every answer about a name that leads nowhere is the one that
//! a name with an account gets: made-up delivery details, a wrong code, the same hourly
//! quota, the same work. Such names count their calls under a `sub` that is a keyed hash of
//! the name.
//!
//! Source: user pools developer guide, "Managing user existence error responses".

use std::sync::Arc;

use uuid::Uuid;

use super::migration;
use super::users::{
    attribute_map, can_reset, check_password, forget_proofs, insert_user, mark_verified,
    may_go_without_password, new_user, no_recovery, not_confirmable, not_resettable, password_was_used,
    take_aliases, user_in, write_user,
};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting};
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::codes::{self, Checked, Purpose, Quota};
use crate::engine::auth::credential;
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::sign_in::choice::CONFIRMED_SIGN_UP;
use crate::engine::auth::sign_in::progress::{Factor, Progress};
use crate::engine::auth::{lookup, simulated, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::messages::{self, Channel, Composer};
use crate::engine::risk::events::{self, Occurrence};
use crate::engine::risk::{self, Context};
use crate::engine::triggers::Scene;
use crate::engine::triggers::event::Metadata;
use crate::engine::triggers::sign_up::{Arrival, Confirmed, post_confirmation, pre_sign_up};
use crate::engine::{Cx, Error, Result};
use crate::rules::attributes;
use crate::rules::usernames::Naming;
use crate::store::records::app_clients::AppClient;
use crate::store::records::codes::PendingCode;
use crate::store::records::outbox::{self, Message};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, User};
use crate::store::{Reader, Tx, records};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AuthFlowType, ChallengeNameType, CodeDeliveryDetailsType, ConfirmForgotPasswordRequest,
    ConfirmForgotPasswordResponse, ConfirmSignUpRequest, ConfirmSignUpResponse, EventFilterType, EventType,
    ForgotPasswordRequest, ForgotPasswordResponse, ResendConfirmationCodeRequest,
    ResendConfirmationCodeResponse, SignUpRequest, SignUpResponse, UserContextDataType, UserStatusType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<SignUpRequest>(),
    Route::of::<ConfirmSignUpRequest>(),
    Route::of::<ResendConfirmationCodeRequest>(),
    Route::of::<ForgotPasswordRequest>(),
    Route::of::<ConfirmForgotPasswordRequest>(),
];

/// Users of a user pool. Source: developer guide, "Quotas". The operation of admins declares no
/// error of limits.
const USERS_MAX: i64 = 40_000_000;

impl Handler for SignUpRequest {
    async fn handle(self, cx: &Cx) -> Result<SignUpResponse> {
        let context = cx.clone();
        let origin = Context::of_user(cx, self.user_context_data.as_ref());
        let metadata = self.client_metadata.clone();
        let validation_data = self.validation_data.as_deref().map(attribute_map).transpose()?;
        let SignedUp {
            pool,
            client,
            keys,
            mut user,
            password,
            is_leaked,
        } = cx
            .engine
            .store
            .read(move |r| prepare_sign_up(&context, r, self))
            .await?;
        let scene = Scene::of_client(cx, &pool, &client.id, metadata.as_ref());
        let decided = pre_sign_up(&scene, Arrival::SignUp, &user, validation_data.as_ref())
            .await?
            .unwrap_or_default();
        decided.apply(&mut user);
        if let Some(password) = &password {
            let sealed = credential::make(cx, &pool, &user.sub, &user.username, password).await?;
            user.credential = Some(sealed);
        }
        let is_confirmed = user.status == UserStatusType::Confirmed;
        let channel = messages::sign_up_channel(&pool, &user).filter(|_| !is_confirmed);
        let code = match channel {
            None => None,
            Some(channel) => {
                let why = messages::Purpose::SignUp;
                Some(ReadyCode::make(&scene, &keys, &user, channel, &Purpose::SignUp, why).await?)
            }
        };
        let details = code.as_ref().map(|code| code.channel.delivery_details());
        let session = client::allows(&client, Flow::Choice)
            .then(|| sign_up_session(cx, &keys, &client, &user, SIGNED_UP, None))
            .transpose()?;
        let exists = "User already exists";
        // What a function vouches for moves to the new user.
        let force = decided.verify_email || decided.verify_phone;
        let stored_pool = pool.clone();
        let user = cx
            .engine
            .store
            .transact("SignUp", move |tx| {
                insert_user(tx, &stored_pool, &user, force, exists)?;
                if let Some(code) = &code {
                    code.put(tx, &user, &Purpose::SignUp)?;
                }
                Ok::<_, Error>(user.clone())
            })
            .await?;
        let sign_up =
            events::other(&pool, &client, user.sub, EventType::SignUp, true, origin).with_leaked(is_leaked);
        events::record(cx, sign_up).await;
        if is_confirmed {
            post_confirmation(&scene, Confirmed::SignUp, &user).await?;
        }
        Ok(SignUpResponse {
            user_confirmed: is_confirmed,
            code_delivery_details: details,
            user_sub: user.sub.to_string(),
            session,
        })
    }
}

/// A sign-up that was checked, before anyone is asked about it.
struct SignedUp {
    pool: UserPool,
    client: AppClient,
    keys: Arc<OpenKeys>,
    user: User,
    password: Option<Secret>,
    /// Whether the password is among leaked ones, which is only written down.
    is_leaked: bool,
}

/// Checks a sign-up and makes the user it is about.
fn prepare_sign_up(cx: &Cx, r: &mut Reader<'_>, request: SignUpRequest) -> Result<SignedUp> {
    let (pool, client) = client::find(r, &request.client_id)?;
    client::check_secret_hash(&client, &[&request.username], request.secret_hash.as_ref())?;
    let admins_only = pool
        .settings
        .admin_create_user_config
        .as_ref()
        .and_then(|config| config.allow_admin_create_user_only)
        .unwrap_or(false);
    if admins_only {
        return Err(Error::not_authorized(
            "SignUp is not permitted for this user pool",
        ));
    }
    let naming = Naming::of(&pool.settings);
    if let Some(reason) = naming.username_refused(&request.username) {
        return Err(Error::invalid(reason));
    }
    let given = attribute_map(request.user_attributes.as_deref().unwrap_or_default())?;
    if !given
        .keys()
        .all(|name| attributes::is_writable(&client.settings, name) || name == "sub")
    {
        return Err(Error::not_authorized(
            "A client attempted to write unauthorized attribute",
        ));
    }
    if naming.preferred_username_alias && given.contains_key("preferred_username") {
        return Err(Error::invalid(
            "preferred_username cannot be given at sign-up, since user pool is configured for preferred_username alias.",
        ));
    }
    let mut user = new_user(cx, &pool, &naming, &request.username, given)?;
    user.status = UserStatusType::Unconfirmed;
    user.self_registered = true;
    let schema = attributes::schema_of(&pool.settings);
    let missing = attributes::check_required(&schema, |name| user.attributes.contains_key(name));
    if !missing.is_empty() {
        return Err(Error::invalid(attributes::message(&missing)));
    }
    if user_pools::user_count(r, &pool.id)? >= USERS_MAX {
        return Err(Error::new(
            Code::LimitExceededException,
            format!("A user pool has at most {USERS_MAX} users."),
        ));
    }
    let channel = messages::sign_up_channel(&pool, &user);
    let password = request.password.filter(|password| !password.is_empty());
    let goes_without =
        client::allows(&client, Flow::Choice) && channel.is_some() && may_go_without_password(&pool, &user);
    let mut is_leaked = false;
    match &password {
        Some(password) => {
            check_password(&pool, password)?;
            let occasion = EventFilterType::SignUp;
            is_leaked = risk::refuse_leaked_in(&cx.engine, r, &pool, &client.id, &occasion, password)?;
        }
        None if goes_without => {}
        None => check_password(&pool, &Secret::default())?,
    }
    // The transaction finds out for certain; this spares the hash.
    for login in lookup::logins(&pool, &user) {
        if users::by_login(r, &pool.id, &login)?.is_some() {
            let taken = match login.kind {
                users::LoginKind::Username | users::LoginKind::PreferredUsername => {
                    "User already exists".to_owned()
                }
                users::LoginKind::Email => "An account with the given email already exists.".to_owned(),
                users::LoginKind::PhoneNumber => {
                    "An account with the given phone_number already exists.".to_owned()
                }
            };
            return Err(Error::new(Code::UsernameExistsException, taken));
        }
    }
    let keys = cx.engine.keys_of(r, &pool.id)?;
    Ok(SignedUp {
        pool,
        client,
        keys,
        user,
        password,
        is_leaked,
    })
}

/// Marks the session of a sign-up that waits for its confirmation.
const SIGNED_UP: &str = "SIGNED_UP";

/// Makes the session by which a new user signs in without another proof: first for the
/// confirmation, then, with the attribute whose code was right, for the sign-in.
fn sign_up_session(
    cx: &Cx,
    keys: &OpenKeys,
    client: &AppClient,
    user: &User,
    step: &str,
    proven: Option<&str>,
) -> Result<Secret> {
    let progress = Progress::new(AuthFlowType::UserAuth);
    Waiting {
        challenge: ChallengeNameType::Unlisted(step.to_owned()),
        sub: user.sub,
        username: user.username.clone(),
        nonce: ids::uuid(cx.rng()),
        expires_at: cx.now().plus_secs(client::session_secs(client)),
        progress: match proven {
            None => progress,
            Some("phone_number") => progress.with(Factor::Sms),
            Some(_) => progress.with(Factor::Email),
        },
        ..Waiting::default()
    }
    .seal(keys, cx.rng(), &client.id)
}

impl Handler for ConfirmSignUpRequest {
    async fn handle(self, cx: &Cx) -> Result<ConfirmSignUpResponse> {
        let called = Called::read(cx, &self.client_id, &self.username, self.secret_hash).await?;
        if called.user.is_none() && !called.hides {
            return Err(no_combination());
        }
        let force = self.force_alias_creation.unwrap_or(false);
        let (answer, now) = (self.confirmation_code, cx.now());
        let may_go_on = match &self.session {
            None => false,
            Some(session) => continues_sign_up(&called, session, now)?,
        };
        let called = Arc::new(called);
        let confirms = Arc::clone(&called);
        let (user, proven) = cx
            .engine
            .store
            .transact("ConfirmSignUp", move |tx| {
                confirm_sign_up(tx, &confirms, &answer, force, now)
            })
            .await??;
        let scene = called.scene(cx, self.client_metadata.as_ref());
        post_confirmation(&scene, Confirmed::SignUp, &user).await?;
        let proven = Some(proven.as_str());
        let session = may_go_on
            .then(|| sign_up_session(cx, &called.keys, &called.client, &user, CONFIRMED_SIGN_UP, proven))
            .transpose()?;
        Ok(ConfirmSignUpResponse { session })
    }
}

/// Tells whether a session of this user's sign-up may go on to a sign-in; one that came too late
/// does not keep from confirming.
fn continues_sign_up(called: &Called, session: &Secret, now: UnixMillis) -> Result<bool> {
    let name = ChallengeNameType::Unlisted(SIGNED_UP.to_owned());
    let late = challenge::expired();
    match Waiting::open(&called.keys, &called.client.id, &name, Some(session), now) {
        Ok(waiting) if waiting.sub == called.sub => Ok(client::allows(&called.client, Flow::Choice)),
        Ok(_) => Err(challenge::invalid()),
        Err(refused) if refused.message() == late.message() => Ok(false),
        Err(refused) => Err(refused),
    }
}

/// Confirms in a transaction; returns the user and the attribute whose code it was. The inner
/// error is kept with what it counted; the outer one, an alias in use, leaves the code good for
/// another call that moves the alias.
fn confirm_sign_up(
    tx: &mut Tx<'_>,
    called: &Called,
    answer: &Secret,
    force: bool,
    now: UnixMillis,
) -> Result<Result<(User, String)>> {
    let pool = &called.pool;
    if !codes::admit(tx, &pool.id, &called.sub, Quota::ConfirmSignUp, now)? {
        return Ok(Err(codes::limit_exceeded()));
    }
    let Some(mut user) = users::get(tx, &pool.id, &called.sub)? else {
        return Ok(Err(codes::mismatch()));
    };
    if user.status != UserStatusType::Unconfirmed {
        let refused = if called.hides {
            codes::mismatch()
        } else {
            not_confirmable(&user)
        };
        return Ok(Err(refused));
    }
    let checked = codes::check(tx, &called.keys, &user.sub, &Purpose::SignUp, answer, now)?;
    let pending = match called.outcome(checked) {
        Ok(pending) => pending,
        Err(refused) => return Ok(Err(refused)),
    };
    mark_verified(&mut user, &pending);
    user.status = UserStatusType::Confirmed;
    user.modified_at = now;
    if force {
        let logins = lookup::logins(pool, &user);
        take_aliases(tx, pool, &user, &logins)?;
    }
    write_user(tx, pool, &user)?;
    Ok(Ok((user, pending.attribute.unwrap_or_default())))
}

impl Handler for ResendConfirmationCodeRequest {
    async fn handle(self, cx: &Cx) -> Result<ResendConfirmationCodeResponse> {
        let called = Called::read(cx, &self.client_id, &self.username, self.secret_hash).await?;
        let nothing_to_verify = || Error::invalid("Cannot resend codes. Auto verification not turned on.");
        // True of the pool, so it tells nothing about the user.
        if called
            .pool
            .settings
            .auto_verified_attributes
            .as_deref()
            .unwrap_or_default()
            .is_empty()
        {
            return Err(nothing_to_verify());
        }
        let channel = match &called.user {
            None => Err(no_combination()),
            Some(user) if user.status != UserStatusType::Unconfirmed => {
                Err(Error::invalid("User is already confirmed."))
            }
            Some(user) => messages::sign_up_channel(&called.pool, user).ok_or_else(nothing_to_verify),
        };
        let resent = called.event(cx, EventType::ResendCode, self.user_context_data.as_ref());
        let details = called
            .send(
                cx,
                "ResendConfirmationCode",
                &self.username,
                channel,
                Purpose::SignUp,
                messages::Purpose::ResendCode,
                Quota::ResendConfirmationCode,
                self.client_metadata.as_ref(),
            )
            .await?;
        events::record_later(cx, resent);
        Ok(ResendConfirmationCodeResponse {
            code_delivery_details: Some(details),
        })
    }
}

impl Handler for ForgotPasswordRequest {
    async fn handle(self, cx: &Cx) -> Result<ForgotPasswordResponse> {
        let read = || Called::read(cx, &self.client_id, &self.username, self.secret_hash.clone());
        let mut called = read().await?;
        if called.user.is_none() {
            let scene = called.scene(cx, self.client_metadata.as_ref());
            let fetched = migration::at_forgot_password(&scene, &called.client, &self.username).await?;
            if fetched.is_some() {
                called = read().await?;
            }
        }
        let channel = match &called.user {
            None => Err(no_combination()),
            Some(user) if !user.enabled => Err(disabled()),
            Some(user) if !can_reset(&user.status) => Err(not_resettable()),
            Some(user) => messages::recovery_channel(&called.pool, user).map_err(no_recovery),
        };
        let forgot = called.event(cx, EventType::ForgotPassword, self.user_context_data.as_ref());
        let details = called
            .send(
                cx,
                "ForgotPassword",
                &self.username,
                channel,
                Purpose::ForgotPassword,
                messages::Purpose::ForgotPassword,
                Quota::ForgotPassword,
                self.client_metadata.as_ref(),
            )
            .await?;
        events::record_later(cx, forgot);
        Ok(ForgotPasswordResponse {
            code_delivery_details: Some(details),
        })
    }
}

impl Handler for ConfirmForgotPasswordRequest {
    async fn handle(self, cx: &Cx) -> Result<ConfirmForgotPasswordResponse> {
        let called = Called::read(cx, &self.client_id, &self.username, self.secret_hash).await?;
        check_password(&called.pool, &self.password)?;
        let occasion = EventFilterType::PasswordChange;
        let is_leaked =
            risk::refuse_leaked(cx, &called.pool, &called.client.id, occasion, &self.password).await?;
        if called.user.is_none() && !called.hides {
            return Err(no_combination());
        }
        let nobody = User {
            sub: called.sub,
            username: self.username.clone(),
            ..User::default()
        };
        // The work is the same for a name that leads nowhere.
        let user = called.user.as_ref().unwrap_or(&nobody);
        let was_used = credential::was_used(cx, &called.pool, user, &self.password).await?;
        let sealed = credential::make(cx, &called.pool, &user.sub, &user.username, &self.password).await?;
        let (answer, now) = (self.confirmation_code, cx.now());
        let called = Arc::new(called);
        let confirms = Arc::clone(&called);
        let confirmed = cx
            .engine
            .store
            .transact("ConfirmForgotPassword", move |tx| {
                confirm_forgot_password(tx, &confirms, &answer, &sealed, was_used, now)
            })
            .await;
        match confirmed {
            Ok(outcome) => {
                let user = outcome?;
                let scene = called.scene(cx, self.client_metadata.as_ref());
                let data = self.user_context_data.as_ref();
                let change = called.event(cx, EventType::PasswordChange, data);
                events::record_later(cx, change.with_leaked(is_leaked));
                post_confirmation(&scene, Confirmed::ForgotPassword, &user).await?;
                Ok(ConfirmForgotPasswordResponse {})
            }
            // The operation declares no error of its own for a preferred username that is taken.
            Err(taken) if taken.code() == Code::AliasExistsException => {
                Err(Error::invalid(taken.message().to_owned()))
            }
            Err(other) => Err(other),
        }
    }
}

/// Sets the new password in a transaction. The inner error is kept with what it counted; the
/// outer one, a password used before, leaves the code good for another.
fn confirm_forgot_password(
    tx: &mut Tx<'_>,
    called: &Called,
    answer: &Secret,
    sealed: &[u8],
    was_used: bool,
    now: UnixMillis,
) -> Result<Result<User>> {
    let pool = &called.pool;
    if !codes::admit(tx, &pool.id, &called.sub, Quota::ConfirmForgotPassword, now)? {
        return Ok(Err(codes::limit_exceeded()));
    }
    let Some(mut user) = users::get(tx, &pool.id, &called.sub)? else {
        return Ok(Err(called.no_reset(tx, now)?));
    };
    let refused = if !user.enabled {
        Some(disabled())
    } else if !can_reset(&user.status) {
        Some(not_resettable())
    } else {
        None
    };
    if let Some(refused) = refused {
        let hidden = called.no_reset(tx, now)?;
        return Ok(Err(if called.hides { hidden } else { refused }));
    }
    let checked = codes::check(tx, &called.keys, &user.sub, &Purpose::ForgotPassword, answer, now)?;
    let pending = match checked {
        // Of a user whom no code can reach none was made.
        Checked::Expired if called.hides => return Ok(Err(called.no_reset(tx, now)?)),
        Checked::Expired if user.status == UserStatusType::Unconfirmed => {
            return Ok(Err(Error::not_confirmed()));
        }
        checked => match called.outcome(checked) {
            Ok(pending) => pending,
            Err(refused) => return Ok(Err(refused)),
        },
    };
    // A code that went to an address which is no longer the user's proves nothing.
    // Nor does one that went where the user's second factor goes by now.
    let still_theirs = messages::recovery_channels(pool, &user).is_ok_and(|channels| {
        channels.iter().any(|channel| {
            pending.attribute.as_deref() == Some(channel.attribute()) && pending.destination == channel.to()
        })
    });
    if !still_theirs {
        return Ok(Err(if called.hides {
            codes::mismatch()
        } else {
            codes::expired()
        }));
    }
    if was_used {
        return Err(password_was_used());
    }
    credential::replace(pool, &mut user, sealed.to_vec());
    user.status = UserStatusType::Confirmed;
    user.modified_at = now;
    // A change that someone else began must not outlive the reset.
    for attribute in std::mem::take(&mut user.pending_attributes).into_keys() {
        let purpose = Purpose::Attribute(attribute).key();
        records::codes::remove(tx, &pool.id, &user.sub, &purpose)?;
    }
    forget_proofs(tx, &user)?;
    // Who knew the password that was forgotten is signed out.
    tokens::revoke_all(&mut user, now);
    write_user(tx, pool, &user)?;
    Ok(Ok(user))
}

/// What a public call names: the client, its pool, and the user or the one that stands for nobody.
struct Called {
    pool: UserPool,
    client: AppClient,
    keys: Arc<OpenKeys>,
    user: Option<User>,
    /// The user's, or a keyed hash of the name that was typed.
    sub: Uuid,
    /// Whether the client hides which names have an account.
    hides: bool,
}

impl Called {
    async fn read(cx: &Cx, client_id: &str, username: &str, secret_hash: Option<Secret>) -> Result<Self> {
        let engine = Arc::clone(&cx.engine);
        let (client_id, username) = (client_id.to_owned(), username.to_owned());
        let now = cx.now();
        cx.engine
            .store
            .read(move |r| {
                let (pool, client) = client::find(r, &client_id)?;
                client::check_secret_hash(&client, &[&username], secret_hash.as_ref())?;
                let keys = engine.keys_of(r, &pool.id)?;
                let user = user_in(r, &pool, &username)?;
                let nobody = || simulated::sub(&keys, &pool, &username, now);
                Ok(Self {
                    sub: user.as_ref().map_or_else(nobody, |user| user.sub),
                    hides: client::hides_users(&client),
                    pool,
                    client,
                    keys,
                    user,
                })
            })
            .await
    }

    /// Returns from where triggers are called.
    fn scene<'a>(&'a self, cx: &'a Cx, metadata: Option<&'a Metadata>) -> Scene<'a> {
        Scene::of_client(cx, &self.pool, &self.client.id, metadata)
    }

    /// The answer to a code for a password that cannot be reset: the one that a user gets who asked
    /// for a code as often as this name did. (The vendor's answers differ for users who never
    /// asked, and so tell who exists.)
    fn no_reset(&self, tx: &mut Tx<'_>, now: UnixMillis) -> Result<Error> {
        let valid_for = Purpose::ForgotPassword.valid_for_secs();
        let quota = Quota::ForgotPassword;
        let asked = codes::was_admitted(tx, &self.pool.id, &self.sub, quota, valid_for, now)?;
        Ok(if asked {
            codes::mismatch()
        } else {
            codes::expired()
        })
    }

    /// Turns what became of a code into the answer. Where users are hidden every failure is the
    /// one that a name without an account gets.
    fn outcome(&self, checked: Checked) -> Result<PendingCode> {
        match checked {
            Checked::Right(pending) => Ok(pending),
            Checked::Wrong | Checked::Expired | Checked::Exceeded if self.hides => Err(codes::mismatch()),
            other => other.into_result(),
        }
    }

    /// Makes what the history of the user says of a call that succeeded.
    fn event(&self, cx: &Cx, kind: EventType, data: Option<&UserContextDataType>) -> Occurrence {
        let origin = Context::of_user(cx, data);
        events::other(&self.pool, &self.client, self.sub, kind, true, origin)
    }

    /// Counts the call and sends a code to `channel`; where users are hidden, a channel that is
    /// refused is answered as if it were not.
    #[allow(clippy::too_many_arguments)]
    async fn send(
        self,
        cx: &Cx,
        name: &'static str,
        typed: &str,
        channel: Result<Channel>,
        purpose: Purpose,
        why: messages::Purpose,
        quota: Quota,
        metadata: Option<&Metadata>,
    ) -> Result<CodeDeliveryDetailsType> {
        let (details, code) = match (channel, &self.user) {
            (Ok(channel), Some(user)) => {
                let details = channel.delivery_details();
                let scene = self.scene(cx, metadata);
                let code = ReadyCode::make(&scene, &self.keys, user, channel, &purpose, why).await?;
                (details, Some(code))
            }
            (Ok(_), None) => return Err(no_combination()),
            (Err(refused), _) if !self.hides => return Err(refused),
            (Err(_), Some(user)) => (self.details_of(user, typed), None),
            (Err(_), None) => (self.made_up_details(typed), None),
        };
        let now = cx.now();
        cx.engine
            .store
            .transact(name, move |tx| {
                if !codes::admit(tx, &self.pool.id, &self.sub, quota, now)? {
                    return Ok(Err(codes::limit_exceeded()));
                }
                if let Some(code) = &code {
                    // The user may have been deleted, or confirmed, since it was read.
                    let Some(user) = users::get(tx, &self.pool.id, &self.sub)? else {
                        return Ok(Ok(()));
                    };
                    if purpose == Purpose::SignUp && user.status != UserStatusType::Unconfirmed {
                        return Ok(Ok(()));
                    }
                    code.put(tx, &user, &purpose)?;
                }
                Ok::<_, Error>(Ok(()))
            })
            .await??;
        Ok(details)
    }

    /// Returns where a code would go that is not sent: to the user's own address or number, as
    /// everywhere else, or to what is made up when there is none.
    fn details_of(&self, user: &User, typed: &str) -> CodeDeliveryDetailsType {
        let made_up = self.made_up_details(typed);
        let asked = made_up.attribute_name.as_deref().unwrap_or("email").to_owned();
        let others = ["email", "phone_number"]
            .into_iter()
            .filter(|other| *other != asked);
        std::iter::once(asked.as_str())
            .chain(others)
            .find_map(|name| Channel::of(name, user.attributes.get(name).map(String::as_str)))
            .map_or(made_up, |channel| channel.delivery_details())
    }

    /// Makes up where a code for nobody went: the same for the same name, and what was typed when
    /// that is an address or a number.
    fn made_up_details(&self, typed: &str) -> CodeDeliveryDetailsType {
        let by_email = messages::is_auto_verified(&self.pool, "email")
            || !messages::is_auto_verified(&self.pool, "phone_number");
        let attribute = if attributes::is_email(typed) {
            "email"
        } else if attributes::is_phone_number(typed) || !by_email {
            "phone_number"
        } else {
            "email"
        };
        simulated::channel(&self.keys, &self.pool, &self.sub, typed, attribute).delivery_details()
    }
}

/// A code and its message, made before the transaction that keeps them.
struct ReadyCode {
    channel: Channel,
    pending: PendingCode,
    message: Message,
}

impl ReadyCode {
    async fn make(
        scene: &Scene<'_>,
        keys: &OpenKeys,
        user: &User,
        channel: Channel,
        purpose: &Purpose,
        why: messages::Purpose,
    ) -> Result<Self> {
        let composer = Composer::ask(scene, user, &channel, why).await?;
        let (code, pending) = codes::make(
            keys,
            scene.cx.rng(),
            &user.sub,
            purpose,
            Some(channel.attribute()),
            channel.to(),
            scene.cx.now(),
        );
        Ok(Self {
            message: composer.code(scene.pool, user, &channel, why, &code),
            channel,
            pending,
        })
    }

    fn put(&self, tx: &mut Tx<'_>, user: &User, purpose: &Purpose) -> Result<()> {
        codes::put(tx, &user.user_pool_id, &user.sub, purpose, &self.pending)?;
        outbox::put(tx, &self.message)?;
        Ok(())
    }
}

/// The answer to a name that leads nowhere, where the client does not hide that.
fn no_combination() -> Error {
    Error::new(
        Code::UserNotFoundException,
        "Username/client id combination not found.",
    )
}

fn disabled() -> Error {
    Error::not_authorized("User is disabled.")
}

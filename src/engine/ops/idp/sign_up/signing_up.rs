//! Making an account: the checks, the first code, and the session that may go on to a sign-in.

use std::sync::Arc;

use super::called::ReadyCode;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::Waiting;
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::codes::Purpose;
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::sign_in::progress::{Factor, Progress};
use crate::engine::auth::{credential, lookup};
use crate::engine::dispatch::Handler;
use crate::engine::ops::idp::users::{
    attribute_map, check_password, insert_user, may_go_without_password, new_user,
};
use crate::engine::risk::{self, Context, events};
use crate::engine::triggers::Scene;
use crate::engine::triggers::sign_up::{Arrival, Confirmed, post_confirmation, pre_sign_up};
use crate::engine::{Cx, Error, Result, messages};
use crate::rules::attributes;
use crate::rules::usernames::Naming;
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AuthFlowType, ChallengeNameType, EventFilterType, EventType, SignUpRequest, SignUpResponse,
    UserStatusType,
};

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
pub(super) const SIGNED_UP: &str = "SIGNED_UP";

/// Makes the session by which a new user signs in without another proof: first for the
/// confirmation, then, with the attribute whose code was right, for the sign-in.
pub(super) fn sign_up_session(
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

//! Operations on users, as an admin sees them, and how every other file finds and changes one.
//!
//! A user is always changed through [`change_user`]: it reads, changes and writes in one
//! transaction and answers a name that another user holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::mfa_preferences::{mfa_options, mfa_setting_list};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::base::{ids, page};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::{codes, credential, lockout, lookup, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::messages::{self, Channel, Composer, NoRecovery};
use crate::engine::triggers::Scene;
use crate::engine::triggers::sign_up::{Arrival, Confirmed, post_confirmation, pre_sign_up};
use crate::engine::{Cx, Error, Result};
use crate::rules::user_filter::{Comparison, UserFilter};
use crate::rules::usernames::{NameKind, Naming};
use crate::rules::{Finding, attributes, password_policy};
use crate::store::records::outbox::{self, Message};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, Claimed, Login, LoginKind, Select, User, indexed};
use crate::store::records::{self, codes::PendingCode};
use crate::store::{self, Reader, Tx};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminConfirmSignUpRequest, AdminConfirmSignUpResponse, AdminCreateUserRequest, AdminCreateUserResponse,
    AdminDeleteUserAttributesRequest, AdminDeleteUserAttributesResponse, AdminDeleteUserRequest,
    AdminDisableUserRequest, AdminDisableUserResponse, AdminEnableUserRequest, AdminEnableUserResponse,
    AdminGetUserRequest, AdminGetUserResponse, AdminResetUserPasswordRequest, AdminResetUserPasswordResponse,
    AdminSetUserPasswordRequest, AdminSetUserPasswordResponse, AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse, AdminUserGlobalSignOutRequest, AdminUserGlobalSignOutResponse,
    AttributeType, AuthFactorType, DeliveryMediumType, ListUsersRequest, ListUsersResponse,
    MessageActionType, UserStatusType, UserType, VerifiedAttributeType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<AdminCreateUserRequest>(),
    Route::of::<AdminGetUserRequest>(),
    Route::of::<ListUsersRequest>(),
    Route::of::<AdminUpdateUserAttributesRequest>(),
    Route::of::<AdminDeleteUserAttributesRequest>(),
    Route::of::<AdminDeleteUserRequest>(),
    Route::of::<AdminEnableUserRequest>(),
    Route::of::<AdminDisableUserRequest>(),
    Route::of::<AdminConfirmSignUpRequest>(),
    Route::of::<AdminSetUserPasswordRequest>(),
    Route::of::<AdminResetUserPasswordRequest>(),
    Route::of::<AdminUserGlobalSignOutRequest>(),
];

/// The most users on a page of `ListUsers`.
const PAGE_MAX: usize = 60;

impl Handler for AdminCreateUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminCreateUserResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let user = if self.message_action == Some(MessageActionType::Resend) {
            resend_invitation(cx, pool, self).await?
        } else {
            create_user(cx, pool, self).await?
        };
        Ok(AdminCreateUserResponse {
            user: Some(user_type(&user, None)),
        })
    }
}

async fn create_user(cx: &Cx, pool: UserPool, request: AdminCreateUserRequest) -> Result<User> {
    let naming = Naming::of(&pool.settings);
    if let Some(reason) = naming.username_refused(&request.username) {
        return Err(Error::invalid(reason));
    }
    let given = attribute_map(request.user_attributes.as_deref().unwrap_or_default())?;
    let mut user = new_user(cx, &pool, &naming, &request.username, given)?;
    let schema = attributes::schema_of(&pool.settings);
    // What may be set later is asked for at the first sign-in; what may not must be there now.
    let missing: Vec<_> = attributes::check_required(&schema, |name| user.attributes.contains_key(name))
        .into_iter()
        .filter(|finding| {
            attributes::find(&schema, &finding.place).is_some_and(|it| it.mutable == Some(false))
        })
        .collect();
    if !missing.is_empty() {
        return Err(Error::invalid(attributes::message(&missing)));
    }

    let policy = password_policy::of(&pool.settings);
    let given = request.temporary_password.filter(|password| !password.is_empty());
    let password = match given {
        Some(password) => {
            check_password(&pool, &password)?;
            Some(password)
        }
        None if may_go_without_password(&pool, &user) => None,
        None => Some(password_policy::generate(&policy, cx.rng())),
    };
    let scene = Scene::of_admin(cx, &pool, request.client_metadata.as_ref());
    let validation_data = request
        .validation_data
        .as_deref()
        .map(attribute_map)
        .transpose()?;
    let arrival = Arrival::AdminCreateUser;
    pre_sign_up(&scene, arrival, &user, validation_data.as_ref()).await?;
    match &password {
        Some(password) => {
            let sealed = credential::make(cx, &pool, &user.sub, &user.username, password).await?;
            user.credential = Some(sealed);
            user.status = UserStatusType::ForceChangePassword;
            user.temporary_since = Some(user.created_at);
        }
        None => user.status = UserStatusType::Confirmed,
    }
    let invitations = match request.message_action {
        Some(MessageActionType::Suppress) => Vec::new(),
        _ => {
            let mediums = request.desired_delivery_mediums.as_deref();
            invitations(&scene, &user, mediums, password.as_ref()).await?
        }
    };
    let force = request.force_alias_creation.unwrap_or(false);
    cx.engine
        .store
        .transact("AdminCreateUser", move |tx| {
            insert_user(tx, &pool, &user, force, "User account already exists")?;
            for message in &invitations {
                outbox::put(tx, message)?;
            }
            Ok(user.clone())
        })
        .await
}

/// Gives a user who never came a new temporary password and a new invitation.
async fn resend_invitation(cx: &Cx, pool: UserPool, request: AdminCreateUserRequest) -> Result<User> {
    let user = find_user(cx, &pool, &request.username).await?;
    let refused = |user: &User| {
        Error::new(
            Code::UnsupportedUserStateException,
            format!(
                "Resend not possible. {} status is not FORCE_CHANGE_PASSWORD",
                user.username
            ),
        )
    };
    if user.status != UserStatusType::ForceChangePassword {
        return Err(refused(&user));
    }
    let password = match request.temporary_password.filter(|password| !password.is_empty()) {
        Some(password) => {
            check_password(&pool, &password)?;
            password
        }
        None => password_policy::generate(&password_policy::of(&pool.settings), cx.rng()),
    };
    let sealed = credential::make(cx, &pool, &user.sub, &user.username, &password).await?;
    let scene = Scene::of_admin(cx, &pool, request.client_metadata.as_ref());
    let mediums = request.desired_delivery_mediums.as_deref();
    let invitations = invitations(&scene, &user, mediums, Some(&password)).await?;
    let now = cx.now();
    change_user(
        cx,
        "AdminCreateUser resend",
        pool,
        request.username,
        move |tx, user| {
            if user.status != UserStatusType::ForceChangePassword {
                return Err(refused(user));
            }
            user.credential = Some(sealed.clone());
            user.temporary_since = Some(now);
            lockout::forget(tx, &user.user_pool_id, &user.sub, lockout::PASSWORD)?;
            for message in &invitations {
                outbox::put(tx, message)?;
            }
            Ok(())
        },
    )
    .await
}

/// Writes the invitations: by the mediums asked for, else by SMS when there is a number, else by
/// e-mail when there is an address.
///
/// # Errors
///
/// `InvalidParameterException` when the user has no attribute for any medium asked for; what the
/// pool's function answers.
async fn invitations(
    scene: &Scene<'_>,
    user: &User,
    mediums: Option<&[DeliveryMediumType]>,
    password: Option<&Secret>,
) -> Result<Vec<Message>> {
    let channel = |medium: &DeliveryMediumType| {
        let attribute = match medium {
            DeliveryMediumType::Sms => "phone_number",
            DeliveryMediumType::Email => "email",
            DeliveryMediumType::Unlisted(_) => return None,
        };
        Channel::of(attribute, user.attributes.get(attribute).map(String::as_str))
    };
    let channels: Vec<Channel> = match mediums {
        Some(mediums) if !mediums.is_empty() => {
            let found: Vec<_> = mediums.iter().filter_map(channel).collect();
            if found.is_empty() {
                return Err(Error::invalid(
                    "The user has no attribute that the invitation can be delivered to by the desired medium.",
                ));
            }
            found
        }
        _ => [DeliveryMediumType::Sms, DeliveryMediumType::Email]
            .iter()
            .find_map(channel)
            .into_iter()
            .collect(),
    };
    let mut written = Vec::with_capacity(channels.len());
    for channel in &channels {
        let composer = Composer::ask(scene, user, channel, messages::Purpose::AdminCreateUser).await?;
        written.extend(composer.invitation(scene.pool, user, channel, password));
    }
    Ok(written)
}

/// Writes the welcome of a user whom another directory had: an invitation without a password.
///
/// # Errors
///
/// As [`invitations`].
pub(super) async fn welcome(
    scene: &Scene<'_>,
    user: &User,
    mediums: &[DeliveryMediumType],
) -> Result<Vec<Message>> {
    invitations(scene, user, Some(mediums), None).await
}

/// Tells whether a user of the pool may have no password: a first factor is a code, and the user
/// has all that is required and where the code goes.
pub(super) fn may_go_without_password(pool: &UserPool, user: &User) -> bool {
    let schema = attributes::schema_of(&pool.settings);
    let has = |name: &str| user.attributes.contains_key(name);
    let factors = pool
        .settings
        .policies
        .as_ref()
        .and_then(|policies| policies.sign_in_policy.as_ref())
        .and_then(|policy| policy.allowed_first_auth_factors.as_deref())
        .unwrap_or_default();
    let reachable = factors.iter().any(|factor| match factor {
        AuthFactorType::EmailOtp => has("email"),
        AuthFactorType::SmsOtp => has("phone_number"),
        AuthFactorType::Password
        | AuthFactorType::WebAuthn
        | AuthFactorType::SoftwareToken
        | AuthFactorType::Unlisted(_) => false,
    });
    reachable && attributes::missing_required(&schema, has).is_empty()
}

/// Makes the record of a new user: names and attributes checked, no password, status still open.
pub(super) fn new_user(
    cx: &Cx,
    pool: &UserPool,
    naming: &Naming,
    typed: &str,
    mut given: BTreeMap<String, String>,
) -> Result<User> {
    let schema = attributes::schema_of(&pool.settings);
    if let Some(attribute) = naming.attribute_of(typed) {
        let kind = if attribute == "email" {
            NameKind::Email
        } else {
            NameKind::PhoneNumber
        };
        let written = given
            .entry(attribute.to_owned())
            .or_insert_with(|| typed.to_owned());
        if naming.fold(kind, written) != naming.fold(kind, typed) {
            return Err(Error::invalid(format!(
                "The username and the attribute {attribute} must be the same."
            )));
        }
    }
    check_attributes(&schema, &given)?;
    given.retain(|_, value| !value.is_empty());
    naming.flatten(&mut given);
    normalise_flags(&mut given);
    check_flags(&given, &given)?;
    let now = cx.now();
    let sub = ids::ordered_uuid(cx.rng(), now);
    Ok(User {
        user_pool_id: pool.id.clone(),
        sub,
        username: if naming.generates_usernames() {
            sub.to_string()
        } else {
            naming.kept_username(typed)
        },
        created_at: now,
        modified_at: now,
        enabled: true,
        attributes: given,
        ..User::default()
    })
}

/// Adds a user in a transaction, moving verified aliases from whoever holds them when `force`.
pub(super) fn insert_user(
    tx: &mut Tx<'_>,
    pool: &UserPool,
    user: &User,
    force: bool,
    exists: &'static str,
) -> Result<()> {
    // The pool may have been deleted since it was read.
    if user_pools::get(tx, &pool.id)?.is_none() {
        return Err(Error::no_user_pool(&pool.id));
    }
    // A user named like another one's sub would be found in its place.
    if let Ok(sub) = Uuid::parse_str(&user.username)
        && sub != user.sub
        && users::get(tx, &pool.id, &sub)?.is_some()
    {
        return Err(Error::new(Code::UsernameExistsException, exists));
    }
    if prefers_a_sub(tx, pool, user)? {
        return Err(Error::new(
            Code::UsernameExistsException,
            "An account with the given preferred_username already exists.",
        ));
    }
    let logins = lookup::logins(pool, user);
    if force {
        take_aliases(tx, pool, user, &logins)?;
    }
    match users::insert(tx, user, &logins)? {
        Claimed::Done => Ok(()),
        Claimed::Taken { login, .. } => Err(Error::new(
            Code::UsernameExistsException,
            match login.kind {
                LoginKind::Username => exists.to_owned(),
                kind => format!(
                    "An account with the given {} already exists.",
                    attribute_of_kind(kind)
                ),
            },
        )),
        Claimed::Stale => Err(store::Error::Conflict.into()),
    }
}

/// Takes the e-mail address and phone number that `user` claims from whoever holds them; theirs
/// are no longer verified. Attributes that are usernames never move.
pub(super) fn take_aliases(tx: &mut Tx<'_>, pool: &UserPool, user: &User, logins: &[Login]) -> Result<()> {
    if Naming::of(&pool.settings).generates_usernames() {
        return Ok(());
    }
    for login in logins {
        let flag = match login.kind {
            LoginKind::Email => "email_verified",
            LoginKind::PhoneNumber => "phone_number_verified",
            LoginKind::Username | LoginKind::PreferredUsername => continue,
        };
        let Some(sub) = users::by_login(tx, &pool.id, login)?.filter(|sub| *sub != user.sub) else {
            continue;
        };
        let Some(mut holder) = users::get(tx, &pool.id, &sub)? else {
            continue;
        };
        holder.attributes.insert(flag.to_owned(), "false".to_owned());
        holder.modified_at = user.modified_at;
        let keeps = lookup::logins(pool, &holder);
        if users::update(tx, &holder, &keeps)? != Claimed::Done {
            return Err(store::Error::Conflict.into());
        }
    }
    Ok(())
}

impl Handler for AdminGetUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminGetUserResponse> {
        let id = self.user_pool_id;
        let username = self.username;
        let user = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                user_in(r, &pool, &username)?.ok_or_else(Error::no_user)
            })
            .await?;
        Ok(AdminGetUserResponse {
            user_attributes: Some(attribute_list(&user, |_| true)),
            user_create_date: Some(user.created_at.into()),
            user_last_modified_date: Some(user.modified_at.into()),
            enabled: Some(user.enabled),
            mfa_options: mfa_options(&user),
            user_mfa_setting_list: mfa_setting_list(&user),
            user_status: Some(user.status),
            preferred_mfa_setting: user.preferred_mfa,
            username: user.username,
        })
    }
}

impl Handler for ListUsersRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUsersResponse> {
        let Self {
            user_pool_id,
            attributes_to_get,
            limit,
            pagination_token,
            filter,
        } = self;
        let filter = UserFilter::parse(filter.as_deref().unwrap_or_default())
            .map_err(|refused| Error::invalid(refused.to_string()))?;
        let limit = match usize::try_from(limit.unwrap_or(0)) {
            Ok(0) | Err(_) => PAGE_MAX,
            Ok(limit) => limit.min(PAGE_MAX),
        };
        // A token goes on only where it came from: same pool, same filter, same attributes.
        let listing = format!(
            "ListUsers {user_pool_id} {} {attributes_to_get:?}",
            filter.as_ref().map(ToString::to_string).unwrap_or_default()
        );
        let now = cx.now();
        let after = pagination_token
            .map(|token| page::key(&listing, &token, now))
            .transpose()
            .map_err(|refused| match refused {
                page::BadToken::Malformed => Error::invalid("Invalid pagination token."),
                page::BadToken::Expired => Error::invalid("The pagination token has expired."),
            })?;
        let select = filter.map_or(Select::All, |filter| {
            let name = filter.field.as_str();
            let value = indexed(name, &filter.value);
            let name = name.to_owned();
            match filter.comparison {
                Comparison::Equals => Select::Equals { name, value },
                Comparison::BeginsWith => Select::Prefix { name, value },
            }
        });
        let (users, next) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &user_pool_id)?;
                let schema = attributes::schema_of(&pool.settings);
                let wanted = attributes_to_get.as_deref();
                if let Some(names) = wanted
                    && !names.iter().all(|name| attributes::find(&schema, name).is_some())
                {
                    return Err(Error::invalid("One or more requested attributes do not exist."));
                }
                let (users, next) = users::list(r, &pool.id, &select, after.as_deref(), limit)?;
                let users: Vec<_> = users.iter().map(|user| user_type(user, wanted)).collect();
                Ok((users, next))
            })
            .await?;
        Ok(ListUsersResponse {
            users: Some(users),
            pagination_token: next.map(|key| page::token(&listing, &key, now)),
        })
    }
}

impl Handler for AdminUpdateUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminUpdateUserAttributesResponse> {
        let given = attribute_map(&self.user_attributes)?;
        let engine = Arc::clone(&cx.engine);
        let (id, username) = (self.user_pool_id, self.username.clone());
        let wanted = given.clone();
        let (pool, keys, channels) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                let schema = attributes::schema_of(&pool.settings);
                check_attributes(&schema, &wanted)?;
                let mut user = user_in(r, &pool, &username)?.ok_or_else(Error::no_user)?;
                let channels = change_attributes(&pool, &mut user, &wanted)?;
                let keys = engine.keys_of(r, &pool.id)?;
                Ok::<_, Error>((pool, keys, (user, channels)))
            })
            .await?;
        let (user, channels) = channels;
        let scene = Scene::of_admin(cx, &pool, self.client_metadata.as_ref());
        let why = messages::Purpose::UpdateUserAttribute;
        let codes = attribute_codes(&scene, &keys, &user, &channels, why).await?;
        let changed_pool = pool.clone();
        change_user(
            cx,
            "AdminUpdateUserAttributes",
            pool,
            self.username,
            move |tx, user| {
                let channels = change_attributes(&changed_pool, user, &given)?;
                put_attribute_codes(tx, user, &channels, &codes)
            },
        )
        .await?;
        Ok(AdminUpdateUserAttributesResponse {})
    }
}

impl Handler for AdminDeleteUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminDeleteUserAttributesResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let schema = attributes::schema_of(&pool.settings);
        let given: BTreeMap<String, String> = self
            .user_attribute_names
            .into_iter()
            .map(|name| (name, String::new()))
            .collect();
        check_attributes(&schema, &given)?;
        let changed_pool = pool.clone();
        change_user(
            cx,
            "AdminDeleteUserAttributes",
            pool,
            self.username,
            move |_, user| change_attributes(&changed_pool, user, &given).map(drop),
        )
        .await?;
        Ok(AdminDeleteUserAttributesResponse {})
    }
}

impl Handler for AdminDeleteUserRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let username = self.username;
        cx.engine
            .store
            .transact("AdminDeleteUser", move |tx| {
                let user = user_in(tx, &pool, &username)?.ok_or_else(Error::no_user)?;
                users::delete(tx, &pool.id, &user.sub)?;
                Ok::<_, Error>(NoOutput)
            })
            .await
    }
}

impl Handler for AdminEnableUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminEnableUserResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        change_user(cx, "AdminEnableUser", pool, self.username, |_, user| {
            user.enabled = true;
            Ok(())
        })
        .await?;
        Ok(AdminEnableUserResponse {})
    }
}

impl Handler for AdminDisableUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminDisableUserResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let now = cx.now();
        change_user(cx, "AdminDisableUser", pool, self.username, move |_, user| {
            user.enabled = false;
            tokens::revoke_all(user, now);
            Ok(())
        })
        .await?;
        Ok(AdminDisableUserResponse {})
    }
}

impl Handler for AdminUserGlobalSignOutRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminUserGlobalSignOutResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let now = cx.now();
        change_user(
            cx,
            "AdminUserGlobalSignOut",
            pool,
            self.username,
            move |_, user| {
                tokens::revoke_all(user, now);
                Ok(())
            },
        )
        .await?;
        Ok(AdminUserGlobalSignOutResponse {})
    }
}

impl Handler for AdminConfirmSignUpRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminConfirmSignUpResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let changed_pool = pool.clone();
        let confirmed = change_user(
            cx,
            "AdminConfirmSignUp",
            changed_pool,
            self.username,
            |tx, user| {
                if user.status != UserStatusType::Unconfirmed {
                    return Err(not_confirmable(user));
                }
                user.status = UserStatusType::Confirmed;
                let purpose = codes::Purpose::SignUp.key();
                records::codes::remove(tx, &user.user_pool_id, &user.sub, &purpose)?;
                Ok(())
            },
        )
        .await;
        match confirmed {
            Ok(user) => {
                let scene = Scene::of_admin(cx, &pool, self.client_metadata.as_ref());
                post_confirmation(&scene, Confirmed::SignUp, &user).await?;
                Ok(AdminConfirmSignUpResponse {})
            }
            // The operation declares no error of its own for a preferred username that is taken.
            Err(taken) if taken.code() == Code::AliasExistsException => {
                Err(Error::invalid(taken.message().to_owned()))
            }
            Err(other) => Err(other),
        }
    }
}

/// The answer to the confirmation of a user who is not waiting for it.
pub(super) fn not_confirmable(user: &User) -> Error {
    Error::not_authorized(format!(
        "User cannot be confirmed. Current status is {}",
        user.status
    ))
}

impl Handler for AdminSetUserPasswordRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminSetUserPasswordResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let user = find_user(cx, &pool, &self.username).await?;
        check_password(&pool, &self.password)?;
        let permanent = self.permanent.unwrap_or(false);
        if permanent && credential::was_used(cx, &pool, &user, &self.password).await? {
            return Err(password_was_used());
        }
        let sealed = credential::make(cx, &pool, &user.sub, &user.username, &self.password).await?;
        let now = cx.now();
        let changed_pool = pool.clone();
        let sub = user.sub;
        change_user(
            cx,
            "AdminSetUserPassword",
            pool,
            self.username,
            move |tx, user| {
                // The credential is bound to the user it was made for.
                if user.sub != sub {
                    return Err(store::Error::Conflict.into());
                }
                if permanent {
                    credential::replace(&changed_pool, user, sealed.clone());
                    user.status = UserStatusType::Confirmed;
                } else {
                    set_temporary_password(&changed_pool, user, sealed.clone(), now);
                }
                tokens::revoke_all(user, now);
                forget_proofs(tx, user)
            },
        )
        .await?;
        Ok(AdminSetUserPasswordResponse {})
    }
}

/// Gives a user a temporary password; a permanent one before it goes into the history.
fn set_temporary_password(pool: &UserPool, user: &mut User, sealed: Vec<u8>, now: UnixMillis) {
    let was_permanent = user.temporary_since.is_none();
    let before = user.credential.take();
    if was_permanent {
        user.password_history.splice(0..0, before);
        user.password_history.truncate(credential::history_size(pool));
    }
    user.credential = Some(sealed);
    user.temporary_since = Some(now);
    user.status = UserStatusType::ForceChangePassword;
}

/// Forgets wrong guesses and waiting codes, which belong to the password that was.
pub(super) fn forget_proofs(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    lockout::forget(tx, &user.user_pool_id, &user.sub, lockout::PASSWORD)?;
    for purpose in [codes::Purpose::ForgotPassword, codes::Purpose::SignUp] {
        records::codes::remove(tx, &user.user_pool_id, &user.sub, &purpose.key())?;
    }
    Ok(())
}

/// The answer to a password that the pool remembers.
pub fn password_was_used() -> Error {
    Error::new(
        Code::PasswordHistoryPolicyViolationException,
        "Password has previously been used",
    )
}

impl Handler for AdminResetUserPasswordRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminResetUserPasswordResponse> {
        let engine = Arc::clone(&cx.engine);
        let (id, username) = (self.user_pool_id, self.username.clone());
        let (pool, user, keys) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                let user = user_in(r, &pool, &username)?.ok_or_else(Error::no_user)?;
                let keys = engine.keys_of(r, &pool.id)?;
                Ok::<_, Error>((pool, user, keys))
            })
            .await?;
        if !can_reset(&user.status) {
            return Err(not_resettable());
        }
        let channel = messages::recovery_channel(&pool, &user).map_err(no_recovery)?;
        let now = cx.now();
        let (code, pending) = codes::make(
            &keys,
            cx.rng(),
            &user.sub,
            &codes::Purpose::ForgotPassword,
            Some(channel.attribute()),
            channel.to(),
            now,
        );
        let scene = Scene::of_admin(cx, &pool, self.client_metadata.as_ref());
        let why = messages::Purpose::ForgotPassword;
        let composer = Composer::ask(&scene, &user, &channel, why).await?;
        let message = composer.code(&pool, &user, &channel, why, &code);
        let sub = user.sub;
        change_user(
            cx,
            "AdminResetUserPassword",
            pool,
            self.username,
            move |tx, user| {
                if user.sub != sub {
                    return Err(store::Error::Conflict.into());
                }
                if !can_reset(&user.status) {
                    return Err(not_resettable());
                }
                let quota = codes::Quota::AdminResetUserPassword;
                if !codes::admit(tx, &user.user_pool_id, &user.sub, quota, now)? {
                    return Err(codes::limit_exceeded());
                }
                user.status = UserStatusType::ResetRequired;
                tokens::revoke_all(user, now);
                codes::put(
                    tx,
                    &user.user_pool_id,
                    &user.sub,
                    &codes::Purpose::ForgotPassword,
                    &pending,
                )?;
                outbox::put(tx, &message)?;
                Ok(())
            },
        )
        .await?;
        Ok(AdminResetUserPasswordResponse {})
    }
}

/// Tells whether a forgotten password may be replaced by a code in this status.
pub(super) const fn can_reset(status: &UserStatusType) -> bool {
    match status {
        UserStatusType::Confirmed | UserStatusType::ResetRequired | UserStatusType::Unconfirmed => true,
        UserStatusType::ForceChangePassword
        | UserStatusType::ExternalProvider
        | UserStatusType::Archived
        | UserStatusType::Compromised
        | UserStatusType::Unknown
        | UserStatusType::Unlisted(_) => false,
    }
}

/// The answer to a reset that the user's status does not allow.
pub(super) fn not_resettable() -> Error {
    Error::not_authorized("User password cannot be reset in the current state.")
}

/// The answer to a reset whose code can go nowhere.
pub(super) fn no_recovery(reason: NoRecovery) -> Error {
    match reason {
        NoRecovery::AdminOnly => Error::not_authorized("Contact administrator to reset password."),
        NoRecovery::NothingVerified => Error::invalid(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        NoRecovery::OnlySecondFactor => {
            Error::invalid("Could not reset password for the account, please contact support or try again")
        }
    }
}

/// Reads a user pool.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub async fn find_pool(cx: &Cx, id: &str) -> Result<UserPool> {
    let id = id.to_owned();
    cx.engine.store.read(move |r| pool_in(r, &id)).await
}

/// Reads a user pool inside a store job.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub fn pool_in(r: &mut Reader<'_>, id: &str) -> Result<UserPool> {
    user_pools::get(r, id)?.ok_or_else(|| Error::no_user_pool(id))
}

/// Reads a user by username, alias or `sub`.
///
/// # Errors
///
/// `UserNotFoundException`.
pub async fn find_user(cx: &Cx, pool: &UserPool, username: &str) -> Result<User> {
    let (pool, username) = (pool.clone(), username.to_owned());
    cx.engine
        .store
        .read(move |r| user_in(r, &pool, &username)?.ok_or_else(Error::no_user))
        .await
}

/// Reads a user by username, alias or `sub` inside a store job; the username goes before an alias.
///
/// # Errors
///
/// What the store reports.
pub fn user_in(r: &mut Reader<'_>, pool: &UserPool, typed: &str) -> store::Result<Option<User>> {
    if let Some(user) = lookup::user(r, pool, typed)? {
        return Ok(Some(user));
    }
    match Uuid::try_parse(typed) {
        // Only the form that `sub` is shown in: 36 characters.
        Ok(sub) if typed.len() == 36 => users::get(r, &pool.id, &sub),
        _ => Ok(None),
    }
}

const fn attribute_of_kind(kind: LoginKind) -> &'static str {
    match kind {
        LoginKind::Username => "username",
        LoginKind::Email => "email",
        LoginKind::PhoneNumber => "phone_number",
        LoginKind::PreferredUsername => "preferred_username",
    }
}

/// Reads, changes and writes a user in one transaction named `name`. `change` may run twice.
///
/// # Errors
///
/// `UserNotFoundException`; `AliasExistsException` when the changed user would hold a name of
/// another; what `change` answers.
pub async fn change_user<F>(
    cx: &Cx,
    name: &'static str,
    pool: UserPool,
    username: String,
    mut change: F,
) -> Result<User>
where
    F: FnMut(&mut Tx<'_>, &mut User) -> Result<()> + Send + 'static,
{
    let now = cx.now();
    cx.engine
        .store
        .transact(name, move |tx| {
            let mut user = user_in(tx, &pool, &username)?.ok_or_else(Error::no_user)?;
            change(tx, &mut user)?;
            user.modified_at = now;
            write_user(tx, &pool, &user)?;
            Ok(user)
        })
        .await
}

/// Writes a changed user with the names it holds now.
///
/// # Errors
///
/// `AliasExistsException` when another user holds one of them.
pub fn write_user(tx: &mut Tx<'_>, pool: &UserPool, user: &User) -> Result<()> {
    if prefers_a_sub(tx, pool, user)? {
        return Err(Error::new(
            Code::AliasExistsException,
            "An account with the preferred_username already exists.",
        ));
    }
    match users::update(tx, user, &lookup::logins(pool, user))? {
        Claimed::Done => Ok(()),
        Claimed::Taken { login, .. } => Err(Error::new(
            Code::AliasExistsException,
            format!(
                "An account with the {} already exists.",
                attribute_of_kind(login.kind)
            ),
        )),
        Claimed::Stale => Err(store::Error::Conflict.into()),
    }
}

/// Tells whether a user prefers to be called what another one's `sub` is, and would be found in
/// their place.
fn prefers_a_sub(tx: &mut Tx<'_>, pool: &UserPool, user: &User) -> Result<bool> {
    if !Naming::of(&pool.settings).preferred_username_alias {
        return Ok(false);
    }
    let preferred = user.attributes.get("preferred_username").map(String::as_str);
    match Uuid::try_parse(preferred.unwrap_or_default()) {
        Ok(sub) if sub != user.sub => Ok(users::get(tx, &pool.id, &sub)?.is_some()),
        _ => Ok(false),
    }
}

/// Checks a new password against the pool's policy.
///
/// # Errors
///
/// `InvalidPasswordException` with the first demand that is not met.
pub fn check_password(pool: &UserPool, password: &Secret) -> Result<()> {
    match password_policy::check(&password_policy::of(&pool.settings), password.expose()).first() {
        None => Ok(()),
        Some(unmet) => Err(Error::new(Code::InvalidPasswordException, unmet.message())),
    }
}

/// Checks names and values against the schema.
pub(super) fn check_attributes(
    schema: &[crate::wire::idp::SchemaAttributeType],
    given: &BTreeMap<String, String>,
) -> Result<()> {
    let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let findings = attributes::check(schema, pairs);
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(attributes::message(&findings)))
    }
}

/// Changes attributes of a user, blank values being deletions, and returns where codes must go.
///
/// A new e-mail address or phone number that is not marked verified in the same call is
/// unverified; where the pool wants the code first, it waits beside the old value. The names and
/// values must have passed [`attributes::check`].
///
/// # Errors
///
/// `InvalidParameterException` for what is fixed once set, required, or the only username.
pub fn change_attributes(
    pool: &UserPool,
    user: &mut User,
    given: &BTreeMap<String, String>,
) -> Result<Vec<Channel>> {
    let schema = attributes::schema_of(&pool.settings);
    let mut findings = attributes::check_mutable(&schema, given.keys().map(String::as_str));
    let blank: Vec<_> = given
        .iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    findings.extend(attributes::check_required(&schema, |name| !blank.contains(&name)));
    if !findings.is_empty() {
        return Err(Error::invalid(attributes::message(&findings)));
    }
    let naming = Naming::of(&pool.settings);
    let mut given = given.clone();
    naming.flatten(&mut given);
    let given = &given;
    let mut channels = Vec::new();
    for (name, value) in given {
        if value.is_empty() {
            user.attributes.remove(name);
            user.pending_attributes.remove(name);
            if let Some(flag) = flag_of(name) {
                user.attributes.remove(flag);
            }
            continue;
        }
        let Some(flag) = flag_of(name) else {
            let value = if attributes::is_verified_flag(name) {
                value.to_ascii_lowercase()
            } else {
                value.clone()
            };
            user.attributes.insert(name.clone(), value);
            continue;
        };
        let marked_verified = given
            .get(flag)
            .is_some_and(|marked| marked.eq_ignore_ascii_case("true"));
        if user.attributes.get(name) == Some(value) {
            user.pending_attributes.remove(name);
            continue;
        }
        if marked_verified {
            user.attributes.insert(name.clone(), value.clone());
            user.pending_attributes.remove(name);
            continue;
        }
        if waits_for_code(pool, name) && user.attributes.contains_key(name) {
            user.pending_attributes.insert(name.clone(), value.clone());
        } else {
            user.attributes.insert(name.clone(), value.clone());
            user.attributes.insert(flag.to_owned(), "false".to_owned());
            user.pending_attributes.remove(name);
        }
        if messages::is_auto_verified(pool, name) {
            channels.extend(Channel::of(name, Some(value)));
        }
    }
    check_flags(given, &user.attributes)?;
    let has = |name: &str| user.attributes.contains_key(name);
    if naming.generates_usernames()
        && !(naming.email_username && has("email"))
        && !(naming.phone_username && has("phone_number"))
    {
        return Err(Error::invalid(
            "The attribute that the user signs in with cannot be deleted.",
        ));
    }
    Ok(channels)
}

/// Marks the attribute that a code went to as verified, when it still holds that value.
pub fn mark_verified(user: &mut User, code: &PendingCode) {
    if let Some(attribute) = &code.attribute {
        mark_value_verified(user, attribute, &code.destination);
    }
}

/// Marks an attribute as verified, when it holds `value`.
pub fn mark_value_verified(user: &mut User, attribute: &str, value: &str) {
    let is_same = user.attributes.get(attribute).is_some_and(|held| held == value);
    if let Some(flag) = flag_of(attribute).filter(|_| is_same) {
        user.attributes.insert(flag.to_owned(), "true".to_owned());
    }
}

/// Returns the flag that goes with an attribute.
fn flag_of(attribute: &str) -> Option<&'static str> {
    match attribute {
        "email" => Some("email_verified"),
        "phone_number" => Some("phone_number_verified"),
        _ => None,
    }
}

/// Tells whether a new value of `attribute` waits for its code before it replaces the old one.
fn waits_for_code(pool: &UserPool, attribute: &str) -> bool {
    let wanted = VerifiedAttributeType::from(attribute);
    pool.settings
        .user_attribute_update_settings
        .as_ref()
        .and_then(|settings| settings.attributes_require_verification_before_update.as_deref())
        .is_some_and(|list| list.contains(&wanted))
}

/// A code for an attribute, made before the transaction that keeps it.
pub struct AttributeCode {
    channel: Channel,
    pending: PendingCode,
    message: Message,
}

/// Makes the codes and messages for `channels`.
///
/// # Errors
///
/// What the pool's function answers.
pub async fn attribute_codes(
    scene: &Scene<'_>,
    keys: &OpenKeys,
    user: &User,
    channels: &[Channel],
    purpose: messages::Purpose,
) -> Result<Vec<AttributeCode>> {
    let cx = scene.cx;
    let mut made = Vec::with_capacity(channels.len());
    for channel in channels {
        let composer = Composer::ask(scene, user, channel, purpose).await?;
        let (code, pending) = codes::make(
            keys,
            cx.rng(),
            &user.sub,
            &codes::Purpose::Attribute(channel.attribute().to_owned()),
            Some(channel.attribute()),
            channel.to(),
            cx.now(),
        );
        made.push(AttributeCode {
            channel: channel.clone(),
            pending,
            message: composer.code(scene.pool, user, channel, purpose, &code),
        });
    }
    Ok(made)
}

/// Keeps the codes for those `channels` that still need one, and their messages.
pub fn put_attribute_codes(
    tx: &mut Tx<'_>,
    user: &User,
    channels: &[Channel],
    made: &[AttributeCode],
) -> Result<()> {
    for code in made.iter().filter(|code| channels.contains(&code.channel)) {
        let purpose = codes::Purpose::Attribute(code.channel.attribute().to_owned());
        codes::put(tx, &user.user_pool_id, &user.sub, &purpose, &code.pending)?;
        outbox::put(tx, &code.message)?;
    }
    Ok(())
}

/// Checks that what is marked as verified, or as not, is there.
fn check_flags(given: &BTreeMap<String, String>, held: &BTreeMap<String, String>) -> Result<()> {
    for (attribute, what) in [("email", "Email"), ("phone_number", "Phone number")] {
        let is_marked = flag_of(attribute)
            .and_then(|flag| given.get(flag))
            .is_some_and(|mark| !mark.is_empty());
        if is_marked && !held.contains_key(attribute) {
            let word = what.to_lowercase();
            let article = if attribute == "email" { "an" } else { "a" };
            return Err(Error::invalid(format!(
                "{what} is required to verify/un-verify {article} {word}"
            )));
        }
    }
    Ok(())
}

/// Writes the two flags as the vendor does: lower case.
fn normalise_flags(given: &mut BTreeMap<String, String>) {
    for (name, value) in given.iter_mut() {
        if attributes::is_verified_flag(name) {
            *value = value.to_ascii_lowercase();
        }
    }
}

/// Reads a list of attributes.
///
/// # Errors
///
/// `InvalidParameterException` for a name that is given twice.
pub fn attribute_map(list: &[AttributeType]) -> Result<BTreeMap<String, String>> {
    let mut map = BTreeMap::new();
    for attribute in list {
        let value = attribute.value.clone().unwrap_or_default();
        if map.insert(attribute.name.clone(), value).is_some() {
            let twice = Finding::error(&*attribute.name, "Attribute is given more than once.");
            return Err(Error::invalid(attributes::message(&[twice])));
        }
    }
    Ok(map)
}

/// Writes the attributes that `wanted` lets through, `sub` first.
pub fn attribute_list(user: &User, wanted: impl Fn(&str) -> bool) -> Vec<AttributeType> {
    let sub = user.sub.to_string();
    std::iter::once(("sub", sub.as_str()))
        .chain(
            user.attributes
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| AttributeType {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        })
        .collect()
}

/// Writes a user as listings show it; with `names` only these attributes.
pub fn user_type(user: &User, names: Option<&[String]>) -> UserType {
    UserType {
        username: Some(user.username.clone()),
        attributes: Some(attribute_list(user, |name| {
            names.is_none_or(|names| names.iter().any(|wanted| wanted == name))
        })),
        user_create_date: Some(user.created_at.into()),
        user_last_modified_date: Some(user.modified_at.into()),
        enabled: Some(user.enabled),
        user_status: Some(user.status.clone()),
        mfa_options: mfa_options(user),
    }
}

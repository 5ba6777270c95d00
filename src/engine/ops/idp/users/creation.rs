//! New users: those an admin makes and invites, and what every other way in shares with them.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::attributes::{attribute_map, check_attributes, check_flags, normalise_flags};
use super::passwords::check_password;
use super::reading::{find_pool, find_user, user_type};
use super::writing::{attribute_of_kind, change_user, prefers_a_sub};
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::{credential, lockout, lookup};
use crate::engine::dispatch::Handler;
use crate::engine::messages::{self, Channel, Composer};
use crate::engine::triggers::Scene;
use crate::engine::triggers::sign_up::{Arrival, pre_sign_up};
use crate::engine::{Cx, Error, Result};
use crate::rules::usernames::{NameKind, Naming};
use crate::rules::{attributes, password_policy};
use crate::store::records::outbox::{self, Message};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, Claimed, Login, LoginKind, User};
use crate::store::{self, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminCreateUserRequest, AdminCreateUserResponse, AuthFactorType, DeliveryMediumType, MessageActionType,
    UserStatusType,
};

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
            let name = finding.place.field().unwrap_or_default();
            attributes::find(&schema, name).is_some_and(|it| it.mutable == Some(false))
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
pub async fn welcome(scene: &Scene<'_>, user: &User, mediums: &[DeliveryMediumType]) -> Result<Vec<Message>> {
    invitations(scene, user, Some(mediums), None).await
}

/// Tells whether a user of the pool may have no password: a first factor is a code, and the user
/// has all that is required and where the code goes.
pub fn may_go_without_password(pool: &UserPool, user: &User) -> bool {
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
pub fn new_user(
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
pub fn insert_user(
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
pub fn take_aliases(tx: &mut Tx<'_>, pool: &UserPool, user: &User, logins: &[Login]) -> Result<()> {
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

//! Operations of signed-in users on themselves. Each begins with the access token.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::mfa_preferences::{check_factors_stay, mfa_options, mfa_setting_list};
use super::users::{
    attribute_codes, attribute_list, attribute_map, change_attributes, change_user, check_attributes,
    check_password, password_was_used, put_attribute_codes, take_aliases, write_user,
};
use crate::base::secret::Secret;
use crate::engine::auth::codes::{self, Checked, Purpose, Quota};
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::sign_in::job::too_many_codes;
use crate::engine::auth::srp::Identity;
use crate::engine::auth::{credential, lookup, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::messages::{self, Channel};
use crate::engine::risk::{self, Context, events};
use crate::engine::triggers::Scene;
use crate::engine::triggers::event::Metadata;
use crate::engine::{Cx, Error, Result};
use crate::rules::attributes;
use crate::store::records::app_clients::AppClient;
use crate::store::records::codes::PendingCode;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::NoOutput;
use crate::wire::idp::{
    ChangePasswordRequest, ChangePasswordResponse, DeleteUserAttributesRequest, DeleteUserAttributesResponse,
    DeleteUserRequest, EventFilterType, EventType, GetUserAttributeVerificationCodeRequest,
    GetUserAttributeVerificationCodeResponse, GetUserRequest, GetUserResponse, UpdateUserAttributesRequest,
    UpdateUserAttributesResponse, VerifyUserAttributeRequest, VerifyUserAttributeResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetUserRequest>(),
    Route::of::<UpdateUserAttributesRequest>(),
    Route::of::<DeleteUserAttributesRequest>(),
    Route::of::<GetUserAttributeVerificationCodeRequest>(),
    Route::of::<VerifyUserAttributeRequest>(),
    Route::of::<ChangePasswordRequest>(),
    Route::of::<DeleteUserRequest>(),
];

impl Handler for GetUserRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserResponse> {
        let (_, client, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        Ok(GetUserResponse {
            user_attributes: attribute_list(&user, |name| attributes::is_readable(&client.settings, name)),
            mfa_options: mfa_options(&user),
            user_mfa_setting_list: mfa_setting_list(&user),
            preferred_mfa_setting: user.preferred_mfa,
            username: user.username,
        })
    }
}

impl Handler for UpdateUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateUserAttributesResponse> {
        let (pool, client, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let given = attribute_map(&self.user_attributes)?;
        let metadata = self.client_metadata.as_ref();
        let details = change_own_attributes(cx, pool, &client, user, given, metadata).await?;
        Ok(UpdateUserAttributesResponse {
            code_delivery_details_list: Some(details.iter().map(Channel::delivery_details).collect()),
        })
    }
}

impl Handler for DeleteUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<DeleteUserAttributesResponse> {
        let (pool, client, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let blank = self
            .user_attribute_names
            .into_iter()
            .map(|name| (name, String::new()))
            .collect();
        change_own_attributes(cx, pool, &client, user, blank, None).await?;
        Ok(DeleteUserAttributesResponse {})
    }
}

/// Changes attributes that the client may write; returns where codes went.
async fn change_own_attributes(
    cx: &Cx,
    pool: UserPool,
    client: &AppClient,
    user: User,
    given: BTreeMap<String, String>,
    metadata: Option<&Metadata>,
) -> Result<Vec<Channel>> {
    if given
        .keys()
        .any(|name| !attributes::is_writable(&client.settings, name))
    {
        return Err(Error::not_authorized(
            "A client attempted to write unauthorized attribute",
        ));
    }
    check_attributes(&attributes::schema_of(&pool.settings), &given)?;
    let keys = keys_of(cx, &pool).await?;
    // Once to learn where codes must go, and again in the transaction on what is stored then.
    let mut preview = user.clone();
    let expected = change_attributes(&pool, &mut preview, &given)?;
    check_factors_stay(&pool, &user, &preview)?;
    let scene = Scene::of_client(cx, &pool, &client.id, metadata);
    let why = messages::Purpose::UpdateUserAttribute;
    let messages = attribute_codes(&scene, &keys, &preview, &expected, why).await?;
    let (changed_pool, now) = (pool.clone(), cx.now());
    let (sub, username) = (user.sub, user.username);
    change_user(cx, "change own attributes", pool, username, move |tx, user| {
        if user.sub != sub {
            return Err(Error::no_user());
        }
        let before = user.clone();
        let channels = change_attributes(&changed_pool, user, &given)?;
        check_factors_stay(&changed_pool, &before, user)?;
        // Counts together with asking for the same code again. (The operation declares no error of
        // limits.)
        let quota = Quota::GetUserAttributeVerificationCode;
        if !channels.is_empty() && !codes::admit(tx, &changed_pool.id, &user.sub, quota, now)? {
            return Err(too_many_codes());
        }
        put_attribute_codes(tx, user, &channels, &messages)
    })
    .await?;
    Ok(expected)
}

impl Handler for GetUserAttributeVerificationCodeRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserAttributeVerificationCodeResponse> {
        let (pool, client, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let name = self.attribute_name;
        if !matches!(name.as_str(), "email" | "phone_number") {
            return Err(Error::invalid("Only email and phone_number can be verified."));
        }
        let value = user
            .pending_attributes
            .get(&name)
            .or_else(|| user.attributes.get(&name));
        let channel = Channel::of(&name, value.map(String::as_str))
            .ok_or_else(|| Error::invalid(format!("The user has no {name}.")))?;
        let details = channel.delivery_details();
        let keys = keys_of(cx, &pool).await?;
        let channels = vec![channel];
        let scene = Scene::of_client(cx, &pool, &client.id, self.client_metadata.as_ref());
        let why = messages::Purpose::VerifyUserAttribute;
        let made = attribute_codes(&scene, &keys, &user, &channels, why).await?;
        let now = cx.now();
        let admitted = cx
            .engine
            .store
            .transact("GetUserAttributeVerificationCode", move |tx| {
                let quota = Quota::GetUserAttributeVerificationCode;
                let admitted = codes::admit(tx, &pool.id, &user.sub, quota, now)?;
                if admitted {
                    put_attribute_codes(tx, &user, &channels, &made)?;
                }
                Ok::<_, Error>(admitted)
            })
            .await?;
        if !admitted {
            return Err(codes::limit_exceeded());
        }
        Ok(GetUserAttributeVerificationCodeResponse {
            code_delivery_details: Some(details),
        })
    }
}

impl Handler for VerifyUserAttributeRequest {
    async fn handle(self, cx: &Cx) -> Result<VerifyUserAttributeResponse> {
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let keys = keys_of(cx, &pool).await?;
        let (name, answer, now) = (self.attribute_name, self.code, cx.now());
        let purpose = Purpose::Attribute(name.clone());
        // The inner error is committed with what it counted.
        cx.engine
            .store
            .transact("VerifyUserAttribute", move |tx| {
                if !codes::admit(tx, &pool.id, &user.sub, Quota::VerifyUserAttribute, now)? {
                    return Ok::<_, Error>(Err(codes::limit_exceeded()));
                }
                let pending = match codes::check(tx, &keys, &user.sub, &purpose, &answer, now)? {
                    Checked::Right(pending) => pending,
                    refused @ (Checked::Wrong | Checked::Expired | Checked::Exceeded) => {
                        return Ok(refused.into_result().map(drop));
                    }
                };
                let mut user = users::get(tx, &pool.id, &user.sub)?.ok_or_else(Error::no_user)?;
                if !promote(&mut user, &name, &pending) {
                    // The value is another by now; this code was for the one before.
                    return Ok(Err(codes::expired()));
                }
                user.modified_at = now;
                take_aliases(tx, &pool, &user, &lookup::logins(&pool, &user))?;
                write_user(tx, &pool, &user)?;
                Ok(Ok(()))
            })
            .await??;
        Ok(VerifyUserAttributeResponse {})
    }
}

/// Marks the value a code was sent to as verified, in place of the old one when it waited for
/// that; `false` when the user has it neither way any more.
fn promote(user: &mut User, name: &str, code: &PendingCode) -> bool {
    if user.pending_attributes.get(name) == Some(&code.destination) {
        user.pending_attributes.remove(name);
        user.attributes.insert(name.to_owned(), code.destination.clone());
    } else if user.attributes.get(name) != Some(&code.destination) {
        return false;
    }
    user.attributes
        .insert(format!("{name}_verified"), "true".to_owned());
    true
}

impl Handler for ChangePasswordRequest {
    async fn handle(self, cx: &Cx) -> Result<ChangePasswordResponse> {
        let (pool, client, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let now = cx.now();
        let (pool_id, sub) = (pool.id.clone(), user.sub);
        let admitted = cx
            .engine
            .store
            .transact("admit ChangePassword", move |tx| {
                codes::admit(tx, &pool_id, &sub, Quota::ChangePassword, now).map_err(Error::from)
            })
            .await?;
        if !admitted {
            return Err(codes::limit_exceeded());
        }
        let checked = user.credential.clone();
        check_previous(cx, &pool, &user, self.previous_password).await?;
        check_password(&pool, &self.proposed_password)?;
        let occasion = EventFilterType::PasswordChange;
        let is_leaked = risk::refuse_leaked(cx, &pool, &client.id, occasion, &self.proposed_password).await?;
        if credential::was_used(cx, &pool, &user, &self.proposed_password).await? {
            return Err(password_was_used());
        }
        let sealed = credential::make(cx, &pool, &user.sub, &user.username, &self.proposed_password).await?;
        let origin = Context::of_user(cx, None);
        let change = events::other(&pool, &client, user.sub, EventType::PasswordChange, true, origin)
            .with_leaked(is_leaked);
        cx.engine
            .store
            .transact("ChangePassword", move |tx| {
                let mut user = users::get(tx, &pool.id, &sub)?.ok_or_else(Error::no_user)?;
                if user.credential != checked {
                    // Another change came between: the previous password is another now.
                    return Err(wrong_password());
                }
                credential::replace(&pool, &mut user, sealed.clone());
                user.modified_at = now;
                lockout::forget(tx, &pool.id, &sub, lockout::PASSWORD)?;
                write_user(tx, &pool, &user)
            })
            .await?;
        events::record(cx, change).await;
        Ok(ChangePasswordResponse {})
    }
}

/// Checks the previous password; a wrong one counts as a failed sign-in. A user without a
/// password needs none.
async fn check_previous(cx: &Cx, pool: &UserPool, user: &User, previous: Option<Secret>) -> Result<()> {
    if user.credential.is_none() {
        return Ok(());
    }
    let previous = previous
        .filter(|previous| !previous.is_empty())
        .ok_or_else(|| Error::invalid("Missing required parameter PreviousPassword"))?;
    let engine = Arc::clone(&cx.engine);
    let (pool, user, now) = (pool.clone(), user.clone(), cx.now());
    let wrong = cx
        .engine
        .store
        .read(move |r| {
            lockout::admit(r, &pool.id, &user.sub, lockout::PASSWORD, now)?;
            let keys = engine.keys_of(r, &pool.id)?;
            let identity = Identity::new(&pool.id, &user.username);
            let is_right = match credential::of_user(&keys, &user)? {
                Some(stored) => stored.check(identity, &previous)?,
                None => false,
            };
            Ok::<_, Error>((!is_right).then(|| Uncounted::note(&pool.id, &user.sub, lockout::PASSWORD)))
        })
        .await?;
    let Some(uncounted) = wrong else {
        return Ok(());
    };
    let guess = uncounted.clone();
    let counted = cx
        .engine
        .store
        .transact("count wrong password", move |tx| {
            lockout::count_failure(tx, &guess, now).map_err(Error::from)
        })
        .await?;
    drop(uncounted);
    Err(if counted {
        wrong_password()
    } else {
        lockout::refused()
    })
}

fn wrong_password() -> Error {
    Error::not_authorized("Incorrect username or password.")
}

impl Handler for DeleteUserRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        cx.engine
            .store
            .transact("DeleteUser", move |tx| {
                users::delete(tx, &pool.id, &user.sub)?;
                Ok::<_, Error>(NoOutput)
            })
            .await
    }
}

async fn keys_of(cx: &Cx, pool: &UserPool) -> Result<Arc<crate::engine::auth::keys::OpenKeys>> {
    let engine = Arc::clone(&cx.engine);
    let id = pool.id.clone();
    cx.engine.store.read(move |r| engine.keys_of(r, &id)).await
}

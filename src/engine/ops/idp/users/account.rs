//! What an admin does to an account as a whole: confirm, enable, disable, sign out, delete.

use super::reading::{find_pool, user_in};
use super::writing::change_user;
use crate::engine::auth::{codes, tokens};
use crate::engine::dispatch::Handler;
use crate::engine::triggers::Scene;
use crate::engine::triggers::sign_up::{Confirmed, post_confirmation};
use crate::engine::{Cx, Error, Result};
use crate::store::records;
use crate::store::records::users::{self, User};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminConfirmSignUpRequest, AdminConfirmSignUpResponse, AdminDeleteUserRequest, AdminDisableUserRequest,
    AdminDisableUserResponse, AdminEnableUserRequest, AdminEnableUserResponse, AdminUserGlobalSignOutRequest,
    AdminUserGlobalSignOutResponse, UserStatusType,
};

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
pub fn not_confirmable(user: &User) -> Error {
    Error::not_authorized(format!(
        "User cannot be confirmed. Current status is {}",
        user.status
    ))
}

//! Passwords that an admin sets or resets, and the answers about passwords that others share.

use std::sync::Arc;

use super::reading::{find_pool, find_user, pool_in, user_in};
use super::writing::change_user;
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::{codes, credential, lockout, tokens};
use crate::engine::dispatch::Handler;
use crate::engine::messages::{self, Composer, NoRecovery};
use crate::engine::triggers::Scene;
use crate::engine::{Cx, Error, Result};
use crate::rules::password_policy;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::store::records::{self, outbox};
use crate::store::{self, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminResetUserPasswordRequest, AdminResetUserPasswordResponse, AdminSetUserPasswordRequest,
    AdminSetUserPasswordResponse, UserStatusType,
};

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
pub fn forget_proofs(tx: &mut Tx<'_>, user: &User) -> Result<()> {
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
pub const fn can_reset(status: &UserStatusType) -> bool {
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
pub fn not_resettable() -> Error {
    Error::not_authorized("User password cannot be reset in the current state.")
}

/// The answer to a reset whose code can go nowhere.
pub fn no_recovery(reason: NoRecovery) -> Error {
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

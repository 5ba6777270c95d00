//! A new password for whoever receives the code.

use std::sync::Arc;

use super::called::{Called, disabled, no_combination};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::codes::{self, Checked, Purpose, Quota};
use crate::engine::auth::{credential, tokens};
use crate::engine::dispatch::Handler;
use crate::engine::ops::idp::migration;
use crate::engine::ops::idp::users::{
    can_reset, check_password, forget_proofs, no_recovery, not_resettable, password_was_used, write_user,
};
use crate::engine::risk::{self, events};
use crate::engine::triggers::sign_up::{Confirmed, post_confirmation};
use crate::engine::{Cx, Error, Result, messages};
use crate::store::Tx;
use crate::store::records;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{
    ConfirmForgotPasswordRequest, ConfirmForgotPasswordResponse, EventFilterType, EventType,
    ForgotPasswordRequest, ForgotPasswordResponse, UserStatusType,
};

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

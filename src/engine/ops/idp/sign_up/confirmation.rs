//! Confirming a sign-up by its code, and sending the code again.

use std::sync::Arc;

use super::called::{Called, no_combination};
use super::signing_up::{SIGNED_UP, sign_up_session};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting};
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::codes::{self, Purpose, Quota};
use crate::engine::auth::lookup;
use crate::engine::auth::sign_in::choice::CONFIRMED_SIGN_UP;
use crate::engine::dispatch::Handler;
use crate::engine::ops::idp::users::{mark_verified, not_confirmable, take_aliases, write_user};
use crate::engine::risk::events;
use crate::engine::triggers::sign_up::{Confirmed, post_confirmation};
use crate::engine::{Cx, Error, Result, messages};
use crate::store::Tx;
use crate::store::records::users::{self, User};
use crate::wire::idp::{
    ChallengeNameType, ConfirmSignUpRequest, ConfirmSignUpResponse, EventType, ResendConfirmationCodeRequest,
    ResendConfirmationCodeResponse, UserStatusType,
};

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

//! Sessions of users, in pools that track them.
//!
//! A token session is the life of one refresh token with all it is exchanged for; its id is
//! another spelling of the family's `origin_jti`, so that no table leads from one to the
//! other. A session whose user signed out everywhere since is over, whether its row is still
//! there or not. Pools that do not track sessions pay nothing for any of this.
//!
//! Source: developer guide, "Managing user sessions".

use uuid::Uuid;

use super::tokens::{self, Grant};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::{Cx, Error, Result};
use crate::rules::user_agent;
use crate::store::records::app_clients::AppClient;
use crate::store::records::sessions::{self, Session};
use crate::store::records::tokens as families;
use crate::store::records::user_pools::{SessionTracking, UserPool};
use crate::store::records::users::User;
use crate::store::{self, Reader, Tx};

/// How many token sessions a user has at most, unless set.
pub const MAX_PER_USER: i32 = 20;
/// For how many minutes a browser session signs in silently, unless set.
pub const SSO_MINUTES: i32 = 60;
/// The most sessions that are listed: 100 of tokens, and those of browsers.
pub const LISTED_MAX: usize = 125;

/// Returns how a user pool tracks sessions; off until it is told to.
pub fn tracking(pool: &UserPool) -> SessionTracking {
    pool.sessions.unwrap_or(SessionTracking {
        is_on: false,
        max_per_user: MAX_PER_USER,
    })
}

/// Returns for how many minutes a browser session signs in silently to a client.
pub fn sso_minutes(client: &AppClient) -> i32 {
    client.sso_max_minutes.unwrap_or(SSO_MINUTES)
}

/// Returns the id of the session of a family of tokens.
pub fn id_of(origin_jti: &Uuid) -> String {
    format!("tkn{}", ids::base36(origin_jti.as_u128()))
}

/// Notes that a user was here with a refresh token of `grant`: a new session, or a sign of
/// life of one.
///
/// A new one that is one too many ends those that were quiet the longest.
///
/// # Errors
///
/// What the store reports.
pub async fn note(cx: &Cx, pool: &UserPool, user: &User, grant: &Grant) -> Result<()> {
    let tracking = tracking(pool);
    if !tracking.is_on {
        return Ok(());
    }
    let now = cx.now();
    let seen = Session {
        user_pool_id: pool.id.clone(),
        sub: grant.sub,
        id: id_of(&grant.origin_jti),
        client_id: Some(grant.client_id.clone()),
        created_at: grant.signed_in_at,
        last_active_at: now,
        expires_at: grant.expires_at,
        device_type: Some(user_agent::describe(cx.user_agent.as_deref())),
        last_ip: cx.source.map(|address| address.to_string()),
        origin_session_id: None,
        origin_jti: Some(grant.origin_jti),
        revoked_until: grant.forget_at(),
    };
    let user = user.clone();
    cx.engine
        .store
        .transact("note session", move |tx| {
            let before = sessions::get(tx, &seen.user_pool_id, &seen.sub, &seen.id)?;
            if before.is_none() {
                make_room(tx, &user, tracking.max_per_user, now)?;
            }
            let seen = Session {
                origin_session_id: before.and_then(|before| before.origin_session_id),
                ..seen.clone()
            };
            sessions::put(tx, &seen).map_err(Error::from)
        })
        .await
}

/// Ends the sessions that were quiet the longest until one more has room.
fn make_room(tx: &mut Tx<'_>, user: &User, max_per_user: i32, now: UnixMillis) -> store::Result<()> {
    let mut active = active(tx, user, now)?;
    active.retain(Session::is_of_tokens);
    active.sort_by_key(|session| session.last_active_at);
    let room = usize::try_from(max_per_user.saturating_sub(1)).unwrap_or(0);
    let too_many = active.len().saturating_sub(room);
    for session in active.iter().take(too_many) {
        end(tx, session)?;
    }
    Ok(())
}

/// Returns the sessions of a user that count.
///
/// # Errors
///
/// What the store reports.
pub fn active(r: &mut Reader<'_>, user: &User, now: UnixMillis) -> store::Result<Vec<Session>> {
    // One that ended with all others may still have its row until it is reaped.
    let mut found = sessions::of_user(
        r,
        &user.user_pool_id,
        &user.sub,
        now,
        LISTED_MAX.saturating_mul(8),
    )?;
    found.retain(|session| !tokens::is_signed_out(user, session.created_at));
    Ok(found)
}

/// Ends a session: its tokens count no more.
///
/// # Errors
///
/// What the store reports.
pub fn end(tx: &mut Tx<'_>, session: &Session) -> store::Result<()> {
    if let Some(origin_jti) = &session.origin_jti {
        let until = session.revoked_until;
        families::revoke(tx, &session.user_pool_id, &origin_jti.to_string(), until)?;
    }
    sessions::delete(tx, &session.user_pool_id, &session.sub, &session.id)?;
    Ok(())
}

/// Forgets the sessions of a user who signs out everywhere.
///
/// # Errors
///
/// What the store reports.
pub fn forget(tx: &mut Tx<'_>, user: &User) -> store::Result<()> {
    sessions::delete_of_user(tx, &user.user_pool_id, &user.sub)
}

/// Revokes a family of tokens, and ends its session. With `linked` the browser session that it
/// came of ends as well.
///
/// # Errors
///
/// What the store reports.
pub fn revoke(tx: &mut Tx<'_>, pool_id: &str, grant: &Grant, linked: bool) -> store::Result<()> {
    families::revoke(tx, pool_id, &grant.origin_jti.to_string(), grant.forget_at())?;
    let id = id_of(&grant.origin_jti);
    let Some(session) = sessions::get(tx, pool_id, &grant.sub, &id)? else {
        return Ok(());
    };
    sessions::delete(tx, pool_id, &grant.sub, &id)?;
    if linked && let Some(parent) = &session.origin_session_id {
        sessions::delete(tx, pool_id, &grant.sub, parent)?;
    }
    Ok(())
}

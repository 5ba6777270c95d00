//! Operations on sessions: what a pool and its clients allow, who is signed in, who is out.

use std::sync::Arc;

use super::feature_plans;
use super::users::{pool_in, user_in};
use crate::engine::auth::client::find_in;
use crate::engine::auth::{sessions, tokens};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::user_pools::keep;
use crate::engine::{Cx, Error, Result};
use crate::rules::plans::Feature;
use crate::rules::risk::Place;
use crate::rules::user_agent;
use crate::store::Tx;
use crate::store::records::app_clients;
use crate::store::records::sessions::{self as records, Session};
use crate::store::records::user_pools::{SessionTracking, UserPool};
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminListUserSessionsRequest, AdminListUserSessionsResponse, AdminRevokeUserSessionRequest,
    AdminRevokeUserSessionResponse, ClientSSOSessionConfigType, GetUserPoolClientSessionConfigurationRequest,
    GetUserPoolClientSessionConfigurationResponse, GetUserPoolSessionConfigurationRequest,
    GetUserPoolSessionConfigurationResponse, ListUserSessionsRequest, ListUserSessionsResponse,
    RevokeAssociatedSessionsType, RevokeUserSessionRequest, RevokeUserSessionResponse,
    SessionDescriptionType, SessionLocationType, SessionTypeType,
    SetUserPoolClientSessionConfigurationRequest, SetUserPoolClientSessionConfigurationResponse,
    SetUserPoolSessionConfigurationRequest, SetUserPoolSessionConfigurationResponse,
    UserPoolTokenSessionConfigType, UserSessionTrackingType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetUserPoolSessionConfigurationRequest>(),
    Route::of::<SetUserPoolSessionConfigurationRequest>(),
    Route::of::<GetUserPoolClientSessionConfigurationRequest>(),
    Route::of::<SetUserPoolClientSessionConfigurationRequest>(),
    Route::of::<ListUserSessionsRequest>(),
    Route::of::<RevokeUserSessionRequest>(),
    Route::of::<AdminListUserSessionsRequest>(),
    Route::of::<AdminRevokeUserSessionRequest>(),
];

impl Handler for GetUserPoolSessionConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserPoolSessionConfigurationResponse> {
        let pool = cx
            .engine
            .store
            .read(move |r| pool_in(r, &self.user_pool_id))
            .await?;
        let tracking = sessions::tracking(&pool);
        Ok(GetUserPoolSessionConfigurationResponse {
            user_pool_id: Some(pool.id),
            user_session_tracking: Some(tracking_type(tracking)),
            token_session: Some(token_session(tracking)),
        })
    }
}

/// Sessions that are one too many by a lower limit end at the next sign-in.
impl Handler for SetUserPoolSessionConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUserPoolSessionConfigurationResponse> {
        let tracking = SessionTracking {
            is_on: self.user_session_tracking == UserSessionTrackingType::Enabled,
            max_per_user: self.token_session.max_per_user,
        };
        let now = cx.now();
        let pool = cx
            .engine
            .store
            .transact("SetUserPoolSessionConfiguration", move |tx| -> Result<_> {
                let mut pool = pool_in(tx, &self.user_pool_id)?;
                if tracking.is_on {
                    feature_plans::require(&pool.settings, Feature::SessionManagement)?;
                }
                pool.sessions = Some(tracking);
                pool.modified_at = now;
                keep(tx, &pool)?;
                Ok(pool)
            })
            .await?;
        Ok(SetUserPoolSessionConfigurationResponse {
            user_pool_id: Some(pool.id),
            user_session_tracking: Some(tracking_type(tracking)),
            token_session: Some(token_session(tracking)),
        })
    }
}

fn tracking_type(tracking: SessionTracking) -> UserSessionTrackingType {
    if tracking.is_on {
        UserSessionTrackingType::Enabled
    } else {
        UserSessionTrackingType::Disabled
    }
}

fn token_session(tracking: SessionTracking) -> UserPoolTokenSessionConfigType {
    UserPoolTokenSessionConfigType {
        max_per_user: tracking.max_per_user,
    }
}

impl Handler for GetUserPoolClientSessionConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserPoolClientSessionConfigurationResponse> {
        let (pool, client) = cx
            .engine
            .store
            .read(move |r| find_in(r, &self.user_pool_id, &self.client_id))
            .await?;
        Ok(GetUserPoolClientSessionConfigurationResponse {
            user_pool_id: Some(pool.id),
            sso_session: Some(ClientSSOSessionConfigType {
                max_validity_minutes: sessions::sso_minutes(&client),
            }),
            client_id: Some(client.id),
        })
    }
}

impl Handler for SetUserPoolClientSessionConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUserPoolClientSessionConfigurationResponse> {
        let minutes = self.sso_session.max_validity_minutes;
        let now = cx.now();
        let client = cx
            .engine
            .store
            .transact("SetUserPoolClientSessionConfiguration", move |tx| -> Result<_> {
                let (pool, mut client) = find_in(tx, &self.user_pool_id, &self.client_id)?;
                feature_plans::require(&pool.settings, Feature::SessionManagement)?;
                require_tracking(&pool)?;
                client.sso_max_minutes = Some(minutes);
                client.modified_at = now;
                if app_clients::update(tx, &client)? {
                    return Ok(client);
                }
                Err(Error::new(
                    Code::ConcurrentModificationException,
                    "The app client was changed by another call. Please try again.",
                ))
            })
            .await?;
        Ok(SetUserPoolClientSessionConfigurationResponse {
            user_pool_id: Some(client.user_pool_id),
            client_id: Some(client.id),
            sso_session: Some(self.sso_session),
        })
    }
}

fn require_tracking(pool: &UserPool) -> Result<()> {
    if sessions::tracking(pool).is_on {
        return Ok(());
    }
    Err(Error::invalid(
        "User session tracking is not enabled for the user pool.",
    ))
}

impl Handler for ListUserSessionsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserSessionsResponse> {
        refuse_page(self.next_token.as_deref())?;
        let (pool, _, user, claims) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let current = claims.origin_jti.as_ref().map(sessions::id_of);
        let found = list(cx, pool, user).await?;
        Ok(ListUserSessionsResponse {
            sessions: Some(
                found
                    .into_iter()
                    .map(|session| description(session, current.as_deref()))
                    .collect(),
            ),
            next_token: None,
        })
    }
}

impl Handler for AdminListUserSessionsRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminListUserSessionsResponse> {
        refuse_page(self.next_token.as_deref())?;
        let (pool, user) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                let user = user_in(r, &pool, &self.username)?.ok_or_else(Error::no_user)?;
                Ok((pool, user))
            })
            .await?;
        let found = list(cx, pool, user).await?;
        Ok(AdminListUserSessionsResponse {
            sessions: Some(
                found
                    .into_iter()
                    .map(|session| description(session, None))
                    .collect(),
            ),
            next_token: None,
        })
    }
}

/// All sessions of a user are on one page, so no token of ours is ever given.
fn refuse_page(token: Option<&str>) -> Result<()> {
    match token {
        None => Ok(()),
        Some(_) => Err(Error::invalid("Invalid pagination token.")),
    }
}

/// Returns the sessions of a user, the one that was active last first, and where each was.
async fn list(cx: &Cx, pool: UserPool, user: User) -> Result<Vec<(Session, Place)>> {
    require_tracking(&pool)?;
    let now = cx.now();
    let engine = Arc::clone(&cx.engine);
    cx.engine
        .store
        .read(move |r| {
            let mut found = sessions::active(r, &user, now)?;
            found.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
            found.truncate(sessions::LISTED_MAX);
            // As far as the table of places in the data folder knows.
            let place = |session: &Session| {
                let address = session.last_ip.as_deref()?.parse().ok()?;
                engine.places.of(&engine.data_dir, address)
            };
            let placed = found.into_iter().map(|session| {
                let place = place(&session).unwrap_or_default();
                (session, place)
            });
            Ok(placed.collect())
        })
        .await
}

fn description((session, place): (Session, Place), current: Option<&str>) -> SessionDescriptionType {
    let unknown = || Some(user_agent::UNKNOWN.to_owned());
    SessionDescriptionType {
        session_type: Some(if session.is_of_tokens() {
            SessionTypeType::Token
        } else {
            SessionTypeType::Sso
        }),
        is_current_session: Some(current == Some(session.id.as_str())),
        session_id: Some(session.id),
        client_id: session.client_id,
        create_date: Some(session.created_at.into()),
        last_active_date: Some(session.last_active_at.into()),
        device_type: session.device_type.or_else(unknown),
        last_ip_address: session.last_ip,
        last_location: Some(SessionLocationType {
            city: Some(place.city).filter(|city| !city.is_empty()).or_else(unknown),
            country: Some(place.country)
                .filter(|country| !country.is_empty())
                .or_else(unknown),
        }),
        origin_session_id: session.origin_session_id,
    }
}

impl Handler for RevokeUserSessionRequest {
    async fn handle(self, cx: &Cx) -> Result<RevokeUserSessionResponse> {
        let (pool, _, user, claims) = tokens::user_of_access_token(cx, &self.access_token).await?;
        require_tracking(&pool)?;
        let current = claims.origin_jti.as_ref().map(sessions::id_of);
        let linked = is_linked(self.revoke_associated_sessions.as_ref());
        cx.engine
            .store
            .transact("RevokeUserSession", move |tx| {
                revoke(tx, &user, &self.session_id, linked, current.as_deref())
            })
            .await?;
        Ok(RevokeUserSessionResponse {})
    }
}

impl Handler for AdminRevokeUserSessionRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminRevokeUserSessionResponse> {
        let linked = is_linked(self.revoke_associated_sessions.as_ref());
        cx.engine
            .store
            .transact("AdminRevokeUserSession", move |tx| {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let user = user_in(tx, &pool, &self.username)?.ok_or_else(Error::no_user)?;
                require_tracking(&pool)?;
                revoke(tx, &user, &self.session_id, linked, None)
            })
            .await?;
        Ok(AdminRevokeUserSessionResponse {})
    }
}

/// Tells whether what belongs to a session ends with it.
pub fn is_linked(wanted: Option<&RevokeAssociatedSessionsType>) -> bool {
    wanted == Some(&RevokeAssociatedSessionsType::Linked)
}

/// Ends a session of a user: of tokens with its browser's, or of a browser with all its tokens',
/// when `linked`. Never `current`, the caller's own.
fn revoke(tx: &mut Tx<'_>, user: &User, id: &str, linked: bool, current: Option<&str>) -> Result<()> {
    let target = records::get(tx, &user.user_pool_id, &user.sub, id)?
        .ok_or_else(|| Error::not_found("Session does not exist."))?;
    let mut ending = vec![target];
    if linked && let Some(target) = ending.first() {
        let (own, parent) = (target.id.clone(), target.origin_session_id.clone());
        let all = records::of_user(tx, &user.user_pool_id, &user.sub, Default::default(), usize::MAX)?;
        ending.extend(all.into_iter().filter(|other| {
            Some(&other.id) == parent.as_ref() || other.origin_session_id.as_ref() == Some(&own)
        }));
    }
    if ending.iter().any(|session| current == Some(session.id.as_str())) {
        return Err(Error::invalid(
            "The session of the access token cannot be revoked. Sign out instead.",
        ));
    }
    for session in &ending {
        sessions::end(tx, session)?;
    }
    Ok(())
}

//! Operations on threat protection: what a user pool does about risks, what its users did,
//! and what is thought of it.

use std::sync::Arc;

use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::page;
use crate::engine::auth::client::find_in;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::messages::next_id;
use crate::engine::ops::idp::user_pools::after;
use crate::engine::ops::idp::users::{pool_in, user_in};
use crate::engine::risk::{Mode, notices};
use crate::engine::{Cx, Error, Result, delivery, logs};
use crate::rules::risk as rules;
use crate::store::records::auth_events::{self, AuthEvent};
use crate::store::records::resources;
use crate::store::records::risk::{ALL, RiskConfiguration};
use crate::store::records::user_pools::UserPool;
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AccountTakeoverRiskConfigurationType, AdminListUserAuthEventsRequest, AdminListUserAuthEventsResponse,
    AdminUpdateAuthEventFeedbackRequest, AdminUpdateAuthEventFeedbackResponse, AuthEventType,
    ChallengeResponse, ChallengeResponseType, DescribeRiskConfigurationRequest,
    DescribeRiskConfigurationResponse, EventContextDataType, EventFeedbackType, EventRiskType,
    FeedbackValueType, RiskConfigurationType, RiskExceptionConfigurationType, SetRiskConfigurationRequest,
    SetRiskConfigurationResponse, UpdateAuthEventFeedbackRequest, UpdateAuthEventFeedbackResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<DescribeRiskConfigurationRequest>(),
    Route::of::<SetRiskConfigurationRequest>(),
    Route::of::<AdminListUserAuthEventsRequest>(),
    Route::of::<AdminUpdateAuthEventFeedbackRequest>(),
    Route::of::<UpdateAuthEventFeedbackRequest>(),
];

/// The most entries of a page, and their number when none or 0 is asked for.
const PAGE_MAX: usize = 60;

impl Handler for DescribeRiskConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeRiskConfigurationResponse> {
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let (pool, name) = whose(r, &self.user_pool_id, self.client_id.as_deref())?;
                let found = resources::get(r, &pool.id, &name)?;
                Ok(found.unwrap_or_else(|| empty(&pool.id, &name)))
            })
            .await?;
        Ok(DescribeRiskConfigurationResponse {
            risk_configuration: shown(found),
        })
    }
}

/// Replaces the whole configuration; nothing but ids takes it away.
impl Handler for SetRiskConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<SetRiskConfigurationResponse> {
        let now = cx.now();
        if let Some(takeover) = &self.account_takeover_risk_configuration {
            check_takeover(takeover)?;
        }
        if let Some(exceptions) = &self.risk_exception_configuration {
            check_exceptions(exceptions)?;
        }
        let set = cx
            .engine
            .store
            .transact("SetRiskConfiguration", move |tx| -> Result<_> {
                let (pool, name) = whose(tx, &self.user_pool_id, self.client_id.as_deref())?;
                let wanted = RiskConfiguration {
                    compromised: self.compromised_credentials_risk_configuration.clone(),
                    takeover: self.account_takeover_risk_configuration.clone(),
                    exceptions: self.risk_exception_configuration.clone(),
                    modified_at: now,
                    ..empty(&pool.id, &name)
                };
                let is_empty =
                    wanted.compromised.is_none() && wanted.takeover.is_none() && wanted.exceptions.is_none();
                if is_empty {
                    resources::delete::<RiskConfiguration>(tx, &pool.id, &name)?;
                } else {
                    resources::put(tx, &wanted)?;
                }
                Ok(wanted)
            })
            .await?;
        Ok(SetRiskConfigurationResponse {
            risk_configuration: shown(set),
        })
    }
}

impl Handler for AdminListUserAuthEventsRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminListUserAuthEventsResponse> {
        let listing = format!("AdminListUserAuthEvents/{}/{}", self.user_pool_id, self.username);
        let before = after(cx, &listing, self.next_token.as_deref())?;
        let before = match before.as_str() {
            "" => None,
            text => Some(Uuid::try_parse(text).map_err(|_| Error::invalid("Invalid pagination token."))?),
        };
        let limit = match self.max_results.and_then(|it| usize::try_from(it).ok()) {
            None | Some(0) => PAGE_MAX,
            Some(wanted) => wanted.min(PAGE_MAX),
        };
        let mut found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = watched(r, &self.user_pool_id)?;
                let user = user_in(r, &pool, &self.username)?.ok_or_else(Error::no_user)?;
                let ask = limit.saturating_add(1);
                Ok(auth_events::list(r, &pool.id, &user.sub, before.as_ref(), ask)?)
            })
            .await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more).map(|event| event.id.to_string());
        Ok(AdminListUserAuthEventsResponse {
            auth_events: Some(found.into_iter().map(event_type).collect()),
            next_token: last.map(|id| page::token(&listing, id.as_bytes(), cx.now())),
        })
    }
}

impl Handler for AdminUpdateAuthEventFeedbackRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminUpdateAuthEventFeedbackResponse> {
        let id = event_id(&self.event_id)?;
        let (now, line_id, request_id) = (cx.now(), next_id(cx.rng(), cx.now()), cx.request_id);
        let logged = cx
            .engine
            .store
            .transact("AdminUpdateAuthEventFeedback", move |tx| -> Result<bool> {
                let pool = watched(tx, &self.user_pool_id)?;
                let user = user_in(tx, &pool, &self.username)?.ok_or_else(Error::no_user)?;
                let event = auth_events::get(tx, &pool.id, &user.sub, &id)?
                    .ok_or_else(|| Error::not_found(format!("Auth event {id} does not exist.")))?;
                let event = take_feedback(tx, event, &self.feedback_value, "Admin", now)?;
                logs::queue_activity(tx, &event, &user.username, request_id, false, line_id, now)
            })
            .await?;
        if logged {
            logs::kick(&cx.engine);
        }
        Ok(AdminUpdateAuthEventFeedbackResponse {})
    }
}

/// Allowed by the token that the user got by e-mail. Nothing is told of names that lead
/// nowhere: without the right token every answer is the same.
impl Handler for UpdateAuthEventFeedbackRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateAuthEventFeedbackResponse> {
        let id = event_id(&self.event_id)?;
        let (now, line_id, request_id) = (cx.now(), next_id(cx.rng(), cx.now()), cx.request_id);
        let engine = Arc::clone(&cx.engine);
        let logged = cx
            .engine
            .store
            .transact("UpdateAuthEventFeedback", move |tx| -> Result<bool> {
                let pool = watched(tx, &self.user_pool_id)?;
                let keys = engine.keys_of(tx, &pool.id)?;
                let refused = || Error::not_authorized("Invalid feedback token.");
                let user = user_in(tx, &pool, &self.username)?.ok_or_else(refused)?;
                let event = auth_events::get(tx, &pool.id, &user.sub, &id)?.ok_or_else(refused)?;
                if !notices::is_feedback_token(&keys, &event, &self.feedback_token) {
                    return Err(refused());
                }
                let event = take_feedback(tx, event, &self.feedback_value, "User", now)?;
                logs::queue_activity(tx, &event, &user.username, request_id, false, line_id, now)
            })
            .await?;
        if logged {
            logs::kick(&cx.engine);
        }
        Ok(UpdateAuthEventFeedbackResponse {})
    }
}

/// Writes down feedback and learns from it: what was not the user is forgotten, what was is
/// known from now on.
fn take_feedback(
    tx: &mut Tx<'_>,
    mut event: AuthEvent,
    value: &FeedbackValueType,
    provider: &str,
    now: UnixMillis,
) -> Result<AuthEvent> {
    let mut profile = auth_events::profile(tx, &event.user_pool_id, &event.sub)?;
    match value {
        FeedbackValueType::Valid => {
            let last = profile.last.clone();
            profile.learn(&event.origin, event.created_at);
            profile.last = last.or(profile.last);
        }
        FeedbackValueType::Invalid => profile.unlearn(&event.origin),
        FeedbackValueType::Unlisted(other) => {
            return Err(Error::invalid(format!("The feedback {other} is unknown.")));
        }
    }
    auth_events::put_profile(tx, &event.user_pool_id, &event.sub, &profile)?;
    event.feedback = Some((value.as_str().to_owned(), provider.to_owned(), now));
    auth_events::put(tx, &event)?;
    Ok(event)
}

/// Reads a user pool that has threat protection on.
fn watched(r: &mut Reader<'_>, user_pool_id: &str) -> Result<UserPool> {
    let pool = pool_in(r, user_pool_id)?;
    if Mode::of(&pool) == Mode::Off {
        return Err(Error::new(
            Code::UserPoolAddOnNotEnabledException,
            "User pool add-ons not enabled",
        ));
    }
    Ok(pool)
}

/// Returns whose configuration is meant, after checking that it can have one.
fn whose(r: &mut Reader<'_>, user_pool_id: &str, client_id: Option<&str>) -> Result<(UserPool, String)> {
    let pool = watched(r, user_pool_id)?;
    match client_id {
        None | Some("" | ALL) => Ok((pool, ALL.to_owned())),
        Some(client_id) => {
            let (pool, client) = find_in(r, user_pool_id, client_id)?;
            Ok((pool, client.id))
        }
    }
}

fn check_takeover(takeover: &AccountTakeoverRiskConfigurationType) -> Result<()> {
    let actions = &takeover.actions;
    let notifies = [&actions.low_action, &actions.medium_action, &actions.high_action]
        .into_iter()
        .flatten()
        .any(|action| action.notify);
    if notifies && takeover.notify_configuration.is_none() {
        return Err(Error::invalid(
            "NotifyConfiguration is required when an action notifies the user.",
        ));
    }
    if let Some(notify) = &takeover.notify_configuration {
        delivery::check_address("From", notify.from.as_deref())?;
        delivery::check_address("ReplyTo", notify.reply_to.as_deref())?;
    }
    Ok(())
}

fn check_exceptions(exceptions: &RiskExceptionConfigurationType) -> Result<()> {
    let lists = [
        &exceptions.blocked_ip_range_list,
        &exceptions.skipped_ip_range_list,
    ];
    match lists
        .into_iter()
        .flatten()
        .find_map(|list| rules::bad_range(list))
    {
        Some(bad) => Err(Error::invalid(format!(
            "{} is not an address range in CIDR notation.",
            bad.chars().take(64).collect::<String>()
        ))),
        None => Ok(()),
    }
}

fn event_id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::not_found(format!("Auth event {text} does not exist.")))
}

fn empty(user_pool_id: &str, client_id: &str) -> RiskConfiguration {
    RiskConfiguration {
        user_pool_id: user_pool_id.to_owned(),
        client_id: client_id.to_owned(),
        ..RiskConfiguration::default()
    }
}

fn shown(configuration: RiskConfiguration) -> RiskConfigurationType {
    let was_set = configuration.modified_at != UnixMillis::default();
    RiskConfigurationType {
        user_pool_id: Some(configuration.user_pool_id),
        client_id: Some(configuration.client_id).filter(|id| id != ALL),
        compromised_credentials_risk_configuration: configuration.compromised,
        account_takeover_risk_configuration: configuration.takeover,
        risk_exception_configuration: configuration.exceptions,
        last_modified_date: was_set.then(|| configuration.modified_at.into()),
    }
}

fn event_type(event: AuthEvent) -> AuthEventType {
    let place = event.origin.place.unwrap_or_default();
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    AuthEventType {
        event_id: Some(event.id.to_string()),
        event_type: Some(event.kind.as_str().into()),
        creation_date: Some(event.created_at.into()),
        event_response: Some(event.response.as_str().into()),
        event_risk: Some(EventRiskType {
            risk_decision: Some(event.decision.as_str().into()),
            risk_level: event.level.map(|level| logs::level_name(level).into()),
            compromised_credentials_detected: Some(event.compromised),
        }),
        challenge_responses: Some(
            event
                .challenges
                .into_iter()
                .map(|(name, passed)| ChallengeResponseType {
                    challenge_name: Some(name.as_str().into()),
                    challenge_response: Some(if passed {
                        ChallengeResponse::Success
                    } else {
                        ChallengeResponse::Failure
                    }),
                })
                .collect(),
        ),
        event_context_data: Some(EventContextDataType {
            ip_address: event.origin.address.map(|it| it.to_string()),
            device_name: event.device_name,
            timezone: text(place.timezone),
            city: text(place.city),
            country: text(place.country),
        }),
        event_feedback: event.feedback.map(|(value, provider, at)| EventFeedbackType {
            feedback_value: value.as_str().into(),
            provider,
            feedback_date: Some(at.into()),
        }),
    }
}

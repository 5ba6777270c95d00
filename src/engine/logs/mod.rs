//! The logs of user pools: what users did, and messages that could not be sent.
//!
//! A line is written down in the transaction of what it tells of, and delivered afterwards:
//! to a file, for a log group or bucket, or over HTTP, for a stream. The settings of the
//! engine bind an ARN to a folder in the data folder or to an address; a log group and a
//! bucket that nothing binds have a folder of their own under `logs`, a stream waits.
//! A target that takes nothing is left alone for a while, and then for longer; the oldest lines
//! go when too many wait.
//!
//! Source: developer guide, "Exporting logs from user pools" (the lines); Firehose developer
//! guide, "HTTP endpoint delivery request" (the call).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::engine::Result;
use crate::rules::risk::Level;
use crate::store::Tx;
use crate::store::records::auth_events::AuthEvent;
use crate::store::records::logs::{self, ALL, LogDelivery, LogRecord};
use crate::store::records::outbox::Message;
use crate::store::records::resources;
use crate::wire::idp::{EventSourceName, LogConfigurationType};

mod delivery;

pub(super) use delivery::run;
pub use delivery::{ALL_KEPT, Delivering, deliver, kick, may_bind};

/// Writes down a line, when the user pool has its events delivered; tells whether it did.
///
/// # Errors
///
/// What the store reports.
pub fn queue(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    source: &EventSourceName,
    id: Uuid,
    line: &Value,
    now: UnixMillis,
) -> Result<bool> {
    let delivery = resources::get::<LogDelivery>(tx, user_pool_id, ALL)?;
    let target = delivery.and_then(|delivery| {
        let wanted = delivery
            .configurations
            .into_iter()
            .find(|it| it.event_source == *source)?;
        target_of(&wanted).map(str::to_owned)
    });
    let Some(target) = target else {
        return Ok(false);
    };
    logs::put(
        tx,
        &LogRecord {
            id,
            user_pool_id: user_pool_id.to_owned(),
            target,
            line: line.to_string(),
            created_at: now,
        },
    )?;
    Ok(true)
}

/// Writes down the line of something a user did, as [`queue`] does.
///
/// # Errors
///
/// What the store reports.
pub fn queue_activity(
    tx: &mut Tx<'_>,
    event: &AuthEvent,
    username: &str,
    request_id: Uuid,
    has_context_data: bool,
    id: Uuid,
    now: UnixMillis,
) -> Result<bool> {
    let line = activity(event, username, request_id, has_context_data, now);
    let source = EventSourceName::UserAuthEvents;
    queue(tx, &event.user_pool_id, &source, id, &line, now)
}

/// Returns the ARN that a configuration names.
pub fn target_of(configuration: &LogConfigurationType) -> Option<&str> {
    let log_group = configuration
        .cloud_watch_logs_configuration
        .as_ref()
        .and_then(|it| it.log_group_arn.as_deref());
    let bucket = configuration
        .s3_configuration
        .as_ref()
        .and_then(|it| it.bucket_arn.as_deref());
    let stream = configuration
        .firehose_configuration
        .as_ref()
        .and_then(|it| it.stream_arn.as_deref());
    log_group.or(bucket).or(stream)
}

/// Writes the line of something a user did.
fn activity(
    event: &AuthEvent,
    username: &str,
    request_id: Uuid,
    has_context_data: bool,
    now: UnixMillis,
) -> Value {
    let place = event.origin.place.clone().unwrap_or_default();
    let (value, provider, given_at) = match &event.feedback {
        Some((value, provider, at)) => (value.as_str(), provider.as_str(), date(*at)),
        None => ("", "", String::new()),
    };
    let challenges: Vec<String> = event
        .challenges
        .iter()
        .map(|(name, passed)| format!("{name}:{}", if *passed { "Success" } else { "Failure" }))
        .collect();
    json!({
        "eventTimestamp": now.0.to_string(),
        "eventSource": "USER_ACTIVITY",
        "logLevel": "INFO",
        "message": {
            "version": "1",
            "eventId": event.id.to_string(),
            "eventType": event.kind,
            "userSub": event.sub.to_string(),
            "userName": username,
            "userPoolId": event.user_pool_id,
            "clientId": event.client_id,
            "creationDate": date(event.created_at),
            "eventResponse": event.response,
            "riskLevel": event.level.map_or("", level_name),
            "riskDecision": event.decision,
            "challenges": challenges,
            "deviceName": event.device_name.as_deref().unwrap_or_default(),
            "ipAddress": event.origin.address.map(|it| it.to_string()).unwrap_or_default(),
            "requestId": request_id.to_string(),
            "idpName": "",
            "compromisedCredentialDetected": event.compromised.to_string(),
            "city": place.city,
            "country": place.country,
            "eventFeedbackValue": value,
            "eventFeedbackDate": given_at,
            "eventFeedbackProvider": provider,
            "hasContextData": has_context_data.to_string(),
        },
        "logSourceId": { "userPoolId": event.user_pool_id },
    })
}

/// Returns a level's name on the wire.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Low => "Low",
        Level::Medium => "Medium",
        Level::High => "High",
    }
}

/// Writes the line of a message that could not be sent. It holds neither code nor address.
pub fn notification(message: &Message, now: UnixMillis) -> Value {
    let reason = message.delivery.reason.as_deref().unwrap_or_default();
    json!({
        "eventTimestamp": now.0.to_string(),
        "eventSource": "USER_NOTIFICATION",
        "logLevel": "ERROR",
        "message": { "details": format!("{} {} failed: {reason}", message.medium, message.purpose) },
        "logSourceId": { "userPoolId": message.user_pool_id },
    })
}

fn date(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .strftime("%a %b %d %H:%M:%S UTC %Y")
        .to_string()
}

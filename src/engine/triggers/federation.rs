//! What a function makes of the attributes that another identity provider sends, before they
//! are mapped.
//!
//! Source: developer guide, "Inbound federation Lambda trigger".

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Event, Scene, Trigger, answer, invoke};
use crate::engine::Result;

/// Asks which attributes to map. `None` without a function, or when it leaves them as they are;
/// otherwise those that it does not name are gone.
///
/// `attributes` holds `idToken`, `userInfo` and `tokenResponse` of a provider that speaks OpenID
/// Connect or OAuth 2.0, or `samlResponse`.
///
/// # Errors
///
/// As [`invoke`].
pub async fn inbound_federation(
    scene: &Scene<'_>,
    user_name: &str,
    provider_name: &str,
    provider_type: &str,
    attributes: Value,
) -> Result<Option<BTreeMap<String, String>>> {
    let event = Event::new(Trigger::InboundFederation, "ExternalProvider", user_name)
        .with("providerName", provider_name)
        .with("providerType", provider_type)
        .with("attributes", attributes)
        .answering(json!({"userAttributesToMap": {}}));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    let mapped = answer::named_texts(&answer, "userAttributesToMap")?;
    Ok(mapped.filter(|mapped| !mapped.is_empty()))
}

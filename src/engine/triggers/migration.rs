//! Users who still live in another directory: a function there is asked when a name leads
//! nowhere, and the user it returns is stored as if they had always been here.
//!
//! Source: developer guide, "Migrate user Lambda trigger".

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::event::{self, Metadata};
use super::{Event, Scene, Trigger, answer, invoke};
use crate::base::secret::Secret;
use crate::engine::Result;
use crate::wire::idp::{DeliveryMediumType, UserStatusType};

/// What the user wanted.
#[derive(Clone, Copy)]
pub enum Occasion<'a> {
    /// To sign in, by this password.
    Authentication(&'a Secret),
    /// A new password in place of a forgotten one.
    ForgotPassword,
}

/// A user as a function describes one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Migrated {
    pub attributes: BTreeMap<String, String>,
    /// `CONFIRMED` keeps the password that was typed; `RESET_REQUIRED` asks for a new one.
    pub is_confirmed: bool,
    /// Whether the user gets no welcome.
    pub is_suppressed: bool,
    pub mediums: Vec<DeliveryMediumType>,
    pub force_alias_creation: bool,
    pub enable_sms_mfa: bool,
}

/// Asks for a user of another directory. `None` when the pool has no function, or the function
/// knows no such user.
///
/// `typed` is the name as it was typed. `validation_data` is the `ClientMetadata` of a sign-in;
/// the scene's metadata that of a forgotten password.
///
/// # Errors
///
/// As [`invoke`].
pub async fn migrate_user(
    scene: &Scene<'_>,
    occasion: Occasion<'_>,
    typed: &str,
    validation_data: Option<&Metadata>,
) -> Result<Option<Migrated>> {
    let event = match occasion {
        Occasion::Authentication(password) => {
            let mut event = Event::new(Trigger::UserMigration, "Authentication", typed)
                .with("password", password.expose());
            event.holds_password = true;
            event
        }
        Occasion::ForgotPassword => Event::new(Trigger::UserMigration, "ForgotPassword", typed),
    };
    let event = event
        .with("validationData", event::validation_data(validation_data))
        .with_metadata(scene)
        .answering(json!({
            "userAttributes": null,
            "forceAliasCreation": null,
            "enableSMSMFA": null,
            "finalUserStatus": null,
            "messageAction": null,
            "desiredDeliveryMediums": null,
        }));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    // Every attribute is a text here; flags are often returned as booleans.
    let Some(given) = answer::object(&answer, "userAttributes")?.filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    let attributes = given
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), text.clone())),
            Value::Bool(flag) => Ok((name.clone(), flag.to_string())),
            Value::Number(number) => Ok((name.clone(), number.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(answer::unrecognizable()),
        })
        .collect::<Result<_>>()?;
    let status = answer::text(&answer, "finalUserStatus")?.unwrap_or_default();
    let is_confirmed = match status.as_str() {
        "CONFIRMED" => true,
        "" | "RESET_REQUIRED" => false,
        _ => return Err(answer::unrecognizable()),
    };
    let action = answer::text(&answer, "messageAction")?.unwrap_or_default();
    if !matches!(action.as_str(), "" | "SUPPRESS" | "RESEND") {
        return Err(answer::unrecognizable());
    }
    let mediums: Vec<DeliveryMediumType> = answer::texts(&answer, "desiredDeliveryMediums")?
        .unwrap_or_default()
        .iter()
        .map(|medium| DeliveryMediumType::from(medium.as_str()))
        .collect();
    if mediums
        .iter()
        .any(|medium| matches!(medium, DeliveryMediumType::Unlisted(_)))
    {
        return Err(answer::unrecognizable());
    }
    Ok(Some(Migrated {
        attributes,
        is_confirmed,
        is_suppressed: action == "SUPPRESS",
        mediums,
        force_alias_creation: answer::flag(&answer, "forceAliasCreation")?,
        enable_sms_mfa: answer::flag(&answer, "enableSMSMFA")?,
    }))
}

impl Migrated {
    /// Returns the status the user is stored in.
    pub const fn status(&self) -> UserStatusType {
        if self.is_confirmed {
            UserStatusType::Confirmed
        } else {
            UserStatusType::ResetRequired
        }
    }
}

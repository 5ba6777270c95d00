//! What functions are told: the members every event has, and those of users.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Trigger;
use crate::engine::Cx;
use crate::rules::attributes::is_verified;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::AliasAttributeType;

/// What the vendor says of a caller whose SDK it does not know.
const UNKNOWN_SDK: &str = "aws-sdk-unknown-unknown";
/// The client of calls that name none.
const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// Named strings of a caller, for functions alone: never stored, checked or read.
pub type Metadata = BTreeMap<String, String>;

/// From where a trigger is called.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub cx: &'a Cx,
    pub pool: &'a UserPool,
    /// The app client of the call; `None` for calls of an admin that name none.
    pub client_id: Option<&'a str>,
    /// The `ClientMetadata` that this trigger may see.
    pub metadata: Option<&'a Metadata>,
}

impl<'a> Scene<'a> {
    /// The scene of an admin's call.
    pub const fn of_admin(cx: &'a Cx, pool: &'a UserPool, metadata: Option<&'a Metadata>) -> Self {
        Self {
            cx,
            pool,
            client_id: None,
            metadata,
        }
    }

    /// The scene of a call by an app client.
    pub const fn of_client(
        cx: &'a Cx,
        pool: &'a UserPool,
        client_id: &'a str,
        metadata: Option<&'a Metadata>,
    ) -> Self {
        Self {
            cx,
            pool,
            client_id: Some(client_id),
            metadata,
        }
    }
}

/// An event to write.
pub struct Event<'a> {
    pub trigger: Trigger,
    /// `1`, or that of a pre token generation.
    pub version: &'static str,
    /// What stands after the underscore of `triggerSource`.
    pub source: &'a str,
    pub user_name: &'a str,
    pub request: Map<String, Value>,
    /// What the function fills in, as it finds it.
    pub response: Value,
    /// Whether a user's password is in the event.
    pub holds_password: bool,
}

impl<'a> Event<'a> {
    /// Begins an event.
    pub fn new(trigger: Trigger, source: &'a str, user_name: &'a str) -> Self {
        Self {
            trigger,
            version: "1",
            source,
            user_name,
            request: Map::new(),
            response: json!({}),
            holds_password: false,
        }
    }

    /// Adds a member of the request.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.request.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member of the request when there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds the caller's `clientMetadata`, when the trigger sees one.
    #[must_use]
    pub fn with_metadata(self, scene: &Scene<'_>) -> Self {
        self.with_some("clientMetadata", scene.metadata.map(|map| json!(map)))
    }

    /// Sets what the function finds in `response`.
    #[must_use]
    pub fn answering(mut self, response: Value) -> Self {
        self.response = response;
        self
    }

    /// Returns `triggerSource`.
    pub fn trigger_source(&self) -> String {
        // The vendor's name of this one source is not that of its trigger.
        let prefix = match self.trigger {
            Trigger::PreTokenGeneration => "TokenGeneration",
            other => other.as_str(),
        };
        format!("{prefix}_{}", self.source)
    }

    /// Writes the event as JSON.
    pub fn write(&self, scene: &Scene<'_>) -> Vec<u8> {
        self.write_for(scene.pool, scene.client_id)
    }

    /// Writes the event of a call that is over, as JSON.
    pub fn write_for(&self, pool: &UserPool, client_id: Option<&str>) -> Vec<u8> {
        let event = json!({
            "version": self.version,
            "triggerSource": self.trigger_source(),
            "region": pool.region,
            "userPoolId": pool.id,
            "userName": self.user_name,
            "callerContext": {
                "awsSdkVersion": UNKNOWN_SDK,
                "clientId": client_id.unwrap_or(NO_CLIENT),
            },
            "request": self.request,
            "response": self.response,
        });
        event.to_string().into_bytes()
    }
}

/// Returns the attributes of a stored user as events hold them: all texts, with `sub`, the
/// status, and the aliases that the user signs in with.
pub fn attributes_of(pool: &UserPool, user: &User) -> Map<String, Value> {
    texts_of(pool, user)
        .into_iter()
        .map(|(name, text)| (name, Value::from(text)))
        .collect()
}

/// Returns the same as [`attributes_of`] as it is kept.
pub fn texts_of(pool: &UserPool, user: &User) -> BTreeMap<String, String> {
    let mut texts = user.attributes.clone();
    texts.insert("sub".to_owned(), user.sub.to_string());
    texts.insert("cognito:user_status".to_owned(), user.status.as_str().to_owned());
    let aliases = pool.settings.alias_attributes.as_deref().unwrap_or_default();
    for (alias, attribute, shown) in [
        (AliasAttributeType::Email, "email", "cognito:email_alias"),
        (
            AliasAttributeType::PhoneNumber,
            "phone_number",
            "cognito:phone_number_alias",
        ),
    ] {
        let read = |name: &str| user.attributes.get(name).map(String::as_str);
        let value = user.attributes.get(attribute);
        if let Some(value) = value.filter(|_| aliases.contains(&alias) && is_verified(attribute, read)) {
            texts.insert(shown.to_owned(), value.clone());
        }
    }
    texts
}

/// Returns the attributes of a user who is not stored yet.
pub fn given_attributes(user: &User) -> Map<String, Value> {
    user.attributes
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect()
}

/// Returns `validationData` as the vendor shows it: `null` when the caller gave none.
pub fn validation_data(given: Option<&Metadata>) -> Value {
    given.map_or(Value::Null, |map| json!(map))
}

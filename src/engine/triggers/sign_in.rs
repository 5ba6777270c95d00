//! What is asked before a sign-in and told after one.

use serde_json::{Map, Value};

use super::event::{self, Metadata};
use super::{Event, Scene, Trigger, invoke};
use crate::engine::Result;
use crate::store::records::users::User;

/// Whom a sign-in is about: a user, or a name that leads to none where that is hidden.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub user: Option<&'a User>,
    /// The stored username, or what was typed.
    pub user_name: &'a str,
    /// Whether the client hides which names have an account; only then functions are told.
    pub hides: bool,
}

impl Who<'_> {
    /// Returns the attributes as events hold them; none for a name that leads nowhere.
    pub fn attributes(&self, scene: &Scene<'_>) -> Map<String, Value> {
        self.user
            .map_or_else(Map::new, |user| event::attributes_of(scene.pool, user))
    }

    /// Returns `userNotFound`, which only clients that hide users tell.
    pub fn not_found(&self) -> Option<bool> {
        self.hides.then_some(self.user.is_none())
    }
}

/// Asks before a proof is checked. `validation_data` is the `ClientMetadata` of `InitiateAuth`.
///
/// # Errors
///
/// As [`invoke`].
pub async fn pre_authentication(
    scene: &Scene<'_>,
    who: Who<'_>,
    validation_data: Option<&Metadata>,
) -> Result<()> {
    let event = Event::new(Trigger::PreAuthentication, "Authentication", who.user_name)
        .with("userAttributes", who.attributes(scene))
        .with("validationData", event::validation_data(validation_data))
        .with_some("userNotFound", who.not_found());
    invoke(scene, event).await.map(drop)
}

/// Tells that a user signed in. The scene's metadata is that of `RespondToAuthChallenge`.
///
/// # Errors
///
/// As [`invoke`].
pub async fn post_authentication(scene: &Scene<'_>, user: &User, new_device_used: bool) -> Result<()> {
    let event = Event::new(Trigger::PostAuthentication, "Authentication", &user.username)
        .with("userAttributes", event::attributes_of(scene.pool, user))
        .with("newDeviceUsed", new_device_used)
        .with_metadata(scene);
    invoke(scene, event).await.map(drop)
}

//! How far a sign-in came: travels sealed in the caller's hands between two challenges.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Parameters;
use crate::base::secret::Secret;
use crate::engine::risk::Assessment;
use crate::engine::triggers::challenge::Step;
use crate::rules::mfa::Demand;
use crate::wire::idp::AuthFlowType;

/// Something a user has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Password,
    /// A code sent by SMS.
    Sms,
    /// A code sent by e-mail.
    Email,
    /// A code of an authenticator app.
    Totp,
    Passkey,
    /// The answers that the pool's own triggers asked for.
    Custom,
    /// A remembered device.
    Device,
}

/// How far a sign-in came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The flow it began with.
    pub flow: AuthFlowType,
    /// What was shown so far, in order.
    pub shown: Vec<Factor>,
    /// The device that the caller presents.
    pub device_key: Option<String>,
    /// Names the credential that a device's proof goes with (`challenge::fingerprint`).
    pub credential: Option<String>,
    /// Whether the user chose a new password on the way.
    pub chose_password: bool,
    /// What the risk of the sign-in asks for beside the settings.
    pub demand: Demand,
    /// What threat protection found, when the user pool asks it.
    pub assessment: Option<Assessment>,
    /// The level of proof that the caller asks for, 1 to 4 (`rules::acr`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u8>,
    /// How far the pool's own functions came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
}

/// How far a sign-in came that the pool's own functions lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    /// What was answered so far, in order.
    pub steps: Vec<Step>,
    /// The challenge that waits for its answer.
    pub asked: String,
    /// The caller's half of an SRP exchange, until it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub srp_a: Option<String>,
    /// What only the functions know of the challenge that waits.
    pub private: BTreeMap<String, Secret>,
    /// What they noted of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// Whether they let the user in.
    pub is_granted: bool,
    /// Under which name the rest is in the store, where it is too long for a session; steps
    /// that are here come after those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parked: Option<Uuid>,
}

impl Progress {
    /// Begins with a flow.
    pub fn new(flow: AuthFlowType) -> Self {
        Self {
            flow,
            ..Self::default()
        }
    }

    /// Notes the device that an answer names, unless the sign-in began with one.
    #[must_use]
    pub fn on_device(mut self, answer: &Parameters) -> Self {
        if self.device_key.is_none() {
            self.device_key = answer.get("DEVICE_KEY").map(|key| key.expose().to_owned());
        }
        self
    }

    /// Adds what was shown just now.
    #[must_use]
    pub fn with(mut self, factor: Factor) -> Self {
        if !self.shown.contains(&factor) {
            self.shown.push(factor);
        }
        self
    }
}

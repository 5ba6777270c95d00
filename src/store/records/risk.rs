//! Risk configurations: of a user pool (`ALL`), or of one app client in its place.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::{self, Resource};
use crate::store::{Reader, Result};
use crate::wire::idp::{
    AccountTakeoverRiskConfigurationType, CompromisedCredentialsRiskConfigurationType,
    RiskExceptionConfigurationType,
};

/// The name of the user pool's own configuration.
pub const ALL: &str = "ALL";

/// A risk configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RiskConfiguration {
    pub user_pool_id: String,
    /// An app client's id, or `ALL`.
    pub client_id: String,
    pub compromised: Option<CompromisedCredentialsRiskConfigurationType>,
    pub takeover: Option<AccountTakeoverRiskConfigurationType>,
    pub exceptions: Option<RiskExceptionConfigurationType>,
    pub modified_at: UnixMillis,
}

impl Document for RiskConfiguration {
    const RECORD: &'static str = "risk configuration";
}

impl Resource for RiskConfiguration {
    const KIND: &'static str = "risk_configuration";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.client_id
    }
}

/// Reads the configuration that holds for an app client: its own, else the user pool's.
pub fn of_client(r: &mut Reader<'_>, pool: &str, client_id: &str) -> Result<Option<RiskConfiguration>> {
    if let Some(own) = resources::get(r, pool, client_id)? {
        return Ok(Some(own));
    }
    resources::get(r, pool, ALL)
}

//! Replicas: user pools that are in a second Region too.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::Resource;

/// A replica in another Region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Replica {
    pub user_pool_id: String,
    pub region: String,
    /// Whether it answers users.
    pub is_active: bool,
    /// Until when it is being made.
    pub ready_at: UnixMillis,
    /// Until when it is being taken away, when it is.
    pub gone_at: Option<UnixMillis>,
}

impl Document for Replica {
    const RECORD: &'static str = "replica";
}

impl Resource for Replica {
    const KIND: &'static str = "replica";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.region
    }
}

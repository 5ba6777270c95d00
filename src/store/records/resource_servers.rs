//! Resource servers: APIs with scopes of their own.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::Resource;
use crate::wire::idp::ResourceServerScopeType;

/// A resource server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
    pub name: String,
    pub scopes: Vec<ResourceServerScopeType>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for ResourceServer {
    const RECORD: &'static str = "resource server";
}

impl Resource for ResourceServer {
    const KIND: &'static str = "resource_server";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.identifier
    }
}

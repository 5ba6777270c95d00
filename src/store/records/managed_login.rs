//! Styles of managed login pages, one for an app client.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::{self, Resource};
use crate::store::{Reader, Result, Tx};
use crate::wire::idp::AssetType;

/// A style.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Style {
    pub id: String,
    pub user_pool_id: String,
    pub client_id: String,
    /// Whether the style is the service's own, whatever else it holds.
    pub uses_defaults: bool,
    /// Its own values of the settings document.
    pub settings: Option<serde_json::Value>,
    pub assets: Vec<AssetType>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for Style {
    const RECORD: &'static str = "managed login style";
}

impl Resource for Style {
    const KIND: &'static str = "managed_login";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.id
    }
}

const OF_CLIENT: &str = "managed_login_of_client";

/// Adds a style; `false` when the app client has one.
pub fn insert(tx: &mut Tx<'_>, style: &Style) -> Result<bool> {
    if !resources::point(tx, &style.user_pool_id, OF_CLIENT, &style.client_id, &style.id)? {
        return Ok(false);
    }
    resources::insert(tx, style)
}
/// Finds the style of an app client.
pub fn of_client(r: &mut Reader<'_>, pool: &str, client_id: &str) -> Result<Option<Style>> {
    match resources::pointed(r, pool, OF_CLIENT, client_id)? {
        Some(id) => resources::get(r, pool, &id),
        None => Ok(None),
    }
}
/// Removes a style.
pub fn delete(tx: &mut Tx<'_>, style: &Style) -> Result<()> {
    resources::unpoint(tx, &style.user_pool_id, OF_CLIENT, &style.client_id)?;
    resources::delete::<Style>(tx, &style.user_pool_id, &style.id)?;
    Ok(())
}

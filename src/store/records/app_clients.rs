//! App clients, found by their id alone.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};
use crate::wire::idp;

/// An app client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AppClient {
    pub id: String,
    pub user_pool_id: String,
    pub name: String,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
    /// Raised by every change.
    pub version: i64,
    /// Defaults filled in; without `ClientSecret`.
    pub settings: idp::UserPoolClientType,
    /// At most two, oldest first.
    pub secrets: Vec<ClientSecret>,
}

/// A secret of a confidential client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ClientSecret {
    /// `<client id>--<creation epoch>`.
    pub id: String,
    pub value: Secret,
    pub created_at: UnixMillis,
}

impl Document for AppClient {
    const RECORD: &'static str = "app client";
}

/// Adds a client.
pub fn insert(_tx: &mut Tx<'_>, _client: &AppClient) -> Result<()> {
    todo!()
}
/// Writes a changed client and raises its version; `false` when `client.version` is no longer the stored one.
pub fn update(_tx: &mut Tx<'_>, _client: &AppClient) -> Result<bool> {
    todo!()
}
/// Removes a client.
pub fn delete(_tx: &mut Tx<'_>, _id: &str) -> Result<bool> {
    todo!()
}
/// Reads a client by its id.
pub fn get(_r: &mut Reader<'_>, _id: &str) -> Result<Option<AppClient>> {
    todo!()
}
/// Returns up to `limit` clients of a pool with an id greater than `after`.
pub fn list(_r: &mut Reader<'_>, _pool: &str, _after: &str, _limit: usize) -> Result<Vec<AppClient>> {
    todo!()
}

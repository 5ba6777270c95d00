//! App clients, found by their id alone.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::store::records::{Document, count, document, encode};
use crate::store::{Reader, Result, Row, Tx};
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
    /// For how long a browser session signs in to this client silently; an hour unless set.
    #[serde(default)]
    pub sso_max_minutes: Option<i32>,
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
pub fn insert(tx: &mut Tx<'_>, client: &AppClient) -> Result<()> {
    tx.execute(
        "INSERT INTO app_client (id, pool, version, format, document) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            (&client.id).into(),
            (&client.user_pool_id).into(),
            client.version.into(),
            AppClient::VERSION.into(),
            encode(client)?.into(),
        ],
    )?;
    Ok(())
}
/// Writes a changed client and raises its version; `false` when `client.version` is no longer the stored one.
pub fn update(tx: &mut Tx<'_>, client: &AppClient) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE app_client SET version = version + 1, format = ?3, document = ?4
         WHERE id = ?1 AND version = ?2",
        &[
            (&client.id).into(),
            client.version.into(),
            AppClient::VERSION.into(),
            encode(client)?.into(),
        ],
    )?;
    Ok(changed > 0)
}
/// Removes a client.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM app_client WHERE id = ?1", &[id.into()])? > 0)
}
/// Reads a client by its id.
pub fn get(r: &mut Reader<'_>, id: &str) -> Result<Option<AppClient>> {
    r.one(
        "SELECT version, format, document FROM app_client WHERE id = ?1",
        &[id.into()],
    )?
    .map(|row| read(&row))
    .transpose()
}
/// Returns up to `limit` clients of a pool with an id greater than `after`.
pub fn list(r: &mut Reader<'_>, pool: &str, after: &str, limit: usize) -> Result<Vec<AppClient>> {
    r.all(
        "SELECT version, format, document FROM app_client
         WHERE pool = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        &[pool.into(), after.into(), count(limit)],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Returns how many clients a pool has, at most `limit`.
pub fn count_up_to(r: &mut Reader<'_>, pool: &str, limit: usize) -> Result<i64> {
    r.one(
        "SELECT count(*) FROM (SELECT 1 FROM app_client WHERE pool = ?1 LIMIT ?2)",
        &[pool.into(), count(limit)],
    )?
    .map_or(Ok(0), |row| row.int(0))
}

/// The column says which version it is; the document was written one change earlier.
fn read(row: &Row) -> Result<AppClient> {
    Ok(AppClient {
        version: row.int(0)?,
        ..document(row, 1)?
    })
}

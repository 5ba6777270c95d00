//! Domains of user pools. A host leads to one user pool, whatever the account and the Region.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx, Value};
use crate::wire::idp::{CustomDomainConfigType, RoutingType};

/// A domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// The whole host name: `people.auth.us-east-1.amazoncognito.com`, `login.example.com`.
    pub host: String,
    /// What the caller named: the prefix, or the host itself.
    pub name: String,
    pub user_pool_id: String,
    pub region: String,
    /// Present for a host of the customer's own.
    pub custom: Option<CustomDomainConfigType>,
    /// 1 for the classic pages, 2 for managed login.
    pub managed_login_version: i32,
    pub routing: Option<RoutingType>,
    /// The name that a host of the customer's own is an alias of.
    pub distribution: String,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for Domain {
    const RECORD: &'static str = "domain";
}

/// Adds a domain; `false` when the host is taken.
pub fn insert(tx: &mut Tx<'_>, domain: &Domain) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO domain (host, pool, region, custom, format, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (host) DO NOTHING",
        &row(domain)?,
    )?;
    Ok(added > 0)
}
/// Writes a changed domain; `false` when it is gone.
pub fn update(tx: &mut Tx<'_>, domain: &Domain) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE domain SET format = ?5, document = ?6
         WHERE host = ?1 AND pool = ?2 AND region = ?3 AND custom = ?4",
        &row(domain)?,
    )?;
    Ok(changed > 0)
}
/// Removes a domain; `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, host: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM domain WHERE host = ?1", &[host.into()])? > 0)
}
/// Reads a domain by its whole host name.
pub fn get(r: &mut Reader<'_>, host: &str) -> Result<Option<Domain>> {
    r.one(
        "SELECT format, document FROM domain WHERE host = ?1",
        &[host.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns the domains of a user pool: at most one of the service's and one of its own.
pub fn of_pool(r: &mut Reader<'_>, pool: &str) -> Result<Vec<Domain>> {
    documents(&r.all(
        "SELECT format, document FROM domain WHERE pool = ?1 LIMIT 2",
        &[pool.into()],
    )?)
}
/// Returns how many hosts of their own the user pools of a Region have, at most `limit`.
pub fn count_custom_up_to(r: &mut Reader<'_>, region: &str, limit: usize) -> Result<usize> {
    let found = r.one(
        "SELECT count(*) FROM (SELECT 1 FROM domain WHERE region = ?1 AND custom = 1 LIMIT ?2)",
        &[region.into(), count(limit)],
    )?;
    let found = found.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(found).unwrap_or(0))
}

fn row(domain: &Domain) -> Result<[Value; 6]> {
    Ok([
        (&domain.host).into(),
        (&domain.user_pool_id).into(),
        (&domain.region).into(),
        domain.custom.is_some().into(),
        Domain::VERSION.into(),
        encode(domain)?.into(),
    ])
}

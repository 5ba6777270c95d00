//! What a user pool holds a few of, by name: resource servers, identity providers, styles,
//! terms, configurations. One table keeps them all; a kind tells them apart.
//!
//! To add one: a file beside this with its document and `impl Resource`. Nothing of it is
//! searched by content; what is found by a second name has a row of a second kind.
use serde::{Deserialize, Serialize};

use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx, Value};

/// A document of a user pool with a name that is unique among its kind.
pub trait Resource: Document {
    /// Tells the kinds apart in the table. Never changed once written.
    const KIND: &'static str;
    /// The user pool it belongs to.
    fn user_pool_id(&self) -> &str;
    /// Its name in the user pool; listings are in this order.
    fn key(&self) -> &str;
}

/// Adds a resource; `false` when the name is taken.
pub fn insert<R: Resource>(tx: &mut Tx<'_>, it: &R) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO pool_resource (pool, kind, name, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (pool, kind, name) DO NOTHING",
        &row(it)?,
    )?;
    Ok(added > 0)
}
/// Adds a resource, or writes it over the one of that name.
pub fn put<R: Resource>(tx: &mut Tx<'_>, it: &R) -> Result<()> {
    tx.execute(
        "INSERT INTO pool_resource (pool, kind, name, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (pool, kind, name) DO UPDATE
         SET format = excluded.format, document = excluded.document",
        &row(it)?,
    )?;
    Ok(())
}
/// Writes a changed resource; `false` when it is gone.
pub fn update<R: Resource>(tx: &mut Tx<'_>, it: &R) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE pool_resource SET format = ?4, document = ?5
         WHERE pool = ?1 AND kind = ?2 AND name = ?3",
        &row(it)?,
    )?;
    Ok(changed > 0)
}
/// Removes a resource; `false` when there was none.
pub fn delete<R: Resource>(tx: &mut Tx<'_>, pool: &str, name: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM pool_resource WHERE pool = ?1 AND kind = ?2 AND name = ?3",
        &[pool.into(), R::KIND.into(), name.into()],
    )?;
    Ok(removed > 0)
}
/// Reads a resource.
pub fn get<R: Resource>(r: &mut Reader<'_>, pool: &str, name: &str) -> Result<Option<R>> {
    r.one(
        "SELECT format, document FROM pool_resource WHERE pool = ?1 AND kind = ?2 AND name = ?3",
        &[pool.into(), R::KIND.into(), name.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` resources with a name greater than `after`, by name.
pub fn list<R: Resource>(r: &mut Reader<'_>, pool: &str, after: &str, limit: usize) -> Result<Vec<R>> {
    documents(&r.all(
        "SELECT format, document FROM pool_resource
         WHERE pool = ?1 AND kind = ?2 AND name > ?3 ORDER BY name LIMIT ?4",
        &[pool.into(), R::KIND.into(), after.into(), count(limit)],
    )?)
}
/// Returns how many resources of the kind a pool has, at most `limit`.
pub fn count_up_to<R: Resource>(r: &mut Reader<'_>, pool: &str, limit: usize) -> Result<usize> {
    let found = r.one(
        "SELECT count(*) FROM (SELECT 1 FROM pool_resource WHERE pool = ?1 AND kind = ?2 LIMIT ?3)",
        &[pool.into(), R::KIND.into(), count(limit)],
    )?;
    let found = found.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(found).unwrap_or(0))
}

/// The document of a row that only leads to another one.
#[derive(Serialize, Deserialize)]
struct Pointer(String);

impl Document for Pointer {
    const RECORD: &'static str = "pointer";
}

/// Makes `name` of `kind` lead to `target`; `false` when it leads somewhere already.
pub fn point(tx: &mut Tx<'_>, pool: &str, kind: &str, name: &str, target: &str) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO pool_resource (pool, kind, name, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (pool, kind, name) DO NOTHING",
        &[
            pool.into(),
            kind.into(),
            name.into(),
            Pointer::VERSION.into(),
            encode(&Pointer(target.to_owned()))?.into(),
        ],
    )?;
    Ok(added > 0)
}
/// Returns where `name` of `kind` leads.
pub fn pointed(r: &mut Reader<'_>, pool: &str, kind: &str, name: &str) -> Result<Option<String>> {
    let found = r.one(
        "SELECT format, document FROM pool_resource WHERE pool = ?1 AND kind = ?2 AND name = ?3",
        &[pool.into(), kind.into(), name.into()],
    )?;
    found
        .map(|row| document::<Pointer>(&row, 0).map(|pointer| pointer.0))
        .transpose()
}
/// Lets `name` of `kind` lead nowhere.
pub fn unpoint(tx: &mut Tx<'_>, pool: &str, kind: &str, name: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM pool_resource WHERE pool = ?1 AND kind = ?2 AND name = ?3",
        &[pool.into(), kind.into(), name.into()],
    )?;
    Ok(())
}

fn row<R: Resource>(it: &R) -> Result<[Value; 5]> {
    Ok([
        it.user_pool_id().into(),
        R::KIND.into(),
        it.key().into(),
        R::VERSION.into(),
        encode(it)?.into(),
    ])
}

//! Identities of identity pools, and the logins that lead to them.
//!
//! A login is a claim in a table of its own, so that it leads to one identity whatever
//! comes at once; the identity's document lists the same logins.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx};

/// An identity. Without logins it is a guest's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub id: String,
    pub identity_pool_id: String,
    /// In the order they were linked.
    pub logins: Vec<Login>,
    /// Merged into another one, or without its last login: nobody reaches it any more.
    pub disabled: bool,
    /// Which identity took its logins or its guest.
    pub merged_into: Option<String>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

/// Who somebody is to a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Login {
    /// As the login is called in requests, or the developer provider's name.
    pub provider: String,
    /// The provider's own name of the user; unique within the provider.
    pub subject: String,
}

impl Document for Identity {
    const RECORD: &'static str = "pool identity";
}

/// Writes an identity, new or changed. Its logins are claimed with [`claim`].
pub fn put(tx: &mut Tx<'_>, identity: &Identity) -> Result<()> {
    tx.execute(
        "INSERT INTO pool_identity (id, pool, disabled, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET disabled = excluded.disabled,
            format = excluded.format, document = excluded.document",
        &[
            (&identity.id).into(),
            (&identity.identity_pool_id).into(),
            identity.disabled.into(),
            Identity::VERSION.into(),
            encode(identity)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads an identity.
pub fn get(r: &mut Reader<'_>, id: &str) -> Result<Option<Identity>> {
    r.one(
        "SELECT format, document FROM pool_identity WHERE id = ?1",
        &[id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Removes an identity and what leads to it.
pub fn delete(tx: &mut Tx<'_>, identity: &Identity) -> Result<bool> {
    for login in &identity.logins {
        release(tx, &identity.identity_pool_id, login)?;
    }
    Ok(tx.execute(
        "DELETE FROM pool_identity WHERE id = ?1",
        &[(&identity.id).into()],
    )? > 0)
}
/// Returns up to `limit` identities of a pool with an id greater than `after`, by id.
pub fn list(
    r: &mut Reader<'_>,
    pool: &str,
    hide_disabled: bool,
    after: &str,
    limit: usize,
) -> Result<Vec<Identity>> {
    let sql = if hide_disabled {
        "SELECT format, document FROM pool_identity
         WHERE pool = ?1 AND id > ?2 AND disabled = 0 ORDER BY id LIMIT ?3"
    } else {
        "SELECT format, document FROM pool_identity WHERE pool = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    };
    documents(&r.all(sql, &[pool.into(), after.into(), count(limit)])?)
}
/// Returns the identity a login leads to.
pub fn of_login(r: &mut Reader<'_>, pool: &str, login: &Login) -> Result<Option<String>> {
    r.one(
        "SELECT identity FROM identity_login WHERE pool = ?1 AND provider = ?2 AND subject = ?3",
        &[pool.into(), (&login.provider).into(), (&login.subject).into()],
    )?
    .map(|row| Ok(row.text(0)?.to_owned()))
    .transpose()
}
/// Lets a login lead to an identity, wherever it led before.
pub fn claim(tx: &mut Tx<'_>, pool: &str, login: &Login, identity: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO identity_login (pool, provider, subject, identity) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (pool, provider, subject) DO UPDATE SET identity = excluded.identity",
        &[
            pool.into(),
            (&login.provider).into(),
            (&login.subject).into(),
            identity.into(),
        ],
    )?;
    Ok(())
}
/// Lets a login lead nowhere.
pub fn release(tx: &mut Tx<'_>, pool: &str, login: &Login) -> Result<()> {
    tx.execute(
        "DELETE FROM identity_login WHERE pool = ?1 AND provider = ?2 AND subject = ?3",
        &[pool.into(), (&login.provider).into(), (&login.subject).into()],
    )?;
    Ok(())
}

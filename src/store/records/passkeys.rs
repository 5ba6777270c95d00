//! Passkeys of users: the public halves, and what is shown of them.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode, packed};
use crate::store::{Reader, Result, Tx, Value};

/// A passkey of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Passkey {
    pub user_pool_id: String,
    pub sub: Uuid,
    /// The authenticator's own id, at most 1023 bytes.
    #[serde(with = "packed")]
    pub id: Vec<u8>,
    /// Shown to the user.
    pub name: String,
    pub relying_party_id: String,
    pub created_at: UnixMillis,
    pub last_used_at: Option<UnixMillis>,
    /// `platform` or `cross-platform`, when the browser told.
    pub attachment: Option<String>,
    /// As the browser listed them: `internal`, `usb`, `hybrid`, ….
    pub transports: Vec<String>,
    /// Names the make of the authenticator; all zero when it does not tell.
    pub aaguid: Uuid,
    /// What the WebAuthn library keeps: public key, signature counter, flags.
    pub credential: serde_json::Value,
}

impl Document for Passkey {
    const RECORD: &'static str = "passkey";
}

/// Adds a passkey; `false` when the user has one of this id.
pub fn insert(tx: &mut Tx<'_>, passkey: &Passkey) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO passkey (pool, sub, id, format, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (pool, sub, id) DO NOTHING",
        &row(passkey)?,
    )?;
    Ok(added > 0)
}
/// Writes a changed passkey; `false` when it is gone.
pub fn update(tx: &mut Tx<'_>, passkey: &Passkey) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE passkey SET format = ?4, document = ?5 WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &row(passkey)?,
    )?;
    Ok(changed > 0)
}
/// Removes a passkey; `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, id: &[u8]) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM passkey WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &[pool.into(), sub.into(), id.into()],
    )?;
    Ok(removed > 0)
}
/// Reads a passkey of a user.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid, id: &[u8]) -> Result<Option<Passkey>> {
    r.one(
        "SELECT format, document FROM passkey WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &[pool.into(), sub.into(), id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Tells whether any user of a pool has a passkey of this id.
pub fn is_taken(r: &mut Reader<'_>, pool: &str, id: &[u8]) -> Result<bool> {
    let found = r.one(
        "SELECT 1 FROM passkey WHERE pool = ?1 AND id = ?2 LIMIT 1",
        &[pool.into(), id.into()],
    )?;
    Ok(found.is_some())
}
/// Returns up to `limit` passkeys of a user, by id.
pub fn of_user(r: &mut Reader<'_>, pool: &str, sub: &Uuid, limit: usize) -> Result<Vec<Passkey>> {
    documents(&r.all(
        "SELECT format, document FROM passkey WHERE pool = ?1 AND sub = ?2 ORDER BY id LIMIT ?3",
        &[pool.into(), sub.into(), count(limit)],
    )?)
}
/// Tells whether a user has any.
pub fn any(r: &mut Reader<'_>, pool: &str, sub: &Uuid) -> Result<bool> {
    let found = r.one(
        "SELECT 1 FROM passkey WHERE pool = ?1 AND sub = ?2 LIMIT 1",
        &[pool.into(), sub.into()],
    )?;
    Ok(found.is_some())
}

fn row(passkey: &Passkey) -> Result<[Value; 5]> {
    Ok([
        (&passkey.user_pool_id).into(),
        passkey.sub.into(),
        passkey.id.as_slice().into(),
        Passkey::VERSION.into(),
        encode(passkey)?.into(),
    ])
}

//! Which user an identity at an external provider belongs to.
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::count;
use crate::store::{Reader, Result, Row, Tx};

/// An identity of a user at a provider. The first three members are unique in a user pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub user_pool_id: String,
    pub provider: String,
    /// `Cognito_Subject`, or the attribute by which the provider names the user.
    pub attribute: String,
    pub value: String,
    pub sub: Uuid,
    pub linked_at: UnixMillis,
}

/// Adds an identity; `false` when a user has it already.
pub fn insert(tx: &mut Tx<'_>, identity: &Identity) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO identity (pool, provider, attribute, value, sub, linked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (pool, provider, attribute, value) DO NOTHING",
        &[
            (&identity.user_pool_id).into(),
            (&identity.provider).into(),
            (&identity.attribute).into(),
            (&identity.value).into(),
            identity.sub.into(),
            identity.linked_at.into(),
        ],
    )?;
    Ok(added > 0)
}
/// Removes an identity; `false` when nobody has it.
pub fn delete(tx: &mut Tx<'_>, pool: &str, provider: &str, attribute: &str, value: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM identity WHERE pool = ?1 AND provider = ?2 AND attribute = ?3 AND value = ?4",
        &[pool.into(), provider.into(), attribute.into(), value.into()],
    )?;
    Ok(removed > 0)
}
/// Finds whose an identity is.
pub fn get(
    r: &mut Reader<'_>,
    pool: &str,
    provider: &str,
    attribute: &str,
    value: &str,
) -> Result<Option<Identity>> {
    r.one(
        "SELECT pool, provider, attribute, value, sub, linked_at FROM identity
         WHERE pool = ?1 AND provider = ?2 AND attribute = ?3 AND value = ?4",
        &[pool.into(), provider.into(), attribute.into(), value.into()],
    )?
    .map(|row| read(&row))
    .transpose()
}
/// Returns up to `limit` identities of a user.
pub fn of_user(r: &mut Reader<'_>, pool: &str, sub: &Uuid, limit: usize) -> Result<Vec<Identity>> {
    r.all(
        "SELECT pool, provider, attribute, value, sub, linked_at FROM identity
         WHERE pool = ?1 AND sub = ?2 LIMIT ?3",
        &[pool.into(), sub.into(), count(limit)],
    )?
    .iter()
    .map(read)
    .collect()
}
/// Returns the names of up to `limit` attributes by which users are known at a provider.
pub fn attributes(r: &mut Reader<'_>, pool: &str, provider: &str, limit: usize) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    // From name to name: the rows of one are skipped, however many.
    while names.len() < limit {
        let after = names.last().map_or("", String::as_str);
        let next = r.one(
            "SELECT attribute FROM identity WHERE pool = ?1 AND provider = ?2 AND attribute > ?3
             ORDER BY attribute LIMIT 1",
            &[pool.into(), provider.into(), after.into()],
        )?;
        match next {
            Some(row) => names.push(row.text(0)?.to_owned()),
            None => break,
        }
    }
    Ok(names)
}

fn read(row: &Row) -> Result<Identity> {
    Ok(Identity {
        user_pool_id: row.text(0)?.to_owned(),
        provider: row.text(1)?.to_owned(),
        attribute: row.text(2)?.to_owned(),
        value: row.text(3)?.to_owned(),
        sub: row.uuid(4)?,
        linked_at: UnixMillis(row.int(5)?),
    })
}

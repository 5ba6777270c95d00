//! Groups and who is in them; both directions are indexed.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx, Value};

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub user_pool_id: String,
    pub name: String,
    pub description: Option<String>,
    pub role_arn: Option<String>,
    pub precedence: Option<i32>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for Group {
    const RECORD: &'static str = "group";
}

/// Adds a group; `false` when the name is taken.
pub fn insert(tx: &mut Tx<'_>, group: &Group) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO user_group (pool, name, format, document) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (pool, name) DO NOTHING",
        &row(group)?,
    )?;
    Ok(added > 0)
}
/// Writes a changed group; `false` when it is gone.
pub fn update(tx: &mut Tx<'_>, group: &Group) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE user_group SET format = ?3, document = ?4 WHERE pool = ?1 AND name = ?2",
        &row(group)?,
    )?;
    Ok(changed > 0)
}
/// Removes a group and its memberships.
pub fn delete(tx: &mut Tx<'_>, pool: &str, name: &str) -> Result<bool> {
    let of_group = [pool.into(), name.into()];
    tx.execute("DELETE FROM member WHERE pool = ?1 AND name = ?2", &of_group)?;
    Ok(tx.execute("DELETE FROM user_group WHERE pool = ?1 AND name = ?2", &of_group)? > 0)
}
/// Reads a group.
pub fn get(r: &mut Reader<'_>, pool: &str, name: &str) -> Result<Option<Group>> {
    r.one(
        "SELECT format, document FROM user_group WHERE pool = ?1 AND name = ?2",
        &[pool.into(), name.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` groups with a name greater than `after`, by name.
pub fn list(r: &mut Reader<'_>, pool: &str, after: &str, limit: usize) -> Result<Vec<Group>> {
    documents(&r.all(
        "SELECT format, document FROM user_group
         WHERE pool = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
        &[pool.into(), after.into(), count(limit)],
    )?)
}
/// Returns how many groups a pool has, at most `limit`.
pub fn count_up_to(r: &mut Reader<'_>, pool: &str, limit: usize) -> Result<i64> {
    r.one(
        "SELECT count(*) FROM (SELECT 1 FROM user_group WHERE pool = ?1 LIMIT ?2)",
        &[pool.into(), count(limit)],
    )?
    .map_or(Ok(0), |row| row.int(0))
}
/// Adds a member; `false` when it was one already.
pub fn add_member(tx: &mut Tx<'_>, pool: &str, group: &str, sub: &Uuid) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO member (pool, name, sub) VALUES (?1, ?2, ?3)
         ON CONFLICT (pool, name, sub) DO NOTHING",
        &[pool.into(), group.into(), sub.into()],
    )?;
    Ok(added > 0)
}
/// Removes a member; `false` when it was none.
pub fn remove_member(tx: &mut Tx<'_>, pool: &str, group: &str, sub: &Uuid) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM member WHERE pool = ?1 AND name = ?2 AND sub = ?3",
        &[pool.into(), group.into(), sub.into()],
    )?;
    Ok(removed > 0)
}
/// Removes every membership of a user.
pub fn remove_user(tx: &mut Tx<'_>, pool: &str, sub: &Uuid) -> Result<()> {
    tx.execute(
        "DELETE FROM member WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?;
    Ok(())
}
/// Returns every group of a user (at most 100), smallest precedence first, then by name; no precedence is last.
pub fn of_user(r: &mut Reader<'_>, pool: &str, sub: &Uuid) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = documents(&r.all(
        "SELECT g.format, g.document FROM member m
         JOIN user_group g ON g.pool = m.pool AND g.name = m.name
         WHERE m.pool = ?1 AND m.sub = ?2 ORDER BY m.name LIMIT 100",
        &[pool.into(), sub.into()],
    )?)?;
    // The sort keeps the order of names among equals.
    groups.sort_by_key(|group| (group.precedence.is_none(), group.precedence));
    Ok(groups)
}
/// Returns up to `limit` members with a sub greater than `after`.
pub fn members(
    r: &mut Reader<'_>,
    pool: &str,
    group: &str,
    after: Option<&Uuid>,
    limit: usize,
) -> Result<Vec<Uuid>> {
    let after = after.map_or(&[][..], |sub| sub.as_bytes());
    r.all(
        "SELECT sub FROM member WHERE pool = ?1 AND name = ?2 AND sub > ?3 ORDER BY sub LIMIT ?4",
        &[pool.into(), group.into(), after.into(), count(limit)],
    )?
    .iter()
    .map(|row| row.uuid(0))
    .collect()
}

fn row(group: &Group) -> Result<[Value; 4]> {
    Ok([
        (&group.user_pool_id).into(),
        (&group.name).into(),
        Group::VERSION.into(),
        encode(group)?.into(),
    ])
}

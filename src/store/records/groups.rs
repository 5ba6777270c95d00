//! Groups and who is in them; both directions are indexed.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

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
pub fn insert(_tx: &mut Tx<'_>, _group: &Group) -> Result<bool> {
    todo!()
}
/// Writes a changed group; `false` when it is gone.
pub fn update(_tx: &mut Tx<'_>, _group: &Group) -> Result<bool> {
    todo!()
}
/// Removes a group and its memberships.
pub fn delete(_tx: &mut Tx<'_>, _pool: &str, _name: &str) -> Result<bool> {
    todo!()
}
/// Reads a group.
pub fn get(_r: &mut Reader<'_>, _pool: &str, _name: &str) -> Result<Option<Group>> {
    todo!()
}
/// Returns up to `limit` groups with a name greater than `after`, by name.
pub fn list(_r: &mut Reader<'_>, _pool: &str, _after: &str, _limit: usize) -> Result<Vec<Group>> {
    todo!()
}
/// Adds a member; `false` when it was one already.
pub fn add_member(_tx: &mut Tx<'_>, _pool: &str, _group: &str, _sub: &Uuid) -> Result<bool> {
    todo!()
}
/// Removes a member; `false` when it was none.
pub fn remove_member(_tx: &mut Tx<'_>, _pool: &str, _group: &str, _sub: &Uuid) -> Result<bool> {
    todo!()
}
/// Removes every membership of a user.
pub fn remove_user(_tx: &mut Tx<'_>, _pool: &str, _sub: &Uuid) -> Result<()> {
    todo!()
}
/// Returns every group of a user (at most 100), smallest precedence first, then by name; no precedence is last.
pub fn of_user(_r: &mut Reader<'_>, _pool: &str, _sub: &Uuid) -> Result<Vec<Group>> {
    todo!()
}
/// Returns up to `limit` members with a sub greater than `after`.
pub fn members(
    _r: &mut Reader<'_>,
    _pool: &str,
    _group: &str,
    _after: Option<&Uuid>,
    _limit: usize,
) -> Result<Vec<Uuid>> {
    todo!()
}

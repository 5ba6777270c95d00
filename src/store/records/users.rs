//! Users: the row, the names that lead to it (`login`), the values it is found by (`attr`).
//!
//! Every change goes through [`insert`], [`update`] or [`delete`], which keep the claim and
//! attribute rows in step with the document in the same transaction.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};
use crate::wire::idp::UserStatusType;

/// A user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct User {
    pub user_pool_id: String,
    pub sub: Uuid,
    /// The stored username; equals `sub` in pools whose usernames are attributes.
    pub username: String,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
    /// Raised by every change.
    pub version: i64,
    pub status: UserStatusType,
    pub enabled: bool,
    /// By the vendor's names (`email`, `custom:tier`), without `sub`.
    pub attributes: BTreeMap<String, String>,
    /// New values that wait for their code, by attribute.
    #[serde(default)]
    pub pending_attributes: BTreeMap<String, String>,
    /// The sealed credential (`engine::auth::credential`); `None` when the user has no password.
    #[serde(default)]
    pub credential: Option<Vec<u8>>,
    /// When a temporary password was set, while it is one.
    #[serde(default)]
    pub temporary_since: Option<UnixMillis>,
    /// Sealed credentials of earlier permanent passwords, newest first, as many as the policy asks for.
    #[serde(default)]
    pub password_history: Vec<Vec<u8>>,
    /// Tokens whose sign-in lies before this are revoked.
    #[serde(default)]
    pub tokens_valid_from: UnixMillis,
    /// Whether the user came by `SignUp`; admin-created users are confirmed by a password instead.
    #[serde(default)]
    pub self_registered: bool,
    /// `SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`.
    #[serde(default)]
    pub mfa_settings: Vec<String>,
    #[serde(default)]
    pub preferred_mfa: Option<String>,
    /// The sealed TOTP secret.
    #[serde(default)]
    pub software_token: Option<Vec<u8>>,
}

impl Document for User {
    const RECORD: &'static str = "user";
}

/// Which kind of unique name. `(pool, kind, folded value)` leads to at most one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LoginKind {
    Username,
    Email,
    PhoneNumber,
    PreferredUsername,
}

/// A unique name that a user holds. `value` is already folded (`rules::usernames::fold`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Login {
    pub kind: LoginKind,
    pub value: String,
}

/// What became of a write that claims names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    Done,
    /// Another user holds this name; nothing was written.
    Taken {
        login: Login,
        by: Uuid,
    },
    /// The stored version is no longer the one given; nothing was written.
    Stale,
}

/// Adds a user with the names it claims. Searchable values are taken from the document:
/// username, email, phone_number, name, given_name, family_name, preferred_username,
/// status, enabled, sub (reference §22).
pub fn insert(_tx: &mut Tx<'_>, _user: &User, _logins: &[Login]) -> Result<Claimed> {
    todo!()
}
/// Writes a changed user; `logins` are all the names it holds afterwards, others of its are given up.
pub fn update(_tx: &mut Tx<'_>, _user: &User, _logins: &[Login]) -> Result<Claimed> {
    todo!()
}
/// Removes a user, its names, values, memberships, codes and attempts.
pub fn delete(_tx: &mut Tx<'_>, _pool: &str, _sub: &Uuid) -> Result<bool> {
    todo!()
}
/// Takes a name from whoever holds it (a moved alias).
pub fn release(_tx: &mut Tx<'_>, _pool: &str, _login: &Login) -> Result<()> {
    todo!()
}
/// Reads a user.
pub fn get(_r: &mut Reader<'_>, _pool: &str, _sub: &Uuid) -> Result<Option<User>> {
    todo!()
}
/// Finds the user that holds a name.
pub fn by_login(_r: &mut Reader<'_>, _pool: &str, _login: &Login) -> Result<Option<Uuid>> {
    todo!()
}
/// Returns the names a user holds.
pub fn logins_of(_r: &mut Reader<'_>, _pool: &str, _sub: &Uuid) -> Result<Vec<Login>> {
    todo!()
}

/// What a listing selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    All,
    /// Users whose attribute `name` equals `value` (folded as indexed).
    Equals {
        name: String,
        value: Vec<u8>,
    },
    /// Users whose attribute `name` begins with `value`.
    Prefix {
        name: String,
        value: Vec<u8>,
    },
}

/// Returns up to `limit` users after the key `after`, and the key of the last one when more may follow.
/// Each selection is answered from an index; the cost does not grow with the pool.
pub fn list(
    _r: &mut Reader<'_>,
    _pool: &str,
    _select: &Select,
    _after: Option<&[u8]>,
    _limit: usize,
) -> Result<(Vec<User>, Option<Vec<u8>>)> {
    todo!()
}

/// Adds many new users at once (an import): rows and index rows sorted inside the batch.
/// Returns for each whether it was added, `false` when a name of it was taken.
pub fn insert_batch(_tx: &mut Tx<'_>, _users: &[(User, Vec<Login>)]) -> Result<Vec<bool>> {
    todo!()
}

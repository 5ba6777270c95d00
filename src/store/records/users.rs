//! Users: the row, the names that lead to it (`login`), the values it is found by (`attr`).
//!
//! Every change goes through [`insert`], [`update`] or [`delete`], which keep the claim and
//! attribute rows in step with the document in the same transaction.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::rules::usernames;
use crate::store::records::{Document, bulk_users, count, document, encode, packed, successor};
use crate::store::{Error, Reader, Result, Row, Tx, Value};
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
    #[serde(default, with = "packed::option")]
    pub credential: Option<Vec<u8>>,
    /// When a temporary password was set, while it is one.
    #[serde(default)]
    pub temporary_since: Option<UnixMillis>,
    /// Sealed credentials of earlier permanent passwords, newest first, as many as the policy asks for.
    #[serde(default, with = "packed::list")]
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
    /// Whether a passkey that verified its user may stand for two factors.
    #[serde(default)]
    pub passkey_mfa: bool,
    /// The sealed TOTP secret of the authenticator that was verified (`engine::auth::totp`).
    #[serde(default, with = "packed::option")]
    pub software_token: Option<Vec<u8>>,
    /// What the user calls that authenticator.
    #[serde(default)]
    pub software_token_name: Option<String>,
    /// The sealed TOTP secret of one that is not verified yet.
    #[serde(default, with = "packed::option")]
    pub pending_software_token: Option<Vec<u8>>,
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

impl LoginKind {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Username => 1,
            Self::Email => 2,
            Self::PhoneNumber => 3,
            Self::PreferredUsername => 4,
        }
    }

    const fn of_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Username),
            2 => Some(Self::Email),
            3 => Some(Self::PhoneNumber),
            4 => Some(Self::PreferredUsername),
            _ => None,
        }
    }
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

/// Returns the form in which values of `name` are indexed: the bytes that [`Select`] compares.
///
/// `username`, `status` and `sub` are compared as they are, all else without regard to case.
///
/// Source: user pools API reference, ListUsers (which fields mind the case); developer
/// guide, "Searching for users" (the others do not).
pub fn indexed(name: &str, value: &str) -> Vec<u8> {
    match name {
        "username" | "status" | "sub" => value.as_bytes().to_vec(),
        _ if value.is_ascii() => value.to_ascii_lowercase().into_bytes(),
        _ => usernames::fold_case(value).into_bytes(),
    }
}

/// The number that stands for an indexed attribute in its rows; `sub` needs no rows.
fn attribute_code(name: &str) -> Option<i64> {
    Some(match name {
        "username" => 1,
        "email" => 2,
        "phone_number" => 3,
        "name" => 4,
        "given_name" => 5,
        "family_name" => 6,
        "preferred_username" => 7,
        "cognito:user_status" => 8,
        "status" => 9,
        _ => return None,
    })
}

/// Returns the index rows of a user, in the order of their key.
pub(super) fn attribute_rows(user: &User) -> Vec<(i64, Vec<u8>)> {
    let enabled = if user.enabled { "Enabled" } else { "Disabled" };
    let of_record = [
        ("username", user.username.as_str()),
        ("cognito:user_status", user.status.as_str()),
        ("status", enabled),
    ];
    let of_user = user
        .attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let mut rows: Vec<_> = of_record
        .into_iter()
        // An attribute cannot pass for a field of the record.
        .chain(of_user.filter(|(name, _)| !matches!(*name, "username" | "cognito:user_status" | "status")))
        .filter_map(|(name, value)| Some((attribute_code(name)?, indexed(name, value))))
        .collect();
    rows.sort_unstable();
    rows
}

pub(super) const INSERT_USER: &str = "INSERT INTO pool_user (pool, sub, version, format, logins, document)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(super) const INSERT_LOGIN: &str = "INSERT INTO login (pool, kind, value, sub) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (pool, kind, value) DO NOTHING";
pub(super) const DELETE_LOGIN: &str =
    "DELETE FROM login WHERE pool = ?1 AND kind = ?2 AND value = ?3 AND sub = ?4";
pub(super) const INSERT_ATTR: &str = "INSERT INTO attr (pool, name, value, sub) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (pool, name, value, sub) DO NOTHING";
const DELETE_ATTR: &str = "DELETE FROM attr WHERE pool = ?1 AND name = ?2 AND value = ?3 AND sub = ?4";

/// Adds a user with the names it claims. Searchable values are taken from the document:
/// username, email, phone_number, name, given_name, family_name, preferred_username,
/// status, enabled, sub (reference §22).
pub fn insert(tx: &mut Tx<'_>, user: &User, logins: &[Login]) -> Result<Claimed> {
    if let Some(taken) = claim(tx, &user.user_pool_id, &user.sub, logins.iter())? {
        return Ok(taken);
    }
    for (name, value) in attribute_rows(user) {
        tx.execute(INSERT_ATTR, &attribute_row(user, name, value))?;
    }
    tx.execute(INSERT_USER, &user_row(user, logins)?)?;
    count_users(tx, &user.user_pool_id, 1)?;
    Ok(Claimed::Done)
}

/// Writes a changed user; `logins` are all the names it holds afterwards, others of its are
/// given up. `user.version` is the version that was read; the stored one is one greater.
pub fn update(tx: &mut Tx<'_>, user: &User, logins: &[Login]) -> Result<Claimed> {
    let Some(row) = tx.one(
        "SELECT version, format, document, logins FROM pool_user WHERE pool = ?1 AND sub = ?2",
        &[(&user.user_pool_id).into(), user.sub.into()],
    )?
    else {
        return Ok(Claimed::Stale);
    };
    if row.int(0)? != user.version {
        return Ok(Claimed::Stale);
    }
    let old: User = document(&row, 1)?;
    let held = read_logins(row.text(3)?)?;
    let wanted = logins.iter().filter(|login| !held.contains(login));
    if let Some(taken) = claim(tx, &user.user_pool_id, &user.sub, wanted)? {
        return Ok(taken);
    }
    for login in held.iter().filter(|login| !logins.contains(login)) {
        tx.execute(DELETE_LOGIN, &login_row(&user.user_pool_id, &user.sub, login))?;
    }
    let before = attribute_rows(&old);
    let after = attribute_rows(user);
    // Of a user that still waits for its rows, all are written here.
    let waited = bulk_users::settle(tx, &user.user_pool_id, &user.sub)?;
    for (name, value) in before.iter().filter(|row| !after.contains(row)) {
        tx.execute(DELETE_ATTR, &attribute_row(user, *name, value.clone()))?;
    }
    for (name, value) in after.iter().filter(|row| waited || !before.contains(row)) {
        tx.execute(INSERT_ATTR, &attribute_row(user, *name, value.clone()))?;
    }
    tx.execute(
        "UPDATE pool_user SET version = version + 1, format = ?4, logins = ?5, document = ?6
         WHERE pool = ?1 AND sub = ?2 AND version = ?3",
        &user_row(user, logins)?,
    )?;
    Ok(Claimed::Done)
}

/// Removes a user, its names, values, memberships, codes, attempts, devices, passkeys and sessions.
pub fn delete(tx: &mut Tx<'_>, pool: &str, sub: &Uuid) -> Result<bool> {
    let Some(row) = tx.one(
        "SELECT version, format, document, logins FROM pool_user WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?
    else {
        return Ok(false);
    };
    let user: User = document(&row, 1)?;
    for login in read_logins(row.text(3)?)? {
        tx.execute(DELETE_LOGIN, &login_row(pool, sub, &login))?;
    }
    bulk_users::settle(tx, pool, sub)?;
    for (name, value) in attribute_rows(&user) {
        tx.execute(DELETE_ATTR, &attribute_row(&user, name, value))?;
    }
    for sql in [
        "DELETE FROM member WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM code WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM attempt WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM device WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM passkey WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM user_session WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM identity WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM auth_event WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM risk_profile WHERE pool = ?1 AND sub = ?2",
        "DELETE FROM pool_user WHERE pool = ?1 AND sub = ?2",
    ] {
        tx.execute(sql, &[pool.into(), sub.into()])?;
    }
    count_users(tx, pool, -1)?;
    Ok(true)
}

/// Takes a name from whoever holds it (a moved alias).
pub fn release(tx: &mut Tx<'_>, pool: &str, login: &Login) -> Result<()> {
    let Some(sub) = by_login(tx, pool, login)? else {
        return Ok(());
    };
    let mut held = logins_of(tx, pool, &sub)?;
    held.retain(|other| other != login);
    tx.execute(
        "UPDATE pool_user SET logins = ?3 WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into(), write_logins(&held)?.into()],
    )?;
    tx.execute(
        DELETE_LOGIN,
        &[
            pool.into(),
            login.kind.code().into(),
            (&login.value).into(),
            sub.into(),
        ],
    )?;
    Ok(())
}

/// Reads a user.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid) -> Result<Option<User>> {
    r.one(
        "SELECT version, format, document FROM pool_user WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?
    .map(|row| read(&row, 0))
    .transpose()
}

/// Finds the user that holds a name.
pub fn by_login(r: &mut Reader<'_>, pool: &str, login: &Login) -> Result<Option<Uuid>> {
    r.one(
        "SELECT sub FROM login WHERE pool = ?1 AND kind = ?2 AND value = ?3",
        &[pool.into(), login.kind.code().into(), (&login.value).into()],
    )?
    .map(|row| row.uuid(0))
    .transpose()
}

/// Returns the names a user holds.
pub fn logins_of(r: &mut Reader<'_>, pool: &str, sub: &Uuid) -> Result<Vec<Login>> {
    r.one(
        "SELECT logins FROM pool_user WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?
    .map_or(Ok(Vec::new()), |row| read_logins(row.text(0)?))
}

/// What a listing selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    All,
    /// Users whose attribute `name` equals `value` (as [`indexed`] gives it).
    Equals {
        name: String,
        value: Vec<u8>,
    },
    /// Users whose attribute `name` begins with `value` (as [`indexed`] gives it).
    Prefix {
        name: String,
        value: Vec<u8>,
    },
}

/// Returns up to `limit` users after the key `after`, and the key of the last one when more may follow.
/// Each selection is answered from an index; the cost does not grow with the pool.
///
/// All users and those of one value come by `sub`, those of a prefix by value, then `sub`.
///
/// # Errors
///
/// [`Error::Database`] for an attribute that is not indexed.
pub fn list(
    r: &mut Reader<'_>,
    pool: &str,
    select: &Select,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<User>, Option<Vec<u8>>)> {
    // One more than asked for tells whether anything follows.
    let ask = count(limit.saturating_add(1));
    let pool = Value::from(pool);
    let no_key = &[][..];
    let rows = match select {
        Select::All => r.all(
            BY_SUB,
            &[
                pool,
                after.unwrap_or(no_key).into(),
                LAST_SUB.as_slice().into(),
                ask,
            ],
        ),
        Select::Equals { name, value } | Select::Prefix { name, value } if name == "sub" => {
            let exact = matches!(select, Select::Equals { .. });
            let Some((from, to)) = sub_range(value, exact) else {
                return Ok((Vec::new(), None));
            };
            match after {
                Some(after) if after >= from.as_bytes().as_slice() => {
                    r.all(BY_SUB, &[pool, after.into(), to.into(), ask])
                }
                _ => r.all(FROM_SUB, &[pool, from.into(), to.into(), ask]),
            }
        }
        Select::Equals { name, value } => {
            let code = searchable(name)?;
            let value = value.as_slice().into();
            r.all(
                BY_VALUE,
                &[pool, code, value, after.unwrap_or(no_key).into(), ask],
            )
        }
        Select::Prefix { name, value } => {
            let code = searchable(name)?;
            // Without an end (all bytes 0xff) the attribute's own end is the end.
            let end = successor(value).map_or_else(|| Value::Blob(vec![0xff; 4096]), Value::Blob);
            let key = after
                .and_then(|key| key.split_last_chunk::<16>())
                .filter(|(last, _)| last.starts_with(value));
            match key {
                Some((last, sub)) => r.all(
                    AFTER_VALUE,
                    &[pool, code, last.into(), sub.as_slice().into(), end, ask],
                ),
                None => r.all(FROM_VALUE, &[pool, code, value.as_slice().into(), end, ask]),
            }
        }
    }?;
    let mut users = Vec::with_capacity(rows.len().min(limit));
    let mut key = None;
    for row in rows.iter().take(limit) {
        users.push(read(row, 2)?);
    }
    if rows.len() > limit
        && let Some(last) = limit.checked_sub(1).and_then(|at| rows.get(at))
    {
        let by_prefix = matches!(select, Select::Prefix { name, .. } if name != "sub");
        let mut bytes = if by_prefix {
            last.blob(1)?.to_vec()
        } else {
            Vec::new()
        };
        bytes.extend_from_slice(last.blob(0)?);
        key = Some(bytes);
    }
    Ok((users, key))
}

const LAST_SUB: [u8; 16] = [0xff; 16];

const BY_SUB: &str = "SELECT sub, NULL, version, format, document FROM pool_user
    WHERE pool = ?1 AND sub > ?2 AND sub <= ?3 ORDER BY sub LIMIT ?4";
const FROM_SUB: &str = "SELECT sub, NULL, version, format, document FROM pool_user
    WHERE pool = ?1 AND sub >= ?2 AND sub <= ?3 ORDER BY sub LIMIT ?4";
const BY_VALUE: &str = "SELECT a.sub, NULL, u.version, u.format, u.document
    FROM attr a JOIN pool_user u ON u.pool = a.pool AND u.sub = a.sub
    WHERE a.pool = ?1 AND a.name = ?2 AND a.value = ?3 AND a.sub > ?4
    ORDER BY a.sub LIMIT ?5";
const FROM_VALUE: &str = "SELECT a.sub, a.value, u.version, u.format, u.document
    FROM attr a JOIN pool_user u ON u.pool = a.pool AND u.sub = a.sub
    WHERE a.pool = ?1 AND a.name = ?2 AND a.value >= ?3 AND a.value < ?4
    ORDER BY a.value, a.sub LIMIT ?5";
const AFTER_VALUE: &str = "SELECT a.sub, a.value, u.version, u.format, u.document
    FROM attr a JOIN pool_user u ON u.pool = a.pool AND u.sub = a.sub
    WHERE a.pool = ?1 AND a.name = ?2 AND (a.value, a.sub) > (?3, ?4) AND a.value < ?5
    ORDER BY a.value, a.sub LIMIT ?6";

fn searchable(name: &str) -> Result<Value> {
    attribute_code(name)
        .map(Value::Int)
        .ok_or_else(|| Error::Database(format!("users are not indexed by {name}")))
}

/// Returns the first and the last UUID whose text is `text`, or begins with it.
fn sub_range(text: &[u8], exact: bool) -> Option<(Uuid, Uuid)> {
    const FIRST: &str = "00000000-0000-0000-0000-000000000000";
    const LAST: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    let text = std::str::from_utf8(text).ok()?;
    if exact && text.len() != FIRST.len() {
        return None;
    }
    let from = format!("{text}{}", FIRST.get(text.len()..)?);
    let to = format!("{text}{}", LAST.get(text.len()..)?);
    let (from_sub, to_sub) = (Uuid::try_parse(&from).ok()?, Uuid::try_parse(&to).ok()?);
    // Other spellings of a UUID (upper case, hyphens elsewhere) are not its text.
    (from_sub.to_string() == from && to_sub.to_string() == to).then_some((from_sub, to_sub))
}

/// Claims names for a user, all or none; tells which one is taken.
pub(super) fn claim<'l>(
    tx: &mut Tx<'_>,
    pool: &str,
    sub: &Uuid,
    logins: impl Iterator<Item = &'l Login>,
) -> Result<Option<Claimed>> {
    let mut claimed: Vec<&Login> = Vec::new();
    for login in logins {
        if tx.execute(INSERT_LOGIN, &login_row(pool, sub, login))? > 0 {
            claimed.push(login);
            continue;
        }
        match by_login(tx, pool, login)? {
            // Its own name, listed twice.
            Some(by) if by == *sub && claimed.contains(&login) => {}
            Some(by) => {
                for login in claimed {
                    tx.execute(DELETE_LOGIN, &login_row(pool, sub, login))?;
                }
                let login = login.clone();
                return Ok(Some(Claimed::Taken { login, by }));
            }
            None => {}
        }
    }
    Ok(None)
}

fn user_row(user: &User, logins: &[Login]) -> Result<[Value; 6]> {
    Ok([
        (&user.user_pool_id).into(),
        user.sub.into(),
        user.version.into(),
        User::VERSION.into(),
        write_logins(logins)?.into(),
        encode(user)?.into(),
    ])
}

pub(super) fn login_row(pool: &str, sub: &Uuid, login: &Login) -> [Value; 4] {
    [
        pool.into(),
        login.kind.code().into(),
        (&login.value).into(),
        sub.into(),
    ]
}

fn attribute_row(user: &User, name: i64, value: Vec<u8>) -> [Value; 4] {
    [
        (&user.user_pool_id).into(),
        name.into(),
        value.into(),
        user.sub.into(),
    ]
}

/// The names of a user as its row repeats them: `[[kind, value], …]`.
pub(super) fn write_logins(logins: &[Login]) -> Result<String> {
    let pairs: Vec<(i64, &str)> = logins
        .iter()
        .map(|login| (login.kind.code(), login.value.as_str()))
        .collect();
    serde_json::to_string(&pairs).map_err(|reason| failed(&reason))
}

fn read_logins(text: &str) -> Result<Vec<Login>> {
    let pairs: Vec<(i64, String)> = serde_json::from_str(text).map_err(|reason| failed(&reason))?;
    Ok(pairs
        .into_iter()
        .filter_map(|(code, value)| LoginKind::of_code(code).map(|kind| Login { kind, value }))
        .collect())
}

fn failed(reason: &serde_json::Error) -> Error {
    Error::Document {
        record: "user's names",
        reason: reason.to_string(),
    }
}

/// The column says which version it is; the document was written one change earlier.
fn read(row: &Row, at: usize) -> Result<User> {
    Ok(User {
        version: row.int(at)?,
        ..document(row, at.saturating_add(1))?
    })
}

pub(super) fn count_users(tx: &mut Tx<'_>, pool: &str, more: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO counter (pool, name, value) VALUES (?1, 'users', ?2)
         ON CONFLICT (pool, name) DO UPDATE SET value = counter.value + excluded.value",
        &[pool.into(), more.into()],
    )?;
    Ok(())
}

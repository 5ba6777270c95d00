//! Confirmation codes, attempts and single-use marks: what expires.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

/// A code that waits to be entered. One per user and purpose; a new one replaces the old.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PendingCode {
    /// HMAC of the code under the pool key; the code itself is not kept.
    pub mac: Vec<u8>,
    pub expires_at: UnixMillis,
    /// Wrong answers so far.
    pub failures: i64,
    /// The attribute the code was sent to, by the vendor's name.
    pub attribute: Option<String>,
    /// The value it was sent to.
    pub destination: String,
}

impl Document for PendingCode {
    const RECORD: &'static str = "code";
}

/// Keeps a code for `purpose` (`sign_up`, `forgot_password`, `attribute:email`, …).
pub fn put(_tx: &mut Tx<'_>, _pool: &str, _sub: &Uuid, _purpose: &str, _code: &PendingCode) -> Result<()> {
    todo!()
}
/// Reads a code, also an expired one: the answer differs.
pub fn get(_r: &mut Reader<'_>, _pool: &str, _sub: &Uuid, _purpose: &str) -> Result<Option<PendingCode>> {
    todo!()
}
/// Removes a code.
pub fn remove(_tx: &mut Tx<'_>, _pool: &str, _sub: &Uuid, _purpose: &str) -> Result<bool> {
    todo!()
}

/// Counted attempts of a kind by a user (`password`, `code`, `resend`, `change_password`, …).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    pub count: i64,
    pub first_at: UnixMillis,
    pub last_at: UnixMillis,
    pub locked_until: UnixMillis,
}

/// Reads the attempts; all zero when there are none.
pub fn attempts(_r: &mut Reader<'_>, _pool: &str, _sub: &Uuid, _kind: &str) -> Result<Attempts> {
    todo!()
}
/// Writes the attempts.
pub fn set_attempts(
    _tx: &mut Tx<'_>,
    _pool: &str,
    _sub: &Uuid,
    _kind: &str,
    _attempts: Attempts,
) -> Result<()> {
    todo!()
}
/// Forgets the attempts.
pub fn clear_attempts(_tx: &mut Tx<'_>, _pool: &str, _sub: &Uuid, _kind: &str) -> Result<()> {
    todo!()
}

/// Marks `key` as used until `expires_at`; `false` when it already was (a replay).
pub fn use_once(_tx: &mut Tx<'_>, _key: &[u8], _expires_at: UnixMillis) -> Result<bool> {
    todo!()
}
/// Removes up to `batch` expired codes, marks and revocations; returns how many.
pub fn reap(_tx: &mut Tx<'_>, _now: UnixMillis, _batch: usize) -> Result<usize> {
    todo!()
}

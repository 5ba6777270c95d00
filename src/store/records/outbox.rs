//! Messages that leave, or would leave, the engine.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

/// A message.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Message {
    /// Time ordered.
    pub id: Uuid,
    pub user_pool_id: String,
    pub sub: Option<Uuid>,
    /// `EMAIL` or `SMS`.
    pub medium: String,
    /// The address or number.
    pub to: String,
    /// `SignUp`, `ForgotPassword`, `AdminCreateUser`, …: the tail of the trigger source.
    pub purpose: String,
    pub subject: String,
    pub body: String,
    /// The code or temporary password in it, for reading it out; kept because nothing leaves the machine.
    pub code: Option<String>,
    pub created_at: UnixMillis,
}

impl Document for Message {
    const RECORD: &'static str = "message";
}

/// Adds a message.
pub fn put(_tx: &mut Tx<'_>, _message: &Message) -> Result<()> {
    todo!()
}
/// Returns up to `limit` messages, newest first, older than `before` when given; of one pool and to one address when given.
pub fn list(
    _r: &mut Reader<'_>,
    _pool: Option<&str>,
    _to: Option<&str>,
    _before: Option<&Uuid>,
    _limit: usize,
) -> Result<Vec<Message>> {
    todo!()
}
/// Keeps the newest `keep` messages; returns how many were removed (at most `batch`).
pub fn trim(_tx: &mut Tx<'_>, _keep: usize, _batch: usize) -> Result<usize> {
    todo!()
}

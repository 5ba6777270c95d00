//! Sessions of users, in pools that track them: one for each refresh token that counts, and
//! one for each browser that a hosted page signed in.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode};
use crate::store::{Reader, Result, Tx, Value};

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub user_pool_id: String,
    pub sub: Uuid,
    /// `tkn` or `sso` and 25 lower-case alphanumerics.
    pub id: String,
    pub client_id: Option<String>,
    pub created_at: UnixMillis,
    pub last_active_at: UnixMillis,
    /// Not listed from then on.
    pub expires_at: UnixMillis,
    /// What the user agent was taken for.
    pub device_type: Option<String>,
    pub last_ip: Option<String>,
    /// The browser session that a token session came of.
    pub origin_session_id: Option<String>,
    /// The family of tokens of a token session.
    pub origin_jti: Option<Uuid>,
    /// Until when a revocation of that family must be kept.
    pub revoked_until: UnixMillis,
}

impl Session {
    /// Tells whether it is one of a refresh token rather than of a browser.
    pub fn is_of_tokens(&self) -> bool {
        self.origin_jti.is_some()
    }
}

impl Document for Session {
    const RECORD: &'static str = "session";
}

/// Adds or replaces a session.
pub fn put(tx: &mut Tx<'_>, session: &Session) -> Result<()> {
    tx.execute(
        "INSERT INTO user_session (pool, sub, id, expires_at, format, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (pool, sub, id) DO UPDATE SET expires_at = excluded.expires_at,
            format = excluded.format, document = excluded.document",
        &[
            (&session.user_pool_id).into(),
            session.sub.into(),
            (&session.id).into(),
            session.expires_at.into(),
            Session::VERSION.into(),
            encode(session)?.into(),
        ],
    )?;
    Ok(())
}
/// Removes a session; `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, pool: &str, sub: &Uuid, id: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM user_session WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &[pool.into(), sub.into(), id.into()],
    )?;
    Ok(removed > 0)
}
/// Removes every session of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, pool: &str, sub: &Uuid) -> Result<()> {
    tx.execute(
        "DELETE FROM user_session WHERE pool = ?1 AND sub = ?2",
        &[pool.into(), sub.into()],
    )?;
    Ok(())
}
/// Reads a session of a user.
pub fn get(r: &mut Reader<'_>, pool: &str, sub: &Uuid, id: &str) -> Result<Option<Session>> {
    r.one(
        "SELECT format, document FROM user_session WHERE pool = ?1 AND sub = ?2 AND id = ?3",
        &[pool.into(), sub.into(), id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` sessions of a user that have not ended, by id.
pub fn of_user(
    r: &mut Reader<'_>,
    pool: &str,
    sub: &Uuid,
    now: UnixMillis,
    limit: usize,
) -> Result<Vec<Session>> {
    let params: [Value; 4] = [pool.into(), sub.into(), now.into(), count(limit)];
    documents(&r.all(
        "SELECT format, document FROM user_session
         WHERE pool = ?1 AND sub = ?2 AND expires_at > ?3 ORDER BY id LIMIT ?4",
        &params,
    )?)
}

//! Import jobs, their log, and how far each has come.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};
use crate::wire::idp;

/// An import job.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImportJob {
    pub user_pool_id: String,
    pub id: String,
    pub name: String,
    pub role_arn: String,
    pub status: idp::UserImportJobStatusType,
    pub password_hash: Option<idp::PasswordHashingAlgorithmType>,
    pub created_at: UnixMillis,
    pub started_at: Option<UnixMillis>,
    pub completed_at: Option<UnixMillis>,
    pub completion_message: Option<String>,
    pub imported: i64,
    pub skipped: i64,
    pub failed: i64,
    /// HMAC of the upload token in the pre-signed URL, and its end.
    pub upload_mac: Vec<u8>,
    pub upload_expires_at: UnixMillis,
    /// Name of the file under the engine's `uploads` folder, once uploaded.
    pub file: Option<String>,
    pub file_bytes: u64,
    /// Where reading goes on: the byte and the line after the last batch that was committed.
    pub next_byte: u64,
    pub next_line: u64,
}

impl Document for ImportJob {
    const RECORD: &'static str = "import job";
}

/// Adds or replaces a job.
pub fn put(_tx: &mut Tx<'_>, _job: &ImportJob) -> Result<()> {
    todo!()
}
/// Reads a job.
pub fn get(_r: &mut Reader<'_>, _pool: &str, _id: &str) -> Result<Option<ImportJob>> {
    todo!()
}
/// Returns up to `limit` jobs created before the key `after`, newest first, and the key of the last.
pub fn list(
    _r: &mut Reader<'_>,
    _pool: &str,
    _after: Option<&[u8]>,
    _limit: usize,
) -> Result<(Vec<ImportJob>, Option<Vec<u8>>)> {
    todo!()
}
/// Returns the jobs of every pool that are Pending, InProgress or Stopping.
pub fn active(_r: &mut Reader<'_>) -> Result<Vec<ImportJob>> {
    todo!()
}
/// Appends log lines.
pub fn log(_tx: &mut Tx<'_>, _pool: &str, _id: &str, _lines: &[(u64, String)]) -> Result<()> {
    todo!()
}
/// Returns up to `limit` log lines whose line number is greater than `after`.
pub fn log_lines(
    _r: &mut Reader<'_>,
    _pool: &str,
    _id: &str,
    _after: Option<u64>,
    _limit: usize,
) -> Result<Vec<(u64, String)>> {
    todo!()
}

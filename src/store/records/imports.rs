//! Import jobs, their log, and how far each has come.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, count, document, documents, encode, packed};
use crate::store::{Reader, Result, Tx, Value};
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
    #[serde(with = "packed")]
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
pub fn put(tx: &mut Tx<'_>, job: &ImportJob) -> Result<()> {
    let active = matches!(
        job.status,
        idp::UserImportJobStatusType::Pending
            | idp::UserImportJobStatusType::InProgress
            | idp::UserImportJobStatusType::Stopping
    );
    tx.execute(
        "INSERT INTO import_job (pool, id, created_at, active, format, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (pool, id) DO UPDATE SET created_at = excluded.created_at,
            active = excluded.active, format = excluded.format, document = excluded.document",
        &[
            (&job.user_pool_id).into(),
            (&job.id).into(),
            job.created_at.into(),
            active.into(),
            ImportJob::VERSION.into(),
            encode(job)?.into(),
        ],
    )?;
    Ok(())
}
/// Reads a job.
pub fn get(r: &mut Reader<'_>, pool: &str, id: &str) -> Result<Option<ImportJob>> {
    r.one(
        "SELECT format, document FROM import_job WHERE pool = ?1 AND id = ?2",
        &[pool.into(), id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Returns up to `limit` jobs created before the key `after`, newest first, and the key of the last.
pub fn list(
    r: &mut Reader<'_>,
    pool: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<ImportJob>, Option<Vec<u8>>)> {
    // The key: eight bytes of the creation time, big endian, then the id.
    let before = after.and_then(|key| {
        let (at, id) = key.split_first_chunk::<8>()?;
        Some((i64::from_be_bytes(*at), std::str::from_utf8(id).ok()?))
    });
    let (at, id) = before.unwrap_or((i64::MAX, ""));
    let rows = r.all(
        "SELECT format, document FROM import_job
         WHERE pool = ?1 AND (created_at, id) < (?2, ?3)
         ORDER BY created_at DESC, id DESC LIMIT ?4",
        &[pool.into(), at.into(), id.into(), count(limit.saturating_add(1))],
    )?;
    let mut jobs: Vec<ImportJob> = documents(&rows)?;
    let more = jobs.len() > limit;
    jobs.truncate(limit);
    let key = jobs.last().filter(|_| more).map(|job| {
        let mut key = job.created_at.0.to_be_bytes().to_vec();
        key.extend_from_slice(job.id.as_bytes());
        key
    });
    Ok((jobs, key))
}
/// Returns the jobs of every pool that are Pending, InProgress or Stopping.
pub fn active(r: &mut Reader<'_>) -> Result<Vec<ImportJob>> {
    documents(&r.all(
        "SELECT format, document FROM import_job WHERE active = 1 ORDER BY pool, id",
        &[],
    )?)
}
/// Adds log lines by their line number; a later text for the same line replaces the earlier,
/// so that a batch that is run again after a restart leaves no line twice.
pub fn log(tx: &mut Tx<'_>, pool: &str, id: &str, lines: &[(u64, String)]) -> Result<()> {
    for (line, text) in lines {
        tx.execute(
            "INSERT INTO import_log (pool, job, line, text) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (pool, job, line) DO UPDATE SET text = excluded.text",
            &[pool.into(), id.into(), number(*line), text.into()],
        )?;
    }
    Ok(())
}
/// Returns up to `limit` log lines whose line number is greater than `after`.
pub fn log_lines(
    r: &mut Reader<'_>,
    pool: &str,
    id: &str,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, String)>> {
    let after = after.map_or(Value::Int(-1), number);
    r.all(
        "SELECT line, text FROM import_log
         WHERE pool = ?1 AND job = ?2 AND line > ?3 ORDER BY line LIMIT ?4",
        &[pool.into(), id.into(), after, count(limit)],
    )?
    .iter()
    .map(|row| Ok((u64::try_from(row.int(0)?).unwrap_or(0), row.text(1)?.to_owned())))
    .collect()
}

fn number(line: u64) -> Value {
    Value::Int(i64::try_from(line).unwrap_or(i64::MAX))
}

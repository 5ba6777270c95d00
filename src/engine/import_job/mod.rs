//! Import jobs: made, given a file, started, run in batches, stopped, kept.
//!
//! A job is a record and a file. The record says how far reading has come; it is written in
//! the same transaction as the users of a batch and their log lines, so a job that was cut
//! off at any point goes on at the next row, and no row is imported twice. What is here is
//! the life cycle; [`run`] does the work, [`files`] minds the uploads.
//!
//! Source: user pools API reference, CreateUserImportJob; developer guide, "Importing users
//! from a CSV file".

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::attributes;
use crate::rules::import::{MAX_FILE_BYTES, header, row};
use crate::store::records::imports::{self, ImportJob};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::{self, Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{UserImportJobStatusType as Status, UserImportJobType, VerifiedAttributeType};

mod files;
pub mod run;

pub use files::{Upload, Uploads, sweep};
pub use run::Limits;

/// How long the upload URL of a job is valid.
pub const URL_VALID_FOR_SECS: i64 = 15 * 60;
/// How long a job waits to be started. (The vendor says 24 to 48 hours.)
pub const STARTABLE_FOR_SECS: i64 = 24 * 3600;
/// How many jobs a user pool keeps.
pub const MAX_JOBS: usize = 1000;

/// How long after its URL ran out an upload may still be arriving.
const PART_KEPT_MILLIS: i64 = 3600 * 1000;

/// Characters of an upload token: 238 bits.
const TOKEN_CHARS: usize = 40;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Makes a job. Returns it with the URL its file is put to; the URL is not known again later.
///
/// # Errors
///
/// `ResourceNotFoundException`, `LimitExceededException` for more than [`MAX_JOBS`].
pub async fn create(cx: &Cx, job: ImportJob) -> Result<(ImportJob, String)> {
    let now = cx.now();
    let id = ids::import_job_id(cx.rng());
    let token = cx.rng().string(ALPHABET, TOKEN_CHARS);
    let url = format!(
        "{}/imports/{}/{id}?token={token}",
        cx.engine.endpoint(),
        job.user_pool_id
    );
    let engine = Arc::clone(&cx.engine);
    let job = cx
        .engine
        .store
        .transact("create_import_job", move |tx| {
            let pool = pool(tx, &job.user_pool_id)?;
            if imports::list(tx, &pool.id, None, MAX_JOBS)?.0.len() >= MAX_JOBS {
                return Err(Error::new(
                    Code::LimitExceededException,
                    format!("A user pool keeps at most {MAX_JOBS} import jobs."),
                ));
            }
            let job = ImportJob {
                id: id.clone(),
                status: Status::Created,
                created_at: now,
                upload_mac: upload_mac(&engine, tx, &pool.id, &id, &token)?,
                upload_expires_at: now.plus_secs(URL_VALID_FOR_SECS),
                ..job.clone()
            };
            imports::put(tx, &job)?;
            Ok(job)
        })
        .await?;
    Ok((job, url))
}

/// Reads a job.
///
/// # Errors
///
/// `ResourceNotFoundException` for an unknown pool, or a job that is not of this pool.
pub async fn get(cx: &Cx, user_pool_id: String, job_id: String) -> Result<ImportJob> {
    let now = cx.now();
    cx.engine
        .store
        .read(move |r| {
            pool(r, &user_pool_id)?;
            Ok(as_of(now, job_in(r, &user_pool_id, &job_id)?))
        })
        .await
}

/// Returns the columns of a user pool's file, in the vendor's order.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub async fn csv_header(cx: &Cx, user_pool_id: String) -> Result<Vec<String>> {
    cx.engine
        .store
        .read(move |r| {
            let pool = pool(r, &user_pool_id)?;
            Ok(header::template(&attributes::schema_of(&pool.settings)))
        })
        .await
}

/// Starts a job and its work in the background.
///
/// # Errors
///
/// As [`begin`].
pub async fn start(cx: &Cx, user_pool_id: String, job_id: String) -> Result<ImportJob> {
    let job = begin(&cx.engine, user_pool_id, job_id).await?;
    run::spawn(&cx.engine, &job);
    Ok(job)
}

/// Marks a job as Pending; the work is left to [`run`].
///
/// # Errors
///
/// `ResourceNotFoundException`; `PreconditionNotMetException` when the job was started before
/// or has expired, has no file, another job is at work in the Region, or the user pool
/// verifies no attribute.
pub async fn begin(engine: &Arc<Engine>, user_pool_id: String, job_id: String) -> Result<ImportJob> {
    let now = engine.clock.now();
    engine
        .store
        .transact("start_import_job", move |tx| {
            let pool = pool(tx, &user_pool_id)?;
            let job = as_of(now, job_in(tx, &user_pool_id, &job_id)?);
            if job.status != Status::Created {
                return Err(unmet(format!(
                    "The import job cannot be started: its status is {}.",
                    job.status
                )));
            }
            if job.file.is_none() {
                return Err(unmet("The CSV file of the import job has not been uploaded."));
            }
            if !verifies_anything(&pool) {
                return Err(unmet(
                    "The user pool must have at least one auto verified attribute to import users.",
                ));
            }
            for other in imports::active(tx)? {
                let region = user_pools::get(tx, &other.user_pool_id)?.map(|other| other.region);
                if region.as_ref() == Some(&pool.region) {
                    return Err(unmet("Another import job is active; there can be one at a time."));
                }
            }
            let job = ImportJob {
                status: Status::Pending,
                started_at: Some(now),
                next_byte: 0,
                next_line: 1,
                ..job
            };
            imports::put(tx, &job)?;
            Ok(job)
        })
        .await
}

/// Asks a job to stop after the batch it is at. A stopped job does not start again.
///
/// # Errors
///
/// `ResourceNotFoundException`; `PreconditionNotMetException` when the job is not at work.
pub async fn stop(cx: &Cx, user_pool_id: String, job_id: String) -> Result<ImportJob> {
    let now = cx.now();
    cx.engine
        .store
        .transact("stop_import_job", move |tx| {
            pool(tx, &user_pool_id)?;
            let job = as_of(now, job_in(tx, &user_pool_id, &job_id)?);
            match job.status {
                Status::Stopping => return Ok(job),
                Status::Pending | Status::InProgress => {}
                _ => {
                    return Err(unmet(format!(
                        "The import job cannot be stopped: its status is {}.",
                        job.status
                    )));
                }
            }
            let job = ImportJob {
                status: Status::Stopping,
                ..job
            };
            imports::put(tx, &job)?;
            Ok(job)
        })
        .await
}

/// Tells whether an import is at work in a user pool. Its settings and schema then stay as
/// they are: what would change them answers `UserImportInProgressException`.
///
/// # Errors
///
/// The store's failure.
pub fn is_running(r: &mut Reader<'_>, user_pool_id: &str) -> store::Result<bool> {
    Ok(imports::active(r)?
        .iter()
        .any(|job| job.user_pool_id == user_pool_id))
}

/// Takes up the jobs that were at work when the engine last ended, and clears away uploads
/// that nothing needs any more. Call it once, when an engine has been opened.
pub async fn resume_all(engine: &Arc<Engine>) {
    match engine.store.read(imports::active).await {
        Ok(jobs) => {
            for job in jobs {
                run::spawn(engine, &job);
            }
        }
        Err(reason) => tracing::error!(%reason, "import jobs could not be taken up again"),
    }
    if let Err(reason) = sweep(engine).await {
        tracing::warn!(error = ?reason, "old uploads stay for now");
    }
}

/// Checks an upload URL and returns where the file is to be written to. An upload to the same job
/// that is still arriving is ended.
///
/// The caller bounds what it writes by [`MAX_FILE_BYTES`], then calls [`finish_upload`], or
/// removes the file.
///
/// # Errors
///
/// `NotAuthorizedException` for a wrong or an old token, whichever part of the URL is wrong;
/// `PreconditionNotMetException` for a job that no longer takes a file.
pub async fn begin_upload(
    engine: &Arc<Engine>,
    user_pool_id: &str,
    job_id: &str,
    token: &str,
) -> Result<Upload> {
    let now = engine.clock.now();
    let (pool_id, id, token) = (user_pool_id.to_owned(), job_id.to_owned(), token.to_owned());
    let with_keys = Arc::clone(engine);
    let job: ImportJob = engine
        .store
        .read(move |r| {
            let refused = || Error::not_authorized("The upload URL is not valid.");
            if user_pools::get(r, &pool_id)?.is_none() {
                return Err(refused());
            }
            let job = imports::get(r, &pool_id, &id)?.ok_or_else(refused)?;
            let mac = upload_mac(&with_keys, r, &pool_id, &id, &token)?;
            if !bool::from(subtle::ConstantTimeEq::ct_eq(
                mac.as_slice(),
                job.upload_mac.as_slice(),
            )) {
                return Err(refused());
            }
            Ok(job)
        })
        .await?;
    if now.since(job.upload_expires_at) > 0 {
        return Err(Error::not_authorized("The upload URL has expired."));
    }
    if job.status != Status::Created {
        return Err(unmet("The import job no longer takes a file."));
    }
    files::new_part(engine, &job).await
}

/// Keeps an uploaded file as that of a job, in place of an earlier one: flushed, renamed, recorded.
///
/// # Errors
///
/// `InvalidParameterException` for an empty file or one over [`MAX_FILE_BYTES`];
/// `PreconditionNotMetException` when the job was started meanwhile; `InternalErrorException`
/// when the disk fails. The temporary file is gone then.
pub async fn finish_upload(
    engine: &Arc<Engine>,
    user_pool_id: &str,
    job_id: &str,
    temporary: PathBuf,
    bytes: u64,
) -> Result<()> {
    if bytes == 0 || bytes > MAX_FILE_BYTES {
        files::remove(&temporary).await;
        return Err(Error::invalid(if bytes == 0 {
            "The file is empty.".to_owned()
        } else {
            format!("The file is larger than {MAX_FILE_BYTES} bytes.")
        }));
    }
    let name = files::keep(temporary).await?;
    let (pool_id, id, file) = (user_pool_id.to_owned(), job_id.to_owned(), name.clone());
    let recorded = engine
        .store
        .transact("record_upload", move |tx| {
            let job = job_in(tx, &pool_id, &id)?;
            if job.status != Status::Created {
                return Err(unmet("The import job no longer takes a file."));
            }
            let earlier = job.file.clone();
            let job = ImportJob {
                file: Some(file.clone()),
                file_bytes: bytes,
                ..job
            };
            imports::put(tx, &job)?;
            Ok(earlier)
        })
        .await;
    let (unneeded, outcome) = match recorded {
        Ok(earlier) => (earlier, Ok(())),
        Err(refused) => (Some(name), Err(refused)),
    };
    if let Some(unneeded) = unneeded {
        files::remove(&files::path(engine, &unneeded)).await;
    }
    outcome
}

/// Puts a file to an upload URL of this engine, without a network between them.
///
/// # Errors
///
/// As [`begin_upload`] and [`finish_upload`].
pub async fn upload(engine: &Arc<Engine>, url: &str, file: &Path) -> Result<()> {
    let parts = || -> Option<(&str, &str, &str)> {
        let (_, path) = url.split_once("/imports/")?;
        let (path, token) = path.split_once("?token=")?;
        let (user_pool_id, job_id) = path.split_once('/')?;
        Some((user_pool_id, job_id, token))
    };
    let (user_pool_id, job_id, token) =
        parts().ok_or_else(|| Error::not_authorized("The upload URL is not valid."))?;
    let unreadable = |reason: std::io::Error| Error::invalid(format!("The file cannot be read: {reason}."));
    let bytes = tokio::fs::metadata(file).await.map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(Error::invalid(format!(
            "The file is larger than {MAX_FILE_BYTES} bytes."
        )));
    }
    let upload = begin_upload(engine, user_pool_id, job_id, token).await?;
    match tokio::fs::copy(file, &upload.file).await {
        Ok(copied) => finish_upload(engine, user_pool_id, job_id, upload.file, copied).await,
        Err(reason) => {
            files::remove(&upload.file).await;
            Err(unreadable(reason))
        }
    }
}

/// Returns a job as it travels. The URL goes out only in the answer that made it.
pub fn view(job: ImportJob, url: Option<String>) -> UserImportJobType {
    UserImportJobType {
        job_name: Some(job.name),
        job_id: Some(job.id),
        user_pool_id: Some(job.user_pool_id),
        pre_signed_url: url,
        creation_date: Some(job.created_at.into()),
        start_date: job.started_at.map(Into::into),
        completion_date: job.completed_at.map(Into::into),
        status: Some(job.status),
        cloud_watch_logs_role_arn: Some(job.role_arn),
        imported_users: Some(job.imported),
        skipped_users: Some(job.skipped),
        failed_users: Some(job.failed),
        completion_message: job.completion_message,
        password_hashing_algorithm: job.password_hash,
    }
}

/// Returns a job as it stands at `now`: one that was never started is Expired after its time.
pub fn as_of(now: UnixMillis, job: ImportJob) -> ImportJob {
    let ends_at = job.created_at.plus_secs(STARTABLE_FOR_SECS);
    if job.status != Status::Created || now.since(ends_at) < 0 {
        return job;
    }
    ImportJob {
        status: Status::Expired,
        completed_at: Some(ends_at),
        completion_message: Some("The import job was not started in time.".to_owned()),
        ..job
    }
}

fn pool(r: &mut Reader<'_>, id: &str) -> Result<UserPool> {
    user_pools::get(r, id)?.ok_or_else(|| Error::no_user_pool(id))
}

fn job_in(r: &mut Reader<'_>, user_pool_id: &str, job_id: &str) -> Result<ImportJob> {
    imports::get(r, user_pool_id, job_id)?
        .ok_or_else(|| Error::not_found(format!("User import job {job_id} does not exist.")))
}

fn verifies_anything(pool: &UserPool) -> bool {
    let verified = pool
        .settings
        .auto_verified_attributes
        .as_deref()
        .unwrap_or_default();
    verified.iter().any(|attribute| {
        matches!(
            attribute,
            VerifiedAttributeType::Email | VerifiedAttributeType::PhoneNumber
        )
    })
}

fn upload_mac(
    engine: &Engine,
    r: &mut Reader<'_>,
    user_pool_id: &str,
    job_id: &str,
    token: &str,
) -> Result<Vec<u8>> {
    let keys = engine.keys_of(r, user_pool_id)?;
    let parts = [job_id.as_bytes(), token.as_bytes()];
    Ok(keys.mac("import upload", &parts).to_vec())
}

fn unmet(message: impl Into<String>) -> Error {
    Error::new(Code::PreconditionNotMetException, message)
}

/// Returns the names of the uploads that jobs still need.
fn needed(now: UnixMillis, tx: &mut Tx<'_>, names: &[String]) -> store::Result<BTreeSet<String>> {
    let mut needed = BTreeSet::new();
    for name in names {
        let Some((user_pool_id, job_id)) = files::owner(name) else {
            continue;
        };
        let Some(job) = imports::get(tx, user_pool_id, job_id)?.map(|job| as_of(now, job)) else {
            continue;
        };
        let is_file = job.file.as_ref() == Some(name);
        let is_waiting = job.status == Status::Created;
        let is_at_work = matches!(
            job.status,
            Status::Pending | Status::InProgress | Status::Stopping
        );
        // A part may still be on its way when its URL has just run out.
        let is_part = files::is_part(name) && now.since(job.upload_expires_at) < PART_KEPT_MILLIS;
        if (is_file && (is_waiting || is_at_work)) || (is_part && is_waiting) {
            needed.insert(name.clone());
        }
    }
    Ok(needed)
}

/// Returns the reason that a header is refused, as the completion message of a job.
fn refused_header(findings: &[crate::rules::finding::Finding]) -> String {
    row::reason(findings).chars().take(1000).collect()
}

//! Uploads for import jobs: `PUT /imports/<user pool id>/<job id>?token=…`, the pre-signed
//! URL that `CreateUserImportJob` gives.
//!
//! The token is all the proof there is, as with the vendor. Its clients send
//! `x-amz-server-side-encryption: aws:kms`; the header is taken but not asked for, so that
//! `curl -T` works.

use std::path::Path as FilePath;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncWriteExt, BufWriter};
use tracing::{error, info};

use super::bodies::{announced, discard};
use super::{App, Peer};
use crate::engine::{Error, import_job};
use crate::rules::import::MAX_FILE_BYTES;
use crate::wire::fault::Code;

/// A caller may pause this long.
const PAUSE_TIME: Duration = Duration::from_secs(30);
/// The whole upload may take this long: 100 MB at about half a megabit a second.
const WHOLE_TIME: Duration = Duration::from_secs(30 * 60);

#[derive(Deserialize)]
pub struct Asked {
    token: String,
}

/// Takes a file. It counts once it is flushed to disk and written down in the job.
pub async fn upload(
    State(app): State<App>,
    Path((user_pool_id, job_id)): Path<(String, String)>,
    Query(Asked { token }): Query<Asked>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let engine = &app.engine;
    let (parts, body) = request.into_parts();
    let mut upload = match import_job::begin_upload(engine, &user_pool_id, &job_id, &token).await {
        Ok(upload) => upload,
        Err(refused) => {
            discard(&peer, body, 4 * 1024 * 1024).await;
            return answer(&refused);
        }
    };
    let temporary = upload.file.clone();
    let receiving = tokio::time::timeout(WHOLE_TIME, receive(&peer, &parts.headers, body, &temporary));
    let received = tokio::select! {
        received = receiving => {
            received.unwrap_or_else(|_| Err(Error::invalid("The upload took too long.")))
        }
        () = upload.replaced() => Err(Error::new(
            Code::PreconditionNotMetException,
            "Another upload to the import job has begun.",
        )),
    };
    let bytes = match received {
        Ok(bytes) => bytes,
        Err(failed) => {
            let _ = tokio::fs::remove_file(&temporary).await;
            return answer(&failed);
        }
    };
    match import_job::finish_upload(engine, &user_pool_id, &job_id, temporary, bytes).await {
        Ok(()) => {
            info!(user_pool = %user_pool_id, job = %job_id, bytes, "a file for an import job arrived");
            StatusCode::OK.into_response()
        }
        Err(failed) => answer(&failed),
    }
}

/// Writes the body to a file of its own and returns how many bytes there were.
async fn receive(peer: &Peer, headers: &HeaderMap, mut body: Body, to: &FilePath) -> Result<u64, Error> {
    let too_large = || {
        Error::new(
            Code::RequestEntityTooLargeException,
            format!("The file is larger than {MAX_FILE_BYTES} bytes."),
        )
    };
    if announced(headers).is_some_and(|length| length > MAX_FILE_BYTES) {
        discard(peer, body, 4 * 1024 * 1024).await;
        return Err(too_large());
    }
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(to).await.map_err(Error::internal)?;
    let mut file = BufWriter::with_capacity(256 * 1024, file);
    let mut bytes = 0_u64;
    loop {
        let pause = peer.place.pause();
        let frame = tokio::time::timeout(PAUSE_TIME, body.frame()).await;
        drop(pause);
        let frame = frame.map_err(|_| Error::invalid("The upload paused for too long."))?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| Error::invalid("The upload broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        bytes = bytes.saturating_add(data.len() as u64);
        if bytes > MAX_FILE_BYTES {
            discard(peer, body, 4 * 1024 * 1024).await;
            return Err(too_large());
        }
        file.write_all(&data).await.map_err(Error::internal)?;
    }
    file.flush().await.map_err(Error::internal)?;
    Ok(bytes)
}

fn answer(failed: &Error) -> Response {
    let status = match failed.code() {
        Code::NotAuthorizedException => StatusCode::FORBIDDEN,
        Code::PreconditionNotMetException => StatusCode::CONFLICT,
        other => StatusCode::from_u16(other.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    if status.is_server_error() {
        error!(error = ?failed, "an upload failed");
    }
    (
        status,
        Json(json!({"__type": failed.code().as_str(), "message": failed.message()})),
    )
        .into_response()
}

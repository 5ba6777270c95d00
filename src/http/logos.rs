//! Logos of the classic branding: `/<user pool id>/assets/<logo id>.<png|jpg>`.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::error;

use super::App;
use crate::engine::logos;

/// Answers a logo. The name changes with the picture, so the answer may be kept for long.
pub async fn logo(State(app): State<App>, Path((user_pool_id, file)): Path<(String, String)>) -> Response {
    let found = logos::find(&app.engine, &user_pool_id, &file).await;
    match found {
        Ok(Some((kind, bytes))) => (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                // Opened by itself it is a picture and nothing more.
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ],
            bytes,
        )
            .into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such picture.\n").into_response(),
        Err(failed) => {
            error!(error = ?failed, "a logo was not read");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n").into_response()
        }
    }
}

//! Logos of the classic branding: `/<user pool id>/assets/<logo id>.<png|jpg>`.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::error;

use super::App;
use crate::engine::Error;
use crate::store::records::ui_customization;

/// Answers a logo. The name changes with the picture, so the answer may be kept for long.
pub async fn logo(State(app): State<App>, Path((user_pool_id, file)): Path<(String, String)>) -> Response {
    let absent = || (StatusCode::NOT_FOUND, "There is no such picture.\n").into_response();
    let Some((logo_id, extension)) = file.split_once('.') else {
        return absent();
    };
    let wanted = match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => return absent(),
    };
    let logo_id = logo_id.to_owned();
    let found = app
        .engine
        .store
        .read(move |r| ui_customization::logo(r, &user_pool_id, &logo_id).map_err(Error::from))
        .await;
    match found {
        Ok(Some((kind, bytes))) if kind == wanted => (
            [
                (header::CONTENT_TYPE, wanted),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                // Opened by itself it is a picture and nothing more.
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ],
            bytes,
        )
            .into_response(),
        Ok(_) => absent(),
        Err(failed) => {
            error!(error = ?failed, "a logo was not read");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n").into_response()
        }
    }
}

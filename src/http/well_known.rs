//! Keys and discovery of a user pool, under `/<user pool id>/.well-known/`, and of identity
//! pools, which share theirs, under `/cognito-identity/.well-known/`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tracing::error;

use super::App;
use crate::engine::auth::keys;
use crate::engine::identity::open_id;
use crate::engine::{Error, Result};
use crate::store::records::user_pools;

/// Answers the JSON Web Key Set. Source: RFC 7517.
pub async fn jwks(State(app): State<App>, Path(user_pool_id): Path<String>) -> Response {
    answer(keys::jwks(&app.engine, &user_pool_id).await)
}

/// Answers the provider's description. Source: OpenID Connect Discovery 1.0 §3.
///
/// A pool without a domain has no authorization endpoint, so the members that name
/// endpoints are left out.
pub async fn openid_configuration(State(app): State<App>, Path(user_pool_id): Path<String>) -> Response {
    let engine = &app.engine;
    let found = engine
        .store
        .read(move |r| user_pools::get(r, &user_pool_id).map_err(Error::from))
        .await;
    answer(found.map(|pool| {
        pool.map(|pool| {
            json!({
                "id_token_signing_alg_values_supported": ["RS256"],
                "issuer": engine.issuer_of(&pool),
                "jwks_uri": format!("{}/{}/.well-known/jwks.json", engine.endpoint(), pool.id),
                "response_types_supported": ["code", "token"],
                "scopes_supported": ["openid", "email", "phone", "profile"],
                "subject_types_supported": ["public"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            })
        })
    }))
}

/// Answers the key set of identity pools' tokens.
pub async fn identity_jwks(State(app): State<App>) -> Response {
    answer(open_id::jwks(&app.engine).await)
}

/// Answers the description of identity pools as an issuer.
pub async fn identity_configuration(State(app): State<App>) -> Response {
    answer(Ok(Some(open_id::discovery(&app.engine))))
}

fn answer(document: Result<Option<Value>>) -> Response {
    match document {
        Ok(Some(document)) => (
            [
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                // Short: a pool may be deleted and its issuer changed.
                (header::CACHE_CONTROL, "public, max-age=60"),
            ],
            Json(document),
        )
            .into_response(),
        Ok(None) => (
            StatusCode::NOT_FOUND,
            Json(json!({"message": "User pool does not exist."})),
        )
            .into_response(),
        Err(failed) => {
            error!(error = ?failed, "a document was not written");
            let status = StatusCode::from_u16(failed.code().status());
            let status = match status {
                // Too many requests, mostly: worth asking again.
                Ok(status) if status.is_client_error() => StatusCode::SERVICE_UNAVAILABLE,
                Ok(status) => status,
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, Json(json!({"message": failed.message()}))).into_response()
        }
    }
}

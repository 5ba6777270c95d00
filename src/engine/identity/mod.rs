//! Identity pools: who a caller is to a pool, which role that gives, and what proves it.
//!
//! [`logins`] checks the tokens a call presents, [`linking`] finds or makes the identity they
//! lead to, [`open_id`] signs what says so, and [`credentials`] chooses the role and gives
//! temporary credentials for it. The handlers in `ops::identity` put these together.
//!
//! What the vendor leaves to IAM is said when the program starts ([`Setup`]): which OpenID
//! Connect providers and clients are known, and which roles may administer this engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::auth::keys::{self, OpenKeys};
use super::{Caller, Cx, Engine, Error, Result};
use crate::store::Reader;
use crate::store::records::identity_pools::{self, IdentityPool};
use crate::store::records::pool_identities::{self as identities, Identity};
use crate::store::records::signing_keys::{self, Algorithm};

pub mod credentials;
pub mod linking;
pub mod logins;
pub mod open_id;
pub mod remote_sts;
pub mod standing;

/// Under which name the keys of this engine's identity tokens and sessions are kept. No user
/// pool's id is like it: those hold an underscore.
pub const KEYS: &str = "cognito-identity";

/// What stands in for IAM; given when the program starts.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// OpenID Connect providers by name, which is the issuer without its scheme. Default: none.
    pub oidc_providers: BTreeMap<String, OidcProvider>,
    /// The security token service that gives credentials instead of this engine. Default: none.
    pub sts_endpoint: Option<String>,
    /// ARNs of the roles whose credentials may call every signed operation. Default: none.
    pub admin_roles: Vec<String>,
}

/// An OpenID Connect provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcProvider {
    /// Its issuer, as `iss` and discovery have it.
    pub issuer: String,
    /// The audiences whose tokens count.
    pub client_ids: Vec<String>,
}

impl Setup {
    /// Adds a client of an OpenID Connect provider.
    pub fn add_oidc_client(&mut self, issuer: &str, client_id: &str) {
        let name = issuer.split_once("://").map_or(issuer, |(_, name)| name);
        let provider = self
            .oidc_providers
            .entry(name.trim_end_matches('/').to_owned())
            .or_default();
        provider.issuer = issuer.to_owned();
        provider.client_ids.push(client_id.to_owned());
    }
}

/// Reads an identity pool. One of another Region is not found by a signed call, which names its own.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub fn pool_in(cx: &Cx, r: &mut Reader<'_>, id: &str) -> Result<IdentityPool> {
    let elsewhere = match &cx.caller {
        Caller::AccessKey(_) | Caller::Role(_) => id.split(':').next() != Some(&*cx.region),
        Caller::Console | Caller::Token | Caller::Public => false,
    };
    identity_pools::get(r, id)?
        .filter(|_| !elsewhere)
        .ok_or_else(|| Error::not_found(format!("IdentityPool '{id}' not found.")))
}

/// Reads an identity and its pool.
///
/// # Errors
///
/// `ResourceNotFoundException`, also when the identity's pool was deleted.
pub fn identity_in(cx: &Cx, r: &mut Reader<'_>, id: &str) -> Result<(IdentityPool, Identity)> {
    let absent = || Error::not_found(format!("Identity '{id}' not found."));
    let identity = identities::get(r, id)?.ok_or_else(absent)?;
    let pool = pool_in(cx, r, &identity.identity_pool_id).map_err(|_| absent())?;
    Ok((pool, identity))
}

/// Reads an identity and its pool in a store job of its own.
///
/// # Errors
///
/// As [`identity_in`].
pub async fn find_identity(cx: &Cx, id: &str) -> Result<(IdentityPool, Identity)> {
    let (within, id) = (cx.clone(), id.to_owned());
    cx.engine.store.read(move |r| identity_in(&within, r, &id)).await
}

/// The refusal of whoever may not act for an identity.
pub fn forbidden(identity_id: &str) -> Error {
    Error::not_authorized(format!("Access to Identity '{identity_id}' is forbidden."))
}

/// The refusal of a guest where none are let in.
pub fn no_guests() -> Error {
    Error::not_authorized("Unauthenticated access is not supported for this identity pool.")
}

/// Returns the keys of identity tokens and sessions, made on first use.
///
/// # Errors
///
/// `InternalErrorException` when they cannot be made or opened.
pub async fn keys(engine: &Arc<Engine>) -> Result<Arc<OpenKeys>> {
    if let Some(keys) = stored_keys(engine).await? {
        return Ok(keys);
    }
    let made = signing_keys::PoolKeys {
        algorithm: Algorithm::Rs512,
        ..keys::create(engine, KEYS).await?
    };
    engine
        .store
        .transact("make_identity_keys", move |tx| -> Result<()> {
            // Whoever came first made the ones that count.
            if signing_keys::get(tx, KEYS)?.is_none() {
                signing_keys::put(tx, &made)?;
            }
            Ok(())
        })
        .await?;
    stored_keys(engine)
        .await?
        .ok_or_else(|| Error::internal("the keys of identity pools are not there"))
}

/// Returns the same keys when they have been made.
///
/// # Errors
///
/// As [`keys`].
pub async fn stored_keys(engine: &Arc<Engine>) -> Result<Option<Arc<OpenKeys>>> {
    let within = Arc::clone(engine);
    engine
        .store
        .read(move |r| match signing_keys::get(r, KEYS)? {
            Some(_) => within.keys_of(r, KEYS).map(Some),
            None => Ok(None),
        })
        .await
}

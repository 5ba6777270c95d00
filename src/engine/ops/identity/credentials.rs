//! What an app asks for without a signature: an identity, a token, credentials.

use std::collections::BTreeMap;

use crate::base::secret::Secret;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::linking::{self, Wanted};
use crate::engine::identity::logins::{self, Of, Proof};
use crate::engine::identity::{
    credentials, find_identity, forbidden, identity_in, no_guests, open_id, pool_in,
};
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_pools::OWN_PROVIDER;
use crate::store::records::identity_pools::IdentityPool;
use crate::store::records::pool_identities::{Identity, Login};
use crate::wire::NoOutput;
use crate::wire::identity::{
    GetCredentialsForIdentityInput, GetCredentialsForIdentityResponse, GetIdInput, GetIdResponse,
    GetOpenIdTokenInput, GetOpenIdTokenResponse, UnlinkIdentityInput,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetIdInput>(),
    Route::of::<GetCredentialsForIdentityInput>(),
    Route::of::<GetOpenIdTokenInput>(),
    Route::of::<UnlinkIdentityInput>(),
];

/// Without logins every call makes a guest.
impl Handler for GetIdInput {
    async fn handle(self, cx: &Cx) -> Result<GetIdResponse> {
        let (within, pool_id) = (cx.clone(), self.identity_pool_id);
        let pool = cx
            .engine
            .store
            .read(move |r| pool_in(&within, r, &pool_id))
            .await?;
        let logins = self.logins.unwrap_or_default();
        let identity = if logins.is_empty() {
            if !pool.settings.allow_unauthenticated_identities {
                return Err(no_guests());
            }
            linking::guest(cx, &pool).await?
        } else {
            let proofs = logins::check(cx, &pool, &logins).await?;
            linking::resolve(cx, &pool, wanted(&pool, None, proofs)).await?
        };
        Ok(GetIdResponse {
            identity_id: Some(identity.id),
        })
    }
}

impl Handler for GetCredentialsForIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<GetCredentialsForIdentityResponse> {
        let Known {
            pool,
            identity,
            proofs,
        } = known(cx, self.identity_id, self.logins).await?;
        let role = self.custom_role_arn.as_deref();
        let given = credentials::give(cx, &pool, &identity, &proofs, role).await?;
        Ok(GetCredentialsForIdentityResponse {
            identity_id: Some(identity.id),
            credentials: Some(given.into()),
        })
    }
}

impl Handler for GetOpenIdTokenInput {
    async fn handle(self, cx: &Cx) -> Result<GetOpenIdTokenResponse> {
        let (pool, _) = find_identity(cx, &self.identity_id).await?;
        // A pool that never said so is refused as well, as the guide has it; the service itself
        // has been observed to let one pass.
        if pool.settings.allow_classic_flow != Some(true) {
            return Err(Error::invalid(
                "Basic (classic) flow is not enabled, please use enhanced flow.",
            ));
        }
        if !pool.role_mappings.is_empty() {
            return Err(Error::invalid(
                "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
            ));
        }
        let Known {
            pool,
            identity,
            proofs,
        } = known(cx, self.identity_id, self.logins).await?;
        let tags = credentials::tags(&pool, &proofs);
        let secs = open_id::VALID_FOR_SECS;
        let token = open_id::issue(cx, &pool, &identity, &proofs, &tags, secs).await?;
        Ok(GetOpenIdTokenResponse {
            identity_id: Some(identity.id),
            token: Some(token),
        })
    }
}

/// Any login of the identity may take away any; after the last one nobody reaches it.
impl Handler for UnlinkIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let (pool, _) = find_identity(cx, &self.identity_id).await?;
        if self.logins.is_empty() {
            return Err(forbidden(&self.identity_id));
        }
        let proofs = logins::check(cx, &pool, &self.logins).await?;
        let (within, now) = (cx.clone(), cx.now());
        cx.engine
            .store
            .transact("UnlinkIdentity", move |tx| -> Result<()> {
                let (_, mut identity) = identity_in(&within, tx, &self.identity_id)?;
                if identity.disabled || !proofs.iter().any(|proof| is_of(proof, &identity)) {
                    return Err(forbidden(&identity.id));
                }
                let removed: Vec<Login> = identity
                    .logins
                    .iter()
                    .filter(|login| self.logins_to_remove.contains(&login.provider))
                    .cloned()
                    .collect();
                for login in &removed {
                    linking::unlink(tx, &mut identity, login, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

/// Tells whether what is proven is the identity, or a user it is linked with.
fn is_of(proof: &Proof, identity: &Identity) -> bool {
    match &proof.of {
        Of::Identity(id) => *id == identity.id,
        Of::User(login) => identity.logins.contains(login),
    }
}

/// An identity whose caller is known, as far as a guest can be.
struct Known {
    pool: IdentityPool,
    identity: Identity,
    proofs: Vec<Proof>,
}

/// Checks who calls for an identity and links what the call proves; the identity that comes
/// back may be another one.
async fn known(cx: &Cx, identity_id: String, logins: Option<BTreeMap<String, Secret>>) -> Result<Known> {
    let (pool, identity) = find_identity(cx, &identity_id).await?;
    let logins = logins.unwrap_or_default();
    if logins.is_empty() {
        if !identity.logins.is_empty() || identity.disabled {
            return Err(forbidden(&identity_id));
        }
        if !pool.settings.allow_unauthenticated_identities {
            return Err(no_guests());
        }
        return Ok(Known {
            pool,
            identity,
            proofs: Vec::new(),
        });
    }
    let proofs = logins::check(cx, &pool, &logins).await?;
    let identity = linking::resolve(cx, &pool, wanted(&pool, Some(identity_id), proofs.clone())).await?;
    Ok(Known {
        pool,
        identity,
        proofs,
    })
}

fn wanted(pool: &IdentityPool, identity_id: Option<String>, proofs: Vec<Proof>) -> Wanted {
    debug_assert!(proofs.iter().all(|proof| match &proof.of {
        Of::User(_) => pool.settings.developer_provider_name.as_deref() != Some(&proof.provider),
        Of::Identity(_) => proof.provider == OWN_PROVIDER,
    }));
    Wanted {
        identity_id,
        proofs,
        developer: pool.settings.developer_provider_name.clone(),
        is_developer: false,
    }
}

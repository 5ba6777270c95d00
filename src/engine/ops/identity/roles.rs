//! Operations on the roles an identity pool gives, and on principal tags.

use super::pools::keep;
use super::refusal;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::credentials::effective;
use crate::engine::identity::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_pools::{check_roles, provider_of};
use crate::rules::role_mapping::is_tag_value;
use crate::store::records::identity_pools::TagMap;
use crate::wire::NoOutput;
use crate::wire::identity::{
    GetIdentityPoolRolesInput, GetIdentityPoolRolesResponse, GetPrincipalTagAttributeMapInput,
    GetPrincipalTagAttributeMapResponse, SetIdentityPoolRolesInput, SetPrincipalTagAttributeMapInput,
    SetPrincipalTagAttributeMapResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<SetIdentityPoolRolesInput>(),
    Route::of::<GetIdentityPoolRolesInput>(),
    Route::of::<SetPrincipalTagAttributeMapInput>(),
    Route::of::<GetPrincipalTagAttributeMapInput>(),
];

/// Replaces roles and mappings as a whole.
impl Handler for SetIdentityPoolRolesInput {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let within = cx.clone();
        cx.engine
            .store
            .transact("SetIdentityPoolRoles", move |tx| {
                let mut pool = pool_in(&within, tx, &self.identity_pool_id)?;
                let mappings = self.role_mappings.clone().unwrap_or_default();
                if let Some(refused) = refusal(&check_roles(&pool.settings, &self.roles, &mappings)) {
                    return Err(refused);
                }
                pool.roles.clone_from(&self.roles);
                pool.role_mappings = mappings;
                keep(&within, tx, &mut pool)
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for GetIdentityPoolRolesInput {
    async fn handle(self, cx: &Cx) -> Result<GetIdentityPoolRolesResponse> {
        let within = cx.clone();
        let pool = cx
            .engine
            .store
            .read(move |r| pool_in(&within, r, &self.identity_pool_id))
            .await?;
        Ok(GetIdentityPoolRolesResponse {
            identity_pool_id: Some(pool.id),
            roles: Some(pool.roles),
            role_mappings: Some(pool.role_mappings).filter(|mappings| !mappings.is_empty()),
        })
    }
}

impl Handler for SetPrincipalTagAttributeMapInput {
    async fn handle(self, cx: &Cx) -> Result<SetPrincipalTagAttributeMapResponse> {
        let Self {
            identity_pool_id,
            identity_provider_name: provider,
            use_defaults,
            principal_tags,
        } = self;
        let map = TagMap {
            use_defaults: use_defaults.unwrap_or_default(),
            tags: principal_tags.unwrap_or_default(),
        };
        let wrong = |key: &&String| !is_tag_value(key) || key.to_ascii_lowercase().starts_with("aws:");
        if let Some(key) = map.tags.keys().find(wrong) {
            return Err(Error::invalid(format!("Invalid principal tag key: {key}")));
        }
        let (within, kept, name) = (cx.clone(), map.clone(), provider.clone());
        let pool_id = identity_pool_id.clone();
        cx.engine
            .store
            .transact("SetPrincipalTagAttributeMap", move |tx| -> Result<()> {
                let mut pool = pool_in(&within, tx, &pool_id)?;
                if provider_of(&pool.settings, &name).is_none() {
                    return Err(Error::invalid(format!(
                        "{name} is not an identity provider of this identity pool."
                    )));
                }
                pool.principal_tags.insert(name.clone(), kept.clone());
                // ConcurrentModificationException is not among the operation's errors.
                keep(&within, tx, &mut pool).map_err(Error::internal)
            })
            .await?;
        Ok(SetPrincipalTagAttributeMapResponse {
            identity_pool_id: Some(identity_pool_id),
            identity_provider_name: Some(provider),
            use_defaults: Some(map.use_defaults),
            principal_tags: Some(effective(&map)),
        })
    }
}

/// A provider without a map has an empty one.
impl Handler for GetPrincipalTagAttributeMapInput {
    async fn handle(self, cx: &Cx) -> Result<GetPrincipalTagAttributeMapResponse> {
        let Self {
            identity_pool_id,
            identity_provider_name: provider,
        } = self;
        let within = cx.clone();
        let mut pool = cx
            .engine
            .store
            .read(move |r| pool_in(&within, r, &identity_pool_id))
            .await?;
        let map = pool.principal_tags.remove(&provider).unwrap_or_default();
        Ok(GetPrincipalTagAttributeMapResponse {
            identity_pool_id: Some(pool.id),
            identity_provider_name: Some(provider),
            use_defaults: Some(map.use_defaults),
            principal_tags: Some(effective(&map)),
        })
    }
}

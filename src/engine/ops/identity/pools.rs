//! Operations on identity pools.

use super::{page_size, refusal, tags};
use crate::base::{ids, page};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::pool_in;
use crate::engine::ops::idp::tags::check as check_tags;
use crate::engine::ops::idp::user_pools::after;
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_pools::{USER_POOL_PROVIDERS_MAX, check_settings};
use crate::store::records::identity_pools;
use crate::store::{Reader, Tx};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::identity::{
    CreateIdentityPoolInput, DeleteIdentityPoolInput, DescribeIdentityPoolInput, IdentityPool,
    IdentityPoolShortDescription, ListIdentityPoolsInput, ListIdentityPoolsResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateIdentityPoolInput>(),
    Route::of::<DescribeIdentityPoolInput>(),
    Route::of::<IdentityPool>(),
    Route::of::<DeleteIdentityPoolInput>(),
    Route::of::<ListIdentityPoolsInput>(),
];

/// The most identity pools of a Region. Source: developer guide, "Quotas".
const POOLS_MAX: usize = 1000;

impl Handler for CreateIdentityPoolInput {
    async fn handle(self, cx: &Cx) -> Result<IdentityPool> {
        let id = format!("{}:{}", cx.region, ids::uuid(cx.rng()));
        let Self {
            identity_pool_name,
            allow_unauthenticated_identities,
            allow_classic_flow,
            supported_login_providers,
            developer_provider_name,
            open_id_connect_provider_arns,
            cognito_identity_providers,
            saml_provider_arns,
            identity_pool_tags,
        } = self;
        let settings = tidied(IdentityPool {
            identity_pool_id: id.clone(),
            identity_pool_name,
            allow_unauthenticated_identities,
            allow_classic_flow,
            supported_login_providers,
            developer_provider_name,
            open_id_connect_provider_arns,
            cognito_identity_providers,
            saml_provider_arns,
            identity_pool_tags: None,
        });
        check(&settings)?;
        let given = identity_pool_tags.unwrap_or_default();
        check_tags(&given)?;
        let now = cx.now();
        let pool = identity_pools::IdentityPool {
            id,
            region: cx.region.to_string(),
            created_at: now,
            modified_at: now,
            settings,
            ..Default::default()
        };
        cx.engine
            .store
            .transact("CreateIdentityPool", move |tx| -> Result<_> {
                let limit = i64::try_from(POOLS_MAX).unwrap_or(i64::MAX);
                if identity_pools::count_up_to(tx, &pool.region, POOLS_MAX)? >= limit {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("An account has at most {POOLS_MAX} identity pools in a Region."),
                    ));
                }
                identity_pools::insert(tx, &pool)?;
                tags::put(tx, &pool.id, &given)?;
                described(tx, pool.clone())
            })
            .await
    }
}

impl Handler for DescribeIdentityPoolInput {
    async fn handle(self, cx: &Cx) -> Result<IdentityPool> {
        let within = cx.clone();
        cx.engine
            .store
            .read(move |r| {
                let pool = pool_in(&within, r, &self.identity_pool_id)?;
                described(r, pool)
            })
            .await
    }
}

/// `UpdateIdentityPool`: what is missing is reset, but for the developer provider's name, which
/// cannot change once it is set, and the tags.
impl Handler for IdentityPool {
    async fn handle(self, cx: &Cx) -> Result<Self> {
        let mut asked = tidied(self);
        let given = asked.identity_pool_tags.take();
        check(&asked)?;
        if let Some(given) = &given {
            check_tags(given)?;
        }
        let within = cx.clone();
        cx.engine
            .store
            .transact("UpdateIdentityPool", move |tx| {
                let mut pool = pool_in(&within, tx, &asked.identity_pool_id)?;
                let named = pool.settings.developer_provider_name.take();
                pool.settings = asked.clone();
                match (&named, &asked.developer_provider_name) {
                    (Some(before), Some(after)) if before != after => {
                        return Err(Error::invalid(
                            "The developer provider name cannot be changed once it is set.",
                        ));
                    }
                    (Some(_), _) => pool.settings.developer_provider_name = named,
                    (None, _) => {}
                }
                keep(&within, tx, &mut pool)?;
                if let Some(given) = &given {
                    tags::put(tx, &pool.id, given)?;
                }
                described(tx, pool)
            })
            .await
    }
}

impl Handler for DeleteIdentityPoolInput {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let within = cx.clone();
        cx.engine
            .store
            .transact("DeleteIdentityPool", move |tx| -> Result<()> {
                let pool = pool_in(&within, tx, &self.identity_pool_id)?;
                identity_pools::delete(tx, &pool.id)?;
                tags::put(tx, &pool.id, &Default::default())?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for ListIdentityPoolsInput {
    async fn handle(self, cx: &Cx) -> Result<ListIdentityPoolsResponse> {
        let listing = format!("ListIdentityPools/{}", cx.region);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = page_size(Some(self.max_results));
        let region = cx.region.to_string();
        let mut found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                Ok(identity_pools::list(r, &region, &after, limit.saturating_add(1))?)
            })
            .await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next_token = last.map(|pool| page::token(&listing, pool.id.as_bytes(), cx.now()));
        let short = |pool: identity_pools::IdentityPool| IdentityPoolShortDescription {
            identity_pool_name: Some(pool.settings.identity_pool_name),
            identity_pool_id: Some(pool.id),
        };
        Ok(ListIdentityPoolsResponse {
            identity_pools: Some(found.into_iter().map(short).collect()),
            next_token,
        })
    }
}

/// Writes a pool that was read in the same transaction.
///
/// # Errors
///
/// `ConcurrentModificationException` when another call was faster.
pub fn keep(cx: &Cx, tx: &mut Tx<'_>, pool: &mut identity_pools::IdentityPool) -> Result<()> {
    pool.modified_at = cx.now();
    if identity_pools::update(tx, pool)? {
        return Ok(());
    }
    Err(Error::new(
        Code::ConcurrentModificationException,
        "The identity pool was changed by another call. Please try again.",
    ))
}

fn described(r: &mut Reader<'_>, pool: identity_pools::IdentityPool) -> Result<IdentityPool> {
    let tags = tags::of_pool(r, &pool.id)?;
    Ok(IdentityPool {
        identity_pool_tags: Some(tags).filter(|tags| !tags.is_empty()),
        ..pool.settings
    })
}

/// Takes empty lists and maps for missing ones.
fn tidied(mut settings: IdentityPool) -> IdentityPool {
    settings.supported_login_providers = settings.supported_login_providers.filter(|map| !map.is_empty());
    settings.open_id_connect_provider_arns = settings
        .open_id_connect_provider_arns
        .filter(|list| !list.is_empty());
    settings.cognito_identity_providers = settings
        .cognito_identity_providers
        .filter(|list| !list.is_empty());
    settings.saml_provider_arns = settings.saml_provider_arns.filter(|list| !list.is_empty());
    settings
}

fn check(settings: &IdentityPool) -> Result<()> {
    let providers = settings.cognito_identity_providers.as_ref().map_or(0, Vec::len);
    if providers > USER_POOL_PROVIDERS_MAX {
        return Err(Error::new(
            Code::LimitExceededException,
            format!("An identity pool has at most {USER_POOL_PROVIDERS_MAX} user pool providers."),
        ));
    }
    refusal(&check_settings(settings)).map_or(Ok(()), Err)
}

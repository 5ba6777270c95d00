//! Operations on the domains of user pools.
//!
//! A domain is there at once: nothing has to spread. An update changes what it names and
//! leaves the rest, so that no page changes unasked.

use crate::base::rng::Rng;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::feature_plans;
use crate::engine::ops::idp::user_pools::keep;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::domains::{check_custom, check_prefix, host_of};
use crate::rules::plans::Feature;
use crate::store::records::domains::{self, Domain};
use crate::store::records::user_pools::UserPool;
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateUserPoolDomainRequest, CreateUserPoolDomainResponse, DeleteUserPoolDomainRequest,
    DeleteUserPoolDomainResponse, DescribeUserPoolDomainRequest, DescribeUserPoolDomainResponse,
    DomainDescriptionType, DomainStatusType, RoutingType, UpdateUserPoolDomainRequest,
    UpdateUserPoolDomainResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateUserPoolDomainRequest>(),
    Route::of::<DescribeUserPoolDomainRequest>(),
    Route::of::<UpdateUserPoolDomainRequest>(),
    Route::of::<DeleteUserPoolDomainRequest>(),
];

/// The most custom domains of an account in a Region. Source: developer guide, "Quotas".
const CUSTOM_MAX: usize = 4;
/// The version of the pages: the classic ones, and managed login.
const CLASSIC: i32 = 1;
const MANAGED: i32 = 2;

impl Handler for CreateUserPoolDomainRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateUserPoolDomainResponse> {
        let now = cx.now();
        let finding = match &self.custom_domain_config {
            Some(config) => check_custom(&self.domain, config),
            None => check_prefix(&self.domain),
        };
        if let Some(finding) = finding {
            return Err(Error::invalid(finding.text));
        }
        let distribution = distribution(cx.rng());
        let made = cx
            .engine
            .store
            .transact("CreateUserPoolDomain", move |tx| -> Result<_> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let domain = Domain {
                    host: host_of(&self.domain, &pool.region),
                    name: self.domain.clone(),
                    user_pool_id: pool.id.clone(),
                    region: pool.region.clone(),
                    custom: self.custom_domain_config.clone(),
                    managed_login_version: self.managed_login_version.unwrap_or(CLASSIC),
                    routing: self.routing.clone(),
                    distribution: distribution.clone(),
                    created_at: now,
                    modified_at: now,
                };
                check(&pool, &domain)?;
                let is_custom = domain.custom.is_some();
                let others = domains::of_pool(tx, &pool.id)?;
                if others.iter().any(|other| other.custom.is_some() == is_custom) {
                    return Err(Error::invalid("User pool already has a domain configured."));
                }
                if is_custom && domains::count_custom_up_to(tx, &pool.region, CUSTOM_MAX)? >= CUSTOM_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("An account has at most {CUSTOM_MAX} custom domains in a Region."),
                    ));
                }
                if domains::insert(tx, &domain)? {
                    note(tx, pool)?;
                    return Ok(domain);
                }
                Err(Error::invalid(if is_custom {
                    "One or more of the CNAMEs that you provided are already associated with a different resource."
                } else {
                    "Domain already associated with another user pool."
                }))
            })
            .await?;
        Ok(CreateUserPoolDomainResponse {
            managed_login_version: Some(made.managed_login_version),
            cloud_front_domain: made.custom.is_some().then_some(made.distribution),
            routing: made.routing,
        })
    }
}

/// A domain that is unknown has an empty description, as observed.
impl Handler for DescribeUserPoolDomainRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeUserPoolDomainResponse> {
        let host = host_of(&self.domain, &cx.region);
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> { Ok(domains::get(r, &host)?) })
            .await?;
        Ok(DescribeUserPoolDomainResponse {
            domain_description: Some(found.map_or_else(DomainDescriptionType::default, |domain| {
                DomainDescriptionType {
                    user_pool_id: Some(domain.user_pool_id),
                    aws_account_id: Some(cx.engine.settings().account_id.clone()),
                    domain: Some(domain.name),
                    s3_bucket: None,
                    cloud_front_distribution: Some(domain.distribution),
                    version: Some(domain.modified_at.secs().to_string()),
                    status: Some(DomainStatusType::Active),
                    custom_domain_config: domain.custom,
                    managed_login_version: Some(domain.managed_login_version),
                    routing: domain.routing,
                }
            })),
        })
    }
}

impl Handler for UpdateUserPoolDomainRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateUserPoolDomainResponse> {
        let now = cx.now();
        let changed = cx
            .engine
            .store
            .transact("UpdateUserPoolDomain", move |tx| -> Result<_> {
                let (pool, mut domain) = domain_in(tx, &self.user_pool_id, &self.domain)?;
                if let Some(version) = self.managed_login_version {
                    domain.managed_login_version = version;
                }
                if let Some(config) = &self.custom_domain_config {
                    if domain.custom.is_none() {
                        return Err(Error::invalid(
                            "CustomDomainConfig cannot be given for a prefix domain.",
                        ));
                    }
                    if let Some(finding) = check_custom(&domain.name, config) {
                        return Err(Error::invalid(finding.text));
                    }
                    domain.custom = Some(config.clone());
                }
                if let Some(routing) = &self.routing {
                    domain.routing = Some(routing.clone()).filter(|it| *it != RoutingType::default());
                }
                check(&pool, &domain)?;
                domain.modified_at = now;
                domains::update(tx, &domain)?;
                Ok(domain)
            })
            .await?;
        Ok(UpdateUserPoolDomainResponse {
            managed_login_version: Some(changed.managed_login_version),
            cloud_front_domain: changed.custom.is_some().then_some(changed.distribution),
            routing: changed.routing,
        })
    }
}

impl Handler for DeleteUserPoolDomainRequest {
    async fn handle(self, cx: &Cx) -> Result<DeleteUserPoolDomainResponse> {
        cx.engine
            .store
            .transact("DeleteUserPoolDomain", move |tx| -> Result<()> {
                let (pool, domain) = domain_in(tx, &self.user_pool_id, &self.domain)?;
                domains::delete(tx, &domain.host)?;
                note(tx, pool)
            })
            .await?;
        Ok(DeleteUserPoolDomainResponse {})
    }
}

/// Reads a domain of this user pool.
///
/// # Errors
///
/// `ResourceNotFoundException` for the pool; `InvalidParameterException` for the domain, as
/// observed.
fn domain_in(r: &mut Reader<'_>, user_pool_id: &str, name: &str) -> Result<(UserPool, Domain)> {
    let pool = pool_in(r, user_pool_id)?;
    let found = domains::get(r, &host_of(name, &pool.region))?;
    match found.filter(|domain| domain.user_pool_id == pool.id) {
        Some(domain) => Ok((pool, domain)),
        None => Err(Error::invalid("No such domain or user pool exists.")),
    }
}

/// Writes the names of a user pool's domains into its settings, where messages look for them.
fn note(tx: &mut Tx<'_>, mut pool: UserPool) -> Result<()> {
    let (custom, prefix): (Vec<Domain>, Vec<Domain>) = domains::of_pool(tx, &pool.id)?
        .into_iter()
        .partition(|domain| domain.custom.is_some());
    let name_of = |list: Vec<Domain>| list.into_iter().next().map(|domain| domain.name);
    pool.settings.domain = name_of(prefix);
    pool.settings.custom_domain = name_of(custom);
    keep(tx, &pool)
}

/// Checks what spans the members, and what the plan of the user pool allows.
fn check(pool: &UserPool, domain: &Domain) -> Result<()> {
    match domain.managed_login_version {
        CLASSIC => {}
        MANAGED => feature_plans::require(&pool.settings, Feature::ManagedLogin)?,
        _ => return Err(Error::invalid("ManagedLoginVersion must be 1 or 2.")),
    }
    if let Some(failover) = domain.routing.as_ref().and_then(|it| it.failover.as_ref()) {
        if domain.custom.is_none() {
            return Err(Error::invalid("Routing can only be given for a custom domain."));
        }
        if failover.secondary_region == pool.region {
            return Err(Error::invalid(
                "SecondaryRegion must be another Region than that of the user pool.",
            ));
        }
        feature_plans::require(&pool.settings, Feature::Replicas)?;
    }
    Ok(())
}

/// Tells whether one of a user pool's domains shows managed login.
///
/// # Errors
///
/// What the store reports.
pub fn has_managed_login(r: &mut Reader<'_>, user_pool_id: &str) -> Result<bool> {
    let all = domains::of_pool(r, user_pool_id)?;
    Ok(all.iter().any(|domain| domain.managed_login_version == MANAGED))
}

/// Makes the name that a custom domain is to be an alias of.
fn distribution(rng: &dyn Rng) -> String {
    let name = rng.string(b"abcdefghijklmnopqrstuvwxyz0123456789", 13);
    format!("d{name}.cloudfront.net")
}

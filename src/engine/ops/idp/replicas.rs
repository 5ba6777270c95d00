//! Operations on replicas of user pools in a second Region, and what a call in that Region
//! may do.
//!
//! Both Regions are served from the same store, so a replica has nothing to copy; it goes
//! through the states of one that has. In the second Region users sign in and nothing of them
//! is changed.
//!
//! Source: developer guide, "Multi-Region user pools".

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::clock::UnixMillis;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::users::pool_in;
use crate::engine::ops::idp::{feature_plans, tags};
use crate::engine::{Caller, Cx, Engine, Error, Result, open};
use crate::rules::plans::Feature;
use crate::store::records::replicas::Replica;
use crate::store::records::resources;
use crate::store::records::user_pools::UserPool;
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateUserPoolReplicaRequest, CreateUserPoolReplicaResponse, DeleteUserPoolReplicaRequest,
    DeleteUserPoolReplicaResponse, EncryptionKeyType, IssuerType, ListUserPoolReplicasRequest,
    ListUserPoolReplicasResponse, ReplicaRoleType, ReplicaStatusType, UpdateReplicaStatusType,
    UpdateUserPoolReplicaRequest, UpdateUserPoolReplicaResponse, UpdateUserPoolRequest, UserPoolReplicaType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateUserPoolReplicaRequest>(),
    Route::of::<ListUserPoolReplicasRequest>(),
    Route::of::<UpdateUserPoolReplicaRequest>(),
    Route::of::<DeleteUserPoolReplicaRequest>(),
];

/// How long a replica is being made, and being taken away.
const CHANGE_SECS: i64 = 60;

impl Handler for CreateUserPoolReplicaRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateUserPoolReplicaResponse> {
        let now = cx.now();
        let labels = self.user_pool_tags.unwrap_or_default();
        tags::check(&labels)
            .map_err(|reason| Error::new(Code::UserPoolTaggingException, reason.message().to_owned()))?;
        let (id, region) = (self.user_pool_id, self.region_name);
        if !open::is_region(&region) {
            return Err(Error::invalid(format!("{region} is not a Region.")));
        }
        let account = cx.engine.settings().account_id.clone();
        let made = cx
            .engine
            .store
            .transact("CreateUserPoolReplica", move |tx| -> Result<_> {
                let pool = pool_in(tx, &id)?;
                feature_plans::require(&pool.settings, Feature::Replicas)?;
                check_pool(&pool, &region)?;
                clear(tx, &pool.id, now)?;
                if resources::count_up_to::<Replica>(tx, &pool.id, 1)? > 0 {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        "A user pool has at most one replica.",
                    ));
                }
                let replica = Replica {
                    user_pool_id: pool.id,
                    region: region.clone(),
                    is_active: false,
                    ready_at: now.plus_secs(CHANGE_SECS),
                    gone_at: None,
                };
                resources::insert(tx, &replica)?;
                tags::put_of_replica(tx, &replica.user_pool_id, &region, &labels)?;
                Ok(replica)
            })
            .await?;
        Ok(CreateUserPoolReplicaResponse {
            user_pool_replica: Some(shown(&made, &account, now)),
        })
    }
}

/// The user pool itself comes first, as the primary one, when it has a replica.
impl Handler for ListUserPoolReplicasRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserPoolReplicasResponse> {
        if self.next_token.is_some() {
            // Two fit one page: no token was ever given.
            return Err(Error::invalid("Invalid pagination token."));
        }
        let now = cx.now();
        let account = cx.engine.settings().account_id.clone();
        let id = self.user_pool_id;
        let (pool, replicas) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                let replicas = of_pool(r, &pool.id, now)?;
                Ok((pool, replicas))
            })
            .await?;
        let primary = (!replicas.is_empty()).then(|| UserPoolReplicaType {
            region_name: Some(pool.region.clone()),
            status: Some(ReplicaStatusType::Active),
            role: Some(ReplicaRoleType::Primary),
            user_pool_arn: Some(cx.user_pool_arn(&pool.region, &pool.id)),
        });
        Ok(ListUserPoolReplicasResponse {
            user_pool_replicas: Some(
                primary
                    .into_iter()
                    .chain(replicas.iter().map(|replica| shown(replica, &account, now)))
                    .collect(),
            ),
            next_token: None,
        })
    }
}

impl Handler for UpdateUserPoolReplicaRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateUserPoolReplicaResponse> {
        let now = cx.now();
        let account = cx.engine.settings().account_id.clone();
        let changed = cx
            .engine
            .store
            .transact("UpdateUserPoolReplica", move |tx| -> Result<_> {
                let mut replica = replica_in(tx, &self.user_pool_id, &self.region_name, now)?;
                refuse_changing(&replica, now)?;
                replica.is_active = self.status == UpdateReplicaStatusType::Active;
                resources::update(tx, &replica)?;
                Ok(replica)
            })
            .await?;
        Ok(UpdateUserPoolReplicaResponse {
            user_pool_replica: Some(shown(&changed, &account, now)),
        })
    }
}

impl Handler for DeleteUserPoolReplicaRequest {
    async fn handle(self, cx: &Cx) -> Result<DeleteUserPoolReplicaResponse> {
        let now = cx.now();
        let account = cx.engine.settings().account_id.clone();
        let going = cx
            .engine
            .store
            .transact("DeleteUserPoolReplica", move |tx| -> Result<_> {
                let mut replica = replica_in(tx, &self.user_pool_id, &self.region_name, now)?;
                refuse_changing(&replica, now)?;
                if replica.is_active {
                    return Err(Error::invalid(
                        "The replica is ACTIVE. Make it INACTIVE before you delete it.",
                    ));
                }
                replica.gone_at = Some(now.plus_secs(CHANGE_SECS));
                tags::put_of_replica(tx, &replica.user_pool_id, &replica.region, &BTreeMap::new())?;
                resources::update(tx, &replica)?;
                Ok(replica)
            })
            .await?;
        Ok(DeleteUserPoolReplicaResponse {
            user_pool_replica: Some(shown(&going, &account, now)),
        })
    }
}

/// Operations that change a user's stored state, or the user pool's own: they are for the
/// primary Region. What remains is Region-specific, reads, or signs users in.
fn is_for_primary(operation: &str) -> bool {
    const SECONDARY: &[&str] = &[
        "AdminInitiateAuth",
        "AdminRespondToAuthChallenge",
        "AdminUserGlobalSignOut",
        "UpdateUserPool",
    ];
    let reads = ["Describe", "Get", "List", "AdminGet", "AdminList"];
    !SECONDARY.contains(&operation) && !reads.iter().any(|start| operation.starts_with(start))
}

/// Checks a call that is signed for another Region than the user pool's.
///
/// # Errors
///
/// `ResourceNotFoundException` where there is no replica; `OperationNotEnabledException` for
/// what only the primary Region does, and for users' operations while the replica is not active.
pub async fn check_call(engine: &Arc<Engine>, id: &str, region: &str, operation: &str) -> Result<()> {
    let now = engine.clock.now();
    let (pool, at) = (id.to_owned(), region.to_owned());
    let found = engine
        .store
        .read(move |r| -> Result<_> { Ok(resources::get::<Replica>(r, &pool, &at)?) })
        .await?;
    let Some(replica) = found.filter(|replica| !is_gone(replica, now)) else {
        return Err(Error::no_user_pool(id));
    };
    let signs_in = matches!(operation, "AdminInitiateAuth" | "AdminRespondToAuthChallenge");
    let is_active = status(&replica, now) == ReplicaStatusType::Active;
    if is_for_primary(operation) || (signs_in && !is_active) {
        return Err(Error::new(
            Code::OperationNotEnabledException,
            format!("{operation} is not enabled in the Region {region} for this user pool."),
        ));
    }
    Ok(())
}

/// Tells whether a user pool has a replica in a Region.
///
/// # Errors
///
/// What the store reports.
pub fn has_replica(r: &mut Reader<'_>, user_pool_id: &str, region: &str, now: UnixMillis) -> Result<bool> {
    let found = resources::get::<Replica>(r, user_pool_id, region)?;
    Ok(found.is_some_and(|replica| !is_gone(&replica, now)))
}

/// Removes the replicas of a user pool that is deleted, with their tags.
///
/// # Errors
///
/// What the store reports.
pub fn forget(tx: &mut Tx<'_>, user_pool_id: &str) -> Result<()> {
    for replica in resources::list::<Replica>(tx, user_pool_id, "", 10)? {
        tags::put_of_replica(tx, user_pool_id, &replica.region, &BTreeMap::new())?;
        resources::delete::<Replica>(tx, user_pool_id, &replica.region)?;
    }
    Ok(())
}

/// Checks what a user pool with a replica would become: a replica rests on its key and issuer.
///
/// # Errors
///
/// `InvalidParameterException` for settings that no replica could be made of.
pub fn check_change(r: &mut Reader<'_>, pool: &UserPool, now: UnixMillis) -> Result<()> {
    match of_pool(r, &pool.id, now)?.first() {
        Some(replica) => check_pool(pool, &replica.region),
        None => Ok(()),
    }
}

/// Takes an update of a user pool that was signed for the Region of its replica; `false` when it
/// was for the primary Region.
///
/// The replica has tags of its own. Its other settings are the primary's, as both are one store.
///
/// # Errors
///
/// `OperationNotEnabledException` for anything but tags.
pub fn update_secondary(
    tx: &mut Tx<'_>,
    pool: &UserPool,
    caller: &Caller,
    region: &str,
    wanted: &UpdateUserPoolRequest,
    now: UnixMillis,
) -> Result<bool> {
    // Who signs nothing names no Region.
    if region == pool.region || !matches!(caller, Caller::AccessKey(_)) {
        return Ok(false);
    }
    if !has_replica(tx, &pool.id, region, now)? {
        return Err(Error::no_user_pool(&pool.id));
    }
    let tags_alone = UpdateUserPoolRequest {
        user_pool_id: wanted.user_pool_id.clone(),
        user_pool_tags: wanted.user_pool_tags.clone(),
        ..UpdateUserPoolRequest::default()
    };
    if *wanted != tags_alone {
        return Err(Error::new(
            Code::OperationNotEnabledException,
            format!("Of the settings of a user pool only tags can be changed in the Region {region}."),
        ));
    }
    let all = wanted.user_pool_tags.clone().unwrap_or_default();
    tags::put_of_replica(tx, &pool.id, region, &all)?;
    Ok(true)
}

/// Returns the replicas of a user pool that are not gone.
pub fn of_pool(r: &mut Reader<'_>, user_pool_id: &str, now: UnixMillis) -> Result<Vec<Replica>> {
    let all = resources::list::<Replica>(r, user_pool_id, "", 10)?;
    Ok(all.into_iter().filter(|replica| !is_gone(replica, now)).collect())
}

/// Removes the replicas of a user pool that are gone.
fn clear(tx: &mut Tx<'_>, user_pool_id: &str, now: UnixMillis) -> Result<()> {
    for replica in resources::list::<Replica>(tx, user_pool_id, "", 10)? {
        if is_gone(&replica, now) {
            resources::delete::<Replica>(tx, user_pool_id, &replica.region)?;
        }
    }
    Ok(())
}

fn replica_in(r: &mut Reader<'_>, user_pool_id: &str, region: &str, now: UnixMillis) -> Result<Replica> {
    let pool = pool_in(r, user_pool_id)?;
    resources::get::<Replica>(r, &pool.id, region)?
        .filter(|replica| !is_gone(replica, now))
        .ok_or_else(|| Error::not_found(format!("User pool {} has no replica in {region}.", pool.id)))
}

fn check_pool(pool: &UserPool, region: &str) -> Result<()> {
    if region == pool.region {
        return Err(Error::invalid(
            "A replica must be in another Region than its user pool.",
        ));
    }
    let key = pool.settings.key_configuration.as_ref();
    let has_key = key.is_some_and(|key| {
        key.key_type == Some(EncryptionKeyType::CustomerManagedKey)
            && key
                .kms_key_arn
                .as_deref()
                .is_some_and(|arn| arn.contains(":key/mrk-"))
    });
    if !has_key {
        return Err(Error::invalid(
            "A replica needs a user pool with a customer managed multi-Region key.",
        ));
    }
    let issuer = pool.settings.issuer_configuration.as_ref();
    if issuer.and_then(|it| it.r#type.as_ref()) != Some(&IssuerType::Updated) {
        return Err(Error::invalid(
            "A replica needs a user pool with the issuer type UPDATED.",
        ));
    }
    Ok(())
}

fn refuse_changing(replica: &Replica, now: UnixMillis) -> Result<()> {
    match status(replica, now) {
        status @ (ReplicaStatusType::Creating | ReplicaStatusType::Deleting) => Err(Error::invalid(format!(
            "The replica is {status}. Please try again later."
        ))),
        _ => Ok(()),
    }
}

fn is_gone(replica: &Replica, now: UnixMillis) -> bool {
    replica.gone_at.is_some_and(|at| at <= now)
}

fn status(replica: &Replica, now: UnixMillis) -> ReplicaStatusType {
    if replica.gone_at.is_some() {
        ReplicaStatusType::Deleting
    } else if now < replica.ready_at {
        ReplicaStatusType::Creating
    } else if replica.is_active {
        ReplicaStatusType::Active
    } else {
        ReplicaStatusType::Inactive
    }
}

fn shown(replica: &Replica, account: &str, now: UnixMillis) -> UserPoolReplicaType {
    UserPoolReplicaType {
        region_name: Some(replica.region.clone()),
        status: Some(status(replica, now)),
        role: Some(ReplicaRoleType::Secondary),
        user_pool_arn: Some(format!(
            "arn:aws:cognito-idp:{}:{account}:userpool/{}",
            replica.region, replica.user_pool_id
        )),
    }
}

//! Operations on tags. User pools and their replicas are the only resources that carry them.
//!
//! Tags are kept by pool id, not by the whole ARN, so that they survive another account id.

use std::collections::BTreeMap;

use crate::base::clock::UnixMillis;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::replicas;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::store::records::tags;
use crate::store::{self, Reader, Tx};
use crate::wire::idp::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<TagResourceRequest>(),
    Route::of::<UntagResourceRequest>(),
    Route::of::<ListTagsForResourceRequest>(),
];

/// The most tags of a resource.
const TAGS_MAX: usize = 50;

impl Handler for TagResourceRequest {
    async fn handle(self, cx: &Cx) -> Result<TagResourceResponse> {
        let named = Named::parse(&self.resource_arn)?;
        let now = cx.now();
        cx.engine
            .store
            .transact("TagResource", move |tx| -> Result<()> {
                let key = named.key(tx, now)?;
                let mut all = tags::get(tx, &key)?;
                all.extend(self.tags.clone());
                check(&all)?;
                tags::put(tx, &key, &all)?;
                Ok(())
            })
            .await?;
        Ok(TagResourceResponse {})
    }
}

impl Handler for UntagResourceRequest {
    async fn handle(self, cx: &Cx) -> Result<UntagResourceResponse> {
        let named = Named::parse(&self.resource_arn)?;
        let now = cx.now();
        cx.engine
            .store
            .transact("UntagResource", move |tx| -> Result<()> {
                let key = named.key(tx, now)?;
                let mut all = tags::get(tx, &key)?;
                all.retain(|key, _| !self.tag_keys.contains(key));
                tags::put(tx, &key, &all)?;
                Ok(())
            })
            .await?;
        Ok(UntagResourceResponse {})
    }
}

impl Handler for ListTagsForResourceRequest {
    async fn handle(self, cx: &Cx) -> Result<ListTagsForResourceResponse> {
        let named = Named::parse(&self.resource_arn)?;
        let now = cx.now();
        let all = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let key = named.key(r, now)?;
                Ok(tags::get(r, &key)?)
            })
            .await?;
        Ok(ListTagsForResourceResponse { tags: Some(all) })
    }
}

/// Reads the tags of a user pool.
///
/// # Errors
///
/// What the store reports.
pub fn of_pool(r: &mut Reader<'_>, user_pool_id: &str) -> store::Result<BTreeMap<String, String>> {
    tags::get(r, &key(user_pool_id))
}

/// Replaces the tags of a user pool.
///
/// # Errors
///
/// What the store reports.
pub fn put(tx: &mut Tx<'_>, user_pool_id: &str, all: &BTreeMap<String, String>) -> store::Result<()> {
    tags::put(tx, &key(user_pool_id), all)
}

/// Checks all the tags a resource would have.
///
/// # Errors
///
/// `InvalidParameterException` for more than fifty, and for keys the vendor keeps for itself.
pub fn check(all: &BTreeMap<String, String>) -> Result<()> {
    if all.len() > TAGS_MAX {
        return Err(Error::invalid(format!(
            "A resource has at most {TAGS_MAX} tags; this would be {}.",
            all.len()
        )));
    }
    let reserved = |key: &&String| {
        key.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
    };
    match all.keys().find(reserved) {
        Some(key) => Err(Error::invalid(format!(
            "Tag keys cannot begin with aws: (given: {key})."
        ))),
        None => Ok(()),
    }
}

fn key(user_pool_id: &str) -> String {
    format!("userpool/{user_pool_id}")
}

/// Replaces the tags of a replica, which has its own.
///
/// # Errors
///
/// What the store reports.
pub fn put_of_replica(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    region: &str,
    all: &BTreeMap<String, String>,
) -> store::Result<()> {
    tags::put(tx, &key_of_replica(user_pool_id, region), all)
}

fn key_of_replica(user_pool_id: &str, region: &str) -> String {
    format!("{}@{region}", key(user_pool_id))
}

/// What `arn:aws:cognito-idp:<region>:<account>:userpool/<id>` names.
struct Named {
    region: String,
    id: String,
}

impl Named {
    fn parse(arn: &str) -> Result<Self> {
        let mut parts = arn.splitn(6, ':');
        let is_ours = parts.next() == Some("arn")
            && parts.next().is_some_and(|partition| partition.starts_with("aws"))
            && parts.next() == Some("cognito-idp");
        let region = parts.next().unwrap_or_default().to_owned();
        let resource = parts.nth(1);
        match resource.and_then(|resource| resource.strip_prefix("userpool/")) {
            Some(id) if is_ours && !id.is_empty() => Ok(Self {
                region,
                id: id.to_owned(),
            }),
            _ => Err(Error::invalid(format!("Invalid resource ARN: {arn}"))),
        }
    }

    /// Returns the name its tags are kept by: those of the user pool, or of its replica.
    fn key(&self, r: &mut Reader<'_>, now: UnixMillis) -> Result<String> {
        let pool = pool_in(r, &self.id)?;
        if self.region == pool.region {
            return Ok(key(&pool.id));
        }
        if replicas::has_replica(r, &pool.id, &self.region, now)? {
            return Ok(key_of_replica(&pool.id, &self.region));
        }
        Err(Error::no_user_pool(&pool.id))
    }
}

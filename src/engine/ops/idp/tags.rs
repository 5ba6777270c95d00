//! Operations on tags. User pools are the only resources that carry them.
//!
//! Tags are kept by pool id, not by the whole ARN, so that they survive another account id.

use std::collections::BTreeMap;

use crate::engine::dispatch::{Handler, Route};
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
        let id = pool_of(&self.resource_arn)?;
        cx.engine
            .store
            .transact("TagResource", move |tx| -> Result<()> {
                let pool = pool_in(tx, &id)?;
                let mut all = of_pool(tx, &pool.id)?;
                all.extend(self.tags.clone());
                check(&all)?;
                put(tx, &pool.id, &all)?;
                Ok(())
            })
            .await?;
        Ok(TagResourceResponse {})
    }
}

impl Handler for UntagResourceRequest {
    async fn handle(self, cx: &Cx) -> Result<UntagResourceResponse> {
        let id = pool_of(&self.resource_arn)?;
        cx.engine
            .store
            .transact("UntagResource", move |tx| -> Result<()> {
                let pool = pool_in(tx, &id)?;
                let mut all = of_pool(tx, &pool.id)?;
                all.retain(|key, _| !self.tag_keys.contains(key));
                put(tx, &pool.id, &all)?;
                Ok(())
            })
            .await?;
        Ok(UntagResourceResponse {})
    }
}

impl Handler for ListTagsForResourceRequest {
    async fn handle(self, cx: &Cx) -> Result<ListTagsForResourceResponse> {
        let id = pool_of(&self.resource_arn)?;
        let all = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                Ok(of_pool(r, &pool.id)?)
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

/// Returns the pool id in `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`.
fn pool_of(arn: &str) -> Result<String> {
    let mut parts = arn.splitn(6, ':');
    let is_ours = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some("cognito-idp");
    let resource = parts.nth(2);
    match resource.and_then(|resource| resource.strip_prefix("userpool/")) {
        Some(id) if is_ours && !id.is_empty() => Ok(id.to_owned()),
        _ => Err(Error::invalid(format!("Invalid resource ARN: {arn}"))),
    }
}

//! Operations on tags. Identity pools are the only resources that carry them.

use std::collections::BTreeMap;

use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::pool_in;
use crate::engine::ops::idp::tags::check;
use crate::engine::{Cx, Error, Result};
use crate::store::records::tags;
use crate::store::{self, Reader, Tx};
use crate::wire::identity::{
    ListTagsForResourceInput, ListTagsForResourceResponse, TagResourceInput, TagResourceResponse,
    UntagResourceInput, UntagResourceResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<TagResourceInput>(),
    Route::of::<UntagResourceInput>(),
    Route::of::<ListTagsForResourceInput>(),
];

impl Handler for TagResourceInput {
    async fn handle(self, cx: &Cx) -> Result<TagResourceResponse> {
        change(cx, "TagResource", &self.resource_arn, move |all| {
            all.extend(self.tags.clone());
        })
        .await?;
        Ok(TagResourceResponse {})
    }
}

impl Handler for UntagResourceInput {
    async fn handle(self, cx: &Cx) -> Result<UntagResourceResponse> {
        change(cx, "UntagResource", &self.resource_arn, move |all| {
            all.retain(|key, _| !self.tag_keys.contains(key));
        })
        .await?;
        Ok(UntagResourceResponse {})
    }
}

impl Handler for ListTagsForResourceInput {
    async fn handle(self, cx: &Cx) -> Result<ListTagsForResourceResponse> {
        let (within, id) = (cx.clone(), pool_of(&self.resource_arn)?);
        let all = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(&within, r, &id)?;
                Ok(of_pool(r, &pool.id)?)
            })
            .await?;
        Ok(ListTagsForResourceResponse { tags: Some(all) })
    }
}

/// Reads the tags of an identity pool.
///
/// # Errors
///
/// What the store reports.
pub fn of_pool(r: &mut Reader<'_>, identity_pool_id: &str) -> store::Result<BTreeMap<String, String>> {
    tags::get(r, &key(identity_pool_id))
}

/// Replaces the tags of an identity pool.
///
/// # Errors
///
/// What the store reports.
pub fn put(tx: &mut Tx<'_>, identity_pool_id: &str, all: &BTreeMap<String, String>) -> store::Result<()> {
    tags::put(tx, &key(identity_pool_id), all)
}

async fn change(
    cx: &Cx,
    name: &'static str,
    arn: &str,
    apply: impl Fn(&mut BTreeMap<String, String>) + Send + 'static,
) -> Result<()> {
    let (within, id) = (cx.clone(), pool_of(arn)?);
    cx.engine
        .store
        .transact(name, move |tx| -> Result<()> {
            let pool = pool_in(&within, tx, &id)?;
            let mut all = of_pool(tx, &pool.id)?;
            apply(&mut all);
            check(&all)?;
            put(tx, &pool.id, &all)?;
            Ok(())
        })
        .await
}

fn key(identity_pool_id: &str) -> String {
    format!("identitypool/{identity_pool_id}")
}

/// Returns the pool id in `arn:aws:cognito-identity:<region>:<account>:identitypool/<id>`.
fn pool_of(arn: &str) -> Result<String> {
    let mut parts = arn.splitn(6, ':');
    let is_ours = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some("cognito-identity");
    let resource = parts.nth(2);
    match resource.and_then(|resource| resource.strip_prefix("identitypool/")) {
        Some(id) if is_ours && !id.is_empty() => Ok(id.to_owned()),
        _ => Err(Error::invalid(format!("Invalid resource ARN: {arn}"))),
    }
}

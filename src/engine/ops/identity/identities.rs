//! Operations of an admin on identities.

use super::page_size;
use crate::base::page;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::{find_identity, identity_in, pool_in};
use crate::engine::ops::idp::user_pools::after;
use crate::engine::{Cx, Result};
use crate::store::records::pool_identities::{self as identities, Identity};
use crate::wire::fault::Code;
use crate::wire::identity::{
    DeleteIdentitiesInput, DeleteIdentitiesResponse, DescribeIdentityInput, ErrorCode, IdentityDescription,
    ListIdentitiesInput, ListIdentitiesResponse, UnprocessedIdentityId,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<DescribeIdentityInput>(),
    Route::of::<ListIdentitiesInput>(),
    Route::of::<DeleteIdentitiesInput>(),
];

impl Handler for DescribeIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<IdentityDescription> {
        let (_, identity) = find_identity(cx, &self.identity_id).await?;
        Ok(described(identity))
    }
}

impl Handler for ListIdentitiesInput {
    async fn handle(self, cx: &Cx) -> Result<ListIdentitiesResponse> {
        let hide_disabled = self.hide_disabled.unwrap_or_default();
        let pool_id = self.identity_pool_id;
        let listing = format!("ListIdentities/{pool_id}/{hide_disabled}");
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = page_size(Some(self.max_results));
        let (within, id) = (cx.clone(), pool_id.clone());
        let mut found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(&within, r, &id)?;
                let ask = limit.saturating_add(1);
                Ok(identities::list(r, &pool.id, hide_disabled, &after, ask)?)
            })
            .await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next_token = last.map(|identity| page::token(&listing, identity.id.as_bytes(), cx.now()));
        Ok(ListIdentitiesResponse {
            identity_pool_id: Some(pool_id),
            identities: Some(found.into_iter().map(described).collect()),
            next_token,
        })
    }
}

/// Identities that are not there are told as `AccessDenied`, as the only code that says that
/// the call itself was at fault.
impl Handler for DeleteIdentitiesInput {
    async fn handle(self, cx: &Cx) -> Result<DeleteIdentitiesResponse> {
        let within = cx.clone();
        let unprocessed = cx
            .engine
            .store
            .transact("DeleteIdentities", move |tx| {
                let mut unprocessed = Vec::new();
                for id in &self.identity_ids_to_delete {
                    match identity_in(&within, tx, id) {
                        Ok((_, identity)) => {
                            identities::delete(tx, &identity)?;
                        }
                        Err(absent) if absent.code() == Code::ResourceNotFoundException => {
                            unprocessed.push(UnprocessedIdentityId {
                                identity_id: Some(id.clone()),
                                error_code: Some(ErrorCode::AccessDenied),
                            });
                        }
                        Err(failed) => return Err(failed),
                    }
                }
                Ok(unprocessed)
            })
            .await?;
        Ok(DeleteIdentitiesResponse {
            unprocessed_identity_ids: Some(unprocessed),
        })
    }
}

/// Several users of one provider are one entry.
fn described(identity: Identity) -> IdentityDescription {
    let mut providers: Vec<String> = Vec::new();
    for login in identity.logins {
        if !providers.contains(&login.provider) {
            providers.push(login.provider);
        }
    }
    IdentityDescription {
        identity_id: Some(identity.id),
        logins: Some(providers),
        creation_date: Some(identity.created_at.into()),
        last_modified_date: Some(identity.modified_at.into()),
    }
}

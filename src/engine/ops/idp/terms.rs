//! Operations on terms documents. What they link to is shown on the sign-up page; nothing is
//! recorded of who agreed.

use std::collections::BTreeMap;

use crate::base::ids;
use crate::engine::auth::client::find_in;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::paging;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::store::Reader;
use crate::store::records::resources;
use crate::store::records::terms::{self, Terms};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateTermsRequest, CreateTermsResponse, DeleteTermsRequest, DescribeTermsByClientRequest,
    DescribeTermsByClientResponse, DescribeTermsRequest, DescribeTermsResponse, ListTermsRequest,
    ListTermsResponse, TermsDescriptionType, TermsType, UpdateTermsRequest, UpdateTermsResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateTermsRequest>(),
    Route::of::<DescribeTermsRequest>(),
    Route::of::<DescribeTermsByClientRequest>(),
    Route::of::<UpdateTermsRequest>(),
    Route::of::<DeleteTermsRequest>(),
    Route::of::<ListTermsRequest>(),
];

/// The most terms documents of a user pool. Source: developer guide, "Quotas".
const TERMS_MAX: usize = 40;
/// The most entries of a page.
const PAGE_MAX: usize = 60;

impl Handler for CreateTermsRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateTermsResponse> {
        let now = cx.now();
        let links = self.links.unwrap_or_default();
        check_links(&links)?;
        let wanted = Terms {
            id: ids::uuid(cx.rng()).to_string(),
            user_pool_id: self.user_pool_id,
            client_id: self.client_id,
            name: self.terms_name,
            source: self.terms_source.as_str().to_owned(),
            enforcement: self.enforcement.as_str().to_owned(),
            links,
            created_at: now,
            modified_at: now,
        };
        let made = wanted.clone();
        cx.engine
            .store
            .transact("CreateTerms", move |tx| -> Result<()> {
                find_in(tx, &wanted.user_pool_id, &wanted.client_id)?;
                if resources::count_up_to::<Terms>(tx, &wanted.user_pool_id, TERMS_MAX)? >= TERMS_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {TERMS_MAX} terms documents."),
                    ));
                }
                if terms::insert(tx, &wanted)? {
                    return Ok(());
                }
                Err(exists(&wanted.name))
            })
            .await?;
        Ok(CreateTermsResponse {
            terms: Some(shown(made)),
        })
    }
}

impl Handler for DescribeTermsRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeTermsResponse> {
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                terms_in(r, &pool.id, &self.terms_id)
            })
            .await?;
        Ok(DescribeTermsResponse {
            terms: Some(shown(found)),
        })
    }
}

impl Handler for DescribeTermsByClientRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeTermsByClientResponse> {
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let (pool, client) = find_in(r, &self.user_pool_id, &self.client_id)?;
                terms::of_client(r, &pool.id, &client.id, &self.terms_name)?.ok_or_else(|| {
                    Error::not_found(format!(
                        "App client {} has no terms document {}.",
                        client.id, self.terms_name
                    ))
                })
            })
            .await?;
        Ok(DescribeTermsByClientResponse {
            terms: Some(shown(found)),
        })
    }
}

/// A member that is missing stays as it is.
impl Handler for UpdateTermsRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateTermsResponse> {
        let now = cx.now();
        if let Some(links) = &self.links {
            check_links(links)?;
        }
        let changed = cx
            .engine
            .store
            .transact("UpdateTerms", move |tx| -> Result<_> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let mut document = terms_in(tx, &pool.id, &self.terms_id)?;
                let before = document.name.clone();
                if let Some(name) = &self.terms_name {
                    document.name.clone_from(name);
                }
                if let Some(source) = &self.terms_source {
                    source.as_str().clone_into(&mut document.source);
                }
                if let Some(enforcement) = &self.enforcement {
                    enforcement.as_str().clone_into(&mut document.enforcement);
                }
                if let Some(links) = &self.links {
                    document.links.clone_from(links);
                }
                document.modified_at = now;
                if terms::update(tx, &before, &document)? {
                    return Ok(document);
                }
                Err(exists(&document.name))
            })
            .await?;
        Ok(UpdateTermsResponse {
            terms: Some(shown(changed)),
        })
    }
}

impl Handler for DeleteTermsRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteTerms", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let document = terms_in(tx, &pool.id, &self.terms_id)?;
                terms::delete(tx, &document)?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for ListTermsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListTermsResponse> {
        let (found, next_token) = paging::resources::<Terms>(
            cx,
            "ListTerms",
            self.user_pool_id,
            self.next_token.as_deref(),
            self.max_results,
            PAGE_MAX,
        )
        .await?;
        Ok(ListTermsResponse {
            terms: found
                .into_iter()
                .map(|document| TermsDescriptionType {
                    terms_id: document.id,
                    terms_name: document.name,
                    enforcement: document.enforcement.as_str().into(),
                    creation_date: document.created_at.into(),
                    last_modified_date: document.modified_at.into(),
                })
                .collect(),
            next_token,
        })
    }
}

/// A link is followed by people: a script in its place would run on the sign-up page.
fn check_links(links: &BTreeMap<String, String>) -> Result<()> {
    let is_web = |url: &String| {
        ["https://", "http://"].iter().any(|scheme| {
            url.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && url.len() > scheme.len()
        })
    };
    match links.iter().find(|(_, url)| !is_web(url)) {
        Some((language, _)) => Err(Error::invalid(format!(
            "The link for {language} must be an http or https URL."
        ))),
        None => Ok(()),
    }
}

fn exists(name: &str) -> Error {
    Error::new(
        Code::TermsExistsException,
        format!("The app client already has a terms document {name}."),
    )
}

fn terms_in(r: &mut Reader<'_>, pool: &str, id: &str) -> Result<Terms> {
    resources::get(r, pool, id)?
        .ok_or_else(|| Error::not_found(format!("Terms document {id} does not exist.")))
}

fn shown(document: Terms) -> TermsType {
    TermsType {
        terms_id: document.id,
        user_pool_id: document.user_pool_id,
        client_id: document.client_id,
        terms_name: document.name,
        terms_source: document.source.as_str().into(),
        enforcement: document.enforcement.as_str().into(),
        links: document.links,
        creation_date: document.created_at.into(),
        last_modified_date: document.modified_at.into(),
    }
}

//! Operations on external identity providers, and the certificate shown to them.
//!
//! An update is partial: a map or list that is missing stays, one that is given replaces
//! the stored one. A private key is never shown, so an update without one keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::auth::certificate;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::paging;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_providers::{NATIVE, check_name, details_of, mapping_of};
use crate::rules::{Finding, attributes};
use crate::store::Reader;
use crate::store::records::identity_providers::{self, IdentityProvider};
use crate::store::records::resources;
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateIdentityProviderRequest, CreateIdentityProviderResponse, DeleteIdentityProviderRequest,
    DescribeIdentityProviderRequest, DescribeIdentityProviderResponse,
    GetIdentityProviderByIdentifierRequest, GetIdentityProviderByIdentifierResponse,
    GetSigningCertificateRequest, GetSigningCertificateResponse, IdentityProviderType,
    IdentityProviderTypeType, ListIdentityProvidersRequest, ListIdentityProvidersResponse,
    ProviderDescription, UpdateIdentityProviderRequest, UpdateIdentityProviderResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateIdentityProviderRequest>(),
    Route::of::<DescribeIdentityProviderRequest>(),
    Route::of::<GetIdentityProviderByIdentifierRequest>(),
    Route::of::<UpdateIdentityProviderRequest>(),
    Route::of::<DeleteIdentityProviderRequest>(),
    Route::of::<ListIdentityProvidersRequest>(),
    Route::of::<GetSigningCertificateRequest>(),
];

/// The most identity providers of a user pool. Source: developer guide, "Quotas".
const PROVIDERS_MAX: usize = 300;
/// The most entries of a page: the model's list holds no more.
const PAGE_MAX: usize = 50;
/// The one setting that is never shown again.
const PRIVATE_KEY: &str = "private_key";

impl Handler for CreateIdentityProviderRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateIdentityProviderResponse> {
        let now = cx.now();
        let kind = self.provider_type;
        if let Some(finding) = check_name(&kind, &self.provider_name) {
            return Err(refused(&[finding]));
        }
        let details = details_of(&kind, &self.provider_details).map_err(|found| refused(&found))?;
        refuse_levels(&kind, self.acr_mapping.as_ref())?;
        let provider = IdentityProvider {
            user_pool_id: self.user_pool_id,
            name: self.provider_name,
            kind,
            details,
            attribute_mapping: self.attribute_mapping.unwrap_or_default(),
            identifiers: distinct(self.idp_identifiers)?,
            acr_mapping: self.acr_mapping.filter(|mapping| !mapping.is_empty()),
            created_at: now,
            modified_at: now,
        };
        let made = cx
            .engine
            .store
            .transact("CreateIdentityProvider", move |tx| -> Result<_> {
                let mut provider = provider.clone();
                let pool = pool_in(tx, &provider.user_pool_id)?;
                let schema = attributes::schema_of(&pool.settings);
                provider.attribute_mapping = mapping_of(&provider.kind, &provider.attribute_mapping, &schema)
                    .map_err(|found| refused(&found))?;
                if resources::count_up_to::<IdentityProvider>(tx, &pool.id, PROVIDERS_MAX)? >= PROVIDERS_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {PROVIDERS_MAX} identity providers."),
                    ));
                }
                if !resources::insert(tx, &provider)? {
                    return Err(Error::new(
                        Code::DuplicateProviderException,
                        format!("A provider with the name {} already exists.", provider.name),
                    ));
                }
                claim(tx, &[], &provider)?;
                Ok(provider)
            })
            .await?;
        Ok(CreateIdentityProviderResponse {
            identity_provider: shown(cx, made).await?,
        })
    }
}

/// Levels of proof are OpenID Connect's alone.
fn refuse_levels(kind: &IdentityProviderTypeType, mapping: Option<&BTreeMap<String, String>>) -> Result<()> {
    if *kind == IdentityProviderTypeType::Oidc || mapping.is_none_or(BTreeMap::is_empty) {
        return Ok(());
    }
    Err(Error::invalid(
        "AcrMapping is for identity providers of type OIDC alone.",
    ))
}

impl Handler for DescribeIdentityProviderRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeIdentityProviderResponse> {
        let provider = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                provider_in(r, &pool.id, &self.provider_name)
            })
            .await?;
        Ok(DescribeIdentityProviderResponse {
            identity_provider: shown(cx, provider).await?,
        })
    }
}

impl Handler for GetIdentityProviderByIdentifierRequest {
    async fn handle(self, cx: &Cx) -> Result<GetIdentityProviderByIdentifierResponse> {
        let provider = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                identity_providers::by_identifier(r, &pool.id, &self.idp_identifier)?.ok_or_else(|| {
                    Error::not_found(format!(
                        "Identity provider with identifier {} does not exist.",
                        self.idp_identifier
                    ))
                })
            })
            .await?;
        Ok(GetIdentityProviderByIdentifierResponse {
            identity_provider: shown(cx, provider).await?,
        })
    }
}

impl Handler for UpdateIdentityProviderRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateIdentityProviderResponse> {
        let now = cx.now();
        let identifiers = self
            .idp_identifiers
            .clone()
            .map(|list| distinct(Some(list)))
            .transpose()?;
        let changed = cx
            .engine
            .store
            .transact("UpdateIdentityProvider", move |tx| -> Result<_> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let mut provider = provider_in(tx, &pool.id, &self.provider_name)?;
                if let Some(given) = &self.provider_details {
                    let mut given = given.clone();
                    if let Some(kept) = provider.details.get(PRIVATE_KEY) {
                        given
                            .entry(PRIVATE_KEY.to_owned())
                            .or_insert_with(|| kept.clone());
                    }
                    provider.details = details_of(&provider.kind, &given).map_err(|found| refused(&found))?;
                }
                if let Some(given) = &self.attribute_mapping {
                    let schema = attributes::schema_of(&pool.settings);
                    provider.attribute_mapping =
                        mapping_of(&provider.kind, given, &schema).map_err(|found| refused(&found))?;
                }
                refuse_levels(&provider.kind, self.acr_mapping.as_ref())?;
                if let Some(given) = &self.acr_mapping {
                    provider.acr_mapping = Some(given.clone()).filter(|mapping| !mapping.is_empty());
                }
                if let Some(given) = &identifiers {
                    let before = std::mem::replace(&mut provider.identifiers, given.clone());
                    claim(tx, &before, &provider)?;
                }
                provider.modified_at = now;
                resources::update(tx, &provider)?;
                Ok(provider)
            })
            .await?;
        Ok(UpdateIdentityProviderResponse {
            identity_provider: shown(cx, changed).await?,
        })
    }
}

/// App clients that list the provider keep its name, without effect.
impl Handler for DeleteIdentityProviderRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteIdentityProvider", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let provider = provider_in(tx, &pool.id, &self.provider_name)?;
                identity_providers::delete(tx, &provider)?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for GetSigningCertificateRequest {
    async fn handle(self, cx: &Cx) -> Result<GetSigningCertificateResponse> {
        Ok(GetSigningCertificateResponse {
            certificate: Some(signing_certificate(cx, &self.user_pool_id).await?),
        })
    }
}

impl Handler for ListIdentityProvidersRequest {
    async fn handle(self, cx: &Cx) -> Result<ListIdentityProvidersResponse> {
        let (found, next_token) = paging::resources::<IdentityProvider>(
            cx,
            "ListIdentityProviders",
            self.user_pool_id,
            self.next_token.as_deref(),
            self.max_results,
            PAGE_MAX,
        )
        .await?;
        Ok(ListIdentityProvidersResponse {
            providers: found
                .into_iter()
                .map(|provider| ProviderDescription {
                    provider_name: Some(provider.name),
                    provider_type: Some(provider.kind),
                    last_modified_date: Some(provider.modified_at.into()),
                    creation_date: Some(provider.created_at.into()),
                })
                .collect(),
            next_token,
        })
    }
}

/// Tells whether an app client may offer a provider: the users' own directory, or one of the
/// user pool's.
///
/// # Errors
///
/// What the store reports.
pub fn provider_exists(r: &mut Reader<'_>, user_pool_id: &str, name: &str) -> Result<bool> {
    Ok(name == NATIVE || resources::get::<IdentityProvider>(r, user_pool_id, name)?.is_some())
}

/// Reads an identity provider inside a store job.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub fn provider_in(r: &mut Reader<'_>, user_pool_id: &str, name: &str) -> Result<IdentityProvider> {
    resources::get(r, user_pool_id, name)?
        .ok_or_else(|| Error::not_found(format!("Identity provider {name} does not exist.")))
}

fn claim(tx: &mut crate::store::Tx<'_>, before: &[String], provider: &IdentityProvider) -> Result<()> {
    match identity_providers::claim(tx, before, provider)? {
        None => Ok(()),
        Some(taken) => Err(Error::invalid(format!(
            "The identifier {taken} is used by another identity provider."
        ))),
    }
}

fn distinct(identifiers: Option<Vec<String>>) -> Result<Vec<String>> {
    let identifiers = identifiers.unwrap_or_default();
    let mut seen = BTreeSet::new();
    if let Some(twice) = identifiers.iter().find(|it| !seen.insert(*it)) {
        return Err(Error::invalid(format!(
            "The identifier {twice} is given more than once."
        )));
    }
    Ok(identifiers)
}

fn refused(findings: &[Finding]) -> Error {
    let lines: Vec<&str> = findings.iter().map(|finding| finding.text.as_str()).collect();
    Error::invalid(lines.join("\n"))
}

async fn shown(cx: &Cx, provider: IdentityProvider) -> Result<IdentityProviderType> {
    let mut details = provider.details;
    match provider.kind {
        IdentityProviderTypeType::SignInWithApple => {
            details.remove(PRIVATE_KEY);
        }
        IdentityProviderTypeType::Saml => {
            let certificate = signing_certificate(cx, &provider.user_pool_id).await?;
            details.insert("ActiveEncryptionCertificate".to_owned(), certificate);
        }
        _ => {}
    }
    Ok(IdentityProviderType {
        user_pool_id: Some(provider.user_pool_id),
        provider_name: Some(provider.name),
        provider_type: Some(provider.kind),
        provider_details: Some(details),
        attribute_mapping: Some(provider.attribute_mapping),
        idp_identifiers: Some(provider.identifiers),
        acr_mapping: provider.acr_mapping,
        last_modified_date: Some(provider.modified_at.into()),
        creation_date: Some(provider.created_at.into()),
    })
}

/// Returns the certificate of a user pool towards SAML providers.
async fn signing_certificate(cx: &Cx, user_pool_id: &str) -> Result<String> {
    let (engine, id, now) = (Arc::clone(&cx.engine), user_pool_id.to_owned(), cx.now());
    cx.engine
        .store
        .read(move |r| -> Result<_> {
            let pool = pool_in(r, &id)?;
            let keys = engine.keys_of(r, &pool.id)?;
            certificate::of_pool(&keys, &pool, now)
        })
        .await
}

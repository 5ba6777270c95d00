//! Operations on the styles of managed login pages.
//!
//! An update lays the given settings over those that are kept, so that a large style can be
//! sent in parts. A picture takes the place of the one with the same category, color mode and
//! resource; given without bytes it takes that one away.

use crate::base::ids;
use crate::engine::auth::client::find_in;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::Finding;
use crate::rules::branding::assets::{self, ASSETS_MAX, REQUEST_MAX_BYTES};
use crate::rules::branding::managed_login as settings;
use crate::store::Reader;
use crate::store::records::managed_login::{self, Style};
use crate::store::records::resources;
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AssetType, CreateManagedLoginBrandingRequest, CreateManagedLoginBrandingResponse,
    DeleteManagedLoginBrandingRequest, DescribeManagedLoginBrandingByClientRequest,
    DescribeManagedLoginBrandingByClientResponse, DescribeManagedLoginBrandingRequest,
    DescribeManagedLoginBrandingResponse, ManagedLoginBrandingType, UpdateManagedLoginBrandingRequest,
    UpdateManagedLoginBrandingResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateManagedLoginBrandingRequest>(),
    Route::of::<DescribeManagedLoginBrandingRequest>(),
    Route::of::<DescribeManagedLoginBrandingByClientRequest>(),
    Route::of::<UpdateManagedLoginBrandingRequest>(),
    Route::of::<DeleteManagedLoginBrandingRequest>(),
];

/// The most styles of a user pool. Source: developer guide, "Quotas".
const STYLES_MAX: usize = 20;
/// Findings named in one answer; a document may have thousands.
const NAMED_MAX: usize = 20;

impl Handler for CreateManagedLoginBrandingRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateManagedLoginBrandingResponse> {
        let now = cx.now();
        let id = ids::uuid(cx.rng()).to_string();
        let given = Given::check(self.use_cognito_provided_values, self.settings, self.assets)?;
        let (pool_id, client_id) = (self.user_pool_id, self.client_id);
        let made = cx
            .engine
            .store
            .transact("CreateManagedLoginBranding", move |tx| -> Result<_> {
                let (pool, client) = find_in(tx, &pool_id, &client_id)?;
                let mut style = Style {
                    id: id.clone(),
                    user_pool_id: pool.id.clone(),
                    client_id: client.id,
                    created_at: now,
                    ..Style::default()
                };
                given.lay_over(&mut style)?;
                style.modified_at = now;
                if resources::count_up_to::<Style>(tx, &pool.id, STYLES_MAX)? >= STYLES_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {STYLES_MAX} styles."),
                    ));
                }
                if managed_login::insert(tx, &style)? {
                    return Ok(style);
                }
                Err(Error::new(
                    Code::ManagedLoginBrandingExistsException,
                    "A style is already assigned to the app client.",
                ))
            })
            .await?;
        Ok(CreateManagedLoginBrandingResponse {
            managed_login_branding: Some(shown(made, false)),
        })
    }
}

impl Handler for DescribeManagedLoginBrandingRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeManagedLoginBrandingResponse> {
        let style = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                style_in(r, &pool.id, &self.managed_login_branding_id)
            })
            .await?;
        Ok(DescribeManagedLoginBrandingResponse {
            managed_login_branding: Some(shown(style, self.return_merged_resources == Some(true))),
        })
    }
}

impl Handler for DescribeManagedLoginBrandingByClientRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeManagedLoginBrandingByClientResponse> {
        let style = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let (pool, client) = find_in(r, &self.user_pool_id, &self.client_id)?;
                managed_login::of_client(r, &pool.id, &client.id)?
                    .ok_or_else(|| Error::not_found(format!("App client {} has no style.", client.id)))
            })
            .await?;
        Ok(DescribeManagedLoginBrandingByClientResponse {
            managed_login_branding: Some(shown(style, self.return_merged_resources == Some(true))),
        })
    }
}

impl Handler for UpdateManagedLoginBrandingRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateManagedLoginBrandingResponse> {
        let now = cx.now();
        let (Some(pool_id), Some(id)) = (self.user_pool_id, self.managed_login_branding_id) else {
            return Err(Error::invalid(
                "UserPoolId and ManagedLoginBrandingId are required.",
            ));
        };
        let given = Given::check(self.use_cognito_provided_values, self.settings, self.assets)?;
        let changed = cx
            .engine
            .store
            .transact("UpdateManagedLoginBranding", move |tx| -> Result<_> {
                let pool = pool_in(tx, &pool_id)?;
                let mut style = style_in(tx, &pool.id, &id)?;
                given.lay_over(&mut style)?;
                style.modified_at = now;
                resources::update(tx, &style)?;
                Ok(style)
            })
            .await?;
        Ok(UpdateManagedLoginBrandingResponse {
            managed_login_branding: Some(shown(changed, false)),
        })
    }
}

impl Handler for DeleteManagedLoginBrandingRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteManagedLoginBranding", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let style = style_in(tx, &pool.id, &self.managed_login_branding_id)?;
                managed_login::delete(tx, &style)?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

/// What a request gives, checked.
#[derive(Clone)]
struct Given {
    uses_defaults: Option<bool>,
    settings: Option<serde_json::Value>,
    assets: Vec<AssetType>,
}

impl Given {
    fn check(
        uses_defaults: Option<bool>,
        settings: Option<serde_json::Value>,
        assets: Option<Vec<AssetType>>,
    ) -> Result<Self> {
        let assets = assets.unwrap_or_default();
        if uses_defaults == Some(true) && (settings.is_some() || !assets.is_empty()) {
            return Err(Error::invalid(
                "Settings and Assets cannot be given when UseCognitoProvidedValues is true.",
            ));
        }
        let mut found = settings.as_ref().map(settings::check).unwrap_or_default();
        let mut seen = Vec::with_capacity(assets.len());
        for asset in &assets {
            found.extend(assets::check(asset));
            let key = key(asset);
            if seen.contains(&key) {
                let place = asset.category.as_str();
                found.push(Finding::field(place, format!("{place} is given more than once.")));
            }
            seen.push(key);
        }
        if !found.is_empty() {
            return Err(refused(&found));
        }
        let given = Self {
            uses_defaults,
            settings,
            assets,
        };
        if weight(given.settings.as_ref(), &given.assets) > REQUEST_MAX_BYTES {
            return Err(too_large());
        }
        Ok(given)
    }

    fn lay_over(&self, style: &mut Style) -> Result<()> {
        if self.uses_defaults == Some(true) {
            style.uses_defaults = true;
            style.settings = None;
            style.assets.clear();
            return Ok(());
        }
        if self.uses_defaults == Some(false) || self.settings.is_some() || !self.assets.is_empty() {
            style.uses_defaults = false;
        }
        if let Some(given) = &self.settings {
            let kept = style.settings.get_or_insert_with(|| serde_json::json!({}));
            settings::merge(kept, given);
        }
        for asset in &self.assets {
            style.assets.retain(|kept| key(kept) != key(asset));
            if asset.bytes.is_some() {
                style.assets.push(asset.clone());
            }
        }
        if style.assets.len() > ASSETS_MAX {
            return Err(Error::invalid(format!(
                "A style has at most {ASSETS_MAX} assets."
            )));
        }
        Ok(())
    }
}

/// Names the place of a picture in a style.
fn key(asset: &AssetType) -> (&str, &str, Option<&str>) {
    (
        asset.category.as_str(),
        asset.color_mode.as_str(),
        asset.resource_id.as_deref(),
    )
}

fn weight(settings: Option<&serde_json::Value>, assets: &[AssetType]) -> usize {
    let settings = settings.map_or(0, |it| it.to_string().len());
    assets
        .iter()
        .filter_map(|asset| asset.bytes.as_ref())
        .fold(settings, |sum, bytes| sum.saturating_add(bytes.0.len()))
}

fn too_large() -> Error {
    Error::invalid(format!(
        "Settings and Assets have more than {REQUEST_MAX_BYTES} bytes together."
    ))
}

fn refused(findings: &[Finding]) -> Error {
    let mut lines: Vec<String> = findings
        .iter()
        .take(NAMED_MAX)
        .map(|finding| finding.text.clone())
        .collect();
    let more = findings.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        lines.push(format!("And {more} more."));
    }
    Error::invalid(lines.join("\n"))
}

fn style_in(r: &mut Reader<'_>, pool: &str, id: &str) -> Result<Style> {
    resources::get(r, pool, id)?
        .ok_or_else(|| Error::not_found(format!("Managed login style {id} does not exist.")))
}

fn shown(style: Style, merged: bool) -> ManagedLoginBrandingType {
    ManagedLoginBrandingType {
        managed_login_branding_id: Some(style.id),
        user_pool_id: Some(style.user_pool_id),
        use_cognito_provided_values: Some(style.uses_defaults),
        settings: if merged {
            Some(settings::merged(style.settings.as_ref()))
        } else {
            style.settings
        },
        assets: Some(style.assets),
        creation_date: Some(style.created_at.into()),
        last_modified_date: Some(style.modified_at.into()),
    }
}

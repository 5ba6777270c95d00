//! Operations on classic branding: a style sheet and a logo, of the pool or of one client.
//!
//! Our choices where the vendor does not say: a call sets both, so what is missing is
//! cleared; no domain is asked for, because the pages are served by the engine itself.

use aws_lc_rs::digest;

use crate::base::clock::UnixMillis;
use crate::engine::auth::client::find_in;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::branding::{css, images};
use crate::rules::finding::Finding;
use crate::store::Reader;
use crate::store::records::ui_customization::{self, UiCustomization};
use crate::wire::idp::{
    GetUICustomizationRequest, GetUICustomizationResponse, SetUICustomizationRequest,
    SetUICustomizationResponse, UICustomizationType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetUICustomizationRequest>(),
    Route::of::<SetUICustomizationRequest>(),
];

/// Stands for every client of the pool.
const ALL: &str = "ALL";

/// Answers the client's own branding, else the pool's, else an empty one.
impl Handler for GetUICustomizationRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUICustomizationResponse> {
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let client = whose(r, &self.user_pool_id, self.client_id.as_deref())?;
                match ui_customization::get(r, &self.user_pool_id, &client)? {
                    None if client != ALL => Ok(ui_customization::get(r, &self.user_pool_id, ALL)?),
                    found => Ok(found),
                }
            })
            .await?;
        Ok(GetUICustomizationResponse {
            ui_customization: found.map(|ui| described(cx, ui)).unwrap_or_default(),
        })
    }
}

impl Handler for SetUICustomizationRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUICustomizationResponse> {
        let now = cx.now();
        let style = self.css.filter(|text| !text.is_empty());
        let logo = self
            .image_file
            .map(|blob| blob.0)
            .filter(|bytes| !bytes.is_empty());
        let together = images::check_together(
            style.as_deref().map_or(0, str::len),
            logo.as_deref().map_or(0, <[u8]>::len),
        );
        if let Some(finding) = together {
            return Err(refused(&[finding]));
        }
        if let Some(style) = &style {
            let errors: Vec<Finding> = css::check(style).into_iter().filter(Finding::is_error).collect();
            if !errors.is_empty() {
                return Err(refused(&errors));
            }
        }
        let (id, client_id) = (self.user_pool_id, self.client_id);
        // Decoding a picture is work for the threads that are there for work.
        let (logo, info) = cx
            .engine
            .store
            .read(move |_| -> Result<_> {
                let info = logo
                    .as_deref()
                    .map(|bytes| images::check_logo(bytes).map_err(|found| refused(&found)))
                    .transpose()?;
                Ok((logo, info))
            })
            .await?;
        let logo_id = logo.as_deref().map(logo_id);
        let set = cx
            .engine
            .store
            .transact("SetUICustomization", move |tx| -> Result<_> {
                let client = whose(tx, &id, client_id.as_deref())?;
                let before = ui_customization::get(tx, &id, &client)?;
                let ui = UiCustomization {
                    user_pool_id: id.clone(),
                    client_id: client,
                    css: style.clone(),
                    css_version: stamp(now),
                    logo_type: info.as_ref().map(|info| info.kind.media_type().to_owned()),
                    logo_id: logo_id.clone(),
                    created_at: before.map_or(now, |before| before.created_at),
                    modified_at: now,
                };
                ui_customization::put(tx, &ui, logo.as_deref())?;
                Ok(ui)
            })
            .await?;
        Ok(SetUICustomizationResponse {
            ui_customization: described(cx, set),
        })
    }
}

/// Returns whose branding is meant, an app client's id or `ALL`, after checking that it is there.
fn whose(r: &mut Reader<'_>, pool: &str, client_id: Option<&str>) -> Result<String> {
    match client_id {
        None | Some("" | ALL) => {
            pool_in(r, pool)?;
            Ok(ALL.to_owned())
        }
        Some(client_id) => Ok(find_in(r, pool, client_id)?.1.id),
    }
}

fn described(cx: &Cx, ui: UiCustomization) -> UICustomizationType {
    let extension = match ui.logo_type.as_deref() {
        Some("image/jpeg") => "jpg",
        _ => "png",
    };
    let image_url = ui.logo_id.map(|logo| {
        format!(
            "{}/{}/assets/{logo}.{extension}",
            cx.engine.endpoint(),
            ui.user_pool_id
        )
    });
    UICustomizationType {
        user_pool_id: Some(ui.user_pool_id),
        client_id: Some(ui.client_id),
        image_url,
        css: ui.css,
        css_version: Some(ui.css_version),
        last_modified_date: Some(ui.modified_at.into()),
        creation_date: Some(ui.created_at.into()),
    }
}

fn refused(findings: &[Finding]) -> Error {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Error::invalid(lines.join("\n"))
}

/// Names a logo by its content, so that another picture has another address.
fn logo_id(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    let mut text = hex::encode(hash);
    text.truncate(16);
    text
}

/// The version of a style sheet: the instant it was set, as `yyyyMMddHHmmss` in UTC.
fn stamp(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.secs().to_string(),
        |at| at.strftime("%Y%m%d%H%M%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_the_instant_in_digits() {
        assert_eq!(stamp(UnixMillis(1_767_225_601_999)), "20260101000001");
    }
}

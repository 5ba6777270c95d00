//! What is edited of one branding: style sheet and logo, beside what is stored of them.

use std::sync::Arc;

use egui::TextureHandle;

use crate::console::command::explain;
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::widgets;
use crate::rules::branding::images;
use crate::rules::branding::pages::data_url;
use crate::rules::finding::Finding;
use crate::wire::idp::GetUICustomizationResponse;

/// What is edited of one branding.
#[derive(Default)]
pub(super) struct BrandingDraft {
    pub(super) source: Option<Arc<GetUICustomizationResponse>>,
    pub(super) saved_css: String,
    pub(super) css: String,
    /// The app client whose branding is shown: not the own one when it is inherited.
    pub(super) is_inherited: bool,
    pub(super) image_url: Option<String>,
    /// The stored logo; awaited, read or unreadable.
    pub(super) stored_logo: StoredLogo,
    pub(super) logo: Edited,
    /// Why the last save was refused.
    pub(super) failure: Option<String>,
}

#[derive(Default)]
pub(super) enum StoredLogo {
    /// There is none.
    #[default]
    None,
    Awaited(Sent<Vec<u8>>),
    Read(Logo),
    Unreadable(String),
}

#[derive(Default)]
pub(super) enum Edited {
    #[default]
    Unchanged,
    Removed,
    Replaced(Logo),
}

#[derive(Clone)]
pub(super) struct Logo {
    pub(super) name: String,
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) info: images::LogoInfo,
    pub(super) data_url: Arc<str>,
    pub(super) texture: Option<TextureHandle>,
}

impl Logo {
    pub(super) fn new(name: String, bytes: Vec<u8>) -> Result<Self, String> {
        let info = images::check_logo(&bytes).map_err(|findings| {
            findings
                .into_iter()
                .map(|finding| finding.text)
                .collect::<Vec<_>>()
                .join(" ")
        })?;
        let data_url = data_url(info.kind.media_type(), &bytes).into();
        Ok(Self {
            name,
            bytes: Arc::new(bytes),
            info,
            data_url,
            texture: None,
        })
    }

    pub(super) fn texture(&mut self, ctx: &egui::Context) -> Option<TextureHandle> {
        if self.texture.is_none() {
            let picture = images::open_source(&self.bytes)
                .ok()?
                .thumbnail(700, 356)
                .into_rgba8();
            let side = |side: u32| usize::try_from(side).unwrap_or_default();
            let image = egui::ColorImage::from_rgba_unmultiplied(
                [side(picture.width()), side(picture.height())],
                picture.as_raw(),
            );
            self.texture = Some(ctx.load_texture("logo", image, egui::TextureOptions::LINEAR));
        }
        self.texture.clone()
    }
}

impl BrandingDraft {
    /// Takes what the engine answered without losing what is edited.
    pub(super) fn take(
        &mut self,
        answer: &Arc<GetUICustomizationResponse>,
        scope: &str,
        cx: &mut ScreenCx<'_>,
    ) {
        if self
            .source
            .as_ref()
            .is_some_and(|source| Arc::ptr_eq(source, answer))
        {
            return;
        }
        let told = &answer.ui_customization;
        let stored = told.css.as_deref().unwrap_or_default().replace("\r\n", "\n");
        if self.source.is_none() || self.css == self.saved_css {
            self.css.clone_from(&stored);
        }
        self.saved_css = stored;
        self.is_inherited = told
            .client_id
            .as_deref()
            .is_some_and(|client_id| client_id != scope);
        if self.image_url != told.image_url || matches!(self.stored_logo, StoredLogo::Unreadable(_)) {
            self.image_url.clone_from(&told.image_url);
            self.stored_logo = match told.image_url.clone() {
                None => StoredLogo::None,
                Some(url) => StoredLogo::Awaited(cx.work(
                    |driver| async move { driver.transport().download(url).await },
                    |_, _| {},
                )),
            };
        }
        self.source = Some(Arc::clone(answer));
    }

    pub(super) fn receive(&mut self) {
        if let StoredLogo::Awaited(sent) = &self.stored_logo
            && let Some(outcome) = sent.take()
        {
            let read = outcome
                .map_err(|reason| explain(&reason))
                .and_then(|bytes| Logo::new("Stored logo".to_owned(), bytes));
            self.stored_logo = match read {
                Ok(logo) => StoredLogo::Read(logo),
                Err(reason) => StoredLogo::Unreadable(reason),
            };
        }
    }

    pub(super) fn logo(&self) -> Option<&Logo> {
        match (&self.logo, &self.stored_logo) {
            (Edited::Replaced(logo), _) | (Edited::Unchanged, StoredLogo::Read(logo)) => Some(logo),
            (Edited::Removed, _)
            | (Edited::Unchanged, StoredLogo::None | StoredLogo::Awaited(_) | StoredLogo::Unreadable(_)) => {
                None
            }
        }
    }

    pub(super) fn logo_mut(&mut self) -> Option<&mut Logo> {
        match (&mut self.logo, &mut self.stored_logo) {
            (Edited::Replaced(logo), _) | (Edited::Unchanged, StoredLogo::Read(logo)) => Some(logo),
            (Edited::Removed, _)
            | (Edited::Unchanged, StoredLogo::None | StoredLogo::Awaited(_) | StoredLogo::Unreadable(_)) => {
                None
            }
        }
    }

    pub(super) fn is_css_changed(&self) -> bool {
        self.css != self.saved_css
    }

    pub(super) fn is_logo_changed(&self) -> bool {
        match &self.logo {
            Edited::Unchanged => false,
            Edited::Removed => !matches!(self.stored_logo, StoredLogo::None),
            Edited::Replaced(_) => true,
        }
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.is_css_changed() || self.is_logo_changed()
    }

    pub(super) fn discard(&mut self) {
        self.css.clone_from(&self.saved_css);
        self.logo = Edited::Unchanged;
        self.failure = None;
    }

    /// Finds style sheet and logo larger together than they may be.
    pub(super) fn too_much(&self) -> Option<Finding> {
        let logo_bytes = self.logo().map_or(0, |logo| logo.bytes.len());
        images::check_together(self.css.len(), logo_bytes)
    }

    /// Says why nothing can be saved now.
    pub(super) fn obstacle(&self, findings: &[Finding]) -> Option<String> {
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        if errors > 0 {
            let errors = widgets::counted(errors, "error");
            return Some(format!("The style sheet has {errors}; mend them first"));
        }
        if let Some(finding) = self.too_much() {
            return Some(finding.text);
        }
        match (&self.logo, &self.stored_logo) {
            (Edited::Unchanged, StoredLogo::Awaited(_)) => Some("The stored logo is still being read".to_owned()),
            (Edited::Unchanged, StoredLogo::Unreadable(_)) => Some(
                "The stored logo could not be read, and saving without it would remove it; choose a logo or remove it"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

//! The branding studio: style sheet, logo and a live preview of the classic hosted pages,
//! for the whole user pool or for one app client.
//!
//! A branding is set as a whole: a call without the logo removes it. So what is stored is
//! read first, the logo included, and sent again with whatever is edited. That is why a
//! branding has a save of its own and is no draft of the pending changes.

use std::collections::BTreeMap;

use egui::{Frame, Margin, Panel, Ui, Vec2};

use crate::base::rng::SystemRng;
use crate::console::command::{Effects, Toast, Tone, explain};
use crate::console::remote::Sent;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon, size};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, IconButton, Kind};
use crate::driver::CallError;
use crate::rules::branding::TEMPLATE;
use crate::rules::branding::images;
use crate::rules::branding::pages::{Page, PageKind, Pose};
use crate::wire::Blob;
use crate::wire::idp::{
    GetUICustomizationRequest, GetUICustomizationResponse, ListUserPoolClientsRequest,
    SetUICustomizationRequest, UserPoolType,
};

mod canvas;
mod crop;
mod draft;
mod editor;
mod files;
mod logo;
mod review;
mod sheet;
mod staging;

use canvas::Canvas;
use crop::Cropping;
use draft::{BrandingDraft, Edited, StoredLogo};
use editor::Editor;
use files::Loaded;
use logo::Files;
use review::review;
use staging::page;

/// The client id of the branding that all app clients share.
const ALL: &str = "ALL";

/// Style sheet, logo, preview.
#[derive(Default)]
pub struct BrandingStudio {
    /// An app client id, or nothing for [`ALL`].
    scope: Option<String>,
    drafts: BTreeMap<String, BrandingDraft>,
    editor: Editor,
    canvas: Canvas,
    files: Files,
    saving: Option<Saving>,
    reviewing: bool,
    resetting: bool,
    opening: Option<Sent<Result<String, String>>>,
}

struct Saving {
    scope: String,
    css: String,
    is_reset: bool,
    sent: Sent<GetUICustomizationResponse>,
}

impl Screen for BrandingStudio {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let scope = self.scope.clone().unwrap_or_else(|| ALL.to_owned());
        let asked = GetUICustomizationRequest {
            user_pool_id: cx.pool_id(),
            client_id: Some(scope.clone()),
        };
        let told = cx.get(&asked);
        if let Some(answer) = &told.value {
            self.drafts
                .entry(scope.clone())
                .or_default()
                .take(answer, &scope, cx);
        }
        let mut draft = self.drafts.remove(&scope).unwrap_or_default();
        draft.receive();
        self.receive(ui.ctx(), cx, &mut draft, &scope);
        self.dropped(ui.ctx(), cx);

        let pool = cx.pool();
        let pool = pool.value.as_ref().and_then(|answer| answer.user_pool.clone());
        let page = page(pool.as_ref(), &draft);
        self.header(ui, cx, &mut draft, &page);
        self.scope_bar(ui, cx, &draft, &scope);
        if told.value.is_none() {
            match &told.error {
                Some(reason) => {
                    if widgets::failed(ui, "The branding could not be read", reason) {
                        cx.refresh(&["GetUICustomization"]);
                    }
                }
                None => widgets::loading(ui, told.loading_millis),
            }
        } else {
            self.body(ui, cx, &mut draft, page, pool.as_ref());
        }
        self.dialogs(ui.ctx(), cx, &mut draft, &scope);
        self.drafts.insert(scope, draft);
    }

    fn unsaved(&self) -> Option<String> {
        let edited = self.drafts.values().filter(|draft| draft.is_dirty()).count();
        (edited > 0).then(|| "Branding: style sheet or logo not saved".to_owned())
    }

    fn is_busy(&self) -> bool {
        self.canvas.is_busy()
    }
}

impl BrandingStudio {
    fn header(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, draft: &mut BrandingDraft, page: &Page) {
        let obstacle = draft.obstacle(self.editor.findings(&draft.css));
        let is_dirty = draft.is_dirty();
        let is_saving = self.saving.is_some();
        let is_read_only = cx.is_read_only();
        let subtitle = "Style sheet and logo of the classic hosted pages";
        widgets::header(ui, "Branding studio", subtitle, |ui| {
            let can_save = is_dirty && obstacle.is_none() && !is_read_only && !is_saving;
            let save = ui
                .add_enabled_ui(can_save, |ui| ui.add(Button::primary("Save…").busy(is_saving)))
                .inner;
            let why = if is_read_only {
                Some("This connection is read-only")
            } else if !is_dirty {
                Some("Nothing is edited")
            } else {
                obstacle.as_deref()
            };
            if let Some(why) = why {
                save.clone().on_disabled_hover_text(why);
            }
            if save.clicked() {
                self.reviewing = true;
            }
            if is_dirty && ui.add(Button::new("Discard")).clicked() {
                draft.discard();
            }
            let open = ui.add(
                Button::new("Open in browser")
                    .icon(Icon::ExternalLink)
                    .busy(self.opening.is_some()),
            );
            if open.clicked() {
                let html = Page {
                    pose: Pose::Served,
                    ..self.canvas.staged(page.clone())
                }
                .render();
                let name = crate::base::ids::uuid(&SystemRng).to_string();
                self.opening = Some(cx.work(
                    |_| async move { Ok(files::write_page(html, name).await) },
                    |_, _| {},
                ));
            }
            let more = ui.add(IconButton::new(Icon::Ellipsis, "More actions"));
            widgets::menu(&more, |ui| {
                ui.set_min_width(230.0);
                if widgets::menu_item(ui, Icon::FileCode, "Insert the template").clicked() {
                    TEMPLATE.clone_into(&mut draft.css);
                }
                if widgets::menu_item(ui, Icon::Copy, "Copy the style sheet").clicked() {
                    cx.copy("Style sheet", draft.css.clone());
                }
                if widgets::menu_item(ui, Icon::RefreshCw, "Read again").clicked() {
                    cx.refresh(&["GetUICustomization"]);
                }
                widgets::hairline(ui);
                let reset = Button::new("Reset branding…")
                    .kind(Kind::DangerQuiet)
                    .icon(Icon::RotateCcw)
                    .wide();
                if ui.add_enabled(!is_read_only, reset).clicked() {
                    self.resetting = true;
                }
            });
        });
    }

    fn scope_bar(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, draft: &BrandingDraft, scope: &str) {
        let t = theme::tokens(ui);
        let asked = ListUserPoolClientsRequest {
            user_pool_id: cx.pool_id(),
            max_results: Some(60),
            ..ListUserPoolClientsRequest::default()
        };
        let clients = cx.get_all(&asked);
        let clients = clients
            .value
            .as_ref()
            .and_then(|list| list.user_pool_clients.clone())
            .unwrap_or_default();
        let mut options: Vec<(Option<String>, String)> = vec![(None, "All app clients".to_owned())];
        for client in clients {
            if let Some(id) = client.client_id {
                options.push((Some(id.clone()), client.client_name.unwrap_or(id)));
            }
        }
        Frame::NONE
            .fill(t.bg1)
            .inner_margin(Margin {
                left: 24,
                right: 24,
                top: 6,
                bottom: 6,
            })
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.set_min_height(size::CONTROL);
                    ui.spacing_mut().item_spacing.x = size::SMALL;
                    let label = ui.label(t.label("Applies to"));
                    let chosen = options
                        .iter()
                        .find(|(id, _)| *id == self.scope)
                        .map_or("…", |(_, name)| name.as_str());
                    ui.spacing_mut().interact_size.y = 28.0;
                    egui::ComboBox::from_id_salt("scope")
                        .width(220.0)
                        .truncate()
                        .selected_text(t.body(chosen))
                        .icon(|ui, rect, _, _| {
                            let t = theme::tokens(ui);
                            widgets::paint_icon_sized(ui, Icon::ChevronDown, rect.center(), 14.0, t.text3);
                        })
                        .show_ui(ui, |ui| {
                            for (id, name) in &options {
                                let edited = self
                                    .drafts
                                    .get(id.as_deref().unwrap_or(ALL))
                                    .is_some_and(BrandingDraft::is_dirty);
                                let name = if edited {
                                    format!("{name} (edited)")
                                } else {
                                    name.clone()
                                };
                                ui.selectable_value(&mut self.scope, id.clone(), name);
                            }
                        })
                        .response
                        .labelled_by(label.id);
                    let told = draft.source.as_ref().map(|source| &source.ui_customization);
                    let is_set = told.is_some_and(|told| told.css.is_some() || told.image_url.is_some());
                    if draft.is_inherited {
                        widgets::badge(ui, Badge::Violet, Icon::CornerDownRight, "Inherited")
                            .on_hover_text("This app client has no branding of its own; saving makes one");
                    } else if is_set {
                        let word = if scope == ALL {
                            "Set for the user pool"
                        } else {
                            "Own branding"
                        };
                        widgets::badge(ui, Badge::Ok, Icon::CircleCheck, word);
                    } else {
                        widgets::badge(ui, Badge::Gray, Icon::Circle, "Default look");
                    }
                    if draft.is_dirty() {
                        widgets::badge(ui, Badge::Accent, Icon::Pencil, "Edited");
                    }
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if let Some(told) = told.filter(|_| is_set) {
                            let now = cx.now();
                            widgets::ago(ui, now, told.last_modified_date);
                            ui.label(t.hint("Saved"));
                        }
                    });
                });
            });
        widgets::hairline(ui);
    }

    fn body(
        &mut self,
        ui: &mut Ui,
        cx: &mut ScreenCx<'_>,
        draft: &mut BrandingDraft,
        page: Page,
        pool: Option<&UserPoolType>,
    ) {
        let t = theme::tokens(ui);
        let room = ui.available_width();
        Panel::left("studio")
            .resizable(true)
            .default_size((room * 0.42).clamp(360.0, 540.0))
            .size_range(340.0..=(room - 360.0).max(341.0))
            .frame(Frame::NONE.fill(t.bg0).inner_margin(Margin {
                left: 24,
                right: 16,
                top: 14,
                bottom: 14,
            }))
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = size::SMALL;
                if let Some(failure) = draft.failure.clone() {
                    let text = format!("The branding was not saved. {failure}");
                    let mut close = false;
                    widgets::banner(ui, Tone::Error, &text, |ui| {
                        close = ui
                            .add(IconButton::new(Icon::X, "Close this message").small())
                            .clicked();
                    });
                    if close {
                        draft.failure = None;
                    }
                }
                self.logo_card(ui, cx, draft);
                self.sheet(ui, cx, draft);
            });
        egui::CentralPanel::default()
            .frame(Frame::NONE.fill(t.bg1).inner_margin(Margin {
                left: 16,
                right: 16,
                top: 10,
                bottom: 6,
            }))
            .show(ui, |ui| {
                let is_closed = pool
                    .and_then(|pool| pool.admin_create_user_config.as_ref())
                    .and_then(|config| config.allow_admin_create_user_only)
                    .unwrap_or_default();
                if is_closed && self.canvas.kind() == PageKind::SignUp {
                    let text = "Self-service sign-up is off: users do not see this page";
                    widgets::banner(ui, Tone::Info, text, |_| {});
                    ui.add_space(size::SMALL);
                }
                self.canvas.ui(ui, page);
            });
    }

    fn dropped(&mut self, ctx: &egui::Context, cx: &mut ScreenCx<'_>) {
        let dropped = ctx.input(|input| input.raw.dropped_files.first().cloned());
        if let Some(file) = dropped
            && self.files.reading.is_none()
        {
            self.files.read(cx, file.path().to_owned());
        }
    }

    /// Takes in what background work brought.
    fn receive(
        &mut self,
        ctx: &egui::Context,
        cx: &mut ScreenCx<'_>,
        draft: &mut BrandingDraft,
        scope: &str,
    ) {
        if let Some(outcome) = self.files.reading.as_ref().and_then(Sent::take) {
            self.files.reading = None;
            match flatten(outcome) {
                Ok(Loaded::Logo { name, bytes, .. }) => self.use_logo(draft, name, bytes),
                Ok(Loaded::Picture { name, picture, why }) => {
                    let why: Vec<String> = why.into_iter().map(|finding| finding.text).collect();
                    self.files.cropping = Some(Cropping::new(name, picture, why.join(" ")));
                }
                Ok(Loaded::StyleSheet { text }) => draft.css = text,
                Ok(Loaded::Nothing) => {}
                Err(reason) => self.files.failure = Some(reason),
            }
        }
        if let Some(outcome) = self.files.fitting.as_ref().and_then(Sent::take) {
            self.files.fitting = None;
            match flatten(outcome) {
                Ok(bytes) => {
                    let name = self
                        .files
                        .cropping
                        .take()
                        .map_or_else(|| "Logo".to_owned(), |cropping| cropping.name);
                    self.use_logo(draft, name, bytes);
                }
                Err(reason) => self.files.failure = Some(reason),
            }
        }
        if let Some(outcome) = self.opening.as_ref().and_then(Sent::take) {
            self.opening = None;
            match flatten(outcome) {
                Ok(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
                Err(reason) => cx.toast(Toast::error("The page could not be written", reason)),
            }
        }
        let Some(outcome) = self.saving.as_ref().and_then(|saving| saving.sent.take()) else {
            return;
        };
        let Some(saving) = self.saving.take() else { return };
        // The scope may have been left while the call was on its way.
        let draft = if saving.scope == scope {
            Some(draft)
        } else {
            self.drafts.get_mut(&saving.scope)
        };
        let Some(draft) = draft else { return };
        match outcome {
            Ok(back) => {
                let stored = back
                    .ui_customization
                    .css
                    .as_deref()
                    .unwrap_or_default()
                    .replace("\r\n", "\n");
                if stored != saving.css && !saving.is_reset {
                    cx.toast(Toast {
                        tone: Tone::Warning,
                        title: "The engine stored another style sheet than was sent".to_owned(),
                        detail: Some("Shown is what it answered when read back.".to_owned()),
                    });
                }
                if let Edited::Replaced(logo) = std::mem::take(&mut draft.logo) {
                    draft.stored_logo = StoredLogo::Read(logo);
                } else if back.ui_customization.image_url.is_none() {
                    draft.stored_logo = StoredLogo::None;
                }
                draft.image_url.clone_from(&back.ui_customization.image_url);
                if draft.css == saving.css || saving.is_reset {
                    draft.css.clone_from(&stored);
                }
                draft.saved_css = stored;
                draft.failure = None;
                self.reviewing = false;
                self.resetting = false;
            }
            Err(reason) => {
                draft.failure = Some(explain(&reason));
                self.reviewing = false;
                self.resetting = false;
            }
        }
    }

    fn dialogs(
        &mut self,
        ctx: &egui::Context,
        cx: &mut ScreenCx<'_>,
        draft: &mut BrandingDraft,
        scope: &str,
    ) {
        let is_saving = self.saving.is_some();
        if self.reviewing {
            let answer = Dialog::new("Save branding", "Save")
                .width(760.0)
                .busy(is_saving)
                .show(ctx, |ui| {
                    review(ui, draft, scope);
                });
            match answer {
                Answer::Open => {}
                Answer::Cancelled => self.reviewing = false,
                Answer::Confirmed => {
                    let logo = draft.logo().map(|logo| Blob(logo.bytes.as_ref().clone()));
                    self.save(cx, scope, draft.css.clone(), logo, false);
                }
            }
        }
        if self.resetting {
            let whose = if scope == ALL {
                "the user pool"
            } else {
                "this app client"
            };
            let answer = Dialog::new("Reset branding", "Reset")
                .width(440.0)
                .danger()
                .busy(is_saving)
                .show(ctx, |ui| {
                    let t = theme::tokens(ui);
                    let text = format!(
                        "Style sheet and logo of {whose} are removed; the pages get the default look."
                    );
                    ui.add(egui::Label::new(t.body(text)).wrap());
                });
            match answer {
                Answer::Open => {}
                Answer::Cancelled => self.resetting = false,
                Answer::Confirmed => {
                    draft.logo = Edited::Unchanged;
                    self.save(cx, scope, String::new(), None, true);
                }
            }
        }
        let is_fitting = self.files.fitting.is_some();
        if let Some(cropping) = &mut self.files.cropping {
            match cropping.show(ctx, is_fitting, self.files.failure.as_deref()) {
                Answer::Open => {}
                Answer::Cancelled => self.files.cropping = None,
                Answer::Confirmed => {
                    let (picture, crop) = (cropping.picture.clone(), cropping.crop());
                    self.files.failure = None;
                    self.files.fitting = Some(cx.work(
                        move |_| async move {
                            let fitted =
                                tokio::task::spawn_blocking(move || images::fit(&picture, Some(crop))).await;
                            Ok(match fitted {
                                Ok(Ok(bytes)) => Ok(bytes),
                                Ok(Err(findings)) => Err(findings
                                    .into_iter()
                                    .map(|finding| finding.text)
                                    .collect::<Vec<_>>()
                                    .join(" ")),
                                Err(_) => Err("The picture could not be made to fit.".to_owned()),
                            })
                        },
                        |_, _| {},
                    ));
                }
            }
        }
    }

    /// Sets the branding and reads it back.
    fn save(&mut self, cx: &mut ScreenCx<'_>, scope: &str, css: String, logo: Option<Blob>, is_reset: bool) {
        if self.saving.is_some() {
            return;
        }
        let request = SetUICustomizationRequest {
            user_pool_id: cx.pool_id(),
            client_id: Some(scope.to_owned()),
            css: (!css.is_empty()).then(|| css.clone()),
            image_file: logo,
        };
        let asked = GetUICustomizationRequest {
            user_pool_id: cx.pool_id(),
            client_id: Some(scope.to_owned()),
        };
        let done = if is_reset {
            "Branding reset"
        } else {
            "Branding saved and read back"
        };
        let sent = cx.work(
            |driver| async move {
                driver.call(&request).await?;
                driver.call(&asked).await
            },
            move |effects: &mut Effects, outcome: &Result<GetUICustomizationResponse, CallError>| {
                match outcome {
                    Ok(_) => {
                        effects.refresh(&["GetUICustomization"]);
                        effects.toast(Toast::ok(done));
                    }
                    Err(reason) => effects.toast(Toast::failed("The branding was not saved", reason)),
                }
            },
        );
        self.saving = Some(Saving {
            scope: scope.to_owned(),
            css,
            is_reset,
            sent,
        });
    }
}

fn flatten<T>(outcome: Result<Result<T, String>, CallError>) -> Result<T, String> {
    outcome.map_err(|reason| explain(&reason))?
}

fn changed_dot(ui: &mut Ui) {
    let t = theme::tokens(ui);
    let (rect, dot) = ui.allocate_exact_size(Vec2::new(8.0, 16.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.0, t.accent_text);
    dot.on_hover_text("Edited, not yet saved");
}

/// `940 B`, `3.2 KB`, `128 KB`.
fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10) / 1024;
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..10_240 if !tenths.is_multiple_of(10) => format!("{}.{} KB", tenths / 10, tenths % 10),
        _ => format!("{} KB", tenths.saturating_add(5) / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_put_into_words() {
        for (bytes, words) in [
            (0, "0 B"),
            (940, "940 B"),
            (1024, "1 KB"),
            (3_277, "3.2 KB"),
            (131_072, "128 KB"),
            (138_240, "135 KB"),
        ] {
            assert_eq!(kilobytes(bytes), words);
        }
    }
}

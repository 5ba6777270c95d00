//! The logo of a branding: chosen, dropped, cropped, removed.

use std::path::PathBuf;

use egui::{Frame, Margin, Ui, Vec2};

use super::crop::Cropping;
use super::draft::{BrandingDraft, Edited, Logo, StoredLogo};
use super::files::{self, Loaded};
use super::{BrandingStudio, changed_dot, kilobytes};
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon, size};
use crate::console::widgets::{self, Button, Field, IconButton};
use crate::rules::branding::images;

/// Files on their way in.
#[derive(Default)]
pub(super) struct Files {
    pub(super) reading: Option<Sent<Result<Loaded, String>>>,
    /// Asks for a path where no dialog can open.
    pub(super) path: Option<String>,
    pub(super) failure: Option<String>,
    pub(super) cropping: Option<Cropping>,
    pub(super) fitting: Option<Sent<Result<Vec<u8>, String>>>,
}

impl Files {
    pub(super) fn read(&mut self, cx: &mut ScreenCx<'_>, path: PathBuf) {
        self.failure = None;
        self.reading = Some(cx.work(|_| async move { Ok(files::read(path).await) }, |_, _| {}));
    }

    pub(super) fn choose(&mut self, cx: &mut ScreenCx<'_>) {
        if self.reading.is_some() {
            return;
        }
        self.failure = None;
        if cx.has_file_dialog {
            self.reading = Some(cx.work(|_| async move { Ok(files::choose().await) }, |_, _| {}));
        } else {
            self.path = Some(String::new());
        }
    }
}

impl BrandingStudio {
    pub(super) fn logo_card(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, draft: &mut BrandingDraft) {
        let t = theme::tokens(ui);
        ui.horizontal(|ui| {
            ui.label(t.section("Logo"));
            if draft.is_logo_changed() {
                changed_dot(ui);
            }
        });
        let is_over = ui.input(|input| !input.raw.hovered_files.is_empty());
        let border = if is_over {
            egui::Stroke::new(2.0, t.accent_text)
        } else {
            t.hairline()
        };
        Frame::NONE
            .fill(t.bg2)
            .stroke(border)
            .corner_radius(size::RADIUS)
            .inner_margin(Margin::same(10))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP;
                    // In a small window the buttons need the room.
                    let wide = if ui.available_width() < 340.0 { 84.0 } else { 120.0 };
                    let (rect, _) = ui.allocate_exact_size(Vec2::new(wide, 61.0), egui::Sense::hover());
                    ui.painter().rect_filled(rect, 4, t.bg3);
                    let ctx = ui.ctx().clone();
                    match draft.logo_mut().and_then(|logo| logo.texture(&ctx)) {
                        Some(texture) => {
                            let [wide, high] = texture.size();
                            #[expect(clippy::cast_precision_loss, reason = "at most 700 pixels")]
                            let natural = Vec2::new(wide as f32, high as f32);
                            let room = rect.shrink(6.0).size();
                            let fit = (room.x / natural.x).min(room.y / natural.y).min(1.0);
                            let at = egui::Rect::from_center_size(rect.center(), natural * fit);
                            let uv = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                            ui.painter().image(texture.id(), at, uv, egui::Color32::WHITE);
                        }
                        None => widgets::paint_icon_sized(ui, Icon::Image, rect.center(), 22.0, t.text3),
                    }
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 4.0;
                        self.logo_words(ui, draft);
                        ui.horizontal(|ui| {
                            ui.spacing_mut().item_spacing.x = 6.0;
                            let choose = Button::new("Choose…")
                                .icon(Icon::ImageUp)
                                .small()
                                .busy(self.files.reading.is_some());
                            if ui.add(choose).clicked() {
                                self.files.choose(cx);
                            }
                            if draft.logo().is_some()
                                && ui.add(Button::new("Crop…").icon(Icon::Crop).small()).clicked()
                            {
                                self.crop(draft);
                            }
                            let has_logo = draft.logo().is_some()
                                || matches!(
                                    (&draft.logo, &draft.stored_logo),
                                    (Edited::Unchanged, StoredLogo::Unreadable(_))
                                );
                            if has_logo
                                && ui
                                    .add(IconButton::new(Icon::Trash2, "Remove the logo").small().danger())
                                    .clicked()
                            {
                                draft.logo = Edited::Removed;
                                self.files.failure = None;
                            }
                            if draft.is_logo_changed()
                                && ui
                                    .add(IconButton::new(Icon::Undo2, "Back to the stored logo").small())
                                    .clicked()
                            {
                                draft.logo = Edited::Unchanged;
                            }
                        });
                    });
                });
                self.path_field(ui, cx);
                if let Some(failure) = self.files.failure.clone() {
                    ui.horizontal_top(|ui| {
                        widgets::icon_sized(ui, Icon::CircleX, 14.0, t.err);
                        ui.add(egui::Label::new(t.hint(failure).color(t.err)).wrap());
                    });
                }
            });
    }

    fn logo_words(&self, ui: &mut Ui, draft: &BrandingDraft) {
        let t = theme::tokens(ui);
        match (draft.logo(), &draft.logo, &draft.stored_logo) {
            (Some(logo), _, _) => {
                ui.add(egui::Label::new(t.strong(&logo.name)).truncate());
                ui.add(
                    egui::Label::new(t.hint(format!(
                        "{} × {} px, {} of 100 KB",
                        logo.info.width,
                        logo.info.height,
                        kilobytes(logo.bytes.len())
                    )))
                    .truncate(),
                );
            }
            (None, Edited::Unchanged, StoredLogo::Awaited(_)) => {
                ui.label(t.hint("Reading the stored logo"));
            }
            (None, Edited::Unchanged, StoredLogo::Unreadable(reason)) => {
                let text = format!("The stored logo could not be read. {reason}");
                ui.add(egui::Label::new(t.hint(text).color(t.err)).wrap());
            }
            (None, _, _) => {
                ui.label(t.strong("No logo"));
                ui.add(egui::Label::new(t.hint("PNG or JPEG; drop a picture on the window")).truncate());
            }
        }
    }

    fn path_field(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some(mut path) = self.files.path.take() else {
            return;
        };
        let mut go = false;
        let mut close = false;
        let field = Field::new("Path of the picture")
            .placeholder("logo.png")
            .help("This desktop offers no file dialog; type a path, or drop the file on the window.");
        let response = widgets::text(ui, &mut path, field);
        go |= response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.horizontal(|ui| {
            go |= ui.add(Button::new("Use this file").small()).clicked();
            close = ui.add(Button::ghost("Cancel").small()).clicked();
        });
        if go && !path.trim().is_empty() {
            self.files.read(cx, PathBuf::from(path.trim()));
        } else if !close {
            self.files.path = Some(path);
        }
    }

    fn crop(&mut self, draft: &BrandingDraft) {
        if let Some(logo) = draft.logo()
            && let Ok(picture) = images::open_source(&logo.bytes)
        {
            self.files.cropping = Some(Cropping::new(logo.name.clone(), picture, String::new()));
        }
    }

    pub(super) fn use_logo(&mut self, draft: &mut BrandingDraft, name: String, bytes: Vec<u8>) {
        match Logo::new(name, bytes) {
            Ok(logo) => {
                draft.logo = Edited::Replaced(logo);
                self.files.failure = None;
            }
            Err(reason) => self.files.failure = Some(reason),
        }
    }
}

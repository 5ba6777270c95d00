//! The preview: the pages as they will look, at the width of a desk and of a phone.

use egui::{ColorImage, Rect, Role, Sense, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo};

use crate::console::preview::{BlitzEngine, DESKTOP_WIDTH, Job, PHONE_WIDTH, Preview};
use crate::console::theme::{self, Icon, size};
use crate::console::widgets::{self, Button, IconButton, Kind};
use crate::rules::branding::pages::{Page, PageKind, Pose, Provider, ProviderKind};

/// Which widths are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Widths {
    #[default]
    Both,
    Desktop,
    Phone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Device {
    Desktop,
    Phone,
}

impl Device {
    fn width(self) -> u32 {
        match self {
            Self::Desktop => DESKTOP_WIDTH,
            Self::Phone => PHONE_WIDTH,
        }
    }

    fn height(self) -> u32 {
        match self {
            Self::Desktop => 600,
            Self::Phone => 667,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Desktop => "Desktop",
            Self::Phone => "Phone",
        }
    }
}

/// Begins a scrolled area at an offset; later frames keep where the user scrolled to.
fn centred(area: egui::ScrollArea, ui: &Ui, offset: f32) -> egui::ScrollArea {
    let seen = egui::Id::unique("branding preview was centred");
    let is_seen = ui.data(|data| data.get_temp::<bool>(seen).unwrap_or_default());
    if is_seen {
        return area;
    }
    ui.data_mut(|data| data.insert_temp(seen, true));
    area.horizontal_scroll_offset(offset)
}

/// A picture on the screen.
struct Shown {
    texture: TextureHandle,
    /// Height to width.
    ratio: f32,
    failure: Option<String>,
}

/// The preview.
#[derive(Default)]
pub struct Canvas {
    kind: PageKind,
    widths: Widths,
    pose: Posed,
    has_providers: bool,
    has_error: bool,
    /// Shows a CSS pixel as a point instead of fitting the pages into the room.
    is_actual_size: bool,
    preview: Option<Result<Preview<Device>, String>>,
    last: Option<(Page, String)>,
    desktop: Option<Shown>,
    phone: Option<Shown>,
}

/// Begins filled: bullets and names show more of a style than empty fields do.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Posed(Pose);

impl Default for Posed {
    fn default() -> Self {
        Self(Pose::Filled)
    }
}

impl Canvas {
    /// Tells whether a picture is on its way.
    pub fn is_busy(&self) -> bool {
        matches!(&self.preview, Some(Ok(preview)) if preview.is_busy())
    }

    /// Tells which page is shown.
    pub fn kind(&self) -> PageKind {
        self.kind
    }

    /// Adds to a page what was chosen here: which page it is and how it stands.
    pub fn staged(&self, mut page: Page) -> Page {
        page.kind = self.kind;
        page.pose = self.pose.0;
        if self.has_providers {
            page.providers = vec![
                Provider {
                    kind: ProviderKind::Google,
                    name: "Google".into(),
                    href: "#".into(),
                },
                Provider {
                    kind: ProviderKind::Enterprise,
                    name: "Corporate ID".into(),
                    href: "#".into(),
                },
            ];
        }
        if self.has_error {
            page.error = Some("Incorrect username or password.".into());
        }
        page
    }

    /// Draws toolbar and pictures in the room there is.
    pub fn ui(&mut self, ui: &mut Ui, page: Page) {
        self.toolbar(ui);
        let page = self.staged(page);
        self.start(ui.ctx());
        self.receive(ui.ctx());
        ui.add_space(size::SMALL);
        let t = theme::tokens(ui);
        if let Some(Err(reason)) = &self.preview {
            widgets::banner(ui, crate::console::command::Tone::Error, reason, |_| {});
            return;
        }
        if self.is_actual_size {
            self.actual_size(ui, &page);
            return;
        }
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                // Room for the frame's line.
                ui.add_space(1.0);
                let room = ui.available_width() - 2.0;
                let side_by_side = room >= 820.0;
                match self.widths {
                    Widths::Both if side_by_side => {
                        ui.horizontal_top(|ui| {
                            ui.spacing_mut().item_spacing.x = size::CARD;
                            let phone = (room * 0.27).min(375.0).floor();
                            self.device(ui, Device::Desktop, room - phone - size::CARD, &page);
                            self.device(ui, Device::Phone, phone, &page);
                        });
                    }
                    Widths::Both => {
                        self.device(ui, Device::Desktop, room, &page);
                        ui.add_space(size::CARD);
                        self.device(ui, Device::Phone, room.min(375.0), &page);
                    }
                    Widths::Desktop => self.device(ui, Device::Desktop, room.min(1280.0), &page),
                    Widths::Phone => self.device(ui, Device::Phone, room.min(375.0), &page),
                }
                ui.add_space(size::SMALL);
                ui.add(
                egui::Label::new(t.hint(
                    "A draft drawn inside the program: fonts and spacing may differ a little from a browser. \
                     “Active” shows the styles for hover and focus.",
                ))
                .wrap(),
            );
                ui.add_space(size::SMALL);
            });
    }

    fn actual_size(&mut self, ui: &mut Ui, page: &Page) {
        #[expect(clippy::cast_precision_loss, reason = "1280 and 375")]
        let (desktop, phone) = (DESKTOP_WIDTH as f32, PHONE_WIDTH as f32);
        // Pages are centred; so is what is seen of them first.
        let middle = ((desktop - ui.available_width()) / 2.0).max(0.0);
        let area = egui::ScrollArea::both()
            .id_salt(("actual", self.widths == Widths::Phone))
            .auto_shrink([false, false]);
        let area = if self.widths == Widths::Phone {
            area
        } else {
            centred(area, ui, middle)
        };
        area.show(ui, |ui| {
            ui.add_space(1.0);
            match self.widths {
                Widths::Both => {
                    self.device(ui, Device::Desktop, desktop, page);
                    ui.add_space(size::CARD);
                    ui.horizontal(|ui| {
                        ui.add_space((desktop - phone) / 2.0);
                        self.device(ui, Device::Phone, phone, page);
                    });
                }
                Widths::Desktop => self.device(ui, Device::Desktop, desktop, page),
                Widths::Phone => self.device(ui, Device::Phone, phone, page),
            }
        });
    }

    fn toolbar(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = size::TINY;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = size::TINY;
            for kind in PageKind::ALL {
                let button = Button::new(kind.name())
                    .kind(Kind::Ghost)
                    .small()
                    .selected(self.kind == *kind);
                if ui.add(button).clicked() {
                    self.kind = *kind;
                }
            }
        });
        ui.add_space(size::TINY);
        ui.horizontal_wrapped(|ui| {
            for (widths, icon, name) in [
                (Widths::Both, Icon::MonitorSmartphone, "Desktop and phone"),
                (Widths::Desktop, Icon::Monitor, "Desktop only"),
                (Widths::Phone, Icon::Smartphone, "Phone only"),
            ] {
                if ui
                    .add(
                        IconButton::new(icon, name)
                            .small()
                            .selected(self.widths == widths),
                    )
                    .clicked()
                {
                    self.widths = widths;
                }
            }
            ui.add_space(size::SMALL);
            for (pose, name) in [
                (Pose::Filled, "Filled"),
                (Pose::Empty, "Empty"),
                (Pose::Active, "Active"),
            ] {
                let button = Button::new(name)
                    .kind(Kind::Ghost)
                    .small()
                    .selected(self.pose.0 == pose);
                if ui.add(button).clicked() {
                    self.pose = Posed(pose);
                }
            }
            ui.add_space(size::SMALL);
            let zoom = IconButton::new(Icon::ZoomIn, "Actual size")
                .small()
                .selected(self.is_actual_size);
            if ui.add(zoom).clicked() {
                self.is_actual_size = !self.is_actual_size;
                ui.data_mut(|data| data.remove::<bool>(egui::Id::unique("branding preview was centred")));
            }
            ui.add_space(size::SMALL);
            let providers = Button::new("Providers")
                .kind(Kind::Ghost)
                .small()
                .selected(self.has_providers);
            if ui
                .add(providers)
                .on_hover_text("Show two providers as an example")
                .clicked()
            {
                self.has_providers = !self.has_providers;
            }
            let error = Button::new("Error")
                .kind(Kind::Ghost)
                .small()
                .selected(self.has_error);
            if ui
                .add(error)
                .on_hover_text("Show an error message as an example")
                .clicked()
            {
                self.has_error = !self.has_error;
            }
        });
    }

    fn start(&mut self, ctx: &egui::Context) {
        if self.preview.is_none() {
            let ctx = ctx.clone();
            let started = Preview::start(BlitzEngine::new, move || ctx.request_repaint());
            self.preview = Some(started.map_err(|reason| format!("The preview did not start: {reason}.")));
        }
    }

    fn receive(&mut self, ctx: &egui::Context) {
        let Some(Ok(preview)) = &self.preview else { return };
        for device in [Device::Desktop, Device::Phone] {
            let Some(frame) = preview.take(&device) else {
                continue;
            };
            let side = |side: u32| usize::try_from(side).unwrap_or_default();
            let image =
                ColorImage::from_rgba_premultiplied([side(frame.width), side(frame.height)], &frame.rgba);
            let slot = match device {
                Device::Desktop => &mut self.desktop,
                Device::Phone => &mut self.phone,
            };
            #[expect(clippy::cast_precision_loss, reason = "sides are small")]
            let ratio = frame.height as f32 / frame.width.max(1) as f32;
            match slot {
                Some(shown) => {
                    shown.texture.set(image, TextureOptions::LINEAR);
                    shown.ratio = ratio;
                    shown.failure = frame.failure;
                }
                None => {
                    let texture = ctx.load_texture(device.name(), image, TextureOptions::LINEAR);
                    *slot = Some(Shown {
                        texture,
                        ratio,
                        failure: frame.failure,
                    });
                }
            }
        }
    }

    fn device(&mut self, ui: &mut Ui, device: Device, width: f32, page: &Page) {
        let t = theme::tokens(ui);
        // The picture has as many pixels as are shown, so that text stays sharp.
        #[expect(clippy::cast_precision_loss, reason = "a page is not that wide")]
        let scale = (width * ui.ctx().pixels_per_point()).round() / device.width() as f32;
        self.request(device, scale, page);
        let slot = match device {
            Device::Desktop => &self.desktop,
            Device::Phone => &self.phone,
        };
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = size::TINY;
                let icon = match device {
                    Device::Desktop => Icon::Monitor,
                    Device::Phone => Icon::Smartphone,
                };
                widgets::icon_sized(ui, icon, 14.0, t.text3);
                ui.label(t.caption(format!("{} · {} px", device.name(), device.width())));
            });
            #[expect(clippy::cast_precision_loss, reason = "a page is not that high")]
            let least = device.height() as f32 / device.width() as f32;
            let ratio = slot.as_ref().map_or(least, |shown| shown.ratio);
            let (rect, response) =
                ui.allocate_exact_size(Vec2::new(width, (width * ratio).round()), Sense::hover());
            let name = format!(
                "Preview of the {} page, {}",
                page.kind.name().to_lowercase(),
                device.name().to_lowercase()
            );
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            if !ui.is_rect_visible(rect) {
                return;
            }
            match slot {
                Some(Shown {
                    texture,
                    failure: None,
                    ..
                }) => {
                    let uv = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                    ui.painter().image(texture.id(), rect, uv, egui::Color32::WHITE);
                }
                Some(Shown {
                    failure: Some(why), ..
                }) => {
                    ui.painter().rect_filled(rect, 0, t.bg3);
                    ui.painter().text(
                        rect.center(),
                        egui::Align2::CENTER_CENTER,
                        why,
                        theme::body(12.0),
                        t.err,
                    );
                }
                None => {
                    ui.painter().rect_filled(rect, 0, t.bg3);
                    ui.painter().text(
                        rect.center(),
                        egui::Align2::CENTER_CENTER,
                        "Drawing…",
                        theme::body(12.0),
                        t.text3,
                    );
                }
            }
            ui.painter().rect_stroke(
                rect,
                0,
                egui::Stroke::new(1.0, theme::mix(t.line, t.line_strong, 0.35)),
                egui::StrokeKind::Outside,
            );
        });
    }

    fn request(&mut self, device: Device, scale: f32, page: &Page) {
        if self.last.as_ref().is_none_or(|(last, _)| last != page) {
            self.last = Some((page.clone(), page.render()));
        }
        if let (Some(Ok(preview)), Some((_, html))) = (&self.preview, &self.last) {
            let job = Job {
                html: html.clone(),
                width: device.width(),
                height: device.height(),
                scale,
            };
            preview.request(device, job);
        }
    }
}

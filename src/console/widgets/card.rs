//! Pages, cards, key-value grids, banners.

use egui::{CornerRadius, Frame, Margin, Sense, Stroke, Ui, Vec2};

use super::{IconButton, icon};
use crate::console::command::{Command, Tone};
use crate::console::theme::{self, Icon, size};

/// Draws the head of a page: the title, a line below it, and actions at the right.
pub fn header(ui: &mut Ui, title: &str, subtitle: &str, actions: impl FnOnce(&mut Ui)) {
    let t = theme::tokens(ui);
    Frame::NONE
        .inner_margin(Margin {
            left: 24,
            right: 24,
            top: 18,
            bottom: 14,
        })
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = size::SMALL;
                    actions(ui);
                    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.add(egui::Label::new(t.title(title)).truncate());
                        if !subtitle.is_empty() {
                            ui.add(egui::Label::new(t.hint(subtitle)).truncate());
                        }
                    });
                });
            });
        });
    hairline(ui);
}

/// Draws the scrolled body of a page, with the page's padding.
pub fn page<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            Frame::NONE
                .inner_margin(Margin::symmetric(24, 20))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = size::CARD;
                    contents(ui)
                })
                .inner
        })
        .inner
}

/// A hairline across the whole width.
pub fn hairline(ui: &mut Ui) {
    let t = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, t.hairline());
}

/// A title inside a card or page, with a hint below it.
pub fn section_title(ui: &mut Ui, title: &str, hint: &str) {
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(t.section(title));
        if !hint.is_empty() {
            ui.label(t.hint(hint));
        }
    });
}

/// A card: title, one line of purpose, actions at the right, contents below.
pub fn card<R>(
    ui: &mut Ui,
    title: &str,
    purpose: &str,
    actions: impl FnOnce(&mut Ui),
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let t = theme::tokens(ui);
    Frame::NONE
        .fill(t.bg2)
        .stroke(t.hairline())
        .corner_radius(CornerRadius::same(size::RADIUS_CARD))
        .inner_margin(Margin::same(16))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = size::GAP;
            if !title.is_empty() {
                ui.horizontal_top(|ui| {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                        actions(ui);
                        ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                            section_title(ui, title, purpose);
                        });
                    });
                });
            }
            contents(ui)
        })
        .inner
}

/// A line of a key-value grid.
#[must_use = "show it"]
pub struct Facts<'a> {
    commands: &'a mut Vec<Command>,
}

impl Facts<'_> {
    /// A value in words.
    pub fn text(&mut self, ui: &mut Ui, key: &str, value: &str) {
        let t = theme::tokens(ui);
        self.row(ui, key, |ui| {
            ui.add(egui::Label::new(t.body(value)).truncate());
        });
    }

    /// A value that is copied elsewhere: an identifier, an ARN, an address.
    pub fn code(&mut self, ui: &mut Ui, key: &str, value: &str) {
        let t = theme::tokens(ui);
        let mut copied = false;
        self.row(ui, key, |ui| {
            let room = (ui.available_width() - 32.0).max(40.0);
            let label = egui::Label::new(t.code(value)).truncate().selectable(true);
            let natural =
                ui.painter()
                    .layout_no_wrap(value.to_owned(), theme::mono(theme::text::CODE), t.text2);
            let width = natural.size().x.min(room) + 1.0;
            ui.allocate_ui(Vec2::new(width, 20.0), |ui| ui.add(label));
            let name = format!("Copy {}", lower_first(key));
            copied = ui.add(IconButton::new(Icon::Copy, &name).small()).clicked();
        });
        if copied {
            self.commands.push(Command::Copy {
                what: key.to_owned(),
                text: value.to_owned(),
            });
        }
    }

    /// Any value.
    pub fn row(&mut self, ui: &mut Ui, key: &str, value: impl FnOnce(&mut Ui)) {
        const KEY: f32 = 176.0;
        let t = theme::tokens(ui);
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            let (rect, _) = ui.allocate_exact_size(Vec2::new(KEY, 20.0), Sense::hover());
            let mut cell = ui.new_child(
                egui::UiBuilder::new()
                    .max_rect(rect)
                    .layout(egui::Layout::left_to_right(egui::Align::Center)),
            );
            cell.add(egui::Label::new(t.label(key).color(t.text3)).truncate());
            value(ui);
        });
    }
}

/// Draws a key-value grid.
pub fn facts(ui: &mut Ui, commands: &mut Vec<Command>, rows: impl FnOnce(&mut Ui, &mut Facts<'_>)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        rows(ui, &mut Facts { commands });
    });
}

fn lower_first(text: &str) -> String {
    // Abbreviations stay as they are.
    if text.chars().nth(1).is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A message across the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banner(pub Tone);

/// Shows a message across the page, and what can be done about it at the right.
pub fn banner(ui: &mut Ui, tone: Tone, message: &str, actions: impl FnOnce(&mut Ui)) {
    let t = theme::tokens(ui);
    let (colour, sign) = match tone {
        Tone::Ok => (t.ok, Icon::CircleCheck),
        Tone::Info => (t.info, Icon::Info),
        Tone::Warning => (t.warn, Icon::TriangleAlert),
        Tone::Error => (t.err, Icon::CircleX),
    };
    Frame::NONE
        .fill(t.tint(colour))
        .stroke(Stroke::new(1.0, theme::mix(t.bg2, colour, 0.35)))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                icon(ui, sign, colour);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    actions(ui);
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        ui.add(egui::Label::new(t.body(message)).wrap());
                    });
                });
            });
        });
}

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

/// Draws the scrolled body of a page of fields, no wider than can be read.
pub fn form<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    page(ui, |ui| {
        // The page is as wide as the window; only a part within it can be narrower.
        ui.vertical(|ui| {
            ui.set_max_width(size::FORM);
            contents(ui)
        })
        .inner
    })
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

/// Shows code that is copied, not edited.
pub fn code_block(ui: &mut Ui, text: &str) {
    let t = theme::tokens(ui);
    Frame::NONE
        .fill(t.bg3)
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            // A justified layout would take away the indentation of lines.
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.add(egui::Label::new(t.code(text)).wrap().selectable(true));
            });
        });
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

/// Shows one of several pages under a row of names.
pub fn tabs<V: Copy + PartialEq>(ui: &mut Ui, chosen: &mut V, tabs: &[(V, &str)]) {
    let t = theme::tokens(ui);
    Frame::NONE
        .inner_margin(Margin {
            left: 16,
            right: 16,
            top: 0,
            bottom: 0,
        })
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for (value, name) in tabs {
                    let here = chosen == value;
                    let ink = if here { t.text1 } else { t.text3 };
                    let galley = ui
                        .painter()
                        .layout_no_wrap((*name).to_owned(), theme::medium(13.0), ink);
                    let (rect, response) =
                        ui.allocate_exact_size(Vec2::new(galley.size().x + 20.0, 38.0), Sense::click());
                    let word = (*name).to_owned();
                    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Tab, true, here, &word));
                    let ink = if response.hovered() { t.text1 } else { ink };
                    let at = rect.center() - galley.size() / 2.0;
                    ui.painter().galley_with_override_text_color(at, galley, ink);
                    if here {
                        let line = egui::Rect::from_min_max(
                            egui::pos2(rect.left() + 8.0, rect.bottom() - 2.0),
                            egui::pos2(rect.right() - 8.0, rect.bottom()),
                        );
                        ui.painter()
                            .rect_filled(line, CornerRadius::same(1), t.accent_text);
                    }
                    super::focus_ring(ui, &response, rect.shrink(4.0), size::RADIUS);
                    if response.clicked() {
                        *chosen = *value;
                    }
                }
            });
        });
    hairline(ui);
}

/// Offers a few choices as cards side by side: icon, name, help.
pub fn tiles<V: Copy + PartialEq>(ui: &mut Ui, chosen: &mut V, choices: &[(V, theme::Icon, &str, &str)]) {
    const HEIGHT: f32 = 62.0;
    let t = theme::tokens(ui);
    let columns = if ui.available_width() > 680.0 {
        choices.len().min(4)
    } else {
        2
    };
    let gap = 8.0;
    let width = ((ui.available_width() - gap * (columns as f32 - 1.0)) / columns as f32).floor();
    for row in choices.chunks(columns.max(1)) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (value, sign, name, help) in row {
                let here = chosen == value;
                let (rect, response) = ui.allocate_exact_size(Vec2::new(width, HEIGHT), Sense::click());
                let word = (*name).to_owned();
                response
                    .widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, here, &word));
                let fill = if here {
                    t.selected()
                } else if response.hovered() {
                    t.hover
                } else {
                    t.bg2
                };
                let border = if here {
                    Stroke::new(1.5, t.accent_text)
                } else {
                    Stroke::new(1.0, theme::mix(t.line, t.line_strong, 0.35))
                };
                ui.painter().rect(
                    rect,
                    CornerRadius::same(8),
                    fill,
                    border,
                    egui::StrokeKind::Inside,
                );
                super::focus_ring(ui, &response, rect, 8);
                let ink = if here { t.accent_text } else { t.text3 };
                super::paint_icon_sized(
                    ui,
                    *sign,
                    egui::pos2(rect.left() + 20.0, rect.top() + 21.0),
                    16.0,
                    ink,
                );
                let line = |text: &str, font: egui::FontId, colour, room: f32| {
                    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, colour);
                    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
                    ui.painter().layout_job(job)
                };
                let head = line(name, theme::medium(13.0), t.text1, width - 44.0);
                ui.painter()
                    .galley(egui::pos2(rect.left() + 36.0, rect.top() + 12.0), head, t.text1);
                let foot = line(help, theme::body(11.5), t.text3, width - 44.0);
                ui.painter()
                    .galley(egui::pos2(rect.left() + 36.0, rect.top() + 33.0), foot, t.text3);
                if response.clicked() {
                    *chosen = *value;
                }
                response.on_hover_text(*help);
            }
        });
    }
}

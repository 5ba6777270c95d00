//! Buttons in five kinds.

use egui::{CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo};

use super::{focus_ring, paint_icon_sized};
use crate::console::theme::{self, Icon, size, text};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// Anything else.
    #[default]
    Secondary,
    /// Without a border, for toolbars and menus.
    Ghost,
    /// Destroys something.
    Danger,
    /// Leads to something that destroys.
    DangerQuiet,
}

/// A button with a word, and an icon before it if given.
#[must_use = "add it to a ui"]
pub struct Button<'a> {
    text: &'a str,
    icon: Option<Icon>,
    trailing: Option<Icon>,
    kind: Kind,
    small: bool,
    wide: bool,
    selected: bool,
    busy: bool,
    shortcut: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// A secondary button.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            icon: None,
            trailing: None,
            kind: Kind::Secondary,
            small: false,
            wide: false,
            selected: false,
            busy: false,
            shortcut: None,
        }
    }

    /// The one thing to do here.
    pub fn primary(text: &'a str) -> Self {
        Self::new(text).kind(Kind::Primary)
    }

    /// A button without a border.
    pub fn ghost(text: &'a str) -> Self {
        Self::new(text).kind(Kind::Ghost)
    }

    /// A button that destroys something.
    pub fn danger(text: &'a str) -> Self {
        Self::new(text).kind(Kind::Danger)
    }

    /// Sets the kind.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Puts an icon before the word.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Puts an icon after the word, such as the arrow of a menu.
    pub fn trailing(mut self, icon: Icon) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// Makes it lower, for toolbars inside cards and tables.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// Makes it as wide as there is room, the word at the left.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Shows it as chosen.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Shows that what it started is still going on; it cannot be clicked then.
    pub fn busy(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }

    /// Shows a key at the right end.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = theme::tokens(ui);
        let height = if self.small {
            size::CONTROL_SMALL
        } else {
            size::CONTROL
        };
        let font = theme::medium(if self.small {
            text::SECONDARY
        } else {
            text::BODY - 0.5
        });
        let pad = if self.small { 8.0 } else { 12.0 };
        let icon_points = if self.small { 14.0 } else { size::ICON };
        let gap = 6.0;

        let natural = ui
            .painter()
            .layout_no_wrap(self.text.to_owned(), font.clone(), t.text1);
        let keys = self.shortcut.map(|keys| {
            ui.painter()
                .layout_no_wrap(keys.to_owned(), theme::body(text::CAPTION), t.text3)
        });
        let leading = self.icon.map_or(0.0, |_| icon_points + gap);
        let trailing = self.trailing.map_or(0.0, |_| icon_points + gap - 2.0);
        let keys_width = keys.as_ref().map_or(0.0, |keys| keys.size().x + 24.0);
        let mut width = pad * 2.0 + leading + natural.size().x + trailing + keys_width;
        let room = ui.available_width();
        if self.wide && room.is_finite() {
            width = width.max(room);
        }
        if room.is_finite() && room > height {
            width = width.min(room);
        }
        let enabled = ui.is_enabled() && !self.busy;
        let sense = if self.busy { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width.round(), height), sense);
        let label = self.text.to_owned();
        let selected = self.selected;
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, selected, &label));
        if !ui.is_rect_visible(rect) {
            return response;
        }

        let hot = enabled && (response.hovered() || response.has_focus());
        let pressed = enabled && response.is_pointer_button_down_on();
        let (fill, border, ink) = match self.kind {
            Kind::Primary => (
                if hot { t.accent_hover } else { t.accent_fill },
                Stroke::NONE,
                t.on_accent,
            ),
            Kind::Danger => (
                if hot { t.danger_hover } else { t.danger_fill },
                Stroke::NONE,
                t.on_accent,
            ),
            Kind::Secondary => (
                if self.selected {
                    t.selected()
                } else if hot {
                    t.hover
                } else {
                    t.bg2
                },
                Stroke::new(
                    1.0,
                    if self.selected {
                        t.accent_text
                    } else {
                        theme::mix(t.line, t.line_strong, 0.35)
                    },
                ),
                if self.selected { t.accent_text } else { t.text1 },
            ),
            Kind::DangerQuiet => (
                if hot { t.tint(t.err) } else { t.bg2 },
                Stroke::new(1.0, theme::mix(t.line, t.err, 0.45)),
                t.err,
            ),
            Kind::Ghost => (
                if self.selected {
                    t.selected()
                } else if hot {
                    t.hover
                } else {
                    egui::Color32::TRANSPARENT
                },
                Stroke::NONE,
                if self.selected { t.accent_text } else { t.text2 },
            ),
        };
        let (fill, ink) = if enabled {
            (
                if pressed {
                    theme::mix(fill, t.text1, 0.06)
                } else {
                    fill
                },
                ink,
            )
        } else if matches!(self.kind, Kind::Primary | Kind::Danger) {
            (t.bg3, t.disabled)
        } else {
            (fill, t.disabled)
        };
        let painter = ui.painter();
        let radius = CornerRadius::same(size::RADIUS);
        painter.rect(
            rect,
            radius,
            fill,
            if enabled {
                border
            } else {
                Stroke {
                    color: t.line,
                    ..border
                }
            },
            StrokeKind::Inside,
        );
        focus_ring(ui, &response, rect, size::RADIUS);

        let used = leading + natural.size().x + trailing;
        let mut x = if self.wide || used > width - pad * 2.0 {
            rect.left() + pad
        } else {
            rect.center().x - used / 2.0
        };
        let y = rect.center().y;
        if self.busy {
            let spinner =
                Rect::from_center_size(egui::pos2(x + icon_points / 2.0, y), Vec2::splat(icon_points));
            if self.icon.is_some() {
                egui::Spinner::new()
                    .size(icon_points)
                    .color(ink)
                    .paint_at(ui, spinner);
            }
        } else if let Some(icon) = self.icon {
            paint_icon_sized(ui, icon, egui::pos2(x + icon_points / 2.0, y), icon_points, ink);
        }
        x += leading;
        let room = (rect.right() - pad - trailing - keys_width - x).max(0.0);
        let galley = if natural.size().x > room + 0.5 {
            let mut job = egui::text::LayoutJob::simple_singleline(self.text.to_owned(), font, ink);
            job.wrap = egui::text::TextWrapping::truncate_at_width(room);
            ui.painter().layout_job(job)
        } else {
            natural
        };
        let text_width = galley.size().x;
        ui.painter()
            .galley_with_override_text_color(egui::pos2(x, y - galley.size().y / 2.0), galley, ink);
        if let Some(icon) = self.trailing {
            let at = if self.wide {
                rect.right() - pad - icon_points / 2.0
            } else {
                x + text_width + 4.0 + icon_points / 2.0
            };
            paint_icon_sized(ui, icon, egui::pos2(at, y), icon_points, ink);
        }
        if let Some(keys) = keys {
            let at = egui::pos2(rect.right() - pad - keys.size().x, y - keys.size().y / 2.0);
            ui.painter().galley(at, keys, t.text3);
        }
        response
    }
}

/// A square button with an icon alone; its name is in the tooltip.
#[must_use = "add it to a ui"]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    small: bool,
    selected: bool,
    danger: bool,
}

impl<'a> IconButton<'a> {
    /// A button that shows `icon` and is called `name`.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self {
            icon,
            name,
            small: false,
            selected: false,
            danger: false,
        }
    }

    /// Makes it smaller, for rows.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// Shows it as chosen.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Shows it red under the pointer.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = theme::tokens(ui);
        let side = if self.small { 24.0 } else { size::CONTROL };
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
        let (name, enabled, selected) = (self.name.to_owned(), ui.is_enabled(), self.selected);
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, selected, &name));
        if ui.is_rect_visible(rect) {
            let hot = enabled && (response.hovered() || response.has_focus());
            if selected {
                ui.painter()
                    .rect_filled(rect, CornerRadius::same(size::RADIUS), t.selected());
            } else if hot {
                ui.painter()
                    .rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
            }
            focus_ring(ui, &response, rect, size::RADIUS);
            let ink = if !enabled {
                t.disabled
            } else if self.danger && hot {
                t.err
            } else if selected {
                t.accent_text
            } else if hot {
                t.text1
            } else {
                t.text3
            };
            let points = if self.small { 14.0 } else { size::ICON };
            paint_icon_sized(ui, self.icon, rect.center(), points, ink);
        }
        response.on_hover_text(self.name)
    }
}

/// A word that leads somewhere.
pub fn link(ui: &mut Ui, word: &str) -> Response {
    let t = theme::tokens(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), theme::medium(text::BODY), t.accent_text);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    let name = word.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
    let bottom = rect.bottom() - 1.0;
    ui.painter().galley(rect.min, galley, t.accent_text);
    if response.hovered() {
        ui.painter()
            .hline(rect.x_range(), bottom, Stroke::new(1.0, t.accent_text));
    }
    focus_ring(ui, &response, rect, 3);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

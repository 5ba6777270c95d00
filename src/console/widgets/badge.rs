//! Badges: an icon and a word on a tinted ground.

use egui::{Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::paint_icon_sized;
use crate::console::theme::{self, Icon, Tokens, text};

/// What a badge says; the colour comes from the theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Confirmed, succeeded, on.
    Ok,
    /// Wants attention.
    Warn,
    /// Failed, compromised.
    Err,
    /// Running, informative.
    Info,
    /// From elsewhere.
    Violet,
    /// Must be set anew.
    Orange,
    /// Neutral.
    Gray,
    /// Chosen, new.
    Accent,
}

impl Badge {
    /// Its colour in a theme.
    pub fn colour(self, t: &Tokens) -> Color32 {
        match self {
            Self::Ok => t.ok,
            Self::Warn => t.warn,
            Self::Err => t.err,
            Self::Info => t.info,
            Self::Violet => t.violet,
            Self::Orange => t.orange,
            Self::Gray => t.gray,
            Self::Accent => t.accent_text,
        }
    }
}

/// Shows a badge. Never the colour alone: icon and word.
pub fn badge(ui: &mut Ui, badge: Badge, icon: Icon, word: &str) -> Response {
    draw(ui, badge, Some(icon), word, false, false)
}

/// Shows a badge, and only its icon where the word has no room. The word stays its name; the
/// caller gives it a tooltip that says it.
pub fn badge_or_icon(ui: &mut Ui, badge: Badge, icon: Icon, word: &str) -> Response {
    draw(ui, badge, Some(icon), word, false, true)
}

/// Marks what can only be chosen at creation.
pub fn permanent(ui: &mut Ui) -> Response {
    draw(ui, Badge::Gray, Some(Icon::Lock), "Permanent", true, false)
        .on_hover_text("Can only be chosen at creation")
}

/// Shows a word as a chip: an attribute, a scope, a group.
pub fn chip(ui: &mut Ui, word: &str) -> Response {
    let t = theme::tokens(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), theme::mono(11.5), t.text2);
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new((galley.size().x + 14.0).ceil(), 22.0), Sense::hover());
    let name = word.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, CornerRadius::same(5), t.bg3);
        let at = egui::pos2(rect.left() + 7.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, t.text2);
    }
    response
}

fn draw(
    ui: &mut Ui,
    badge: Badge,
    icon: Option<Icon>,
    word: &str,
    outline: bool,
    may_shrink: bool,
) -> Response {
    const HEIGHT: f32 = 20.0;
    const ICON: f32 = 12.0;
    let t = theme::tokens(ui);
    let colour = badge.colour(t);
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), theme::medium(text::CAPTION), colour);
    let leading = icon.map_or(0.0, |_| ICON + 4.0);
    let width = 7.0 + leading + galley.size().x + 7.0;
    let shrinks = may_shrink && width > ui.available_width();
    let width = if shrinks { ICON + 14.0 } else { width };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width.ceil(), HEIGHT), Sense::hover());
    let name = word.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    if ui.is_rect_visible(rect) {
        let radius = CornerRadius::same(5);
        if outline {
            let border = Stroke::new(1.0, theme::mix(t.bg2, colour, 0.45));
            ui.painter().rect_stroke(rect, radius, border, StrokeKind::Inside);
        } else {
            ui.painter().rect_filled(rect, radius, t.tint(colour));
        }
        if let Some(icon) = icon {
            paint_icon_sized(
                ui,
                icon,
                egui::pos2(rect.left() + 7.0 + ICON / 2.0, rect.center().y),
                ICON,
                colour,
            );
        }
        if shrinks {
            return response;
        }
        let at = egui::pos2(
            rect.left() + 7.0 + leading,
            rect.center().y - galley.size().y / 2.0,
        );
        ui.painter().galley(at, galley, colour);
    }
    response
}

//! What screens are built from: buttons, badges, cards, fields, tables, dialogs.
//!
//! Every widget takes its colours from [`theme`](super::theme), shows a focus ring, and
//! has an accessible name. Icons are painted, never part of a label's text, so that a
//! button is found by the word people read on it.

mod badge;
mod button;
mod card;
mod dialog;
mod field;
mod listing;
mod state;

pub use badge::{Badge, badge, badge_or_icon, chip, permanent};
pub use button::{Button, IconButton, Kind, link};
pub use card::{banner, card, code_block, facts, form, hairline, header, page, section_title, tabs, tiles};
pub use dialog::{Answer, Dialog, TypedConfirmation, diff};
pub use field::{
    Field, check, check_member, choice, labelled, password, radio, search, text, text_area, text_list,
    toggle, whole_number,
};
pub use listing::{Listed, Listing};
pub use state::{empty, failed, loading, nothing_found, shown};

use std::sync::atomic::{AtomicBool, Ordering};

use egui::{Color32, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2};

use super::theme::{self, Icon};

/// Paints an icon into the middle of `rect`.
pub fn paint_icon(ui: &Ui, icon: Icon, rect: Rect, colour: Color32) {
    paint_icon_sized(ui, icon, rect.center(), theme::size::ICON, colour);
}

/// Paints an icon around `centre`.
pub fn paint_icon_sized(ui: &Ui, icon: Icon, centre: Pos2, points: f32, colour: Color32) {
    let galley = ui
        .painter()
        .layout_no_wrap(char::from(icon).to_string(), theme::icons(points), colour);
    let size = galley.size();
    ui.painter().galley(centre - size / 2.0, galley, colour);
}

/// Puts an icon into the flow, without a name of its own.
pub fn icon(ui: &mut Ui, icon: Icon, colour: Color32) -> Response {
    icon_sized(ui, icon, theme::size::ICON, colour)
}

/// Puts an icon of a size into the flow.
pub fn icon_sized(ui: &mut Ui, icon: Icon, points: f32, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(points), Sense::hover());
    paint_icon_sized(ui, icon, rect.center(), points, colour);
    response
}

/// Paints the focus ring around what has the keyboard.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: u8) {
    if response.has_focus() {
        let t = theme::tokens(ui);
        ui.painter().rect_stroke(
            rect.expand(2.0),
            egui::CornerRadius::same(radius.saturating_add(2)),
            Stroke::new(2.0, t.accent_text),
            egui::StrokeKind::Outside,
        );
    }
}

/// Says how long ago something was, with the instant in the tooltip.
pub fn ago(ui: &mut Ui, now: crate::base::clock::UnixMillis, at: Option<crate::wire::Timestamp>) -> Response {
    let t = theme::tokens(ui);
    let Some(at) = at else {
        return ui.label(t.hint("—"));
    };
    let at = crate::base::clock::UnixMillis::from(at);
    ui.label(t.hint(since(now, at))).on_hover_text(instant(at))
}

/// Puts a span into words: `just now`, `4 min ago`, `3 Aug 2026`.
pub fn since(now: crate::base::clock::UnixMillis, at: crate::base::clock::UnixMillis) -> String {
    let secs = now.since(at) / 1000;
    match secs {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", secs / 60),
        3600..86_400 => format!("{} h ago", secs / 3600),
        86_400..604_800 => format!("{} d ago", secs / 86_400),
        _ => day(at),
    }
}

/// Whether times are shown in UTC. One for the program: it has one user.
static UTC: AtomicBool = AtomicBool::new(false);

/// Chooses between UTC and the local time zone.
pub fn show_utc(utc: bool) {
    UTC.store(utc, Ordering::Relaxed);
}

/// The day of an instant in the chosen time zone, `3 Aug 2026`.
pub fn day(at: crate::base::clock::UnixMillis) -> String {
    zoned(at).map_or_else(|| "—".to_owned(), |at| at.strftime("%-d %b %Y").to_string())
}

/// An instant in the chosen time zone, to the second.
pub fn instant(at: crate::base::clock::UnixMillis) -> String {
    zoned(at).map_or_else(
        || "—".to_owned(),
        |at| at.strftime("%-d %B %Y, %H:%M:%S %Z").to_string(),
    )
}

fn zoned(at: crate::base::clock::UnixMillis) -> Option<jiff::Zoned> {
    let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
    let zone = if UTC.load(Ordering::Relaxed) {
        jiff::tz::TimeZone::UTC
    } else {
        jiff::tz::TimeZone::system()
    };
    Some(at.to_zoned(zone))
}

/// Counts things in words: `1 row`, `12,431 rows`.
pub fn counted(count: usize, word: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {word}{s}", grouped_count(count))
}

/// Groups the digits of how many there are.
pub fn grouped_count(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Puts a speed into words, without digits behind the point: `38,437`.
pub fn grouped_rate(rate: f64) -> String {
    // The conversion keeps to the limits of the integer.
    #[expect(clippy::cast_possible_truncation, reason = "rounded, and limited by the type")]
    let whole = rate.round() as i64;
    grouped(whole)
}

/// Puts a number of bytes into words: `12.5 KiB`, `3,204.1 MiB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        let whole = i64::try_from(tenths / 10).unwrap_or(i64::MAX);
        format!("{}.{}", grouped(whole), tenths % 10)
    };
    if bytes < 1 << 20 {
        format!("{} KiB", tenths(1 << 10))
    } else {
        format!("{} MiB", tenths(1 << 20))
    }
}

/// Groups the digits of a number by threes: `12,431`.
pub fn grouped(number: impl Into<i64>) -> String {
    let number: i64 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Makes a sentence of an error's text, which begins small and ends without a full stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let mut out: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    if !out.is_empty() && !out.ends_with(['.', '!', '?', ':']) {
        out.push('.');
    }
    out
}

/// Opens a menu below a button. The menu closes when something in it is clicked.
pub fn menu<R>(button: &Response, contents: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    egui::Popup::menu(button)
        .gap(4.0)
        .show(|ui| {
            ui.set_min_width(190.0);
            // A menu is as wide as its longest entry, not as the room there is.
            ui.set_max_width(320.0);
            contents(ui)
        })
        .map(|shown| shown.inner)
}

/// A line of a menu: icon and word.
pub fn menu_item(ui: &mut Ui, icon: Icon, text: &str) -> Response {
    ui.add(Button::new(text).kind(Kind::Ghost).icon(icon).wide())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::UnixMillis;

    #[test]
    fn numbers_are_grouped_by_threes() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-12_431, "-12,431"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(number), shown);
        }
    }

    #[test]
    fn counts_agree_with_their_word() {
        for (count, shown) in [(0, "0 users"), (1, "1 user"), (10_000, "10,000 users")] {
            assert_eq!(counted(count, "user"), shown);
        }
        assert_eq!(grouped_rate(38_436.7), "38,437");
    }

    #[test]
    fn an_error_text_becomes_a_sentence() {
        for (text, shown) in [
            ("another process uses it", "Another process uses it."),
            ("The disk is full.", "The disk is full."),
            ("", ""),
        ] {
            assert_eq!(sentence(text), shown);
        }
    }

    #[test]
    fn spans_are_put_into_words() {
        let now = UnixMillis(1_700_000_000_000);
        for (secs, shown) in [
            (5, "just now"),
            (240, "4 min ago"),
            (7200, "2 h ago"),
            (172_800, "2 d ago"),
        ] {
            assert_eq!(since(now, now.plus_secs(-secs)), shown);
        }
    }
}

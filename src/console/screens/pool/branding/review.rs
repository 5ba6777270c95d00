//! What saving would change.

use egui::{Frame, Margin, Ui};

use super::draft::{BrandingDraft, Edited};
use super::{ALL, kilobytes};
use crate::console::theme::{self, size};

/// Shows what saving changes.
pub(super) fn review(ui: &mut Ui, draft: &BrandingDraft, scope: &str) {
    let t = theme::tokens(ui);
    let whose = if scope == ALL {
        "All app clients without a branding of their own get this look."
    } else {
        "This app client gets a look of its own."
    };
    ui.add(egui::Label::new(t.body(whose)).wrap());
    ui.label(
        t.hint("SetUICustomization sends style sheet and logo together; what is not sent would be removed."),
    );
    if draft.is_logo_changed() {
        let words = match &draft.logo {
            Edited::Replaced(logo) => format!("Logo: {} ({})", logo.name, kilobytes(logo.bytes.len())),
            Edited::Removed => "Logo: removed".to_owned(),
            Edited::Unchanged => String::new(),
        };
        ui.label(t.strong(words));
    } else if draft.logo().is_some() {
        ui.label(t.body("Logo: sent again as it is"));
    }
    if draft.is_css_changed() {
        ui.label(t.strong("Style sheet"));
        Frame::NONE
            .fill(t.bg3)
            .corner_radius(size::RADIUS)
            .inner_margin(Margin::same(10))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 1.0;
                const MOST: usize = 200;
                let lines = differing_lines(&draft.saved_css, &draft.css);
                for (sign, line) in lines.iter().take(MOST) {
                    let colour = if *sign == '+' { t.ok } else { t.err };
                    ui.add(egui::Label::new(t.code(format!("{sign} {line}")).color(colour)).wrap());
                }
                if lines.len() > MOST {
                    ui.label(t.hint(format!("{} more lines", lines.len().saturating_sub(MOST))));
                }
            });
    }
}

/// Lists removed and added lines in order. Between the common head and tail of the two the
/// longest common subsequence decides, unless they are so long that it would be felt.
fn differing_lines<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    const MOST_CELLS: usize = 4_000_000;
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let head = old
        .iter()
        .zip(&new)
        .take_while(|(one, other)| one == other)
        .count();
    let (old, new) = (
        old.get(head..).unwrap_or_default(),
        new.get(head..).unwrap_or_default(),
    );
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let old = old.get(..old.len().saturating_sub(tail)).unwrap_or_default();
    let new = new.get(..new.len().saturating_sub(tail)).unwrap_or_default();
    let removed = || old.iter().map(|line| ('−', *line));
    let added = || new.iter().map(|line| ('+', *line));
    let width = new.len().saturating_add(1);
    if old.len().saturating_add(1).saturating_mul(width) > MOST_CELLS {
        return removed().chain(added()).collect();
    }
    let mut table = vec![0_u32; old.len().saturating_add(1).saturating_mul(width)];
    let cell = |i: usize, j: usize| i.saturating_mul(width).saturating_add(j);
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let get = |at: usize| table.get(at).copied().unwrap_or_default();
            let (down, right) = (cell(i.saturating_add(1), j), cell(i, j.saturating_add(1)));
            let value = if one == other {
                get(cell(i.saturating_add(1), j.saturating_add(1))).saturating_add(1)
            } else {
                get(down).max(get(right))
            };
            if let Some(slot) = table.get_mut(cell(i, j)) {
                *slot = value;
            }
        }
    }
    let get = |at: usize| table.get(at).copied().unwrap_or_default();
    let (mut i, mut j, mut out) = (0_usize, 0_usize, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(one), Some(other)) if one == other => {
                i = i.saturating_add(1);
                j = j.saturating_add(1);
            }
            (Some(one), other)
                if other.is_none()
                    || get(cell(i.saturating_add(1), j)) >= get(cell(i, j.saturating_add(1))) =>
            {
                out.push(('−', *one));
                i = i.saturating_add(1);
            }
            (_, Some(other)) => {
                out.push(('+', *other));
                j = j.saturating_add(1);
            }
            (_, None) => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differing_lines_are_listed() {
        assert_eq!(differing_lines("a\nb\nc", "a\nx\nc"), [('−', "b"), ('+', "x")]);
        assert_eq!(differing_lines("", "a"), [('+', "a")]);
        assert_eq!(
            differing_lines("a\nb\nc\nd", "a\nc\ne\nd"),
            [('−', "b"), ('+', "e")]
        );
        assert_eq!(differing_lines("a", "a"), []);
    }
}

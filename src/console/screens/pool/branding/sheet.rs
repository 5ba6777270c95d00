//! The style sheet of a branding: the editor, how much of the limits is used, what is found.

use egui::{Ui, Vec2};

use super::draft::BrandingDraft;
use super::{BrandingStudio, changed_dot, kilobytes};
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon, size};
use crate::console::widgets::{self, Button};
use crate::rules::branding::images::MAX_TOGETHER_BYTES;
use crate::rules::branding::{TEMPLATE, css};
use crate::rules::finding::{Finding, Place};

impl BrandingStudio {
    pub(super) fn sheet(&mut self, ui: &mut Ui, cx: &ScreenCx<'_>, draft: &mut BrandingDraft) {
        let t = theme::tokens(ui);
        let is_clean = draft.too_much().is_none() && self.editor.findings(&draft.css).is_empty();
        let checks = if is_clean { 28.0 } else { 148.0 };
        ui.horizontal(|ui| {
            ui.label(t.section("Style sheet"));
            if draft.is_css_changed() {
                changed_dot(ui);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if draft.css.is_empty() && ui.add(Button::new("Start from the template").small()).clicked() {
                    TEMPLATE.clone_into(&mut draft.css);
                }
            });
        });
        let logo_bytes = draft.logo().map_or(0, |logo| logo.bytes.len());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::CARD;
            let half = (ui.available_width() - size::CARD) / 2.0;
            meter(
                ui,
                half,
                if half < 170.0 { "CSS" } else { "Style sheet" },
                draft.css.len(),
                css::ADVISED_CSS_BYTES,
                css::MAX_CSS_BYTES,
            );
            let together = draft.css.len().saturating_add(logo_bytes);
            meter(
                ui,
                half,
                "With logo",
                together,
                MAX_TOGETHER_BYTES,
                MAX_TOGETHER_BYTES,
            );
        });
        let room = ui.available_size();
        let editor = Vec2::new(room.x, (room.y - checks - size::SMALL).max(120.0));
        ui.allocate_ui(editor, |ui| {
            ui.set_min_size(editor);
            self.editor.ui(ui, &mut draft.css, cx.is_read_only());
        });
        self.checks(ui, draft);
    }

    fn checks(&mut self, ui: &mut Ui, draft: &BrandingDraft) {
        let t = theme::tokens(ui);
        // The limit of both together first: no line of the style sheet is to blame for it.
        let mut findings: Vec<Finding> = draft.too_much().into_iter().collect();
        findings.extend_from_slice(self.editor.findings(&draft.css));
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        let warnings = findings.len().saturating_sub(errors);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let (icon, colour, words) = match (errors, warnings) {
                (0, 0) => (Icon::CircleCheck, t.ok, "Nothing to mend".to_owned()),
                (0, warnings) => (Icon::TriangleAlert, t.warn, widgets::counted(warnings, "warning")),
                (errors, 0) => (Icon::CircleX, t.err, widgets::counted(errors, "error")),
                (errors, warnings) => (
                    Icon::CircleX,
                    t.err,
                    format!(
                        "{}, {}",
                        widgets::counted(errors, "error"),
                        widgets::counted(warnings, "warning")
                    ),
                ),
            };
            widgets::icon_sized(ui, icon, 15.0, colour);
            ui.label(t.label(words));
        });
        egui::ScrollArea::vertical()
            .id_salt("checks")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 5.0;
                // What nobody scrolls to is not laid out.
                const MOST: usize = 60;
                for finding in findings.iter().take(MOST) {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = 6.0;
                        let (icon, colour) = if finding.is_error() {
                            (Icon::CircleX, t.err)
                        } else {
                            (Icon::TriangleAlert, t.warn)
                        };
                        widgets::icon_sized(ui, icon, 14.0, colour);
                        if let Place::Text { line, .. } = finding.place
                            && widgets::link(ui, &format!("Line {line}")).clicked()
                        {
                            self.editor.jump(&finding.place);
                        }
                        ui.add(egui::Label::new(with_code(&finding.text, t)).wrap());
                    });
                }
                if findings.len() > MOST {
                    ui.label(t.hint(format!(
                        "{} more",
                        widgets::grouped_count(findings.len().saturating_sub(MOST))
                    )));
                }
            });
    }
}

/// Shows how much of a limit is used: full at `most`, a warning above `advised`.
fn meter(ui: &mut Ui, width: f32, name: &str, bytes: usize, advised: usize, most: usize) {
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 3.0;
        let words = format!("{name}: {} of {}", kilobytes(bytes), kilobytes(most));
        ui.add(egui::Label::new(t.hint(words)).truncate());
        let (rect, _) = ui.allocate_exact_size(Vec2::new(width, 4.0), egui::Sense::hover());
        #[expect(clippy::cast_precision_loss, reason = "a bar of some hundred pixels")]
        let part = (bytes as f32 / most as f32).clamp(0.0, 1.0);
        let colour = if bytes > most {
            t.err
        } else if bytes > advised {
            t.warn
        } else {
            t.accent_text
        };
        ui.painter().rect_filled(rect, 2, t.bg3);
        let used = egui::Rect::from_min_size(
            rect.min,
            Vec2::new((rect.width() * part).max(if bytes > 0 { 3.0 } else { 0.0 }), 4.0),
        );
        ui.painter().rect_filled(used, 2, colour);
    });
}

/// Sets what stands in backticks in the code font.
fn with_code(text: &str, t: &theme::Tokens) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    for (i, part) in text.split('`').enumerate() {
        let (font, colour) = if i % 2 == 1 {
            (theme::mono(11.5), t.accent_text)
        } else {
            (theme::body(12.5), t.text1)
        };
        job.append(part, 0.0, egui::TextFormat::simple(font, colour));
    }
    job
}

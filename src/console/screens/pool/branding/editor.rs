//! The style sheet editor: colours, line numbers, marks under what the lint found.

use std::sync::Arc;

use egui::text::{CCursor, CCursorRange, LayoutJob, LayoutSection, TextFormat};
use egui::{Galley, Id, Stroke, TextBuffer, Ui, Vec2};

use crate::console::theme::{self, Tokens, text};
use crate::rules::branding::css;
use crate::rules::branding::highlight::{Role, highlight};
use crate::rules::finding::{Finding, Place};

/// Keeps what was worked out for the text as it is.
#[derive(Default)]
pub struct Editor {
    checked: Option<String>,
    findings: Vec<Finding>,
    job: Option<(bool, LayoutJob)>,
    jump: Option<Place>,
}

impl Editor {
    /// Returns what the lint says about `source`.
    pub fn findings(&mut self, source: &str) -> &[Finding] {
        if self.checked.as_deref() != Some(source) {
            self.findings = css::check(source);
            self.checked = Some(source.to_owned());
            self.job = None;
        }
        &self.findings
    }

    /// Puts the cursor there when drawn next.
    pub fn jump(&mut self, place: &Place) {
        self.jump = Some(place.clone());
    }

    /// Draws the editor in the room there is. Answers whether the text was edited.
    pub fn ui(&mut self, ui: &mut Ui, source: &mut String, is_locked: bool) -> bool {
        const GUTTER: f32 = 44.0;
        let t = theme::tokens(ui);
        self.findings(source);
        let id = Id::unique("branding style sheet");
        let room = ui.available_size();
        let mut edited = false;
        let frame = egui::Frame::NONE
            .fill(if t.dark { t.bg0 } else { t.bg2 })
            .stroke(Stroke::new(1.0, theme::mix(t.line, t.line_strong, 0.35)))
            .corner_radius(theme::size::RADIUS)
            .inner_margin(1);
        frame.show(ui, |ui| {
            ui.set_min_size(room - Vec2::splat(4.0));
            egui::ScrollArea::vertical()
                .auto_shrink([false, false])
                .show(ui, |ui| {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = 0.0;
                        let (gutter, _) =
                            ui.allocate_exact_size(Vec2::new(GUTTER, 1.0), egui::Sense::hover());
                        let (findings, job) = (&self.findings, &mut self.job);
                        let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, width: f32| {
                            lay_out(ui, buffer.as_str(), width, t, findings, job)
                        };
                        let output = egui::TextEdit::multiline(source)
                            .id(id)
                            .code_editor()
                            .frame(egui::Frame::NONE)
                            .margin(egui::Margin {
                                left: 8,
                                right: 8,
                                top: 8,
                                bottom: 8,
                            })
                            .desired_width(ui.available_width())
                            .min_size(Vec2::new(0.0, room.y - 24.0))
                            .interactive(!is_locked)
                            .layouter(&mut layouter)
                            .show(ui);
                        let mut state = output.state.clone();
                        let response = output.response.response.clone().accessible_name("Style sheet");
                        edited = response.changed();
                        if let Some(Place::Text { line, column, length }) = self.jump.take() {
                            let start = char_index(source, line, column);
                            let end = CCursor::new(start.saturating_add(length));
                            let start = CCursor::new(start);
                            state.cursor.set_char_range(Some(CCursorRange::two(start, end)));
                            state.store(ui.ctx(), id);
                            response.request_focus();
                            let at = output.galley.pos_from_cursor(start);
                            let at = at.translate(output.galley_pos.to_vec2()).expand(60.0);
                            ui.scroll_to_rect(at, None);
                        }
                        self.line_numbers(ui, &output.galley, output.galley_pos, gutter.left(), t);
                    });
                });
        });
        edited
    }

    fn line_numbers(&self, ui: &Ui, galley: &Galley, at: egui::Pos2, left: f32, t: &Tokens) {
        let clip = ui.clip_rect();
        let mut line = 1_usize;
        let mut starts = true;
        for row in &galley.rows {
            let rect = row.rect().translate(at.to_vec2());
            if starts && rect.bottom() >= clip.top() && rect.top() <= clip.bottom() {
                let worst = self
                    .findings
                    .iter()
                    .filter(
                        |finding| matches!(finding.place, Place::Text { line: found, .. } if found == line),
                    )
                    .map(|finding| finding.severity)
                    .max();
                let colour = match worst {
                    Some(crate::rules::Severity::Error) => t.err,
                    Some(crate::rules::Severity::Warning) => t.warn,
                    None => t.text3,
                };
                let galley =
                    ui.painter()
                        .layout_no_wrap(line.to_string(), theme::mono(text::CAPTION), colour);
                let pos = egui::pos2(
                    left + 34.0 - galley.size().x,
                    rect.center().y - galley.size().y / 2.0,
                );
                ui.painter().galley(pos, galley, colour);
                if worst.is_some() {
                    ui.painter()
                        .circle_filled(egui::pos2(left + 7.0, rect.center().y), 2.5, colour);
                }
            }
            starts = row.ends_with_newline;
            if starts {
                line = line.saturating_add(1);
            }
        }
    }
}

fn lay_out(
    ui: &Ui,
    source: &str,
    width: f32,
    t: &Tokens,
    findings: &[Finding],
    cached: &mut Option<(bool, LayoutJob)>,
) -> Arc<Galley> {
    let fits = cached
        .as_ref()
        .is_some_and(|(dark, job)| *dark == t.dark && job.text == source);
    if !fits {
        *cached = Some((t.dark, coloured(source, t, findings)));
    }
    let mut job = cached.as_ref().map(|(_, job)| job.clone()).unwrap_or_default();
    job.wrap.max_width = width;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

fn coloured(source: &str, t: &Tokens, findings: &[Finding]) -> LayoutJob {
    let mut marks: Vec<(usize, usize, egui::Color32)> = findings
        .iter()
        .filter_map(|finding| match finding.place {
            Place::Text { line, column, length } => {
                let start = byte_index(source, line, column);
                let end = source
                    .get(start..)
                    .and_then(|rest| rest.char_indices().nth(length))
                    .map_or(source.len(), |(offset, _)| start.saturating_add(offset));
                let colour = if finding.is_error() { t.err } else { t.warn };
                Some((start, end, colour))
            }
            Place::Whole | Place::Field(_) => None,
        })
        .collect();
    marks.sort_unstable_by_key(|mark| mark.0);
    let mut job = LayoutJob {
        text: source.to_owned(),
        ..LayoutJob::default()
    };
    for span in highlight(source) {
        let colour = match span.role {
            Role::Plain | Role::Sign => t.text2,
            Role::Comment => t.text3,
            Role::AtRule => t.err,
            Role::Selector => t.violet,
            Role::State => t.info,
            Role::Property => t.accent_text,
            Role::Word => t.text1,
            Role::Color | Role::Text => t.ok,
            Role::Number => t.orange,
            Role::Unit => t.orange,
            Role::Function => t.info,
            Role::Important => t.warn,
        };
        // A mark may begin or end inside of a span.
        let mut at = span.start;
        while at < span.end {
            let mark = marks.iter().find(|(start, end, _)| *start <= at && at < *end);
            let until = match mark {
                Some((_, end, _)) => (*end).min(span.end),
                None => marks
                    .iter()
                    .map(|(start, _, _)| *start)
                    .find(|start| *start > at)
                    .map_or(span.end, |start| start.min(span.end)),
            };
            let mut format = TextFormat::simple(theme::mono(text::CODE), colour);
            format.line_height = Some(19.0);
            if let Some((_, _, colour)) = mark {
                format.underline = Stroke::new(1.5, *colour);
            }
            job.sections.push(LayoutSection {
                leading_space: 0.0,
                byte_range: egui::text::ByteIndex(at)..egui::text::ByteIndex(until),
                format,
            });
            at = until.max(at.saturating_add(1));
        }
    }
    job
}

fn byte_index(source: &str, line: usize, column: usize) -> usize {
    let mut start = 0_usize;
    for _ in 1..line {
        match source.get(start..).and_then(|rest| rest.find('\n')) {
            Some(offset) => start = start.saturating_add(offset).saturating_add(1),
            None => return source.len(),
        }
    }
    source
        .get(start..)
        .and_then(|rest| rest.char_indices().nth(column.saturating_sub(1)))
        .map_or(source.len(), |(offset, _)| start.saturating_add(offset))
}

fn char_index(source: &str, line: usize, column: usize) -> usize {
    let at = byte_index(source, line, column);
    source.get(..at).map_or(0, |before| before.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_indices() {
        let source = "/* ä */\n.a {\n}\n";
        assert_eq!(char_index(source, 1, 1), 0);
        assert_eq!(char_index(source, 2, 2), 9);
        assert_eq!(byte_index(source, 2, 2), 10);
        assert_eq!(byte_index(source, 99, 1), source.len());
    }
}

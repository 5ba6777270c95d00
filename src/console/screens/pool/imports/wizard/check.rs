//! What is wrong with which row, and its repair.

use egui::{Frame, Margin, Ui};
use egui_extras::Column;

use super::Screen;
use super::ending::progress;
use crate::console::command::Tone;
use crate::console::jobs::import_model::check::{Fix, Group, Repair, fixes};
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, Field};
use crate::rules::import::transform::Step as Transform;

impl Screen {
    pub(super) fn check(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        if let Some(check) = self.wizard.checking() {
            let (done, all) = check.progress();
            progress(ui, "Checking every row", u64::from(done), u64::from(all), None);
            return;
        }
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let Some(checked) = self.wizard.checked() else {
            return;
        };
        let (total, bad, ready) = (source.len(), checked.bad_len(), self.wizard.ready());
        let groups: Vec<(Group, usize)> = checked.groups().collect();
        if self
            .group
            .is_some_and(|shown| !groups.iter().any(|(group, _)| *group == shown))
        {
            self.group = None;
        }
        let rows: Vec<u32> = match self.group {
            Some(group) => checked.rows_of(group).to_vec(),
            None => checked.bad().collect(),
        };
        let too_many = checked.has_too_many_rows();
        let mut fix: Option<(Group, Fix)> = None;
        egui::Panel::top("import findings")
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::NONE)
            .show(ui, |ui| {
                Frame::NONE
                    .inner_margin(Margin {
                        left: 24,
                        right: 24,
                        top: 16,
                        bottom: 12,
                    })
                    .show(ui, |ui| {
                        let t = theme::tokens(ui);
                        ui.set_width(ui.available_width());
                        ui.spacing_mut().item_spacing.y = 8.0;
                        ui.horizontal(|ui| {
                            let count =
                                |number: usize| widgets::grouped(i64::try_from(number).unwrap_or(i64::MAX));
                            ui.label(t.section(format!(
                                "{} of {} {} ready",
                                count(ready),
                                widgets::counted(total, "row"),
                                if total == 1 { "is" } else { "are" }
                            )));
                            if bad > 0 {
                                ui.label(t.hint(format!("{} with problems", count(bad))).color(t.err));
                                if ui
                                    .add(Button::ghost("Save the rejects").icon(Icon::Download).small())
                                    .clicked()
                                {
                                    self.save_rejects(cx);
                                }
                            }
                            let skipped = self.wizard.edits().skipped().len();
                            if skipped > 0 {
                                ui.label(t.hint(format!("{} left out", count(skipped))));
                            }
                        });
                        if too_many {
                            widgets::banner(
                                ui,
                                Tone::Warning,
                                "One job takes at most 500,000 users. Split the file.",
                                |_| {},
                            );
                        }
                        egui::ScrollArea::vertical().max_height(190.0).show(ui, |ui| {
                            for (group, count) in &groups {
                                if let Some(chosen) = self.group_row(ui, *group, *count) {
                                    fix = Some((*group, chosen));
                                }
                            }
                        });
                        ui.horizontal_top(|ui| {
                            ui.spacing_mut().item_spacing.x = 12.0;
                            widgets::text(
                                ui,
                                &mut self.job_name,
                                Field::new("Job name")
                                    .optional()
                                    .width(260.0)
                                    .limited_by("CreateUserImportJob", "JobName")
                                    .placeholder("named after the file"),
                            );
                            widgets::text(
                                ui,
                                &mut self.role,
                                Field::new("Log role")
                                    .mono()
                                    .width(500.0)
                                    .help("Only Amazon Cognito writes its log with it."),
                            );
                        });
                    });
                widgets::hairline(ui);
            });
        if rows.is_empty() {
            widgets::empty(
                ui,
                Icon::CircleCheck,
                "Every row is good",
                "Start the import below.",
                None,
            );
        } else {
            self.problem_rows(ui, &rows);
        }
        if let Some((group, fix)) = fix {
            self.wizard.fix(group, &fix);
        }
    }

    /// One kind of finding with its repairs; answers with the one that was clicked.
    pub(super) fn group_row(&mut self, ui: &mut Ui, group: Group, count: usize) -> Option<Fix> {
        let t = theme::tokens(ui);
        let mut chosen = None;
        let column = self
            .wizard
            .plan()
            .columns()
            .get(usize::from(group.column))
            .cloned()
            .unwrap_or_default();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            widgets::icon_sized(ui, Icon::CircleAlert, 15.0, t.err);
            let count = widgets::grouped(i64::try_from(count).unwrap_or(i64::MAX));
            let words = match group.repair {
                // A row as a whole is in no column.
                Repair::Row => format!("{} ({count})", group.repair.title()),
                _ => format!("{} in {column} ({count})", group.repair.title()),
            };
            if ui
                .add(Button::ghost(&words).small().selected(self.group == Some(group)))
                .clicked()
            {
                self.group = if self.group == Some(group) {
                    None
                } else {
                    Some(group)
                };
            }
            for (words, fix) in fixes(group, self.wizard.plan()) {
                let is_prefix = matches!(&fix, Fix::AddStep(Transform::Phone { .. }));
                if is_prefix {
                    ui.add(egui::TextEdit::singleline(&mut self.prefix).desired_width(48.0))
                        .accessible_name("Country prefix");
                }
                if ui.add(Button::new(&words).small()).clicked() {
                    chosen = Some(if is_prefix {
                        Fix::AddStep(Transform::Phone {
                            prefix: self.prefix.trim().to_owned(),
                        })
                    } else {
                        fix
                    });
                }
            }
        });
        chosen
    }

    pub(super) fn problem_rows(&mut self, ui: &mut Ui, rows: &[u32]) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        // The columns that tell who it is, then the one in question.
        let columns = self.wizard.plan().columns();
        let mut wanted: Vec<u16> = Vec::new();
        for name in ["cognito:username", "email", "phone_number"] {
            wanted.extend(self.wizard.plan().column(name));
        }
        if let Some(group) = self.group
            && !wanted.contains(&group.column)
        {
            wanted.push(group.column);
        }
        let mut heads: Vec<(&str, Column)> = vec![("Line", Column::exact(58.0))];
        for at in &wanted {
            let name = columns.get(usize::from(*at)).map_or("", String::as_str);
            // The reasons keep room beside these in the smallest window.
            let width = if name == "email" { 156.0 } else { 112.0 };
            heads.push((name, Column::initial(width).at_least(90.0)));
        }
        heads.push(("Problem", Column::remainder().at_least(160.0)));
        heads.push(("", Column::exact(106.0)));
        let last = heads.len().saturating_sub(1);
        let (mut edited, mut begun, mut skipped) = (None, None, None);
        let wizard = &self.wizard;
        let editing = &mut self.editing;
        self.listing.show(
            ui,
            "Rows with problems",
            &heads,
            rows.len(),
            false,
            |at| rows.get(at).map(u32::to_string).unwrap_or_default(),
            |at| {
                rows.get(at)
                    .map(|row| format!("Line {}: {}", source.line(*row), wizard.why(*row).join(" ")))
                    .unwrap_or_default()
            },
            |ui, at, shown| {
                let t = theme::tokens(ui);
                let Some(row) = rows.get(at).copied() else { return };
                if shown == 0 {
                    ui.label(t.code(source.line(row).to_string()));
                } else if shown == last {
                    let name = format!("Leave out line {}", source.line(row));
                    if ui
                        .add(Button::ghost("Leave out").small())
                        .on_hover_text(&name)
                        .clicked()
                    {
                        skipped = Some(row);
                    }
                } else if shown == last.saturating_sub(1) {
                    let titles: Vec<&str> = wizard
                        .checked()
                        .iter()
                        .flat_map(|checked| checked.groups_of(row))
                        .map(|group| group.repair.title())
                        .collect();
                    let why = wizard.why(row).join("\n");
                    ui.add(egui::Label::new(t.hint(titles.join(" · ")).color(t.err)).truncate())
                        .on_hover_text(&why);
                } else if let Some(column) = wanted.get(shown.saturating_sub(1)).copied() {
                    match editing {
                        Some((there, which, text)) if *there == row && *which == column => {
                            let name = format!("Value in line {}", source.line(row));
                            let field = ui
                                .add(egui::TextEdit::singleline(text).desired_width(f32::INFINITY))
                                .accessible_name(name);
                            if field.lost_focus() {
                                edited = Some((row, column, text.clone()));
                            } else {
                                field.request_focus();
                            }
                        }
                        _ => {
                            let value = wizard.value(row, column);
                            let shown = if value.is_empty() {
                                "empty".to_owned()
                            } else {
                                value.clone()
                            };
                            let colour = if value.is_empty() { t.text3 } else { t.text1 };
                            let label = egui::Label::new(t.code(shown).color(colour))
                                .truncate()
                                .sense(egui::Sense::click());
                            if ui.add(label).on_hover_text("Click to edit").clicked() {
                                begun = Some((row, column, value));
                            }
                        }
                    }
                }
            },
        );
        if let Some((row, column, text)) = edited {
            self.editing = None;
            if self.wizard.value(row, column) != text {
                self.wizard.edit(row, column, text);
            }
        }
        if begun.is_some() {
            self.editing = begun;
        }
        if let Some(row) = skipped {
            self.wizard.skip(row, true);
        }
    }
}

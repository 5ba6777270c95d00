//! The job at work, and what became of it.

use std::io::Write as _;
use std::path::PathBuf;

use egui::Ui;

use super::Screen;
use crate::base::clock::UnixMillis;
use crate::console::command::Tone;
use crate::console::files::{self, Present};
use crate::console::jobs::import_model::report::rejects;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button};
use crate::wire::idp::UserImportJobStatusType;

impl Screen {
    pub(super) fn run(&mut self, ui: &mut Ui) {
        let Some(run) = self.wizard.run() else { return };
        let now = run.progress();
        let words = now.phase.words();
        let pace = match (now.rate, now.left_secs) {
            (Some(rate), Some(left)) => Some(format!(
                "{} rows/s, {} left",
                widgets::grouped_rate(rate),
                span(left)
            )),
            (Some(rate), None) => Some(format!("{} rows/s", widgets::grouped_rate(rate))),
            (None, _) => None,
        };
        progress(ui, words, now.done(), now.rows, pace.as_deref());
        ui.vertical_centered(|ui| {
            let t = theme::tokens(ui);
            ui.label(t.hint(format!(
                "{} imported, {} skipped, {} failed",
                counted(now.imported),
                counted(now.skipped),
                counted(now.failed)
            )));
        });
    }

    pub(super) fn report(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let mut save = false;
        widgets::form(ui, |ui| {
            let t = theme::tokens(ui);
            let Some(report) = self.wizard.report() else {
                return;
            };
            let (imported, skipped, failed) = report.counts();
            let good =
                report.error().is_none() && report.status() == Some(&UserImportJobStatusType::Succeeded);
            let (icon, colour) = if good {
                (Icon::CircleCheck, t.ok)
            } else {
                (Icon::CircleAlert, t.warn)
            };
            ui.horizontal(|ui| {
                widgets::icon_sized(ui, icon, 24.0, colour);
                let users = usize::try_from(imported).unwrap_or(0);
                ui.label(t.title(format!("{} imported", widgets::counted(users, "user"))));
            });
            if let Some(error) = report.error() {
                widgets::banner(ui, Tone::Error, error, |_| {});
            }
            if let Some(message) = report.message() {
                ui.label(t.body(message));
            }
            widgets::card(
                ui,
                "Rows",
                "",
                |_| {},
                |ui| {
                    widgets::facts(ui, cx.commands, |ui, facts| {
                        facts.text(
                            ui,
                            "In the file",
                            &widgets::grouped(i64::try_from(report.rows()).unwrap_or(i64::MAX)),
                        );
                        facts.text(ui, "Imported", &widgets::grouped(imported));
                        facts.text(ui, "Skipped, known already", &widgets::grouped(skipped));
                        facts.text(ui, "Failed", &widgets::grouped(failed));
                        facts.text(
                            ui,
                            "Not sent",
                            &widgets::grouped(i64::try_from(report.kept_back()).unwrap_or(i64::MAX)),
                        );
                        let unreached = report.unreached().len();
                        if unreached > 0 {
                            let unreached = i64::try_from(unreached).unwrap_or(i64::MAX);
                            facts.text(ui, "Not reached", &widgets::grouped(unreached));
                        }
                        if let Some(id) = report.job_id() {
                            facts.code(ui, "Job id", id);
                        }
                    });
                    if let Some(why) = report.log_missing() {
                        ui.label(t.hint(why));
                    }
                    for (reason, count) in report.reasons().iter().take(12) {
                        ui.label(t.hint(format!("{} × {reason}", widgets::grouped_count(*count))));
                    }
                    let has_rejects = report.kept_back() > 0
                        || report.not_imported().next().is_some()
                        || !report.unreached().is_empty();
                    if has_rejects {
                        save = ui
                            .add(Button::new("Save the rejects").icon(Icon::Download))
                            .clicked();
                    }
                },
            );
            ui.label(
                t.hint("Imported users without a password hash set a new password with their first sign-in."),
            );
        });
        if save {
            self.save_rejects(cx);
        }
    }

    /// Writes the rows that are not imported beside the original file, or into the home folder.
    pub(super) fn save_rejects(&mut self, cx: &mut ScreenCx<'_>) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let mut reasons = std::collections::HashMap::new();
        if let Some(checked) = self.wizard.checked() {
            for row in checked.left_out(self.wizard.edits()) {
                reasons.insert(row, self.wizard.why(row).join(" "));
            }
        }
        if let Some(report) = self.wizard.report() {
            for (row, outcome) in report.not_imported() {
                reasons.insert(row, outcome.to_string());
            }
            for row in report.unreached() {
                reasons.insert(*row, report.why_unreached().to_owned());
            }
        }
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let folder = PathBuf::from(self.path.trim())
            .parent()
            .map_or(home.clone(), ToOwned::to_owned);
        let folder = if folder.as_os_str().is_empty() {
            home
        } else {
            folder
        };
        let stamp = cx.now();
        let write = move || -> Result<String, String> {
            let path = folder.join(format!("rejects-{}.csv", stamp_words(stamp)));
            let text = rejects(&source, |row| reasons.get(&row).cloned());
            let shown = path.display().to_string();
            files::write(&path, Present::Keep, |file| file.write_all(text.as_bytes()))
                .map(|()| shown.clone())
                .map_err(|reason| format!("{reason}. {shown}"))
        };
        self.saving = Some(cx.work(
            |_| async move {
                let done = tokio::task::spawn_blocking(write).await;
                Ok(done.unwrap_or_else(|_| Err("Writing ended early.".to_owned())))
            },
            |_, _| {},
        ));
    }
}

pub(super) fn progress(ui: &mut Ui, words: &str, done: u64, all: u64, pace: Option<&str>) {
    let t = theme::tokens(ui);
    ui.add_space(72.0);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        ui.label(t.section(words));
        #[allow(clippy::cast_precision_loss)]
        let part = if all == 0 { 0.0 } else { done as f32 / all as f32 };
        ui.scope(|ui| {
            // What is still to be done is seen, too.
            ui.visuals_mut().extreme_bg_color = t.line;
            ui.add(
                egui::ProgressBar::new(part)
                    .desired_width(420.0)
                    .desired_height(10.0)
                    .fill(t.accent_fill),
            );
        });
        ui.label(t.hint(format!("{} of {} rows", counted(done), counted(all))));
        if let Some(pace) = pace {
            ui.label(t.body(pace));
        }
        ui.add_space(4.0);
    });
}

fn counted(number: u64) -> String {
    widgets::grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn span(secs: u64) -> String {
    if secs < 90 {
        format!("{secs} s")
    } else {
        format!("{} min", secs.div_ceil(60))
    }
}

fn stamp_words(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |at| at.strftime("%Y%m%d-%H%M%S").to_string(),
    )
}

//! The import wizard: a step at the left, its contents in the middle, where to go next below.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, Ui};

use crate::console::command::Toast;
use crate::console::jobs::import_model::check::Group;
use crate::console::jobs::import_model::run::Order;
use crate::console::jobs::import_model::{Step, Wizard};
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, IconButton, Kind, Listing};
use crate::wire::idp::UserPoolType;

mod check;
mod ending;
mod mapping;
mod reading;

/// The role named to endpoints that keep the log elsewhere; an engine of ours only checks its form.
const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/CognitoUserImport";

/// Which files the dialog offers.
const KINDS: &[(&str, &[&str])] = &[("Tables of text", &["csv", "tsv", "txt"]), ("All files", &["*"])];

/// The wizard as it is shown.
pub struct Screen {
    wizard: Wizard,
    path: String,
    pasted: String,
    choosing: Option<Sent<Option<PathBuf>>>,
    job_name: String,
    role: String,
    listing: Listing,
    group: Option<Group>,
    editing: Option<(u32, u16, String)>,
    prefix: String,
    saving: Option<Sent<Result<String, String>>>,
    dialog_available: bool,
    leaving: bool,
}

/// What the wizard asks of the list behind it.
pub enum After {
    Stay,
    Close,
    /// Closed; the job with this id is worth showing.
    Show(Option<String>),
}

impl Screen {
    /// Opens the wizard on a user pool.
    pub fn new(ui: &Ui, cx: &ScreenCx<'_>, pool: UserPoolType) -> Self {
        let ctx = ui.ctx().clone();
        let wizard = Wizard::new(pool, cx.runtime(), Arc::new(move || ctx.request_repaint()));
        Self {
            wizard,
            path: String::new(),
            pasted: String::new(),
            choosing: None,
            job_name: String::new(),
            role: ROLE.to_owned(),
            listing: Listing::default(),
            group: None,
            editing: None,
            prefix: "+1".to_owned(),
            saving: None,
            dialog_available: cx.has_file_dialog,
            leaving: false,
        }
    }

    /// Tells whether the background is at work.
    pub fn is_busy(&self) -> bool {
        self.wizard.is_loading() || self.wizard.checking().is_some() || self.wizard.is_running()
    }

    /// Says what would be lost.
    pub fn unsaved(&self) -> Option<String> {
        let at_work =
            self.wizard.source().is_some() && self.wizard.report().is_none() && !self.wizard.is_running();
        at_work.then(|| "an import that has not begun".to_owned())
    }

    /// Draws it in place of the list.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) -> After {
        self.wizard.poll();
        self.take_dropped(ui);
        self.settle(cx);
        if self.wizard.is_running() || self.wizard.checking().is_some() || self.wizard.is_loading() {
            ui.ctx()
                .request_repaint_after(std::time::Duration::from_millis(200));
        }
        let mut after = After::Stay;
        let title = self.wizard.source().map_or_else(
            || "Import users".to_owned(),
            |source| format!("Import {}", source.name()),
        );
        widgets::header(
            ui,
            &title,
            match self.wizard.step() {
                Step::Source | Step::Reading | Step::Mapping | Step::Check => {
                    "Nothing is changed until the import is started."
                }
                Step::Run => "What is imported stays, also after a cancel.",
                Step::Report => "The import has ended.",
            },
            |ui| {
                if ui.add(IconButton::new(Icon::X, "Close the wizard")).clicked() {
                    self.leaving = true;
                }
            },
        );
        if self.leaving {
            after = self.leave(ui);
        }
        egui::Panel::left("import steps")
            .resizable(false)
            .exact_size(196.0)
            .frame(Frame::NONE)
            .show(ui, |ui| self.steps(ui));
        // The first step goes on by itself once there is a file.
        if self.wizard.step() != Step::Source {
            egui::Panel::bottom("import foot")
                .show_separator_line(false)
                .frame(Frame::NONE)
                .show(ui, |ui| {
                    if let Some(then) = self.foot(ui, cx) {
                        after = then;
                    }
                });
        }
        egui::CentralPanel::default()
            .frame(Frame::NONE)
            .show(ui, |ui| match self.wizard.step() {
                Step::Source => self.source(ui, cx),
                Step::Reading => self.reading(ui),
                Step::Mapping => self.mapping(ui),
                Step::Check => self.check(ui, cx),
                Step::Run => self.run(ui),
                Step::Report => self.report(ui, cx),
            });
        after
    }

    fn leave(&mut self, ui: &Ui) -> After {
        if self.unsaved().is_none() {
            return After::Show(
                self.wizard
                    .report()
                    .and_then(|report| report.job_id().map(str::to_owned)),
            );
        }
        let dialog = widgets::Dialog::new("Discard the import", "Discard")
            .width(440.0)
            .danger();
        match dialog.show(ui.ctx(), |ui| {
            let t = theme::tokens(ui);
            ui.add(
                egui::Label::new(
                    t.body("The mapping and the repairs are lost. The file itself is not changed."),
                )
                .wrap(),
            );
        }) {
            widgets::Answer::Open => After::Stay,
            widgets::Answer::Cancelled => {
                self.leaving = false;
                After::Stay
            }
            widgets::Answer::Confirmed => After::Close,
        }
    }

    fn take_dropped(&mut self, ui: &Ui) {
        let dropped = ui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            self.path = path.display().to_string();
            self.wizard.open(path);
        }
    }

    fn settle(&mut self, cx: &mut ScreenCx<'_>) {
        if let Some(outcome) = self.choosing.as_ref().and_then(Sent::take) {
            self.choosing = None;
            if let Ok(Some(path)) = outcome {
                self.path = path.display().to_string();
                self.wizard.open(path);
            }
        }
        if let Some(outcome) = self.saving.as_ref().and_then(Sent::take) {
            self.saving = None;
            match outcome {
                Ok(Ok(path)) => cx.toast(Toast::ok(format!("Saved to {path}"))),
                Ok(Err(reason)) => cx.toast(Toast::error("The rejects were not saved", reason)),
                Err(reason) => cx.toast(Toast::failed("The rejects were not saved", &reason)),
            }
        }
    }

    fn steps(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        Frame::NONE
            .inner_margin(Margin {
                left: 16,
                right: 8,
                top: 16,
                bottom: 16,
            })
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                let here = self.wizard.step();
                for (number, step) in Step::ALL.into_iter().enumerate() {
                    let words = format!("{}  {}", number.saturating_add(1), step.title());
                    let reachable = self.wizard.can_go(step) || step == here;
                    let icon = if step < here { Icon::Check } else { Icon::Circle };
                    ui.add_enabled_ui(reachable, |ui| {
                        let button = Button::ghost(&words).icon(icon).wide().selected(step == here);
                        if ui.add(button).clicked() {
                            self.wizard.go(step);
                        }
                    });
                }
            });
        let rect = ui.max_rect();
        ui.painter().vline(rect.right(), rect.y_range(), t.hairline());
    }

    /// The bar below: back, forward, and why forward is not possible.
    fn foot(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) -> Option<After> {
        let t = theme::tokens(ui);
        let mut after = None;
        widgets::hairline(ui);
        Frame::NONE
            .fill(t.bg1)
            .inner_margin(Margin::symmetric(24, 12))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    let step = self.wizard.step();
                    let before = match step {
                        Step::Mapping => Some(Step::Reading),
                        Step::Check => Some(Step::Mapping),
                        Step::Reading => Some(Step::Source),
                        Step::Source | Step::Run | Step::Report => None,
                    };
                    if let Some(before) = before
                        && ui.add(Button::new("Back").icon(Icon::ArrowLeft)).clicked()
                    {
                        self.wizard.go(before);
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.spacing_mut().item_spacing.x = 12.0;
                        match step {
                            Step::Source => {}
                            Step::Reading => {
                                if ui
                                    .add(Button::primary("Map columns").trailing(Icon::ArrowRight))
                                    .clicked()
                                {
                                    self.wizard.go(Step::Mapping);
                                }
                            }
                            Step::Mapping => {
                                let gaps = self.wizard.plan().gaps(self.wizard.pool()).join(", ");
                                ui.add_enabled_ui(gaps.is_empty(), |ui| {
                                    if ui
                                        .add(Button::primary("Check rows").trailing(Icon::ArrowRight))
                                        .clicked()
                                    {
                                        self.wizard.go(Step::Check);
                                    }
                                });
                                if !gaps.is_empty() {
                                    ui.label(t.hint(format!("Still to be filled: {gaps}")).color(t.warn));
                                }
                            }
                            Step::Check => self.start_button(ui, cx),
                            Step::Run => {
                                if ui
                                    .add(Button::new("Cancel import").kind(Kind::DangerQuiet))
                                    .clicked()
                                {
                                    self.wizard.cancel();
                                }
                                ui.label(t.hint("The import goes on when you leave this screen."));
                            }
                            Step::Report => {
                                if ui.add(Button::primary("Done")).clicked() {
                                    let id = self
                                        .wizard
                                        .report()
                                        .and_then(|report| report.job_id().map(str::to_owned));
                                    after = Some(After::Show(id));
                                }
                            }
                        }
                    });
                });
            });
        after
    }

    fn start_button(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        let ready = self.wizard.ready();
        let checking = self.wizard.checking().is_some();
        let words = format!("Import {}", widgets::counted(ready, "user"));
        let possible = ready > 0 && !checking && !cx.is_read_only();
        ui.add_enabled_ui(possible, |ui| {
            if ui.add(Button::primary(&words).icon(Icon::Play)).clicked() {
                let name = match self.job_name.trim() {
                    "" => self
                        .wizard
                        .source()
                        .map_or_else(|| "import".to_owned(), |source| job_name(&source.name())),
                    name => name.to_owned(),
                };
                let order = Order {
                    user_pool_id: cx.pool_id(),
                    job_name: name,
                    role_arn: self.role.trim().to_owned(),
                    work_dir: std::env::temp_dir(),
                };
                let title = format!("Import {}", order.job_name);
                self.wizard.start(cx.driver(), cx.clock(), order);
                if let Some(run) = self.wizard.run() {
                    cx.add_job(title, run.clone());
                }
            }
        });
        if cx.is_read_only() {
            ui.label(t.hint("This connection is read-only."));
        } else if ready == 0 && !checking && self.wizard.checked().is_some() {
            ui.label(t.hint("No row can be imported yet.").color(t.warn));
        }
    }
}

/// A job name out of a file name: only what the service takes, at most 128 characters.
fn job_name(file: &str) -> String {
    let kept: String = file
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " +=,.@-_".contains(c) {
                c
            } else {
                '-'
            }
        })
        .take(128)
        .collect();
    if kept.trim().is_empty() {
        "import".to_owned()
    } else {
        kept
    }
}

//! The import wizard: a step at the left, its contents in the middle, where to go next below.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, Ui};
use egui_extras::Column;

use super::super::branding::has_file_dialog;
use crate::base::clock::UnixMillis;
use crate::console::command::{Toast, Tone};
use crate::console::jobs::import_model::check::{Fix, Group, fixes};
use crate::console::jobs::import_model::report::rejects;
use crate::console::jobs::import_model::run::{Order, Phase};
use crate::console::jobs::import_model::{Step, Wizard};
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, Field, IconButton, Kind, Listing};
use crate::rules::import::foreign::{Dialect, Encoding};
use crate::rules::import::transform::{Source as Origin, Step as Transform};
use crate::wire::idp::{PasswordHashingAlgorithmType as Algorithm, UserImportJobStatusType, UserPoolType};

/// The role named to endpoints that keep the log elsewhere; an engine of ours only checks its form.
const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/CognitoUserImport";

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
            dialog_available: has_file_dialog(),
            leaving: false,
        }
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
            "Nothing is changed until the import is started.",
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
        egui::Panel::bottom("import foot")
            .frame(Frame::NONE)
            .show(ui, |ui| {
                if let Some(then) = self.foot(ui, cx) {
                    after = then;
                }
            });
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
        let shown = widgets::grouped(i64::try_from(ready).unwrap_or(i64::MAX));
        let checking = self.wizard.checking().is_some();
        let words = if ready == 1 {
            "Import 1 user".to_owned()
        } else {
            format!("Import {shown} users")
        };
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
                self.wizard.start(cx.driver(), cx.clock(), order);
            }
        });
        if cx.is_read_only() {
            ui.label(t.hint("This connection is read-only."));
        } else if ready == 0 && !checking && self.wizard.checked().is_some() {
            ui.label(t.hint("No row can be imported yet.").color(t.warn));
        }
    }

    fn source(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::page(ui, |ui| {
            let t = theme::tokens(ui);
            ui.set_max_width(theme::size::FORM);
            if let Some(refused) = self.wizard.refused() {
                widgets::banner(ui, Tone::Error, &refused.to_string(), |_| {});
            }
            let loading = self.wizard.is_loading();
            Frame::NONE
                .fill(t.bg2)
                .stroke(egui::Stroke::new(1.0, t.line_strong))
                .corner_radius(egui::CornerRadius::same(theme::size::RADIUS_CARD))
                .inner_margin(Margin::symmetric(24, 28))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.vertical_centered(|ui| {
                        widgets::icon_sized(ui, Icon::FileUp, 28.0, t.text3);
                        ui.label(t.section("Drop a CSV file here"));
                        ui.label(t.hint("CSV, TSV or semicolons, any encoding, up to 256 MB. At most 500,000 users per job."));
                        ui.add_space(8.0);
                        if self.dialog_available
                            && ui.add(Button::primary("Choose a file").icon(Icon::FolderOpen).busy(loading)).clicked()
                            && self.choosing.is_none()
                        {
                            self.choosing = Some(cx.work(
                                |_| async {
                                    let dialog = rfd::AsyncFileDialog::new()
                                        .set_title("Choose a file of users")
                                        .add_filter("Tables of text", &["csv", "tsv", "txt"])
                                        .add_filter("All files", &["*"]);
                                    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
                                },
                                |_, _| {},
                            ));
                        }
                    });
                });
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 120.0).max(120.0);
                let field = Field::new("Path of the file")
                    .mono()
                    .width(width)
                    .placeholder("users.csv");
                let typed = widgets::text(ui, &mut self.path, field);
                let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                ui.vertical(|ui| {
                    ui.add_space(33.0);
                    let ready = !self.path.trim().is_empty();
                    ui.add_enabled_ui(ready, |ui| {
                        if (ui.add(Button::new("Open").busy(loading)).clicked() || entered) && ready {
                            self.wizard.open(PathBuf::from(self.path.trim()));
                        }
                    });
                });
            });
            let field = Field::new("Or paste a table")
                .mono()
                .optional()
                .help("With the names of the columns in the first line.");
            widgets::text_area(ui, &mut self.pasted, 5, field);
            ui.add_enabled_ui(!self.pasted.trim().is_empty(), |ui| {
                if ui
                    .add(
                        Button::new("Use the pasted table")
                            .icon(Icon::ClipboardPaste)
                            .busy(loading),
                    )
                    .clicked()
                {
                    self.wizard.paste(self.pasted.clone());
                }
            });
            let header = self.wizard.template().join(",");
            ui.horizontal(|ui| {
                ui.label(t.hint("The column names of this user pool:"));
                if ui
                    .add(Button::ghost("Copy the header line").icon(Icon::Copy).small())
                    .clicked()
                {
                    cx.copy("Header line", header);
                }
            });
        });
    }

    fn reading(&mut self, ui: &mut Ui) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let mut reading = source.reading();
        let loading = self.wizard.is_loading();
        Frame::NONE
            .inner_margin(Margin {
                left: 24,
                right: 24,
                top: 20,
                bottom: 12,
            })
            .show(ui, |ui| {
                let t = theme::tokens(ui);
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(20.0, 12.0);
                    let mut encodings: Vec<(Encoding, String)> = Encoding::COMMON
                        .iter()
                        .map(|encoding| (*encoding, encoding.name().to_owned()))
                        .collect();
                    if !encodings
                        .iter()
                        .any(|(encoding, _)| *encoding == reading.encoding)
                    {
                        encodings.push((reading.encoding, reading.encoding.name().to_owned()));
                    }
                    widgets::choice(
                        ui,
                        &mut reading.encoding,
                        &encodings,
                        Field::new("Encoding").width(220.0),
                    );
                    let options = dialects(reading.dialect);
                    widgets::choice(
                        ui,
                        &mut reading.dialect,
                        &options,
                        Field::new("Delimiter").width(220.0),
                    );
                    ui.vertical(|ui| {
                        ui.add_space(24.0);
                        widgets::check(ui, &mut reading.has_header, "First row names the columns", "");
                    });
                });
                if reading != source.reading() && !loading {
                    self.wizard.read_as(reading);
                }
                ui.add_space(8.0);
                let rows = widgets::grouped(i64::try_from(source.len()).unwrap_or(i64::MAX));
                ui.label(t.hint(format!(
                    "{rows} rows, {} columns, {} KB",
                    source.columns().len(),
                    source.bytes().div_ceil(1024)
                )));
                if source.has_garbage() {
                    widgets::banner(
                        ui,
                        Tone::Warning,
                        "Some characters do not belong to this encoding. Another one may fit better.",
                        |_| {},
                    );
                }
                if source.uneven() > 0 {
                    let words = format!(
                        "{} rows have another number of cells than the first one.",
                        source.uneven()
                    );
                    widgets::banner(ui, Tone::Warning, &words, |_| {});
                }
            });
        widgets::hairline(ui);
        let samples = source.samples(20);
        let heads: Vec<(&str, Column)> = source
            .columns()
            .iter()
            .map(|name| (name.as_str(), Column::initial(150.0).at_least(80.0)))
            .collect();
        egui::ScrollArea::horizontal().show(ui, |ui| {
            Listing::default().show(
                ui,
                "First rows",
                &heads,
                samples.len(),
                false,
                |at| at.to_string(),
                |at| format!("Row {}", at.saturating_add(1)),
                |ui, row, column| {
                    let t = theme::tokens(ui);
                    let cell = samples
                        .get(row)
                        .and_then(|row| row.get(column))
                        .map_or("", String::as_str);
                    ui.add(egui::Label::new(t.code(cell)).truncate().selectable(false));
                },
            );
        });
    }

    fn mapping(&mut self, ui: &mut Ui) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let mut changes: Vec<(String, Origin)> = Vec::new();
        let mut algorithm = self.wizard.plan().algorithm().cloned();
        let samples = source.samples(3);
        widgets::page(ui, |ui| {
            let t = theme::tokens(ui);
            ui.set_max_width(900.0);
            let algorithms: Vec<(Option<Algorithm>, String)> =
                std::iter::once((None, "No hashes: users set a new password".to_owned()))
                    .chain(Algorithm::ALL.iter().map(|it| (Some(it.clone()), it.to_string())))
                    .collect();
            widgets::choice(
                ui,
                &mut algorithm,
                &algorithms,
                Field::new("Password hashes").width(320.0),
            );
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut origins: Vec<(Origin, String)> = vec![(Origin::Nothing, "Leave empty".to_owned())];
            origins.extend(
                source
                    .columns()
                    .iter()
                    .enumerate()
                    .map(|(at, name)| (Origin::Column(at), name.clone())),
            );
            for (at, filling) in self.wizard.plan().fillings().iter().enumerate() {
                let mut origin = filling.source.clone();
                let mut options = origins.clone();
                if is_flag(&filling.target) {
                    for word in ["true", "false"] {
                        options.push((Origin::Constant(word.to_owned()), format!("Always {word}")));
                    }
                }
                if !options.iter().any(|(option, _)| *option == origin) {
                    options.push((origin.clone(), words_of(&origin, source.columns())));
                }
                ui.horizontal(|ui| {
                    ui.set_min_height(34.0);
                    let (rect, _) = ui.allocate_exact_size(egui::vec2(220.0, 30.0), egui::Sense::hover());
                    let mut cell = ui.new_child(
                        egui::UiBuilder::new()
                            .max_rect(rect)
                            .layout(Layout::left_to_right(Align::Center)),
                    );
                    cell.add(egui::Label::new(t.strong(&filling.target)).truncate());
                    widgets::icon(ui, Icon::ArrowLeft, t.text3);
                    let name = format!("Source of {}", filling.target);
                    egui::ComboBox::from_id_salt(&name)
                        .width(260.0)
                        .truncate()
                        .selected_text(words_of(&origin, source.columns()))
                        .icon(|ui, rect, _, _| {
                            let t = theme::tokens(ui);
                            widgets::paint_icon_sized(ui, Icon::ChevronDown, rect.center(), 14.0, t.text3);
                        })
                        .show_ui(ui, |ui| {
                            for (option, words) in options {
                                ui.selectable_value(&mut origin, option, words);
                            }
                        })
                        .response
                        .accessible_name(&name);
                    if origin != filling.source {
                        changes.push((filling.target.clone(), origin.clone()));
                    }
                    let sure = self
                        .wizard
                        .plan()
                        .confidence(u16::try_from(at).unwrap_or(u16::MAX));
                    if (1..60).contains(&sure) {
                        widgets::badge(ui, widgets::Badge::Warn, Icon::CircleQuestionMark, "Guess");
                    }
                    for step in &filling.steps {
                        ui.label(t.hint(step.name()));
                    }
                    let sample: Vec<String> = samples
                        .iter()
                        .map(|row| filling.value(row))
                        .filter(|value| !value.is_empty())
                        .collect();
                    ui.add(egui::Label::new(t.code(sample.join("  ·  ")).color(t.text3)).truncate());
                });
            }
            let ignored: Vec<&str> = self
                .wizard
                .plan()
                .ignored(&source)
                .into_iter()
                .filter_map(|at| source.columns().get(at).map(String::as_str))
                .collect();
            if !ignored.is_empty() {
                ui.label(t.hint(format!("Not imported: {}", ignored.join(", "))));
            }
            ui.label(t.hint("Groups, MFA secrets, sub and creation dates are not part of an import."));
        });
        if algorithm.as_ref() != self.wizard.plan().algorithm() {
            self.wizard.change_plan(|plan| plan.set_algorithm(algorithm));
        }
        for (target, origin) in changes {
            self.wizard.change_plan(|plan| {
                plan.set_source(&target, origin);
            });
        }
    }

    fn check(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
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
                        ui.horizontal(|ui| {
                            let count =
                                |number: usize| widgets::grouped(i64::try_from(number).unwrap_or(i64::MAX));
                            ui.label(t.section(format!(
                                "{} of {} rows are ready",
                                count(ready),
                                count(total)
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
                        ui.spacing_mut().item_spacing.y = 6.0;
                        egui::ScrollArea::vertical().max_height(190.0).show(ui, |ui| {
                            for (group, count) in &groups {
                                if let Some(chosen) = self.group_row(ui, *group, *count) {
                                    fix = Some((*group, chosen));
                                }
                            }
                        });
                        ui.horizontal(|ui| {
                            widgets::text(
                                ui,
                                &mut self.job_name,
                                Field::new("Job name")
                                    .optional()
                                    .width(260.0)
                                    .most_chars(128)
                                    .placeholder("named after the file"),
                            );
                            widgets::text(
                                ui,
                                &mut self.role,
                                Field::new("Log role")
                                    .mono()
                                    .width(420.0)
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
    fn group_row(&mut self, ui: &mut Ui, group: Group, count: usize) -> Option<Fix> {
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
            let words = format!("{} in {column} ({count})", group.repair.title());
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

    fn problem_rows(&mut self, ui: &mut Ui, rows: &[u32]) {
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
        let mut heads: Vec<(&str, Column)> = vec![("Line", Column::exact(70.0))];
        for at in &wanted {
            let name = columns.get(usize::from(*at)).map_or("", String::as_str);
            heads.push((name, Column::initial(150.0).at_least(90.0)));
        }
        heads.push(("Problem", Column::remainder().at_least(160.0)));
        heads.push(("", Column::exact(110.0)));
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
                    .map(|row| format!("Line {}", source.line(*row)))
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
                    let why = wizard.why(row).join(" ");
                    ui.add(egui::Label::new(t.hint(&why).color(t.err)).truncate())
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

    fn run(&mut self, ui: &mut Ui) {
        let Some(run) = self.wizard.run() else { return };
        let now = run.progress();
        let words = match now.phase {
            Phase::Writing => "Writing the rows",
            Phase::Creating => "Creating the job",
            Phase::Uploading => "Sending the file",
            Phase::Importing => "Importing",
            Phase::Stopping => "Stopping",
            Phase::Reading => "Reading the log",
        };
        let pace = match (now.rate, now.left_secs) {
            (Some(rate), Some(left)) => Some(format!("{rate:.0} rows/s, {} left", span(left))),
            (Some(rate), None) => Some(format!("{rate:.0} rows/s")),
            (None, _) => None,
        };
        progress(ui, words, now.done(), now.rows, pace.as_deref());
        ui.vertical_centered(|ui| {
            let t = theme::tokens(ui);
            ui.label(t.hint(format!(
                "{} imported, {} skipped, {} failed",
                now.imported, now.skipped, now.failed
            )));
        });
    }

    fn report(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let mut save = false;
        widgets::page(ui, |ui| {
            let t = theme::tokens(ui);
            ui.set_max_width(theme::size::FORM);
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
                ui.label(t.title(format!("{} users imported", widgets::grouped(imported))));
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
                        if let Some(id) = report.job_id() {
                            facts.code(ui, "Job id", id);
                        }
                    });
                    if let Some(why) = report.log_missing() {
                        ui.label(t.hint(why));
                    }
                    for (reason, count) in report.reasons().iter().take(12) {
                        ui.label(t.hint(format!("{count} × {reason}")));
                    }
                    save = ui
                        .add(Button::new("Save the rejects").icon(Icon::Download))
                        .clicked();
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
    fn save_rejects(&mut self, cx: &mut ScreenCx<'_>) {
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
            std::fs::write(&path, text)
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

fn stamp_words(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |at| at.strftime("%Y%m%d-%H%M%S").to_string(),
    )
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

fn is_flag(target: &str) -> bool {
    matches!(
        target,
        "email_verified" | "phone_number_verified" | "cognito:mfa_enabled"
    )
}

fn words_of(origin: &Origin, columns: &[String]) -> String {
    let name = |at: &usize| columns.get(*at).cloned().unwrap_or_default();
    match origin {
        Origin::Nothing => "Leave empty".to_owned(),
        Origin::Column(at) => name(at),
        Origin::Constant(text) => format!("Always {text}"),
        Origin::Concat { columns: parts, .. } => parts.iter().map(name).collect::<Vec<_>>().join(" + "),
    }
}

fn dialects(now: Dialect) -> Vec<(Dialect, String)> {
    let mut all: Vec<Dialect> = [b',', b';', b'\t', b'|']
        .into_iter()
        .map(|delimiter| Dialect::Quoted {
            delimiter,
            quote: Some(b'"'),
        })
        .chain([Dialect::Native])
        .collect();
    if !all.contains(&now) {
        all.push(now);
    }
    all.into_iter().map(|dialect| (dialect, dialect.name())).collect()
}

fn progress(ui: &mut Ui, words: &str, done: u64, all: u64, pace: Option<&str>) {
    let t = theme::tokens(ui);
    ui.add_space(72.0);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        ui.label(t.section(words));
        #[allow(clippy::cast_precision_loss)]
        let part = if all == 0 { 0.0 } else { done as f32 / all as f32 };
        ui.add(
            egui::ProgressBar::new(part)
                .desired_width(420.0)
                .desired_height(10.0)
                .fill(t.accent_fill),
        );
        let count = |number: u64| widgets::grouped(i64::try_from(number).unwrap_or(i64::MAX));
        ui.label(t.hint(format!("{} of {} rows", count(done), count(all))));
        if let Some(pace) = pace {
            ui.label(t.hint(pace));
        }
    });
}

fn span(secs: u64) -> String {
    if secs < 90 {
        format!("{secs} s")
    } else {
        format!("{} min", secs.div_ceil(60))
    }
}

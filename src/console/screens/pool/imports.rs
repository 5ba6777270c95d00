//! The import jobs of a user pool: list, detail with its log, and the wizard.

use egui::Ui;
use egui_extras::Column;

use crate::console::command::Tone;
use crate::console::remote::Remote;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, IconButton, Kind, Listing, badge};
use crate::driver::CallError;
use crate::rules::import::report::{self, Outcome};
use crate::wire::engine::GetImportJobLogRequest;
use crate::wire::idp::{
    DescribeUserImportJobRequest, ListUserImportJobsRequest, StartUserImportJobRequest,
    StopUserImportJobRequest, UserImportJobStatusType, UserImportJobType,
};

const STALE: &[&str] = &[
    "ListUserImportJobs",
    "DescribeUserImportJob",
    "GetImportJobLog",
    "ListUsers",
    "DescribeUserPool",
];
/// How often a running job is asked for.
const POLL: std::time::Duration = std::time::Duration::from_millis(1000);
/// Log lines shown at once; the whole log is kept by the engine.
const LOG_LINES: i32 = 1000;

mod wizard;

/// The list.
#[derive(Default)]
pub struct Imports {
    wizard: Option<Box<wizard::Screen>>,
    /// Whether the wizard was asked for from elsewhere.
    is_asked: bool,
    listing: Listing,
    opened: Option<String>,
    stopping: Option<String>,
    only_failed: bool,
    polled_at: crate::base::clock::UnixMillis,
}

impl Screen for Imports {
    fn begin(&mut self) {
        self.is_asked = self.wizard.is_none();
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        if let Some(wizard) = &mut self.wizard {
            match wizard.show(ui, cx) {
                wizard::After::Stay => return,
                wizard::After::Close => {}
                wizard::After::Show(id) => {
                    self.opened = id;
                    cx.refresh(STALE);
                }
            }
            self.wizard = None;
        }
        let asked = ListUserImportJobsRequest {
            user_pool_id: cx.pool_id(),
            max_results: 60,
            ..Default::default()
        };
        let answer = cx.get(&asked);
        let jobs: Vec<UserImportJobType> = answer
            .value
            .iter()
            .flat_map(|answer| answer.user_import_jobs.iter().flatten())
            .cloned()
            .collect();
        self.poll(ui, cx, &jobs);
        let count = jobs.len();
        let subtitle = match (&answer.value, count) {
            (None, _) => String::new(),
            (Some(_), _) => widgets::counted(count, "import job"),
        };
        let described = cx.pool();
        let pool = described
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.clone());
        // Waits for the user pool to be known.
        let mut begin = pool.is_some() && std::mem::take(&mut self.is_asked);
        widgets::header(ui, "Imports", &subtitle, |ui| {
            let lacks = matches!(answer.error, Some(CallError::Unavailable { .. }));
            ui.add_enabled_ui(!cx.is_read_only() && pool.is_some() && !lacks, |ui| {
                begin |= ui
                    .add(Button::primary("Import users").icon(Icon::FileUp))
                    .clicked();
            });
            if ui
                .add(IconButton::new(Icon::RefreshCw, "Read the import jobs again"))
                .clicked()
            {
                cx.refresh(STALE);
            }
        });
        if self.opened.is_some() {
            egui::Panel::right("import job")
                .resizable(true)
                .default_size(theme::size::DETAIL - 36.0)
                .frame(egui::Frame::NONE.fill(theme::tokens(ui).bg1))
                .show(ui, |ui| {
                    // What is short while it loads must not make the panel narrow for good.
                    ui.set_min_width(ui.available_width());
                    self.detail(ui, cx);
                });
        }
        let again = widgets::shown(ui, "The import jobs could not be read", &answer, |ui, _| {
            begin |= self.list(ui, cx, &jobs);
        });
        if let (true, Some(pool)) = (begin, pool) {
            self.wizard = Some(Box::new(wizard::Screen::new(ui, cx, pool)));
        }
        if again {
            cx.refresh(STALE);
        }
        self.stop_dialog(ui, cx);
    }

    fn is_busy(&self) -> bool {
        self.wizard.as_ref().is_some_and(|wizard| wizard.is_busy())
    }

    fn unsaved(&self) -> Option<String> {
        self.wizard.as_ref().and_then(|wizard| wizard.unsaved())
    }
}

impl Imports {
    /// Asks again while a job runs.
    fn poll(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, jobs: &[UserImportJobType]) {
        if !jobs.iter().any(|job| is_active(job.status.as_ref())) {
            return;
        }
        ui.ctx().request_repaint_after(POLL);
        let waited = u128::try_from(cx.now().since(self.polled_at)).unwrap_or(0);
        if waited >= POLL.as_millis() {
            self.polled_at = cx.now();
            cx.refresh(&["ListUserImportJobs", "DescribeUserImportJob", "GetImportJobLog"]);
        }
    }

    /// Draws the list; answers whether an import is to begin.
    fn list(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, jobs: &[UserImportJobType]) -> bool {
        if jobs.is_empty() {
            return widgets::empty(
                ui,
                Icon::FileUp,
                "No imports yet",
                "An import brings users from a CSV file into this pool. Every row is checked before anything is sent.",
                (!cx.is_read_only()).then_some("Import users"),
            );
        }
        let now = cx.now();
        let id_of = |at: usize| {
            jobs.get(at)
                .and_then(|job| job.job_id.clone())
                .unwrap_or_default()
        };
        let name_of = |at: usize| {
            jobs.get(at)
                .and_then(|job| job.job_name.clone())
                .unwrap_or_default()
        };
        let listed = self.listing.show(
            ui,
            "Import jobs",
            &[
                ("Name", Column::remainder().at_least(110.0)),
                ("Status", Column::exact(124.0)),
                ("Imported", Column::exact(86.0)),
                ("Skipped", Column::exact(80.0)),
                ("Failed", Column::exact(72.0)),
                ("Created", Column::exact(110.0)),
            ],
            jobs.len(),
            false,
            id_of,
            name_of,
            |ui, at, column| {
                let t = theme::tokens(ui);
                let Some(job) = jobs.get(at) else { return };
                let number = |ui: &mut Ui, number: Option<i64>| {
                    ui.label(t.body(widgets::grouped(number.unwrap_or(0))).color(t.text2));
                };
                match column {
                    0 => {
                        let name = job.job_name.as_deref().unwrap_or_default();
                        ui.add(egui::Label::new(t.strong(name)).truncate().selectable(false));
                    }
                    1 => status_badge(ui, job.status.as_ref()),
                    2 => number(ui, job.imported_users),
                    3 => number(ui, job.skipped_users),
                    4 => number(ui, job.failed_users),
                    _ => {
                        widgets::ago(ui, now, job.creation_date);
                    }
                }
            },
        );
        if let Some(id) = listed.opened.map(id_of).filter(|id| !id.is_empty()) {
            self.opened = Some(id);
        }
        false
    }

    fn detail(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some(id) = self.opened.clone() else { return };
        let asked = DescribeUserImportJobRequest {
            user_pool_id: cx.pool_id(),
            job_id: id.clone(),
        };
        let answer = cx.get(&asked);
        let again = widgets::shown(ui, "The import job could not be read", &answer, |ui, answer| {
            if let Some(job) = &answer.user_import_job {
                self.job(ui, cx, job);
            }
        });
        if again {
            cx.refresh(&["DescribeUserImportJob"]);
        }
    }

    fn job(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, job: &UserImportJobType) {
        let t = theme::tokens(ui);
        let id = job.job_id.clone().unwrap_or_default();
        egui::Frame::NONE
            .inner_margin(egui::Margin::same(16))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 10.0;
                ui.horizontal(|ui| {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if ui
                            .add(IconButton::new(Icon::X, "Close the job").small())
                            .clicked()
                        {
                            self.opened = None;
                        }
                        status_badge(ui, job.status.as_ref());
                        // A name may have 128 characters; the rest of the row has its room first.
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            let name = job.job_name.as_deref().unwrap_or_default();
                            ui.add(egui::Label::new(t.section(name)).truncate())
                                .on_hover_text(name);
                        });
                    });
                });
                if let Some(message) = job
                    .completion_message
                    .as_deref()
                    .filter(|message| !message.is_empty())
                {
                    let tone = if job.status == Some(UserImportJobStatusType::Failed) {
                        Tone::Error
                    } else {
                        Tone::Info
                    };
                    widgets::banner(ui, tone, message, |_| {});
                }
                let now = cx.now();
                widgets::facts(ui, cx.commands, |ui, facts| {
                    facts.code(ui, "Job id", &id);
                    facts.text(ui, "Imported", &widgets::grouped(job.imported_users.unwrap_or(0)));
                    facts.text(ui, "Skipped", &widgets::grouped(job.skipped_users.unwrap_or(0)));
                    facts.text(ui, "Failed", &widgets::grouped(job.failed_users.unwrap_or(0)));
                    facts.row(ui, "Created", |ui| {
                        widgets::ago(ui, now, job.creation_date);
                    });
                    facts.row(ui, "Completed", |ui| {
                        widgets::ago(ui, now, job.completion_date);
                    });
                });
                ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                    ui.horizontal(|ui| match &job.status {
                        Some(UserImportJobStatusType::Created)
                            if ui
                                .add(Button::primary("Start").icon(Icon::Play).small())
                                .clicked() =>
                        {
                            let request = StartUserImportJobRequest {
                                user_pool_id: cx.pool_id(),
                                job_id: id.clone(),
                            };
                            cx.change(request, "Import started", "The import was not started", STALE);
                        }
                        Some(UserImportJobStatusType::Pending | UserImportJobStatusType::InProgress) => {
                            let stop = Button::new("Stop")
                                .kind(Kind::DangerQuiet)
                                .icon(Icon::Square)
                                .small();
                            if ui.add(stop).clicked() {
                                self.stopping = Some(id.clone());
                            }
                        }
                        _ => {}
                    });
                });
            });
        widgets::hairline(ui);
        self.log(ui, cx, &id);
    }

    fn log(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, id: &str) {
        let t = theme::tokens(ui);
        let asked = GetImportJobLogRequest {
            user_pool_id: cx.pool_id(),
            job_id: id.to_owned(),
            max_results: Some(LOG_LINES),
            ..Default::default()
        };
        let log = cx.get(&asked);
        egui::Frame::NONE.inner_margin(egui::Margin::same(16)).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(t.strong("Log"));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.checkbox(&mut self.only_failed, "Problems only");
                });
            });
            if let Some(CallError::Unavailable { .. }) = log.error {
                ui.add(
                    egui::Label::new(t.hint(
                        "This endpoint writes the log to CloudWatch Logs, in the group /aws/cognito/userpools/<pool id>/<pool name>.",
                    ))
                    .wrap(),
                );
                return;
            }
            self.log_lines(ui, &log);
        });
    }

    fn log_lines(
        &mut self,
        ui: &mut Ui,
        log: &Remote<<GetImportJobLogRequest as crate::wire::Operation>::Response>,
    ) {
        let t = theme::tokens(ui);
        let only_failed = self.only_failed;
        widgets::shown(ui, "The log could not be read", log, |ui, log| {
            let lines: Vec<&str> = log
                .lines
                .iter()
                .map(|line| line.message.as_str())
                .filter(|message| !only_failed || !message.starts_with("[SUCCEEDED]"))
                .collect();
            if lines.is_empty() {
                ui.label(t.hint("Nothing logged yet"));
                return;
            }
            egui::ScrollArea::vertical()
                .auto_shrink([false, false])
                .show_rows(ui, 18.0, lines.len(), |ui, rows| {
                    for line in lines.get(rows).unwrap_or_default() {
                        // The colour tells the outcome, so that the reason has the room.
                        let (words, colour) = match report::parse(line) {
                            Some((number, Outcome::Failed(why))) => (format!("{number}  {why}"), t.err),
                            Some((number, skipped @ Outcome::Skipped)) => {
                                (format!("{number}  {skipped}"), t.warn)
                            }
                            Some((number, succeeded)) => (format!("{number}  {succeeded}"), t.text2),
                            None => ((*line).to_owned(), t.text2),
                        };
                        ui.add(egui::Label::new(t.code(words).color(colour)).truncate())
                            .on_hover_text(*line);
                    }
                });
        });
    }

    fn stop_dialog(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) {
        let Some(id) = self.stopping.clone() else { return };
        let answer = Dialog::new("Stop import", "Stop import")
            .width(440.0)
            .danger()
            .show(ui.ctx(), |ui| {
                let t = theme::tokens(ui);
                ui.add(
                    egui::Label::new(
                        t.body("Rows that were imported stay. A stopped job cannot be started again."),
                    )
                    .wrap(),
                );
            });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.stopping = None,
            Answer::Confirmed => {
                self.stopping = None;
                let request = StopUserImportJobRequest {
                    user_pool_id: cx.pool_id(),
                    job_id: id,
                };
                cx.change(request, "Import is stopping", "The import was not stopped", STALE);
            }
        }
    }
}

fn is_active(status: Option<&UserImportJobStatusType>) -> bool {
    use UserImportJobStatusType as S;
    matches!(status, Some(S::Pending | S::InProgress | S::Stopping))
}

pub(in crate::console::screens) fn status_badge(ui: &mut Ui, status: Option<&UserImportJobStatusType>) {
    use UserImportJobStatusType as S;
    let (tone, icon, words) = match status {
        Some(S::Created) => (Badge::Gray, Icon::CircleDashed, "Created"),
        Some(S::Pending) => (Badge::Gray, Icon::Clock, "Pending"),
        Some(S::InProgress) => (Badge::Info, Icon::LoaderCircle, "In progress"),
        Some(S::Stopping) => (Badge::Orange, Icon::CirclePause, "Stopping"),
        Some(S::Stopped) => (Badge::Orange, Icon::CircleStop, "Stopped"),
        Some(S::Succeeded) => (Badge::Ok, Icon::CircleCheck, "Succeeded"),
        Some(S::Failed) => (Badge::Err, Icon::CircleX, "Failed"),
        Some(S::Expired) => (Badge::Gray, Icon::TimerOff, "Expired"),
        Some(S::Unlisted(_)) | None => (Badge::Gray, Icon::CircleQuestionMark, "Unknown"),
    };
    badge(ui, tone, icon, words);
}

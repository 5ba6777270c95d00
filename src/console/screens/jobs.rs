//! What runs, how far it is, and what has ended.

use egui::{CornerRadius, Ui, Vec2};

use crate::base::clock::UnixMillis;
use crate::console::jobs::board::{End, Entry};
use crate::console::route::{Page, Route};
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Badge, Button};
use crate::wire::idp::{
    ListUserImportJobsRequest, ListUserPoolsRequest, StopUserImportJobRequest,
    UserImportJobStatusType as Status, UserImportJobType,
};

/// User pools whose import jobs are asked for.
const MOST_POOLS: usize = 20;
/// Import jobs asked for of each; the page of the pool shows all.
const JOBS_OF_POOL: i32 = 10;
/// How often jobs of the engine are asked for while one runs.
const POLL_MILLIS: i64 = 1000;

/// The jobs of this window and the import jobs of the engine.
#[derive(Default)]
pub struct Jobs {
    polled_at: UnixMillis,
}

/// An import job that was not begun in this window.
struct Import {
    user_pool_id: String,
    pool_name: String,
    job: UserImportJobType,
}

enum Deed {
    Cancel(usize),
    Stop(String, String),
    Open(Route),
}

impl Screen for Jobs {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let imports = self.imports(ui, cx);
        let ended = cx.jobs.entries().iter().any(|entry| !entry.is_running());
        widgets::header(ui, "Jobs", "Imports, exports and changes to many users", |ui| {
            ui.add_enabled_ui(ended, |ui| {
                if ui.add(Button::new("Clear ended").icon(Icon::ListX)).clicked() {
                    cx.jobs.clear_ended();
                }
            });
        });
        if cx.jobs.entries().is_empty() && imports.is_empty() {
            let recent = cx.prefs.recent_pools.first().cloned();
            let open = widgets::empty(
                ui,
                Icon::ListTodo,
                "Nothing runs",
                "Imports, exports and changes to many users are shown here while they run and after they ended.",
                recent.as_ref().map(|_| "Import users into the last user pool"),
            );
            if let (true, Some(pool)) = (open, recent) {
                cx.go(Route::pool(pool, Page::Imports));
            }
            return;
        }
        let mut deed = None;
        widgets::form(ui, |ui| {
            let now = cx.now();
            let read_only = cx.is_read_only();
            if !cx.jobs.entries().is_empty() {
                widgets::section_title(ui, "In this window", "");
            }
            for (at, entry) in cx.jobs.entries().iter().enumerate() {
                ui.push_id(at, |ui| own(ui, now, at, entry, &mut deed));
            }
            if !imports.is_empty() {
                widgets::section_title(ui, "Import jobs of the engine", "");
            }
            for import in &imports {
                let id = import.job.job_id.clone();
                ui.push_id(id, |ui| of_engine(ui, now, import, read_only, &mut deed));
            }
        });
        match deed {
            Some(Deed::Cancel(at)) => {
                if let Some(entry) = cx.jobs.entry(at) {
                    entry.cancel();
                }
            }
            Some(Deed::Stop(user_pool_id, job_id)) => {
                let request = StopUserImportJobRequest { user_pool_id, job_id };
                cx.change(
                    request,
                    "Import is stopping",
                    "The import was not stopped",
                    &["ListUserImportJobs"],
                );
            }
            Some(Deed::Open(route)) => cx.go(route),
            None => {}
        }
    }
}

impl Jobs {
    /// Import jobs of the engine that no job of this window follows, those at work first.
    fn imports(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) -> Vec<Import> {
        let pools = cx.get_all(&ListUserPoolsRequest {
            max_results: 60,
            ..Default::default()
        });
        let pools: Vec<(String, String)> = pools
            .value
            .iter()
            .flat_map(|answer| answer.user_pools.iter().flatten())
            .filter_map(|pool| Some((pool.id.clone()?, pool.name.clone()?)))
            .take(MOST_POOLS)
            .collect();
        let mut imports = Vec::new();
        for (user_pool_id, pool_name) in pools {
            let jobs = cx.get(&ListUserImportJobsRequest {
                user_pool_id: user_pool_id.clone(),
                max_results: JOBS_OF_POOL,
                ..Default::default()
            });
            for job in jobs
                .value
                .iter()
                .flat_map(|answer| answer.user_import_jobs.iter().flatten())
            {
                if job.job_id.as_deref().is_some_and(|id| cx.jobs.follows(id)) {
                    continue;
                }
                imports.push(Import {
                    user_pool_id: user_pool_id.clone(),
                    pool_name: pool_name.clone(),
                    job: job.clone(),
                });
            }
        }
        imports.sort_by_key(|import| !is_active(&import.job));
        if imports.iter().any(|import| is_active(&import.job)) {
            ui.ctx()
                .request_repaint_after(std::time::Duration::from_millis(POLL_MILLIS.unsigned_abs()));
            if cx.now().since(self.polled_at) >= POLL_MILLIS {
                self.polled_at = cx.now();
                cx.refresh(&["ListUserImportJobs"]);
            }
        }
        imports
    }
}

fn is_active(job: &UserImportJobType) -> bool {
    matches!(
        job.status,
        Some(Status::Pending | Status::InProgress | Status::Stopping)
    )
}

/// One job of this window.
fn own(ui: &mut Ui, now: UnixMillis, at: usize, entry: &Entry, deed: &mut Option<Deed>) {
    widgets::card(
        ui,
        "",
        "",
        |_| {},
        |ui| {
            let t = theme::tokens(ui);
            ui.horizontal(|ui| {
                ui.label(t.strong(&entry.title));
                match &entry.look.end {
                    None if entry.cancelling => {
                        widgets::badge(ui, Badge::Orange, Icon::CirclePause, "Stopping");
                    }
                    None => {
                        widgets::badge(ui, Badge::Info, Icon::LoaderCircle, "Running");
                    }
                    Some(End::Done) if entry.look.failed > 0 => {
                        widgets::badge(ui, Badge::Orange, Icon::TriangleAlert, "Done with failures");
                    }
                    Some(End::Done) => {
                        widgets::badge(ui, Badge::Ok, Icon::CircleCheck, "Done");
                    }
                    Some(End::Cancelled) => {
                        widgets::badge(ui, Badge::Gray, Icon::CircleStop, "Cancelled");
                    }
                    Some(End::Failed(_)) => {
                        widgets::badge(ui, Badge::Err, Icon::CircleX, "Failed");
                    }
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.add(Button::ghost("Open").small()).clicked() {
                        *deed = Some(Deed::Open(entry.route.clone()));
                    }
                    if entry.is_running() && !entry.cancelling {
                        let name = Button::new("Cancel").small();
                        if ui.add(name).clicked() {
                            *deed = Some(Deed::Cancel(at));
                        }
                    }
                    let since = entry.ended_at.unwrap_or(entry.started_at);
                    let word = if entry.ended_at.is_some() {
                        "ended"
                    } else {
                        "began"
                    };
                    ui.label(t.hint(format!("{word} {}", widgets::since(now, since))));
                });
            });
            if entry.is_running() {
                bar(ui, entry.share());
            }
            let mut words = vec![counted(entry.look.done, entry.look.all)];
            if entry.is_running() && !entry.look.phase.is_empty() {
                words.insert(0, entry.look.phase.to_owned());
            }
            if entry.look.failed > 0 {
                words.push(format!("{} failed", grouped(entry.look.failed)));
            }
            if let Some(rate) = entry.rate(now) {
                words.push(format!("{} a second", widgets::grouped_rate(rate)));
            }
            if entry.is_running()
                && let Some(left) = entry.left_secs(now)
            {
                words.push(left_words(left));
            }
            ui.label(t.hint(words.join("  ·  ")));
            if let Some(End::Failed(reason)) = &entry.look.end {
                ui.add(egui::Label::new(t.body(reason).color(t.err)).wrap());
            }
        },
    );
}

/// One import job of the engine.
fn of_engine(ui: &mut Ui, now: UnixMillis, import: &Import, read_only: bool, deed: &mut Option<Deed>) {
    let Import {
        user_pool_id,
        pool_name,
        job,
    } = import;
    widgets::card(
        ui,
        "",
        "",
        |_| {},
        |ui| {
            let t = theme::tokens(ui);
            ui.horizontal(|ui| {
                ui.label(t.strong(job.job_name.as_deref().unwrap_or_default()));
                super::pool::imports::status_badge(ui, job.status.as_ref());
                ui.label(t.hint(format!("into {pool_name}")));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.add(Button::ghost("Open").small()).clicked() {
                        *deed = Some(Deed::Open(Route::pool(user_pool_id.clone(), Page::Imports)));
                    }
                    let stoppable = matches!(job.status, Some(Status::Pending | Status::InProgress));
                    if stoppable && !read_only && ui.add(Button::new("Stop").small()).clicked() {
                        let id = job.job_id.clone().unwrap_or_default();
                        *deed = Some(Deed::Stop(user_pool_id.clone(), id));
                    }
                    widgets::ago(
                        ui,
                        now,
                        job.completion_date.or(job.start_date).or(job.creation_date),
                    );
                });
            });
            if is_active(job) {
                bar(ui, None);
            }
            let count = |number: Option<i64>| widgets::grouped(number.unwrap_or(0));
            let mut words = vec![
                format!("{} imported", count(job.imported_users)),
                format!("{} skipped", count(job.skipped_users)),
                format!("{} failed", count(job.failed_users)),
            ];
            if let Some(rate) = rate_of(job, now) {
                words.push(format!("{} a second", widgets::grouped_rate(rate)));
            }
            ui.label(t.hint(words.join("  ·  ")));
        },
    );
}

#[allow(clippy::cast_precision_loss)]
fn rate_of(job: &UserImportJobType, now: UnixMillis) -> Option<f64> {
    let started = job.start_date?.0;
    let end = job.completion_date.map_or(now.0 as f64 / 1000.0, |at| at.0);
    let done = [job.imported_users, job.skipped_users, job.failed_users];
    let done: i64 = done.into_iter().flatten().sum();
    let passed = end - started;
    (done > 0 && passed > 0.5).then(|| done as f64 / passed)
}

/// How much is done; without a share it only shows that something moves.
fn bar(ui: &mut Ui, share: Option<f32>) {
    let t = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 6.0), egui::Sense::hover());
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, "Progress");
        info.value = share.map(f64::from);
        info
    });
    let round = CornerRadius::same(3);
    ui.painter().rect_filled(rect, round, t.bg3);
    let mut filled = rect;
    match share {
        Some(share) => filled.set_width(rect.width() * share),
        None => filled = filled.shrink2(Vec2::new(rect.width() * 0.35, 0.0)),
    }
    ui.painter().rect_filled(filled, round, t.accent_fill);
}

fn counted(done: u64, all: Option<u64>) -> String {
    match all {
        Some(all) => format!("{} of {}", grouped(done), grouped(all)),
        None => grouped(done),
    }
}

fn grouped(number: u64) -> String {
    widgets::grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn left_words(secs: u64) -> String {
    if secs < 90 {
        format!("{secs} s left")
    } else {
        format!("{} min left", secs.div_ceil(60))
    }
}

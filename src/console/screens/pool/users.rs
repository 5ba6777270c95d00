//! The users of a pool: find, mark, act on many, export.

use std::sync::Arc;

use egui::{Frame, Margin, Ui};

use crate::console::command::Toast;
use crate::console::jobs::bulk::{Action, BulkJob};
use crate::console::jobs::export::Format;
use crate::console::jobs::user_index::{Compare, Condition, Found, Progress, Query, SortBy, UserIndex};
use crate::console::route::Page;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, Dialog, IconButton, Kind, TypedConfirmation};
use crate::driver::CallError;
use crate::wire::idp::ListGroupsRequest;

mod create;
mod detail;
mod export;
mod filter;
mod status;
mod table;

pub use detail::User;
pub(super) use status::{disabled_badge, status_badge};

use create::CreateUser;
use export::Export;
use filter::VIEWS;
use table::UserTable;

/// The list of users.
#[derive(Default)]
pub struct Users {
    index: Option<(String, UserIndex)>,
    text: String,
    chips: Vec<Condition>,
    view: usize,
    sort: SortBy,
    descending: bool,
    adding: Condition,
    table: UserTable,
    creating: Option<CreateUser>,
    confirming: Option<Confirming>,
    job: Option<(BulkJob, bool)>,
    exporting: Option<Export>,
}

struct Confirming {
    action: Action,
    users: Vec<String>,
    typed: TypedConfirmation,
}

impl Screen for Users {
    fn begin(&mut self) {
        self.creating = Some(CreateUser::default());
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        self.open_index(ui, cx);
        let Some((_, index)) = &self.index else { return };
        let found = index.search(&self.query());
        let (progress, total) = (index.progress(), index.len());
        self.head(ui, cx, &found, &progress, total);
        self.filters(ui, cx, &found);
        let busy = self.job.is_some();
        if busy || !self.table.marked.is_empty() {
            egui::Panel::bottom("bulk")
                .frame(Frame::NONE)
                .show(ui, |ui| self.bulk_bar(ui, cx));
        }
        self.list(ui, cx, &found, &progress, total);
        self.dialogs(ui, cx, &found);
    }

    fn unsaved(&self) -> Option<String> {
        self.creating
            .as_ref()
            .filter(|form| form.is_touched())
            .map(|_| "a user that is not created yet".to_owned())
    }

    fn is_busy(&self) -> bool {
        self.index.as_ref().is_some_and(|(_, index)| index.is_busy())
    }
}

impl Users {
    fn open_index(&mut self, ui: &Ui, cx: &ScreenCx<'_>) {
        let pool = cx.pool_id();
        if self.index.as_ref().is_none_or(|(known, _)| *known != pool) {
            let ctx = ui.ctx().clone();
            let wake = Arc::new(move || ctx.request_repaint());
            let index = UserIndex::start(cx.driver(), &pool, cx.runtime(), wake);
            self.index = Some((pool, index));
            self.table = UserTable::default();
        }
    }

    fn query(&self) -> Query {
        let mut conditions = self.chips.clone();
        if let Some((_, Some((field, text)))) = VIEWS.get(self.view) {
            conditions.push(Condition {
                field: (*field).to_owned(),
                compare: Compare::Is,
                text: (*text).to_owned(),
            });
        }
        let text = self.text.trim();
        if !text.is_empty() {
            conditions.push(Condition {
                field: String::new(),
                compare: Compare::Contains,
                text: text.to_owned(),
            });
        }
        Query {
            conditions,
            sort: self.sort,
            descending: self.descending,
        }
    }

    fn head(
        &mut self,
        ui: &mut Ui,
        cx: &mut ScreenCx<'_>,
        found: &Arc<Found>,
        progress: &Progress,
        total: usize,
    ) {
        let users = widgets::counted(total, "user");
        let subtitle = match progress {
            Progress::Loading => format!("{users} read so far"),
            Progress::Complete => users,
            Progress::Failed(_) => format!("{users}, the list is incomplete"),
        };
        widgets::header(ui, "Users", &subtitle, |ui| {
            ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                if ui
                    .add(Button::primary("Create user").icon(Icon::UserPlus))
                    .clicked()
                {
                    self.creating = Some(CreateUser::default());
                }
            });
            ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                if ui.add(Button::new("Import").icon(Icon::FileUp)).clicked() {
                    cx.go_to(Page::Imports);
                }
            });
            let button = ui.add(
                Button::new("Export")
                    .icon(Icon::Download)
                    .trailing(Icon::ChevronDown),
            );
            widgets::menu(&button, |ui| {
                ui.set_min_width(190.0);
                for (format, words) in [(Format::Csv, "As CSV"), (Format::Json, "As JSON")] {
                    if widgets::menu_item(ui, Icon::FileText, words).clicked() {
                        self.exporting = Some(Export::new(format, &cx.pool_id()));
                        ui.close();
                    }
                }
            });
            if ui
                .add(IconButton::new(Icon::RefreshCw, "Read the users again"))
                .clicked()
            {
                self.index = None;
            }
        });
        let _ = found;
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        cx: &mut ScreenCx<'_>,
        found: &Arc<Found>,
        progress: &Progress,
        total: usize,
    ) {
        if let Progress::Failed(reason) = progress {
            if total == 0 {
                if widgets::failed(ui, "The users could not be read", reason) {
                    self.index = None;
                }
                return;
            }
            let message = format!(
                "Reading the users stopped. {}",
                crate::console::command::explain(reason)
            );
            let mut again = false;
            widgets::banner(ui, crate::console::command::Tone::Warning, &message, |ui| {
                again = ui.add(Button::new("Read again").small()).clicked();
            });
            if again {
                self.index = None;
                return;
            }
        }
        if total == 0 {
            if *progress == Progress::Loading {
                widgets::loading(ui, 1000);
            } else if widgets::empty(
                ui,
                Icon::Users,
                "No users yet",
                "Create one here, import a CSV file, or let people sign up.",
                (!cx.is_read_only()).then_some("Create user"),
            ) {
                self.creating = Some(CreateUser::default());
            }
            return;
        }
        let filtered = !found.query.conditions.is_empty();
        if found.rows.is_empty() && filtered {
            if widgets::nothing_found(ui) {
                self.chips.clear();
                self.text.clear();
                self.view = 0;
            }
            return;
        }
        let Some((_, index)) = &self.index else { return };
        let outcome = self.table.show(ui, index, found, cx.now());
        if let Some(sort) = outcome.sort {
            if self.sort == sort {
                self.descending = !self.descending;
            } else {
                // The newest first is what one wants of an instant.
                (self.sort, self.descending) = (sort, matches!(sort, SortBy::Created | SortBy::Modified));
            }
        }
        if let Some(username) = outcome
            .opened
            .and_then(|place| index.with_row(place, |user| user.username.to_string()))
        {
            cx.go_to(Page::User(username));
        }
    }

    fn marked_users(&self) -> Vec<String> {
        let Some((_, index)) = &self.index else {
            return Vec::new();
        };
        let mut places: Vec<u32> = self.table.marked.iter().copied().collect();
        places.sort_unstable();
        places
            .into_iter()
            .filter_map(|place| index.with_row(place, |user| user.username.to_string()))
            .collect()
    }

    fn bulk_bar(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        widgets::hairline(ui);
        Frame::NONE
            .fill(t.bg1)
            .inner_margin(Margin::symmetric(24, 10))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                if self.job.is_some() {
                    self.job_bar(ui, cx);
                    return;
                }
                let mut chosen = None;
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(8.0, 8.0);
                    let count = widgets::grouped_count(self.table.marked.len());
                    ui.label(t.strong(format!("{count} selected")));
                    ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                        for (action, icon) in [
                            (Action::Enable, Icon::CircleCheck),
                            (Action::Disable, Icon::Ban),
                            (Action::Confirm, Icon::BadgeCheck),
                            (Action::ResetPassword, Icon::KeyRound),
                        ] {
                            if ui.add(Button::new(&action.words()).icon(icon).small()).clicked() {
                                chosen = Some(action);
                            }
                        }
                        let button = ui.add(
                            Button::new("Add to group")
                                .icon(Icon::Group)
                                .trailing(Icon::ChevronDown)
                                .small(),
                        );
                        if let Some(Some(group)) = widgets::menu(&button, |ui| group_menu(ui, cx)) {
                            chosen = Some(Action::AddToGroup(group));
                        }
                        let more = ui.add(Button::new("More").trailing(Icon::ChevronDown).small());
                        widgets::menu(&more, |ui| {
                            ui.set_min_width(210.0);
                            for (action, icon) in [
                                (Action::ResendInvitation, Icon::Mail),
                                (Action::SignOut, Icon::LogOut),
                            ] {
                                if widgets::menu_item(ui, icon, &action.words()).clicked() {
                                    chosen = Some(action);
                                }
                            }
                        });
                        if ui
                            .add(
                                Button::new("Delete")
                                    .kind(Kind::DangerQuiet)
                                    .icon(Icon::Trash2)
                                    .small(),
                            )
                            .clicked()
                        {
                            chosen = Some(Action::Delete);
                        }
                    });
                    if ui.add(Button::ghost("Clear selection").small()).clicked() {
                        self.table.marked.clear();
                    }
                });
                if let Some(action) = chosen {
                    let users = self.marked_users();
                    self.confirming = Some(Confirming {
                        action,
                        users,
                        typed: TypedConfirmation::default(),
                    });
                }
            });
    }

    fn job_bar(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        let Some((job, told)) = &mut self.job else { return };
        let (done, all) = job.progress();
        let failures = job.failures();
        if job.is_finished() && !*told {
            *told = true;
            let name = job.action().words();
            let count = done.saturating_sub(failures.len());
            if failures.is_empty() {
                cx.toast(Toast::ok(format!(
                    "{name}: {} done",
                    widgets::counted(count, "user")
                )));
            } else {
                cx.toast(Toast::error(
                    format!(
                        "{name}: {} of {} could not be changed",
                        widgets::grouped_count(failures.len()),
                        widgets::counted(all, "user")
                    ),
                    "The reasons stand below the table.",
                ));
            }
            cx.refresh(&[
                "AdminGetUser",
                "ListUsersInGroup",
                "AdminListGroupsForUser",
                "DescribeUserPool",
            ]);
        }
        let mut close = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.label(t.strong(job.action().words()));
            #[allow(clippy::cast_precision_loss)]
            let part = if all == 0 { 1.0 } else { done as f32 / all as f32 };
            ui.add(
                egui::ProgressBar::new(part)
                    .desired_width(220.0)
                    .desired_height(8.0)
                    .fill(t.accent_fill),
            )
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, "Progress"));
            ui.label(t.hint(format!(
                "{} of {}",
                widgets::grouped_count(done),
                widgets::grouped_count(all)
            )));
            if !failures.is_empty() {
                let failed = widgets::grouped_count(failures.len());
                ui.label(t.hint(format!("{failed} failed")).color(t.err));
            }
            if job.is_finished() {
                close = ui.add(Button::new("Close").small()).clicked();
            } else if ui.add(Button::new("Cancel").small()).clicked() {
                job.cancel();
            }
        });
        if !failures.is_empty() {
            egui::ScrollArea::vertical().max_height(120.0).show(ui, |ui| {
                for (user, reason) in failures.iter().take(200) {
                    ui.horizontal(|ui| {
                        ui.label(t.code(user));
                        ui.label(t.hint(reason.to_string()));
                    });
                }
            });
        }
        if close {
            self.job = None;
            self.table.marked.clear();
        }
    }

    fn dialogs(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, found: &Arc<Found>) {
        if let Some(form) = &mut self.creating {
            let (close, created) = form.show(ui, cx);
            if let Some(username) = created
                && let Some((_, index)) = &self.index
            {
                index.refresh(&username, false);
            }
            if close {
                self.creating = None;
            }
        }
        self.confirm(ui, cx);
        if let (Some(export), Some((_, index))) = (&mut self.exporting, &self.index) {
            let marked = &self.table.marked;
            let places: Vec<u32> = found
                .rows
                .iter()
                .copied()
                .filter(|place| marked.is_empty() || marked.contains(place))
                .collect();
            if export.show(ui, cx, places, index) {
                self.exporting = None;
            }
        }
    }

    fn confirm(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some(confirming) = &mut self.confirming else {
            return;
        };
        let count = confirming.users.len();
        let verb = confirming.action.words();
        let title = job_title(&confirming.action, count);
        let effect = confirming.action.consequence();
        let answer = if confirming.action == Action::Delete {
            let name = match confirming.users.as_slice() {
                [only] => only.clone(),
                _ => count.to_string(),
            };
            confirming
                .typed
                .show(ui.ctx(), &title, "Delete", effect, &name, false)
        } else {
            Dialog::new(&title, &verb).width(440.0).show(ui.ctx(), |ui| {
                let t = theme::tokens(ui);
                ui.add(egui::Label::new(t.body(effect)).wrap());
                let first: Vec<&str> = confirming.users.iter().take(8).map(String::as_str).collect();
                let rest = count.saturating_sub(first.len());
                let more = if rest == 0 {
                    String::new()
                } else {
                    format!(" and {} more", widgets::grouped_count(rest))
                };
                ui.add(egui::Label::new(t.hint(format!("{}{more}", first.join(", ")))).wrap());
            })
        };
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.confirming = None,
            Answer::Confirmed => {
                if let Some(Confirming { action, users, .. }) = self.confirming.take() {
                    self.start(ui, cx, action, users);
                }
            }
        }
    }

    fn start(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, action: Action, users: Vec<String>) {
        let title = job_title(&action, users.len());
        let Some((pool, index)) = &self.index else { return };
        let refresher = index.refresher();
        let ctx = ui.ctx().clone();
        let job = BulkJob::start(
            cx.driver(),
            pool,
            action,
            users,
            &cx.runtime(),
            Arc::new(move |username| refresher.refresh(username, false)),
            Arc::new(move || ctx.request_repaint()),
        );
        cx.add_job(title, job.clone());
        self.job = Some((job, false));
    }
}

/// Names what a job does to so many users.
pub(super) fn job_title(action: &Action, count: usize) -> String {
    format!("{}: {}", action.words(), widgets::counted(count, "user"))
}

/// The names of groups to choose from; returns the one that was clicked.
fn group_menu(ui: &mut Ui, cx: &mut ScreenCx<'_>) -> Option<String> {
    ui.set_min_width(220.0);
    let groups = cx.get_all(&ListGroupsRequest {
        user_pool_id: cx.pool_id(),
        ..Default::default()
    });
    let mut chosen = None;
    egui::ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
        let names: Vec<String> = groups
            .value
            .iter()
            .flat_map(|answer| answer.groups.iter().flatten())
            .filter_map(|group| group.group_name.clone())
            .collect();
        if names.is_empty() {
            let t = theme::tokens(ui);
            let words = if groups.loading {
                "Loading"
            } else {
                "There are no groups"
            };
            ui.label(t.hint(words));
        }
        for name in names {
            if widgets::menu_item(ui, Icon::Group, &name).clicked() {
                chosen = Some(name);
            }
        }
    });
    chosen
}

/// Puts why a form was refused into one line.
pub(super) fn refused(error: Option<&CallError>) -> Option<String> {
    error.map(crate::console::command::explain)
}

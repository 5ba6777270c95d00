//! The groups of a pool, and one group with its members.

use std::sync::Arc;

use egui::Ui;
use egui_extras::Column;

use super::users::{disabled_badge, status_badge};
use crate::console::command::Toast;
use crate::console::jobs::bulk::{Action, BulkJob};
use crate::console::remote::Sent;
use crate::console::route::Page;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, IconButton, Kind, Listing, TypedConfirmation};
use crate::wire::idp::{
    DeleteGroupRequest, GetGroupRequest, GroupType, ListGroupsRequest, ListUsersInGroupRequest, UserType,
};

mod add_users;
mod form;

use add_users::AddUsers;
use form::Form;

const STALE: &[&str] = &["ListGroups", "GetGroup", "AdminListGroupsForUser"];

/// The list of groups.
#[derive(Default)]
pub struct Groups {
    listing: Listing,
    text: String,
    creating: Option<Form>,
}

impl Screen for Groups {
    fn begin(&mut self) {
        self.creating = Some(Form::default());
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let asked = ListGroupsRequest {
            user_pool_id: cx.pool_id(),
            limit: Some(60),
            ..Default::default()
        };
        let answer = cx.get_all(&asked);
        let mut groups: Vec<GroupType> = answer
            .value
            .iter()
            .flat_map(|answer| answer.groups.iter().flatten())
            .cloned()
            .collect();
        // As tokens order them: the smallest precedence first, none last.
        groups.sort_by(|a, b| {
            let key = |group: &GroupType| (group.precedence.unwrap_or(i32::MAX), group.group_name.clone());
            key(a).cmp(&key(b))
        });
        let subtitle = widgets::counted(groups.len(), "group");
        widgets::header(ui, "Groups", &subtitle, |ui| {
            ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                if ui.add(Button::primary("Create group").icon(Icon::Plus)).clicked() {
                    self.creating = Some(Form::default());
                }
            });
            if ui
                .add(IconButton::new(Icon::RefreshCw, "Read the groups again"))
                .clicked()
            {
                cx.refresh(&["ListGroups"]);
            }
        });
        let again = widgets::shown(ui, "The groups could not be read", &answer, |ui, _| {
            self.list(ui, cx, &groups);
        });
        if again {
            cx.refresh(&["ListGroups"]);
        }
        if let Some(form) = &mut self.creating
            && form.show_create(ui, cx)
        {
            self.creating = None;
        }
    }

    fn unsaved(&self) -> Option<String> {
        self.creating
            .as_ref()
            .filter(|form| form.is_touched())
            .map(|_| "a group that is not created yet".to_owned())
    }
}

impl Groups {
    fn list(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, groups: &[GroupType]) {
        if groups.is_empty() {
            let clicked = widgets::empty(
                ui,
                Icon::Group,
                "No groups yet",
                "A group gathers users, gives them a role, and stands in their tokens.",
                (!cx.is_read_only()).then_some("Create group"),
            );
            if clicked {
                self.creating = Some(Form::default());
            }
            return;
        }
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(24, 10))
            .show(ui, |ui| {
                widgets::search(ui, &mut self.text, "Search groups", 300.0);
            });
        widgets::hairline(ui);
        let needle = self.text.trim().to_lowercase();
        let shown: Vec<&GroupType> = groups
            .iter()
            .filter(|group| {
                let holds = |text: &Option<String>| {
                    text.as_ref()
                        .is_some_and(|text| text.to_lowercase().contains(&needle))
                };
                needle.is_empty() || holds(&group.group_name) || holds(&group.description)
            })
            .collect();
        if shown.is_empty() {
            if widgets::nothing_found(ui) {
                self.text.clear();
            }
            return;
        }
        let now = cx.now();
        let name_of = |at: usize| {
            shown
                .get(at)
                .and_then(|group| group.group_name.clone())
                .unwrap_or_default()
        };
        let listed = self.listing.show(
            ui,
            "Groups",
            &[
                ("Name", Column::initial(236.0).at_least(160.0)),
                ("Description", Column::remainder().at_least(200.0)),
                ("Precedence", Column::exact(110.0)),
                ("Role", Column::initial(230.0)),
                ("Created", Column::exact(120.0)),
            ],
            shown.len(),
            false,
            name_of,
            name_of,
            |ui, at, column| {
                let t = theme::tokens(ui);
                let Some(group) = shown.get(at) else { return };
                let quiet = |ui: &mut Ui, text: Option<&str>| match text {
                    Some(text) if !text.is_empty() => {
                        ui.add(
                            egui::Label::new(t.body(text).color(t.text2))
                                .truncate()
                                .selectable(false),
                        );
                    }
                    Some(_) | None => {
                        ui.label(t.hint("—"));
                    }
                };
                match column {
                    0 => {
                        let name = group.group_name.as_deref().unwrap_or_default();
                        ui.add(egui::Label::new(t.strong(name)).truncate().selectable(false));
                    }
                    1 => quiet(ui, group.description.as_deref()),
                    2 => quiet(ui, group.precedence.map(|number| number.to_string()).as_deref()),
                    3 => quiet(
                        ui,
                        group.role_arn.as_deref().and_then(|arn| arn.rsplit('/').next()),
                    ),
                    _ => {
                        widgets::ago(ui, now, group.creation_date);
                    }
                }
            },
        );
        if let Some(name) = listed.opened.map(name_of).filter(|name| !name.is_empty()) {
            cx.go_to(Page::Group(name));
        }
    }
}

/// One group.
pub struct Group {
    name: String,
    listing: Listing,
    editing: Option<Form>,
    deleting: Option<TypedConfirmation>,
    deleted: Option<Sent<crate::wire::NoOutput>>,
    adding: Option<AddUsers>,
    job: Option<(BulkJob, bool)>,
}

impl Group {
    /// The screen of the group with this name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            listing: Listing::default(),
            editing: None,
            deleting: None,
            deleted: None,
            adding: None,
            job: None,
        }
    }

    fn members_request(&self, cx: &ScreenCx<'_>) -> ListUsersInGroupRequest {
        ListUsersInGroupRequest {
            user_pool_id: cx.pool_id(),
            group_name: self.name.clone(),
            limit: Some(60),
            ..Default::default()
        }
    }
}

impl Screen for Group {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        if let Some(Ok(_)) = self.deleted.as_ref().and_then(Sent::take) {
            cx.go_to(Page::Groups);
        }
        let asked = GetGroupRequest {
            group_name: self.name.clone(),
            user_pool_id: cx.pool_id(),
        };
        let group = cx.get(&asked);
        let known = group.value.as_ref().and_then(|answer| answer.group.clone());
        let subtitle = known
            .as_ref()
            .and_then(|group| group.description.clone())
            .unwrap_or_default();
        let title = self.name.clone();
        widgets::header(ui, &title, &subtitle, |ui| {
            ui.add_enabled_ui(!cx.is_read_only() && known.is_some(), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                if ui
                    .add(Button::primary("Add users").icon(Icon::UserPlus))
                    .clicked()
                {
                    self.adding = Some(AddUsers::default());
                }
                if ui.add(Button::new("Edit").icon(Icon::Pencil)).clicked() {
                    self.editing = known.as_ref().map(Form::of);
                }
                if ui
                    .add(Button::new("Delete").kind(Kind::DangerQuiet).icon(Icon::Trash2))
                    .clicked()
                {
                    self.deleting = Some(TypedConfirmation::default());
                }
            });
        });
        let again = widgets::shown(ui, "The group could not be read", &group, |ui, _| {
            if let Some(group) = &known {
                self.body(ui, cx, group);
            }
        });
        if again {
            cx.refresh(&["GetGroup"]);
        }
        self.dialogs(ui, cx);
    }
}

impl Group {
    fn body(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, group: &GroupType) {
        let t = theme::tokens(ui);
        let now = cx.now();
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(24, 14))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                widgets::facts(ui, cx.commands, |ui, facts| {
                    let precedence = group
                        .precedence
                        .map_or_else(|| "None".to_owned(), |number| number.to_string());
                    facts.text(ui, "Precedence", &precedence);
                    match &group.role_arn {
                        Some(arn) => facts.code(ui, "IAM role", arn),
                        None => facts.text(ui, "IAM role", "None"),
                    }
                    facts.row(ui, "Created", |ui| {
                        widgets::ago(ui, now, group.creation_date);
                    });
                });
            });
        widgets::hairline(ui);
        self.job_bar(ui, cx);
        let request = self.members_request(cx);
        let members = cx.get_all(&request);
        let users: Vec<UserType> = members
            .value
            .iter()
            .flat_map(|answer| answer.users.iter().flatten())
            .cloned()
            .collect();
        let again = widgets::shown(ui, "The members could not be read", &members, |ui, _| {
            if users.is_empty() {
                let clicked = widgets::empty(
                    ui,
                    Icon::Users,
                    "No members yet",
                    "Users in a group carry its name and role in their tokens.",
                    (!cx.is_read_only()).then_some("Add users"),
                );
                if clicked {
                    self.adding = Some(AddUsers::default());
                }
                return;
            }
            egui::Frame::NONE
                .inner_margin(egui::Margin::symmetric(24, 8))
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.set_min_height(26.0);
                        ui.label(t.strong(widgets::counted(users.len(), "member")));
                        let marked = self.listing.marked.len();
                        if marked > 0 {
                            ui.add_enabled_ui(!cx.is_read_only(), |ui| {
                                let words = format!("Remove {} from group", widgets::grouped_count(marked));
                                if ui
                                    .add(Button::new(&words).icon(Icon::UserMinus).small())
                                    .clicked()
                                {
                                    let users =
                                        std::mem::take(&mut self.listing.marked).into_iter().collect();
                                    self.start(ui, cx, Action::RemoveFromGroup(self.name.clone()), users);
                                }
                            });
                        }
                    });
                });
            self.members(ui, cx, &users);
        });
        if again {
            cx.refresh(&["ListUsersInGroup"]);
        }
    }

    fn members(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, users: &[UserType]) {
        let now = cx.now();
        let name_of = |at: usize| {
            users
                .get(at)
                .and_then(|user| user.username.clone())
                .unwrap_or_default()
        };
        let listed = self.listing.show(
            ui,
            "Members",
            &[
                ("Username", Column::remainder().at_least(160.0)),
                ("Email", Column::initial(280.0)),
                ("Status", Column::exact(260.0)),
                ("Created", Column::exact(120.0)),
            ],
            users.len(),
            true,
            name_of,
            name_of,
            |ui, at, column| {
                let t = theme::tokens(ui);
                let Some(user) = users.get(at) else { return };
                match column {
                    0 => {
                        let name = user.username.as_deref().unwrap_or_default();
                        ui.add(egui::Label::new(t.strong(name)).truncate().selectable(false));
                    }
                    1 => {
                        let attributes = user.attributes.iter().flatten();
                        let email = attributes
                            .filter(|attribute| attribute.name == "email")
                            .find_map(|it| it.value.clone());
                        let email = email.unwrap_or_else(|| "—".to_owned());
                        ui.add(
                            egui::Label::new(t.body(email).color(t.text2))
                                .truncate()
                                .selectable(false),
                        );
                    }
                    2 => {
                        status_badge(ui, &user.user_status.clone().unwrap_or_default());
                        if user.enabled == Some(false) {
                            disabled_badge(ui);
                        }
                    }
                    _ => {
                        widgets::ago(ui, now, user.user_create_date);
                    }
                }
            },
        );
        if let Some(username) = listed.opened.map(name_of).filter(|name| !name.is_empty()) {
            cx.go_to(Page::User(username));
        }
    }

    fn start(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, action: Action, users: Vec<String>) {
        let title = super::users::job_title(&action, users.len());
        let ctx = ui.ctx().clone();
        let job = BulkJob::start(
            cx.driver(),
            &cx.pool_id(),
            action,
            users,
            &cx.runtime(),
            Arc::new(|_| {}),
            Arc::new(move || ctx.request_repaint()),
        );
        cx.add_job(title, job.clone());
        self.job = Some((job, false));
    }

    fn job_bar(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some((job, told)) = &mut self.job else { return };
        let t = theme::tokens(ui);
        let (done, all) = job.progress();
        let failures = job.failures();
        if job.is_finished() && !*told {
            *told = true;
            cx.refresh(&["ListUsersInGroup", "AdminListGroupsForUser"]);
            if failures.is_empty() {
                let words = job.action().words();
                cx.toast(Toast::ok(format!("{words}: {}", widgets::counted(done, "user"))));
                self.job = None;
                return;
            }
        }
        let mut close = false;
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(24, 10))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label(t.strong(job.action().words()));
                    let (done, all) = (widgets::grouped_count(done), widgets::grouped_count(all));
                    ui.label(t.hint(format!("{done} of {all}")));
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
                for (user, reason) in failures.iter().take(20) {
                    ui.horizontal(|ui| {
                        ui.label(t.code(user));
                        ui.label(t.hint(reason.to_string()));
                    });
                }
            });
        widgets::hairline(ui);
        if close {
            self.job = None;
        }
    }

    fn dialogs(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) {
        if let Some(form) = &mut self.editing
            && form.show_edit(ui, cx)
        {
            self.editing = None;
        }
        if let Some(typed) = &mut self.deleting {
            let title = format!("Delete group {}", self.name);
            let effect =
                "The group and every membership in it are removed. Its members stay. This cannot be undone.";
            let name = self.name.clone();
            match typed.show(
                ui.ctx(),
                &title,
                "Delete group",
                effect,
                &name,
                self.deleted.is_some(),
            ) {
                Answer::Open => {}
                Answer::Cancelled => self.deleting = None,
                Answer::Confirmed => {
                    self.deleting = None;
                    let request = DeleteGroupRequest {
                        group_name: name.clone(),
                        user_pool_id: cx.pool_id(),
                    };
                    let done = format!("Group {name} deleted");
                    self.deleted = Some(cx.change(request, done, "The group was not deleted", STALE));
                }
            }
        }
        if let Some(adding) = &mut self.adding {
            match adding.show(ui, cx, &self.name) {
                Some(users) if users.is_empty() => self.adding = None,
                Some(users) => {
                    self.adding = None;
                    self.start(ui, cx, Action::AddToGroup(self.name.clone()), users);
                }
                None => {}
            }
        }
    }
}

//! One user: facts, actions, attributes, groups.

use std::collections::BTreeMap;

use egui::Ui;

use super::create::policy_words;
use super::status::{disabled_badge, refusal, status_badge};
use crate::base::secret::Secret;
use crate::console::command::{Command, Toast, Tone};
use crate::console::jobs::bulk::Action;
use crate::console::remote::Sent;
use crate::console::route::Page;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, Dialog, Field, IconButton, Kind, TypedConfirmation};
use crate::driver::CallError;
use crate::wire::idp::{
    AdminDeleteUserAttributesRequest, AdminGetUserRequest, AdminGetUserResponse,
    AdminListGroupsForUserRequest, AdminSetUserPasswordRequest, AdminUpdateUserAttributesRequest,
    AttributeType, ListGroupsRequest, SchemaAttributeType,
};

const STALE: &[&str] = &[
    "AdminGetUser",
    "AdminListGroupsForUser",
    "ListUsersInGroup",
    "DescribeUserPool",
];

/// The screen of one user.
pub struct User {
    username: String,
    confirming: Option<(Action, TypedConfirmation)>,
    acting: Option<(Action, Sent<()>)>,
    password: Option<SetPassword>,
    edited: Option<BTreeMap<String, String>>,
    adding: String,
    saving: Option<Sent<()>>,
    save_error: Option<CallError>,
}

#[derive(Default)]
struct SetPassword {
    password: Secret,
    permanent: bool,
    sent: Option<Sent<crate::wire::idp::AdminSetUserPasswordResponse>>,
    error: Option<CallError>,
}

impl User {
    /// The screen of the user with this username.
    pub fn new(username: &str) -> Self {
        Self {
            username: username.to_owned(),
            confirming: None,
            acting: None,
            password: None,
            edited: None,
            adding: String::new(),
            saving: None,
            save_error: None,
        }
    }
}

impl Screen for User {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        self.settle(cx);
        let asked = AdminGetUserRequest {
            user_pool_id: cx.pool_id(),
            username: self.username.clone(),
        };
        let user = cx.get(&asked);
        let subtitle = user
            .value
            .as_ref()
            .map(|user| {
                value(user, "email")
                    .or_else(|| value(user, "phone_number"))
                    .unwrap_or_default()
                    .to_owned()
            })
            .unwrap_or_default();
        let title = self.username.clone();
        widgets::header(ui, &title, &subtitle, |ui| {
            if let Some(user) = &user.value {
                self.actions(ui, cx, user);
            }
        });
        let again = widgets::shown(ui, "The user could not be read", &user, |ui, user| {
            widgets::page(ui, |ui| {
                let wide = ui.available_width() > 1080.0;
                if wide {
                    ui.columns(2, |columns| {
                        if let [left, right] = columns {
                            left.spacing_mut().item_spacing.y = theme::size::CARD;
                            right.spacing_mut().item_spacing.y = theme::size::CARD;
                            facts(left, cx, user);
                            self.groups(left, cx);
                            self.attributes(right, cx, user);
                        }
                    });
                } else {
                    facts(ui, cx, user);
                    self.attributes(ui, cx, user);
                    self.groups(ui, cx);
                }
            });
        });
        if again {
            cx.refresh(&["AdminGetUser"]);
        }
        if let Some(user) = &user.value {
            self.dialogs(ui, cx, user);
        }
    }

    fn unsaved(&self) -> Option<String> {
        self.edited
            .as_ref()
            .map(|_| format!("edited attributes of {}", self.username))
    }
}

impl User {
    /// Takes in what changes have answered.
    fn settle(&mut self, cx: &mut ScreenCx<'_>) {
        if let Some((action, sent)) = &self.acting
            && let Some(outcome) = sent.take()
        {
            let deleted = *action == Action::Delete && outcome.is_ok();
            self.acting = None;
            if deleted {
                cx.go_to(Page::Users);
            }
        }
        if let Some(outcome) = self.saving.as_ref().and_then(Sent::take) {
            self.saving = None;
            match outcome {
                Ok(()) => self.edited = None,
                Err(reason) => self.save_error = Some(reason),
            }
        }
    }

    fn actions(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, user: &AdminGetUserResponse) {
        let status = user.user_status.clone().unwrap_or_default();
        let enabled = user.enabled.unwrap_or(true);
        let busy = self.acting.is_some();
        ui.add_enabled_ui(!cx.is_read_only(), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            if ui
                .add(Button::new("Delete").kind(Kind::DangerQuiet).icon(Icon::Trash2))
                .clicked()
            {
                self.confirming = Some((Action::Delete, TypedConfirmation::default()));
            }
            let more = ui.add(Button::new("Actions").trailing(Icon::ChevronDown).busy(busy));
            let chosen = widgets::menu(&more, |ui| {
                ui.set_min_width(230.0);
                let mut chosen = None;
                for (action, icon) in [
                    (Action::Confirm, Icon::BadgeCheck),
                    (Action::ResetPassword, Icon::KeyRound),
                    (Action::ResendInvitation, Icon::Mail),
                    (Action::SignOut, Icon::LogOut),
                ] {
                    let refused = refusal(&action, &status, enabled);
                    ui.add_enabled_ui(refused.is_none(), |ui| {
                        let item = widgets::menu_item(ui, icon, &action.words());
                        if item.clicked() {
                            chosen = Some(action);
                        }
                        if let Some(why) = refused {
                            item.on_disabled_hover_text(why);
                        }
                    });
                }
                chosen
            });
            if let Some(Some(action)) = chosen {
                self.confirming = Some((action, TypedConfirmation::default()));
            }
            let (action, icon) = if enabled {
                (Action::Disable, Icon::Ban)
            } else {
                (Action::Enable, Icon::CircleCheck)
            };
            if ui.add(Button::new(&action.words()).icon(icon)).clicked() {
                self.confirming = Some((action, TypedConfirmation::default()));
            }
            if ui.add(Button::new("Set password").icon(Icon::KeyRound)).clicked() {
                self.password = Some(SetPassword {
                    permanent: true,
                    ..SetPassword::default()
                });
            }
        });
    }

    fn act(&mut self, cx: &mut ScreenCx<'_>, action: Action) {
        let (pool, username) = (cx.pool_id(), self.username.clone());
        let (words, doing) = (action.words(), action.clone());
        let name = self.username.clone();
        let sent = cx.work(
            |driver| async move { doing.run(&driver, &pool, &username).await },
            move |effects, outcome| match outcome {
                Ok(()) => {
                    effects.toast(Toast::ok(format!("{words}: {name}")));
                    effects.refresh(STALE);
                }
                Err(reason) => {
                    effects.toast(Toast::failed(format!("{words}: {name} was not changed"), reason));
                }
            },
        );
        self.acting = Some((action, sent));
    }

    fn dialogs(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, user: &AdminGetUserResponse) {
        if let Some((action, typed)) = &mut self.confirming {
            let title = format!("{} {}", action.words(), self.username);
            let answer = if *action == Action::Delete {
                let name = self.username.clone();
                typed.show(ui.ctx(), &title, "Delete", action.consequence(), &name, false)
            } else {
                Dialog::new(&title, &action.words())
                    .width(440.0)
                    .show(ui.ctx(), |ui| {
                        let t = theme::tokens(ui);
                        ui.add(egui::Label::new(t.body(action.consequence())).wrap());
                    })
            };
            match answer {
                Answer::Open => {}
                Answer::Cancelled => self.confirming = None,
                Answer::Confirmed => {
                    if let Some((action, _)) = self.confirming.take() {
                        self.act(cx, action);
                    }
                }
            }
        }
        self.password_dialog(ui, cx, user);
    }

    fn password_dialog(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, user: &AdminGetUserResponse) {
        let Some(form) = &mut self.password else { return };
        if let Some(outcome) = form.sent.as_ref().and_then(Sent::take) {
            form.sent = None;
            match outcome {
                Ok(_) => {
                    self.password = None;
                    return;
                }
                Err(reason) => form.error = Some(reason),
            }
        }
        let described = cx.pool();
        let pool = described
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.clone())
            .unwrap_or_default();
        let error = super::refused(form.error.as_ref());
        let title = format!("Set password of {}", self.username);
        let dialog = Dialog::new(&title, "Set password")
            .ready(!form.password.is_empty())
            .busy(form.sent.is_some())
            .keeps(!form.password.is_empty());
        let answer = dialog.show(ui.ctx(), |ui| {
            let help = policy_words(&pool);
            let field = Field::new("New password").help(&help).error(error.as_deref());
            if widgets::password(ui, &mut form.password, field).changed() {
                form.error = None;
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                widgets::radio(
                    ui,
                    &mut form.permanent,
                    true,
                    "Permanent",
                    "The user can sign in with it at once; the status becomes Confirmed.",
                );
                widgets::radio(
                    ui,
                    &mut form.permanent,
                    false,
                    "Temporary",
                    "The user must choose another one at the next sign-in.",
                );
            });
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.password = None,
            Answer::Confirmed => {
                form.error = None;
                let request = AdminSetUserPasswordRequest {
                    user_pool_id: cx.pool_id(),
                    username: user.username.clone(),
                    password: form.password.clone(),
                    permanent: Some(form.permanent),
                };
                let done = format!("Password of {} set", self.username);
                form.sent = Some(cx.change(request, done, "The password was not set", STALE));
            }
        }
    }

    fn attributes(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, user: &AdminGetUserResponse) {
        let stored = stored_attributes(user);
        let described = cx.pool();
        let pool = described
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.clone())
            .unwrap_or_default();
        let schema: Vec<SchemaAttributeType> = pool.schema_attributes.unwrap_or_default();
        let read_only = cx.is_read_only();
        let (mut deed, mut begin) = (None, false);
        let saving = self.saving.is_some();
        let editing = self.edited.is_some();
        widgets::card(
            ui,
            "Attributes",
            "What is known of the user. Immutable ones can only be set at creation.",
            |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                if editing {
                    if ui.add(Button::primary("Save").small().busy(saving)).clicked() {
                        deed = Some(true);
                    }
                    if ui.add(Button::new("Cancel").small()).clicked() {
                        deed = Some(false);
                    }
                } else {
                    ui.add_enabled_ui(!read_only, |ui| {
                        begin = ui.add(Button::new("Edit").icon(Icon::Pencil).small()).clicked();
                    });
                }
            },
            |ui| {
                if let Some(error) = super::refused(self.save_error.as_ref()) {
                    widgets::banner(ui, Tone::Error, &error, |_| {});
                }
                match &mut self.edited {
                    Some(edited) => edit_form(ui, &stored, edited, &schema, &mut self.adding),
                    None => show_attributes(ui, cx.commands, &stored),
                }
            },
        );
        if begin {
            self.edited = Some(stored.clone());
        }
        match deed {
            Some(true) => self.save(cx, &stored),
            Some(false) => {
                self.edited = None;
                self.save_error = None;
            }
            None => {}
        }
    }

    /// Sends what differs alone: attributes nobody touched are not written back.
    fn save(&mut self, cx: &mut ScreenCx<'_>, stored: &BTreeMap<String, String>) {
        let Some(edited) = &self.edited else { return };
        self.save_error = None;
        let changed: Vec<AttributeType> = edited
            .iter()
            .filter(|(name, value)| !value.trim().is_empty() && stored.get(*name) != Some(value))
            .map(|(name, value)| AttributeType {
                name: name.clone(),
                value: Some(value.trim().to_owned()),
            })
            .collect();
        let removed: Vec<String> = stored
            .keys()
            .filter(|name| edited.get(*name).is_none_or(|value| value.trim().is_empty()))
            .cloned()
            .collect();
        if changed.is_empty() && removed.is_empty() {
            self.edited = None;
            return;
        }
        let (user_pool_id, username) = (cx.pool_id(), self.username.clone());
        let name = self.username.clone();
        self.saving = Some(cx.work(
            |driver| async move {
                if !changed.is_empty() {
                    let request = AdminUpdateUserAttributesRequest {
                        user_pool_id: user_pool_id.clone(),
                        username: username.clone(),
                        user_attributes: changed,
                        ..Default::default()
                    };
                    driver.call(&request).await?;
                }
                if !removed.is_empty() {
                    let request = AdminDeleteUserAttributesRequest {
                        user_pool_id,
                        username,
                        user_attribute_names: removed,
                    };
                    driver.call(&request).await?;
                }
                Ok(())
            },
            move |effects, outcome| {
                effects.refresh(STALE);
                if outcome.is_ok() {
                    effects.toast(Toast::ok(format!("Attributes of {name} saved")));
                }
            },
        ));
    }

    fn groups(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let asked = AdminListGroupsForUserRequest {
            user_pool_id: cx.pool_id(),
            username: self.username.clone(),
            limit: Some(60),
            ..Default::default()
        };
        let member_of = cx.get(&asked);
        let all = cx.get_all(&ListGroupsRequest {
            user_pool_id: cx.pool_id(),
            ..Default::default()
        });
        let mine: Vec<String> = member_of
            .value
            .iter()
            .flat_map(|answer| answer.groups.iter().flatten())
            .filter_map(|group| group.group_name.clone())
            .collect();
        let others: Vec<String> = all
            .value
            .iter()
            .flat_map(|answer| answer.groups.iter().flatten())
            .filter_map(|group| group.group_name.clone())
            .filter(|name| !mine.contains(name))
            .collect();
        let read_only = cx.is_read_only();
        let (mut added, mut deed) = (None, None);
        widgets::card(
            ui,
            "Groups",
            "Names, roles and the preferred role reach the tokens at the next sign-in or refresh.",
            |ui| {
                ui.add_enabled_ui(!read_only && !others.is_empty(), |ui| {
                    let button = ui.add(Button::new("Add to group").small().trailing(Icon::ChevronDown));
                    widgets::menu(&button, |ui| {
                        ui.set_min_width(220.0);
                        egui::ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
                            for name in &others {
                                if widgets::menu_item(ui, Icon::Group, name).clicked() {
                                    added = Some(Action::AddToGroup(name.clone()));
                                }
                            }
                        });
                    });
                });
            },
            |ui| {
                let t = theme::tokens(ui);
                let again = widgets::shown(ui, "The groups could not be read", &member_of, |ui, _| {
                    if mine.is_empty() {
                        ui.label(t.hint("In no group"));
                    }
                    for name in &mine {
                        ui.horizontal(|ui| {
                            widgets::icon(ui, Icon::Group, t.text3);
                            if widgets::link(ui, name).clicked() {
                                cx.commands.push(Command::Go(crate::console::route::Route::pool(
                                    cx.route.user_pool_id().unwrap_or_default(),
                                    Page::Group(name.clone()),
                                )));
                            }
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                let label = format!("Remove from {name}");
                                ui.add_enabled_ui(!read_only, |ui| {
                                    if ui.add(IconButton::new(Icon::X, &label).small()).clicked() {
                                        deed = Some(Action::RemoveFromGroup(name.clone()));
                                    }
                                });
                            });
                        });
                    }
                });
                if again {
                    cx.commands.push(Command::Refresh(vec!["AdminListGroupsForUser"]));
                }
            },
        );
        if let Some(action) = added.or(deed) {
            self.act(cx, action);
        }
    }
}

fn facts(ui: &mut Ui, cx: &mut ScreenCx<'_>, user: &AdminGetUserResponse) {
    let now = cx.now();
    widgets::card(
        ui,
        "Account",
        "",
        |_| {},
        |ui| {
            widgets::facts(ui, cx.commands, |ui, facts| {
                facts.row(ui, "Status", |ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    status_badge(ui, &user.user_status.clone().unwrap_or_default());
                    if user.enabled == Some(false) {
                        disabled_badge(ui);
                    }
                });
                facts.code(ui, "Username", &user.username);
                if let Some(sub) = value(user, "sub") {
                    facts.code(ui, "sub", sub);
                }
                facts.row(ui, "Created", |ui| {
                    widgets::ago(ui, now, user.user_create_date);
                });
                facts.row(ui, "Changed", |ui| {
                    widgets::ago(ui, now, user.user_last_modified_date);
                });
                let factors = user.user_mfa_setting_list.clone().unwrap_or_default();
                let factors = if factors.is_empty() {
                    "None".to_owned()
                } else {
                    factors.join(", ")
                };
                facts.text(ui, "Second factors", &factors);
            });
        },
    );
}

fn value<'a>(user: &'a AdminGetUserResponse, name: &str) -> Option<&'a str> {
    let attributes = user.user_attributes.as_ref()?;
    attributes
        .iter()
        .find(|attribute| attribute.name == name)?
        .value
        .as_deref()
}

fn stored_attributes(user: &AdminGetUserResponse) -> BTreeMap<String, String> {
    let attributes = user.user_attributes.iter().flatten();
    attributes
        .filter(|attribute| attribute.name != "sub")
        .map(|attribute| {
            (
                attribute.name.clone(),
                attribute.value.clone().unwrap_or_default(),
            )
        })
        .collect()
}

fn show_attributes(ui: &mut Ui, commands: &mut Vec<Command>, stored: &BTreeMap<String, String>) {
    let t = theme::tokens(ui);
    if stored.is_empty() {
        ui.label(t.hint("No attributes"));
        return;
    }
    widgets::facts(ui, commands, |ui, facts| {
        for (name, value) in stored {
            facts.text(ui, name, value);
        }
    });
}

fn edit_form(
    ui: &mut Ui,
    stored: &BTreeMap<String, String>,
    edited: &mut BTreeMap<String, String>,
    schema: &[SchemaAttributeType],
    adding: &mut String,
) {
    let is_immutable = |name: &str| {
        schema
            .iter()
            .any(|attribute| attribute.name.as_deref() == Some(name) && attribute.mutable == Some(false))
    };
    for (name, value) in edited.iter_mut() {
        let was = stored.get(name).map_or("", String::as_str);
        let immutable = is_immutable(name) || name == "identities";
        if name == "email_verified" || name == "phone_number_verified" {
            let mut verified = value == "true";
            let words = if name == "email_verified" {
                "Email address is verified"
            } else {
                "Phone number is verified"
            };
            if widgets::check(ui, &mut verified, words, "").changed() {
                *value = verified.to_string();
            }
            continue;
        }
        ui.add_enabled_ui(!immutable, |ui| {
            let mut field = Field::new(name).changed(value != was).was(was);
            if immutable {
                field = field.permanent();
            }
            widgets::text(ui, value, field);
        });
    }
    let open: Vec<(String, String)> = schema
        .iter()
        .filter_map(|attribute| attribute.name.clone())
        .filter(|name| name != "sub" && !edited.contains_key(name) && !is_immutable(name))
        .map(|name| (name.clone(), name))
        .collect();
    if !open.is_empty() {
        ui.horizontal(|ui| {
            widgets::choice(ui, adding, &open, Field::new("Add an attribute").width(240.0));
            ui.vertical(|ui| {
                ui.add_space(21.0);
                let ready = !adding.is_empty();
                ui.add_enabled_ui(ready, |ui| {
                    if ui.add(Button::new("Add").icon(Icon::Plus)).clicked() {
                        edited.insert(std::mem::take(adding), String::new());
                    }
                });
            });
        });
    }
    let t = theme::tokens(ui);
    ui.label(t.hint("An emptied attribute is removed."));
}

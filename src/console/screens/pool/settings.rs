//! Name, plan, protection, tags, deletion.

use egui::Ui;

use crate::console::draft::Draft;
use crate::console::remote::Sent;
use crate::console::route::Route;
use crate::console::screens::{Edit, Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, Field, IconButton, Kind, TypedConfirmation};
use crate::driver::CallError;
use crate::wire::idp::{
    DeleteUserPoolRequest, DeletionProtectionType, DescribeUserPoolRequest, UpdateUserPoolRequest,
    UserPoolTierType,
};

/// The form.
#[derive(Default)]
pub struct Settings {
    tag_key: String,
    tag_value: String,
    deleting: Option<TypedConfirmation>,
    sent: Option<Sent<()>>,
}

impl Screen for Settings {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Settings", "Name, plan, protection, tags", |_| {});
        let asked = DescribeUserPoolRequest {
            user_pool_id: cx.pool_id(),
        };
        let read_only = cx.is_read_only();
        let mut delete = false;
        let mut stored_name = String::new();
        let mut is_protected = false;
        match cx.edit::<UpdateUserPoolRequest>(&asked) {
            Edit::Loading(millis) => widgets::loading(ui, millis),
            Edit::Failed(reason) => {
                if widgets::failed(ui, "The user pool could not be read", &reason) {
                    cx.refresh(&["DescribeUserPool"]);
                }
            }
            Edit::Ready(draft) => {
                stored_name = draft.saved.pool_name.clone().unwrap_or_default();
                is_protected = draft.saved.deletion_protection == Some(DeletionProtectionType::Active);
                widgets::form(ui, |ui| {
                    ui.add_enabled_ui(!read_only, |ui| {
                        name(ui, draft);
                        plan(ui, draft);
                        self.tags(ui, draft);
                        protection(ui, draft);
                        delete = danger(ui, is_protected);
                    });
                });
            }
        }
        if delete {
            self.deleting = Some(TypedConfirmation::default());
        }
        self.confirm_deletion(ui, cx, &stored_name, is_protected);
    }
}

fn name(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
    let was = draft.saved.pool_name.clone().unwrap_or_default();
    let mut name = draft.edited.pool_name.clone().unwrap_or_default();
    let wrong = name_wrong(&name);
    widgets::card(
        ui,
        "Name",
        "",
        |_| {},
        |ui| {
            let field = Field::new("User pool name")
                .help("Letters, digits, spaces and + = , . @ - _")
                .member("PoolName")
                .limited_by("UpdateUserPool", "PoolName")
                .changed(name != was)
                .was(&was)
                .error(wrong);
            if widgets::text(ui, &mut name, field).changed() {
                draft.edited.pool_name = Some(name.clone());
            }
        },
    );
}

/// Says what is wrong with the name of a user pool or app client.
///
/// Source: the pattern `[\w\s+=,.@-]+` of the service model.
pub fn name_wrong(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("At least one character");
    }
    let fits =
        |letter: char| letter.is_alphanumeric() || letter.is_whitespace() || "_+=,.@-".contains(letter);
    (!name.chars().all(fits)).then_some("Letters, digits, spaces and + = , . @ - _ only")
}

fn plan(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
    widgets::card(
        ui,
        "Feature plan",
        "Decides which features the user pool may use",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            let mut tier = draft
                .edited
                .user_pool_tier
                .clone()
                .unwrap_or(UserPoolTierType::Essentials);
            let before = tier.clone();
            widgets::radio(
                ui,
                &mut tier,
                UserPoolTierType::Lite,
                "Lite",
                "Classic hosted pages, passwords, groups",
            );
            widgets::radio(
                ui,
                &mut tier,
                UserPoolTierType::Essentials,
                "Essentials",
                "Adds managed login, passkeys, one-time passwords, password history",
            );
            widgets::radio(
                ui,
                &mut tier,
                UserPoolTierType::Plus,
                "Plus",
                "Adds threat protection and event history",
            );
            if tier != before {
                draft.edited.user_pool_tier = Some(tier);
            }
        },
    );
}

fn protection(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
    let read =
        |pool: &UpdateUserPoolRequest| pool.deletion_protection == Some(DeletionProtectionType::Active);
    let changed = draft.differs(read);
    let mut active = read(&draft.edited);
    widgets::card(
        ui,
        "Deletion protection",
        "",
        |_| {},
        |ui| {
            let help = "While it is active, the user pool cannot be deleted";
            if widgets::toggle(ui, &mut active, "Protect this user pool", help, changed).changed() {
                draft.edited.deletion_protection = Some(if active {
                    DeletionProtectionType::Active
                } else {
                    DeletionProtectionType::Inactive
                });
            }
        },
    );
}

fn danger(ui: &mut Ui, is_protected: bool) -> bool {
    let mut delete = false;
    widgets::card(
        ui,
        "Delete user pool",
        if is_protected {
            "Switch deletion protection off first, and apply"
        } else {
            "Deletes every user, group, app client and setting of it"
        },
        |ui| {
            let button = Button::new("Delete user pool…")
                .kind(Kind::DangerQuiet)
                .icon(Icon::Trash2);
            delete = ui.add_enabled(!is_protected, button).clicked();
        },
        |_| {},
    );
    delete
}

impl Settings {
    fn tags(&mut self, ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
        const MOST: usize = 50;
        let mut tags = draft.edited.user_pool_tags.clone().unwrap_or_default();
        let before = tags.clone();
        let purpose = format!("{} of {MOST}", tags.len());
        widgets::card(
            ui,
            "Tags",
            &purpose,
            |_| {},
            |ui| {
                let t = theme::tokens(ui);
                ui.spacing_mut().item_spacing.y = 6.0;
                let mut gone = None;
                for (key, value) in &mut tags {
                    ui.horizontal(|ui| {
                        let (rect, _) = ui.allocate_exact_size(egui::vec2(198.0, 24.0), egui::Sense::hover());
                        let mut cell = ui.new_child(
                            egui::UiBuilder::new()
                                .max_rect(rect)
                                .layout(egui::Layout::left_to_right(egui::Align::Center)),
                        );
                        cell.add(egui::Label::new(t.code(key).color(t.text1)).truncate());
                        let edit = egui::TextEdit::singleline(value)
                            .desired_width(280.0)
                            .margin(egui::Margin::symmetric(10, 7))
                            .char_limit(256);
                        ui.add(edit).accessible_name(format!("Value of tag {key}"));
                        let label = format!("Remove tag {key}");
                        if ui.add(IconButton::new(Icon::X, &label).danger()).clicked() {
                            gone = Some(key.clone());
                        }
                    });
                }
                if let Some(gone) = gone {
                    tags.remove(&gone);
                }
                ui.horizontal(|ui| {
                    let edit = |value, hint: &str, width: f32, most: usize| {
                        egui::TextEdit::singleline(value)
                            .hint_text(hint.to_owned())
                            .desired_width(width)
                            .margin(egui::Margin::symmetric(10, 7))
                            .char_limit(most)
                    };
                    ui.add(edit(&mut self.tag_key, "Key", 198.0, 128))
                        .accessible_name("Key of the new tag");
                    ui.add(edit(&mut self.tag_value, "Value", 280.0, 256))
                        .accessible_name("Value of the new tag");
                    let ready =
                        !self.tag_key.is_empty() && !tags.contains_key(&self.tag_key) && tags.len() < MOST;
                    if ui
                        .add_enabled(ready, Button::new("Add tag").icon(Icon::Plus))
                        .clicked()
                    {
                        tags.insert(
                            std::mem::take(&mut self.tag_key),
                            std::mem::take(&mut self.tag_value),
                        );
                    }
                });
            },
        );
        if tags != before {
            let absent = tags.is_empty() && draft.saved.user_pool_tags.is_none();
            draft.edited.user_pool_tags = (!absent).then_some(tags);
        }
    }

    fn confirm_deletion(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, name: &str, is_protected: bool) {
        if let Some(outcome) = self.sent.as_ref().and_then(Sent::take) {
            self.sent = None;
            if outcome.is_ok() {
                self.deleting = None;
            }
        }
        let Some(confirmation) = &mut self.deleting else {
            return;
        };
        if is_protected {
            self.deleting = None;
            return;
        }
        let title = format!("Delete user pool {name}");
        let effect = "Every user, group, app client and setting of it is deleted. This cannot be undone.";
        let busy = self.sent.is_some();
        match confirmation.show(ui.ctx(), &title, "Delete user pool", effect, name, busy) {
            Answer::Open => {}
            Answer::Cancelled => self.deleting = None,
            Answer::Confirmed => {
                let request = DeleteUserPoolRequest {
                    user_pool_id: cx.pool_id(),
                };
                let (name, gone) = (
                    name.to_owned(),
                    DescribeUserPoolRequest {
                        user_pool_id: cx.pool_id(),
                    },
                );
                let sent = cx.work(
                    |driver| async move { driver.call(&request).await.map(|_| ()) },
                    move |effects, outcome: &Result<(), CallError>| match outcome {
                        Ok(()) => {
                            effects.refresh(&["ListUserPools"]);
                            effects.toast(crate::console::command::Toast::ok(format!(
                                "User pool {name} deleted"
                            )));
                            effects.go(Route::UserPools);
                            effects.deleted(&gone);
                        }
                        Err(reason) => effects.toast(crate::console::command::Toast::failed(
                            format!("User pool {name} was not deleted"),
                            reason,
                        )),
                    },
                );
                self.sent = Some(sent);
            }
        }
    }
}

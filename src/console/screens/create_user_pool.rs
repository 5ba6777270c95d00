//! A new user pool: the essentials, or everything that can be said at creation.

use std::collections::BTreeSet;

use egui::Ui;

use super::pool::authentication::password_fields;
use super::pool::settings::name_wrong;
use super::pool::sign_up::NewAttribute;
use crate::console::command::{Toast, Tone};
use crate::console::remote::Sent;
use crate::console::route::{Page, Route};
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon, size};
use crate::console::widgets::{self, Badge, Button, Field, IconButton};
use crate::driver::{CallError, Driver};
use crate::wire::idp::{
    CreateUserPoolClientRequest, CreateUserPoolRequest, SetUserPoolMfaConfigRequest, UserPoolMfaType,
    UserPoolTierType,
};

mod form;

use form::{Form, Identifier, REQUIRABLE};

/// The form.
#[derive(Default)]
pub struct CreateUserPool {
    form: Form,
    full: bool,
    sent: Option<Sent<String>>,
    problem: Option<String>,
    adding: NewAttribute,
}

/// Creates the user pool and what goes with it; answers its id.
async fn create(
    driver: Driver,
    pool: CreateUserPoolRequest,
    mfa: Option<SetUserPoolMfaConfigRequest>,
    client: Option<CreateUserPoolClientRequest>,
) -> Result<String, CallError> {
    let answer = driver.call(&pool).await?;
    let id = answer.user_pool.and_then(|pool| pool.id).unwrap_or_default();
    if let Some(mfa) = mfa {
        driver
            .call(&SetUserPoolMfaConfigRequest {
                user_pool_id: id.clone(),
                ..mfa
            })
            .await?;
    }
    if let Some(client) = client {
        driver
            .call(&CreateUserPoolClientRequest {
                user_pool_id: id.clone(),
                ..client
            })
            .await?;
    }
    Ok(id)
}

impl Screen for CreateUserPool {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        match self.sent.as_ref().and_then(Sent::take) {
            Some(Ok(_)) => *self = Self::default(),
            Some(Err(reason)) => {
                self.sent = None;
                self.problem = Some(crate::console::command::explain(&reason));
            }
            None => {}
        }
        let subtitle = "What is marked permanent can never be changed afterwards";
        widgets::header(ui, "Create user pool", subtitle, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            if ui.add(Button::ghost("Everything").selected(self.full)).clicked() {
                self.full = true;
            }
            if ui.add(Button::ghost("Essentials").selected(!self.full)).clicked() {
                self.full = false;
            }
        });
        let t = theme::tokens(ui);
        egui::Panel::bottom("create")
            .exact_size(60.0)
            .frame(
                egui::Frame::NONE
                    .fill(t.bg1)
                    .inner_margin(egui::Margin::symmetric(24, 0)),
            )
            .show(ui, |ui| self.footer(ui, cx));
        let wide = ui.available_width() > 1060.0;
        if wide {
            egui::Panel::right("summary")
                .exact_size(340.0)
                .show_separator_line(false)
                .frame(egui::Frame::NONE.inner_margin(egui::Margin {
                    left: 0,
                    right: 24,
                    top: 20,
                    bottom: 20,
                }))
                .show(ui, |ui| {
                    egui::ScrollArea::vertical().show(ui, |ui| self.summary(ui));
                });
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            widgets::form(ui, |ui| self.fields(ui));
        });
    }

    fn unsaved(&self) -> Option<String> {
        (!self.form.name.is_empty()).then(|| format!("Create user pool: {} not created", self.form.name))
    }
}

impl CreateUserPool {
    fn footer(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let busy = self.sent.is_some();
            if ui.add(Button::primary("Create user pool").busy(busy)).clicked() {
                self.problem = self.form.problem();
                if self.problem.is_none() {
                    self.send(cx);
                }
            }
            if ui.add_enabled(!busy, Button::new("Cancel")).clicked() {
                *self = Self::default();
                cx.go(Route::UserPools);
            }
            if let Some(problem) = &self.problem {
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    widgets::icon(ui, Icon::CircleAlert, t.err);
                    ui.add(egui::Label::new(t.body(problem).color(t.err)).truncate());
                });
            }
        });
    }

    fn send(&mut self, cx: &mut ScreenCx<'_>) {
        let pool = self.form.to_wire();
        let mfa = self.form.mfa_to_wire();
        let client = self.form.with_client.then(|| self.form.client.to_wire(""));
        let name = self.form.name.clone();
        self.sent = Some(cx.work(
            |driver| create(driver, pool, mfa, client),
            move |effects, outcome| match outcome {
                Ok(id) => {
                    effects.refresh(&["ListUserPools"]);
                    effects.toast(Toast::ok(format!("User pool {name} created")));
                    effects.go(Route::pool(id.clone(), Page::Overview));
                }
                Err(reason) => {
                    // The pool may exist although what goes with it does not.
                    effects.refresh(&["ListUserPools"]);
                    effects.toast(Toast::failed(
                        format!("User pool {name} was not created completely"),
                        reason,
                    ));
                }
            },
        ));
    }

    fn fields(&mut self, ui: &mut Ui) {
        self.name(ui);
        self.identifiers(ui);
        self.attributes(ui);
        self.sign_up(ui);
        if self.full {
            self.custom(ui);
            self.security(ui);
            self.keeping(ui);
        }
        self.client(ui);
    }

    fn name(&mut self, ui: &mut Ui) {
        let wrong = if self.form.name.is_empty() {
            self.problem.as_ref().and_then(|_| name_wrong(&self.form.name))
        } else {
            name_wrong(&self.form.name)
        };
        widgets::card(
            ui,
            "Name",
            "",
            |_| {},
            |ui| {
                let field = Field::new("User pool name")
                    .placeholder("customers")
                    .help("Can be changed later")
                    .member("PoolName")
                    .limited_by("CreateUserPool", "PoolName")
                    .error(wrong);
                if widgets::text(ui, &mut self.form.name, field).changed() {
                    self.problem = None;
                }
            },
        );
    }

    fn identifiers(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Sign-in identifier",
            "What users type as their name",
            |ui| {
                widgets::permanent(ui);
            },
            |ui| {
                let choices = Identifier::ALL.map(|identifier| {
                    let (icon, name, help) = identifier.words();
                    (identifier, icon, name, help)
                });
                let before = self.form.identifier;
                widgets::tiles(ui, &mut self.form.identifier, &choices);
                if before != self.form.identifier {
                    self.form.required = self.form.demanded().iter().copied().collect();
                    self.form.verify_phone =
                        matches!(self.form.identifier, Identifier::Phone | Identifier::EmailOrPhone);
                    self.form.verify_email = self.form.identifier != Identifier::Phone;
                }
                ui.spacing_mut().item_spacing.y = 6.0;
                if self.form.identifier == Identifier::Username {
                    let t = theme::tokens(ui);
                    ui.label(t.label("Also accept, once verified"));
                    widgets::check(ui, &mut self.form.alias_email, "E-mail address", "");
                    widgets::check(ui, &mut self.form.alias_phone, "Phone number", "");
                    widgets::check(
                        ui,
                        &mut self.form.alias_preferred,
                        "Preferred username",
                        "A name the user may change",
                    );
                }
                if self.full {
                    widgets::check(
                        ui,
                        &mut self.form.case_sensitive,
                        "Capital and small letters differ",
                        "Anna and anna become two users; rarely wanted",
                    );
                }
            },
        );
    }

    fn attributes(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Required attributes",
            "Every user must have them from the beginning; require only what you cannot do without",
            |ui| {
                widgets::permanent(ui);
            },
            |ui| {
                let demanded = self.form.demanded();
                let columns = 3;
                egui::Grid::new("required")
                    .num_columns(columns)
                    .min_col_width(200.0)
                    .spacing([12.0, 2.0])
                    .show(ui, |ui| {
                        for (index, name) in REQUIRABLE.iter().enumerate() {
                            let must = demanded.contains(name);
                            let mut ticked = must || self.form.required.contains(name);
                            ui.add_enabled_ui(!must, |ui| {
                                if widgets::check(ui, &mut ticked, name, "").changed() {
                                    if ticked {
                                        self.form.required.insert(name);
                                    } else {
                                        self.form.required.remove(name);
                                    }
                                }
                            });
                            if index % columns == columns - 1 {
                                ui.end_row();
                            }
                        }
                    });
            },
        );
    }

    fn sign_up(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Sign-up",
            "",
            |_| {},
            |ui| {
                let help = if self.form.open {
                    "Anyone who reaches an app client can create an account"
                } else {
                    "Only administrators create accounts"
                };
                widgets::toggle(
                    ui,
                    &mut self.form.open,
                    "Let people register themselves",
                    help,
                    false,
                );
                let help = "New users prove with a code that it is theirs";
                widgets::toggle(
                    ui,
                    &mut self.form.verify_email,
                    "Verify e-mail addresses",
                    help,
                    false,
                );
                if self.full {
                    widgets::toggle(
                        ui,
                        &mut self.form.verify_phone,
                        "Verify phone numbers",
                        help,
                        false,
                    );
                    let help = "Without it a mistyped new address locks the user out";
                    widgets::toggle(
                        ui,
                        &mut self.form.keep_original,
                        "Keep the original value active while a change is not verified",
                        help,
                        false,
                    );
                }
            },
        );
    }

    fn custom(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Custom attributes",
            "More can be added later; none can be removed",
            |ui| {
                widgets::permanent(ui);
            },
            |ui| {
                let t = theme::tokens(ui);
                let mut gone = None;
                for (index, attribute) in self.form.custom.iter().enumerate() {
                    ui.horizontal(|ui| {
                        widgets::chip(ui, &format!("custom:{}", attribute.name));
                        ui.label(t.hint(attribute.data_type.as_str()));
                        if !attribute.mutable {
                            widgets::badge(ui, Badge::Gray, Icon::Lock, "Immutable");
                        }
                        let name = format!("Remove custom:{}", attribute.name);
                        if ui.add(IconButton::new(Icon::X, &name).small()).clicked() {
                            gone = Some(index);
                        }
                    });
                }
                if let Some(gone) = gone {
                    self.form.custom.remove(gone);
                }
                let taken: Vec<String> = self
                    .form
                    .custom
                    .iter()
                    .map(|attribute| format!("custom:{}", attribute.name))
                    .collect();
                self.adding.ui(ui, &taken);
                let ready = self.adding.is_ready(&taken) && self.form.custom.len() < 50;
                if ui
                    .add_enabled(ready, Button::new("Add attribute").icon(Icon::Plus).small())
                    .clicked()
                {
                    self.form.custom.push(std::mem::take(&mut self.adding));
                }
            },
        );
    }

    fn security(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Passwords",
            "",
            |_| {},
            |ui| {
                password_fields(ui, &mut self.form.password, None);
            },
        );
        widgets::card(
            ui,
            "Multi-factor authentication",
            "With an authenticator app; more methods can be chosen later",
            |_| {},
            |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                widgets::radio(ui, &mut self.form.mfa, UserPoolMfaType::Off, "Off", "");
                widgets::radio(ui, &mut self.form.mfa, UserPoolMfaType::Optional, "Optional", "");
                widgets::radio(ui, &mut self.form.mfa, UserPoolMfaType::On, "Required", "");
            },
        );
        widgets::card(
            ui,
            "Account recovery",
            "",
            |_| {},
            |ui| {
                let help = "By e-mail if verified, otherwise by SMS; switched off, an administrator resets passwords";
                widgets::toggle(
                    ui,
                    &mut self.form.email_recovery,
                    "Users may reset a forgotten password",
                    help,
                    false,
                );
            },
        );
    }

    fn keeping(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "Plan, protection, tags",
            "",
            |_| {},
            |ui| {
                let options = [
                    (UserPoolTierType::Lite, "Lite".to_owned()),
                    (UserPoolTierType::Essentials, "Essentials".to_owned()),
                    (UserPoolTierType::Plus, "Plus".to_owned()),
                ];
                widgets::choice(
                    ui,
                    &mut self.form.tier,
                    &options,
                    Field::new("Feature plan").member("UserPoolTier"),
                );
                let help = "While it is active, the user pool cannot be deleted";
                widgets::toggle(ui, &mut self.form.protected, "Deletion protection", help, false);
                let t = theme::tokens(ui);
                ui.label(t.label("Tags"));
                let mut gone = None;
                for (index, (key, value)) in self.form.tags.iter_mut().enumerate() {
                    ui.horizontal(|ui| {
                        let edit = |value, hint: &str| {
                            egui::TextEdit::singleline(value)
                                .hint_text(hint.to_owned())
                                .desired_width(220.0)
                                .margin(egui::Margin::symmetric(10, 7))
                        };
                        ui.add(edit(key, "Key").char_limit(128))
                            .accessible_name(format!("Key of tag {}", index + 1));
                        ui.add(edit(value, "Value").char_limit(256))
                            .accessible_name(format!("Value of tag {}", index + 1));
                        let name = format!("Remove tag {}", index + 1);
                        if ui.add(IconButton::new(Icon::X, &name)).clicked() {
                            gone = Some(index);
                        }
                    });
                }
                if let Some(gone) = gone {
                    self.form.tags.remove(gone);
                }
                let more = self.form.tags.len() < 50;
                if ui
                    .add_enabled(more, Button::new("Add tag").icon(Icon::Plus).small())
                    .clicked()
                {
                    self.form.tags.push((String::new(), String::new()));
                }
            },
        );
    }

    fn client(&mut self, ui: &mut Ui) {
        widgets::card(
            ui,
            "First app client",
            "",
            |_| {},
            |ui| {
                let help = "Applications need one to sign users in";
                widgets::toggle(
                    ui,
                    &mut self.form.with_client,
                    "Create an app client with the user pool",
                    help,
                    false,
                );
                if self.form.with_client {
                    self.form.client.ui(ui);
                }
            },
        );
    }

    fn summary(&self, ui: &mut Ui) {
        widgets::card(
            ui,
            "What is permanent",
            "Look twice; everything else can be changed",
            |_| {},
            |ui| {
                let t = theme::tokens(ui);
                ui.spacing_mut().item_spacing.y = 10.0;
                let line = |ui: &mut Ui, key: &str, value: &str| {
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 1.0;
                        ui.label(t.hint(key));
                        ui.add(egui::Label::new(t.body(value)).wrap());
                    });
                };
                let (_, identifier, _) = self.form.identifier.words();
                line(ui, "Sign-in identifier", identifier);
                if self.form.identifier == Identifier::Username {
                    let aliases: Vec<&str> = [
                        (self.form.alias_email, "e-mail address"),
                        (self.form.alias_phone, "phone number"),
                        (self.form.alias_preferred, "preferred username"),
                    ]
                    .into_iter()
                    .filter_map(|(on, name)| on.then_some(name))
                    .collect();
                    line(
                        ui,
                        "Aliases",
                        &if aliases.is_empty() {
                            "none".to_owned()
                        } else {
                            aliases.join(", ")
                        },
                    );
                }
                line(
                    ui,
                    "Letters",
                    if self.form.case_sensitive {
                        "Capital and small differ"
                    } else {
                        "Capital and small are the same"
                    },
                );
                let required: BTreeSet<&str> = self
                    .form
                    .required
                    .iter()
                    .copied()
                    .chain(self.form.demanded().iter().copied())
                    .collect();
                let required: Vec<&str> = required.into_iter().collect();
                line(
                    ui,
                    "Required attributes",
                    &if required.is_empty() {
                        "none".to_owned()
                    } else {
                        required.join(", ")
                    },
                );
                let custom: Vec<String> = self
                    .form
                    .custom
                    .iter()
                    .map(|attribute| format!("custom:{}", attribute.name))
                    .collect();
                if !custom.is_empty() {
                    line(ui, "Custom attributes", &custom.join(", "));
                }
            },
        );
        ui.add_space(size::GAP);
        if self.form.open {
            widgets::banner(
                ui,
                Tone::Warning,
                "Self-registration will be open: anyone can sign up",
                |_| {},
            );
        }
    }
}

//! The engine inside this program: address, keys, outbox, issuer, data, backup.

use egui::Ui;
use egui_extras::Column;

use crate::base::secret::Secret;
use crate::console::command::Toast;
use crate::console::remote::Sent;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{
    self, Answer, Badge, Button, Dialog, Field, IconButton, Listing, TypedConfirmation,
};
use crate::wire::engine::{
    CreateAccessKeyRequest, CreateAccessKeyResponse, DeleteAccessKeyRequest, EngineSettingsType,
    GetAccessKeySecretRequest, GetAccessKeySecretResponse, GetEngineInfoRequest, GetEngineSettingsRequest,
    IssuerType, ListAccessKeysRequest, ListAccessKeysResponse, ListOutboxRequest, ListOutboxResponse,
    OutboxMessageType, SetEngineSettingsRequest,
};
use crate::wire::idp::ListUserPoolsRequest;

mod data;

/// Address, keys, outbox, backup.
#[derive(Default)]
pub struct LocalEngine {
    tab: Tab,
    /// The secret being shown: the key it belongs to, and itself once it is known.
    shown: Option<(String, Sent<GetAccessKeySecretResponse>, Option<Secret>)>,
    creating: Option<Sent<CreateAccessKeyResponse>>,
    made: Option<(String, Secret)>,
    deleting: Option<(String, TypedConfirmation)>,
    rotating: Option<String>,
    deletion: Option<Sent<crate::wire::NoOutput>>,
    outbox: Listing,
    message: Option<OutboxMessageType>,
    filter: String,
    settings: Option<EngineSettingsType>,
    saving: Option<Sent<crate::wire::NoOutput>>,
    data: data::Data,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Engine,
    AccessKeys,
    Outbox,
    Data,
}

impl Screen for LocalEngine {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let here = cx.connection.engine.is_some();
        let name = if here { "Local engine" } else { "Engine" };
        let subtitle = if here {
            "The engine inside this program"
        } else {
            "The engine behind this connection, when it is one of ours"
        };
        widgets::header(ui, name, subtitle, |ui| {
            if self.tab == Tab::Outbox && ui.add(Button::new("Refresh").icon(Icon::RefreshCw)).clicked() {
                cx.refresh(&["ListOutbox"]);
            }
            if self.tab == Tab::AccessKeys {
                let busy = self.creating.is_some();
                if ui
                    .add(Button::primary("Create access key").icon(Icon::Plus).busy(busy))
                    .clicked()
                {
                    self.creating = Some(cx.change(
                        CreateAccessKeyRequest {},
                        "Access key created",
                        "The access key was not created",
                        &["ListAccessKeys"],
                    ));
                }
            }
        });
        let tabs = [
            (Tab::Engine, "Engine"),
            (Tab::AccessKeys, "Access keys"),
            (Tab::Outbox, "Outbox"),
            (Tab::Data, "Data and backup"),
        ];
        widgets::tabs(ui, &mut self.tab, &tabs);
        match self.tab {
            Tab::Engine => self.engine(ui, cx),
            Tab::AccessKeys => self.access_keys(ui, cx),
            Tab::Outbox => self.messages(ui, cx),
            Tab::Data => self.data.ui(ui, cx),
        }
        self.dialogs(ui, cx);
    }

    fn unsaved(&self) -> Option<String> {
        self.settings
            .as_ref()
            .map(|_| "Local engine: settings not saved".to_owned())
    }
}

impl LocalEngine {
    fn engine(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let info = cx.get(&GetEngineInfoRequest {});
        let unheard = cx
            .connection
            .engine
            .as_ref()
            .and_then(|engine| engine.unheard.clone());
        let again = widgets::shown(ui, "The engine says nothing of itself", &info, |ui, info| {
            let endpoint = if unheard.is_some() { "" } else { &info.endpoint };
            widgets::form(ui, |ui| {
                widgets::card(
                    ui,
                    "Address",
                    "Where SDKs, browsers and this program reach it",
                    |_| {},
                    |ui| {
                        widgets::facts(ui, cx.commands, |ui, facts| {
                            // An engine that does not listen still has the address it would use.
                            if endpoint.is_empty() {
                                facts.text(ui, "Endpoint", "It listens nowhere; only this window reaches it");
                                if let Some(why) = &unheard {
                                    facts.text(ui, "Reason", &widgets::sentence(why));
                                }
                            } else {
                                facts.code(ui, "Endpoint", endpoint);
                                facts.code(
                                    ui,
                                    "Variable",
                                    &format!("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={endpoint}"),
                                );
                            }
                            facts.code(ui, "Region", &info.default_region);
                            facts.code(ui, "Account", &info.account_id);
                            facts.text(ui, "Version", &info.version);
                            facts.text(
                                ui,
                                "Operations answered",
                                &widgets::grouped_count(info.operations.len()),
                            );
                        });
                    },
                );
                signing_keys(ui, cx, endpoint);
                self.settings(ui, cx);
            });
        });
        if again {
            cx.refresh(&["GetEngineInfo"]);
        }
    }

    fn settings(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let stored = cx.get(&GetEngineSettingsRequest {});
        let Some(answer) = &stored.value else { return };
        let mut edited = self.settings.clone().unwrap_or_else(|| answer.settings.clone());
        let saved = &answer.settings;
        match self.saving.as_ref().and_then(Sent::take) {
            Some(Ok(_)) => {
                self.saving = None;
                self.settings = None;
                return;
            }
            Some(Err(_)) => self.saving = None,
            None => {}
        }
        let dirty = edited != *saved;
        let mut save = false;
        let mut discard = false;
        widgets::card(
            ui,
            "Settings",
            "They hold for every user pool, from the next call on",
            |ui| {
                if dirty {
                    let busy = self.saving.is_some();
                    save = ui.add(Button::primary("Save").small().busy(busy)).clicked();
                    discard = ui.add(Button::new("Discard").small()).clicked();
                }
            },
            |ui| {
                let EngineSettingsType {
                    account_id,
                    default_region,
                    issuer,
                    trust_loopback,
                    enforce_request_rates,
                    // A table of its own would be needed; until then the API alone changes it.
                    log_targets: _,
                } = &mut edited;
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 16.0;
                    ui.vertical(|ui| {
                        ui.set_max_width(220.0);
                        let wrong = (account_id.len() != 12
                            || !account_id.bytes().all(|digit| digit.is_ascii_digit()))
                        .then_some("Twelve digits");
                        let field = Field::new("Account")
                            .help("Stands in every ARN")
                            .most_chars(12)
                            .mono();
                        let changed = *account_id != saved.account_id;
                        widgets::text(
                            ui,
                            account_id,
                            field.error(wrong).changed(changed).was(&saved.account_id),
                        );
                    });
                    ui.vertical(|ui| {
                        ui.set_max_width(220.0);
                        let field = Field::new("Default Region")
                            .help("Of calls that name none")
                            .most_chars(32)
                            .mono();
                        let changed = *default_region != saved.default_region;
                        widgets::text(
                            ui,
                            default_region,
                            field.changed(changed).was(&saved.default_region),
                        );
                    });
                });
                let t = theme::tokens(ui);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    ui.label(t.label("Issuer in tokens"));
                    let help = "What OpenID Connect discovery needs";
                    widgets::radio(
                        ui,
                        issuer,
                        IssuerType::Endpoint,
                        "The address of this engine",
                        help,
                    );
                    let help = "For libraries that insist on the vendor's form, such as aws-jwt-verify";
                    widgets::radio(ui, issuer, IssuerType::Vendor, "The vendor's address", help);
                });
                let help = "Programs on this computer may sign with any access key; nobody else can";
                let changed = *trust_loopback != saved.trust_loopback;
                widgets::toggle(
                    ui,
                    trust_loopback,
                    "Trust callers on this computer",
                    help,
                    changed,
                );
                let help = "Programs that send more than the vendor's quotas allow are slowed down";
                let changed = *enforce_request_rates != saved.enforce_request_rates;
                widgets::toggle(ui, enforce_request_rates, "Enforce request rates", help, changed);
            },
        );
        if save {
            let request = SetEngineSettingsRequest {
                settings: edited.clone(),
            };
            let refreshes: &[&'static str] = &["GetEngineSettings", "GetEngineInfo", "GetUserPoolIssuer"];
            self.saving = Some(cx.change(
                request,
                "Settings saved",
                "The settings were not saved",
                refreshes,
            ));
        }
        self.settings = if discard {
            None
        } else {
            (edited != *saved).then_some(edited)
        };
    }

    fn access_keys(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let keys = cx.get(&ListAccessKeysRequest {});
        let again = widgets::shown(ui, "The access keys could not be listed", &keys, |ui, answer| {
            widgets::form(ui, |ui| self.key_cards(ui, cx, answer));
        });
        if again {
            cx.refresh(&["ListAccessKeys"]);
        }
    }

    fn key_cards(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, answer: &ListAccessKeysResponse) {
        let t = theme::tokens(ui);
        if answer.access_keys.is_empty() {
            widgets::empty(
                ui,
                Icon::KeyRound,
                "No access keys",
                "Programs sign their calls with an access key. Create one to let a program in.",
                None,
            );
            return;
        }
        let now = cx.now();
        for key in &answer.access_keys {
            let id = &key.access_key_id;
            let stored = key.creation_date.is_some();
            let (mut delete, mut rotate) = (false, false);
            widgets::card(
                ui,
                "",
                "",
                |_| {},
                |ui| {
                    ui.horizontal(|ui| {
                        widgets::icon(ui, Icon::KeyRound, t.text3);
                        ui.label(t.code(id).color(t.text1));
                        let name = format!("Copy {id}");
                        if ui.add(IconButton::new(Icon::Copy, &name).small()).clicked() {
                            cx.copy("Access key ID", id.clone());
                        }
                        if key.active {
                            widgets::badge(ui, Badge::Ok, Icon::CircleCheck, "Active");
                        } else {
                            widgets::badge(ui, Badge::Gray, Icon::Ban, "Inactive");
                        }
                        ui.label(t.hint(format!("from {}", key.source)));
                        widgets::ago(ui, now, key.creation_date);
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            let name = format!("Delete {id}…");
                            delete = ui
                                .add_enabled(stored, IconButton::new(Icon::Trash2, &name).danger())
                                .clicked();
                            let name = format!("Rotate {id}…");
                            rotate = ui
                                .add_enabled(stored, IconButton::new(Icon::RotateCw, &name))
                                .clicked();
                        });
                    });
                    ui.horizontal(|ui| {
                        ui.add_space(24.0);
                        ui.label(t.hint("Secret"));
                        let secret = self
                            .shown
                            .as_ref()
                            .filter(|(shown, ..)| shown == id)
                            .and_then(|(_, _, secret)| secret.clone());
                        let text = secret
                            .as_ref()
                            .map_or_else(|| "•".repeat(40), |secret| secret.expose().to_owned());
                        ui.add(egui::Label::new(t.code(text)).truncate());
                        let (sign, name) = if secret.is_some() {
                            (Icon::EyeOff, format!("Hide the secret of {id}"))
                        } else {
                            (Icon::Eye, format!("Show the secret of {id}"))
                        };
                        if ui
                            .add_enabled(stored, IconButton::new(sign, &name).small())
                            .clicked()
                        {
                            self.shown = match secret {
                                Some(_) => None,
                                None => {
                                    let request = GetAccessKeySecretRequest {
                                        access_key_id: id.clone(),
                                    };
                                    Some((id.clone(), cx.change_quietly(request, &[]), None))
                                }
                            };
                        } else if let Some(secret) = secret {
                            let name = format!("Copy the secret of {id}");
                            if ui.add(IconButton::new(Icon::Copy, &name).small()).clicked() {
                                cx.copy("Secret access key", secret.expose());
                            }
                        }
                    });
                },
            );
            if delete {
                self.deleting = Some((id.clone(), TypedConfirmation::default()));
            }
            if rotate {
                self.rotating = Some(id.clone());
            }
        }
    }

    /// Asks, then makes a key and takes the old one away; the new one is there before the old one goes.
    fn rotate(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) {
        let Some(id) = self.rotating.clone() else { return };
        let title = format!("Rotate access key {id}");
        let answer = Dialog::new(&title, "Rotate").width(440.0).danger().show(ui.ctx(), |ui| {
            let t = theme::tokens(ui);
            let effect = "A new key is made and this one removed. Programs that sign with it are refused from then on.";
            ui.add(egui::Label::new(t.body(effect)).wrap());
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.rotating = None,
            Answer::Confirmed => {
                self.rotating = None;
                self.creating = Some(cx.work(
                    |driver| async move {
                        let made = driver.call(&CreateAccessKeyRequest {}).await?;
                        driver.call(&DeleteAccessKeyRequest { access_key_id: id }).await?;
                        Ok(made)
                    },
                    |effects, outcome| {
                        effects.refresh(&["ListAccessKeys"]);
                        match outcome {
                            Ok(_) => effects.toast(Toast::ok("Access key rotated")),
                            Err(reason) => {
                                effects.toast(Toast::failed("The access key was not rotated", reason));
                            }
                        }
                    },
                ));
            }
        }
    }

    fn messages(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        let request = ListOutboxRequest {
            max_results: Some(500),
            ..Default::default()
        };
        let outbox = cx.get(&request);
        egui::Frame::NONE
            .inner_margin(egui::Margin::symmetric(24, 10))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    widgets::search(
                        ui,
                        &mut self.filter,
                        "Filter by address, purpose or subject",
                        320.0,
                    );
                    ui.label(t.hint("Messages stay here; the local engine sends none"));
                });
            });
        widgets::hairline(ui);
        let again = widgets::shown(ui, "The outbox could not be read", &outbox, |ui, answer| {
            self.outbox_list(ui, cx, answer);
        });
        if again {
            cx.refresh(&["ListOutbox"]);
        }
    }

    fn outbox_list(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, answer: &ListOutboxResponse) {
        let t = theme::tokens(ui);
        if answer.messages.is_empty() {
            let sentence =
                "Codes, invitations and temporary passwords appear here when users sign up or are invited.";
            widgets::empty(ui, Icon::Inbox, "No messages yet", sentence, None);
            return;
        }
        let folded = self.filter.to_lowercase();
        let rows: Vec<&OutboxMessageType> = answer
            .messages
            .iter()
            .filter(|message| {
                [&message.destination, &message.purpose, &message.subject]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&folded))
            })
            .collect();
        if rows.is_empty() {
            if widgets::nothing_found(ui) {
                self.filter.clear();
            }
            return;
        }
        let now = cx.now();
        let heads = [
            ("To", Column::exact(264.0)),
            ("Purpose", Column::exact(150.0)),
            ("Code", Column::exact(262.0)),
            ("Subject", Column::remainder().at_least(140.0)),
            ("Sent", Column::exact(120.0)),
        ];
        let key = |row: usize| {
            rows.get(row)
                .map(|message| message.message_id.clone())
                .unwrap_or_default()
        };
        let name = |row: usize| {
            rows.get(row)
                .map(|message| format!("{} to {}", message.purpose, message.destination))
                .unwrap_or_default()
        };
        let mut copied = None;
        let listed = self.outbox.show(
            ui,
            "Outbox",
            &heads,
            rows.len(),
            false,
            key,
            name,
            |ui, row, column| {
                let Some(message) = rows.get(row) else { return };
                match column {
                    0 => {
                        let sign = if message.delivery_medium == "SMS" {
                            Icon::MessageSquare
                        } else {
                            Icon::Mail
                        };
                        widgets::icon(ui, sign, t.text3);
                        ui.add(
                            egui::Label::new(t.body(&message.destination))
                                .truncate()
                                .selectable(false),
                        );
                    }
                    1 => {
                        ui.add(
                            egui::Label::new(t.body(&message.purpose))
                                .truncate()
                                .selectable(false),
                        );
                    }
                    2 => {
                        if let Some(code) = &message.code {
                            let room = (ui.available_width() - 32.0).max(40.0);
                            ui.scope(|ui| {
                                ui.set_max_width(room);
                                let code = t.code(code.expose()).color(t.text1);
                                ui.add(egui::Label::new(code).truncate());
                            });
                            let label = format!("Copy the code for {}", message.destination);
                            if ui.add(IconButton::new(Icon::Copy, &label).small()).clicked() {
                                copied = Some(code.clone());
                            }
                        }
                    }
                    3 => {
                        ui.add(
                            egui::Label::new(t.hint(&message.subject))
                                .truncate()
                                .selectable(false),
                        );
                    }
                    _ => {
                        widgets::ago(ui, now, Some(message.creation_date));
                    }
                }
            },
        );
        if let Some(code) = copied {
            cx.copy("Code", code.expose());
        } else if let Some(message) = listed.opened.and_then(|row| rows.get(row)) {
            self.message = Some((*message).clone());
        }
    }

    fn dialogs(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        if let Some((_, sent, secret)) = &mut self.shown
            && let Some(outcome) = sent.take()
        {
            match outcome {
                Ok(answer) => *secret = Some(answer.secret_access_key),
                Err(reason) => cx.toast(Toast::failed("The secret was not told", &reason)),
            }
        }
        match self.creating.as_ref().and_then(Sent::take) {
            Some(Ok(answer)) => {
                self.creating = None;
                self.made = Some((answer.access_key.access_key_id, answer.secret_access_key));
            }
            Some(Err(_)) => self.creating = None,
            None => {}
        }
        if let Some((id, secret)) = &self.made {
            let dialog = Dialog::new("Access key created", "Done").only_verb();
            let answer = dialog.show(ui.ctx(), |ui| {
                widgets::facts(ui, cx.commands, |ui, facts| {
                    facts.code(ui, "Access key ID", id);
                    facts.code(ui, "Secret access key", secret.expose());
                });
                widgets::code_block(
                    ui,
                    &format!(
                        "[profile poolhouse]\naws_access_key_id = {id}\naws_secret_access_key = {}",
                        secret.expose()
                    ),
                );
            });
            if answer != Answer::Open {
                self.made = None;
            }
        }
        if let Some(outcome) = self.deletion.as_ref().and_then(Sent::take) {
            self.deletion = None;
            if outcome.is_ok() {
                self.deleting = None;
            }
        }
        self.rotate(ui, cx);
        if let Some((id, confirmation)) = &mut self.deleting {
            let title = format!("Delete access key {id}");
            let effect = "Programs that sign with it are refused from then on. This cannot be undone.";
            let busy = self.deletion.is_some();
            match confirmation.show(ui.ctx(), &title, "Delete access key", effect, id, busy) {
                Answer::Open => {}
                Answer::Cancelled => self.deleting = None,
                Answer::Confirmed => {
                    let request = DeleteAccessKeyRequest {
                        access_key_id: id.clone(),
                    };
                    let done = format!("Access key {id} deleted");
                    self.deletion = Some(cx.change(
                        request,
                        done,
                        "The access key was not deleted",
                        &["ListAccessKeys"],
                    ));
                }
            }
        }
        if let Some(message) = &self.message {
            let title = if message.subject.is_empty() {
                message.purpose.clone()
            } else {
                message.subject.clone()
            };
            let dialog = Dialog::new(&title, "Close").only_verb();
            let answer = dialog.show(ui.ctx(), |ui| {
                widgets::facts(ui, cx.commands, |ui, facts| {
                    facts.code(ui, "To", &message.destination);
                    facts.text(ui, "Purpose", &message.purpose);
                    facts.code(ui, "User pool", &message.user_pool_id);
                    if let Some(code) = &message.code {
                        facts.code(ui, "Code", code.expose());
                    }
                });
                widgets::code_block(ui, message.body.expose());
            });
            if answer != Answer::Open {
                self.message = None;
            }
        }
    }
}

fn signing_keys(ui: &mut Ui, cx: &mut ScreenCx<'_>, endpoint: &str) {
    let pools = cx.get_all(&ListUserPoolsRequest {
        max_results: 60,
        ..Default::default()
    });
    let pools = pools
        .value
        .as_ref()
        .and_then(|list| list.user_pools.clone())
        .unwrap_or_default();
    if endpoint.is_empty() || pools.is_empty() {
        return;
    }
    widgets::card(
        ui,
        "Token signing keys",
        "What libraries check tokens with",
        |_| {},
        |ui| {
            widgets::facts(ui, cx.commands, |ui, facts| {
                for pool in pools.iter().take(20) {
                    let Some(id) = &pool.id else { continue };
                    let name = pool.name.as_deref().unwrap_or(id);
                    facts.code(ui, name, &format!("{endpoint}/{id}/.well-known/jwks.json"));
                }
            });
        },
    );
}

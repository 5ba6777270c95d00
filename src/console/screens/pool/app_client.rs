//! One app client: its settings and its secret.

use egui::Ui;

use super::app_clients::{kind_badge, url_wrong};
use super::settings::name_wrong;
use crate::console::command::{Toast, Tone};
use crate::console::draft::Draft;
use crate::console::remote::Sent;
use crate::console::route::Page;
use crate::console::screens::{Edit, Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, Field, IconButton, Kind, TypedConfirmation};
use crate::driver::CallError;
use crate::rules::attributes;
use crate::wire::idp::{
    DeleteUserPoolClientRequest, DescribeUserPoolClientRequest, ExplicitAuthFlowsType, FeatureType,
    OAuthFlowType, PreventUserExistenceErrorTypes, TimeUnitsType, UpdateUserPoolClientRequest,
    UserPoolClientType,
};

mod secrets;

/// Its settings and secret.
pub struct AppClient {
    client_id: String,
    tab: Tab,
    secret_seen: bool,
    deleting: Option<TypedConfirmation>,
    sent: Option<Sent<()>>,
    secrets: secrets::Secrets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    General,
    LoginPages,
    Attributes,
}

impl AppClient {
    /// The page of one.
    pub fn new(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            tab: Tab::General,
            secret_seen: false,
            deleting: None,
            sent: None,
            secrets: secrets::Secrets::default(),
        }
    }
}

impl Screen for AppClient {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let asked = DescribeUserPoolClientRequest {
            user_pool_id: cx.pool_id(),
            client_id: self.client_id.clone(),
        };
        let stored = cx.get(&asked);
        let client = stored
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool_client.clone())
            .unwrap_or_default();
        let name = client
            .client_name
            .clone()
            .unwrap_or_else(|| self.client_id.clone());
        let read_only = cx.is_read_only();
        let mut delete = false;
        widgets::header(ui, &name, &format!("App client {}", self.client_id), |ui| {
            let button = Button::new("Delete…").kind(Kind::DangerQuiet).icon(Icon::Trash2);
            delete = ui
                .add_enabled(!read_only && stored.value.is_some(), button)
                .clicked();
            if ui
                .add(Button::ghost("All app clients").icon(Icon::ArrowLeft))
                .clicked()
            {
                cx.go_to(Page::AppClients);
            }
        });
        let tabs = [
            (Tab::General, "General"),
            (Tab::LoginPages, "Login pages"),
            (Tab::Attributes, "Attribute permissions"),
        ];
        widgets::tabs(ui, &mut self.tab, &tabs);
        let schema = cx
            .pool()
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.as_ref())
            .map(attributes::schema_of)
            .unwrap_or_default();
        let names: Vec<String> = schema
            .into_iter()
            .filter_map(|attribute| attribute.name)
            .collect();
        if !cx.is_there::<UpdateUserPoolClientRequest>(ui, &asked, "The app client could not be read") {
            return;
        }
        widgets::form(ui, |ui| {
            if self.tab == Tab::General && stored.value.is_some() {
                self.identity(ui, cx, &client);
                if client.client_secret.is_some() {
                    self.secrets.card(ui, cx, &self.client_id);
                }
            }
            match cx.edit::<UpdateUserPoolClientRequest>(&asked) {
                Edit::Loading(_) | Edit::Failed(_) => {}
                Edit::Ready(draft) => {
                    ui.add_enabled_ui(!read_only, |ui| match self.tab {
                        Tab::General => {
                            general(ui, draft);
                            flows(ui, draft);
                            tokens(ui, draft);
                            security(ui, draft);
                        }
                        Tab::LoginPages => login_pages(ui, draft, client.client_secret.is_some()),
                        Tab::Attributes => permissions(ui, draft, &names),
                    });
                }
            }
        });
        if delete {
            self.deleting = Some(TypedConfirmation::default());
        }
        self.confirm_deletion(ui, cx, &name);
    }
}

impl AppClient {
    fn identity(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, client: &UserPoolClientType) {
        let now = cx.now();
        let mut toggle = false;
        let mut copy_secret = false;
        widgets::card(
            ui,
            "App client",
            "What the application presents",
            |ui| kind_badge(ui, client),
            |ui| {
                let seen = self.secret_seen;
                widgets::facts(ui, cx.commands, |ui, facts| {
                    facts.code(ui, "Client ID", &self.client_id);
                    facts.row(ui, "Client secret", |ui| {
                        let t = theme::tokens(ui);
                        match &client.client_secret {
                            None => {
                                ui.label(t.hint("None; a secret can only be had from the beginning"));
                                widgets::permanent(ui);
                            }
                            Some(secret) => {
                                let shown = if seen {
                                    secret.expose().to_owned()
                                } else {
                                    "•".repeat(24)
                                };
                                ui.add(egui::Label::new(t.code(shown)).truncate());
                                let (sign, name) = if seen {
                                    (Icon::EyeOff, "Hide the secret")
                                } else {
                                    (Icon::Eye, "Show the secret")
                                };
                                toggle = ui.add(IconButton::new(sign, name).small()).clicked();
                                copy_secret = ui
                                    .add(IconButton::new(Icon::Copy, "Copy the secret").small())
                                    .clicked();
                            }
                        }
                    });
                    facts.row(ui, "Created", |ui| {
                        widgets::ago(ui, now, client.creation_date);
                    });
                    facts.row(ui, "Last changed", |ui| {
                        widgets::ago(ui, now, client.last_modified_date);
                    });
                });
            },
        );
        if toggle {
            self.secret_seen = !self.secret_seen;
        }
        if copy_secret && let Some(secret) = &client.client_secret {
            cx.copy("Client secret", secret.expose());
        }
    }

    fn confirm_deletion(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, name: &str) {
        if let Some(outcome) = self.sent.as_ref().and_then(Sent::take) {
            self.sent = None;
            if outcome.is_ok() {
                self.deleting = None;
            }
        }
        let Some(confirmation) = &mut self.deleting else {
            return;
        };
        let title = format!("Delete app client {name}");
        let effect = "Applications that use it can no longer sign users in, and its branding is lost. This cannot be undone.";
        match confirmation.show(
            ui.ctx(),
            &title,
            "Delete app client",
            effect,
            name,
            self.sent.is_some(),
        ) {
            Answer::Open => {}
            Answer::Cancelled => self.deleting = None,
            Answer::Confirmed => {
                let request = DeleteUserPoolClientRequest {
                    user_pool_id: cx.pool_id(),
                    client_id: self.client_id.clone(),
                };
                let name = name.to_owned();
                let gone = DescribeUserPoolClientRequest {
                    user_pool_id: request.user_pool_id.clone(),
                    client_id: request.client_id.clone(),
                };
                let back = crate::console::route::Route::pool(cx.pool_id(), Page::AppClients);
                self.sent = Some(cx.work(
                    |driver| async move { driver.call(&request).await.map(|_| ()) },
                    move |effects, outcome: &Result<(), CallError>| match outcome {
                        Ok(()) => {
                            effects.refresh(&["ListUserPoolClients"]);
                            effects.toast(Toast::ok(format!("App client {name} deleted")));
                            effects.go(back);
                            effects.deleted(&gone);
                        }
                        Err(reason) => effects.toast(Toast::failed(
                            format!("App client {name} was not deleted"),
                            reason,
                        )),
                    },
                ));
            }
        }
    }
}

type ClientDraft = Draft<UpdateUserPoolClientRequest>;

fn general(ui: &mut Ui, draft: &mut ClientDraft) {
    let was = draft.saved.client_name.clone().unwrap_or_default();
    let mut name = draft.edited.client_name.clone().unwrap_or_default();
    widgets::card(
        ui,
        "Name",
        "",
        |_| {},
        |ui| {
            let wrong = name_wrong(&name);
            let field = Field::new("App client name")
                .member("ClientName")
                .limited_by("UpdateUserPoolClient", "ClientName")
                .changed(name != was)
                .was(&was)
                .error(wrong);
            if widgets::text(ui, &mut name, field).changed() {
                draft.edited.client_name = Some(name.clone());
            }
        },
    );
}

fn flows(ui: &mut Ui, draft: &mut ClientDraft) {
    use ExplicitAuthFlowsType as Flow;
    const FLOWS: [(Flow, &str, &str); 6] = [
        (
            Flow::AllowUserSrpAuth,
            "Secure Remote Password (SRP)",
            "The password never leaves the application",
        ),
        (
            Flow::AllowUserPasswordAuth,
            "Username and password",
            "The application sends the password itself",
        ),
        (
            Flow::AllowAdminUserPasswordAuth,
            "Server-side username and password",
            "With administrator's credentials",
        ),
        (
            Flow::AllowUserAuth,
            "Choice-based",
            "The user chooses among the first factors of the pool",
        ),
        (Flow::AllowCustomAuth, "Custom", "With challenges of your own"),
        (Flow::AllowRefreshTokenAuth, "Refresh tokens", ""),
    ];
    widgets::card(
        ui,
        "Authentication flows",
        "The ways this application may sign users in",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            for (flow, name, help) in &FLOWS {
                widgets::check_member(ui, &mut draft.edited.explicit_auth_flows, flow, name, help);
            }
            let others: Vec<String> = draft
                .edited
                .explicit_auth_flows
                .iter()
                .flatten()
                .filter(|flow| !FLOWS.iter().any(|(known, ..)| known == *flow))
                .map(|flow| flow.as_str().to_owned())
                .collect();
            if !others.is_empty() {
                let t = theme::tokens(ui);
                ui.horizontal_wrapped(|ui| {
                    ui.label(t.hint("Also set:"));
                    for other in &others {
                        widgets::chip(ui, other);
                    }
                });
            }
        },
    );
}

fn tokens(ui: &mut Ui, draft: &mut ClientDraft) {
    widgets::card(
        ui,
        "Tokens",
        "How long they are good",
        |_| {},
        |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                let units = draft.edited.token_validity_units.clone().unwrap_or_default();
                let saved = draft.saved.token_validity_units.clone().unwrap_or_default();
                let refresh = Validity {
                    label: "Refresh token",
                    help: "60 minutes to 3,650 days",
                    fallback: (30, TimeUnitsType::Days),
                    least_secs: 3600,
                    most_secs: 3650 * 86_400,
                };
                let (value, unit) = refresh.ui(
                    ui,
                    (draft.edited.refresh_token_validity, units.refresh_token.clone()),
                    (draft.saved.refresh_token_validity, saved.refresh_token),
                );
                draft.edited.refresh_token_validity = value;
                set_unit(draft, unit, |units| &mut units.refresh_token);
                let access = Validity {
                    label: "Access token",
                    help: "5 minutes to 1 day",
                    fallback: (1, TimeUnitsType::Hours),
                    least_secs: 300,
                    most_secs: 86_400,
                };
                let (value, unit) = access.ui(
                    ui,
                    (draft.edited.access_token_validity, units.access_token.clone()),
                    (draft.saved.access_token_validity, saved.access_token),
                );
                draft.edited.access_token_validity = value;
                set_unit(draft, unit, |units| &mut units.access_token);
                let id = Validity {
                    label: "ID token",
                    ..access
                };
                let (value, unit) = id.ui(
                    ui,
                    (draft.edited.id_token_validity, units.id_token.clone()),
                    (draft.saved.id_token_validity, saved.id_token),
                );
                draft.edited.id_token_validity = value;
                set_unit(draft, unit, |units| &mut units.id_token);
            });
            let mut minutes = draft.edited.auth_session_validity.unwrap_or(3);
            let changed = draft.differs(|client| client.auth_session_validity);
            let field = Field::new("Sign-in session")
                .help("3 to 15 minutes to answer a challenge")
                .member("AuthSessionValidity")
                .changed(changed);
            if widgets::whole_number(ui, &mut minutes, 3..=15, "minutes", field).changed() {
                draft.edited.auth_session_validity = Some(minutes);
            }
            let rotation = draft.edited.refresh_token_rotation.clone();
            let mut rotates = rotation
                .as_ref()
                .is_some_and(|rotation| rotation.feature == FeatureType::Enabled);
            let changed = draft.differs(|client| client.refresh_token_rotation.clone());
            let help = "Every refresh answers a new refresh token; the old one stops working";
            if widgets::toggle(ui, &mut rotates, "Rotate refresh tokens", help, changed).changed() {
                let mut rotation = rotation.unwrap_or_default();
                rotation.feature = if rotates {
                    FeatureType::Enabled
                } else {
                    FeatureType::Disabled
                };
                draft.edited.refresh_token_rotation = Some(rotation);
            }
            if rotates && let Some(rotation) = &mut draft.edited.refresh_token_rotation {
                let mut grace = rotation.retry_grace_period_seconds.unwrap_or(0);
                let field = Field::new("The old one still works for").help("0 to 60");
                if widgets::whole_number(ui, &mut grace, 0..=60, "seconds", field).changed() {
                    rotation.retry_grace_period_seconds = Some(grace);
                }
            }
        },
    );
}

fn set_unit(
    draft: &mut ClientDraft,
    unit: Option<TimeUnitsType>,
    of: impl Fn(&mut crate::wire::idp::TokenValidityUnitsType) -> &mut Option<TimeUnitsType>,
) {
    if unit.is_some() || draft.edited.token_validity_units.is_some() {
        *of(draft.edited.token_validity_units.get_or_insert_default()) = unit;
    }
}

/// How long a token may be good.
#[derive(Clone)]
struct Validity {
    label: &'static str,
    help: &'static str,
    fallback: (i32, TimeUnitsType),
    least_secs: i64,
    most_secs: i64,
}

impl Validity {
    fn ui(
        &self,
        ui: &mut Ui,
        (mut value, mut unit): (Option<i32>, Option<TimeUnitsType>),
        saved: (Option<i32>, Option<TimeUnitsType>),
    ) -> (Option<i32>, Option<TimeUnitsType>) {
        let changed = (value, unit.clone()) != saved;
        // 0 means the default as well.
        let shown = value.filter(|value| *value > 0);
        let mut number = shown.unwrap_or(self.fallback.0);
        let default_unit = if shown.is_some() {
            // Without a unit a refresh token counts days, the others hours.
            if self.label == "Refresh token" {
                TimeUnitsType::Days
            } else {
                TimeUnitsType::Hours
            }
        } else {
            self.fallback.1.clone()
        };
        let mut chosen = unit.clone().unwrap_or(default_unit);
        let secs = i64::from(number).saturating_mul(match chosen {
            TimeUnitsType::Seconds => 1,
            TimeUnitsType::Minutes => 60,
            TimeUnitsType::Hours => 3600,
            TimeUnitsType::Days => 86_400,
            TimeUnitsType::Unlisted(_) => 0,
        });
        let wrong = (secs < self.least_secs || secs > self.most_secs).then_some(self.help);
        ui.vertical(|ui| {
            ui.set_max_width(220.0);
            let field = Field::new(self.label)
                .help(self.help)
                .changed(changed)
                .error(wrong);
            widgets::labelled(ui, field, |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    let drag = egui::DragValue::new(&mut number)
                        .range(1..=315_360_000)
                        .speed(0.2);
                    if ui
                        .add_sized(egui::vec2(72.0, theme::size::CONTROL), drag)
                        .changed()
                    {
                        value = Some(number);
                        unit = Some(chosen.clone());
                    }
                    ui.spacing_mut().interact_size.y = theme::size::CONTROL;
                    egui::ComboBox::from_id_salt((self.label, "unit"))
                        .width(96.0)
                        .selected_text(chosen.as_str().to_owned())
                        .show_ui(ui, |ui| {
                            for option in TimeUnitsType::ALL {
                                if ui
                                    .selectable_value(&mut chosen, option.clone(), option.as_str())
                                    .changed()
                                {
                                    value = Some(number);
                                    unit = Some(chosen.clone());
                                }
                            }
                        });
                });
            });
        });
        (value, unit)
    }
}

fn security(ui: &mut Ui, draft: &mut ClientDraft) {
    widgets::card(
        ui,
        "Security",
        "",
        |_| {},
        |ui| {
            let read = |client: &UpdateUserPoolClientRequest| {
                client.prevent_user_existence_errors == Some(PreventUserExistenceErrorTypes::Enabled)
            };
            let mut hides = read(&draft.edited);
            let changed = draft.differs(read);
            let help = "An unknown user gets the same answer as a wrong password";
            if widgets::toggle(ui, &mut hides, "Hide whether a user exists", help, changed).changed() {
                draft.edited.prevent_user_existence_errors = Some(if hides {
                    PreventUserExistenceErrorTypes::Enabled
                } else {
                    PreventUserExistenceErrorTypes::Legacy
                });
            }
            let mut revokes = draft.edited.enable_token_revocation.unwrap_or(false);
            let changed = draft.differs(|client| client.enable_token_revocation.unwrap_or(false));
            if widgets::toggle(
                ui,
                &mut revokes,
                "Tokens can be revoked",
                "Adds claims that tie tokens to their origin",
                changed,
            )
            .changed()
            {
                draft.edited.enable_token_revocation = Some(revokes);
            }
            let mut context = draft
                .edited
                .enable_propagate_additional_user_context_data
                .unwrap_or(false);
            let changed = draft.differs(|client| {
                client
                    .enable_propagate_additional_user_context_data
                    .unwrap_or(false)
            });
            let help = "A server may pass on the address of its user; needs a client secret";
            if widgets::toggle(ui, &mut context, "Accept user context data", help, changed).changed() {
                draft.edited.enable_propagate_additional_user_context_data = Some(context);
            }
        },
    );
}

fn login_pages(ui: &mut Ui, draft: &mut ClientDraft, has_secret: bool) {
    widgets::card(
        ui,
        "Hosted pages",
        "",
        |_| {},
        |ui| {
            let mut hosted = draft
                .edited
                .allowed_o_auth_flows_user_pool_client
                .unwrap_or(false);
            let changed =
                draft.differs(|client| client.allowed_o_auth_flows_user_pool_client.unwrap_or(false));
            let help = "The application may send users to the hosted sign-in pages and use OAuth 2.0";
            if widgets::toggle(ui, &mut hosted, "Use the hosted pages", help, changed).changed() {
                draft.edited.allowed_o_auth_flows_user_pool_client = Some(hosted);
            }
            let field = Field::new("Callback URLs")
                .help("https, http for localhost, or an application's own scheme; at most 100")
                .member("CallbackURLs")
                .mono();
            widgets::text_list(ui, &mut draft.edited.callback_urls, 100, field, url_wrong);
            let callbacks = draft.edited.callback_urls.clone().unwrap_or_default();
            if callbacks.len() > 1 {
                let mut options: Vec<(Option<String>, String)> = vec![(None, "None".to_owned())];
                options.extend(callbacks.into_iter().map(|url| (Some(url.clone()), url)));
                let field = Field::new("Default callback URL")
                    .member("DefaultRedirectURI")
                    .width(420.0);
                widgets::choice(ui, &mut draft.edited.default_redirect_uri, &options, field);
            }
            let field = Field::new("Sign-out URLs")
                .help("Where users may go after signing out; at most 100")
                .member("LogoutURLs")
                .mono();
            widgets::text_list(ui, &mut draft.edited.logout_urls, 100, field, url_wrong);
        },
    );
    widgets::card(
        ui,
        "OAuth 2.0 grants",
        "",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let flows = &mut draft.edited.allowed_o_auth_flows;
            let machine = flows
                .iter()
                .flatten()
                .any(|flow| *flow == OAuthFlowType::ClientCredentials);
            ui.add_enabled_ui(!machine, |ui| {
                widgets::check_member(
                    ui,
                    flows,
                    &OAuthFlowType::Code,
                    "Authorization code",
                    "With PKCE for applications without a secret",
                );
                widgets::check_member(
                    ui,
                    flows,
                    &OAuthFlowType::Implicit,
                    "Implicit",
                    "Tokens in the address; for old applications only",
                );
            });
            let users = flows
                .iter()
                .flatten()
                .any(|flow| *flow != OAuthFlowType::ClientCredentials);
            ui.add_enabled_ui(has_secret && !users, |ui| {
                let help = "For machines; excludes the others and needs a secret and a custom scope";
                widgets::check_member(
                    ui,
                    flows,
                    &OAuthFlowType::ClientCredentials,
                    "Client credentials",
                    help,
                );
            });
        },
    );
    widgets::card(
        ui,
        "Scopes",
        "What an application may ask for",
        |_| {},
        |ui| {
            const SCOPES: [(&str, &str); 5] = [
                ("openid", "An ID token"),
                ("email", "The e-mail address and whether it is verified"),
                ("phone", "The phone number and whether it is verified"),
                ("profile", "Every attribute the app client may read"),
                ("aws.cognito.signin.user.admin", "Calls on the user's own account"),
            ];
            ui.spacing_mut().item_spacing.y = 4.0;
            for (scope, help) in SCOPES {
                widgets::check_member(
                    ui,
                    &mut draft.edited.allowed_o_auth_scopes,
                    &scope.to_owned(),
                    scope,
                    help,
                );
            }
            let custom: Vec<String> = draft
                .edited
                .allowed_o_auth_scopes
                .iter()
                .flatten()
                .filter(|scope| !SCOPES.iter().any(|(known, _)| known == scope))
                .cloned()
                .collect();
            for scope in custom {
                widgets::check_member(ui, &mut draft.edited.allowed_o_auth_scopes, &scope, &scope, "");
            }
        },
    );
}

fn permissions(ui: &mut Ui, draft: &mut ClientDraft, names: &[String]) {
    let unset = draft.edited.write_attributes.is_none();
    if unset {
        widgets::banner(
            ui,
            Tone::Warning,
            "No list is set: the application may write every mutable attribute, custom ones included",
            |ui| {
                if ui.add(Button::new("Set lists").small()).clicked() {
                    let writable =
                        |name: &&String| !attributes::is_verified_flag(name) && name.as_str() != "sub";
                    draft.edited.read_attributes = Some(names.to_vec());
                    draft.edited.write_attributes = Some(names.iter().filter(writable).cloned().collect());
                }
            },
        );
    }
    widgets::card(
        ui,
        "Attribute permissions",
        "What the application may read and write of its users",
        |_| {},
        |ui| {
            let t = theme::tokens(ui);
            egui::Grid::new("permissions")
                .num_columns(3)
                .spacing([32.0, 4.0])
                .min_col_width(64.0)
                .show(ui, |ui| {
                    ui.label(t.caption("Attribute"));
                    ui.label(t.caption("Read"));
                    ui.label(t.caption("Write"));
                    ui.end_row();
                    for name in names {
                        ui.label(t.code(name).color(t.text1));
                        permission(ui, &mut draft.edited.read_attributes, name, "read", true);
                        let writable = !attributes::is_verified_flag(name) && name != "sub";
                        permission(ui, &mut draft.edited.write_attributes, name, "write", writable);
                        ui.end_row();
                    }
                });
        },
    );
}

fn permission(ui: &mut Ui, list: &mut Option<Vec<String>>, name: &String, verb: &str, allowed: bool) {
    // An absent list allows what is allowed at all.
    let mut ticked = allowed && list.as_ref().is_none_or(|list| list.contains(name));
    ui.add_enabled_ui(allowed && list.is_some(), |ui| {
        let tick = ui
            .checkbox(&mut ticked, "")
            .accessible_name(format!("May {verb} {name}"));
        if tick.changed()
            && let Some(list) = list
        {
            list.retain(|present| present != name);
            if ticked {
                list.push(name.clone());
            }
        }
    });
}

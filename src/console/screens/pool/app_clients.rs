//! The app clients of a user pool.

use egui::Ui;
use egui_extras::Column;

use super::settings::name_wrong;
use crate::console::remote::Sent;
use crate::console::route::Page;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, Field, IconButton, Listing};
use crate::wire::idp::{
    CreateUserPoolClientRequest, CreateUserPoolClientResponse, DescribeUserPoolClientRequest,
    ExplicitAuthFlowsType, ListUserPoolClientsRequest, OAuthFlowType, PreventUserExistenceErrorTypes,
    UserPoolClientDescription, UserPoolClientType,
};

/// The list.
#[derive(Default)]
pub struct AppClients {
    filter: String,
    listing: Listing,
    creating: Option<NewAppClient>,
    sent: Option<Sent<CreateUserPoolClientResponse>>,
}

/// What an application is; it decides about secret and flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApplicationType {
    /// Runs in a browser and keeps no secret.
    #[default]
    SinglePage,
    /// Runs on a server and keeps a secret.
    TraditionalWeb,
    /// Runs on a phone and keeps no secret.
    Mobile,
    /// Speaks for itself, not for a user.
    MachineToMachine,
}

impl ApplicationType {
    const ALL: [Self; 4] = [
        Self::SinglePage,
        Self::TraditionalWeb,
        Self::Mobile,
        Self::MachineToMachine,
    ];

    fn words(self) -> (Icon, &'static str, &'static str) {
        match self {
            Self::SinglePage => (
                Icon::AppWindow,
                "Single-page app",
                "In a browser, without a secret",
            ),
            Self::TraditionalWeb => (Icon::Server, "Traditional web app", "On a server, with a secret"),
            Self::Mobile => (Icon::Smartphone, "Mobile app", "On a phone, without a secret"),
            Self::MachineToMachine => (
                Icon::Bot,
                "Machine to machine",
                "Speaks for itself, with a secret",
            ),
        }
    }

    /// Tells the type from what is stored.
    pub fn of(client: &UserPoolClientType) -> Self {
        let machine = client
            .allowed_o_auth_flows
            .iter()
            .flatten()
            .any(|flow| *flow == OAuthFlowType::ClientCredentials);
        match (machine, client.client_secret.is_some()) {
            (true, _) => Self::MachineToMachine,
            (false, true) => Self::TraditionalWeb,
            (false, false) => Self::SinglePage,
        }
    }
}

/// An app client as it is being described.
#[derive(Clone, Debug, Default)]
pub struct NewAppClient {
    /// What people call it.
    pub name: String,
    /// Decides about secret and flows.
    pub application: ApplicationType,
    /// Where the hosted pages send users back to; empty for none.
    pub return_url: String,
    /// Whether applications may send the password itself.
    pub plain_password: bool,
}

impl NewAppClient {
    /// Tells whether anything was typed.
    pub fn is_touched(&self) -> bool {
        !self.name.is_empty() || !self.return_url.is_empty()
    }

    /// Draws the fields.
    pub fn ui(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            ui.horizontal(|ui| {
                ui.label(t.label("Application type"));
                ui.label(t.hint("decides whether there is a secret"));
            });
            widgets::tiles(
                ui,
                &mut self.application,
                &ApplicationType::ALL.map(|kind| {
                    let (icon, name, help) = kind.words();
                    (kind, icon, name, help)
                }),
            );
        });
        let wrong = if self.name.is_empty() {
            None
        } else {
            name_wrong(&self.name)
        };
        let field = Field::new("Name")
            .placeholder("web")
            .limited_by("CreateUserPoolClient", "ClientName")
            .error(wrong)
            .member("ClientName");
        widgets::text(ui, &mut self.name, field);
        if self.application == ApplicationType::MachineToMachine {
            ui.label(t.hint(
                "Client credentials need a resource server's scope; choose it after the scope exists.",
            ));
        } else {
            let wrong = if self.return_url.is_empty() {
                None
            } else {
                url_wrong(&self.return_url)
            };
            let field = Field::new("Return URL")
                .optional()
                .placeholder("https://app.example.com/callback")
                .help("Where the hosted pages send users back to")
                .error(wrong.as_deref())
                .member("CallbackURLs")
                .most_chars(1024)
                .mono();
            widgets::text(ui, &mut self.return_url, field);
            widgets::check(
                ui,
                &mut self.plain_password,
                "Let applications send the password itself",
                "USER_PASSWORD_AUTH beside SRP; needed by users imported with password hashes",
            );
        }
    }

    /// Tells whether it can be sent.
    pub fn is_ready(&self) -> bool {
        name_wrong(&self.name).is_none()
            && (self.return_url.is_empty() || url_wrong(&self.return_url).is_none())
    }

    /// Returns it as it travels.
    pub fn to_wire(&self, user_pool_id: &str) -> CreateUserPoolClientRequest {
        let machine = self.application == ApplicationType::MachineToMachine;
        let secret = matches!(
            self.application,
            ApplicationType::TraditionalWeb | ApplicationType::MachineToMachine
        );
        let mut flows = vec![ExplicitAuthFlowsType::AllowRefreshTokenAuth];
        if !machine {
            flows.push(ExplicitAuthFlowsType::AllowUserSrpAuth);
            if self.plain_password {
                flows.push(ExplicitAuthFlowsType::AllowUserPasswordAuth);
            }
        }
        let hosted = !machine && !self.return_url.is_empty();
        CreateUserPoolClientRequest {
            user_pool_id: user_pool_id.to_owned(),
            client_name: self.name.clone(),
            generate_secret: Some(secret),
            explicit_auth_flows: Some(flows),
            prevent_user_existence_errors: Some(PreventUserExistenceErrorTypes::Enabled),
            enable_token_revocation: Some(true),
            callback_urls: hosted.then(|| vec![self.return_url.clone()]),
            allowed_o_auth_flows: hosted.then(|| vec![OAuthFlowType::Code]),
            allowed_o_auth_scopes: hosted.then(|| ["openid", "email", "profile"].map(str::to_owned).to_vec()),
            allowed_o_auth_flows_user_pool_client: hosted.then_some(true),
            supported_identity_providers: hosted.then(|| vec!["COGNITO".to_owned()]),
            ..Default::default()
        }
    }
}

/// Says what is wrong with a return or sign-out URL.
///
/// Source: CreateUserPoolClient, user pools API reference: absolute, without a fragment,
/// https except for localhost; schemes of applications are allowed.
pub fn url_wrong(url: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Some("Begins with a scheme, such as https://".to_owned());
    };
    if scheme.is_empty()
        || !scheme
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    {
        return Some("The scheme is not one".to_owned());
    }
    if rest.trim_start_matches('/').is_empty() {
        return Some("Something must follow the scheme".to_owned());
    }
    if url.chars().any(char::is_whitespace) {
        return Some("Without spaces".to_owned());
    }
    if url.contains('#') {
        return Some("Without a fragment (#)".to_owned());
    }
    if scheme.eq_ignore_ascii_case("http") {
        let host = rest.trim_start_matches('/');
        let end = host.find([':', '/', '?']).unwrap_or(host.len());
        let host = host.get(..end).unwrap_or(host);
        if !matches!(host, "localhost" | "127.0.0.1") && !host.starts_with("[::1]") {
            return Some("http only for localhost; https elsewhere".to_owned());
        }
    }
    None
}

impl Screen for AppClients {
    fn begin(&mut self) {
        self.creating = Some(NewAppClient::default());
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let request = ListUserPoolClientsRequest {
            user_pool_id: cx.pool_id(),
            max_results: Some(60),
            ..Default::default()
        };
        let clients = cx.get_all(&request);
        let count = clients
            .value
            .as_ref()
            .and_then(|list| list.user_pool_clients.as_ref())
            .map_or(0, Vec::len);
        widgets::header(ui, "App clients", "The applications that sign users in", |ui| {
            let create = ui.add_enabled(
                !cx.is_read_only(),
                Button::primary("Create app client").icon(Icon::Plus),
            );
            if create.clicked() {
                self.creating = Some(NewAppClient::default());
            }
            if count > 0 {
                widgets::search(ui, &mut self.filter, "Filter by name or id", 220.0);
            }
        });
        let again = widgets::shown(
            ui,
            "The app clients could not be listed",
            &clients,
            |ui, answer| {
                self.list(ui, cx, answer.user_pool_clients.as_deref().unwrap_or_default());
            },
        );
        if again {
            cx.refresh(&["ListUserPoolClients"]);
        }
        self.dialog(ui, cx);
    }

    fn unsaved(&self) -> Option<String> {
        self.creating
            .as_ref()
            .filter(|new| new.is_touched())
            .map(|new| format!("App clients: {} not created", new.name))
    }
}

impl AppClients {
    fn list(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, all: &[UserPoolClientDescription]) {
        if all.is_empty() {
            let create = widgets::empty(
                ui,
                Icon::AppWindow,
                "No app clients yet",
                "An app client is what an application calls itself when it signs users in.",
                Some("Create app client"),
            );
            if create {
                self.creating = Some(NewAppClient::default());
            }
            return;
        }
        let folded = self.filter.to_lowercase();
        let matches = |text: &Option<String>| {
            text.as_ref()
                .is_some_and(|text| text.to_lowercase().contains(&folded))
        };
        let rows: Vec<&UserPoolClientDescription> = all
            .iter()
            .filter(|client| matches(&client.client_name) || matches(&client.client_id))
            .collect();
        if rows.is_empty() {
            if widgets::nothing_found(ui) {
                self.filter.clear();
            }
            return;
        }
        let t = theme::tokens(ui);
        let now = cx.now();
        let pool = cx.pool_id();
        let id = |row: usize| {
            rows.get(row)
                .and_then(|client| client.client_id.clone())
                .unwrap_or_default()
        };
        let name = |row: usize| {
            rows.get(row)
                .and_then(|client| client.client_name.clone())
                .unwrap_or_default()
        };
        let heads = [
            ("Name", Column::remainder().at_least(180.0)),
            ("Client ID", Column::exact(290.0)),
            ("Type", Column::exact(190.0)),
            ("Last changed", Column::exact(130.0)),
        ];
        let mut copied = None;
        let listed = self.listing.show(
            ui,
            "App clients",
            &heads,
            rows.len(),
            false,
            id,
            name,
            |ui, row, column| {
                // Only rows in sight ask for their details.
                let details = cx.get(&DescribeUserPoolClientRequest {
                    user_pool_id: pool.clone(),
                    client_id: id(row),
                });
                let client = details
                    .value
                    .as_ref()
                    .and_then(|answer| answer.user_pool_client.as_ref());
                match column {
                    0 => {
                        widgets::icon(ui, Icon::AppWindow, t.text3);
                        ui.add(egui::Label::new(t.strong(name(row))).truncate().selectable(false));
                    }
                    1 => {
                        ui.add(egui::Label::new(t.code(id(row))).selectable(false));
                        let label = format!("Copy the client id of {}", name(row));
                        if ui.add(IconButton::new(Icon::Copy, &label).small()).clicked() {
                            copied = Some(id(row));
                        }
                    }
                    2 => {
                        if let Some(client) = client {
                            kind_badge(ui, client);
                        }
                    }
                    _ => {
                        widgets::ago(ui, now, client.and_then(|client| client.last_modified_date));
                    }
                }
            },
        );
        if let Some(copied) = copied {
            cx.copy("Client ID", copied);
        } else if let Some(row) = listed.opened {
            cx.go_to(Page::AppClient(id(row)));
        }
    }

    fn dialog(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let busy = self.sent.is_some();
        match self.sent.as_ref().and_then(Sent::take) {
            Some(Ok(answer)) => {
                self.sent = None;
                self.creating = None;
                if let Some(client_id) = answer.user_pool_client.and_then(|client| client.client_id) {
                    cx.go_to(Page::AppClient(client_id));
                }
            }
            Some(Err(_)) => self.sent = None,
            None => {}
        }
        let Some(new) = &mut self.creating else { return };
        let dialog = Dialog::new("Create app client", "Create app client")
            .ready(new.is_ready())
            .busy(busy)
            .keeps(new.is_touched());
        match dialog.show(ui.ctx(), |ui| new.ui(ui)) {
            Answer::Open => {}
            Answer::Cancelled => self.creating = None,
            Answer::Confirmed => {
                let done = format!("App client {} created", new.name);
                let request = new.to_wire(&cx.pool_id());
                self.sent = Some(cx.change(
                    request,
                    done,
                    "The app client was not created",
                    &["ListUserPoolClients"],
                ));
            }
        }
    }
}

/// Says in a badge whether an app client has a secret, or speaks for itself.
pub fn kind_badge(ui: &mut Ui, client: &UserPoolClientType) {
    match ApplicationType::of(client) {
        ApplicationType::MachineToMachine => {
            widgets::badge(ui, Badge::Violet, Icon::Bot, "Machine to machine")
        }
        ApplicationType::TraditionalWeb => widgets::badge(ui, Badge::Info, Icon::KeyRound, "Confidential"),
        ApplicationType::SinglePage | ApplicationType::Mobile => {
            widgets::badge(ui, Badge::Gray, Icon::Globe, "Public")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_urls_are_absolute_and_safe() {
        for good in [
            "https://a.example/cb",
            "http://localhost:3000/cb",
            "http://127.0.0.1/",
            "myapp://signed-in",
            "com.example.app:/cb",
        ] {
            assert_eq!(url_wrong(good), None, "{good}");
        }
        for bad in [
            "",
            "a.example/cb",
            "https://",
            "http://a.example/cb",
            "https://a.example/#x",
            "https://a b",
        ] {
            assert!(url_wrong(bad).is_some(), "{bad}");
        }
    }
}

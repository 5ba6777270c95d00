//! Facts about a user pool, and what to do next.

use egui::Ui;

use crate::console::command::Tone;
use crate::console::route::Page;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Badge, Button};
use crate::wire::engine::GetUserPoolIssuerRequest;
use crate::wire::idp::{DeletionProtectionType, ListUserPoolClientsRequest, UserPoolTierType, UserPoolType};

/// Facts and next steps.
#[derive(Default)]
pub struct Overview {
    snippet: Snippet,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Snippet {
    #[default]
    Cli,
    Python,
    JavaScript,
}

impl Snippet {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Cli, "AWS CLI"),
        (Self::Python, "Python"),
        (Self::JavaScript, "JavaScript"),
    ];

    fn text(self, endpoint: &str, region: &str, pool: &str) -> String {
        match self {
            Self::Cli => format!(
                "aws cognito-idp list-users \\\n    --endpoint-url {endpoint} \\\n    --region {region} \\\n    --user-pool-id {pool}"
            ),
            Self::Python => format!(
                "import boto3\n\nidp = boto3.client(\"cognito-idp\", endpoint_url=\"{endpoint}\", region_name=\"{region}\")\nprint(idp.list_users(UserPoolId=\"{pool}\")[\"Users\"])"
            ),
            Self::JavaScript => format!(
                "import {{ CognitoIdentityProviderClient, ListUsersCommand }} from \"@aws-sdk/client-cognito-identity-provider\";\n\nconst idp = new CognitoIdentityProviderClient({{ endpoint: \"{endpoint}\", region: \"{region}\" }});\nconsole.log(await idp.send(new ListUsersCommand({{ UserPoolId: \"{pool}\" }})));"
            ),
        }
    }
}

/// One thing worth doing.
struct Advice {
    tone: Tone,
    text: &'static str,
    verb: &'static str,
    page: Page,
}

impl Screen for Overview {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let described = cx.pool();
        let name = described
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.as_ref())
            .and_then(|pool| pool.name.clone())
            .unwrap_or_else(|| "Overview".to_owned());
        let id = cx.pool_id();
        widgets::header(ui, &name, &id, |ui| {
            if ui.add(Button::new("Settings").icon(Icon::Settings)).clicked() {
                cx.go_to(Page::Settings);
            }
        });
        let again = widgets::shown(ui, "The user pool could not be read", &described, |ui, answer| {
            if let Some(pool) = &answer.user_pool {
                widgets::page(ui, |ui| self.body(ui, cx, pool));
            }
        });
        if again {
            cx.refresh(&["DescribeUserPool"]);
        }
    }
}

impl Overview {
    fn body(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, pool: &UserPoolType) {
        tiles(ui, cx, pool);
        let advice = advice(cx, pool);
        let wide = ui.available_width() > 1000.0;
        if wide {
            ui.columns(2, |columns| {
                if let [left, right] = columns {
                    identity(left, cx, pool);
                    next_steps(right, cx, &advice);
                    right.add_space(theme::size::CARD);
                    self.quick_start(right, cx, pool);
                }
            });
        } else {
            next_steps(ui, cx, &advice);
            identity(ui, cx, pool);
            self.quick_start(ui, cx, pool);
        }
    }

    fn quick_start(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, pool: &UserPoolType) {
        let endpoint = endpoint(cx);
        let region = cx.connection.driver.transport().region();
        let id = pool.id.clone().unwrap_or_default();
        let text = self.snippet.text(&endpoint, &region, &id);
        widgets::card(
            ui,
            "Quick start",
            "List the users from a program",
            |ui| {
                if ui.add(Button::new("Copy").icon(Icon::Copy).small()).clicked() {
                    cx.copy("Snippet", text.clone());
                }
            },
            |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    for (snippet, name) in Snippet::ALL {
                        let chosen = self.snippet == snippet;
                        if ui.add(Button::ghost(name).small().selected(chosen)).clicked() {
                            self.snippet = snippet;
                        }
                    }
                });
                widgets::code_block(ui, &text);
            },
        );
    }
}

fn endpoint(cx: &ScreenCx<'_>) -> String {
    cx.connection
        .engine
        .as_ref()
        .and_then(|engine| engine.address.clone())
        .unwrap_or_else(|| cx.connection.driver.transport().endpoint())
}

fn tiles(ui: &mut Ui, cx: &mut ScreenCx<'_>, pool: &UserPoolType) {
    let clients = cx.get_all(&ListUserPoolClientsRequest {
        user_pool_id: cx.pool_id(),
        max_results: Some(60),
        ..Default::default()
    });
    let clients = clients.value.as_ref().map_or_else(
        || "–".to_owned(),
        |list| widgets::grouped_count(list.user_pool_clients.as_ref().map_or(0, Vec::len)),
    );
    let users = pool.estimated_number_of_users.map_or_else(
        || "–".to_owned(),
        |users| format!("≈ {}", widgets::grouped(users)),
    );
    let plan = match pool
        .user_pool_tier
        .as_ref()
        .unwrap_or(&UserPoolTierType::Essentials)
    {
        UserPoolTierType::Lite => "Lite".to_owned(),
        UserPoolTierType::Essentials => "Essentials".to_owned(),
        UserPoolTierType::Plus => "Plus".to_owned(),
        UserPoolTierType::Unlisted(other) => other.clone(),
    };
    let protected = pool.deletion_protection == Some(DeletionProtectionType::Active);
    ui.columns(4, |columns| {
        let [first, second, third, fourth] = columns else {
            return;
        };
        if tile(first, Icon::Users, "Users", &users) {
            cx.go_to(Page::Users);
        }
        if tile(second, Icon::AppWindow, "App clients", &clients) {
            cx.go_to(Page::AppClients);
        }
        if tile(third, Icon::Layers, "Feature plan", &plan) {
            cx.go_to(Page::Settings);
        }
        if tile(
            fourth,
            Icon::ShieldCheck,
            "Deletion protection",
            if protected { "Active" } else { "Inactive" },
        ) {
            cx.go_to(Page::Settings);
        }
    });
}

/// A number with its name; answers whether it was clicked.
fn tile(ui: &mut Ui, sign: Icon, name: &str, value: &str) -> bool {
    let t = theme::tokens(ui);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 76.0), egui::Sense::click());
    let label = format!("{name}: {value}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    let fill = if response.hovered() { t.hover } else { t.bg2 };
    let radius = egui::CornerRadius::same(theme::size::RADIUS_CARD);
    ui.painter()
        .rect(rect, radius, fill, t.hairline(), egui::StrokeKind::Inside);
    widgets::focus_ring(ui, &response, rect, theme::size::RADIUS_CARD);
    widgets::paint_icon_sized(
        ui,
        sign,
        egui::pos2(rect.left() + 24.0, rect.top() + 25.0),
        15.0,
        t.text3,
    );
    let head = ui
        .painter()
        .layout_no_wrap(name.to_owned(), theme::medium(12.0), t.text3);
    ui.painter().galley(
        egui::pos2(rect.left() + 38.0, rect.top() + 25.0 - head.size().y / 2.0),
        head,
        t.text3,
    );
    let number = ui
        .painter()
        .layout_no_wrap(value.to_owned(), theme::semibold(20.0), t.text1);
    ui.painter()
        .galley(egui::pos2(rect.left() + 16.0, rect.top() + 39.0), number, t.text1);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

fn identity(ui: &mut Ui, cx: &mut ScreenCx<'_>, pool: &UserPoolType) {
    let endpoint = endpoint(cx);
    let id = pool.id.clone().unwrap_or_default();
    let issuer = cx.get(&GetUserPoolIssuerRequest {
        user_pool_id: id.clone(),
    });
    let issuer = issuer.value.as_ref().map_or_else(
        || {
            format!(
                "https://cognito-idp.{}.amazonaws.com/{id}",
                cx.connection.driver.transport().region()
            )
        },
        |answer| answer.effective_issuer.clone(),
    );
    let keys = if cx.connection.engine.is_some() {
        format!("{endpoint}/{id}/.well-known/jwks.json")
    } else {
        format!("{issuer}/.well-known/jwks.json")
    };
    let now = cx.now();
    widgets::card(
        ui,
        "User pool",
        "What applications and tokens call it",
        |_| {},
        |ui| {
            widgets::facts(ui, cx.commands, |ui, facts| {
                facts.code(ui, "User pool ID", &id);
                if let Some(arn) = &pool.arn {
                    facts.code(ui, "ARN", arn);
                }
                facts.code(ui, "Issuer", &issuer);
                facts.code(ui, "Token signing keys", &keys);
                facts.row(ui, "Status", |ui| {
                    widgets::badge(ui, Badge::Ok, Icon::CircleCheck, "Enabled");
                });
                facts.row(ui, "Created", |ui| {
                    widgets::ago(ui, now, pool.creation_date);
                });
                facts.row(ui, "Last changed", |ui| {
                    widgets::ago(ui, now, pool.last_modified_date);
                });
            });
        },
    );
}

fn advice(cx: &mut ScreenCx<'_>, pool: &UserPoolType) -> Vec<Advice> {
    let mut advice = Vec::new();
    let clients = cx.get_all(&ListUserPoolClientsRequest {
        user_pool_id: cx.pool_id(),
        max_results: Some(60),
        ..Default::default()
    });
    let without_clients = clients
        .value
        .as_ref()
        .is_some_and(|list| list.user_pool_clients.as_ref().is_none_or(Vec::is_empty));
    if without_clients {
        advice.push(Advice {
            tone: Tone::Info,
            text: "No app client yet: applications cannot sign users in",
            verb: "Create app client",
            page: Page::AppClients,
        });
    }
    let open = pool
        .admin_create_user_config
        .as_ref()
        .and_then(|config| config.allow_admin_create_user_only)
        .is_none_or(|only| !only);
    if open {
        advice.push(Advice {
            tone: Tone::Warning,
            text: "Self-registration is open: anyone can sign up",
            verb: "Sign-up",
            page: Page::SignUp,
        });
    }
    if pool.deletion_protection != Some(DeletionProtectionType::Active) {
        advice.push(Advice {
            tone: Tone::Warning,
            text: "Deletion protection is off",
            verb: "Settings",
            page: Page::Settings,
        });
    }
    let verified = pool.auto_verified_attributes.as_deref().unwrap_or_default();
    let kept = pool
        .user_attribute_update_settings
        .as_ref()
        .and_then(|settings| settings.attributes_require_verification_before_update.as_deref())
        .unwrap_or_default();
    if verified.iter().any(|attribute| !kept.contains(attribute)) {
        advice.push(Advice {
            tone: Tone::Warning,
            text: "A mistyped new e-mail address or phone number locks its user out",
            verb: "Sign-up",
            page: Page::SignUp,
        });
    }
    if pool.estimated_number_of_users == Some(0) {
        advice.push(Advice {
            tone: Tone::Info,
            text: "No users yet: create one, or import a file",
            verb: "Import users",
            page: Page::Imports,
        });
    }
    advice
}

fn next_steps(ui: &mut Ui, cx: &mut ScreenCx<'_>, advice: &[Advice]) {
    widgets::card(
        ui,
        "Worth a look",
        "",
        |_| {},
        |ui| {
            let t = theme::tokens(ui);
            if advice.is_empty() {
                ui.horizontal(|ui| {
                    widgets::icon(ui, Icon::CircleCheck, t.ok);
                    ui.label(t.body("Nothing stands out"));
                });
            }
            ui.spacing_mut().item_spacing.y = 8.0;
            for Advice {
                tone,
                text,
                verb,
                page,
            } in advice
            {
                ui.horizontal(|ui| {
                    let (sign, colour) = match tone {
                        Tone::Warning | Tone::Error => (Icon::TriangleAlert, t.warn),
                        Tone::Ok | Tone::Info => (Icon::Info, t.info),
                    };
                    widgets::icon(ui, sign, colour);
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if ui.add(Button::new(verb).small()).clicked() {
                            cx.go_to(page.clone());
                        }
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            ui.add(egui::Label::new(t.body(*text)).wrap());
                        });
                    });
                });
            }
        },
    );
}

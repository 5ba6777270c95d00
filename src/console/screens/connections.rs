//! The saved connections, and the editor of one.

use std::sync::Arc;

use egui::Ui;

use crate::base::rng::SystemRng;
use crate::base::secret::Secret;
use crate::console::command::{Command, Tone};
use crate::console::connection::Environment;
use crate::console::remote::Sent;
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, Field, IconButton, TypedConfirmation};
use crate::driver::CallError;
use crate::driver::profiles::{self, KeySource, Profile, SharedFiles};
use crate::wire::idp::ListUserPoolsRequest;

/// The list and its editor.
#[derive(Default)]
pub struct Connections {
    editing: Option<Editor>,
    deleting: Option<(usize, TypedConfirmation)>,
}

/// A connection as it is being described.
struct Editor {
    /// Its place in the list; `None` for a new one.
    at: Option<usize>,
    profile: Profile,
    /// The connection that the form opened with.
    before: Option<Profile>,
    endpoint: String,
    keys: Keys,
    access_key_id: String,
    secret: Secret,
    shared: String,
    test: Option<Sent<usize>>,
    tested: Option<Result<usize, CallError>>,
    /// Whether that has just come.
    is_told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    Static,
    Shared,
    None,
}

impl Editor {
    fn new(at: Option<usize>, profile: Profile) -> Self {
        let (keys, access_key_id, secret, shared) = match &profile.keys {
            KeySource::None => (Keys::None, String::new(), Secret::default(), "default".to_owned()),
            KeySource::Static {
                access_key_id,
                secret_access_key,
                ..
            } => (
                Keys::Static,
                access_key_id.clone(),
                secret_access_key.clone(),
                "default".to_owned(),
            ),
            KeySource::Shared { profile } => {
                (Keys::Shared, String::new(), Secret::default(), profile.clone())
            }
        };
        Self {
            at,
            before: None,
            endpoint: profile.endpoint.clone().unwrap_or_default(),
            profile,
            keys,
            access_key_id,
            secret,
            shared,
            test: None,
            tested: None,
            is_told: false,
        }
    }

    /// Takes what stands in the fields as what the form opened with.
    fn opened(mut self) -> Self {
        self.before = Some(self.profile());
        self
    }

    /// Tells whether anything was typed.
    fn is_touched(&self) -> bool {
        self.before.as_ref() != Some(&self.profile())
    }

    fn profile(&self) -> Profile {
        let session_token = match &self.profile.keys {
            KeySource::Static { session_token, .. } => session_token.clone(),
            KeySource::None | KeySource::Shared { .. } => None,
        };
        let endpoint = self.endpoint.trim();
        Profile {
            endpoint: (!endpoint.is_empty()).then(|| endpoint.to_owned()),
            keys: match self.keys {
                Keys::None => KeySource::None,
                Keys::Static => KeySource::Static {
                    access_key_id: self.access_key_id.trim().to_owned(),
                    secret_access_key: self.secret.clone(),
                    session_token,
                },
                Keys::Shared => KeySource::Shared {
                    profile: self.shared.clone(),
                },
            },
            ..self.profile.clone()
        }
    }

    fn name_wrong(&self, taken: &[Profile]) -> Option<&'static str> {
        let twice = taken
            .iter()
            .enumerate()
            .any(|(index, other)| Some(index) != self.at && other.name == self.profile.name);
        twice.then_some("Another connection has this name")
    }

    fn endpoint_wrong(&self) -> Option<&'static str> {
        let endpoint = self.endpoint.trim();
        let fits = endpoint.is_empty() || endpoint.starts_with("http://") || endpoint.starts_with("https://");
        (!fits).then_some("Begins with http:// or https://")
    }

    fn is_ready(&self, taken: &[Profile]) -> bool {
        !self.profile.name.trim().is_empty()
            && !self.profile.region.trim().is_empty()
            && self.name_wrong(taken).is_none()
            && self.endpoint_wrong().is_none()
    }
}

impl Screen for Connections {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(
            ui,
            "Connections",
            "The engines this console can administer",
            |ui| {
                if ui
                    .add(Button::primary("New connection").icon(Icon::Plus))
                    .clicked()
                {
                    let profile = Profile {
                        region: "us-east-1".to_owned(),
                        ..Profile::default()
                    };
                    self.editing = Some(
                        Editor {
                            keys: Keys::Static,
                            ..Editor::new(None, profile)
                        }
                        .opened(),
                    );
                }
            },
        );
        widgets::form(ui, |ui| {
            ui.spacing_mut().item_spacing.y = theme::size::GAP;
            if cx.has_embedded {
                let here = cx.connection.engine.is_some();
                let detail = "Runs inside this program and keeps its data on this computer";
                let mut open = false;
                row(
                    ui,
                    Environment::Local,
                    "This computer",
                    detail,
                    here,
                    false,
                    |ui| {
                        if !here {
                            open = ui.add(Button::new("Connect").small()).clicked();
                        }
                    },
                );
                if open {
                    cx.commands.push(Command::OpenEmbedded);
                }
            }
            for (index, profile) in cx.profiles.iter().enumerate() {
                let here = cx.connection.engine.is_none() && cx.connection.name == profile.name;
                let place = profile
                    .endpoint
                    .clone()
                    .unwrap_or_else(|| "Amazon Cognito".to_owned());
                let detail = format!("{place} · {}", profile.region);
                let environment = Environment::from(profile.environment);
                row(
                    ui,
                    environment,
                    &profile.name,
                    &detail,
                    here,
                    profile.read_only,
                    |ui| {
                        let name = format!("Delete {}…", profile.name);
                        if ui.add(IconButton::new(Icon::Trash2, &name).danger()).clicked() {
                            self.deleting = Some((index, TypedConfirmation::default()));
                        }
                        let name = format!("Edit {}", profile.name);
                        if ui.add(IconButton::new(Icon::Pencil, &name)).clicked() {
                            self.editing = Some(Editor::new(Some(index), profile.clone()).opened());
                        }
                        if ui.add(Button::new("Connect").small()).clicked() {
                            cx.commands.push(Command::Connect(Box::new(profile.clone())));
                        }
                    },
                );
            }
            if cx.profiles.is_empty() {
                let t = theme::tokens(ui);
                ui.label(t.hint(
                    "Add Amazon Cognito, or any server that speaks its protocol, to administer it with the same screens.",
                ));
            }
        });
        self.editor(ui, cx);
        self.confirm_deletion(ui, cx);
    }

    fn unsaved(&self) -> Option<String> {
        self.editing
            .as_ref()
            .filter(|editor| editor.is_touched())
            .map(|_| "Connections: one not saved".to_owned())
    }
}

/// A connection in the list.
fn row(
    ui: &mut Ui,
    environment: Environment,
    name: &str,
    detail: &str,
    here: bool,
    read_only: bool,
    actions: impl FnOnce(&mut Ui),
) {
    let t = theme::tokens(ui);
    widgets::card(
        ui,
        "",
        "",
        |_| {},
        |ui| {
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(36.0), egui::Sense::hover());
                ui.painter()
                    .rect_filled(rect, egui::CornerRadius::same(8), environment.colour(t));
                widgets::paint_icon_sized(ui, environment.icon(), rect.center(), 17.0, t.on_accent);
                ui.add_space(4.0);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    actions(ui);
                    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.horizontal(|ui| {
                            ui.label(t.strong(name));
                            widgets::badge(ui, Badge::Gray, environment.icon(), environment.name());
                            if here {
                                widgets::badge(ui, Badge::Ok, Icon::CircleCheck, "Connected");
                            }
                            if read_only {
                                widgets::badge(ui, Badge::Gray, Icon::Lock, "Read-only");
                            }
                        });
                        ui.add(egui::Label::new(t.hint(detail)).truncate());
                    });
                });
            });
        },
    );
}

impl Connections {
    fn editor(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some(editor) = &mut self.editing else { return };
        if let Some(outcome) = editor.test.as_ref().and_then(Sent::take) {
            editor.test = None;
            editor.tested = Some(outcome);
            editor.is_told = true;
        }
        let (title, verb) = if editor.at.is_some() {
            ("Edit connection", "Save connection")
        } else {
            ("New connection", "Add connection")
        };
        let ready = editor.is_ready(cx.profiles);
        let dialog = Dialog::new(title, verb).ready(ready).keeps(editor.is_touched());
        let answer = dialog.show(ui.ctx(), |ui| {
            if editor_fields(ui, editor, cx.profiles) {
                editor.tested = None;
                let profile = editor.profile();
                let clock = cx.clock();
                editor.test = Some(cx.background(async move {
                    let opened = tokio::task::spawn_blocking(move || {
                        profile.connect(&SharedFiles::of_user(), clock, Arc::new(SystemRng))
                    });
                    let driver = opened
                        .await
                        .map_err(|reason| CallError::Unreachable(reason.to_string()))?
                        .map_err(CallError::Unreachable)?;
                    let request = ListUserPoolsRequest {
                        max_results: 60,
                        ..Default::default()
                    };
                    let answer = driver.call(&request).await?;
                    Ok(answer.user_pools.map_or(0, |pools| pools.len()))
                }));
            }
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.editing = None,
            Answer::Confirmed => {
                let mut all = cx.profiles.to_vec();
                let profile = editor.profile();
                match editor.at.and_then(|at| all.get_mut(at)) {
                    Some(place) => *place = profile,
                    None => all.push(profile),
                }
                cx.commands.push(Command::SaveProfiles(all));
                self.editing = None;
            }
        }
    }

    fn confirm_deletion(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let Some((index, confirmation)) = &mut self.deleting else {
            return;
        };
        let Some(profile) = cx.profiles.get(*index) else {
            self.deleting = None;
            return;
        };
        let title = format!("Delete connection {}", profile.name);
        let effect = "Only what is saved here is deleted, not the engine. Keys written into it are lost.";
        match confirmation.show(
            ui.ctx(),
            &title,
            "Delete connection",
            effect,
            &profile.name,
            false,
        ) {
            Answer::Open => {}
            Answer::Cancelled => self.deleting = None,
            Answer::Confirmed => {
                let mut all = cx.profiles.to_vec();
                all.remove(*index);
                cx.commands.push(Command::SaveProfiles(all));
                self.deleting = None;
            }
        }
    }
}

/// Draws the fields; answers whether to test.
fn editor_fields(ui: &mut Ui, editor: &mut Editor, taken: &[Profile]) -> bool {
    let wrong = editor.name_wrong(taken);
    let field = Field::new("Name")
        .placeholder("customers, staging")
        .error(wrong)
        .most_chars(64);
    widgets::text(ui, &mut editor.profile.name, field);
    let wrong = editor.endpoint_wrong();
    let field = Field::new("Endpoint")
        .optional()
        .help("Empty for Amazon Cognito itself")
        .placeholder("https://pools.example.com")
        .error(wrong)
        .mono();
    widgets::text(ui, &mut editor.endpoint, field);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        ui.vertical(|ui| {
            ui.set_max_width(140.0);
            widgets::text(
                ui,
                &mut editor.profile.region,
                Field::new("Region").placeholder("us-east-1").mono(),
            );
        });
        ui.vertical(|ui| {
            let options = [
                (profiles::Environment::Local, "Local".to_owned()),
                (profiles::Environment::Dev, "Development".to_owned()),
                (profiles::Environment::Stage, "Staging".to_owned()),
                (profiles::Environment::Prod, "Production".to_owned()),
            ];
            let field = Field::new("Environment")
                .help("Its colour marks the window")
                .width(150.0);
            widgets::choice(ui, &mut editor.profile.environment, &options, field);
        });
        ui.vertical(|ui| {
            let options = [
                (Keys::Static, "Written here".to_owned()),
                (Keys::Shared, "From ~/.aws/credentials".to_owned()),
                (Keys::None, "None".to_owned()),
            ];
            let field = Field::new("Access key").width(198.0);
            widgets::choice(ui, &mut editor.keys, &options, field);
        });
    });
    match editor.keys {
        Keys::Static => {
            let field = Field::new("Access key ID").placeholder("AKIA…").mono();
            widgets::text(ui, &mut editor.access_key_id, field);
            let field = Field::new("Secret access key")
                .help("Kept in a file that only you can read")
                .mono();
            widgets::password(ui, &mut editor.secret, field);
        }
        Keys::Shared => {
            widgets::text(
                ui,
                &mut editor.shared,
                Field::new("Profile").placeholder("default").mono(),
            );
        }
        Keys::None => {}
    }
    let help = "Changes are refused before they leave this computer";
    widgets::toggle(ui, &mut editor.profile.read_only, "Read-only", help, false);
    let mut test = false;
    ui.horizontal(|ui| {
        let button = Button::new("Test connection")
            .icon(Icon::PlugZap)
            .busy(editor.test.is_some());
        test = ui.add(button).clicked();
    });
    let told = ui.scope(|ui| match &editor.tested {
        None => {}
        Some(Ok(60)) => widgets::banner(ui, Tone::Ok, "It answers; 60 user pools or more", |_| {}),
        Some(Ok(count)) => {
            let words = format!("It answers; {}", widgets::counted(*count, "user pool"));
            widgets::banner(ui, Tone::Ok, &words, |_| {});
        }
        Some(Err(reason)) => {
            widgets::banner(ui, Tone::Error, &crate::console::command::explain(reason), |_| {});
        }
    });
    if std::mem::take(&mut editor.is_told) {
        // In a small window the answer lies below the fold.
        told.response.scroll_to_me(Some(egui::Align::Max));
    }
    test
}

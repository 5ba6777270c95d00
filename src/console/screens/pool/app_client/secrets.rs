//! The secrets of an app client: one or two, so that one can be exchanged without a gap.

use egui::Ui;

use crate::base::secret::Secret;
use crate::console::command::Toast;
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, IconButton, TypedConfirmation};
use crate::driver::CallError;
use crate::wire::idp::{
    AddUserPoolClientSecretRequest, AddUserPoolClientSecretResponse, ClientSecretDescriptorType,
    DeleteUserPoolClientSecretRequest, DeleteUserPoolClientSecretResponse, ListUserPoolClientSecretsRequest,
};

/// Secrets an app client may have at once. Source: User pools developer guide, "App client secret rotation".
const MOST: usize = 2;
const STALE: &[&str] = &["ListUserPoolClientSecrets", "DescribeUserPoolClient"];

/// The card and its dialogs.
#[derive(Default)]
pub(super) struct Secrets {
    adding: Option<Sent<AddUserPoolClientSecretResponse>>,
    made: Option<Secret>,
    deleting: Option<(String, TypedConfirmation)>,
    deletion: Option<Sent<DeleteUserPoolClientSecretResponse>>,
}

impl Secrets {
    /// Draws the card. Only for an app client that has a secret.
    pub(super) fn card(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, client_id: &str) {
        let listed = cx.get(&ListUserPoolClientSecretsRequest {
            user_pool_id: cx.pool_id(),
            client_id: client_id.to_owned(),
            ..Default::default()
        });
        let mut secrets: Vec<ClientSecretDescriptorType> = listed
            .value
            .iter()
            .flat_map(|answer| answer.client_secrets.iter().flatten())
            .cloned()
            .collect();
        secrets.sort_by(|a, b| {
            let at =
                |secret: &ClientSecretDescriptorType| secret.client_secret_create_date.map_or(0.0, |at| at.0);
            at(b).total_cmp(&at(a))
        });
        let may_change = !cx.is_read_only() && !secrets.is_empty();
        let busy = self.adding.is_some();
        let (mut add, mut delete, mut again) = (false, None, false);
        let now = cx.now();
        widgets::card(
            ui,
            "Client secrets",
            "To exchange one: add a second, move the application to it, delete the first",
            |ui| {
                let button = Button::new("Add a second secret")
                    .icon(Icon::Plus)
                    .small()
                    .busy(busy);
                let room = may_change && secrets.len() < MOST;
                add = ui.add_enabled(room, button).clicked() && !busy;
            },
            |ui| {
                let t = theme::tokens(ui);
                if let (Some(CallError::Unavailable { .. }), true) = (&listed.error, secrets.is_empty()) {
                    ui.label(t.hint("This endpoint knows no second secret."));
                    return;
                }
                again = widgets::shown(ui, "The secrets could not be listed", &listed, |ui, _| {
                    for (at, secret) in secrets.iter().enumerate() {
                        let id = secret.client_secret_id.clone().unwrap_or_default();
                        ui.horizontal(|ui| {
                            widgets::icon(ui, Icon::KeyRound, t.text3);
                            ui.label(t.code(&id).color(t.text1));
                            if secrets.len() > 1 {
                                let word = if at == 0 { "Newest" } else { "Older" };
                                widgets::badge(ui, Badge::Gray, Icon::Clock, word);
                            }
                            ui.label(t.hint("created"));
                            widgets::ago(ui, now, secret.client_secret_create_date);
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                let name = format!("Delete the secret {id}…");
                                let button = IconButton::new(Icon::Trash2, &name).danger().small();
                                if ui.add_enabled(may_change && secrets.len() > 1, button).clicked() {
                                    delete = Some(id.clone());
                                }
                            });
                        });
                    }
                });
            },
        );
        if again {
            cx.refresh(STALE);
        }
        if add {
            let request = AddUserPoolClientSecretRequest {
                user_pool_id: cx.pool_id(),
                client_id: client_id.to_owned(),
                client_secret: None,
            };
            self.adding = Some(cx.change_quietly(request, STALE));
        }
        if let Some(id) = delete {
            self.deleting = Some((id, TypedConfirmation::default()));
        }
        self.dialogs(ui, cx, client_id);
    }

    fn dialogs(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, client_id: &str) {
        match self.adding.as_ref().and_then(Sent::take) {
            Some(Ok(answer)) => {
                self.adding = None;
                self.made = answer
                    .client_secret_descriptor
                    .and_then(|made| made.client_secret_value);
            }
            Some(Err(reason)) => {
                self.adding = None;
                cx.toast(Toast::failed("The secret was not added", &reason));
            }
            None => {}
        }
        if let Some(secret) = self.made.clone() {
            let answer = Dialog::new("Secret added", "Done").only_verb().show(ui.ctx(), |ui| {
                let t = theme::tokens(ui);
                let text = "Give it to the application now; it is not shown again. Both secrets work until one is deleted.";
                ui.add(egui::Label::new(t.body(text)).wrap());
                widgets::facts(ui, cx.commands, |ui, facts| {
                    facts.code(ui, "Client secret", secret.expose());
                });
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
        let Some((id, confirmation)) = &mut self.deleting else {
            return;
        };
        let effect =
            "Applications that still present this secret are refused from now on. This cannot be undone.";
        let busy = self.deletion.is_some();
        // The id is too long to type; what matters is that it is the intended one.
        let title = format!("Delete the secret {id}");
        match confirmation.show(ui.ctx(), &title, "Delete secret", effect, "delete", busy) {
            Answer::Open => {}
            Answer::Cancelled => self.deleting = None,
            Answer::Confirmed => {
                let request = DeleteUserPoolClientSecretRequest {
                    user_pool_id: cx.pool_id(),
                    client_id: client_id.to_owned(),
                    client_secret_id: id.clone(),
                };
                self.deletion = Some(cx.change(
                    request,
                    "Client secret deleted",
                    "The client secret was not deleted",
                    STALE,
                ));
            }
        }
    }
}

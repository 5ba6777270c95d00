//! The dialog that puts users into a group.

use std::collections::BTreeSet;

use egui::Ui;

use crate::console::screens::ScreenCx;
use crate::console::theme;
use crate::console::widgets::{self, Answer, Button, Dialog, Field};
use crate::wire::idp::ListUsersRequest;

/// Several users chosen at once: by search, or by a pasted list.
#[derive(Default)]
pub(super) struct AddUsers {
    text: String,
    pasted: String,
    paste: bool,
    chosen: BTreeSet<String>,
}

impl AddUsers {
    /// Draws the dialog; answers with the users once it is over, none when it was cancelled.
    pub(super) fn show(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>, group: &str) -> Option<Vec<String>> {
        let title = format!("Add users to {group}");
        let users = if self.paste {
            self.pasted_users()
        } else {
            self.chosen.iter().cloned().collect()
        };
        let verb = match users.len() {
            0 => "Add users".to_owned(),
            count => format!("Add {}", widgets::counted(count, "user")),
        };
        let answer = Dialog::new(&title, &verb)
            .ready(!users.is_empty())
            .keeps(!self.chosen.is_empty() || !self.pasted.is_empty())
            .show(ui.ctx(), |ui| {
                ui.horizontal(|ui| {
                    if ui
                        .add(Button::ghost("Search").small().selected(!self.paste))
                        .clicked()
                    {
                        self.paste = false;
                    }
                    if ui
                        .add(Button::ghost("Paste a list").small().selected(self.paste))
                        .clicked()
                    {
                        self.paste = true;
                    }
                });
                if self.paste {
                    let field = Field::new("Usernames, email addresses or phone numbers")
                        .mono()
                        .help("One a line, or separated by commas.");
                    widgets::text_area(ui, &mut self.pasted, 8, field);
                } else {
                    self.search(ui, cx);
                }
            });
        match answer {
            Answer::Open => None,
            Answer::Cancelled => Some(Vec::new()),
            Answer::Confirmed => Some(users),
        }
    }

    fn pasted_users(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .pasted
            .split(['\n', ',', ';', '\t'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    fn search(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        widgets::search(
            ui,
            &mut self.text,
            "Username or email begins with",
            ui.available_width() - 20.0,
        );
        let typed = self.text.trim().replace('\\', "\\\\").replace('"', "\\\"");
        let by = |name: &str| ListUsersRequest {
            user_pool_id: cx.route.user_pool_id().unwrap_or_default().to_owned(),
            limit: Some(30),
            filter: (!typed.is_empty()).then(|| format!("{name} ^= \"{typed}\"")),
            ..Default::default()
        };
        let (by_name, by_email) = (by("username"), by("email"));
        let mut found: Vec<(String, String)> = Vec::new();
        let answers = if typed.is_empty() {
            vec![cx.get(&by_name)]
        } else {
            vec![cx.get(&by_name), cx.get(&by_email)]
        };
        let loading = answers.iter().any(|answer| answer.loading);
        for user in answers
            .iter()
            .flat_map(|answer| answer.value.iter())
            .flat_map(|answer| answer.users.iter().flatten())
        {
            let Some(username) = user.username.clone() else {
                continue;
            };
            let attributes = user.attributes.iter().flatten();
            let email = attributes
                .filter(|it| it.name == "email")
                .find_map(|it| it.value.clone())
                .unwrap_or_default();
            if !found.iter().any(|(known, _)| *known == username) {
                found.push((username, email));
            }
        }
        egui::ScrollArea::vertical()
            .max_height(260.0)
            .min_scrolled_height(260.0)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                if found.is_empty() && !loading {
                    ui.label(t.hint("Nobody found"));
                }
                for (username, email) in &found {
                    let mut on = self.chosen.contains(username);
                    ui.horizontal(|ui| {
                        let word = egui::RichText::new(username).color(t.text1);
                        if ui.checkbox(&mut on, word).changed() {
                            if on {
                                self.chosen.insert(username.clone());
                            } else {
                                self.chosen.remove(username);
                            }
                        }
                        ui.label(t.hint(email));
                    });
                }
            });
        if let Some(reason) = answers.iter().find_map(|answer| answer.error.as_ref()) {
            ui.label(t.hint(reason.to_string()).color(t.err));
        }
    }
}

//! Theme, scale, keys.

use egui::Ui;

use crate::console::command::{Command, ThemeChoice};
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button};

/// The form.
#[derive(Default)]
pub struct Preferences {}

impl Screen for Preferences {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(
            ui,
            "Preferences",
            "They hold for this computer and are kept",
            |_| {},
        );
        widgets::form(ui, |ui| {
            widgets::card(
                ui,
                "Theme",
                "",
                |_| {},
                |ui| {
                    let mut chosen = cx.prefs.theme;
                    let choices = ThemeChoice::ALL.map(|choice| {
                        let help = match choice {
                            ThemeChoice::System => "As the desktop says",
                            ThemeChoice::Light => "Dark letters on light",
                            ThemeChoice::Dark => "Light letters on dark",
                        };
                        (choice, choice.icon(), choice.name(), help)
                    });
                    widgets::tiles(ui, &mut chosen, &choices);
                    if chosen != cx.prefs.theme {
                        cx.commands.push(Command::Theme(chosen));
                    }
                },
            );
            widgets::card(
                ui,
                "Size",
                "Scales letters and everything else",
                |_| {},
                |ui| {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 4.0;
                        for percent in [85_u8, 100, 115, 130, 150, 200] {
                            let factor = f32::from(percent) / 100.0;
                            let here = (cx.prefs.zoom - factor).abs() < 0.01;
                            let word = format!("{percent}%");
                            if ui.add(Button::new(&word).small().selected(here)).clicked() {
                                cx.commands.push(Command::Zoom(factor));
                            }
                        }
                    });
                },
            );
            widgets::card(
                ui,
                "Navigation",
                "",
                |_| {},
                |ui| {
                    let mut slim = cx.prefs.slim_navigation;
                    let help = "Ctrl B does the same";
                    if widgets::toggle(ui, &mut slim, "Show icons alone", help, false).changed() {
                        cx.commands.push(Command::ToggleNavigation);
                    }
                },
            );
            widgets::card(
                ui,
                "Times",
                "",
                |_| {},
                |ui| {
                    let mut utc = cx.prefs.utc;
                    let help = "Instead of the time zone of this computer";
                    if widgets::toggle(ui, &mut utc, "Show times in UTC", help, false).changed() {
                        cx.commands.push(Command::Utc(utc));
                    }
                },
            );
            widgets::card(
                ui,
                "Keys",
                "Everything the mouse does can be done with the keyboard",
                |ui| {
                    if ui
                        .add(Button::new("Show keys").icon(Icon::Keyboard).small())
                        .clicked()
                    {
                        cx.commands.push(Command::Shortcuts);
                    }
                },
                |ui| {
                    let t = theme::tokens(ui);
                    ui.label(t.hint("Ctrl K finds pages, users, groups and actions."));
                },
            );
            let said = cx.said().to_vec();
            widgets::card(
                ui,
                "Messages",
                "What was said since the window opened",
                |_| {},
                |ui| {
                    let t = theme::tokens(ui);
                    if said.is_empty() {
                        ui.label(t.hint("Nothing yet"));
                    }
                    let now = cx.now();
                    for (at, toast) in said.iter().rev().take(30) {
                        ui.horizontal(|ui| {
                            ui.label(t.hint(widgets::since(now, *at)));
                            ui.label(t.body(&toast.title));
                            if let Some(detail) = &toast.detail {
                                ui.add(egui::Label::new(t.hint(detail)).truncate());
                            }
                        });
                    }
                },
            );
        });
    }
}

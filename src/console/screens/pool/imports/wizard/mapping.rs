//! Which column becomes which attribute.

use egui::{Align, Layout, Ui};

use super::Screen;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Field};
use crate::rules::import::transform::Source as Origin;
use crate::wire::idp::PasswordHashingAlgorithmType as Algorithm;

impl Screen {
    pub(super) fn mapping(&mut self, ui: &mut Ui) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let mut changes: Vec<(String, Origin)> = Vec::new();
        let mut algorithm = self.wizard.plan().algorithm().cloned();
        let samples = source.samples(3);
        widgets::page(ui, |ui| {
            let t = theme::tokens(ui);
            ui.set_max_width(ui.available_width().min(900.0));
            let algorithms: Vec<(Option<Algorithm>, String)> =
                std::iter::once((None, "No hashes: users set a new password".to_owned()))
                    .chain(Algorithm::ALL.iter().map(|it| (Some(it.clone()), it.to_string())))
                    .collect();
            widgets::choice(
                ui,
                &mut algorithm,
                &algorithms,
                Field::new("Password hashes").width(320.0),
            );
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut origins: Vec<(Origin, String)> = vec![(Origin::Nothing, "Leave empty".to_owned())];
            origins.extend(
                source
                    .columns()
                    .iter()
                    .enumerate()
                    .map(|(at, name)| (Origin::Column(at), name.clone())),
            );
            // What no import can do without stands first.
            let mut fillings: Vec<_> = self.wizard.plan().fillings().iter().enumerate().collect();
            fillings.sort_by_key(|(_, filling)| filling.target != "cognito:username");
            for (at, filling) in fillings {
                let mut origin = filling.source.clone();
                let mut options = origins.clone();
                if is_flag(&filling.target) {
                    for word in ["true", "false"] {
                        options.push((Origin::Constant(word.to_owned()), format!("Always {word}")));
                    }
                }
                if !options.iter().any(|(option, _)| *option == origin) {
                    options.push((origin.clone(), words_of(&origin, source.columns())));
                }
                ui.horizontal(|ui| {
                    ui.set_min_height(34.0);
                    let (rect, _) = ui.allocate_exact_size(egui::vec2(220.0, 30.0), egui::Sense::hover());
                    let mut cell = ui.new_child(
                        egui::UiBuilder::new()
                            .max_rect(rect)
                            .layout(Layout::left_to_right(Align::Center)),
                    );
                    cell.add(egui::Label::new(t.strong(&filling.target)).truncate());
                    widgets::icon(ui, Icon::ArrowLeft, t.text3);
                    let name = format!("Source of {}", filling.target);
                    egui::ComboBox::from_id_salt(&name)
                        .width(260.0)
                        .truncate()
                        .selected_text(words_of(&origin, source.columns()))
                        .icon(|ui, rect, _, _| {
                            let t = theme::tokens(ui);
                            widgets::paint_icon_sized(ui, Icon::ChevronDown, rect.center(), 14.0, t.text3);
                        })
                        .show_ui(ui, |ui| {
                            for (option, words) in options {
                                ui.selectable_value(&mut origin, option, words);
                            }
                        })
                        .response
                        .accessible_name(&name);
                    if origin != filling.source {
                        changes.push((filling.target.clone(), origin.clone()));
                    }
                    let sure = self
                        .wizard
                        .plan()
                        .confidence(u16::try_from(at).unwrap_or(u16::MAX));
                    if (1..60).contains(&sure) {
                        widgets::badge(ui, widgets::Badge::Warn, Icon::CircleQuestionMark, "Guess");
                    }
                    for step in &filling.steps {
                        ui.label(t.hint(step.name()));
                    }
                    let sample: Vec<String> = samples
                        .iter()
                        .map(|row| filling.value(row))
                        .filter(|value| !value.is_empty())
                        .collect();
                    ui.add(egui::Label::new(t.code(sample.join("  ·  ")).color(t.text3)).truncate());
                });
            }
            let ignored: Vec<&str> = self
                .wizard
                .plan()
                .ignored(&source)
                .into_iter()
                .filter_map(|at| source.columns().get(at).map(String::as_str))
                .collect();
            if !ignored.is_empty() {
                ui.label(t.hint(format!("Not imported: {}", ignored.join(", "))));
            }
            ui.label(t.hint("Groups, MFA secrets, sub and creation dates are not part of an import."));
        });
        if algorithm.as_ref() != self.wizard.plan().algorithm() {
            self.wizard.change_plan(|plan| plan.set_algorithm(algorithm));
        }
        for (target, origin) in changes {
            self.wizard.change_plan(|plan| {
                plan.set_source(&target, origin);
            });
        }
    }
}

fn is_flag(target: &str) -> bool {
    matches!(
        target,
        "email_verified" | "phone_number_verified" | "cognito:mfa_enabled"
    )
}

fn words_of(origin: &Origin, columns: &[String]) -> String {
    let name = |at: &usize| columns.get(*at).cloned().unwrap_or_default();
    match origin {
        Origin::Nothing => "Leave empty".to_owned(),
        Origin::Column(at) => name(at),
        Origin::Constant(text) => format!("Always {text}"),
        Origin::Concat { columns: parts, .. } => parts.iter().map(name).collect::<Vec<_>>().join(" + "),
    }
}

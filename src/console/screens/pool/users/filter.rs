//! What is searched: the text, the views asked for most, conditions on attributes.

use std::sync::Arc;

use egui::{CornerRadius, Frame, Margin, Ui};

use super::Users;
use crate::console::jobs::user_index::{Compare, Found};
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, Field, IconButton};
use crate::wire::idp::DescribeUserPoolRequest;

/// The views above the table: a name and the status it shows.
pub(super) const VIEWS: [(&str, Option<(&str, &str)>); 5] = [
    ("All", None),
    ("Unconfirmed", Some(("cognito:user_status", "UNCONFIRMED"))),
    (
        "Force change password",
        Some(("cognito:user_status", "FORCE_CHANGE_PASSWORD")),
    ),
    ("Reset required", Some(("cognito:user_status", "RESET_REQUIRED"))),
    ("Disabled", Some(("status", "Disabled"))),
];

impl Users {
    pub(super) fn filters(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, found: &Arc<Found>) {
        let t = theme::tokens(ui);
        let narrow = ui.available_width() < 980.0;
        Frame::NONE
            .inner_margin(Margin::symmetric(24, 10))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    widgets::search(ui, &mut self.text, "Search username, name, email, phone", 300.0);
                    let button = ui.add(
                        Button::new("Filter")
                            .icon(Icon::ListFilter)
                            .trailing(Icon::ChevronDown),
                    );
                    self.filter_menu(ui, cx, &button);
                    ui.add_space(8.0);
                    if !narrow {
                        self.views(ui);
                    }
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let count = widgets::grouped_count(found.rows.len());
                        ui.label(t.hint(format!("{count} shown")));
                    });
                });
                if narrow {
                    ui.add_space(6.0);
                    ui.horizontal_wrapped(|ui| self.views(ui));
                }
                if !self.chips.is_empty() {
                    ui.add_space(8.0);
                    self.chip_row(ui);
                }
            });
        widgets::hairline(ui);
    }

    /// The filters that are asked for most, a click each.
    fn views(&mut self, ui: &mut Ui) {
        for (at, (name, _)) in VIEWS.iter().enumerate() {
            if ui
                .add(Button::ghost(name).small().selected(self.view == at))
                .clicked()
            {
                self.view = at;
                self.table.cursor = None;
            }
        }
    }

    fn chip_row(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        let mut removed = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
            for (at, chip) in self.chips.iter().enumerate() {
                Frame::NONE
                    .fill(t.bg3)
                    .corner_radius(CornerRadius::same(6))
                    .inner_margin(Margin {
                        left: 10,
                        right: 2,
                        top: 1,
                        bottom: 1,
                    })
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing.x = 4.0;
                        ui.label(t.hint(&chip.field).color(t.text2));
                        ui.label(t.hint(chip.compare.words()));
                        if chip.compare.wants_text() {
                            ui.label(t.hint(&chip.text).color(t.text1));
                        }
                        let name = format!("Remove filter on {}", chip.field);
                        if ui.add(IconButton::new(Icon::X, &name).small()).clicked() {
                            removed = Some(at);
                        }
                    });
            }
            if ui.add(Button::ghost("Clear all").small()).clicked() {
                removed = Some(usize::MAX);
            }
        });
        match removed {
            Some(usize::MAX) => self.chips.clear(),
            Some(at) if at < self.chips.len() => {
                self.chips.remove(at);
            }
            Some(_) | None => {}
        }
    }

    fn filter_menu(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, button: &egui::Response) {
        let fields = filter_fields(cx);
        let adding = &mut self.adding;
        if adding.field.is_empty() {
            "email".clone_into(&mut adding.field);
        }
        let mut add = false;
        // A form, not a menu: a menu's style takes the frames off its fields.
        egui::Popup::from_toggle_button_response(button)
            .gap(4.0)
            .frame(Frame::popup(ui.style()).inner_margin(Margin::same(16)))
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(284.0);
                ui.spacing_mut().item_spacing.y = 10.0;
                widgets::choice(
                    ui,
                    &mut adding.field,
                    &fields,
                    Field::new("Attribute").width(284.0),
                );
                let compares: Vec<(Compare, String)> = Compare::ALL
                    .iter()
                    .map(|compare| (*compare, compare.words().to_owned()))
                    .collect();
                widgets::choice(
                    ui,
                    &mut adding.compare,
                    &compares,
                    Field::new("Condition").width(284.0),
                );
                if adding.compare.wants_text() {
                    let typed = widgets::text(ui, &mut adding.text, Field::new("Value").width(284.0));
                    add |= typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                }
                add |= ui.add(Button::primary("Add filter")).clicked();
                if add {
                    ui.close();
                }
            });
        let _ = ui;
        if add {
            self.chips.push(std::mem::take(adding));
            self.table.cursor = None;
        }
    }
}

/// The attributes a filter may name: the fixed fields, then those of the pool's schema.
fn filter_fields(cx: &mut ScreenCx<'_>) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = [
        ("username", "Username"),
        ("email", "Email"),
        ("phone_number", "Phone number"),
        ("name", "Name"),
        ("cognito:user_status", "Confirmation status"),
        ("status", "Enabled or disabled"),
        ("sub", "sub"),
    ]
    .iter()
    .map(|(name, words)| ((*name).to_owned(), (*words).to_owned()))
    .collect();
    let pool = cx.get(&DescribeUserPoolRequest {
        user_pool_id: cx.pool_id(),
    });
    let schema = pool
        .value
        .as_ref()
        .and_then(|answer| answer.user_pool.as_ref()?.schema_attributes.as_ref());
    for attribute in schema.into_iter().flatten() {
        if let Some(name) = &attribute.name
            && !fields.iter().any(|(known, _)| known == name)
        {
            fields.push((name.clone(), name.clone()));
        }
    }
    fields
}

//! The user pools of the connection.

use egui::Ui;
use egui_extras::Column;

use crate::console::command::Command;
use crate::console::route::{Page, Route};
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, IconButton, Listing};
use crate::wire::engine::GetEngineInfoRequest;
use crate::wire::idp::{ListUserPoolsRequest, UserPoolDescriptionType};

/// The list.
#[derive(Default)]
pub struct UserPools {
    filter: String,
    listing: Listing,
}

impl Screen for UserPools {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let pools = cx.get_all(&ListUserPoolsRequest {
            max_results: 60,
            ..Default::default()
        });
        let count = pools
            .value
            .as_ref()
            .and_then(|list| list.user_pools.as_ref())
            .map_or(0, Vec::len);
        let here = cx.driver().transport().region();
        let subtitle = match count {
            0 => String::new(),
            _ => format!("{} in {here}", widgets::counted(count, "user pool")),
        };
        let regions = regions(cx, &here);
        widgets::header(ui, "User pools", &subtitle, |ui| {
            let create = ui.add_enabled(
                !cx.is_read_only(),
                Button::primary("Create user pool").icon(Icon::Plus),
            );
            if create.clicked() {
                cx.go(Route::CreateUserPool);
            }
            if count > 0 {
                widgets::search(ui, &mut self.filter, "Filter by name or id", 220.0);
            }
            if let Some(region) = region_menu(ui, &here, &regions) {
                cx.commands.push(Command::Region(region));
            }
        });
        let again = widgets::shown(ui, "The user pools could not be listed", &pools, |ui, answer| {
            let all = answer.user_pools.as_deref().unwrap_or_default();
            self.list(ui, cx, all);
        });
        if again {
            cx.refresh(&["ListUserPools"]);
        }
    }
}

/// The Regions to choose from: those an engine of ours has user pools in, and the present one.
/// Other endpoints do not tell; there it is the connection's alone.
fn regions(cx: &mut ScreenCx<'_>, here: &str) -> Vec<String> {
    let mut regions = match &cx.get(&GetEngineInfoRequest {}).value {
        Some(info) => {
            let mut known = info.regions.clone();
            known.push(info.default_region.clone());
            known
        }
        None => Vec::new(),
    };
    regions.push(here.to_owned());
    regions.sort_unstable();
    regions.dedup();
    regions
}

/// A user pool belongs to a Region: draws the choice when there is one, answers what was chosen.
fn region_menu(ui: &mut Ui, here: &str, regions: &[String]) -> Option<String> {
    if regions.len() < 2 {
        return None;
    }
    let button = Button::new(here).icon(Icon::Globe).trailing(Icon::ChevronDown);
    let button = ui
        .add(button)
        .on_hover_text("The Region whose user pools are shown");
    let mut chosen = None;
    widgets::menu(&button, |ui| {
        ui.set_width(180.0);
        for region in regions {
            let item = Button::ghost(region).wide().selected(region == here);
            if ui.add(item).clicked() && region != here {
                chosen = Some(region.clone());
            }
        }
    });
    chosen
}

impl UserPools {
    fn list(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, all: &[UserPoolDescriptionType]) {
        if all.is_empty() {
            let create = widgets::empty(
                ui,
                Icon::Database,
                "No user pools yet",
                "A user pool is a directory of users with its own sign-in rules, app clients and branding.",
                Some("Create user pool"),
            );
            if create {
                cx.go(Route::CreateUserPool);
            }
            return;
        }
        let folded = self.filter.to_lowercase();
        let matches = |text: &Option<String>| {
            text.as_ref()
                .is_some_and(|text| text.to_lowercase().contains(&folded))
        };
        let rows: Vec<&UserPoolDescriptionType> = all
            .iter()
            .filter(|pool| matches(&pool.name) || matches(&pool.id))
            .collect();
        if rows.is_empty() {
            if widgets::nothing_found(ui) {
                self.filter.clear();
            }
            return;
        }
        let t = theme::tokens(ui);
        let now = cx.now();
        let id = |row: usize| rows.get(row).and_then(|pool| pool.id.clone()).unwrap_or_default();
        let name = |row: usize| {
            rows.get(row)
                .and_then(|pool| pool.name.clone())
                .unwrap_or_default()
        };
        let heads = [
            ("Name", Column::remainder().at_least(200.0)),
            ("User pool ID", Column::exact(260.0)),
            ("Created", Column::exact(130.0)),
            ("Last changed", Column::exact(130.0)),
        ];
        let mut copied = None;
        let listed = self.listing.show(
            ui,
            "User pools",
            &heads,
            rows.len(),
            false,
            id,
            name,
            |ui, row, column| {
                let Some(pool) = rows.get(row) else { return };
                match column {
                    0 => {
                        widgets::icon(ui, Icon::Database, t.text3);
                        ui.add(egui::Label::new(t.strong(name(row))).truncate().selectable(false));
                    }
                    1 => {
                        ui.add(egui::Label::new(t.code(id(row))).selectable(false));
                        let label = format!("Copy the id of {}", name(row));
                        if ui.add(IconButton::new(Icon::Copy, &label).small()).clicked() {
                            copied = Some(id(row));
                        }
                    }
                    2 => {
                        widgets::ago(ui, now, pool.creation_date);
                    }
                    _ => {
                        widgets::ago(ui, now, pool.last_modified_date);
                    }
                }
            },
        );
        if let Some(copied) = copied {
            cx.copy("User pool ID", copied);
        } else if let Some(row) = listed.opened {
            cx.go(Route::pool(id(row), Page::Overview));
        }
    }
}

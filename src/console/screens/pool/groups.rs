//! The groups of a user pool.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list.
#[derive(Default)]
pub struct Groups {}

impl Screen for Groups {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Groups", "", |_| {});
    }
}

/// One group.
pub struct Group {
    name: String,
}

impl Group {
    /// The page of one.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

impl Screen for Group {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, &self.name, "Group", |_| {});
    }
}

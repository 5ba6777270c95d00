//! The import jobs of a user pool.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list.
#[derive(Default)]
pub struct Imports {}

impl Screen for Imports {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Imports", "", |_| {});
    }
}

//! The saved connections.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list and its editor.
#[derive(Default)]
pub struct Connections {}

impl Screen for Connections {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Connections", "", |_| {});
    }
}

//! The engine inside this program.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// Address, keys, outbox, backup.
#[derive(Default)]
pub struct LocalEngine {}

impl Screen for LocalEngine {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Local engine", "", |_| {});
    }
}

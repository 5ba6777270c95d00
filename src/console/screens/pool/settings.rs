//! Name, protection, tags, deletion.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The form.
#[derive(Default)]
pub struct Settings {}

impl Screen for Settings {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Settings", "", |_| {});
    }
}

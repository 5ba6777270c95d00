//! Running and finished jobs.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list.
#[derive(Default)]
pub struct Jobs {}

impl Screen for Jobs {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Jobs", "", |_| {});
    }
}

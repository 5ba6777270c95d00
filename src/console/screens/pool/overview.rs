//! Facts about a user pool.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// Facts and next steps.
#[derive(Default)]
pub struct Overview {}

impl Screen for Overview {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Overview", "", |_| {});
    }
}

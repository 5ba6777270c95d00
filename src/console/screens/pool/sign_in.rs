//! Identifiers, first factors, recovery.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The form.
#[derive(Default)]
pub struct SignIn {}

impl Screen for SignIn {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Sign-in", "", |_| {});
    }
}

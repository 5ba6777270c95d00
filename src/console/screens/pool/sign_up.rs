//! Self-registration, verification, attributes.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The form.
#[derive(Default)]
pub struct SignUp {}

impl Screen for SignUp {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Sign-up", "", |_| {});
    }
}

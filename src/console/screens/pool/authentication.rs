//! Password policy and second factors.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The form.
#[derive(Default)]
pub struct AuthenticationMethods {}

impl Screen for AuthenticationMethods {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Authentication methods", "", |_| {});
    }
}

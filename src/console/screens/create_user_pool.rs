//! A new user pool.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The form.
#[derive(Default)]
pub struct CreateUserPool {}

impl Screen for CreateUserPool {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Create user pool", "", |_| {});
    }
}

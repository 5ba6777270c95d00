//! The user pools of the connection.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list.
#[derive(Default)]
pub struct UserPools {}

impl Screen for UserPools {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "User pools", "", |_| {});
    }
}

//! The users of a user pool.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// The list.
#[derive(Default)]
pub struct Users {}

impl Screen for Users {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Users", "", |_| {});
    }
}

/// One user.
pub struct User {
    username: String,
}

impl User {
    /// The page of one.
    pub fn new(username: &str) -> Self {
        Self {
            username: username.to_owned(),
        }
    }
}

impl Screen for User {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, &self.username, "User", |_| {});
    }
}

//! One app client.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// Its settings and secret.
pub struct AppClient {
    client_id: String,
}

impl AppClient {
    /// The page of one.
    pub fn new(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
        }
    }
}

impl Screen for AppClient {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, &self.client_id, "App client", |_| {});
    }
}

//! Where long work is found.

use egui::Ui;

use crate::console::route::{Page, Route};
use crate::console::screens::{Screen, ScreenCx};
use crate::console::theme::Icon;
use crate::console::widgets;

/// Points to the screens that run jobs.
#[derive(Default)]
pub struct Jobs {}

impl Screen for Jobs {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Jobs", "Imports, exports and changes to many users", |_| {});
        let recent = cx.prefs.recent_pools.first().cloned();
        let open = widgets::empty(
            ui,
            Icon::ListTodo,
            "Jobs report where they were started",
            "Import jobs stand under Imports of their user pool, changes to many users under Users.",
            recent.as_ref().map(|_| "Imports of the last user pool"),
        );
        if let (true, Some(pool)) = (open, recent) {
            cx.go(Route::pool(pool, Page::Imports));
        }
    }
}

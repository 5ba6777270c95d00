//! The branding studio.

use egui::Ui;

use crate::console::screens::{Screen, ScreenCx};
use crate::console::widgets;

/// Style sheet, logo, preview.
#[derive(Default)]
pub struct BrandingStudio {}

impl Screen for BrandingStudio {
    fn ui(&mut self, ui: &mut Ui, _cx: &mut ScreenCx<'_>) {
        widgets::header(ui, "Branding studio", "", |_| {});
    }
}

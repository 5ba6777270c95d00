//! What stands where a value would be: nothing yet, nothing at all, a failure.

use egui::{Ui, Vec2};

use super::{Button, icon_sized};
use crate::console::command::explain;
use crate::console::remote::Remote;
use crate::console::theme::{self, Icon};
use crate::driver::CallError;

/// Shows that something is on its way; nothing during the first 300 ms, so that quick
/// answers do not flicker.
pub fn loading(ui: &mut Ui, millis: i64) {
    const PATIENCE_MILLIS: i64 = 300;
    if millis < PATIENCE_MILLIS {
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_millis(300));
        return;
    }
    let t = theme::tokens(ui);
    ui.add_space(48.0);
    ui.vertical_centered(|ui| {
        ui.add(egui::Spinner::new().size(20.0).color(t.text3));
        ui.label(t.hint("Loading"));
    });
}

/// Shows that there is nothing, why, and the one thing to do; answers whether it was clicked.
pub fn empty(ui: &mut Ui, sign: Icon, title: &str, sentence: &str, action: Option<&str>) -> bool {
    let t = theme::tokens(ui);
    let mut clicked = false;
    ui.add_space(40.0);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(52.0), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), 26.0, t.bg3);
        super::paint_icon_sized(ui, sign, rect.center(), 22.0, t.text3);
        ui.add_space(4.0);
        ui.label(t.section(title));
        ui.scope(|ui| {
            ui.set_max_width(440.0);
            ui.label(t.hint(sentence));
        });
        if let Some(action) = action {
            ui.add_space(6.0);
            clicked = ui.add(Button::primary(action)).clicked();
        }
    });
    ui.add_space(24.0);
    clicked
}

/// Shows that a filter leaves nothing; answers whether to clear it.
pub fn nothing_found(ui: &mut Ui) -> bool {
    let t = theme::tokens(ui);
    let mut clear = false;
    ui.add_space(32.0);
    ui.vertical_centered(|ui| {
        icon_sized(ui, Icon::SearchX, 22.0, t.text3);
        ui.label(t.body("Nothing matches the filter"));
        clear = ui.add(Button::new("Clear filter").small()).clicked();
    });
    ui.add_space(24.0);
    clear
}

/// Tells whether an error is about who signed: codes of the vendor's signature checks.
fn is_about_keys(code: &str) -> bool {
    matches!(
        code,
        "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException"
            | "ExpiredTokenException"
    )
}

/// Shows a failure where the value would be; answers whether to try again.
pub fn failed(ui: &mut Ui, what: &str, reason: &CallError) -> bool {
    let t = theme::tokens(ui);
    let (sign, hint) = match reason {
        CallError::Unreachable(_) => (
            Icon::Unplug,
            "Check that the endpoint runs and that its address is right.",
        ),
        CallError::Unavailable { .. } => (Icon::Ban, "The rest of the console works."),
        CallError::ReadOnly { .. } => (Icon::Lock, "Unlock the connection to change things."),
        CallError::Undecodable(_) => (Icon::FileQuestionMark, "The endpoint may speak another protocol."),
        CallError::Fault(fault) if is_about_keys(&fault.code) => (
            Icon::KeyRound,
            "Check the access key of this connection, under Connections.",
        ),
        CallError::Fault(_) => (Icon::CircleX, ""),
    };
    let mut again = false;
    ui.add_space(32.0);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        // What an endpoint never had is no failure of it.
        let lacks = matches!(reason, CallError::Unavailable { .. });
        icon_sized(ui, sign, 26.0, if lacks { t.text3 } else { t.err });
        ui.label(t.section(what));
        ui.scope(|ui| {
            ui.set_max_width(560.0);
            ui.add(egui::Label::new(t.body(reason.to_string())).wrap());
            if let CallError::Fault(fault) = reason
                && let Some(request_id) = &fault.request_id
            {
                ui.label(t.hint(format!("Request {request_id}")));
            }
            if !hint.is_empty() {
                ui.label(t.hint(hint));
            }
        });
        ui.add_space(4.0);
        again = ui.add(Button::new("Try again").icon(Icon::RefreshCw)).clicked();
    });
    ui.add_space(24.0);
    again
}

/// Draws a value, or what stands in its place. Answers whether to ask again.
///
/// An old value stays visible while a new one loads; when the new ask failed, the failure
/// stands above it.
pub fn shown<T>(ui: &mut Ui, what: &str, remote: &Remote<T>, draw: impl FnOnce(&mut Ui, &T)) -> bool {
    match (&remote.value, &remote.error) {
        (Some(value), None) => {
            draw(ui, value);
            false
        }
        (Some(value), Some(reason)) => {
            let mut again = false;
            let message = format!("{what}. Shown is what was known before. {}", explain(reason));
            super::banner(ui, crate::console::command::Tone::Error, &message, |ui| {
                again = ui.add(Button::new("Try again").small()).clicked();
            });
            draw(ui, value);
            again
        }
        (None, Some(reason)) => failed(ui, what, reason),
        (None, None) => {
            loading(ui, remote.loading_millis);
            false
        }
    }
}

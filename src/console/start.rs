//! Opens the window, and says what to do when it cannot be opened.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{App, Launch, Renderer, prefs};

/// The packages a window needs on a Debian-like system.
const PACKAGES: &str = "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1";

/// Opens the window and stays until it is closed, or until `ended` is told.
///
/// # Errors
///
/// One or two sentences for people: what is missing, and what to do about it.
pub fn run(launch: Launch, ended: &Arc<Notify>) -> Result<(), String> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(
            "There is no display to open a window on: neither WAYLAND_DISPLAY nor DISPLAY is set. Start it in a \
             desktop session, or run the engine without a window with `poolhouse serve`."
                .to_owned(),
        );
    }
    explain_panics();
    let order: &[eframe::Renderer] = match launch.renderer {
        Renderer::Glow => &[eframe::Renderer::Glow],
        Renderer::Wgpu => &[eframe::Renderer::Wgpu],
        Renderer::Auto if cfg!(target_os = "linux") => &[eframe::Renderer::Glow, eframe::Renderer::Wgpu],
        Renderer::Auto => &[eframe::Renderer::Wgpu, eframe::Renderer::Glow],
    };
    let mut first = None;
    for renderer in order {
        let (launch, ended) = (launch.clone(), Arc::clone(ended));
        let outcome = eframe::run_native(
            "Poolhouse",
            options(*renderer),
            Box::new(|cc| {
                let app = App::new(cc, launch);
                app.watch_system_theme(&cc.egui_ctx);
                app.watch_ending(&cc.egui_ctx, ended);
                Ok(Box::new(app))
            }),
        );
        let Err(reason) = outcome else { return Ok(()) };
        // After a failure of the event loop another one cannot be made; of the renderer it can.
        let retry = matches!(
            reason,
            eframe::Error::Glutin(_)
                | eframe::Error::NoGlutinConfigs(..)
                | eframe::Error::OpenGL(_)
                | eframe::Error::Wgpu(_)
        );
        tracing::warn!(?renderer, %reason, "the window did not open");
        first.get_or_insert(reason);
        if !retry {
            break;
        }
    }
    match first {
        None => Ok(()),
        Some(reason) => Err(format!(
            "The window could not be opened ({}). On Debian and Ubuntu it needs the packages {PACKAGES}; \
             `--renderer glow` or `--renderer wgpu` chooses how it is drawn, and `poolhouse serve` runs the engine \
             without a window.",
            words(&reason)
        )),
    }
}

/// Puts a failure into words, without the place in winit's source code that it begins with:
/// `os error at /…/x11/mod.rs:10: …`.
fn words(reason: &impl std::fmt::Display) -> String {
    let text = reason.to_string();
    let told = text.rsplit_once(".rs:").and_then(|(before, after)| {
        let (lead, _) = before.split_once("os error at ")?;
        let (_, told) = after.split_once(": ")?;
        Some(format!("{lead}{told}"))
    });
    told.unwrap_or(text)
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn options(renderer: eframe::Renderer) -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("poolhouse")
            .with_title("Poolhouse")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([960.0, 600.0]),
        renderer,
        persist_window: true,
        ..Default::default()
    }
}

/// A missing keyboard library is reported by a panic, not by an error; name the package then.
fn explain_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.to_string();
        if text.contains("xkbcommon") || text.contains("xlib") {
            tracing::error!("a library of the window is missing; on Debian and Ubuntu install {PACKAGES}");
        }
        before(info);
    }));
}

/// Reads what the last window remembered.
pub(super) fn remembered(cc: &eframe::CreationContext<'_>) -> prefs::Prefs {
    cc.storage
        .and_then(|storage| eframe::get_value(storage, prefs::Prefs::KEY))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_source_code_are_left_out() {
        let winit = "winit error: os error at /home/x/.cargo/registry/src/winit-0.30.13/src/platform_impl/linux/mod.rs:765: \
                     neither WAYLAND_DISPLAY nor DISPLAY is set";
        assert_eq!(
            words(&winit),
            "winit error: neither WAYLAND_DISPLAY nor DISPLAY is set"
        );
        assert_eq!(words(&"glutin error: no config"), "glutin error: no config");
    }
}

//! The desktop's file dialog, where there is one.

use std::path::{Path, PathBuf};

/// Tells whether a file dialog can open. Without a portal and without zenity a dialog would
/// end at once as if it had been cancelled.
pub fn has_dialog() -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file()));
    let has_bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    let has_portal = ["/usr/share", "/usr/local/share"].iter().any(|share| {
        Path::new(share)
            .join("dbus-1/services/org.freedesktop.portal.Desktop.service")
            .is_file()
    });
    on_path || (has_bus && has_portal)
}

/// Lets the user choose a file; `None` when nobody chose one. `kinds` are names and endings.
pub async fn choose(title: &str, kinds: &[(&str, &[&str])]) -> Option<PathBuf> {
    let mut dialog = rfd::AsyncFileDialog::new().set_title(title);
    for (name, endings) in kinds {
        dialog = dialog.add_filter(*name, endings);
    }
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

//! Files that the user chooses: the desktop's file dialog, where there is one, and reading.

use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The system does not give it; its words.
    Refused(String),
    /// It is a folder, a device, a pipe: what may have no end.
    NoFile,
    /// It has this many bytes or more.
    TooLarge(u64),
}

/// Reads a whole file of at most `most` bytes. Blocks.
///
/// # Errors
///
/// [`Unread`].
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Unread> {
    let refused = |reason: std::io::Error| Unread::Refused(reason.to_string());
    // Opening a pipe may wait for its other end, so that is looked at before.
    let known = std::fs::metadata(path).map_err(refused)?;
    if !known.is_file() {
        return Err(Unread::NoFile);
    }
    if known.len() > most {
        return Err(Unread::TooLarge(known.len()));
    }
    let mut bytes = Vec::new();
    // It may have grown since.
    std::fs::File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(refused)?;
    match u64::try_from(bytes.len()) {
        Ok(read) if read <= most => Ok(bytes),
        Ok(read) => Err(Unread::TooLarge(read)),
        Err(_) => Err(Unread::TooLarge(u64::MAX)),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path(), 10), Err(Unread::NoFile));
        let file = folder.path().join("file");
        assert!(matches!(read(&file, 10), Err(Unread::Refused(_))));
        std::fs::write(&file, "0123456789").unwrap();
        assert_eq!(read(&file, 10).unwrap(), b"0123456789");
        assert_eq!(read(&file, 9), Err(Unread::TooLarge(10)));
        #[cfg(unix)]
        assert_eq!(read(Path::new("/dev/zero"), 10), Err(Unread::NoFile));
        // Says that it is empty, and is not.
        #[cfg(target_os = "linux")]
        assert!(matches!(
            read(Path::new("/proc/self/maps"), 10),
            Err(Unread::TooLarge(_))
        ));
    }
}

//! Files that the user chooses: the desktop's file dialog, where there is one, and reading.

use std::io::{ErrorKind, Read as _};
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

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// It stays, and nothing is written.
    Keep,
    /// The new one takes its place.
    Replace,
}

/// Writes a file that only this user may read: beside its goal first, so that neither a full disk
/// nor an end midway leaves half a file under its name. Blocks.
///
/// # Errors
///
/// What writing reports; [`ErrorKind::AlreadyExists`] when there is one that stays, and for what
/// is no file, such as a folder, a link or a device.
pub fn write(
    goal: &Path,
    present: Present,
    contents: impl FnOnce(&mut std::fs::File) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let there = std::fs::symlink_metadata(goal).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        return Err(std::io::Error::new(
            ErrorKind::AlreadyExists,
            "something that is no file has this name",
        ));
    }
    if there.is_some() && present == Present::Keep {
        return Err(std::io::Error::new(
            ErrorKind::AlreadyExists,
            "a file of this name is there already",
        ));
    }
    let folder = match goal.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    contents(part.as_file_mut())?;
    part.as_file().sync_all()?;
    let kept = match present {
        Present::Keep => part.persist_noclobber(goal),
        Present::Replace => part.persist(goal),
    };
    kept.map(|_| ()).map_err(|refused| refused.error)
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
    fn file_that_is_there_stays_unless_it_is_to_be_replaced() {
        use std::io::Write as _;
        let folder = tempfile::tempdir().unwrap();
        let goal = folder.path().join("users.csv");
        let text = |text: &'static str| move |file: &mut std::fs::File| file.write_all(text.as_bytes());
        write(&goal, Present::Keep, text("one")).unwrap();
        assert_eq!(
            write(&goal, Present::Keep, text("two")).unwrap_err().kind(),
            ErrorKind::AlreadyExists
        );
        assert_eq!(std::fs::read_to_string(&goal).unwrap(), "one");
        // What fails midway leaves the earlier one, and nothing beside it.
        let failing = |file: &mut std::fs::File| {
            file.write_all(b"half")?;
            Err(std::io::Error::other("full"))
        };
        write(&goal, Present::Replace, failing).unwrap_err();
        assert_eq!(std::fs::read_to_string(&goal).unwrap(), "one");
        write(&goal, Present::Replace, text("two")).unwrap();
        assert_eq!(std::fs::read_to_string(&goal).unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&goal).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&goal, &link).unwrap();
            write(&link, Present::Replace, text("three")).unwrap_err();
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        }
        write(folder.path(), Present::Replace, text("three")).unwrap_err();
    }

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

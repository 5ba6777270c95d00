//! The database as a file: who may open it, whether it is whole, what lies beside it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing::warn;

use crate::store::{Error, Result};

/// Takes the lock that keeps a second process out, and notes who holds it.
pub(super) fn lock(path: &Path) -> Result<Arc<File>> {
    let at = beside(path, ".lock");
    let failed = |reason: std::io::Error| {
        Error::Database(format!(
            "the lock file cannot be used: {reason}: {}",
            at.display()
        ))
    };
    let mut file = private(
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false),
    )
    .open(&at)
    .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let _ = file.read_to_string(&mut owner);
            return Err(Error::Locked(match owner.trim() {
                "" => path.display().to_string(),
                pid => format!("{} (process {pid})", path.display()),
            }));
        }
        Err(TryLockError::Error(reason)) => return Err(failed(reason)),
    }
    // Only a help for people; the lock itself is the system's.
    let note = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()));
    if let Err(reason) = note {
        warn!(%reason, path = %at.display(), "the lock file does not name its owner");
    }
    Ok(Arc::new(file))
}

/// Files of the store are for their owner alone.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

pub(super) fn create_private(path: &Path) -> Result<()> {
    let made = private(OpenOptions::new().write(true).create_new(true)).open(path);
    match made {
        Ok(_) => sync_dir(path),
        Err(reason) if reason.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(reason) => Err(io_error("the database cannot be made", path, &reason)),
    }
}

/// Finds a file that was cut short, which opening alone would not show.
pub(super) fn check_length(path: &Path) -> Result<()> {
    // Pages that are still in the log may be missing from the file.
    let log = fs::metadata(beside(path, "-wal")).map_or(0, |it| it.len());
    let mut header = [0_u8; 32];
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        if length == 0 {
            return Ok(None);
        }
        file.read_exact(&mut header)?;
        Ok(Some(length))
    });
    let length = match read {
        Ok(Some(length)) => length,
        Ok(None) => return Ok(()),
        Err(reason) if reason.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(Error::Corrupt(format!("not a database: {}", path.display())));
        }
        Err(reason) => return Err(io_error("the database cannot be read", path, &reason)),
    };
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(Error::Corrupt(format!("not a database: {}", path.display())));
    }
    // File format: page size at 16 (1 stands for 65536), size in pages at 28.
    // Source: https://www.sqlite.org/fileformat2.html#the_database_header
    let number = |at: usize, len: usize| {
        header
            .iter()
            .skip(at)
            .take(len)
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let page = match number(16, 2) {
        1 => 65_536,
        other => other,
    };
    let expected = page.saturating_mul(number(28, 4));
    if log == 0 && length < expected {
        return Err(Error::Corrupt(format!(
            "the file has {length} of {expected} bytes: {}",
            path.display()
        )));
    }
    Ok(())
}

pub(super) fn put_in_place(partial: &Path, to: &Path) -> Result<()> {
    fs::rename(partial, to).map_err(|reason| io_error("the copy cannot be put in place", to, &reason))?;
    sync_dir(to)
}

/// Flushes the folder of `path`, without which a new name may be gone after a power cut.
fn sync_dir(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|reason| io_error("the folder cannot be flushed", folder, &reason))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

pub(super) fn io_error(what: &str, path: &Path, reason: &std::io::Error) -> Error {
    match reason.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Database(format!("{what}: {reason}: {}", path.display())),
    }
}

/// Returns `path` with `tail` after its name.
pub(super) fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(tail);
    PathBuf::from(name)
}

//! Copies of a database: made while it is written to, checked, put in its place.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::adapter::error_of;
use super::file::{beside, check_length, io_error, private, put_in_place};
use super::schema::format_of;
use crate::store::{Error, Result};

/// Copies a database, in one snapshot, into a new file that is flushed.
pub(super) fn copy_database(from: &Path, to: &Path) -> Result<()> {
    match fs::remove_file(to) {
        Ok(()) => {}
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => {}
        Err(reason) => return Err(io_error("the copy cannot be made", to, &reason)),
    }
    private(OpenOptions::new().write(true).create_new(true))
        .open(to)
        .map_err(|reason| io_error("the copy cannot be made", to, &reason))?;
    let copy = || -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = Connection::open_with_flags(from, flags)?;
        source.busy_timeout(Duration::from_secs(5))?;
        let mut target = Connection::open(to)?;
        let backup = Backup::new(&source, &mut target)?;
        // All pages in one step: writers go on beside it, and nothing starts over.
        loop {
            match backup.step(-1)? {
                StepResult::Done => break,
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        drop(backup);
        // One file, not three, for who carries it away.
        target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        target.close().map_err(|(_, reason)| reason)
    };
    copy().map_err(|reason| error_of(&reason))?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|reason| io_error("the copy cannot be flushed", to, &reason))
}

/// Opens a copy for reading, when it is one of ours and whole: it is checked from end to end.
pub(super) fn open_copy(path: &Path) -> Result<Connection> {
    check_length(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|reason| error_of(&reason))?;
    if format_of(&connection, path)? == 0 {
        return Err(Error::Corrupt(format!("nothing in it: {}", path.display())));
    }
    let verdict: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|reason| error_of(&reason))?;
    if verdict != "ok" {
        tracing::warn!(%verdict, "a copy is damaged");
        return Err(Error::Corrupt(format!(
            "parts of it cannot be read: {}",
            path.display()
        )));
    }
    Ok(connection)
}

/// Copies a database of ours after checking it from end to end.
pub(super) fn copy_checked(from: &Path, to: &Path) -> Result<()> {
    drop(open_copy(from)?);
    copy_database(from, to)
}

/// Keeps the database at `to` aside and puts `partial` in its place.
pub(super) fn swap_in(partial: &Path, to: &Path) -> Result<Option<PathBuf>> {
    if !to.exists() {
        put_in_place(partial, to)?;
        return Ok(None);
    }
    let aside = (1_u32..)
        .map(|at| beside(to, &format!(".before-restore-{at}")))
        .find(|path| !path.exists())
        .ok_or_else(|| Error::Database("too many old databases".to_owned()))?;
    // The log of the old database must not be taken for one of the new: fold it in, or,
    // when the old one is too damaged for that, keep it aside too.
    let folded = Connection::open(to)
        .and_then(|old| old.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0)));
    if folded.is_err() {
        for tail in ["-wal", "-shm"] {
            let log = beside(to, tail);
            if log.exists() {
                fs::rename(&log, beside(&aside, tail))
                    .map_err(|reason| io_error("the old log cannot be kept aside", &log, &reason))?;
            }
        }
    }
    fs::hard_link(to, &aside)
        .or_else(|_| fs::copy(to, &aside).map(|_| ()))
        .map_err(|reason| io_error("the old database cannot be kept aside", &aside, &reason))?;
    put_in_place(partial, to)?;
    Ok(Some(aside))
}

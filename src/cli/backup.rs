//! `poolhouse backup` and `poolhouse restore`: the whole store in one file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::outbox::Endpoint;
use super::{Failure, runtime, say};
use crate::base::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::engine::open::DATABASE_FILE;
use crate::store::sqlite::{Options, Sqlite};
use crate::store::{Backend as _, Error};
use crate::wire::engine::BackupRequest;

#[derive(Args)]
pub struct BackupArguments {
    /// Where the copy goes. A running engine chooses a place in its data folder instead.
    #[arg(
        value_name = "FILE",
        required_unless_present = "running",
        conflicts_with = "running"
    )]
    file: Option<PathBuf>,
    /// Ask the running engine at --endpoint, instead of opening the data folder.
    #[arg(long)]
    running: bool,
    #[command(flatten)]
    endpoint: Endpoint,
}

#[derive(Args)]
pub struct RestoreArguments {
    /// A copy that `backup` made.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

const KEY_NOTE: &str = "The key that opens what is sealed in it (vault.key in the data folder, or \
                        POOLHOUSE_VAULT_KEY) is not part of the copy; keep it apart.";

/// Writes a complete copy of the store.
pub fn backup(config: &Config, asked: &BackupArguments) -> Result<(), Failure> {
    let Some(to) = &asked.file else {
        let driver = asked.endpoint.driver()?;
        let made = runtime()?
            .block_on(driver.call(&BackupRequest { path: None }))
            .map_err(Failure::failed)?;
        say(&format!(
            "{} bytes in {} on the engine's machine. {KEY_NOTE}\n",
            made.bytes, made.path
        ));
        return Ok(());
    };
    if to.exists() {
        return Err(Failure::Asked(format!("{} is already there", to.display())));
    }
    let database = config.data_dir.join(DATABASE_FILE);
    if !database.exists() {
        return Err(Failure::Asked(format!(
            "there is no store at {}",
            database.display()
        )));
    }
    let store = open(&database)?;
    store.backup(to).map_err(Failure::failed)?;
    let bytes = std::fs::metadata(to).map_err(Failure::failed)?.len();
    say(&format!("{bytes} bytes in {}. {KEY_NOTE}\n", to.display()));
    Ok(())
}

fn open(database: &Path) -> Result<Sqlite, Failure> {
    Sqlite::open(database, &Options::default()).map_err(|reason| match reason {
        Error::Locked(_) => Failure::Failed(format!(
            "{reason}; end that program, or copy it while it runs with `poolhouse backup --running`"
        )),
        other => Failure::failed(other),
    })
}

/// Puts a copy in the place of the store. The copy is checked before anything is changed.
pub fn restore(config: &Config, asked: &RestoreArguments) -> Result<(), Failure> {
    let folder = &config.data_dir;
    let database = folder.join(DATABASE_FILE);
    let told = |what: &str, reason: &dyn std::fmt::Display| Failure::Failed(format!("{what}: {reason}"));
    std::fs::create_dir_all(folder).map_err(|reason| told("the data folder cannot be made", &reason))?;
    // The lock is taken even when there is no store yet, or a damaged one.
    match Sqlite::open(&database, &Options::default()) {
        Ok(_) | Err(Error::Corrupt(_) | Error::TooNew { .. }) => {}
        Err(reason) => return Err(Failure::failed(reason)),
    }
    let now = SystemClock.now().secs();
    let coming = folder.join(format!("restore-{now}.sqlite"));
    let outcome = std::fs::copy(&asked.file, &coming)
        .map_err(|reason| told("the copy cannot be read", &reason))
        .and_then(|_| {
            #[cfg(unix)]
            std::fs::set_permissions(&coming, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .map_err(|reason| told("the copy cannot be made private", &reason))?;
            // Opening checks that it is a store of ours, and brings it to the present format.
            Sqlite::open(&coming, &Options::default())
                .map(drop)
                .map_err(|reason| told("the copy is not a store that can be used", &reason))
        })
        .and_then(|()| exchange(folder, &database, &coming, now));
    for leftover in ["", "-wal", "-shm", ".lock"] {
        let mut name = coming.clone().into_os_string();
        name.push(leftover);
        let _ = std::fs::remove_file(name);
    }
    let kept = outcome?;
    say(&format!(
        "Restored. The store that was there is {}. {KEY_NOTE}\n",
        kept.display()
    ));
    Ok(())
}

fn exchange(folder: &Path, database: &Path, coming: &Path, now: i64) -> Result<PathBuf, Failure> {
    let kept = folder.join(format!("poolhouse-before-{now}.sqlite"));
    let moved = |reason: std::io::Error| Failure::Failed(format!("the store cannot be exchanged: {reason}"));
    std::fs::rename(database, &kept).map_err(moved)?;
    // What a killed process left beside the old file belongs to it alone.
    for suffix in ["-wal", "-shm"] {
        let (mut from, mut to) = (database.as_os_str().to_owned(), kept.as_os_str().to_owned());
        from.push(suffix);
        to.push(suffix);
        let _ = std::fs::rename(from, to);
    }
    if let Err(reason) = std::fs::rename(coming, database) {
        let _ = std::fs::rename(&kept, database);
        return Err(moved(reason));
    }
    #[cfg(unix)]
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(kept)
}

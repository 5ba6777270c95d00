//! `poolhouse backup` and `poolhouse restore`: the whole store in one file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::outbox::Endpoint;
use super::{Failure, runtime, say};
use crate::config::Config;
use crate::engine::backup;
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
    match backup::restore(&asked.file, &config.data_dir).map_err(Failure::failed)? {
        Some(kept) => say(&format!(
            "Restored. The store that was there is {}. {KEY_NOTE}\n",
            kept.display()
        )),
        None => say(&format!("Restored. {KEY_NOTE}\n")),
    }
    Ok(())
}

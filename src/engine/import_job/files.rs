//! Uploads on disk: `uploads/<user pool>.<job>.<random>.csv` under the data folder, `.part` while
//! they arrive. No name comes from a caller: pool and job are checked against the store first.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::base::ids;
use crate::engine::{Engine, Error, Result};
use crate::store;
use crate::store::records::imports::ImportJob;

const FOLDER: &str = "uploads";
const PART: &str = "part";

/// Returns the path of an upload by its name.
pub(super) fn path(engine: &Engine, name: &str) -> PathBuf {
    engine.data_dir.join(FOLDER).join(name)
}

/// The uploads that are arriving: one a job, so that a URL fills the disk with one file at most.
#[derive(Default)]
pub struct Uploads(Mutex<HashMap<String, oneshot::Sender<()>>>);

/// An upload that is arriving.
pub struct Upload {
    /// Where it is to be written to.
    pub file: PathBuf,
    later: oneshot::Receiver<()>,
}

impl Upload {
    /// Is done when another upload to the same job has begun, which ends this one.
    pub async fn replaced(&mut self) {
        let _ = (&mut self.later).await;
    }
}

impl Uploads {
    /// Begins an upload to a job and ends the one before.
    fn begin(&self, job_id: &str, file: PathBuf) -> Upload {
        let (keep, later) = oneshot::channel();
        let mut arriving = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        arriving.retain(|_, earlier| !earlier.is_closed());
        // Who waits for the earlier one's learns of it by the drop.
        arriving.insert(job_id.to_owned(), keep);
        Upload { file, later }
    }
}

/// Begins a file that is about to arrive, in place of one that has not yet; its folder is there.
pub(super) async fn new_part(engine: &Arc<Engine>, job: &ImportJob) -> Result<Upload> {
    let random = ids::uuid(&*engine.rng).simple();
    let name = format!("{}.{}.{random}.{PART}", job.user_pool_id, job.id);
    let folder = engine.data_dir.join(FOLDER);
    let file = blocking(move || {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(folder.join(name))
    })
    .await?;
    Ok(engine.uploads.begin(&job.id, file))
}

/// Flushes a file that has arrived and gives it its lasting name, which is returned.
pub(super) async fn keep(temporary: PathBuf) -> Result<String> {
    blocking(move || {
        let kept = temporary.with_extension("csv");
        let outcome = std::fs::File::open(&temporary)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&temporary, &kept));
        if let Err(reason) = outcome {
            let _ = std::fs::remove_file(&temporary);
            return Err(reason);
        }
        // The name itself must outlast a power cut. Not every system can open a folder.
        if let Some(folder) = kept.parent()
            && let Ok(folder) = std::fs::File::open(folder)
        {
            folder.sync_all()?;
        }
        let name = kept.file_name().and_then(|name| name.to_str());
        name.map(str::to_owned)
            .ok_or_else(|| io::Error::other("the upload has no name"))
    })
    .await
}

/// Removes a file; one that is gone already is no failure.
pub(super) async fn remove(path: &Path) {
    if let Err(reason) = tokio::fs::remove_file(path).await
        && reason.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%reason, "an upload could not be removed");
    }
}

/// Returns the user pool and the job that a file belongs to, by its name.
pub(super) fn owner(name: &str) -> Option<(&str, &str)> {
    let mut parts = name.split('.');
    Some((parts.next()?, parts.next()?))
}

/// Tells whether a file has not arrived as a whole yet.
pub(super) fn is_part(name: &str) -> bool {
    name.rsplit('.').next() == Some(PART)
}

/// Removes the uploads that no job needs any more; returns how many.
///
/// # Errors
///
/// The store's failure, or that of the folder.
pub async fn sweep(engine: &Arc<Engine>) -> Result<usize> {
    let folder = engine.data_dir.join(FOLDER);
    let names = blocking(move || {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(reason) => return Err(reason),
        };
        Ok(entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect::<Vec<_>>())
    })
    .await?;
    if names.is_empty() {
        return Ok(0);
    }
    let now = engine.clock.now();
    let asked = names.clone();
    // Written nowhere, but queued behind what is: a file recorded meanwhile is seen.
    let needed = engine
        .store
        .transact("sweep_uploads", move |tx| -> store::Result<_> {
            super::needed(now, tx, &asked)
        })
        .await?;
    let mut removed = 0_usize;
    for name in names.iter().filter(|name| !needed.contains(*name)) {
        remove(&path(engine, name)).await;
        removed = removed.saturating_add(1);
    }
    Ok(removed)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(Error::internal),
        Err(reason) => Err(Error::internal(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_owner() {
        let name = "eu-west-1_aB3.import-x9.0f.part";
        assert_eq!(owner(name), Some(("eu-west-1_aB3", "import-x9")));
        assert!(is_part(name) && !is_part("a.b.c.csv"));
        assert_eq!(owner("stray"), None);
    }
}

//! The thread that writes: whatever waits shares one commit.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ffi};
use tracing::{error, warn};

use super::adapter::{Adapter, error_of, extended_code};
use super::guard;
use crate::store::{Error, Reader, Result, Tx, WriteJob};

/// At most so many callers share a commit, so that the first does not wait for ever.
const GROUP_MAX: usize = 512;

/// How long a small group waits for those who came along last time.
const GROUP_PAUSE: Duration = Duration::from_micros(300);

type Done = Box<dyn FnOnce(Result<bool>) + Send>;

/// A write that waits.
struct Waiting {
    name: &'static str,
    job: WriteJob,
    done: Done,
}

#[derive(Default)]
struct WriteQueue {
    waiting: VecDeque<Waiting>,
    closed: bool,
}

pub(super) struct Writes {
    path: PathBuf,
    queue: Mutex<WriteQueue>,
    arrived: Condvar,
    capacity: usize,
    commits: AtomicU64,
}

impl Writes {
    /// Makes the queue of the database at `path`, for `capacity` writes that wait.
    pub(super) fn new(path: PathBuf, capacity: usize) -> Self {
        Self {
            path,
            queue: Mutex::default(),
            arrived: Condvar::new(),
            capacity,
            commits: AtomicU64::new(0),
        }
    }

    /// Puts a write into the queue; `done` is told the outcome.
    pub(super) fn push(&self, name: &'static str, job: WriteJob, done: Done) -> Result<()> {
        let mut queue = guard(&self.queue);
        if queue.closed {
            return Err(Error::Closed);
        }
        if queue.waiting.len() >= self.capacity {
            return Err(Error::Busy);
        }
        queue.waiting.push_back(Waiting { name, job, done });
        drop(queue);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes nothing more; what waits is still written.
    pub(super) fn close(&self) {
        guard(&self.queue).closed = true;
        self.arrived.notify_all();
    }

    /// How many transactions were committed.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Waits for work; `None` when the store is closed and nothing is left.
    fn wait(&self) -> Option<Vec<Waiting>> {
        let mut queue = guard(&self.queue);
        loop {
            if !queue.waiting.is_empty() {
                return Some(take(&mut queue.waiting, GROUP_MAX));
            }
            if queue.closed {
                return None;
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes what arrived meanwhile, up to `room`; waits a moment for it when told to.
    fn more(&self, room: usize, pause: bool) -> Vec<Waiting> {
        let mut queue = guard(&self.queue);
        if queue.waiting.is_empty() && pause && !queue.closed {
            queue = self
                .arrived
                .wait_timeout(queue, GROUP_PAUSE)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(queue, _)| queue);
        }
        take(&mut queue.waiting, room)
    }
}

fn take<T>(waiting: &mut VecDeque<T>, room: usize) -> Vec<T> {
    let count = room.min(waiting.len());
    waiting.drain(..count).collect()
}

/// Why a whole group is undone.
pub(super) enum Doom {
    /// The caller's own error is that of the others too.
    All(fn() -> Error),
    /// The flush failed: what it should have covered is unknown.
    Flush(String),
    /// Another failure of the database.
    Other(String),
}

impl Doom {
    fn error(&self) -> Error {
        match self {
            Self::All(make) => make(),
            Self::Flush(what) | Self::Other(what) => Error::Database(what.clone()),
        }
    }
}

pub(super) fn write_loop(writes: &Writes, connection: &Connection) {
    let mut last_size = 1;
    let mut broken: Option<String> = None;
    while let Some(group) = writes.wait() {
        if let Some(what) = &broken {
            for write in group {
                finish(write.done, Err(Error::Database(what.clone())));
            }
            continue;
        }
        let (finished, doom) = write_group(writes, connection, group, last_size);
        last_size = finished.len();
        if let Some(Doom::Flush(what)) = &doom {
            error!(path = %writes.path.display(), reason = %what, "writing stops: a flush failed");
            broken = Some(format!("writing stopped after a failed flush ({what}); restart"));
        }
        for (done, outcome) in finished {
            finish(done, doom.as_ref().map_or(outcome, |doom| Err(doom.error())));
        }
    }
}

fn finish(done: Done, outcome: Result<bool>) {
    if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
        warn!("a caller of the store panicked while it was told the outcome");
    }
}

/// Runs a group in one transaction; returns what to tell each, or what to tell all.
fn write_group(
    writes: &Writes,
    connection: &Connection,
    mut group: Vec<Waiting>,
    last_size: usize,
) -> (Vec<(Done, Result<bool>)>, Option<Doom>) {
    let mut finished = Vec::with_capacity(group.len());
    let mut paused = false;
    let mut doom = connection
        .execute_batch("BEGIN IMMEDIATE")
        .err()
        .map(|reason| doom_of(&reason));
    loop {
        for write in group {
            if doom.is_some() {
                finished.push((write.done, Ok(false)));
                continue;
            }
            let (outcome, failed) = write_one(connection, write.name, write.job);
            doom = failed;
            finished.push((write.done, outcome));
        }
        let room = GROUP_MAX.saturating_sub(finished.len());
        if room == 0 || doom.is_some() {
            break;
        }
        // Those who were answered together come back together, each a little later than the
        // other: without a pause the first would get a flush of its own.
        let pause = !paused && finished.len() < last_size.saturating_sub(last_size / 4);
        paused |= pause;
        group = writes.more(room, pause);
        if group.is_empty() {
            break;
        }
    }
    if doom.is_none() {
        doom = match connection.execute_batch("COMMIT") {
            Ok(()) => None,
            Err(reason) => Some(doom_of(&reason)),
        };
    }
    if doom.is_none() {
        writes.commits.fetch_add(1, Ordering::Relaxed);
    } else if !connection.is_autocommit()
        && let Err(reason) = connection.execute_batch("ROLLBACK")
    {
        error!(%reason, "a transaction could not be rolled back");
        doom = Some(Doom::Flush(reason.to_string()));
    }
    (finished, doom)
}

/// Runs one caller's work inside its savepoint.
fn write_one(connection: &Connection, name: &'static str, mut job: WriteJob) -> (Result<bool>, Option<Doom>) {
    let step = |sql: &str| connection.prepare_cached(sql).and_then(|mut it| it.execute([]));
    if let Err(reason) = step("SAVEPOINT caller") {
        return (Ok(false), Some(doom_of(&reason)));
    }
    let mut sql = Adapter {
        connection,
        doom: None,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut Tx(Reader(&mut sql)))));
    let doom = sql.doom.take();
    let outcome = outcome.unwrap_or_else(|_| {
        error!(transaction = name, "a transaction panicked");
        Err(Error::Closed)
    });
    // The database itself undoes everything after some failures (a full disk among them).
    if doom.is_some() || connection.is_autocommit() {
        let doom = doom.unwrap_or_else(|| Doom::Other("the transaction was undone".to_owned()));
        return (outcome, Some(doom));
    }
    let keep = matches!(outcome, Ok(true));
    let undone = if keep { Ok(0) } else { step("ROLLBACK TO caller") };
    match undone.and_then(|_| step("RELEASE caller")) {
        Ok(_) => (outcome, None),
        Err(reason) => (Ok(false), Some(doom_of(&reason))),
    }
}

fn doom_of(reason: &rusqlite::Error) -> Doom {
    match extended_code(reason) {
        Some((_, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)) => Doom::Flush(reason.to_string()),
        _ => match error_of(reason) {
            Error::Full => Doom::All(|| Error::Full),
            Error::Conflict => Doom::All(|| Error::Conflict),
            _ => Doom::Other(reason.to_string()),
        },
    }
}

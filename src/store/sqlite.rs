//! The embedded adapter: one SQLite file.
//!
//! One thread writes. It takes everything that waits, runs each caller's work inside a
//! savepoint of its own, commits once for all, and only then tells them: durable writes
//! cost one flush a group instead of one a caller. As many threads as cores read, each on
//! its own connection, each job in one snapshot.
//!
//! A lock file beside the database keeps a second process out for as long as this one
//! lives; the system releases it even when the process is killed.
//!
//! What it must never do: acknowledge before the flush, or go on writing after a flush
//! failed (a later one is not trusted to cover what the failed one left out).

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, ffi, params_from_iter};
use tracing::{error, warn};

use super::{Backend, Error, ReadJob, Reader, Result, Row, Sql, Tx, Value, WriteJob};

/// The steps that make the schema, in order. A step, once released, is never changed.
const SCHEMA: &[&str] = &[
    include_str!("../../assets/schema/0001_user_pool.sql"),
    include_str!("../../assets/schema/0002_user_pool_by_region.sql"),
    include_str!("../../assets/schema/0003_deleted_pool.sql"),
    include_str!("../../assets/schema/0004_counter.sql"),
    include_str!("../../assets/schema/0005_pool_keys.sql"),
    include_str!("../../assets/schema/0006_app_client.sql"),
    include_str!("../../assets/schema/0007_app_client_by_pool.sql"),
    include_str!("../../assets/schema/0008_pool_user.sql"),
    include_str!("../../assets/schema/0009_login.sql"),
    include_str!("../../assets/schema/0010_attr.sql"),
    include_str!("../../assets/schema/0011_user_group.sql"),
    include_str!("../../assets/schema/0012_member.sql"),
    include_str!("../../assets/schema/0013_member_by_user.sql"),
    include_str!("../../assets/schema/0014_code.sql"),
    include_str!("../../assets/schema/0015_code_by_end.sql"),
    include_str!("../../assets/schema/0016_attempt.sql"),
    include_str!("../../assets/schema/0017_used.sql"),
    include_str!("../../assets/schema/0018_used_by_end.sql"),
    include_str!("../../assets/schema/0019_revoked.sql"),
    include_str!("../../assets/schema/0020_revoked_by_end.sql"),
    include_str!("../../assets/schema/0021_rotated.sql"),
    include_str!("../../assets/schema/0022_rotated_by_end.sql"),
    include_str!("../../assets/schema/0023_message.sql"),
    include_str!("../../assets/schema/0024_message_by_pool.sql"),
    include_str!("../../assets/schema/0025_message_by_destination.sql"),
    include_str!("../../assets/schema/0026_import_job.sql"),
    include_str!("../../assets/schema/0027_import_job_by_age.sql"),
    include_str!("../../assets/schema/0028_import_job_active.sql"),
    include_str!("../../assets/schema/0029_import_log.sql"),
    include_str!("../../assets/schema/0030_ui_customization.sql"),
    include_str!("../../assets/schema/0031_ui_customization_by_logo.sql"),
    include_str!("../../assets/schema/0032_tag.sql"),
    include_str!("../../assets/schema/0033_access_key.sql"),
    include_str!("../../assets/schema/0034_setting.sql"),
    include_str!("../../assets/schema/0035_attempt_by_age.sql"),
    include_str!("../../assets/schema/0036_pool_resource.sql"),
    include_str!("../../assets/schema/0037_device.sql"),
    include_str!("../../assets/schema/0038_passkey.sql"),
    include_str!("../../assets/schema/0039_user_session.sql"),
    include_str!("../../assets/schema/0040_user_session_by_end.sql"),
    include_str!("../../assets/schema/0041_identity.sql"),
    include_str!("../../assets/schema/0042_identity_by_user.sql"),
    include_str!("../../assets/schema/0043_identity_pool.sql"),
    include_str!("../../assets/schema/0044_identity_pool_by_region.sql"),
    include_str!("../../assets/schema/0045_pool_identity.sql"),
    include_str!("../../assets/schema/0046_pool_identity_by_pool.sql"),
    include_str!("../../assets/schema/0047_pool_identity_enabled.sql"),
    include_str!("../../assets/schema/0048_identity_login.sql"),
    include_str!("../../assets/schema/0049_domain.sql"),
    include_str!("../../assets/schema/0050_domain_by_pool.sql"),
    include_str!("../../assets/schema/0051_domain_by_region.sql"),
    include_str!("../../assets/schema/0052_delivery.sql"),
    include_str!("../../assets/schema/0053_delivery_by_time.sql"),
    include_str!("../../assets/schema/0054_auth_event.sql"),
    include_str!("../../assets/schema/0055_auth_event_by_end.sql"),
    include_str!("../../assets/schema/0056_risk_profile.sql"),
    include_str!("../../assets/schema/0057_log_record.sql"),
    include_str!("../../assets/schema/0058_log_record_by_pool.sql"),
    include_str!("../../assets/schema/0059_parked.sql"),
    include_str!("../../assets/schema/0060_parked_by_end.sql"),
    include_str!("../../assets/schema/0061_index_waiting.sql"),
    include_str!("../../assets/schema/0062_index_settled.sql"),
];

/// Marks a file as ours, in its header (`PRAGMA application_id`): `Pool` in ASCII.
const APPLICATION_ID: i64 = 0x506f_6f6c;

/// At most so many callers share a commit, so that the first does not wait for ever.
const GROUP_MAX: usize = 512;

/// How long a small group waits for those who came along last time.
const GROUP_PAUSE: Duration = Duration::from_micros(300);

/// How the adapter is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reader threads. Default: the number of cores.
    pub readers: usize,
    /// Reads that may wait, in each lane. More are [`Error::Busy`]. Default: 1024.
    pub read_queue: usize,
    /// Writes that may wait. More are [`Error::Busy`]. Default: 4096.
    pub write_queue: usize,
    /// Page cache of the writer in KiB. Default: 65536.
    pub writer_cache_kib: u32,
    /// Page cache of each reader in KiB. Default: 16384.
    pub reader_cache_kib: u32,
    /// How many bytes of the file all readers together may map into memory. Only for local
    /// disks: a read error in mapped memory ends the process. Default: 128 MiB.
    pub mmap_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: std::thread::available_parallelism().map_or(2, usize::from),
            read_queue: 1024,
            write_queue: 4096,
            writer_cache_kib: 64 * 1024,
            reader_cache_kib: 16 * 1024,
            mmap_bytes: 128 * 1024 * 1024,
        }
    }
}

/// An open database. Dropping it finishes what waits to be written, then closes.
pub struct Sqlite {
    path: PathBuf,
    writes: Arc<Writes>,
    reads: Arc<Reads>,
    readers: Mutex<Vec<JoinHandle<()>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens the database at `path`, or makes it.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] while another process has it open, [`Error::Corrupt`] for what is
    /// not a database of ours, [`Error::TooNew`] for one of a newer version (which is left
    /// untouched), [`Error::Full`], [`Error::Database`].
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        let lock = lock(path)?;
        create_private(path)?;
        check_length(path)?;
        let writer = open_writer(path, options)?;
        migrate(&writer, path)?;
        let writes = Arc::new(Writes {
            path: path.to_owned(),
            queue: Mutex::new(WriteQueue::default()),
            arrived: Condvar::new(),
            capacity: options.write_queue,
            commits: AtomicU64::new(0),
        });
        let reads = Arc::new(Reads {
            queue: Mutex::new(ReadQueue::default()),
            arrived: Condvar::new(),
            capacity: options.read_queue,
            low_at_once: options.readers.saturating_sub(1).max(1),
        });
        let store = Self {
            path: path.to_owned(),
            writes: Arc::clone(&writes),
            reads: Arc::clone(&reads),
            readers: Mutex::default(),
            writer: Mutex::default(),
        };
        for at in 0..options.readers.max(1) {
            let connection = open_reader(path, options)?;
            let reads = Arc::clone(&reads);
            let lock = Arc::clone(&lock);
            let thread = spawn(format!("store-read-{at}"), move || {
                read_loop(&reads, &connection);
                drop(connection);
                drop(lock);
            })?;
            guard(&store.readers).push(thread);
        }
        let thread = spawn("store-write".to_owned(), move || {
            write_loop(&writes, &writer);
            drop(writer);
            drop(lock);
        })?;
        *guard(&store.writer) = Some(thread);
        Ok(store)
    }

    /// Reads a copy that lies anywhere, without changing or locking it.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] for what is not a database of ours, [`Error::TooNew`],
    /// [`Error::Database`]; those of `read`.
    pub fn peek<T>(path: &Path, read: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let connection = open_copy(path)?;
        read(&mut Reader(&mut Adapter {
            connection: &connection,
            doom: None,
        }))
    }

    /// Puts the copy `from` in the place of the database at `to`, which must not be open.
    /// The old file is kept beside it; its path is returned, when there was one.
    ///
    /// The copy is checked from end to end first. A crash at any point leaves either the
    /// old database or the new one.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`]; nothing was changed then.
    pub fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>> {
        let _lock = lock(to)?;
        let partial = beside(to, ".restoring");
        let outcome = copy_checked(from, &partial).and_then(|()| swap_in(&partial, to));
        if outcome.is_err() {
            let _ = fs::remove_file(&partial);
        }
        outcome
    }
}

impl Backend for Sqlite {
    fn read(&self, low: bool, job: ReadJob) -> Result<()> {
        let mut queue = guard(&self.reads.queue);
        if queue.closed {
            return Err(Error::Closed);
        }
        let lane = if low { &mut queue.low } else { &mut queue.normal };
        if lane.len() >= self.reads.capacity {
            return Err(Error::Busy);
        }
        lane.push_back(job);
        drop(queue);
        self.reads.arrived.notify_one();
        Ok(())
    }

    fn write(
        &self,
        name: &'static str,
        job: WriteJob,
        done: Box<dyn FnOnce(Result<bool>) + Send>,
    ) -> Result<()> {
        let mut queue = guard(&self.writes.queue);
        if queue.closed {
            return Err(Error::Closed);
        }
        if queue.waiting.len() >= self.writes.capacity {
            return Err(Error::Busy);
        }
        queue.waiting.push_back(Waiting { name, job, done });
        drop(queue);
        self.writes.arrived.notify_one();
        Ok(())
    }

    fn backup(&self, to: &Path) -> Result<()> {
        let partial = beside(to, ".partial");
        let outcome = copy_database(&self.path, &partial).and_then(|()| put_in_place(&partial, to));
        if outcome.is_err() {
            let _ = fs::remove_file(&partial);
        }
        outcome
    }

    fn close(&self) {
        // The readers first: the connection that closes last folds the log into the file,
        // and only the writer's may.
        guard(&self.reads.queue).closed = true;
        self.reads.arrived.notify_all();
        guard(&self.readers).drain(..).for_each(join);
        guard(&self.writes.queue).closed = true;
        self.writes.arrived.notify_all();
        guard(&self.writer).take().into_iter().for_each(join);
    }

    fn commits(&self) -> u64 {
        self.writes.commits.load(Ordering::Relaxed)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}

fn join(thread: JoinHandle<()>) {
    // A job may have held the last handle; a thread does not wait for itself.
    if thread.thread().id() != std::thread::current().id() {
        let _ = thread.join();
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name)
        .spawn(work)
        .map_err(|reason| Error::Database(format!("no thread: {reason}")))
}

/// A write that waits.
struct Waiting {
    name: &'static str,
    job: WriteJob,
    done: Box<dyn FnOnce(Result<bool>) + Send>,
}

#[derive(Default)]
struct WriteQueue {
    waiting: VecDeque<Waiting>,
    closed: bool,
}

struct Writes {
    path: PathBuf,
    queue: Mutex<WriteQueue>,
    arrived: Condvar,
    capacity: usize,
    commits: AtomicU64,
}

impl Writes {
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
enum Doom {
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

fn write_loop(writes: &Writes, connection: &Connection) {
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

type Done = Box<dyn FnOnce(Result<bool>) + Send>;

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

#[derive(Default)]
struct ReadQueue {
    normal: VecDeque<ReadJob>,
    low: VecDeque<ReadJob>,
    low_running: usize,
    closed: bool,
}

struct Reads {
    queue: Mutex<ReadQueue>,
    arrived: Condvar,
    capacity: usize,
    /// One thread stays free for the normal lane.
    low_at_once: usize,
}

impl Reads {
    /// Waits for work; tells whether it came from the low lane. `None` when closed.
    fn wait(&self) -> Option<(ReadJob, bool)> {
        let mut queue = guard(&self.queue);
        loop {
            if queue.closed {
                queue.normal.clear();
                queue.low.clear();
                return None;
            }
            if let Some(job) = queue.normal.pop_front() {
                return Some((job, false));
            }
            if queue.low_running < self.low_at_once
                && let Some(job) = queue.low.pop_front()
            {
                queue.low_running = queue.low_running.saturating_add(1);
                return Some((job, true));
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn low_done(&self) {
        let mut queue = guard(&self.queue);
        queue.low_running = queue.low_running.saturating_sub(1);
        drop(queue);
        self.arrived.notify_one();
    }
}

fn read_loop(reads: &Reads, connection: &Connection) {
    let step = |sql: &str| connection.prepare_cached(sql).and_then(|mut it| it.execute([]));
    while let Some((job, low)) = reads.wait() {
        // Without a snapshot of its own the job still reads, statement by statement.
        if let Err(reason) = step("BEGIN") {
            warn!(%reason, "a read got no snapshot");
        }
        let mut sql = Adapter {
            connection,
            doom: None,
        };
        if catch_unwind(AssertUnwindSafe(|| job(&mut Reader(&mut sql)))).is_err() {
            error!("a read panicked");
        }
        if !connection.is_autocommit()
            && let Err(reason) = step("ROLLBACK")
        {
            warn!(%reason, "a snapshot could not be given back");
        }
        if low {
            reads.low_done();
        }
    }
}

/// A connection as the records see it.
struct Adapter<'c> {
    connection: &'c Connection,
    /// Set when a statement failed in a way that ends the whole transaction.
    doom: Option<Doom>,
}

impl Adapter<'_> {
    fn note(&mut self, reason: &rusqlite::Error) -> Error {
        let error = error_of(reason);
        if let Error::Full = error {
            self.doom = Some(Doom::All(|| Error::Full));
        }
        error
    }
}

impl Sql for Adapter<'_> {
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let outcome = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(params)));
        match outcome {
            Ok(changed) => Ok(changed as u64),
            Err(reason) => Err(self.note(&reason)),
        }
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        let connection = self.connection;
        let mut statement = match connection.prepare_cached(sql) {
            Ok(statement) => statement,
            Err(reason) => return Err(self.note(&reason)),
        };
        let columns = statement.column_count();
        let mut rows = match statement.query(params_from_iter(params)) {
            Ok(rows) => rows,
            Err(reason) => return Err(self.note(&reason)),
        };
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(()),
                Err(reason) => return Err(self.note(&reason)),
            };
            let mut values = Vec::with_capacity(columns);
            for at in 0..columns {
                let value = row.get_ref(at).map_err(|reason| error_of(&reason))?;
                values.push(match value {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => {
                        return Err(Error::Database(format!("unexpected fraction {number}")));
                    }
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text)
                            .map_err(|_| Error::Corrupt("text that is not UTF-8".to_owned()))?
                            .to_owned(),
                    ),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                });
            }
            if !each(&Row(values))? {
                return Ok(());
            }
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn extended_code(reason: &rusqlite::Error) -> Option<(ErrorCode, i32)> {
    match reason {
        rusqlite::Error::SqliteFailure(failure, _) => Some((failure.code, failure.extended_code)),
        _ => None,
    }
}

fn error_of(reason: &rusqlite::Error) -> Error {
    match extended_code(reason) {
        // The file of the shared index could not grow: the disk is full as well.
        Some((ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE)) => Error::Full,
        Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => Error::Corrupt(reason.to_string()),
        Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => Error::Conflict,
        _ => Error::Database(reason.to_string()),
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

/// Takes the lock that keeps a second process out, and notes who holds it.
fn lock(path: &Path) -> Result<Arc<File>> {
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
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn create_private(path: &Path) -> Result<()> {
    let made = private(OpenOptions::new().write(true).create_new(true)).open(path);
    match made {
        Ok(_) => sync_dir(path),
        Err(reason) if reason.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(reason) => Err(io_error("the database cannot be made", path, &reason)),
    }
}

/// Finds a file that was cut short, which opening alone would not show.
fn check_length(path: &Path) -> Result<()> {
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

fn open_writer(path: &Path, options: &Options) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|reason| error_of(&reason))?;
    set(&connection, options.writer_cache_kib)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(|reason| error_of(&reason))?;
    if mode != "wal" {
        return Err(Error::Database(format!(
            "the file system does not carry a write-ahead log: {}",
            path.display()
        )));
    }
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 67108864;
             PRAGMA secure_delete = FAST;",
        )
        .map_err(|reason| error_of(&reason))?;
    Ok(connection)
}

fn open_reader(path: &Path, options: &Options) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|reason| error_of(&reason))?;
    set(&connection, options.reader_cache_kib)?;
    // Each maps the file for itself.
    let of_each = options.mmap_bytes / u64::try_from(options.readers.max(1)).unwrap_or(u64::MAX);
    connection
        .execute_batch(&format!("PRAGMA mmap_size = {of_each};"))
        .map_err(|reason| error_of(&reason))?;
    Ok(connection)
}

fn set(connection: &Connection, cache_kib: u32) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(256);
    connection
        .busy_timeout(Duration::from_secs(5))
        .and_then(|()| {
            connection.execute_batch(&format!(
                "PRAGMA page_size = 4096;
                 PRAGMA cache_size = -{cache_kib};
                 PRAGMA temp_store = MEMORY;
                 PRAGMA trusted_schema = OFF;
                 PRAGMA cell_size_check = ON;"
            ))
        })
        .map_err(|reason| error_of(&reason))
}

fn number(connection: &Connection, sql: &str) -> Result<i64> {
    connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|reason| error_of(&reason))
}

/// Tells the format of a database of ours; 0 for one that holds nothing yet.
fn format_of(connection: &Connection, path: &Path) -> Result<i64> {
    let tables = number(connection, "SELECT count(*) FROM sqlite_schema")?;
    let id = number(connection, "PRAGMA application_id")?;
    if tables > 0 && id != APPLICATION_ID {
        return Err(Error::Corrupt(format!(
            "a database of another program: {}",
            path.display()
        )));
    }
    let found = number(connection, "PRAGMA user_version")?;
    let known = i64::try_from(SCHEMA.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    Ok(found)
}

/// Brings the schema up to date, all steps in one transaction.
fn migrate(connection: &Connection, path: &Path) -> Result<()> {
    let found = format_of(connection, path)?;
    let done =
        usize::try_from(found).map_err(|_| Error::Corrupt(format!("format {found}: {}", path.display())))?;
    let steps = SCHEMA.get(done..).unwrap_or_default();
    if steps.is_empty() {
        return Ok(());
    }
    let run = || {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for step in steps {
            connection.execute_batch(step)?;
        }
        connection.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}; COMMIT",
            SCHEMA.len()
        ))
    };
    run().map_err(|reason: rusqlite::Error| error_of(&reason))
}

/// Copies a database, in one snapshot, into a new file that is flushed.
fn copy_database(from: &Path, to: &Path) -> Result<()> {
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

/// Opens a copy for reading, when it is one of ours.
fn open_copy(path: &Path) -> Result<Connection> {
    check_length(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|reason| error_of(&reason))?;
    if format_of(&connection, path)? == 0 {
        return Err(Error::Corrupt(format!("nothing in it: {}", path.display())));
    }
    Ok(connection)
}

/// Copies a database of ours after checking it from end to end.
fn copy_checked(from: &Path, to: &Path) -> Result<()> {
    let source = open_copy(from)?;
    let verdict: String = source
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|reason| error_of(&reason))?;
    if verdict != "ok" {
        return Err(Error::Corrupt(format!("{verdict}: {}", from.display())));
    }
    drop(source);
    copy_database(from, to)
}

/// Keeps the database at `to` aside and puts `partial` in its place.
fn swap_in(partial: &Path, to: &Path) -> Result<Option<PathBuf>> {
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

fn put_in_place(partial: &Path, to: &Path) -> Result<()> {
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

fn io_error(what: &str, path: &Path, reason: &std::io::Error) -> Error {
    match reason.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Database(format!("{what}: {reason}: {}", path.display())),
    }
}

/// Returns `path` with `tail` after its name.
fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(tail);
    PathBuf::from(name)
}

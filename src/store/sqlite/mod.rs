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

mod adapter;
mod copies;
mod file;
mod reads;
mod schema;
mod writes;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use self::adapter::{Adapter, error_of};
use self::copies::{copy_checked, copy_database, open_copy, swap_in};
use self::file::{beside, check_length, create_private, lock, put_in_place};
use self::reads::{Reads, read_loop};
use self::schema::migrate;
use self::writes::{Writes, write_loop};
use super::{Backend, Error, ReadJob, Reader, Result, WriteJob};

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
        let writes = Arc::new(Writes::new(path.to_owned(), options.write_queue));
        let reads = Arc::new(Reads::new(options.readers, options.read_queue));
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
        self.reads.push(low, job)
    }

    fn write(
        &self,
        name: &'static str,
        job: WriteJob,
        done: Box<dyn FnOnce(Result<bool>) + Send>,
    ) -> Result<()> {
        self.writes.push(name, job, done)
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
        self.reads.close();
        guard(&self.readers).drain(..).for_each(join);
        self.writes.close();
        guard(&self.writer).take().into_iter().for_each(join);
    }

    fn commits(&self) -> u64 {
        self.writes.commits()
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

//! What is kept, and the contract every adapter obeys.
//!
//! - [`Store::transact`] is the only way to write. It is atomic and durable: when it has
//!   returned, a power cut does not lose the change. `f` may run more than once (a
//!   conflict is retried), so it must not send, draw randomness or count: make such
//!   values before, and write what must leave the engine as an outbox record.
//! - [`Store::read`] runs `f` on a bounded pool with as many threads as cores, each with
//!   its own connection; cryptography that follows a look-up belongs into the same job.
//!   When the queue is full it answers [`Error::Busy`].
//! - [`Store::read_low`] is the same at lower priority, for scans and imports.
//! - A read sees every write acknowledged before it began.
//! - Listings continue from a key, never an offset, in ascending byte order of that key.
//! - Nothing here knows an operation; the meaning of a document is its record's alone.
//!
//! To add a stored thing: a file under `records/` with its statements, a step in
//! `assets/schema`, a case in the contract suite.

use std::fmt;
use std::sync::Arc;

pub mod records;
pub mod sqlite;

/// Why the store did not do as asked.
#[derive(Debug)]
pub enum Error {
    /// The queue is full: try again later.
    Busy,
    /// Another process holds the database. The text names the file.
    Locked(String),
    /// The file is not a database of ours, or is damaged. The text says what was found.
    Corrupt(String),
    /// The disk is full; nothing of the transaction was kept.
    Full,
    /// The database was made by a newer version of the program.
    TooNew { found: i64, known: i64 },
    /// A stored document does not decode.
    Document { record: &'static str, reason: String },
    /// A conflict that outlasted the retries.
    Conflict,
    /// The store is being closed.
    Closed,
    /// Anything else the database reports.
    Database(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the store's queue is full"),
            Self::Locked(path) => write!(f, "another process uses the database {path}"),
            Self::Corrupt(what) => write!(f, "the database is damaged: {what}"),
            Self::Full => f.write_str("the disk is full"),
            Self::TooNew { found, known } => {
                write!(
                    f,
                    "the database has format {found}, this program knows up to {known}"
                )
            }
            Self::Document { record, reason } => write!(f, "a stored {record} does not decode: {reason}"),
            Self::Conflict => f.write_str("the transaction met too many conflicts"),
            Self::Closed => f.write_str("the store is closed"),
            Self::Database(what) => write!(f, "the database failed: {what}"),
        }
    }
}

impl std::error::Error for Error {}

/// The result of a store call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A value bound to a statement or read from a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; also booleans (0, 1) and instants (Unix milliseconds).
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! into_value {
    ($($from:ty => |$it:ident| $to:expr;)*) => {$(
        impl From<$from> for Value { fn from($it: $from) -> Self { $to } }
    )*};
}
into_value! {
    i64 => |it| Value::Int(it);
    bool => |it| Value::Int(it.into());
    crate::base::clock::UnixMillis => |it| Value::Int(it.0);
    &str => |it| Value::Text(it.to_owned());
    String => |it| Value::Text(it);
    &String => |it| Value::Text(it.clone());
    Vec<u8> => |it| Value::Blob(it);
    &[u8] => |it| Value::Blob(it.to_vec());
    &uuid::Uuid => |it| Value::Blob(it.as_bytes().to_vec());
    uuid::Uuid => |it| Value::Blob(it.as_bytes().to_vec());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer, columns in the order of the statement.
#[derive(Clone, Debug, Default)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Returns the number in column `at`.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when the column is missing or holds something else.
    pub fn int(&self, at: usize) -> Result<i64> {
        match self.0.get(at) {
            Some(Value::Int(number)) => Ok(*number),
            other => Err(mismatch(at, other)),
        }
    }

    /// Returns the text in column `at`; errors as [`Row::int`].
    pub fn text(&self, at: usize) -> Result<&str> {
        match self.0.get(at) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(mismatch(at, other)),
        }
    }

    /// Returns the bytes in column `at`; errors as [`Row::int`].
    pub fn blob(&self, at: usize) -> Result<&[u8]> {
        match self.0.get(at) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            other => Err(mismatch(at, other)),
        }
    }

    /// Returns the UUID in column `at`; errors as [`Row::int`].
    pub fn uuid(&self, at: usize) -> Result<uuid::Uuid> {
        uuid::Uuid::from_slice(self.blob(at)?).map_err(|reason| Error::Document {
            record: "row",
            reason: reason.to_string(),
        })
    }

    /// Tells whether column `at` is missing or holds no value.
    pub fn is_null(&self, at: usize) -> bool {
        matches!(self.0.get(at), None | Some(Value::Null))
    }
}

fn mismatch(at: usize, found: Option<&Value>) -> Error {
    let kind = match found {
        None => "nothing",
        Some(Value::Null) => "no value",
        Some(Value::Int(_)) => "a number",
        Some(Value::Text(_)) => "text",
        Some(Value::Blob(_)) => "bytes",
    };
    Error::Document {
        record: "row",
        reason: format!("column {at} holds {kind}"),
    }
}

/// A connection of an adapter, as the records see it. Placeholders are `?1`, `?2`, ….
pub trait Sql {
    /// Runs a statement and returns how many rows it changed.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64>;
    /// Runs a query and gives each row to `each`, until `each` returns `false`.
    fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<bool>,
    ) -> Result<()>;
}

/// Reads. What is read belongs to one snapshot.
pub struct Reader<'a>(pub(crate) &'a mut dyn Sql);

impl Reader<'_> {
    /// Returns the first row of a query.
    pub fn one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        let mut found = None;
        self.0.query(sql, params, &mut |row| {
            found = Some(row.clone());
            Ok(false)
        })?;
        Ok(found)
    }

    /// Returns every row of a query.
    pub fn all(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.0.query(sql, params, &mut |row| {
            rows.push(row.clone());
            Ok(true)
        })?;
        Ok(rows)
    }

    /// Gives each row to `each`, until it returns `false`.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        self.0.query(sql, params, each)
    }
}

/// Reads and writes inside one transaction.
pub struct Tx<'a>(pub(crate) Reader<'a>);

impl<'a> std::ops::Deref for Tx<'a> {
    type Target = Reader<'a>;
    fn deref(&self) -> &Reader<'a> {
        &self.0
    }
}

impl<'a> std::ops::DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Reader<'a> {
        &mut self.0
    }
}

impl Tx<'_> {
    /// Runs a statement and returns how many rows it changed.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.0.0.execute(sql, params)
    }
}

/// What a job on a connection gives back to its caller, boxed so that adapters stay object-safe.
pub type ReadJob = Box<dyn FnOnce(&mut Reader<'_>) + Send>;
/// A write job: `Ok(true)` commits, `Ok(false)` rolls back by the caller's own decision.
pub type WriteJob = Box<dyn FnMut(&mut Tx<'_>) -> Result<bool> + Send>;

/// An adapter.
pub trait Backend: Send + Sync {
    /// Queues a read; `low` jobs run when no other waits.
    fn read(&self, low: bool, job: ReadJob) -> Result<()>;
    /// Queues a write; `done` is called after the commit is durable, or with the failure.
    fn write(
        &self,
        name: &'static str,
        job: WriteJob,
        done: Box<dyn FnOnce(Result<bool>) + Send>,
    ) -> Result<()>;
    /// Writes a complete copy to `to`, while reads and writes go on.
    fn backup(&self, to: &std::path::Path) -> Result<()>;
    /// Finishes what waits, then gives the database free; later jobs are [`Error::Closed`].
    /// Blocks until it is done.
    fn close(&self);
    /// Returns how many commits have been made durable since the start, for measurements.
    fn commits(&self) -> u64;
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

impl Store {
    /// Wraps an adapter.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// Runs `f` with a reader. A panic inside `f` is [`Error::Closed`] to the caller alone.
    ///
    /// # Errors
    ///
    /// What `f` returns; [`Error::Busy`] when the queue is full.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        self.read_in(false, f).await
    }

    /// Runs `f` with a reader, at lower priority than [`Store::read`].
    ///
    /// # Errors
    ///
    /// As [`Store::read`].
    pub async fn read_low<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        self.read_in(true, f).await
    }

    async fn read_in<T, E, F>(&self, low: bool, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        let (send, receive) = tokio::sync::oneshot::channel();
        self.backend.read(
            low,
            Box::new(move |reader| {
                let _ = send.send(f(reader));
            }),
        )?;
        receive.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Runs `f` in a transaction named `name` (for logs and measurements) and waits until
    /// it is durable. An error of `f` rolls everything back.
    ///
    /// # Errors
    ///
    /// What `f` returns, or the store's own failure.
    pub async fn transact<T, E, F>(&self, name: &'static str, mut f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (send, receive) = tokio::sync::oneshot::channel();
        let slot = Arc::new(std::sync::Mutex::new(None));
        let filled = Arc::clone(&slot);
        self.backend.write(
            name,
            Box::new(move |tx| {
                let outcome = f(tx);
                let commit = outcome.is_ok();
                *filled.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
                Ok(commit)
            }),
            Box::new(move |result| {
                let _ = send.send(result);
            }),
        )?;
        receive.await.unwrap_or(Err(Error::Closed))?;
        let outcome = slot
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        outcome.unwrap_or_else(|| Err(Error::Closed.into()))
    }

    /// Writes a complete copy of the store to `to`. Blocks: call it off the async runtime.
    ///
    /// # Errors
    ///
    /// The adapter's failure; `to` is then removed.
    pub fn backup(&self, to: &std::path::Path) -> Result<()> {
        self.backend.backup(to)
    }

    /// Finishes what waits, then gives the database free although handles remain; their later
    /// jobs are [`Error::Closed`]. Blocks, so it does not belong on an async thread.
    pub fn close(&self) {
        self.backend.close();
    }

    /// Returns how many commits have been made durable since the start; many writes share one.
    pub fn commits(&self) -> u64 {
        self.backend.commits()
    }
}

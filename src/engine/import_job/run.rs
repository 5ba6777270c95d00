//! The work of a job: read a batch, check its rows, add the users, write down how far it came.
//!
//! Users, log lines, counters and the place in the file are one transaction. What a filter
//! finds users by follows for many batches at once, and before the job ends. While one batch
//! is written the next is read, so that two cores are at work. Memory holds these two, or
//! the index rows of one run. Rows are read and checked in the store's lane of lower priority.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tracing::{error, info, warn};
use uuid::Uuid;

use super::{Status, files, refused_header};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::auth::{credential, lookup};
use crate::engine::{Engine, Error, Result};
use crate::rules::attributes;
use crate::rules::import::native::Lines;
use crate::rules::import::report::{self, Outcome};
use crate::rules::import::row::{self, Row, Rules};
use crate::rules::import::{MAX_USERS, header};
use crate::rules::usernames::Naming;
use crate::store::records::bulk_users::{self, NewUser, Run};
use crate::store::records::imports::{self, ImportJob};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, User};
use crate::store::{self, Reader, Tx};
use crate::wire::idp::UserStatusType;

/// How much is read and written at once.
///
/// Much at once is quick, because the rows of an index are written in its order; little
/// keeps memory and the wait of other writers low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// At most so many rows.
    pub rows: usize,
    /// At most so many bytes of the file, and one row.
    pub bytes: u64,
    /// So many users wait for their index rows, about; see [`bulk_users`].
    pub waiting: usize,
    /// So many index rows are written in one transaction.
    pub index_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 15_000,
            bytes: 4 * 1024 * 1024,
            waiting: 110_000,
            index_rows: 40_000,
        }
    }
}

/// How a failure that may pass is tried again: so often, with so long a pause, doubled each time.
const ATTEMPTS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// So many users are read for the index before another read has its turn.
const RUN_STEP: usize = 5_000;

/// What a job's end is called.
const STOPPED: &str = "The Import Job was stopped by the developer.";
const TOO_MANY: &str = "Too many users have failed or been skipped during the import.";

/// Works on a job in the background, for as long as the engine lives.
pub(super) fn spawn(engine: &Arc<Engine>, job: &ImportJob) {
    let (user_pool_id, job_id) = (job.user_pool_id.clone(), job.id.clone());
    let engine = Arc::downgrade(engine);
    tokio::spawn(async move { to_the_end(engine, user_pool_id, job_id, Limits::default()).await });
}

/// Works on a job until it is done, was stopped, or the engine is gone.
pub async fn to_the_end(engine: Weak<Engine>, user_pool_id: String, job_id: String, limits: Limits) {
    let mut ahead = None;
    let mut failures = 0_u32;
    // What an earlier worker left is written first.
    let mut waiting = usize::MAX;
    loop {
        let Some(strong) = engine.upgrade() else {
            return;
        };
        let worker = Worker {
            engine: strong,
            user_pool_id: user_pool_id.clone(),
            job_id: job_id.clone(),
            limits,
        };
        let reason = match worker.step(ahead.take(), &mut waiting).await {
            Ok(Step::Done) => return,
            Ok(Step::Goes(next)) => {
                ahead = next;
                failures = 0;
                continue;
            }
            Err(reason) => reason,
        };
        failures = failures.saturating_add(1);
        if failures > ATTEMPTS {
            error!(job = %job_id, error = ?reason, "an import job failed");
            worker.give_up().await;
            return;
        }
        warn!(job = %job_id, failures, error = ?reason, "a batch of an import is tried again");
        drop(worker);
        tokio::time::sleep(FIRST_PAUSE.saturating_mul(1 << failures.min(10))).await;
    }
}

/// Works on one batch of a job. Tells whether more is left to do.
///
/// # Errors
///
/// What the store or the disk reports; nothing of the batch was kept then.
pub async fn one_batch(
    engine: &Arc<Engine>,
    user_pool_id: &str,
    job_id: &str,
    limits: Limits,
) -> Result<bool> {
    let worker = Worker {
        engine: Arc::clone(engine),
        user_pool_id: user_pool_id.to_owned(),
        job_id: job_id.to_owned(),
        limits,
    };
    let Some(batch) = worker.read(None).await? else {
        return Ok(false);
    };
    if batch.end != End::More {
        worker.index().await?;
    }
    worker.write(batch).await
}

struct Worker {
    engine: Arc<Engine>,
    user_pool_id: String,
    job_id: String,
    limits: Limits,
}

enum Step {
    /// The batch is written; the next one may have been read already.
    Goes(Option<Batch>),
    /// Nothing is left to do.
    Done,
}

/// A place between two lines of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    byte: u64,
    line: u64,
}

/// Rows that were read and checked, not yet written.
struct Batch {
    from: Place,
    to: Place,
    end: End,
    users: Vec<NewUser>,
    rows: Vec<Checked>,
}

/// What follows a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// More rows.
    More,
    /// The end of the file.
    OfFile,
    /// Nothing: the job as a whole fails, for this reason.
    Failure(String),
}

/// A row of a batch by its line: the next of its users, or why there is none.
struct Checked {
    line: u64,
    refused: Option<String>,
}

impl Worker {
    /// Writes the batch that was read ahead, or the first one, while the next one is read.
    /// `waiting` counts the users without index rows.
    async fn step(&self, ahead: Option<Batch>, waiting: &mut usize) -> Result<Step> {
        if *waiting >= self.limits.waiting {
            self.index().await?;
            *waiting = 0;
        }
        let batch = match ahead {
            Some(batch) => batch,
            None => match self.read(None).await? {
                Some(batch) => batch,
                None => return Ok(Step::Done),
            },
        };
        if batch.end != End::More {
            self.index().await?;
            let goes_on = self.write(batch).await?;
            return Ok(if goes_on { Step::Goes(None) } else { Step::Done });
        }
        let to = batch.to;
        *waiting = waiting.saturating_add(batch.users.len());
        let (written, next) = tokio::join!(self.write(batch), self.read(Some(to)));
        if !written? {
            return Ok(Step::Done);
        }
        // What failed while reading ahead is read again, and fails then or not.
        Ok(Step::Goes(next.ok().flatten()))
    }

    /// Writes the index rows of all users that wait for them.
    async fn index(&self) -> Result<()> {
        while let Some(run) = self.read_run().await? {
            let run = Arc::new(run);
            let step = self.limits.index_rows.max(1);
            let mut from = 0;
            while from < run.len() {
                let (rows, to) = (Arc::clone(&run), from.saturating_add(step).min(run.len()));
                let goes_on = self
                    .engine
                    .store
                    .transact("import_index", move |tx| rows.write(tx, from..to))
                    .await?;
                if !goes_on {
                    return Ok(());
                }
                from = to;
            }
            self.engine
                .store
                .transact("import_index", move |tx| run.finish(tx))
                .await?;
        }
        Ok(())
    }

    /// Reads users that wait for their index rows, in steps that leave room for others.
    async fn read_run(&self) -> Result<Option<Run>> {
        let (user_pool_id, job_id) = (self.user_pool_id.clone(), self.job_id.clone());
        let store = &self.engine.store;
        let Some(mut run) = store
            .read_low(move |r| Ok::<_, Error>(Run::begin(r, &user_pool_id, &job_id)?))
            .await?
        else {
            return Ok(None);
        };
        // The users of a whole number of batches, most likely.
        let limit = self.limits.waiting.saturating_add(self.limits.rows);
        loop {
            let more;
            (run, more) = store
                .read_low(move |r| {
                    let more = run.read(r, RUN_STEP)?;
                    if !more || run.users() >= limit {
                        run.sort();
                    }
                    Ok::<_, Error>((run, more))
                })
                .await?;
            if !more || run.users() >= limit {
                return Ok(Some(run));
            }
        }
    }

    /// Reads and checks the batch at `from`, or where the job stands. `None` when the job has
    /// ended or is gone.
    async fn read(&self, from: Option<Place>) -> Result<Option<Batch>> {
        let engine = Arc::clone(&self.engine);
        let (user_pool_id, job_id, limits) = (self.user_pool_id.clone(), self.job_id.clone(), self.limits);
        self.engine
            .store
            .read_low(move |r| {
                let Some(pool) = user_pools::get(r, &user_pool_id)? else {
                    return Ok(None);
                };
                let Some(job) = imports::get(r, &user_pool_id, &job_id)? else {
                    return Ok(None);
                };
                match job.status {
                    Status::Pending | Status::InProgress => {}
                    // Ended by the write that follows.
                    Status::Stopping => return Ok(Some(Batch::empty(&job, End::OfFile))),
                    _ => return Ok(None),
                }
                let from = from.unwrap_or(Place {
                    byte: job.next_byte,
                    line: job.next_line,
                });
                read_batch(&engine, r, &pool, &job, from, limits).map(Some)
            })
            .await
    }

    /// Writes a batch. Returns whether the job is still this worker's to go on with.
    async fn write(&self, batch: Batch) -> Result<bool> {
        let now = self.engine.clock.now();
        let (user_pool_id, job_id) = (self.user_pool_id.clone(), self.job_id.clone());
        let written = self
            .engine
            .store
            .transact("import_batch", move |tx| {
                write_batch(tx, &user_pool_id, &job_id, &batch, now)
            })
            .await?;
        let Some((job, goes_on)) = written else {
            return Ok(false);
        };
        if is_final(&job.status) {
            info!(
                job = %job.id, status = %job.status, imported = job.imported, skipped = job.skipped,
                failed = job.failed, "an import job ended"
            );
            if let Some(name) = &job.file {
                files::remove(&files::path(&self.engine, name)).await;
            }
        }
        Ok(goes_on)
    }

    /// Ends a job that cannot go on. When not even that can be written, it is taken up again
    /// at the next start of the engine.
    async fn give_up(&self) {
        let batch = self.engine.store.read({
            let (user_pool_id, job_id) = (self.user_pool_id.clone(), self.job_id.clone());
            move |r| imports::get(r, &user_pool_id, &job_id)
        });
        let Ok(Some(job)) = batch.await else {
            return;
        };
        let end = End::Failure("An internal error ended the import.".to_owned());
        if let Err(reason) = self.write(Batch::empty(&job, end)).await {
            error!(job = %self.job_id, error = ?reason, "an import job stays as it is");
        }
    }
}

impl Batch {
    fn empty(job: &ImportJob, end: End) -> Self {
        let from = Place {
            byte: job.next_byte,
            line: job.next_line,
        };
        Self {
            from,
            to: from,
            end,
            users: Vec::new(),
            rows: Vec::new(),
        }
    }
}

const fn is_final(status: &Status) -> bool {
    matches!(
        status,
        Status::Stopped | Status::Failed | Status::Succeeded | Status::Expired
    )
}

fn read_batch(
    engine: &Engine,
    r: &mut Reader<'_>,
    pool: &UserPool,
    job: &ImportJob,
    from: Place,
    limits: Limits,
) -> Result<Batch> {
    let path = files::path(engine, job.file.as_deref().unwrap_or_default());
    let failure = |why: String| Ok(Batch::empty(job, End::Failure(why)));
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => {
            return failure("The file of the import job is gone.".to_owned());
        }
        Err(reason) => return Err(Error::internal(reason)),
    };
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, &file), 0, 1);
    let algorithm = job.password_hash.as_ref();
    let template = header::template(&attributes::schema_of(&pool.settings));
    let (header, first) = match lines.next_line().map_err(Error::internal)? {
        None => return failure("The file is empty.".to_owned()),
        Some(line) => match header::read(&template, algorithm, line.bytes) {
            Ok(header) => (
                header,
                Place {
                    byte: line.next_byte,
                    line: 2,
                },
            ),
            Err(findings) => return failure(refused_header(&findings)),
        },
    };
    let is_first = from.byte < first.byte;
    if is_first && count_lines(&path).map_err(Error::internal)? > MAX_USERS.saturating_add(1) {
        return failure(format!("The file has more than {MAX_USERS} users."));
    }
    let start = if is_first { first } else { from };
    file.seek(SeekFrom::Start(start.byte)).map_err(Error::internal)?;
    let mut lines = Lines::new(BufReader::with_capacity(1 << 18, file), start.byte, start.line);
    let rules = Rules::new(&pool.settings, &header, algorithm);
    let mut maker = Maker {
        engine,
        pool,
        job,
        now: engine.clock.now(),
    };
    let mut batch = Batch {
        from,
        to: start,
        end: End::More,
        users: Vec::new(),
        rows: Vec::new(),
    };
    while batch.rows.len() < limits.rows.max(1)
        && batch.to.byte.saturating_sub(start.byte) < limits.bytes.max(1)
    {
        let Some(line) = lines.next_line().map_err(Error::internal)? else {
            batch.end = End::OfFile;
            break;
        };
        batch.to = Place {
            byte: line.next_byte,
            line: line.number.saturating_add(1),
        };
        if line.bytes.trim_ascii().is_empty() && !line.is_cut {
            continue;
        }
        let refused = match rules.check_line(&line) {
            Ok(row) => {
                batch.users.push(maker.user(r, row)?);
                None
            }
            Err(findings) => Some(row::reason(&findings)),
        };
        batch.rows.push(Checked {
            line: line.number,
            refused,
        });
    }
    // The end of a job follows its last users: before it comes their index.
    if !batch.rows.is_empty() {
        batch.end = End::More;
    }
    Ok(batch)
}

/// Makes users of rows.
struct Maker<'a> {
    engine: &'a Engine,
    pool: &'a UserPool,
    job: &'a ImportJob,
    now: UnixMillis,
}

impl Maker<'_> {
    fn user(&mut self, r: &mut Reader<'_>, row: Row) -> Result<NewUser> {
        let sub = ids::ordered_uuid(&*self.engine.rng, self.now);
        let credential = match (&row.password_hash, &self.job.password_hash) {
            (Some(hash), Some(algorithm)) => {
                let keys = self.engine.keys_of(r, &self.pool.id)?;
                let rng = &*self.engine.rng;
                Some(credential::seal_foreign(
                    &keys,
                    rng,
                    &sub,
                    algorithm,
                    hash.expose(),
                ))
            }
            _ => None,
        };
        // Text messages are the only factor that needs nothing but a number.
        let mfa_settings = if row.mfa_enabled && row.attributes.contains_key("phone_number") {
            vec!["SMS_MFA".to_owned()]
        } else {
            Vec::new()
        };
        let naming = Naming::of(&self.pool.settings);
        let mut attributes = row.attributes;
        naming.flatten(&mut attributes);
        let user = User {
            user_pool_id: self.pool.id.clone(),
            sub,
            username: match row.username {
                Some(username) => naming.kept_username(&username),
                None => sub.to_string(),
            },
            created_at: self.now,
            modified_at: self.now,
            status: if row.is_confirmed {
                UserStatusType::Confirmed
            } else {
                UserStatusType::ResetRequired
            },
            enabled: true,
            attributes,
            credential,
            preferred_mfa: mfa_settings.first().cloned(),
            mfa_settings,
            ..User::default()
        };
        Ok(NewUser::of(&user, lookup::logins(self.pool, &user))?)
    }
}

/// Writes a batch; returns the job as it then stands and whether it goes on. `None` when the
/// job is gone or another worker has it.
fn write_batch(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    job_id: &str,
    batch: &Batch,
    now: UnixMillis,
) -> store::Result<Option<(ImportJob, bool)>> {
    let Some(mut job) = imports::get(tx, user_pool_id, job_id)? else {
        return Ok(None);
    };
    let here = Place {
        byte: job.next_byte,
        line: job.next_line,
    };
    let ended = |mut job: ImportJob, status: Status, message: Option<&str>| {
        job.status = status;
        job.completed_at = Some(now);
        job.completion_message = message.map(str::to_owned);
        job
    };
    match (&job.status, &batch.end) {
        // Who reads next finds the end, and writes the index before it.
        (Status::Stopping, End::More) => return Ok(Some((job, true))),
        (Status::Stopping, _) => {
            let job = ended(job, Status::Stopped, Some(STOPPED));
            imports::put(tx, &job)?;
            return Ok(Some((job, false)));
        }
        (Status::Pending | Status::InProgress, _) if here != batch.from => return Ok(None),
        (Status::Pending | Status::InProgress, End::Failure(why)) => {
            let job = ended(job, Status::Failed, Some(why));
            imports::put(tx, &job)?;
            return Ok(Some((job, false)));
        }
        (Status::Pending | Status::InProgress, End::More | End::OfFile) => {}
        _ => return Ok(None),
    }
    let first = batch.users.iter().map(|user| user.sub).min();
    if let Some(first) = &first {
        bulk_users::mark(tx, user_pool_id, job_id, first)?;
    }
    let mut added = add_users(tx, user_pool_id, &batch.users)?.into_iter();
    let mut lines = Vec::with_capacity(batch.rows.len());
    for Checked { line, refused } in &batch.rows {
        let (counter, outcome) = match refused {
            Some(why) => (&mut job.failed, Outcome::Failed(why.clone())),
            None if added.next() == Some(true) => (&mut job.imported, Outcome::Succeeded),
            None => (&mut job.skipped, Outcome::Skipped),
        };
        *counter = counter.saturating_add(1);
        lines.push((*line, report::line(*line, &outcome)));
    }
    imports::log(tx, user_pool_id, job_id, &lines)?;
    job.status = Status::InProgress;
    job.next_byte = batch.to.byte;
    job.next_line = batch.to.line;
    if batch.end == End::OfFile {
        let nothing_came = job.imported == 0 && job.skipped.saturating_add(job.failed) > 0;
        job = if nothing_came {
            ended(job, Status::Failed, Some(TOO_MANY))
        } else {
            ended(job, Status::Succeeded, None)
        };
    }
    imports::put(tx, &job)?;
    let goes_on = !is_final(&job.status);
    Ok(Some((job, goes_on)))
}

/// Adds users; tells for each whether it was added.
fn add_users(tx: &mut Tx<'_>, user_pool_id: &str, users: &[NewUser]) -> store::Result<Vec<bool>> {
    // A user named like another one's sub would be found in its place.
    let mut shadows = Vec::new();
    for (at, user) in users.iter().enumerate() {
        if let Ok(sub) = Uuid::try_parse(&user.username)
            && sub != user.sub
            && users::get(tx, user_pool_id, &sub)?.is_some()
        {
            shadows.push(at);
        }
    }
    if shadows.is_empty() {
        return bulk_users::insert_unindexed(tx, user_pool_id, users);
    }
    let is_shadow = |at: usize| shadows.binary_search(&at).is_ok();
    let kept: Vec<_> = users
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_shadow(*at))
        .map(|(_, user)| user.clone())
        .collect();
    let mut added = bulk_users::insert_unindexed(tx, user_pool_id, &kept)?.into_iter();
    Ok((0..users.len())
        .map(|at| !is_shadow(at) && added.next() == Some(true))
        .collect())
}

/// Counts the lines of a file that hold anything.
fn count_lines(path: &Path) -> std::io::Result<u64> {
    let mut input = BufReader::with_capacity(1 << 18, File::open(path)?);
    let (mut lines, mut holds_something) = (0_u64, false);
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(lines.saturating_add(u64::from(holds_something)));
        }
        for byte in bytes {
            match byte {
                b'\n' => {
                    lines = lines.saturating_add(u64::from(holds_something));
                    holds_something = false;
                }
                b'\r' | b' ' | b'\t' => {}
                _ => holds_something = true,
            }
        }
        let read = bytes.len();
        input.consume(read);
    }
}

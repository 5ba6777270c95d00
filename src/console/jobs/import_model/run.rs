//! Makes the job, gives it its file, starts it and follows it to the end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use super::Wake;
use super::edits::Edits;
use super::plan::Plan;
use super::source::Source;
use crate::base::clock::{Clock, UnixMillis};
use crate::driver::{CallError, Driver};
use crate::rules::import::report::{self, Outcome};
use crate::rules::import::transform::write_row;
use crate::rules::import::{MAX_FILE_BYTES, MAX_USERS};
use crate::wire::engine::GetImportJobLogRequest;
use crate::wire::idp::{
    CreateUserImportJobRequest, DescribeUserImportJobRequest, GetCSVHeaderRequest, StartUserImportJobRequest,
    StopUserImportJobRequest, UserImportJobStatusType as Status, UserImportJobType,
};

/// Pauses between two looks at the job: short at first, so that a small file feels immediate.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Looks that may fail one after another before the job is given up as lost from sight.
const LOOKS: u32 = 20;
/// Log lines asked for at once.
const LOG_PAGE: i32 = 10_000;

/// What the job is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The user pool.
    pub user_pool_id: String,
    /// The name of the job, 1 to 128 characters.
    pub job_name: String,
    /// The role that writes the log. Only the vendor uses it; its form is checked everywhere.
    pub role_arn: String,
    /// A folder for the file on its way; it is removed at the end.
    pub work_dir: PathBuf,
}

/// What the run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The rows are written in the vendor's form.
    #[default]
    Writing,
    /// The job is made.
    Creating,
    /// The file is on its way.
    Uploading,
    /// The job is started, and at work.
    Importing,
    /// The job is being stopped.
    Stopping,
    /// The log is read.
    Reading,
}

impl Phase {
    /// Returns what people read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Writing => "Writing the rows",
            Self::Creating => "Creating the job",
            Self::Uploading => "Sending the file",
            Self::Importing => "Importing",
            Self::Stopping => "Stopping",
            Self::Reading => "Reading the log",
        }
    }
}

/// How far the run has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Rows that were sent.
    pub rows: u64,
    /// Of them imported, skipped, failed.
    pub imported: u64,
    pub skipped: u64,
    pub failed: u64,
    /// The job, once it is made.
    pub job_id: Option<String>,
    /// Rows a second, once it can be told.
    pub rate: Option<f64>,
    /// Seconds left, once they can be told.
    pub left_secs: Option<u64>,
}

impl Progress {
    /// Returns how many rows are done.
    pub const fn done(&self) -> u64 {
        self.imported
            .saturating_add(self.skipped)
            .saturating_add(self.failed)
    }
}

/// How a run ended.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// The job as it was last seen.
    pub job: Option<UserImportJobType>,
    /// Rows that were sent.
    pub sent: u64,
    /// What became of rows that were not imported, by their row of the source.
    pub outcomes: Vec<(u32, Outcome)>,
    /// Rows that were sent and, by the job's counts, not come to. A job takes its lines in order.
    pub unreached: Vec<u32>,
    /// Why the log could not be read, when it could not.
    pub log_missing: Option<String>,
    /// What ended the run before the job did.
    pub error: Option<String>,
}

impl End {
    /// Returns how many lines the job has counted.
    fn reached(&self) -> usize {
        let counts = self
            .job
            .iter()
            .flat_map(|job| [job.imported_users, job.skipped_users, job.failed_users]);
        let all = counts.flatten().fold(0_i64, i64::saturating_add);
        usize::try_from(all).unwrap_or(0)
    }
}

/// A run at work. Dropping it lets the job go on by itself.
#[derive(Clone)]
pub struct Run(Arc<State>);

struct State {
    progress: Mutex<Progress>,
    end: Mutex<Option<Arc<End>>>,
    cancelled: AtomicBool,
    wake: Wake,
}

impl Run {
    /// Begins. Rows in `left_out` are not sent.
    #[allow(clippy::too_many_arguments)]
    pub fn start(
        driver: Driver,
        clock: Arc<dyn Clock>,
        order: Order,
        source: Arc<Source>,
        plan: Plan,
        edits: Edits,
        left_out: BTreeSet<u32>,
        runtime: &Handle,
        wake: Wake,
    ) -> Self {
        let state = Arc::new(State {
            progress: Mutex::default(),
            end: Mutex::default(),
            cancelled: AtomicBool::new(false),
            wake,
        });
        let job = Job {
            driver,
            clock,
            order,
            source,
            plan,
            edits,
            left_out,
            state: Arc::clone(&state),
        };
        runtime.spawn(async move {
            let state = Arc::clone(&job.state);
            let end = job.run().await;
            *lock(&state.end) = Some(Arc::new(end));
            (state.wake)();
        });
        Self(state)
    }

    /// Returns how far it has come.
    pub fn progress(&self) -> Progress {
        lock(&self.0.progress).clone()
    }

    /// Stops the job. What it has imported stays.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Tells whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Returns the end, once it has come.
    pub fn end(&self) -> Option<Arc<End>> {
        lock(&self.0.end).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Job {
    driver: Driver,
    clock: Arc<dyn Clock>,
    order: Order,
    source: Arc<Source>,
    plan: Plan,
    edits: Edits,
    left_out: BTreeSet<u32>,
    state: Arc<State>,
}

/// A file in the vendor's form, and which row of the source each of its lines is.
pub struct Native {
    /// Rows by line, the first one on line 2.
    pub rows: Vec<u32>,
    /// The size of the file.
    pub bytes: u64,
}

impl Job {
    async fn run(self) -> End {
        let mut end = End::default();
        match self.work(&mut end).await {
            Ok(()) => {}
            Err(reason) => end.error = Some(reason),
        }
        end
    }

    fn phase(&self, phase: Phase) {
        lock(&self.state.progress).phase = phase;
        (self.state.wake)();
    }

    fn is_cancelled(&self) -> bool {
        self.state.cancelled.load(Ordering::Relaxed)
    }

    async fn work(&self, end: &mut End) -> Result<(), String> {
        let template = self
            .driver
            .call(&GetCSVHeaderRequest {
                user_pool_id: self.order.user_pool_id.clone(),
            })
            .await
            .map_err(words)?
            .csv_header
            .unwrap_or_default();
        let columns = self.plan.columns();
        if let Some(gone) = template.iter().find(|column| !columns.contains(column)) {
            return Err(format!(
                "The user pool has gained the attribute {gone} meanwhile. Open the import again."
            ));
        }
        let path = self
            .order
            .work_dir
            .join(format!("import-{}.csv", self.clock.now().0));
        let native = self.write_file(path.clone()).await;
        let outcome = match native {
            Ok(native) => {
                end.sent = native.rows.len() as u64;
                let outcome = self.import(&path, &native, end).await;
                let reached = end.reached();
                end.unreached = native.rows.iter().skip(reached).copied().collect();
                outcome
            }
            Err(reason) => Err(reason),
        };
        // The file holds people's data; its job has a copy.
        let _ = tokio::fs::remove_file(&path).await;
        outcome
    }

    async fn write_file(&self, path: PathBuf) -> Result<Native, String> {
        let (source, plan, edits) = (Arc::clone(&self.source), self.plan.clone(), self.edits.clone());
        let left_out = self.left_out.clone();
        let written =
            tokio::task::spawn_blocking(move || write_native(&path, &source, &plan, &edits, &left_out));
        let native = written
            .await
            .map_err(|reason| format!("Writing the file ended early: {reason}"))?
            .map_err(|reason| format!("The file for the import could not be written: {reason}."))?;
        let rows = native.rows.len() as u64;
        lock(&self.state.progress).rows = rows;
        if rows == 0 {
            return Err("No row is left to import.".to_owned());
        }
        if rows > MAX_USERS {
            return Err(format!(
                "A job takes at most {MAX_USERS} users; these are {rows}."
            ));
        }
        if native.bytes > MAX_FILE_BYTES {
            return Err(format!(
                "A job takes a file of at most {} MB; this one has {}.",
                MAX_FILE_BYTES / 1_048_576,
                native.bytes / 1_048_576
            ));
        }
        Ok(native)
    }

    async fn import(&self, path: &Path, native: &Native, end: &mut End) -> Result<(), String> {
        let pool = || self.order.user_pool_id.clone();
        if self.is_cancelled() {
            return Err("Cancelled before anything was imported.".to_owned());
        }
        self.phase(Phase::Creating);
        let made = self
            .driver
            .call(&CreateUserImportJobRequest {
                job_name: self.order.job_name.clone(),
                user_pool_id: pool(),
                cloud_watch_logs_role_arn: self.order.role_arn.clone(),
                password_hashing_algorithm: self.plan.algorithm().cloned(),
            })
            .await
            .map_err(words)?
            .user_import_job
            .unwrap_or_default();
        let (Some(job_id), Some(url)) = (made.job_id.clone(), made.pre_signed_url.clone()) else {
            return Err("The endpoint made a job without an id or an upload URL.".to_owned());
        };
        lock(&self.state.progress).job_id = Some(job_id.clone());
        end.job = Some(made);
        self.phase(Phase::Uploading);
        self.driver
            .transport()
            .upload(url, path.to_owned())
            .await
            .map_err(words)?;
        if self.is_cancelled() {
            return Err("Cancelled before anything was imported. The job expires by itself.".to_owned());
        }
        let started_at = self.clock.now();
        self.driver
            .call(&StartUserImportJobRequest {
                user_pool_id: pool(),
                job_id: job_id.clone(),
            })
            .await
            .map_err(words)?;
        self.phase(Phase::Importing);
        let job = self.follow(&job_id, started_at).await?;
        end.job = Some(job);
        self.phase(Phase::Reading);
        if let Err(reason) = self.read_log(&job_id, native, end).await {
            end.log_missing = Some(words(reason));
        }
        Ok(())
    }

    /// Looks at the job until it has ended.
    async fn follow(&self, job_id: &str, started_at: UnixMillis) -> Result<UserImportJobType, String> {
        let mut pause = FIRST_PAUSE;
        let mut failures = 0_u32;
        let mut stop_sent = false;
        loop {
            if self.is_cancelled() && !stop_sent {
                let stop = StopUserImportJobRequest {
                    user_pool_id: self.order.user_pool_id.clone(),
                    job_id: job_id.to_owned(),
                };
                // A job that has just ended cannot be stopped; the next look tells.
                stop_sent = self.driver.call(&stop).await.is_ok();
                if stop_sent {
                    self.phase(Phase::Stopping);
                }
            }
            let look = DescribeUserImportJobRequest {
                user_pool_id: self.order.user_pool_id.clone(),
                job_id: job_id.to_owned(),
            };
            match self.driver.call(&look).await {
                Ok(seen) => {
                    failures = 0;
                    let job = seen.user_import_job.unwrap_or_default();
                    self.note(&job, started_at);
                    let goes_on = matches!(
                        job.status,
                        Some(Status::Created | Status::Pending | Status::InProgress | Status::Stopping)
                    );
                    if !goes_on {
                        return Ok(job);
                    }
                }
                Err(reason) => {
                    failures = failures.saturating_add(1);
                    if failures >= LOOKS {
                        return Err(format!(
                            "The job {job_id} goes on, but it cannot be seen any more: {}",
                            words(reason)
                        ));
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }

    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    fn note(&self, job: &UserImportJobType, started_at: UnixMillis) {
        let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
        let passed = self.clock.now().since(started_at);
        let mut progress = lock(&self.state.progress);
        progress.imported = count(job.imported_users);
        progress.skipped = count(job.skipped_users);
        progress.failed = count(job.failed_users);
        let done = progress.done();
        if done > 0 && passed > 0 {
            let rate = done as f64 * 1000.0 / passed as f64;
            progress.rate = Some(rate);
            progress.left_secs = Some((progress.rows.saturating_sub(done) as f64 / rate).ceil() as u64);
        }
        drop(progress);
        (self.state.wake)();
    }

    /// Reads what became of each row. Only engines of ours are asked; the vendor keeps it elsewhere.
    async fn read_log(&self, job_id: &str, native: &Native, end: &mut End) -> Result<(), CallError> {
        let mut after = None;
        loop {
            let page = self
                .driver
                .call(&GetImportJobLogRequest {
                    user_pool_id: self.order.user_pool_id.clone(),
                    job_id: job_id.to_owned(),
                    after_line: after,
                    max_results: Some(LOG_PAGE),
                })
                .await?;
            for line in &page.lines {
                let Some((number, outcome)) = report::parse(&line.message) else {
                    continue;
                };
                let at = usize::try_from(number.saturating_sub(2)).unwrap_or(usize::MAX);
                if outcome != Outcome::Succeeded
                    && let Some(row) = native.rows.get(at)
                {
                    end.outcomes.push((*row, outcome));
                }
            }
            match page.lines.last() {
                Some(last) if page.more => after = Some(last.line),
                _ => return Ok(()),
            }
        }
    }
}

/// Writes the rows that are to be imported in the vendor's form. Blocks.
///
/// # Errors
///
/// Those of the disk.
pub fn write_native(
    path: &Path,
    source: &Source,
    plan: &Plan,
    edits: &Edits,
    left_out: &BTreeSet<u32>,
) -> std::io::Result<Native> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::with_capacity(1 << 18, options.open(path)?);
    let columns = plan.columns();
    let mut bytes = 0_u64;
    let mut rows = Vec::new();
    let mut line = String::new();
    let mut failed = None;
    line.push_str(&columns.join(","));
    line.push('\n');
    out.write_all(line.as_bytes())?;
    bytes = bytes.saturating_add(line.len() as u64);
    source.each(0, &mut |row, cells| {
        if left_out.contains(&row) {
            return true;
        }
        let mut values = plan.values(cells);
        edits.lay_over(row, &mut values);
        line.clear();
        if write_row(&mut line, &columns, &values).is_err() {
            return true;
        }
        if let Err(reason) = out.write_all(line.as_bytes()) {
            failed = Some(reason);
            return false;
        }
        bytes = bytes.saturating_add(line.len() as u64);
        rows.push(row);
        true
    });
    if let Some(reason) = failed {
        return Err(reason);
    }
    out.flush()?;
    Ok(Native { rows, bytes })
}

fn words(reason: CallError) -> String {
    reason.to_string()
}

//! Everything long that runs, wherever it was started, and what has ended.
//!
//! A job is shown here beside the screen that started it. To add a kind: implement
//! [`Work`] for its handle, and give it to [`Board::add`] where it is started.

use super::bulk::BulkJob;
use super::export::ExportJob;
use super::import_model::run::Run;
use crate::base::clock::UnixMillis;
use crate::console::command::Toast;
use crate::console::route::Route;
use crate::console::widgets;

/// Ended jobs that are kept.
const ENDED_KEPT: usize = 100;

/// Something that takes long.
pub trait Work: Send {
    /// Tells how far it has come.
    fn look(&self) -> Look;
    /// Asks it to stop; what is done stays.
    fn cancel(&self);
}

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// What it is doing, when that says more than its numbers.
    pub phase: &'static str,
    /// Items done, the failed ones too.
    pub done: u64,
    /// How many there are, once known.
    pub all: Option<u64>,
    /// Items that could not be done.
    pub failed: u64,
    /// The import job of the engine that it follows.
    pub import_job: Option<String>,
    /// How it ended.
    pub end: Option<End>,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It did everything; some items may have failed.
    Done,
    /// It was cancelled before the end.
    Cancelled,
    /// It could not go on; the text says why.
    Failed(String),
}

/// A job on the board.
pub struct Entry {
    /// What it does, in words: `Disable 12 users`.
    pub title: String,
    /// The screen that tells more.
    pub route: Route,
    pub started_at: UnixMillis,
    pub ended_at: Option<UnixMillis>,
    /// As it was last seen.
    pub look: Look,
    /// Whether cancel was asked for.
    pub cancelling: bool,
    /// Let go at the end, with all it holds.
    work: Option<Box<dyn Work>>,
}

impl Entry {
    /// Tells whether it goes on.
    pub fn is_running(&self) -> bool {
        self.look.end.is_none()
    }

    /// Returns how much is done, 0 to 1, once it can be told.
    #[allow(clippy::cast_precision_loss)]
    pub fn share(&self) -> Option<f32> {
        let all = self.look.all.filter(|all| *all > 0)?;
        Some((self.look.done as f32 / all as f32).clamp(0.0, 1.0))
    }

    /// Returns items a second since the start, once it can be told.
    #[allow(clippy::cast_precision_loss)]
    pub fn rate(&self, now: UnixMillis) -> Option<f64> {
        let passed = self.ended_at.unwrap_or(now).since(self.started_at);
        (self.look.done > 0 && passed >= 500).then(|| self.look.done as f64 * 1000.0 / passed as f64)
    }

    /// Returns the seconds left at the present rate.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn left_secs(&self, now: UnixMillis) -> Option<u64> {
        let left = self.look.all?.checked_sub(self.look.done)?;
        let rate = self.rate(now).filter(|rate| *rate > 0.0)?;
        Some((left as f64 / rate).ceil() as u64)
    }

    /// Asks it to stop.
    pub fn cancel(&mut self) {
        self.cancelling = true;
        if let Some(work) = &self.work {
            work.cancel();
        }
    }
}

/// The jobs of this window, the latest first.
#[derive(Default)]
pub struct Board {
    entries: Vec<Entry>,
}

impl Board {
    /// Puts a job on the board.
    pub fn add(&mut self, title: String, route: Route, now: UnixMillis, work: impl Work + 'static) {
        let entry = Entry {
            title,
            route,
            started_at: now,
            ended_at: None,
            look: work.look(),
            cancelling: false,
            work: Some(Box::new(work)),
        };
        self.entries.insert(0, entry);
    }

    /// Looks at every job that runs. Returns what is to be said of jobs that ended where
    /// nobody looks: on another screen than `here`.
    pub fn poll(&mut self, now: UnixMillis, here: &Route) -> Vec<Toast> {
        let mut said = Vec::new();
        for entry in &mut self.entries {
            let Some(work) = &entry.work else { continue };
            entry.look = work.look();
            if entry.look.end.is_none() {
                continue;
            }
            entry.work = None;
            entry.ended_at = Some(now);
            if entry.route != *here && *here != Route::Jobs {
                said.push(news(entry));
            }
        }
        let mut ended = 0_usize;
        self.entries.retain(|entry| {
            ended = ended.saturating_add(usize::from(!entry.is_running()));
            entry.is_running() || ended <= ENDED_KEPT
        });
        said
    }

    /// Returns every job, the latest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns a job, to cancel it.
    pub fn entry(&mut self, at: usize) -> Option<&mut Entry> {
        self.entries.get_mut(at)
    }

    /// Returns the jobs that go on.
    pub fn running(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_running())
    }

    /// Tells whether one of the jobs follows this import job of the engine.
    pub fn follows(&self, import_job: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.look.import_job.as_deref() == Some(import_job))
    }

    /// Takes what has ended off the board.
    pub fn clear_ended(&mut self) {
        self.entries.retain(Entry::is_running);
    }
}

fn news(entry: &Entry) -> Toast {
    let Look { failed, end, .. } = &entry.look;
    match end {
        Some(End::Failed(reason)) => Toast::error(format!("{}: failed", entry.title), reason.clone()),
        Some(End::Cancelled) => Toast::info(format!("{}: cancelled", entry.title)),
        Some(End::Done) | None if *failed > 0 => Toast {
            tone: crate::console::command::Tone::Warning,
            ..Toast::info(format!(
                "{}: done, {} failed",
                entry.title,
                widgets::grouped(i64::try_from(*failed).unwrap_or(i64::MAX))
            ))
        },
        Some(End::Done) | None => Toast::ok(format!("{}: done", entry.title)),
    }
}

impl Work for BulkJob {
    fn look(&self) -> Look {
        let (done, all) = self.progress();
        let end = self.is_finished().then(|| {
            if self.is_cancelled() && done < all {
                End::Cancelled
            } else {
                End::Done
            }
        });
        Look {
            done: done as u64,
            all: Some(all as u64),
            failed: self.failed() as u64,
            end,
            ..Look::default()
        }
    }

    fn cancel(&self) {
        Self::cancel(self);
    }
}

impl Work for ExportJob {
    fn look(&self) -> Look {
        let (done, all) = self.progress();
        let end = self.end().map(|outcome| match outcome {
            Ok(_) => End::Done,
            Err(_) if self.is_cancelled() => End::Cancelled,
            Err(reason) => End::Failed(reason),
        });
        Look {
            done: done as u64,
            all: Some(all as u64),
            end,
            ..Look::default()
        }
    }

    fn cancel(&self) {
        Self::cancel(self);
    }
}

impl Work for Run {
    fn look(&self) -> Look {
        let progress = self.progress();
        let end = self.end().map(|end| match &end.error {
            _ if self.is_cancelled() => End::Cancelled,
            Some(reason) => End::Failed(reason.clone()),
            None => End::Done,
        });
        Look {
            phase: progress.phase.words(),
            done: progress.done(),
            all: (progress.rows > 0).then_some(progress.rows),
            failed: progress.failed,
            import_job: progress.job_id,
            end,
        }
    }

    fn cancel(&self) {
        Self::cancel(self);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    struct Fake(Arc<Mutex<Look>>);

    impl Work for Fake {
        fn look(&self) -> Look {
            self.0.lock().unwrap().clone()
        }

        fn cancel(&self) {
            self.0.lock().unwrap().end = Some(End::Cancelled);
        }
    }

    #[test]
    fn a_job_that_ends_out_of_sight_is_told_of_once() {
        let look = Arc::new(Mutex::new(Look {
            done: 30,
            all: Some(120),
            ..Look::default()
        }));
        let mut board = Board::default();
        let started = UnixMillis(1_000_000);
        board.add(
            "Disable 120 users".to_owned(),
            Route::UserPools,
            started,
            Fake(look.clone()),
        );
        let later = UnixMillis(1_003_000);
        assert!(board.poll(later, &Route::Preferences).is_empty());
        let entry = &board.entries()[0];
        assert_eq!(entry.share(), Some(0.25));
        assert_eq!(entry.rate(later), Some(10.0));
        assert_eq!(entry.left_secs(later), Some(9));
        look.lock().unwrap().end = Some(End::Done);
        let said = board.poll(later, &Route::Preferences);
        assert_eq!(said[0].title, "Disable 120 users: done");
        assert!(board.poll(later, &Route::Preferences).is_empty());
        assert_eq!(board.running().count(), 0);
        board.clear_ended();
        assert!(board.entries().is_empty());
    }

    #[test]
    fn cancel_reaches_the_work() {
        let look = Arc::new(Mutex::new(Look::default()));
        let mut board = Board::default();
        board.add("Export".to_owned(), Route::UserPools, UnixMillis(0), Fake(look));
        board.entry(0).unwrap().cancel();
        board.poll(UnixMillis(1), &Route::UserPools);
        assert_eq!(board.entries()[0].look.end, Some(End::Cancelled));
    }
}

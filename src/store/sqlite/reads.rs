//! The threads that read, in two lanes: what is asked for, and what may wait.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;
use tracing::{error, warn};

use super::adapter::Adapter;
use super::guard;
use crate::store::{Error, ReadJob, Reader, Result};

#[derive(Default)]
struct ReadQueue {
    normal: VecDeque<ReadJob>,
    low: VecDeque<ReadJob>,
    low_running: usize,
    closed: bool,
}

pub(super) struct Reads {
    queue: Mutex<ReadQueue>,
    arrived: Condvar,
    capacity: usize,
    /// One thread stays free for the normal lane.
    low_at_once: usize,
}

impl Reads {
    /// Makes the queue for `readers` threads, with `capacity` places in each lane.
    pub(super) fn new(readers: usize, capacity: usize) -> Self {
        Self {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            capacity,
            low_at_once: readers.saturating_sub(1).max(1),
        }
    }

    /// Puts a read into its lane.
    pub(super) fn push(&self, low: bool, job: ReadJob) -> Result<()> {
        let mut queue = guard(&self.queue);
        if queue.closed {
            return Err(Error::Closed);
        }
        let lane = if low { &mut queue.low } else { &mut queue.normal };
        if lane.len() >= self.capacity {
            return Err(Error::Busy);
        }
        lane.push_back(job);
        drop(queue);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes nothing more; what waits is dropped.
    pub(super) fn close(&self) {
        guard(&self.queue).closed = true;
        self.arrived.notify_all();
    }

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

pub(super) fn read_loop(reads: &Reads, connection: &Connection) {
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

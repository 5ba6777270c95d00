//! Pictures of hosted pages, drawn inside the program by a real CSS engine.
//!
//! [`PreviewEngine`] is the seam: what draws is a beta and may be exchanged. [`Preview`] runs
//! one in a thread of its own; whoever asks faster than it draws gets the latest only. Nothing
//! here knows egui, and nothing a page says makes it touch the network or a file.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

mod blitz;
pub use blitz::BlitzEngine;

/// The width of a desktop page, in CSS pixels.
pub const DESKTOP_WIDTH: u32 = 1280;
/// The width of a page on a phone, in CSS pixels.
pub const PHONE_WIDTH: u32 = 375;
/// No picture is higher, in its own pixels.
pub const MAX_HEIGHT: u32 = 4_096;

/// A page to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub html: String,
    /// In CSS pixels.
    pub width: u32,
    /// The least height, in CSS pixels; a longer page gives a higher picture.
    pub height: u32,
    /// Picture pixels to a CSS pixel.
    pub scale: f32,
}

/// A drawn page.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// In picture pixels.
    pub width: u32,
    pub height: u32,
    /// Four bytes a pixel, opaque, row by row from the top.
    pub rgba: Vec<u8>,
    /// How many addresses the page named and did not get.
    pub blocked: usize,
    /// Why nothing was drawn, for people. The pixels are white then.
    pub failure: Option<String>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("blocked", &self.blocked)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

impl Frame {
    /// A white picture with the reason why it is.
    pub fn failed(width: u32, height: u32, why: impl Into<String>) -> Self {
        let pixels = usize::try_from(u64::from(width).saturating_mul(u64::from(height))).unwrap_or_default();
        Self {
            width,
            height,
            rgba: vec![u8::MAX; pixels.saturating_mul(4)],
            blocked: 0,
            failure: Some(why.into()),
        }
    }
}

/// Draws pages.
pub trait PreviewEngine {
    /// Draws one page. Never panics and never waits for anything outside; what cannot be
    /// drawn gives [`Frame::failed`].
    fn render(&mut self, job: &Job) -> Frame;
}

/// A drawing thread. Ends when this is dropped.
pub struct Preview<K> {
    desk: Arc<Desk<K>>,
}

struct Desk<K> {
    orders: Mutex<Orders<K>>,
    bell: Condvar,
}

struct Orders<K> {
    waiting: Vec<(K, Job)>,
    done: HashMap<K, Frame>,
    /// What each picture was drawn from last, so that the same is not drawn again.
    last: HashMap<K, Job>,
    /// Whether a picture is being drawn now.
    is_drawing: bool,
    is_closed: bool,
}

impl<K> Desk<K> {
    /// A drawer that panicked left whole values behind: each is set in one step.
    fn lock(&self) -> MutexGuard<'_, Orders<K>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + std::hash::Hash + Send + 'static> Preview<K> {
    /// Starts the thread. `engine` makes the engine there; `wake` is called after each picture.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn start<E: PreviewEngine>(
        engine: impl FnOnce() -> E + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let desk = Arc::new(Desk {
            orders: Mutex::new(Orders {
                waiting: Vec::new(),
                done: HashMap::new(),
                last: HashMap::new(),
                is_drawing: false,
                is_closed: false,
            }),
            bell: Condvar::new(),
        });
        let inside = Arc::clone(&desk);
        std::thread::Builder::new()
            .name("preview".to_owned())
            // Layout recurses into the page.
            .stack_size(8 * 1024 * 1024)
            .spawn(move || draw(&inside, engine(), &wake))?;
        Ok(Self { desk })
    }

    /// Asks for a picture. An older wish for the same `key` that waits yet is forgotten; a job
    /// that was the last for its key is not drawn again.
    pub fn request(&self, key: K, job: Job) {
        let mut orders = self.desk.lock();
        let waits = orders.waiting.iter().position(|(waiting, _)| *waiting == key);
        if waits.is_none() && orders.last.get(&key) == Some(&job) {
            return;
        }
        match waits.and_then(|at| orders.waiting.get_mut(at)) {
            Some((_, waiting)) => *waiting = job,
            None => orders.waiting.push((key, job)),
        }
        drop(orders);
        self.desk.bell.notify_one();
    }

    /// Tells whether a picture is on its way or waits to be taken.
    pub fn is_busy(&self) -> bool {
        let orders = self.desk.lock();
        orders.is_drawing || !orders.waiting.is_empty() || !orders.done.is_empty()
    }

    /// Takes the newest picture of a key, once.
    pub fn take(&self, key: &K) -> Option<Frame> {
        self.desk.lock().done.remove(key)
    }
}

impl<K> Drop for Preview<K> {
    fn drop(&mut self) {
        self.desk.lock().is_closed = true;
        self.desk.bell.notify_all();
    }
}

fn draw<K: Clone + Eq + std::hash::Hash>(desk: &Desk<K>, mut engine: impl PreviewEngine, wake: &impl Fn()) {
    loop {
        let (key, job) = {
            let mut orders = desk.lock();
            loop {
                if orders.is_closed {
                    return;
                }
                if !orders.waiting.is_empty() {
                    break;
                }
                orders = desk.bell.wait(orders).unwrap_or_else(PoisonError::into_inner);
            }
            let (key, job) = orders.waiting.remove(0);
            orders.is_drawing = true;
            orders.last.insert(key.clone(), job.clone());
            (key, job)
        };
        let frame = engine.render(&job);
        let mut orders = desk.lock();
        if orders.is_closed {
            return;
        }
        orders.done.insert(key, frame);
        orders.is_drawing = false;
        drop(orders);
        wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    struct Slow {
        started: mpsc::Sender<String>,
        go: mpsc::Receiver<()>,
    }

    impl PreviewEngine for Slow {
        fn render(&mut self, job: &Job) -> Frame {
            self.started.send(job.html.clone()).unwrap();
            self.go.recv_timeout(Duration::from_secs(10)).unwrap();
            Frame::failed(job.width, job.height, job.html.clone())
        }
    }

    fn job(html: &str) -> Job {
        Job {
            html: html.to_owned(),
            width: 2,
            height: 2,
            scale: 1.0,
        }
    }

    #[test]
    fn whoever_asks_faster_than_it_draws_gets_the_latest() {
        let (started_tx, started) = mpsc::channel();
        let (go, go_rx) = mpsc::channel();
        let (woken_tx, woken) = mpsc::channel();
        let preview = Preview::start(
            move || Slow {
                started: started_tx,
                go: go_rx,
            },
            move || woken_tx.send(()).unwrap_or_default(),
        )
        .unwrap();
        let patience = Duration::from_secs(10);
        preview.request("a", job("first"));
        assert_eq!(started.recv_timeout(patience).unwrap(), "first");
        preview.request("a", job("second"));
        preview.request("a", job("third"));
        preview.request("b", job("other"));
        go.send(()).unwrap();
        assert_eq!(started.recv_timeout(patience).unwrap(), "third");
        go.send(()).unwrap();
        assert_eq!(started.recv_timeout(patience).unwrap(), "other");
        go.send(()).unwrap();
        for _ in 0..3 {
            woken.recv_timeout(patience).unwrap();
        }
        assert_eq!(preview.take(&"a").unwrap().failure.as_deref(), Some("third"));
        assert_eq!(preview.take(&"a"), None);
        preview.request("a", job("third"));
        preview.request("a", job("fourth"));
        assert_eq!(started.recv_timeout(patience).unwrap(), "fourth");
        go.send(()).unwrap();
    }
}

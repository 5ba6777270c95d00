//! What was asked of the engine, and what it answered.
//!
//! A screen asks each frame for what it shows. The first ask sends; later asks read. The
//! old value stays visible while a new one is on its way, replies to outdated questions
//! are dropped, and a change names the operations whose answers it made stale.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::base::clock::{Clock, UnixMillis};
use crate::driver::{CallError, Driver};
use crate::wire::Operation;

use super::command::Effects;

/// What is known of an answer.
pub struct Remote<T> {
    /// The latest answer; it may be an old one while a new one loads.
    pub value: Option<Arc<T>>,
    /// Why the latest ask failed, when it did.
    pub error: Option<CallError>,
    /// Whether an ask is on its way.
    pub loading: bool,
    /// For how long it has been.
    pub loading_millis: i64,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self {
            value: None,
            error: None,
            loading: false,
            loading_millis: 0,
        }
    }
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            error: self.error.clone(),
            loading: self.loading,
            loading_millis: self.loading_millis,
        }
    }
}

/// An operation that answers in pages.
pub trait Paged: Operation + Clone {
    /// Names the page to ask for.
    fn set_token(&mut self, token: Option<String>);
    /// Takes what names the next page out of an answer.
    fn take_token(answer: &mut Self::Response) -> Option<String>;
    /// Appends a later page.
    fn append(answer: &mut Self::Response, later: Self::Response);
}

/// The outcome of a change, read by the screen that sent it.
pub struct Sent<T>(Arc<Mutex<Option<Result<T, CallError>>>>);

impl<T> Clone for Sent<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Sent<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> Sent<T> {
    pub(super) fn put(&self, outcome: Result<T, CallError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    /// Takes the outcome; `None` while the change is on its way, and after it was taken.
    pub fn take(&self) -> Option<Result<T, CallError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

type Erased = Arc<dyn Any + Send + Sync>;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    operation: &'static str,
    /// Tells the whole list from its first page.
    all: bool,
    request: String,
}

#[derive(Default)]
struct Entry {
    value: Option<Erased>,
    error: Option<CallError>,
    /// The ask whose answer is awaited.
    awaited: Option<u64>,
    asked_at: UnixMillis,
    stale: bool,
}

enum News {
    Answer {
        key: Key,
        ask: u64,
        took_millis: i64,
        outcome: Result<Erased, CallError>,
    },
    Done(Box<dyn FnOnce(&mut Effects) + Send>),
}

/// Answers by question, for one connection at a time.
pub struct Cache {
    entries: HashMap<Key, Entry>,
    driver: Option<Driver>,
    /// Counts asks; an answer to an ask that is no longer awaited is dropped.
    asks: u64,
    in_flight: usize,
    latency_millis: Option<i64>,
    /// Whether the endpoint answered last time, with whatever.
    answers: bool,
    sender: mpsc::UnboundedSender<News>,
    receiver: mpsc::UnboundedReceiver<News>,
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    ctx: egui::Context,
}

impl Cache {
    /// Makes an empty cache without a connection.
    pub fn new(runtime: tokio::runtime::Handle, clock: Arc<dyn Clock>, ctx: egui::Context) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            entries: HashMap::new(),
            driver: None,
            asks: 0,
            in_flight: 0,
            latency_millis: None,
            answers: true,
            sender,
            receiver,
            runtime,
            clock,
            ctx,
        }
    }

    /// Forgets every answer and asks another engine from now on.
    pub fn connect(&mut self, driver: Option<Driver>) {
        self.entries.clear();
        self.driver = driver;
        self.latency_millis = None;
        self.answers = true;
    }

    /// Returns what calls the engine, when connected.
    pub fn driver(&self) -> Option<&Driver> {
        self.driver.as_ref()
    }

    /// Returns the runtime that background work goes to.
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    /// Returns the clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Returns how long the latest answer took.
    pub fn latency_millis(&self) -> Option<i64> {
        self.latency_millis
    }

    /// Tells whether the endpoint answered the latest ask, with a value or a refusal.
    pub fn answers(&self) -> bool {
        self.answers
    }

    /// Tells whether anything is on its way.
    pub fn is_busy(&self) -> bool {
        self.in_flight > 0
    }

    /// Reads an answer, asking when there is none.
    pub fn get<O: Operation + Clone>(&mut self, request: &O) -> Remote<O::Response> {
        let asked = request.clone();
        self.look_up(key_of(request, false), move |driver| async move {
            driver.call(&asked).await
        })
    }

    /// Reads the answer of every page put together, at most 50 pages.
    pub fn get_all<O: Paged>(&mut self, request: &O) -> Remote<O::Response> {
        let mut asked = request.clone();
        self.look_up(key_of(request, true), move |driver| async move {
            const MOST_PAGES: usize = 50;
            let mut whole = driver.call(&asked).await?;
            let mut token = O::take_token(&mut whole);
            for _ in 1..MOST_PAGES {
                let Some(next) = token else { break };
                asked.set_token(Some(next));
                let mut page = driver.call(&asked).await?;
                token = O::take_token(&mut page);
                O::append(&mut whole, page);
            }
            Ok(whole)
        })
    }

    fn look_up<T, F>(&mut self, key: Key, ask: impl FnOnce(Driver) -> F) -> Remote<T>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        let now = self.clock.now();
        let entry = self.entries.entry(key.clone()).or_default();
        let answered = entry.value.is_some() || entry.error.is_some();
        if entry.awaited.is_none()
            && (!answered || entry.stale)
            && let Some(driver) = self.driver.clone()
        {
            self.asks += 1;
            entry.awaited = Some(self.asks);
            entry.asked_at = now;
            entry.stale = false;
            self.in_flight += 1;
            let (number, sender, ctx) = (self.asks, self.sender.clone(), self.ctx.clone());
            let clock = Arc::clone(&self.clock);
            let asking = ask(driver);
            self.runtime.spawn(async move {
                let outcome = asking.await.map(|value| Arc::new(value) as Erased);
                let took_millis = clock.now().since(now);
                if sender
                    .send(News::Answer {
                        key,
                        ask: number,
                        took_millis,
                        outcome,
                    })
                    .is_ok()
                {
                    ctx.request_repaint();
                }
            });
        }
        Remote {
            value: entry.value.clone().and_then(|value| value.downcast().ok()),
            error: entry.error.clone(),
            loading: entry.awaited.is_some(),
            loading_millis: if entry.awaited.is_some() {
                now.since(entry.asked_at)
            } else {
                0
            },
        }
    }

    /// Sends a change. `on_done` runs between two frames with the outcome.
    pub fn send<O: Operation>(
        &mut self,
        request: O,
        on_done: impl FnOnce(&mut Effects, Result<O::Response, CallError>) + Send + 'static,
    ) {
        self.work(|driver| async move { driver.call(&request).await }, on_done);
    }

    /// Does anything that takes time with the driver. `on_done` runs between two frames.
    pub fn work<T, F>(
        &mut self,
        work: impl FnOnce(Driver) -> F,
        on_done: impl FnOnce(&mut Effects, Result<T, CallError>) + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        let working = self.driver.clone().map(work);
        self.in_flight += 1;
        self.runtime.spawn(async move {
            let outcome = match working {
                Some(working) => working.await,
                None => Err(CallError::Unreachable("there is no connection".to_owned())),
            };
            let done = Box::new(move |effects: &mut Effects| on_done(effects, outcome));
            if sender.send(News::Done(done)).is_ok() {
                ctx.request_repaint();
            }
        });
    }

    /// Does anything that takes time without the driver, such as reading a file. `on_done`
    /// runs between two frames.
    pub fn background<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = T> + Send + 'static,
        on_done: impl FnOnce(&mut Effects, T) + Send + 'static,
    ) {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        self.in_flight += 1;
        self.runtime.spawn(async move {
            let outcome = work.await;
            let done = Box::new(move |effects: &mut Effects| on_done(effects, outcome));
            if sender.send(News::Done(done)).is_ok() {
                ctx.request_repaint();
            }
        });
    }

    /// Sends a change and hands the outcome to the screen as well as to `on_done`.
    pub fn send_and_tell<O>(
        &mut self,
        request: O,
        on_done: impl FnOnce(&mut Effects, &Result<O::Response, CallError>) + Send + 'static,
    ) -> Sent<O::Response>
    where
        O: Operation,
    {
        let sent = Sent::default();
        let told = sent.clone();
        self.send(request, move |effects, outcome| {
            on_done(effects, &outcome);
            told.put(outcome);
        });
        sent
    }

    /// Does anything with the driver and hands the outcome to the screen.
    pub fn work_and_tell<T, F>(
        &mut self,
        work: impl FnOnce(Driver) -> F,
        on_done: impl FnOnce(&mut Effects, &Result<T, CallError>) + Send + 'static,
    ) -> Sent<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        let sent = Sent::default();
        let told = sent.clone();
        self.work(work, move |effects, outcome| {
            on_done(effects, &outcome);
            told.put(outcome);
        });
        sent
    }

    /// Makes the answers of these operations stale; they are asked again when next shown.
    pub fn refresh(&mut self, operations: &[&'static str]) {
        for (key, entry) in &mut self.entries {
            if operations.contains(&key.operation) {
                entry.stale = true;
                // What is on its way was asked before the change.
                if entry.awaited.take().is_some() {
                    self.in_flight = self.in_flight.saturating_sub(1);
                }
            }
        }
    }

    /// Makes every answer stale.
    pub fn refresh_all(&mut self) {
        for entry in self.entries.values_mut() {
            entry.stale = true;
        }
    }

    /// Takes in what has arrived. Call once a frame, before drawing.
    pub fn receive(&mut self, effects: &mut Effects) {
        while let Ok(news) = self.receiver.try_recv() {
            match news {
                News::Answer {
                    key,
                    ask,
                    took_millis,
                    outcome,
                } => {
                    let Some(entry) = self.entries.get_mut(&key) else {
                        continue;
                    };
                    if entry.awaited != Some(ask) {
                        continue;
                    }
                    self.in_flight = self.in_flight.saturating_sub(1);
                    entry.awaited = None;
                    self.answers = !matches!(outcome, Err(CallError::Unreachable(_)));
                    self.latency_millis = self.answers.then_some(took_millis);
                    match outcome {
                        Ok(value) => {
                            entry.value = Some(value);
                            entry.error = None;
                        }
                        Err(reason) => {
                            // What is gone is not shown as it was.
                            if is_gone(&reason) {
                                entry.value = None;
                            }
                            entry.error = Some(reason);
                        }
                    }
                }
                News::Done(done) => {
                    self.in_flight = self.in_flight.saturating_sub(1);
                    done(effects);
                }
            }
        }
    }
}

/// Tells whether an object that was asked for does not exist, or no longer.
pub fn is_gone(reason: &CallError) -> bool {
    matches!(reason, CallError::Fault(fault) if fault.code == "ResourceNotFoundException")
}

fn key_of<O: Operation>(request: &O, all: bool) -> Key {
    Key {
        operation: O::NAME,
        all,
        request: serde_json::to_string(request).unwrap_or_default(),
    }
}

/// Implements [`Paged`] for an operation whose answer holds one optional list.
macro_rules! paged {
    ($($request:ident by $token:ident: $list:ident,)*) => {$(
        impl Paged for crate::wire::idp::$request {
            fn set_token(&mut self, token: Option<String>) {
                self.$token = token;
            }

            fn take_token(answer: &mut Self::Response) -> Option<String> {
                answer.$token.take()
            }

            fn append(answer: &mut Self::Response, later: Self::Response) {
                if let Some(more) = later.$list {
                    answer.$list.get_or_insert_default().extend(more);
                }
            }
        }
    )*};
}

paged! {
    ListUserPoolsRequest by next_token: user_pools,
    ListUserPoolClientsRequest by next_token: user_pool_clients,
    ListGroupsRequest by next_token: groups,
    ListUsersInGroupRequest by next_token: users,
}

//! Who holds a connection, and who gives theirs up when there are too many.
//!
//! A connection on which nothing is worked for the caller (its headers or its body are still
//! to come, or it rests between two calls) can be taken back. When a source has all it may
//! have, its own oldest waiting connection goes; when the server is full, the oldest of all.
//! So whoever opens connections and sends nothing loses those, and the next caller is served.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::base::source::Source;

/// Connections at once.
pub const CONNECTIONS: usize = 2048;
/// Connections of one source at once, unless told.
pub const PER_SOURCE: usize = 256;
/// The same of this machine itself, where test suites open hundreds and a proxy brings everyone.
const OF_LOOPBACK: usize = 1536;

/// Every open connection.
pub struct Connections {
    open: Mutex<Open>,
    most: usize,
    per_source: usize,
}

#[derive(Default)]
struct Open {
    /// Counts up whenever a connection begins to wait: smaller is older.
    turn: u64,
    all: HashMap<u64, Held>,
    by_source: HashMap<Source, usize>,
}

struct Held {
    source: Source,
    /// Requests that are worked on.
    working: usize,
    waiting_since: u64,
    end: Arc<Notify>,
}

impl Connections {
    /// Allows `most` connections, `per_source` of them of one source.
    pub fn new(most: usize, per_source: usize) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            most,
            per_source,
        })
    }

    /// Takes a place for a connection from `address`, at the cost of an older one when there is
    /// none left. `None` when every connection that could give way is being worked for.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let source = Source::of(address);
        let limit = match source {
            Source::Loopback => self.per_source.max(OF_LOOPBACK),
            Source::V4(_) | Source::V6(_) => self.per_source,
        };
        let mut open = self.lock();
        if open.by_source.get(&source).copied().unwrap_or_default() >= limit {
            open.end_oldest(|held| held.source == source)?;
        }
        if open.all.len() >= self.most {
            open.end_oldest(|_| true)?;
        }
        let turn = open.next_turn();
        let end = Arc::new(Notify::new());
        let held = Held {
            source,
            working: 0,
            waiting_since: turn,
            end: Arc::clone(&end),
        };
        open.all.insert(turn, held);
        let count = open.by_source.entry(source).or_default();
        *count = count.saturating_add(1);
        Some(Place {
            connections: Arc::clone(self),
            id: turn,
            end,
        })
    }

    /// Ends the oldest waiting connection, so that what it holds of the system is free again.
    pub fn end_oldest(&self) {
        let _ = self.lock().end_oldest(|_| true);
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn next_turn(&mut self) -> u64 {
        self.turn = self.turn.wrapping_add(1);
        self.turn
    }

    fn end_oldest(&mut self, may: impl Fn(&Held) -> bool) -> Option<()> {
        let waiting = self.all.iter().filter(|(_, held)| held.working == 0 && may(held));
        let (&id, _) = waiting.min_by_key(|(_, held)| held.waiting_since)?;
        let held = self.remove(id)?;
        held.end.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Held> {
        let held = self.all.remove(&id)?;
        if let Some(count) = self.by_source.get_mut(&held.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_source.remove(&held.source);
            }
        }
        Some(held)
    }
}

/// The place of one connection, given back when dropped.
pub struct Place {
    connections: Arc<Connections>,
    id: u64,
    end: Arc<Notify>,
}

impl Place {
    /// Is done when the connection has to give way.
    pub async fn ended(&self) {
        self.end.notified().await;
    }

    /// Says that a request is worked on, until what is returned is dropped.
    pub fn work(self: &Arc<Self>) -> Work {
        self.change(|held, _| held.working = held.working.saturating_add(1));
        Work(Arc::clone(self))
    }

    /// Says that a request waits for its caller to send more, until what is returned is dropped.
    pub fn pause(self: &Arc<Self>) -> Pause {
        self.rest();
        Pause(Arc::clone(self))
    }

    fn rest(&self) {
        self.change(|held, turn| {
            held.working = held.working.saturating_sub(1);
            if held.working == 0 {
                held.waiting_since = turn;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Held, u64)) {
        let mut open = self.connections.lock();
        let turn = open.next_turn();
        if let Some(held) = open.all.get_mut(&self.id) {
            change(held, turn);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.connections.lock().remove(self.id);
    }
}

/// A request that is worked on.
pub struct Work(Arc<Place>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.rest();
    }
}

/// A request that waits for its caller.
pub struct Pause(Arc<Place>);

impl Drop for Pause {
    fn drop(&mut self) {
        self.0
            .change(|held, _| held.working = held.working.saturating_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ended(place: &Place) -> bool {
        let mut ended = std::pin::pin!(place.ended());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        ended.as_mut().poll(&mut cx).is_ready()
    }

    #[test]
    fn a_source_that_has_its_share_gives_up_its_own_oldest() {
        let all = Connections::new(10, 2);
        let enter = |address: &str| all.enter(address.parse().unwrap()).unwrap();
        let other = enter("192.0.2.9");
        let first = enter("2001:db8::1");
        let second = enter("2001:db8::2");
        let third = enter("2001:db8::3:1");
        assert!(is_ended(&first));
        assert!(!is_ended(&second) && !is_ended(&third) && !is_ended(&other));
        let beside = enter("2001:db8:0:1::1");
        assert!(!is_ended(&second) && !is_ended(&beside));
    }

    #[test]
    fn when_all_are_taken_the_one_that_waits_longest_goes() {
        let all = Connections::new(2, 2);
        let enter = |address: &str| all.enter(address.parse().unwrap()).map(Arc::new);
        let first = enter("192.0.2.1").unwrap();
        let second = enter("192.0.2.2").unwrap();
        // What is worked for stays, and what was worked for last is the youngest.
        let work = first.work();
        let third = enter("192.0.2.3").unwrap();
        assert!(is_ended(&second) && !is_ended(&first));
        let _work = third.work();
        assert!(enter("192.0.2.4").is_none());
        let pause = first.pause();
        drop(pause);
        assert!(enter("192.0.2.4").is_none());
        drop(work);
        assert!(enter("192.0.2.4").is_some());
        assert!(is_ended(&first));
    }

    #[test]
    fn a_place_is_given_back_once() {
        let all = Connections::new(1, 1);
        let first = all.enter("127.0.0.1".parse().unwrap()).unwrap();
        let second = all.enter("127.0.0.1".parse().unwrap()).unwrap();
        drop(first);
        assert_eq!(all.lock().all.len(), 1);
        drop(second);
        assert!(all.lock().all.is_empty() && all.lock().by_source.is_empty());
    }
}

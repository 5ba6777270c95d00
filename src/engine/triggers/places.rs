//! How many calls of a function may be under way, and which functions are left alone for a while.
//!
//! A call that somebody made slow must not be one too many for everybody else: each kind of
//! trigger has places of its own beside those for all, and one source has only so many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Trigger;
use super::target::Failure;
use crate::base::clock::UnixMillis;
use crate::base::source::Source;

/// Calls of one function that may be under way at once; further ones are refused.
const AT_ONCE: usize = 64;
/// Of these, those that are each kind of trigger's own.
const OF_KIND: usize = 2;
/// Those that are for all kinds.
const FOR_ALL: usize = AT_ONCE - Trigger::KINDS * OF_KIND;
/// Calls of one function at once that one source may cause.
const OF_SOURCE: usize = 16;
/// After so many calls in a row without an answer, the function is left alone for a while.
const SILENT_MAX: u32 = 5;
/// For how long.
const REST_SECS: i64 = 5;

/// The calls that are under way.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<String, Function>>>);

#[derive(Default)]
struct Function {
    kinds: HashMap<Trigger, Kind>,
    by_source: HashMap<Source, usize>,
}

/// How the calls of a kind do. What one kind's calls never answer says nothing of the others'.
#[derive(Default)]
struct Kind {
    under_way: usize,
    /// Calls in a row that ended without an answer.
    silent: u32,
    rests_until: UnixMillis,
}

/// A place, free again when this is dropped.
pub struct Place {
    places: Places,
    arn: String,
    trigger: Trigger,
    source: Option<Source>,
}

impl Places {
    /// Takes a place for a call that `source` causes, where that is to be counted.
    ///
    /// # Errors
    ///
    /// [`Failure::Timeout`] while the function is left alone; [`Failure::Busy`].
    pub fn enter(
        &self,
        arn: &str,
        trigger: Trigger,
        source: Option<Source>,
        now: UnixMillis,
    ) -> Result<Place, Failure> {
        // Behind a proxy of this machine everyone is the same source.
        let source = source.filter(|source| *source != Source::Loopback);
        let mut all = self.lock();
        let function = all.entry(arn.to_owned()).or_default();
        let kind = function.kinds.entry(trigger).or_default();
        if kind.rests_until > now {
            return Err(Failure::Timeout);
        }
        let has_own = kind.under_way < OF_KIND;
        let shared: usize = function
            .kinds
            .values()
            .map(|kind| kind.under_way.saturating_sub(OF_KIND))
            .sum();
        if !has_own && shared >= FOR_ALL {
            return Err(Failure::Busy);
        }
        if let Some(source) = source {
            let held = function.by_source.entry(source).or_default();
            if *held >= OF_SOURCE {
                return Err(Failure::Busy);
            }
            *held = held.saturating_add(1);
        }
        if let Some(kind) = function.kinds.get_mut(&trigger) {
            kind.under_way = kind.under_way.saturating_add(1);
        }
        Ok(Place {
            places: self.clone(),
            arn: arn.to_owned(),
            trigger,
            source,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Function>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes whether the function answered.
    pub fn note(&self, answered: bool, now: UnixMillis) {
        let mut all = self.places.lock();
        let function = all.entry(self.arn.clone()).or_default();
        let kind = function.kinds.entry(self.trigger).or_default();
        kind.silent = if answered {
            0
        } else {
            kind.silent.saturating_add(1)
        };
        if kind.silent >= SILENT_MAX {
            kind.silent = 0;
            kind.rests_until = now.plus_secs(REST_SECS);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.places.lock();
        let Some(function) = all.get_mut(&self.arn) else {
            return;
        };
        if let Some(kind) = function.kinds.get_mut(&self.trigger) {
            kind.under_way = kind.under_way.saturating_sub(1);
        }
        if let Some(source) = self.source
            && let Some(held) = function.by_source.get_mut(&source)
        {
            *held = held.saturating_sub(1);
            if *held == 0 {
                function.by_source.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGN_UP: Trigger = Trigger::PreSignUp;
    const SIGN_IN: Trigger = Trigger::PreAuthentication;

    #[test]
    fn a_silent_function_is_left_alone_for_a_while_by_the_kind_that_met_it() {
        let places = Places::default();
        let now = UnixMillis(1_000_000);
        let enter = |arn, trigger, now| places.enter(arn, trigger, None, now);
        for _ in 0..SILENT_MAX {
            enter("a", SIGN_UP, now).unwrap().note(false, now);
        }
        assert!(matches!(enter("a", SIGN_UP, now), Err(Failure::Timeout)));
        assert!(enter("a", SIGN_IN, now).is_ok() && enter("b", SIGN_UP, now).is_ok());
        assert!(enter("a", SIGN_UP, now.plus_secs(REST_SECS)).is_ok());
    }

    #[test]
    fn a_function_has_only_so_many_places_and_some_for_each_kind() {
        let places = Places::default();
        let enter = |arn, trigger| places.enter(arn, trigger, None, UnixMillis(0));
        let mut held: Vec<_> = (0..FOR_ALL + OF_KIND)
            .map(|_| enter("a", SIGN_UP).unwrap())
            .collect();
        assert!(matches!(enter("a", SIGN_UP), Err(Failure::Busy)));
        held.extend((0..OF_KIND).map(|_| enter("a", SIGN_IN).unwrap()));
        assert!(matches!(enter("a", SIGN_IN), Err(Failure::Busy)));
        assert!(enter("b", SIGN_UP).is_ok());
        drop(held);
        let again: Vec<_> = (0..FOR_ALL + OF_KIND)
            .filter_map(|_| enter("a", SIGN_IN).ok())
            .collect();
        assert_eq!(again.len(), FOR_ALL + OF_KIND);
    }

    #[test]
    fn one_source_takes_only_its_share_of_them() {
        let places = Places::default();
        let from = |address: &str| {
            let source = Source::of(address.parse().unwrap());
            places.enter("a", SIGN_UP, Some(source), UnixMillis(0))
        };
        let held: Vec<_> = (0..OF_SOURCE).map(|_| from("198.51.100.9").unwrap()).collect();
        assert!(matches!(from("::ffff:198.51.100.9"), Err(Failure::Busy)));
        assert!(from("198.51.100.10").is_ok());
        drop(held);
        assert!(from("198.51.100.9").is_ok());
        assert!(places.lock()["a"].by_source.is_empty());
        let proxied: Vec<_> = (0..=OF_SOURCE).filter_map(|_| from("127.0.0.1").ok()).collect();
        assert_eq!(proxied.len(), OF_SOURCE + 1);
    }
}

//! How long a user's wrong passwords lock the account.
//!
//! From the fifth wrong guess on, the account is locked for 2^(n−5) seconds, at most 15
//! minutes. Guesses made while it is locked are refused without being looked at, and do
//! not count. The account is the key: no spelling of a name and no address gets a count of
//! its own.
//!
//! Source: developer guide, "Authentication", lockout behaviour for failed sign-in attempts.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::engine::{Cx, Error, Result};
use crate::store::records::codes::{self, Attempts};

/// The kind of the attempts in the store.
pub const PASSWORD: &str = "password";
/// Wrong codes of a second factor are counted apart.
pub const MFA: &str = "mfa";

const FREE: i64 = 4;
const LONGEST_SECS: i64 = 15 * 60;
const FORGET_AFTER_SECS: i64 = 15 * 60;

/// Tells whether a guess made `now` is refused unseen.
pub fn is_locked(attempts: &Attempts, now: UnixMillis) -> bool {
    now < attempts.locked_until
}

/// Returns the attempts after a wrong guess made `now`, which was not locked.
pub fn after_failure(attempts: Attempts, now: UnixMillis) -> Attempts {
    let quiet_since = attempts.last_at.max(attempts.locked_until);
    let forgotten = attempts.count <= 0 || now.since(quiet_since) >= FORGET_AFTER_SECS.saturating_mul(1000);
    let (count, first_at) = if forgotten {
        (1, now)
    } else {
        (attempts.count.saturating_add(1), attempts.first_at)
    };
    Attempts {
        count,
        first_at,
        last_at: now,
        locked_until: match lock_secs(count) {
            0 => UnixMillis::default(),
            secs => now.plus_secs(secs),
        },
    }
}

/// Returns how long the `n`th wrong guess in a row locks.
pub fn lock_secs(n: i64) -> i64 {
    let doublings = n.saturating_sub(FREE + 1);
    if doublings < 0 {
        return 0;
    }
    let doublings = u32::try_from(doublings).unwrap_or(u32::MAX);
    1_i64
        .checked_shl(doublings)
        .filter(|secs| doublings < 62 && *secs <= LONGEST_SECS)
        .unwrap_or(LONGEST_SECS)
}

/// The answer to a guess while the account is locked.
pub fn refused() -> Error {
    Error::not_authorized("Password attempts exceeded")
}

/// Leave to guess one user's password; held until the outcome is kept.
///
/// As many guesses at one user run at once as there are cores: then a burst of guesses gets
/// at most so many more answers than one after the other would, and honest sign-ins of one
/// user wait their turn instead of being refused.
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
    key: (String, Uuid),
}

type Gates = Mutex<HashMap<(String, Uuid), Arc<Semaphore>>>;

static GATES: LazyLock<Gates> = LazyLock::new(Gates::default);

impl Turn {
    /// Waits for a turn at the password of `sub`.
    pub async fn wait(user_pool_id: &str, sub: &Uuid) -> Self {
        let key = (user_pool_id.to_owned(), *sub);
        let gate = {
            let mut gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(gates.entry(key.clone()).or_insert_with(|| {
                let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
                Arc::new(Semaphore::new(cores))
            }))
        };
        Self {
            // Fails only when closed, which nobody does.
            _permit: gate.acquire_owned().await.ok(),
            key,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self._permit = None;
        let mut gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
        // One holder is the map itself: nobody else waits or guesses.
        if gates
            .get(&self.key)
            .is_some_and(|gate| Arc::strong_count(gate) == 1)
        {
            gates.remove(&self.key);
        }
    }
}

/// Counts a wrong guess that began at `now` and returns the answer it gets: `wrong`, or
/// the one of a locked account when other guesses locked it meanwhile.
///
/// # Errors
///
/// Always; also what the store reports.
pub async fn fail<T>(cx: &Cx, user_pool_id: &str, sub: &Uuid, kind: &'static str, wrong: Error) -> Result<T> {
    let (pool, sub, now) = (user_pool_id.to_owned(), *sub, cx.now());
    let counted = cx
        .engine
        .store
        .transact("count failed attempt", move |tx| {
            let attempts = codes::attempts(tx, &pool, &sub, kind)?;
            if is_locked(&attempts, now) {
                return Ok::<_, Error>(false);
            }
            codes::set_attempts(tx, &pool, &sub, kind, after_failure(attempts, now))?;
            Ok(true)
        })
        .await?;
    Err(if counted { wrong } else { refused() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_700_000_000_000);

    fn fail_times(times: i64, mut attempts: Attempts, mut now: UnixMillis) -> (Attempts, UnixMillis) {
        for _ in 0..times {
            now = now.max(attempts.locked_until);
            attempts = after_failure(attempts, now);
        }
        (attempts, now)
    }

    #[test]
    fn lock_doubles_from_the_fifth_failure_to_fifteen_minutes() {
        let expected = [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900];
        for (n, secs) in (1..).zip(expected) {
            assert_eq!(lock_secs(n), secs, "{n}");
        }
        for n in [0, -1, i64::MIN, 68, 69, 70, 1000, i64::MAX] {
            let secs = lock_secs(n);
            assert!((0..=900).contains(&secs), "{n}: {secs}");
            assert_eq!(secs == 0, n < 5, "{n}");
        }
    }

    #[test]
    fn locked_guesses_neither_count_nor_extend() {
        let (attempts, now) = fail_times(6, Attempts::default(), START);
        assert_eq!(attempts.locked_until, now.plus_secs(2));
        assert!(is_locked(&attempts, now.plus_secs(1)));
        assert!(!is_locked(&attempts, now.plus_secs(2)));
    }

    #[test]
    fn fifteen_quiet_minutes_after_the_lock_start_anew() {
        let (attempts, now) = fail_times(8, Attempts::default(), START);
        let ends = now.plus_secs(8);
        assert_eq!(after_failure(attempts, ends.plus_secs(899)).count, 9);
        assert_eq!(after_failure(attempts, ends.plus_secs(900)).count, 1);
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_unlock() {
        let (attempts, now) = fail_times(9, Attempts::default(), START);
        assert!(is_locked(&attempts, now.plus_secs(-100_000)));
        assert_eq!(after_failure(attempts, now.plus_secs(-1)).count, 10);
    }

    #[tokio::test]
    async fn turns_are_forgotten_when_nobody_holds_them() {
        let sub = Uuid::from_u128(7);
        let turn = Turn::wait("p_turns", &sub).await;
        let key = ("p_turns".to_owned(), sub);
        assert!(GATES.lock().unwrap().contains_key(&key));
        drop(turn);
        assert!(!GATES.lock().unwrap().contains_key(&key));
    }
}

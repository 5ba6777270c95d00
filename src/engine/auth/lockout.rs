//! How long a user's wrong passwords lock the account.
//!
//! From the fifth wrong guess on, the account is locked for 2^(n−5) seconds, at most 15
//! minutes. Guesses made while it is locked are refused without being looked at, and do
//! not count. The account is the key: no spelling of a name and no address gets a count of
//! its own.
//!
//! Source: developer guide, "Authentication", lockout behaviour for failed sign-in attempts.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::engine::{Error, Result};
use crate::store::records::codes::{self, Attempts};
use crate::store::{self, Reader, Tx};

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

/// Wrong guesses that were found out but are not yet in the store.
///
/// They count when the next guess asks whether it is locked. Without that a burst of
/// guesses would all be looked at before the first one is written down; with it a burst
/// gets at most as many more answers than guesses one after the other as threads look at
/// them. A guess that is committed but not yet taken out here counts twice for a moment:
/// in a burst of wrong guesses the account may be refused one or two of them early.
static UNCOUNTED: LazyLock<Mutex<HashMap<(String, Uuid), u32>>> = LazyLock::new(Mutex::default);

/// A wrong guess on its way to the store; counts in memory until dropped.
pub struct Uncounted {
    key: (String, Uuid),
}

impl Uncounted {
    /// Notes a wrong guess at the password of `sub`.
    pub fn note(user_pool_id: &str, sub: &Uuid) -> Self {
        let key = (user_pool_id.to_owned(), *sub);
        let mut uncounted = UNCOUNTED.lock().unwrap_or_else(PoisonError::into_inner);
        let count = uncounted.entry(key.clone()).or_default();
        *count = count.saturating_add(1);
        Self { key }
    }

    fn of(user_pool_id: &str, sub: &Uuid) -> u32 {
        let uncounted = UNCOUNTED.lock().unwrap_or_else(PoisonError::into_inner);
        if uncounted.is_empty() {
            return 0;
        }
        uncounted
            .get(&(user_pool_id.to_owned(), *sub))
            .copied()
            .unwrap_or(0)
    }
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        let mut uncounted = UNCOUNTED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = uncounted.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                uncounted.remove(&self.key);
            }
        }
    }
}

/// Returns the attempts of a user when a guess may be looked at now.
///
/// # Errors
///
/// [`refused`] while the account is locked.
pub fn admit(
    r: &mut Reader<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    kind: &str,
    now: UnixMillis,
) -> Result<Attempts> {
    let attempts = codes::attempts(r, user_pool_id, sub, kind)?;
    let mut expected = attempts;
    for _ in 0..Uncounted::of(user_pool_id, sub).min(16) {
        if is_locked(&expected, now) {
            break;
        }
        expected = after_failure(expected, now);
    }
    if is_locked(&expected, now) {
        return Err(refused());
    }
    Ok(attempts)
}

/// Counts a wrong guess made `now`, inside the transaction that ends the call; `false` when
/// other guesses locked the account meanwhile, and this one does not count.
///
/// # Errors
///
/// What the store reports.
pub fn count_failure(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    kind: &str,
    now: UnixMillis,
) -> store::Result<bool> {
    let attempts = codes::attempts(tx, user_pool_id, sub, kind)?;
    if is_locked(&attempts, now) {
        return Ok(false);
    }
    codes::set_attempts(tx, user_pool_id, sub, kind, after_failure(attempts, now))?;
    Ok(true)
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

    #[test]
    fn guesses_on_their_way_count_until_they_are_written() {
        let sub = Uuid::from_u128(7);
        let guesses: Vec<_> = (0..5).map(|_| Uncounted::note("p_uncounted", &sub)).collect();
        assert_eq!(Uncounted::of("p_uncounted", &sub), 5);
        assert_eq!(Uncounted::of("p_other", &sub), 0);
        drop(guesses);
        assert_eq!(Uncounted::of("p_uncounted", &sub), 0);
    }
}

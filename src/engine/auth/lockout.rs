//! How long a user's wrong passwords lock the account.
//!
//! From the fifth wrong guess on, the account is locked for 2^(n−5) seconds, at most 15
//! minutes. Guesses made while it is locked are refused without being looked at, and do
//! not count. The account is the key: no spelling of a name and no address gets a count of
//! its own.
//!
//! Source: developer guide, "Authentication", lockout behaviour for failed sign-in attempts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::engine::{Error, Result};
use crate::store::records::codes::{self, Attempts};
use crate::store::{self, Reader, Tx};

/// The kind of the attempts in the store.
pub const PASSWORD: &str = "password";
/// Wrong codes are counted apart, and each kind by itself: who can read one kind of code must not
/// be able to start the count of another anew by being right about theirs.
pub const EMAIL_CODE: &str = "email_code";
/// As [`EMAIL_CODE`], of codes in text messages.
pub const SMS_CODE: &str = "sms_code";
/// As [`EMAIL_CODE`], of an authenticator's codes.
pub const AUTHENTICATOR: &str = "authenticator";
/// Codes as the first factor are guessed at by anyone; that must not lock who knows the password.
pub const FIRST_EMAIL_CODE: &str = "first_email_code";
/// As [`FIRST_EMAIL_CODE`], of codes in text messages.
pub const FIRST_SMS_CODE: &str = "first_sms_code";

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

/// Whose guesses, and of which kind.
type Key = (String, Uuid, &'static str);

/// Wrong guesses that were found out but are not yet answered.
///
/// They count when the next guess asks whether it is locked. Without that a burst of
/// guesses would all be looked at before the first one is written down; with it a burst
/// gets at most as many more answers than guesses one after the other as threads look at
/// them. Each remembers the count it was written as, so that a reader who sees that count
/// in the store does not count it again.
static UNCOUNTED: LazyLock<Mutex<HashMap<Key, Vec<Noted>>>> = LazyLock::new(Mutex::default);

/// Tells the guesses in [`UNCOUNTED`] apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

struct Noted {
    id: u64,
    /// What the stored count became by it; `None` while it is not written.
    written: Option<i64>,
}

/// A wrong guess on its way to the store; counts in memory until every clone is dropped.
#[derive(Clone)]
pub struct Uncounted(Arc<Guess>);

struct Guess {
    key: Key,
    id: u64,
}

impl Uncounted {
    /// Notes a wrong guess at the password or a code of `sub`.
    pub fn note(user_pool_id: &str, sub: &Uuid, kind: &'static str) -> Self {
        let key = (user_pool_id.to_owned(), *sub, kind);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let noted = Noted { id, written: None };
        guesses().entry(key.clone()).or_default().push(noted);
        Self(Arc::new(Guess { key, id }))
    }

    fn set_written(&self, count: i64) {
        if let Some(noted) = guesses().get_mut(&self.0.key)
            && let Some(noted) = noted.iter_mut().find(|noted| noted.id == self.0.id)
        {
            noted.written = Some(count);
        }
    }

    /// Returns how many guesses a reader does not see who sees `stored` of them.
    fn unseen(user_pool_id: &str, sub: &Uuid, kind: &'static str, stored: i64) -> usize {
        let guesses = guesses();
        if guesses.is_empty() {
            return 0;
        }
        guesses
            .get(&(user_pool_id.to_owned(), *sub, kind))
            .map_or(0, |noted| {
                let is_unseen = |noted: &&Noted| noted.written.is_none_or(|count| count > stored);
                noted.iter().filter(is_unseen).count()
            })
    }
}

impl Drop for Guess {
    fn drop(&mut self) {
        let mut guesses = guesses();
        if let Some(noted) = guesses.get_mut(&self.key) {
            noted.retain(|noted| noted.id != self.id);
            if noted.is_empty() {
                guesses.remove(&self.key);
            }
        }
    }
}

fn guesses() -> MutexGuard<'static, HashMap<Key, Vec<Noted>>> {
    UNCOUNTED.lock().unwrap_or_else(PoisonError::into_inner)
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
    kind: &'static str,
    now: UnixMillis,
) -> Result<Attempts> {
    let attempts = codes::attempts(r, user_pool_id, sub, kind)?;
    let mut expected = attempts;
    for _ in 0..Uncounted::unseen(user_pool_id, sub, kind, attempts.count).min(16) {
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
pub fn count_failure(tx: &mut Tx<'_>, guess: &Uncounted, now: UnixMillis) -> store::Result<bool> {
    let (user_pool_id, sub, kind) = &guess.0.key;
    let attempts = codes::attempts(tx, user_pool_id, sub, kind)?;
    if is_locked(&attempts, now) {
        // It counts for nobody any more.
        guess.set_written(0);
        return Ok(false);
    }
    let after = after_failure(attempts, now);
    codes::set_attempts(tx, user_pool_id, sub, kind, after)?;
    guess.set_written(after.count);
    Ok(true)
}

/// Forgets the wrong guesses of a user who was right.
///
/// # Errors
///
/// What the store reports.
pub fn forget(tx: &mut Tx<'_>, user_pool_id: &str, sub: &Uuid, kind: &'static str) -> store::Result<()> {
    codes::clear_attempts(tx, user_pool_id, sub, kind)?;
    if let Some(noted) = guesses().get_mut(&(user_pool_id.to_owned(), *sub, kind)) {
        for noted in noted.iter_mut().filter(|noted| noted.written.is_some()) {
            noted.written = Some(0);
        }
    }
    Ok(())
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
    fn guesses_on_their_way_count_until_they_are_seen_in_the_store() {
        let sub = Uuid::from_u128(7);
        let unseen = |kind, stored| Uncounted::unseen("p_uncounted", &sub, kind, stored);
        let guesses: Vec<_> = (0..5)
            .map(|_| Uncounted::note("p_uncounted", &sub, PASSWORD))
            .collect();
        assert_eq!(unseen(PASSWORD, 0), 5);
        assert_eq!(unseen(AUTHENTICATOR, 0), 0);
        assert_eq!(Uncounted::unseen("p_other", &sub, PASSWORD, 0), 0);
        // Written as the first and second, and seen or not yet seen as such.
        guesses[0].set_written(1);
        guesses[1].clone().set_written(2);
        assert_eq!(unseen(PASSWORD, 0), 5);
        assert_eq!(unseen(PASSWORD, 1), 4);
        assert_eq!(unseen(PASSWORD, 2), 3);
        drop(guesses);
        assert_eq!(unseen(PASSWORD, 0), 0);
    }
}

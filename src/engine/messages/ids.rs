//! The ids of messages, which grow in the order they were made.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::rng::Rng;

/// The millisecond of the last message's id, and how many had the same before it.
static LAST_ID: Mutex<(i64, u16)> = Mutex::new((0, 0));

/// Returns an id greater than every one before it in this process, also within a millisecond:
/// "the newest code" must be the one that was made last.
///
/// Twelve bits count within the millisecond (RFC 9562 §6.2, method 1).
pub(in crate::engine) fn next_id(rng: &dyn Rng, now: UnixMillis) -> Uuid {
    let (millis, count) = {
        let mut last = LAST_ID.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (millis, _) if now.0 > millis => (now.0, 0),
            (millis, 0x0fff) => (millis.saturating_add(1), 0),
            (millis, count) => (millis, count.saturating_add(1)),
        };
        *last
    };
    let mut bytes: [u8; 10] = rng.bytes();
    let [high, low] = count.to_be_bytes();
    let [first, second, ..] = &mut bytes;
    (*first, *second) = (high, low);
    let millis = u64::try_from(millis).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    #[test]
    fn ids_grow_within_a_millisecond_and_when_the_clock_jumps_back() {
        let rng = SeededRng::new(1);
        let mut last = Uuid::nil();
        for at in [
            5_000_000_000_000,
            5_000_000_000_000,
            4_000_000_000_000,
            5_000_000_000_001,
        ] {
            for _ in 0..3000 {
                let next = next_id(&rng, UnixMillis(at));
                assert!(next > last);
                last = next;
            }
        }
    }
}

//! Confirmation codes: six digits, kept as a keyed hash, bound to one user and purpose.
//!
//! A new code replaces the one before. Five wrong answers spend a code; beside that, each
//! operation has an hourly quota per user. Both count in the same transaction that checks,
//! so concurrent guesses gain nothing.
//!
//! Source: developer guide, "Quotas", and the operations' pages of the API reference.

use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::keys::OpenKeys;
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::{Error, Result};
use crate::store::records::codes::{self, Attempts, PendingCode};
use crate::store::{self, Reader, Tx};
use crate::wire::fault::Code;

/// Wrong answers that spend a code.
pub const TRIES: i64 = 5;

/// What a code is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `ConfirmSignUp`.
    SignUp,
    /// `ConfirmForgotPassword`.
    ForgotPassword,
    /// `VerifyUserAttribute` of this attribute.
    Attribute(String),
}

impl Purpose {
    /// Returns the name under which the code is kept.
    pub fn key(&self) -> String {
        match self {
            Self::SignUp => "sign_up".to_owned(),
            Self::ForgotPassword => "forgot_password".to_owned(),
            Self::Attribute(name) => format!("attribute:{name}"),
        }
    }

    /// Returns how long a code is good for.
    pub const fn valid_for_secs(&self) -> i64 {
        match self {
            Self::SignUp | Self::Attribute(_) => 24 * 3600,
            Self::ForgotPassword => 3600,
        }
    }
}

/// Makes a code and what is kept of it.
///
/// `attribute` names the attribute it is sent to, `destination` the value.
pub fn make(
    keys: &OpenKeys,
    rng: &dyn Rng,
    sub: &Uuid,
    purpose: &Purpose,
    attribute: Option<&str>,
    destination: &str,
    now: UnixMillis,
) -> (Secret, PendingCode) {
    let code = Secret::new(ids::confirmation_code(rng));
    let pending = PendingCode {
        mac: mac(keys, sub, purpose, &code).to_vec(),
        expires_at: now.plus_secs(purpose.valid_for_secs()),
        failures: 0,
        attribute: attribute.map(str::to_owned),
        destination: destination.to_owned(),
    };
    (code, pending)
}

/// Keeps a code, in place of an earlier one.
///
/// # Errors
///
/// What the store reports.
pub fn put(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    purpose: &Purpose,
    code: &PendingCode,
) -> store::Result<()> {
    codes::put(tx, user_pool_id, sub, &purpose.key(), code)
}

/// What became of an answer. The transaction must be committed in every case: a wrong
/// answer counts.
#[derive(Clone, Debug)]
pub enum Checked {
    /// The right one; it is spent.
    Right(PendingCode),
    /// A wrong one.
    Wrong,
    /// There is no code, or it is past its time.
    Expired,
    /// The code was answered wrongly too often.
    Exceeded,
}

impl Checked {
    /// Turns everything but the right answer into the error the caller gets.
    ///
    /// # Errors
    ///
    /// `CodeMismatchException`, `ExpiredCodeException`, `LimitExceededException`.
    pub fn into_result(self) -> Result<PendingCode> {
        match self {
            Self::Right(code) => Ok(code),
            Self::Wrong => Err(mismatch()),
            Self::Expired => Err(expired()),
            Self::Exceeded => Err(limit_exceeded()),
        }
    }
}

/// Checks an answer and spends the code when it is right.
///
/// # Errors
///
/// What the store reports.
pub fn check(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    sub: &Uuid,
    purpose: &Purpose,
    answer: &Secret,
    now: UnixMillis,
) -> store::Result<Checked> {
    let (pool, key) = (&keys.user_pool_id, purpose.key());
    let Some(mut pending) = codes::get(tx, pool, sub, &key)? else {
        return Ok(Checked::Expired);
    };
    if pending.expires_at <= now {
        return Ok(Checked::Expired);
    }
    if pending.failures >= TRIES {
        return Ok(Checked::Exceeded);
    }
    if mac(keys, sub, purpose, answer).ct_eq(&pending.mac).into() {
        codes::remove(tx, pool, sub, &key)?;
        return Ok(Checked::Right(pending));
    }
    pending.failures = pending.failures.saturating_add(1);
    codes::put(tx, pool, sub, &key, &pending)?;
    Ok(Checked::Wrong)
}

/// An hourly quota of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    ForgotPassword,
    /// Apart from the user's own, which strangers may use up.
    AdminResetUserPassword,
    ConfirmForgotPassword,
    ResendConfirmationCode,
    ConfirmSignUp,
    ChangePassword,
    GetUserAttributeVerificationCode,
    VerifyUserAttribute,
    /// A code sent as a second factor, to who has shown the first.
    SignInCode,
    /// A code sent as the first factor, which anyone may ask for.
    FirstCode,
}

impl Quota {
    const fn kind(self) -> &'static str {
        match self {
            Self::ForgotPassword => "forgot_password",
            Self::AdminResetUserPassword => "admin_reset_password",
            Self::ConfirmForgotPassword => "confirm_forgot_password",
            Self::ResendConfirmationCode => "resend",
            Self::ConfirmSignUp => "confirm_sign_up",
            Self::ChangePassword => "change_password",
            Self::GetUserAttributeVerificationCode => "attribute_code",
            Self::VerifyUserAttribute => "verify_attribute",
            Self::SignInCode => "sign_in_code",
            Self::FirstCode => "first_code",
        }
    }

    /// Returns how many calls an hour are answered. The vendor names 5 to 20 for those
    /// of a forgotten password and for codes at sign-in, by risk; it is the upper end here.
    pub const fn per_hour(self) -> i64 {
        match self {
            Self::ForgotPassword
            | Self::AdminResetUserPassword
            | Self::ConfirmForgotPassword
            | Self::SignInCode => 20,
            Self::ResendConfirmationCode | Self::ChangePassword | Self::GetUserAttributeVerificationCode => 5,
            Self::ConfirmSignUp | Self::VerifyUserAttribute => 15,
            // From everywhere together; see `per_source`.
            Self::FirstCode => 100,
        }
    }

    /// Returns how many calls an hour are answered from one source, of a quota that strangers can
    /// use up.
    const fn per_source(self) -> i64 {
        20
    }
}

/// Counts a call against a quota; `false` when it is exhausted. Commit in both cases.
///
/// The hour begins with the first call, and the next one with the first call after it.
///
/// # Errors
///
/// What the store reports.
pub fn admit(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    quota: Quota,
    now: UnixMillis,
) -> store::Result<bool> {
    let before = codes::attempts(tx, user_pool_id, sub, quota.kind())?;
    let (after, admitted) = count(before, quota.per_hour(), now);
    codes::set_attempts(tx, user_pool_id, sub, quota.kind(), after)?;
    Ok(admitted)
}

/// As [`admit`], and counts a call that has a source against what one source may do beside it:
/// `false` when either is exhausted, and then neither is counted.
///
/// # Errors
///
/// What the store reports.
pub fn admit_from(
    tx: &mut Tx<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    quota: Quota,
    source: Option<&[u8]>,
    now: UnixMillis,
) -> store::Result<bool> {
    let Some(source) = source else {
        return admit(tx, user_pool_id, sub, quota, now);
    };
    let kind = format!("{}:{}", quota.kind(), hex::encode(source));
    let before = codes::attempts(tx, user_pool_id, sub, &kind)?;
    let (after, admitted) = count(before, quota.per_source(), now);
    if !admitted || !admit(tx, user_pool_id, sub, quota, now)? {
        return Ok(false);
    }
    codes::set_attempts(tx, user_pool_id, sub, &kind, after)?;
    Ok(true)
}

/// Tells whether a call was admitted under a quota within the last `secs` seconds.
///
/// # Errors
///
/// What the store reports.
pub fn was_admitted(
    r: &mut Reader<'_>,
    user_pool_id: &str,
    sub: &Uuid,
    quota: Quota,
    secs: i64,
    now: UnixMillis,
) -> store::Result<bool> {
    let attempts = codes::attempts(r, user_pool_id, sub, quota.kind())?;
    Ok(attempts.count > 0 && now < attempts.last_at.plus_secs(secs))
}

/// A call that is refused leaves no trace.
fn count(before: Attempts, per_hour: i64, now: UnixMillis) -> (Attempts, bool) {
    let in_hour = before.count > 0 && now.since(before.first_at) < 3_600_000;
    if in_hour && before.count >= per_hour {
        return (before, false);
    }
    let after = Attempts {
        count: if in_hour {
            before.count.saturating_add(1)
        } else {
            1
        },
        first_at: if in_hour { before.first_at } else { now },
        last_at: now,
        locked_until: UnixMillis::default(),
    };
    (after, true)
}

/// The answer to an exhausted quota.
pub fn limit_exceeded() -> Error {
    Error::new(
        Code::LimitExceededException,
        "Attempt limit exceeded, please try after some time.",
    )
}

/// The answer to a wrong code.
pub fn mismatch() -> Error {
    Error::new(
        Code::CodeMismatchException,
        "Invalid verification code provided, please try again.",
    )
}

/// The answer to a code that is past its time or was never made.
pub fn expired() -> Error {
    Error::new(
        Code::ExpiredCodeException,
        "Invalid code provided, please request a code again.",
    )
}

fn mac(keys: &OpenKeys, sub: &Uuid, purpose: &Purpose, code: &Secret) -> [u8; 32] {
    keys.mac(
        "code",
        &[sub.as_bytes(), purpose.key().as_bytes(), code.expose().as_bytes()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_holds_for_an_hour_from_its_first_call() {
        let start = UnixMillis(1_700_000_000_000);
        let mut attempts = Attempts::default();
        for call in 1..=7 {
            let (after, admitted) = count(attempts, 5, start.plus_secs(call * 60));
            assert_eq!(admitted, call <= 5, "{call}");
            attempts = after;
        }
        assert!(!count(attempts, 5, start.plus_secs(60 + 3599)).1);
        assert!(count(attempts, 5, start.plus_secs(60 + 3600)).1);
    }
}

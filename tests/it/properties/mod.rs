//! The engine against small models of what the vendor documents: random calls at random times,
//! and every answer compared.
//!
//! One engine serves all cases of a property, because keys of a pool are dear; each case has users
//! of its own. The clock only moves when a case moves it.

mod aliases;
mod codes;
mod groups;
mod lockout;
mod refresh;
mod users;

use std::cell::Cell;
use std::future::Future;

use poolhouse::driver::CallError;
use poolhouse::wire::idp::{self, UserPoolMfaType};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::mfa::Factors;

/// What a case ends with.
type Case = Result<(), TestCaseError>;

/// A pool and the runtime it lives on.
struct Bench {
    runtime: tokio::runtime::Runtime,
    made: Factors,
    cases: Cell<u32>,
}

impl Bench {
    fn new(pool: idp::CreateUserPoolRequest) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let flows = ["ALLOW_USER_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"];
        let made = runtime.block_on(Factors::with(pool, UserPoolMfaType::Off, &[], &flows));
        Self {
            runtime,
            made,
            cases: Cell::new(0),
        }
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Returns a word that no other case has.
    fn fresh(&self, word: &str) -> String {
        self.cases.set(self.cases.get() + 1);
        format!("{word}-{}", self.cases.get())
    }

    fn now(&self) -> i64 {
        self.made.now().0
    }

    /// Tries `count` cases, the same in every run.
    fn check<S: Strategy>(&self, count: u32, strategy: &S, case: impl Fn(S::Value) -> Case) {
        let config = Config {
            cases: count,
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let outcome = TestRunner::new_with_rng(config, rng).run(strategy, case);
        if let Err(failed) = outcome {
            panic!("{failed}");
        }
    }
}

/// Returns `ok`, or the code of the error.
fn told<T>(outcome: &Result<T, CallError>) -> String {
    match outcome {
        Ok(_) => "ok".to_owned(),
        Err(CallError::Fault(fault)) => fault.code.clone(),
        Err(other) => panic!("not answered: {other}"),
    }
}

//! Wrong passwords lock for 2^(n−5) seconds, whichever way they come.

use poolhouse::wire::idp::{self, AuthFlowType};
use proptest::prelude::*;

use super::Bench;
use crate::mfa::{PASSWORD, own_sender};

#[derive(Clone, Copy, Debug)]
enum Way {
    Plain,
    Choice,
    Admin,
}

#[derive(Clone, Debug)]
enum Step {
    Guess(Way, bool),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let way = prop_oneof![Just(Way::Plain), Just(Way::Choice), Just(Way::Admin)];
    prop_oneof![
        6 => (way, prop::bool::weighted(0.1)).prop_map(|(way, right)| Step::Guess(way, right)),
        2 => prop_oneof![Just(999), Just(1000), Just(2000), Just(8000), Just(899_999), Just(900_000)]
            .prop_map(Step::Wait),
    ]
}

/// The documented formula, in milliseconds.
#[derive(Debug, Default)]
struct Model {
    failures: u32,
    last: i64,
    lock_ends: i64,
}

impl Model {
    fn guess(&mut self, now: i64, is_right: bool) -> &'static str {
        if now < self.lock_ends {
            return "Password attempts exceeded";
        }
        if is_right {
            *self = Self::default();
            return "";
        }
        if self.failures > 0 && now - self.last.max(self.lock_ends) >= 900_000 {
            self.failures = 0;
        }
        self.failures += 1;
        self.last = now;
        self.lock_ends = match self.failures {
            0..5 => 0,
            n => now + 1000 * 2_i64.pow((n - 5).min(20)).min(900),
        };
        "Incorrect username or password."
    }
}

#[test]
fn locks_follow_the_formula() {
    let bench = Bench::new(own_sender());
    let made = &bench.made;
    bench.check(24, &prop::collection::vec(step(), 1..40), |steps| {
        let name = bench.fresh("guessed");
        bench.run(made.user(&name, &[]));
        let mut model = Model::default();
        for step in steps {
            let (way, is_right) = match step {
                Step::Wait(millis) => {
                    made.engine.clock.advance_millis(millis);
                    continue;
                }
                Step::Guess(way, is_right) => (way, is_right),
            };
            let password = if is_right { PASSWORD } else { "Wrong-Horse-9" };
            let outcome = match way {
                Way::Plain => bench
                    .run(made.engine.call(&made.by_password(&name, password)))
                    .map(drop),
                Way::Choice => {
                    let request = made.choice(&[
                        ("USERNAME", &name),
                        ("PREFERRED_CHALLENGE", "PASSWORD"),
                        ("PASSWORD", password),
                    ]);
                    bench.run(made.engine.call(&request)).map(drop)
                }
                Way::Admin => {
                    let request = idp::AdminInitiateAuthRequest {
                        user_pool_id: made.pool.clone(),
                        client_id: made.client.clone(),
                        auth_flow: AuthFlowType::AdminUserPasswordAuth,
                        auth_parameters: made.by_password(&name, password).auth_parameters,
                        ..Default::default()
                    };
                    bench.run(made.engine.call(&request)).map(drop)
                }
            };
            let told = outcome
                .err()
                .map(|refused| refused.to_string())
                .unwrap_or_default();
            let expected = model.guess(bench.now(), is_right);
            let agrees = told.contains(expected) && expected.is_empty() == told.is_empty();
            prop_assert!(agrees, "{told:?}, not {expected:?}: {model:?}");
        }
        Ok(())
    });
}

//! Confirmation codes: one at a time, for a day, five wrong answers, hourly quotas.

use poolhouse::wire::idp;
use proptest::prelude::*;

use super::{Bench, told};
use crate::mfa::{PASSWORD, own_sender};
use crate::support::attributes_of;

#[derive(Clone, Copy, Debug)]
enum Step {
    Resend,
    Answer,
    AnswerEarlier,
    AnswerWrong,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Resend),
        1 => Just(Step::Answer),
        2 => Just(Step::AnswerEarlier),
        6 => Just(Step::AnswerWrong),
        2 => prop_oneof![Just(60), Just(3599), Just(3600), Just(86_400)].prop_map(Step::Wait),
    ]
}

/// An hour from the first call, so many calls.
#[derive(Debug, Default)]
struct Quota {
    first: i64,
    count: u32,
}

impl Quota {
    fn admit(&mut self, now: i64, most: u32) -> bool {
        if self.count == 0 || now - self.first >= 3_600_000 {
            *self = Self { first: now, count: 0 };
        }
        if self.count >= most {
            return false;
        }
        self.count += 1;
        true
    }
}

const LIMIT: &str = "LimitExceededException";

#[test]
fn codes_count_once_in_their_time_and_so_often() {
    let bench = Bench::new(own_sender());
    let made = &bench.made;
    bench.check(24, &prop::collection::vec(step(), 1..40), |steps| {
        let name = bench.fresh("waiting");
        let sign_up = idp::SignUpRequest {
            client_id: made.client.clone(),
            username: name.clone(),
            password: Some(PASSWORD.into()),
            user_attributes: Some(attributes_of(&[("email", &format!("{name}@example.com"))])),
            ..Default::default()
        };
        bench.run(made.engine.ok(&sign_up));
        let mut codes = vec![bench.run(made.code())];
        let (mut made_at, mut failures, mut is_confirmed) = (bench.now(), 0, false);
        let (mut resends, mut answers) = (Quota::default(), Quota::default());
        for step in steps {
            let now = bench.now();
            let last = codes.last().cloned().unwrap_or_default();
            let answer = match step {
                Step::Wait(secs) => {
                    made.engine.clock.advance_secs(secs);
                    continue;
                }
                Step::Resend => {
                    let request = idp::ResendConfirmationCodeRequest {
                        client_id: made.client.clone(),
                        username: name.clone(),
                        ..Default::default()
                    };
                    let found = told(&bench.run(made.engine.call(&request)));
                    let expected = if is_confirmed {
                        "InvalidParameterException"
                    } else if !resends.admit(now, 5) {
                        LIMIT
                    } else {
                        codes.push(bench.run(made.code()));
                        (made_at, failures) = (now, 0);
                        "ok"
                    };
                    prop_assert_eq!(found, expected, "{:?}", step);
                    continue;
                }
                Step::Answer => last.clone(),
                Step::AnswerEarlier => codes.first().cloned().unwrap_or_default(),
                Step::AnswerWrong => "no code".replace(' ', "-"),
            };
            let request = idp::ConfirmSignUpRequest {
                client_id: made.client.clone(),
                username: name.clone(),
                confirmation_code: answer.as_str().into(),
                ..Default::default()
            };
            let found = told(&bench.run(made.engine.call(&request)));
            let expected = if !answers.admit(now, 15) {
                LIMIT
            } else if is_confirmed {
                "NotAuthorizedException"
            } else if now - made_at >= 86_400_000 {
                "ExpiredCodeException"
            } else if failures >= 5 {
                LIMIT
            } else if answer == last {
                is_confirmed = true;
                "ok"
            } else {
                failures += 1;
                "CodeMismatchException"
            };
            prop_assert_eq!(found, expected, "{:?}", step);
        }
        Ok(())
    });
}

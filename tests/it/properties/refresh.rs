//! Refresh tokens that rotate: each is good once, and a while longer; one that comes back later
//! ends its family.

use poolhouse::base::secret::Secret;
use poolhouse::wire::idp;
use proptest::prelude::*;

use super::{Bench, told};
use crate::mfa::{Factors, PASSWORD, own_sender};

const GRACE_SECS: i32 = 20;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The token so many before the newest.
    Use(usize),
    Wait(i64),
    Revoke,
    SignOut,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_usize..3).prop_map(Step::Use),
        4 => prop_oneof![Just(1), Just(19), Just(20), Just(86_400)].prop_map(Step::Wait),
        1 => Just(Step::Revoke),
        1 => Just(Step::SignOut),
    ]
}

async fn rotating(made: &mut Factors) {
    made.client = made
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: made.pool.clone(),
            explicit_auth_flows: Some(vec!["ALLOW_USER_PASSWORD_AUTH".into()]),
            refresh_token_rotation: Some(idp::RefreshTokenRotationType {
                feature: "ENABLED".into(),
                retry_grace_period_seconds: Some(GRACE_SECS),
            }),
            ..Default::default()
        })
        .await;
}

#[test]
fn rotated_tokens_count_once_and_through_their_grace() {
    let mut bench = Bench::new(own_sender());
    {
        let Bench { runtime, made, .. } = &mut bench;
        runtime.block_on(rotating(made));
    }
    let made = &bench.made;
    bench.check(24, &prop::collection::vec(step(), 1..24), |steps| {
        let name = bench.fresh("rotating");
        bench.run(made.user(&name, &[]));
        let signed_in = bench.run(made.engine.ok(&made.by_password(&name, PASSWORD)));
        let first = signed_in.authentication_result.unwrap().refresh_token.unwrap();
        let begun = bench.now();
        // Each token, and when it was first exchanged.
        let mut chain: Vec<(Secret, Option<i64>)> = vec![(first, None)];
        let mut is_over = false;
        for step in steps {
            let back = match step {
                Step::Wait(secs) => {
                    made.engine.clock.advance_secs(secs);
                    continue;
                }
                Step::Revoke => {
                    let request = idp::RevokeTokenRequest {
                        client_id: made.client.clone(),
                        token: chain[0].0.clone(),
                        ..Default::default()
                    };
                    bench.run(made.engine.ok(&request));
                    is_over = true;
                    continue;
                }
                Step::SignOut => {
                    let request = idp::AdminUserGlobalSignOutRequest {
                        user_pool_id: made.pool.clone(),
                        username: name.clone(),
                    };
                    bench.run(made.engine.ok(&request));
                    is_over = true;
                    continue;
                }
                Step::Use(back) => back,
            };
            let at = chain.len() - 1 - back.min(chain.len() - 1);
            let now = bench.now();
            let request = idp::GetTokensFromRefreshTokenRequest {
                client_id: made.client.clone(),
                refresh_token: chain[at].0.clone(),
                ..Default::default()
            };
            let outcome = bench.run(made.engine.call(&request));
            // A rotated token ends when the first one would have.
            let has_ended = now - begun >= 30 * 86_400_000;
            let late = |first_used: i64| now - first_used >= i64::from(GRACE_SECS) * 1000;
            let expected = if is_over || has_ended {
                "NotAuthorizedException"
            } else if chain[at].1.is_some_and(late) {
                is_over = true;
                "RefreshTokenReuseException"
            } else {
                "ok"
            };
            prop_assert_eq!(told(&outcome), expected, "{:?} at {}", step, at);
            if let Ok(answer) = outcome {
                let next = answer.authentication_result.unwrap().refresh_token.unwrap();
                chain[at].1.get_or_insert(now);
                if at + 1 == chain.len() {
                    chain.push((next, None));
                }
            }
        }
        Ok(())
    });
}

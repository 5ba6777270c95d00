//! Whether time tells who has an account.
//!
//! `cargo bench --bench timing` (or `-- 500` for that many samples of each). Wrong passwords for
//! a user are sent in turn with passwords for nobody, on an app client that hides users; the
//! same for both halves of SRP. Each line is the area under the curve: the chance that a random
//! sample of the one is slower than a random sample of the other. 0.5 tells nothing; the goal is
//! 0.45 to 0.55.
//!
//! Every sample has an account of its own, as an attacker who probes a list has, because a lock
//! would end the comparison.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use poolhouse::base::secret::Secret;
use poolhouse::driver::in_process::InProcess;
use poolhouse::driver::{CallError, Driver};
use poolhouse::engine::Engine;
use poolhouse::engine::open::Options;
use poolhouse::wire::idp::{self, AuthFlowType, ChallengeNameType};

/// Answered before measuring, so that caches are warm.
const WARM_UP: usize = 50;

fn main() {
    let samples: usize = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(2_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    println!("{samples} samples of each, in turn, one after the other");
    for (what, uses_srp) in [("Argon2id", false), ("SRP verifier", true)] {
        runtime.block_on(house(what, uses_srp, samples));
    }
}

async fn house(what: &str, uses_srp: bool, samples: usize) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Options::new(folder.path())).await.unwrap();
    let driver = Driver::new(Arc::new(InProcess::new(engine)), false);
    let pool = driver
        .call(&idp::CreateUserPoolRequest {
            pool_name: "people".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap();
    let pool = pool.user_pool.and_then(|pool| pool.id).unwrap();
    let mut flows = vec!["ALLOW_USER_PASSWORD_AUTH".into()];
    if uses_srp {
        flows.push("ALLOW_USER_SRP_AUTH".into());
    }
    let client = driver
        .call(&idp::CreateUserPoolClientRequest {
            user_pool_id: pool.clone(),
            client_name: "app".to_owned(),
            explicit_auth_flows: Some(flows),
            prevent_user_existence_errors: Some("ENABLED".into()),
            ..Default::default()
        })
        .await
        .unwrap();
    let client = client
        .user_pool_client
        .and_then(|client| client.client_id)
        .unwrap();
    let prober = Prober { driver, client };
    for at in 0..samples + WARM_UP {
        let username = format!("known-{at:06}");
        prober
            .driver
            .call(&idp::AdminCreateUserRequest {
                user_pool_id: pool.clone(),
                username: username.clone(),
                message_action: Some(idp::MessageActionType::Suppress),
                temporary_password: Some("Correct-Horse-7".into()),
                ..Default::default()
            })
            .await
            .unwrap();
    }
    let mut by_password = Pairs::default();
    for at in 0..samples + WARM_UP {
        for (known, name) in Pairs::turn(at) {
            let micros = prober.wrong_password(&name).await;
            by_password.add(at, known, micros);
        }
    }
    by_password.print(&format!("wrong password, {what}"));
    if !uses_srp {
        return;
    }
    let (mut first, mut second) = (Pairs::default(), Pairs::default());
    for at in 0..samples + WARM_UP {
        for (known, name) in Pairs::turn(at) {
            let (micros, parameters) = prober.srp_begin(&name).await;
            first.add(at, known, micros);
            let micros = prober.srp_wrong_proof(&parameters).await;
            second.add(at, known, micros);
        }
    }
    first.print("SRP, the challenge");
    second.print("SRP, a wrong proof");
}

struct Prober {
    driver: Driver,
    client: String,
}

impl Prober {
    fn begin(&self, flow: AuthFlowType, given: &[(&str, &str)]) -> idp::InitiateAuthRequest {
        idp::InitiateAuthRequest {
            auth_flow: flow,
            client_id: self.client.clone(),
            auth_parameters: Some(parameters(given)),
            ..Default::default()
        }
    }

    async fn wrong_password(&self, name: &str) -> f64 {
        let request = self.begin(
            AuthFlowType::UserPasswordAuth,
            &[("USERNAME", name), ("PASSWORD", "Wrong-Horse-7")],
        );
        let begun = Instant::now();
        let outcome = self.driver.call(&request).await;
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        refused(outcome.err());
        micros
    }

    async fn srp_begin(&self, name: &str) -> (f64, BTreeMap<String, String>) {
        let srp_a = "ab".repeat(384);
        let request = self.begin(
            AuthFlowType::UserSrpAuth,
            &[("USERNAME", name), ("SRP_A", &srp_a)],
        );
        let begun = Instant::now();
        let outcome = self.driver.call(&request).await;
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        (micros, outcome.unwrap().challenge_parameters.unwrap())
    }

    async fn srp_wrong_proof(&self, challenge: &BTreeMap<String, String>) -> f64 {
        let now = jiff::Timestamp::now()
            .strftime("%a %b %-d %H:%M:%S UTC %Y")
            .to_string();
        let request = idp::RespondToAuthChallengeRequest {
            client_id: self.client.clone(),
            challenge_name: ChallengeNameType::PasswordVerifier,
            challenge_responses: Some(parameters(&[
                ("USERNAME", &challenge["USER_ID_FOR_SRP"]),
                ("PASSWORD_CLAIM_SECRET_BLOCK", &challenge["SECRET_BLOCK"]),
                ("PASSWORD_CLAIM_SIGNATURE", "AAAA"),
                ("TIMESTAMP", &now),
            ])),
            ..Default::default()
        };
        let begun = Instant::now();
        let outcome = self.driver.call(&request).await;
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        refused(outcome.err());
        micros
    }
}

fn refused(outcome: Option<CallError>) {
    let told = outcome.expect("a refusal").to_string();
    assert!(told.contains("Incorrect username or password."), "{told}");
}

fn parameters(given: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::from(*value)))
        .collect()
}

/// Samples of both kinds, taken in turn.
#[derive(Default)]
struct Pairs {
    known: Vec<f64>,
    unknown: Vec<f64>,
}

impl Pairs {
    /// Returns both names, the other one first every other time.
    fn turn(at: usize) -> [(bool, String); 2] {
        let mut turn = [
            (true, format!("known-{at:06}")),
            (false, format!("nobdy-{at:06}")),
        ];
        if at % 2 == 1 {
            turn.reverse();
        }
        turn
    }

    fn add(&mut self, at: usize, known: bool, micros: f64) {
        if at < WARM_UP {
            return;
        }
        if known {
            self.known.push(micros);
        } else {
            self.unknown.push(micros);
        }
    }

    fn print(mut self, what: &str) {
        let auc = auc(&self.known, &self.unknown);
        let (known, unknown) = (median(&mut self.known), median(&mut self.unknown));
        let difference = (known - unknown).abs() / known * 100.0;
        println!(
            "{what:32} AUC {auc:.3}   median known {known:8.0} µs, unknown {unknown:8.0} µs ({difference:.1} %)"
        );
    }
}

/// Returns the chance that a sample of `slow` takes longer than one of `fast`, ties counting half.
fn auc(slow: &[f64], fast: &[f64]) -> f64 {
    let mut ranked: Vec<(f64, bool)> = slow.iter().map(|micros| (*micros, true)).collect();
    ranked.extend(fast.iter().map(|micros| (*micros, false)));
    ranked.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut rank_sum = 0.0;
    let mut at = 0;
    while at < ranked.len() {
        let end = ranked[at..].iter().take_while(|it| it.0 == ranked[at].0).count() + at;
        // Ranks count from one; equal samples share the middle.
        let rank = (at + 1 + end) as f64 / 2.0;
        rank_sum += rank * ranked[at..end].iter().filter(|it| it.1).count() as f64;
        at = end;
    }
    let (n, m) = (slow.len() as f64, fast.len() as f64);
    (rank_sum - n * (n + 1.0) / 2.0) / (n * m)
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

//! How close the engine comes to what the machine allows.
//!
//! `cargo bench --bench engine` (or `-- 1000` for no more than that many users). Every
//! figure is operations per second with as many callers as the line says, beside a limit
//! measured in the same run on the same cores: bare signatures, bare big-number powers, bare commits,
//! bare reads. The share of the limit is what counts, not the figure.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::{digest, hmac, rand, rsa, signature};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::base::clock::{Clock, ManualClock, UnixMillis};
use poolhouse::base::ids;
use poolhouse::base::rng::{Rng, SystemRng};
use poolhouse::base::secret::Secret;
use poolhouse::driver::Driver;
use poolhouse::driver::in_process::InProcess;
use poolhouse::engine::Engine;
use poolhouse::engine::auth::bignum::{self, Number};
use poolhouse::engine::auth::srp;
use poolhouse::engine::open::Options;
use poolhouse::store;
use poolhouse::store::records::users::{self, Login, LoginKind, User};
use poolhouse::store::records::{bulk_users, settings};
use poolhouse::wire::Operation;
use poolhouse::wire::idp;
use tokio::runtime::Runtime;

const PASSWORD: &str = "Correct-Horse-7";
/// How long each figure is measured.
const FOR: Duration = Duration::from_secs(2);
/// Callers at once where durable writes are made; they share commits.
const MANY: usize = 64;
/// Users that sign in, so that no lock of one account is measured.
const PEOPLE: usize = 64;

fn main() {
    let most: usize = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100_000);
    let cores = std::thread::available_parallelism().unwrap().get();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = runtime
        .block_on(Engine::open(Options::new(folder.path())))
        .unwrap();
    let bench = Bench {
        driver: Driver::new(Arc::new(InProcess::new(Arc::clone(&engine))), false),
        engine,
        runtime,
        cores,
    };
    println!("{cores} cores; each line for {} s", FOR.as_secs());

    let limits = bench.limits();
    let crypto = |micros: f64| 1e6 * cores as f64 / micros;
    let pair = crypto(2.0 * limits.sign_micros);
    bench.sign_in(&limits, pair);
    second_factor(&limits, cores);
    bench.writes(&limits);
    for count in [1_000, 10_000, 100_000] {
        if count <= most {
            bench.reads(count);
        }
    }
}

/// Sign-in by a password and an authenticator's code, both calls. On an engine of its own, whose
/// clock goes on by a step between two rounds: a code counts once.
fn second_factor(limits: &Limits, cores: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(UnixMillis(1_767_225_600_000));
    let options = Options {
        clock: Arc::new(clock.clone()),
        ..Options::new(folder.path())
    };
    let engine = runtime.block_on(Engine::open(options)).unwrap();
    let bench = Bench {
        driver: Driver::new(Arc::new(InProcess::new(Arc::clone(&engine))), false),
        engine,
        runtime,
        cores,
    };
    let (pool, client) = bench.pool_with(vec![
        idp::ExplicitAuthFlowsType::AllowUserSrpAuth,
        idp::ExplicitAuthFlowsType::AllowUserPasswordAuth,
    ]);
    let secrets_of: Vec<Vec<u8>> = (0..PEOPLE)
        .map(|number| {
            let username = format!("person-{number}");
            bench.confirmed(&pool, &username);
            bench.block(authenticator(&bench.driver, &pool, &client, &username, &clock))
        })
        .collect();
    let (mut done, mut took) = (0_usize, Duration::ZERO);
    while took < FOR {
        clock.advance_secs(30);
        let codes: Vec<String> = secrets_of.iter().map(|secret| totp(secret, &clock)).collect();
        let began = Instant::now();
        let signed_in = bench.block(futures_of(codes.into_iter().enumerate().map(|(at, code)| {
            let (driver, client) = (bench.driver.clone(), client.clone());
            async move {
                let username = format!("person-{at}");
                let asked = password_first(&driver, &client, &username).await;
                let request = idp::RespondToAuthChallengeRequest {
                    client_id: client,
                    challenge_name: idp::ChallengeNameType::SoftwareTokenMfa,
                    session: asked.session,
                    challenge_responses: Some(secrets(&[
                        ("USERNAME", &username),
                        ("SOFTWARE_TOKEN_MFA_CODE", &code),
                    ])),
                    ..Default::default()
                };
                ok(&driver, &request).await.authentication_result
            }
        })));
        took += began.elapsed();
        assert!(signed_in.iter().all(Option::is_some));
        done += signed_in.len();
    }
    let crypto = bench.bound(limits.fixed_power_micros + 2.0 * limits.sign_micros);
    print_line(
        "sign-in by password and TOTP",
        MANY,
        done as f64 / took.as_secs_f64(),
        1.0 / (1.0 / crypto + 1.0 / limits.commits),
        "power of g + 2 signatures + commit",
    );
}

async fn password_first(driver: &Driver, client: &str, username: &str) -> idp::InitiateAuthResponse {
    let request = idp::InitiateAuthRequest {
        client_id: client.to_owned(),
        auth_flow: idp::AuthFlowType::UserPasswordAuth,
        auth_parameters: Some(secrets(&[("USERNAME", username), ("PASSWORD", PASSWORD)])),
        ..Default::default()
    };
    ok(driver, &request).await
}

/// Sets an authenticator up, and has it asked for from now on. Returns its secret.
async fn authenticator(
    driver: &Driver,
    pool: &str,
    client: &str,
    username: &str,
    clock: &ManualClock,
) -> Vec<u8> {
    let request = idp::SetUserPoolMfaConfigRequest {
        user_pool_id: pool.to_owned(),
        mfa_configuration: Some(idp::UserPoolMfaType::Optional),
        software_token_mfa_configuration: Some(idp::SoftwareTokenMfaConfigType { enabled: Some(true) }),
        ..Default::default()
    };
    ok(driver, &request).await;
    let tokens = password_first(driver, client, username).await;
    let access_token = tokens.authentication_result.unwrap().access_token;
    let request = idp::AssociateSoftwareTokenRequest {
        access_token: access_token.clone(),
        ..Default::default()
    };
    let secret = ok(driver, &request).await.secret_code.unwrap();
    let secret = base32(secret.expose());
    let request = idp::VerifySoftwareTokenRequest {
        access_token,
        user_code: totp(&secret, clock).into(),
        ..Default::default()
    };
    ok(driver, &request).await;
    let request = idp::AdminSetUserMFAPreferenceRequest {
        user_pool_id: pool.to_owned(),
        username: username.to_owned(),
        software_token_mfa_settings: Some(idp::SoftwareTokenMfaSettingsType {
            enabled: Some(true),
            preferred_mfa: Some(true),
        }),
        ..Default::default()
    };
    ok(driver, &request).await;
    secret
}

/// RFC 4648 §6.
fn base32(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => continue,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    out
}

/// RFC 6238.
fn totp(secret: &[u8], clock: &ManualClock) -> String {
    let step = u64::try_from(clock.now().secs() / 30).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let mac = mac.as_ref();
    let at = usize::from(mac[19] & 15);
    let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

struct Bench {
    runtime: Runtime,
    engine: Arc<Engine>,
    driver: Driver,
    cores: usize,
}

/// What the machine does when nothing of ours is in the way.
struct Limits {
    sign_micros: f64,
    verify_micros: f64,
    fixed_power_micros: f64,
    power_micros: f64,
    commits: f64,
}

impl Bench {
    fn limits(&self) -> Limits {
        let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let source = rand::SystemRandom::new();
        let mut out = vec![0; key.public_modulus_len()];
        let sign_micros = micros(|| {
            key.sign(&signature::RSA_PKCS1_SHA256, &source, b"header.payload", &mut out)
                .unwrap();
        });
        let public = signature::UnparsedPublicKey::new(
            &signature::RSA_PKCS1_2048_8192_SHA256,
            signature::KeyPair::public_key(&key).as_ref().to_vec(),
        );
        let verify_micros = micros(|| public.verify(b"header.payload", &out).unwrap());
        println!("bare RS256 verification        {verify_micros:8.0} µs of one core");
        let exponent: [u8; 32] = random();
        let base = bignum::power_of_g(&exponent).unwrap();
        let fixed_power_micros = micros(|| drop(bignum::power_of_g(&exponent).unwrap()));
        let power_micros = micros(|| drop(bignum::power(&base, &exponent).unwrap()));
        println!("bare RS256 signature           {sign_micros:8.0} µs of one core");
        println!("bare power of g (table)        {fixed_power_micros:8.0} µs of one core");
        println!("bare power                     {power_micros:8.0} µs of one core");
        let number = Arc::new(AtomicU64::new(0));
        let commit = |callers| {
            self.rate(callers, |_| {
                let store = self.engine.store.clone();
                let number = Arc::clone(&number);
                async move {
                    let name = format!("bench-{}", number.fetch_add(1, Ordering::Relaxed));
                    store
                        .transact("bench", move |tx| settings::put(tx, &name, "{}"))
                        .await
                        .map_err(|reason: store::Error| reason.to_string())
                        .unwrap();
                }
            })
        };
        let alone = commit(1);
        let commits = commit(MANY);
        println!("bare store commit              {alone:8.0} /s alone, {commits:8.0} /s by {MANY} callers");
        Limits {
            sign_micros,
            verify_micros,
            fixed_power_micros,
            power_micros,
            commits,
        }
    }

    fn sign_in(&self, limits: &Limits, pair: f64) {
        for (name, flows) in [
            (
                "verifier",
                vec![
                    idp::ExplicitAuthFlowsType::AllowUserSrpAuth,
                    idp::ExplicitAuthFlowsType::AllowUserPasswordAuth,
                    idp::ExplicitAuthFlowsType::AllowUserAuth,
                    idp::ExplicitAuthFlowsType::AllowRefreshTokenAuth,
                ],
            ),
            (
                "Argon2id",
                vec![
                    idp::ExplicitAuthFlowsType::AllowUserPasswordAuth,
                    idp::ExplicitAuthFlowsType::AllowRefreshTokenAuth,
                ],
            ),
        ] {
            let (pool, client) = self.pool_with(flows);
            for number in 0..PEOPLE {
                self.confirmed(&pool, &format!("person-{number}"));
            }
            let by_password = |at: usize| {
                let (bench, client) = (self.driver.clone(), client.clone());
                async move { password_sign_in(&bench, &client, &format!("person-{}", at % PEOPLE)).await }
            };
            if name == "Argon2id" {
                let argon = micros(argon2id);
                let bound = self.bound(argon + 2.0 * limits.sign_micros);
                self.line(
                    "sign-in by password, Argon2id",
                    MANY,
                    by_password,
                    bound,
                    "one hash + 2 signatures",
                );
                continue;
            }
            let bound = self.bound(limits.fixed_power_micros + 2.0 * limits.sign_micros);
            self.line(
                "sign-in by password, verifier",
                MANY,
                by_password,
                bound,
                "power of g + 2 signatures",
            );

            let tokens = self.block(by_password(0));
            let refresh = tokens.refresh_token.unwrap();
            self.line(
                "token pair, by refresh",
                MANY,
                |_| {
                    let (driver, client, refresh) = (self.driver.clone(), client.clone(), refresh.clone());
                    async move {
                        let request = idp::InitiateAuthRequest {
                            client_id: client,
                            auth_flow: idp::AuthFlowType::RefreshTokenAuth,
                            auth_parameters: Some(secrets(&[("REFRESH_TOKEN", refresh.expose())])),
                            ..Default::default()
                        };
                        ok(&driver, &request).await;
                    }
                },
                pair,
                "2 signatures",
            );
            let access = tokens.access_token.unwrap();
            self.line(
                "token check, GetUser",
                MANY,
                |_| {
                    let (driver, access_token) = (self.driver.clone(), access.clone());
                    async move {
                        ok(&driver, &idp::GetUserRequest { access_token }).await;
                    }
                },
                self.bound(limits.verify_micros),
                "1 verification",
            );
            self.line(
                "sign-in by choice of a password",
                MANY,
                |at| {
                    let (driver, client) = (self.driver.clone(), client.clone());
                    async move {
                        let request = idp::InitiateAuthRequest {
                            client_id: client,
                            auth_flow: idp::AuthFlowType::UserAuth,
                            auth_parameters: Some(secrets(&[
                                ("USERNAME", &format!("person-{}", at % PEOPLE)),
                                ("PREFERRED_CHALLENGE", "PASSWORD"),
                                ("PASSWORD", PASSWORD),
                            ])),
                            ..Default::default()
                        };
                        assert!(ok(&driver, &request).await.authentication_result.is_some());
                    }
                },
                bound,
                "power of g + 2 signatures",
            );
            self.srp(&pool, &client, limits);
        }
    }

    /// In rounds of many callers; the client's arithmetic between the two calls is not timed.
    fn srp(&self, pool: &str, client: &str, limits: &Limits) {
        let (mut done, mut took) = (0_usize, Duration::ZERO);
        while took < FOR {
            let exchanges: Vec<_> = (0..MANY)
                .map(|at| Exchange::begin(&format!("person-{}", at % PEOPLE)))
                .collect();
            let began = Instant::now();
            let challenges = self.block(futures_of(exchanges.iter().map(|exchange| {
                let request = idp::InitiateAuthRequest {
                    client_id: client.to_owned(),
                    auth_flow: idp::AuthFlowType::UserSrpAuth,
                    auth_parameters: Some(exchange.parameters()),
                    ..Default::default()
                };
                async move { ok(&self.driver, &request).await.challenge_parameters.unwrap() }
            })));
            took += began.elapsed();
            let answers: Vec<_> = exchanges
                .iter()
                .zip(&challenges)
                .map(|(exchange, challenge)| exchange.answer(pool, challenge))
                .collect();
            let began = Instant::now();
            let signed_in = self.block(futures_of(answers.into_iter().map(|answer| {
                let request = idp::RespondToAuthChallengeRequest {
                    client_id: client.to_owned(),
                    challenge_name: idp::ChallengeNameType::PasswordVerifier,
                    challenge_responses: Some(answer),
                    ..Default::default()
                };
                async move { ok(&self.driver, &request).await.authentication_result }
            })));
            took += began.elapsed();
            assert!(signed_in.iter().all(Option::is_some));
            done += signed_in.len();
        }
        let bound =
            self.bound(2.0 * limits.power_micros + limits.fixed_power_micros + 2.0 * limits.sign_micros);
        let rate = done as f64 / took.as_secs_f64();
        print_line(
            "sign-in by SRP, both calls",
            MANY,
            rate,
            bound,
            "3 powers + 2 signatures",
        );
    }

    fn writes(&self, limits: &Limits) {
        let (pool, _) = self.pool_with(vec![idp::ExplicitAuthFlowsType::AllowUserSrpAuth]);
        let number = Arc::new(AtomicU64::new(0));
        self.line(
            "create user",
            MANY,
            |_| {
                let (driver, pool, number) = (self.driver.clone(), pool.clone(), Arc::clone(&number));
                async move {
                    let name = format!("made-{}", number.fetch_add(1, Ordering::Relaxed));
                    let request = idp::AdminCreateUserRequest {
                        user_pool_id: pool,
                        user_attributes: Some(vec![attribute("email", &format!("{name}@example.com"))]),
                        username: name,
                        temporary_password: Some(Secret::new(PASSWORD)),
                        message_action: Some(idp::MessageActionType::Suppress),
                        ..Default::default()
                    };
                    ok(&driver, &request).await;
                }
            },
            1.0 / (1.0 / limits.commits + 1.0 / self.bound(limits.fixed_power_micros)),
            "power of g + bare commit",
        );
    }

    fn reads(&self, count: usize) {
        let (pool, _) = self.pool_with(vec![idp::ExplicitAuthFlowsType::AllowUserSrpAuth]);
        let began = Instant::now();
        let subs = Arc::new(self.fill(&pool, count));
        println!("{count} users, filled in {:.1} s", began.elapsed().as_secs_f64());
        let callers = self.cores * 2;
        let pick = move |at: usize| at.wrapping_mul(7919) % count;

        let bare = self.rate(callers, |at| {
            let (store, pool, subs) = (self.engine.store.clone(), pool.clone(), Arc::clone(&subs));
            async move {
                let found = store
                    .read(move |r| users::get(r, &pool, &subs[pick(at)]))
                    .await
                    .map_err(|reason: store::Error| reason.to_string())
                    .unwrap();
                assert!(found.is_some());
            }
        });
        self.line(
            "get user",
            callers,
            |at| {
                let (driver, pool) = (self.driver.clone(), pool.clone());
                async move {
                    let request = idp::AdminGetUserRequest {
                        user_pool_id: pool,
                        username: format!("user-{:06}", pick(at)),
                    };
                    ok(&driver, &request).await;
                }
            },
            bare,
            "bare reads by key",
        );
        let list = |filter: Option<String>| {
            let (driver, pool) = (self.driver.clone(), pool.clone());
            async move {
                let wanted = if filter.is_some() { 1 } else { 60 };
                let request = idp::ListUsersRequest {
                    user_pool_id: pool,
                    filter,
                    limit: Some(60),
                    ..Default::default()
                };
                let page = ok(&driver, &request).await.users.unwrap();
                assert_eq!(page.len(), wanted);
            }
        };
        self.line(
            "list users, page of 60",
            callers,
            |_| list(None),
            bare / 60.0,
            "60 bare reads",
        );
        self.line(
            "list users, email =",
            callers,
            |at| list(Some(format!("email = \"user-{:06}@example.com\"", pick(at)))),
            bare,
            "bare reads by key",
        );
    }

    fn pool_with(&self, flows: Vec<idp::ExplicitAuthFlowsType>) -> (String, String) {
        self.block(async {
            let request = idp::CreateUserPoolRequest {
                pool_name: "bench".to_owned(),
                ..Default::default()
            };
            let pool = ok(&self.driver, &request).await.user_pool.unwrap().id.unwrap();
            let request = idp::CreateUserPoolClientRequest {
                user_pool_id: pool.clone(),
                client_name: "bench".to_owned(),
                explicit_auth_flows: Some(flows),
                ..Default::default()
            };
            let client = ok(&self.driver, &request).await.user_pool_client.unwrap();
            (pool, client.client_id.unwrap())
        })
    }

    fn confirmed(&self, pool: &str, username: &str) {
        self.block(async {
            let request = idp::AdminCreateUserRequest {
                user_pool_id: pool.to_owned(),
                username: username.to_owned(),
                message_action: Some(idp::MessageActionType::Suppress),
                ..Default::default()
            };
            ok(&self.driver, &request).await;
            let request = idp::AdminSetUserPasswordRequest {
                user_pool_id: pool.to_owned(),
                username: username.to_owned(),
                password: Secret::new(PASSWORD),
                permanent: Some(true),
            };
            ok(&self.driver, &request).await;
        });
    }

    /// Puts users straight into the store, as the import does.
    fn fill(&self, pool: &str, count: usize) -> Vec<uuid::Uuid> {
        let now = UnixMillis(1_767_225_600_000);
        let users: Vec<(User, Vec<Login>)> = (0..count)
            .map(|number| {
                let username = format!("user-{number:06}");
                let attributes = BTreeMap::from([
                    ("email".to_owned(), format!("{username}@example.com")),
                    ("email_verified".to_owned(), "true".to_owned()),
                    ("given_name".to_owned(), "Ada".to_owned()),
                    ("family_name".to_owned(), format!("Number {number}")),
                ]);
                let login = Login {
                    kind: LoginKind::Username,
                    value: username.clone(),
                };
                let user = User {
                    user_pool_id: pool.to_owned(),
                    sub: ids::ordered_uuid(&SystemRng, now),
                    username,
                    created_at: now,
                    modified_at: now,
                    status: idp::UserStatusType::Confirmed,
                    enabled: true,
                    attributes,
                    ..Default::default()
                };
                (user, vec![login])
            })
            .collect();
        let subs = users.iter().map(|(user, _)| user.sub).collect();
        for batch in users.chunks(10_000) {
            let batch = batch.to_vec();
            self.block(
                self.engine
                    .store
                    .transact("fill", move |tx| -> store::Result<()> {
                        assert!(bulk_users::insert_batch(tx, &batch)?.into_iter().all(|done| done));
                        Ok(())
                    }),
            )
            .unwrap();
        }
        subs
    }

    fn line<F, T>(&self, name: &str, callers: usize, call: impl Fn(usize) -> F, limit: f64, of: &str)
    where
        F: Future<Output = T> + Send,
    {
        let rate = self.rate(callers, call);
        print_line(name, callers, rate, limit, of);
    }

    /// Returns how often per second `call` ends when `callers` call it without pause.
    fn rate<F, T>(&self, callers: usize, call: impl Fn(usize) -> F) -> f64
    where
        F: Future<Output = T> + Send,
    {
        let call = &call;
        let (done, took) = self.block(async {
            let began = Instant::now();
            let loops = (0..callers).map(|caller| async move {
                let mut done = 0_usize;
                while began.elapsed() < FOR {
                    call(caller + done * callers).await;
                    done += 1;
                }
                done
            });
            let done: usize = futures_of(loops).await.into_iter().sum();
            (done, began.elapsed())
        });
        done as f64 / took.as_secs_f64()
    }

    /// Returns the rate at which all cores together do what costs one core so long.
    fn bound(&self, micros: f64) -> f64 {
        self.cores as f64 * 1e6 / micros
    }

    fn block<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// Runs futures together on one task; what they wait for runs on the engine's own threads.
async fn futures_of<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(move |context| {
        let mut left = false;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => left = true,
                }
            }
        }
        if left {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(
            waiting
                .iter_mut()
                .map(|(_, output)| output.take().unwrap())
                .collect(),
        )
    })
    .await
}

fn print_line(name: &str, callers: usize, rate: f64, limit: f64, of: &str) {
    println!(
        "{name:30} {rate:8.0} /s by {callers:2} callers; {:4.2} of {limit:8.0} ({of})",
        rate / limit
    );
}

/// Returns the microseconds of one core that `work` takes.
fn micros(mut work: impl FnMut()) -> f64 {
    work();
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < FOR / 4 {
        work();
        count += 1;
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(count)
}

fn argon2id() {
    let params = argon2::Params::new(19 * 1024, 2, 1, Some(32)).unwrap();
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut out = [0; 32];
    hasher
        .hash_password_into(PASSWORD.as_bytes(), b"0123456789abcdef", &mut out)
        .unwrap();
}

async fn ok<O: Operation>(driver: &Driver, request: &O) -> O::Response {
    match driver.call(request).await {
        Ok(response) => response,
        Err(refused) => panic!("{} was refused: {refused}", O::NAME),
    }
}

fn attribute(name: &str, value: &str) -> idp::AttributeType {
    idp::AttributeType {
        name: name.to_owned(),
        value: Some(value.to_owned()),
    }
}

fn secrets(pairs: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
        .collect()
}

async fn password_sign_in(driver: &Driver, client: &str, person: &str) -> idp::AuthenticationResultType {
    let request = idp::InitiateAuthRequest {
        client_id: client.to_owned(),
        auth_flow: idp::AuthFlowType::UserPasswordAuth,
        auth_parameters: Some(secrets(&[("USERNAME", person), ("PASSWORD", PASSWORD)])),
        ..Default::default()
    };
    ok(driver, &request).await.authentication_result.unwrap()
}

/// The client's half of an SRP sign-in.
struct Exchange {
    person: String,
    a: [u8; 32],
    a_public: Number,
}

impl Exchange {
    fn begin(person: &str) -> Self {
        let a: [u8; 32] = random();
        let a_public = bignum::power_of_g(&a).unwrap();
        Self {
            person: person.to_owned(),
            a,
            a_public,
        }
    }

    fn parameters(&self) -> BTreeMap<String, Secret> {
        secrets(&[
            ("USERNAME", &self.person),
            ("SRP_A", &srp::padded_hex(&self.a_public)),
        ])
    }

    /// `S = (B - k·g^x)^(a + u·x)`, and the proof that it is known.
    fn answer(&self, pool: &str, challenge: &BTreeMap<String, String>) -> BTreeMap<String, Secret> {
        let given = |name: &str| challenge[name].as_str();
        let identity = srp::Identity::new(pool, given("USER_ID_FOR_SRP"));
        let names = [identity.pool_name.as_bytes(), identity.user_id.as_bytes()];
        let b_public = Number::from_be_bytes(&unhex(given("SRP_B"))).unwrap();
        let inner = sha256(&[names[0], names[1], b":", PASSWORD.as_bytes()]);
        let x = sha256(&[&srp::padded(&unhex(given("SALT"))), &inner]);
        let u = sha256(&[
            &srp::padded(&self.a_public.to_be_bytes()),
            &srp::padded(&b_public.to_be_bytes()),
        ]);
        let k = sha256(&[&srp::padded(&bignum::prime()), &[2]]);
        let k = Number::from_be_bytes(&k).unwrap();
        let masked = bignum::multiply(&k, &bignum::power_of_g(&x).unwrap()).unwrap();
        let mut minus_one = bignum::prime();
        minus_one[383] -= 1;
        let minus_one = Number::from_be_bytes(&minus_one).unwrap();
        let base = bignum::add(&b_public, &bignum::multiply(&masked, &minus_one).unwrap());
        let left = bignum::power(&base, &self.a).unwrap();
        let right = bignum::power(&bignum::power(&base, &u).unwrap(), &x).unwrap();
        let shared = bignum::multiply(&left, &right).unwrap();
        let pseudo = mac(&srp::padded(&u), &[&srp::padded(&shared.to_be_bytes())]);
        let key = mac(&pseudo, &[b"Caldera Derived Key\x01"]);
        let block = STANDARD.decode(given("SECRET_BLOCK")).unwrap();
        let timestamp = jiff::Timestamp::now()
            .strftime("%a %b %-d %H:%M:%S UTC %Y")
            .to_string();
        let proof = mac(&key[..16], &[names[0], names[1], &block, timestamp.as_bytes()]);
        secrets(&[
            ("USERNAME", identity.user_id),
            ("PASSWORD_CLAIM_SECRET_BLOCK", given("SECRET_BLOCK")),
            ("PASSWORD_CLAIM_SIGNATURE", &STANDARD.encode(proof)),
            ("TIMESTAMP", &timestamp),
        ])
    }
}

fn random() -> [u8; 32] {
    let rng: &dyn Rng = &SystemRng;
    rng.bytes()
}

fn unhex(text: &str) -> Vec<u8> {
    let even = if text.len().is_multiple_of(2) {
        text.to_owned()
    } else {
        format!("0{text}")
    };
    hex::decode(even).unwrap()
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().try_into().unwrap()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    for part in parts {
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

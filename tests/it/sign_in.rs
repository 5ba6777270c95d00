use std::collections::BTreeMap;

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U256, U3072};
use poolhouse::base::clock::UnixMillis;
use poolhouse::base::ids;
use poolhouse::base::rng::{Rng, SeededRng};
use poolhouse::base::secret::Secret;
use poolhouse::driver::CallError;
use poolhouse::engine::Error;
use poolhouse::engine::auth::credential::{self, Credential};
use poolhouse::engine::auth::srp::Identity;
use poolhouse::engine::auth::{bignum, keys};
use poolhouse::store::records::app_clients::{self, AppClient, ClientSecret};
use poolhouse::store::records::groups::{self, Group};
use poolhouse::store::records::outbox;
use poolhouse::store::records::signing_keys;
use poolhouse::store::records::user_pools::{self, UserPool};
use poolhouse::store::records::users::{self, User};
use poolhouse::wire::idp::{
    self, AuthFlowType as Flow, ChallengeNameType as Challenge, UserStatusType as Status,
};
use serde_json::Value;

use crate::support::{START, TestEngine};

pub const PASSWORD: &str = "Correct-Horse-9";

/// A pool with one client, made in the store itself so that only sign-in is under test.
pub struct House {
    pub engine: TestEngine,
    pub pool: UserPool,
    pub client: AppClient,
}

impl House {
    /// Changes the pool, as an admin would.
    pub async fn change_pool(&self, change: impl Fn(&mut UserPool) + Send + 'static) {
        let id = self.pool.id.clone();
        self.engine
            .store
            .transact("change pool", move |tx| {
                let mut pool = user_pools::get(tx, &id)?.unwrap();
                change(&mut pool);
                user_pools::update(tx, &pool)?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
    }

    pub async fn new(flows: &[&str], change: impl FnOnce(&mut UserPool, &mut AppClient)) -> Self {
        let engine = TestEngine::new().await;
        let mut pool = UserPool {
            id: "eu-west-1_AbC123xyZ".to_owned(),
            region: "eu-west-1".to_owned(),
            name: "people".to_owned(),
            any_client_uses_srp: flows.is_empty() || flows.contains(&"ALLOW_USER_SRP_AUTH"),
            created_at: START,
            modified_at: START,
            ..UserPool::default()
        };
        pool.settings.auto_verified_attributes = Some(vec!["email".into()]);
        let mut client = AppClient {
            id: "1example23456789abcdefghij".to_owned(),
            user_pool_id: pool.id.clone(),
            name: "app".to_owned(),
            ..AppClient::default()
        };
        client.settings.explicit_auth_flows = Some(flows.iter().map(|flow| (*flow).into()).collect());
        change(&mut pool, &mut client);
        let made = keys::create(&engine, &pool.id).await.unwrap();
        let (put_pool, put_client) = (pool.clone(), client.clone());
        engine
            .store
            .transact("make pool", move |tx| {
                user_pools::insert(tx, &put_pool)?;
                signing_keys::put(tx, &made)?;
                app_clients::insert(tx, &put_client)?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
        Self { engine, pool, client }
    }

    /// Adds a confirmed user with [`PASSWORD`]; `change` comes last.
    pub async fn user(&self, username: &str, change: impl FnOnce(&mut User)) -> User {
        let rng: &dyn Rng = &*self.engine.rng;
        let mut user = User {
            user_pool_id: self.pool.id.clone(),
            sub: ids::uuid(rng),
            username: username.to_owned(),
            created_at: START,
            modified_at: START,
            version: 1,
            status: Status::Confirmed,
            enabled: true,
            ..User::default()
        };
        user.attributes
            .insert("email".to_owned(), format!("{username}@example.com"));
        user.attributes
            .insert("email_verified".to_owned(), "true".to_owned());
        user.credential = Some(self.sealed(&user, PASSWORD).await);
        change(&mut user);
        let (pool, put) = (self.pool.clone(), user.clone());
        self.engine
            .store
            .transact("make user", move |tx| {
                let logins = poolhouse::engine::auth::lookup::logins(&pool, &put);
                users::insert(tx, &put, &logins)?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
        user
    }

    pub async fn sealed(&self, user: &User, password: &str) -> Vec<u8> {
        let identity = Identity::new(&self.pool.id, &user.username);
        let made = Credential::make(
            identity,
            &password.into(),
            self.pool.any_client_uses_srp,
            &*self.engine.rng,
        )
        .unwrap();
        let (engine, id, sub) = (
            std::sync::Arc::clone(self.engine.engine()),
            self.pool.id.clone(),
            user.sub,
        );
        self.engine
            .store
            .read(move |r| {
                let keys = engine.keys_of(r, &id)?;
                Ok::<_, Error>(made.seal(&keys, &sub, &*engine.rng))
            })
            .await
            .unwrap()
    }

    pub async fn stored(&self, user: &User) -> User {
        let (pool, sub) = (self.pool.id.clone(), user.sub);
        self.engine
            .store
            .read(move |r| users::get(r, &pool, &sub).map_err(Error::from))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn change(&self, user: &User, change: impl Fn(&mut User) + Send + 'static) {
        let (pool, sub) = (self.pool.clone(), user.sub);
        self.engine
            .store
            .transact("change user", move |tx| {
                let mut user = users::get(tx, &pool.id, &sub)?.unwrap();
                change(&mut user);
                let logins = poolhouse::engine::auth::lookup::logins(&pool, &user);
                users::update(tx, &user, &logins)?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
    }

    pub fn begin(&self, flow: Flow, given: &[(&str, &str)]) -> idp::InitiateAuthRequest {
        idp::InitiateAuthRequest {
            auth_flow: flow,
            client_id: self.client.id.clone(),
            auth_parameters: Some(parameters(given)),
            ..Default::default()
        }
    }

    pub fn answer(&self, name: Challenge, given: &[(&str, &str)]) -> idp::RespondToAuthChallengeRequest {
        idp::RespondToAuthChallengeRequest {
            client_id: self.client.id.clone(),
            challenge_name: name,
            challenge_responses: Some(parameters(given)),
            ..Default::default()
        }
    }

    pub fn by_password(&self, username: &str, password: &str) -> idp::InitiateAuthRequest {
        self.begin(
            Flow::UserPasswordAuth,
            &[("USERNAME", username), ("PASSWORD", password)],
        )
    }

    pub async fn sign_in(&self, username: &str) -> idp::AuthenticationResultType {
        let answer = self.engine.ok(&self.by_password(username, PASSWORD)).await;
        answer.authentication_result.unwrap()
    }

    pub async fn refused_password(&self, username: &str, password: &str) -> String {
        refusal(self.engine.refused(&self.by_password(username, password)).await)
    }
}

pub fn refusal((code, message): (String, String)) -> String {
    format!("{code}: {message}")
}

const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
const LOCKED: &str = "NotAuthorizedException: Password attempts exceeded";
pub const ALL: &[&str] = &[
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
];
const NO_SRP: &[&str] = &["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

pub fn parameters(given: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::from(*value)))
        .collect()
}

pub fn claims(token: &Secret) -> Value {
    let part = token.expose().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

pub fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

/// An SRP client as the vendor's SDKs write it: numbers become hex text, and the text is
/// padded before it is hashed.
pub struct SrpClient {
    a: U256,
    a_public: Form,
    power: fn(&Form, &U256) -> Form,
}

/// By the library that the engine does not use.
fn independent(base: &Form, exponent: &U256) -> Form {
    base.pow(exponent)
}

/// By the engine's own, which is held against the other elsewhere: for many proofs at once.
fn quick(base: &Form, exponent: &U256) -> Form {
    let base = bignum::Number::from_be_bytes(&base.retrieve().to_be_bytes()).unwrap();
    let power = bignum::power(&base, &exponent.to_be_bytes().into()).unwrap();
    form(&U3072::from_be_slice(&power.to_be_bytes()))
}

type Form = FixedMontyForm<{ U3072::LIMBS }>;

fn form(number: &U3072) -> Form {
    let prime = Odd::new(U3072::from_be_slice(&bignum::prime())).unwrap();
    Form::new(number, &FixedMontyParams::new_vartime(prime))
}

fn number_of_hex(text: &str) -> U3072 {
    let text = text.trim_start_matches("00");
    U3072::from_be_hex(&format!("{text:0>768}"))
}

fn hex_of(form: &Form) -> String {
    let text = hex::encode(form.retrieve().to_be_bytes());
    text.trim_start_matches('0').to_owned()
}

fn pad_hex(text: &str) -> Vec<u8> {
    let mut text = text.trim_start_matches('0').to_owned();
    if text.len() % 2 == 1 {
        text.insert(0, '0');
    }
    if "89abcdef".contains(&text[..1]) {
        text.insert_str(0, "00");
    }
    hex::decode(text).unwrap()
}

impl SrpClient {
    pub fn new(seed: u64) -> Self {
        Self::with(seed, independent)
    }

    fn with(seed: u64, power: fn(&Form, &U256) -> Form) -> Self {
        let rng = SeededRng::new(seed);
        let rng: &dyn Rng = &rng;
        let a = U256::from_be_slice(&rng.bytes::<32>());
        Self {
            a,
            a_public: power(&form(&U3072::from(2_u64)), &a),
            power,
        }
    }

    pub fn public(&self) -> String {
        hex_of(&self.a_public)
    }

    /// Returns the responses that prove `password` at `at`.
    pub fn prove(
        &self,
        house: &House,
        challenge: &BTreeMap<String, String>,
        password: &str,
        at: UnixMillis,
    ) -> Vec<(&'static str, String)> {
        let user_id = &challenge["USER_ID_FOR_SRP"];
        let pool_name = house.pool.id.split('_').nth(1).unwrap();
        let mut given = self.proof((pool_name, user_id), challenge, password, at);
        given.push(("USERNAME", user_id.clone()));
        given
    }

    /// Returns the responses of a proof whose hashes name `pool_name` and `user_id`.
    pub fn proof(
        &self,
        (pool_name, user_id): (&str, &str),
        challenge: &BTreeMap<String, String>,
        password: &str,
        at: UnixMillis,
    ) -> Vec<(&'static str, String)> {
        let b_public = form(&number_of_hex(&challenge["SRP_B"]));
        let u = sha256(&[&pad_hex(&self.public()), &pad_hex(&hex_of(&b_public))]);
        let x = private_key((pool_name, user_id), password, &pad_hex(&challenge["SALT"]));
        let prime = hex::encode(bignum::prime());
        let k = sha256(&[&pad_hex(&prime), &[2]]);
        let k = form(&number_of_hex(&hex::encode(k)));
        let power = self.power;
        let base = b_public.sub(&k.mul(&power(&form(&U3072::from(2_u64)), &x)));
        let raised = power(&power(&base, &x), &U256::from_be_slice(&u));
        let shared = power(&base, &self.a).mul(&raised);
        let prk = hmac_sha256(&pad_hex(&hex::encode(&u)), &[&pad_hex(&hex_of(&shared))]);
        let key = hmac_sha256(&prk, &[b"Caldera Derived Key", &[1]]);
        let time = jiff::Timestamp::from_millisecond(at.0)
            .unwrap()
            .strftime("%a %b %-d %H:%M:%S UTC %Y")
            .to_string();
        let block = STANDARD.decode(&challenge["SECRET_BLOCK"]).unwrap();
        let signature = hmac_sha256(
            &key[..16],
            &[pool_name.as_bytes(), user_id.as_bytes(), &block, time.as_bytes()],
        );
        vec![
            ("PASSWORD_CLAIM_SECRET_BLOCK", challenge["SECRET_BLOCK"].clone()),
            ("PASSWORD_CLAIM_SIGNATURE", STANDARD.encode(signature)),
            ("TIMESTAMP", time),
        ]
    }
}

fn private_key((pool_name, user_id): (&str, &str), password: &str, salt: &[u8]) -> U256 {
    let inner = sha256(&[
        pool_name.as_bytes(),
        user_id.as_bytes(),
        b":",
        password.as_bytes(),
    ]);
    U256::from_be_slice(&sha256(&[salt, &inner]))
}

/// Returns the verifier of a password, big endian with the sign byte, as clients send a device's.
pub fn verifier(identity: (&str, &str), password: &str, salt: &[u8]) -> Vec<u8> {
    let x = private_key(identity, password, salt);
    pad_hex(&hex_of(&form(&U3072::from(2_u64)).pow(&x)))
}

/// Begins with SRP and returns the answer to its challenge.
async fn srp_answer(
    house: &House,
    username: &str,
    password: &str,
    seed: u64,
) -> idp::RespondToAuthChallengeRequest {
    let client = SrpClient::new(seed);
    let begun = house
        .engine
        .ok(&house.begin(
            Flow::UserSrpAuth,
            &[("USERNAME", username), ("SRP_A", &client.public())],
        ))
        .await;
    assert_eq!(begun.challenge_name, Some(Challenge::PasswordVerifier));
    let proof = client.prove(
        house,
        &begun.challenge_parameters.unwrap(),
        password,
        house.engine.clock_now(),
    );
    let proof: Vec<_> = proof
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    house.answer(Challenge::PasswordVerifier, &proof)
}

impl TestEngine {
    fn clock_now(&self) -> UnixMillis {
        self.clock_dyn().now()
    }

    fn clock_dyn(&self) -> &dyn poolhouse::base::clock::Clock {
        &*self.engine().clock
    }
}

#[tokio::test]
async fn srp_sign_in_gives_tokens_that_the_key_set_verifies() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let (pool, sub) = (house.pool.id.clone(), user.sub);
    house
        .engine
        .store
        .transact("group", move |tx| {
            groups::insert(
                tx,
                &Group {
                    user_pool_id: pool.clone(),
                    name: "admins".to_owned(),
                    role_arn: Some("arn:aws:iam::123456789012:role/admins".to_owned()),
                    precedence: Some(1),
                    ..Group::default()
                },
            )?;
            groups::add_member(tx, &pool, "admins", &sub)?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();

    for seed in 0..5 {
        let answer = srp_answer(&house, "amelia", PASSWORD, seed).await;
        let result = house.engine.ok(&answer).await.authentication_result.unwrap();
        assert_eq!(result.token_type.as_deref(), Some("Bearer"));
        assert_eq!(result.expires_in, Some(3600));
        let (id, access) = (result.id_token.unwrap(), result.access_token.unwrap());
        let set = keys::jwks(&house.engine, &house.pool.id).await.unwrap().unwrap();
        for (token, key) in [(&id, &set["keys"][0]), (&access, &set["keys"][1])] {
            let (signed, signature) = token.expose().rsplit_once('.').unwrap();
            let header = URL_SAFE_NO_PAD.decode(signed.split('.').next().unwrap()).unwrap();
            let header: Value = serde_json::from_slice(&header).unwrap();
            assert_eq!(header, serde_json::json!({"kid": key["kid"], "alg": "RS256"}));
            let part = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
            let public = aws_lc_rs::rsa::PublicKeyComponents {
                n: part("n"),
                e: part("e"),
            };
            public
                .verify(
                    &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
                    signed.as_bytes(),
                    &URL_SAFE_NO_PAD.decode(signature).unwrap(),
                )
                .unwrap();
        }
        let id = claims(&id);
        assert_eq!(id["sub"], user.sub.to_string());
        assert_eq!(id["cognito:username"], "amelia");
        assert_eq!(id["cognito:groups"], serde_json::json!(["admins"]));
        assert_eq!(
            id["cognito:preferred_role"],
            "arn:aws:iam::123456789012:role/admins"
        );
        assert_eq!(id["email_verified"], true);
        assert_eq!(id["iss"], house.engine.issuer_of(&house.pool));
        let access = claims(&access);
        assert_eq!(access["client_id"], house.client.id);
        assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
        assert_eq!(result.refresh_token.unwrap().expose().split('.').count(), 5);
    }
}

#[tokio::test]
async fn replayed_secret_block_is_refused() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let answer = srp_answer(&house, "amelia", PASSWORD, 1).await;
    house.engine.ok(&answer).await;
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "NotAuthorizedException: Invalid session for the user."
    );
    // A wrong answer spends it, too.
    let wrong = srp_answer(&house, "amelia", "Correct-Horse-8", 2).await;
    assert_eq!(refusal(house.engine.refused(&wrong).await), WRONG);
    assert_eq!(
        refusal(house.engine.refused(&wrong).await),
        "NotAuthorizedException: Invalid session for the user."
    );
}

#[tokio::test]
async fn secret_block_expires_and_belongs_to_its_client_and_user() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    house.user("bruno", |_| {}).await;
    let mut answer = srp_answer(&house, "amelia", PASSWORD, 1).await;
    let responses = answer.challenge_responses.as_mut().unwrap();
    responses.insert("USERNAME".to_owned(), "bruno".into());
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "NotAuthorizedException: Invalid session for the user."
    );
    let answer = srp_answer(&house, "amelia", PASSWORD, 2).await;
    house.engine.clock.advance_secs(181);
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "NotAuthorizedException: Invalid session for the user, session is expired."
    );
}

#[tokio::test]
async fn edge_values_of_srp_a_are_refused() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let prime = hex::encode(bignum::prime());
    for bad in ["0", prime.as_str(), "-2", "zz", &"f".repeat(800)] {
        let begun = house.begin(Flow::UserSrpAuth, &[("USERNAME", "amelia"), ("SRP_A", bad)]);
        let (code, _) = house.engine.refused(&begun).await;
        assert_eq!(code, "InvalidParameterException", "{bad}");
    }
}

#[tokio::test]
async fn fifth_wrong_password_locks_and_the_lock_ends() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    for _ in 0..5 {
        assert_eq!(house.refused_password("amelia", "nope").await, WRONG);
    }
    // Refused unseen, by any flow, and neither counted nor extended.
    for _ in 0..3 {
        assert_eq!(house.refused_password("amelia", PASSWORD).await, LOCKED);
    }
    let answer = srp_answer(&house, "amelia", PASSWORD, 1).await;
    assert_eq!(refusal(house.engine.refused(&answer).await), LOCKED);
    house.engine.clock.advance_secs(1);
    assert_eq!(house.refused_password("amelia", "nope").await, WRONG);
    house.engine.clock.advance_millis(1999);
    assert_eq!(house.refused_password("amelia", PASSWORD).await, LOCKED);
    house.engine.clock.advance_millis(1);
    house.sign_in("amelia").await;
    // A success starts the count anew.
    for _ in 0..4 {
        assert_eq!(house.refused_password("amelia", "nope").await, WRONG);
    }
    house.sign_in("amelia").await;
}

#[tokio::test]
async fn a_burst_of_guesses_gets_no_more_answers_than_a_row_of_them_and_the_threads() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let (driver, request) = (house.engine.driver(), house.by_password("amelia", "nope"));
        guesses.spawn(async move { driver.call(&request).await });
    }
    let mut answered = 0;
    while let Some(outcome) = guesses.join_next().await {
        match outcome.unwrap() {
            Err(CallError::Fault(fault)) if fault.message == "Incorrect username or password." => {
                answered += 1;
            }
            Err(CallError::Fault(fault)) => assert_eq!(fault.message, "Password attempts exceeded"),
            other => panic!("{other:?}"),
        }
    }
    // Five in a row lock; the engine of the tests has two reading threads. It may be fewer:
    // a guess that is just being written down may count twice for those beside it.
    assert!((1..=7).contains(&answered), "{answered}");
}

#[tokio::test]
async fn many_right_passwords_at_once_are_all_accepted() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let mut sign_ins = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (driver, request) = (house.engine.driver(), house.by_password("amelia", PASSWORD));
        sign_ins.spawn(async move { driver.call(&request).await });
    }
    while let Some(outcome) = sign_ins.join_next().await {
        assert!(outcome.unwrap().is_ok());
    }
}

#[tokio::test]
async fn unknown_users_look_like_users_where_the_client_hides_them() {
    let house = House::new(ALL, |_, client| {
        client.settings.prevent_user_existence_errors = Some("ENABLED".into());
    })
    .await;
    house.user("amelia", |_| {}).await;
    let begin = |name: &str, seed| {
        house.begin(
            Flow::UserSrpAuth,
            &[("USERNAME", name), ("SRP_A", &SrpClient::new(seed).public())],
        )
    };
    let shown = house
        .engine
        .ok(&begin("amelia", 1))
        .await
        .challenge_parameters
        .unwrap();
    let made_up = house
        .engine
        .ok(&begin("nobody", 1))
        .await
        .challenge_parameters
        .unwrap();
    let again = house
        .engine
        .ok(&begin("nobody", 2))
        .await
        .challenge_parameters
        .unwrap();
    assert_eq!(made_up["SALT"], again["SALT"]);
    assert_ne!(made_up["SRP_B"], again["SRP_B"]);
    assert_eq!(made_up["USER_ID_FOR_SRP"], "nobody");
    for name in ["SALT", "SRP_B", "SECRET_BLOCK"] {
        assert!(made_up[name].len().abs_diff(shown[name].len()) <= 2, "{name}");
    }
    let answer = srp_answer(&house, "nobody", PASSWORD, 3).await;
    assert_eq!(refusal(house.engine.refused(&answer).await), WRONG);
    // The lock-out is simulated as well: one guess is behind us.
    for name in ["nobody", "NOBODY2"] {
        let seen = if name == "nobody" { 4 } else { 5 };
        for _ in 0..seen {
            assert_eq!(house.refused_password(name, PASSWORD).await, WRONG);
        }
        assert_eq!(house.refused_password(name, PASSWORD).await, LOCKED);
    }
}

#[tokio::test]
async fn unknown_users_are_named_where_the_client_does_not_hide_them() {
    let house = House::new(ALL, |_, _| {}).await;
    assert_eq!(
        house.refused_password("nobody", PASSWORD).await,
        "UserNotFoundException: User does not exist."
    );
}

#[tokio::test]
async fn state_is_told_after_the_right_password_only() {
    let house = House::new(ALL, |_, client| {
        client.settings.prevent_user_existence_errors = Some("ENABLED".into());
    })
    .await;
    house.user("disabled", |user| user.enabled = false).await;
    house
        .user("unconfirmed", |user| user.status = Status::Unconfirmed)
        .await;
    house
        .user("reset", |user| user.status = Status::ResetRequired)
        .await;
    for (name, expected) in [
        ("disabled", "NotAuthorizedException: User is disabled."),
        ("unconfirmed", "UserNotConfirmedException: User is not confirmed."),
        (
            "reset",
            "PasswordResetRequiredException: Password reset required for the user",
        ),
    ] {
        assert_eq!(house.refused_password(name, "nope").await, WRONG, "{name}");
        assert_eq!(house.refused_password(name, PASSWORD).await, expected);
        let answer = srp_answer(&house, name, PASSWORD, 1).await;
        assert_eq!(refusal(house.engine.refused(&answer).await), expected);
    }
}

#[tokio::test]
async fn client_without_a_flow_is_refused() {
    let house = House::new(&["ALLOW_USER_SRP_AUTH"], |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    assert_eq!(
        house.refused_password("amelia", PASSWORD).await,
        "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client"
    );
    let refresh = house.begin(Flow::RefreshTokenAuth, &[("REFRESH_TOKEN", "x")]);
    assert_eq!(
        house.engine.refused(&refresh).await.0,
        "InvalidParameterException"
    );
    let admin = house.begin(
        Flow::AdminUserPasswordAuth,
        &[("USERNAME", "amelia"), ("PASSWORD", PASSWORD)],
    );
    assert_eq!(house.engine.refused(&admin).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn admin_flow_signs_in_with_both_of_its_names() {
    let house = House::new(&["ALLOW_ADMIN_USER_PASSWORD_AUTH"], |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    for flow in [Flow::AdminUserPasswordAuth, Flow::AdminNoSrpAuth] {
        let request = idp::AdminInitiateAuthRequest {
            user_pool_id: house.pool.id.clone(),
            client_id: house.client.id.clone(),
            auth_flow: flow,
            auth_parameters: Some(parameters(&[("USERNAME", "amelia"), ("PASSWORD", PASSWORD)])),
            ..Default::default()
        };
        assert!(house.engine.ok(&request).await.authentication_result.is_some());
        let elsewhere = idp::AdminInitiateAuthRequest {
            user_pool_id: "eu-west-1_Other1234".to_owned(),
            ..request
        };
        assert_eq!(
            house.engine.refused(&elsewhere).await.0,
            "ResourceNotFoundException"
        );
    }
}

#[tokio::test]
async fn confidential_client_wants_its_hash() {
    let house = House::new(ALL, |_, client| {
        client.secrets.push(ClientSecret {
            value: "s3cret".into(),
            ..ClientSecret::default()
        });
    })
    .await;
    house.user("amelia", |_| {}).await;
    let hash = STANDARD.encode(hmac_sha256(b"s3cret", &[b"amelia", house.client.id.as_bytes()]));
    assert_eq!(
        house.refused_password("amelia", PASSWORD).await,
        format!(
            "NotAuthorizedException: Client {} is configured with secret but SECRET_HASH was not received",
            house.client.id
        )
    );
    let with = |hash: &str| {
        house.begin(
            Flow::UserPasswordAuth,
            &[
                ("USERNAME", "amelia"),
                ("PASSWORD", PASSWORD),
                ("SECRET_HASH", hash),
            ],
        )
    };
    assert_eq!(
        refusal(house.engine.refused(&with("bm8=")).await),
        format!(
            "NotAuthorizedException: Unable to verify secret hash for client {}",
            house.client.id
        )
    );
    let result = house.engine.ok(&with(&hash)).await.authentication_result.unwrap();
    let refresh = house.begin(
        Flow::RefreshTokenAuth,
        &[
            ("REFRESH_TOKEN", result.refresh_token.unwrap().expose()),
            ("SECRET_HASH", &hash),
        ],
    );
    assert!(house.engine.ok(&refresh).await.authentication_result.is_some());
}

#[tokio::test]
async fn first_sign_in_asks_for_a_new_password_and_the_missing_attributes() {
    let house = House::new(ALL, |pool, _| {
        let mut schema = poolhouse::rules::attributes::standard_schema();
        for attribute in &mut schema {
            if matches!(attribute.name.as_deref(), Some("email" | "name")) {
                attribute.required = Some(true);
            }
        }
        pool.settings.schema_attributes = Some(schema);
    })
    .await;
    let user = house
        .user("amelia", |user| {
            user.status = Status::ForceChangePassword;
            user.temporary_since = Some(START);
        })
        .await;
    let first = srp_answer(&house, "amelia", PASSWORD, 1).await;
    let asked = house.engine.ok(&first).await;
    assert_eq!(asked.challenge_name, Some(Challenge::NewPasswordRequired));
    let told = asked.challenge_parameters.unwrap();
    assert_eq!(told["requiredAttributes"], r#"["userAttributes.name"]"#);
    let attributes: Value = serde_json::from_str(&told["userAttributes"]).unwrap();
    assert_eq!(attributes["email"], "amelia@example.com");

    let answer = |given: &[(&str, &str)]| {
        let mut answer = house.answer(Challenge::NewPasswordRequired, given);
        answer.session = asked.session.clone();
        answer
    };
    let weak = answer(&[("USERNAME", "amelia"), ("NEW_PASSWORD", "short")]);
    assert_eq!(house.engine.refused(&weak).await.0, "InvalidPasswordException");
    let incomplete = answer(&[("USERNAME", "amelia"), ("NEW_PASSWORD", "Brand-New-Pass-1")]);
    assert_eq!(
        refusal(house.engine.refused(&incomplete).await),
        "InvalidParameterException: Invalid attributes given, name is missing"
    );
    let other_email = answer(&[
        ("USERNAME", "amelia"),
        ("NEW_PASSWORD", "Brand-New-Pass-1"),
        ("userAttributes.email", "other@example.com"),
    ]);
    assert_eq!(
        refusal(house.engine.refused(&other_email).await),
        "NotAuthorizedException: Cannot modify an already provided email"
    );
    let complete = answer(&[
        ("USERNAME", "amelia"),
        ("NEW_PASSWORD", "Brand-New-Pass-1"),
        ("userAttributes.name", "Amelia"),
    ]);
    let result = house.engine.ok(&complete).await.authentication_result.unwrap();
    assert_eq!(claims(&result.id_token.unwrap())["name"], "Amelia");
    let stored = house.stored(&user).await;
    assert_eq!(stored.status, Status::Confirmed);
    assert_eq!(stored.temporary_since, None);
    assert_eq!(house.refused_password("amelia", PASSWORD).await, WRONG);
    // The session counts once.
    assert_eq!(
        refusal(house.engine.refused(&complete).await),
        "NotAuthorizedException: Invalid session for the user."
    );
    let fresh = srp_answer(&house, "amelia", "Brand-New-Pass-1", 9).await;
    assert!(house.engine.ok(&fresh).await.authentication_result.is_some());
}

#[tokio::test]
async fn temporary_password_expires() {
    let house = House::new(ALL, |_, _| {}).await;
    house
        .user("amelia", |user| {
            user.status = Status::ForceChangePassword;
            user.temporary_since = Some(START);
        })
        .await;
    house.engine.clock.advance_secs(7 * 86_400);
    assert_eq!(
        house.refused_password("amelia", PASSWORD).await,
        "NotAuthorizedException: Temporary password has expired and must be reset by an administrator."
    );
}

#[tokio::test]
async fn refresh_keeps_the_sign_in_and_reads_the_user_anew() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let first = house.sign_in("amelia").await;
    let token = first.refresh_token.clone().unwrap();
    house.engine.clock.advance_secs(7200);
    house
        .change(&user, |user| {
            user.attributes.insert("nickname".to_owned(), "Amy".to_owned());
        })
        .await;
    let refresh = house.begin(Flow::RefreshToken, &[("REFRESH_TOKEN", token.expose())]);
    let second = house.engine.ok(&refresh).await.authentication_result.unwrap();
    assert!(second.refresh_token.is_none());
    let (before, after) = (
        claims(&first.id_token.unwrap()),
        claims(&second.id_token.unwrap()),
    );
    assert_eq!(before["auth_time"], after["auth_time"]);
    assert_eq!(before["origin_jti"], after["origin_jti"]);
    assert_ne!(before["jti"], after["jti"]);
    assert_eq!(after["nickname"], "Amy");
    assert_eq!(
        after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(),
        7200
    );

    for bad in ["a.b.c.d.e", "nonsense", &token.expose().replace('.', "")] {
        let bad = house.begin(Flow::RefreshTokenAuth, &[("REFRESH_TOKEN", bad)]);
        assert_eq!(
            refusal(house.engine.refused(&bad).await),
            "NotAuthorizedException: Invalid Refresh Token"
        );
    }
    house.engine.clock.advance_secs(30 * 86_400);
    assert_eq!(
        refusal(house.engine.refused(&refresh).await),
        "NotAuthorizedException: Refresh Token has expired"
    );
}

#[tokio::test]
async fn rotated_token_works_through_its_grace_and_no_longer() {
    let house = House::new(&["ALLOW_USER_PASSWORD_AUTH"], |_, client| {
        client.settings.refresh_token_rotation = Some(idp::RefreshTokenRotationType {
            feature: "ENABLED".into(),
            retry_grace_period_seconds: Some(10),
        });
    })
    .await;
    house.user("amelia", |_| {}).await;
    let first = house.sign_in("amelia").await.refresh_token.unwrap();
    let rotate = |token: &Secret| idp::GetTokensFromRefreshTokenRequest {
        refresh_token: token.clone(),
        client_id: house.client.id.clone(),
        ..Default::default()
    };
    let result = house
        .engine
        .ok(&rotate(&first))
        .await
        .authentication_result
        .unwrap();
    let second = result.refresh_token.unwrap();
    house.engine.clock.advance_millis(9_999);
    house.engine.ok(&rotate(&first)).await;
    house.engine.clock.advance_millis(1);
    assert_eq!(
        house.engine.refused(&rotate(&first)).await.0,
        "RefreshTokenReuseException"
    );
    // Somebody has both: the whole family ends.
    assert_eq!(
        house.engine.refused(&rotate(&second)).await.1,
        "Refresh Token has been revoked"
    );
    // A new one ends when the first would have.
    let first = house.sign_in("amelia").await.refresh_token.unwrap();
    house.engine.clock.advance_secs(86_400);
    let result = house.engine.ok(&rotate(&first)).await;
    let second = result.authentication_result.unwrap().refresh_token.unwrap();
    house.engine.clock.advance_secs(29 * 86_400);
    assert_eq!(
        house.engine.refused(&rotate(&second)).await.1,
        "Refresh Token has expired"
    );
}

#[tokio::test]
async fn revoked_family_stops_and_others_go_on() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let (one, other) = (house.sign_in("amelia").await, house.sign_in("amelia").await);
    let revoke = |token: &Secret| idp::RevokeTokenRequest {
        token: token.clone(),
        client_id: house.client.id.clone(),
        ..Default::default()
    };
    let access = one.access_token.unwrap();
    assert_eq!(
        house.engine.refused(&revoke(&access)).await.0,
        "UnsupportedTokenTypeException"
    );
    house
        .engine
        .ok(&revoke(one.refresh_token.as_ref().unwrap()))
        .await;
    // Again, and something that is no token: both fine.
    house
        .engine
        .ok(&revoke(one.refresh_token.as_ref().unwrap()))
        .await;
    house.engine.ok(&revoke(&"a.b.c.d.e".into())).await;
    let get = |token: &Secret| idp::GetUserRequest {
        access_token: token.clone(),
    };
    assert_eq!(
        refusal(house.engine.refused(&get(&access)).await),
        "NotAuthorizedException: Access Token has been revoked"
    );
    let refresh = house.begin(
        Flow::RefreshTokenAuth,
        &[("REFRESH_TOKEN", one.refresh_token.unwrap().expose())],
    );
    assert_eq!(
        refusal(house.engine.refused(&refresh).await),
        "NotAuthorizedException: Refresh Token has been revoked"
    );
    house.engine.ok(&get(&other.access_token.unwrap())).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_what_was_and_not_what_comes() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let before = house.sign_in("amelia").await;
    let access = before.access_token.unwrap();
    house
        .engine
        .ok(&idp::GlobalSignOutRequest {
            access_token: access.clone(),
        })
        .await;
    let get = |token: Secret| idp::GetUserRequest { access_token: token };
    assert_eq!(
        house.engine.refused(&get(access)).await.1,
        "Access Token has been revoked"
    );
    let refresh = house.begin(
        Flow::RefreshTokenAuth,
        &[("REFRESH_TOKEN", before.refresh_token.unwrap().expose())],
    );
    assert_eq!(
        house.engine.refused(&refresh).await.1,
        "Refresh Token has been revoked"
    );
    // The clock has not moved since.
    let after = house.sign_in("amelia").await;
    house.engine.ok(&get(after.access_token.unwrap())).await;
}

#[tokio::test]
async fn access_tokens_that_are_none_or_expired_are_refused() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let result = house.sign_in("amelia").await;
    let get = |token: &str| idp::GetUserRequest {
        access_token: token.into(),
    };
    let access = result.access_token.unwrap();
    let got = house.engine.ok(&get(access.expose())).await;
    assert_eq!(got.username, "amelia");
    assert_eq!(got.user_attributes[0].value, Some(user.sub.to_string()));
    let (signed, signature) = access.expose().rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([1; 256]));
    let none = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        signed.split('.').nth(1).unwrap()
    );
    for bad in [
        "x",
        "a.b.c",
        forged.as_str(),
        none.as_str(),
        result.id_token.as_ref().unwrap().expose(),
        &format!("{signed}.{}", &signature[..10]),
    ] {
        assert_eq!(
            refusal(house.engine.refused(&get(bad)).await),
            "NotAuthorizedException: Invalid Access Token"
        );
    }
    house.engine.clock.advance_secs(3600);
    assert_eq!(
        refusal(house.engine.refused(&get(access.expose())).await),
        "NotAuthorizedException: Access Token has expired"
    );
}

#[tokio::test]
async fn imported_hash_is_converted_at_the_first_plain_sign_in() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let encoded = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let (engine, pool, sub) = (
        std::sync::Arc::clone(house.engine.engine()),
        house.pool.id.clone(),
        user.sub,
    );
    let sealed = house
        .engine
        .store
        .read(move |r| {
            let keys = engine.keys_of(r, &pool)?;
            let algorithm = idp::PasswordHashingAlgorithmType::Bcrypt;
            Ok::<_, Error>(credential::seal_foreign(
                &keys,
                &*engine.rng,
                &sub,
                &algorithm,
                encoded,
            ))
        })
        .await
        .unwrap();
    house
        .change(&user, move |user| user.credential = Some(sealed.clone()))
        .await;
    let by_srp = srp_answer(&house, "amelia", "U*U", 1).await;
    assert_eq!(refusal(house.engine.refused(&by_srp).await), WRONG);
    assert_eq!(house.refused_password("amelia", "u*u").await, WRONG);
    house.engine.ok(&house.by_password("amelia", "U*U")).await;
    let by_srp = srp_answer(&house, "amelia", "U*U", 2).await;
    assert!(house.engine.ok(&by_srp).await.authentication_result.is_some());
}

#[tokio::test]
async fn pool_without_srp_signs_in_by_argon2id() {
    let house = House::new(NO_SRP, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    house.sign_in("amelia").await;
    assert_eq!(house.refused_password("amelia", "nope").await, WRONG);
}

#[tokio::test]
async fn choice_based_sign_in_offers_and_takes_both_password_proofs() {
    let house = House::new(&["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"], |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let offered = house
        .engine
        .ok(&house.begin(Flow::UserAuth, &[("USERNAME", "amelia")]))
        .await;
    assert_eq!(offered.challenge_name, Some(Challenge::SelectChallenge));
    assert_eq!(
        offered.available_challenges,
        Some(vec![Challenge::Password, Challenge::PasswordSrp])
    );
    let mut chosen = house.answer(
        Challenge::SelectChallenge,
        &[
            ("USERNAME", "amelia"),
            ("ANSWER", "PASSWORD"),
            ("PASSWORD", PASSWORD),
        ],
    );
    chosen.session = offered.session;
    assert!(house.engine.ok(&chosen).await.authentication_result.is_some());
    assert_eq!(
        house.engine.refused(&chosen).await.1,
        "Invalid session for the user."
    );
    let preferred = house.begin(
        Flow::UserAuth,
        &[
            ("USERNAME", "amelia"),
            ("PREFERRED_CHALLENGE", "PASSWORD_SRP"),
            ("SRP_A", &SrpClient::new(1).public()),
        ],
    );
    assert_eq!(
        house.engine.ok(&preferred).await.challenge_name,
        Some(Challenge::PasswordVerifier)
    );
}

#[tokio::test]
async fn changed_password_needs_the_old_one_and_has_a_quota() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let access = house.sign_in("amelia").await.access_token.unwrap();
    let change = |previous: &str, proposed: &str| idp::ChangePasswordRequest {
        previous_password: Some(previous.into()),
        proposed_password: proposed.into(),
        access_token: access.clone(),
    };
    let wrong = change("nope", "Brand-New-Pass-1");
    assert_eq!(refusal(house.engine.refused(&wrong).await), WRONG);
    let weak = change(PASSWORD, "short");
    assert_eq!(house.engine.refused(&weak).await.0, "InvalidPasswordException");
    house.engine.ok(&change(PASSWORD, "Brand-New-Pass-1")).await;
    assert_eq!(house.refused_password("amelia", PASSWORD).await, WRONG);
    for _ in 0..2 {
        house.engine.refused(&wrong).await;
    }
    assert_eq!(
        refusal(house.engine.refused(&wrong).await),
        "LimitExceededException: Attempt limit exceeded, please try after some time."
    );
}

#[tokio::test]
async fn new_address_is_verified_by_the_code_sent_to_it() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let access = house.sign_in("amelia").await.access_token.unwrap();
    let update = |name: &str, value: &str| idp::UpdateUserAttributesRequest {
        user_attributes: crate::support::attributes_of(&[(name, value)]),
        access_token: access.clone(),
        ..Default::default()
    };
    assert_eq!(
        refusal(house.engine.refused(&update("email_verified", "true")).await),
        "NotAuthorizedException: A client attempted to write unauthorized attribute"
    );
    let sent = house.engine.ok(&update("email", "new@example.org")).await;
    let details = sent.code_delivery_details_list.unwrap();
    assert_eq!(details[0].destination.as_deref(), Some("n***@e***"));
    assert_eq!(house.stored(&user).await.attributes["email_verified"], "false");
    let message = house
        .engine
        .store
        .read(|r| outbox::list(r, None, Some("new@example.org"), None, 1).map_err(Error::from))
        .await
        .unwrap()
        .remove(0);
    let verify = |code: &str| idp::VerifyUserAttributeRequest {
        access_token: access.clone(),
        attribute_name: "email".to_owned(),
        code: code.into(),
    };
    assert_eq!(
        refusal(house.engine.refused(&verify("12")).await),
        "CodeMismatchException: Invalid verification code provided, please try again."
    );
    let code = message.code.unwrap();
    house.engine.ok(&verify(&code)).await;
    assert_eq!(house.stored(&user).await.attributes["email_verified"], "true");
    assert_eq!(
        refusal(house.engine.refused(&verify(&code)).await),
        "ExpiredCodeException: Invalid code provided, please request a code again."
    );
}

#[tokio::test]
async fn five_wrong_answers_spend_a_code() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let access = house.sign_in("amelia").await.access_token.unwrap();
    house
        .engine
        .ok(&idp::GetUserAttributeVerificationCodeRequest {
            access_token: access.clone(),
            attribute_name: "email".to_owned(),
            ..Default::default()
        })
        .await;
    let messages = house
        .engine
        .store
        .read(|r| outbox::list(r, None, None, None, 1).map_err(Error::from))
        .await
        .unwrap();
    let code = messages[0].code.clone().unwrap();
    let verify = |code: &str| idp::VerifyUserAttributeRequest {
        access_token: access.clone(),
        attribute_name: "email".to_owned(),
        code: code.into(),
    };
    for _ in 0..5 {
        assert_eq!(
            house.engine.refused(&verify("12")).await.0,
            "CodeMismatchException"
        );
    }
    assert_eq!(
        house.engine.refused(&verify(&code)).await.0,
        "LimitExceededException"
    );
}

#[tokio::test]
async fn deleted_account_leaves_nothing_to_sign_in_to() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let access = house.sign_in("amelia").await.access_token.unwrap();
    house
        .engine
        .ok(&idp::DeleteUserRequest {
            access_token: access.clone(),
        })
        .await;
    let get = idp::GetUserRequest { access_token: access };
    assert_eq!(house.engine.refused(&get).await.0, "UserNotFoundException");
    assert_eq!(
        house.refused_password("amelia", PASSWORD).await,
        "UserNotFoundException: User does not exist."
    );
}

#[tokio::test]
async fn guesses_at_names_that_lead_nowhere_do_not_pile_up() {
    let house = House::new(ALL, |_, client| {
        client.settings.prevent_user_existence_errors = Some("ENABLED".into());
    })
    .await;
    let rows = || async {
        let count = |r: &mut poolhouse::store::Reader<'_>| r.all("SELECT sub FROM attempt", &[]);
        house
            .engine
            .store
            .read(move |r| count(r).map_err(Error::from))
            .await
            .unwrap()
            .len()
    };
    for name in ["one", "two", "three"] {
        assert_eq!(house.refused_password(name, PASSWORD).await, WRONG);
    }
    assert_eq!(rows().await, 3);
    house.engine.clock.advance_secs(2 * 3600 + 1);
    house.engine.reap().await.unwrap();
    assert_eq!(rows().await, 0);
}

/// A thousand right and a thousand wrong proofs, none taken for the other. Every user errs and
/// is right in turn, so that no lock comes between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_thousand_proofs_by_srp_none_is_misjudged() {
    const USERS: u64 = 250;
    const ROUNDS: u64 = 4;
    let house = std::sync::Arc::new(House::new(ALL, |_, _| {}).await);
    let mut running = tokio::task::JoinSet::new();
    for number in 0..USERS {
        let house = std::sync::Arc::clone(&house);
        running.spawn(async move {
            let username = format!("user{number}");
            house.user(&username, |_| {}).await;
            let mut right = 0;
            for round in 0..ROUNDS {
                let client = SrpClient::with(number * ROUNDS + round, quick);
                for password in ["Correct-Horse-8", PASSWORD] {
                    let begin = house.begin(
                        Flow::UserSrpAuth,
                        &[("USERNAME", &username), ("SRP_A", &client.public())],
                    );
                    let challenge = house.engine.ok(&begin).await.challenge_parameters.unwrap();
                    let given = client.prove(&house, &challenge, password, START);
                    let given: Vec<(&str, &str)> = given
                        .iter()
                        .map(|(name, value)| (*name, value.as_str()))
                        .collect();
                    let answer = house.answer(Challenge::PasswordVerifier, &given);
                    let signed_in = match house.engine.call(&answer).await {
                        Ok(answer) => answer.authentication_result.is_some(),
                        Err(CallError::Fault(fault)) => {
                            assert_eq!(fault.message, "Incorrect username or password.");
                            false
                        }
                        Err(other) => panic!("not answered: {other}"),
                    };
                    assert_eq!(signed_in, password == PASSWORD, "{username}, round {round}");
                    right += u64::from(signed_in);
                }
            }
            right
        });
    }
    let mut right = 0;
    while let Some(ended) = running.join_next().await {
        right += ended.unwrap();
    }
    assert_eq!(right, USERS * ROUNDS);
}

#[tokio::test]
async fn what_is_taken_away_while_a_sign_in_is_under_way_gives_no_tokens() {
    let first = |factors: &[&str]| {
        Some(idp::UserPoolPolicyType {
            sign_in_policy: Some(idp::SignInPolicyType {
                allowed_first_auth_factors: Some(factors.iter().map(|factor| (*factor).into()).collect()),
            }),
            ..Default::default()
        })
    };
    let both = first(&["PASSWORD", "EMAIL_OTP"]);
    let house = House::new(&["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"], move |pool, _| {
        pool.settings.policies = both;
    })
    .await;
    house.user("amelia", |_| {}).await;
    let by_code = house.begin(
        Flow::UserAuth,
        &[("USERNAME", "amelia"), ("PREFERRED_CHALLENGE", "EMAIL_OTP")],
    );
    let asked = house.engine.ok(&by_code).await;
    let pool = house.pool.id.clone();
    let sent = house
        .engine
        .store
        .read(move |r| outbox::list(r, Some(&pool), None, None, 1).map_err(Error::from))
        .await
        .unwrap();
    let code = sent[0].code.clone().unwrap();
    let mut answer = house.answer(
        Challenge::EmailOtp,
        &[("USERNAME", "amelia"), ("EMAIL_OTP_CODE", &code)],
    );
    answer.session = asked.session;
    // The flow.
    let allow = async |flows: &[&str]| {
        let (id, flows) = (
            house.client.id.clone(),
            flows.iter().map(|flow| (*flow).into()).collect::<Vec<_>>(),
        );
        house
            .engine
            .store
            .transact("change client", move |tx| {
                let mut client = app_clients::get(tx, &id)?.unwrap();
                client.settings.explicit_auth_flows = Some(flows.clone());
                app_clients::update(tx, &client)?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
    };
    allow(&["ALLOW_USER_SRP_AUTH"]).await;
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "InvalidParameterException: Auth flow not enabled for this client"
    );
    allow(&["ALLOW_USER_AUTH"]).await;
    // The factor.
    let alone = first(&["PASSWORD"]);
    house
        .change_pool(move |pool| pool.settings.policies = alone.clone())
        .await;
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "NotAuthorizedException: Incorrect username or password."
    );
    // A proof of the password, of a client that takes none any more.
    allow(&["ALLOW_USER_SRP_AUTH"]).await;
    let srp = SrpClient::new(5);
    let asked = house
        .engine
        .ok(&house.begin(
            Flow::UserSrpAuth,
            &[("USERNAME", "amelia"), ("SRP_A", &srp.public())],
        ))
        .await;
    let given = srp.prove(&house, &asked.challenge_parameters.unwrap(), PASSWORD, START);
    let given: Vec<_> = given
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let proof = house.answer(Challenge::PasswordVerifier, &given);
    allow(&["ALLOW_USER_AUTH"]).await;
    assert_eq!(
        refusal(house.engine.refused(&proof).await),
        "InvalidParameterException: Auth flow not enabled for this client"
    );
}

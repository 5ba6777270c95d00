//! Who may call what: every operation of the model with every way to present oneself.

use std::collections::BTreeMap;

use poolhouse::base::rng::SeededRng;
use poolhouse::wire::idp;
use poolhouse::wire::sigv4::Keys;
use serde_json::{Value, json};

use crate::http::Server;
use crate::requests::{Api, Dice, Generator, Header, LEAST, World, headers, post, signed, world};
use crate::support::START;

/// What a caller without the right to call is told.
const REFUSALS: &[&str] = &[
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
];

/// A server, the two APIs and a connection.
struct Door {
    server: Server,
    http: reqwest::Client,
    apis: [Api; 2],
    dice: Dice,
}

impl Door {
    async fn open() -> Self {
        Self {
            server: Server::start().await,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            apis: Api::both(),
            dice: Dice(SeededRng::new(11)),
        }
    }

    /// Calls and returns the status, the error code and its text.
    async fn knock(&self, headers: Vec<Header>, body: &Value) -> (u16, String, String) {
        let body = serde_json::to_vec(body).unwrap();
        let (status, _, answer) = post(&self.http, &self.server, headers, body).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (status, text("__type"), text("message"))
    }

    /// Every operation that is known by `auth`, with a body the model allows.
    fn operations(&self, auth: &[&str], world: &World) -> Vec<(&Api, String, Value)> {
        let mut found = Vec::new();
        for api in &self.apis {
            for (operation, facts) in &api.operations {
                if !auth.contains(&facts["auth"].as_str().unwrap()) {
                    continue;
                }
                let generator = Generator {
                    api,
                    dice: &self.dice,
                    world,
                    likely: LEAST,
                };
                let body = match facts["input"].as_str() {
                    Some(input) => generator.value(input, "", 0),
                    None => json!({}),
                };
                found.push((api, operation.clone(), body));
            }
        }
        found
    }
}

fn other_key(keys: &Keys, id: Option<&str>, secret: Option<&str>) -> Keys {
    Keys {
        access_key_id: id.map_or_else(|| keys.access_key_id.clone(), str::to_owned),
        secret_access_key: secret.map_or_else(|| keys.secret_access_key.clone(), Into::into),
        session_token: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_operations_answer_none_but_the_holder_of_a_key() {
    let door = Door::open().await;
    let world = world(&door.server).await;
    let keys = &door.server.keys;
    let unknown = other_key(keys, Some("AKIAXXXXXXXXXXXXXXXX"), None);
    let wrong = other_key(keys, None, Some("not-the-secret"));
    let operations = door.operations(&["Signed"], &world);
    assert!(operations.len() > 120, "{}", operations.len());
    for (api, operation, body) in operations {
        let bytes = serde_json::to_vec(&body).unwrap();
        let plain = || headers(&door.server, api, &operation);
        let by = |keys: &Keys, now| signed(api, keys, plain(), &bytes, now);
        let token: Vec<Header> = [
            plain(),
            vec![("authorization".to_owned(), "Bearer abc".to_owned())],
        ]
        .concat();
        let mut altered = by(keys, START);
        for (name, value) in &mut altered {
            if name == "x-amz-target" {
                // Another operation under a signature made for this one.
                *value = format!("{}.ListUserPools", door.apis[0].target);
            }
        }
        let cases = [
            ("no credentials", plain(), "MissingAuthenticationTokenException"),
            ("another scheme", token, "IncompleteSignatureException"),
            (
                "an unknown key",
                by(&unknown, START),
                "UnrecognizedClientException",
            ),
            ("a wrong secret", by(&wrong, START), "InvalidSignatureException"),
            (
                "an old signature",
                by(keys, START.plus_secs(-3600)),
                "InvalidSignatureException",
            ),
            (
                "a signature of the future",
                by(keys, START.plus_secs(3600)),
                "InvalidSignatureException",
            ),
        ];
        for (who, headers, expected) in cases {
            let (status, code, message) = door.knock(headers, &body).await;
            assert_eq!(
                (status, code.as_str()),
                (400, expected),
                "{operation} with {who}: {message}"
            );
        }
        if operation != "ListUserPools" {
            let (_, code, message) = door.knock(altered, &body).await;
            assert_eq!(code, "InvalidSignatureException", "{operation}: {message}");
        }
    }
    // The right key last: what is called also deletes.
    for (api, operation, body) in door.operations(&["Signed"], &world) {
        let bytes = serde_json::to_vec(&body).unwrap();
        let headers = signed(api, keys, headers(&door.server, api, &operation), &bytes, START);
        let (status, code, message) = door.knock(headers, &body).await;
        assert!(
            status < 500 && !REFUSALS.contains(&code.as_str()),
            "{operation} with the right key: {code} {message}"
        );
    }
}

/// Calls with one access token after another.
async fn by_token(door: &Door, world: &World, token: &str) -> BTreeMap<String, (u16, String, String)> {
    let mut answers = BTreeMap::new();
    for (api, operation, mut body) in door.operations(&["AccessToken", "TokenOrSession"], world) {
        body["AccessToken"] = json!(token);
        if let Some(map) = body.as_object_mut() {
            map.remove("Session");
        }
        let answer = door.knock(headers(&door.server, api, &operation), &body).await;
        answers.insert(operation, answer);
    }
    answers
}

/// Asserts that a token opens nothing. What the body alone makes wrong may be said first.
fn all_refused(answers: &BTreeMap<String, (u16, String, String)>, expected: &[&str], who: &str) {
    let mut by_token = 0;
    for (operation, (status, code, message)) in answers {
        assert_eq!(*status, 400, "{operation} with {who}: {message}");
        if code == "InvalidParameterException" {
            continue;
        }
        by_token += 1;
        assert_eq!(
            code, "NotAuthorizedException",
            "{operation} with {who}: {message}"
        );
        assert!(
            expected.contains(&message.as_str()),
            "{operation} with {who}: {message}"
        );
    }
    assert!(
        by_token * 10 >= answers.len() * 8 && answers.len() >= 24,
        "{answers:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_operations_answer_none_but_a_token_that_counts() {
    let door = Door::open().await;
    let around = world(&door.server).await;
    let token = around["AccessToken"].clone();
    let engine = &door.server.engine;

    let mut altered = token.clone();
    let middle = altered.len() / 2;
    let swapped = if &altered[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    altered.replace_range(middle..=middle, swapped);
    for (who, token) in [
        ("no token", "x"),
        ("an altered token", &altered),
        ("a refresh token", &around["RefreshToken"]),
    ] {
        let answers = by_token(&door, &around, token).await;
        all_refused(&answers, &["Invalid Access Token"], who);
    }

    // Of another pool: the token says whose, and nothing of the first pool's user is touched.
    let elsewhere = world(&door.server).await;
    let (_, code, _) = {
        let api = &door.apis[0];
        let body = json!({ "AccessToken": elsewhere["AccessToken"] });
        door.knock(headers(&door.server, api, "DeleteUser"), &body).await
    };
    assert_eq!(code, "");
    let kept = engine
        .call(&idp::AdminGetUserRequest {
            user_pool_id: around["UserPoolId"].clone(),
            username: "sam".to_owned(),
        })
        .await;
    assert!(kept.is_ok());
    let answers = by_token(&door, &around, &elsewhere["AccessToken"]).await;
    for (operation, (status, code, message)) in &answers {
        assert_eq!(
            *status, 400,
            "{operation} for a user who is gone: {code} {message}"
        );
        assert!(
            [
                "UserNotFoundException",
                "NotAuthorizedException",
                "InvalidParameterException"
            ]
            .contains(&code.as_str()),
            "{operation}: {code} {message}"
        );
    }

    // Signed out everywhere.
    engine
        .ok(&idp::AdminUserGlobalSignOutRequest {
            user_pool_id: around["UserPoolId"].clone(),
            username: "sam".to_owned(),
        })
        .await;
    let answers = by_token(&door, &around, &token).await;
    all_refused(&answers, &["Access Token has been revoked"], "a revoked token");

    // Past its hour.
    engine.clock.advance_secs(3601);
    let answers = by_token(&door, &around, &token).await;
    all_refused(&answers, &["Access Token has expired"], "an expired token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_operations_answer_the_right_token() {
    let door = Door::open().await;
    for wanted in door.operations(&["AccessToken", "TokenOrSession"], &World::new()) {
        let (api, operation, _) = wanted;
        // Each on a user of its own: some of them sign the user out, or delete the user.
        let around = world(&door.server).await;
        let found = door.operations(&["AccessToken", "TokenOrSession"], &around);
        let (_, _, mut body) = found.into_iter().find(|(_, name, _)| *name == operation).unwrap();
        body["AccessToken"] = json!(around["AccessToken"]);
        let (status, code, message) = door.knock(headers(&door.server, api, &operation), &body).await;
        assert!(
            status < 500 && !message.contains("Access Token"),
            "{operation}: {code} {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn public_operations_need_no_credentials_and_mind_none() {
    let door = Door::open().await;
    let wrong = other_key(&door.server.keys, Some("AKIAXXXXXXXXXXXXXXXX"), None);
    let around = world(&door.server).await;
    let operations = door.operations(&["Public", "SignedOrClient"], &around);
    assert!(operations.len() >= 16, "{}", operations.len());
    for (api, operation, body) in operations {
        let bytes = serde_json::to_vec(&body).unwrap();
        let plain = headers(&door.server, api, &operation);
        let by_stranger = signed(api, &wrong, plain.clone(), &bytes, START);
        for headers in [plain, by_stranger] {
            let (status, code, message) = door.knock(headers, &body).await;
            assert!(
                status < 500 && !REFUSALS.contains(&code.as_str()),
                "{operation}: {code} {message}"
            );
        }
    }
}

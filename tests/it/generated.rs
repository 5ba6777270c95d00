//! Requests made from the service model, right ones and wrong ones, against the server on a socket.
//!
//! Every operation, every member of it to three levels, every way a member can be wrong; then
//! random requests up to `GENERATED_REQUESTS` (6,000 unless the environment says otherwise).
//! `GENERATED_SEED` repeats a run.

use std::sync::Arc;

use poolhouse::base::rng::SeededRng;
use serde_json::{Value, json};

use crate::http::Server;
use crate::requests::{
    Api, Dice, Generator, HOSTILE, LEAST, SOME, World, bound, headers, is_required, pattern, post, signed,
    world,
};
use crate::support::START;

/// Requests between two fresh worlds: what is generated also deletes.
const WORLD_LASTS: usize = 700;
/// Patterns that the engine deliberately takes wider than the model writes them.
const WIDER: &[&str] = &["PasswordType", "S3BucketType"];

/// A request, and whether the model alone says that it is wrong.
struct Request {
    operation: String,
    what: String,
    body: Vec<u8>,
    must_be_refused: bool,
}

/// Ways a member can be wrong: what stands there instead (`None`: nothing), and whether the
/// model alone refuses it.
fn wrongs(
    api: &Api,
    dice: &Dice,
    shape_name: &str,
    required: bool,
) -> Vec<(&'static str, Option<Value>, bool)> {
    let shape = api.shape(shape_name);
    let kind = shape["type"].as_str().unwrap();
    let mut wrongs = vec![
        ("missing", None, required),
        ("null", Some(Value::Null), required),
        ("unknown member", Some(json!({ "Nobody": "knows" })), false),
        ("a number too big", Some(json!(1e308)), false),
    ];
    let is_document = shape["document"] == true;
    if !is_document {
        let wrong_type = match kind {
            "structure" | "map" => json!("text"),
            "list" => json!({ "a": 1 }),
            "boolean" | "integer" | "long" | "timestamp" => json!(["x"]),
            _ => json!({ "a": [1] }),
        };
        wrongs.push(("wrong type", Some(wrong_type), true));
    }
    match kind {
        "string" => {
            for _ in 0..4 {
                wrongs.push(("hostile", Some(json!(dice.pick(HOSTILE))), false));
            }
            if let Some(max) = bound(shape, "max").filter(|max| *max < 200_000) {
                let text = "a".repeat(usize::try_from(max).unwrap() + 1);
                wrongs.push(("too long", Some(json!(text)), true));
            }
            if let Some(min) = bound(shape, "min").filter(|min| *min > 0) {
                let text = "a".repeat(usize::try_from(min).unwrap() - 1);
                wrongs.push(("too short", Some(json!(text)), true));
            }
            if shape["enum"].is_array() {
                wrongs.push(("unknown value", Some(json!("NOT_A_VALUE")), true));
            }
            if let Some(regex) = pattern(shape)
                && !WIDER.contains(&shape_name)
                && let Some(text) = ["§ \u{7}", "\u{1}", " ", ""]
                    .iter()
                    .find(|text| !regex.is_match(text))
            {
                wrongs.push(("out of pattern", Some(json!(text)), true));
            }
        }
        "integer" | "long" => {
            if let Some(max) = bound(shape, "max") {
                wrongs.push(("too big", Some(json!(max + 1)), true));
            }
            if let Some(min) = bound(shape, "min") {
                wrongs.push(("too small", Some(json!(min - 1)), true));
            }
            wrongs.push(("a fraction", Some(json!(1.5)), true));
            for number in [i64::MIN, i64::MAX, -1, 0] {
                wrongs.push(("an extreme", Some(json!(number)), false));
            }
        }
        "list" => {
            if let Some(max) = bound(shape, "max") {
                let many: Value = (0..=max).map(|_| json!({})).collect();
                wrongs.push(("too many", Some(many), true));
            }
            wrongs.push(("holes", Some(json!([null, null])), false));
        }
        _ => {}
    }
    wrongs
}

/// Members of an operation to three levels: where they stand, their shape, whether required there.
fn places(api: &Api, input: &str) -> Vec<(Vec<String>, String, bool)> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), input.to_owned())];
    while let Some((path, shape_name)) = open.pop() {
        let shape = api.shape(&shape_name);
        let Some(members) = shape["members"].as_object().filter(|_| shape["document"] != true) else {
            continue;
        };
        for (name, of) in members {
            let of = of.as_str().unwrap().to_owned();
            let mut path: Vec<String> = path.clone();
            path.push(name.clone());
            found.push((path.clone(), of.clone(), is_required(shape, name)));
            if path.len() < 3 && api.shape(&of)["type"] == "structure" {
                open.push((path, of));
            }
        }
    }
    found
}

/// Puts `value` at a place of the body; nothing is removed there. Says whether the place was reached.
fn put(body: &mut Value, path: &[String], value: Option<Value>) -> bool {
    let Some(map) = body.as_object_mut() else {
        return false;
    };
    match path {
        [] => false,
        [last] => {
            match value {
                Some(value) => map.insert(last.clone(), value),
                None => map.remove(last),
            };
            true
        }
        [first, rest @ ..] => put(map.entry(first.clone()).or_insert_with(|| json!({})), rest, value),
    }
}

/// The one list of what is tried for certain: every operation, member and way to be wrong.
fn systematic(api: &Api, dice: &Dice, world: &World) -> Vec<Request> {
    let mut requests = Vec::new();
    for (operation, facts) in &api.operations {
        let Some(input) = facts["input"].as_str() else {
            continue;
        };
        let generator = Generator {
            api,
            dice,
            world,
            likely: LEAST,
        };
        for (path, shape, required) in places(api, input) {
            for (how, value, must_be_refused) in wrongs(api, dice, &shape, required) {
                let mut body = generator.value(input, "", 0);
                // A parent made for this member alone may lack its own required members, which
                // is wrong as well.
                if !put(&mut body, &path, value) {
                    continue;
                }
                requests.push(Request {
                    operation: operation.clone(),
                    what: format!("{}: {how}", path.join(".")),
                    body: serde_json::to_vec(&body).unwrap(),
                    must_be_refused,
                });
            }
        }
        let raw: [(&str, Vec<u8>); 7] = [
            ("broken UTF-8", b"{\"UserPoolId\": \"\xff\xfe\"}".to_vec()),
            ("half a body", b"{\"UserPoolId\": \"us-".to_vec()),
            ("a list", b"[]".to_vec()),
            ("a text", b"\"x\"".to_vec()),
            ("deep nesting", [b"[".repeat(5000), b"]".repeat(5000)].concat()),
            (
                "a deep member",
                [b"{\"a\":".repeat(3000), b"1".to_vec(), b"}".repeat(3000)].concat(),
            ),
            ("a lone surrogate", b"{\"UserPoolId\": \"\\ud800\"}".to_vec()),
        ];
        for (what, body) in raw {
            requests.push(Request {
                operation: operation.clone(),
                what: what.to_owned(),
                body,
                must_be_refused: true,
            });
        }
    }
    requests
}

/// Sends a request and returns what is wrong with the answer.
async fn judge(http: &reqwest::Client, server: &Server, api: &Api, request: &Request) -> Result<u16, String> {
    let headers = headers(server, api, &request.operation);
    let headers = signed(api, &server.keys, headers, &request.body, START);
    let (status, headers, body) = post(http, server, headers, request.body.clone()).await?;
    let said = String::from_utf8_lossy(&body).into_owned();
    if !headers.contains_key("x-amzn-requestid") {
        return Err(format!("{status} without a request id: {said}"));
    }
    if status == 200 {
        return if request.must_be_refused {
            Err(format!("accepted: {said}"))
        } else {
            Ok(status)
        };
    }
    if status >= 500 {
        return Err(format!("{status}: {said}"));
    }
    let error: Value = serde_json::from_slice(&body).map_err(|_| format!("{status} is not JSON: {said}"))?;
    let Some(code) = error["__type"].as_str().filter(|_| error["message"].is_string()) else {
        return Err(format!("{status} is not the vendor's form: {said}"));
    };
    let named = headers.get("x-amzn-errortype").and_then(|it| it.to_str().ok());
    if named.and_then(|it| it.split(':').next()) != Some(code) {
        return Err(format!("{status}: the header says {named:?}, the body {code}"));
    }
    if request.must_be_refused
        && ![
            "InvalidParameterException",
            "SerializationException",
            "UnknownOperationException",
        ]
        .contains(&code)
    {
        return Err(format!("refused as {said}"));
    }
    Ok(status)
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name)
        .ok()
        .map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_the_answer_is_well_formed_and_never_a_fault_of_ours() {
    const WORKERS: usize = 3;
    let total = number("GENERATED_REQUESTS", 6_000);
    let seed = number("GENERATED_SEED", 1);
    let server = Arc::new(Server::start().await);
    let apis = Arc::new(Api::both());
    let work = (0..WORKERS).map(|worker| {
        let (server, apis) = (Arc::clone(&server), Arc::clone(&apis));
        tokio::spawn(async move {
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let dice = Dice(SeededRng::new((seed * WORKERS + worker) as u64));
            let mut around = world(&server).await;
            let mut lasts = WORLD_LASTS;
            let (mut accepted, mut sent, mut faults) = (0_usize, 0_usize, Vec::<String>::new());
            let mut listed: Vec<(usize, Request)> = Vec::new();
            for (at, api) in apis.iter().enumerate() {
                let mine = systematic(api, &dice, &around).into_iter().skip(worker);
                listed.extend(mine.step_by(WORKERS).map(|request| (at, request)));
            }
            // In an order that mixes them, so that a short run sees something of everything.
            for at in (1..listed.len()).rev() {
                listed.swap(at, dice.below(at + 1));
            }
            let known = listed.len();
            while sent < total / WORKERS {
                if lasts == 0 {
                    around = world(&server).await;
                    lasts = WORLD_LASTS;
                }
                lasts -= 1;
                let (at, request) = listed.pop().unwrap_or_else(|| {
                    let at = usize::from(dice.chance(15) && !apis[1].operations.is_empty());
                    let api = &apis[at];
                    let names: Vec<&String> = api.operations.keys().collect();
                    let operation = (*dice.pick(&names)).clone();
                    let generator = Generator {
                        api,
                        dice: &dice,
                        world: &around,
                        likely: if dice.chance(60) { LEAST } else { SOME },
                    };
                    let body = match api.operations[&operation]["input"].as_str() {
                        Some(input) => generator.value(input, "", 0),
                        None => json!({}),
                    };
                    let request = Request {
                        operation,
                        what: "random".to_owned(),
                        body: serde_json::to_vec(&body).unwrap(),
                        must_be_refused: false,
                    };
                    (at, request)
                });
                sent += 1;
                match judge(&http, &server, &apis[at], &request).await {
                    Ok(200) => accepted += 1,
                    Ok(_) => {}
                    Err(why) => {
                        let body = String::from_utf8_lossy(&request.body);
                        let short: String = body.chars().take(600).collect();
                        faults.push(format!(
                            "{} ({}): {why}\n    {short}",
                            request.operation, request.what
                        ));
                        if faults.len() >= 20 {
                            break;
                        }
                    }
                }
            }
            (sent, accepted, (known, listed.len()), faults)
        })
    });
    let (mut sent, mut accepted, mut known, mut left, mut faults) = (0, 0, 0, 0, Vec::new());
    for worker in work.collect::<Vec<_>>() {
        let done = worker.await.unwrap();
        sent += done.0;
        accepted += done.1;
        known += done.2.0;
        left += done.2.1;
        faults.extend(done.3);
    }
    println!("{sent} requests, {accepted} accepted, {left} of {known} on the list not reached, seed {seed}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        accepted * 20 > sent,
        "too few reach a handler: {accepted} of {sent}"
    );
}

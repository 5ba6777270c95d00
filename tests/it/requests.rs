//! Requests made from the service model, and the world they are about.

use std::collections::BTreeMap;

use poolhouse::base::clock::UnixMillis;
use poolhouse::base::rng::{Rng, SeededRng};
use poolhouse::engine::ops;
use poolhouse::wire::sigv4::{self, Keys, Message};
use poolhouse::wire::{Service, idp};
use regex::Regex;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use crate::http::Server;

/// Where the calls are signed for.
pub const REGION: &str = "us-east-1";

/// One of the two APIs, as `assets/api` has it.
pub struct Api {
    pub service: &'static str,
    pub target: String,
    pub operations: Map<String, Value>,
    pub shapes: Map<String, Value>,
}

impl Api {
    pub fn read(text: &str, of: Service) -> Self {
        let Ok(Value::Object(mut model)) = serde_json::from_str(text) else {
            panic!("the model is not an object")
        };
        let mut take = |name: &str| match model.remove(name) {
            Some(Value::Object(map)) => map,
            _ => panic!("the model has no {name}"),
        };
        let (mut operations, shapes) = (take("operations"), take("shapes"));
        // What is not answered yet stands in a list of its own (`invariants`).
        operations.retain(|name, _| ops::find(of, name).is_some());
        Self {
            service: of.signing_name(),
            target: model["target"].as_str().unwrap().to_owned(),
            operations,
            shapes,
        }
    }

    pub fn both() -> [Self; 2] {
        [
            Self::read(include_str!("../../assets/api/cognito-idp.json"), Service::Idp),
            Self::read(
                include_str!("../../assets/api/cognito-identity.json"),
                Service::Identity,
            ),
        ]
    }

    pub fn shape(&self, name: &str) -> &Value {
        &self.shapes[name]
    }
}

/// Texts that are tried where a pattern wants something.
pub const CANDIDATES: &[&str] = &[
    "abc123",
    "1",
    "someone@example.com",
    "us-east-1_AbC123xyZ",
    "us-east-1:01234567-89ab-4cde-8fab-0123456789ab",
    "01234567-89ab-4cde-8fab-0123456789ab",
    "us-east-1_01234567-89ab-4cde-8fab-0123456789ab",
    "import-abc123",
    "arn:aws:s3:::example",
    "123456",
    "arn:aws:iam::123456789012:role/example",
    "arn:aws:lambda:us-east-1:123456789012:function:example",
    "Your code is {####}",
    "Follow {##this link##}",
    "cognito:default",
    "terms-of-use",
    "authenticated",
    "Level1",
    "tknabcdefghijklmnopqrstuvwxy",
    "a.b-c_d",
];

/// Texts that have broken something somewhere.
pub const HOSTILE: &[&str] = &[
    "\u{0}",
    "a\u{0}b",
    "\u{202e}gnirts",
    "🦀🦀",
    "e\u{301}\u{323}",
    "ﬀ",
    "İ",
    "' OR 1=1 --",
    "%00%n%s",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://x}",
    " leading and trailing ",
    "\r\nx-injected: 1",
    "=cmd|' /C calc'!A0",
    "-1",
    "9223372036854775808",
    "null",
    "__proto__",
];

pub struct Dice(pub SeededRng);

impl Dice {
    pub fn below(&self, bound: usize) -> usize {
        let rng: &dyn Rng = &self.0;
        usize::try_from(rng.below(bound as u64)).unwrap()
    }
    pub fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Things that exist, by the members that name them.
pub type World = BTreeMap<&'static str, String>;

pub struct Generator<'a> {
    pub api: &'a Api,
    pub dice: &'a Dice,
    pub world: &'a World,
    /// How likely members are that need not be there, in hundredths, by depth.
    pub likely: [usize; 4],
}

/// Some of what need not be there.
pub const SOME: [usize; 4] = [40, 30, 20, 8];
/// Nothing of it: what mostly reaches a handler.
pub const LEAST: [usize; 4] = [4, 4, 4, 4];

pub fn bound(shape: &Value, name: &str) -> Option<i64> {
    shape[name].as_i64()
}

pub fn pattern(shape: &Value) -> Option<Regex> {
    let text = shape["pattern"].as_str()?.replace(r"(?<!\.)", "");
    Some(Regex::new(&format!("^(?:{text})$")).unwrap())
}

impl Generator<'_> {
    /// Makes a value that the model allows, of things that exist where a name says so.
    pub fn value(&self, shape_name: &str, member: &str, depth: usize) -> Value {
        let shape = self.api.shape(shape_name);
        match shape["type"].as_str().unwrap() {
            "structure" if shape["document"] == true => json!({}),
            "structure" => self.structure(shape, depth),
            "list" => {
                let least = bound(shape, "min").unwrap_or(0);
                let most = bound(shape, "max").unwrap_or(3).min(least + 2);
                let count = least + self.dice.below((most - least + 1).try_into().unwrap()) as i64;
                let of = shape["member"].as_str().unwrap();
                (0..count).map(|_| self.value(of, member, depth + 1)).collect()
            }
            "map" => {
                let (key, value) = (shape["key"].as_str().unwrap(), shape["value"].as_str().unwrap());
                let count = self.dice.below(3);
                let mut map = Map::new();
                for _ in 0..count {
                    let key = self.value(key, "", depth + 1);
                    let name = key.as_str().unwrap().to_owned();
                    let value = match self.world.get(name.as_str()) {
                        Some(known) => json!(known),
                        None => self.value(value, "", depth + 1),
                    };
                    map.insert(name, value);
                }
                // What sign-in parameters and challenge answers are made of.
                if member == "AuthParameters" || member == "ChallengeResponses" {
                    for name in [
                        "USERNAME",
                        "PASSWORD",
                        "REFRESH_TOKEN",
                        "SRP_A",
                        "ANSWER",
                        "NEW_PASSWORD",
                    ] {
                        if let Some(known) = self.world.get(name).filter(|_| self.dice.chance(70)) {
                            map.insert(name.to_owned(), json!(known));
                        }
                    }
                }
                Value::Object(map)
            }
            "string" => json!(self.text(shape_name, shape, member)),
            "integer" | "long" => {
                let least = bound(shape, "min").unwrap_or(0);
                let most = bound(shape, "max").unwrap_or(least + 100).min(least + 100_000);
                json!(least + self.dice.below((most - least + 1).try_into().unwrap()) as i64)
            }
            "boolean" => json!(self.dice.chance(50)),
            "blob" => json!("aGVsbG8="),
            "timestamp" => json!(1_767_225_600 + self.dice.below(1000)),
            other => panic!("{other}"),
        }
    }

    pub fn structure(&self, shape: &Value, depth: usize) -> Value {
        let mut map = Map::new();
        let likely = self.likely.get(depth).copied().unwrap_or(3);
        for (name, of) in shape["members"].as_object().unwrap() {
            let required = is_required(shape, name);
            if required || self.dice.chance(likely) {
                map.insert(name.clone(), self.value(of.as_str().unwrap(), name, depth + 1));
            }
        }
        Value::Object(map)
    }

    pub fn text(&self, shape_name: &str, shape: &Value, member: &str) -> String {
        if let Some(known) = self.world.get(member)
            && self.dice.chance(85)
        {
            return known.clone();
        }
        if let Some(values) = shape["enum"].as_array() {
            return self.dice.pick(values).as_str().unwrap().to_owned();
        }
        let least = usize::try_from(bound(shape, "min").unwrap_or(0)).unwrap();
        let most = usize::try_from(bound(shape, "max").unwrap_or(64)).unwrap();
        let regex = pattern(shape);
        let fits = |text: &str| {
            let length = text.chars().count();
            length >= least && length <= most && regex.as_ref().is_none_or(|regex| regex.is_match(text))
        };
        if self.dice.chance(15) {
            let hostile: Vec<&&str> = HOSTILE.iter().filter(|text| fits(text)).collect();
            if !hostile.is_empty() {
                return (**self.dice.pick(&hostile)).to_owned();
            }
        }
        let fitting: Vec<&&str> = CANDIDATES.iter().filter(|text| fits(text)).collect();
        if !fitting.is_empty() {
            return (**self.dice.pick(&fitting)).to_owned();
        }
        let filled = "a1B2".chars().cycle().take(least.max(1)).collect::<String>();
        assert!(
            most == 0 || fits(&filled),
            "nothing fits {shape_name}: {shape} {filled}"
        );
        filled
    }
}

pub fn is_required(shape: &Value, name: &str) -> bool {
    shape["required"]
        .as_array()
        .is_some_and(|required| required.iter().any(|it| it == name))
}

/// A pool, a client, a user who is signed in, a group: what requests can be about.
pub async fn world(server: &Server) -> World {
    let engine = &server.engine;
    let pool = engine.user_pool().await;
    let client = engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: pool.clone(),
            explicit_auth_flows: Some(
                [
                    "ALLOW_USER_PASSWORD_AUTH",
                    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                    "ALLOW_USER_SRP_AUTH",
                    "ALLOW_USER_AUTH",
                    "ALLOW_CUSTOM_AUTH",
                    "ALLOW_REFRESH_TOKEN_AUTH",
                ]
                .map(idp::ExplicitAuthFlowsType::from)
                .to_vec(),
            ),
            ..Default::default()
        })
        .await;
    engine.user(&pool, "sam", &[("email", "sam@example.com")]).await;
    engine
        .ok(&idp::AdminSetUserPasswordRequest {
            user_pool_id: pool.clone(),
            username: "sam".to_owned(),
            password: "Correct-Horse-7".into(),
            permanent: Some(true),
        })
        .await;
    engine
        .ok(&idp::CreateGroupRequest {
            user_pool_id: pool.clone(),
            group_name: "crew".to_owned(),
            ..Default::default()
        })
        .await;
    let signed_in = engine
        .ok(&idp::AdminInitiateAuthRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
            auth_flow: idp::AuthFlowType::AdminUserPasswordAuth,
            auth_parameters: Some(
                [("USERNAME", "sam"), ("PASSWORD", "Correct-Horse-7")]
                    .map(|(name, value)| (name.to_owned(), value.into()))
                    .into(),
            ),
            ..Default::default()
        })
        .await
        .authentication_result
        .unwrap();
    let refresh = signed_in.refresh_token.unwrap().expose().to_owned();
    let arn = format!("arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool}");
    BTreeMap::from([
        ("UserPoolId", pool.clone()),
        ("ClientId", client.clone()),
        ("AudienceClientId", client.clone()),
        (client.clone().leak() as &str, client),
        ("Username", "sam".to_owned()),
        ("USERNAME", "sam".to_owned()),
        ("PASSWORD", "Correct-Horse-7".to_owned()),
        ("Password", "Correct-Horse-7".to_owned()),
        ("PreviousPassword", "Correct-Horse-7".to_owned()),
        ("ProposedPassword", "Correct-Horse-8".to_owned()),
        ("NEW_PASSWORD", "Correct-Horse-8".to_owned()),
        ("ANSWER", "PASSWORD".to_owned()),
        ("SRP_A", "abcdef0123456789".to_owned()),
        ("GroupName", "crew".to_owned()),
        ("AccessToken", signed_in.access_token.unwrap().expose().to_owned()),
        ("RefreshToken", refresh.clone()),
        ("REFRESH_TOKEN", refresh.clone()),
        ("Token", refresh),
        ("ResourceArn", arn),
    ])
}

/// A header of a request.
pub type Header = (String, String);

/// Returns the headers of a call, unsigned.
pub fn headers(server: &Server, api: &Api, operation: &str) -> Vec<Header> {
    let target = format!("{}.{operation}", api.target);
    [
        ("host", server.address.to_string().as_str()),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", &target),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Signs a call and returns all its headers.
pub fn signed(api: &Api, keys: &Keys, headers: Vec<Header>, body: &[u8], now: UnixMillis) -> Vec<Header> {
    signed_in(REGION, api, keys, headers, body, now)
}

/// The same in a Region.
pub fn signed_in(
    region: &str,
    api: &Api,
    keys: &Keys,
    mut headers: Vec<Header>,
    body: &[u8],
    now: UnixMillis,
) -> Vec<Header> {
    let message = Message {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body,
    };
    let added = sigv4::sign(&message, keys, region, api.service, now);
    headers.extend(added);
    headers
}

/// Posts a call.
///
/// # Errors
///
/// A sentence when no whole answer comes.
pub async fn post(
    http: &reqwest::Client,
    server: &Server,
    headers: Vec<Header>,
    body: Vec<u8>,
) -> Result<(u16, HeaderMap, Vec<u8>), String> {
    let mut call = http.post(server.url()).body(body);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    let answer = call.send().await.map_err(|error| format!("no answer: {error}"))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer
        .bytes()
        .await
        .map_err(|error| format!("half an answer: {error}"))?;
    Ok((status, headers, body.to_vec()))
}

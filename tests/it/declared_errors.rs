//! The errors that operations declare, as far as the model alone says what raises them: a pool,
//! client, identity or user that is not there, a token that is none, members that are missing,
//! and a rate that is used up.
//!
//! Whether every other declared error is raised by some test is held over the whole suite, by
//! `tests/declared_errors.py`.

use std::collections::BTreeSet;

use poolhouse::base::rng::SeededRng;
use poolhouse::engine::Error;
use poolhouse::store::records::replicas::Replica;
use poolhouse::store::records::resources;
use poolhouse::wire::identity::CreateIdentityPoolInput;
use poolhouse::wire::{Service, idp};
use serde_json::{Value, json};

use crate::http::Server;
use crate::requests::{Api, Dice, Generator, World, headers, is_required, post, signed_in, world};
use crate::support::START;

/// A request is made so often, each time with other members that need not be there, until one
/// is refused for the reason that is looked for.
const TRIES: usize = 40;

/// Names that lead nowhere, by the member that holds them.
const NOWHERE: &[(&str, &str)] = &[
    ("UserPoolId", "us-east-1_NoSuchPL1"),
    ("ClientId", "nosuchclient0123456789abcd"),
    ("IdentityPoolId", "us-east-1:00000000-0000-4000-8000-000000000000"),
    ("IdentityId", "us-east-1:00000000-0000-4000-8000-000000000001"),
];

/// Operations of identity pools without a documented rate.
const NO_RATE: &[&str] = &[
    "CreateIdentityPool",
    "DeleteIdentityPool",
    "DescribeIdentity",
    "DescribeIdentityPool",
    "GetIdentityPoolRoles",
    "GetPrincipalTagAttributeMap",
    "ListIdentityPools",
    "LookupDeveloperIdentity",
    "MergeDeveloperIdentities",
    "SetIdentityPoolRoles",
    "SetPrincipalTagAttributeMap",
    "UnlinkDeveloperIdentity",
    "UnlinkIdentity",
    "UpdateIdentityPool",
];

/// An operation, and what members of its request are.
type Asked<'a> = (&'a Api, String, Vec<(&'static str, Value)>);

struct Room {
    server: Server,
    world: World,
    apis: [Api; 2],
    dice: Dice,
}

impl Room {
    async fn new() -> Self {
        let server = Server::start().await;
        let mut world = world(&server).await;
        let identities = server
            .engine
            .ok(&CreateIdentityPoolInput {
                identity_pool_name: "apps".to_owned(),
                allow_unauthenticated_identities: true,
                ..Default::default()
            })
            .await;
        world.insert("IdentityPoolId", identities.identity_pool_id);
        Self {
            server,
            world,
            apis: Api::both(),
            dice: Dice(SeededRng::new(5)),
        }
    }

    /// Every operation that declares an error, with its input shape.
    fn declaring(&self, error: &str) -> Vec<(&Api, String, &Value)> {
        let mut found = Vec::new();
        for api in &self.apis {
            for (operation, facts) in &api.operations {
                let declared = facts["errors"].as_array().unwrap();
                if let (Some(input), true) = (facts["input"].as_str(), declared.iter().any(|it| it == error))
                {
                    found.push((api, operation.clone(), api.shape(input)));
                }
            }
        }
        found
    }

    fn body(&self, api: &Api, operation: &str, changed: &[(&str, Value)]) -> Value {
        let generator = Generator {
            api,
            dice: &self.dice,
            world: &self.world,
            likely: [10, 30, 30, 30],
        };
        let input = api.operations[operation]["input"].as_str().unwrap();
        let mut body = generator.structure(api.shape(input), 0);
        for (member, value) in changed {
            body[*member] = value.clone();
        }
        body
    }

    async fn code(&self, api: &Api, operation: &str, body: &Value) -> String {
        let service = Service::ALL
            .into_iter()
            .find(|service| service.signing_name() == api.service)
            .unwrap();
        self.server.engine.code(service, operation, body).await
    }

    /// Says which operations never answer `error` to requests with these members.
    async fn never(&self, error: &str, of: Vec<Asked<'_>>) -> Vec<String> {
        let mut silent = Vec::new();
        for (api, operation, changed) in of {
            let mut told = BTreeSet::new();
            for _ in 0..TRIES {
                let code = self
                    .code(api, &operation, &self.body(api, &operation, &changed))
                    .await;
                let is_told = code == error;
                told.insert(code);
                if is_told {
                    break;
                }
            }
            if !told.contains(error) {
                silent.push(format!("{operation}: {told:?}"));
            }
        }
        silent
    }
}

fn has(shape: &Value, member: &str) -> bool {
    shape["members"].get(member).is_some()
}

#[tokio::test]
async fn what_is_named_and_not_there_is_not_found() {
    let room = Room::new().await;
    let error = "ResourceNotFoundException";
    let mut asked = Vec::new();
    for (api, operation, shape) in room.declaring(error) {
        // The first that the operation has: the pool goes before what is in it.
        let mut more = match operation.as_str() {
            // What is looked at before.
            "CreateIdentityProvider" => vec![
                ("ProviderName", json!("Google")),
                ("ProviderType", json!("Google")),
                (
                    "ProviderDetails",
                    json!({"client_id": "a", "client_secret": "b", "authorize_scopes": "c"}),
                ),
                ("IdpIdentifiers", json!([])),
                ("AcrMapping", json!({})),
                ("AttributeMapping", json!({})),
            ],
            "AdminLinkProviderForUser" => vec![
                (
                    "DestinationUser",
                    json!({"ProviderName": "Cognito", "ProviderAttributeValue": "sam"}),
                ),
                (
                    "SourceUser",
                    json!({"ProviderName": "Corp", "ProviderAttributeValue": "x"}),
                ),
            ],
            "CreateUserPoolReplica" => vec![("RegionName", json!("eu-west-1"))],
            _ => Vec::new(),
        };
        let named = NOWHERE.iter().find(|(member, _)| {
            has(shape, member) && (is_required(shape, member) || *member != "UserPoolId")
        });
        if let Some((member, nowhere)) = named {
            more.push((*member, json!(nowhere)));
            asked.push((api, operation, more));
        }
    }
    assert!(asked.len() > 120, "{}", asked.len());
    let silent = room.never(error, asked).await;
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn a_user_who_is_named_and_not_there_is_not_found() {
    let room = Room::new().await;
    // Without it nothing is known of what users did.
    let protected = idp::UpdateUserPoolRequest {
        user_pool_id: room.world["UserPoolId"].clone(),
        user_pool_add_ons: Some(idp::UserPoolAddOnsType {
            advanced_security_mode: idp::AdvancedSecurityModeType::Audit,
            ..Default::default()
        }),
        user_pool_tier: Some(idp::UserPoolTierType::Plus),
        ..Default::default()
    };
    room.server.engine.ok(&protected).await;
    let error = "UserNotFoundException";
    let asked: Vec<_> = room
        .declaring(error)
        .into_iter()
        .filter(|(_, _, shape)| is_required(shape, "UserPoolId") && is_required(shape, "Username"))
        // Whoever vouches for a sign-in shows a token of it, and is told of nobody.
        .filter(|(_, operation, _)| operation != "UpdateAuthEventFeedback")
        .map(|(api, operation, _)| {
            let mut changed = vec![("Username", json!("nobody"))];
            if operation == "AdminCreateUser" {
                changed.push(("MessageAction", json!("RESEND")));
            }
            (api, operation, changed)
        })
        .collect();
    assert!(asked.len() > 20, "{}", asked.len());
    let silent = room.never(error, asked).await;
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn a_token_that_is_none_is_not_authorized() {
    let room = Room::new().await;
    let error = "NotAuthorizedException";
    let asked: Vec<_> = room
        .declaring(error)
        .into_iter()
        .filter(|(_, _, shape)| has(shape, "AccessToken"))
        .map(|(api, operation, _)| (api, operation, vec![("AccessToken", json!("none"))]))
        .collect();
    assert!(asked.len() > 20, "{}", asked.len());
    let silent = room.never(error, asked).await;
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn members_that_are_missing_are_invalid() {
    let room = Room::new().await;
    let error = "InvalidParameterException";
    let mut silent = Vec::new();
    for (api, operation, shape) in room.declaring(error) {
        let wrong = if shape["required"].as_array().is_some_and(|all| !all.is_empty()) {
            json!({})
        } else {
            // Nothing must be there: what is, must not be a list.
            let members = shape["members"].as_object().unwrap();
            members
                .keys()
                .map(|name| (name.clone(), json!("\u{1}")))
                .collect()
        };
        let code = room.code(api, &operation, &wrong).await;
        if code != error && code != "SerializationException" {
            silent.push(format!("{operation}: {code}"));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn a_rate_that_is_used_up_is_too_many_requests() {
    let room = Room::new().await;
    let mut settings = (*room.server.engine.settings()).clone();
    settings.enforce_request_rates = true;
    room.server
        .engine
        .engine()
        .change_settings(settings)
        .await
        .unwrap();
    let error = "TooManyRequestsException";
    let mut silent = Vec::new();
    for (api, operation, shape) in room.declaring(error) {
        // Of nothing that is there, so that nothing is done: the rate is counted all the same.
        let nowhere: Vec<(&str, Value)> = NOWHERE
            .iter()
            .filter(|(member, _)| has(shape, member))
            .map(|(member, nowhere)| (*member, json!(nowhere)))
            .collect();
        let mut told = String::new();
        for _ in 0..1000 {
            let body = room.body(api, &operation, &nowhere);
            told = room.code(api, &operation, &body).await;
            if told == error {
                break;
            }
        }
        if told != error {
            silent.push(format!("{operation}: {told}"));
        }
    }
    let without: Vec<&str> = silent.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(without, NO_RATE, "{silent:#?}");
}

#[tokio::test]
async fn a_replica_does_nothing_that_is_for_the_primary_region() {
    let room = Room::new().await;
    let replica = Replica {
        user_pool_id: room.world["UserPoolId"].clone(),
        region: "eu-west-1".to_owned(),
        ..Replica::default()
    };
    room.server
        .engine
        .store
        .transact("make replica", move |tx| {
            Ok::<_, Error>(resources::put(tx, &replica)?)
        })
        .await
        .unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let pool = vec![("UserPoolId", json!(room.world["UserPoolId"]))];
    let mut allowed = Vec::new();
    for (api, operation, shape) in room.declaring("OperationNotEnabledException") {
        // Of this one the model says that it need not be there.
        let is_needed = operation == "UpdateManagedLoginBranding";
        if !is_required(shape, "UserPoolId") && !is_needed {
            continue;
        }
        let bytes = serde_json::to_vec(&room.body(api, &operation, &pool)).unwrap();
        let plain = headers(&room.server, api, &operation);
        let signed = signed_in("eu-west-1", api, &room.server.keys, plain, &bytes, START);
        let (_, _, answer) = post(&http, &room.server, signed, bytes).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if answer["__type"] != "OperationNotEnabledException" {
            allowed.push(operation);
        }
    }
    let reads = ["Describe", "Get", "List", "AdminGet", "AdminList"];
    allowed.retain(|operation| !reads.iter().any(|start| operation.starts_with(start)));
    // Of what changes something, only what is about the token shown. (Tags of the replica are its
    // own; what is sent here changes more.)
    assert_eq!(allowed, ["AdminUserGlobalSignOut", "UpdateAuthEventFeedback",]);
}

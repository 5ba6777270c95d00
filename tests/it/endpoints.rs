//! The window on endpoints that lack operations, keep it waiting, refuse it, or know more than
//! it does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use eframe::egui::{OutputCommand, Role, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use poolhouse::base::clock::{ManualClock, SystemClock};
use poolhouse::base::rng::SystemRng;
use poolhouse::base::secret::Secret;
use poolhouse::console::Launch;
use poolhouse::console::connection::{Connection, Environment};
use poolhouse::console::route::{Page, Route};
use poolhouse::driver::https::{Https, Options};
use poolhouse::driver::{BoxFuture, CallError, Driver, Outgoing, Transport};
use poolhouse::wire::Fault;
use poolhouse::wire::idp;
use poolhouse::wire::sigv4::Keys;
use serde_json::{Value, json};

use super::console::{House, Window, routes};
use super::http::Server;
use super::support::START;

/// What an endpoint does with a call.
pub enum Deed {
    /// What the engine behind it does.
    Pass,
    /// Never answers.
    Hold,
    Refuse(CallError),
    /// Answers what the engine does, changed.
    Change(fn(&mut Value)),
}

type Rule = dyn Fn(&Outgoing) -> Deed + Send + Sync;

/// An engine of ours that behaves otherwise.
#[derive(Clone)]
pub struct Odd {
    inner: Arc<dyn Transport>,
    rule: Arc<Mutex<Arc<Rule>>>,
    /// The bodies of what was asked, by operation.
    asked: Arc<Mutex<BTreeMap<&'static str, Vec<Value>>>>,
}

impl Odd {
    pub fn new(driver: &Driver, rule: impl Fn(&Outgoing) -> Deed + Send + Sync + 'static) -> Self {
        Self {
            inner: Arc::clone(driver.transport()),
            rule: Arc::new(Mutex::new(Arc::new(rule))),
            asked: Arc::default(),
        }
    }

    pub fn now(&self, rule: impl Fn(&Outgoing) -> Deed + Send + Sync + 'static) {
        *self.rule.lock().unwrap() = Arc::new(rule);
    }

    pub fn connection(&self, name: &str) -> Connection {
        Connection {
            name: name.to_owned(),
            environment: Environment::Stage,
            driver: Driver::new(Arc::new(self.clone()), false),
            engine: None,
        }
    }

    fn last(&self, operation: &str) -> Option<Value> {
        self.asked.lock().unwrap().get(operation)?.last().cloned()
    }
}

impl Transport for Odd {
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let body = serde_json::from_slice(&outgoing.body).unwrap_or_default();
        let mut asked = self.asked.lock().unwrap();
        asked.entry(outgoing.operation).or_default().push(body);
        drop(asked);
        let rule = Arc::clone(&self.rule.lock().unwrap());
        match rule(&outgoing) {
            Deed::Pass => self.inner.call(outgoing),
            Deed::Hold => Box::pin(std::future::pending()),
            Deed::Refuse(reason) => Box::pin(async move { Err(reason) }),
            Deed::Change(change) => {
                let answer = self.inner.call(outgoing);
                Box::pin(async move {
                    let mut value: Value = serde_json::from_slice(&answer.await?).unwrap();
                    change(&mut value);
                    Ok(serde_json::to_vec(&value).unwrap())
                })
            }
        }
    }

    fn upload(&self, url: String, file: PathBuf) -> BoxFuture<Result<(), CallError>> {
        self.inner.upload(url, file)
    }

    fn download(&self, url: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        self.inner.download(url)
    }

    fn endpoint(&self) -> String {
        "https://pools.example.com".to_owned()
    }

    fn region(&self) -> String {
        "us-east-1".to_owned()
    }
}

/// What a lean endpoint does not offer.
pub fn lacks(operation: &'static str) -> CallError {
    CallError::Unavailable {
        operation,
        reason: "the endpoint answered HTTP status 501 Not Implemented".to_owned(),
    }
}

/// How a wrong secret is refused.
pub fn wrong_keys() -> CallError {
    CallError::Fault(Fault {
        code: "InvalidSignatureException".to_owned(),
        message: "The request signature we calculated does not match the signature you provided.".to_owned(),
        reason_code: None,
        request_id: Some("018a997b-f7a8-7675-9c52-130232bbfa2d".to_owned()),
    })
}

fn open(house: &House) -> Window {
    Window::open(house.launch(), Theme::Dark, [1280.0, 800.0], false)
}

fn pool(house: &House, name: &str) -> String {
    house
        .runtime
        .block_on(house.engine.user_pool_with(idp::CreateUserPoolRequest {
            pool_name: name.to_owned(),
            ..Default::default()
        }))
}

#[test]
fn what_the_console_does_not_know_of_a_user_pool_survives_its_updates() {
    let house = House::new();
    let pool = pool(&house, "customers");
    let odd = Odd::new(&house.engine.driver(), |outgoing| match outgoing.operation {
        "DescribeUserPool" => Deed::Change(|answer| {
            answer["UserPool"]["ShieldConfiguration"] = json!({"Level": "HIGH"});
            answer["UserPool"]["Policies"]["PasswordPolicy"]["ForbidPets"] = json!(true);
        }),
        _ => Deed::Pass,
    });
    let mut window = open(&house);
    window.0.state_mut().use_connection(odd.connection("staging"));
    window.go(Route::pool(&pool, Page::SignUp));
    window
        .0
        .get_by_role_and_label(Role::CheckBox, "Let people register themselves")
        .click();
    window.settle();
    window.click("Review and apply");
    window.click("Apply 1");
    let sent = odd.last("UpdateUserPool").unwrap();
    assert_eq!(sent["ShieldConfiguration"], json!({"Level": "HIGH"}));
    assert_eq!(sent["Policies"]["PasswordPolicy"]["ForbidPets"], json!(true));
    assert_eq!(
        sent["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        json!(true)
    );
    assert!(sent.get("Id").is_none() && sent.get("Arn").is_none());
    window
        .0
        .get_by_label_contains("Policies.PasswordPolicy.ForbidPets, ShieldConfiguration");
}

#[test]
fn a_lean_endpoint_shows_what_it_lacks_with_the_reason_on_every_page() {
    let house = House::new();
    let pool = pool(&house, "customers");
    let odd = Odd::new(&house.engine.driver(), |outgoing| match outgoing.operation {
        "ListUserPools" | "DescribeUserPool" | "ListUsers" | "AdminCreateUser" | "AdminGetUser" => Deed::Pass,
        other => Deed::Refuse(lacks(other)),
    });
    let mut window = open(&house);
    window.0.state_mut().use_connection(odd.connection("lean"));
    window.settle();
    for (name, route) in routes(&pool, "1example23456789client1234") {
        window.go(route);
        let said = match name {
            "clients" => "This endpoint does not offer ListUserPoolClients",
            "client" => "This endpoint does not offer DescribeUserPoolClient",
            "groups" => "This endpoint does not offer ListGroups",
            "imports" => "This endpoint does not offer ListUserImportJobs",
            "signin" => "This endpoint does not offer GetUserPoolMfaConfig",
            "branding" => "This endpoint does not offer GetUICustomization",
            _ => continue,
        };
        assert!(
            window.0.query_all_by_label_contains(said).next().is_some(),
            "{name} does not say: {said}"
        );
        assert!(
            window.0.query_all_by_label_contains("501").next().is_some(),
            "{name} gives no reason"
        );
    }
    window.go(Route::pool(&pool, Page::Imports));
    let import = window.0.get_by_role_and_label(Role::Button, "Import users");
    assert!(import.accesskit_node().is_disabled());
}

#[test]
fn wrong_credentials_and_a_dead_endpoint_are_said_where_the_list_would_be() {
    let house = House::new();
    let server = house.runtime.block_on(Server::start());
    let keys = |secret: &str| Keys {
        secret_access_key: Secret::new(secret),
        ..server.keys.clone()
    };
    let to = |endpoint: String, keys: Keys| {
        let transport = Https::new(Options {
            endpoint: Some(endpoint),
            region: "us-east-1".to_owned(),
            keys: Some(keys),
            clock: Arc::new(ManualClock::at(START)),
            rng: Arc::new(SystemRng),
        });
        Connection {
            name: "staging".to_owned(),
            environment: Environment::Stage,
            driver: Driver::new(Arc::new(transport.unwrap()), false),
            engine: None,
        }
    };
    let mut window = open(&house);
    let wrong = to(server.url(), keys("not the secret"));
    window.0.state_mut().use_connection(wrong);
    window.settle();
    window.0.get_by_label("The user pools could not be listed");
    window.0.get_by_label_contains("InvalidSignatureException");
    window
        .0
        .get_by_label("Check the access key of this connection, under Connections.");
    let text = format!("{:?}", window.0.root());
    assert!(!text.contains("not the secret"));

    // Bound and closed again: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let dead = to(format!("http://{address}"), keys("any"));
    window.0.state_mut().use_connection(dead);
    window.settle();
    window
        .0
        .get_by_label_contains(&format!("nothing listens at {address}"));
    window.0.get_by_label("does not answer");
    window
        .0
        .get_by_label("Check that the endpoint runs and that its address is right.");
    // Once it is right, the same window goes on.
    let right = to(server.url(), server.keys.clone());
    window.0.state_mut().use_connection(right);
    window.settle();
    window.0.get_by_label("No user pools yet");
}

#[test]
fn user_pools_of_another_region_are_one_choice_away() {
    let house = House::new();
    pool(&house, "harbour");
    let there = house.engine.driver().in_region("eu-west-1").unwrap();
    house
        .runtime
        .block_on(there.call(&idp::CreateUserPoolRequest {
            pool_name: "lagoon".to_owned(),
            ..Default::default()
        }))
        .unwrap();
    let mut window = open(&house);
    window.go(Route::UserPools);
    window.0.get_by_label("harbour");
    assert!(window.0.query_by_label("lagoon").is_none());
    let region = window.0.get_by_role_and_label(Role::Button, "us-east-1");
    region.click();
    window.settle();
    window.click("eu-west-1");
    window.0.get_by_label("lagoon");
    window.0.get_by_label("1 user pool in eu-west-1");
    assert!(window.0.query_by_label("harbour").is_none());
    // What is made now is made there.
    window.go(Route::CreateUserPool);
    let name = window.0.get_by_label("User pool name");
    name.focus();
    name.type_text("quay");
    window.settle();
    window
        .0
        .get_by_role_and_label(Role::Button, "Create user pool")
        .click();
    window.settle();
    let id = window.0.state().route().user_pool_id().unwrap().to_owned();
    assert!(id.starts_with("eu-west-1_"), "{id}");
}

#[test]
fn a_client_secret_is_exchanged_without_a_gap() {
    let house = House::new();
    let (pool, client) = house.people();
    let secrets = || {
        let asked = idp::ListUserPoolClientSecretsRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
            ..Default::default()
        };
        let listed = house.runtime.block_on(house.engine.ok(&asked));
        let secrets = listed.client_secrets.unwrap_or_default();
        let ids: Vec<String> = secrets
            .into_iter()
            .filter_map(|secret| secret.client_secret_id)
            .collect();
        ids
    };
    let clock = ManualClock::at(START);
    let launch = Launch {
        clock: Arc::new(clock.clone()),
        ..house.launch()
    };
    let first = secrets();
    assert_eq!(first.len(), 1);
    house.engine.clock.advance_secs(60);
    clock.advance_secs(60);
    let mut window = Window::open(launch, Theme::Dark, [1280.0, 800.0], false);
    window.go(Route::pool(&pool, Page::AppClient(client.clone())));
    // The only one cannot be deleted.
    let delete_first = format!("Delete the secret {}…", first[0]);
    let only = window.0.get_by_label(&delete_first);
    assert!(only.accesskit_node().is_disabled());

    window.click("Add a second secret");
    window.0.get_by_role_and_label(Role::Dialog, "Secret added");
    let copy = window.0.get_all_by_label("Copy client secret").last().unwrap();
    copy.click();
    let mut copied = None;
    for _ in 0..4 {
        window.0.step();
        let commands = &window.0.output().platform_output.commands;
        copied = copied.or_else(|| {
            commands.iter().find_map(|command| match command {
                OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            })
        });
    }
    window.settle();
    // Long enough to be one, and the one that is shown.
    let copied = copied.unwrap();
    assert!(copied.len() >= 24, "{} characters", copied.len());
    assert!(window.0.query_all_by_label_contains(&copied).next().is_some());
    window.click("Done");
    assert!(window.0.query_all_by_label_contains(&copied).next().is_none());
    let both = secrets();
    assert_eq!(both.len(), 2);
    window.0.get_by_label("Newest");
    window.0.get_by_label("Older");
    // There is no room for a third.
    let add = window
        .0
        .get_by_role_and_label(Role::Button, "Add a second secret");
    assert!(add.accesskit_node().is_disabled());

    window.click(&delete_first);
    let word = window.0.get_by_label("Type delete to confirm");
    word.focus();
    word.type_text("delete");
    window.settle();
    window
        .0
        .get_by_role_and_label(Role::Button, "Delete secret")
        .click();
    window.settle();
    window
        .0
        .get_by_role_and_label(Role::Status, "Client secret deleted");
    let left = secrets();
    assert_eq!(left.len(), 1);
    assert!(!first.contains(&left[0]));
}

#[test]
#[ignore = "needs a moto server: tests/run.sh foreign"]
fn foreign_endpoint_is_administered_in_the_window() {
    let house = House::new();
    let transport = Https::new(Options {
        endpoint: Some(super::foreign::endpoint()),
        region: "us-east-1".to_owned(),
        keys: Some(Keys {
            access_key_id: "AKIAFOREIGNENDPOINT0".to_owned(),
            secret_access_key: Secret::new("any"),
            session_token: None,
        }),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
    });
    let driver = Driver::new(Arc::new(transport.unwrap()), false);
    let made = house.runtime.block_on(driver.call(&idp::CreateUserPoolRequest {
        pool_name: "seen in the window".to_owned(),
        ..Default::default()
    }));
    let pool = made.unwrap().user_pool.unwrap().id.unwrap();
    let mut window = open(&house);
    window.0.state_mut().use_connection(Connection {
        name: "moto".to_owned(),
        environment: Environment::Dev,
        driver: driver.clone(),
        engine: None,
    });
    window.settle();
    for (name, route) in routes(&pool, "1example23456789client1234") {
        window.go(route);
        let odd = window
            .0
            .query_all_by_label_contains("answered something unexpected");
        assert_eq!(odd.count(), 0, "{name}");
    }
    window.go(Route::pool(&pool, Page::BrandingStudio));
    window
        .0
        .get_by_label_contains("This endpoint does not offer GetUICustomization");
    window.go(Route::pool(&pool, Page::Users));
    window.0.get_all_by_label("Create user").next().unwrap().click();
    window.settle();
    let name = window.0.get_by_role_and_label(Role::TextInput, "Username");
    name.focus();
    name.type_text("ada");
    window.settle();
    window.0.get_all_by_label("Create user").last().unwrap().click();
    window.settle();
    let listed = house.runtime.block_on(driver.call(&idp::ListUsersRequest {
        user_pool_id: pool,
        ..Default::default()
    }));
    let users = listed.unwrap().users.unwrap();
    assert_eq!(users[0].username.as_deref(), Some("ada"));
    window.until("ada");
}

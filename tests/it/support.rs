//! An engine in a folder of its own, with a clock that stands still and repeatable randomness.

// Not every test needs every helper.
#![allow(dead_code)]
use std::cell::Cell;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Deref;
use std::sync::{Arc, Once};

use poolhouse::base::clock::{ManualClock, UnixMillis};
use poolhouse::base::rng::SeededRng;
use poolhouse::driver::in_process::InProcess;
use poolhouse::driver::{CallError, Driver};
use poolhouse::engine::Engine;
use poolhouse::engine::dispatch::{Call, Credentials, dispatch};
use poolhouse::engine::open::Options;
use poolhouse::store::sqlite;
use poolhouse::wire::idp;
use poolhouse::wire::{Operation, Service};

/// When every test begins: 2026-01-01T00:00:00Z.
pub const START: UnixMillis = UnixMillis(1_767_225_600_000);

/// With `ANSWERS=<file>` every operation and the code it was answered with are appended there: what
/// the tests reach of the errors that the model declares.
fn record_answers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(path) = std::env::var_os("ANSWERS") {
            let file = std::fs::File::options()
                .create(true)
                .append(true)
                .open(path)
                .unwrap();
            tracing_subscriber::fmt()
                .json()
                .with_env_filter("off,poolhouse::engine::dispatch=debug")
                .with_writer(Arc::new(file))
                .init();
        }
    });
}

/// An engine of one test. Its folder goes with it.
pub struct TestEngine {
    engine: Arc<Engine>,
    /// Moves the engine's time.
    pub clock: ManualClock,
    /// Where its files lie.
    pub folder: tempfile::TempDir,
}

/// No two engines of this process know the same users: wrong guesses on their way to a store are
/// remembered by user for the whole process. A test, which has a thread of its name, draws the
/// same each time.
fn next_seed() -> u64 {
    thread_local! {
        static MADE: Cell<u64> = const { Cell::new(0) };
    }
    let mut seed = DefaultHasher::new();
    std::thread::current().name().hash(&mut seed);
    MADE.replace(MADE.get() + 1).hash(&mut seed);
    seed.finish()
}

impl TestEngine {
    /// Opens an engine on an empty folder.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on(folder, ManualClock::at(START)).await
    }

    /// Opens an engine on an empty folder, with other options.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on_with(folder, ManualClock::at(START), change).await
    }

    /// Another handle of the same engine.
    pub fn beside(other: &Self) -> Self {
        Self {
            engine: Arc::clone(&other.engine),
            clock: other.clock.clone(),
            // Its files lie in the other's folder.
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Closes the engine and opens one on the same folder, at the same time.
    pub async fn reopen(self) -> Self {
        let Self {
            engine,
            clock,
            folder,
        } = self;
        // The housekeeper may hold a handle for a moment.
        while Arc::strong_count(&engine) > 1 {
            tokio::task::yield_now().await;
        }
        drop(engine);
        Self::on(folder, clock).await
    }

    async fn on(folder: tempfile::TempDir, clock: ManualClock) -> Self {
        Self::on_with(folder, clock, |_| {}).await
    }

    async fn on_with(
        folder: tempfile::TempDir,
        clock: ManualClock,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        record_answers();
        let mut options = Options {
            clock: Arc::new(clock.clone()),
            rng: Arc::new(SeededRng::new(next_seed())),
            store: sqlite::Options {
                readers: 2,
                ..sqlite::Options::default()
            },
            ..Options::new(folder.path())
        };
        change(&mut options);
        let engine = Engine::open(options).await.unwrap();
        Self {
            engine,
            clock,
            folder,
        }
    }

    /// Returns the engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Returns a driver in the same process.
    pub fn driver(&self) -> Driver {
        Driver::new(Arc::new(InProcess::new(Arc::clone(&self.engine))), false)
    }

    /// Calls an operation as the console does.
    pub async fn call<O: Operation>(&self, request: &O) -> Result<O::Response, CallError> {
        self.driver().call(request).await
    }

    /// Calls an operation that must succeed.
    pub async fn ok<O: Operation>(&self, request: &O) -> O::Response {
        match self.call(request).await {
            Ok(response) => response,
            Err(refused) => panic!("{} was refused: {refused}", O::NAME),
        }
    }

    /// Calls an operation that must be refused; returns the error code and its text.
    pub async fn refused<O: Operation>(&self, request: &O) -> (String, String) {
        match self.call(request).await {
            Err(CallError::Fault(fault)) => (fault.code, fault.message),
            Err(other) => panic!("{} was not answered: {other}", O::NAME),
            Ok(_) => panic!("{} was accepted", O::NAME),
        }
    }

    /// Calls an operation as the console does, its request as JSON; returns the error code, or `OK`.
    pub async fn code(&self, service: Service, operation: &str, request: &serde_json::Value) -> String {
        let call = Call {
            service,
            operation: operation.to_owned(),
            credentials: Credentials::Console,
            body: serde_json::to_vec(request).unwrap(),
            source: None,
            user_agent: None,
            region: None,
        };
        match dispatch(&self.engine, call).await.outcome {
            Ok(_) => "OK".to_owned(),
            Err(refused) => refused.code().as_str().to_owned(),
        }
    }

    /// Makes a user pool with every default; returns its id.
    pub async fn user_pool(&self) -> String {
        self.user_pool_with(idp::CreateUserPoolRequest::default()).await
    }

    /// Makes a user pool; a name is filled in. Returns its id.
    pub async fn user_pool_with(&self, request: idp::CreateUserPoolRequest) -> String {
        let request = idp::CreateUserPoolRequest {
            pool_name: if request.pool_name.is_empty() {
                "people".to_owned()
            } else {
                request.pool_name.clone()
            },
            ..request
        };
        let made = self.ok(&request).await;
        made.user_pool.and_then(|pool| pool.id).unwrap()
    }

    /// Makes an app client with every default; returns its id.
    pub async fn client(&self, user_pool_id: &str) -> String {
        self.client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: user_pool_id.to_owned(),
            ..Default::default()
        })
        .await
    }

    /// Makes an app client; a name is filled in. Returns its id.
    pub async fn client_with(&self, request: idp::CreateUserPoolClientRequest) -> String {
        let request = idp::CreateUserPoolClientRequest {
            client_name: if request.client_name.is_empty() {
                "app".to_owned()
            } else {
                request.client_name.clone()
            },
            ..request
        };
        let made = self.ok(&request).await;
        made.user_pool_client.and_then(|client| client.client_id).unwrap()
    }

    /// Makes a user as an administrator does, without an invitation; returns its `sub`.
    pub async fn user(&self, user_pool_id: &str, username: &str, attributes: &[(&str, &str)]) -> String {
        let request = idp::AdminCreateUserRequest {
            user_pool_id: user_pool_id.to_owned(),
            username: username.to_owned(),
            user_attributes: Some(attributes_of(attributes)),
            message_action: Some(idp::MessageActionType::Suppress),
            ..Default::default()
        };
        let made = self.ok(&request).await;
        let attributes = made.user.and_then(|user| user.attributes).unwrap_or_default();
        attributes
            .into_iter()
            .find(|attribute| attribute.name == "sub")
            .and_then(|attribute| attribute.value)
            .unwrap()
    }
}

impl Deref for TestEngine {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        &self.engine
    }
}

/// Returns attributes as they travel.
pub fn attributes_of(attributes: &[(&str, &str)]) -> Vec<idp::AttributeType> {
    attributes
        .iter()
        .map(|(name, value)| idp::AttributeType {
            name: (*name).to_owned(),
            value: Some((*value).to_owned()),
        })
        .collect()
}

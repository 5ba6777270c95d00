//! What happens: the pool engine.
//!
//! Every call enters through [`dispatch::dispatch`]: it finds the route, checks the
//! request against the service model, learns who calls, runs the handler. Handlers are
//! thin and live in [`ops`]; sign-in, keys, tokens, import jobs and the outbox are modules
//! of their own here. The engine knows nothing of HTTP headers, cookies or windows.
//!
//! To add an operation: `impl Handler for <Op>Request` in the file of its resource under
//! [`ops`], and a line in that file's `ROUTES`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::store::Store;
use crate::store::records::user_pools::UserPool;

pub mod auth;
pub mod backup;
pub mod delivery;
pub mod dispatch;
pub mod error;
pub mod federation;
pub mod identity;
pub mod import_job;
pub mod logos;
pub mod logs;
pub mod messages;
pub mod open;
pub mod ops;
pub mod outbound;
pub mod quotas;
pub mod risk;
pub mod sample;
pub mod sts;
pub mod triggers;

pub use error::{Error, Result};

/// Which issuer tokens name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuer {
    /// `<endpoint>/<pool id>`: what OpenID Connect discovery needs.
    #[default]
    Endpoint,
    /// `https://cognito-idp.<region>.amazonaws.com/<pool id>`: what aws-jwt-verify's pool verifier wants.
    Vendor,
}

/// Settings of the engine that an admin may change while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Twelve digits; stands in every ARN.
    pub account_id: String,
    /// The Region of calls that name none.
    pub default_region: String,
    /// Which issuer tokens name, unless a pool says otherwise.
    pub issuer: Issuer,
    /// Whether callers on the loopback address may sign with any key.
    pub trust_loopback: bool,
    /// Whether request rates are held to their quotas; resources always are.
    pub enforce_request_rates: bool,
    /// Request rates that were raised, by `<Region>/<category>`, in requests a second.
    pub provisioned_limits: BTreeMap<String, i32>,
    /// Where logs go: by the ARN of a log group, bucket or stream, a folder in the data folder
    /// or a web address.
    pub log_targets: BTreeMap<String, String>,
    /// Whether callers anywhere may; only ever set by a flag, never kept.
    #[serde(skip)]
    pub trust_everyone: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: "123456789012".to_owned(),
            default_region: "us-east-1".to_owned(),
            issuer: Issuer::Endpoint,
            trust_loopback: false,
            enforce_request_rates: false,
            provisioned_limits: BTreeMap::new(),
            log_targets: BTreeMap::new(),
            trust_everyone: false,
        }
    }
}

/// A running engine. Shared by every caller.
pub struct Engine {
    /// What is kept.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Seals and opens what the store keeps of secrets.
    pub vault: auth::vault::Vault,
    /// Opened pool keys, by pool id.
    pub keys: auth::keys::KeyRing,
    /// Where uploads lie while a job needs them.
    pub data_dir: PathBuf,
    /// Those that are arriving.
    pub uploads: import_job::Uploads,
    /// Settings as they are now; change them with [`Engine::change_settings`].
    pub settings: RwLock<Arc<Settings>>,
    /// The address the engine answers at, `http://127.0.0.1:9229`; changed when the port is known.
    pub endpoint: RwLock<Arc<str>>,
    /// Which place an address is at, as far as the data folder tells.
    pub places: risk::places::Places,
    /// What delivers logs.
    pub logs: logs::Delivering,
    /// How many requests of each category have come lately.
    pub rates: quotas::Rates,
    /// Public access keys given by flags and settings beside the stored ones, id to secret.
    pub extra_access_keys: BTreeMap<String, crate::base::secret::Secret>,
    /// The functions that user pools call.
    pub triggers: triggers::Triggers,
    /// What stands in for IAM beside identity pools.
    pub identity: identity::Setup,
    /// What calls anything outside.
    pub outbound: outbound::Outbound,
    /// Key sets of other issuers.
    pub key_sets: federation::key_sets::KeySets,
    /// What carries messages out of the engine.
    pub delivery: delivery::Deliveries,
}

impl Engine {
    /// Returns the settings as they are now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(
            &self
                .settings
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Returns the address the engine answers at, without a slash at the end.
    pub fn endpoint(&self) -> Arc<str> {
        Arc::clone(
            &self
                .endpoint
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Tells the engine the address it answers at.
    pub fn set_endpoint(&self, address: &str) {
        *self
            .endpoint
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::from(address.trim_end_matches('/'));
    }

    /// Returns the `iss` of a user pool's tokens: the pool's own, or what the settings say.
    pub fn issuer_of(&self, pool: &UserPool) -> String {
        if let Some(issuer) = &pool.issuer {
            return issuer.clone();
        }
        match self.settings().issuer {
            Issuer::Endpoint => format!("{}/{}", self.endpoint(), pool.id),
            Issuer::Vendor => {
                let configuration = pool.settings.issuer_configuration.as_ref();
                let is_updated =
                    configuration.is_some_and(|it| it.r#type == Some(crate::wire::idp::IssuerType::Updated));
                let prefix = if is_updated { "issuer-" } else { "" };
                format!(
                    "https://{prefix}cognito-idp.{}.amazonaws.com/{}",
                    pool.region, pool.id
                )
            }
        }
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The console on its own engine.
    Console,
    /// The holder of an access key.
    AccessKey(String),
    /// The holder of temporary credentials of a role, as identity pools give them.
    Role(Arc<auth::temporary_keys::Session>),
    /// A user, by a checked access token. Handlers read the claims with `auth::tokens`.
    Token,
    /// Nobody in particular.
    Public,
}

/// The context of one call. Always the first argument.
#[derive(Clone)]
pub struct Cx {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Who calls.
    pub caller: Caller,
    /// The Region of the call: that of the credential scope, or the default one.
    pub region: Arc<str>,
    /// Names the call in logs and answers.
    pub request_id: Uuid,
    /// Where the call came from, when it came over a network.
    pub source: Option<std::net::IpAddr>,
    /// What the caller says it is (`User-Agent`), when it came over a network.
    pub user_agent: Option<Arc<str>>,
}

impl Cx {
    /// Returns the present instant.
    pub fn now(&self) -> crate::base::clock::UnixMillis {
        self.engine.clock.now()
    }

    /// Returns the source of randomness.
    pub fn rng(&self) -> &dyn Rng {
        &*self.engine.rng
    }

    /// Returns the ARN of a user pool.
    pub fn user_pool_arn(&self, region: &str, user_pool_id: &str) -> String {
        format!(
            "arn:aws:cognito-idp:{region}:{}:userpool/{user_pool_id}",
            self.engine.settings().account_id
        )
    }
}

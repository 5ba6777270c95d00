//! Opens an engine on a data folder, and keeps its house in order while it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock, Weak};
use std::time::Duration;

use ipnet::IpNet;
use tracing::{debug, warn};

use super::auth::keys::{self, KeyRing};
use super::auth::vault::{KeyError, Vault};
use super::delivery::{self, Deliveries, Mail};
use super::federation::key_sets::KeySets;
use super::outbound::Outbound;
use super::triggers::Triggers;
use super::triggers::target::Target;
use super::{Engine, Error, Result, Settings, identity, import_job, logs};
use crate::base::clock::{Clock, SystemClock};
use crate::base::rng::{Rng, SystemRng};
use crate::base::secret::{Secret, SecretBytes};
use crate::store::records::{
    auth_events, codes, logs as log_records, outbox, settings, signing_keys, user_pools,
};
use crate::store::sqlite::{self, Sqlite};
use crate::store::{self, Store};

/// The database in the data folder.
pub const DATABASE_FILE: &str = "poolhouse.sqlite";

/// The name under which the store keeps [`Settings`].
const SETTINGS: &str = "engine";

/// How often what has expired is removed.
const REAP_EVERY: Duration = Duration::from_secs(60);
/// Rows removed in one transaction, so that others wait little.
const REAP_BATCH: usize = 1000;
/// Messages the outbox keeps.
const MESSAGES_KEPT: usize = 10_000;

/// What an engine is opened with.
pub struct Options {
    /// The folder of the database, the vault's key and uploads; made when it is not there.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// How the database is set up.
    pub store: sqlite::Options,
    /// Access keys that hold beside the stored ones, id to secret.
    pub extra_access_keys: BTreeMap<String, Secret>,
    /// What function ARNs are bound to beside the stored bindings.
    pub functions: BTreeMap<String, Target>,
    /// 32-byte keys by `KMSKeyID`, beside the stored ones.
    pub encryption_keys: BTreeMap<String, SecretBytes>,
    /// The mail server, in the place of the stored one.
    pub mail: Option<Mail>,
    /// Stands in for the stored settings while this engine runs, when given.
    pub settings: Option<Settings>,
    /// What stands in for IAM beside identity pools.
    pub identity: identity::Setup,
    /// Networks in which functions and other addresses given through the API may be, beside
    /// the internet: this machine, unless told.
    pub networks: Vec<IpNet>,
}

impl Options {
    /// Returns the options of an engine on `data_dir`, with the machine's clock and randomness.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
            store: sqlite::Options::default(),
            extra_access_keys: BTreeMap::new(),
            functions: BTreeMap::new(),
            encryption_keys: BTreeMap::new(),
            mail: None,
            settings: None,
            identity: identity::Setup::default(),
            networks: Outbound::this_machine(),
        }
    }
}

/// Why an engine does not open. The text is for the person who starts it.
#[derive(Debug)]
pub enum OpenError {
    /// The data folder cannot be made or used.
    Folder { path: PathBuf, reason: std::io::Error },
    /// A copy of the store cannot be read.
    Copy { path: PathBuf, reason: std::io::Error },
    /// The database does not open.
    Store(store::Error),
    /// There is no vault key.
    Key(KeyError),
    /// The vault key is another one than the store was sealed with.
    OtherKey,
    /// The stored settings do not decode.
    Settings(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, reason } => {
                write!(f, "the data folder cannot be used: {reason}: {}", path.display())
            }
            Self::Copy { path, reason } => {
                write!(f, "the copy cannot be read: {reason}: {}", path.display())
            }
            Self::Store(reason) => write!(f, "{reason}"),
            Self::Key(reason) => write!(f, "{reason}"),
            Self::OtherKey => write!(
                f,
                "the vault key does not open this store; put the one that belongs to it in the place of \
                 vault.key in the data folder, or into POOLHOUSE_VAULT_KEY"
            ),
            Self::Settings(reason) => write!(f, "the stored settings do not decode: {reason}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<store::Error> for OpenError {
    fn from(reason: store::Error) -> Self {
        Self::Store(reason)
    }
}

impl Engine {
    /// Opens the engine of a data folder. Expired rows are removed in the background for as
    /// long as it lives; it closes when the last handle goes.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn open(options: Options) -> Result<Arc<Self>, OpenError> {
        let Options {
            data_dir,
            clock,
            rng,
            store,
            extra_access_keys,
            functions,
            encryption_keys,
            mail,
            settings,
            identity,
            networks,
        } = options;
        let delivery = Deliveries::new(mail).map_err(OpenError::Settings)?;
        let for_vault = Arc::clone(&rng);
        let folder = data_dir.clone();
        let opened = tokio::task::spawn_blocking(move || open_files(&folder, &store, &*for_vault)).await;
        let (store, vault) =
            opened.map_err(|reason| store::Error::Database(format!("opening ended early: {reason}")))??;
        check_key(&store, &vault).await?;
        let settings = match settings {
            Some(settings) => settings,
            None => stored_settings(&store).await?,
        };
        let engine = Arc::new(Self {
            store,
            clock,
            rng,
            vault,
            keys: KeyRing::default(),
            data_dir,
            settings: RwLock::new(Arc::new(settings)),
            endpoint: RwLock::new(Arc::from("http://127.0.0.1:9229")),
            places: super::risk::places::Places::default(),
            uploads: super::import_job::Uploads::default(),
            logs: logs::Delivering::default(),
            rates: super::quotas::Rates::default(),
            extra_access_keys,
            triggers: Triggers::new(functions, encryption_keys),
            identity,
            outbound: Outbound::new(networks),
            key_sets: KeySets::default(),
            delivery,
        });
        let restored = engine.restore_mail().await;
        restored.map_err(|reason| OpenError::Settings(format!("{reason:?}")))?;
        import_job::resume_all(&engine).await;
        tokio::spawn(delivery::run(Arc::downgrade(&engine), engine.delivery.written()));
        tokio::spawn(logs::run(Arc::downgrade(&engine), engine.logs.wanted()));
        tokio::spawn(keep_house(Arc::downgrade(&engine)));
        Ok(engine)
    }

    /// Checks new settings, keeps them, and makes them count from the next call on.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for an account id that is not twelve digits or a Region
    /// that is none; the store's failure.
    pub async fn change_settings(&self, changed: Settings) -> Result<()> {
        if changed.account_id.len() != 12 || !changed.account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid("The account id must be twelve digits."));
        }
        if !is_region(&changed.default_region) {
            return Err(Error::invalid("The Region must look like us-east-1."));
        }
        if let Some((arn, _)) = changed.log_targets.iter().find(|(_, to)| !logs::may_bind(to)) {
            return Err(Error::invalid(format!(
                "{arn} must be bound to a folder in the data folder, or to an http or https address."
            )));
        }
        let json = serde_json::to_string(&changed).map_err(Error::internal)?;
        let are_bound_anew = changed.log_targets != self.settings().log_targets;
        let now = self.clock.now();
        self.store
            .transact("change_settings", move |tx| -> Result<()> {
                settings::put(tx, SETTINGS, &json)?;
                if are_bound_anew {
                    log_records::put_off_no_more(tx, now)?;
                }
                Ok(())
            })
            .await?;
        *self
            .settings
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(changed);
        if are_bound_anew {
            logs::kick(self);
        }
        Ok(())
    }

    /// Removes what has expired, what deleted pools left, and old messages; returns how many
    /// rows went. Runs by itself; public for whoever wants it now.
    ///
    /// # Errors
    ///
    /// The store's failure.
    pub async fn reap(&self) -> Result<usize> {
        let now = self.clock.now();
        let mut removed = 0_usize;
        loop {
            let gone: usize = self
                .store
                .transact("reap", move |tx| -> store::Result<usize> {
                    let mut gone = codes::reap(tx, now, REAP_BATCH)?;
                    gone = gone.saturating_add(auth_events::reap(tx, now, REAP_BATCH)?);
                    gone = gone.saturating_add(log_records::trim(tx, logs::ALL_KEPT, REAP_BATCH)?);
                    gone = gone.saturating_add(outbox::trim(tx, MESSAGES_KEPT, REAP_BATCH)?);
                    Ok(gone.saturating_add(user_pools::reap_deleted(tx, REAP_BATCH)?))
                })
                .await?;
            if gone == 0 {
                return Ok(removed);
            }
            removed = removed.saturating_add(gone);
        }
    }
}

/// Tells whether `text` has the form of a Region: `us-east-1`, `us-gov-west-1`.
pub(super) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = parts.next_back().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.len() >= 2
        && words.into_iter().all(letters)
}

fn open_files(
    data_dir: &Path,
    options: &sqlite::Options,
    rng: &dyn Rng,
) -> Result<(Store, Vault), OpenError> {
    make_private(data_dir).map_err(|reason| OpenError::Folder {
        path: data_dir.to_owned(),
        reason,
    })?;
    // The database first: its lock keeps two first starts from making two keys.
    let database = Sqlite::open(&data_dir.join(DATABASE_FILE), options)?;
    let vault = Vault::open_or_create(data_dir, rng).map_err(OpenError::Key)?;
    Ok((Store::new(Arc::new(database)), vault))
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses a vault key that would fail every sign-in of what the store holds.
async fn check_key(store: &Store, vault: &Vault) -> Result<(), OpenError> {
    let sealed = store.read(signing_keys::any).await.map_err(OpenError::Store)?;
    if sealed.is_some_and(|sealed| !keys::opens(vault, &sealed)) {
        return Err(OpenError::OtherKey);
    }
    Ok(())
}

async fn stored_settings(store: &Store) -> Result<Settings, OpenError> {
    let text: Option<String> = store
        .read(|r| settings::get(r, SETTINGS))
        .await
        .map_err(OpenError::Store)?;
    text.map_or_else(
        || Ok(Settings::default()),
        |text| serde_json::from_str(&text).map_err(|reason| OpenError::Settings(reason.to_string())),
    )
}

async fn keep_house(engine: Weak<Engine>) {
    let mut every = tokio::time::interval(REAP_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let Some(engine) = engine.upgrade() else {
            return;
        };
        match engine.reap().await {
            Ok(0) => {}
            Ok(rows) => debug!(rows, "removed what has expired"),
            Err(reason) => warn!(error = ?reason, "what has expired stays for now"),
        }
        if let Err(reason) = import_job::sweep(&engine).await {
            warn!(error = ?reason, "old uploads stay for now");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_told_from_other_text() {
        for good in ["us-east-1", "eu-central-2", "us-gov-west-1"] {
            assert!(is_region(good), "{good}");
        }
        for bad in [
            "",
            "local",
            "us-east",
            "us-east-",
            "US-EAST-1",
            "us-east-1/x",
            "-east-1",
        ] {
            assert!(!is_region(bad), "{bad}");
        }
    }
}

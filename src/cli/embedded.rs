//! The engine inside the console: opened once, closed and opened anew to restore a backup.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tracing::warn;

use super::{Failure, start};
use crate::config::Config;
use crate::console::{BackupContents, BackupPool, Embedded, EngineInfo, Opener, Restorer};
use crate::driver::in_process::InProcess;
use crate::driver::{BoxFuture, Driver};
use crate::engine::{Engine, backup, sample};
use crate::http;

/// The console tries so many ports after the usual one.
const PORTS: u16 = 20;
/// Calls from outside may take so long to finish when the engine closes to restore a backup.
const DRAIN: Duration = Duration::from_secs(2);

/// The engine of one data folder, for the window above it. Dropping the last handle, the
/// window's included, ends its server.
pub struct House {
    config: Config,
    running: Mutex<Option<Running>>,
}

struct Running {
    engine: Arc<Engine>,
    embedded: Embedded,
    /// The server ends when this is dropped.
    end: watch::Sender<()>,
    server: Option<JoinHandle<()>>,
}

impl House {
    /// Makes the house of a configuration; nothing is opened yet.
    pub fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            config,
            running: Mutex::default(),
        })
    }

    /// Returns what opens the engine. Once open, it is the same engine every time.
    pub fn opener(self: &Arc<Self>) -> Opener {
        let house = Arc::clone(self);
        Arc::new(move || {
            let house = Arc::clone(&house);
            Box::pin(async move { house.open().await })
        })
    }

    async fn open(&self) -> Result<Embedded, String> {
        let mut running = self.running.lock().await;
        if let Some(running) = &*running {
            return Ok(running.embedded.clone());
        }
        let opened = open(&self.config).await?;
        let embedded = opened.embedded.clone();
        *running = Some(opened);
        Ok(embedded)
    }

    /// Lets calls under way finish, then gives the data folder free.
    async fn close(&self) -> Result<(), String> {
        let Some(Running {
            engine,
            embedded,
            end,
            server,
        }) = self.running.lock().await.take()
        else {
            return Ok(());
        };
        drop((end, embedded));
        if let Some(server) = server {
            let abort = server.abort_handle();
            if tokio::time::timeout(DRAIN, server).await.is_err() {
                abort.abort();
            }
        }
        // Jobs at work may hold the engine for longer; they find its store closed.
        tokio::task::spawn_blocking(move || engine.store.close())
            .await
            .map_err(|reason| format!("closing the engine ended early: {reason}"))
    }
}

impl Restorer for Arc<House> {
    fn look(&self, file: PathBuf) -> BoxFuture<Result<BackupContents, String>> {
        let data_dir = self.config.data_dir.clone();
        Box::pin(async move {
            let looked = tokio::task::spawn_blocking(move || backup::look(&file, &data_dir)).await;
            let backup::Contents {
                written_at,
                bytes,
                pools,
            } = looked
                .map_err(|reason| format!("looking ended early: {reason}"))?
                .map_err(|reason| format!("This file cannot be restored: {reason}"))?;
            let pools = pools.into_iter().map(|pool| BackupPool {
                name: pool.name,
                user_pool_id: pool.user_pool_id,
                users: pool.users,
            });
            Ok(BackupContents {
                written_at,
                bytes,
                pools: pools.collect(),
            })
        })
    }

    fn restore(&self, file: PathBuf) -> BoxFuture<Result<Option<PathBuf>, String>> {
        let house = Self::clone(self);
        Box::pin(async move {
            house.close().await?;
            let data_dir = house.config.data_dir.clone();
            tokio::task::spawn_blocking(move || backup::restore(&file, &data_dir))
                .await
                .map_err(|reason| format!("restoring ended early: {reason}"))?
                .map_err(|reason| reason.to_string())
        })
    }
}

async fn open(config: &Config) -> Result<Running, String> {
    let told = |failure: Failure| match failure {
        Failure::Failed(reason) | Failure::Asked(reason) => reason,
    };
    let engine = start::engine(config).await.map_err(told)?;
    let (listener, unheard) = match listen(config).await {
        Ok(listener) => (Some(listener), None),
        Err(failure) => {
            // The console works without; it says so in place of the address.
            let reason = told(failure);
            warn!(%reason, "the engine answers in this window only");
            (None, Some(reason))
        }
    };
    let at = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let address = at.map(|at| start::announce(config, &engine, at));
    if config.sample_pool
        && let Err(reason) = sample::open(&engine).await
    {
        warn!(error = ?reason, "the sample user pool was not made");
    }
    let (end, mut ended) = watch::channel(());
    let server = listener.map(|listener| {
        let engine = Arc::clone(&engine);
        let options = start::http_options(config);
        tokio::spawn(async move {
            let closed = async move {
                // Nothing is ever sent: the wait ends when the other end is dropped.
                let _ = ended.changed().await;
            };
            if let Err(reason) = http::serve(engine, listener, options, closed).await {
                warn!(%reason, "the engine no longer answers on the network");
            }
        })
    });
    let data_dir = engine.data_dir.clone();
    Ok(Running {
        embedded: Embedded {
            driver: Driver::new(Arc::new(InProcess::new(Arc::clone(&engine))), false),
            info: EngineInfo {
                address,
                unheard,
                data_dir,
            },
        },
        engine,
        end,
        server,
    })
}

/// Listens at the configured address. The usual one may be taken by another window; then the next free one serves.
async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let first = start::listen(config.listen).await;
    if first.is_ok() || config.listen_chosen {
        return first;
    }
    for step in 1..=PORTS {
        let port = config.listen.port().saturating_add(step);
        let listener = start::listen(SocketAddr::new(config.listen.ip(), port)).await;
        if listener.is_ok() {
            return listener;
        }
    }
    first
}

//! The console on its own engine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::warn;

use super::{Failure, runtime, start};
use crate::base::clock::SystemClock;
use crate::config::{self, Config};
use crate::console::{self, Embedded, EngineInfo, Launch, Opener};
use crate::driver::Driver;
use crate::driver::in_process::InProcess;
use crate::engine::sample;
use crate::http;

/// The console tries so many ports after the usual one.
const PORTS: u16 = 20;

/// Opens the window and stays until it is closed.
pub fn run(config: Config) -> Result<(), Failure> {
    start::check_exposure(&config)?;
    let runtime = runtime()?;
    let (end, ended) = watch::channel(());
    let launch = Launch {
        runtime: runtime.handle().clone(),
        clock: Arc::new(SystemClock),
        profiles_file: Some(config.connections_file.clone()),
        renderer: match config.renderer {
            config::Renderer::Auto => console::Renderer::Auto,
            config::Renderer::Glow => console::Renderer::Glow,
            config::Renderer::Wgpu => console::Renderer::Wgpu,
        },
        opener: Some(opener(Arc::new(config), ended)),
    };
    let outcome = console::run(launch);
    drop(end);
    // The server finishes what is under way, then the store closes with the last handle.
    runtime.shutdown_timeout(Duration::from_secs(5));
    outcome.map_err(Failure::Failed)
}

fn opener(config: Arc<Config>, ended: watch::Receiver<()>) -> Opener {
    Arc::new(move || {
        let config = Arc::clone(&config);
        let ended = ended.clone();
        Box::pin(async move { open(&config, ended).await })
    })
}

async fn open(config: &Config, mut ended: watch::Receiver<()>) -> Result<Embedded, String> {
    let told = |failure: Failure| match failure {
        Failure::Failed(reason) | Failure::Asked(reason) => reason,
    };
    let engine = start::engine(config).await.map_err(told)?;
    let listener = match listen(config).await {
        Ok(listener) => Some(listener),
        Err(failure) => {
            // The console works without; it says so in place of the address.
            warn!(reason = told(failure), "the engine answers in this window only");
            None
        }
    };
    let at = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let address = at.map(|at| start::announce(config, &engine, at));
    if config.sample_pool
        && let Err(reason) = sample::open(&engine).await
    {
        warn!(error = ?reason, "the sample user pool was not made");
    }
    if let Some(listener) = listener {
        let engine = Arc::clone(&engine);
        let options = start::http_options(config);
        tokio::spawn(async move {
            let closed = async move {
                // Nothing is ever sent: the wait ends when the window drops its end.
                let _ = ended.changed().await;
            };
            if let Err(reason) = http::serve(engine, listener, options, closed).await {
                warn!(%reason, "the engine no longer answers on the network");
            }
        });
    }
    let data_dir = engine.data_dir.clone();
    Ok(Embedded {
        driver: Driver::new(Arc::new(InProcess::new(engine)), false),
        info: EngineInfo { address, data_dir },
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

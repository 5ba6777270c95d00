//! Opens the engine and the address it answers at; what `serve` and the console share.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::Failure;
use crate::config::Config;
use crate::engine::Engine;
use crate::engine::auth::access_keys;
use crate::engine::open::Options;
use crate::http;

/// Opens the engine of the data folder, with a first access key.
pub async fn engine(config: &Config) -> Result<Arc<Engine>, Failure> {
    let engine = Engine::open(Options {
        extra_access_keys: config.access_keys.clone(),
        ..Options::new(&config.data_dir)
    })
    .await
    .map_err(Failure::failed)?;
    access_keys::ensure_first(&engine)
        .await
        .map_err(Failure::failed)?;
    if config.any_credentials {
        let mut settings = (*engine.settings()).clone();
        settings.trust_everyone = true;
        *engine
            .settings
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(settings);
    }
    Ok(engine)
}

/// Refuses to trust any signature where other machines can call, unless that is confirmed.
pub fn check_exposure(config: &Config) -> Result<(), Failure> {
    if config.any_credentials && !config.listen.ip().is_loopback() && !config.yes_expose {
        return Err(Failure::Asked(format!(
            "--any-credentials lets every machine that reaches {} change everything; use a loopback address \
             such as 127.0.0.1, or confirm with --yes-expose",
            config.listen
        )));
    }
    Ok(())
}

/// Listens at the configured address.
pub async fn listen(at: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(at).await.map_err(|reason| {
        Failure::Failed(match reason.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "{at} is taken by another program; choose another with --listen, port 0 for any free one"
            ),
            std::io::ErrorKind::AddrNotAvailable => {
                format!("{at} is not an address of this machine; choose another with --listen")
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("this user may not listen at {at}; choose a port above 1023 with --listen")
            }
            _ => format!("{at} cannot be listened at: {reason}"),
        })
    })
}

/// Tells the engine where it is reached, and returns it.
pub fn announce(config: &Config, engine: &Engine, at: SocketAddr) -> String {
    let reached = match at.ip() {
        ip if !ip.is_unspecified() => at,
        IpAddr::V4(_) | IpAddr::V6(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), at.port()),
    };
    let own = format!("http://{reached}");
    engine.set_endpoint(config.public_url.as_deref().unwrap_or(&own));
    own
}

/// How the server behaves.
pub fn http_options(config: &Config) -> http::Options {
    http::Options {
        allowed_hosts: config.allow_hosts.clone(),
        drain_for: Duration::from_secs(config.drain_secs),
    }
}

//! Opens the engine and the address it answers at; what `serve` and the console share.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::Failure;
use crate::base::secret::Secret;
use crate::config::{Binding, Config};
use crate::driver::profiles::SharedFiles;
use crate::engine::Engine;
use crate::engine::auth::access_keys;
use crate::engine::open::Options;
use crate::engine::triggers::target::Target;
use crate::http;
use crate::wire::sigv4::Keys;

/// Opens the engine of the data folder, with a first access key.
pub async fn engine(config: &Config) -> Result<Arc<Engine>, Failure> {
    let engine = Engine::open(Options {
        extra_access_keys: config.access_keys.clone(),
        functions: functions(config)?,
        encryption_keys: config.encryption_keys.clone(),
        mail: config.mail.clone(),
        identity: config.identity.clone(),
        networks: config.function_networks.clone(),
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

/// Reads what function ARNs are bound to; Lambda is called with the keys of the environment, or
/// of a profile.
fn functions(config: &Config) -> Result<BTreeMap<String, Target>, Failure> {
    config
        .functions
        .iter()
        .map(|(arn, binding)| {
            let target = match binding {
                Binding::Text(text) => match text.strip_prefix("lambda") {
                    Some("") => lambda(None, None)?,
                    Some(rest) if rest.starts_with(':') => lambda(rest.strip_prefix(':'), None)?,
                    _ if text.starts_with('[') => {
                        let command = serde_json::from_str(text).map_err(|_| {
                            Failure::Asked(format!("the command of {arn} is not a JSON list of words"))
                        })?;
                        command_of(command, BTreeMap::new())
                    }
                    _ => Target::Http {
                        address: text.clone(),
                        secret: None,
                    },
                },
                Binding::Signed { address, secret } => Target::Http {
                    address: address.clone(),
                    secret: Some(secret.clone()),
                },
                Binding::Command(command) => command_of(command.clone(), BTreeMap::new()),
                Binding::CommandIn { command, environment } => {
                    command_of(command.clone(), environment.clone())
                }
                Binding::Lambda {
                    lambda: address,
                    profile,
                } => lambda(profile.as_deref(), Some(address.clone()))?,
            };
            target
                .check()
                .map_err(|reason| Failure::Asked(format!("the function {arn}: {reason}")))?;
            Ok((arn.clone(), target))
        })
        .collect()
}

fn command_of(command: Vec<String>, environment: BTreeMap<String, Secret>) -> Target {
    Target::Command { command, environment }
}

fn lambda(profile: Option<&str>, endpoint: Option<String>) -> Result<Target, Failure> {
    let keys = keys_of(profile)?;
    Ok(Target::Lambda {
        endpoint,
        access_key_id: keys.access_key_id,
        secret_access_key: keys.secret_access_key,
        session_token: keys.session_token,
    })
}

/// Returns the keys of a profile; without one those of the environment, else of the default profile.
fn keys_of(profile: Option<&str>) -> Result<Keys, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let (None, Some(access_key_id), Some(secret)) = (
        profile,
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
    ) {
        return Ok(Keys {
            access_key_id,
            secret_access_key: secret.into(),
            session_token: variable("AWS_SESSION_TOKEN").map(Secret::from),
        });
    }
    SharedFiles::of_user()
        .keys(profile.unwrap_or("default"))
        .map_err(|reason| Failure::Asked(format!("Lambda cannot be called: {reason}")))
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
        connections_per_source: config.connections_per_source,
        ..http::Options::default()
    }
}

/// Returns a future that is done when the process is asked to end (SIGTERM, SIGINT, Ctrl+C).
#[cfg(unix)]
pub fn end_asked_for() -> Result<impl Future<Output = ()> + Send, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let unheard = |reason| Failure::Failed(format!("signals cannot be heard: {reason}"));
    let mut term = signal(SignalKind::terminate()).map_err(unheard)?;
    let mut int = signal(SignalKind::interrupt()).map_err(unheard)?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

/// Returns a future that is done when the process is asked to end (Ctrl+C).
#[cfg(not(unix))]
pub fn end_asked_for() -> Result<impl Future<Output = ()> + Send, Failure> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

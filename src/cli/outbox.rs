//! `poolhouse outbox`: codes and invitations, for scripts and tests.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;

use super::{Failure, harmless, runtime, say};
use crate::base::clock::{SystemClock, UnixMillis};
use crate::base::rng::SystemRng;
use crate::base::secret::Secret;
use crate::config::split_key;
use crate::driver::https::{Https, Options};
use crate::driver::profiles::SharedFiles;
use crate::driver::{Driver, Transport};
use crate::wire::engine::{DeliveryStatusType, ListOutboxRequest, OutboxMessageType};
use crate::wire::sigv4::Keys;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    endpoint: Endpoint,
    /// Messages to this address or number only.
    #[arg(long, value_name = "DESTINATION")]
    to: Option<String>,
    /// Messages of this user pool only.
    #[arg(long, value_name = "ID")]
    user_pool: Option<String>,
    /// The newest message only.
    #[arg(long)]
    last: bool,
    /// Nothing but the newest code or temporary password.
    #[arg(long)]
    code: bool,
}

/// Which engine is called, and with which key.
#[derive(Args)]
pub struct Endpoint {
    /// The address of the engine.
    #[arg(
        long,
        env = "POOLHOUSE_ENDPOINT",
        default_value = "http://127.0.0.1:9229",
        value_name = "URL"
    )]
    pub endpoint: String,
    /// The Region the call is signed for; AWS_REGION unless told.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The key to sign with, ID:SECRET. Otherwise AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,
    /// otherwise the profile AWS_PROFILE of ~/.aws/credentials.
    #[arg(
        long,
        env = "POOLHOUSE_ACCESS_KEY",
        hide_env_values = true,
        value_name = "ID:SECRET"
    )]
    pub access_key: Option<String>,
}

impl Endpoint {
    /// Prepares to call the engine.
    pub fn driver(&self) -> Result<Driver, Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let shared = SharedFiles::of_user();
        let profile = variable("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
        let region = self
            .region
            .clone()
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| shared.region(&profile).map(str::to_owned))
            .unwrap_or_else(|| "us-east-1".to_owned());
        let keys = if let Some(pair) = &self.access_key {
            // A server's variable may hold several; the first one serves here.
            let first = pair.split(',').next().unwrap_or_default();
            let (access_key_id, secret_access_key) =
                split_key(&Secret::from(first)).map_err(Failure::Asked)?;
            Keys {
                access_key_id,
                secret_access_key,
                session_token: None,
            }
        } else if let (Some(id), Some(secret)) =
            (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
        {
            Keys {
                access_key_id: id,
                secret_access_key: secret.into(),
                session_token: variable("AWS_SESSION_TOKEN").map(Secret::from),
            }
        } else {
            shared.keys(&profile).map_err(|reason| {
                Failure::Asked(format!(
                    "no access key was given: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use \
                     --access-key ID:SECRET ({reason})"
                ))
            })?
        };
        let transport = Https::new(Options {
            endpoint: Some(self.endpoint.clone()),
            region,
            keys: Some(keys),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
        })
        .map_err(Failure::Asked)?;
        let transport: Arc<dyn Transport> = Arc::new(transport);
        Ok(Driver::new(transport, false))
    }
}

/// Prints the messages asked for.
pub fn run(asked: &Arguments) -> Result<(), Failure> {
    let driver = asked.endpoint.driver()?;
    let newest_only = asked.last && !asked.code;
    let request = ListOutboxRequest {
        user_pool_id: asked.user_pool.clone(),
        destination: asked.to.clone(),
        max_results: Some(if newest_only { 1 } else { 100 }),
        next_token: None,
    };
    let answer = runtime()?
        .block_on(driver.call(&request))
        .map_err(Failure::failed)?;
    if asked.code {
        // The newest message may hold none (a notice); the newest code is what is asked for.
        let code = answer
            .messages
            .iter()
            .find_map(|message| message.code.as_ref())
            .ok_or_else(|| Failure::Failed("no message holds a code".to_owned()))?;
        say(&format!("{}\n", harmless(code.expose())));
        return Ok(());
    }
    if answer.messages.is_empty() && asked.last {
        return Err(Failure::Failed("there is no message".to_owned()));
    }
    let mut out = String::new();
    for message in &answer.messages {
        print(message, &mut out);
    }
    say(&out);
    Ok(())
}

fn print(message: &OutboxMessageType, out: &mut String) {
    let at = UnixMillis::from(message.creation_date);
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let line = format!(
        "{} {} to {} ({}, {})",
        at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        message.delivery_medium,
        message.destination,
        message.purpose,
        message.user_pool_id,
    );
    let line = match (message.delivery_status, &message.failure_reason) {
        (None | Some(DeliveryStatusType::Kept), _) => line,
        (Some(DeliveryStatusType::Sent), _) => format!("{line} sent"),
        (Some(DeliveryStatusType::Waiting), None) => format!("{line} waiting"),
        (Some(DeliveryStatusType::Waiting), Some(reason)) => format!("{line} waiting: {reason}"),
        (Some(DeliveryStatusType::Failed), reason) => {
            format!("{line} failed: {}", reason.as_deref().unwrap_or_default())
        }
    };
    let _ = writeln!(out, "{}", harmless(&line).replace('\n', "\u{fffd}"));
    if !message.subject.is_empty() {
        let _ = writeln!(out, "  {}", harmless(&message.subject).replace('\n', "\u{fffd}"));
    }
    for line in harmless(message.body.expose()).lines() {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
}

//! Arguments in, subcommand out.
//!
//! Exit codes: 0 done, 1 it failed, 2 it was asked wrongly (flags, configuration file).
//! Every flag of the console and of `serve` is also a `POOLHOUSE_…` variable and a line of
//! the configuration file.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};

use crate::base::secret::Secret;
use crate::config::{Binding, Config, Given, Renderer, split_binding};

mod backup;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
pub mod embedded;
mod operations;
mod outbox;
mod serve;
mod start;

/// A console for user pools, with a pool engine of its own inside. Without a command the console opens.
#[derive(Parser)]
#[command(
    name = "poolhouse",
    version,
    after_help = "Exit codes: 0 done, 1 it failed, 2 it was asked wrongly."
)]
struct Arguments {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(flatten)]
    engine: EngineArguments,
    /// How the window is drawn.
    #[arg(long, env = "POOLHOUSE_RENDERER", value_enum)]
    renderer: Option<Renderer>,
    /// Do not make the sample user pool at the first start.
    #[arg(long, env = "POOLHOUSE_NO_SAMPLE", value_parser = BoolishValueParser::new())]
    no_sample: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Everywhere {
    /// The configuration file, instead of poolhouse.toml in the user's configuration folder.
    #[arg(long, env = "POOLHOUSE_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder with the store and its key, instead of the one in the user's data folder.
    #[arg(long, env = "POOLHOUSE_DATA", global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What is logged to standard error: error, warn, info, debug, or a `tracing` filter.
    #[arg(long, env = "POOLHOUSE_LOG", global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Log lines as JSON.
    #[arg(long, env = "POOLHOUSE_LOG_JSON", global = true, value_parser = BoolishValueParser::new())]
    log_json: bool,
}

#[derive(Args)]
struct EngineArguments {
    /// Where the engine answers; port 0 takes any free one [default: 127.0.0.1:9229].
    #[arg(long, env = "POOLHOUSE_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// An access key beside those that the store holds; may be repeated.
    #[arg(
        long = "access-key",
        env = "POOLHOUSE_ACCESS_KEY",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "ID:SECRET"
    )]
    access_keys: Vec<String>,
    /// What a function that user pools call is bound to: an address that speaks the Lambda invoke
    /// protocol, `lambda` or `lambda:PROFILE`, or a command as a JSON list; may be repeated.
    #[arg(long = "function", value_name = "ARN=TARGET", value_parser = split_binding)]
    functions: Vec<(String, Binding)>,
    /// The mail server that e-mails leave by, smtp://user:password@host:587?tls=required or smtps://….
    #[arg(
        long,
        env = "POOLHOUSE_MAIL_SERVER",
        hide_env_values = true,
        value_name = "URL"
    )]
    mail_server: Option<String>,
    /// Who e-mails are from, unless a user pool says so.
    #[arg(long, env = "POOLHOUSE_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// A client of an OpenID Connect provider whose tokens identity pools take; may be repeated.
    #[arg(
        long = "oidc-client",
        env = "POOLHOUSE_OIDC_CLIENT",
        value_delimiter = ',',
        value_name = "ISSUER=CLIENT_ID"
    )]
    oidc_clients: Vec<String>,
    /// The security token service that gives identity pools' credentials, instead of the engine.
    #[arg(long, env = "POOLHOUSE_STS_ENDPOINT", value_name = "URL")]
    sts_endpoint: Option<String>,
    /// A role whose temporary credentials may call every signed operation; may be repeated.
    #[arg(
        long = "admin-role",
        env = "POOLHOUSE_ADMIN_ROLE",
        value_delimiter = ',',
        value_name = "ROLE_ARN"
    )]
    admin_roles: Vec<String>,
    /// A network where functions given through the API may be, beside the internet; may be
    /// repeated [default: this machine, when listening on it alone].
    #[arg(
        long = "function-network",
        env = "POOLHOUSE_FUNCTION_NETWORK",
        value_delimiter = ',',
        value_name = "CIDR"
    )]
    function_networks: Vec<String>,
    /// Trust any signature; for tests on the loopback address.
    #[arg(long, env = "POOLHOUSE_ANY_CREDENTIALS", value_parser = BoolishValueParser::new())]
    any_credentials: bool,
    /// Confirm --any-credentials on an address that other machines reach.
    #[arg(long, env = "POOLHOUSE_YES_EXPOSE", value_parser = BoolishValueParser::new())]
    yes_expose: bool,
    /// Another name by which a server on a loopback address may be reached; may be repeated.
    #[arg(
        long = "allow-host",
        env = "POOLHOUSE_ALLOW_HOST",
        value_delimiter = ',',
        value_name = "NAME"
    )]
    allow_hosts: Vec<String>,
    /// The address that tokens and upload URLs name, when it is not the one listened at.
    #[arg(long, env = "POOLHOUSE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// How many seconds calls under way may take when the program ends [default: 10].
    #[arg(long, env = "POOLHOUSE_DRAIN_SECS", value_name = "SECONDS")]
    drain_secs: Option<u64>,
    /// How many connections one address may have, or an IPv6 network of 64 bits [default: 256].
    #[arg(long, env = "POOLHOUSE_CONNECTIONS_PER_SOURCE", value_name = "NUMBER")]
    connections_per_source: Option<usize>,
}

impl From<EngineArguments> for Given {
    fn from(arguments: EngineArguments) -> Self {
        let EngineArguments {
            listen,
            access_keys,
            functions,
            mail_server,
            mail_from,
            oidc_clients,
            sts_endpoint,
            admin_roles,
            function_networks,
            any_credentials,
            yes_expose,
            allow_hosts,
            public_url,
            drain_secs,
            connections_per_source,
        } = arguments;
        Self {
            functions: functions.into_iter().collect(),
            mail_server: mail_server.map(Secret::from),
            mail_from,
            listen,
            oidc_clients,
            sts_endpoint,
            admin_roles,
            function_networks,
            access_keys: access_keys.into_iter().map(Secret::from).collect(),
            any_credentials,
            yes_expose,
            allow_hosts,
            public_url,
            drain_secs,
            connections_per_source,
            ..Self::default()
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Run the engine without a window.
    Serve {
        #[command(flatten)]
        engine: EngineArguments,
    },
    /// Print messages that left, or would have left, an engine, newest first.
    Outbox(outbox::Arguments),
    /// List every operation of both APIs and whether it is answered.
    Operations {
        /// List the operations that are the engine's own instead.
        #[arg(long)]
        own: bool,
    },
    /// Write a complete copy of the store to a file.
    Backup(backup::BackupArguments),
    /// Put a copy in the place of the store; the present one is kept beside it.
    Restore(backup::RestoreArguments),
}

/// Why a command did not do as asked: a sentence for people.
enum Failure {
    /// Exit code 1.
    Failed(String),
    /// Exit code 2.
    Asked(String),
}

impl Failure {
    fn failed(reason: impl Display) -> Self {
        Self::Failed(reason.to_string())
    }
}

/// Runs what the arguments ask for.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(reason) => {
            let _ = reason.print();
            return ExitCode::from(if reason.use_stderr() { 2 } else { 0 });
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(reason)) => {
            complain(&reason);
            ExitCode::from(1)
        }
        Err(Failure::Asked(reason)) => {
            complain(&reason);
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        everywhere,
        engine,
        renderer,
        no_sample,
        command,
    } = arguments;
    let Everywhere {
        config: file,
        data,
        log,
        log_json,
    } = everywhere;
    let given = Given {
        data,
        log,
        log_json,
        renderer,
        sample_pool: no_sample.then_some(false),
        ..engine.into()
    };
    let configured = |given: Given| -> Result<Config, Failure> {
        let config = Config::load(given, file.as_deref()).map_err(Failure::Asked)?;
        start_log(&config);
        Ok(config)
    };
    match command {
        None => open_console(configured(given)?),
        Some(Command::Serve { engine }) => {
            let stronger: Given = engine.into();
            serve::run(&configured(stronger.or(given))?)
        }
        Some(Command::Outbox(asked)) => outbox::run(&asked),
        Some(Command::Operations { own }) => {
            operations::run(own);
            Ok(())
        }
        Some(Command::Backup(asked)) => backup::backup(&configured(given)?, &asked),
        Some(Command::Restore(asked)) => backup::restore(&configured(given)?, &asked),
    }
}

#[cfg(feature = "console")]
fn open_console(config: Config) -> Result<(), Failure> {
    console::run(config)
}

#[cfg(not(feature = "console"))]
fn open_console(_: Config) -> Result<(), Failure> {
    Err(Failure::Asked(
        "this build has no console; `poolhouse serve` runs the engine".to_owned(),
    ))
}

/// Prints to standard output. A reader that has gone away is no reason to panic.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

fn complain(reason: &str) {
    let _ = writeln!(std::io::stderr(), "poolhouse: {reason}");
}

/// Replaces what would steer a terminal; line ends stay.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|char| {
            if char.is_control() && char != '\n' {
                '\u{fffd}'
            } else {
                char
            }
        })
        .collect()
}

/// Sends log lines to standard error.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    // An earlier one stays: there is one log for each process.
    let _ = if config.log_json {
        lines.json().try_init()
    } else {
        lines.try_init()
    };
}

/// Makes the threads that move bytes.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|reason| Failure::Failed(format!("no threads could be started: {reason}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\r\nc"), "a\u{fffd}[2Jb\u{fffd}\nc");
    }
}

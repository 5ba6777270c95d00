//! What the program is started with: a TOML file, then `POOLHOUSE_…` variables, then flags; the later wins.
//!
//! The file is `poolhouse.toml` in the user's configuration folder, or the one `--config`
//! names. An unknown name or a wrong value in it is an error with its line: a setting that
//! is misspelt must not be ignored.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;

use crate::base::secret::{Secret, SecretBytes};
use crate::base::settings::broken_line;
use crate::engine::delivery::Mail;
use crate::engine::identity::Setup;
use crate::engine::outbound::Outbound;
use crate::engine::triggers::encryption;
use crate::rules::identity_pools::role_of;

/// Where the engine listens unless told.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9229);

/// Everything the program is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the engine answers; port 0 takes any free one. Default: `127.0.0.1:9229`.
    pub listen: SocketAddr,
    /// Whether `listen` was chosen by the user. The console takes the next free port only when it was not.
    pub listen_chosen: bool,
    /// The folder of the database, its key and uploads. Default: `poolhouse` in the user's data folder.
    pub data_dir: PathBuf,
    /// Access keys beside the stored ones, id to secret. Default: none.
    pub access_keys: BTreeMap<String, Secret>,
    /// What function ARNs are bound to, beside the stored bindings. Default: nothing.
    pub functions: BTreeMap<String, Binding>,
    /// Networks where functions and other addresses that are given through the API may be, beside
    /// the internet. Default: this machine, when `listen` is an address of it.
    pub function_networks: Vec<IpNet>,
    /// 32-byte keys that codes for custom senders are encrypted under, by `KMSKeyID`. Default: none.
    pub encryption_keys: BTreeMap<String, SecretBytes>,
    /// The mail server that e-mails leave by. Default: none, messages stay in the outbox.
    pub mail: Option<Mail>,
    /// What stands in for IAM beside identity pools. Default: nothing.
    pub identity: Setup,
    /// Whether any signature is trusted. Default: no.
    pub any_credentials: bool,
    /// Confirms `any_credentials` on an address that other machines reach. Default: no.
    pub yes_expose: bool,
    /// Names, without port, by which a server on a loopback address may be reached beside its own. Default: none.
    pub allow_hosts: Vec<String>,
    /// The address that tokens and upload URLs name, when callers come by another one than `listen`.
    /// Default: `http://` and the address it listens at.
    pub public_url: Option<String>,
    /// Seconds that calls under way may take when the program ends. Default: 10.
    pub drain_secs: u64,
    /// Connections that one address may have, or an IPv6 network of 64 bits. Default: 256.
    pub connections_per_source: usize,
    /// Whether the console's first start makes a sample user pool. Default: yes.
    pub sample_pool: bool,
    /// How the window is drawn. Default: whatever works.
    pub renderer: Renderer,
    /// What is logged to standard error, as `tracing` filters say it. Default: `info`.
    pub log: String,
    /// Whether log lines are JSON. Default: no.
    pub log_json: bool,
    /// The file of saved connections: `connections.toml` beside the configuration file.
    pub connections_file: PathBuf,
}

/// What a function ARN is bound to, as flags and the file say it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Binding {
    /// `http://…` or `https://…`, `lambda` or `lambda:PROFILE`, or `["program", "argument"]` as JSON.
    Text(String),
    /// A program and its arguments.
    Command(Vec<String>),
    /// An address whose calls are signed.
    Signed { address: String, secret: Secret },
    /// A program with an environment.
    CommandIn {
        command: Vec<String>,
        #[serde(default)]
        environment: BTreeMap<String, Secret>,
    },
    /// Lambda at another address than its own, with the keys of a profile.
    Lambda {
        lambda: String,
        #[serde(default)]
        profile: Option<String>,
    },
}

/// Reads `ARN=TARGET`.
///
/// # Errors
///
/// One sentence.
pub fn split_binding(text: &str) -> Result<(String, Binding), String> {
    match text.split_once('=') {
        Some((arn, target)) if arn.starts_with("arn:") && !target.is_empty() => {
            Ok((arn.to_owned(), Binding::Text(target.to_owned())))
        }
        _ => Err(
            "a function must be ARN=TARGET, the target an address, lambda, or a command as a JSON list"
                .to_owned(),
        ),
    }
}

/// How the window is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Renderer {
    /// The usual one of the system first, the other one when it fails.
    #[default]
    Auto,
    /// OpenGL alone.
    Glow,
    /// Vulkan, Metal or DirectX alone.
    Wgpu,
}

/// Settings as one source gives them; what is missing the next source decides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// See [`Config::listen`].
    pub listen: Option<String>,
    /// See [`Config::data_dir`].
    pub data: Option<PathBuf>,
    /// `ID:SECRET`, see [`Config::access_keys`].
    pub access_keys: Vec<Secret>,
    /// See [`Config::functions`].
    pub functions: BTreeMap<String, Binding>,
    /// See [`Config::function_networks`].
    pub function_networks: Vec<String>,
    /// In base64, see [`Config::encryption_keys`].
    pub encryption_keys: BTreeMap<String, Secret>,
    /// The address of [`Config::mail`], `smtp://…` or `smtps://…`.
    pub mail_server: Option<Secret>,
    /// Who messages are from, unless a user pool says so. Default: `no-reply@verificationemail.com`.
    pub mail_from: Option<String>,
    /// `ISSUER=CLIENT_ID`, see [`Setup::oidc_providers`].
    pub oidc_clients: Vec<String>,
    /// See [`Setup::sts_endpoint`].
    pub sts_endpoint: Option<String>,
    /// See [`Setup::admin_roles`].
    pub admin_roles: Vec<String>,
    /// See [`Config::any_credentials`].
    pub any_credentials: bool,
    /// See [`Config::yes_expose`].
    pub yes_expose: bool,
    /// See [`Config::allow_hosts`].
    pub allow_hosts: Vec<String>,
    /// See [`Config::public_url`].
    pub public_url: Option<String>,
    /// See [`Config::drain_secs`].
    pub drain_secs: Option<u64>,
    /// See [`Config::connections_per_source`].
    pub connections_per_source: Option<usize>,
    /// See [`Config::sample_pool`].
    pub sample_pool: Option<bool>,
    /// See [`Config::renderer`].
    pub renderer: Option<Renderer>,
    /// See [`Config::log`].
    pub log: Option<String>,
    /// See [`Config::log_json`].
    pub log_json: bool,
}

impl Given {
    /// Fills what is missing here from `weaker`. Lists are joined.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        let Self {
            listen,
            data,
            mut access_keys,
            functions,
            mut function_networks,
            encryption_keys,
            mail_server,
            mail_from,
            mut oidc_clients,
            sts_endpoint,
            mut admin_roles,
            any_credentials,
            yes_expose,
            mut allow_hosts,
            public_url,
            drain_secs,
            connections_per_source,
            sample_pool,
            renderer,
            log,
            log_json,
        } = self;
        access_keys.extend(weaker.access_keys);
        function_networks.extend(weaker.function_networks);
        allow_hosts.extend(weaker.allow_hosts);
        oidc_clients.extend(weaker.oidc_clients);
        admin_roles.extend(weaker.admin_roles);
        // Of two bindings of a name the stronger one stays.
        let mut all_functions = weaker.functions;
        all_functions.extend(functions);
        let mut all_keys = weaker.encryption_keys;
        all_keys.extend(encryption_keys);
        Self {
            listen: listen.or(weaker.listen),
            data: data.or(weaker.data),
            access_keys,
            functions: all_functions,
            function_networks,
            encryption_keys: all_keys,
            mail_server: mail_server.or(weaker.mail_server),
            mail_from: mail_from.or(weaker.mail_from),
            oidc_clients,
            sts_endpoint: sts_endpoint.or(weaker.sts_endpoint),
            admin_roles,
            any_credentials: any_credentials || weaker.any_credentials,
            yes_expose: yes_expose || weaker.yes_expose,
            allow_hosts,
            public_url: public_url.or(weaker.public_url),
            drain_secs: drain_secs.or(weaker.drain_secs),
            connections_per_source: connections_per_source.or(weaker.connections_per_source),
            sample_pool: sample_pool.or(weaker.sample_pool),
            renderer: renderer.or(weaker.renderer),
            log: log.or(weaker.log),
            log_json: log_json || weaker.log_json,
        }
    }
}

impl Config {
    /// Puts together what flags and variables say (`given`), the file, and the defaults.
    /// `file` is the one `--config` names; the usual one may be missing, a named one may not.
    ///
    /// # Errors
    ///
    /// One sentence for the person who starts the program, with the place in the file.
    pub fn load(given: Given, file: Option<&Path>) -> Result<Self, String> {
        let folder = folder_of("XDG_CONFIG_HOME", ".config");
        let usual = folder.join("poolhouse.toml");
        let path = file.unwrap_or(&usual);
        let from_file = match std::fs::read_to_string(path) {
            Ok(text) => parse(&text, path)?,
            Err(reason) if file.is_none() && reason.kind() == std::io::ErrorKind::NotFound => {
                Given::default()
            }
            Err(reason) => {
                return Err(format!(
                    "the configuration file cannot be read: {reason}: {}",
                    path.display()
                ));
            }
        };
        let Given {
            listen,
            data,
            access_keys,
            functions,
            function_networks,
            encryption_keys,
            mail_server,
            mail_from,
            oidc_clients,
            sts_endpoint,
            admin_roles,
            any_credentials,
            yes_expose,
            allow_hosts,
            public_url,
            drain_secs,
            connections_per_source,
            sample_pool,
            renderer,
            log,
            log_json,
        } = given.or(from_file);
        let mut keys = BTreeMap::new();
        for pair in access_keys {
            let (id, secret) = split_key(&pair)?;
            // The first is the stronger one: flags stand before the file.
            keys.entry(id).or_insert(secret);
        }
        let mut codes = BTreeMap::new();
        for (id, key) in encryption_keys {
            let key = encryption::parse_key(&key)
                .ok_or_else(|| format!("the encryption key of {id} must be 32 bytes in base64"))?;
            codes.insert(id, key);
        }
        let mail = mail_server.map(|server| Mail {
            server,
            from: mail_from.unwrap_or_else(|| Mail::default().from),
        });
        if let Some(mail) = &mail {
            mail.check()?;
        }
        let public_url = public_url.map(|url| checked_url(&url)).transpose()?;
        let identity = identity_setup(&oidc_clients, sts_endpoint.as_deref(), admin_roles)?;
        let listen_chosen = listen.is_some();
        let listen = listen.map_or(Ok(LISTEN), |text| listening_address(&text))?;
        Ok(Self {
            function_networks: networks(&function_networks, listen)?,
            listen,
            listen_chosen,
            data_dir: data.unwrap_or_else(|| folder_of("XDG_DATA_HOME", ".local/share")),
            access_keys: keys,
            functions,
            encryption_keys: codes,
            mail,
            identity,
            any_credentials,
            yes_expose,
            allow_hosts,
            public_url,
            drain_secs: drain_secs.unwrap_or(10),
            connections_per_source: connections_per_source.unwrap_or(256).max(1),
            sample_pool: sample_pool.unwrap_or(true),
            renderer: renderer.unwrap_or_default(),
            log: log.unwrap_or_else(|| "info".to_owned()),
            log_json,
            connections_file: folder.join("connections.toml"),
        })
    }
}

/// Reads where to listen. `localhost` is the one name taken: any other may be several addresses.
fn listening_address(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numeric.parse().map_err(|_| {
        format!(
            "{text:?} is not an address to listen at; write it as 127.0.0.1:9229, localhost:9229 or [::1]:9229, \
             or 0.0.0.0:9229 for every address of this machine"
        )
    })
}

fn parse(text: &str, path: &Path) -> Result<Given, String> {
    toml::from_str(text).map_err(|reason| {
        let line = broken_line(text, &reason);
        format!(
            "line {line} of the configuration file is wrong: {}: {}",
            reason.message(),
            path.display()
        )
    })
}

/// Reads `ID:SECRET`. What is wrong is told without the text, which holds a secret.
pub fn split_key(pair: &Secret) -> Result<(String, Secret), String> {
    match pair.expose().split_once(':') {
        Some((id, secret)) if !secret.is_empty() && is_key_id(id) => {
            Ok((id.to_owned(), Secret::from(secret)))
        }
        _ => Err(
            "an access key must be ID:SECRET, the id up to 128 letters, digits and underscores".to_owned(),
        ),
    }
}

/// Reads the networks of functions; none given are this machine's, where only it can call.
fn networks(given: &[String], listen: SocketAddr) -> Result<Vec<IpNet>, String> {
    if given.is_empty() && listen.ip().is_loopback() {
        return Ok(Outbound::this_machine());
    }
    let one = |text: &String| {
        let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse::<IpNet>()
            .ok()
            .or_else(address)
            .ok_or_else(|| format!("a network of functions must look like 10.1.0.0/16 or 127.0.0.1: {text}"))
    };
    given.iter().map(one).collect()
}

/// Puts together what stands in for IAM.
fn identity_setup(
    oidc_clients: &[String],
    sts_endpoint: Option<&str>,
    admin_roles: Vec<String>,
) -> Result<Setup, String> {
    let mut setup = Setup::default();
    for pair in oidc_clients {
        match pair.split_once('=') {
            Some((issuer, client_id)) if is_private_to_send(issuer) && !client_id.is_empty() => {
                setup.add_oidc_client(issuer, client_id);
            }
            _ => {
                return Err(format!(
                    "an OpenID Connect client must look like https://id.example.com=CLIENT_ID, with http on a \
                     loopback address alone: {pair}"
                ));
            }
        }
    }
    if let Some(role) = admin_roles.iter().find(|role| role_of(role).is_none()) {
        return Err(format!(
            "an admin role must look like arn:aws:iam::123456789012:role/Name: {role}"
        ));
    }
    if let Some(endpoint) = sts_endpoint.filter(|endpoint| !is_private_to_send(endpoint)) {
        return Err(format!(
            "the STS endpoint must look like https://sts.example.com, with http on a loopback address alone: \
             {endpoint}"
        ));
    }
    setup.sts_endpoint = sts_endpoint.map(str::to_owned);
    setup.admin_roles = admin_roles;
    Ok(setup)
}

/// Tells whether what is sent to an address stays between two ends: by TLS, or on this machine.
fn is_private_to_send(url: &str) -> bool {
    if checked_url(url).is_err() {
        return false;
    }
    let Some(rest) = url.strip_prefix("http://") else {
        return true;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn is_key_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn checked_url(url: &str) -> Result<String, String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let plain = url.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) && !url.contains(['?', '#', '@']);
    match rest {
        Some(rest) if plain && !rest.is_empty() && !rest.starts_with('/') => {
            Ok(url.trim_end_matches('/').to_owned())
        }
        _ => Err("the public URL must look like https://pools.example.com".to_owned()),
    }
}

/// Returns the program's folder of one kind: what the variable says, or the system's custom.
fn folder_of(variable: &str, unix: &str) -> PathBuf {
    let named = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let home = || std::env::home_dir().unwrap_or_else(|| PathBuf::from("."));
    let base = if cfg!(windows) {
        named("APPDATA").unwrap_or_else(home)
    } else if cfg!(target_os = "macos") {
        home().join("Library/Application Support")
    } else {
        named(variable).unwrap_or_else(|| home().join(unix))
    };
    base.join("poolhouse")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, given: Given) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("poolhouse.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(given, Some(&path))
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let text = "listen = \"127.0.0.1:1\"\ndrain_secs = 3\naccess_keys = [\"A:file\", \"B:file\"]\n";
        let given = Given {
            listen: Some("127.0.0.1:2".to_owned()),
            access_keys: vec!["A:flag".into()],
            ..Given::default()
        };
        let config = load(text, given).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.drain_secs, 3);
        assert!(config.sample_pool);
        assert_eq!(config.access_keys["A"].expose(), "flag");
        assert_eq!(config.access_keys["B"].expose(), "file");
        let config = load("", Given::default()).unwrap();
        assert_eq!((config.listen, config.listen_chosen), (LISTEN, false));
    }

    #[test]
    fn a_broken_file_is_told_by_line_without_its_content() {
        for (text, line) in [
            ("drain_secs = 1\nlisten = 5", "line 2"),
            ("\n\nno_such_setting = true\n", "line 3"),
            ("access_keys = [\"A:hunter2\"\n", "line "),
            ("renderer = \"vulkan\"", "line 1"),
        ] {
            let told = load(text, Given::default()).unwrap_err();
            assert!(told.contains(line), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
        let absent = Config::load(Given::default(), Some(Path::new("/no/such/file.toml")));
        assert!(absent.unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn only_a_server_for_this_machine_lets_functions_be_on_it_unless_told() {
        let networks = |text: &str| {
            let config = load(text, Given::default())?;
            Ok::<_, String>(
                config
                    .function_networks
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(networks("").unwrap(), ["127.0.0.0/8", "::1/128"]);
        assert!(networks("listen = \"0.0.0.0:1\"").unwrap().is_empty());
        let told = "listen = \"0.0.0.0:1\"\nfunction_networks = [\"10.1.0.0/16\", \"127.0.0.1\"]";
        assert_eq!(networks(told).unwrap(), ["10.1.0.0/16", "127.0.0.1/32"]);
        assert!(networks("function_networks = [\"ten\"]").is_err());
    }

    #[test]
    fn what_stands_in_for_iam_is_checked() {
        let text = "oidc_clients = [\"https://id.example.com/realm=app1\", \"http://127.0.0.1:9/=app3\"]\n\
                    admin_roles = [\"arn:aws:iam::123456789012:role/Admin\"]\n";
        let given = Given {
            oidc_clients: vec!["https://id.example.com/realm=app2".to_owned()],
            sts_endpoint: Some("http://localhost:5000".to_owned()),
            ..Given::default()
        };
        let setup = load(text, given).unwrap().identity;
        let provider = &setup.oidc_providers["id.example.com/realm"];
        assert_eq!(provider.issuer, "https://id.example.com/realm");
        assert_eq!(provider.client_ids, ["app2", "app1"]);
        assert_eq!(setup.oidc_providers["127.0.0.1:9"].issuer, "http://127.0.0.1:9/");
        assert_eq!(setup.admin_roles.len(), 1);
        for bad in [
            "oidc_clients = [\"http://id.example.com=app\"]",
            "oidc_clients = [\"https://id.example.com\"]",
            "oidc_clients = [\"id.example.com=app\"]",
            "admin_roles = [\"Admin\"]",
            "sts_endpoint = \"http://sts.example.com\"",
        ] {
            assert!(load(bad, Given::default()).is_err(), "{bad}");
        }
    }

    #[test]
    fn access_keys_and_addresses_are_checked() {
        for bad in ["", "hunter2", ":hunter2", "id:", "a b:hunter2"] {
            let told = split_key(&bad.into()).unwrap_err();
            assert!(!told.contains("hunter2"), "{told}");
        }
        assert_eq!(split_key(&"AKIA:a:b/c".into()).unwrap().1.expose(), "a:b/c");
        assert_eq!(
            checked_url("https://x.example/").as_deref(),
            Ok("https://x.example")
        );
        assert!(checked_url("x.example").is_err());
        assert!(checked_url("javascript:x").is_err());
    }

    #[test]
    fn functions_are_bound_in_every_form_and_flags_win() {
        let text = r#"
mail_server = "smtp://127.0.0.1:1025"
[functions]
"arn:a" = "http://127.0.0.1:9001"
"arn:b" = ["python3", "x.py"]
"arn:c" = { command = ["x"], environment = { KEY = "value" } }
"arn:d" = { lambda = "http://127.0.0.1:1", profile = "work" }
[encryption_keys]
"arn:k" = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
"#;
        let given = Given {
            functions: BTreeMap::from([split_binding("arn:a=lambda").unwrap()]),
            ..Given::default()
        };
        let config = load(text, given).unwrap();
        assert_eq!(config.functions["arn:a"], Binding::Text("lambda".to_owned()));
        assert_eq!(
            config.functions["arn:b"],
            Binding::Command(vec!["python3".to_owned(), "x.py".to_owned()])
        );
        assert!(
            matches!(&config.functions["arn:c"], Binding::CommandIn { environment, .. }
            if environment["KEY"].expose() == "value")
        );
        assert!(
            matches!(&config.functions["arn:d"], Binding::Lambda { profile: Some(profile), .. }
            if profile == "work")
        );
        assert_eq!(config.encryption_keys["arn:k"].expose(), [7; 32]);
        assert_eq!(config.mail.unwrap().from, Mail::default().from);
        for bad in ["", "arn:a", "arn:a=", "x=http://y"] {
            assert!(split_binding(bad).is_err(), "{bad}");
        }
        for (text, secret) in [
            ("[encryption_keys]\nk = \"hunter2\"\n", "hunter2"),
            ("mail_server = \"smtp://u:hunter2@mail.example.com\"\n", "hunter2"),
        ] {
            let told = load(text, Given::default()).unwrap_err();
            assert!(!told.contains(secret), "{told}");
        }
    }
}

//! Saved connections, and the key files the vendor's tools share.
//!
//! Connections lie in one TOML file that only its owner may read. It is replaced as a
//! whole, so that a crash leaves the old one or the new one. Keys may be written into it,
//! or stay in `~/.aws/credentials` and be named by their profile.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::https::{Https, Options};
use super::{Driver, Transport};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::base::settings::broken_line;
use crate::wire::sigv4::Keys;

/// How careful to be with an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On this machine.
    Local,
    /// For development.
    #[default]
    Dev,
    /// Like production.
    Stage,
    /// Real people.
    Prod,
}

/// Where the keys of a connection come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase")]
pub enum KeySource {
    /// Nothing is signed; public operations alone are answered.
    #[default]
    None,
    /// Written into the file of connections.
    Static {
        /// `AKIA…`.
        access_key_id: String,
        /// Its secret.
        secret_access_key: Secret,
        /// The token of temporary keys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session_token: Option<Secret>,
    },
    /// A profile of the vendor's shared files, read when the connection is opened.
    Shared {
        /// The name in `~/.aws/credentials`.
        profile: String,
    },
}

/// A saved connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What the user calls it; unique in the file.
    pub name: String,
    /// `https://pools.example.com`; missing for the vendor's own endpoints of the Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The Region calls are signed for.
    pub region: String,
    /// How careful to be.
    #[serde(default)]
    pub environment: Environment,
    /// Whether changes are refused before they are sent.
    #[serde(default)]
    pub read_only: bool,
    /// Where its keys come from.
    #[serde(default)]
    pub keys: KeySource,
}

impl Profile {
    /// Prepares to call the endpoint of this connection; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A sentence for people: a wrong address, missing keys.
    pub fn connect(
        &self,
        shared: &SharedFiles,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Driver, String> {
        let keys = match &self.keys {
            KeySource::None => None,
            KeySource::Static {
                access_key_id,
                secret_access_key,
                session_token,
            } => Some(Keys {
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                session_token: session_token.clone(),
            }),
            KeySource::Shared { profile } => Some(shared.keys(profile)?),
        };
        let transport = Https::new(Options {
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            keys,
            clock,
            rng,
        })?;
        let transport: Arc<dyn Transport> = Arc::new(transport);
        Ok(Driver::new(transport, self.read_only))
    }
}

/// The file as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "connection")]
    connections: Vec<Profile>,
}

/// Reads the saved connections; none when the file is not there.
///
/// # Errors
///
/// A sentence for people with the place in the file.
pub fn load(path: &Path) -> Result<Vec<Profile>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(reason) => {
            return Err(format!(
                "the file of connections cannot be read: {reason}: {}",
                path.display()
            ));
        }
    };
    let file: File = toml::from_str(&text).map_err(|reason| {
        let line = broken_line(&text, &reason);
        format!(
            "the file of connections is broken in line {line}: {}: {}",
            reason.message(),
            path.display()
        )
    })?;
    Ok(file.connections)
}

/// Replaces the saved connections.
///
/// # Errors
///
/// A sentence for people; the old file is then untouched.
pub fn save(path: &Path, connections: &[Profile]) -> Result<(), String> {
    let file = File {
        connections: connections.to_vec(),
    };
    let text = toml::to_string_pretty(&file)
        .map_err(|reason| format!("the connections cannot be written as text: {reason}"))?;
    replace(path, text.as_bytes()).map_err(|reason| {
        format!(
            "the file of connections cannot be written: {reason}: {}",
            path.display()
        )
    })
}

/// Writes a file that only its owner may read, whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let written = (|| {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        // The rename lasts only once the folder is flushed; other systems have no such call.
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// The files the vendor's tools share: `~/.aws/credentials` and `~/.aws/config`.
///
/// Source: AWS SDKs and Tools Reference Guide, "Using shared config and credentials files".
#[derive(Clone, Debug, Default)]
pub struct SharedFiles {
    profiles: BTreeMap<String, BTreeMap<String, Secret>>,
}

impl SharedFiles {
    /// Reads the files of the person who runs this; what is missing is empty.
    pub fn of_user() -> Self {
        let home = std::env::home_dir().unwrap_or_default();
        let place = |variable: &str, name: &str| {
            std::env::var_os(variable)
                .filter(|path| !path.is_empty())
                .map_or_else(|| home.join(".aws").join(name), PathBuf::from)
        };
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        Self::parse(
            &read(place("AWS_SHARED_CREDENTIALS_FILE", "credentials")),
            &read(place("AWS_CONFIG_FILE", "config")),
        )
    }

    /// Reads the text of both files. Lines that are not understood are skipped, as the vendor's tools do.
    pub fn parse(credentials: &str, config: &str) -> Self {
        let mut profiles: BTreeMap<String, BTreeMap<String, Secret>> = BTreeMap::new();
        // Credentials last: they win over the same setting in the other file.
        for (text, is_config) in [(config, true), (credentials, false)] {
            let mut current: Option<&mut BTreeMap<String, Secret>> = None;
            for line in text.lines() {
                let trimmed = line.trim();
                if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                    continue;
                }
                if let Some(section) = trimmed.strip_prefix('[') {
                    let section = section.split(']').next().unwrap_or_default().trim();
                    let name = if !is_config || section == "default" {
                        Some(section)
                    } else {
                        // Other sections (`sso-session`, `services`) are no profiles.
                        section
                            .strip_prefix("profile")
                            .filter(|rest| rest.starts_with([' ', '\t']))
                            .map(str::trim)
                    };
                    current = name.map(|name| profiles.entry(name.trim_matches('"').to_owned()).or_default());
                    continue;
                }
                // An indented line belongs to a nested setting (`s3 =`).
                let nested = line.starts_with([' ', '\t']);
                if let (Some(profile), false, Some((name, value))) =
                    (&mut current, nested, trimmed.split_once('='))
                {
                    let value = value.split(" #").next().unwrap_or_default().trim();
                    profile.insert(name.trim().to_ascii_lowercase(), Secret::from(value));
                }
            }
        }
        Self { profiles }
    }

    /// Returns the names of the profiles, `default` first, the others in alphabetical order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        names.sort_by_key(|name| *name != "default");
        names
    }

    /// Returns the Region a profile names.
    pub fn region(&self, profile: &str) -> Option<&str> {
        let region = self.profiles.get(profile)?.get("region")?.expose();
        Some(region).filter(|region| !region.is_empty())
    }

    /// Returns the keys of a profile.
    ///
    /// # Errors
    ///
    /// A sentence for people: there is no such profile, or it gets its keys in a way that is
    /// not done here (single sign-on, a role, a process), and what to do about it.
    pub fn keys(&self, profile: &str) -> Result<Keys, String> {
        let Some(settings) = self.profiles.get(profile) else {
            return Err(format!(
                "there is no profile {profile:?} in ~/.aws/credentials or ~/.aws/config."
            ));
        };
        let get = |name: &str| settings.get(name).filter(|value| !value.is_empty()).cloned();
        if let (Some(id), Some(secret)) = (get("aws_access_key_id"), get("aws_secret_access_key")) {
            return Ok(Keys {
                access_key_id: id.expose().to_owned(),
                secret_access_key: secret,
                session_token: get("aws_session_token"),
            });
        }
        let otherwise = settings
            .keys()
            .any(|name| name.starts_with("sso_") || name == "role_arn" || name == "credential_process");
        if otherwise {
            return Err(format!(
                "the profile {profile:?} gets its keys by single sign-on, a role or a process, which is not \
                 done here. `aws configure export-credentials --profile {profile}` prints keys to enter instead."
            ));
        }
        Err(format!(
            "the profile {profile:?} lacks aws_access_key_id or aws_secret_access_key."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile {
            name: "staging".to_owned(),
            endpoint: Some("https://pools.example.com".to_owned()),
            region: "eu-west-1".to_owned(),
            environment: Environment::Stage,
            read_only: true,
            keys: KeySource::Static {
                access_key_id: "AKIAEXAMPLE".to_owned(),
                secret_access_key: "hunter2".into(),
                session_token: None,
            },
        }
    }

    #[test]
    fn connections_are_read_as_they_were_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/connections.toml");
        assert_eq!(load(&path), Ok(Vec::new()));
        let shared = Profile {
            name: "production".to_owned(),
            endpoint: None,
            keys: KeySource::Shared {
                profile: "prod".to_owned(),
            },
            ..profile()
        };
        let all = vec![
            profile(),
            shared,
            Profile {
                name: "x".to_owned(),
                ..Profile::default()
            },
        ];
        save(&path, &all).unwrap();
        assert_eq!(load(&path), Ok(all));
        save(&path, &[]).unwrap();
        assert_eq!(load(&path), Ok(Vec::new()));
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file stays");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("connections.toml");
        save(&path, &[profile()]).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_told_by_line_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("connections.toml");
        let text = "[[connection]]\nname = \"a\"\nregion = \"b\"\nsecret = \"hunter2\"\n";
        std::fs::write(&path, text).unwrap();
        let told = load(&path).unwrap_err();
        assert!(told.contains("line 4"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn shared_files_are_read_as_the_vendors_tools_read_them() {
        let files = SharedFiles::parse(
            "# keys\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key=abc/def+ghi=\n\n[prod]\naws_access_key_id=AKIAPROD\naws_secret_access_key=s\naws_session_token = t # temporary\n",
            "[default]\nregion = eu-west-1\ns3 =\n  region = nested\n[profile work]\nsso_session = w\nregion=us-east-2\n[sso-session w]\nsso_region = us-east-1\n",
        );
        assert_eq!(files.names(), ["default", "prod", "work"]);
        assert_eq!(files.region("default"), Some("eu-west-1"));
        assert_eq!(files.region("work"), Some("us-east-2"));
        let keys = files.keys("default").unwrap();
        assert_eq!(keys.access_key_id, "AKIADEFAULT");
        assert_eq!(keys.secret_access_key.expose(), "abc/def+ghi=");
        assert_eq!(files.keys("prod").unwrap().session_token, Some("t".into()));
        assert!(files.keys("work").unwrap_err().contains("single sign-on"));
        assert!(files.keys("absent").unwrap_err().contains("no profile"));
    }
}

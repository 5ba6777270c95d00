//! The engine that is being administered.

use egui::Color32;

use super::EngineInfo;
use super::theme::{Icon, Tokens};
use crate::driver::{BoxFuture, CallError, Driver, Outgoing, Transport, profiles};

/// An engine, and how careful to be with it.
#[derive(Clone)]
pub struct Connection {
    /// What the user calls it.
    pub name: String,
    /// How careful to be.
    pub environment: Environment,
    /// Calls it.
    pub driver: Driver,
    /// What is known of it when it runs inside this program.
    pub engine: Option<EngineInfo>,
}

impl Connection {
    /// Stands in while there is none: every call says so.
    pub fn none() -> Self {
        Self {
            name: "Not connected".to_owned(),
            environment: Environment::Local,
            driver: Driver::new(std::sync::Arc::new(Nowhere), true),
            engine: None,
        }
    }
}

/// Carries nothing.
struct Nowhere;

impl Nowhere {
    fn refused<T: Send + 'static>() -> BoxFuture<Result<T, CallError>> {
        Box::pin(async { Err(CallError::Unreachable("there is no connection".to_owned())) })
    }
}

impl Transport for Nowhere {
    fn call(&self, _outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        Self::refused()
    }

    fn upload(&self, _url: String, _file: std::path::PathBuf) -> BoxFuture<Result<(), CallError>> {
        Self::refused()
    }

    fn download(&self, _url: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        Self::refused()
    }

    fn endpoint(&self) -> String {
        "nowhere".to_owned()
    }

    fn region(&self) -> String {
        String::new()
    }
}

impl From<profiles::Environment> for Environment {
    fn from(saved: profiles::Environment) -> Self {
        match saved {
            profiles::Environment::Local => Self::Local,
            profiles::Environment::Dev => Self::Dev,
            profiles::Environment::Stage => Self::Stage,
            profiles::Environment::Prod => Self::Prod,
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("name", &self.name)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && std::sync::Arc::ptr_eq(self.driver.transport(), other.driver.transport())
    }
}

/// How careful to be with an engine; each has its colour and its sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// On this machine.
    #[default]
    Local,
    /// For development.
    Dev,
    /// Like production.
    Stage,
    /// Real people.
    Prod,
}

impl Environment {
    /// All, the most harmless first.
    pub const ALL: [Self; 4] = [Self::Local, Self::Dev, Self::Stage, Self::Prod];

    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "LOCAL",
            Self::Dev => "DEV",
            Self::Stage => "STAGE",
            Self::Prod => "PROD",
        }
    }

    /// The colour of its strip.
    pub fn colour(self, t: &Tokens) -> Color32 {
        match self {
            Self::Local => t.env_local,
            Self::Dev => t.env_dev,
            Self::Stage => t.env_stage,
            Self::Prod => t.env_prod,
        }
    }

    /// Its sign.
    pub fn icon(self) -> Icon {
        match self {
            Self::Local => Icon::House,
            Self::Dev => Icon::Wrench,
            Self::Stage => Icon::FlaskConical,
            Self::Prod => Icon::Lock,
        }
    }

    /// How high its strip is.
    pub fn strip(self) -> f32 {
        match self {
            Self::Prod => 6.0,
            Self::Local | Self::Dev | Self::Stage => 4.0,
        }
    }
}

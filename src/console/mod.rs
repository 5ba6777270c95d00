//! How it is seen: the window.
//!
//! [`run`] opens it. [`app`] holds its state and applies commands, [`shell`] draws what
//! surrounds a screen, [`screens`] are the screens; how to add one stands there. The
//! console knows the engine only through a [`Driver`](crate::driver::Driver).

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::clock::{Clock, UnixMillis};
use crate::driver::{BoxFuture, Driver};

pub mod app;
pub mod command;
pub mod connection;
pub mod draft;
pub mod files;
pub mod jobs;
pub mod palette;
pub mod prefs;
pub mod preview;
pub mod remote;
pub mod route;
pub mod screens;
pub mod settings;
pub mod shell;
pub mod start;
pub mod theme;
pub mod toasts;
pub mod widgets;

pub use app::App;
pub use start::run;

/// Opens the engine inside the program. May be called again after a failure.
pub type Opener = Arc<dyn Fn() -> BoxFuture<Result<Embedded, String>> + Send + Sync>;

/// Puts a backup in the place of what the engine inside the program keeps.
pub trait Restorer: Send + Sync {
    /// Tells what a file holds; an error says why it cannot be used.
    fn look(&self, file: PathBuf) -> BoxFuture<Result<BackupContents, String>>;
    /// Closes the engine and exchanges its store; returns where the earlier one is kept. In
    /// every case the engine must be opened again afterwards.
    fn restore(&self, file: PathBuf) -> BoxFuture<Result<Option<PathBuf>, String>>;
}

/// What a backup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupContents {
    /// When its file was last written.
    pub written_at: Option<UnixMillis>,
    /// Bytes of the file.
    pub bytes: u64,
    /// Its user pools.
    pub pools: Vec<BackupPool>,
}

/// A user pool in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupPool {
    pub user_pool_id: String,
    pub name: String,
    pub users: i64,
}

/// An engine inside the program, ready to be called.
#[derive(Clone)]
pub struct Embedded {
    /// Calls it.
    pub driver: Driver,
    /// What people may know of it.
    pub info: EngineInfo,
}

/// What people may know of the engine inside the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineInfo {
    /// Where SDKs and browsers reach it, `http://127.0.0.1:9229`; `None` when it does not listen.
    pub address: Option<String>,
    /// Why it does not listen, when it does not.
    pub unheard: Option<String>,
    /// Where it keeps everything.
    pub data_dir: PathBuf,
}

/// Which way the window is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    /// OpenGL first on Linux, wgpu first elsewhere, the other one on failure.
    #[default]
    Auto,
    /// OpenGL alone.
    Glow,
    /// Vulkan, Metal, DirectX alone.
    Wgpu,
}

/// What the window needs to start.
#[derive(Clone)]
pub struct Launch {
    /// Background work goes here; the window never waits for it.
    pub runtime: tokio::runtime::Handle,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Opens the engine inside the program; `None` when only remote ones are used.
    pub opener: Option<Opener>,
    /// Puts backups back; `None` leaves that to the command line.
    pub restorer: Option<Arc<dyn Restorer>>,
    /// Whether the desktop's file dialog can be opened; without it paths are typed.
    pub has_file_dialog: bool,
    /// The file of saved connections; `None` keeps none.
    pub profiles_file: Option<PathBuf>,
    /// Which way the window is drawn.
    pub renderer: Renderer,
}

//! What the shell can be told to do. Screens push commands; `logic` applies them.

use crate::driver::CallError;
use crate::driver::profiles::Profile;

use super::connection::Connection;
use super::route::Route;
use super::theme::Icon;

/// An effect, applied between two frames.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Shows a screen.
    Go(Route),
    /// Shows a screen and begins what its main button begins: create a user, a group.
    Begin(Route),
    /// Goes back one screen.
    Back,
    /// Asks again for everything these operations answered.
    Refresh(Vec<&'static str>),
    /// Asks again for everything.
    RefreshAll,
    /// Lets go of what is edited of an object that was deleted, named as it is asked for.
    Deleted(serde_json::Value),
    /// Tells the user something.
    Toast(Toast),
    /// Opens the palette with this text in it.
    Palette(String),
    /// Opens the list of keys.
    Shortcuts,
    /// Chooses the theme.
    Theme(ThemeChoice),
    /// Dark becomes light, light becomes dark.
    ToggleTheme,
    /// Shows days and instants in UTC instead of the local time zone.
    Utc(bool),
    /// Shows or hides the words of the navigation.
    ToggleNavigation,
    /// Scales everything; 1.0 is normal.
    Zoom(f32),
    /// Shows what applying would change.
    Review,
    /// Applies what is edited. `anyway` overwrites what someone else changed meanwhile.
    Apply { anyway: bool },
    /// Throws away what is edited.
    Discard,
    /// Takes back the last edit.
    Undo,
    /// Does again what was taken back.
    Redo,
    /// Administers another engine.
    Use(Box<Connection>),
    /// Administers the engine inside this program.
    OpenEmbedded,
    /// Uses the same engine in another Region and shows its user pools.
    Region(String),
    /// Puts a backup in the place of what the engine inside this program keeps.
    Restore(std::path::PathBuf),
    /// Opens a saved connection.
    Connect(Box<Profile>),
    /// Replaces the saved connections.
    SaveProfiles(Vec<Profile>),
    /// The saved connections were read.
    ProfilesRead(Vec<Profile>),
    /// Puts text on the clipboard and says so, naming it as given.
    Copy { what: String, text: String },
    /// Closes the window.
    Quit,
}

/// Which theme is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ThemeChoice {
    /// As the desktop says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ThemeChoice {
    /// All, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// Its icon.
    pub fn icon(self) -> Icon {
        match self {
            Self::System => Icon::Monitor,
            Self::Light => Icon::Sun,
            Self::Dark => Icon::Moon,
        }
    }
}

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done.
    Ok,
    /// Good to know.
    Info,
    /// Done, but.
    Warning,
    /// Not done.
    Error,
}

/// A short message in the corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How grave.
    pub tone: Tone,
    /// One sentence.
    pub title: String,
    /// What else is known, for instance the code of an error and its request.
    pub detail: Option<String>,
}

impl Toast {
    /// Says that something is done.
    pub fn ok(title: impl Into<String>) -> Self {
        Self {
            tone: Tone::Ok,
            title: title.into(),
            detail: None,
        }
    }

    /// Says something good to know.
    pub fn info(title: impl Into<String>) -> Self {
        Self {
            tone: Tone::Info,
            title: title.into(),
            detail: None,
        }
    }

    /// Says that something is not done, and why.
    pub fn failed(title: impl Into<String>, reason: &CallError) -> Self {
        Self {
            tone: Tone::Error,
            title: title.into(),
            detail: Some(explain(reason)),
        }
    }

    /// Says that something is not done, and why.
    pub fn error(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            tone: Tone::Error,
            title: title.into(),
            detail: Some(detail.into()),
        }
    }
}

/// Puts a failure into words: the message, the code, the request.
pub fn explain(reason: &CallError) -> String {
    let mut text = reason.to_string();
    if let CallError::Fault(fault) = reason
        && let Some(request_id) = &fault.request_id
    {
        text.push_str(" Request ");
        text.push_str(request_id);
    }
    text
}

/// Gathers effects where no screen is at hand: in the answer to a change.
#[derive(Default)]
pub struct Effects {
    pub(super) commands: Vec<Command>,
}

impl Effects {
    /// Adds any command.
    pub fn push(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Asks again for everything these operations answered.
    pub fn refresh(&mut self, operations: &[&'static str]) {
        self.push(Command::Refresh(operations.to_vec()));
    }

    /// Lets go of what is edited of an object that was deleted, named as it is asked for.
    pub fn deleted(&mut self, asked: &impl serde::Serialize) {
        self.push(Command::Deleted(serde_json::to_value(asked).unwrap_or_default()));
    }

    /// Shows a message.
    pub fn toast(&mut self, toast: Toast) {
        self.push(Command::Toast(toast));
    }

    /// Shows a screen.
    pub fn go(&mut self, route: Route) {
        self.push(Command::Go(route));
    }
}

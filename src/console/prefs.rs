//! What the window remembers between two starts.

use serde::{Deserialize, Serialize};

use super::command::ThemeChoice;
use super::route::Route;

/// Preferences and the last place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// Which theme is drawn.
    pub theme: ThemeChoice,
    /// Scales everything; 1.0 is normal.
    pub zoom: f32,
    /// Whether the navigation shows icons alone.
    pub slim_navigation: bool,
    /// Whether days and instants are shown in UTC instead of the local time zone.
    pub utc: bool,
    /// The screen to begin with.
    pub route: Route,
    /// The user pools opened last, the latest first.
    pub recent_pools: Vec<String>,
}

impl Default for Prefs {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            zoom: 1.0,
            slim_navigation: false,
            utc: false,
            route: Route::UserPools,
            recent_pools: Vec::new(),
        }
    }
}

impl Prefs {
    /// The name they are stored under.
    pub const KEY: &'static str = "poolhouse-preferences";

    /// Puts a user pool in front of those opened last.
    pub fn opened(&mut self, user_pool_id: &str) {
        const MOST: usize = 8;
        self.recent_pools.retain(|id| id != user_pool_id);
        self.recent_pools.insert(0, user_pool_id.to_owned());
        self.recent_pools.truncate(MOST);
    }
}

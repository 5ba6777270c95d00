//! Where one can be: every screen has a route.

use serde::{Deserialize, Serialize};

use super::theme::Icon;

/// A screen and what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Route {
    /// The saved connections.
    Connections,
    /// The user pools of the connection.
    #[default]
    UserPools,
    /// A new user pool.
    CreateUserPool,
    /// A page of a user pool.
    UserPool {
        /// Its id.
        user_pool_id: String,
        /// The page.
        page: Page,
    },
    /// The engine inside this program.
    LocalEngine,
    /// Running and finished jobs.
    Jobs,
    /// Theme, density, keys.
    Preferences,
}

/// A page of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Page {
    /// Facts and next steps.
    Overview,
    /// The list of app clients.
    AppClients,
    /// One app client.
    AppClient(String),
    /// The list of users.
    Users,
    /// One user.
    User(String),
    /// The list of groups.
    Groups,
    /// One group.
    Group(String),
    /// Import jobs.
    Imports,
    /// Password policy and second factors.
    AuthenticationMethods,
    /// Identifiers, first factors, recovery.
    SignIn,
    /// Self-registration, verification, attributes.
    SignUp,
    /// CSS, logo, preview.
    BrandingStudio,
    /// Name, protection, tags, deletion.
    Settings,
}

/// A group of the navigation: its heading and its pages.
pub struct Section {
    /// Empty for pages that stand alone.
    pub heading: &'static str,
    /// In order.
    pub pages: &'static [Page],
}

/// The navigation of a user pool, in the vendor's order.
pub const NAVIGATION: &[Section] = &[
    Section {
        heading: "",
        pages: &[Page::Overview],
    },
    Section {
        heading: "Applications",
        pages: &[Page::AppClients],
    },
    Section {
        heading: "User management",
        pages: &[Page::Users, Page::Groups, Page::Imports],
    },
    Section {
        heading: "Authentication",
        pages: &[Page::AuthenticationMethods, Page::SignIn, Page::SignUp],
    },
    Section {
        heading: "Branding",
        pages: &[Page::BrandingStudio],
    },
    Section {
        heading: "",
        pages: &[Page::Settings],
    },
];

impl Page {
    /// What the navigation calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::AppClients => "App clients",
            Self::AppClient(_) => "App client",
            Self::Users => "Users",
            Self::User(_) => "User",
            Self::Groups => "Groups",
            Self::Group(_) => "Group",
            Self::Imports => "Imports",
            Self::AuthenticationMethods => "Authentication methods",
            Self::SignIn => "Sign-in",
            Self::SignUp => "Sign-up",
            Self::BrandingStudio => "Branding studio",
            Self::Settings => "Settings",
        }
    }

    /// The icon beside its name.
    pub fn icon(&self) -> Icon {
        match self {
            Self::Overview => Icon::LayoutDashboard,
            Self::AppClients | Self::AppClient(_) => Icon::AppWindow,
            Self::Users | Self::User(_) => Icon::Users,
            Self::Groups | Self::Group(_) => Icon::Group,
            Self::Imports => Icon::FileUp,
            Self::AuthenticationMethods => Icon::KeyRound,
            Self::SignIn => Icon::LogIn,
            Self::SignUp => Icon::UserPlus,
            Self::BrandingStudio => Icon::Palette,
            Self::Settings => Icon::Settings,
        }
    }

    /// The page of the navigation it stands under: a user stands under the users.
    #[must_use]
    pub fn listed_under(&self) -> Self {
        match self {
            Self::AppClient(_) => Self::AppClients,
            Self::User(_) => Self::Users,
            Self::Group(_) => Self::Groups,
            Self::Overview
            | Self::AppClients
            | Self::Users
            | Self::Groups
            | Self::Imports
            | Self::AuthenticationMethods
            | Self::SignIn
            | Self::SignUp
            | Self::BrandingStudio
            | Self::Settings => self.clone(),
        }
    }

    /// Other words people search for.
    pub fn synonyms(&self) -> &'static str {
        match self {
            Self::Overview => "home dashboard arn jwks issuer",
            Self::AppClients | Self::AppClient(_) => "app integration application oauth secret",
            Self::Users | Self::User(_) => "accounts people members",
            Self::Groups | Self::Group(_) => "roles",
            Self::Imports => "csv upload migrate",
            Self::AuthenticationMethods => "password policy policies mfa sms email totp passkey",
            Self::SignIn => "sign-in experience login mfa recovery alias factors",
            Self::SignUp => "sign-up experience register registration attributes verification",
            Self::BrandingStudio => "hosted ui customization css logo managed login",
            Self::Settings => "user pool properties tags deletion protection rename plan",
        }
    }
}

impl Route {
    /// A page of a user pool.
    pub fn pool(user_pool_id: impl Into<String>, page: Page) -> Self {
        Self::UserPool {
            user_pool_id: user_pool_id.into(),
            page,
        }
    }

    /// The user pool the route is in.
    pub fn user_pool_id(&self) -> Option<&str> {
        match self {
            Self::UserPool { user_pool_id, .. } => Some(user_pool_id),
            Self::Connections
            | Self::UserPools
            | Self::CreateUserPool
            | Self::LocalEngine
            | Self::Jobs
            | Self::Preferences => None,
        }
    }

    /// What the navigation calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connections => "Connections",
            Self::UserPools => "User pools",
            Self::CreateUserPool => "Create user pool",
            Self::UserPool { page, .. } => page.name(),
            Self::LocalEngine => "Local engine",
            Self::Jobs => "Jobs",
            Self::Preferences => "Preferences",
        }
    }

    /// The icon beside its name.
    pub fn icon(&self) -> Icon {
        match self {
            Self::Connections => Icon::PlugZap,
            Self::UserPools => Icon::Database,
            Self::CreateUserPool => Icon::Plus,
            Self::UserPool { page, .. } => page.icon(),
            Self::LocalEngine => Icon::Server,
            Self::Jobs => Icon::ListTodo,
            Self::Preferences => Icon::SlidersHorizontal,
        }
    }

    /// Other words people search for.
    pub fn synonyms(&self) -> &'static str {
        match self {
            Self::Connections => "profiles endpoint region credentials switch",
            Self::UserPools => "list pools",
            Self::CreateUserPool => "new pool wizard",
            Self::UserPool { page, .. } => page.synonyms(),
            Self::LocalEngine => "embedded server keys access outbox mail backup restore jwks issuer",
            Self::Jobs => "tasks background progress",
            Self::Preferences => "theme dark light appearance zoom keyboard shortcuts",
        }
    }
}

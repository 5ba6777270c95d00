//! User pools API.

use crate::engine::dispatch::Route;

pub mod app_clients;
pub mod devices;
pub mod domains;
pub mod feature_plans;
pub mod groups;
pub mod identity_providers;
pub mod imports;
pub mod limits;
pub mod linked_identities;
pub mod log_delivery;
pub mod managed_login;
pub mod mfa_config;
pub mod mfa_preferences;
pub mod migration;
pub mod paging;
pub mod passkeys;
pub mod profile;
pub mod replicas;
pub mod resource_servers;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod software_tokens;
pub mod tags;
pub mod terms;
pub mod threat_protection;
pub mod tokens;
pub mod ui_customization;
pub mod user_pools;
pub mod users;

/// The routes of every resource.
pub const ROUTES: &[&[Route]] = &[
    user_pools::ROUTES,
    mfa_config::ROUTES,
    app_clients::ROUTES,
    users::ROUTES,
    groups::ROUTES,
    sign_up::ROUTES,
    sign_in::ROUTES,
    devices::ROUTES,
    passkeys::ROUTES,
    sessions::ROUTES,
    tokens::ROUTES,
    profile::ROUTES,
    mfa_preferences::ROUTES,
    software_tokens::ROUTES,
    imports::ROUTES,
    ui_customization::ROUTES,
    tags::ROUTES,
    resource_servers::ROUTES,
    identity_providers::ROUTES,
    linked_identities::ROUTES,
    domains::ROUTES,
    managed_login::ROUTES,
    terms::ROUTES,
    threat_protection::ROUTES,
    log_delivery::ROUTES,
    limits::ROUTES,
    replicas::ROUTES,
];

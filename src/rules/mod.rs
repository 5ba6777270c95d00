//! What is allowed: pure functions, no clock, no store, no network.
//!
//! A rule names every finding it has; it never stops at the first.

pub mod acr;
pub mod attributes;
pub mod branding;
pub mod domains;
pub mod finding;
pub mod identity_pools;
pub mod identity_providers;
pub mod import;
pub mod mfa;
pub mod password_hash;
pub mod password_policy;
pub mod plans;
pub mod risk;
pub mod role_mapping;
pub mod user_agent;
pub mod user_filter;
pub mod usernames;

pub use finding::{Finding, Severity};

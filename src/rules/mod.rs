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

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Goes through; somebody should know.
    Warning,
    /// Is refused.
    Error,
}

/// What a rule found: a hint beside a form field, a line of a report, the text of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: an attribute, a column, a property, by the vendor's name.
    pub place: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What, in whole sentences.
    pub text: String,
}

impl Finding {
    /// A finding that refuses.
    pub fn error(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            severity: Severity::Error,
            text: text.into(),
        }
    }

    /// A finding that lets pass.
    pub fn warning(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            severity: Severity::Warning,
            text: text.into(),
        }
    }
}

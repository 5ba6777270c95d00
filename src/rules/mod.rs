//! What is allowed: pure functions, no clock, no store, no network.
//!
//! A rule names every finding it has; it never stops at the first.

pub mod branding;
pub mod import;

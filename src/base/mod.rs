//! What every floor may use: clock, randomness, identifiers, secrets, page tokens, sources of calls,
//! and what people configure.
//!
//! Nothing here knows what a user pool is, and nothing here does IO except asking
//! the system for the time and for random bytes.

pub mod clock;
pub mod ids;
pub mod page;
pub mod rng;
pub mod secret;
pub mod settings;
pub mod source;

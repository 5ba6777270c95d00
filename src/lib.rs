//! Poolhouse: a console for user pools, with a pool engine of its own inside.
//!
//! Everything enters by the same door: the console, the vendor's SDKs, the hosted pages
//! and the tests all send the same bytes to [`engine`]'s dispatch.
//!
//! The floors, lowest first; a module uses only what stands below it:
//!
//! | Floor | Module | Holds |
//! |---|---|---|
//! | 0 | [`base`] | clock, randomness, identifiers, secrets, page tokens |
//! | 1 | [`wire`] | what travels: shapes, error codes, signatures, the service model |
//! | 2 | [`rules`] | what is allowed: pure functions |
//! | 3 | [`store`] | what is kept |
//! | 4 | [`engine`] | what happens |
//! | 5 | [`http`] | how it is served |
//! | 5 | [`driver`] | how it is called |
//! | 6 | `console` | how it is seen |
//! | 7 | [`config`], [`cli`] | arguments in, subcommand out |

pub mod base;
pub mod cli;
pub mod config;
#[cfg(feature = "console")]
pub mod console;
pub mod driver;
pub mod engine;
pub mod http;
pub mod rules;
pub mod store;
pub mod wire;

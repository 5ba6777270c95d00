//! Identity pools API.

use crate::engine::Error;
use crate::engine::dispatch::Route;
use crate::rules::Finding;

pub mod credentials;
pub mod developer;
pub mod identities;
pub mod pools;
pub mod roles;
pub mod tags;

/// The routes of every resource.
pub const ROUTES: &[&[Route]] = &[
    pools::ROUTES,
    roles::ROUTES,
    credentials::ROUTES,
    developer::ROUTES,
    identities::ROUTES,
    tags::ROUTES,
];

/// The page an integer asks for, 1 to 60; 60 without one.
fn page_size(asked: Option<i32>) -> usize {
    asked
        .and_then(|asked| usize::try_from(asked).ok())
        .unwrap_or(60)
        .clamp(1, 60)
}

/// Tells all that is wrong with a request; `None` when nothing is.
fn refusal(found: &[Finding]) -> Option<Error> {
    let texts: Vec<&str> = found.iter().map(|finding| finding.text.as_str()).collect();
    (!texts.is_empty()).then(|| Error::invalid(texts.join(" ")))
}

//! Operations on app clients.

use crate::engine::dispatch::Route;

/// What this file answers.
pub const ROUTES: &[Route] = &[];

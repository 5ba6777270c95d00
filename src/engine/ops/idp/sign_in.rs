//! Operations on sign in.

use crate::engine::dispatch::Route;

/// What this file answers.
pub const ROUTES: &[Route] = &[];

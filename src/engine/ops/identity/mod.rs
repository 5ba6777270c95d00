//! Identity pools API.

use crate::engine::dispatch::Route;

/// The routes of every resource.
pub const ROUTES: &[&[Route]] = &[];

//! How it is seen: the window.
pub mod jobs;

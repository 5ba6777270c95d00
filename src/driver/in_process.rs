//! Calls an engine in the same process.

//! Pool keys, opened and kept while the engine runs.

/// Opened pool keys by pool id.
#[derive(Default)]
pub struct KeyRing {}

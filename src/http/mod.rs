//! How the engine is served over HTTP.

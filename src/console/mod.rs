//! How it is seen: the window.

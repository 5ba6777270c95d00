//! The embedded adapter: one SQLite file, one writer thread, readers of their own.

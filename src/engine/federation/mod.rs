//! Identity providers of others: what is fetched from them, and what their tokens prove.

pub mod key_sets;

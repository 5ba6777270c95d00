//! Proofs: passwords, SRP, tokens, codes, keys, the seals around them, and sign-in itself.

pub mod access_keys;
pub mod keys;
pub mod vault;

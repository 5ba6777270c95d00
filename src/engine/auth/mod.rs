//! Proofs: passwords, SRP, tokens, codes, keys, the seals around them, and sign-in itself.

pub mod access_keys;
pub mod bignum;
pub mod keys;
pub mod srp;
pub mod vault;

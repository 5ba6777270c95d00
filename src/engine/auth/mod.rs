//! Proofs: passwords, SRP, tokens, codes, keys, the seals around them, and sign-in itself.

pub mod access_keys;
pub mod bignum;
pub mod certificate;
pub mod challenge;
pub mod client;
pub mod codes;
pub mod credential;
pub mod device;
pub mod foreign;
pub mod keys;
pub mod lockout;
pub mod lookup;
pub mod machine;
pub mod passkeys;
pub mod sessions;
pub mod sign_in;
pub mod simulated;
pub mod srp;
pub mod temporary_keys;
pub mod tokens;
pub mod totp;
pub mod vault;

//! The CSV core of imports: header, rows, report. Shared by engine and wizard, so that what
//! the wizard calls good is what the engine takes.
//!
//! Two kinds of files are read. [`native`] is the vendor's own dialect (no quoting, a comma
//! inside a value is written `\,`), the only one an import job takes; [`header`], [`row`] and
//! [`report`] say what it may hold and what becomes of it. [`foreign`] reads what people
//! have (encodings, delimiters, quotes), [`mapping`] and [`transform`] turn it into the former.
//!
//! Nothing here stops at the first finding, and no finding quotes a value: the texts end up
//! in logs.
//!
//! Source: developer guide, "Importing users from a CSV file".

pub mod foreign;
pub mod header;
pub mod mapping;
pub mod native;
pub mod report;
pub mod row;
pub mod transform;

/// The longest row, in characters.
pub const MAX_ROW_CHARS: usize = 16_000;
/// The largest file.
pub const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;
/// The most users of one file.
pub const MAX_USERS: u64 = 500_000;

/// The column of usernames.
pub const USERNAME: &str = "cognito:username";
/// The column that asks for multi-factor authentication.
pub const MFA_ENABLED: &str = "cognito:mfa_enabled";
/// The optional column of password hashes.
pub const PASSWORD_HASH: &str = "password_hash";

//! The attributes of users: the standard ones, the schema of a user pool, and what a value
//! must look like.
//!
//! A schema is the list that `DescribeUserPool` shows: standard attributes by their bare
//! names, custom ones with their prefix (`custom:tier`, `dev:custom:tier`). Values are
//! text whatever their type; a blank value means "no value" and is never checked here.
//!
//! Source: user pools developer guide, "Working with user attributes".

mod check;
mod schema;
mod standard;
mod values;

pub use check::{check, check_mutable, check_required, is_readable, is_writable, message, missing_required};
pub use schema::{
    MAX_CUSTOM_ATTRIBUTES, MAX_CUSTOM_NAME_CHARACTERS, add_custom, custom_name, find, schema_of,
    schema_of_new_pool,
};
pub use standard::{Kind, STANDARD, Standard, is_standard, is_verified, is_verified_flag, standard_schema};
pub use values::{MAX_VALUE_CHARACTERS, is_birthdate, is_email, is_phone_number, value_refused};

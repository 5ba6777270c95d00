//! The pages of a user pool.

pub mod app_client;
pub mod app_clients;
pub mod authentication;
pub mod branding;
pub mod groups;
pub mod imports;
pub mod overview;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod users;

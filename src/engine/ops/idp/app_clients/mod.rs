//! Operations on app clients and their secrets.
//!
//! An update is a PUT: a member that is missing goes back to its default. A client that may
//! use SRP decides, through its pool, which credential users keep; every change here keeps
//! that mark of the pool in step.

use crate::engine::dispatch::Route;
use crate::wire::idp::{
    AddUserPoolClientSecretRequest, CreateUserPoolClientRequest, DeleteUserPoolClientRequest,
    DeleteUserPoolClientSecretRequest, DescribeUserPoolClientRequest, ListUserPoolClientSecretsRequest,
    ListUserPoolClientsRequest, UpdateUserPoolClientRequest,
};

mod clients;
mod secrets;
mod settings;

/// What this folder answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateUserPoolClientRequest>(),
    Route::of::<DescribeUserPoolClientRequest>(),
    Route::of::<UpdateUserPoolClientRequest>(),
    Route::of::<DeleteUserPoolClientRequest>(),
    Route::of::<ListUserPoolClientsRequest>(),
    Route::of::<AddUserPoolClientSecretRequest>(),
    Route::of::<DeleteUserPoolClientSecretRequest>(),
    Route::of::<ListUserPoolClientSecretsRequest>(),
];

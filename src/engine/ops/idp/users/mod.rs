//! Operations on users, as an admin sees them, and how every other file finds and changes one.
//!
//! A user is always changed through [`change_user`]: it reads, changes and writes in one
//! transaction and answers a name that another user holds.

use crate::engine::dispatch::Route;
use crate::wire::idp::{
    AdminConfirmSignUpRequest, AdminCreateUserRequest, AdminDeleteUserAttributesRequest,
    AdminDeleteUserRequest, AdminDisableUserRequest, AdminEnableUserRequest, AdminGetUserRequest,
    AdminResetUserPasswordRequest, AdminSetUserPasswordRequest, AdminUpdateUserAttributesRequest,
    AdminUserGlobalSignOutRequest, ListUsersRequest,
};

mod account;
mod attributes;
mod creation;
mod passwords;
mod reading;
mod writing;

pub use attributes::{
    AttributeCode, attribute_codes, attribute_map, change_attributes, mark_value_verified, mark_verified,
    put_attribute_codes,
};
pub use passwords::{check_password, password_was_used};
pub use reading::{attribute_list, find_pool, find_user, pool_in, user_in, user_type};
pub use writing::{change_user, write_user};

pub(super) use account::not_confirmable;
pub(super) use attributes::check_attributes;
pub(super) use creation::{insert_user, may_go_without_password, new_user, take_aliases, welcome};
pub(super) use passwords::{can_reset, forget_proofs, no_recovery, not_resettable};

/// What this folder answers.
pub const ROUTES: &[Route] = &[
    Route::of::<AdminCreateUserRequest>(),
    Route::of::<AdminGetUserRequest>(),
    Route::of::<ListUsersRequest>(),
    Route::of::<AdminUpdateUserAttributesRequest>(),
    Route::of::<AdminDeleteUserAttributesRequest>(),
    Route::of::<AdminDeleteUserRequest>(),
    Route::of::<AdminEnableUserRequest>(),
    Route::of::<AdminDisableUserRequest>(),
    Route::of::<AdminConfirmSignUpRequest>(),
    Route::of::<AdminSetUserPasswordRequest>(),
    Route::of::<AdminResetUserPasswordRequest>(),
    Route::of::<AdminUserGlobalSignOutRequest>(),
];

//! Sign-up and forgotten passwords: what anyone may call who knows an app client's id.
//!
//! Where a client hides users, every answer about a name that leads nowhere is the one that
//! a name with an account gets: made-up delivery details, a wrong code, the same hourly
//! quota, the same work. Such names count their calls under a `sub` that is a keyed hash of
//! the name.
//!
//! Source: user pools developer guide, "Managing user existence error responses".

use crate::engine::dispatch::Route;
use crate::wire::idp::{
    ConfirmForgotPasswordRequest, ConfirmSignUpRequest, ForgotPasswordRequest, ResendConfirmationCodeRequest,
    SignUpRequest,
};

mod called;
mod confirmation;
mod forgotten_password;
mod signing_up;

/// What this folder answers.
pub const ROUTES: &[Route] = &[
    Route::of::<SignUpRequest>(),
    Route::of::<ConfirmSignUpRequest>(),
    Route::of::<ResendConfirmationCodeRequest>(),
    Route::of::<ForgotPasswordRequest>(),
    Route::of::<ConfirmForgotPasswordRequest>(),
];

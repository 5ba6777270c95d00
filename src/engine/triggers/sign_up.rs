//! What is asked before a user is made, and told after one was confirmed.

use serde_json::json;

use super::event::{self, Metadata};
use super::{Event, Scene, Trigger, answer, invoke};
use crate::engine::{Error, Result};
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::UserStatusType;

/// By what a user comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    SignUp,
    AdminCreateUser,
    ExternalProvider,
}

impl Arrival {
    const fn source(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::ExternalProvider => "ExternalProvider",
        }
    }
}

/// What a function decided about a new user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreSignUp {
    pub confirm: bool,
    pub verify_email: bool,
    pub verify_phone: bool,
}

impl PreSignUp {
    /// Applies the decision to a user who is about to be stored.
    pub fn apply(self, user: &mut User) {
        if self.confirm {
            user.status = UserStatusType::Confirmed;
        }
        for (wanted, flag) in [
            (self.verify_email, "email_verified"),
            (self.verify_phone, "phone_number_verified"),
        ] {
            if wanted {
                user.attributes.insert(flag.to_owned(), "true".to_owned());
            }
        }
    }
}

/// Asks before a user is made. `None` without a function.
///
/// # Errors
///
/// As [`invoke`]; `InvalidLambdaResponseException` also when an attribute is to be verified
/// that the user does not have.
pub async fn pre_sign_up(
    scene: &Scene<'_>,
    arrival: Arrival,
    user: &User,
    validation_data: Option<&Metadata>,
) -> Result<Option<PreSignUp>> {
    let event = Event::new(Trigger::PreSignUp, arrival.source(), &user.username)
        .with("userAttributes", event::given_attributes(user))
        .with("validationData", event::validation_data(validation_data))
        .with_metadata(scene)
        .answering(json!({
            "autoConfirmUser": false,
            "autoVerifyEmail": false,
            "autoVerifyPhone": false,
        }));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    let decided = PreSignUp {
        confirm: answer::flag(&answer, "autoConfirmUser")?,
        verify_email: answer::flag(&answer, "autoVerifyEmail")?,
        verify_phone: answer::flag(&answer, "autoVerifyPhone")?,
    };
    // An admin's users are confirmed by their first sign-in.
    if arrival == Arrival::AdminCreateUser {
        return Ok(None);
    }
    check(user, decided)?;
    Ok(Some(decided))
}

fn check(user: &User, decided: PreSignUp) -> Result<()> {
    for (wanted, attribute) in [
        (decided.verify_email, "email"),
        (decided.verify_phone, "phone_number"),
    ] {
        if wanted && !user.attributes.contains_key(attribute) {
            return Err(Error::new(
                Code::InvalidLambdaResponseException,
                format!("Can not auto verify {attribute}, because the user does not have it."),
            ));
        }
    }
    Ok(())
}

/// What was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    SignUp,
    ForgotPassword,
}

/// Tells that a user was confirmed. What was confirmed stays so when the function fails.
///
/// # Errors
///
/// As [`invoke`].
pub async fn post_confirmation(scene: &Scene<'_>, confirmed: Confirmed, user: &User) -> Result<()> {
    let source = match confirmed {
        Confirmed::SignUp => "ConfirmSignUp",
        Confirmed::ForgotPassword => "ConfirmForgotPassword",
    };
    let event = Event::new(Trigger::PostConfirmation, source, &user.username)
        .with("userAttributes", event::attributes_of(scene.pool, user))
        .with_metadata(scene);
    invoke(scene, event).await.map(drop)
}

//! Messages to users: which text, to where, and what the caller is told of it.
//!
//! Nothing is sent here. A message becomes an outbox record, written in the same
//! transaction as the change that it tells of; [`super::delivery`] sends it. The texts
//! are the pool's templates, else those under `assets/messages`. E-mail bodies are HTML, so
//! what is put into them is escaped.
//!
//! Placeholders: `{####}` is the code or temporary password, `{username}` the name to sign
//! in with, `{##text##}` a link. Source: user pools developer guide, "Message templates".

mod channels;
mod composer;
mod ids;
mod templates;

pub use channels::{
    Channel, NoRecovery, is_auto_verified, mask_email, mask_phone_number, recovery_channel,
    recovery_channels, sign_up_channel, unused_channels,
};
pub use composer::Composer;

pub(super) use ids::next_id;

/// Why a message is written; the tail of the vendor's trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The code that confirms a sign-up.
    SignUp,
    /// The same, asked for again.
    ResendCode,
    /// The code that allows a new password.
    ForgotPassword,
    /// The invitation of a user whom an admin made.
    AdminCreateUser,
    /// The code for a changed attribute.
    UpdateUserAttribute,
    /// The code for an attribute that is not verified yet.
    VerifyUserAttribute,
    /// The code asked for at sign-in.
    Authentication,
    /// News of a risky sign-in.
    AccountTakeOverNotification,
}

impl Purpose {
    /// Returns the name under which the outbox shows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::ResendCode => "ResendCode",
            Self::ForgotPassword => "ForgotPassword",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::UpdateUserAttribute => "UpdateUserAttribute",
            Self::VerifyUserAttribute => "VerifyUserAttribute",
            Self::Authentication => "Authentication",
            Self::AccountTakeOverNotification => "AccountTakeOverNotification",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::records::users::User;

    /// A user with these attributes, whose name is not safe in HTML.
    pub(super) fn user(attributes: &[(&str, &str)]) -> User {
        User {
            username: "<b>maria</b>".to_owned(),
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..User::default()
        }
    }
}

//! What a user must show beside the first proof.

use super::job::Job;
use crate::engine::{Error, Result};
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::UserPoolMfaType;

impl Job {
    /// Refuses a user who would have to show a second factor.
    ///
    /// # Errors
    ///
    /// `InvalidUserPoolConfigurationException`.
    pub fn check_second_factor(&self, user: &User) -> Result<()> {
        let needed = match self.pool.settings.mfa_configuration {
            Some(UserPoolMfaType::On) => true,
            Some(UserPoolMfaType::Optional) => !user.mfa_settings.is_empty(),
            Some(UserPoolMfaType::Off | UserPoolMfaType::Unlisted(_)) | None => false,
        };
        if needed {
            return Err(Error::new(
                Code::InvalidUserPoolConfigurationException,
                "The user must show a second factor, which this engine does not ask for yet.",
            ));
        }
        Ok(())
    }
}

//! Tokens for a refresh token, without a proof.

use super::Parameters;
use super::job::{After, Done, Job, Next, SignedIn, required};
use super::progress::Progress;
use crate::base::secret::Secret;
use crate::engine::Result;
use crate::engine::auth::{client, device, tokens};
use crate::store::Reader;
use crate::wire::idp::AuthFlowType;

impl Job {
    /// `REFRESH_TOKEN_AUTH`.
    pub fn refresh_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let token = required(given, "REFRESH_TOKEN")?;
        let hash = given.get("SECRET_HASH");
        if hash.is_none() {
            client::check_secret_hash(&self.client, &[], None)?;
        }
        let (grant, user) = tokens::check_refresh(r, &self.keys, &self.client, token, self.now)?;
        let sub = user.sub.to_string();
        client::check_secret_hash(&self.client, &[&user.username, &sub], hash)?;
        let device_key = given.get("DEVICE_KEY").map(Secret::expose);
        device::check_refresh(&self.pool, grant.device_key.as_deref(), device_key)?;
        let signed_in = SignedIn {
            user,
            grant,
            progress: Progress::new(AuthFlowType::RefreshTokenAuth),
            is_refresh: true,
        };
        Ok((After::default(), Ok(Next::Tokens(Box::new(signed_in)))))
    }
}

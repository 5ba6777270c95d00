//! What an app client may do, and how it proves itself.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq};

use crate::base::secret::Secret;
use crate::engine::{Error, Result};
use crate::store::Reader;
use crate::store::records::app_clients::{self, AppClient, ClientSecret};
use crate::store::records::user_pools::{self, UserPool};
use crate::wire::idp::{ExplicitAuthFlowsType as Flows, FeatureType, PreventUserExistenceErrorTypes};

/// Finds an app client and its user pool.
///
/// # Errors
///
/// `ResourceNotFoundException` when either is not there.
pub fn find(r: &mut Reader<'_>, client_id: &str) -> Result<(UserPool, AppClient)> {
    let client = app_clients::get(r, client_id)?.ok_or_else(|| Error::no_client(client_id))?;
    let pool = user_pools::get(r, &client.user_pool_id)?.ok_or_else(|| Error::no_client(client_id))?;
    Ok((pool, client))
}

/// Finds an app client of this user pool.
///
/// # Errors
///
/// `ResourceNotFoundException` when the pool is not there, or the client is not the pool's.
pub fn find_in(r: &mut Reader<'_>, user_pool_id: &str, client_id: &str) -> Result<(UserPool, AppClient)> {
    let pool = user_pools::get(r, user_pool_id)?.ok_or_else(|| Error::no_user_pool(user_pool_id))?;
    let client = app_clients::get(r, client_id)?
        .filter(|client| client.user_pool_id == user_pool_id)
        .ok_or_else(|| Error::no_client(client_id))?;
    Ok((pool, client))
}

/// Tells whether the existence of users is hidden from callers of this client.
pub fn hides_users(client: &AppClient) -> bool {
    client.settings.prevent_user_existence_errors == Some(PreventUserExistenceErrorTypes::Enabled)
}

/// Tells whether tokens of this client can be revoked; on unless switched off.
pub fn revokes_tokens(client: &AppClient) -> bool {
    client.settings.enable_token_revocation.unwrap_or(true)
}

/// Returns for how many seconds a rotated refresh token may be used again, `None` without rotation.
pub fn rotation_grace_secs(client: &AppClient) -> Option<i64> {
    let rotation = client.settings.refresh_token_rotation.as_ref()?;
    (rotation.feature == FeatureType::Enabled).then(|| {
        rotation
            .retry_grace_period_seconds
            .map_or(0, i64::from)
            .clamp(0, 60)
    })
}

/// Returns for how long a challenge waits for its answer, 3 to 15 minutes.
pub fn session_secs(client: &AppClient) -> i64 {
    let minutes = client.settings.auth_session_validity.unwrap_or(3);
    i64::from(minutes).clamp(3, 15).saturating_mul(60)
}

/// The name of a flow that the service documents but its model does not list.
pub const CLIENT_TOKEN: &str = "ALLOW_CLIENT_TOKEN_AUTH";

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    UserSrp,
    UserPassword,
    AdminUserPassword,
    Refresh,
    Custom,
    Choice,
    /// An access token of the client itself.
    ClientToken,
    /// A token derived from a user's, in the user's name.
    Impersonation,
    /// A token derived from a user's, in the name of another on the user's behalf.
    Delegation,
}

/// Tells whether the client may use a flow.
///
/// Without a list: refresh, SRP and custom. The three older values stand for what they
/// added to that list; `CUSTOM_AUTH_FLOW_ONLY` takes SRP away.
pub fn allows(client: &AppClient, flow: Flow) -> bool {
    let given = client.settings.explicit_auth_flows.as_deref().unwrap_or_default();
    let has = |wanted: Flows| given.contains(&wanted);
    let older = [
        Flows::AdminNoSrpAuth,
        Flows::CustomAuthFlowOnly,
        Flows::UserPasswordAuth,
    ];
    let by_default = given.is_empty() || given.iter().any(|flow| older.contains(flow));
    match flow {
        Flow::UserSrp => has(Flows::AllowUserSrpAuth) || (by_default && !has(Flows::CustomAuthFlowOnly)),
        Flow::UserPassword => has(Flows::AllowUserPasswordAuth) || has(Flows::UserPasswordAuth),
        Flow::AdminUserPassword => has(Flows::AllowAdminUserPasswordAuth) || has(Flows::AdminNoSrpAuth),
        Flow::Refresh => {
            rotation_grace_secs(client).is_none() && (has(Flows::AllowRefreshTokenAuth) || by_default)
        }
        Flow::Custom => has(Flows::AllowCustomAuth) || by_default,
        Flow::Choice => has(Flows::AllowUserAuth),
        Flow::ClientToken => has(Flows::Unlisted(CLIENT_TOKEN.to_owned())),
        Flow::Impersonation => has(Flows::AllowTokenExchangeImpersonation),
        Flow::Delegation => has(Flows::AllowTokenExchangeDelegation),
    }
}

/// Checks `SECRET_HASH`: base64 of HMAC-SHA-256 under the client's secret over username and
/// client id.
///
/// Either of two secrets will do. `usernames` are the strings the caller may have meant.
///
/// # Errors
///
/// `NotAuthorizedException` when the client has a secret and the hash is missing or wrong,
/// or when it has none and a hash came.
///
/// Source: developer guide, "Computing secret hash values".
pub fn check_secret_hash(client: &AppClient, usernames: &[&str], given: Option<&Secret>) -> Result<()> {
    let given = given.filter(|hash| !hash.is_empty());
    let Some(given) = given else {
        if client.secrets.is_empty() {
            return Ok(());
        }
        return Err(Error::not_authorized(format!(
            "Client {} is configured with secret but SECRET_HASH was not received",
            client.id
        )));
    };
    let mut matches = Choice::from(0);
    for secret in &client.secrets {
        for username in usernames {
            let expected = hash_of(secret, &client.id, username);
            matches |= expected.expose().as_bytes().ct_eq(given.expose().as_bytes());
        }
    }
    if matches.into() {
        return Ok(());
    }
    Err(Error::not_authorized(format!(
        "Unable to verify secret hash for client {}",
        client.id
    )))
}

/// Returns the secret hash of a username, as an application that holds the secret makes it; `None`
/// for a client without one.
pub fn secret_hash(client: &AppClient, username: &str) -> Option<Secret> {
    client
        .secrets
        .first()
        .map(|secret| hash_of(secret, &client.id, username))
}

fn hash_of(secret: &ClientSecret, client_id: &str, username: &str) -> Secret {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.value.expose().as_bytes());
    let mut message = hmac::Context::with_key(&key);
    message.update(username.as_bytes());
    message.update(client_id.as_bytes());
    Secret::new(STANDARD.encode(message.sign()))
}

/// Tells whether the raw secret is one of the client's, or absent where it has none.
pub fn is_secret(client: &AppClient, given: Option<&Secret>) -> bool {
    match given.filter(|secret| !secret.is_empty()) {
        None => client.secrets.is_empty(),
        // Every one is compared, so that time does not tell which.
        Some(given) => client
            .secrets
            .iter()
            .fold(false, |seen, secret| seen | (secret.value == *given)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::records::app_clients::ClientSecret;

    fn client(flows: &[&str]) -> AppClient {
        let mut client = AppClient {
            id: "abc".to_owned(),
            ..AppClient::default()
        };
        client.settings.explicit_auth_flows = Some(flows.iter().map(|flow| Flows::from(*flow)).collect());
        client
    }

    #[test]
    fn flows_follow_the_list_and_its_older_values() {
        let of = |flows: &[&str]| {
            [
                Flow::UserSrp,
                Flow::UserPassword,
                Flow::AdminUserPassword,
                Flow::Refresh,
                Flow::Custom,
                Flow::Choice,
            ]
            .map(|flow| u8::from(allows(&client(flows), flow)))
        };
        assert_eq!(of(&[]), [1, 0, 0, 1, 1, 0]);
        assert_eq!(of(&["ALLOW_USER_PASSWORD_AUTH"]), [0, 1, 0, 0, 0, 0]);
        assert_eq!(of(&["ADMIN_NO_SRP_AUTH"]), [1, 0, 1, 1, 1, 0]);
        assert_eq!(of(&["CUSTOM_AUTH_FLOW_ONLY"]), [0, 0, 0, 1, 1, 0]);
        assert_eq!(
            of(&["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
            [0, 0, 0, 1, 0, 1]
        );
    }

    #[test]
    fn secret_hash_is_checked_against_every_secret() {
        let mut confidential = client(&[]);
        assert!(check_secret_hash(&confidential, &["amelia"], None).is_ok());
        assert!(check_secret_hash(&confidential, &["amelia"], Some(&"x".into())).is_err());
        for value in ["first", "second"] {
            confidential.secrets.push(ClientSecret {
                value: value.into(),
                ..ClientSecret::default()
            });
        }
        for value in ["first", "second"] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, value.as_bytes());
            let hash = Secret::new(STANDARD.encode(hmac::sign(&key, b"ameliaabc")));
            assert!(check_secret_hash(&confidential, &["amelia"], Some(&hash)).is_ok());
            assert!(check_secret_hash(&confidential, &["Amelia"], Some(&hash)).is_err());
            assert!(is_secret(&confidential, Some(&value.into())));
        }
        let missing = check_secret_hash(&confidential, &["amelia"], None).err().unwrap();
        assert_eq!(
            missing.message(),
            "Client abc is configured with secret but SECRET_HASH was not received"
        );
        assert!(!is_secret(&confidential, Some(&"third".into())));
        assert!(!is_secret(&confidential, None));
    }
}

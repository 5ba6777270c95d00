//! Refresh tokens: sealed, not signed, so that nobody but the engine reads them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::checking::is_signed_out;
use super::grant::Grant;
use crate::base::clock::UnixMillis;
use crate::base::rng::Rng;
use crate::base::secret::{Secret, SecretBytes};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::vault::Seal;
use crate::engine::{Error, Result};
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::tokens as families;
use crate::store::records::users::{self, User};

const REFRESH_HEADER: &str = r#"{"cty":"JWT","enc":"A256GCM-SIV","alg":"dir+salt"}"#;

/// Seals a grant as a refresh token: five parts with dots between, as clients have seen.
///
/// The second part is a salt; each token is sealed under a key of its own.
///
/// # Errors
///
/// `InternalErrorException` when the grant cannot be written.
pub fn seal_refresh(keys: &OpenKeys, rng: &dyn Rng, grant: &Grant) -> Result<Secret> {
    let salt: [u8; 32] = rng.bytes();
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(grant).map_err(Error::internal)?);
    let sealed = refresh_seal(keys, &salt).seal(rng, REFRESH_HEADER, &plain);
    let (nonce, rest) = sealed.split_at_checked(13).unwrap_or_default();
    let (text, tag) = rest
        .split_at_checked(rest.len().saturating_sub(16))
        .unwrap_or_default();
    let parts = [REFRESH_HEADER.as_bytes(), &salt, nonce, text, tag];
    Ok(Secret::new(
        parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join("."),
    ))
}

/// Opens a refresh token; `None` when it is not one of this pool's.
pub fn open_refresh(keys: &OpenKeys, token: &Secret) -> Option<Grant> {
    let parts: Vec<Vec<u8>> = token
        .expose()
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .collect::<Option<_>>()?;
    let [header, salt, nonce, text, tag] = <[Vec<u8>; 5]>::try_from(parts).ok()?;
    if header != REFRESH_HEADER.as_bytes() {
        return None;
    }
    let sealed = [nonce, text, tag].concat();
    let plain = refresh_seal(keys, &salt).open(REFRESH_HEADER, &sealed)?;
    serde_json::from_slice(plain.expose()).ok()
}

/// Tells whether a token looks like an ID or access token rather than a refresh token.
pub fn is_signed_form(token: &Secret) -> bool {
    token.expose().split('.').count() == 3
}

fn refresh_seal(keys: &OpenKeys, salt: &[u8]) -> Seal {
    Seal::new(&SecretBytes::new(keys.mac("refresh token", &[salt])))
}

/// Checks a refresh token inside a store job and returns what it grants, to whom.
///
/// Rotation is not looked at here: that is decided in the transaction that rotates.
///
/// # Errors
///
/// `NotAuthorizedException` in every case.
pub fn check_refresh(
    r: &mut Reader<'_>,
    keys: &OpenKeys,
    client: &AppClient,
    token: &Secret,
    now: UnixMillis,
) -> Result<(Grant, User)> {
    let invalid = || Error::not_authorized("Invalid Refresh Token");
    let revoked = || Error::not_authorized("Refresh Token has been revoked");
    let grant = open_refresh(keys, token)
        .filter(|grant| grant.client_id == client.id)
        .ok_or_else(invalid)?;
    if grant.expires_at <= now {
        return Err(Error::not_authorized("Refresh Token has expired"));
    }
    if families::is_revoked(r, &client.user_pool_id, &grant.origin_jti.to_string())? {
        return Err(revoked());
    }
    let user = users::get(r, &client.user_pool_id, &grant.sub)?.ok_or_else(invalid)?;
    if !user.enabled {
        return Err(Error::not_authorized("User is disabled."));
    }
    if is_signed_out(&user, grant.signed_in_at) {
        return Err(revoked());
    }
    Ok((grant, user))
}

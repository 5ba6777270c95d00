//! ID, access and refresh tokens: what they say, how long, and whether they still count.
//!
//! ID and access tokens are RS256 tokens, each by its own key of the pool. A refresh token
//! is sealed, not stored: only revoked families and rotated tokens have rows. When a user
//! is signed out everywhere, the user's `tokens_valid_from` moves past every sign-in so
//! far ([`revoke_all`]); the instant of the sign-in is read back from the time inside the
//! token's `jti` (UUID version 7), because `auth_time` has whole seconds only.
//!
//! Source: developer guide, "Understanding user pool JSON web tokens".

use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::auth::keys::OpenKeys;
use crate::engine::triggers::pre_token::Overrides;
use crate::engine::{Engine, Result};
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::groups;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::AuthenticationResultType;

mod checking;
mod claims;
mod grant;
mod refresh;

pub use checking::{
    Claims, check_access, check_any_access, gone_is_revoked, is_signed_out, revoke_all, revoked, time_of,
    user_of_access_token,
};
pub use claims::{access_claims, id_claims, preferred_role};
pub use grant::{Grant, Lifetimes, Subject};
pub use refresh::{check_refresh, is_signed_form, open_refresh, seal_refresh};

/// The scope of tokens from an API sign-in: lets a user manage the own profile.
pub const USER_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Signs an ID and an access token. The refresh token is [`seal_refresh`]'s.
///
/// # Errors
///
/// `InternalErrorException` when the library fails.
pub fn issue(
    engine: &Engine,
    keys: &OpenKeys,
    subject: &Subject<'_>,
    grant: &Grant,
    overrides: Option<&Overrides>,
    now: UnixMillis,
) -> Result<AuthenticationResultType> {
    let rng = &*engine.rng;
    let issuer = engine.issuer_of(subject.pool);
    let lifetimes = Lifetimes::of(subject.client);
    let id_jti = ids::ordered_uuid(rng, grant.signed_in_at);
    let mut id = id_claims(subject, grant, &issuer, now, lifetimes.id_secs, &id_jti);
    let access_jti = ids::ordered_uuid(rng, grant.signed_in_at);
    let mut access = access_claims(subject, grant, &issuer, now, lifetimes.access_secs, &access_jti);
    if let Some(overrides) = overrides {
        overrides.apply_to_id(&mut id);
        overrides.apply_to_access(&mut access, &subject.client.id);
    }
    Ok(AuthenticationResultType {
        access_token: Some(keys.access.sign(&access)?.into()),
        expires_in: i32::try_from(lifetimes.access_secs).ok(),
        token_type: Some("Bearer".to_owned()),
        refresh_token: None,
        id_token: Some(keys.id.sign(&id)?.into()),
        new_device_metadata: None,
    })
}

/// Issues tokens for a grant inside a store job, with the user's present groups.
///
/// # Errors
///
/// `InternalErrorException` when the store or the library fails.
pub fn issue_in(
    engine: &Engine,
    r: &mut Reader<'_>,
    (pool, client, user): (&UserPool, &AppClient, &User),
    grant: &Grant,
    overrides: Option<&Overrides>,
    now: UnixMillis,
) -> Result<AuthenticationResultType> {
    let keys = engine.keys_of(r, &pool.id)?;
    let groups = groups::of_user(r, &pool.id, &user.sub)?;
    let subject = Subject {
        pool,
        client,
        user,
        groups: &groups,
    };
    issue(engine, &keys, &subject, grant, overrides, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;
    use uuid::Uuid;

    pub(super) fn sample() -> (UserPool, AppClient, User) {
        let mut user = User {
            sub: Uuid::from_u128(5),
            username: "amelia".to_owned(),
            enabled: true,
            ..User::default()
        };
        for (name, value) in [
            ("email", "amelia@example.com"),
            ("email_verified", "true"),
            ("phone_number_verified", "false"),
            ("address", "1 Main Street"),
            ("updated_at", "1700000000"),
            ("custom:tier", "7"),
            ("dev:custom:note", "internal"),
            ("nickname", ""),
        ] {
            user.attributes.insert(name.to_owned(), value.to_owned());
        }
        let client = AppClient {
            id: "client1".to_owned(),
            ..AppClient::default()
        };
        (UserPool::default(), client, user)
    }

    #[test]
    fn signing_out_holds_against_a_clock_that_stands_still() {
        let (_, client, mut user) = sample();
        let now = UnixMillis(1_700_000_000_500);
        let rng = SeededRng::new(10);
        let before = Grant::new(&rng, &client, &user, USER_SCOPE, now);
        revoke_all(&mut user, now);
        let after = Grant::new(&rng, &client, &user, USER_SCOPE, now);
        assert!(is_signed_out(&user, before.signed_in_at));
        assert!(!is_signed_out(&user, after.signed_in_at));
        revoke_all(&mut user, now);
        assert!(is_signed_out(&user, after.signed_in_at));
    }
}

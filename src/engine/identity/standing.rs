//! Whether that which a token or a session rests on still stands.
//!
//! The token of the developer flow lives up to a day, credentials up to twelve hours, and both
//! say who somebody was when they were given. The logins they name must still be the
//! identity's, and of sessions that administer the engine the pool, the identity and the
//! user's own sign-in must still be there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::logins::{Of, Proof};
use super::open_id;
use crate::base::clock::UnixMillis;
use crate::engine::auth::temporary_keys::Session;
use crate::engine::auth::tokens;
use crate::engine::{Engine, Error, Result};
use crate::rules::identity_pools::{Provider, provider_of};
use crate::store::Reader;
use crate::store::records::pool_identities::{self as identities, Identity, Login};
use crate::store::records::{identity_pools, tokens as families, users};

/// A login that a session rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    pub login: Login,
    /// The family of the token, of a user pool's.
    pub origin_jti: Option<Uuid>,
    /// When the user signed in, or at the latest.
    pub signed_in_at: UnixMillis,
}

/// Returns the logins that a token of ours names, while all of them are the identity's. `None`
/// when one was taken from it.
pub fn linked(claims: &Value, identity: &Identity) -> Option<Vec<Login>> {
    let methods = open_id::methods_of(claims);
    let logins = methods.get(1..).unwrap_or_default().chunks_exact(2);
    logins
        .map(|login| {
            let [provider, user] = login else { return None };
            identity
                .logins
                .iter()
                .find(|login| login.provider == *provider && user.ends_with(&format!(":{}", login.subject)))
                .cloned()
        })
        .collect()
}

/// Returns what the session of an identity rests on whose logins are proven.
pub fn of_proofs(proofs: &[Proof], identity: &Identity, now: UnixMillis) -> Vec<Grounds> {
    let mut all = Vec::new();
    for proof in proofs {
        match &proof.of {
            Of::User(login) => all.push(of_login(login.clone(), &proof.claims, now)),
            Of::Identity(_) => all.extend(of_token(&proof.claims, identity, now).unwrap_or_default()),
        }
    }
    all
}

/// Returns what the session of a token of ours rests on; `None` as in [`linked`].
pub fn of_token(claims: &Value, identity: &Identity, now: UnixMillis) -> Option<Vec<Grounds>> {
    let signed_in_at = time_in(claims).unwrap_or(now);
    let logins = linked(claims, identity)?;
    let grounds = logins.into_iter().map(|login| Grounds {
        login,
        origin_jti: None,
        signed_in_at,
    });
    Some(grounds.collect())
}

fn of_login(login: Login, claims: &Value, now: UnixMillis) -> Grounds {
    Grounds {
        login,
        origin_jti: uuid_in(claims, "origin_jti"),
        signed_in_at: time_in(claims).unwrap_or(now),
    }
}

/// Returns when the user of the proofs signed in: of several sign-ins the first, without any `now`.
pub fn signed_in_at(proofs: &[Proof], now: UnixMillis) -> UnixMillis {
    let times = proofs.iter().filter_map(|proof| time_in(&proof.claims));
    times.min().unwrap_or(now)
}

/// Returns when the user of a token of ours signed in. Those of others may say what they like.
fn time_in(claims: &Value) -> Option<UnixMillis> {
    let of_ours = claims.get("token_use").is_some() || claims.get("amr").is_some();
    let jti = uuid_in(claims, "jti").filter(|jti| of_ours && jti.get_version_num() == 7)?;
    Some(tokens::time_of(&jti))
}

fn uuid_in(claims: &Value, name: &str) -> Option<Uuid> {
    Uuid::try_parse(claims.get(name)?.as_str()?).ok()
}

/// Tells whether a session's pool and identity are still there, and every login it rests on.
///
/// # Errors
///
/// The store's failure.
pub async fn stands(engine: &Arc<Engine>, session: &Arc<Session>) -> Result<bool> {
    let session = Arc::clone(session);
    engine
        .store
        .read(move |r| -> Result<bool> {
            let Some(pool) = identity_pools::get(r, &session.identity_pool_id)? else {
                return Ok(false);
            };
            let identity = identities::get(r, &session.identity_id)?
                .filter(|identity| identity.identity_pool_id == pool.id && !identity.disabled);
            let Some(identity) = identity else {
                return Ok(false);
            };
            for grounds in &session.rests_on {
                let stands = match provider_of(&pool.settings, &grounds.login.provider) {
                    None => false,
                    Some(_) if !identity.logins.contains(&grounds.login) => false,
                    Some(Provider::UserPool { user_pool_id, .. }) => is_signed_in(r, user_pool_id, grounds)?,
                    Some(
                        Provider::Public { .. }
                        | Provider::Oidc { .. }
                        | Provider::Own
                        | Provider::Developer
                        | Provider::Saml,
                    ) => true,
                };
                if !stands {
                    return Ok(false);
                }
            }
            Ok(!session.rests_on.is_empty())
        })
        .await
}

/// Tells whether the user of a login is there, enabled and still signed in.
fn is_signed_in(r: &mut Reader<'_>, user_pool_id: &str, grounds: &Grounds) -> Result<bool> {
    let Ok(sub) = Uuid::try_parse(&grounds.login.subject) else {
        return Ok(false);
    };
    if let Some(origin) = &grounds.origin_jti
        && families::is_revoked(r, user_pool_id, &origin.to_string())?
    {
        return Ok(false);
    }
    let user = users::get(r, user_pool_id, &sub).map_err(Error::from)?;
    Ok(user.is_some_and(|user| user.enabled && !tokens::is_signed_out(&user, grounds.signed_in_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_login_of_a_token_must_still_be_the_identitys() {
        let login = |provider: &str, subject: &str| Login {
            provider: provider.to_owned(),
            subject: subject.to_owned(),
        };
        let identity = Identity {
            logins: vec![login("dev", "a:b"), login("graph", "7")],
            ..Identity::default()
        };
        let of = |methods: &[&str]| linked(&json!({"amr": methods}), &identity);
        assert_eq!(of(&["unauthenticated"]), Some(Vec::new()));
        assert_eq!(
            of(&["authenticated", "dev", "dev:pool:a:b"]),
            Some(vec![login("dev", "a:b")])
        );
        assert_eq!(of(&["authenticated", "dev", "dev:pool:c"]), None);
        assert_eq!(
            of(&["authenticated", "dev", "dev:pool:a:b", "graph", "graph:app:8"]),
            None
        );
    }
}

//! Checks the logins of a call: each must prove who somebody is to a provider of the pool.
//!
//! A user pool's ID token is checked with the key in the store, that of an OpenID Connect or
//! a public provider with the provider's own key set, and the token of the developer flow
//! with the engine's key. Opaque tokens and SAML assertions prove nothing here and are
//! refused. The name of a developer's user proves something only beside a signature.
//!
//! Source: developer guide, "Identity pools external identity providers"; texts as observed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::{identity_in, open_id, standing};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::tokens;
use crate::engine::federation::key_sets::{Refused, Trusted};
use crate::engine::outbound::ChosenBy;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::identity_pools::{Provider, PublicProvider, provider_of};
use crate::store::Reader;
use crate::store::records::identity_pools::IdentityPool;
use crate::store::records::pool_identities::Login;
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::{tokens as families, users};
use crate::wire::fault::Code;
use crate::wire::identity::CognitoIdentityProvider;

/// The longest name a provider may give a user.
const SUBJECT_MAX: usize = 1024;

/// What a checked login proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// As the request calls the provider.
    pub provider: String,
    /// Whom it proves.
    pub of: Of,
    /// The claims of the token; of a developer's user, none.
    pub claims: Value,
    /// The audience the token was taken for.
    pub audience: Option<String>,
    /// What `amr` says of the login.
    pub amr: Vec<String>,
}

impl Proof {
    /// What a provider's token proves: who its subject is there. `amr` tells it from other logins.
    fn of_token(provider: &str, subject: String, claims: Value, audience: String, amr: String) -> Self {
        Self {
            provider: provider.to_owned(),
            of: Of::User(Login {
                provider: provider.to_owned(),
                subject,
            }),
            claims,
            audience: Some(audience),
            amr: vec![provider.to_owned(), amr],
        }
    }
}

/// Whom a login proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A user of a provider.
    User(Login),
    /// An identity, by its id.
    Identity(String),
}

/// Checks every login of a public call.
///
/// # Errors
///
/// `NotAuthorizedException` for a token that is not good, not for this pool, or whose
/// provider the pool does not have; `ExternalServiceException` when a provider's keys cannot
/// be had.
pub async fn check(cx: &Cx, pool: &IdentityPool, logins: &BTreeMap<String, Secret>) -> Result<Vec<Proof>> {
    let mut proofs = Vec::with_capacity(logins.len());
    for (name, token) in logins {
        proofs.push(check_one(cx, pool, name, token).await?);
    }
    Ok(proofs)
}

async fn check_one(cx: &Cx, pool: &IdentityPool, name: &str, token: &Secret) -> Result<Proof> {
    let Some(provider) = provider_of(&pool.settings, name) else {
        return Err(unsupported());
    };
    match provider {
        Provider::UserPool {
            user_pool_id,
            clients,
        } => of_user_pool(cx, name, user_pool_id, &clients, token).await,
        Provider::Public {
            provider,
            application_ids,
        } => of_public(cx, name, provider, &application_ids, token).await,
        Provider::Oidc { arn } => of_oidc(cx, name, arn, token).await,
        Provider::Own => of_ourselves(cx, pool, token).await,
        // Anybody may say the name of a user; only the developer's signature makes it count.
        Provider::Developer => Err(unsupported()),
        Provider::Saml => Err(invalid("SAML assertions are not supported.")),
    }
}

/// A user the developer vouches for.
pub fn of_developer(pool: &IdentityPool, provider: &str, user_id: &Secret) -> Proof {
    Proof {
        amr: vec![
            provider.to_owned(),
            format!("{provider}:{}:{}", pool.id, user_id.expose()),
        ],
        of: Of::User(Login {
            provider: provider.to_owned(),
            subject: user_id.expose().to_owned(),
        }),
        provider: provider.to_owned(),
        claims: Value::Null,
        audience: None,
    }
}

async fn of_user_pool(
    cx: &Cx,
    name: &str,
    user_pool_id: &str,
    clients: &[&CognitoIdentityProvider],
    token: &Secret,
) -> Result<Proof> {
    let (engine, now) = (Arc::clone(&cx.engine), cx.now());
    let (token, user_pool_id) = (token.clone(), user_pool_id.to_owned());
    let clients: Vec<(String, bool)> = clients
        .iter()
        .filter_map(|client| {
            let id = client.client_id.clone()?;
            Some((id, client.server_side_token_check.unwrap_or_default()))
        })
        .collect();
    let (claims, audience) = cx
        .engine
        .store
        .read(move |r| check_user_pool(&engine, r, &user_pool_id, &clients, &token, now))
        .await?;
    let subject = subject_of(&claims)?;
    let amr = format!("{name}:CognitoSignIn:{subject}");
    Ok(Proof::of_token(name, subject, claims, audience, amr))
}

/// Checks an ID token of a user pool of this engine; returns its claims and its audience.
fn check_user_pool(
    engine: &Engine,
    r: &mut Reader<'_>,
    user_pool_id: &str,
    clients: &[(String, bool)],
    token: &Secret,
    now: UnixMillis,
) -> Result<(Value, String)> {
    let pool = user_pools::get(r, user_pool_id)?.ok_or_else(unsupported)?;
    let keys = engine.keys_of(r, &pool.id)?;
    let claims = match keys.id.verify(token.expose()) {
        Some(claims) => claims,
        // A mistake that is made often, so it is told apart.
        None if keys.access.verify(token.expose()).is_some() => {
            return Err(invalid("Missing a required claim: aud"));
        }
        None => return Err(invalid("Couldn't verify signed token.")),
    };
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    if !is_issuer_of(engine, &pool, issuer) {
        return Err(invalid("Issuer doesn't match providerName"));
    }
    if claims.get("token_use").and_then(Value::as_str) != Some("id") {
        return Err(invalid("Not a valid OpenId Connect identity token."));
    }
    refuse_expired(&claims, now)?;
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    let mut listed = clients.iter().filter(|(id, _)| id == audience).peekable();
    if listed.peek().is_none() {
        return Err(unsupported());
    }
    if listed.any(|(_, is_checked)| *is_checked) {
        check_still_signed_in(r, &pool, &claims)?;
    }
    let audience = audience.to_owned();
    Ok((claims, audience))
}

/// A pool's tokens may name either form of issuer, whichever was set when they were signed.
fn is_issuer_of(engine: &Engine, pool: &UserPool, issuer: &str) -> bool {
    issuer == engine.issuer_of(pool)
        || issuer == format!("{}/{}", engine.endpoint(), pool.id)
        || ["", "issuer-"].iter().any(|prefix| {
            issuer
                == format!(
                    "https://{prefix}cognito-idp.{}.amazonaws.com/{}",
                    pool.region, pool.id
                )
        })
}

/// What `ServerSideTokenCheck` asks for: the user is there, enabled and still signed in.
fn check_still_signed_in(r: &mut Reader<'_>, pool: &UserPool, claims: &Value) -> Result<()> {
    let uuid = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str)?;
        Uuid::try_parse(text).ok()
    };
    let revoked = || invalid("Token has been revoked.");
    let (Some(sub), Some(origin), Some(jti)) = (uuid("sub"), uuid("origin_jti"), uuid("jti")) else {
        return Err(revoked());
    };
    // The time of the sign-in is read from it.
    if jti.get_version_num() != 7 {
        return Err(revoked());
    }
    if families::is_revoked(r, &pool.id, &origin.to_string())? {
        return Err(revoked());
    }
    match users::get(r, &pool.id, &sub)? {
        Some(user) if user.enabled && !tokens::is_signed_out(&user, tokens::time_of(&jti)) => Ok(()),
        _ => Err(revoked()),
    }
}

async fn of_public(
    cx: &Cx,
    name: &str,
    provider: &'static PublicProvider,
    application_ids: &[&str],
    token: &Secret,
) -> Result<Proof> {
    let registered = cx.engine.identity.oidc_providers.get(name);
    let issuer = registered.map(|it| it.issuer.as_str()).or(provider.issuer);
    let Some(issuer) = issuer else {
        return Err(invalid("Not a valid OpenId Connect identity token."));
    };
    let trusted = Trusted {
        issuer,
        // Google's tokens may leave the scheme out.
        also_issuer: (provider.name == "accounts.google.com").then_some(provider.name),
        keys_host: provider.keys_host,
        keys_at: None,
        chosen_by: ChosenBy::Owner,
    };
    let claims = foreign(cx, &trusted, token).await?;
    let audience = audience_among(&claims, |audience| application_ids.contains(&audience))?;
    let subject = subject_of(&claims)?;
    let amr = format!("{name}:{audience}:{subject}");
    Ok(Proof::of_token(name, subject, claims, audience, amr))
}

async fn of_oidc(cx: &Cx, name: &str, arn: &str, token: &Secret) -> Result<Proof> {
    // A provider nobody has told this engine of has no clients whose tokens would count.
    let registered = cx
        .engine
        .identity
        .oidc_providers
        .get(name)
        .ok_or_else(unsupported)?;
    let trusted = Trusted {
        issuer: &registered.issuer,
        also_issuer: None,
        keys_host: None,
        keys_at: None,
        chosen_by: ChosenBy::Owner,
    };
    let claims = foreign(cx, &trusted, token).await?;
    let audience = audience_among(&claims, |audience| {
        registered.client_ids.iter().any(|id| id == audience)
    })?;
    let subject = subject_of(&claims)?;
    let amr = format!("{arn}:OIDC:{subject}");
    Ok(Proof::of_token(name, subject, claims, audience, amr))
}

async fn of_ourselves(cx: &Cx, pool: &IdentityPool, token: &Secret) -> Result<Proof> {
    let claims = open_id::verify(cx, token)
        .await?
        .ok_or_else(|| invalid("Couldn't verify signed token."))?;
    refuse_expired(&claims, cx.now())?;
    if claims.get("aud").and_then(Value::as_str) != Some(&pool.id) {
        return Err(unsupported());
    }
    let developer = pool
        .settings
        .developer_provider_name
        .as_deref()
        .unwrap_or_default();
    let methods = open_id::methods_of(&claims);
    // The tokens that guests get prove no more than the identity's id does.
    if !methods.contains(&"authenticated") || !methods.contains(&developer) {
        return Err(invalid(
            "The token is not one of a developer authenticated identity.",
        ));
    }
    let (within, subject) = (cx.clone(), subject_of(&claims)?);
    let (_, identity) = cx
        .engine
        .store
        .read(move |r| identity_in(&within, r, &subject))
        .await?;
    // The token lives for up to a day, the developer's word until it is taken back.
    if standing::linked(&claims, &identity).is_none() {
        return Err(invalid("A login of the token is not linked any more."));
    }
    Ok(Proof {
        provider: crate::rules::identity_pools::OWN_PROVIDER.to_owned(),
        of: Of::Identity(identity.id),
        amr: methods.iter().skip(1).map(|&method| method.to_owned()).collect(),
        audience: Some(pool.id.clone()),
        claims,
    })
}

/// Checks a token with its provider's key set.
async fn foreign(cx: &Cx, trusted: &Trusted<'_>, token: &Secret) -> Result<Value> {
    let checked = cx
        .engine
        .key_sets
        .verify(&cx.engine.outbound, trusted, token.expose(), cx.now())
        .await;
    checked.map_err(|refused| match refused {
        Refused::Malformed => invalid("Not a valid OpenId Connect identity token."),
        Refused::Issuer => invalid("Issuer doesn't match providerName"),
        Refused::Signature => invalid("Couldn't verify signed token."),
        Refused::Expired { expired_at, now } => invalid(&format!("Token expired: {now} >= {expired_at}")),
        Refused::NotYet => invalid("Token is not yet valid."),
        Refused::Unreachable(cause) => Error::new(
            Code::ExternalServiceException,
            "The identity provider's keys cannot be retrieved.",
        )
        .caused_by(cause),
    })
}

/// Returns the audience of a token that `is_known` takes; with several, every one must be a
/// known one unless `azp` says who it is for (OpenID Connect Core 1.0 §3.1.3.7).
fn audience_among(claims: &Value, is_known: impl Fn(&str) -> bool) -> Result<String> {
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience],
        Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
        _ => return Err(invalid("Missing a required claim: aud")),
    };
    let authorized = match claims.get("azp") {
        None => None,
        Some(Value::String(party)) => Some(party.as_str()),
        Some(_) => return Err(invalid("Incorrect token audience.")),
    };
    let is_for_us = match (audiences.as_slice(), authorized) {
        ([only], None) => is_known(only),
        (several, Some(party)) => is_known(party) && several.iter().any(|audience| is_known(audience)),
        (several, None) => !several.is_empty() && several.iter().all(|audience| is_known(audience)),
    };
    let taken = authorized.or(audiences.first().copied()).filter(|_| is_for_us);
    taken
        .map(str::to_owned)
        .ok_or_else(|| invalid("Incorrect token audience."))
}

fn subject_of(claims: &Value) -> Result<String> {
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    if subject.is_empty() || subject.len() > SUBJECT_MAX {
        return Err(invalid("Missing a required claim: sub"));
    }
    Ok(subject.to_owned())
}

fn refuse_expired(claims: &Value, now: UnixMillis) -> Result<()> {
    match claims.get("exp").and_then(Value::as_i64) {
        None => Err(invalid("Missing a required claim: exp")),
        Some(ends) if ends <= now.secs() => Err(invalid(&format!("Token expired: {} >= {ends}", now.secs()))),
        Some(_) => Ok(()),
    }
}

fn invalid(why: &str) -> Error {
    Error::not_authorized(format!("Invalid login token. {why}"))
}

fn unsupported() -> Error {
    Error::not_authorized("Token is not from a supported provider of this identity pool.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_audience_must_be_one_that_was_named() {
        let check =
            |claims: Value| audience_among(&claims, |audience| audience == "a" || audience == "b").ok();
        assert_eq!(check(json!({"aud": "a"})).as_deref(), Some("a"));
        assert_eq!(check(json!({"aud": ["a"]})).as_deref(), Some("a"));
        assert_eq!(check(json!({"aud": ["a", "b"]})).as_deref(), Some("a"));
        assert_eq!(
            check(json!({"aud": ["x", "b"], "azp": "b"})).as_deref(),
            Some("b")
        );
        for bad in [
            json!({}),
            json!({"aud": "x"}),
            json!({"aud": []}),
            json!({"aud": ["a", "x"]}),
            json!({"aud": "a", "azp": "x"}),
            json!({"aud": "a", "azp": 5}),
            json!({"aud": "a", "azp": null}),
            json!({"aud": "x", "azp": "a"}),
            json!({"aud": 5}),
        ] {
            assert_eq!(check(bad.clone()), None, "{bad}");
        }
    }
}

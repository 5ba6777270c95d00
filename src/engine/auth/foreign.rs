//! Tokens of a user pool's own identity providers, where they stand in for a sign-in.
//!
//! A token counts when the provider's keys signed it, for the client that the pool is there,
//! and when it names a user whom the pool knows: one who is linked with that identity, or the
//! profile of an earlier federated sign-in. Nobody is made here. What it says of the sign-in
//! is the provider's word and goes no further than its level of proof and its scopes.
//!
//! Source: developer guide, "Token exchange" and "Step-up authentication" (`AcrMapping`).

use serde_json::{Map, Value};

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::federation::key_sets::{Refused, Trusted};
use crate::engine::ops::idp::linked_identities::{NAMES_MAX, profile_of};
use crate::engine::outbound::ChosenBy;
use crate::engine::{Cx, Error, Result};
use crate::rules::acr;
use crate::rules::identity_providers::SUBJECT;
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::identities;
use crate::store::records::identity_providers::IdentityProvider;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::idp::{IdentityProviderTypeType, TokenTypeIdentifierType, UserStatusType};

/// A token whose signature, times and audience are good.
pub struct Foreign {
    provider: IdentityProvider,
    claims: Map<String, Value>,
}

/// Checks a token of a provider.
///
/// # Errors
///
/// `InvalidParameterException` for a kind that is not taken; `NotAuthorizedException` for a
/// token that does not count, also when the provider's keys cannot be had.
pub async fn check(
    cx: &Cx,
    provider: IdentityProvider,
    token: &Secret,
    kind: &TokenTypeIdentifierType,
) -> Result<Foreign> {
    let is_id_token = match kind {
        TokenTypeIdentifierType::IdToken => true,
        TokenTypeIdentifierType::AccessToken => false,
        TokenTypeIdentifierType::Saml2 | TokenTypeIdentifierType::Unlisted(_) => {
            return Err(Error::invalid("SAML assertions cannot be exchanged."));
        }
    };
    let detail = |name: &str| provider.details.get(name).map(String::as_str);
    let (IdentityProviderTypeType::Oidc, Some(issuer), Some(client_id)) =
        (&provider.kind, detail("oidc_issuer"), detail("client_id"))
    else {
        return Err(Error::not_authorized(
            "Tokens of this identity provider cannot be exchanged.",
        ));
    };
    let trusted = Trusted {
        issuer,
        also_issuer: None,
        keys_host: None,
        keys_at: detail("jwks_uri"),
        chosen_by: ChosenBy::Admin,
    };
    let verified = cx
        .engine
        .key_sets
        .verify(&cx.engine.outbound, &trusted, token.expose(), cx.now())
        .await;
    let claims = match verified {
        Ok(Value::Object(claims)) => claims,
        Ok(_) => return Err(invalid()),
        Err(Refused::Expired { .. }) => return Err(Error::not_authorized("Token has expired")),
        Err(Refused::Unreachable(cause)) => {
            return Err(
                Error::not_authorized("The identity provider's keys cannot be retrieved.").caused_by(cause),
            );
        }
        Err(Refused::Malformed | Refused::Issuer | Refused::Signature | Refused::NotYet) => {
            return Err(invalid());
        }
    };
    if !is_for(&claims, client_id, is_id_token) {
        return Err(invalid());
    }
    Ok(Foreign { provider, claims })
}

/// Tells whether a token was made for a client. An access token is for a resource, and names
/// the client beside (RFC 9068 §2.2).
fn is_for(claims: &Map<String, Value>, client_id: &str, is_id_token: bool) -> bool {
    let is_client = |claim: &Value| claim.as_str() == Some(client_id);
    let party = claims.get("azp");
    if party.is_some_and(|party| !is_client(party)) {
        return false;
    }
    let audiences = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.as_slice(),
        Some(audience) => std::slice::from_ref(audience),
        None => &[],
    };
    // OpenID Connect Core 1.0 §3.1.3.7: of several audiences `azp` says which it is for.
    let is_audience = audiences.iter().any(is_client) && (audiences.len() == 1 || party.is_some());
    is_audience || (!is_id_token && (party.is_some() || claims.get("client_id").is_some_and(is_client)))
}

impl Foreign {
    /// Returns the user of the pool whom the token names.
    ///
    /// # Errors
    ///
    /// `UserNotFoundException`; `NotAuthorizedException` for an app client that does not take
    /// the provider, and for a user who is disabled, may not sign in, or was signed out everywhere
    /// after the token was made.
    pub fn user(&self, r: &mut Reader<'_>, pool: &UserPool, client: &AppClient) -> Result<User> {
        let taken = client.settings.supported_identity_providers.as_deref();
        if !taken.unwrap_or_default().contains(&self.provider.name) {
            return Err(Error::not_authorized(
                "The app client does not support the identity provider.",
            ));
        }
        let user = self.known(r, pool)?.ok_or_else(Error::no_user)?;
        if !user.enabled {
            return Err(Error::not_authorized("User is disabled."));
        }
        // Of a temporary password the provider's users know nothing, and need none.
        if matches!(
            user.status,
            UserStatusType::Unconfirmed
                | UserStatusType::ResetRequired
                | UserStatusType::Archived
                | UserStatusType::Compromised
        ) {
            return Err(Error::not_authorized("The user cannot sign in."));
        }
        // The second it was made in counts as a whole.
        let made_at = self.claims.get("iat").and_then(Value::as_i64).unwrap_or_default();
        if UnixMillis::default().plus_secs(made_at.saturating_add(1)) <= user.tokens_valid_from {
            return Err(Error::not_authorized("Token has been revoked"));
        }
        Ok(user)
    }

    fn known(&self, r: &mut Reader<'_>, pool: &UserPool) -> Result<Option<User>> {
        let name = &self.provider.name;
        for attribute in identities::attributes(r, &pool.id, name, NAMES_MAX)? {
            let mapped = self.provider.attribute_mapping.get(&attribute);
            let claim = match attribute.as_str() {
                SUBJECT => "sub",
                other => mapped.map_or(other, String::as_str),
            };
            let Some(value) = self.text(claim) else { continue };
            if let Some(identity) = identities::get(r, &pool.id, name, &attribute, value)? {
                return Ok(users::get(r, &pool.id, &identity.sub)?);
            }
        }
        match self.text("sub") {
            Some(subject) => profile_of(r, pool, name, subject),
            None => Ok(None),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Returns what goes on of the token: its end, its scopes, and its level of proof by the
    /// pool's name of it. Everything else is the provider's word alone.
    pub fn into_claims(self, pool: &UserPool) -> Map<String, Value> {
        let mut claims = Map::new();
        for name in ["exp", "scope"] {
            if let Some(value) = self.claims.get(name) {
                claims.insert(name.to_owned(), value.clone());
            }
        }
        let level = self.text("acr").map(|returned| {
            let mapping = self.provider.acr_mapping.as_ref();
            acr::level_of_provider(mapping, returned)
        });
        if let Some(name) = level.and_then(|level| acr::name_of(&pool.settings, level)) {
            claims.insert("acr".to_owned(), name.into());
        }
        claims.insert("amr".to_owned(), serde_json::json!(["fed"]));
        claims
    }
}

fn invalid() -> Error {
    Error::not_authorized("Invalid token")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_for_the_client_that_it_names() {
        let check = |claims: Value, is_id_token| is_for(claims.as_object().unwrap(), "app", is_id_token);
        for good in [
            json!({"aud": "app"}),
            json!({"aud": ["app"]}),
            json!({"aud": ["app", "api"], "azp": "app"}),
        ] {
            assert!(check(good.clone(), true) && check(good.clone(), false), "{good}");
        }
        for of_access_alone in [
            json!({"aud": "api", "azp": "app"}),
            json!({"aud": "api", "client_id": "app"}),
        ] {
            assert!(!check(of_access_alone.clone(), true), "{of_access_alone}");
            assert!(check(of_access_alone.clone(), false), "{of_access_alone}");
        }
        for bad in [
            json!({}),
            json!({"aud": "other"}),
            json!({"aud": ["app", "other"]}),
            json!({"aud": "app", "azp": "other"}),
            json!({"aud": "app", "azp": 5}),
        ] {
            assert!(!check(bad.clone(), true), "{bad}");
        }
    }
}

//! Tokens without a sign-in: of an app client itself, and derived from another token.
//!
//! Source: developer guide, "Scopes, M2M, and resource servers" and "Token exchange";
//! RFC 8693.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client::{self, Flow};
use super::foreign::{self, Foreign};
use super::keys::OpenKeys;
use super::sign_in::around;
use super::tokens::{self, Grant, Lifetimes, USER_SCOPE};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::ops::idp::identity_providers::provider_in;
use crate::engine::ops::idp::resource_servers::{STANDARD_SCOPES, scope_exists};
use crate::engine::triggers::Scene;
use crate::engine::triggers::pre_token::Occasion;
use crate::engine::{Caller, Cx, Engine, Error, Result};
use crate::store::Reader;
use crate::store::records::app_clients::{self, AppClient};
use crate::store::records::groups::{self, Group};
use crate::store::records::tokens as families;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::idp::{
    GetDerivedTokenRequest, GetDerivedTokenResponse, IssuedTokenTypeIdentifierType, OAuthTokenTypeType,
    TokenTypeIdentifierType,
};

/// Returns the scopes of an access token of the client itself: those asked for, or all it holds.
/// A scope whose resource server dropped it is without effect.
///
/// # Errors
///
/// `InvalidParameterException` for a scope that the client does not hold, or that only users have.
pub fn client_scopes(
    r: &mut Reader<'_>,
    pool: &UserPool,
    client: &AppClient,
    wanted: Option<&[String]>,
) -> Result<Vec<String>> {
    let held = client
        .settings
        .allowed_o_auth_scopes
        .as_deref()
        .unwrap_or_default();
    let mut active = Vec::new();
    for scope in held {
        if !STANDARD_SCOPES.contains(&scope.as_str()) && scope_exists(r, pool, scope)? {
            active.push(scope.clone());
        }
    }
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(active);
    };
    if let Some(refused) = wanted.iter().find(|scope| !active.contains(scope)) {
        return Err(Error::invalid(format!(
            "The scope {refused} is not allowed for the client."
        )));
    }
    let mut scopes: Vec<String> = Vec::with_capacity(wanted.len());
    for scope in wanted {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Ok(scopes)
}

/// Returns the claims of an access token that an app client has for itself.
pub fn client_claims(
    engine: &Engine,
    pool: &UserPool,
    client: &AppClient,
    scopes: &[String],
    now: UnixMillis,
) -> Value {
    let valid_for = Lifetimes::of(client).access_secs;
    json!({
        "sub": client.id,
        "token_use": "access",
        "scope": scopes.join(" "),
        "auth_time": now.secs(),
        "iss": engine.issuer_of(pool),
        "exp": now.plus_secs(valid_for).secs(),
        "iat": now.secs(),
        "version": 2,
        "jti": ids::uuid(&*engine.rng),
        "client_id": client.id,
    })
}

/// Checks the raw secret of a client, which must have one.
///
/// # Errors
///
/// `NotAuthorizedException`.
pub fn check_secret(client: &AppClient, given: &Secret) -> Result<()> {
    if !client.secrets.is_empty() && client::is_secret(client, Some(given)) {
        return Ok(());
    }
    Err(Error::not_authorized(format!(
        "Unable to verify secret for client {}",
        client.id
    )))
}

/// A token that was checked.
struct Subject {
    user: User,
    /// As they stand in the token; of a provider's, what goes on of it.
    claims: Map<String, Value>,
    /// Whether a sign-in here made the token.
    is_ours: bool,
}

impl Subject {
    const fn of_ours(user: User, claims: Map<String, Value>) -> Self {
        Self {
            user,
            claims,
            is_ours: true,
        }
    }

    /// Finds the user of a provider's token.
    ///
    /// # Errors
    ///
    /// As [`Foreign::user`].
    fn of_provider(
        r: &mut Reader<'_>,
        pool: &UserPool,
        client: &AppClient,
        foreign: Foreign,
    ) -> Result<Self> {
        Ok(Self {
            user: foreign.user(r, pool, client)?,
            claims: foreign.into_claims(pool),
            is_ours: false,
        })
    }

    /// Returns `amr`: how the user proved who they are.
    fn methods(&self) -> Vec<String> {
        let listed = self.claims.get("amr").and_then(Value::as_array);
        let texts = listed.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Checks an access or ID token of this pool.
    ///
    /// # Errors
    ///
    /// `NotAuthorizedException` for one that does not count; `InvalidParameterException` for a kind
    /// that is not taken.
    fn open(
        engine: &Engine,
        r: &mut Reader<'_>,
        pool: &UserPool,
        token: &Secret,
        kind: &TokenTypeIdentifierType,
        now: UnixMillis,
    ) -> Result<Self> {
        let invalid = || Error::not_authorized("Invalid token");
        let keys = engine.keys_of(r, &pool.id)?;
        match kind {
            TokenTypeIdentifierType::AccessToken => {
                let (of, _, user, _) =
                    tokens::check_any_access(engine, r, token, now).map_err(tokens::gone_is_revoked)?;
                if of.id != pool.id {
                    return Err(invalid());
                }
                let claims = object(keys.access.verify(token.expose())).ok_or_else(invalid)?;
                Ok(Self::of_ours(user, claims))
            }
            TokenTypeIdentifierType::IdToken => {
                let claims = object(keys.id.verify(token.expose())).ok_or_else(invalid)?;
                let this = |name: &str| claims.get(name);
                if this("token_use").and_then(Value::as_str) != Some("id") {
                    return Err(invalid());
                }
                if this("exp")
                    .and_then(Value::as_i64)
                    .is_none_or(|exp| exp <= now.secs())
                {
                    return Err(Error::not_authorized("Token has expired"));
                }
                let sub = this("sub")
                    .and_then(Value::as_str)
                    .and_then(|sub| Uuid::parse_str(sub).ok());
                let user = users::get(r, &pool.id, &sub.ok_or_else(invalid)?)?.ok_or_else(invalid)?;
                let family = this("origin_jti").and_then(Value::as_str).unwrap_or_default();
                let signed_in = signed_in_at(&claims).ok_or_else(invalid)?;
                if !user.enabled
                    || tokens::is_signed_out(&user, signed_in)
                    || families::is_revoked(r, &pool.id, family)?
                {
                    return Err(Error::not_authorized("Token has been revoked"));
                }
                Ok(Self::of_ours(user, claims))
            }
            TokenTypeIdentifierType::Saml2 | TokenTypeIdentifierType::Unlisted(_) => Err(Error::invalid(
                "A SAML assertion needs the name of its identity provider.",
            )),
        }
    }
}

/// Returns when the user of a token signed in; its `jti` holds that to the millisecond.
fn signed_in_at(claims: &Map<String, Value>) -> Option<UnixMillis> {
    let jti = claims.get("jti").and_then(Value::as_str)?;
    Uuid::parse_str(jti).ok().map(|jti| tokens::time_of(&jti))
}

fn object(claims: Option<Value>) -> Option<Map<String, Value>> {
    match claims {
        Some(Value::Object(claims)) => Some(claims),
        _ => None,
    }
}

/// A token exchange whose tokens were checked.
pub struct Exchange {
    keys: Arc<OpenKeys>,
    pool: UserPool,
    client: AppClient,
    subject: Subject,
    groups: Vec<Group>,
    actor: Option<Subject>,
    scopes: Vec<String>,
    audience: Option<String>,
    wants_id_token: bool,
    now: UnixMillis,
}

/// The tokens of identity providers that a request holds.
#[derive(Default)]
struct Foreigners {
    subject: Option<Foreign>,
    actor: Option<Foreign>,
}

impl Exchange {
    /// Checks a request.
    ///
    /// # Errors
    ///
    /// What `GetDerivedToken` declares.
    pub async fn open(cx: &Cx, request: GetDerivedTokenRequest) -> Result<Self> {
        let is_signed = matches!(
            cx.caller,
            Caller::AccessKey(_) | Caller::Role(_) | Caller::Console
        );
        let request = Arc::new(request);
        let asked = Arc::clone(&request);
        // The caller is known before anything is asked of a provider.
        let (subject, actor) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let (pool, _) = allowed(r, &asked, is_signed)?;
                let mut named = |provider: &Option<String>| match provider {
                    Some(provider) => provider_in(r, &pool.id, provider).map(Some),
                    None => Ok(None),
                };
                Ok((
                    named(&asked.subject_token_provider_name)?,
                    named(&asked.actor_token_provider_name)?,
                ))
            })
            .await?;
        let mut foreigners = Foreigners::default();
        if let Some(provider) = subject {
            let kind = &request.subject_token_type;
            foreigners.subject = Some(foreign::check(cx, provider, &request.subject_token, kind).await?);
        }
        if let (Some(provider), Some(token), Some(kind)) =
            (actor, &request.actor_token, &request.actor_token_type)
        {
            foreigners.actor = Some(foreign::check(cx, provider, token, kind).await?);
        }
        let (engine, now) = (Arc::clone(&cx.engine), cx.now());
        cx.engine
            .store
            .read(move |r| Self::checked(&engine, r, &request, foreigners, is_signed, now))
            .await
    }

    fn checked(
        engine: &Engine,
        r: &mut Reader<'_>,
        request: &GetDerivedTokenRequest,
        foreigners: Foreigners,
        is_signed: bool,
        now: UnixMillis,
    ) -> Result<Self> {
        let (pool, client) = allowed(r, request, is_signed)?;
        let kind = &request.subject_token_type;
        let subject = match foreigners.subject {
            Some(foreign) => Subject::of_provider(r, &pool, &client, foreign)?,
            None => Subject::open(engine, r, &pool, &request.subject_token, kind, now)?,
        };
        let actor = match (&request.actor_token, &request.actor_token_type, foreigners.actor) {
            (Some(_), Some(_), Some(foreign)) => Some(Subject::of_provider(r, &pool, &client, foreign)?),
            (Some(token), Some(kind), None) => Some(Subject::open(engine, r, &pool, token, kind, now)?),
            (Some(_), None, _) => return Err(Error::invalid("Missing required parameter ActorTokenType")),
            (None, Some(_), _) => return Err(Error::invalid("Missing required parameter ActorToken")),
            (None, None, _) => None,
        };
        let mut audiences = request.audiences.iter().chain(&request.resources).flatten();
        let audience = audiences.next().cloned();
        let wants_id_token = request.requested_token_type == Some(IssuedTokenTypeIdentifierType::IdToken);
        if let Some(audience) = &audience {
            check_audience(r, &client, audience, wants_id_token)?;
        }
        let scopes = derived_scopes(
            r,
            &pool,
            subject.text("scope"),
            subject.is_ours,
            &client,
            request.scopes.as_deref(),
        )?;
        Ok(Self {
            keys: engine.keys_of(r, &pool.id)?,
            groups: groups::of_user(r, &pool.id, &subject.user.sub)?,
            audience,
            wants_id_token,
            pool,
            client,
            subject,
            actor,
            scopes,
            now,
        })
    }

    /// Issues the token.
    ///
    /// # Errors
    ///
    /// What the pre token generation function answers; `InternalErrorException`.
    pub async fn issue(self, cx: &Cx) -> Result<GetDerivedTokenResponse> {
        let scene = Scene::of_client(cx, &self.pool, &self.client.id, None);
        let scope = self.scopes.join(" ");
        // No occasion is documented for an exchange; nobody signs in anew.
        let occasion = Occasion::RefreshTokens;
        let overrides = around::overrides(&scene, occasion, &self.subject.user, &scope).await?;
        let lifetimes = Lifetimes::of(&self.client);
        // A token that comes of others ends with the first of them.
        let ends = [Some(&self.subject), self.actor.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|token| token.claims.get("exp").and_then(Value::as_i64))
            .min();
        let left = ends.map_or(i64::MAX, |ends| ends.saturating_sub(self.now.secs()));
        let of = tokens::Subject {
            pool: &self.pool,
            client: &self.client,
            user: &self.subject.user,
            groups: &self.groups,
        };
        let grant = self.grant(cx, &scope);
        let issuer = cx.engine.issuer_of(&self.pool);
        let jti = ids::ordered_uuid(cx.rng(), grant.signed_in_at);
        let (mut claims, signer, valid_for) = if self.wants_id_token {
            let valid_for = lifetimes.id_secs.min(left);
            let mut claims = tokens::id_claims(&of, &grant, &issuer, self.now, valid_for, &jti);
            if let Some(overrides) = &overrides {
                overrides.apply_to_id(&mut claims);
            }
            (claims, &self.keys.id, valid_for)
        } else {
            let valid_for = lifetimes.access_secs.min(left);
            let mut claims = tokens::access_claims(&of, &grant, &issuer, self.now, valid_for, &jti);
            if let Some(overrides) = &overrides {
                overrides.apply_to_access(&mut claims, &self.client.id);
            }
            (claims, &self.keys.access, valid_for)
        };
        if let Some(map) = claims.as_object_mut() {
            if let Some(audience) = &self.audience {
                map.insert("aud".to_owned(), json!(audience));
            }
            if let Some(act) = self.act() {
                map.insert("act".to_owned(), act);
            }
            if self.wants_id_token {
                // So that a token derived of this one has no more scopes than it came of.
                map.insert("scope".to_owned(), json!(scope));
            }
        }
        let (issued_token_type, token_type) = if self.wants_id_token {
            (IssuedTokenTypeIdentifierType::IdToken, OAuthTokenTypeType::NA)
        } else {
            (
                IssuedTokenTypeIdentifierType::AccessToken,
                OAuthTokenTypeType::Bearer,
            )
        };
        Ok(GetDerivedTokenResponse {
            issued_token: signer.sign(&claims)?.into(),
            issued_token_type,
            token_type,
            expires_in: i32::try_from(valid_for).ok(),
            scopes: Some(self.scopes).filter(|_| !self.wants_id_token),
        })
    }

    /// What the derived token is of the same family as the subject's: it ends with it.
    fn grant(&self, cx: &Cx, scope: &str) -> Grant {
        let uuid = |name: &str| {
            self.subject
                .text(name)
                .and_then(|text| Uuid::parse_str(text).ok())
        };
        let mut fresh = Grant::new(cx.rng(), &self.client, &self.subject.user, scope, self.now);
        fresh.acr = self.subject.text("acr").map(str::to_owned);
        fresh.amr = self.subject.methods();
        // A provider's token begins a family of its own.
        if !self.subject.is_ours {
            return fresh;
        }
        Grant {
            origin_jti: uuid("origin_jti").unwrap_or(fresh.origin_jti),
            signed_in_at: signed_in_at(&self.subject.claims).unwrap_or_default(),
            ..fresh
        }
    }

    /// Names who acts for the subject, and who acted before. Source: RFC 8693 §4.1.
    fn act(&self) -> Option<Value> {
        let before = self.subject.claims.get("act").cloned();
        let Some(actor) = &self.actor else {
            return before;
        };
        let mut act = Map::new();
        act.insert("sub".to_owned(), json!(actor.user.sub));
        if let Some(client_id) = actor.text("client_id").or_else(|| actor.text("aud")) {
            act.insert("client_id".to_owned(), json!(client_id));
        }
        if let Some(before) = before {
            act.insert("act".to_owned(), before);
        }
        Some(Value::Object(act))
    }
}

/// Refuses an audience for whom the token would pass as one of another app client. Whoever takes ID
/// tokens, identity pools among them, knows by `aud` alone which client a user signed in to.
///
/// # Errors
///
/// `InvalidParameterException`.
fn check_audience(r: &mut Reader<'_>, client: &AppClient, audience: &str, is_id_token: bool) -> Result<()> {
    if audience == client.id {
        return Ok(());
    }
    if is_id_token {
        return Err(Error::invalid("An ID token is for the app client itself alone."));
    }
    if app_clients::get(r, audience)?.is_some() {
        return Err(Error::invalid("The audience is another app client."));
    }
    Ok(())
}

/// Finds the client of a request that may be made.
///
/// # Errors
///
/// `NotAuthorizedException` for a wrong secret; `InvalidParameterException` for what the client
/// does not allow, or a request that contradicts itself.
fn allowed(
    r: &mut Reader<'_>,
    request: &GetDerivedTokenRequest,
    is_signed: bool,
) -> Result<(UserPool, AppClient)> {
    let (pool, client) = client::find(r, &request.client_id)?;
    let given = request.client_secret.as_ref();
    // An access key stands in for the secret; a wrong secret is refused all the same.
    if (given.is_some() || !is_signed) && !client::is_secret(&client, given) {
        return Err(Error::not_authorized(format!(
            "Unable to verify secret for client {}",
            client.id
        )));
    }
    let (flow, name) = if request.actor_token.is_some() {
        (Flow::Delegation, "ALLOW_TOKEN_EXCHANGE_DELEGATION")
    } else {
        (Flow::Impersonation, "ALLOW_TOKEN_EXCHANGE_IMPERSONATION")
    };
    if !client::allows(&client, flow) {
        return Err(Error::invalid(format!("{name} is not enabled for the client.")));
    }
    let is_given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if is_given(&request.audiences) && is_given(&request.resources) {
        return Err(Error::invalid(
            "Only one of Audiences and Resources can be given.",
        ));
    }
    Ok((pool, client))
}

/// Returns the scopes of a derived token: those asked for, else the subject's, as far as the
/// subject and the client both have them and their resource server still does. The ID token of a sign-in has no scopes: it stands for
/// its user, but never as the user, whose own scope only comes of a sign-in here.
///
/// # Errors
///
/// `InvalidParameterException` when nothing is left; what the store reports.
fn derived_scopes(
    r: &mut Reader<'_>,
    pool: &UserPool,
    subject: Option<&str>,
    is_ours: bool,
    client: &AppClient,
    wanted: Option<&[String]>,
) -> Result<Vec<String>> {
    let held = client
        .settings
        .allowed_o_auth_scopes
        .as_deref()
        .unwrap_or_default();
    let subject: Option<Vec<&str>> = subject.map(|scopes| scopes.split_ascii_whitespace().collect());
    let may = |scope: &str| {
        let of_client = held.iter().any(|held| held == scope);
        let of_subject = subject
            .as_ref()
            .map_or(scope != USER_SCOPE, |scopes| scopes.contains(&scope));
        of_client && of_subject && (is_ours || scope != USER_SCOPE)
    };
    let wanted: Vec<&str> = match (wanted.filter(|wanted| !wanted.is_empty()), &subject) {
        (Some(wanted), _) => wanted.iter().map(String::as_str).collect(),
        (None, Some(subject)) => subject.clone(),
        (None, None) => held
            .iter()
            .map(String::as_str)
            .filter(|scope| *scope != USER_SCOPE)
            .collect(),
    };
    let mut scopes: Vec<String> = Vec::new();
    for scope in wanted {
        if may(scope) && !scopes.iter().any(|had| had == scope) && scope_exists(r, pool, scope)? {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err(Error::invalid(
            "No requested scope is allowed for the client and the subject.",
        ));
    }
    Ok(scopes)
}

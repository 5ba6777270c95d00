//! ID, access and refresh tokens: what they say, how long, and whether they still count.
//!
//! ID and access tokens are RS256 tokens, each by its own key of the pool. A refresh token
//! is sealed, not stored: only revoked families and rotated tokens have rows. When a user
//! is signed out everywhere, the user's `tokens_valid_from` moves past every sign-in so
//! far ([`revoke_all`]); the instant of the sign-in is read back from the time inside the
//! token's `jti` (UUID version 7), because `auth_time` has whole seconds only.
//!
//! Source: developer guide, "Understanding user pool JSON web tokens".

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client;
use super::keys::OpenKeys;
use super::sessions;
use super::vault::Seal;
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::{Secret, SecretBytes};
use crate::engine::triggers::pre_token::Overrides;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::attributes;
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::groups::{self, Group};
use crate::store::records::tokens as families;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{AuthenticationResultType, TimeUnitsType};

/// The scope of tokens from an API sign-in: lets a user manage the own profile.
pub const USER_SCOPE: &str = "aws.cognito.signin.user.admin";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What a sign-in established. Every token that comes of it carries some of this; the
/// refresh token holds all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub sub: Uuid,
    pub client_id: String,
    /// Names the family of tokens.
    pub origin_jti: Uuid,
    /// Names the sign-in in event histories.
    pub event_id: Uuid,
    /// Names this refresh token; a rotated one gets another.
    pub jti: Uuid,
    /// When the user proved who they are; `auth_time`.
    pub signed_in_at: UnixMillis,
    /// When the refresh token ends, rotated or not.
    pub expires_at: UnixMillis,
    /// Space-separated scopes.
    pub scope: String,
    /// The device the user signed in on, where devices are tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// How strongly the user proved who they are; `acr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what; `amr`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl Grant {
    /// Begins a family of tokens for a user who just signed in.
    pub fn new(rng: &dyn Rng, client: &AppClient, user: &User, scope: &str, now: UnixMillis) -> Self {
        // Never before the last sign-out, even when the clock was set back since.
        let signed_in_at = now.max(user.tokens_valid_from);
        Self {
            sub: user.sub,
            client_id: client.id.clone(),
            origin_jti: ids::uuid(rng),
            event_id: ids::uuid(rng),
            jti: ids::uuid(rng),
            signed_in_at,
            expires_at: now.plus_secs(Lifetimes::of(client).refresh_secs),
            scope: scope.to_owned(),
            device_key: None,
            acr: None,
            amr: Vec::new(),
        }
    }

    /// Returns until when a revocation of the family must be kept: the last access token may
    /// be issued at the end of the refresh token and live a day.
    pub fn forget_at(&self) -> UnixMillis {
        self.expires_at.plus_secs(DAY)
    }
}

/// Whom tokens speak of.
pub struct Subject<'a> {
    pub pool: &'a UserPool,
    pub client: &'a AppClient,
    pub user: &'a User,
    /// As [`groups::of_user`] orders them.
    pub groups: &'a [Group],
}

/// How long tokens of a client live, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub id_secs: i64,
    pub access_secs: i64,
    pub refresh_secs: i64,
}

impl Lifetimes {
    /// Reads the settings of a client; an hour and thirty days where they say nothing.
    pub fn of(client: &AppClient) -> Self {
        let settings = &client.settings;
        let units = settings.token_validity_units.as_ref();
        let secs = |value: Option<i32>, unit: Option<&TimeUnitsType>, usual_unit, usual| {
            let value = value.filter(|value| *value > 0).map(i64::from);
            value.map_or(usual, |value| {
                value.saturating_mul(unit.map_or(usual_unit, unit_secs))
            })
        };
        Self {
            id_secs: secs(
                settings.id_token_validity,
                units.and_then(|units| units.id_token.as_ref()),
                HOUR,
                HOUR,
            ),
            access_secs: secs(
                settings.access_token_validity,
                units.and_then(|units| units.access_token.as_ref()),
                HOUR,
                HOUR,
            ),
            refresh_secs: secs(
                settings.refresh_token_validity,
                units.and_then(|units| units.refresh_token.as_ref()),
                DAY,
                DAY.saturating_mul(30),
            ),
        }
    }
}

fn unit_secs(unit: &TimeUnitsType) -> i64 {
    match unit {
        TimeUnitsType::Seconds => 1,
        TimeUnitsType::Minutes => 60,
        TimeUnitsType::Hours | TimeUnitsType::Unlisted(_) => HOUR,
        TimeUnitsType::Days => DAY,
    }
}

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

/// Tells whether tokens name their family: where it can be revoked, rotates or is a session.
fn names_family(subject: &Subject<'_>) -> bool {
    client::revokes_tokens(subject.client)
        || client::rotation_grace_secs(subject.client).is_some()
        || sessions::tracking(subject.pool).is_on
}

/// Returns the claims of an ID token.
pub fn id_claims(
    subject: &Subject<'_>,
    grant: &Grant,
    issuer: &str,
    now: UnixMillis,
    valid_for_secs: i64,
    jti: &Uuid,
) -> Value {
    let user = subject.user;
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    put("sub", json!(user.sub));
    put_groups(&mut put, subject.groups);
    let roles: Vec<&str> = subject
        .groups
        .iter()
        .filter_map(|group| group.role_arn.as_deref())
        .collect();
    if !roles.is_empty() {
        put("cognito:roles", json!(roles));
    }
    if let Some(role) = preferred_role(subject.groups) {
        put("cognito:preferred_role", json!(role));
    }
    for (name, value) in &user.attributes {
        if value.is_empty() || !attributes::is_readable(&subject.client.settings, name) {
            continue;
        }
        put(name, attribute_claim(name, value));
    }
    put("iss", json!(issuer));
    put("cognito:username", json!(user.username));
    if names_family(subject) {
        put("origin_jti", json!(grant.origin_jti));
    }
    put("aud", json!(subject.client.id));
    put("event_id", json!(grant.event_id));
    put("token_use", json!("id"));
    put_proof(&mut put, grant);
    put("auth_time", json!(grant.signed_in_at.secs()));
    put("exp", json!(now.plus_secs(valid_for_secs).secs()));
    put("iat", json!(now.secs()));
    put("jti", json!(jti));
    Value::Object(claims)
}

/// Returns the claims of an access token.
pub fn access_claims(
    subject: &Subject<'_>,
    grant: &Grant,
    issuer: &str,
    now: UnixMillis,
    valid_for_secs: i64,
    jti: &Uuid,
) -> Value {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    put("sub", json!(subject.user.sub));
    put_groups(&mut put, subject.groups);
    put("iss", json!(issuer));
    put("client_id", json!(subject.client.id));
    if names_family(subject) {
        put("origin_jti", json!(grant.origin_jti));
    }
    put("event_id", json!(grant.event_id));
    put("token_use", json!("access"));
    put("scope", json!(grant.scope));
    put("version", json!(2));
    put_proof(&mut put, grant);
    put("auth_time", json!(grant.signed_in_at.secs()));
    put("exp", json!(now.plus_secs(valid_for_secs).secs()));
    put("iat", json!(now.secs()));
    put("jti", json!(jti));
    put("username", json!(subject.user.username));
    if let Some(device_key) = &grant.device_key {
        put("device_key", json!(device_key));
    }
    Value::Object(claims)
}

fn put_proof(put: &mut impl FnMut(&str, Value), grant: &Grant) {
    if let Some(acr) = &grant.acr {
        put("acr", json!(acr));
    }
    if !grant.amr.is_empty() {
        put("amr", json!(grant.amr));
    }
}

fn put_groups(put: &mut impl FnMut(&str, Value), groups: &[Group]) {
    if !groups.is_empty() {
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        put("cognito:groups", json!(names));
    }
}

/// Returns an attribute in the type that the ID token gives it.
fn attribute_claim(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => json!(value.eq_ignore_ascii_case("true")),
        // OpenID Connect Core 1.0 §5.1.1.
        "address" => json!({ "formatted": value }),
        "updated_at" => value
            .parse::<i64>()
            .map_or_else(|_| json!(value), |secs| json!(secs)),
        "identities" => identities_claim(value),
        _ => json!(value),
    }
}

/// Returns the identities with every member as text, as the ID token has them.
fn identities_claim(value: &str) -> Value {
    let Ok(mut claim) = serde_json::from_str::<Value>(value) else {
        return json!(value);
    };
    for member in claim
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
        .flat_map(serde_json::Map::values_mut)
        .filter(|member| member.is_boolean() || member.is_number())
    {
        *member = json!(member.to_string());
    }
    claim
}

/// Returns the role of the group that goes first.
///
/// A single group gives its role whatever its precedence. Of several, those with the
/// smallest precedence among the groups that have a role decide; when they name different
/// roles, none is preferred.
pub fn preferred_role(groups: &[Group]) -> Option<&str> {
    if let [only] = groups {
        return only.role_arn.as_deref();
    }
    let with_role = || {
        groups
            .iter()
            .filter_map(|group| Some((group.precedence?, group.role_arn.as_deref()?)))
    };
    let first = with_role().map(|(precedence, _)| precedence).min()?;
    let mut roles = with_role()
        .filter(|(precedence, _)| *precedence == first)
        .map(|(_, role)| role);
    let role = roles.next()?;
    roles.all(|other| other == role).then_some(role)
}

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

/// Signs a user out everywhere: every token of a sign-in so far stops counting.
pub fn revoke_all(user: &mut User, now: UnixMillis) {
    // One past, so that a sign-in in this very millisecond is out too; the next sign-in
    // counts from here (`Grant::new`).
    user.tokens_valid_from = UnixMillis(now.max(user.tokens_valid_from).0.saturating_add(1));
}

/// Tells whether tokens of this sign-in were revoked with all others of the user.
pub fn is_signed_out(user: &User, signed_in_at: UnixMillis) -> bool {
    signed_in_at < user.tokens_valid_from
}

/// What a checked access token says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Claims {
    pub sub: Uuid,
    pub client_id: String,
    pub token_use: String,
    pub scope: String,
    pub jti: Uuid,
    #[serde(default)]
    pub origin_jti: Option<Uuid>,
    pub auth_time: i64,
    pub iat: i64,
    pub exp: i64,
    pub username: String,
    #[serde(default)]
    pub device_key: Option<String>,
    #[serde(default)]
    pub amr: Vec<String>,
}

impl Claims {
    /// Returns when the user signed in, to the millisecond.
    pub fn signed_in_at(&self) -> UnixMillis {
        time_of(&self.jti)
    }
}

/// Returns the time inside a UUID of version 7, which begins with 48 bits of milliseconds
/// (RFC 9562 §5.7). The `jti` of ID and access tokens hold that of the sign-in.
pub fn time_of(jti: &Uuid) -> UnixMillis {
    UnixMillis(i64::try_from(jti.as_u128() >> 80).unwrap_or(0))
}

/// Returns the user who presents an access token, when it still counts.
///
/// # Errors
///
/// `NotAuthorizedException` when it is not ours, has expired, was revoked or lacks the
/// scope; `UserNotFoundException` when the user is gone.
pub async fn user_of_access_token(cx: &Cx, token: &Secret) -> Result<(UserPool, AppClient, User, Claims)> {
    let engine = std::sync::Arc::clone(&cx.engine);
    let (token, now) = (token.clone(), cx.now());
    cx.engine
        .store
        .read(move |r| check_access(&engine, r, &token, now))
        .await
}

/// The answer to an access token that counts no more.
pub fn revoked() -> Error {
    Error::not_authorized("Access Token has been revoked")
}

/// Takes a user who is gone for a revoked token, where an operation declares no other error.
pub fn gone_is_revoked(error: Error) -> Error {
    if error.code() == Code::UserNotFoundException {
        revoked()
    } else {
        error
    }
}

/// Checks an access token inside a store job; see [`user_of_access_token`].
///
/// # Errors
///
/// As [`user_of_access_token`].
pub fn check_access(
    engine: &Engine,
    r: &mut Reader<'_>,
    token: &Secret,
    now: UnixMillis,
) -> Result<(UserPool, AppClient, User, Claims)> {
    let (pool, client, user, claims) = check_any_access(engine, r, token, now)?;
    if !claims.scope.split(' ').any(|scope| scope == USER_SCOPE) {
        return Err(Error::not_authorized(
            "Access Token does not have required scopes",
        ));
    }
    Ok((pool, client, user, claims))
}

/// Checks an access token inside a store job, whatever its scopes.
///
/// # Errors
///
/// As [`user_of_access_token`], but for the scope.
pub fn check_any_access(
    engine: &Engine,
    r: &mut Reader<'_>,
    token: &Secret,
    now: UnixMillis,
) -> Result<(UserPool, AppClient, User, Claims)> {
    let invalid = || Error::not_authorized("Invalid Access Token");
    // What is read before the signature is checked only finds the key to check it with.
    let client_id = unverified_client_id(token.expose()).ok_or_else(invalid)?;
    let (pool, client) = client::find(r, &client_id).map_err(|_| invalid())?;
    let keys = engine.keys_of(r, &pool.id)?;
    let claims = keys.access.verify(token.expose()).ok_or_else(invalid)?;
    let claims: Claims = serde_json::from_value(claims).map_err(|_| invalid())?;
    if claims.token_use != "access" {
        return Err(invalid());
    }
    if claims.exp <= now.secs() {
        return Err(Error::not_authorized("Access Token has expired"));
    }
    if let Some(origin) = &claims.origin_jti
        && families::is_revoked(r, &pool.id, &origin.to_string())?
    {
        return Err(revoked());
    }
    let user = users::get(r, &pool.id, &claims.sub)?.ok_or_else(Error::no_user)?;
    if !user.enabled || is_signed_out(&user, claims.signed_in_at()) {
        return Err(revoked());
    }
    Ok((pool, client, user, claims))
}

fn unverified_client_id(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Hint {
        client_id: String,
    }
    let claims = token.split('.').nth(1)?;
    let hint: Hint = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(hint.client_id)
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

    fn group(name: &str, precedence: Option<i32>, role: Option<&str>) -> Group {
        Group {
            name: name.to_owned(),
            precedence,
            role_arn: role.map(str::to_owned),
            ..Group::default()
        }
    }

    fn sample() -> (UserPool, AppClient, User) {
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
    fn claims_have_the_documented_types() {
        let (pool, client, user) = sample();
        let groups = [
            group("admins", Some(1), Some("arn:a")),
            group("staff", None, None),
        ];
        let subject = Subject {
            pool: &pool,
            client: &client,
            user: &user,
            groups: &groups,
        };
        let now = UnixMillis(1_700_000_000_500);
        let grant = Grant::new(&SeededRng::new(9), &client, &user, USER_SCOPE, now);
        let jti = Uuid::from_u128(1);
        let id = id_claims(&subject, &grant, "https://issuer/p", now, 3600, &jti);
        assert_eq!(id["email_verified"], json!(true));
        assert_eq!(id["phone_number_verified"], json!(false));
        assert_eq!(id["address"], json!({"formatted": "1 Main Street"}));
        assert_eq!(id["updated_at"], json!(1_700_000_000));
        assert_eq!(id["custom:tier"], json!("7"));
        assert_eq!(id["cognito:groups"], json!(["admins", "staff"]));
        assert_eq!(id["cognito:roles"], json!(["arn:a"]));
        assert_eq!(id["cognito:preferred_role"], json!("arn:a"));
        assert_eq!(id["exp"], json!(1_700_003_600));
        assert_eq!(id["aud"], json!("client1"));
        assert!(id.get("dev:custom:note").is_none());
        assert!(id.get("nickname").is_none());
        assert!(id.get("client_id").is_none());
        let access = access_claims(&subject, &grant, "https://issuer/p", now, 300, &jti);
        assert_eq!(access["scope"], json!(USER_SCOPE));
        assert_eq!(access["username"], json!("amelia"));
        assert_eq!(access["version"], json!(2));
        assert_eq!(access["exp"], json!(1_700_000_300));
        assert_eq!(access["origin_jti"], id["origin_jti"]);
        assert!(access.get("aud").is_none());
        assert!(access.get("cognito:roles").is_none());
    }

    #[test]
    fn read_list_of_the_client_filters_the_id_token() {
        let (pool, mut client, user) = sample();
        client.settings.read_attributes = Some(vec!["custom:tier".to_owned()]);
        client.settings.enable_token_revocation = Some(false);
        let subject = Subject {
            pool: &pool,
            client: &client,
            user: &user,
            groups: &[],
        };
        let now = UnixMillis(1_700_000_000_500);
        let grant = Grant::new(&SeededRng::new(9), &client, &user, USER_SCOPE, now);
        let id = id_claims(&subject, &grant, "i", now, 60, &Uuid::nil());
        assert_eq!(id["custom:tier"], json!("7"));
        for absent in ["email", "email_verified", "cognito:groups", "origin_jti"] {
            assert!(id.get(absent).is_none(), "{absent}");
        }
    }

    #[test]
    fn preferred_role_follows_precedence_and_omits_on_a_tie() {
        let cases: [(&[Group], Option<&str>); 7] = [
            (&[], None),
            (&[group("a", None, Some("r1"))], Some("r1")),
            (
                &[group("a", Some(1), Some("r1")), group("b", Some(0), Some("r2"))],
                Some("r2"),
            ),
            (
                &[group("a", Some(1), Some("r1")), group("b", Some(1), Some("r2"))],
                None,
            ),
            (
                &[group("a", Some(1), Some("r1")), group("b", Some(1), Some("r1"))],
                Some("r1"),
            ),
            (
                &[group("a", Some(0), None), group("b", Some(5), Some("r2"))],
                Some("r2"),
            ),
            (
                &[group("a", None, Some("r1")), group("b", None, Some("r2"))],
                None,
            ),
        ];
        for (groups, expected) in cases {
            assert_eq!(preferred_role(groups), expected, "{groups:?}");
        }
    }

    #[test]
    fn lifetimes_follow_their_units() {
        let (_, mut client, _) = sample();
        let usual = Lifetimes {
            id_secs: 3600,
            access_secs: 3600,
            refresh_secs: 30 * 86_400,
        };
        assert_eq!(Lifetimes::of(&client), usual);
        client.settings.refresh_token_validity = Some(0);
        assert_eq!(Lifetimes::of(&client), usual);
        client.settings.refresh_token_validity = Some(2);
        client.settings.access_token_validity = Some(2);
        client.settings.id_token_validity = Some(5);
        client.settings.token_validity_units = Some(crate::wire::idp::TokenValidityUnitsType {
            id_token: Some(TimeUnitsType::Minutes),
            ..Default::default()
        });
        let set = Lifetimes::of(&client);
        assert_eq!(
            (set.id_secs, set.access_secs, set.refresh_secs),
            (300, 7200, 172_800)
        );
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

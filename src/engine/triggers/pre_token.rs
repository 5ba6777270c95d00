//! What a function changes in tokens before they are signed.
//!
//! Version 1 changes the ID token, 2 and 3 the access token as well. What names the user, the
//! client, the times and the token itself cannot be changed by any: such changes are passed
//! over.
//!
//! Source: developer guide, "Pre token generation Lambda trigger".

use serde_json::{Map, Value, json};

use super::{Event, Scene, Trigger, answer, event, invoke};
use crate::engine::Result;
use crate::engine::auth::tokens;
use crate::store::records::groups::Group;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::PreTokenGenerationLambdaVersionType as Version;

/// Claims and scopes that a function may touch in one token.
const TOUCHED_MAX: usize = 5000;

/// For what tokens are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    HostedAuth,
    Authentication,
    NewPasswordChallenge,
    AuthenticateDevice,
    RefreshTokens,
    /// Tokens of an app client itself; version 3 only.
    ClientCredentials,
}

impl Occasion {
    const fn source(self) -> &'static str {
        match self {
            Self::HostedAuth => "HostedAuth",
            Self::Authentication => "Authentication",
            Self::NewPasswordChallenge => "NewPasswordChallenge",
            Self::AuthenticateDevice => "AuthenticateDevice",
            Self::RefreshTokens => "RefreshTokens",
            Self::ClientCredentials => "ClientCredentials",
        }
    }
}

/// What changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    id: Changes,
    access: Changes,
    scopes_to_add: Vec<String>,
    scopes_to_suppress: Vec<String>,
    /// Other groups and roles; `None` leaves them as they are.
    groups: Option<Groups>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Changes {
    put: Map<String, Value>,
    suppress: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Groups {
    names: Vec<String>,
    roles: Vec<String>,
    preferred_role: Option<String>,
}

/// Asks what to change; `None` without a function.
///
/// `groups` are the user's, smallest precedence first; `scopes` those of the access token.
///
/// # Errors
///
/// As [`invoke`]; `InvalidLambdaResponseException` also for more than 5,000 claims and scopes.
pub async fn pre_token_generation(
    scene: &Scene<'_>,
    occasion: Occasion,
    user: Option<&User>,
    groups: &[Group],
    scopes: &[&str],
) -> Result<Option<Overrides>> {
    let version = version_of(scene.pool);
    if occasion == Occasion::ClientCredentials && version != Version::V30 {
        return Ok(None);
    }
    let name = user.map_or("ClientCredentials", |user| &user.username);
    let attributes = user.map(|user| event::attributes_of(scene.pool, user));
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    let roles: Vec<&str> = groups
        .iter()
        .filter_map(|group| group.role_arn.as_deref())
        .collect();
    let mut event = Event::new(Trigger::PreTokenGeneration, occasion.source(), name)
        .with("userAttributes", attributes.unwrap_or_default())
        .with(
            "groupConfiguration",
            json!({
                "groupsToOverride": names,
                "iamRolesToOverride": roles,
                "preferredRole": tokens::preferred_role(groups),
            }),
        );
    let has_scopes = version != Version::V10;
    if has_scopes {
        event = event.with("scopes", json!(scopes));
    }
    event = event.with_metadata(scene);
    let (number, member) = match version {
        Version::V30 => ("3", "claimsAndScopeOverrideDetails"),
        Version::V20 => ("2", "claimsAndScopeOverrideDetails"),
        Version::V10 | Version::Unlisted(_) => ("1", "claimsOverrideDetails"),
    };
    event.version = number;
    event.response = json!({ member: null });
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    let Some(details) = answer::object(&answer, member)? else {
        return Ok(Some(Overrides::default()));
    };
    if has_scopes {
        read_later(details)
    } else {
        read_first(details)
    }
    .map(Some)
}

fn version_of(pool: &UserPool) -> Version {
    pool.settings
        .lambda_config
        .as_ref()
        .and_then(|lambda| lambda.pre_token_generation_config.as_ref())
        .map_or(Version::V10, |config| config.lambda_version.clone())
}

/// Reads the answer of version 1, whose claims are texts.
fn read_first(details: &Map<String, Value>) -> Result<Overrides> {
    let put = answer::named_texts(details, "claimsToAddOrOverride")?.unwrap_or_default();
    let id = Changes {
        put: put
            .into_iter()
            .map(|(name, text)| (name, Value::from(text)))
            .collect(),
        suppress: answer::texts(details, "claimsToSuppress")?.unwrap_or_default(),
    };
    checked(Overrides {
        id,
        groups: groups_of(details)?,
        ..Overrides::default()
    })
}

/// Reads the answer of versions 2 and 3, whose claims are any JSON.
fn read_later(details: &Map<String, Value>) -> Result<Overrides> {
    let changes = |of: Option<&Map<String, Value>>| -> Result<Changes> {
        let Some(of) = of else {
            return Ok(Changes::default());
        };
        Ok(Changes {
            put: answer::object(of, "claimsToAddOrOverride")?
                .cloned()
                .unwrap_or_default(),
            suppress: answer::texts(of, "claimsToSuppress")?.unwrap_or_default(),
        })
    };
    let access = answer::object(details, "accessTokenGeneration")?;
    let scopes = |name| access.map_or(Ok(None), |access| answer::texts(access, name));
    let scopes_to_add = scopes("scopesToAdd")?.unwrap_or_default();
    if scopes_to_add
        .iter()
        .any(|scope| scope.is_empty() || scope.contains(char::is_whitespace))
    {
        return Err(answer::unrecognizable());
    }
    checked(Overrides {
        id: changes(answer::object(details, "idTokenGeneration")?)?,
        access: changes(access)?,
        scopes_to_add,
        scopes_to_suppress: scopes("scopesToSuppress")?.unwrap_or_default(),
        groups: groups_of(details)?,
    })
}

/// Reads other groups: left out, they stay; `null` or empty, there are none.
fn groups_of(details: &Map<String, Value>) -> Result<Option<Groups>> {
    match details.get("groupOverrideDetails") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Groups::default())),
        Some(Value::Object(given)) => Ok(Some(Groups {
            names: answer::texts(given, "groupsToOverride")?.unwrap_or_default(),
            roles: answer::texts(given, "iamRolesToOverride")?.unwrap_or_default(),
            preferred_role: answer::text(given, "preferredRole")?.filter(|role| !role.is_empty()),
        })),
        Some(_) => Err(answer::unrecognizable()),
    }
}

fn checked(overrides: Overrides) -> Result<Overrides> {
    let of = |changes: &Changes| changes.put.len().saturating_add(changes.suppress.len());
    let access = of(&overrides.access)
        .saturating_add(overrides.scopes_to_add.len())
        .saturating_add(overrides.scopes_to_suppress.len());
    if of(&overrides.id) > TOUCHED_MAX || access > TOUCHED_MAX {
        return Err(answer::unrecognizable());
    }
    Ok(overrides)
}

impl Overrides {
    /// Changes the claims of an ID token.
    pub fn apply_to_id(&self, claims: &mut Value) {
        let Some(claims) = claims.as_object_mut() else {
            return;
        };
        self.put_groups(claims, true);
        apply(&self.id, claims, |name, _| name != "aud");
    }

    /// Changes the claims of an access token of the app client `client_id`.
    pub fn apply_to_access(&self, claims: &mut Value, client_id: &str) {
        let Some(claims) = claims.as_object_mut() else {
            return;
        };
        self.put_groups(claims, false);
        apply(&self.access, claims, |name, value| {
            // An audience may be named when it is the client itself.
            name != "aud" || value.as_str() == Some(client_id)
        });
        if self.scopes_to_add.is_empty() && self.scopes_to_suppress.is_empty() {
            return;
        }
        let before = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let mut scopes: Vec<&str> = before
            .split_ascii_whitespace()
            .filter(|scope| !self.scopes_to_suppress.iter().any(|gone| gone == scope))
            .collect();
        for scope in &self.scopes_to_add {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        let scopes = scopes.join(" ");
        claims.insert("scope".to_owned(), Value::from(scopes));
    }

    fn put_groups(&self, claims: &mut Map<String, Value>, with_roles: bool) {
        let Some(groups) = &self.groups else {
            return;
        };
        let mut put = |name: &str, value: Option<Value>| match value {
            Some(value) => {
                claims.insert(name.to_owned(), value);
            }
            None => {
                claims.shift_remove(name);
            }
        };
        let list = |list: &[String]| (!list.is_empty()).then(|| json!(list));
        put("cognito:groups", list(&groups.names));
        if with_roles {
            put("cognito:roles", list(&groups.roles));
            put(
                "cognito:preferred_role",
                groups.preferred_role.as_deref().map(Value::from),
            );
        }
    }
}

fn apply(changes: &Changes, claims: &mut Map<String, Value>, may_put: impl Fn(&str, &Value) -> bool) {
    for (name, value) in &changes.put {
        // Attributes for developers alone are never shown, so they are not written either.
        if !is_fixed(name) && !name.starts_with("dev:") && !value.is_null() && may_put(name, value) {
            claims.insert(name.clone(), value.clone());
        }
    }
    for name in &changes.suppress {
        if name == "cognito:groups" {
            for name in ["cognito:groups", "cognito:roles", "cognito:preferred_role"] {
                claims.shift_remove(name);
            }
        } else if !is_fixed(name) && name != "aud" {
            claims.shift_remove(name);
        }
    }
}

/// Tells whether no function may change a claim.
fn is_fixed(name: &str) -> bool {
    const FIXED: [&str; 22] = [
        "sub",
        "username",
        "identities",
        "client_id",
        "event_id",
        "device_key",
        "version",
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "exp",
        "iat",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "token_use",
        "scope",
        "cognito:username",
    ];
    FIXED.contains(&name) || name.starts_with("cognito:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn version_1_changes_texts_of_the_id_token_alone() {
        let details = json!({
            "claimsToAddOrOverride": {"tier": "gold", "sub": "x", "cognito:username": "x", "dev:a": "x", "aud": "x"},
            "claimsToSuppress": ["email", "exp", "aud"],
        });
        let overrides = read_first(object(&details)).unwrap();
        let mut id = json!({"sub": "1", "email": "e", "exp": 5, "aud": "c", "cognito:groups": ["a"]});
        overrides.apply_to_id(&mut id);
        assert_eq!(
            id,
            json!({"sub": "1", "exp": 5, "aud": "c", "cognito:groups": ["a"], "tier": "gold"})
        );
        let mut access = json!({"scope": "a", "sub": "1"});
        overrides.apply_to_access(&mut access, "c");
        assert_eq!(access, json!({"scope": "a", "sub": "1"}));
        for bad in [
            json!({"claimsToAddOrOverride": {"n": 1}}),
            json!({"claimsToAddOrOverride": ["n"]}),
            json!({"claimsToSuppress": "email"}),
            json!({"groupOverrideDetails": []}),
        ] {
            assert!(read_first(object(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn later_versions_change_both_tokens_and_scopes() {
        let details = json!({
            "idTokenGeneration": {"claimsToAddOrOverride": {"n": 1, "deep": {"a": [true]}}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"aud": "c", "tenant": "t", "client_id": "x"},
                "claimsToSuppress": ["version", "extra"],
                "scopesToAdd": ["x:read", "a"],
                "scopesToSuppress": ["b"],
            },
        });
        let overrides = read_later(object(&details)).unwrap();
        let mut id = json!({"sub": "1"});
        overrides.apply_to_id(&mut id);
        assert_eq!(id, json!({"sub": "1", "n": 1, "deep": {"a": [true]}}));
        let claims = json!({"scope": "a b", "client_id": "c", "version": 2, "extra": 1});
        let mut access = claims.clone();
        overrides.apply_to_access(&mut access, "c");
        assert_eq!(
            access,
            json!({"scope": "a x:read", "client_id": "c", "version": 2, "aud": "c", "tenant": "t"})
        );
        let mut access = claims;
        overrides.apply_to_access(&mut access, "other");
        assert_eq!(access.get("aud"), None);
        let spaced = json!({"accessTokenGeneration": {"scopesToAdd": ["a b"]}});
        assert!(read_later(object(&spaced)).is_err());
    }

    #[test]
    fn groups_stay_unless_they_are_overridden_and_go_with_an_empty_override() {
        let claims = json!({"cognito:groups": ["a"], "cognito:roles": ["r"], "cognito:preferred_role": "r"});
        let after = |details: &Value| {
            let mut id = claims.clone();
            read_first(object(details)).unwrap().apply_to_id(&mut id);
            id
        };
        assert_eq!(after(&json!({})), claims);
        assert_eq!(after(&json!({"groupOverrideDetails": null})), json!({}));
        assert_eq!(after(&json!({"groupOverrideDetails": {}})), json!({}));
        assert_eq!(after(&json!({"claimsToSuppress": ["cognito:groups"]})), json!({}));
        assert_eq!(
            after(&json!({"groupOverrideDetails": {"groupsToOverride": ["b"], "preferredRole": "q"}})),
            json!({"cognito:groups": ["b"], "cognito:preferred_role": "q"})
        );
    }

    #[test]
    fn more_than_five_thousand_changes_are_refused() {
        let many = |count: usize| {
            let names: Vec<String> = (0..count).map(|n| format!("c{n}")).collect();
            json!({"claimsToSuppress": names})
        };
        assert!(read_first(object(&many(5000))).is_ok());
        assert!(read_first(object(&many(5001))).is_err());
    }
}

//! The claims of ID and access tokens.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::grant::{Grant, Subject};
use crate::base::clock::UnixMillis;
use crate::engine::auth::{client, sessions};
use crate::rules::attributes;
use crate::store::records::groups::Group;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;
    use crate::engine::auth::tokens::USER_SCOPE;
    use crate::engine::auth::tokens::tests::sample;

    fn group(name: &str, precedence: Option<i32>, role: Option<&str>) -> Group {
        Group {
            name: name.to_owned(),
            precedence,
            role_arn: role.map(str::to_owned),
            ..Group::default()
        }
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
}

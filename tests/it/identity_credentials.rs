//! What identity pools give: roles, tokens and temporary credentials, and who takes them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::base::clock::UnixMillis;
use poolhouse::base::secret::Secret;
use poolhouse::driver::CallError;
use poolhouse::wire::identity::*;
use poolhouse::wire::idp;
use poolhouse::wire::sigv4::{self, Keys, Message};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::http::Server;
use crate::identities::{House, credentials, open_id, part};
use crate::identity_pools::{create, map, role};
use crate::support::{START, TestEngine};

fn keys(given: GetCredentialsForIdentityResponse) -> Keys {
    let given = given.credentials.unwrap();
    Keys {
        access_key_id: given.access_key_id.unwrap(),
        secret_access_key: given.secret_key.unwrap(),
        session_token: given.session_token.map(Secret::from),
    }
}

/// Puts a form to the security token service; signed when there are keys. Returns status and body.
async fn sts(server: &Server, form: &[(&str, &str)], keys: Option<&Keys>, now: UnixMillis) -> (u16, String) {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let mut headers = vec![
        ("host".to_owned(), server.address.to_string()),
        (
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ];
    if let Some(keys) = keys {
        let message = Message {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        headers.extend(sigv4::sign(&message, keys, "us-east-1", "sts", now));
    }
    let mut request = reqwest::Client::new().post(server.url()).body(body);
    for (name, value) in headers.iter().skip(1) {
        request = request.header(name, value);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/xml");
    (response.status().as_u16(), response.text().await.unwrap())
}

const WHO: &[(&str, &str)] = &[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];

async fn who(server: &Server, keys: &Keys, now: UnixMillis) -> (u16, String) {
    sts(server, WHO, Some(keys), now).await
}

fn element(body: &str, name: &str) -> String {
    let (_, rest) = body
        .split_once(&format!("<{name}>"))
        .unwrap_or_else(|| panic!("no {name}: {body}"));
    rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
}

/// A server and a house in its engine.
pub async fn open(change: impl FnOnce(&mut CreateIdentityPoolInput)) -> (Server, House) {
    let server = Server::start().await;
    let house = House::on(TestEngine::beside(&server.engine), change).await;
    (server, house)
}

#[tokio::test]
async fn credentials_sign_a_request_that_the_engine_verifies() {
    let (server, house) = open(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let answer = house.engine.ok(&credentials(&id, Some(login))).await;
    let ends = answer.credentials.as_ref().unwrap().expiration.unwrap();
    assert_eq!(UnixMillis::from(ends), START.plus_secs(3600));
    let good = keys(answer);
    assert!(good.access_key_id.starts_with("ASIA") && good.access_key_id.len() == 20);
    let (status, body) = who(&server, &good, START).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        element(&body, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/User/CognitoIdentityCredentials"
    );
    assert_eq!(element(&body, "Account"), "123456789012");
    assert!(element(&body, "UserId").ends_with(":CognitoIdentityCredentials"));
    // An access key of the engine is the account itself.
    let (_, body) = who(&server, &server.keys, START).await;
    assert_eq!(element(&body, "Arn"), "arn:aws:iam::123456789012:root");

    let refused = async |keys: &Keys, now: UnixMillis, code: &str| {
        let (status, body) = who(&server, keys, now).await;
        assert_eq!((status, element(&body, "Code").as_str()), (403, code));
    };
    let wrong_secret = Keys {
        secret_access_key: "another".into(),
        ..good.clone()
    };
    refused(&wrong_secret, START, "SignatureDoesNotMatch").await;
    let without_token = Keys {
        session_token: None,
        ..good.clone()
    };
    refused(&without_token, START, "InvalidClientTokenId").await;
    let others_token = Keys {
        access_key_id: "ASIA0P00LAAAAAAAAAAA".to_owned(),
        ..good.clone()
    };
    refused(&others_token, START, "InvalidClientTokenId").await;
    let foreign_token = Keys {
        session_token: Some("FwoGZXIvYXdzEXAMPLE".into()),
        ..server.keys.clone()
    };
    refused(&foreign_token, START, "InvalidClientTokenId").await;
    let (status, body) = sts(&server, WHO, None, START).await;
    assert_eq!(
        (status, element(&body, "Code").as_str()),
        (403, "MissingAuthenticationToken")
    );
    let (status, body) = sts(&server, &[("Action", "AssumeRole")], None, START).await;
    assert_eq!((status, element(&body, "Code").as_str()), (400, "InvalidAction"));
    server.engine.clock.advance_secs(3600);
    refused(&good, START.plus_secs(3600), "ExpiredToken").await;
}

#[tokio::test]
async fn only_named_roles_call_what_is_signed_and_never_a_guest() {
    let engine =
        TestEngine::with(|options| options.identity.admin_roles = vec![role("User"), role("Guest")]).await;
    let server = Server::on(engine).await;
    let house = House::on(TestEngine::beside(&server.engine), |_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let users = keys(house.engine.ok(&credentials(&id, Some(login))).await);
    let guests = keys(house.engine.ok(&credentials(&house.guest().await, None)).await);
    let list = idp::ListUsersRequest {
        user_pool_id: house.user_pool.clone(),
        ..Default::default()
    };
    let call = async |keys: &Keys| {
        server
            .driver_in("us-east-1", Some(keys.clone()), START)
            .call(&list)
            .await
    };
    assert_eq!(call(&users).await.unwrap().users.unwrap().len(), 1);
    let Err(CallError::Fault(fault)) = call(&guests).await else {
        panic!("a guest administered");
    };
    assert_eq!(fault.code, "AccessDeniedException");
    let secret = idp::AddUserPoolClientSecretRequest {
        user_pool_id: house.user_pool.clone(),
        client_id: house.client.clone(),
        ..Default::default()
    };
    let guest = server.driver_in("us-east-1", Some(guests.clone()), START);
    let answer = guest.call(&secret).await;
    assert!(matches!(answer, Err(CallError::Fault(fault)) if fault.code == "AccessDeniedException"));
    assert!(
        fault
            .message
            .contains("assumed-role/Guest/CognitoIdentityCredentials is not authorized")
    );
    assert!(fault.message.contains("cognito-idp:ListUsers"));
    // Who asks for less than the role has, by a policy that nobody evaluates, has nothing.
    let login = house.login("amelia").await;
    let token = house.engine.ok(&open_id(&id, Some(login))).await.token.unwrap();
    for (policy, is_allowed) in [("{}", false), ("", true)] {
        let user = role("User");
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", user.as_str()),
            ("RoleSessionName", "app"),
            ("WebIdentityToken", token.expose()),
            ("Policy", policy),
        ];
        let (_, body) = sts(&server, &form, None, START).await;
        let given = Keys {
            access_key_id: element(&body, "AccessKeyId"),
            secret_access_key: element(&body, "SecretAccessKey").into(),
            session_token: Some(element(&body, "SessionToken").into()),
        };
        assert_eq!(call(&given).await.is_ok(), is_allowed, "{policy:?}");
    }
    // A pool is found in its own Region alone.
    let describe = DescribeIdentityPoolInput {
        identity_pool_id: house.pool.clone(),
    };
    for (region, is_there) in [("us-east-1", true), ("eu-west-1", false)] {
        let driver = server.driver_in(region, Some(server.keys.clone()), START);
        let answer = driver.call(&describe).await;
        assert_eq!(answer.is_ok(), is_there, "{answer:?}");
        let absent = |fault: &poolhouse::wire::Fault| fault.code == "ResourceNotFoundException";
        assert!(is_there || matches!(&answer, Err(CallError::Fault(fault)) if absent(fault)));
    }
    // The engine's own extension is for access keys alone.
    let settings = poolhouse::wire::engine::GetEngineSettingsRequest {};
    let answer = server
        .driver_in("us-east-1", Some(users), START)
        .call(&settings)
        .await;
    assert!(matches!(answer, Err(CallError::Fault(fault)) if fault.code == "AccessDeniedException"));

    let (server, house) = open(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let unnamed = keys(house.engine.ok(&credentials(&id, Some(login))).await);
    let answer = server
        .driver_in("us-east-1", Some(unnamed), START)
        .call(&list)
        .await;
    assert!(matches!(answer, Err(CallError::Fault(fault)) if fault.code == "AccessDeniedException"));
}

#[tokio::test]
async fn what_administers_ends_with_that_which_it_rests_on() {
    let engine = TestEngine::with(|options| options.identity.admin_roles = vec![role("User")]).await;
    let server = Server::on(engine).await;
    let house = House::on(TestEngine::beside(&server.engine), |_| {}).await;
    let engine = &house.engine;
    let user_pool_id = house.user_pool.clone();
    // Both flows give the same: credentials of the enhanced one and of the token service.
    let given = async |username: &str| {
        let login = house.new_login(username).await;
        let id = house.id_of(&login).await;
        let enhanced = keys(engine.ok(&credentials(&id, Some(login.clone()))).await);
        let token = engine.ok(&open_id(&id, Some(login))).await.token.unwrap();
        let user = role("User");
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", user.as_str()),
            ("RoleSessionName", "app"),
            ("WebIdentityToken", token.expose()),
        ];
        let (_, body) = sts(&server, &form, None, START).await;
        let basic = Keys {
            access_key_id: element(&body, "AccessKeyId"),
            secret_access_key: element(&body, "SecretAccessKey").into(),
            session_token: Some(element(&body, "SessionToken").into()),
        };
        (id, [enhanced, basic])
    };
    let list = idp::ListUsersRequest {
        user_pool_id: user_pool_id.clone(),
        ..Default::default()
    };
    let count = async |keys: &[Keys; 2], what: &str, is_good: bool| {
        for keys in keys {
            let driver = server.driver_in("us-east-1", Some(keys.clone()), START);
            match driver.call(&list).await {
                Ok(_) => assert!(is_good, "{what}"),
                Err(CallError::Fault(fault)) => {
                    assert!(!is_good, "{what}: {}", fault.message);
                    assert_eq!(fault.code, "AccessDeniedException");
                }
                Err(other) => panic!("{other}"),
            }
        }
    };
    let (_, disabled) = given("disabled").await;
    count(&disabled, "before", true).await;
    engine
        .ok(&idp::AdminDisableUserRequest {
            user_pool_id: user_pool_id.clone(),
            username: "disabled".to_owned(),
        })
        .await;
    count(&disabled, "user disabled", false).await;
    let (_, gone) = given("gone").await;
    engine
        .ok(&idp::AdminDeleteUserRequest {
            user_pool_id: user_pool_id.clone(),
            username: "gone".to_owned(),
        })
        .await;
    count(&gone, "user deleted", false).await;
    let (id, unlinked) = given("unlinked").await;
    engine
        .ok(&UnlinkIdentityInput {
            identity_id: id,
            logins: house.login("unlinked").await,
            logins_to_remove: vec![house.provider.clone()],
        })
        .await;
    count(&unlinked, "login unlinked", false).await;
    let (id, deleted) = given("deleted").await;
    let (_, of_pool) = given("other").await;
    engine
        .ok(&DeleteIdentitiesInput {
            identity_ids_to_delete: vec![id],
        })
        .await;
    count(&deleted, "identity deleted", false).await;
    count(&of_pool, "others are not touched", true).await;
    engine
        .ok(&DeleteIdentityPoolInput {
            identity_pool_id: house.pool.clone(),
        })
        .await;
    count(&of_pool, "identity pool deleted", false).await;
}

#[tokio::test]
async fn the_basic_flow_ends_in_the_role_of_the_pool() {
    let (server, house) = open(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let token = house.engine.ok(&open_id(&id, Some(login))).await.token.unwrap();
    let user = role("User");
    let form = |role: &'static str, token: &str, secs: &'static str| {
        vec![
            ("Action", "AssumeRoleWithWebIdentity".to_owned()),
            ("Version", "2011-06-15".to_owned()),
            ("RoleArn", role.to_owned()),
            ("RoleSessionName", "app".to_owned()),
            ("WebIdentityToken", token.to_owned()),
            ("DurationSeconds", secs.to_owned()),
        ]
    };
    let assume = async |form: Vec<(&str, String)>| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sts(&server, &form, None, START).await
    };
    const USER: &str = "arn:aws:iam::123456789012:role/User";
    const GUEST: &str = "arn:aws:iam::123456789012:role/Guest";
    assert_eq!(user, USER);
    let (status, body) = assume(form(USER, token.expose(), "900")).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(element(&body, "SubjectFromWebIdentityToken"), id);
    assert_eq!(element(&body, "Audience"), house.pool);
    assert_eq!(
        element(&body, "Provider"),
        format!("{}/cognito-identity", server.url())
    );
    assert_eq!(element(&body, "Expiration"), "2026-01-01T00:15:00Z");
    let given = Keys {
        access_key_id: element(&body, "AccessKeyId"),
        secret_access_key: element(&body, "SecretAccessKey").into(),
        session_token: Some(element(&body, "SessionToken").into()),
    };
    let (_, body) = who(&server, &given, START).await;
    assert_eq!(
        element(&body, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/User/app"
    );

    let refused = async |form: Vec<(&str, String)>, status: u16, code: &str| {
        let (found, body) = assume(form).await;
        assert_eq!((found, element(&body, "Code").as_str()), (status, code), "{body}");
    };
    refused(form(GUEST, token.expose(), ""), 403, "AccessDenied").await;
    refused(form(USER, "no.jwt.here", ""), 400, "InvalidIdentityToken").await;
    refused(form(USER, token.expose(), "60"), 400, "ValidationError").await;
    refused(form(USER, token.expose(), "x"), 400, "ValidationError").await;
    refused(form("User", token.expose(), ""), 400, "ValidationError").await;
    let mut named = form(USER, token.expose(), "");
    named[3].1 = "a name".to_owned();
    refused(named, 400, "ValidationError").await;
    let guest = house.guest().await;
    let guests = house.engine.ok(&open_id(&guest, None)).await.token.unwrap();
    refused(form(USER, guests.expose(), ""), 403, "AccessDenied").await;
    let (status, _) = assume(form(GUEST, guests.expose(), "")).await;
    assert_eq!(status, 200);
    // Without the pool's leave for the basic flow a token of before gives nothing.
    house
        .engine
        .ok(&IdentityPool {
            identity_pool_id: house.pool.clone(),
            identity_pool_name: "apps".to_owned(),
            allow_unauthenticated_identities: true,
            ..Default::default()
        })
        .await;
    refused(form(GUEST, guests.expose(), ""), 403, "AccessDenied").await;
    server.engine.clock.advance_secs(600);
    refused(form(USER, token.expose(), ""), 400, "ExpiredTokenException").await;
}

#[tokio::test]
async fn the_key_set_verifies_identity_tokens() {
    let (server, house) = open(|_| {}).await;
    let guest = house.guest().await;
    let token = house.engine.ok(&open_id(&guest, None)).await.token.unwrap();
    let fetch = async |url: &str| -> Value { reqwest::get(url).await.unwrap().json().await.unwrap() };
    let issuer = part(&token, 1)["iss"].as_str().unwrap().to_owned();
    let found = fetch(&format!("{issuer}/.well-known/openid-configuration")).await;
    assert_eq!(found["issuer"], json!(issuer));
    assert_eq!(found["id_token_signing_alg_values_supported"], json!(["RS512"]));
    assert_eq!(issuer, format!("{}/cognito-identity", server.url()));
    let set = fetch(found["jwks_uri"].as_str().unwrap()).await;
    let kid = &part(&token, 0)["kid"];
    let key = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == *kid)
        .unwrap();
    assert_eq!(key["alg"], "RS512");
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.expose().rsplit_once('.').unwrap();
    let public = aws_lc_rs::rsa::PublicKeyComponents {
        n: decode(key["n"].as_str().unwrap()),
        e: decode(key["e"].as_str().unwrap()),
    };
    public
        .verify(
            &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA512,
            signed.as_bytes(),
            &decode(signature),
        )
        .unwrap();
}

#[tokio::test]
async fn a_pool_without_roles_gives_no_credentials() {
    let house = House::new(|_| {}).await;
    let none = SetIdentityPoolRolesInput {
        identity_pool_id: house.pool.clone(),
        ..Default::default()
    };
    house.engine.ok(&none).await;
    let guest = house.guest().await;
    let code = "InvalidIdentityPoolConfigurationException";
    house
        .refused(&credentials(&guest, None), code, "Check assigned IAM roles")
        .await;
}

/// The role an identity's credentials are for, or the error code.
async fn role_given(
    server: &Server,
    house: &House,
    login: &BTreeMap<String, Secret>,
    custom: Option<&str>,
) -> String {
    let id = house.id_of(login).await;
    let request = GetCredentialsForIdentityInput {
        custom_role_arn: custom.map(role),
        ..credentials(&id, Some(login.clone()))
    };
    match house.engine.call(&request).await {
        Ok(given) => {
            let (_, body) = who(server, &keys(given), START).await;
            element(&body, "Arn").split('/').nth(1).unwrap().to_owned()
        }
        Err(CallError::Fault(fault)) => fault.code,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn groups_choose_the_role_by_token() {
    let (server, house) = open(|_| {}).await;
    for (name, precedence) in [("Staff", 5), ("Admins", 1)] {
        house
            .engine
            .ok(&idp::CreateGroupRequest {
                user_pool_id: house.user_pool.clone(),
                group_name: name.to_owned(),
                role_arn: Some(role(name)),
                precedence: Some(precedence),
                ..Default::default()
            })
            .await;
    }
    house.user("amelia").await;
    let join = async |group: &str| {
        house
            .engine
            .ok(&idp::AdminAddUserToGroupRequest {
                user_pool_id: house.user_pool.clone(),
                username: "amelia".to_owned(),
                group_name: group.to_owned(),
            })
            .await;
        house.login("amelia").await
    };
    let mapping = |resolution| RoleMapping {
        r#type: RoleMappingType::Token,
        ambiguous_role_resolution: Some(resolution),
        rules_configuration: None,
    };
    // No mapping: the groups do not matter, and no other role may be asked for.
    let login = join("Staff").await;
    assert_eq!(role_given(&server, &house, &login, None).await, "User");
    assert_eq!(role_given(&server, &house, &login, Some("User")).await, "User");
    assert_eq!(
        role_given(&server, &house, &login, Some("Staff")).await,
        "NotAuthorizedException"
    );
    house
        .set_mapping(mapping(AmbiguousRoleResolutionType::Deny))
        .await;
    assert_eq!(role_given(&server, &house, &login, None).await, "Staff");
    let login = join("Admins").await;
    assert_eq!(role_given(&server, &house, &login, None).await, "Admins");
    assert_eq!(role_given(&server, &house, &login, Some("Staff")).await, "Staff");
    assert_eq!(
        role_given(&server, &house, &login, Some("Root")).await,
        "NotAuthorizedException"
    );
    let nobody = house.new_login("bertha").await;
    assert_eq!(
        role_given(&server, &house, &nobody, None).await,
        "NotAuthorizedException"
    );
    house
        .set_mapping(mapping(AmbiguousRoleResolutionType::AuthenticatedRole))
        .await;
    assert_eq!(role_given(&server, &house, &nobody, None).await, "User");
}

#[tokio::test]
async fn rules_choose_the_role_by_claims() {
    let (server, house) = open(|_| {}).await;
    let rule = |claim: &str, match_type, value: &str, name: &str| MappingRule {
        claim: claim.to_owned(),
        match_type,
        value: value.to_owned(),
        role_arn: role(name),
    };
    let rules = vec![
        rule(
            "cognito:username",
            MappingRuleMatchType::Equals,
            "amelia",
            "First",
        ),
        rule(
            "cognito:username",
            MappingRuleMatchType::StartsWith,
            "am",
            "Second",
        ),
        rule(
            "cognito:username",
            MappingRuleMatchType::Contains,
            "erth",
            "Third",
        ),
    ];
    let mapping = RoleMapping {
        r#type: RoleMappingType::Rules,
        ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
        rules_configuration: Some(RulesConfigurationType { rules }),
    };
    house.set_mapping(mapping).await;
    let amelia = house.new_login("amelia").await;
    assert_eq!(role_given(&server, &house, &amelia, None).await, "First");
    assert_eq!(
        role_given(&server, &house, &amelia, Some("Second")).await,
        "Second"
    );
    assert_eq!(
        role_given(&server, &house, &amelia, Some("Third")).await,
        "NotAuthorizedException"
    );
    let bertha = house.new_login("bertha").await;
    assert_eq!(role_given(&server, &house, &bertha, None).await, "Third");
    let clara = house.new_login("clara").await;
    assert_eq!(
        role_given(&server, &house, &clara, None).await,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn claims_become_principal_tags() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let set = |use_defaults, tags| SetPrincipalTagAttributeMapInput {
        identity_pool_id: house.pool.clone(),
        identity_provider_name: house.provider.clone(),
        use_defaults: Some(use_defaults),
        principal_tags: tags,
    };
    let tags = async || {
        let answer = house.engine.ok(&open_id(&id, Some(login.clone()))).await;
        part(&answer.token.unwrap(), 1)["https://aws.amazon.com/tags"]["principal_tags"].clone()
    };
    assert_eq!(tags().await, Value::Null);
    let wanted = map([("who", "cognito:username"), ("absent", "custom:none")]);
    house.engine.ok(&set(false, Some(wanted))).await;
    assert_eq!(tags().await, json!({"who": ["amelia"]}));
    house.engine.ok(&set(true, None)).await;
    let sub = &part(login.values().next().unwrap(), 1)["sub"];
    assert_eq!(tags().await, json!({"client": [house.client], "username": [sub]}));
}

#[tokio::test]
async fn another_token_service_may_give_the_credentials() {
    type Asked = Arc<Mutex<Vec<String>>>;
    let asked: Asked = Arc::default();
    let app = Router::new()
        .route(
            "/",
            post(|State(asked): State<Asked>, body: String| async move {
                let mut asked = asked.lock().unwrap();
                asked.push(body);
                match asked.len() {
                    1 => "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                          <AccessKeyId>ASIATHERE</AccessKeyId><SecretAccessKey>s/&amp;</SecretAccessKey>\
                          <SessionToken>t==</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>\
                          </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
                        .into_response(),
                    2 => (
                        axum::http::StatusCode::FORBIDDEN,
                        "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
                    )
                        .into_response(),
                    3 => "<html>".into_response(),
                    _ => axum::http::StatusCode::BAD_GATEWAY.into_response(),
                }
            }),
        )
        .with_state(Arc::clone(&asked));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let engine = TestEngine::with(|options| options.identity.sts_endpoint = Some(at)).await;
    let house = House::on(engine, |_| {}).await;
    let guest = house.guest().await;
    let given = house
        .engine
        .ok(&credentials(&guest, None))
        .await
        .credentials
        .unwrap();
    assert_eq!(given.access_key_id.as_deref(), Some("ASIATHERE"));
    assert_eq!(given.secret_key.unwrap().expose(), "s/&");
    assert_eq!(given.session_token.as_deref(), Some("t=="));
    assert_eq!(UnixMillis::from(given.expiration.unwrap()), START.plus_secs(3600));
    let sent = asked.lock().unwrap()[0].clone();
    let form: BTreeMap<String, String> = form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    assert_eq!(form["Action"], "AssumeRoleWithWebIdentity");
    assert_eq!(form["RoleArn"], role("Guest"));
    let token = Secret::new(form["WebIdentityToken"].clone());
    assert_eq!(part(&token, 1)["aud"], json!(house.pool));
    assert_eq!(part(&token, 1)["amr"], json!(["unauthenticated"]));

    let call = credentials(&guest, None);
    house
        .refused(
            &call,
            "InvalidIdentityPoolConfigurationException",
            "Check assigned IAM roles",
        )
        .await;
    house
        .refused(&call, "ExternalServiceException", "did not give")
        .await;
    house
        .refused(&call, "ExternalServiceException", "did not give")
        .await;
}

/// What is kept of identity tokens and sessions is opened again by the next engine.
#[tokio::test]
async fn credentials_outlive_a_restart() {
    let engine = TestEngine::new().await;
    let pool = engine
        .ok(&CreateIdentityPoolInput {
            allow_unauthenticated_identities: true,
            ..create("apps")
        })
        .await
        .identity_pool_id;
    engine
        .ok(&SetIdentityPoolRolesInput {
            identity_pool_id: pool.clone(),
            roles: [("unauthenticated".to_owned(), role("Guest"))].into(),
            role_mappings: None,
        })
        .await;
    let request = GetIdInput {
        identity_pool_id: pool,
        ..Default::default()
    };
    let id = engine.ok(&request).await.identity_id.unwrap();
    let given = keys(engine.ok(&credentials(&id, None)).await);
    let server = Server::on(engine.reopen().await).await;
    let (status, body) = who(&server, &given, START).await;
    assert_eq!(status, 200, "{body}");
    assert!(element(&body, "Arn").contains("assumed-role/Guest/"));
}

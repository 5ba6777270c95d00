//! Identities: guests, logins of user pools, developers' users, what is linked and merged.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::base::secret::Secret;
use poolhouse::wire::Operation;
use poolhouse::wire::identity::*;
use poolhouse::wire::idp;
use serde_json::{Value, json};

use crate::identity_pools::{create, map, role};
use crate::support::TestEngine;

const PASSWORD: &str = "Correct-Horse-9";
const DEVELOPER: &str = "login.example";

/// A user pool and an identity pool that knows it.
pub struct House {
    pub engine: TestEngine,
    pub user_pool: String,
    pub client: String,
    pub pool: String,
    /// What logins of the user pool are called.
    pub provider: String,
}

impl House {
    /// Makes both; `change` comes last.
    pub async fn new(change: impl FnOnce(&mut CreateIdentityPoolInput)) -> Self {
        Self::on(TestEngine::new().await, change).await
    }

    pub async fn on(engine: TestEngine, change: impl FnOnce(&mut CreateIdentityPoolInput)) -> Self {
        let user_pool = engine.user_pool().await;
        let client = client(&engine, &user_pool).await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{user_pool}");
        let mut request = CreateIdentityPoolInput {
            allow_unauthenticated_identities: true,
            allow_classic_flow: Some(true),
            developer_provider_name: Some(DEVELOPER.to_owned()),
            cognito_identity_providers: Some(vec![CognitoIdentityProvider {
                provider_name: Some(provider.clone()),
                client_id: Some(client.clone()),
                server_side_token_check: None,
            }]),
            ..create("apps")
        };
        change(&mut request);
        let pool = engine.ok(&request).await.identity_pool_id;
        engine
            .ok(&SetIdentityPoolRolesInput {
                identity_pool_id: pool.clone(),
                roles: [
                    ("authenticated".to_owned(), role("User")),
                    ("unauthenticated".to_owned(), role("Guest")),
                ]
                .into(),
                role_mappings: None,
            })
            .await;
        Self {
            engine,
            user_pool,
            client,
            pool,
            provider,
        }
    }

    /// Sets one mapping, for tokens of the house's user pool; the default role is `User`.
    pub async fn set_mapping(&self, mapping: RoleMapping) {
        let provider = format!("{}:{}", self.provider, self.client);
        self.set_mapping_of(&provider, mapping).await;
    }

    /// Sets one mapping, for the tokens of any provider.
    pub async fn set_mapping_of(&self, provider: &str, mapping: RoleMapping) {
        self.engine
            .ok(&SetIdentityPoolRolesInput {
                identity_pool_id: self.pool.clone(),
                roles: [("authenticated".to_owned(), role("User"))].into(),
                role_mappings: Some([(provider.to_owned(), mapping)].into()),
            })
            .await;
    }

    /// Makes a user with a password.
    pub async fn user(&self, username: &str) {
        self.engine.user(&self.user_pool, username, &[]).await;
        self.engine
            .ok(&idp::AdminSetUserPasswordRequest {
                user_pool_id: self.user_pool.clone(),
                username: username.to_owned(),
                password: PASSWORD.into(),
                permanent: Some(true),
            })
            .await;
    }

    /// Signs a user in.
    pub async fn sign_in(&self, username: &str) -> idp::AuthenticationResultType {
        let answer = self
            .engine
            .ok(&idp::AdminInitiateAuthRequest {
                user_pool_id: self.user_pool.clone(),
                client_id: self.client.clone(),
                auth_flow: idp::AuthFlowType::AdminUserPasswordAuth,
                auth_parameters: Some(
                    [
                        ("USERNAME".to_owned(), username.into()),
                        ("PASSWORD".to_owned(), PASSWORD.into()),
                    ]
                    .into(),
                ),
                ..Default::default()
            })
            .await;
        answer.authentication_result.unwrap()
    }

    /// Signs a user in and returns the login that an app would show.
    pub async fn login(&self, username: &str) -> BTreeMap<String, Secret> {
        let tokens = self.sign_in(username).await;
        [(self.provider.clone(), tokens.id_token.unwrap())].into()
    }

    /// Makes a user who signs in; returns the login.
    pub async fn new_login(&self, username: &str) -> BTreeMap<String, Secret> {
        self.user(username).await;
        self.login(username).await
    }

    pub fn get_id(&self, logins: Option<BTreeMap<String, Secret>>) -> GetIdInput {
        GetIdInput {
            account_id: None,
            identity_pool_id: self.pool.clone(),
            logins,
        }
    }

    pub async fn guest(&self) -> String {
        self.engine.ok(&self.get_id(None)).await.identity_id.unwrap()
    }

    pub async fn id_of(&self, logins: &BTreeMap<String, Secret>) -> String {
        let answer = self.engine.ok(&self.get_id(Some(logins.clone()))).await;
        answer.identity_id.unwrap()
    }

    pub fn developer(
        &self,
        user: &str,
        identity_id: Option<&str>,
    ) -> GetOpenIdTokenForDeveloperIdentityInput {
        GetOpenIdTokenForDeveloperIdentityInput {
            identity_pool_id: self.pool.clone(),
            identity_id: identity_id.map(str::to_owned),
            logins: [(DEVELOPER.to_owned(), user.into())].into(),
            ..Default::default()
        }
    }

    pub async fn describe(&self, id: &str) -> IdentityDescription {
        self.engine
            .ok(&DescribeIdentityInput {
                identity_id: id.to_owned(),
            })
            .await
    }

    /// Checks that a call is refused with a code and a text that holds `text`.
    pub async fn refused<O: Operation>(&self, request: &O, code: &str, text: &str) {
        let (found, told) = self.engine.refused(request).await;
        assert!(
            found == code && told.contains(text),
            "{}: {found}: {told}",
            O::NAME
        );
    }
}

/// Makes an app client whose users may sign in by password.
pub async fn client(engine: &TestEngine, user_pool: &str) -> String {
    engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: user_pool.to_owned(),
            explicit_auth_flows: Some(vec![
                "ALLOW_ADMIN_USER_PASSWORD_AUTH".into(),
                "ALLOW_REFRESH_TOKEN_AUTH".into(),
            ]),
            ..Default::default()
        })
        .await
}

pub fn credentials(id: &str, logins: Option<BTreeMap<String, Secret>>) -> GetCredentialsForIdentityInput {
    GetCredentialsForIdentityInput {
        identity_id: id.to_owned(),
        logins,
        custom_role_arn: None,
    }
}

pub fn open_id(id: &str, logins: Option<BTreeMap<String, Secret>>) -> GetOpenIdTokenInput {
    GetOpenIdTokenInput {
        identity_id: id.to_owned(),
        logins,
    }
}

pub fn part(token: &Secret, at: usize) -> Value {
    let part = token.expose().split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn each_guest_is_an_identity_of_its_own() {
    let house = House::new(|_| {}).await;
    let (first, second) = (house.guest().await, house.guest().await);
    assert_ne!(first, second);
    assert!(first.starts_with("us-east-1:"));
    assert_eq!(house.describe(&first).await.logins, Some(vec![]));

    let closed = House::new(|pool| pool.allow_unauthenticated_identities = false).await;
    let refusal = "Unauthenticated access is not supported for this identity pool.";
    closed
        .refused(&closed.get_id(None), "NotAuthorizedException", refusal)
        .await;
    let absent = GetIdInput {
        identity_pool_id: "us-east-1:00000000-0000-4000-8000-000000000000".to_owned(),
        ..Default::default()
    };
    closed
        .refused(&absent, "ResourceNotFoundException", "not found")
        .await;
}

#[tokio::test]
async fn a_guest_is_out_when_the_pool_closes() {
    let house = House::new(|_| {}).await;
    let guest = house.guest().await;
    house.engine.ok(&credentials(&guest, None)).await;
    house
        .engine
        .ok(&IdentityPool {
            identity_pool_id: house.pool.clone(),
            identity_pool_name: "apps".to_owned(),
            allow_classic_flow: Some(true),
            ..Default::default()
        })
        .await;
    let refusal = "Unauthenticated access is not supported";
    house
        .refused(&credentials(&guest, None), "NotAuthorizedException", refusal)
        .await;
    house
        .refused(&open_id(&guest, None), "NotAuthorizedException", refusal)
        .await;
}

#[tokio::test]
async fn a_login_leads_to_one_identity() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    assert_eq!(house.id_of(&house.login("amelia").await).await, id);
    assert_ne!(house.id_of(&house.new_login("bertha").await).await, id);
    assert_eq!(
        house.describe(&id).await.logins,
        Some(vec![house.provider.clone()])
    );
    // Nobody else speaks for it: no guest, no other user.
    house
        .refused(&credentials(&id, None), "NotAuthorizedException", "is forbidden")
        .await;
    let other = house.login("bertha").await;
    house
        .refused(
            &credentials(&id, Some(other)),
            "NotAuthorizedException",
            "Logins don't match.",
        )
        .await;
    let absent = "us-east-1:00000000-0000-4000-8000-000000000000";
    house
        .refused(
            &credentials(absent, None),
            "ResourceNotFoundException",
            "not found",
        )
        .await;
}

#[tokio::test]
async fn sixteen_first_calls_of_one_login_make_one_identity() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (driver, request) = (house.engine.driver(), house.get_id(Some(login.clone())));
        calls.spawn(async move { driver.call(&request).await.unwrap().identity_id.unwrap() });
    }
    let ids: std::collections::BTreeSet<String> = calls.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1);
    let listed = house
        .engine
        .ok(&ListIdentitiesInput {
            identity_pool_id: house.pool.clone(),
            max_results: 60,
            ..Default::default()
        })
        .await;
    assert_eq!(listed.identities.unwrap().len(), 1);
}

#[tokio::test]
async fn a_guest_takes_a_new_login_and_gives_way_to_a_known_one() {
    let house = House::new(|_| {}).await;
    let guest = house.guest().await;
    let login = house.new_login("amelia").await;
    let answer = house.engine.ok(&credentials(&guest, Some(login.clone()))).await;
    assert_eq!(answer.identity_id.as_deref(), Some(guest.as_str()));
    assert_eq!(house.id_of(&login).await, guest);

    let second = house.guest().await;
    let answer = house.engine.ok(&open_id(&second, Some(login.clone()))).await;
    assert_eq!(answer.identity_id.as_deref(), Some(guest.as_str()));
    // The one that gave way is disabled, but its login still finds the way.
    house
        .refused(
            &credentials(&second, None),
            "NotAuthorizedException",
            "is forbidden",
        )
        .await;
    let answer = house.engine.ok(&credentials(&second, Some(login))).await;
    assert_eq!(answer.identity_id.as_deref(), Some(guest.as_str()));
    let list = |hide_disabled| ListIdentitiesInput {
        identity_pool_id: house.pool.clone(),
        max_results: 60,
        hide_disabled,
        ..Default::default()
    };
    assert_eq!(house.engine.ok(&list(None)).await.identities.unwrap().len(), 2);
    let enabled = house.engine.ok(&list(Some(true))).await.identities.unwrap();
    assert_eq!(enabled.len(), 1);
    assert_eq!(enabled[0].identity_id.as_deref(), Some(guest.as_str()));
}

#[tokio::test]
async fn a_login_needs_a_good_token_of_a_provider_of_the_pool() {
    let house = House::new(|pool| {
        pool.saml_provider_arns = Some(vec!["arn:aws:iam::123456789012:saml-provider/corp".to_owned()]);
        pool.supported_login_providers = Some(map([("www.amazon.com", "amzn1.app")]));
    })
    .await;
    house.user("amelia").await;
    let tokens = house.sign_in("amelia").await;
    let (id_token, access) = (tokens.id_token.unwrap(), tokens.access_token.unwrap());
    let try_one = async |name: &str, token: &Secret, text: &str| {
        let logins = [(name.to_owned(), token.clone())].into();
        let request = house.get_id(Some(logins));
        house.refused(&request, "NotAuthorizedException", text).await;
    };
    try_one(&house.provider, &access, "Missing a required claim: aud").await;
    try_one(&house.provider, &"a.b.c".into(), "Couldn't verify signed token.").await;
    let mut forged = id_token.expose().to_owned();
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    try_one(&house.provider, &forged.into(), "Couldn't verify signed token.").await;
    let unknown = "Token is not from a supported provider of this identity pool.";
    try_one(
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_Absent111",
        &id_token,
        unknown,
    )
    .await;
    try_one("accounts.google.com", &id_token, unknown).await;
    // A name proves nothing: only the developer may say it.
    try_one(DEVELOPER, &"amelia".into(), unknown).await;
    try_one(
        "arn:aws:iam::123456789012:saml-provider/corp",
        &"PHNhbWw+".into(),
        "SAML",
    )
    .await;
    try_one(
        "www.amazon.com",
        &"Atza|IwEB".into(),
        "Not a valid OpenId Connect",
    )
    .await;

    // Another client's token of the same user pool is not for this identity pool.
    let other = client(&house.engine, &house.user_pool).await;
    let stranger = House {
        client: other,
        user_pool: house.user_pool.clone(),
        pool: house.pool.clone(),
        provider: house.provider.clone(),
        engine: house.engine,
    };
    let token = stranger.sign_in("amelia").await.id_token.unwrap();
    let logins = [(stranger.provider.clone(), token)].into();
    stranger
        .refused(&stranger.get_id(Some(logins)), "NotAuthorizedException", unknown)
        .await;

    let late = [(stranger.provider.clone(), id_token)].into();
    stranger.engine.clock.advance_secs(3600);
    stranger
        .refused(
            &stranger.get_id(Some(late)),
            "NotAuthorizedException",
            "Token expired: ",
        )
        .await;
}

#[tokio::test]
async fn another_user_pools_token_is_no_login_of_this_one() {
    let house = House::new(|_| {}).await;
    let other = House::on(house.engine, |_| {}).await;
    let token = other.new_login("amelia").await.into_values().next().unwrap();
    let (user_pool, pool) = (house.user_pool, house.pool);
    let logins = [(format!("cognito-idp.us-east-1.amazonaws.com/{user_pool}"), token)].into();
    let request = GetIdInput {
        account_id: None,
        identity_pool_id: pool,
        logins: Some(logins),
    };
    other
        .refused(
            &request,
            "NotAuthorizedException",
            "Couldn't verify signed token.",
        )
        .await;
}

#[tokio::test]
async fn the_server_side_check_sees_who_was_signed_out() {
    for is_checked in [true, false] {
        let house = House::new(|pool| {
            for provider in pool.cognito_identity_providers.iter_mut().flatten() {
                provider.server_side_token_check = Some(is_checked);
            }
        })
        .await;
        house.user("amelia").await;
        let before = house.login("amelia").await;
        let id = house.id_of(&before).await;
        let user = |name: &str| (house.user_pool.clone(), name.to_owned());
        let (user_pool_id, username) = user("amelia");
        house
            .engine
            .ok(&idp::AdminUserGlobalSignOutRequest {
                user_pool_id,
                username,
            })
            .await;
        let after = house.login("amelia").await;
        assert_eq!(house.id_of(&after).await, id);
        let (user_pool_id, username) = user("amelia");
        let disable = idp::AdminDisableUserRequest {
            user_pool_id,
            username,
        };
        if !is_checked {
            house.id_of(&before).await;
            house.engine.ok(&disable).await;
            house.id_of(&after).await;
            continue;
        }
        let revoked = |login| house.get_id(Some(login));
        house
            .refused(&revoked(before), "NotAuthorizedException", "revoked")
            .await;
        house.engine.ok(&disable).await;
        house
            .refused(&revoked(after), "NotAuthorizedException", "revoked")
            .await;
    }
}

#[tokio::test]
async fn unlinking_the_last_login_makes_an_identity_unreachable() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let unlink = |logins: &BTreeMap<String, Secret>, remove: &str| UnlinkIdentityInput {
        identity_id: id.clone(),
        logins: logins.clone(),
        logins_to_remove: vec![remove.to_owned()],
    };
    let other = house.new_login("bertha").await;
    house
        .refused(
            &unlink(&other, &house.provider),
            "NotAuthorizedException",
            "is forbidden",
        )
        .await;
    house
        .refused(
            &unlink(&BTreeMap::new(), &house.provider),
            "NotAuthorizedException",
            "is forbidden",
        )
        .await;
    // One that is not linked changes nothing.
    house.engine.ok(&unlink(&login, "accounts.google.com")).await;
    assert_eq!(house.id_of(&login).await, id);
    house.engine.ok(&unlink(&login, &house.provider)).await;
    assert_eq!(house.describe(&id).await.logins, Some(vec![]));
    house
        .refused(&credentials(&id, None), "NotAuthorizedException", "is forbidden")
        .await;
    house
        .refused(
            &unlink(&login, &house.provider),
            "NotAuthorizedException",
            "is forbidden",
        )
        .await;
    // The user begins anew.
    assert_ne!(house.id_of(&login).await, id);
    let absent = UnlinkIdentityInput {
        identity_id: "us-east-1:00000000-0000-4000-8000-000000000000".to_owned(),
        logins: login,
        logins_to_remove: vec![],
    };
    house
        .refused(&absent, "ResourceNotFoundException", "not found")
        .await;
}

#[tokio::test]
async fn identities_are_listed_in_pages_and_deleted() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let mut ids = vec![house.id_of(&login).await];
    for _ in 0..6 {
        ids.push(house.guest().await);
    }
    let known = ids[0].clone();
    ids.sort_unstable();
    let mut listed = Vec::new();
    let mut next_token = None;
    loop {
        let page = house
            .engine
            .ok(&ListIdentitiesInput {
                identity_pool_id: house.pool.clone(),
                max_results: 3,
                next_token,
                hide_disabled: None,
            })
            .await;
        listed.extend(
            page.identities
                .unwrap()
                .into_iter()
                .filter_map(|it| it.identity_id),
        );
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    assert_eq!(listed, ids);
    let absent = "us-east-1:00000000-0000-4000-8000-000000000000".to_owned();
    let answer = house
        .engine
        .ok(&DeleteIdentitiesInput {
            identity_ids_to_delete: vec![known.clone(), absent.clone()],
        })
        .await;
    assert_eq!(
        answer.unprocessed_identity_ids,
        Some(vec![UnprocessedIdentityId {
            identity_id: Some(absent),
            error_code: Some(ErrorCode::AccessDenied),
        }])
    );
    let gone = DescribeIdentityInput {
        identity_id: known.clone(),
    };
    house
        .refused(&gone, "ResourceNotFoundException", "not found")
        .await;
    assert_ne!(house.id_of(&login).await, known);
}

#[tokio::test]
async fn a_deleted_pool_takes_its_identities_with_it() {
    let house = House::new(|_| {}).await;
    let guest = house.guest().await;
    let login = house.new_login("amelia").await;
    house.id_of(&login).await;
    house
        .engine
        .ok(&DeleteIdentityPoolInput {
            identity_pool_id: house.pool.clone(),
        })
        .await;
    house
        .refused(
            &credentials(&guest, None),
            "ResourceNotFoundException",
            "not found",
        )
        .await;
    house.engine.reap().await.unwrap();
    let left = house
        .engine
        .store
        .read(|r| {
            let rows = r.one(
                "SELECT (SELECT count(*) FROM pool_identity) + (SELECT count(*) FROM identity_login)",
                &[],
            )?;
            rows.unwrap().int(0)
        })
        .await;
    let left: Result<i64, poolhouse::store::Error> = left;
    assert_eq!(left.unwrap(), 0);
}

#[tokio::test]
async fn the_developers_token_gives_credentials_for_its_identity_alone() {
    let house = House::new(|_| {}).await;
    let answer = house.engine.ok(&house.developer("user-1", None)).await;
    let (id, token) = (answer.identity_id.unwrap(), answer.token.unwrap());
    assert_eq!(
        part(&token, 1)["amr"],
        json!([
            "authenticated",
            DEVELOPER,
            format!("{DEVELOPER}:{}:user-1", house.pool)
        ])
    );
    assert_eq!(
        part(&token, 1)["exp"].as_i64(),
        part(&token, 1)["iat"].as_i64().map(|at| at + 900)
    );
    let own = |token: Secret| Some([("cognito-identity.amazonaws.com".to_owned(), token)].into());
    let given = house.engine.ok(&credentials(&id, own(token.clone()))).await;
    assert_eq!(given.identity_id.as_deref(), Some(id.as_str()));
    assert_eq!(house.id_of(&own(token.clone()).unwrap()).await, id);
    // The same user is the same identity.
    let again = house.engine.ok(&house.developer("user-1", None)).await;
    assert_eq!(again.identity_id.as_deref(), Some(id.as_str()));
    // Another identity's token is none of this one.
    let other = house.engine.ok(&house.developer("user-2", None)).await;
    house
        .refused(
            &credentials(&id, own(other.token.unwrap())),
            "NotAuthorizedException",
            "Logins don't match.",
        )
        .await;
    // The token of the basic flow proves no developer's user.
    let guest = house.guest().await;
    let guests = house.engine.ok(&open_id(&guest, None)).await.token.unwrap();
    house
        .refused(
            &credentials(&guest, own(guests)),
            "NotAuthorizedException",
            "developer",
        )
        .await;
    house.engine.clock.advance_secs(900);
    house
        .refused(
            &credentials(&id, own(token)),
            "NotAuthorizedException",
            "Token expired: ",
        )
        .await;
}

#[tokio::test]
async fn the_developer_links_users_to_identities() {
    let house = House::new(|_| {}).await;
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    // To an authenticated identity, without its login: the developer vouches.
    let linked = house.engine.ok(&house.developer("user-1", Some(&id))).await;
    assert_eq!(linked.identity_id.as_deref(), Some(id.as_str()));
    // With a login of the same call.
    let mut request = house.developer("user-2", None);
    request.logins.extend(login.clone());
    assert_eq!(
        house.engine.ok(&request).await.identity_id.as_deref(),
        Some(id.as_str())
    );
    // To a guest.
    let guest = house.guest().await;
    house.engine.ok(&house.developer("user-3", Some(&guest))).await;
    let lookup = |user: Option<&str>, identity: Option<&str>| LookupDeveloperIdentityInput {
        identity_pool_id: house.pool.clone(),
        identity_id: identity.map(str::to_owned),
        developer_user_identifier: user.map(str::to_owned),
        ..Default::default()
    };
    let found = house.engine.ok(&lookup(Some("user-2"), None)).await;
    assert_eq!(found.identity_id.as_deref(), Some(id.as_str()));
    assert_eq!(
        found.developer_user_identifier_list.unwrap(),
        ["user-1", "user-2"]
    );
    house.engine.ok(&lookup(Some("user-3"), Some(&guest))).await;
    let first = house
        .engine
        .ok(&LookupDeveloperIdentityInput {
            max_results: Some(1),
            ..lookup(None, Some(&id))
        })
        .await;
    assert_eq!(first.developer_user_identifier_list.unwrap(), ["user-1"]);
    let second = house
        .engine
        .ok(&LookupDeveloperIdentityInput {
            max_results: Some(1),
            next_token: first.next_token,
            ..lookup(None, Some(&id))
        })
        .await;
    assert_eq!(second.developer_user_identifier_list.unwrap(), ["user-2"]);
    assert_eq!(second.next_token, None);

    house
        .refused(
            &lookup(Some("user-3"), Some(&id)),
            "ResourceConflictException",
            "",
        )
        .await;
    house
        .refused(&lookup(None, None), "InvalidParameterException", "")
        .await;
    house
        .refused(&lookup(Some("nobody"), None), "ResourceNotFoundException", "")
        .await;
    house
        .refused(
            &house.developer("user-3", Some(&id)),
            "DeveloperUserAlreadyRegisteredException",
            "",
        )
        .await;
    let mut both = house.developer("user-3", None);
    both.logins.extend(login);
    house.refused(&both, "ResourceConflictException", "").await;
}

#[tokio::test]
async fn what_the_developer_asks_is_checked() {
    let house = House::new(|_| {}).await;
    let absent = "us-east-1:00000000-0000-4000-8000-000000000000";
    house
        .refused(
            &house.developer("user-1", Some(absent)),
            "ResourceNotFoundException",
            "not found",
        )
        .await;
    let mut without = house.developer("user-1", None);
    without.logins = [("other.example".to_owned(), "user-1".into())].into();
    house
        .refused(&without, "InvalidParameterException", DEVELOPER)
        .await;
    let mut forged = house.developer("user-1", None);
    forged.logins.insert(house.provider.clone(), "a.b.c".into());
    house
        .refused(&forged, "NotAuthorizedException", "Couldn't verify")
        .await;
    let wrong_tag = GetOpenIdTokenForDeveloperIdentityInput {
        principal_tags: Some(map([("team", "a;b")])),
        ..house.developer("user-1", None)
    };
    house
        .refused(&wrong_tag, "InvalidParameterException", "team")
        .await;
    for secs in [0, 86_401] {
        let wrong = GetOpenIdTokenForDeveloperIdentityInput {
            token_duration: Some(secs),
            ..house.developer("user-1", None)
        };
        house
            .refused(&wrong, "InvalidParameterException", "tokenDuration")
            .await;
    }
    let tagged = GetOpenIdTokenForDeveloperIdentityInput {
        principal_tags: Some(map([("team", "a")])),
        token_duration: Some(86_400),
        ..house.developer("user-1", None)
    };
    let token = house.engine.ok(&tagged).await.token.unwrap();
    let claims = part(&token, 1);
    assert_eq!(
        claims["https://aws.amazon.com/tags"]["principal_tags"],
        json!({"team": ["a"]})
    );
    assert_eq!(
        claims["exp"].as_i64(),
        claims["iat"].as_i64().map(|at| at + 86_400)
    );
    let plain = House::new(|pool| pool.developer_provider_name = None).await;
    plain
        .refused(
            &plain.developer("user-1", None),
            "InvalidParameterException",
            "no developer provider",
        )
        .await;
}

#[tokio::test]
async fn the_developer_merges_and_unlinks_users() {
    let house = House::new(|_| {}).await;
    let source = house
        .engine
        .ok(&house.developer("source", None))
        .await
        .identity_id
        .unwrap();
    let target = house
        .engine
        .ok(&house.developer("target", None))
        .await
        .identity_id
        .unwrap();
    let merge = |from: &str, to: &str| MergeDeveloperIdentitiesInput {
        source_user_identifier: from.to_owned(),
        destination_user_identifier: to.to_owned(),
        developer_provider_name: DEVELOPER.to_owned(),
        identity_pool_id: house.pool.clone(),
    };
    for _ in 0..2 {
        let merged = house.engine.ok(&merge("source", "target")).await;
        assert_eq!(merged.identity_id.as_deref(), Some(target.as_str()));
    }
    let again = house.engine.ok(&house.developer("source", None)).await;
    assert_eq!(again.identity_id.as_deref(), Some(target.as_str()));
    assert_eq!(house.describe(&source).await.logins, Some(vec![]));
    assert_eq!(
        house.describe(&target).await.logins,
        Some(vec![DEVELOPER.to_owned()])
    );
    house
        .refused(&merge("nobody", "target"), "ResourceNotFoundException", "nobody")
        .await;
    let elsewhere = MergeDeveloperIdentitiesInput {
        developer_provider_name: "other.example".to_owned(),
        ..merge("source", "target")
    };
    house
        .refused(&elsewhere, "InvalidParameterException", "other.example")
        .await;

    // A guest gave way to an identity that was merged itself: the login still finds the way.
    let guest = house.guest().await;
    let third = house.engine.ok(&house.developer("third", None)).await;
    let own = |token: Secret| Some([("cognito-identity.amazonaws.com".to_owned(), token)].into());
    house
        .engine
        .ok(&credentials(&guest, own(third.token.clone().unwrap())))
        .await;
    house.engine.ok(&merge("third", "target")).await;
    let again = house
        .engine
        .ok(&house.developer("third", None))
        .await
        .token
        .unwrap();
    let found = house.engine.ok(&credentials(&guest, own(again))).await;
    assert_eq!(found.identity_id.as_deref(), Some(target.as_str()));

    // Two users of one user pool are never one identity.
    let mut ids = Vec::new();
    for name in ["amelia", "bertha"] {
        let mut request = house.developer(name, None);
        request.logins.extend(house.new_login(name).await);
        ids.push(house.engine.ok(&request).await.identity_id.unwrap());
    }
    house
        .refused(
            &merge("amelia", "bertha"),
            "ResourceConflictException",
            "already linked",
        )
        .await;

    let unlink = |id: &str, user: &str| UnlinkDeveloperIdentityInput {
        identity_id: id.to_owned(),
        identity_pool_id: house.pool.clone(),
        developer_provider_name: DEVELOPER.to_owned(),
        developer_user_identifier: user.to_owned(),
    };
    house
        .refused(
            &unlink(&ids[0], "bertha"),
            "ResourceConflictException",
            "another identity",
        )
        .await;
    house
        .refused(&unlink(&ids[0], "nobody"), "ResourceNotFoundException", "nobody")
        .await;
    let token = house.engine.ok(&house.developer("amelia", None)).await.token;
    let own = own(token.unwrap());
    assert_eq!(house.id_of(own.as_ref().unwrap()).await, ids[0]);
    house.engine.ok(&unlink(&ids[0], "amelia")).await;
    // The identity keeps a login, but not the one that the token of before is about.
    let not_linked = "not linked any more";
    house
        .refused(&house.get_id(own.clone()), "NotAuthorizedException", not_linked)
        .await;
    house
        .refused(&credentials(&ids[0], own), "NotAuthorizedException", not_linked)
        .await;
    assert_eq!(
        house.describe(&ids[0]).await.logins,
        Some(vec![house.provider.clone()])
    );
    let new = house.engine.ok(&house.developer("amelia", None)).await;
    assert_ne!(new.identity_id.as_deref(), Some(ids[0].as_str()));
}

#[tokio::test]
async fn an_identity_has_at_most_twenty_logins() {
    let house = House::new(|_| {}).await;
    let id = house
        .engine
        .ok(&house.developer("user-0", None))
        .await
        .identity_id
        .unwrap();
    for at in 1..20 {
        house
            .engine
            .ok(&house.developer(&format!("user-{at}"), Some(&id)))
            .await;
    }
    house
        .refused(
            &house.developer("user-20", Some(&id)),
            "InvalidParameterException",
            "at most 20",
        )
        .await;
    house.engine.ok(&house.developer("other", None)).await;
    let merge = MergeDeveloperIdentitiesInput {
        source_user_identifier: "other".to_owned(),
        destination_user_identifier: "user-0".to_owned(),
        developer_provider_name: DEVELOPER.to_owned(),
        identity_pool_id: house.pool.clone(),
    };
    house
        .refused(&merge, "InvalidParameterException", "at most 20")
        .await;
}

#[tokio::test]
async fn the_basic_flow_needs_the_pools_leave() {
    let house = House::new(|_| {}).await;
    let guest = house.guest().await;
    let answer = house.engine.ok(&open_id(&guest, None)).await;
    let token = answer.token.unwrap();
    let header = part(&token, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS512"), &json!("JWS")));
    let claims = part(&token, 1);
    assert_eq!(claims["sub"], json!(guest));
    assert_eq!(claims["aud"], json!(house.pool));
    assert_eq!(claims["amr"], json!(["unauthenticated"]));
    assert_eq!(claims["iss"], json!("http://127.0.0.1:9229/cognito-identity"));
    assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|at| at + 600));
    let login = house.new_login("amelia").await;
    let id = house.id_of(&login).await;
    let token = house
        .engine
        .ok(&open_id(&id, Some(login.clone())))
        .await
        .token
        .unwrap();
    let id_token = login.values().next().unwrap();
    let sub = part(id_token, 1)["sub"].as_str().unwrap().to_owned();
    assert_eq!(
        part(&token, 1)["amr"],
        json!([
            "authenticated",
            house.provider,
            format!("{}:CognitoSignIn:{sub}", house.provider)
        ])
    );

    let mapping = RoleMapping {
        r#type: RoleMappingType::Token,
        ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
        rules_configuration: None,
    };
    house.set_mapping(mapping).await;
    let refusal = "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.";
    house
        .refused(&open_id(&guest, None), "InvalidParameterException", refusal)
        .await;
    let closed = House::new(|pool| pool.allow_classic_flow = None).await;
    let guest = closed.guest().await;
    let refusal = "Basic (classic) flow is not enabled, please use enhanced flow.";
    closed
        .refused(&open_id(&guest, None), "InvalidParameterException", refusal)
        .await;
}

use poolhouse::base::secret::Secret;
use poolhouse::wire::idp::{
    self, AuthFlowType as Flow, FeatureType, IssuedTokenTypeIdentifierType as Issued, OAuthFlowType,
    OAuthTokenTypeType, TokenTypeIdentifierType as Kind,
};

use crate::sign_in::{ALL, House, claims, refusal};
use crate::support::TestEngine;

const ROTATING: &[&str] = &["ALLOW_USER_PASSWORD_AUTH"];
const REUSED: &str = "RefreshTokenReuseException: Refresh Token has been used already.";
const REVOKED: &str = "NotAuthorizedException: Refresh Token has been revoked";
const SECRET: &str = "1234567890abcdefghijklmnopqrstuvwxyz";

async fn rotating(grace_secs: i32) -> House {
    let house = House::new(ROTATING, |_, client| {
        client.settings.refresh_token_rotation = Some(idp::RefreshTokenRotationType {
            feature: FeatureType::Enabled,
            retry_grace_period_seconds: Some(grace_secs),
        });
    })
    .await;
    house.user("amelia", |_| {}).await;
    house
}

fn exchange(house: &House, token: &Secret) -> idp::GetTokensFromRefreshTokenRequest {
    idp::GetTokensFromRefreshTokenRequest {
        refresh_token: token.clone(),
        client_id: house.client.id.clone(),
        ..Default::default()
    }
}

async fn next(house: &House, token: &Secret) -> idp::AuthenticationResultType {
    let answer = house.engine.ok(&exchange(house, token)).await;
    answer.authentication_result.unwrap()
}

#[tokio::test]
async fn rotated_token_works_within_its_grace_and_then_ends_the_family() {
    let house = rotating(10).await;
    let first = house.sign_in("amelia").await;
    let start = first.refresh_token.clone().unwrap();
    // The older way, which gives no successor, is not enabled beside rotation. Source: API reference,
    // InitiateAuth: UnsupportedOperationException.
    let given = [("REFRESH_TOKEN", start.expose())];
    let older = house.begin(Flow::RefreshTokenAuth, &given);
    let code = "UnsupportedOperationException";
    assert_eq!(house.engine.refused(&older).await.0, code);
    let by_admin = idp::AdminInitiateAuthRequest {
        user_pool_id: house.pool.id.clone(),
        client_id: older.client_id,
        auth_flow: older.auth_flow,
        auth_parameters: older.auth_parameters,
        ..Default::default()
    };
    assert_eq!(house.engine.refused(&by_admin).await.0, code);
    let second = next(&house, &start).await;
    let successor = second.refresh_token.clone().unwrap();
    assert_ne!(successor.expose(), start.expose());
    house.engine.clock.advance_millis(9_999);
    let repeated = next(&house, &start).await;
    let origin = |result: &idp::AuthenticationResultType| {
        claims(result.access_token.as_ref().unwrap())["origin_jti"].clone()
    };
    assert_eq!(origin(&first), origin(&second));
    assert_eq!(origin(&first), origin(&repeated));

    // The repeated call gave the same successor: used once, both are spent.
    let third = next(&house, &successor).await;
    house.engine.clock.advance_secs(11);
    let twin = repeated.refresh_token.unwrap();
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &twin)).await),
        REUSED
    );
    // The whole family is gone with it, the newest token and the access tokens included.
    let newest = third.refresh_token.unwrap();
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &newest)).await),
        REVOKED
    );
    let get = idp::GetUserRequest {
        access_token: third.access_token.unwrap(),
    };
    assert_eq!(
        refusal(house.engine.refused(&get).await),
        "NotAuthorizedException: Access Token has been revoked"
    );
    // Another sign-in is not touched.
    let other = house.sign_in("amelia").await.refresh_token.unwrap();
    next(&house, &other).await;
}

#[tokio::test]
async fn without_a_grace_the_second_use_is_one_too_many() {
    let house = rotating(0).await;
    let start = house.sign_in("amelia").await.refresh_token.unwrap();
    let successor = next(&house, &start).await.refresh_token.unwrap();
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &start)).await),
        REUSED
    );
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &successor)).await),
        REVOKED
    );
}

#[tokio::test]
async fn rotation_keeps_the_end_of_the_first_token() {
    let house = rotating(0).await;
    let mut token = house.sign_in("amelia").await.refresh_token.unwrap();
    for _ in 0..3 {
        house.engine.clock.advance_secs(9 * 86_400);
        token = next(&house, &token).await.refresh_token.unwrap();
    }
    house.engine.clock.advance_secs(3 * 86_400);
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &token)).await),
        "NotAuthorizedException: Refresh Token has expired"
    );
}

#[tokio::test]
async fn token_rotated_out_stays_out_when_rotation_is_switched_off() {
    let house = rotating(0).await;
    let start = house.sign_in("amelia").await.refresh_token.unwrap();
    next(&house, &start).await;
    house
        .engine
        .ok(&idp::UpdateUserPoolClientRequest {
            user_pool_id: house.pool.id.clone(),
            client_id: house.client.id.clone(),
            explicit_auth_flows: Some(vec!["ALLOW_REFRESH_TOKEN_AUTH".into()]),
            ..Default::default()
        })
        .await;
    assert_eq!(
        refusal(house.engine.refused(&exchange(&house, &start)).await),
        REVOKED
    );
    let by_flow = house.begin(Flow::RefreshTokenAuth, &[("REFRESH_TOKEN", start.expose())]);
    assert_eq!(refusal(house.engine.refused(&by_flow).await), REVOKED);
}

#[tokio::test]
async fn without_rotation_the_token_stays() {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    let start = house.sign_in("amelia").await.refresh_token.unwrap();
    for _ in 0..2 {
        assert!(next(&house, &start).await.refresh_token.is_none());
    }
    let wrong = idp::GetTokensFromRefreshTokenRequest {
        client_secret: Some(SECRET.into()),
        ..exchange(&house, &start)
    };
    assert_eq!(
        refusal(house.engine.refused(&wrong).await),
        format!(
            "NotAuthorizedException: Unable to verify secret for client {}",
            house.client.id
        )
    );
}

/// A resource server with two scopes, and a client that holds them.
async fn machine(engine: &TestEngine) -> (String, String) {
    let pool = engine.user_pool().await;
    let scope = |name: &str| idp::ResourceServerScopeType {
        scope_name: name.to_owned(),
        scope_description: name.to_owned(),
    };
    engine
        .ok(&idp::CreateResourceServerRequest {
            user_pool_id: pool.clone(),
            identifier: "https://api.example.com".to_owned(),
            name: "api".to_owned(),
            scopes: Some(vec![scope("read"), scope("write")]),
        })
        .await;
    let client = engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: pool.clone(),
            client_secret: Some(SECRET.into()),
            explicit_auth_flows: Some(vec!["ALLOW_CLIENT_TOKEN_AUTH".into()]),
            allowed_o_auth_flows_user_pool_client: Some(true),
            allowed_o_auth_flows: Some(vec![OAuthFlowType::ClientCredentials]),
            allowed_o_auth_scopes: Some(vec![
                "https://api.example.com/read".to_owned(),
                "https://api.example.com/write".to_owned(),
            ]),
            ..Default::default()
        })
        .await;
    (pool, client)
}

#[tokio::test]
async fn client_has_a_token_of_its_own() {
    let engine = TestEngine::new().await;
    let (pool, client) = machine(&engine).await;
    let all = idp::GetClientTokenRequest {
        client_id: client.clone(),
        secret: SECRET.into(),
        ..Default::default()
    };
    let answer = engine.ok(&all).await.client_authentication_result.unwrap();
    assert_eq!(answer.token_type.as_deref(), Some("Bearer"));
    assert_eq!(answer.expires_in, Some(3600));
    let token = answer.access_token.unwrap();
    let said = claims(&token);
    assert_eq!(said["sub"], client.as_str());
    assert_eq!(said["client_id"], client.as_str());
    assert_eq!(said["token_use"], "access");
    assert_eq!(
        said["scope"],
        "https://api.example.com/read https://api.example.com/write"
    );
    for absent in [
        "username",
        "cognito:groups",
        "origin_jti",
        "device_key",
        "event_id",
    ] {
        assert!(said.get(absent).is_none(), "{absent}");
    }
    // It is nobody's.
    let get = idp::GetUserRequest { access_token: token };
    assert_eq!(
        refusal(engine.refused(&get).await),
        "NotAuthorizedException: Invalid Access Token"
    );

    let one = idp::GetClientTokenRequest {
        scopes: Some(vec!["https://api.example.com/write".to_owned()]),
        ..all.clone()
    };
    let answer = engine.ok(&one).await.client_authentication_result.unwrap();
    assert_eq!(
        claims(&answer.access_token.unwrap())["scope"],
        "https://api.example.com/write"
    );
    let other = idp::GetClientTokenRequest {
        scopes: Some(vec!["https://api.example.com/delete".to_owned()]),
        ..all.clone()
    };
    assert_eq!(engine.refused(&other).await.0, "InvalidParameterException");
    let wrong = idp::GetClientTokenRequest {
        secret: "abcdefghijklmnopqrstuvwxyz".into(),
        ..all.clone()
    };
    assert_eq!(engine.refused(&wrong).await.0, "NotAuthorizedException");

    // A second secret works beside the first; the first no more once it is deleted.
    let added = engine
        .ok(&idp::AddUserPoolClientSecretRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
            ..Default::default()
        })
        .await
        .client_secret_descriptor
        .unwrap();
    let by_second = idp::GetClientTokenRequest {
        secret: added.client_secret_value.unwrap(),
        ..all.clone()
    };
    engine.ok(&by_second).await;
    engine.ok(&all).await;
    let listed = engine
        .ok(&idp::ListUserPoolClientSecretsRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
            ..Default::default()
        })
        .await;
    let first = listed.client_secrets.unwrap()[0]
        .client_secret_id
        .clone()
        .unwrap();
    engine
        .ok(&idp::DeleteUserPoolClientSecretRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
            client_secret_id: first,
        })
        .await;
    assert_eq!(engine.refused(&all).await.0, "NotAuthorizedException");
    engine.ok(&by_second).await;

    // A scope that its resource server dropped is without effect.
    engine
        .ok(&idp::UpdateResourceServerRequest {
            user_pool_id: pool,
            identifier: "https://api.example.com".to_owned(),
            name: "api".to_owned(),
            scopes: None,
        })
        .await;
    let answer = engine.ok(&by_second).await.client_authentication_result.unwrap();
    assert_eq!(claims(&answer.access_token.unwrap())["scope"], "");
}

#[tokio::test]
async fn token_of_its_own_needs_the_flow_alone_and_a_secret() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let wanted = |flows: &[&str], secret: Option<&str>| idp::CreateUserPoolClientRequest {
        user_pool_id: pool.clone(),
        client_name: "app".to_owned(),
        explicit_auth_flows: Some(flows.iter().map(|flow| (*flow).into()).collect()),
        client_secret: secret.map(Secret::from),
        ..Default::default()
    };
    for refused in [
        wanted(&["ALLOW_CLIENT_TOKEN_AUTH"], None),
        wanted(&["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"], Some(SECRET)),
    ] {
        assert_eq!(engine.refused(&refused).await.0, "InvalidParameterException");
    }
    let client = engine
        .client_with(wanted(&["ALLOW_USER_SRP_AUTH"], Some(SECRET)))
        .await;
    let request = idp::GetClientTokenRequest {
        client_id: client,
        secret: SECRET.into(),
        ..Default::default()
    };
    assert_eq!(
        refusal(engine.refused(&request).await),
        "InvalidParameterException: ALLOW_CLIENT_TOKEN_AUTH is not enabled for the client."
    );
    let nobody = idp::GetClientTokenRequest {
        client_id: "nobody".to_owned(),
        ..request
    };
    assert_eq!(engine.refused(&nobody).await.0, "ResourceNotFoundException");
}

const EXCHANGE: &[&str] = &[
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    "ALLOW_TOKEN_EXCHANGE_DELEGATION",
];

async fn exchanger(flows: &[&str]) -> (House, idp::AuthenticationResultType) {
    let house = House::new(flows, |_, client| {
        client.settings.allowed_o_auth_scopes = Some(vec![
            "openid".to_owned(),
            "aws.cognito.signin.user.admin".to_owned(),
        ]);
    })
    .await;
    house.user("amelia", |_| {}).await;
    house.user("agent", |_| {}).await;
    let result = house.sign_in("amelia").await;
    (house, result)
}

fn derive(house: &House, token: &Secret, kind: Kind) -> idp::GetDerivedTokenRequest {
    idp::GetDerivedTokenRequest {
        client_id: house.client.id.clone(),
        subject_token: token.clone(),
        subject_token_type: kind,
        ..Default::default()
    }
}

#[tokio::test]
async fn derived_token_speaks_for_its_subject_until_the_subject_signs_out() {
    let (house, result) = exchanger(EXCHANGE).await;
    let access = result.access_token.unwrap();
    house.engine.clock.advance_secs(60);
    let request = idp::GetDerivedTokenRequest {
        audiences: Some(vec!["https://api.example.com".to_owned()]),
        ..derive(&house, &access, Kind::AccessToken)
    };
    let answer = house.engine.ok(&request).await;
    assert_eq!(answer.issued_token_type, Issued::AccessToken);
    assert_eq!(answer.token_type, OAuthTokenTypeType::Bearer);
    assert_eq!(
        answer.scopes,
        Some(vec!["aws.cognito.signin.user.admin".to_owned()])
    );
    let (before, after) = (claims(&access), claims(&answer.issued_token));
    for same in ["sub", "username", "origin_jti", "auth_time", "scope"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!(after["aud"], "https://api.example.com");
    assert!(after.get("act").is_none());
    let get = idp::GetUserRequest {
        access_token: answer.issued_token.clone(),
    };
    house.engine.ok(&get).await;

    let id = idp::GetDerivedTokenRequest {
        requested_token_type: Some(Issued::IdToken),
        ..derive(&house, &result.id_token.unwrap(), Kind::IdToken)
    };
    let answer = house.engine.ok(&id).await;
    assert_eq!(answer.token_type, OAuthTokenTypeType::NA);
    assert_eq!(claims(&answer.issued_token)["token_use"], "id");
    assert_eq!(claims(&answer.issued_token)["aud"], house.client.id.as_str());

    house
        .engine
        .ok(&idp::GlobalSignOutRequest { access_token: access })
        .await;
    assert_eq!(
        refusal(house.engine.refused(&get).await),
        "NotAuthorizedException: Access Token has been revoked"
    );
    assert_eq!(house.engine.refused(&request).await.0, "NotAuthorizedException");
    house.engine.clock.advance_secs(1);
    assert_eq!(house.engine.refused(&id).await.0, "NotAuthorizedException");
}

#[tokio::test]
async fn derived_token_has_no_more_than_it_came_of() {
    let (house, result) = exchanger(EXCHANGE).await;
    let (access, id) = (result.access_token.unwrap(), result.id_token.unwrap());
    let ends = claims(&access)["exp"].as_i64().unwrap();
    house.engine.clock.advance_secs(600);
    // It ends with its subject.
    let derived = house.engine.ok(&derive(&house, &access, Kind::AccessToken)).await;
    assert_eq!(claims(&derived.issued_token)["exp"].as_i64(), Some(ends));
    assert_eq!(derived.expires_in, Some(3000));
    // An ID token stands for a user, not as the user.
    let wanted = |token: &Secret, kind| idp::GetDerivedTokenRequest {
        scopes: Some(vec!["aws.cognito.signin.user.admin".to_owned()]),
        ..derive(&house, token, kind)
    };
    assert_eq!(
        house.engine.refused(&wanted(&id, Kind::IdToken)).await.0,
        "InvalidParameterException"
    );
    // An ID token is for its client alone, and no token passes as another client's.
    let other = house
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: house.pool.id.clone(),
            ..Default::default()
        })
        .await;
    for (audience, issued) in [
        (other.clone(), Issued::IdToken),
        ("https://api.example.com".to_owned(), Issued::IdToken),
        (other, Issued::AccessToken),
    ] {
        let request = idp::GetDerivedTokenRequest {
            audiences: Some(vec![audience]),
            requested_token_type: Some(issued),
            ..derive(&house, &access, Kind::AccessToken)
        };
        assert_eq!(
            house.engine.refused(&request).await.0,
            "InvalidParameterException"
        );
    }
}

#[tokio::test]
async fn derived_token_has_no_scope_of_a_resource_server_that_is_gone() {
    let house = House::new(EXCHANGE, |_, client| {
        client.settings.allowed_o_auth_scopes = Some(vec!["openid".to_owned(), "api/read".to_owned()]);
    })
    .await;
    house.user("amelia", |_| {}).await;
    let id = house.sign_in("amelia").await.id_token.unwrap();
    let all = derive(&house, &id, Kind::IdToken);
    let one = idp::GetDerivedTokenRequest {
        scopes: Some(vec!["api/read".to_owned()]),
        ..all.clone()
    };
    let server = idp::CreateResourceServerRequest {
        user_pool_id: house.pool.id.clone(),
        identifier: "api".to_owned(),
        name: "api".to_owned(),
        scopes: Some(vec![idp::ResourceServerScopeType {
            scope_name: "read".to_owned(),
            scope_description: "Reads".to_owned(),
        }]),
    };
    let scopes = async |request: &idp::GetDerivedTokenRequest| house.engine.ok(request).await.scopes.unwrap();
    assert_eq!(scopes(&all).await, ["openid"]);
    house.engine.ok(&server).await;
    assert_eq!(scopes(&all).await, ["openid", "api/read"]);
    let narrow = house.engine.ok(&one).await.issued_token;
    house
        .engine
        .ok(&idp::DeleteResourceServerRequest {
            user_pool_id: house.pool.id.clone(),
            identifier: "api".to_owned(),
        })
        .await;
    assert_eq!(scopes(&all).await, ["openid"]);
    // Nor of one that came of it before.
    for request in [one, derive(&house, &narrow, Kind::AccessToken)] {
        assert_eq!(
            house.engine.refused(&request).await.0,
            "InvalidParameterException"
        );
    }
}

#[tokio::test]
async fn delegation_names_who_acts() {
    let (house, result) = exchanger(EXCHANGE).await;
    let actor = house.sign_in("agent").await.access_token.unwrap();
    let request = idp::GetDerivedTokenRequest {
        actor_token: Some(actor.clone()),
        actor_token_type: Some(Kind::AccessToken),
        ..derive(&house, &result.access_token.unwrap(), Kind::AccessToken)
    };
    let first = house.engine.ok(&request).await.issued_token;
    let act = claims(&first)["act"].clone();
    assert_eq!(act["sub"], claims(&actor)["sub"]);
    assert_eq!(act["client_id"], house.client.id.as_str());
    // Who acted before stays in sight.
    let again = idp::GetDerivedTokenRequest {
        subject_token: first,
        ..request.clone()
    };
    let second = house.engine.ok(&again).await.issued_token;
    assert_eq!(claims(&second)["act"]["act"], act);
    let untyped = idp::GetDerivedTokenRequest {
        actor_token_type: None,
        ..request
    };
    assert_eq!(
        house.engine.refused(&untyped).await.0,
        "InvalidParameterException"
    );
}

#[tokio::test]
async fn exchange_is_refused_without_the_flow_the_secret_or_a_token_that_counts() {
    let (plain, result) = exchanger(ALL).await;
    let request = derive(&plain, result.access_token.as_ref().unwrap(), Kind::AccessToken);
    assert_eq!(
        refusal(plain.engine.refused(&request).await),
        "InvalidParameterException: ALLOW_TOKEN_EXCHANGE_IMPERSONATION is not enabled for the client."
    );

    let (house, result) = exchanger(EXCHANGE).await;
    let access = result.access_token.unwrap();
    let good = derive(&house, &access, Kind::AccessToken);
    let cases = [
        // Of another pool.
        idp::GetDerivedTokenRequest {
            subject_token: request.subject_token.clone(),
            ..good.clone()
        },
        idp::GetDerivedTokenRequest {
            client_secret: Some(SECRET.into()),
            ..good.clone()
        },
        // One kind does not pass for the other.
        derive(&house, &access, Kind::IdToken),
        derive(&house, result.id_token.as_ref().unwrap(), Kind::AccessToken),
    ];
    for refused in cases {
        assert_eq!(house.engine.refused(&refused).await.0, "NotAuthorizedException");
    }
    let both = idp::GetDerivedTokenRequest {
        audiences: Some(vec!["a".to_owned()]),
        resources: Some(vec!["b".to_owned()]),
        ..good.clone()
    };
    let scopes = idp::GetDerivedTokenRequest {
        scopes: Some(vec!["openid".to_owned()]),
        ..good.clone()
    };
    for refused in [both, scopes, derive(&house, &access, Kind::Saml2)] {
        assert_eq!(
            house.engine.refused(&refused).await.0,
            "InvalidParameterException"
        );
    }
    let foreign = idp::GetDerivedTokenRequest {
        subject_token_provider_name: Some("Nobody".to_owned()),
        ..good
    };
    assert_eq!(
        house.engine.refused(&foreign).await.0,
        "ResourceNotFoundException"
    );
    house.engine.clock.advance_secs(3600);
    let late = derive(&house, result.id_token.as_ref().unwrap(), Kind::IdToken);
    assert_eq!(
        refusal(house.engine.refused(&late).await),
        "NotAuthorizedException: Token has expired"
    );
}

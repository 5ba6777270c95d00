//! App clients: defaults, what is refused, updates that reset, secrets.

use poolhouse::base::secret::Secret;
use poolhouse::store::records::user_pools;
use poolhouse::wire::idp::*;

use crate::support::TestEngine;

fn create(pool: &str) -> CreateUserPoolClientRequest {
    CreateUserPoolClientRequest {
        user_pool_id: pool.to_owned(),
        client_name: "app".to_owned(),
        ..Default::default()
    }
}

fn update(pool: &str, client: &str) -> UpdateUserPoolClientRequest {
    UpdateUserPoolClientRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
        ..Default::default()
    }
}

async fn described(engine: &TestEngine, pool: &str, client: &str) -> UserPoolClientType {
    let request = DescribeUserPoolClientRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
    };
    engine.ok(&request).await.user_pool_client.unwrap()
}

async fn uses_srp(engine: &TestEngine, pool: &str) -> bool {
    let pool = pool.to_owned();
    let found = engine.store.read(move |r| user_pools::get(r, &pool)).await;
    found.unwrap().unwrap().any_client_uses_srp
}

#[tokio::test]
async fn a_new_client_has_the_documented_defaults() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let id = engine.client(&pool).await;
    assert_eq!(id.len(), 26);
    let client = described(&engine, &pool, &id).await;
    assert_eq!(client.client_secret, None);
    assert_eq!(client.refresh_token_validity, Some(30));
    assert_eq!(
        client.explicit_auth_flows.unwrap(),
        [
            ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ExplicitAuthFlowsType::AllowUserSrpAuth,
            ExplicitAuthFlowsType::AllowCustomAuth
        ]
    );
    assert_eq!(
        client.prevent_user_existence_errors,
        Some(PreventUserExistenceErrorTypes::Legacy)
    );
    assert_eq!(client.enable_token_revocation, Some(true));
    assert_eq!(client.auth_session_validity, Some(3));
    assert_eq!(client.allowed_o_auth_flows_user_pool_client, Some(false));
    assert_eq!(client.client_type, Some(ClientTypeType::Regular));
    assert_eq!((client.read_attributes, client.write_attributes), (None, None));
}

#[tokio::test]
async fn a_client_is_refused_what_does_not_fit() {
    use ExplicitAuthFlowsType as Flows;
    let engine = TestEngine::new().await;
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            schema: Some(vec![SchemaAttributeType {
                name: Some("email".to_owned()),
                required: Some(true),
                ..Default::default()
            }]),
            ..Default::default()
        })
        .await;
    let base = create(&pool);
    let text = |list: &[&str]| Some(list.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>());
    let oauth = CreateUserPoolClientRequest {
        allowed_o_auth_flows_user_pool_client: Some(true),
        allowed_o_auth_flows: Some(vec![OAuthFlowType::Code]),
        allowed_o_auth_scopes: text(&["openid"]),
        callback_urls: text(&["https://example.com/back"]),
        ..base.clone()
    };
    engine.ok(&oauth).await;
    let invalid = "InvalidParameterException";
    let cases = [
        (
            CreateUserPoolClientRequest {
                generate_secret: Some(true),
                client_secret: Some(Secret::from("abcdefghijklmnopqrstuvwx")),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                access_token_validity: Some(25),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                explicit_auth_flows: Some(vec![Flows::AdminNoSrpAuth, Flows::AllowUserSrpAuth]),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                explicit_auth_flows: Some(vec![Flows::AllowRefreshTokenAuth]),
                refresh_token_rotation: Some(RefreshTokenRotationType {
                    feature: FeatureType::Enabled,
                    retry_grace_period_seconds: None,
                }),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                read_attributes: text(&["custom:absent"]),
                ..base.clone()
            },
            invalid,
        ),
        // A required attribute must be writable; the flags never are.
        (
            CreateUserPoolClientRequest {
                write_attributes: text(&["name"]),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                write_attributes: text(&["email", "email_verified"]),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                callback_urls: text(&["http://example.com/back"]),
                ..oauth.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                default_redirect_uri: Some("https://example.com/other".to_owned()),
                ..oauth.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                allowed_o_auth_flows_user_pool_client: None,
                ..oauth.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                allowed_o_auth_scopes: None,
                ..oauth.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                allowed_o_auth_scopes: text(&["openid", "shop/read"]),
                ..oauth.clone()
            },
            "ScopeDoesNotExistException",
        ),
        (
            CreateUserPoolClientRequest {
                allowed_o_auth_scopes: text(&["email"]),
                ..oauth.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                allowed_o_auth_flows: Some(vec![OAuthFlowType::ClientCredentials]),
                ..oauth.clone()
            },
            "InvalidOAuthFlowException",
        ),
        (
            CreateUserPoolClientRequest {
                supported_identity_providers: text(&["COGNITO", "Absent"]),
                ..base.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolClientRequest {
                enable_propagate_additional_user_context_data: Some(true),
                ..base.clone()
            },
            invalid,
        ),
        (create("us-east-1_absent111"), "ResourceNotFoundException"),
    ];
    for (request, code) in cases {
        assert_eq!(engine.refused(&request).await.0, code, "{request:?}");
    }
}

#[tokio::test]
async fn an_update_resets_what_it_does_not_name() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let id = engine
        .client_with(CreateUserPoolClientRequest {
            generate_secret: Some(true),
            access_token_validity: Some(2),
            prevent_user_existence_errors: Some(PreventUserExistenceErrorTypes::Enabled),
            ..create(&pool)
        })
        .await;
    let before = described(&engine, &pool, &id).await;
    assert_eq!(before.client_secret.as_ref().unwrap().expose().len(), 51);
    engine.clock.advance_secs(1);
    let after = engine
        .ok(&UpdateUserPoolClientRequest {
            auth_session_validity: Some(15),
            ..update(&pool, &id)
        })
        .await
        .user_pool_client
        .unwrap();
    assert_eq!(after.auth_session_validity, Some(15));
    assert_eq!(after.access_token_validity, None);
    assert_eq!(
        after.prevent_user_existence_errors,
        Some(PreventUserExistenceErrorTypes::Legacy)
    );
    assert_eq!(after.client_name.as_deref(), Some("app"));
    assert_eq!(after.client_secret, before.client_secret);
    assert_eq!(described(&engine, &pool, &id).await, after);
    let other = engine.user_pool().await;
    assert_eq!(
        engine.refused(&update(&other, &id)).await,
        (
            "ResourceNotFoundException".to_owned(),
            format!("User pool client {id} does not exist.")
        )
    );
}

#[tokio::test]
async fn the_pool_knows_whether_any_client_uses_srp() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    assert!(!uses_srp(&engine, &pool).await);
    let password = vec![ExplicitAuthFlowsType::AllowUserPasswordAuth];
    let plain = engine
        .client_with(CreateUserPoolClientRequest {
            explicit_auth_flows: Some(password.clone()),
            ..create(&pool)
        })
        .await;
    assert!(!uses_srp(&engine, &pool).await);
    let srp = engine.client(&pool).await;
    assert!(uses_srp(&engine, &pool).await);
    engine
        .ok(&UpdateUserPoolClientRequest {
            explicit_auth_flows: Some(password),
            ..update(&pool, &srp)
        })
        .await;
    assert!(!uses_srp(&engine, &pool).await);
    engine.ok(&update(&pool, &plain)).await;
    assert!(uses_srp(&engine, &pool).await);
    let delete = DeleteUserPoolClientRequest {
        user_pool_id: pool.clone(),
        client_id: plain,
    };
    engine.ok(&delete).await;
    assert!(!uses_srp(&engine, &pool).await);
    assert_eq!(engine.refused(&delete).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn clients_are_listed_by_page() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let other = engine.user_pool().await;
    engine.client(&other).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(engine.client(&pool).await);
    }
    made.sort();
    let mut seen = Vec::new();
    let mut next_token = None;
    loop {
        let request = ListUserPoolClientsRequest {
            user_pool_id: pool.clone(),
            max_results: Some(2),
            next_token,
            client_type: None,
        };
        let page = engine.ok(&request).await;
        seen.extend(
            page.user_pool_clients
                .unwrap()
                .into_iter()
                .filter_map(|it| it.client_id),
        );
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    assert_eq!(seen, made);
    let dynamic = ListUserPoolClientsRequest {
        user_pool_id: pool,
        client_type: Some(ClientTypeType::Dcr),
        ..Default::default()
    };
    assert!(engine.ok(&dynamic).await.user_pool_clients.unwrap().is_empty());
}

#[tokio::test]
async fn secrets_are_rotated_two_at_a_time() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let id = engine
        .client_with(CreateUserPoolClientRequest {
            generate_secret: Some(true),
            ..create(&pool)
        })
        .await;
    let add = AddUserPoolClientSecretRequest {
        user_pool_id: pool.clone(),
        client_id: id.clone(),
        client_secret: None,
    };
    let list = ListUserPoolClientSecretsRequest {
        user_pool_id: pool.clone(),
        client_id: id.clone(),
        next_token: None,
    };
    let delete = |secret: &str| DeleteUserPoolClientSecretRequest {
        user_pool_id: pool.clone(),
        client_id: id.clone(),
        client_secret_id: secret.to_owned(),
    };
    let first = engine.ok(&list).await.client_secrets.unwrap()[0]
        .client_secret_id
        .clone()
        .unwrap();
    assert!(first.starts_with(&format!("{id}--")), "{first}");
    assert_eq!(
        engine.refused(&delete(&first)).await.0,
        "InvalidParameterException"
    );
    let added = engine.ok(&add).await.client_secret_descriptor.unwrap();
    assert_eq!(added.client_secret_value.unwrap().expose().len(), 51);
    assert_ne!(added.client_secret_id.as_deref(), Some(first.as_str()));
    assert_eq!(engine.refused(&add).await.0, "LimitExceededException");
    let both = engine.ok(&list).await.client_secrets.unwrap();
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|secret| secret.client_secret_value.is_none()));
    engine.ok(&delete(&first)).await;
    assert_eq!(
        engine.refused(&delete(&first)).await.0,
        "ResourceNotFoundException"
    );
    // A value that the caller gave is not told back.
    let given = AddUserPoolClientSecretRequest {
        client_secret: Some(Secret::from("abcdefghijklmnopqrstuvwx")),
        ..add.clone()
    };
    let added = engine.ok(&given).await.client_secret_descriptor.unwrap();
    assert_eq!(added.client_secret_value, None);

    let public = engine.client(&pool).await;
    let refused = AddUserPoolClientSecretRequest {
        client_id: public,
        ..add
    };
    assert_eq!(engine.refused(&refused).await.0, "InvalidParameterException");
}

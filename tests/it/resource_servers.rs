//! Resource servers, their scopes, and the app clients that ask for them.

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID: &str = "InvalidParameterException";

fn scope(name: &str) -> ResourceServerScopeType {
    ResourceServerScopeType {
        scope_name: name.to_owned(),
        scope_description: format!("May {name}"),
    }
}

fn create(pool: &str, identifier: &str) -> CreateResourceServerRequest {
    CreateResourceServerRequest {
        user_pool_id: pool.to_owned(),
        identifier: identifier.to_owned(),
        name: "Orders".to_owned(),
        scopes: Some(vec![scope("read"), scope("write")]),
    }
}

fn describe(pool: &str, identifier: &str) -> DescribeResourceServerRequest {
    DescribeResourceServerRequest {
        user_pool_id: pool.to_owned(),
        identifier: identifier.to_owned(),
    }
}

fn client(pool: &str, scopes: &[&str]) -> CreateUserPoolClientRequest {
    CreateUserPoolClientRequest {
        user_pool_id: pool.to_owned(),
        client_name: "machine".to_owned(),
        generate_secret: Some(true),
        allowed_o_auth_flows_user_pool_client: Some(true),
        allowed_o_auth_flows: Some(vec![OAuthFlowType::ClientCredentials]),
        allowed_o_auth_scopes: Some(scopes.iter().map(|it| (*it).to_owned()).collect()),
        ..Default::default()
    }
}

async fn listed(engine: &TestEngine, pool: &str, max: Option<i32>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next_token = None;
    loop {
        let page = engine
            .ok(&ListResourceServersRequest {
                user_pool_id: pool.to_owned(),
                max_results: max,
                next_token,
            })
            .await;
        let names = page.resource_servers.into_iter();
        pages.push(names.filter_map(|it| it.identifier).collect());
        next_token = page.next_token;
        if next_token.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn a_resource_server_is_created_changed_and_deleted() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let made = engine.ok(&create(&pool, "https://orders")).await.resource_server;
    assert_eq!(made.user_pool_id.as_deref(), Some(pool.as_str()));
    assert_eq!(made.managed_by, None);
    assert_eq!(
        engine
            .ok(&describe(&pool, "https://orders"))
            .await
            .resource_server,
        made
    );
    let (code, message) = engine.refused(&create(&pool, "https://orders")).await;
    assert_eq!(code, INVALID);
    assert_eq!(
        message,
        format!("https://orders already exists in user pool {pool}.")
    );
    let update = UpdateResourceServerRequest {
        user_pool_id: pool.clone(),
        identifier: "https://orders".to_owned(),
        name: "Purchases".to_owned(),
        scopes: None,
    };
    let changed = engine.ok(&update).await.resource_server;
    assert_eq!(changed.name.as_deref(), Some("Purchases"));
    assert_eq!(
        changed.scopes,
        Some(Vec::new()),
        "scopes that are missing are gone"
    );
    let delete = DeleteResourceServerRequest {
        user_pool_id: pool.clone(),
        identifier: "https://orders".to_owned(),
    };
    engine.ok(&delete).await;
    let gone = (
        NOT_FOUND.to_owned(),
        "Resource server https://orders does not exist.".to_owned(),
    );
    assert_eq!(engine.refused(&delete).await, gone);
    assert_eq!(engine.refused(&update).await, gone);
    assert_eq!(engine.refused(&describe(&pool, "https://orders")).await, gone);
    assert_eq!(
        engine.refused(&create("us-east-1_absent111", "a")).await.0,
        NOT_FOUND
    );
}

#[tokio::test]
async fn what_is_malformed_is_refused() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    for scopes in [
        vec![scope("read"), scope("read")],
        vec![scope("a/b")],
        vec![scope("")],
        (0..101).map(|at| scope(&format!("s{at}"))).collect(),
    ] {
        let request = CreateResourceServerRequest {
            scopes: Some(scopes),
            ..create(&pool, "api")
        };
        assert_eq!(engine.refused(&request).await.0, INVALID);
    }
    assert_eq!(engine.refused(&create(&pool, "a\"b")).await.0, INVALID);
    assert_eq!(engine.refused(&create(&pool, "aws.cognito")).await.0, INVALID);
}

#[tokio::test]
async fn servers_page_by_identifier_and_end_at_their_quota() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    for at in 0..25 {
        engine.ok(&create(&pool, &format!("api{at:02}"))).await;
    }
    assert_eq!(
        engine.refused(&create(&pool, "api25")).await.0,
        "LimitExceededException"
    );
    let pages = listed(&engine, &pool, Some(10)).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
    let all: Vec<String> = pages.concat();
    assert!(all.is_sorted());
    let bad = ListResourceServersRequest {
        user_pool_id: pool,
        max_results: None,
        next_token: Some("bm90IG91cnM".to_owned()),
    };
    assert_eq!(engine.refused(&bad).await.0, INVALID);
}

#[tokio::test]
async fn an_app_client_may_hold_the_scopes_that_exist() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.ok(&create(&pool, "https://orders")).await;
    let made = engine.ok(&client(&pool, &["https://orders/read"])).await;
    let made = made.user_pool_client.unwrap();
    assert_eq!(
        made.allowed_o_auth_scopes,
        Some(vec!["https://orders/read".to_owned()])
    );
    for unknown in ["https://orders/erase", "https://other/read", "orders", "/", "a/"] {
        let (code, message) = engine.refused(&client(&pool, &[unknown])).await;
        assert_eq!(code, "ScopeDoesNotExistException", "{unknown}");
        assert_eq!(message, format!("Scope {unknown} does not exist."));
    }
    // A removed scope stays in the clients' settings.
    engine
        .ok(&UpdateResourceServerRequest {
            user_pool_id: pool.clone(),
            identifier: "https://orders".to_owned(),
            name: "Orders".to_owned(),
            scopes: None,
        })
        .await;
    let described = engine
        .ok(&DescribeUserPoolClientRequest {
            user_pool_id: pool,
            client_id: made.client_id.unwrap(),
        })
        .await;
    assert_eq!(
        described.user_pool_client.unwrap().allowed_o_auth_scopes,
        made.allowed_o_auth_scopes
    );
}

#[tokio::test]
async fn registration_brings_the_systems_own_resource_server() {
    let engine = TestEngine::new().await;
    let plain = engine.user_pool().await;
    assert_eq!(
        engine.refused(&describe(&plain, "aws.cognito")).await.0,
        NOT_FOUND
    );
    let scope = "aws.cognito/dcr/register";
    assert_eq!(
        engine.refused(&client(&plain, &[scope])).await.0,
        "ScopeDoesNotExistException"
    );
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            dcr_configuration: Some(DcrConfigurationType::default()),
            ..Default::default()
        })
        .await;
    let server = engine.ok(&describe(&pool, "aws.cognito")).await.resource_server;
    assert_eq!(server.managed_by, Some(ResourceServerManagedByType::Cognito));
    engine.ok(&client(&pool, &[scope])).await;
    for name in ["zebra", "aardvark"] {
        engine.ok(&create(&pool, name)).await;
    }
    assert_eq!(
        listed(&engine, &pool, Some(2)).await,
        [vec!["aardvark", "aws.cognito"], vec!["zebra"]]
    );
    let delete = DeleteResourceServerRequest {
        user_pool_id: pool,
        identifier: "aws.cognito".to_owned(),
    };
    assert_eq!(engine.refused(&delete).await.0, INVALID);
}

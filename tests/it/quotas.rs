//! Request rates, and what raises them.

use std::collections::BTreeMap;

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

fn definition(category: &str) -> LimitDefinitionType {
    LimitDefinitionType {
        limit_class: LimitClass::ApiCategory,
        attributes: BTreeMap::from([("Category".to_owned(), category.to_owned())]),
    }
}

fn get(category: &str) -> GetProvisionedLimitRequest {
    GetProvisionedLimitRequest {
        limit_definition: definition(category),
    }
}

fn raise(category: &str, to: i32) -> UpdateProvisionedLimitRequest {
    UpdateProvisionedLimitRequest {
        limit_definition: definition(category),
        requested_limit_value: to,
    }
}

async fn enforce(engine: &TestEngine, on: bool) {
    let mut settings = (*engine.settings()).clone();
    settings.enforce_request_rates = on;
    engine.engine().change_settings(settings).await.unwrap();
}

#[tokio::test]
async fn a_limit_is_raised_kept_and_taken_back() {
    let engine = TestEngine::new().await;
    let limit = engine.ok(&get("UserRead")).await.limit;
    assert_eq!(
        (limit.provisioned_limit_value, limit.free_limit_value),
        (120, 120)
    );
    let raised = engine.ok(&raise("UserRead", 300)).await.limit;
    assert_eq!(
        (raised.provisioned_limit_value, raised.free_limit_value),
        (300, 120)
    );
    let engine = engine.reopen().await;
    assert_eq!(
        engine.ok(&get("UserRead")).await.limit.provisioned_limit_value,
        300
    );
    let back = engine.ok(&raise("UserRead", 120)).await.limit;
    assert_eq!(back.provisioned_limit_value, 120);
    let invalid = "InvalidParameterException";
    for (request, code) in [
        (raise("UserRead", 119), invalid),
        (raise("UserRead", 1201), "ServiceQuotaExceededException"),
        (raise("UserList", 31), invalid),
        (raise("Nothing", 31), "ResourceNotFoundException"),
        (
            UpdateProvisionedLimitRequest {
                limit_definition: LimitDefinitionType::default(),
                requested_limit_value: 1,
            },
            invalid,
        ),
    ] {
        assert_eq!(engine.refused(&request).await.0, code);
    }
    assert_eq!(
        engine.refused(&get("Nothing")).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn rates_hold_when_they_are_on_and_only_then() {
    let engine = TestEngine::new().await;
    let list = ListUserPoolsRequest {
        max_results: 1,
        ..Default::default()
    };
    for _ in 0..50 {
        engine.ok(&list).await;
    }
    enforce(&engine, true).await;
    for _ in 0..15 {
        engine.ok(&list).await;
    }
    assert_eq!(
        engine.refused(&list).await,
        ("TooManyRequestsException".to_owned(), "Rate exceeded".to_owned())
    );
    // Another category is another bucket.
    engine.ok(&get("UserRead")).await;
    engine.clock.advance_secs(1);
    engine.ok(&list).await;
    enforce(&engine, false).await;
    for _ in 0..50 {
        engine.ok(&list).await;
    }
}

#[tokio::test]
async fn resources_of_one_user_pool_have_a_rate_of_their_own() {
    let engine = TestEngine::new().await;
    let (pool, other) = (engine.user_pool().await, engine.user_pool().await);
    enforce(&engine, true).await;
    let list = |pool: &str| ListGroupsRequest {
        user_pool_id: pool.to_owned(),
        ..Default::default()
    };
    for _ in 0..5 {
        engine.ok(&list(&pool)).await;
    }
    assert_eq!(engine.refused(&list(&pool)).await.0, "TooManyRequestsException");
    engine.ok(&list(&other)).await;
    engine.clock.advance_millis(200);
    engine.ok(&list(&pool)).await;
}

#[tokio::test]
async fn a_user_is_read_and_changed_ten_times_a_second_each() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    for name in ["amelia", "bertha"] {
        engine
            .user(&pool, name, &[("email", &format!("{name}@example.com"))])
            .await;
    }
    enforce(&engine, true).await;
    let get = |name: &str| AdminGetUserRequest {
        user_pool_id: pool.clone(),
        username: name.to_owned(),
    };
    let disable = |name: &str| AdminDisableUserRequest {
        user_pool_id: pool.clone(),
        username: name.to_owned(),
    };
    let exceeded = "TooManyRequestsException";
    for _ in 0..10 {
        engine.ok(&get("amelia")).await;
        engine.ok(&disable("amelia")).await;
    }
    assert_eq!(engine.refused(&get("amelia")).await.0, exceeded);
    assert_eq!(engine.refused(&disable("amelia")).await.0, exceeded);
    // Whatever the operation: of one user, and of this one alone.
    let groups = AdminListGroupsForUserRequest {
        user_pool_id: pool.clone(),
        username: "amelia".to_owned(),
        ..Default::default()
    };
    assert_eq!(engine.refused(&groups).await.0, exceeded);
    engine.ok(&get("bertha")).await;
    engine.clock.advance_millis(100);
    engine.ok(&groups).await;
    assert_eq!(engine.refused(&get("amelia")).await.0, exceeded);
    // Nobody is told who is there: a name counts as it was typed.
    let sign_in = |name: &str| InitiateAuthRequest {
        client_id: client.clone(),
        auth_flow: AuthFlowType::UserSrpAuth,
        auth_parameters: Some(
            [("USERNAME", name), ("SRP_A", "10")]
                .map(|(key, value)| (key.to_owned(), value.into()))
                .into(),
        ),
        ..Default::default()
    };
    for name in ["amelia", "nobody"] {
        for _ in 0..10 {
            let answer = engine.call(&sign_in(name)).await;
            assert!(!format!("{answer:?}").contains(exceeded));
        }
        assert_eq!(engine.refused(&sign_in(&name.to_uppercase())).await.0, exceeded);
    }
}

#[tokio::test]
async fn identity_pools_have_a_rate_for_each_operation() {
    use poolhouse::wire::identity::{CreateIdentityPoolInput, GetIdInput, ListIdentitiesInput};
    let engine = TestEngine::new().await;
    let pool = engine
        .ok(&CreateIdentityPoolInput {
            identity_pool_name: "apps".to_owned(),
            allow_unauthenticated_identities: true,
            ..Default::default()
        })
        .await
        .identity_pool_id;
    enforce(&engine, true).await;
    let list = ListIdentitiesInput {
        identity_pool_id: pool.clone(),
        max_results: 1,
        ..Default::default()
    };
    for _ in 0..5 {
        engine.ok(&list).await;
    }
    assert_eq!(engine.refused(&list).await.0, "TooManyRequestsException");
    let guest = GetIdInput {
        identity_pool_id: pool,
        ..Default::default()
    };
    for _ in 0..25 {
        engine.ok(&guest).await;
    }
    assert_eq!(engine.refused(&guest).await.0, "TooManyRequestsException");
    engine.clock.advance_millis(200);
    engine.ok(&list).await;
}

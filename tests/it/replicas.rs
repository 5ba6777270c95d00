//! Replicas in a second Region, and what a call there may do.

use poolhouse::base::clock::Clock as _;
use poolhouse::wire::idp::*;

use crate::http::Server;
use crate::support::{START, TestEngine};

const INVALID: &str = "InvalidParameterException";

fn ready() -> CreateUserPoolRequest {
    CreateUserPoolRequest {
        key_configuration: Some(KeyConfigurationType {
            key_type: Some(EncryptionKeyType::CustomerManagedKey),
            kms_key_arn: Some("arn:aws:kms:us-east-1:123456789012:key/mrk-1".to_owned()),
        }),
        issuer_configuration: Some(IssuerConfigurationType {
            r#type: Some(IssuerType::Updated),
        }),
        ..Default::default()
    }
}

fn create(pool: &str, region: &str) -> CreateUserPoolReplicaRequest {
    CreateUserPoolReplicaRequest {
        user_pool_id: pool.to_owned(),
        region_name: region.to_owned(),
        user_pool_tags: None,
    }
}

fn update(pool: &str, status: UpdateReplicaStatusType) -> UpdateUserPoolReplicaRequest {
    UpdateUserPoolReplicaRequest {
        user_pool_id: pool.to_owned(),
        region_name: "eu-west-1".to_owned(),
        status,
    }
}

fn delete(pool: &str) -> DeleteUserPoolReplicaRequest {
    DeleteUserPoolReplicaRequest {
        user_pool_id: pool.to_owned(),
        region_name: "eu-west-1".to_owned(),
    }
}

async fn listed(engine: &TestEngine, pool: &str) -> Vec<(ReplicaRoleType, ReplicaStatusType)> {
    let request = ListUserPoolReplicasRequest {
        user_pool_id: pool.to_owned(),
        next_token: None,
    };
    let found = engine.ok(&request).await.user_pool_replicas.unwrap();
    found
        .into_iter()
        .map(|it| (it.role.unwrap(), it.status.unwrap()))
        .collect()
}

#[tokio::test]
async fn a_replica_is_made_activated_and_taken_away() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool_with(ready()).await;
    assert!(listed(&engine, &pool).await.is_empty());
    let made = engine.ok(&create(&pool, "eu-west-1")).await;
    let made = made.user_pool_replica.unwrap();
    assert_eq!(made.status, Some(ReplicaStatusType::Creating));
    let arn = made.user_pool_arn.unwrap();
    assert!(arn.starts_with("arn:aws:cognito-idp:eu-west-1:"), "{arn}");
    assert_eq!(
        engine.refused(&create(&pool, "eu-west-2")).await.0,
        "LimitExceededException"
    );
    let activate = update(&pool, UpdateReplicaStatusType::Active);
    assert_eq!(engine.refused(&activate).await.0, INVALID, "it is being made");
    engine.clock.advance_secs(60);
    let secondary = |status| (ReplicaRoleType::Secondary, status);
    let primary = (ReplicaRoleType::Primary, ReplicaStatusType::Active);
    assert_eq!(
        listed(&engine, &pool).await,
        [primary.clone(), secondary(ReplicaStatusType::Inactive)]
    );
    engine.ok(&activate).await;
    assert_eq!(
        listed(&engine, &pool).await,
        [primary, secondary(ReplicaStatusType::Active)]
    );
    assert_eq!(engine.refused(&delete(&pool)).await.0, INVALID, "it is active");
    engine.ok(&update(&pool, UpdateReplicaStatusType::Inactive)).await;
    let going = engine.ok(&delete(&pool)).await.user_pool_replica.unwrap();
    assert_eq!(going.status, Some(ReplicaStatusType::Deleting));
    assert_eq!(engine.refused(&activate).await.0, INVALID, "it is being deleted");
    engine.clock.advance_secs(60);
    assert!(listed(&engine, &pool).await.is_empty());
    assert_eq!(engine.refused(&activate).await.0, "ResourceNotFoundException");
    engine.ok(&create(&pool, "eu-west-2")).await;
}

#[tokio::test]
async fn a_replica_needs_a_key_an_issuer_a_plan_and_another_region() {
    let engine = TestEngine::new().await;
    let plain = engine.user_pool().await;
    assert_eq!(engine.refused(&create(&plain, "eu-west-1")).await.0, INVALID);
    let lite = engine
        .user_pool_with(CreateUserPoolRequest {
            user_pool_tier: Some(UserPoolTierType::Lite),
            ..Default::default()
        })
        .await;
    assert_eq!(
        engine.refused(&create(&lite, "eu-west-1")).await.0,
        "FeatureUnavailableInTierException"
    );
    let pool = engine.user_pool_with(ready()).await;
    assert_eq!(engine.refused(&create(&pool, "us-east-1")).await.0, INVALID);
    assert_eq!(engine.refused(&create(&pool, "nowhere")).await.0, INVALID);
    let tagged = CreateUserPoolReplicaRequest {
        user_pool_tags: Some([("aws:x".to_owned(), "1".to_owned())].into()),
        ..create(&pool, "eu-west-1")
    };
    assert_eq!(engine.refused(&tagged).await.0, "UserPoolTaggingException");
    assert_eq!(
        engine
            .refused(&create("us-east-1_absent111", "eu-west-1"))
            .await
            .0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn a_replica_carries_tags_of_its_own() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool_with(ready()).await;
    let tags = [("place".to_owned(), "second".to_owned())];
    let made = engine
        .ok(&CreateUserPoolReplicaRequest {
            user_pool_tags: Some(tags.clone().into()),
            ..create(&pool, "eu-west-1")
        })
        .await;
    let arn = made.user_pool_replica.unwrap().user_pool_arn.unwrap();
    let of = |arn: String| ListTagsForResourceRequest { resource_arn: arn };
    assert_eq!(engine.ok(&of(arn.clone())).await.tags, Some(tags.into()));
    let primary = arn.replace("eu-west-1", "us-east-1");
    assert_eq!(engine.ok(&of(primary)).await.tags, Some([].into()));
    let nowhere = arn.replace("eu-west-1", "eu-west-2");
    assert_eq!(engine.refused(&of(nowhere)).await.0, "ResourceNotFoundException");
    let listed = engine
        .ok(&ListUserPoolsRequest {
            max_results: 1,
            ..Default::default()
        })
        .await;
    assert_eq!(
        listed.user_pools.unwrap()[0].replica_regions,
        Some(vec!["eu-west-1".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_region_reads_and_signs_in_and_changes_nobody() {
    let server = Server::start().await;
    let engine = &server.engine;
    let pool = engine.user_pool_with(ready()).await;
    engine.user(&pool, "maria", &[]).await;
    let away = server.driver_in("eu-west-1", Some(server.keys.clone()), START);
    let get = AdminGetUserRequest {
        user_pool_id: pool.clone(),
        username: "maria".to_owned(),
    };
    let disable = AdminDisableUserRequest {
        user_pool_id: pool.clone(),
        username: "maria".to_owned(),
    };
    let sign_in = AdminInitiateAuthRequest {
        user_pool_id: pool.clone(),
        client_id: engine.client(&pool).await,
        auth_flow: AuthFlowType::AdminUserPasswordAuth,
        ..Default::default()
    };
    let not_enabled = "OperationNotEnabledException";
    let code = |outcome: Result<(), poolhouse::driver::CallError>| match outcome {
        Err(poolhouse::driver::CallError::Fault(fault)) => fault.code,
        other => format!("{other:?}"),
    };
    assert_eq!(code(away.call(&get).await.map(drop)), "ResourceNotFoundException");
    engine.ok(&create(&pool, "eu-west-1")).await;
    away.call(&get).await.unwrap();
    assert_eq!(code(away.call(&disable).await.map(drop)), not_enabled);
    assert_eq!(code(away.call(&sign_in).await.map(drop)), not_enabled);
    engine.clock.advance_secs(60);
    engine.ok(&update(&pool, UpdateReplicaStatusType::Active)).await;
    let away = server.driver_in("eu-west-1", Some(server.keys.clone()), engine.clock.now());
    // Of the user pool only the replica's own tags change there.
    let described = DescribeUserPoolRequest {
        user_pool_id: pool.clone(),
    };
    let before = engine.ok(&described).await.user_pool;
    let labels = Some([("place".to_owned(), "second".to_owned())].into());
    let change = |name: Option<&str>| UpdateUserPoolRequest {
        user_pool_id: pool.clone(),
        user_pool_tags: labels.clone(),
        pool_name: name.map(str::to_owned),
        ..Default::default()
    };
    assert_eq!(
        code(away.call(&change(Some("other"))).await.map(drop)),
        not_enabled
    );
    away.call(&change(None)).await.unwrap();
    assert_eq!(engine.ok(&described).await.user_pool, before);
    let arn = before.and_then(|pool| pool.arn).unwrap();
    let of = |arn: String| ListTagsForResourceRequest { resource_arn: arn };
    let away_arn = arn.replace("us-east-1:", "eu-west-1:");
    assert_eq!(engine.ok(&of(away_arn)).await.tags, labels);
    assert_eq!(engine.ok(&of(arn)).await.tags, Some([].into()));
    // What the replica rests on stays.
    let original = UpdateUserPoolRequest {
        user_pool_id: pool.clone(),
        key_configuration: ready().key_configuration,
        ..Default::default()
    };
    assert_eq!(engine.refused(&original).await.0, INVALID);
    // Past the door: the flow is not allowed for the client.
    assert_eq!(code(away.call(&sign_in).await.map(drop)), INVALID);
    assert_eq!(code(away.call(&disable).await.map(drop)), not_enabled);
}

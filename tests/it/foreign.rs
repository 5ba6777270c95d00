//! The driver against an endpoint that is not ours: moto's server, named by `POOLHOUSE_MOTO`.
//! `tests/run.sh foreign` starts one.

use std::sync::Arc;

use poolhouse::base::clock::SystemClock;
use poolhouse::base::rng::SystemRng;
use poolhouse::base::secret::Secret;
use poolhouse::driver::https::{Https, Options};
use poolhouse::driver::{CallError, Driver};
use poolhouse::wire::idp;
use poolhouse::wire::sigv4::Keys;

pub fn endpoint() -> String {
    std::env::var("POOLHOUSE_MOTO").expect("POOLHOUSE_MOTO names the address of a moto server")
}

fn connect(endpoint: &str, read_only: bool) -> Driver {
    let transport = Https::new(Options {
        endpoint: Some(endpoint.to_owned()),
        region: "eu-west-1".to_owned(),
        keys: Some(Keys {
            access_key_id: "AKIAFOREIGNENDPOINT0".to_owned(),
            secret_access_key: Secret::new("any"),
            session_token: None,
        }),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
    });
    Driver::new(Arc::new(transport.unwrap()), read_only)
}

async fn user_pool(driver: &Driver) -> String {
    let request = idp::CreateUserPoolRequest {
        pool_name: "foreign".to_owned(),
        ..Default::default()
    };
    let made = driver.call(&request).await.unwrap();
    made.user_pool.unwrap().id.unwrap()
}

#[tokio::test]
#[ignore = "needs a moto server: tests/run.sh foreign"]
async fn foreign_endpoint_keeps_a_user_that_was_created_there() {
    let driver = connect(&endpoint(), false);
    let pool = user_pool(&driver).await;
    let request = idp::AdminCreateUserRequest {
        user_pool_id: pool.clone(),
        username: "ada".to_owned(),
        user_attributes: Some(super::support::attributes_of(&[("email", "ada@example.com")])),
        message_action: Some(idp::MessageActionType::Suppress),
        ..Default::default()
    };
    driver.call(&request).await.unwrap();

    // Another connection, so that nothing is remembered.
    let request = idp::ListUsersRequest {
        user_pool_id: pool.clone(),
        ..Default::default()
    };
    let listed = connect(&endpoint(), false).call(&request).await.unwrap();
    let users = listed.users.unwrap();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].username.as_deref(), Some("ada"));
    assert_eq!(
        users[0].user_status,
        Some(idp::UserStatusType::ForceChangePassword)
    );

    let request = idp::ListUserPoolsRequest {
        max_results: 60,
        ..Default::default()
    };
    let pools = driver.call(&request).await.unwrap().user_pools.unwrap();
    assert!(pools.iter().any(|listed| listed.id.as_deref() == Some(&pool)));
}

#[tokio::test]
#[ignore = "needs a moto server: tests/run.sh foreign"]
async fn foreign_endpoint_errors_keep_their_code_and_text() {
    let request = idp::DescribeUserPoolRequest {
        user_pool_id: "eu-west-1_missing".to_owned(),
    };
    match connect(&endpoint(), false).call(&request).await {
        Err(CallError::Fault(fault)) => assert_eq!(fault.code, "ResourceNotFoundException"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a moto server: tests/run.sh foreign"]
async fn what_a_foreign_endpoint_lacks_is_unavailable_with_a_reason() {
    let driver = connect(&endpoint(), false);
    let pool = user_pool(&driver).await;
    let request = idp::GetUICustomizationRequest {
        user_pool_id: pool,
        ..Default::default()
    };
    match driver.call(&request).await {
        Err(CallError::Unavailable { operation, reason }) => {
            assert_eq!(operation, "GetUICustomization");
            assert!(!reason.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a moto server: tests/run.sh foreign"]
async fn read_only_connection_sends_no_change_to_a_foreign_endpoint() {
    let pool = user_pool(&connect(&endpoint(), false)).await;
    let driver = connect(&endpoint(), true);
    let request = idp::DeleteUserPoolRequest {
        user_pool_id: pool.clone(),
    };
    assert!(matches!(
        driver.call(&request).await,
        Err(CallError::ReadOnly { .. })
    ));
    let request = idp::DescribeUserPoolRequest { user_pool_id: pool };
    assert!(driver.call(&request).await.is_ok());
}

#[tokio::test]
async fn endpoint_that_is_not_there_is_said_to_be_unreachable() {
    // Bound and closed again: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let request = idp::ListUserPoolsRequest {
        max_results: 1,
        ..Default::default()
    };
    match connect(&address, false).call(&request).await {
        Err(CallError::Unreachable(text)) => assert!(text.contains("127.0.0.1"), "{text}"),
        other => panic!("{other:?}"),
    }
}

//! The user pool of a first start.

use poolhouse::engine::sample;
use poolhouse::store::records::settings;
use poolhouse::wire::idp;
use serde_json::json;

use crate::support::TestEngine;
use crate::users::{messages, ok};

async fn pools(t: &TestEngine) -> Vec<String> {
    let listed = ok::<idp::ListUserPoolsRequest>(t, json!({"MaxResults": 60})).await;
    let pools = listed.user_pools.unwrap_or_default();
    pools.into_iter().filter_map(|pool| pool.id).collect()
}

#[tokio::test]
async fn a_first_start_shows_something_on_every_screen() {
    let t = TestEngine::new().await;
    let pool = sample::open(t.engine()).await.unwrap().unwrap();
    let described = ok::<idp::DescribeUserPoolRequest>(&t, json!({"UserPoolId": pool})).await;
    assert_eq!(described.user_pool.unwrap().estimated_number_of_users, Some(360));
    let clients = ok::<idp::ListUserPoolClientsRequest>(&t, json!({"UserPoolId": pool})).await;
    assert_eq!(clients.user_pool_clients.unwrap().len(), 2);
    let groups = ok::<idp::ListGroupsRequest>(&t, json!({"UserPoolId": pool})).await;
    let groups = groups.groups.unwrap();
    assert_eq!(groups.len(), 8);
    for group in groups {
        let name = group.group_name.unwrap();
        let members =
            ok::<idp::ListUsersInGroupRequest>(&t, json!({"UserPoolId": pool, "GroupName": name})).await;
        assert!(!members.users.unwrap().is_empty(), "{name} is empty");
    }
    for filter in [
        r#"cognito:user_status = "CONFIRMED""#,
        r#"cognito:user_status = "UNCONFIRMED""#,
        r#"cognito:user_status = "FORCE_CHANGE_PASSWORD""#,
        r#"cognito:user_status = "RESET_REQUIRED""#,
        r#"status = "Disabled""#,
        r#"phone_number ^= "+1""#,
        r#"preferred_username ^= """#,
    ] {
        let found = ok::<idp::ListUsersRequest>(&t, json!({"UserPoolId": pool, "Filter": filter})).await;
        assert!(!found.users.unwrap().is_empty(), "{filter}");
    }
    let branding = ok::<idp::GetUICustomizationRequest>(&t, json!({"UserPoolId": pool})).await;
    let branding = branding.ui_customization;
    assert!(branding.css.is_some() && branding.image_url.is_some());
    assert!(messages(&t, &pool).await.len() > 5);
}

#[tokio::test]
async fn the_sample_is_made_once_and_never_beside_other_pools() {
    let t = TestEngine::new().await;
    let pool = sample::open(t.engine()).await.unwrap().unwrap();
    assert_eq!(sample::open(t.engine()).await.unwrap(), None);
    ok::<idp::DeleteUserPoolRequest>(&t, json!({"UserPoolId": pool})).await;
    assert_eq!(sample::open(t.engine()).await.unwrap(), None);
    assert!(pools(&t).await.is_empty());

    let t = TestEngine::new().await;
    let own = t.user_pool().await;
    assert_eq!(sample::open(t.engine()).await.unwrap(), None);
    assert_eq!(pools(&t).await, [own]);
}

#[tokio::test]
async fn a_start_that_ended_half_way_is_made_good_by_the_next() {
    let t = TestEngine::new().await;
    let first = sample::open(t.engine()).await.unwrap().unwrap();
    t.store
        .transact("half-way", |tx| settings::put(tx, "sample pool", "\"begun\""))
        .await
        .unwrap();
    let second = sample::open(t.engine()).await.unwrap().unwrap();
    assert_ne!(first, second);
    assert_eq!(pools(&t).await, [second]);
}

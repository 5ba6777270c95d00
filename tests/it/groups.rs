//! Groups and their members.

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

fn create(pool: &str, name: &str) -> CreateGroupRequest {
    CreateGroupRequest {
        user_pool_id: pool.to_owned(),
        group_name: name.to_owned(),
        ..Default::default()
    }
}

fn get(pool: &str, name: &str) -> GetGroupRequest {
    GetGroupRequest {
        user_pool_id: pool.to_owned(),
        group_name: name.to_owned(),
    }
}

fn add(pool: &str, username: &str, group: &str) -> AdminAddUserToGroupRequest {
    AdminAddUserToGroupRequest {
        user_pool_id: pool.to_owned(),
        username: username.to_owned(),
        group_name: group.to_owned(),
    }
}

fn of_user(pool: &str, username: &str) -> AdminListGroupsForUserRequest {
    AdminListGroupsForUserRequest {
        user_pool_id: pool.to_owned(),
        username: username.to_owned(),
        ..Default::default()
    }
}

fn members(pool: &str, group: &str) -> ListUsersInGroupRequest {
    ListUsersInGroupRequest {
        user_pool_id: pool.to_owned(),
        group_name: group.to_owned(),
        ..Default::default()
    }
}

fn names(groups: Option<Vec<GroupType>>) -> Vec<String> {
    groups
        .into_iter()
        .flatten()
        .filter_map(|group| group.group_name)
        .collect()
}

const NOT_FOUND: &str = "ResourceNotFoundException";

#[tokio::test]
async fn a_group_is_created_changed_and_deleted() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let request = CreateGroupRequest {
        description: Some("People who run things".to_owned()),
        precedence: Some(0),
        ..create(&pool, "admins")
    };
    let made = engine.ok(&request).await.group.unwrap();
    assert_eq!(made.user_pool_id.as_deref(), Some(pool.as_str()));
    assert_eq!(engine.ok(&get(&pool, "admins")).await.group.unwrap(), made);
    assert_eq!(
        engine.refused(&request).await,
        (
            "GroupExistsException".to_owned(),
            "A group with the name already exists.".to_owned()
        )
    );
    engine.clock.advance_secs(1);
    let update = UpdateGroupRequest {
        user_pool_id: pool.clone(),
        group_name: "admins".to_owned(),
        precedence: Some(7),
        ..Default::default()
    };
    let changed = engine.ok(&update).await.group.unwrap();
    assert_eq!(changed.precedence, Some(7));
    assert_eq!(changed.description, made.description, "what is not named stays");
    assert_eq!(changed.creation_date, made.creation_date);
    assert_ne!(changed.last_modified_date, made.last_modified_date);
    let delete = DeleteGroupRequest {
        user_pool_id: pool.clone(),
        group_name: "admins".to_owned(),
    };
    engine.ok(&delete).await;
    let gone = (NOT_FOUND.to_owned(), "Group not found.".to_owned());
    assert_eq!(engine.refused(&delete).await, gone);
    assert_eq!(engine.refused(&update).await, gone);
    assert_eq!(engine.refused(&get(&pool, "admins")).await, gone);
    assert_eq!(
        engine.refused(&create("us-east-1_absent111", "a")).await.0,
        NOT_FOUND
    );
}

#[tokio::test]
async fn members_come_and_go_and_both_ends_know() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.user(&pool, "maria", &[]).await;
    engine.user(&pool, "jo", &[]).await;
    for (name, precedence) in [("b", Some(5)), ("a", None), ("c", Some(1))] {
        engine
            .ok(&CreateGroupRequest {
                precedence,
                ..create(&pool, name)
            })
            .await;
        engine.ok(&add(&pool, "maria", name)).await;
    }
    engine.ok(&add(&pool, "maria", "a")).await;
    engine.ok(&add(&pool, "jo", "a")).await;
    assert_eq!(
        names(engine.ok(&of_user(&pool, "maria")).await.groups),
        ["c", "b", "a"]
    );
    let users = engine.ok(&members(&pool, "a")).await.users.unwrap();
    assert_eq!(users.len(), 2);
    let remove = AdminRemoveUserFromGroupRequest {
        user_pool_id: pool.clone(),
        username: "maria".to_owned(),
        group_name: "a".to_owned(),
    };
    engine.ok(&remove).await;
    engine.ok(&remove).await;
    let left = engine.ok(&members(&pool, "a")).await.users.unwrap();
    assert_eq!(left[0].username.as_deref(), Some("jo"));
    // A group that goes takes its memberships along.
    engine
        .ok(&DeleteGroupRequest {
            user_pool_id: pool.clone(),
            group_name: "c".to_owned(),
        })
        .await;
    engine.ok(&create(&pool, "c")).await;
    assert_eq!(names(engine.ok(&of_user(&pool, "maria")).await.groups), ["b"]);
    // So does a user.
    engine
        .ok(&AdminDeleteUserRequest {
            user_pool_id: pool.clone(),
            username: "jo".to_owned(),
        })
        .await;
    assert!(engine.ok(&members(&pool, "a")).await.users.unwrap().is_empty());
    let absent = "UserNotFoundException";
    assert_eq!(engine.refused(&add(&pool, "nobody", "a")).await.0, absent);
    assert_eq!(engine.refused(&of_user(&pool, "nobody")).await.0, absent);
    assert_eq!(engine.refused(&add(&pool, "maria", "none")).await.0, NOT_FOUND);
    assert_eq!(engine.refused(&members(&pool, "none")).await.0, NOT_FOUND);
    let remove = AdminRemoveUserFromGroupRequest {
        username: "nobody".to_owned(),
        ..remove
    };
    assert_eq!(engine.refused(&remove).await.0, absent);
}

#[tokio::test]
async fn listings_of_groups_and_members_page() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let mut expected = Vec::new();
    for at in 0..7 {
        let name = format!("g{at}");
        engine.ok(&create(&pool, &name)).await;
        let username = format!("u{at}");
        engine.user(&pool, &username, &[]).await;
        engine.ok(&add(&pool, &username, "g0")).await;
        if at > 0 {
            engine.ok(&add(&pool, "u0", &name)).await;
        }
        expected.push(name);
    }
    let (mut listed, mut of_one, mut in_one) = (Vec::new(), Vec::new(), Vec::new());
    let mut token = None;
    loop {
        let request = ListGroupsRequest {
            user_pool_id: pool.clone(),
            limit: Some(3),
            next_token: token,
        };
        let page = engine.ok(&request).await;
        listed.extend(names(page.groups));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    loop {
        let request = AdminListGroupsForUserRequest {
            limit: Some(3),
            next_token: token,
            ..of_user(&pool, "u0")
        };
        let page = engine.ok(&request).await;
        of_one.extend(names(page.groups));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    loop {
        let request = ListUsersInGroupRequest {
            limit: Some(3),
            next_token: token,
            ..members(&pool, "g0")
        };
        let page = engine.ok(&request).await;
        in_one.extend(page.users.unwrap().into_iter().filter_map(|user| user.username));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    in_one.sort();
    assert_eq!(listed, expected);
    assert_eq!(of_one, expected);
    assert_eq!(in_one, (0..7).map(|at| format!("u{at}")).collect::<Vec<_>>());
    let bad = ListGroupsRequest {
        user_pool_id: pool,
        next_token: Some("nonsense".to_owned()),
        ..Default::default()
    };
    assert_eq!(engine.refused(&bad).await.0, "InvalidParameterException");
}

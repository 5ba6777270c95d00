//! `ListUsers`: its filter, its pages, its choice of attributes.

use std::collections::BTreeSet;

use poolhouse::wire::idp;
use serde_json::{Value, json};

use crate::support::TestEngine;
use crate::users::{ok, pool, refused};

async fn names(t: &TestEngine, request: Value) -> BTreeSet<String> {
    let listed = ok::<idp::ListUsersRequest>(t, request).await;
    let users = listed.users.unwrap();
    users.into_iter().map(|user| user.username.unwrap()).collect()
}

#[tokio::test]
async fn each_filter_finds_its_users_and_only_them() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    let sub = t
        .user(
            &pool,
            "Maria",
            &[
                ("email", "Maria@example.com"),
                ("phone_number", "+15555550100"),
                ("name", r#"Maria "Mia" O'Neil \ Söhne"#),
                ("given_name", "Maria"),
                ("family_name", "O'Neil"),
                ("preferred_username", "mia"),
            ],
        )
        .await;
    t.user(
        &pool,
        "mario",
        &[("email", "mario@example.com"), ("name", "Mario %_*")],
    )
    .await;
    t.user(&pool, "zoe", &[("given_name", "Zoë")]).await;
    ok::<idp::AdminDisableUserRequest>(&t, json!({"UserPoolId": pool, "Username": "zoe"})).await;
    let cases: &[(&str, &[&str])] = &[
        ("", &["Maria", "mario", "zoe"]),
        (r#"username = "Maria""#, &["Maria"]),
        (r#"username = "maria""#, &[]),
        (r#"username ^= "mar""#, &["mario"]),
        (r#"email = "maria@EXAMPLE.com""#, &["Maria"]),
        (r#"email ^= "mar""#, &["Maria", "mario"]),
        (r#"email ^= """#, &["Maria", "mario"]),
        (r#"phone_number ^= "+1555""#, &["Maria"]),
        (r#"name = "maria \"mia\" o'neil \\ söhne""#, &["Maria"]),
        (r#"name ^= "Mar""#, &["Maria", "mario"]),
        (r#"name ^= "%""#, &[]),
        (r#"name ^= "Mario %_""#, &["mario"]),
        (r#"name = "*""#, &[]),
        (r#"given_name = "ZOË""#, &["zoe"]),
        (r#"family_name="o'neil""#, &["Maria"]),
        (r#"family_name = "' OR '1'='1""#, &[]),
        (r#"preferred_username = "mia""#, &["Maria"]),
        (
            r#"cognito:user_status = "force_change_password""#,
            &["Maria", "mario", "zoe"],
        ),
        (r#"cognito:user_status = "CONFIRMED""#, &[]),
        (r#"status = "Disabled""#, &["zoe"]),
        (r#"status = "disabled""#, &[]),
    ];
    for (filter, expected) in cases {
        let found = names(&t, json!({"UserPoolId": pool, "Filter": filter})).await;
        assert_eq!(
            found,
            expected.iter().map(|name| (*name).to_owned()).collect(),
            "{filter}"
        );
    }
    let by_sub = json!({"UserPoolId": pool, "Filter": format!("sub = \"{sub}\"")});
    assert_eq!(names(&t, by_sub).await, ["Maria".to_owned()].into());
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_or_has_no_index_is_refused() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    for filter in [
        "email",
        r#"email = "a" OR "1"="1""#,
        r#"email = "a"; --"#,
        "email = 'a'",
    ] {
        let (code, text) =
            refused::<idp::ListUsersRequest>(&t, json!({"UserPoolId": pool, "Filter": filter})).await;
        assert_eq!(
            (code.as_str(), text.as_str()),
            ("InvalidParameterException", "Error while parsing filter."),
            "{filter}"
        );
    }
    let (code, _) =
        refused::<idp::ListUsersRequest>(&t, json!({"UserPoolId": pool, "Filter": "custom:tier = \"1\""}))
            .await;
    assert_eq!(code, "InvalidParameterException");
    let none = json!({"UserPoolId": "us-east-1_nowhere"});
    assert_eq!(
        refused::<idp::ListUsersRequest>(&t, none).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn pages_hold_every_user_once_and_their_tokens_fit_one_listing_for_an_hour() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    for number in 0..23 {
        let family = if number % 2 == 0 { "Even" } else { "Odd" };
        t.user(&pool, &format!("user{number:02}"), &[("family_name", family)])
            .await;
    }
    for (filter, expected) in [
        ("", 23),
        (r#"family_name = "even""#, 12),
        (r#"username ^= "user1""#, 10),
    ] {
        let mut found = BTreeSet::new();
        let mut token = None;
        for _ in 0..10 {
            let mut request = json!({"UserPoolId": pool, "Filter": filter, "Limit": 5});
            if let Some(token) = token {
                request["PaginationToken"] = token;
            }
            let page = ok::<idp::ListUsersRequest>(&t, request).await;
            for user in page.users.unwrap() {
                assert!(found.insert(user.username.unwrap()), "listed twice");
            }
            token = page.pagination_token.map(Value::from);
            if token.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), expected, "{filter}");
    }
    let page = ok::<idp::ListUsersRequest>(&t, json!({"UserPoolId": pool, "Limit": 5})).await;
    let token = page.pagination_token.unwrap();
    let other = json!({"UserPoolId": pool, "PaginationToken": token, "Filter": "username ^= \"u\""});
    let (code, _) = refused::<idp::ListUsersRequest>(&t, other).await;
    assert_eq!(code, "InvalidParameterException");
    t.clock.advance_secs(3601);
    let late = json!({"UserPoolId": pool, "PaginationToken": token});
    let (code, _) = refused::<idp::ListUsersRequest>(&t, late).await;
    assert_eq!(code, "InvalidParameterException");
}

#[tokio::test]
async fn only_the_attributes_asked_for_are_returned() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    t.user(&pool, "maria", &[("email", "a@example.com"), ("name", "Maria")])
        .await;
    for (wanted, expected) in [
        (json!(["email", "birthdate"]), vec!["email"]),
        (json!([]), vec![]),
        (json!(["sub", "name"]), vec!["sub", "name"]),
    ] {
        let listed =
            ok::<idp::ListUsersRequest>(&t, json!({"UserPoolId": pool, "AttributesToGet": wanted})).await;
        let user = listed.users.unwrap().remove(0);
        let names: Vec<_> = user.attributes.unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, expected);
        assert!(user.user_status.is_some() && user.user_create_date.is_some());
    }
    let unknown = json!({"UserPoolId": pool, "AttributesToGet": ["custom:nope"]});
    let (code, text) = refused::<idp::ListUsersRequest>(&t, unknown).await;
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(text, "One or more requested attributes do not exist.");
}

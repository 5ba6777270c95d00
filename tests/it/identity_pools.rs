//! Identity pools as an admin makes them: settings, roles, principal tags, tags.

use std::collections::BTreeMap;

use poolhouse::wire::identity::*;

use crate::support::TestEngine;

const USER_POOL: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC123xyZ";

pub fn create(name: &str) -> CreateIdentityPoolInput {
    CreateIdentityPoolInput {
        identity_pool_name: name.to_owned(),
        ..Default::default()
    }
}

pub fn role(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

pub fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn provider(client: &str) -> CognitoIdentityProvider {
    CognitoIdentityProvider {
        provider_name: Some(USER_POOL.to_owned()),
        client_id: Some(client.to_owned()),
        server_side_token_check: Some(true),
    }
}

/// Makes a pool that takes the tokens of one app client, and returns its id.
async fn pool_of_client(engine: &TestEngine) -> String {
    engine
        .ok(&CreateIdentityPoolInput {
            cognito_identity_providers: Some(vec![provider("client1")]),
            ..create("apps")
        })
        .await
        .identity_pool_id
}

fn describe(id: &str) -> DescribeIdentityPoolInput {
    DescribeIdentityPoolInput {
        identity_pool_id: id.to_owned(),
    }
}

#[tokio::test]
async fn a_pool_is_made_described_and_deleted() {
    let engine = TestEngine::new().await;
    let made = engine
        .ok(&CreateIdentityPoolInput {
            allow_unauthenticated_identities: true,
            allow_classic_flow: Some(true),
            supported_login_providers: Some(map([("accounts.google.com", "app.google")])),
            developer_provider_name: Some("login.example".to_owned()),
            open_id_connect_provider_arns: Some(vec![
                "arn:aws:iam::123456789012:oidc-provider/id.example.com".to_owned(),
            ]),
            cognito_identity_providers: Some(vec![provider("client1")]),
            saml_provider_arns: Some(vec!["arn:aws:iam::123456789012:saml-provider/corp".to_owned()]),
            identity_pool_tags: Some(map([("team", "a")])),
            ..create("apps")
        })
        .await;
    let id = made.identity_pool_id.clone();
    assert!(id.starts_with("us-east-1:") && id.len() == 46, "{id}");
    assert_eq!(made.identity_pool_tags.as_ref().unwrap()["team"], "a");
    assert_eq!(engine.ok(&describe(&id)).await, made);

    // Those of the same name are pools of their own.
    let second = engine.ok(&create("apps")).await;
    assert_ne!(second.identity_pool_id, id);
    assert_eq!(second.allow_classic_flow, None);
    engine
        .ok(&DeleteIdentityPoolInput {
            identity_pool_id: id.clone(),
        })
        .await;
    let (code, text) = engine.refused(&describe(&id)).await;
    assert_eq!(
        (code.as_str(), text),
        (
            "ResourceNotFoundException",
            format!("IdentityPool '{id}' not found.")
        )
    );
    let again = DeleteIdentityPoolInput { identity_pool_id: id };
    assert_eq!(engine.refused(&again).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn an_update_resets_what_is_missing_but_for_the_developers_name() {
    let engine = TestEngine::new().await;
    let made = engine
        .ok(&CreateIdentityPoolInput {
            allow_unauthenticated_identities: true,
            developer_provider_name: Some("login.example".to_owned()),
            cognito_identity_providers: Some(vec![provider("client1")]),
            identity_pool_tags: Some(map([("team", "a")])),
            ..create("apps")
        })
        .await;
    let plain = IdentityPool {
        identity_pool_id: made.identity_pool_id.clone(),
        identity_pool_name: "renamed".to_owned(),
        ..Default::default()
    };
    let updated = engine.ok(&plain).await;
    assert_eq!(updated.identity_pool_name, "renamed");
    assert!(!updated.allow_unauthenticated_identities);
    assert_eq!(updated.cognito_identity_providers, None);
    assert_eq!(updated.developer_provider_name.as_deref(), Some("login.example"));
    assert_eq!(updated.identity_pool_tags.unwrap()["team"], "a");
    let other_name = IdentityPool {
        developer_provider_name: Some("other.example".to_owned()),
        ..plain.clone()
    };
    assert_eq!(engine.refused(&other_name).await.0, "InvalidParameterException");
    let absent = IdentityPool {
        identity_pool_id: "us-east-1:00000000-0000-4000-8000-000000000000".to_owned(),
        ..plain
    };
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let engine = TestEngine::new().await;
    let wrong = [
        CreateIdentityPoolInput {
            supported_login_providers: Some(map([("login.example.com", "1")])),
            ..create("a")
        },
        CreateIdentityPoolInput {
            cognito_identity_providers: Some(vec![provider("one"), provider("one")]),
            ..create("a")
        },
        CreateIdentityPoolInput {
            open_id_connect_provider_arns: Some(vec!["https://id.example.com/realm".to_owned()]),
            ..create("a")
        },
        CreateIdentityPoolInput {
            identity_pool_tags: Some(map([("aws:x", "1")])),
            ..create("a")
        },
        create("no/slashes"),
    ];
    for request in wrong {
        assert_eq!(
            engine.refused(&request).await.0,
            "InvalidParameterException",
            "{request:?}"
        );
    }
    let many = CreateIdentityPoolInput {
        cognito_identity_providers: Some((0..51).map(|at| provider(&format!("client{at}"))).collect()),
        ..create("a")
    };
    assert_eq!(engine.refused(&many).await.0, "LimitExceededException");
    let mut made = engine.ok(&create("a")).await;
    made.cognito_identity_providers = many.cognito_identity_providers;
    assert_eq!(engine.refused(&made).await.0, "LimitExceededException");
}

#[tokio::test]
async fn an_account_has_a_thousand_pools_in_a_region_and_lists_them_in_pages() {
    let engine = TestEngine::new().await;
    let (driver, mut calls) = (engine.driver(), tokio::task::JoinSet::new());
    for _ in 0..20 {
        let driver = driver.clone();
        calls.spawn(async move {
            for _ in 0..50 {
                driver.call(&create("many")).await.unwrap();
            }
        });
    }
    calls.join_all().await;
    assert_eq!(
        engine.refused(&create("one more")).await.0,
        "LimitExceededException"
    );
    let mut ids = Vec::new();
    let mut next_token = None;
    loop {
        let page = engine
            .ok(&ListIdentityPoolsInput {
                max_results: 60,
                next_token,
            })
            .await;
        let pools = page.identity_pools.unwrap();
        assert!(pools.len() <= 60);
        ids.extend(pools.into_iter().filter_map(|pool| pool.identity_pool_id));
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (1000, 1000));
    for (max_results, next_token) in [(0, None), (61, None), (5, Some("no".to_owned()))] {
        let wrong = ListIdentityPoolsInput {
            max_results,
            next_token,
        };
        assert_eq!(engine.refused(&wrong).await.0, "InvalidParameterException");
    }
}

#[tokio::test]
async fn roles_are_replaced_as_a_whole() {
    let engine = TestEngine::new().await;
    let id = pool_of_client(&engine).await;
    let get = GetIdentityPoolRolesInput {
        identity_pool_id: id.clone(),
    };
    assert_eq!(engine.ok(&get).await.roles, Some(BTreeMap::new()));
    let mapping = RoleMapping {
        r#type: RoleMappingType::Token,
        ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
        rules_configuration: None,
    };
    let mappings =
        |name: String, mapping: &RoleMapping| Some([(name, mapping.clone())].into_iter().collect());
    let set = SetIdentityPoolRolesInput {
        identity_pool_id: id.clone(),
        roles: [("authenticated".to_owned(), role("User"))].into_iter().collect(),
        role_mappings: mappings(format!("{USER_POOL}:client1"), &mapping),
    };
    engine.ok(&set).await;
    let kept = engine.ok(&get).await;
    assert_eq!(kept.roles, Some(set.roles.clone()));
    assert_eq!(kept.role_mappings, set.role_mappings);
    engine
        .ok(&SetIdentityPoolRolesInput {
            role_mappings: None,
            ..set.clone()
        })
        .await;
    assert_eq!(engine.ok(&get).await.role_mappings, None);

    let undecided = RoleMapping {
        ambiguous_role_resolution: None,
        ..mapping.clone()
    };
    let without_rules = RoleMapping {
        r#type: RoleMappingType::Rules,
        ..mapping.clone()
    };
    let wrong = [
        mappings(USER_POOL.to_owned(), &mapping),
        mappings("id.example.com".to_owned(), &mapping),
        mappings(format!("{USER_POOL}:client1"), &undecided),
        mappings(format!("{USER_POOL}:client1"), &without_rules),
    ];
    for role_mappings in wrong {
        let request = SetIdentityPoolRolesInput {
            role_mappings,
            ..set.clone()
        };
        assert_eq!(engine.refused(&request).await.0, "InvalidParameterException");
    }
    for roles in [
        map([("authenticated", "not an arn, but long enough")]),
        map([("admin", "arn:aws:iam::123456789012:role/Admin")]),
    ] {
        let request = SetIdentityPoolRolesInput { roles, ..set.clone() };
        assert_eq!(engine.refused(&request).await.0, "InvalidParameterException");
    }
    let absent = "us-east-1:00000000-0000-4000-8000-000000000000".to_owned();
    let request = SetIdentityPoolRolesInput {
        identity_pool_id: absent.clone(),
        ..set
    };
    assert_eq!(engine.refused(&request).await.0, "ResourceNotFoundException");
    let request = GetIdentityPoolRolesInput {
        identity_pool_id: absent,
    };
    assert_eq!(engine.refused(&request).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn principal_tags_are_kept_for_each_provider() {
    let engine = TestEngine::new().await;
    let id = pool_of_client(&engine).await;
    let get = GetPrincipalTagAttributeMapInput {
        identity_pool_id: id.clone(),
        identity_provider_name: USER_POOL.to_owned(),
    };
    let none = engine.ok(&get).await;
    assert_eq!(
        (none.use_defaults, none.principal_tags),
        (Some(false), Some(BTreeMap::new()))
    );
    let set = SetPrincipalTagAttributeMapInput {
        identity_pool_id: id.clone(),
        identity_provider_name: USER_POOL.to_owned(),
        use_defaults: None,
        principal_tags: Some(map([("team", "custom:team")])),
    };
    let answered = engine.ok(&set).await;
    assert_eq!(answered.principal_tags, set.principal_tags);
    assert_eq!(engine.ok(&get).await.principal_tags, set.principal_tags);
    let defaults = SetPrincipalTagAttributeMapInput {
        use_defaults: Some(true),
        principal_tags: None,
        ..set.clone()
    };
    engine.ok(&defaults).await;
    let kept = engine.ok(&get).await;
    assert_eq!(kept.use_defaults, Some(true));
    assert_eq!(
        kept.principal_tags,
        Some(map([("client", "aud"), ("username", "sub")]))
    );

    let unknown = SetPrincipalTagAttributeMapInput {
        identity_provider_name: "id.example.com".to_owned(),
        ..set.clone()
    };
    assert_eq!(engine.refused(&unknown).await.0, "InvalidParameterException");
    let wrong_key = SetPrincipalTagAttributeMapInput {
        principal_tags: Some(map([("te;am", "custom:team")])),
        ..set.clone()
    };
    assert_eq!(engine.refused(&wrong_key).await.0, "InvalidParameterException");
    let absent = "us-east-1:00000000-0000-4000-8000-000000000000".to_owned();
    let request = SetPrincipalTagAttributeMapInput {
        identity_pool_id: absent.clone(),
        ..set
    };
    assert_eq!(engine.refused(&request).await.0, "ResourceNotFoundException");
    let request = GetPrincipalTagAttributeMapInput {
        identity_pool_id: absent,
        ..get
    };
    assert_eq!(engine.refused(&request).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn tags_are_added_listed_and_removed() {
    let engine = TestEngine::new().await;
    let id = engine.ok(&create("apps")).await.identity_pool_id;
    let arn = format!("arn:aws:cognito-identity:us-east-1:123456789012:identitypool/{id}");
    let tag = |tags: BTreeMap<String, String>| TagResourceInput {
        resource_arn: arn.clone(),
        tags,
    };
    engine.ok(&tag(map([("team", "a"), ("stage", "test")]))).await;
    engine.ok(&tag(map([("team", "b")]))).await;
    let untag = UntagResourceInput {
        resource_arn: arn.clone(),
        tag_keys: vec!["stage".to_owned(), "absent".to_owned()],
    };
    engine.ok(&untag).await;
    let list = ListTagsForResourceInput {
        resource_arn: arn.clone(),
    };
    assert_eq!(engine.ok(&list).await.tags, Some(map([("team", "b")])));
    assert_eq!(
        engine.ok(&describe(&id)).await.identity_pool_tags,
        Some(map([("team", "b")]))
    );

    assert_eq!(
        engine.refused(&tag(map([("AWS:x", "1")]))).await.0,
        "InvalidParameterException"
    );
    for (resource_arn, code) in [
        (
            "arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:0".to_owned(),
            "ResourceNotFoundException",
        ),
        (
            "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_absent111".to_owned(),
            "InvalidParameterException",
        ),
    ] {
        let list = ListTagsForResourceInput {
            resource_arn: resource_arn.clone(),
        };
        assert_eq!(engine.refused(&list).await.0, code);
        let add = TagResourceInput {
            resource_arn: resource_arn.clone(),
            tags: map([("a", "b")]),
        };
        assert_eq!(engine.refused(&add).await.0, code);
        let remove = UntagResourceInput {
            resource_arn,
            tag_keys: vec!["a".to_owned()],
        };
        assert_eq!(engine.refused(&remove).await.0, code);
    }
}

//! Terms documents of app clients.

use std::collections::BTreeMap;

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

const INVALID: &str = "InvalidParameterException";
const NOT_FOUND: &str = "ResourceNotFoundException";

fn links(pairs: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let pairs = pairs.iter();
    Some(
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn create(pool: &str, client: &str, name: &str) -> CreateTermsRequest {
    CreateTermsRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
        terms_name: name.to_owned(),
        terms_source: TermsSourceType::Link,
        enforcement: TermsEnforcementType::None,
        links: links(&[("cognito:default", "https://example.com/terms")]),
    }
}

fn by_client(pool: &str, client: &str, name: &str) -> DescribeTermsByClientRequest {
    DescribeTermsByClientRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
        terms_name: name.to_owned(),
    }
}

#[tokio::test]
async fn terms_are_created_renamed_and_deleted() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    let made = engine.ok(&create(&pool, &client, "terms-of-use")).await;
    let made = made.terms.unwrap();
    let describe = DescribeTermsRequest {
        terms_id: made.terms_id.clone(),
        user_pool_id: pool.clone(),
    };
    assert_eq!(engine.ok(&describe).await.terms.as_ref(), Some(&made));
    let found = engine.ok(&by_client(&pool, &client, "terms-of-use")).await;
    assert_eq!(found.terms.as_ref(), Some(&made));
    let exists = "TermsExistsException";
    assert_eq!(
        engine.refused(&create(&pool, &client, "terms-of-use")).await.0,
        exists
    );
    let other = engine.ok(&create(&pool, &client, "privacy-policy")).await;
    let rename = UpdateTermsRequest {
        terms_id: made.terms_id.clone(),
        user_pool_id: pool.clone(),
        terms_name: Some("privacy-policy".to_owned()),
        ..Default::default()
    };
    assert_eq!(engine.refused(&rename).await.0, exists);
    let delete = DeleteTermsRequest {
        terms_id: other.terms.unwrap().terms_id,
        user_pool_id: pool.clone(),
    };
    engine.ok(&delete).await;
    assert_eq!(engine.refused(&delete).await.0, NOT_FOUND);
    let changed = engine.ok(&rename).await.terms.unwrap();
    assert_eq!(changed.links, made.links, "what is missing stays");
    assert_eq!(
        engine.refused(&by_client(&pool, &client, "terms-of-use")).await.0,
        NOT_FOUND
    );
    engine.ok(&by_client(&pool, &client, "privacy-policy")).await;
    // They go with their app client.
    engine
        .ok(&DeleteUserPoolClientRequest {
            user_pool_id: pool.clone(),
            client_id: client,
        })
        .await;
    assert_eq!(engine.refused(&describe).await.0, NOT_FOUND);
    assert_eq!(engine.refused(&rename).await.0, NOT_FOUND);
}

#[tokio::test]
async fn what_terms_cannot_be_is_refused() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    for bad in [
        create(&pool, &client, "cookies"),
        CreateTermsRequest {
            links: links(&[("cognito:default", "javascript:alert(1)")]),
            ..create(&pool, &client, "terms-of-use")
        },
        CreateTermsRequest {
            links: links(&[("cognito:klingon", "https://example.com")]),
            ..create(&pool, &client, "terms-of-use")
        },
        CreateTermsRequest {
            terms_source: TermsSourceType::Unlisted("TEXT".to_owned()),
            ..create(&pool, &client, "terms-of-use")
        },
    ] {
        assert_eq!(engine.refused(&bad).await.0, INVALID);
    }
    let absent = create(&pool, "absent1absent1absent1absen", "terms-of-use");
    assert_eq!(engine.refused(&absent).await.0, NOT_FOUND);
}

#[tokio::test]
async fn terms_page_and_end_at_their_quota() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    for _ in 0..20 {
        let client = engine.client(&pool).await;
        for name in ["terms-of-use", "privacy-policy"] {
            engine.ok(&create(&pool, &client, name)).await;
        }
    }
    let client = engine.client(&pool).await;
    assert_eq!(
        engine.refused(&create(&pool, &client, "terms-of-use")).await.0,
        "LimitExceededException"
    );
    let mut ids = Vec::new();
    let mut next_token = None;
    loop {
        let page = engine
            .ok(&ListTermsRequest {
                user_pool_id: pool.clone(),
                max_results: Some(15),
                next_token,
            })
            .await;
        ids.extend(page.terms.into_iter().map(|terms| terms.terms_id));
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 40);
    assert!(ids.is_sorted());
}

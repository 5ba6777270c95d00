//! Tags of user pools.

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

#[tokio::test]
async fn tags_are_added_listed_and_removed() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    let arn = format!("arn:aws:cognito-idp:us-east-1:123456789012:userpool/{id}");
    let tag = |tags: &[(&str, &str)]| TagResourceRequest {
        resource_arn: arn.clone(),
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let list = ListTagsForResourceRequest {
        resource_arn: arn.clone(),
    };
    engine.ok(&tag(&[("team", "a"), ("stage", "test")])).await;
    engine.ok(&tag(&[("team", "b")])).await;
    let untag = UntagResourceRequest {
        resource_arn: arn.clone(),
        tag_keys: vec!["stage".to_owned(), "absent".to_owned()],
    };
    engine.ok(&untag).await;
    let kept = engine.ok(&list).await.tags.unwrap();
    assert_eq!(
        kept.into_iter().collect::<Vec<_>>(),
        [("team".to_owned(), "b".to_owned())]
    );
    let describe = DescribeUserPoolRequest { user_pool_id: id };
    let pool = engine.ok(&describe).await.user_pool.unwrap();
    assert_eq!(pool.user_pool_tags.unwrap()["team"], "b");

    assert_eq!(
        engine.refused(&tag(&[("aws:x", "1")])).await.0,
        "InvalidParameterException"
    );
    let many: Vec<String> = (0..50).map(|at| format!("k{at}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "v")).collect();
    assert_eq!(engine.refused(&tag(&many)).await.0, "InvalidParameterException");
    let absent = ListTagsForResourceRequest {
        resource_arn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_absent111".to_owned(),
    };
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
    let other = ListTagsForResourceRequest {
        resource_arn: "arn:aws:s3:us-east-1:123456789012:userpool/us-east-1_absent111".to_owned(),
    };
    assert_eq!(engine.refused(&other).await.0, "InvalidParameterException");
}

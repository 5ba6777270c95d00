//! Domains of user pools: of the service, and hosts of the customer's own.

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

const INVALID: &str = "InvalidParameterException";

fn prefix(pool: &str, domain: &str) -> CreateUserPoolDomainRequest {
    CreateUserPoolDomainRequest {
        user_pool_id: pool.to_owned(),
        domain: domain.to_owned(),
        ..Default::default()
    }
}

fn certificate(id: &str) -> Option<CustomDomainConfigType> {
    Some(CustomDomainConfigType {
        certificate_arn: format!("arn:aws:acm:us-east-1:123456789012:certificate/{id}"),
        security_policy: Some(SecurityPolicyType::TlsV122021),
    })
}

fn custom(pool: &str, domain: &str) -> CreateUserPoolDomainRequest {
    CreateUserPoolDomainRequest {
        custom_domain_config: certificate("one"),
        ..prefix(pool, domain)
    }
}

fn update(pool: &str, domain: &str) -> UpdateUserPoolDomainRequest {
    UpdateUserPoolDomainRequest {
        user_pool_id: pool.to_owned(),
        domain: domain.to_owned(),
        ..Default::default()
    }
}

fn delete(pool: &str, domain: &str) -> DeleteUserPoolDomainRequest {
    DeleteUserPoolDomainRequest {
        user_pool_id: pool.to_owned(),
        domain: domain.to_owned(),
    }
}

async fn described(engine: &TestEngine, domain: &str) -> DomainDescriptionType {
    let request = DescribeUserPoolDomainRequest {
        domain: domain.to_owned(),
    };
    engine.ok(&request).await.domain_description.unwrap()
}

#[tokio::test]
async fn a_prefix_and_a_host_stand_beside_each_other() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let made = engine.ok(&prefix(&pool, "people")).await;
    assert_eq!(made.managed_login_version, Some(1));
    assert_eq!(made.cloud_front_domain, None);
    let made = engine
        .ok(&CreateUserPoolDomainRequest {
            managed_login_version: Some(2),
            ..custom(&pool, "login.example.com")
        })
        .await;
    let alias = made.cloud_front_domain.unwrap();
    assert!(alias.ends_with(".cloudfront.net"), "{alias}");
    let shown = described(&engine, "login.example.com").await;
    assert_eq!(shown.status, Some(DomainStatusType::Active));
    assert_eq!(shown.user_pool_id.as_deref(), Some(pool.as_str()));
    assert_eq!(shown.cloud_front_distribution, Some(alias));
    assert_eq!(shown.custom_domain_config, certificate("one"));
    assert_eq!(shown.managed_login_version, Some(2));
    assert_eq!(described(&engine, "people").await.managed_login_version, Some(1));
    assert_eq!(
        described(&engine, "absent").await,
        DomainDescriptionType::default()
    );
    let request = DescribeUserPoolRequest {
        user_pool_id: pool.clone(),
    };
    let of_pool = engine.ok(&request).await.user_pool.unwrap();
    assert_eq!(of_pool.domain.as_deref(), Some("people"));
    assert_eq!(of_pool.custom_domain.as_deref(), Some("login.example.com"));
    let away = DeleteUserPoolRequest {
        user_pool_id: pool.clone(),
    };
    assert_eq!(
        engine.refused(&away).await,
        (
            INVALID.to_owned(),
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
                .to_owned()
        )
    );
    for domain in ["people", "login.example.com"] {
        engine.ok(&delete(&pool, domain)).await;
        assert_eq!(
            engine.refused(&delete(&pool, domain)).await,
            (
                INVALID.to_owned(),
                "No such domain or user pool exists.".to_owned()
            )
        );
    }
    engine.ok(&away).await;
}

#[tokio::test]
async fn a_host_leads_to_one_user_pool() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let other = engine.user_pool().await;
    engine.ok(&prefix(&pool, "people")).await;
    engine.ok(&custom(&pool, "login.example.com")).await;
    for (request, text) in [
        (
            prefix(&pool, "folk"),
            "User pool already has a domain configured.",
        ),
        (
            prefix(&other, "people"),
            "Domain already associated with another user pool.",
        ),
        (
            custom(&other, "login.example.com"),
            "One or more of the CNAMEs that you provided are already associated with a different resource.",
        ),
        (
            prefix(&other, "my-aws"),
            "Domain cannot contain reserved word: aws",
        ),
        (
            custom(&other, "example.com"),
            "Custom domain is not a valid subdomain",
        ),
        (
            prefix(&other, "auth.example.com"),
            "CustomDomainConfig is required for a domain of your own.",
        ),
    ] {
        assert_eq!(
            engine.refused(&request).await,
            (INVALID.to_owned(), text.to_owned())
        );
    }
    assert_eq!(
        engine.refused(&delete(&other, "people")).await.0,
        INVALID,
        "another pool's domain is none of its business"
    );
    assert_eq!(engine.refused(&update(&other, "people")).await.0, INVALID);
    assert_eq!(engine.refused(&prefix(&other, "-a")).await.0, INVALID);
    assert_eq!(
        engine.refused(&prefix("us-east-1_absent111", "x")).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn an_account_has_four_hosts_in_a_region() {
    let engine = TestEngine::new().await;
    for at in 0..5 {
        let pool = engine.user_pool().await;
        let request = custom(&pool, &format!("login{at}.example.com"));
        if at < 4 {
            engine.ok(&request).await;
        } else {
            assert_eq!(engine.refused(&request).await.0, "LimitExceededException");
        }
    }
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.ok(&prefix(&pool, "people")).await;
    engine.ok(&custom(&pool, "login.example.com")).await;
    let routing = Some(RoutingType {
        failover: Some(FailoverType {
            secondary_region: "eu-west-1".to_owned(),
            primary_route53_health_check_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        }),
    });
    let request = UpdateUserPoolDomainRequest {
        custom_domain_config: certificate("two"),
        routing: routing.clone(),
        ..update(&pool, "login.example.com")
    };
    let changed = engine.ok(&request).await;
    assert_eq!(changed.managed_login_version, Some(1));
    assert_eq!(changed.routing, routing);
    let request = UpdateUserPoolDomainRequest {
        managed_login_version: Some(2),
        ..update(&pool, "login.example.com")
    };
    engine.ok(&request).await;
    let shown = described(&engine, "login.example.com").await;
    assert_eq!(shown.custom_domain_config, certificate("two"));
    assert_eq!(shown.routing, routing);
    for bad in [
        UpdateUserPoolDomainRequest {
            managed_login_version: Some(3),
            ..update(&pool, "people")
        },
        UpdateUserPoolDomainRequest {
            custom_domain_config: certificate("two"),
            ..update(&pool, "people")
        },
        UpdateUserPoolDomainRequest {
            routing,
            ..update(&pool, "people")
        },
    ] {
        assert_eq!(engine.refused(&bad).await.0, INVALID);
    }
}

#[tokio::test]
async fn managed_login_needs_its_plan() {
    let engine = TestEngine::new().await;
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            user_pool_tier: Some(UserPoolTierType::Lite),
            ..Default::default()
        })
        .await;
    let request = CreateUserPoolDomainRequest {
        managed_login_version: Some(2),
        ..prefix(&pool, "people")
    };
    assert_eq!(
        engine.refused(&request).await.0,
        "FeatureUnavailableInTierException"
    );
    engine.ok(&prefix(&pool, "people")).await;
    let to = |tier| UpdateUserPoolRequest {
        user_pool_id: pool.clone(),
        user_pool_tier: Some(tier),
        ..Default::default()
    };
    engine.ok(&to(UserPoolTierType::Essentials)).await;
    engine
        .ok(&UpdateUserPoolDomainRequest {
            managed_login_version: Some(2),
            ..update(&pool, "people")
        })
        .await;
    let (code, text) = engine.refused(&to(UserPoolTierType::Lite)).await;
    assert_eq!(code, "TierChangeNotAllowedException");
    assert!(text.ends_with("Managed Login"), "{text}");
}

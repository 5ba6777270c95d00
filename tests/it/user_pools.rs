//! User pools: defaults, updates that reset, schema, MFA configuration, deletion.

use poolhouse::store::records::imports::{self, ImportJob};
use poolhouse::wire::idp::*;

use crate::support::TestEngine;

async fn described(engine: &TestEngine, id: &str) -> UserPoolType {
    let request = DescribeUserPoolRequest {
        user_pool_id: id.to_owned(),
    };
    engine.ok(&request).await.user_pool.unwrap()
}

fn update(id: &str) -> UpdateUserPoolRequest {
    UpdateUserPoolRequest {
        user_pool_id: id.to_owned(),
        ..Default::default()
    }
}

async fn delete(engine: &TestEngine, id: &str) -> Result<(), (String, String)> {
    let request = DeleteUserPoolRequest {
        user_pool_id: id.to_owned(),
    };
    match engine.call(&request).await {
        Ok(_) => Ok(()),
        Err(poolhouse::driver::CallError::Fault(fault)) => Err((fault.code, fault.message)),
        Err(other) => panic!("{other}"),
    }
}

fn sms() -> SmsConfigurationType {
    SmsConfigurationType {
        sns_caller_arn: Some("arn:aws:iam::123456789012:role/sms".to_owned()),
        ..Default::default()
    }
}

/// Puts an import job of a pool into the store as it is while it runs.
async fn import_is(engine: &TestEngine, id: &str, status: UserImportJobStatusType) {
    let job = ImportJob {
        user_pool_id: id.to_owned(),
        id: "import-1".to_owned(),
        status,
        ..Default::default()
    };
    engine
        .store
        .transact("test", move |tx| imports::put(tx, &job))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_new_pool_has_the_documented_defaults() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    assert!(id.starts_with("us-east-1_"), "{id}");
    let pool = described(&engine, &id).await;
    assert_eq!(pool.name.as_deref(), Some("people"));
    assert_eq!(
        pool.arn.unwrap(),
        format!("arn:aws:cognito-idp:us-east-1:123456789012:userpool/{id}")
    );
    let policies = pool.policies.unwrap();
    let policy = policies.password_policy.unwrap();
    assert_eq!(policy.minimum_length, Some(8));
    assert_eq!(policy.require_symbols, Some(true));
    assert_eq!(policy.temporary_password_validity_days, Some(7));
    assert_eq!(
        policies.sign_in_policy.unwrap().allowed_first_auth_factors,
        Some(vec![AuthFactorType::Password])
    );
    assert_eq!(pool.deletion_protection, Some(DeletionProtectionType::Inactive));
    assert_eq!(pool.mfa_configuration, Some(UserPoolMfaType::Off));
    assert_eq!(pool.user_pool_tier, Some(UserPoolTierType::Essentials));
    assert!(pool.username_configuration.unwrap().case_sensitive);
    let admin = pool.admin_create_user_config.unwrap();
    assert_eq!(admin.allow_admin_create_user_only, Some(false));
    assert_eq!(admin.unused_account_validity_days, Some(7));
    assert_eq!(pool.estimated_number_of_users, Some(0));
    assert_eq!(pool.schema_attributes.unwrap().len(), 20);
    assert_eq!(
        pool.acr_configuration.unwrap()["Level2"].acr_value,
        "urn:cognito:loa:2"
    );
    assert_eq!(pool.alias_attributes, None);
    assert_eq!(pool.creation_date, pool.last_modified_date);
}

#[tokio::test]
async fn what_a_pool_is_created_with_comes_back() {
    let engine = TestEngine::new().await;
    let id = engine
        .user_pool_with(CreateUserPoolRequest {
            policies: Some(UserPoolPolicyType {
                password_policy: Some(PasswordPolicyType {
                    minimum_length: Some(12),
                    require_numbers: Some(true),
                    ..Default::default()
                }),
                sign_in_policy: None,
            }),
            username_attributes: Some(vec![UsernameAttributeType::Email]),
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            username_configuration: Some(UsernameConfigurationType {
                case_sensitive: false,
            }),
            user_pool_tags: Some([("team".to_owned(), "a".to_owned())].into()),
            admin_create_user_config: Some(AdminCreateUserConfigType {
                allow_admin_create_user_only: Some(true),
                ..Default::default()
            }),
            schema: Some(vec![
                SchemaAttributeType {
                    name: Some("email".to_owned()),
                    required: Some(true),
                    ..Default::default()
                },
                SchemaAttributeType {
                    name: Some("tier".to_owned()),
                    attribute_data_type: Some(AttributeDataType::Number),
                    mutable: Some(false),
                    number_attribute_constraints: Some(NumberAttributeConstraintsType {
                        min_value: Some("1".to_owned()),
                        max_value: Some("9".to_owned()),
                    }),
                    ..Default::default()
                },
            ]),
            ..Default::default()
        })
        .await;
    let pool = described(&engine, &id).await;
    let policy = pool.policies.unwrap().password_policy.unwrap();
    // Of a policy that is given, what it does not name is off.
    assert_eq!(
        (policy.minimum_length, policy.require_symbols),
        (Some(12), Some(false))
    );
    assert_eq!(pool.username_attributes, Some(vec![UsernameAttributeType::Email]));
    assert!(!pool.username_configuration.unwrap().case_sensitive);
    assert_eq!(pool.user_pool_tags.unwrap()["team"], "a");
    let schema = pool.schema_attributes.unwrap();
    let of = |name: &str| schema.iter().find(|it| it.name.as_deref() == Some(name)).unwrap();
    assert_eq!(of("email").required, Some(true));
    assert_eq!(of("custom:tier").mutable, Some(false));
    assert_eq!(
        of("custom:tier")
            .number_attribute_constraints
            .clone()
            .unwrap()
            .max_value
            .as_deref(),
        Some("9")
    );
}

#[tokio::test]
async fn contradictions_are_refused_at_creation() {
    let engine = TestEngine::new().await;
    let named = CreateUserPoolRequest {
        pool_name: "people".to_owned(),
        ..Default::default()
    };
    let factors = |list: Vec<AuthFactorType>| {
        Some(UserPoolPolicyType {
            sign_in_policy: Some(SignInPolicyType {
                allowed_first_auth_factors: Some(list),
            }),
            ..Default::default()
        })
    };
    let invalid = "InvalidParameterException";
    let cases = [
        (
            CreateUserPoolRequest {
                alias_attributes: Some(vec![AliasAttributeType::Email]),
                username_attributes: Some(vec![UsernameAttributeType::Email]),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                mfa_configuration: Some(UserPoolMfaType::Optional),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                policies: factors(vec![AuthFactorType::EmailOtp]),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                policies: factors(vec![AuthFactorType::Password, AuthFactorType::EmailOtp]),
                user_pool_tier: Some(UserPoolTierType::Lite),
                ..named.clone()
            },
            "FeatureUnavailableInTierException",
        ),
        (
            CreateUserPoolRequest {
                user_pool_tags: Some([("aws:x".to_owned(), "1".to_owned())].into()),
                ..named.clone()
            },
            "UserPoolTaggingException",
        ),
        (
            CreateUserPoolRequest {
                user_attribute_update_settings: Some(UserAttributeUpdateSettingsType {
                    attributes_require_verification_before_update: Some(vec![VerifiedAttributeType::Email]),
                }),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                schema: Some(vec![SchemaAttributeType {
                    name: Some("tier".to_owned()),
                    required: Some(true),
                    ..Default::default()
                }]),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                email_configuration: Some(EmailConfigurationType {
                    email_sending_account: Some(EmailSendingAccountType::Developer),
                    ..Default::default()
                }),
                ..named.clone()
            },
            invalid,
        ),
        (
            CreateUserPoolRequest {
                account_recovery_setting: Some(AccountRecoverySettingType {
                    recovery_mechanisms: Some(vec![
                        RecoveryOptionType {
                            priority: 1,
                            name: RecoveryOptionNameType::AdminOnly,
                        },
                        RecoveryOptionType {
                            priority: 2,
                            name: RecoveryOptionNameType::VerifiedEmail,
                        },
                    ]),
                }),
                ..named.clone()
            },
            invalid,
        ),
        (CreateUserPoolRequest::default(), invalid),
    ];
    for (request, code) in cases {
        assert_eq!(engine.refused(&request).await.0, code, "{request:?}");
    }
    let list = ListUserPoolsRequest {
        max_results: 60,
        ..Default::default()
    };
    assert!(engine.ok(&list).await.user_pools.unwrap().is_empty());
}

#[tokio::test]
async fn an_update_resets_what_it_does_not_name() {
    let engine = TestEngine::new().await;
    let id = engine
        .user_pool_with(CreateUserPoolRequest {
            deletion_protection: Some(DeletionProtectionType::Active),
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            alias_attributes: Some(vec![AliasAttributeType::Email]),
            user_pool_tags: Some([("team".to_owned(), "a".to_owned())].into()),
            dcr_configuration: Some(DcrConfigurationType::default()),
            admin_create_user_config: Some(AdminCreateUserConfigType {
                allow_admin_create_user_only: Some(true),
                ..Default::default()
            }),
            ..Default::default()
        })
        .await;
    engine.clock.advance_secs(5);
    engine
        .ok(&UpdateUserPoolRequest {
            auto_verified_attributes: Some(vec![VerifiedAttributeType::PhoneNumber]),
            ..update(&id)
        })
        .await;
    let pool = described(&engine, &id).await;
    assert_eq!(
        pool.auto_verified_attributes,
        Some(vec![VerifiedAttributeType::PhoneNumber])
    );
    assert_eq!(pool.deletion_protection, Some(DeletionProtectionType::Inactive));
    assert_eq!(
        pool.admin_create_user_config
            .unwrap()
            .allow_admin_create_user_only,
        Some(false)
    );
    assert_eq!(pool.user_pool_tags, Some(Default::default()));
    // What can never change, and what is kept when it is not named.
    assert_eq!(pool.alias_attributes, Some(vec![AliasAttributeType::Email]));
    assert_eq!(pool.name.as_deref(), Some("people"));
    assert_eq!(
        pool.dcr_configuration.unwrap().enable_status,
        Some(StatusType::Enabled)
    );
    assert_ne!(pool.creation_date, pool.last_modified_date);
    engine
        .ok(&UpdateUserPoolRequest {
            pool_name: Some("others".to_owned()),
            ..update(&id)
        })
        .await;
    assert_eq!(described(&engine, &id).await.name.as_deref(), Some("others"));
    assert_eq!(
        engine.refused(&update("us-east-1_nothing11")).await,
        (
            "ResourceNotFoundException".to_owned(),
            "User pool us-east-1_nothing11 does not exist.".to_owned()
        )
    );
}

#[tokio::test]
async fn a_protected_pool_is_not_deleted_and_a_deleted_one_is_gone() {
    let engine = TestEngine::new().await;
    let id = engine
        .user_pool_with(CreateUserPoolRequest {
            deletion_protection: Some(DeletionProtectionType::Active),
            ..Default::default()
        })
        .await;
    let client = engine.client(&id).await;
    engine.user(&id, "maria", &[]).await;
    assert_eq!(described(&engine, &id).await.estimated_number_of_users, Some(1));
    assert_eq!(
        delete(&engine, &id).await.unwrap_err().0,
        "InvalidParameterException"
    );
    engine.ok(&update(&id)).await;
    delete(&engine, &id).await.unwrap();
    assert_eq!(
        delete(&engine, &id).await.unwrap_err().0,
        "ResourceNotFoundException"
    );
    let request = DescribeUserPoolClientRequest {
        user_pool_id: id.clone(),
        client_id: client,
    };
    assert_eq!(engine.refused(&request).await.0, "ResourceNotFoundException");
    assert!(engine.engine().reap().await.unwrap() > 0);
    assert_eq!(engine.engine().reap().await.unwrap(), 0);
}

#[tokio::test]
async fn a_running_import_holds_schema_and_settings() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    let busy = "UserImportInProgressException";
    for status in [
        UserImportJobStatusType::Pending,
        UserImportJobStatusType::InProgress,
        UserImportJobStatusType::Stopping,
    ] {
        import_is(&engine, &id, status).await;
        assert_eq!(engine.refused(&update(&id)).await.0, busy);
        assert_eq!(delete(&engine, &id).await.unwrap_err().0, busy);
        let add = AddCustomAttributesRequest {
            user_pool_id: id.clone(),
            custom_attributes: vec![SchemaAttributeType {
                name: Some("tier".to_owned()),
                ..Default::default()
            }],
        };
        assert_eq!(engine.refused(&add).await.0, busy);
    }
}

#[tokio::test]
async fn pools_are_listed_by_region_and_page() {
    let engine = TestEngine::new().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(engine.user_pool().await);
    }
    made.sort();
    let page = |next_token: Option<String>| ListUserPoolsRequest {
        max_results: 2,
        next_token,
    };
    let first = engine.ok(&page(None)).await;
    let second = engine.ok(&page(first.next_token.clone())).await;
    assert_eq!(second.next_token, None);
    let seen: Vec<String> = first
        .user_pools
        .into_iter()
        .chain(second.user_pools)
        .flatten()
        .filter_map(|pool| pool.id)
        .collect();
    assert_eq!(seen, made);
    let refused = engine.refused(&page(Some("nonsense".to_owned()))).await;
    assert_eq!(refused.0, "InvalidParameterException");
    engine.clock.advance_secs(3601);
    assert_eq!(
        engine.refused(&page(first.next_token)).await.1,
        "The pagination token has expired."
    );
}

#[tokio::test]
async fn custom_attributes_are_added_once_and_for_all() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    let add = |names: &[&str]| AddCustomAttributesRequest {
        user_pool_id: id.clone(),
        custom_attributes: names
            .iter()
            .map(|name| SchemaAttributeType {
                name: Some((*name).to_owned()),
                attribute_data_type: Some(AttributeDataType::String),
                ..Default::default()
            })
            .collect(),
    };
    engine.ok(&add(&["tier", "plan"])).await;
    let schema = described(&engine, &id).await.schema_attributes.unwrap();
    assert_eq!(schema.len(), 22);
    assert!(schema.iter().any(|it| it.name.as_deref() == Some("custom:plan")));
    assert_eq!(
        engine.refused(&add(&["tier"])).await.0,
        "InvalidParameterException"
    );
    let long = "x".repeat(21);
    assert_eq!(
        engine.refused(&add(&[&long])).await.0,
        "InvalidParameterException"
    );
    for round in 0..2 {
        let names: Vec<String> = (0..24).map(|at| format!("a{round}x{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        engine.ok(&add(&names)).await;
    }
    assert_eq!(
        engine.refused(&add(&["more"])).await.0,
        "InvalidParameterException"
    );
}

#[tokio::test]
async fn mfa_is_configured_by_its_own_operation() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    let set = SetUserPoolMfaConfigRequest {
        user_pool_id: id.clone(),
        ..Default::default()
    };
    let get = GetUserPoolMfaConfigRequest {
        user_pool_id: id.clone(),
    };
    assert_eq!(
        engine.ok(&get).await.mfa_configuration,
        Some(UserPoolMfaType::Off)
    );
    let without = SetUserPoolMfaConfigRequest {
        mfa_configuration: Some(UserPoolMfaType::On),
        ..set.clone()
    };
    assert_eq!(engine.refused(&without).await.0, "InvalidParameterException");
    let totp = SetUserPoolMfaConfigRequest {
        mfa_configuration: Some(UserPoolMfaType::Optional),
        software_token_mfa_configuration: Some(SoftwareTokenMfaConfigType { enabled: Some(true) }),
        ..set.clone()
    };
    engine.ok(&totp).await;
    let kept = engine.ok(&get).await;
    assert_eq!(kept.mfa_configuration, Some(UserPoolMfaType::Optional));
    assert_eq!(
        kept.software_token_mfa_configuration,
        Some(SoftwareTokenMfaConfigType { enabled: Some(true) })
    );
    assert_eq!(
        described(&engine, &id).await.mfa_configuration,
        Some(UserPoolMfaType::Optional)
    );
    let contradiction = SetUserPoolMfaConfigRequest {
        mfa_configuration: Some(UserPoolMfaType::Off),
        ..totp.clone()
    };
    assert_eq!(
        engine.refused(&contradiction).await.0,
        "InvalidParameterException"
    );
    let with_sms = SetUserPoolMfaConfigRequest {
        sms_mfa_configuration: Some(SmsMfaConfigType {
            sms_configuration: Some(sms()),
            ..Default::default()
        }),
        ..set.clone()
    };
    engine.ok(&with_sms).await;
    assert_eq!(described(&engine, &id).await.sms_configuration, Some(sms()));
    let kept = engine.ok(&get).await;
    assert!(
        kept.software_token_mfa_configuration.is_some(),
        "what is not named stays"
    );
    // An update of the pool cannot take TOTP away.
    engine
        .ok(&UpdateUserPoolRequest {
            mfa_configuration: Some(UserPoolMfaType::On),
            ..update(&id)
        })
        .await;
    let kept = engine.ok(&get).await;
    assert_eq!(kept.mfa_configuration, Some(UserPoolMfaType::On));
    assert!(kept.software_token_mfa_configuration.is_some());
}

#[tokio::test]
async fn a_pool_outlives_its_engine() {
    let engine = TestEngine::new().await;
    let id = engine.user_pool().await;
    let before = described(&engine, &id).await;
    let engine = engine.reopen().await;
    assert_eq!(described(&engine, &id).await, before);
}

#[tokio::test]
async fn sender_of_a_pool_is_an_address() {
    let engine = TestEngine::new().await;
    let with = |from: &str, reply_to: Option<&str>| CreateUserPoolRequest {
        pool_name: "people".to_owned(),
        email_configuration: Some(EmailConfigurationType {
            from: Some(from.to_owned()),
            reply_to_email_address: reply_to.map(str::to_owned),
            ..Default::default()
        }),
        ..Default::default()
    };
    for bad in ["not an address", "a@example.com\r\nBcc: b@example.com"] {
        assert_eq!(
            engine.refused(&with(bad, None)).await.0,
            "InvalidParameterException",
            "{bad}"
        );
        assert_eq!(
            engine.refused(&with("a@example.com", Some(bad))).await.0,
            "InvalidParameterException",
            "{bad}"
        );
    }
    engine
        .ok(&with("The Club <hello@club.example>", Some("help@club.example")))
        .await;
}

#[tokio::test]
async fn days_of_a_temporary_password_come_back_by_both_names_and_may_be_sent_so() {
    let engine = TestEngine::new().await;
    let admin = |days: i32| {
        Some(AdminCreateUserConfigType {
            unused_account_validity_days: Some(days),
            ..Default::default()
        })
    };
    let policies = |days: i32| {
        Some(UserPoolPolicyType {
            password_policy: Some(PasswordPolicyType {
                temporary_password_validity_days: Some(days),
                ..Default::default()
            }),
            ..Default::default()
        })
    };
    for (admin_given, policies_given, days) in [
        (None, None, 7),
        (admin(30), None, 30),
        (None, policies(14), 14),
        (admin(9), policies(9), 9),
    ] {
        let id = engine
            .user_pool_with(CreateUserPoolRequest {
                admin_create_user_config: admin_given,
                policies: policies_given,
                ..Default::default()
            })
            .await;
        let pool = described(&engine, &id).await;
        let of_admin = pool.admin_create_user_config.clone().unwrap();
        assert_eq!(of_admin.unused_account_validity_days, Some(days));
        let of_policy = pool.policies.clone().unwrap().password_policy.unwrap();
        assert_eq!(of_policy.temporary_password_validity_days, Some(days));
        engine
            .ok(&UpdateUserPoolRequest {
                admin_create_user_config: pool.admin_create_user_config,
                policies: pool.policies,
                ..update(&id)
            })
            .await;
    }
    let id = engine.user_pool_with(CreateUserPoolRequest::default()).await;
    let two = UpdateUserPoolRequest {
        admin_create_user_config: admin(9),
        policies: policies(10),
        ..update(&id)
    };
    assert_eq!(engine.refused(&two).await.0, "InvalidParameterException");
}

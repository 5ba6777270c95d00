//! Feature plans: what each plan allows, and what keeps a user pool from a lower one.

use poolhouse::wire::idp::*;

use crate::support::TestEngine;

const UNAVAILABLE: &str = "FeatureUnavailableInTierException";
const NOT_ALLOWED: &str = "TierChangeNotAllowedException";

/// The sender that e-mail as a second factor needs.
fn own_sender() -> EmailConfigurationType {
    EmailConfigurationType {
        email_sending_account: Some(EmailSendingAccountType::Developer),
        source_arn: Some("arn:aws:ses:us-east-1:123456789012:identity/example.com".to_owned()),
        ..Default::default()
    }
}

fn to(pool: &str, tier: UserPoolTierType) -> UpdateUserPoolRequest {
    UpdateUserPoolRequest {
        user_pool_id: pool.to_owned(),
        user_pool_tier: Some(tier),
        email_configuration: Some(own_sender()),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_feature_above_the_plan_is_refused_by_name() {
    let engine = TestEngine::new().await;
    let request = CreateUserPoolRequest {
        pool_name: "people".to_owned(),
        user_pool_tier: Some(UserPoolTierType::Essentials),
        user_pool_add_ons: Some(UserPoolAddOnsType {
            advanced_security_mode: AdvancedSecurityModeType::Enforced,
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        engine.refused(&request).await,
        (
            UNAVAILABLE.to_owned(),
            "The following features need to be disabled for the ESSENTIALS pricing tier configured: \
             Threat Protection"
                .to_owned()
        )
    );
    let lite = |request: CreateUserPoolRequest| CreateUserPoolRequest {
        pool_name: "people".to_owned(),
        user_pool_tier: Some(UserPoolTierType::Lite),
        ..request
    };
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    for request in [
        CreateUserPoolRequest {
            lambda_config: Some(LambdaConfigType {
                pre_token_generation_config: Some(PreTokenGenerationVersionConfigType {
                    lambda_version: PreTokenGenerationLambdaVersionType::V20,
                    lambda_arn: arn.to_owned(),
                }),
                ..Default::default()
            }),
            ..Default::default()
        },
        CreateUserPoolRequest {
            dcr_configuration: Some(DcrConfigurationType::default()),
            ..Default::default()
        },
        CreateUserPoolRequest {
            key_configuration: Some(KeyConfigurationType {
                key_type: Some(EncryptionKeyType::CustomerManagedKey),
                kms_key_arn: Some("arn:aws:kms:us-east-1:123456789012:key/mrk-1".to_owned()),
            }),
            ..Default::default()
        },
    ] {
        assert_eq!(engine.refused(&lite(request)).await.0, UNAVAILABLE);
    }
    // The first version of the trigger is everybody's.
    engine
        .ok(&lite(CreateUserPoolRequest {
            lambda_config: Some(LambdaConfigType {
                pre_token_generation: Some(arn.to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        }))
        .await;
}

#[tokio::test]
async fn a_lower_plan_waits_until_its_features_are_off() {
    let engine = TestEngine::new().await;
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            dcr_configuration: Some(DcrConfigurationType::default()),
            email_configuration: Some(own_sender()),
            ..Default::default()
        })
        .await;
    let set = SetUserPoolMfaConfigRequest {
        user_pool_id: pool.clone(),
        email_mfa_configuration: Some(EmailMfaConfigType::default()),
        mfa_configuration: Some(UserPoolMfaType::Optional),
        ..Default::default()
    };
    engine.ok(&set).await;
    let lite = to(&pool, UserPoolTierType::Lite);
    assert_eq!(
        engine.refused(&lite).await.0,
        UNAVAILABLE,
        "registration is kept by an update and must be switched off"
    );
    let lite = UpdateUserPoolRequest {
        dcr_configuration: Some(DcrConfigurationType {
            enable_status: Some(StatusType::Disabled),
            ..Default::default()
        }),
        ..lite
    };
    let (code, message) = engine.refused(&lite).await;
    assert_eq!(code, NOT_ALLOWED);
    assert!(message.ends_with("configured: Email MFA"), "{message}");
    engine
        .ok(&SetUserPoolMfaConfigRequest {
            user_pool_id: pool.clone(),
            mfa_configuration: Some(UserPoolMfaType::Off),
            ..Default::default()
        })
        .await;
    engine.ok(&lite).await;
    assert_eq!(engine.refused(&set).await.0, UNAVAILABLE);
    engine.ok(&to(&pool, UserPoolTierType::Plus)).await;
    engine.ok(&set).await;
}

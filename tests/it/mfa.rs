//! Second factors: what a pool offers, what a user switches on, authenticator apps.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use poolhouse::base::clock::{Clock, UnixMillis};
use poolhouse::base::secret::Secret;
use poolhouse::wire::idp::{self, AuthFlowType, UserPoolMfaType};

use crate::support::{TestEngine, attributes_of};

pub const PASSWORD: &str = "Correct-Horse-9";
const INVALID: &str = "InvalidParameterException";

/// A pool with a client and what its users sign in with, made by the operations themselves.
pub struct Factors {
    pub engine: TestEngine,
    pub pool: String,
    pub client: String,
}

pub fn sms() -> idp::SmsConfigurationType {
    idp::SmsConfigurationType {
        sns_caller_arn: Some("arn:aws:iam::123456789012:role/sms".to_owned()),
        ..Default::default()
    }
}

/// A pool request whose e-mail leaves by a sender of its own.
pub fn own_sender() -> idp::CreateUserPoolRequest {
    idp::CreateUserPoolRequest {
        email_configuration: Some(idp::EmailConfigurationType {
            email_sending_account: Some(idp::EmailSendingAccountType::Developer),
            source_arn: Some("arn:aws:ses:us-east-1:123456789012:identity/example.com".to_owned()),
            ..Default::default()
        }),
        auto_verified_attributes: Some(vec!["email".into()]),
        ..Default::default()
    }
}

impl Factors {
    /// Makes a pool that offers `factors` in this mode.
    pub async fn new(mode: UserPoolMfaType, factors: &[&str]) -> Self {
        Self::with(own_sender(), mode, factors, &[]).await
    }

    pub async fn with(
        pool: idp::CreateUserPoolRequest,
        mode: UserPoolMfaType,
        factors: &[&str],
        flows: &[&str],
    ) -> Self {
        let engine = TestEngine::new().await;
        let pool = engine.user_pool_with(pool).await;
        let mut all: Vec<idp::ExplicitAuthFlowsType> = vec![
            "ALLOW_USER_PASSWORD_AUTH".into(),
            "ALLOW_REFRESH_TOKEN_AUTH".into(),
        ];
        all.extend(flows.iter().map(|flow| (*flow).into()));
        let client = engine
            .client_with(idp::CreateUserPoolClientRequest {
                user_pool_id: pool.clone(),
                explicit_auth_flows: Some(all),
                ..Default::default()
            })
            .await;
        let made = Self { engine, pool, client };
        if mode != UserPoolMfaType::Off {
            made.configure(mode, factors).await;
        }
        made
    }

    pub async fn configure(&self, mode: UserPoolMfaType, factors: &[&str]) {
        self.engine.ok(&self.configuration(mode, factors)).await;
    }

    pub fn configuration(&self, mode: UserPoolMfaType, factors: &[&str]) -> idp::SetUserPoolMfaConfigRequest {
        idp::SetUserPoolMfaConfigRequest {
            user_pool_id: self.pool.clone(),
            mfa_configuration: Some(mode),
            sms_mfa_configuration: factors.contains(&"SMS_MFA").then(|| idp::SmsMfaConfigType {
                sms_configuration: Some(sms()),
                ..Default::default()
            }),
            software_token_mfa_configuration: factors
                .contains(&"SOFTWARE_TOKEN_MFA")
                .then_some(idp::SoftwareTokenMfaConfigType { enabled: Some(true) }),
            email_mfa_configuration: factors
                .contains(&"EMAIL_OTP")
                .then(idp::EmailMfaConfigType::default),
            ..Default::default()
        }
    }

    /// Adds a confirmed user with [`PASSWORD`].
    pub async fn user(&self, username: &str, attributes: &[(&str, &str)]) -> String {
        let sub = self.engine.user(&self.pool, username, attributes).await;
        self.set_password(username, true).await;
        sub
    }

    /// Gives a user [`PASSWORD`], to keep or to change at the next sign-in.
    pub async fn set_password(&self, username: &str, permanent: bool) {
        self.engine
            .ok(&idp::AdminSetUserPasswordRequest {
                user_pool_id: self.pool.clone(),
                username: username.to_owned(),
                password: PASSWORD.into(),
                permanent: Some(permanent),
            })
            .await;
    }

    pub fn by_password(&self, username: &str, password: &str) -> idp::InitiateAuthRequest {
        idp::InitiateAuthRequest {
            auth_flow: AuthFlowType::UserPasswordAuth,
            client_id: self.client.clone(),
            auth_parameters: Some(BTreeMap::from([
                ("USERNAME".to_owned(), username.into()),
                ("PASSWORD".to_owned(), password.into()),
            ])),
            ..Default::default()
        }
    }

    /// Signs in where the password is enough.
    pub async fn access_token(&self, username: &str) -> Secret {
        let answer = self.engine.ok(&self.by_password(username, PASSWORD)).await;
        answer.authentication_result.unwrap().access_token.unwrap()
    }

    pub fn now(&self) -> UnixMillis {
        self.engine.clock.now()
    }

    pub async fn associate(&self, access_token: &Secret) -> Secret {
        let answer = self
            .engine
            .ok(&idp::AssociateSoftwareTokenRequest {
                access_token: Some(access_token.clone()),
                session: None,
            })
            .await;
        answer.secret_code.unwrap()
    }

    pub fn verify(&self, access_token: &Secret, code: &str) -> idp::VerifySoftwareTokenRequest {
        idp::VerifySoftwareTokenRequest {
            access_token: Some(access_token.clone()),
            user_code: code.into(),
            friendly_device_name: Some("my phone".to_owned()),
            ..Default::default()
        }
    }

    /// Registers an authenticator and switches it on; returns its secret.
    pub async fn authenticator(&self, access_token: &Secret) -> Secret {
        let secret = self.associate(access_token).await;
        let code = totp(&secret, self.now());
        self.engine.ok(&self.verify(access_token, &code)).await;
        secret
    }

    pub fn admin_preference(&self, username: &str) -> idp::AdminSetUserMFAPreferenceRequest {
        idp::AdminSetUserMFAPreferenceRequest {
            user_pool_id: self.pool.clone(),
            username: username.to_owned(),
            ..Default::default()
        }
    }

    pub async fn get(&self, username: &str) -> idp::AdminGetUserResponse {
        self.engine
            .ok(&idp::AdminGetUserRequest {
                user_pool_id: self.pool.clone(),
                username: username.to_owned(),
            })
            .await
    }

    async fn settings(&self, username: &str) -> (Vec<String>, Option<String>) {
        let user = self.get(username).await;
        (
            user.user_mfa_setting_list.unwrap_or_default(),
            user.preferred_mfa_setting,
        )
    }
}

/// The code that an authenticator app shows, written without the engine's own code.
pub fn totp(secret: &Secret, now: UnixMillis) -> String {
    let mut bits = String::new();
    for c in secret.expose().chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = (0..bits.len() / 8)
        .map(|at| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap())
        .collect();
    let counter = (now.0 / 30_000).to_be_bytes();
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key),
        &counter,
    );
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let word = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", word % 1_000_000)
}

fn on() -> Option<idp::SMSMfaSettingsType> {
    Some(idp::SMSMfaSettingsType {
        enabled: Some(true),
        preferred_mfa: None,
    })
}

fn token_on(preferred: bool) -> Option<idp::SoftwareTokenMfaSettingsType> {
    Some(idp::SoftwareTokenMfaSettingsType {
        enabled: Some(true),
        preferred_mfa: Some(preferred),
    })
}

const PHONE: (&str, &str) = ("phone_number", "+15555550100");
const EMAIL: (&str, &str) = ("email", "maria@example.com");

#[tokio::test]
async fn configuration_keeps_to_its_rules() {
    let made = Factors::new(UserPoolMfaType::Off, &[]).await;
    let engine = &made.engine;
    let refused = async |request: idp::SetUserPoolMfaConfigRequest, word: &str| {
        let (code, message) = engine.refused(&request).await;
        assert_eq!(code, INVALID, "{message}");
        assert!(message.contains(word), "{message}");
    };
    refused(made.configuration(UserPoolMfaType::On, &[]), "can't disable all").await;
    refused(
        made.configuration(UserPoolMfaType::Off, &["SOFTWARE_TOKEN_MFA"]),
        "can't turn off",
    )
    .await;
    let bare_sms = idp::SetUserPoolMfaConfigRequest {
        sms_mfa_configuration: Some(idp::SmsMfaConfigType::default()),
        ..made.configuration(UserPoolMfaType::Optional, &[])
    };
    refused(bare_sms, "SMS configuration is required").await;
    let all = ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"];
    made.configure(UserPoolMfaType::Optional, &all).await;
    // Off takes all but SMS, which stays once it was set up.
    made.configure(UserPoolMfaType::Off, &[]).await;
    let kept = engine
        .ok(&idp::GetUserPoolMfaConfigRequest {
            user_pool_id: made.pool.clone(),
        })
        .await;
    assert!(kept.sms_mfa_configuration.is_some());
    assert!(kept.software_token_mfa_configuration.is_none() && kept.email_mfa_configuration.is_none());

    let default_sender = engine.user_pool().await;
    let by_email = idp::SetUserPoolMfaConfigRequest {
        user_pool_id: default_sender,
        ..made.configuration(UserPoolMfaType::Optional, &["EMAIL_OTP"])
    };
    refused(by_email, "DEVELOPER").await;

    let recovers_by_email = engine
        .user_pool_with(idp::CreateUserPoolRequest {
            account_recovery_setting: Some(idp::AccountRecoverySettingType {
                recovery_mechanisms: Some(vec![idp::RecoveryOptionType {
                    priority: 1,
                    name: idp::RecoveryOptionNameType::VerifiedEmail,
                }]),
            }),
            ..own_sender()
        })
        .await;
    let by_email = |mode| idp::SetUserPoolMfaConfigRequest {
        user_pool_id: recovers_by_email.clone(),
        ..made.configuration(mode, &["EMAIL_OTP"])
    };
    refused(by_email(UserPoolMfaType::On), "only account recovery method").await;
    engine.ok(&by_email(UserPoolMfaType::Optional)).await;

    let lite = engine
        .user_pool_with(idp::CreateUserPoolRequest {
            user_pool_tier: Some(idp::UserPoolTierType::Lite),
            ..own_sender()
        })
        .await;
    let by_email = idp::SetUserPoolMfaConfigRequest {
        user_pool_id: lite,
        ..made.configuration(UserPoolMfaType::Optional, &["EMAIL_OTP"])
    };
    assert_eq!(
        engine.refused(&by_email).await.0,
        "FeatureUnavailableInTierException"
    );
    let nowhere = idp::SetUserPoolMfaConfigRequest {
        user_pool_id: "us-east-1_Nowhere99".to_owned(),
        ..made.configuration(UserPoolMfaType::Optional, &["SOFTWARE_TOKEN_MFA"])
    };
    assert_eq!(engine.refused(&nowhere).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn an_authenticator_is_registered_by_a_right_code() {
    let made = Factors::new(UserPoolMfaType::Optional, &["SOFTWARE_TOKEN_MFA"]).await;
    made.user("maria", &[EMAIL]).await;
    let token = made.access_token("maria").await;
    let refused = async |code: &str| made.engine.refused(&made.verify(&token, code)).await.0;
    assert_eq!(refused("123456").await, "SoftwareTokenMFANotFoundException");
    let first = made.associate(&token).await;
    assert_eq!(first.expose().len(), 52);
    let wrong = totp(&first, made.now().plus_secs(3600));
    assert_eq!(refused(&wrong).await, "EnableSoftwareTokenMFAException");
    let code = totp(&first, made.now());
    let verified = made.engine.ok(&made.verify(&token, &code)).await;
    assert_eq!(
        verified.status,
        Some(idp::VerifySoftwareTokenResponseType::Success)
    );
    // Registered, but not yet switched on: an optional pool does not ask for it.
    assert_eq!(made.settings("maria").await, (Vec::new(), None));
    made.access_token("maria").await;

    // Another one that is begun but not verified changes nothing.
    let second = made.associate(&token).await;
    assert_ne!(first, second);
    assert_eq!(refused(&code).await, "EnableSoftwareTokenMFAException");
    // A code shown half a minute ago is still good, once.
    let earlier = totp(&second, made.now().plus_secs(-30));
    made.engine.ok(&made.verify(&token, &earlier)).await;
    let third = made.associate(&token).await;
    assert_ne!(second, third);
}

#[tokio::test]
async fn an_authenticator_needs_a_pool_that_offers_it() {
    let made = Factors::new(UserPoolMfaType::Optional, &["SMS_MFA"]).await;
    made.user("maria", &[EMAIL]).await;
    let token = made.access_token("maria").await;
    let associate = idp::AssociateSoftwareTokenRequest {
        access_token: Some(token.clone()),
        session: None,
    };
    let refused = (
        "SoftwareTokenMFANotFoundException".to_owned(),
        "Software Token MFA has not been enabled by the userPool".to_owned(),
    );
    assert_eq!(made.engine.refused(&associate).await, refused);
    assert_eq!(made.engine.refused(&made.verify(&token, "123456")).await, refused);
    let neither = idp::AssociateSoftwareTokenRequest::default();
    assert_eq!(made.engine.refused(&neither).await.0, INVALID);
    let neither = idp::VerifySoftwareTokenRequest {
        user_code: "123456".into(),
        ..Default::default()
    };
    assert_eq!(made.engine.refused(&neither).await.0, INVALID);
    let forged = idp::AssociateSoftwareTokenRequest {
        access_token: Some("a.b.c".into()),
        session: None,
    };
    assert_eq!(made.engine.refused(&forged).await.0, "NotAuthorizedException");
}

#[tokio::test]
async fn preferences_need_the_means_and_keep_one_first() {
    let made = Factors::new(
        UserPoolMfaType::Optional,
        &["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
    )
    .await;
    let engine = &made.engine;
    made.user("maria", &[]).await;
    let set = made.admin_preference("maria");
    let refused = async |request: &idp::AdminSetUserMFAPreferenceRequest| {
        let (code, message) = engine.refused(request).await;
        assert_eq!(code, INVALID);
        message
    };
    let by_sms = idp::AdminSetUserMFAPreferenceRequest {
        sms_mfa_settings: on(),
        ..set.clone()
    };
    let by_token = idp::AdminSetUserMFAPreferenceRequest {
        software_token_mfa_settings: token_on(true),
        ..set.clone()
    };
    let by_email = idp::AdminSetUserMFAPreferenceRequest {
        email_mfa_settings: Some(idp::EmailMfaSettingsType {
            enabled: Some(true),
            preferred_mfa: Some(true),
        }),
        ..set.clone()
    };
    assert!(refused(&by_sms).await.contains("phone_number"));
    assert_eq!(
        refused(&by_token).await,
        "User has not verified software token mfa"
    );
    assert!(refused(&by_email).await.contains("email"));
    let passkey = idp::AdminSetUserMFAPreferenceRequest {
        web_authn_mfa_settings: Some(idp::WebAuthnMfaSettingsType { enabled: Some(true) }),
        ..set.clone()
    };
    assert!(refused(&passkey).await.contains("MULTI_FACTOR"));

    engine
        .ok(&idp::AdminUpdateUserAttributesRequest {
            user_pool_id: made.pool.clone(),
            username: "maria".to_owned(),
            user_attributes: attributes_of(&[PHONE, EMAIL]),
            ..Default::default()
        })
        .await;
    let token = made.access_token("maria").await;
    made.authenticator(&token).await;
    engine.ok(&by_sms).await;
    engine.ok(&by_token).await;
    assert_eq!(
        made.settings("maria").await,
        (
            vec!["SMS_MFA".to_owned(), "SOFTWARE_TOKEN_MFA".to_owned()],
            Some("SOFTWARE_TOKEN_MFA".to_owned())
        )
    );
    // Another preference takes the place of the one before.
    engine.ok(&by_email).await;
    assert_eq!(made.settings("maria").await.1.as_deref(), Some("EMAIL_OTP"));
    let two = idp::AdminSetUserMFAPreferenceRequest {
        email_mfa_settings: by_email.email_mfa_settings.clone(),
        ..by_token.clone()
    };
    assert!(refused(&two).await.contains("Only one"));
    // The own operation, by access token.
    let own = idp::SetUserMFAPreferenceRequest {
        access_token: token.clone(),
        email_mfa_settings: Some(idp::EmailMfaSettingsType {
            enabled: Some(false),
            preferred_mfa: None,
        }),
        ..Default::default()
    };
    engine.ok(&own).await;
    assert_eq!(
        made.settings("maria").await,
        (vec!["SMS_MFA".to_owned(), "SOFTWARE_TOKEN_MFA".to_owned()], None)
    );
    let me = engine
        .ok(&idp::GetUserRequest {
            access_token: token.clone(),
        })
        .await;
    assert_eq!(me.user_mfa_setting_list.unwrap().len(), 2);
    assert_eq!(
        me.mfa_options.unwrap()[0].attribute_name.as_deref(),
        Some("phone_number")
    );
    let first_without_it = idp::SetUserMFAPreferenceRequest {
        access_token: token,
        email_mfa_settings: Some(idp::EmailMfaSettingsType {
            enabled: None,
            preferred_mfa: Some(true),
        }),
        ..Default::default()
    };
    assert_eq!(engine.refused(&first_without_it).await.0, INVALID);
    // A pool that requires MFA lets nobody switch a method off.
    made.configure(UserPoolMfaType::On, &[]).await;
    let off = idp::AdminSetUserMFAPreferenceRequest {
        sms_mfa_settings: Some(idp::SMSMfaSettingsType {
            enabled: Some(false),
            preferred_mfa: None,
        }),
        ..set.clone()
    };
    assert!(refused(&off).await.contains("required"));
    let nobody = made.admin_preference("nobody");
    assert_eq!(engine.refused(&nobody).await.0, "UserNotFoundException");
}

#[tokio::test]
async fn the_older_settings_know_text_messages_alone() {
    let made = Factors::new(UserPoolMfaType::Optional, &["SMS_MFA"]).await;
    let engine = &made.engine;
    made.user("maria", &[PHONE]).await;
    let token = made.access_token("maria").await;
    let option = |medium: &str, attribute: &str| idp::MFAOptionType {
        delivery_medium: Some(medium.into()),
        attribute_name: Some(attribute.to_owned()),
    };
    let own = |options| idp::SetUserSettingsRequest {
        access_token: token.clone(),
        mfa_options: options,
    };
    let admin = |options| idp::AdminSetUserSettingsRequest {
        user_pool_id: made.pool.clone(),
        username: "maria".to_owned(),
        mfa_options: options,
    };
    let wrong = own(vec![option("EMAIL", "email")]);
    assert_eq!(engine.refused(&wrong).await.0, INVALID);
    engine.ok(&own(vec![option("SMS", "phone_number")])).await;
    assert_eq!(made.settings("maria").await.0, ["SMS_MFA"]);
    assert!(made.get("maria").await.mfa_options.is_some());
    engine.ok(&admin(Vec::new())).await;
    assert!(made.settings("maria").await.0.is_empty());
    engine.ok(&admin(vec![option("SMS", "phone_number")])).await;
    assert_eq!(made.settings("maria").await.0, ["SMS_MFA"]);
    let nobody = idp::AdminSetUserSettingsRequest {
        username: "nobody".to_owned(),
        ..admin(Vec::new())
    };
    assert_eq!(engine.refused(&nobody).await.0, "UserNotFoundException");
}

#[tokio::test]
async fn an_admin_takes_an_authenticator_away() {
    let made = Factors::new(UserPoolMfaType::Optional, &["SOFTWARE_TOKEN_MFA"]).await;
    made.user("maria", &[EMAIL]).await;
    let token = made.access_token("maria").await;
    made.authenticator(&token).await;
    let by_token = idp::AdminSetUserMFAPreferenceRequest {
        software_token_mfa_settings: token_on(true),
        ..made.admin_preference("maria")
    };
    made.engine.ok(&by_token).await;
    let delete = idp::AdminDeleteSoftwareTokenRequest {
        user_pool_id: made.pool.clone(),
        username: "maria".to_owned(),
    };
    made.engine.ok(&delete).await;
    assert_eq!(made.settings("maria").await, (Vec::new(), None));
    made.access_token("maria").await;
    assert_eq!(made.engine.refused(&by_token).await.0, INVALID);
    let nobody = idp::AdminDeleteSoftwareTokenRequest {
        username: "nobody".to_owned(),
        ..delete
    };
    assert_eq!(made.engine.refused(&nobody).await.0, "UserNotFoundException");
}

#[tokio::test]
async fn auth_factors_are_what_the_pool_allows_and_the_user_has() {
    let mut pool = own_sender();
    pool.policies = Some(idp::UserPoolPolicyType {
        sign_in_policy: Some(idp::SignInPolicyType {
            allowed_first_auth_factors: Some(vec![
                idp::AuthFactorType::Password,
                idp::AuthFactorType::EmailOtp,
                idp::AuthFactorType::SmsOtp,
            ]),
        }),
        ..Default::default()
    });
    let made = Factors::with(pool, UserPoolMfaType::Off, &[], &["ALLOW_USER_AUTH"]).await;
    made.user("maria", &[EMAIL]).await;
    let admin = idp::AdminGetUserAuthFactorsRequest {
        user_pool_id: made.pool.clone(),
        username: "maria".to_owned(),
    };
    let factors = made.engine.ok(&admin).await;
    let expected = [idp::AuthFactorType::Password, idp::AuthFactorType::EmailOtp];
    assert_eq!(factors.configured_user_auth_factors.unwrap(), expected);
    assert_eq!(factors.username, "maria");
    let own = made
        .engine
        .ok(&idp::GetUserAuthFactorsRequest {
            access_token: made.access_token("maria").await,
        })
        .await;
    assert_eq!(own.configured_user_auth_factors.unwrap(), expected);
    let nobody = idp::AdminGetUserAuthFactorsRequest {
        username: "nobody".to_owned(),
        ..admin
    };
    assert_eq!(made.engine.refused(&nobody).await.0, "UserNotFoundException");
}

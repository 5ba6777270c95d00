//! What strangers, and whoever holds a single mailbox, cannot do to a user.

use std::sync::Arc;

use poolhouse::base::secret::Secret;
use poolhouse::engine::dispatch::{Call, Credentials, dispatch};
use poolhouse::wire::Service;
use poolhouse::wire::idp::{self, ChallengeNameType as Challenge, UserPoolMfaType};
use serde_json::json;

use crate::functions::Reply;
use crate::mfa::{Factors, own_sender, totp};
use crate::support::attributes_of;
use crate::triggers::{PASSWORD, Scene};
use crate::users::{code_to, ok, refused, seen};

const PHONE: (&str, &str) = ("phone_number", "+15555550100");
const EMAIL: (&str, &str) = ("email", "maria@example.com");
const EMAIL_VERIFIED: (&str, &str) = ("email_verified", "true");
const PHONE_VERIFIED: (&str, &str) = ("phone_number_verified", "true");
const LOCKED: &str = "NotAuthorizedException: Password attempts exceeded";

/// A pool that allows codes as the first factor.
fn by_code() -> idp::CreateUserPoolRequest {
    idp::CreateUserPoolRequest {
        policies: Some(idp::UserPoolPolicyType {
            sign_in_policy: Some(idp::SignInPolicyType {
                allowed_first_auth_factors: Some(vec!["PASSWORD".into(), "EMAIL_OTP".into()]),
            }),
            ..Default::default()
        }),
        ..own_sender()
    }
}

/// A pool in which `maria` signs in by a code sent to her address.
async fn maria_by_code() -> Factors {
    let made = Factors::with(
        by_code(),
        UserPoolMfaType::Optional,
        &["EMAIL_OTP"],
        &["ALLOW_USER_AUTH"],
    )
    .await;
    made.user("maria", &[EMAIL]).await;
    made
}

fn recovering(order: &[&str]) -> idp::CreateUserPoolRequest {
    let mechanisms = (1..).zip(order).map(|(priority, name)| idp::RecoveryOptionType {
        priority,
        name: (*name).into(),
    });
    idp::CreateUserPoolRequest {
        account_recovery_setting: Some(idp::AccountRecoverySettingType {
            recovery_mechanisms: Some(mechanisms.collect()),
        }),
        ..own_sender()
    }
}

impl Factors {
    fn forgot(&self, username: &str) -> idp::ForgotPasswordRequest {
        idp::ForgotPasswordRequest {
            client_id: self.client.clone(),
            username: username.to_owned(),
            ..Default::default()
        }
    }

    fn delete(&self, token: &Secret, name: &str) -> idp::DeleteUserAttributesRequest {
        idp::DeleteUserAttributesRequest {
            access_token: token.clone(),
            user_attribute_names: vec![name.to_owned()],
        }
    }
}

/// A user signs up, and in by a code to their address; returns what the function was called for,
/// how the sign-in ended and the status after it.
async fn first_sign_in(verified: serde_json::Value) -> (Vec<String>, Option<String>, String) {
    let s = Scene::of(
        &["PostConfirmation"],
        json!({
            "AutoVerifiedAttributes": verified,
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
        }),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}),
    )
    .await;
    ok::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await;
    let begin = json!({
        "ClientId": s.client, "AuthFlow": "USER_AUTH",
        "AuthParameters": {"USERNAME": "maria", "PREFERRED_CHALLENGE": "EMAIL_OTP"},
    });
    let asked = ok::<idp::InitiateAuthRequest>(&s.t, begin).await;
    let answer = json!({
        "ClientId": s.client, "ChallengeName": "EMAIL_OTP", "Session": asked.session,
        "ChallengeResponses": {
            "USERNAME": "maria",
            "EMAIL_OTP_CODE": code_to(&s.t, &s.pool, "maria@example.com").await,
        },
    });
    s.function.events();
    let refused = if verified == json!([]) {
        Some(
            refused::<idp::RespondToAuthChallengeRequest>(&s.t, answer)
                .await
                .0,
        )
    } else {
        ok::<idp::RespondToAuthChallengeRequest>(&s.t, answer).await;
        None
    };
    let status = seen(&s.t, &s.pool, "maria").await.0;
    (s.function.sources(), refused, status)
}

#[tokio::test]
async fn a_code_confirms_nobody_whom_an_admin_must_confirm() {
    let (called, refused, status) = first_sign_in(json!([])).await;
    assert_eq!(refused.as_deref(), Some("UserNotConfirmedException"));
    assert_eq!(status, "UNCONFIRMED");
    assert!(called.is_empty(), "{called:?}");
}

#[tokio::test]
async fn a_code_that_confirms_a_user_tells_the_function_that_waits_for_it() {
    let (called, refused, status) = first_sign_in(json!(["email"])).await;
    assert_eq!(refused, None);
    assert_eq!(status, "CONFIRMED");
    assert_eq!(called, ["PostConfirmation_ConfirmSignUp"]);
}

#[tokio::test]
async fn one_mailbox_is_not_both_the_reset_and_the_second_factor() {
    let order = ["verified_phone_number", "verified_email"];
    let made = Factors::with(
        recovering(&order),
        UserPoolMfaType::On,
        &["SMS_MFA", "EMAIL_OTP"],
        &[],
    )
    .await;
    made.user("maria", &[EMAIL, EMAIL_VERIFIED]).await;
    assert_eq!(made.asked_after_password("maria").await.name, Challenge::EmailOtp);
    let (code, _) = made.engine.refused(&made.forgot("maria")).await;
    assert_eq!(code, "InvalidParameterException");
    // With two ways the reset goes one and the code of the sign-in the other.
    made.user("rosa", &[PHONE, PHONE_VERIFIED, EMAIL, EMAIL_VERIFIED])
        .await;
    assert_eq!(made.asked_after_password("rosa").await.name, Challenge::EmailOtp);
    let sent = made.engine.ok(&made.forgot("rosa")).await.code_delivery_details;
    assert_eq!(sent.unwrap().attribute_name.as_deref(), Some("phone_number"));
}

#[tokio::test]
async fn a_reset_code_is_void_once_second_factors_go_where_it_went() {
    let made = Factors::new(UserPoolMfaType::Optional, &["EMAIL_OTP"]).await;
    made.user("maria", &[EMAIL, EMAIL_VERIFIED]).await;
    made.engine.ok(&made.forgot("maria")).await;
    let confirm = idp::ConfirmForgotPasswordRequest {
        client_id: made.client.clone(),
        username: "maria".to_owned(),
        confirmation_code: made.code().await.into(),
        password: "Another-Horse-7".into(),
        ..Default::default()
    };
    made.prefer("maria", "EMAIL_OTP").await;
    assert_eq!(made.engine.refused(&confirm).await.0, "ExpiredCodeException");
}

#[tokio::test]
async fn a_user_who_needs_a_second_factor_does_not_lose_it_with_an_attribute() {
    let made = Factors::new(UserPoolMfaType::On, &["SMS_MFA", "SOFTWARE_TOKEN_MFA"]).await;
    made.user("maria", &[PHONE, EMAIL]).await;
    let asked = made.asked_after_password("maria").await;
    let answer = made.answer(
        &Challenge::SmsMfa,
        &asked.session,
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &made.code().await)],
    );
    let token = made.tokens(&answer).await.access_token.unwrap();
    let blank = idp::UpdateUserAttributesRequest {
        access_token: token.clone(),
        user_attributes: attributes_of(&[("phone_number", "")]),
        client_metadata: None,
    };
    let invalid = "InvalidParameterException";
    assert_eq!(made.engine.refused(&blank).await.0, invalid);
    let delete = made.delete(&token, "phone_number");
    assert_eq!(made.engine.refused(&delete).await.0, invalid);
    made.engine.ok(&made.delete(&token, "email")).await;
    // One that the user switched on stays, whatever else there is.
    made.prefer("maria", "SMS_MFA").await;
    made.engine.clock.advance_secs(30);
    made.authenticator(&token).await;
    assert_eq!(made.engine.refused(&delete).await.0, invalid);
}

#[tokio::test]
async fn being_right_about_one_kind_of_code_does_not_forget_guesses_at_another() {
    let made = Factors::new(UserPoolMfaType::Optional, &["SMS_MFA", "SOFTWARE_TOKEN_MFA"]).await;
    made.user("maria", &[PHONE]).await;
    let token = made.access_token("maria").await;
    let secret = made.authenticator(&token).await;
    let mut both = made.admin_preference("maria");
    both.sms_mfa_settings = Some(idp::SMSMfaSettingsType {
        enabled: Some(true),
        preferred_mfa: None,
    });
    both.software_token_mfa_settings = Some(idp::SoftwareTokenMfaSettingsType {
        enabled: Some(true),
        preferred_mfa: None,
    });
    made.engine.ok(&both).await;
    let choose = async |name: &str| {
        let asked = made.asked_after_password("maria").await;
        assert_eq!(asked.name, Challenge::SelectMfaType);
        let chosen = [("USERNAME", "maria"), ("ANSWER", name)];
        made.next(&made.answer(&Challenge::SelectMfaType, &asked.session, &chosen))
            .await
    };
    let guess = async |session: &Secret| {
        let far = totp(&secret, made.now().plus_secs(9000));
        let given = [("USERNAME", "maria"), ("SOFTWARE_TOKEN_MFA_CODE", &*far)];
        made.refusal(&made.answer(&Challenge::SoftwareTokenMfa, session, &given))
            .await
    };
    let by_app = choose("SOFTWARE_TOKEN_MFA").await;
    for _ in 0..4 {
        assert!(guess(&by_app.session).await.starts_with("CodeMismatch"));
    }
    let by_sms = choose("SMS_MFA").await;
    let given = [("USERNAME", "maria"), ("SMS_MFA_CODE", &made.code().await)];
    made.tokens(&made.answer(&Challenge::SmsMfa, &by_sms.session, &given))
        .await;
    assert!(guess(&by_app.session).await.starts_with("CodeMismatch"));
    assert_eq!(guess(&by_app.session).await, LOCKED);
}

#[tokio::test]
async fn strangers_guesses_at_first_codes_do_not_lock_second_factors() {
    let made = maria_by_code().await;
    let given = [("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "EMAIL_OTP")];
    let asked = made.asked_by_choice(&given).await;
    let given = [("USERNAME", "maria"), ("EMAIL_OTP_CODE", "0000000x")];
    let wrong = made.answer(&Challenge::EmailOtp, &asked.session, &given);
    for _ in 0..5 {
        assert!(made.refusal(&wrong).await.starts_with("CodeMismatch"));
    }
    assert_eq!(made.refusal(&wrong).await, LOCKED);
    made.prefer("maria", "EMAIL_OTP").await;
    let asked = made.asked_after_password("maria").await;
    let given = [("USERNAME", "maria"), ("EMAIL_OTP_CODE", &made.code().await)];
    made.tokens(&made.answer(&Challenge::EmailOtp, &asked.session, &given))
        .await;
}

#[tokio::test]
async fn strangers_do_not_use_up_the_codes_that_the_owner_may_have_sent() {
    let made = maria_by_code().await;
    let from = |address: &str| idp::AdminInitiateAuthRequest {
        user_pool_id: made.pool.clone(),
        client_id: made.client.clone(),
        auth_flow: idp::AuthFlowType::UserAuth,
        auth_parameters: Some(
            [("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "EMAIL_OTP")]
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
        ),
        context_data: Some(idp::ContextDataType {
            ip_address: address.to_owned(),
            server_name: "server".to_owned(),
            server_path: "/".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let too_many = "TooManyRequestsException";
    for _ in 0..20 {
        made.engine.ok(&from("2001:db8:1:2::3")).await;
    }
    // One person's addresses are one source.
    let neighbour = from("2001:db8:1:2:ffff::4");
    assert_eq!(made.engine.refused(&neighbour).await.0, too_many);
    made.engine.ok(&from("192.0.2.1")).await;
    // The larger number is that of all sources, and what follows a password is not in it.
    for number in 0..79 {
        made.engine.ok(&from(&format!("198.51.100.{number}"))).await;
    }
    assert_eq!(made.engine.refused(&from("192.0.2.2")).await.0, too_many);
    made.prefer("maria", "EMAIL_OTP").await;
    made.asked_after_password("maria").await;
    assert_eq!(made.newest().await.1, 101);
}

#[tokio::test]
async fn a_changed_address_is_written_to_as_often_as_one_may_ask_for_its_code() {
    let made = Factors::with(own_sender(), UserPoolMfaType::Off, &[], &[]).await;
    made.user("maria", &[EMAIL]).await;
    let token = made.access_token("maria").await;
    let change = |name: &str, value: &str| idp::UpdateUserAttributesRequest {
        access_token: token.clone(),
        user_attributes: attributes_of(&[(name, value)]),
        client_metadata: None,
    };
    for number in 0..5 {
        made.engine
            .ok(&change("email", &format!("victim{number}@example.com")))
            .await;
    }
    let (code, _) = made.engine.refused(&change("email", "victim5@example.com")).await;
    assert_eq!(code, "TooManyRequestsException");
    assert_eq!(made.newest().await.1, 5);
    made.engine.ok(&change("name", "Maria")).await;
}

#[tokio::test]
async fn a_function_that_fails_for_unknown_users_does_not_tell_that_they_are() {
    let s = Scene::of(
        &["UserMigration"],
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({"PreventUserExistenceErrors": "ENABLED"}),
    )
    .await;
    s.user("maria").await;
    s.function.replies(Reply::Error("The directory is away."));
    for username in ["maria", "nobody"] {
        let wrong = json!({
            "ClientId": s.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": username, "PASSWORD": "Wrong-Horse-9"},
        });
        assert_eq!(
            refused::<idp::InitiateAuthRequest>(&s.t, wrong).await,
            (
                "NotAuthorizedException".to_owned(),
                "Incorrect username or password.".to_owned()
            )
        );
        ok::<idp::ForgotPasswordRequest>(&s.t, s.request(username, json!({}))).await;
    }
    assert_eq!(
        s.function.sources(),
        ["UserMigration_Authentication", "UserMigration_ForgotPassword"]
    );
}

#[tokio::test]
async fn a_name_that_makes_a_function_slow_keeps_nobody_from_signing_in() {
    let s = Scene::of(&["PreSignUp", "PreAuthentication"], json!({}), json!({})).await;
    s.user("maria").await;
    s.t.engine()
        .triggers
        .set_limit(std::time::Duration::from_mins(10));
    s.function.answers(|event| match event["triggerSource"].as_str() {
        Some("PreSignUp_SignUp") => Reply::Silence,
        _ => Reply::With(json!({})),
    });
    let call = |operation: &str, body: &serde_json::Value, address: [u8; 4]| {
        let engine = Arc::clone(s.t.engine());
        let call = Call {
            service: Service::Idp,
            operation: operation.to_owned(),
            credentials: Credentials::Nothing,
            body: serde_json::to_vec(body).unwrap(),
            source: Some(address.into()),
            user_agent: None,
            region: None,
        };
        async move {
            dispatch(&engine, call)
                .await
                .outcome
                .map_err(|error| error.to_string())
        }
    };
    let mut slow = tokio::task::JoinSet::new();
    let mut sign_ups = |source: u8, count: usize| {
        for number in 0..count {
            let body = s.sign_up_request(&format!("slow{source}-{number}"));
            slow.spawn(call("SignUp", &body, [198, 51, 100, source]));
        }
    };
    let before = s.function.calls().len();
    let under_way = || s.function.calls().len() - before;
    let waiting = async |count: usize| {
        while under_way() < count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    // One source has its share of the places, and all sign-ups together have theirs.
    sign_ups(1, 20);
    waiting(16).await;
    let busy = "PreSignUp invocation failed due to error";
    let body = s.sign_up_request("late");
    let refused = call("SignUp", &body, [198, 51, 100, 1]).await.unwrap_err();
    assert!(refused.contains(busy), "{refused}");
    for source in 2..=4 {
        sign_ups(source, 16);
    }
    waiting(40).await;
    let refused = call("SignUp", &body, [198, 51, 100, 9]).await.unwrap_err();
    assert!(refused.contains(busy), "{refused}");
    assert_eq!(under_way(), 40);
    let sign_in = json!({
        "ClientId": s.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "maria", "PASSWORD": PASSWORD},
    });
    call("InitiateAuth", &sign_in, [198, 51, 100, 9]).await.unwrap();
}

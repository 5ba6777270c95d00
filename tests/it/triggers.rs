//! Functions that user pools call: what they are told, what they decide, how they fail.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use poolhouse::engine::{Caller, Cx, triggers};
use poolhouse::store::records::{outbox, user_pools};
use poolhouse::wire::engine::{
    DeleteFunctionRequest, LambdaType, ListEncryptionKeysRequest, ListFunctionsRequest,
    PutEncryptionKeyRequest, PutFunctionRequest,
};
use poolhouse::wire::idp;
use poolhouse::wire::sigv4;
use serde_json::{Value, json};

use crate::functions::{Function, Reply};
use crate::support::TestEngine;
use crate::users::{client, code_to, decode, messages, ok, pool, refused, seen};

pub const PASSWORD: &str = "Passw0rd!";
const KEY_ID: &str = "arn:aws:kms:us-east-1:123456789012:key/codes";

fn fault(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

/// A pool whose triggers all lead to one function.
pub struct Scene {
    pub t: TestEngine,
    pub pool: String,
    pub client: String,
    pub function: Function,
}

impl Scene {
    /// `triggers` are members of `LambdaConfig`; the others are settings of pool and client.
    pub async fn of(triggers: &[&str], settings: Value, client_settings: Value) -> Self {
        let t = TestEngine::new().await;
        let function = Function::bound(&t, "trigger").await;
        let mut lambda = json!({});
        for trigger in triggers {
            lambda[*trigger] = json!(function.arn);
        }
        Self::with(t, function, lambda, settings, client_settings).await
    }

    pub async fn with(
        t: TestEngine,
        function: Function,
        lambda: Value,
        mut settings: Value,
        mut client_settings: Value,
    ) -> Self {
        settings["LambdaConfig"] = lambda;
        if client_settings.get("ExplicitAuthFlows").is_none() {
            client_settings["ExplicitAuthFlows"] = json!([
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_CUSTOM_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH"
            ]);
        }
        let pool = pool(&t, settings).await;
        let client = client(&t, &pool, client_settings, None).await;
        Self {
            t,
            pool,
            client,
            function,
        }
    }

    pub fn request(&self, username: &str, more: Value) -> Value {
        let mut request = json!({"ClientId": self.client, "Username": username});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    }

    pub fn sign_up_request(&self, username: &str) -> Value {
        self.request(
            username,
            json!({
                "Password": PASSWORD,
                "UserAttributes": [{"Name": "email", "Value": "maria@example.com"}],
                "ValidationData": [{"Name": "invited", "Value": "by rosa"}],
                "ClientMetadata": {"from": "app"},
            }),
        )
    }

    async fn sign_up(&self, username: &str) -> idp::SignUpResponse {
        ok::<idp::SignUpRequest>(&self.t, self.sign_up_request(username)).await
    }

    /// A confirmed user with a password, made without any trigger of a sign-up.
    pub async fn user(&self, username: &str) -> String {
        let attributes = [("email", "maria@example.com"), ("email_verified", "true")];
        let sub = self.t.user(&self.pool, username, &attributes).await;
        ok::<idp::AdminSetUserPasswordRequest>(
            &self.t,
            json!({"UserPoolId": self.pool, "Username": username, "Password": PASSWORD, "Permanent": true}),
        )
        .await;
        self.function.events();
        sub
    }

    /// Gives a user a phone number that counts as verified.
    pub async fn give_phone(&self, username: &str) {
        ok::<idp::AdminUpdateUserAttributesRequest>(
            &self.t,
            json!({
                "UserPoolId": self.pool, "Username": username,
                "UserAttributes": [
                    {"Name": "phone_number", "Value": "+15555550100"},
                    {"Name": "phone_number_verified", "Value": "true"},
                ],
            }),
        )
        .await;
    }

    fn sign_in_request(&self, username: &str, password: &str) -> Value {
        json!({
            "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": username, "PASSWORD": password},
            "ClientMetadata": {"from": "app"},
        })
    }

    async fn sign_in(&self, username: &str) -> idp::AuthenticationResultType {
        let request = self.sign_in_request(username, PASSWORD);
        let answer = ok::<idp::InitiateAuthRequest>(&self.t, request).await;
        answer.authentication_result.unwrap()
    }

    async fn sign_in_refused(&self, username: &str, password: &str) -> (String, String) {
        refused::<idp::InitiateAuthRequest>(&self.t, self.sign_in_request(username, password)).await
    }

    /// The members that every event of this pool has.
    pub fn event(&self, source: &str, username: &str, request: Value, response: Value) -> Value {
        json!({
            "version": "1",
            "triggerSource": source,
            "region": "us-east-1",
            "userPoolId": self.pool,
            "userName": username,
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.client},
            "request": request,
            "response": response,
        })
    }

    /// The same for an admin's call, which names no client.
    fn admin_event(&self, source: &str, username: &str, request: Value, response: Value) -> Value {
        let mut event = self.event(source, username, request, response);
        event["callerContext"]["clientId"] = json!("CLIENT_ID_NOT_APPLICABLE");
        event
    }
}

pub fn claims(token: Option<poolhouse::base::secret::Secret>) -> Value {
    let token = token.unwrap();
    let part = token.expose().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn pre_sign_up_is_told_what_was_given_and_may_confirm_and_verify() {
    let s = Scene::of(
        &["PreSignUp", "PostConfirmation"],
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({}),
    )
    .await;
    s.function.answers(|event| match event["triggerSource"].as_str() {
        Some("PreSignUp_SignUp") => Reply::With(json!({"autoConfirmUser": true, "autoVerifyEmail": true})),
        _ => Reply::With(json!({})),
    });
    let made = s.sign_up("maria").await;
    assert!(made.user_confirmed);
    assert_eq!(made.code_delivery_details, None);
    assert!(messages(&s.t, &s.pool).await.is_empty());
    let (status, attributes) = seen(&s.t, &s.pool, "maria").await;
    assert_eq!(
        (status.as_str(), &attributes["email_verified"]),
        ("CONFIRMED", &json!("true"))
    );
    let events = s.function.events();
    assert_eq!(
        events,
        [
            s.event(
                "PreSignUp_SignUp",
                "maria",
                json!({
                    "userAttributes": {"email": "maria@example.com"},
                    "validationData": {"invited": "by rosa"},
                    "clientMetadata": {"from": "app"},
                }),
                json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false}),
            ),
            s.event(
                "PostConfirmation_ConfirmSignUp",
                "maria",
                json!({
                    "userAttributes": {
                        "sub": made.user_sub, "cognito:user_status": "CONFIRMED",
                        "email": "maria@example.com", "email_verified": "true",
                    },
                    "clientMetadata": {"from": "app"},
                }),
                json!({}),
            ),
        ]
    );
}

#[tokio::test]
async fn a_function_that_refuses_a_sign_up_leaves_no_user() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    s.function.replies(Reply::Error("Only by invitation"));
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await,
        fault(
            "UserLambdaValidationException",
            "PreSignUp failed with error Only by invitation."
        )
    );
    assert_eq!(s.function.events().len(), 1, "an error is not called again");
    let who = json!({"UserPoolId": s.pool, "Username": "maria"});
    assert_eq!(
        refused::<idp::AdminGetUserRequest>(&s.t, who).await.0,
        "UserNotFoundException"
    );
    // What is not there cannot be verified.
    s.function.replies(Reply::With(json!({"autoVerifyPhone": true})));
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria"))
            .await
            .0,
        "InvalidLambdaResponseException"
    );
}

#[tokio::test]
async fn what_is_no_answer_is_refused() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    let unrecognizable = fault("InvalidLambdaResponseException", "Unrecognizable lambda output");
    let refused_now = async || refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await;
    for reply in [
        Reply::Instead(json!(null)),
        Reply::Instead(json!("ok")),
        Reply::Instead(json!({"statusCode": 200})),
        Reply::Instead(json!({"response": null})),
        Reply::Instead(json!({"response": []})),
        Reply::With(json!({"autoConfirmUser": "true"})),
        Reply::With(json!({"autoConfirmUser": 1})),
        Reply::Status(200, "<html>"),
        Reply::Status(200, ""),
    ] {
        s.function.replies(reply);
        assert_eq!(refused_now().await, unrecognizable);
    }
    let huge = "x".repeat(1024 * 1024 + 1);
    s.function
        .replies(Reply::Instead(json!({"response": {}, "huge": huge})));
    assert_eq!(refused_now().await, unrecognizable);
    for (status, reason) in [
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (429, "TooManyRequestsException"),
        (500, "ServiceException"),
        (302, "ServiceException"),
    ] {
        s.function
            .replies(Reply::Status(status, "secret text of the server"));
        assert_eq!(
            refused_now().await,
            fault(
                "UnexpectedLambdaException",
                &format!("PreSignUp invocation failed due to error {reason}.")
            )
        );
    }
    // Members that nobody asked for, and those left alone, are no mistake.
    s.function
        .replies(Reply::With(json!({"autoConfirmUser": null, "extra": {"a": 1}})));
    assert!(!s.sign_up("maria").await.user_confirmed);
}

#[tokio::test]
async fn a_silent_function_is_called_three_times_and_then_given_up() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    s.t.engine().triggers.set_limit(Duration::from_millis(60));
    s.function.replies(Reply::Silence);
    let silent = fault(
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.",
    );
    let refused_now = async || refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await;
    assert_eq!(refused_now().await, silent);
    assert_eq!(s.function.events().len(), 3);
    // After five in a row it is left alone for a while, and asked again afterwards.
    for _ in 0..4 {
        assert_eq!(refused_now().await, silent);
    }
    s.function.events();
    assert_eq!(refused_now().await, silent);
    assert_eq!(s.function.events().len(), 0);
    s.t.clock.advance_secs(6);
    s.function.replies(Reply::With(json!({})));
    s.sign_up("maria").await;
}

#[tokio::test]
async fn a_function_that_nothing_is_bound_to_fails_the_call() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    s.t.ok(&DeleteFunctionRequest {
        function_arn: s.function.arn.clone(),
    })
    .await;
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await,
        fault(
            "UnexpectedLambdaException",
            "PreSignUp invocation failed due to error ResourceNotFoundException."
        )
    );
    s.t.ok(&PutFunctionRequest {
        function_arn: s.function.arn.clone(),
        address: Some("http://127.0.0.1:1".to_owned()),
        ..Default::default()
    })
    .await;
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria"))
            .await
            .1,
        "PreSignUp invocation failed due to error ServiceException."
    );
}

#[tokio::test]
async fn a_confirmation_stays_when_the_function_that_is_told_fails() {
    let s = Scene::of(
        &["PostConfirmation"],
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({}),
    )
    .await;
    s.sign_up("maria").await;
    assert!(s.function.events().is_empty());
    let code = code_to(&s.t, &s.pool, "maria@example.com").await;
    s.function.replies(Reply::Error("No room."));
    let request = s.request(
        "maria",
        json!({"ConfirmationCode": code, "ClientMetadata": {"a": "b"}}),
    );
    assert_eq!(
        refused::<idp::ConfirmSignUpRequest>(&s.t, request).await,
        fault(
            "UserLambdaValidationException",
            "PostConfirmation failed with error No room."
        )
    );
    assert_eq!(seen(&s.t, &s.pool, "maria").await.0, "CONFIRMED");
    let event = s.function.event();
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert_eq!(event["request"]["clientMetadata"], json!({"a": "b"}));

    // A forgotten password tells as well, an admin too.
    s.function.replies(Reply::With(json!({})));
    ok::<idp::ForgotPasswordRequest>(&s.t, s.request("maria", json!({}))).await;
    let code = code_to(&s.t, &s.pool, "maria@example.com").await;
    let request = s.request(
        "maria",
        json!({"ConfirmationCode": code, "Password": "N3w-Passw0rd!"}),
    );
    ok::<idp::ConfirmForgotPasswordRequest>(&s.t, request).await;
    assert_eq!(s.function.sources(), ["PostConfirmation_ConfirmForgotPassword"]);
    let mut request = s.sign_up_request("rosa");
    request["UserAttributes"] = json!([]);
    ok::<idp::SignUpRequest>(&s.t, request).await;
    let who = json!({"UserPoolId": s.pool, "Username": "rosa"});
    ok::<idp::AdminConfirmSignUpRequest>(&s.t, who).await;
    let event = s.function.event();
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmSignUp");
}

#[tokio::test]
async fn an_admins_user_is_announced_but_not_confirmed() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    s.function.replies(Reply::With(
        json!({"autoConfirmUser": true, "autoVerifyEmail": true}),
    ));
    let request = json!({
        "UserPoolId": s.pool, "Username": "maria", "MessageAction": "SUPPRESS",
        "UserAttributes": [{"Name": "email", "Value": "maria@example.com"}],
        "ClientMetadata": {"from": "desk"},
    });
    ok::<idp::AdminCreateUserRequest>(&s.t, request).await;
    assert_eq!(
        s.function.event(),
        s.admin_event(
            "PreSignUp_AdminCreateUser",
            "maria",
            json!({
                "userAttributes": {"email": "maria@example.com"},
                "validationData": null,
                "clientMetadata": {"from": "desk"},
            }),
            json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false}),
        )
    );
    let (status, attributes) = seen(&s.t, &s.pool, "maria").await;
    assert_eq!(
        (status.as_str(), attributes.get("email_verified")),
        ("FORCE_CHANGE_PASSWORD", None)
    );
}

#[tokio::test]
async fn a_function_words_messages() {
    let s = Scene::of(
        &["CustomMessage"],
        json!({
            "AutoVerifiedAttributes": ["email"],
            "EmailConfiguration": {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",
            },
        }),
        json!({}),
    )
    .await;
    s.function.replies(Reply::With(json!({
        "emailSubject": "Hello {username}", "emailMessage": "<b>{username}</b>: {####}", "smsMessage": "{username} {####}",
    })));
    let made = s.sign_up("maria").await;
    let sent = messages(&s.t, &s.pool).await.remove(0);
    assert_eq!(
        sent.body,
        format!("<b>maria</b>: {}", sent.code.as_deref().unwrap())
    );
    let attributes = json!({
        "sub": made.user_sub, "cognito:user_status": "UNCONFIRMED", "email": "maria@example.com",
    });
    assert_eq!(
        s.function.event(),
        s.event(
            "CustomMessage_SignUp",
            "maria",
            json!({
                "userAttributes": attributes,
                "codeParameter": "{####}",
                "linkParameter": "{##Click Here##}",
                "usernameParameter": null,
                "clientMetadata": {"from": "app"},
            }),
            json!({"smsMessage": null, "emailMessage": null, "emailSubject": null}),
        )
    );
    ok::<idp::ResendConfirmationCodeRequest>(&s.t, s.request("maria", json!({}))).await;
    let code = code_to(&s.t, &s.pool, "maria@example.com").await;
    ok::<idp::ConfirmSignUpRequest>(&s.t, s.request("maria", json!({"ConfirmationCode": code}))).await;
    ok::<idp::ForgotPasswordRequest>(&s.t, s.request("maria", json!({}))).await;
    ok::<idp::AdminUpdateUserAttributesRequest>(
        &s.t,
        json!({
            "UserPoolId": s.pool, "Username": "maria",
            "UserAttributes": [{"Name": "email", "Value": "new@example.com"}],
        }),
    )
    .await;
    let token = s.sign_in("maria").await.access_token;
    ok::<idp::GetUserAttributeVerificationCodeRequest>(
        &s.t,
        json!({"AccessToken": token, "AttributeName": "email"}),
    )
    .await;
    ok::<idp::AdminCreateUserRequest>(
        &s.t,
        json!({
            "UserPoolId": s.pool, "Username": "rosa", "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": [{"Name": "email", "Value": "rosa@example.com"}],
        }),
    )
    .await;
    let events = s.function.events();
    assert_eq!(
        events.last().unwrap()["request"]["usernameParameter"],
        "{username}"
    );
    let sources: Vec<_> = events
        .iter()
        .map(|event| event["triggerSource"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "CustomMessage_ResendCode",
            "CustomMessage_ForgotPassword",
            "CustomMessage_UpdateUserAttribute",
            "CustomMessage_VerifyUserAttribute",
            "CustomMessage_AdminCreateUser",
        ]
    );
    // A message without its code is not sent, and nothing of the call stays.
    s.function
        .replies(Reply::With(json!({"emailMessage": "Welcome, whoever you are"})));
    let mut request = s.sign_up_request("late");
    request["UserAttributes"][0]["Value"] = json!("late@example.com");
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, request).await.0,
        "InvalidLambdaResponseException"
    );
}

#[tokio::test]
async fn only_a_pool_with_its_own_sender_lets_a_function_word_emails() {
    let s = Scene::of(
        &["CustomMessage"],
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({}),
    )
    .await;
    s.function
        .replies(Reply::With(json!({"emailMessage": "{####}{####}"})));
    assert_eq!(
        refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria"))
            .await
            .0,
        "InvalidLambdaResponseException"
    );
    s.function
        .replies(Reply::With(json!({"smsMessage": "code {####}"})));
    s.sign_up("maria").await;
}

#[tokio::test]
async fn a_function_sends_codes_encrypted_under_the_pools_key() {
    let t = TestEngine::new().await;
    let function = Function::bound(&t, "sender").await;
    let lambda = json!({
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": function.arn},
        "KMSKeyID": KEY_ID,
    });
    let s = Scene::with(
        t,
        function,
        lambda,
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({}),
    )
    .await;
    s.t.ok(&PutEncryptionKeyRequest {
        key_id: KEY_ID.to_owned(),
        key: STANDARD.encode([7; 32]).into(),
    })
    .await;
    let keys = s.t.ok(&ListEncryptionKeysRequest {}).await.encryption_keys;
    assert_eq!(
        (keys[0].key_id.as_str(), keys[0].key_namespace.as_str()),
        (KEY_ID, "poolhouse")
    );
    let made = s.sign_up("maria").await;
    let sent = tried(&s.t, &s.pool, 1).await;
    assert_eq!(sent.delivery.status, outbox::Status::Sent);
    let mut event = s.function.event();
    let code = event["request"]["code"].take();
    let code = STANDARD.decode(code.as_str().unwrap()).unwrap();
    assert_eq!(
        code[..3],
        [2, 0x04, 0x78],
        "message format 2, committed and without signature"
    );
    assert_eq!(
        event,
        s.event(
            "CustomEmailSender_SignUp",
            "maria",
            json!({
                "type": "customEmailSenderRequestV1",
                "code": null,
                "clientMetadata": null,
                "userAttributes": {
                    "sub": made.user_sub, "cognito:user_status": "UNCONFIRMED", "email": "maria@example.com",
                },
            }),
            json!({}),
        )
        .tap(|event| event["request"]["clientMetadata"] = json!({"from": "app"}))
    );
    // What has left keeps neither code nor text.
    assert_eq!((sent.code, sent.body.as_str()), (None, ""));

    // A sender that fails is asked again later, and the caller knows nothing of it.
    s.function.replies(Reply::Error("down"));
    ok::<idp::ResendConfirmationCodeRequest>(&s.t, s.request("maria", json!({}))).await;
    let waiting = tried(&s.t, &s.pool, 1).await;
    assert_eq!(waiting.delivery.status, outbox::Status::Waiting);
    assert!(waiting.code.is_some());
    assert_eq!(s.function.sources(), ["CustomEmailSender_ResendCode"]);
    s.function.replies(Reply::Status(200, "not read"));
    s.t.clock.advance_secs(6);
    assert_eq!(tried(&s.t, &s.pool, 2).await.code, None);
    assert_eq!(s.function.sources(), ["CustomEmailSender_ResendCode"]);
    assert_eq!(s.t.engine().deliver_due().await.unwrap(), 0);
}

/// Waits until the newest message has been tried `attempts` times.
pub async fn tried(t: &TestEngine, pool: &str, attempts: u32) -> outbox::Message {
    for _ in 0..1000 {
        t.engine().deliver_due().await.unwrap();
        let newest = messages(t, pool).await.remove(0);
        if newest.delivery.attempts == attempts {
            return newest;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the message was not tried {attempts} times");
}

trait Tap {
    fn tap(self, change: impl FnOnce(&mut Self)) -> Self;
}

impl Tap for Value {
    fn tap(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

#[tokio::test]
async fn a_function_sends_text_messages_and_words_those_of_a_sign_in() {
    let t = TestEngine::new().await;
    let function = Function::bound(&t, "sender").await;
    let lambda = json!({
        "CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": function.arn},
        "KMSKeyID": KEY_ID,
    });
    let settings = json!({
        "AutoVerifiedAttributes": ["phone_number"], "MfaConfiguration": "OPTIONAL",
        "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
    });
    let s = Scene::with(t, function, lambda, settings.clone(), json!({})).await;
    let mut request = s.sign_up_request("maria");
    request["UserAttributes"] = json!([{"Name": "phone_number", "Value": "+15555550100"}]);
    ok::<idp::SignUpRequest>(&s.t, request).await;
    // Nobody could read a code that is encrypted under no key: it waits for one.
    let waiting = tried(&s.t, &s.pool, 1).await;
    assert_eq!(
        waiting.delivery.reason.as_deref(),
        Some("no key is kept for the KMSKeyID of the user pool")
    );
    s.t.ok(&PutEncryptionKeyRequest {
        key_id: KEY_ID.to_owned(),
        key: STANDARD.encode([7; 32]).into(),
    })
    .await;
    s.t.clock.advance_secs(6);
    tried(&s.t, &s.pool, 2).await;
    let event = s.function.event();
    assert_eq!(event["triggerSource"], "CustomSMSSender_SignUp");
    assert_eq!(event["request"]["type"], "customSMSSenderRequestV1");

    let s = Scene::of(&["CustomMessage"], settings, json!({})).await;
    s.user("maria").await;
    s.give_phone("maria").await;
    ok::<idp::AdminSetUserMFAPreferenceRequest>(
        &s.t,
        json!({
            "UserPoolId": s.pool, "Username": "maria",
            "SMSMfaSettings": {"Enabled": true, "PreferredMfa": true},
        }),
    )
    .await;
    s.function
        .replies(Reply::With(json!({"smsMessage": "Enter {####} to sign in"})));
    let request = s.sign_in_request("maria", PASSWORD);
    let asked = ok::<idp::InitiateAuthRequest>(&s.t, request).await;
    assert_eq!(asked.challenge_name, Some(idp::ChallengeNameType::SmsMfa));
    let event = s.function.event();
    assert_eq!(event["triggerSource"], "CustomMessage_Authentication");
    assert_eq!(
        event["request"].get("clientMetadata"),
        None,
        "that of InitiateAuth is not for it"
    );
    let sent = messages(&s.t, &s.pool).await.remove(0);
    assert_eq!(sent.body, format!("Enter {} to sign in", sent.code.unwrap()));
}

#[tokio::test]
async fn a_function_chooses_what_is_mapped_from_another_provider() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    let id = s.pool.clone();
    let lambda: idp::LambdaConfigType = decode(json!({
        "InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": s.function.arn},
    }));
    let mut pool =
        s.t.store
            .read(move |r| user_pools::get(r, &id))
            .await
            .unwrap()
            .unwrap();
    pool.settings.lambda_config = Some(lambda);
    let cx = Cx {
        engine: std::sync::Arc::clone(s.t.engine()),
        caller: Caller::Public,
        region: "us-east-1".into(),
        request_id: uuid::Uuid::nil(),
        source: None,
        user_agent: Default::default(),
    };
    let scene = triggers::Scene::of_client(&cx, &pool, &s.client, None);
    let attributes =
        json!({"idToken": {"sub": "7", "email": "a@example.com"}, "userInfo": {}, "tokenResponse": {}});
    let asked = async || {
        let given = attributes.clone();
        triggers::federation::inbound_federation(&scene, "Corp_7", "Corp", "OIDC", given).await
    };
    assert_eq!(asked().await.unwrap(), None);
    assert_eq!(
        s.function.event(),
        s.event(
            "InboundFederation_ExternalProvider",
            "Corp_7",
            json!({"providerName": "Corp", "providerType": "OIDC", "attributes": attributes}),
            json!({"userAttributesToMap": {}}),
        )
    );
    s.function.replies(Reply::With(
        json!({"userAttributesToMap": {"email": "b@example.com"}}),
    ));
    assert_eq!(asked().await.unwrap().unwrap()["email"], "b@example.com");
    s.function
        .replies(Reply::With(json!({"userAttributesToMap": {"email": ["b"]}})));
    assert!(asked().await.is_err());
}

#[tokio::test]
async fn a_sign_in_asks_before_the_proof_and_tells_after_it() {
    let s = Scene::of(
        &["PreAuthentication", "PostAuthentication", "PreTokenGeneration"],
        json!({}),
        json!({"PreventUserExistenceErrors": "ENABLED"}),
    )
    .await;
    let sub = s.user("maria").await;
    s.function.answers(|event| match event["triggerSource"].as_str() {
        Some("TokenGeneration_Authentication") => Reply::With(json!({"claimsOverrideDetails": {
            "claimsToAddOrOverride": {"tier": "gold", "sub": "somebody else"},
            "claimsToSuppress": ["email"],
        }})),
        _ => Reply::With(json!({})),
    });
    let result = s.sign_in("maria").await;
    let id = claims(result.id_token);
    assert_eq!(
        (&id["tier"], &id["sub"], id.get("email")),
        (&json!("gold"), &json!(sub), None)
    );
    let attributes = json!({
        "sub": sub, "cognito:user_status": "CONFIRMED",
        "email": "maria@example.com", "email_verified": "true",
    });
    assert_eq!(
        s.function.events(),
        [
            s.event(
                "PreAuthentication_Authentication",
                "maria",
                json!({
                    "userAttributes": attributes, "validationData": {"from": "app"}, "userNotFound": false,
                }),
                json!({}),
            ),
            s.event(
                "PostAuthentication_Authentication",
                "maria",
                json!({"userAttributes": attributes, "newDeviceUsed": false}),
                json!({}),
            ),
            s.event(
                "TokenGeneration_Authentication",
                "maria",
                json!({
                    "userAttributes": attributes,
                    "groupConfiguration": {
                        "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null,
                    },
                }),
                json!({"claimsOverrideDetails": null}),
            ),
        ]
    );

    // A refresh asks for claims alone.
    let refresh = json!({
        "ClientId": s.client, "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": result.refresh_token},
    });
    ok::<idp::InitiateAuthRequest>(&s.t, refresh).await;
    assert_eq!(s.function.sources(), ["TokenGeneration_RefreshTokens"]);

    // A wrong password is asked about, and nothing is told of it.
    assert_eq!(
        s.sign_in_refused("maria", "wrong").await.0,
        "NotAuthorizedException"
    );
    assert_eq!(s.function.sources(), ["PreAuthentication_Authentication"]);

    // A name that leads nowhere is one to the function alone.
    assert_eq!(
        s.sign_in_refused("nobody", "wrong").await.0,
        "NotAuthorizedException"
    );
    let event = s.function.event();
    assert_eq!(event["userName"], "nobody");
    assert_eq!(
        event["request"],
        json!({"userAttributes": {}, "validationData": {"from": "app"}, "userNotFound": true})
    );

    s.function.replies(Reply::Error("Not today"));
    assert_eq!(
        s.sign_in_refused("maria", PASSWORD).await,
        fault(
            "UserLambdaValidationException",
            "PreAuthentication failed with error Not today."
        )
    );
    for (source, trigger) in [
        ("PostAuthentication_Authentication", "PostAuthentication"),
        ("TokenGeneration_Authentication", "PreTokenGeneration"),
    ] {
        s.function.answers(move |event| {
            if event["triggerSource"] == source {
                Reply::Error("late")
            } else {
                Reply::With(json!({}))
            }
        });
        assert_eq!(
            s.sign_in_refused("maria", PASSWORD).await.1,
            format!("{trigger} failed with error late.")
        );
    }
}

#[tokio::test]
async fn later_versions_change_access_tokens_and_see_answers_metadata() {
    let t = TestEngine::new().await;
    let function = Function::bound(&t, "claims").await;
    let lambda = json!({"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": function.arn}});
    let s = Scene::with(t, function, lambda, json!({}), json!({})).await;
    let request = json!({
        "UserPoolId": s.pool, "Username": "maria", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
    });
    ok::<idp::AdminCreateUserRequest>(&s.t, request).await;
    ok::<idp::CreateGroupRequest>(
        &s.t,
        json!({"UserPoolId": s.pool, "GroupName": "staff", "RoleArn": "arn:aws:iam::123456789012:role/staff"}),
    )
    .await;
    ok::<idp::AdminAddUserToGroupRequest>(
        &s.t,
        json!({"UserPoolId": s.pool, "Username": "maria", "GroupName": "staff"}),
    )
    .await;
    s.function
        .replies(Reply::With(json!({"claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"tenant": {"id": 7}, "client_id": "x"},
                "scopesToAdd": ["pets:read"],
            },
            "groupOverrideDetails": {"groupsToOverride": ["guests"]},
        }})));
    let asked = ok::<idp::InitiateAuthRequest>(&s.t, s.sign_in_request("maria", PASSWORD)).await;
    assert!(s.function.events().is_empty(), "a challenge is no sign-in");
    let answer = ok::<idp::RespondToAuthChallengeRequest>(
        &s.t,
        json!({
            "ClientId": s.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked.session,
            "ChallengeResponses": {"USERNAME": "maria", "NEW_PASSWORD": "An0ther-Passw0rd!"},
            "ClientMetadata": {"at": "answer"},
        }),
    )
    .await;
    let access = claims(answer.authentication_result.unwrap().access_token);
    assert_eq!(access["tenant"], json!({"id": 7}));
    assert_eq!(access["client_id"], json!(s.client));
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin pets:read");
    assert_eq!(access["cognito:groups"], json!(["guests"]));
    let event = s.function.event();
    assert_eq!(
        (&event["version"], &event["triggerSource"]),
        (&json!("2"), &json!("TokenGeneration_NewPasswordChallenge"))
    );
    assert_eq!(event["request"]["clientMetadata"], json!({"at": "answer"}));
    assert_eq!(
        event["request"]["scopes"],
        json!(["aws.cognito.signin.user.admin"])
    );
    assert_eq!(
        event["request"]["groupConfiguration"],
        json!({
            "groupsToOverride": ["staff"],
            "iamRolesToOverride": ["arn:aws:iam::123456789012:role/staff"],
            "preferredRole": "arn:aws:iam::123456789012:role/staff",
        })
    );
    assert_eq!(event["response"], json!({"claimsAndScopeOverrideDetails": null}));
}

#[tokio::test]
async fn sign_ins_that_fetch_the_same_user_at_once_all_come_in() {
    let s = Scene::of(&["UserMigration"], json!({}), json!({})).await;
    s.function.answers(|_| {
        Reply::With(json!({
            "userAttributes": {"email": "hanna@example.com", "email_verified": "true"},
            "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS",
        }))
    });
    tokio::join!(
        s.sign_in("hanna"),
        s.sign_in("hanna"),
        s.sign_in("hanna"),
        s.sign_in("hanna"),
        s.sign_in("hanna"),
        s.sign_in("hanna"),
    );
    // One of them asked, and none counts as a wrong password: four wrong ones are answered so.
    assert_eq!(s.function.events().len(), 1);
    for _ in 0..4 {
        assert_eq!(
            s.sign_in_refused("hanna", "Wrong-Horse-7").await.1,
            "Incorrect username or password."
        );
    }
    s.sign_in("hanna").await;
}

#[tokio::test]
async fn an_unknown_user_is_fetched_from_another_directory() {
    let s = Scene::of(
        &["UserMigration"],
        json!({"AliasAttributes": ["email"]}),
        json!({}),
    )
    .await;
    s.function.answers(|event| {
        let right = event["request"]["password"] == PASSWORD;
        match event["userName"].as_str() {
            Some("maria") if right => Reply::With(json!({
                "userAttributes": {"email": "maria@example.com", "email_verified": true, "name": "Maria"},
                "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS",
            })),
            Some("rosa") => Reply::With(json!({
                "userAttributes": {"email": "rosa@example.com", "email_verified": "true"},
                "desiredDeliveryMediums": ["EMAIL"],
            })),
            Some("broken") => Reply::With(json!({
                "userAttributes": {"custom:unknown": "x"}, "finalUserStatus": "CONFIRMED",
            })),
            Some("odd") => {
                Reply::With(json!({"userAttributes": {"name": "x"}, "finalUserStatus": "DISABLED"}))
            }
            Some("maria") => Reply::Error("Bad password"),
            _ => Reply::With(json!({})),
        }
    });
    assert_eq!(
        s.sign_in_refused("maria", "wrong").await,
        fault(
            "UserLambdaValidationException",
            "UserMigration failed with error Bad password."
        )
    );
    s.function.events();
    s.sign_in("maria").await;
    assert_eq!(
        s.function.event(),
        s.event(
            "UserMigration_Authentication",
            "maria",
            json!({"password": PASSWORD, "validationData": {"from": "app"}}),
            json!({
                "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null,
                "finalUserStatus": null, "messageAction": null, "desiredDeliveryMediums": null,
            }),
        )
    );
    let (status, attributes) = seen(&s.t, &s.pool, "maria").await;
    assert_eq!(status, "CONFIRMED");
    assert_eq!(
        attributes,
        json!({"email": "maria@example.com", "email_verified": "true", "name": "Maria"})
    );
    assert!(messages(&s.t, &s.pool).await.is_empty());
    // Now the user lives here.
    s.sign_in("maria").await;
    assert_eq!(
        s.sign_in_refused("maria", "wrong").await.0,
        "NotAuthorizedException"
    );
    assert!(s.function.events().is_empty());

    // Without a final status the user is here, and must choose a password.
    assert_eq!(
        s.sign_in_refused("rosa", PASSWORD).await.0,
        "PasswordResetRequiredException"
    );
    assert_eq!(seen(&s.t, &s.pool, "rosa").await.0, "RESET_REQUIRED");
    let welcome = messages(&s.t, &s.pool).await.remove(0);
    assert_eq!((welcome.to.as_str(), welcome.code), ("rosa@example.com", None));

    assert_eq!(
        s.sign_in_refused("broken", PASSWORD).await,
        fault(
            "UserNotFoundException",
            &format!("Exception migrating user in app client {}", s.client)
        )
    );
    assert_eq!(
        s.sign_in_refused("odd", PASSWORD).await.0,
        "InvalidLambdaResponseException"
    );
    assert_eq!(
        s.sign_in_refused("nobody", PASSWORD).await.0,
        "UserNotFoundException"
    );
}

#[tokio::test]
async fn a_forgotten_password_fetches_an_unknown_user() {
    let s = Scene::of(
        &["UserMigration"],
        json!({}),
        json!({"PreventUserExistenceErrors": "ENABLED"}),
    )
    .await;
    s.function.answers(|event| {
        if event["userName"] == "maria" {
            Reply::With(json!({
                "userAttributes": {"email": "maria@example.com", "email_verified": "true"},
                "messageAction": "SUPPRESS",
            }))
        } else {
            Reply::With(json!({"userAttributes": {"custom:unknown": "x"}}))
        }
    });
    let request = s.request("maria", json!({"ClientMetadata": {"a": "b"}}));
    let answer = ok::<idp::ForgotPasswordRequest>(&s.t, request).await;
    assert_eq!(
        answer.code_delivery_details.unwrap().destination.as_deref(),
        Some("m***@e***")
    );
    let event = s.function.event();
    assert_eq!(event["triggerSource"], "UserMigration_ForgotPassword");
    assert_eq!(
        event["request"],
        json!({"validationData": null, "clientMetadata": {"a": "b"}}),
    );
    let code = code_to(&s.t, &s.pool, "maria@example.com").await;
    let request = s.request("maria", json!({"ConfirmationCode": code, "Password": PASSWORD}));
    ok::<idp::ConfirmForgotPasswordRequest>(&s.t, request).await;
    s.sign_in("maria").await;
    // A user who cannot be stored is hidden like one who is not there.
    ok::<idp::ForgotPasswordRequest>(&s.t, s.request("broken", json!({}))).await;
}

#[tokio::test]
async fn a_password_never_leaves_this_machine_in_clear() {
    let s = Scene::of(&["UserMigration"], json!({}), json!({})).await;
    s.t.ok(&PutFunctionRequest {
        function_arn: s.function.arn.clone(),
        address: Some("http://directory.example:80".to_owned()),
        ..Default::default()
    })
    .await;
    assert_eq!(
        s.sign_in_refused("maria", PASSWORD).await,
        fault(
            "UnexpectedLambdaException",
            "UserMigration invocation failed due to error AccessDeniedException."
        )
    );
}

#[tokio::test]
async fn a_function_is_a_command_of_this_machine() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    let bind = async |script: &str, environment: &[(&str, &str)]| {
        let environment: BTreeMap<String, poolhouse::base::secret::Secret> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        s.t.ok(&PutFunctionRequest {
            function_arn: s.function.arn.clone(),
            command: Some(vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()]),
            environment: Some(environment),
            ..Default::default()
        })
        .await;
    };
    let refused_now = async || refused::<idp::SignUpRequest>(&s.t, s.sign_up_request("maria")).await;
    bind(
        "cat >/dev/null; echo '{\"errorMessage\": \"no: '$WHY'\"}'; exit 1",
        &[("WHY", "because")],
    )
    .await;
    assert_eq!(
        refused_now().await,
        fault(
            "UserLambdaValidationException",
            "PreSignUp failed with error no: because."
        )
    );
    bind("echo first >&2; echo last >&2; exit 3", &[]).await;
    assert_eq!(refused_now().await.1, "PreSignUp failed with error last.");
    bind("echo nonsense", &[]).await;
    assert_eq!(refused_now().await.0, "InvalidLambdaResponseException");
    bind("head -c 2000000 /dev/zero", &[]).await;
    assert_eq!(refused_now().await.0, "InvalidLambdaResponseException");
    // Nothing of the engine's own environment, nor of the caller's words, reaches a shell.
    bind(
        "test -z \"$CARGO_MANIFEST_DIR\" && test -z \"$HOME\" || exit 1; cat",
        &[],
    )
    .await;
    let mut hostile = s.sign_up_request("$(touch${IFS}x);`id`");
    hostile["UserAttributes"][0]["Value"] = json!("a@example.com");
    assert!(!ok::<idp::SignUpRequest>(&s.t, hostile).await.user_confirmed);
    // One that does not end is killed, with all that it started.
    s.t.engine().triggers.set_limit(Duration::from_millis(150));
    let mark = s.t.folder.path().join("survived");
    bind(&format!("(sleep 1; touch {}) & sleep 30", mark.display()), &[]).await;
    assert!(refused_now().await.1.contains("Socket timeout"));
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert!(!mark.exists());
    let listed = s.t.ok(&ListFunctionsRequest {}).await.functions;
    assert_eq!(listed[0].command.as_ref().unwrap()[0], "sh");
    assert_eq!(listed[0].source, "stored");
}

#[tokio::test]
async fn a_command_has_answered_when_it_ends_whoever_holds_its_output() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    let mark = s.t.folder.path().join("survived");
    let script = format!("(sleep 4; touch {}) & cat", mark.display());
    s.t.ok(&PutFunctionRequest {
        function_arn: s.function.arn.clone(),
        command: Some(vec!["sh".to_owned(), "-c".to_owned(), script]),
        ..Default::default()
    })
    .await;
    // The output stays open for longer than a function has.
    s.t.engine().triggers.set_limit(Duration::from_secs(3));
    s.sign_up("maria").await;
}

#[tokio::test]
async fn a_call_of_an_address_is_signed_with_the_functions_secret() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    let bind = PutFunctionRequest {
        function_arn: s.function.arn.clone(),
        address: Some(s.function.url.clone()),
        ..Default::default()
    };
    let secret = s.t.ok(&bind).await.signing_secret.unwrap();
    s.sign_up("maria").await;
    let signature = |secret: &str, time: &str, body: &str| {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&key, format!("{time}.{body}").as_bytes());
        format!("v1={}", hex::encode(tag))
    };
    let (_, headers) = s.function.calls().pop().unwrap();
    let time = headers["poolhouse-timestamp"].to_str().unwrap();
    assert_eq!(time, (crate::support::START.0 / 1000).to_string());
    let body = s.function.event().to_string();
    assert_eq!(
        headers["poolhouse-signature"].to_str().unwrap(),
        signature(secret.expose(), time, &body)
    );
    // The secret is shown once; binding anew makes another, or takes the one that is given.
    let listed = serde_json::to_string(&s.t.ok(&ListFunctionsRequest {}).await).unwrap();
    assert!(!listed.contains(secret.expose()));
    assert_ne!(s.t.ok(&bind).await.signing_secret, Some(secret));
    let own = PutFunctionRequest {
        signing_secret: Some("0123456789abcdef0123456789abcdef".into()),
        ..bind.clone()
    };
    assert_eq!(s.t.ok(&own).await.signing_secret, None);
    s.sign_up("bertha").await;
    let (_, headers) = s.function.calls().pop().unwrap();
    let body = s.function.event().to_string();
    assert_eq!(
        headers["poolhouse-signature"].to_str().unwrap(),
        signature("0123456789abcdef0123456789abcdef", time, &body)
    );
    let short = PutFunctionRequest {
        signing_secret: Some("short".into()),
        ..bind
    };
    assert_eq!(s.t.refused(&short).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn no_address_leads_to_metadata_or_to_networks_that_nobody_named() {
    let t = TestEngine::new().await;
    let bind = |address: &str| PutFunctionRequest {
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:x".to_owned(),
        address: Some(address.to_owned()),
        ..Default::default()
    };
    for bad in [
        "http://169.254.169.254/invocations",
        "http://[fe80::1]/",
        "http://metadata.google.internal/",
        "http://10.0.0.1/",
        "http://[::ffff:192.168.0.1]/",
    ] {
        let (code, text) = t.refused(&bind(bad)).await;
        assert_eq!(code, "InvalidParameterException", "{bad}");
        assert!(text.contains("may not be called"), "{text}");
    }
    let lambda = PutFunctionRequest {
        address: None,
        lambda: Some(LambdaType {
            endpoint: Some("http://169.254.170.2".to_owned()),
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: Some("secret".into()),
            session_token: None,
        }),
        ..bind("")
    };
    assert_eq!(t.refused(&lambda).await.0, "InvalidParameterException");
    t.ok(&bind("http://127.0.0.1:1")).await;
    t.ok(&bind("https://functions.example.com")).await;
    let named = TestEngine::with(|options| options.networks = vec!["10.0.0.0/8".parse().unwrap()]).await;
    named.ok(&bind("http://10.0.0.1/")).await;
    assert_eq!(
        named.refused(&bind("http://127.0.0.1/")).await.0,
        "InvalidParameterException"
    );
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_called() {
    let t = TestEngine::with(|options| options.networks = Vec::new()).await;
    let function = Function::listening("named").await;
    let pool = t
        .user_pool_with(idp::CreateUserPoolRequest {
            lambda_config: Some(idp::LambdaConfigType {
                pre_sign_up: Some(function.arn.clone()),
                ..Default::default()
            }),
            ..Default::default()
        })
        .await;
    let client = t.client(&pool).await;
    t.ok(&PutFunctionRequest {
        function_arn: function.arn.clone(),
        address: Some(function.url.replace("127.0.0.1", "localhost")),
        ..Default::default()
    })
    .await;
    let (code, _) = t
        .refused(&idp::SignUpRequest {
            client_id: client,
            username: "maria".to_owned(),
            password: Some(PASSWORD.into()),
            ..Default::default()
        })
        .await;
    assert_eq!(code, "UnexpectedLambdaException");
    assert!(function.calls().is_empty());
}

#[tokio::test]
async fn lambda_is_called_with_a_signature() {
    let s = Scene::of(&["PreSignUp"], json!({}), json!({})).await;
    s.t.ok(&PutFunctionRequest {
        function_arn: s.function.arn.clone(),
        lambda: Some(LambdaType {
            endpoint: Some(s.function.url.clone()),
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: Some("top-secret".into()),
            session_token: Some("token".into()),
        }),
        ..Default::default()
    })
    .await;
    s.sign_up("maria").await;
    let (path, headers) = s.function.calls().pop().unwrap();
    let text = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(
        path,
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Atrigger/invocations"
    );
    assert_eq!(text("x-amz-invocation-type"), "RequestResponse");
    assert_eq!(text("x-amz-security-token"), "token");
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = s.function.event().to_string().into_bytes();
    let presented = sigv4::present(&sigv4::Message {
        method: "POST",
        path: &path,
        query: "",
        headers: &headers,
        body: &body,
    })
    .unwrap()
    .unwrap();
    assert_eq!(
        (presented.service.as_str(), presented.region.as_str()),
        ("lambda", "us-east-1")
    );
    assert!(sigv4::verify(&presented, "top-secret"));
    let listed = s.t.ok(&ListFunctionsRequest {}).await.functions;
    let shown = serde_json::to_string(&listed).unwrap();
    assert!(
        !shown.contains("top-secret") && !shown.contains("token"),
        "{shown}"
    );
}

#[tokio::test]
async fn bindings_are_checked_kept_and_sealed() {
    let t = TestEngine::new().await;
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:x".to_owned();
    let put = |request: PutFunctionRequest| PutFunctionRequest {
        function_arn: arn.clone(),
        ..request
    };
    let code = async |request: PutFunctionRequest| t.refused(&request).await.0;
    let address = |text: &str| {
        put(PutFunctionRequest {
            address: Some(text.to_owned()),
            ..Default::default()
        })
    };
    for bad in [
        put(PutFunctionRequest::default()),
        address("ftp://x"),
        address("x"),
    ] {
        assert_eq!(code(bad).await, "InvalidParameterException");
    }
    let both = PutFunctionRequest {
        command: Some(vec!["true".to_owned()]),
        ..address("http://127.0.0.1:1")
    };
    assert_eq!(code(both).await, "InvalidParameterException");
    assert_eq!(
        code(PutFunctionRequest {
            command: Some(vec![]),
            ..put(PutFunctionRequest::default())
        })
        .await,
        "InvalidParameterException"
    );
    let gone = DeleteFunctionRequest {
        function_arn: arn.clone(),
    };
    assert_eq!(t.refused(&gone).await.0, "ResourceNotFoundException");
    t.ok(&address("http://127.0.0.1:1/very-private")).await;
    let stored: Option<String> = t
        .store
        .read(|r| poolhouse::store::records::settings::get(r, "functions"))
        .await
        .unwrap();
    assert!(!stored.unwrap().contains("very-private"));
    let t = t.reopen().await;
    let listed = t.ok(&ListFunctionsRequest {}).await.functions;
    assert_eq!(
        listed[0].address.as_deref(),
        Some("http://127.0.0.1:1/very-private")
    );
    t.ok(&gone).await;
    assert!(t.ok(&ListFunctionsRequest {}).await.functions.is_empty());
    let short = PutEncryptionKeyRequest {
        key_id: KEY_ID.to_owned(),
        key: "c2hvcnQ=".into(),
    };
    assert_eq!(t.refused(&short).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn a_remote_admin_binds_no_commands() {
    let server = crate::http::Server::start().await;
    let driver = server.driver(Some(server.keys.clone()), crate::support::START);
    let request = PutFunctionRequest {
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:x".to_owned(),
        command: Some(vec!["true".to_owned()]),
        ..Default::default()
    };
    match driver.call(&request).await {
        Err(poolhouse::driver::CallError::Fault(fault)) => assert_eq!(fault.code, "NotAuthorizedException"),
        other => panic!("{other:?}"),
    }
    let request = PutFunctionRequest {
        command: None,
        address: Some("http://127.0.0.1:1".to_owned()),
        ..request
    };
    driver.call(&request).await.unwrap();
}

#[tokio::test]
async fn the_token_of_a_client_itself_is_asked_about_in_the_third_version_alone() {
    for version in ["V3_0", "V2_0"] {
        let t = TestEngine::new().await;
        let function = Function::bound(&t, "machine").await;
        let lambda =
            json!({"PreTokenGenerationConfig": {"LambdaArn": function.arn, "LambdaVersion": version}});
        let secret = "1234567890abcdefghijklmnopqrstuvwxyz";
        let settings = json!({"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]});
        let mut s = Scene::with(t, function, lambda, json!({}), settings.clone()).await;
        s.client = client(&s.t, &s.pool, settings, Some(secret)).await;
        s.function.replies(Reply::With(json!({
            "claimsAndScopeOverrideDetails": {
                "accessTokenGeneration": {
                    "claimsToAddOrOverride": {"tenant": "red", "sub": "other"},
                    "scopesToAdd": ["api/extra"],
                },
            },
        })));
        let request = json!({
            "ClientId": s.client, "Secret": secret, "ClientMetadata": {"from": "machine"},
        });
        let answer = ok::<idp::GetClientTokenRequest>(&s.t, request).await;
        let token = answer.client_authentication_result.unwrap().access_token.unwrap();
        let said = claims(Some(token));
        if version == "V2_0" {
            assert!(s.function.events().is_empty() && said.get("tenant").is_none());
            continue;
        }
        let event = s.function.event();
        assert_eq!(event["triggerSource"], "TokenGeneration_ClientCredentials");
        assert_eq!(event["version"], "3");
        assert_eq!(event["callerContext"]["clientId"], s.client.as_str());
        assert_eq!(event["request"]["clientMetadata"]["from"], "machine");
        assert_eq!(said["tenant"], "red");
        assert_eq!(said["scope"], "api/extra");
        // What names the client stays.
        assert_eq!(
            (said["sub"].as_str(), said["client_id"].as_str()),
            (Some(&*s.client), Some(&*s.client))
        );
    }
}

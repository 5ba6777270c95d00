//! What each operation answers when a function that it calls fails, gives no answer that can be
//! read, or cannot be called.

use poolhouse::wire::{Service, idp};
use serde_json::{Value, json};

use crate::functions::Reply;
use crate::triggers::{PASSWORD, Scene};
use crate::users::{code_to, ok};

const TRIGGERS: [&str; 8] = [
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PreTokenGeneration",
    "CustomMessage",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
];

/// How a function fails, and what the caller is told.
fn ways() -> [(Reply, &'static str); 3] {
    [
        (Reply::Error("no"), "UserLambdaValidationException"),
        (Reply::Status(200, "<html>"), "InvalidLambdaResponseException"),
        (Reply::Status(403, ""), "UnexpectedLambdaException"),
    ]
}

/// Functions that do as little as they can.
fn willing(event: &Value) -> Reply {
    Reply::With(match event["triggerSource"].as_str().unwrap() {
        "DefineAuthChallenge_Authentication" => json!({"challengeName": "CUSTOM_CHALLENGE"}),
        "VerifyAuthChallengeResponse_Authentication" => json!({"answerCorrect": true}),
        _ => json!({}),
    })
}

/// A pool with a user of each kind, whose functions fail when they are told to.
struct House {
    s: Scene,
}

impl House {
    async fn new() -> Self {
        let s = Scene::of(
            &TRIGGERS,
            json!({
                "AutoVerifiedAttributes": ["email"],
                "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
            }),
            json!({"ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
            ], "AllowedOAuthScopes": ["aws.cognito.signin.user.admin"]}),
        )
        .await;
        s.function.answers(willing);
        s.user("maria").await;
        Self { s }
    }

    /// Calls an operation while what `source` names fails; returns the code.
    async fn failing(&self, source: &'static str, way: &Reply, operation: &str, request: Value) -> String {
        let way = way.clone();
        self.s.function.answers(move |event| {
            let fails = event["triggerSource"].as_str().unwrap().starts_with(source);
            if fails { way.clone() } else { willing(event) }
        });
        let code = self.s.t.code(Service::Idp, operation, &request).await;
        self.s.function.answers(willing);
        code
    }

    /// Signs a new user up; returns the code that was sent.
    async fn unconfirmed(&self, username: &str) -> String {
        let email = format!("{username}@example.com");
        let request = json!({
            "ClientId": self.s.client, "Username": username, "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": email}],
        });
        ok::<idp::SignUpRequest>(&self.s.t, request).await;
        code_to(&self.s.t, &self.s.pool, &email).await
    }

    /// Signs `maria` in; returns her access and refresh token.
    async fn tokens(&self) -> (String, String) {
        let request = json!({
            "ClientId": self.s.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "maria", "PASSWORD": PASSWORD},
        });
        let answer = ok::<idp::InitiateAuthRequest>(&self.s.t, request).await;
        let tokens = answer.authentication_result.unwrap();
        let text = |token: Option<poolhouse::base::secret::Secret>| token.unwrap().expose().to_owned();
        (text(tokens.access_token), text(tokens.refresh_token))
    }
}

#[tokio::test]
async fn a_failing_function_fails_each_operation_that_calls_it() {
    for (way, expected) in ways() {
        let house = House::new().await;
        let (pool, client) = (&house.s.pool, &house.s.client);
        let (access, refresh) = house.tokens().await;
        let maria = json!({"UserPoolId": pool, "Username": "maria"});
        let own = json!({"ClientId": client, "Username": "maria"});
        let with = |base: &Value, more: Value| {
            let mut request = base.clone();
            for (name, value) in more.as_object().unwrap() {
                request[name] = value.clone();
            }
            request
        };
        let email = json!({"UserAttributes": [{"Name": "email", "Value": "new@example.com"}]});
        let password = json!({"USERNAME": "maria", "PASSWORD": PASSWORD});
        let custom = ok::<idp::InitiateAuthRequest>(
            &house.s.t,
            json!({"ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "maria"}}),
        )
        .await;
        let first = house.unconfirmed("first").await;
        house.unconfirmed("second").await;
        house.unconfirmed("third").await;
        ok::<idp::ForgotPasswordRequest>(&house.s.t, own.clone()).await;
        let forgotten = code_to(&house.s.t, pool, "maria@example.com").await;
        let cases: Vec<(&'static str, &str, Value)> = vec![
            (
                "PreAuthentication",
                "AdminInitiateAuth",
                json!({"UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                       "AuthParameters": password}),
            ),
            (
                "PreAuthentication",
                "AdminRespondToAuthChallenge",
                json!({"UserPoolId": pool, "ClientId": client, "ChallengeName": "ADMIN_NO_SRP_AUTH",
                       "ChallengeResponses": password}),
            ),
            (
                "PreAuthentication",
                "InitiateAuth",
                json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": password}),
            ),
            (
                "VerifyAuthChallengeResponse",
                "RespondToAuthChallenge",
                json!({"ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE",
                       "Session": custom.session.unwrap().expose(),
                       "ChallengeResponses": {"USERNAME": "maria", "ANSWER": "x"}}),
            ),
            (
                "TokenGeneration",
                "GetTokensFromRefreshToken",
                json!({"ClientId": client, "RefreshToken": refresh}),
            ),
            (
                "TokenGeneration",
                "GetDerivedToken",
                json!({"ClientId": client, "SubjectToken": access, "SubjectTokenType": "ACCESS_TOKEN"}),
            ),
            (
                "PreSignUp_AdminCreateUser",
                "AdminCreateUser",
                json!({"UserPoolId": pool, "Username": "fourth"}),
            ),
            (
                "PreSignUp_SignUp",
                "SignUp",
                json!({"ClientId": client, "Username": "fifth", "Password": PASSWORD}),
            ),
            (
                "PostConfirmation",
                "ConfirmSignUp",
                json!({"ClientId": client, "Username": "first", "ConfirmationCode": first}),
            ),
            (
                "PostConfirmation",
                "AdminConfirmSignUp",
                json!({"UserPoolId": pool, "Username": "second"}),
            ),
            (
                "CustomMessage",
                "ResendConfirmationCode",
                json!({"ClientId": client, "Username": "third"}),
            ),
            (
                "CustomMessage",
                "UpdateUserAttributes",
                with(&email, json!({"AccessToken": access})),
            ),
            (
                "CustomMessage",
                "GetUserAttributeVerificationCode",
                json!({"AccessToken": access, "AttributeName": "email"}),
            ),
            (
                "CustomMessage",
                "AdminUpdateUserAttributes",
                with(&maria, email.clone()),
            ),
            ("CustomMessage", "ForgotPassword", own.clone()),
            (
                "PostConfirmation",
                "ConfirmForgotPassword",
                with(
                    &own,
                    json!({"ConfirmationCode": forgotten, "Password": "Another-9-Word"}),
                ),
            ),
            ("CustomMessage", "AdminResetUserPassword", maria.clone()),
        ];
        let mut wrong = Vec::new();
        for (source, operation, request) in cases {
            let code = house.failing(source, &way, operation, request).await;
            if code != expected {
                wrong.push(format!("{operation}: {code}"));
            }
        }
        assert!(wrong.is_empty(), "{expected}: {wrong:#?}");
    }
}

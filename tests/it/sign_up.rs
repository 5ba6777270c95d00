//! Sign-up, confirmation, and forgotten passwords, as an app without credentials calls them.

use poolhouse::wire::idp;
use serde_json::{Value, json};

use crate::support::TestEngine;
use crate::users::{client, code_to, decode, messages, ok, pool, record, refused, seen};

const HOUR: i64 = 3600;

fn fault(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn mismatch() -> (String, String) {
    fault(
        "CodeMismatchException",
        "Invalid verification code provided, please try again.",
    )
}

fn expired() -> (String, String) {
    fault(
        "ExpiredCodeException",
        "Invalid code provided, please request a code again.",
    )
}

fn too_often() -> (String, String) {
    fault(
        "LimitExceededException",
        "Attempt limit exceeded, please try after some time.",
    )
}

/// An engine with one pool that verifies e-mail addresses, and one app client.
struct App {
    t: TestEngine,
    pool: String,
    client: String,
}

impl App {
    async fn new() -> Self {
        Self::of(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await
    }

    async fn of(settings: Value, client_settings: Value) -> Self {
        let t = TestEngine::new().await;
        let pool = pool(&t, settings).await;
        let client = client(&t, &pool, client_settings, None).await;
        Self { t, pool, client }
    }

    fn request(&self, username: &str, more: Value) -> Value {
        let mut request = json!({"ClientId": self.client, "Username": username});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    }

    fn sign_up_request(&self, username: &str, attributes: &[(&str, &str)]) -> Value {
        let list: Vec<_> = attributes
            .iter()
            .map(|(name, value)| json!({"Name": name, "Value": value}))
            .collect();
        self.request(username, json!({"Password": "Passw0rd!", "UserAttributes": list}))
    }

    async fn sign_up(&self, username: &str, email: &str) -> idp::SignUpResponse {
        ok::<idp::SignUpRequest>(&self.t, self.sign_up_request(username, &[("email", email)])).await
    }

    /// Makes a user with a verified address and a password.
    async fn confirmed(&self, username: &str, email: &str) -> String {
        let made = self.sign_up(username, email).await;
        let code = code_to(&self.t, &self.pool, email).await;
        ok::<idp::ConfirmSignUpRequest>(&self.t, self.request(username, json!({"ConfirmationCode": code})))
            .await;
        made.user_sub
    }

    async fn confirm(&self, username: &str, code: &str) -> Result<(), (String, String)> {
        let request = self.request(username, json!({"ConfirmationCode": code}));
        match self
            .t
            .call(&decode::<idp::ConfirmSignUpRequest>(request.clone()))
            .await
        {
            Ok(_) => Ok(()),
            Err(_) => Err(refused::<idp::ConfirmSignUpRequest>(&self.t, request).await),
        }
    }

    async fn confirm_refused(&self, username: &str, code: &str) -> (String, String) {
        let request = self.request(username, json!({"ConfirmationCode": code}));
        refused::<idp::ConfirmSignUpRequest>(&self.t, request).await
    }

    async fn forgot(&self, username: &str) -> idp::ForgotPasswordResponse {
        ok::<idp::ForgotPasswordRequest>(&self.t, self.request(username, json!({}))).await
    }

    fn new_password(&self, username: &str, code: &str, password: &str) -> Value {
        self.request(username, json!({"ConfirmationCode": code, "Password": password}))
    }
}

/// Returns a code that is not `code`.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn sign_up_off_refuses_everyone_and_lets_admins_go_on() {
    let app = App::of(
        json!({"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true}}),
        json!({}),
    )
    .await;
    assert_eq!(
        refused::<idp::SignUpRequest>(&app.t, app.sign_up_request("maria", &[])).await,
        fault(
            "NotAuthorizedException",
            "SignUp is not permitted for this user pool"
        )
    );
    app.t.user(&app.pool, "maria", &[]).await;
}

#[tokio::test]
async fn a_code_confirms_the_user_and_verifies_the_address() {
    let app = App::new().await;
    let made = app.sign_up("maria", "jane@example.com").await;
    assert!(!made.user_confirmed);
    let details = made.code_delivery_details.unwrap();
    assert_eq!(details.destination.as_deref(), Some("j***@e***"));
    assert_eq!(details.attribute_name.as_deref(), Some("email"));
    let (status, attributes) = seen(&app.t, &app.pool, "maria").await;
    assert_eq!(
        (status.as_str(), attributes.get("email_verified")),
        ("UNCONFIRMED", None)
    );
    let code = code_to(&app.t, &app.pool, "jane@example.com").await;
    assert_eq!(app.confirm("maria", &code).await, Ok(()));
    let (status, attributes) = seen(&app.t, &app.pool, "maria").await;
    assert_eq!(status, "CONFIRMED");
    assert_eq!(attributes["email_verified"], "true");
    assert_eq!(
        app.confirm_refused("maria", &code).await,
        fault(
            "NotAuthorizedException",
            "User cannot be confirmed. Current status is CONFIRMED"
        )
    );
    assert_eq!(
        refused::<idp::SignUpRequest>(&app.t, app.sign_up_request("maria", &[])).await,
        fault("UsernameExistsException", "User already exists")
    );
    assert!(record(&app.t, &app.pool, &made.user_sub).await.self_registered);
}

#[tokio::test]
async fn an_admin_confirms_without_verifying_and_only_once() {
    let app = App::new().await;
    app.sign_up("maria", "a@example.com").await;
    let who = json!({"UserPoolId": app.pool, "Username": "maria"});
    ok::<idp::AdminConfirmSignUpRequest>(&app.t, who.clone()).await;
    let (status, attributes) = seen(&app.t, &app.pool, "maria").await;
    assert_eq!(
        (status.as_str(), attributes.get("email_verified")),
        ("CONFIRMED", None)
    );
    assert_eq!(
        refused::<idp::AdminConfirmSignUpRequest>(&app.t, who).await,
        fault(
            "NotAuthorizedException",
            "User cannot be confirmed. Current status is CONFIRMED"
        )
    );
    app.t.user(&app.pool, "invited", &[]).await;
    let invited = json!({"UserPoolId": app.pool, "Username": "invited"});
    assert_eq!(
        refused::<idp::AdminConfirmSignUpRequest>(&app.t, invited).await.0,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn five_wrong_answers_spend_a_code_and_a_day_ends_it() {
    let app = App::new().await;
    app.sign_up("maria", "a@example.com").await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    for _ in 0..5 {
        assert_eq!(app.confirm_refused("maria", other_than(&code)).await, mismatch());
    }
    assert_eq!(app.confirm_refused("maria", &code).await, too_often());

    app.sign_up("rosa", "b@example.com").await;
    let code = code_to(&app.t, &app.pool, "b@example.com").await;
    app.t.clock.advance_secs(24 * HOUR);
    assert_eq!(app.confirm_refused("rosa", &code).await, expired());
}

#[tokio::test]
async fn resending_replaces_the_code_five_times_an_hour() {
    let app = App::new().await;
    app.sign_up("maria", "a@example.com").await;
    let first = code_to(&app.t, &app.pool, "a@example.com").await;
    let again = app.request("maria", json!({}));
    for _ in 0..5 {
        ok::<idp::ResendConfirmationCodeRequest>(&app.t, again.clone()).await;
    }
    assert_eq!(
        refused::<idp::ResendConfirmationCodeRequest>(&app.t, again.clone()).await,
        too_often()
    );
    assert_eq!(
        messages(&app.t, &app.pool).await.len(),
        6,
        "a refused call sends nothing"
    );
    let last = code_to(&app.t, &app.pool, "a@example.com").await;
    if first != last {
        assert_eq!(app.confirm_refused("maria", &first).await, mismatch());
    }
    app.t.clock.advance_secs(HOUR);
    ok::<idp::ResendConfirmationCodeRequest>(&app.t, again.clone()).await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    assert_eq!(app.confirm("maria", &code).await, Ok(()));
    assert_eq!(
        refused::<idp::ResendConfirmationCodeRequest>(&app.t, again).await,
        fault("InvalidParameterException", "User is already confirmed.")
    );
}

#[tokio::test]
async fn a_second_owner_of_an_alias_is_refused_until_it_is_forced() {
    let app = App::of(
        json!({"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]}),
        json!({}),
    )
    .await;
    app.confirmed("first", "a@example.com").await;
    app.sign_up("second", "a@example.com").await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    assert_eq!(
        app.confirm_refused("second", &code).await,
        fault(
            "AliasExistsException",
            "An account with the email already exists."
        )
    );
    let forced = app.request(
        "second",
        json!({"ConfirmationCode": code, "ForceAliasCreation": true}),
    );
    ok::<idp::ConfirmSignUpRequest>(&app.t, forced).await;
    assert_eq!(
        seen(&app.t, &app.pool, "first").await.1["email_verified"],
        "false"
    );
    assert_eq!(
        seen(&app.t, &app.pool, "a@example.com").await,
        seen(&app.t, &app.pool, "second").await
    );
}

#[tokio::test]
async fn a_client_writes_only_what_it_may_and_all_that_is_required() {
    let app = App::of(
        json!({"Schema": [{"Name": "given_name", "Required": true}, {"Name": "email", "Required": true}]}),
        json!({"WriteAttributes": ["email", "given_name"]}),
    )
    .await;
    for attribute in [("name", "Maria"), ("email_verified", "true")] {
        assert_eq!(
            refused::<idp::SignUpRequest>(&app.t, app.sign_up_request("maria", &[attribute])).await,
            fault(
                "NotAuthorizedException",
                "A client attempted to write unauthorized attribute"
            )
        );
    }
    assert_eq!(
        refused::<idp::SignUpRequest>(&app.t, app.sign_up_request("maria", &[("email", "")])).await,
        fault(
            "InvalidParameterException",
            "Attributes did not conform to the schema: given_name: The attribute is required\n\
             email: The attribute is required"
        )
    );
    let weak = app.request("maria", json!({"Password": "short"}));
    let with = |mut request: Value| {
        request["UserAttributes"] =
            json!([{"Name": "email", "Value": "a@b.co"}, {"Name": "given_name", "Value": "M"}]);
        request
    };
    assert_eq!(
        refused::<idp::SignUpRequest>(&app.t, with(weak)).await,
        fault(
            "InvalidPasswordException",
            "Password did not conform with policy: Password not long enough"
        )
    );
    let without = with(app.request("maria", json!({})));
    assert_eq!(
        refused::<idp::SignUpRequest>(&app.t, without).await.0,
        "InvalidPasswordException"
    );
}

#[tokio::test]
async fn a_client_with_a_secret_wants_its_hash() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    let id = client(&t, &pool, json!({}), Some("a secret of this client")).await;
    let bare = json!({"ClientId": id, "Username": "maria", "Password": "Passw0rd!"});
    assert_eq!(
        refused::<idp::SignUpRequest>(&t, bare.clone()).await,
        fault(
            "NotAuthorizedException",
            &format!("Client {id} is configured with secret but SECRET_HASH was not received")
        )
    );
    let mut wrong = bare;
    wrong["SecretHash"] = json!("d3Jvbmc=");
    assert_eq!(
        refused::<idp::SignUpRequest>(&t, wrong).await,
        fault(
            "NotAuthorizedException",
            &format!("Unable to verify secret hash for client {id}")
        )
    );
    let nowhere = json!({"ClientId": "nowhere", "Username": "maria", "Password": "Passw0rd!"});
    assert_eq!(
        refused::<idp::SignUpRequest>(&t, nowhere).await,
        fault(
            "ResourceNotFoundException",
            "User pool client nowhere does not exist."
        )
    );
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once_within_the_hour() {
    let app = App::of(
        json!({
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}},
        }),
        json!({}),
    )
    .await;
    let sub = app.confirmed("maria", "a@example.com").await;
    let before = record(&app.t, &app.pool, &sub).await.credential;
    let details = app.forgot("maria").await.code_delivery_details.unwrap();
    assert_eq!(details.destination.as_deref(), Some("a***@e***"));
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    for (code, password, expected) in [
        (code.as_str(), "short", "InvalidPasswordException"),
        (
            code.as_str(),
            "Passw0rd!",
            "PasswordHistoryPolicyViolationException",
        ),
        (other_than(&code), "Passw0rd?", "CodeMismatchException"),
    ] {
        let request = app.new_password("maria", code, password);
        assert_eq!(
            refused::<idp::ConfirmForgotPasswordRequest>(&app.t, request)
                .await
                .0,
            expected
        );
    }
    assert_eq!(record(&app.t, &app.pool, &sub).await.credential, before);
    let request = app.new_password("maria", &code, "Passw0rd?");
    ok::<idp::ConfirmForgotPasswordRequest>(&app.t, request.clone()).await;
    assert_ne!(record(&app.t, &app.pool, &sub).await.credential, before);
    assert_eq!(
        refused::<idp::ConfirmForgotPasswordRequest>(&app.t, request).await,
        expired()
    );

    app.forgot("maria").await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    app.t.clock.advance_secs(HOUR);
    let late = app.new_password("maria", &code, "Passw0rd#");
    assert_eq!(
        refused::<idp::ConfirmForgotPasswordRequest>(&app.t, late).await,
        expired()
    );
}

#[tokio::test]
async fn a_reset_by_an_admin_ends_with_a_new_password() {
    let app = App::new().await;
    app.confirmed("maria", "a@example.com").await;
    let who = json!({"UserPoolId": app.pool, "Username": "maria"});
    ok::<idp::AdminResetUserPasswordRequest>(&app.t, who).await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    ok::<idp::ConfirmForgotPasswordRequest>(&app.t, app.new_password("maria", &code, "Passw0rd?")).await;
    assert_eq!(seen(&app.t, &app.pool, "maria").await.0, "CONFIRMED");
}

#[tokio::test]
async fn a_reset_ends_changes_that_wait_for_a_code() {
    let app = App::of(
        json!({
            "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        }),
        json!({}),
    )
    .await;
    let sub = app.confirmed("maria", "a@example.com").await;
    let change = json!({
        "UserPoolId": app.pool, "Username": "maria",
        "UserAttributes": [{"Name": "email", "Value": "thief@example.com"}],
    });
    ok::<idp::AdminUpdateUserAttributesRequest>(&app.t, change).await;
    assert_eq!(record(&app.t, &app.pool, &sub).await.pending_attributes.len(), 1);
    app.forgot("maria").await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    ok::<idp::ConfirmForgotPasswordRequest>(&app.t, app.new_password("maria", &code, "Passw0rd?")).await;
    assert_eq!(record(&app.t, &app.pool, &sub).await.pending_attributes.len(), 0);
}

#[tokio::test]
async fn a_code_sent_to_an_address_that_changed_since_resets_nothing() {
    let app = App::new().await;
    app.confirmed("maria", "a@example.com").await;
    app.forgot("maria").await;
    let code = code_to(&app.t, &app.pool, "a@example.com").await;
    let change = json!({
        "UserPoolId": app.pool, "Username": "maria",
        "UserAttributes": [
            {"Name": "email", "Value": "b@example.com"}, {"Name": "email_verified", "Value": "true"},
        ],
    });
    ok::<idp::AdminUpdateUserAttributesRequest>(&app.t, change).await;
    let request = app.new_password("maria", &code, "Passw0rd?");
    assert_eq!(
        refused::<idp::ConfirmForgotPasswordRequest>(&app.t, request).await,
        expired()
    );
}

#[tokio::test]
async fn a_client_that_hides_nothing_names_the_reason() {
    let app = App::new().await;
    let unknown = fault(
        "UserNotFoundException",
        "Username/client id combination not found.",
    );
    let nobody = app.request("nobody", json!({}));
    assert_eq!(
        refused::<idp::ForgotPasswordRequest>(&app.t, nobody.clone()).await,
        unknown
    );
    assert_eq!(
        refused::<idp::ResendConfirmationCodeRequest>(&app.t, nobody).await,
        unknown
    );
    assert_eq!(app.confirm_refused("nobody", "123456").await, unknown);
    let password = app.new_password("nobody", "123456", "Passw0rd!");
    assert_eq!(
        refused::<idp::ConfirmForgotPasswordRequest>(&app.t, password).await,
        unknown
    );
    app.confirmed("maria", "a@example.com").await;
    let who = json!({"UserPoolId": app.pool, "Username": "maria"});
    ok::<idp::AdminDisableUserRequest>(&app.t, who).await;
    assert_eq!(
        refused::<idp::ForgotPasswordRequest>(&app.t, app.request("maria", json!({}))).await,
        fault("NotAuthorizedException", "User is disabled.")
    );
}

/// What a caller can see of an outcome: the error, or how the delivery details look.
async fn outcome<O>(app: &App, request: Value, details: fn(O::Response) -> Option<String>) -> Value
where
    O: poolhouse::wire::Operation,
{
    match app.t.call(&decode::<O>(request)).await {
        Ok(response) => json!({"to": details(response)}),
        Err(poolhouse::driver::CallError::Fault(fault)) => {
            json!({"code": fault.code, "message": fault.message})
        }
        Err(other) => panic!("{other}"),
    }
}

fn destination(details: Option<idp::CodeDeliveryDetailsType>) -> Option<String> {
    details.map(|details| {
        // Which letters are shown differs by name; the form must not.
        let shown = details.destination.unwrap();
        let form: String = shown
            .chars()
            .map(|c| if c.is_ascii_lowercase() { 'x' } else { c })
            .collect();
        format!(
            "{form} {:?} {:?}",
            details.delivery_medium, details.attribute_name
        )
    })
}

#[tokio::test]
async fn a_client_that_hides_users_answers_every_name_alike() {
    let app = App::of(
        json!({"AutoVerifiedAttributes": ["email"]}),
        json!({"PreventUserExistenceErrors": "ENABLED"}),
    )
    .await;
    app.confirmed("known", "known@example.com").await;
    app.confirmed("disabled", "disabled@example.com").await;
    let who = json!({"UserPoolId": app.pool, "Username": "disabled"});
    ok::<idp::AdminDisableUserRequest>(&app.t, who).await;
    app.sign_up("waiting", "waiting@example.com").await;
    app.t.user(&app.pool, "invited", &[]).await;

    // What was counted so far is no part of the comparison.
    app.t.clock.advance_secs(HOUR);
    let mut seen = Vec::new();
    for name in ["known", "disabled", "waiting", "invited", "nobody"] {
        let mut answers = Vec::new();
        let plain = app.request(name, json!({}));
        let code = app.request(name, json!({"ConfirmationCode": "wrong1"}));
        let password = app.new_password(name, "wrong1", "Passw0rd?");
        // Past every quota, so that the limits are compared too.
        for _ in 0..22 {
            answers.push(
                outcome::<idp::ForgotPasswordRequest>(&app, plain.clone(), |it| {
                    destination(it.code_delivery_details)
                })
                .await,
            );
            answers
                .push(outcome::<idp::ConfirmForgotPasswordRequest>(&app, password.clone(), |_| None).await);
            answers.push(outcome::<idp::ConfirmSignUpRequest>(&app, code.clone(), |_| None).await);
            answers.push(
                outcome::<idp::ResendConfirmationCodeRequest>(&app, plain.clone(), |it| {
                    destination(it.code_delivery_details)
                })
                .await,
            );
        }
        seen.push((name, answers));
    }
    let (_, expected) = seen.pop().unwrap();
    for (name, answers) in seen {
        for (at, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
            assert_eq!(answer, expected, "{name}, call {at}");
        }
    }
    // Made-up details stay the same for the same name.
    let first = app.forgot_again("someone").await;
    assert_eq!(first, app.forgot_again("someone").await);
}

impl App {
    async fn forgot_again(&self, username: &str) -> Option<String> {
        self.forgot(username)
            .await
            .code_delivery_details
            .unwrap()
            .destination
    }
}

#[tokio::test]
async fn messages_follow_the_pools_templates() {
    let app = App::of(
        json!({
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "VerificationMessageTemplate": {
                "EmailSubject": "Hello", "EmailMessage": "<b>{####}</b>", "SmsMessage": "Code {####}",
            },
        }),
        json!({}),
    )
    .await;
    app.sign_up("maria", "a@example.com").await;
    let sent = messages(&app.t, &app.pool).await;
    let code = sent[0].code.clone().unwrap();
    assert_eq!(
        (sent[0].subject.as_str(), sent[0].body.as_str()),
        ("Hello", format!("<b>{code}</b>").as_str())
    );
    let both = app.sign_up_request(
        "rosa",
        &[("email", "b@example.com"), ("phone_number", "+15555550123")],
    );
    let made = ok::<idp::SignUpRequest>(&app.t, both).await;
    let details = made.code_delivery_details.unwrap();
    assert_eq!(details.destination.as_deref(), Some("+*******0123"));
    assert_eq!(details.delivery_medium, Some(idp::DeliveryMediumType::Sms));
    let sent = messages(&app.t, &app.pool).await;
    assert_eq!(sent.len(), 2, "one code a sign-up");
    assert!(sent[0].body.starts_with("Code "));
}

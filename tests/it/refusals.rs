//! Refusals that need a state of their own: users who are not ready, features that are off,
//! limits that are reached, logins at odds.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::base::secret::Secret;
use poolhouse::engine::Error;
use poolhouse::store::records::app_clients::{self, AppClient};
use poolhouse::store::records::groups::{self, Group};
use poolhouse::store::records::identity_providers::IdentityProvider;
use poolhouse::store::records::resources;
use poolhouse::store::records::user_pools::{self, UserPool};
use poolhouse::wire::identity::*;
use poolhouse::wire::idp::UserPoolMfaType;
use poolhouse::wire::{Service, idp};
use serde_json::{Value, json};

use crate::identities::House;
use crate::mfa::{self, Factors};
use crate::support::{START, TestEngine};
use crate::triggers::PASSWORD;
use crate::users::{client, code_to, ok, pool};

const FLOWS: &[&str] = &[
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
];

/// A pool and a client that says who is there.
struct Place {
    t: TestEngine,
    pool: String,
    client: String,
}

impl Place {
    async fn new(settings: Value) -> Self {
        let t = TestEngine::new().await;
        let pool = pool(&t, settings).await;
        let client = client(&t, &pool, json!({"ExplicitAuthFlows": FLOWS}), None).await;
        Self { t, pool, client }
    }

    async fn user(&self, username: &str, password: &str, permanent: bool) {
        let email = format!("{username}@example.com");
        let attributes = [("email", email.as_str()), ("email_verified", "true")];
        self.t.user(&self.pool, username, &attributes).await;
        self.password(username, password, permanent).await;
    }

    async fn password(&self, username: &str, password: &str, permanent: bool) {
        let request = json!({"UserPoolId": self.pool, "Username": username, "Password": password,
                             "Permanent": permanent});
        ok::<idp::AdminSetUserPasswordRequest>(&self.t, request).await;
    }

    async fn access_token(&self, username: &str) -> String {
        let request = json!({"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
                             "AuthParameters": {"USERNAME": username, "PASSWORD": PASSWORD}});
        let answer = ok::<idp::InitiateAuthRequest>(&self.t, request).await;
        let token = answer.authentication_result.unwrap().access_token.unwrap();
        token.expose().to_owned()
    }

    async fn answers(&self, expected: &str, operation: &str, request: Value) {
        let code = self.t.code(Service::Idp, operation, &request).await;
        assert_eq!(code, expected, "{operation}");
    }

    fn admin(&self, more: Value) -> Value {
        let mut request = json!({"UserPoolId": self.pool, "ClientId": self.client});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    }
}

#[tokio::test]
async fn who_is_not_ready_signs_in_by_no_way_of_an_admin() {
    let place = Place::new(json!({"AutoVerifiedAttributes": ["email"]})).await;
    let sign_up = json!({"ClientId": place.client, "Username": "unconfirmed", "Password": PASSWORD,
                         "UserAttributes": [{"Name": "email", "Value": "unconfirmed@example.com"}]});
    ok::<idp::SignUpRequest>(&place.t, sign_up).await;
    place.user("reset", PASSWORD, true).await;
    let who = json!({"UserPoolId": place.pool, "Username": "reset"});
    ok::<idp::AdminResetUserPasswordRequest>(&place.t, who).await;
    for (username, expected) in [
        ("nobody", "UserNotFoundException"),
        ("unconfirmed", "UserNotConfirmedException"),
        ("reset", "PasswordResetRequiredException"),
    ] {
        let given = json!({"USERNAME": username, "PASSWORD": PASSWORD});
        let begin = json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given});
        place
            .answers(expected, "AdminInitiateAuth", place.admin(begin))
            .await;
        let answer = json!({"ChallengeName": "ADMIN_NO_SRP_AUTH", "ChallengeResponses": given});
        place
            .answers(expected, "AdminRespondToAuthChallenge", place.admin(answer))
            .await;
    }
}

#[tokio::test]
async fn a_new_password_keeps_to_the_policy_wherever_it_is_chosen() {
    let policy = json!({"Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}});
    let place = Place::new(policy).await;
    place.user("maria", PASSWORD, true).await;
    let token = place.access_token("maria").await;
    let change = json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD});
    let used = "PasswordHistoryPolicyViolationException";
    place.answers(used, "ChangePassword", change).await;
    place.password("maria", "Temporary-9", false).await;
    let given = json!({"USERNAME": "maria", "PASSWORD": "Temporary-9"});
    for (password, expected) in [(PASSWORD, used), ("short", "InvalidPasswordException")] {
        let answer = json!({"USERNAME": "maria", "NEW_PASSWORD": password});
        let begin = place.admin(json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given}));
        let asked = ok::<idp::AdminInitiateAuthRequest>(&place.t, begin).await;
        let respond = place.admin(json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeResponses": answer,
            "Session": asked.session.unwrap().expose(),
        }));
        place
            .answers(expected, "AdminRespondToAuthChallenge", respond)
            .await;
        let begin =
            json!({"ClientId": place.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given});
        let asked = ok::<idp::InitiateAuthRequest>(&place.t, begin).await;
        let respond = json!({
            "ClientId": place.client, "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "ChallengeResponses": answer, "Session": asked.session.unwrap().expose(),
        });
        place.answers(expected, "RespondToAuthChallenge", respond).await;
    }
}

#[tokio::test]
async fn what_is_off_is_told_apart_from_what_is_wrong() {
    let place = Place::new(json!({"UserPoolTier": "LITE"})).await;
    place.user("maria", PASSWORD, true).await;
    let off = "UserPoolAddOnNotEnabledException";
    let feedback = json!({"UserPoolId": place.pool, "Username": "maria", "FeedbackValue": "Valid",
                          "EventId": "00000000-0000-4000-8000-000000000000"});
    place
        .answers(off, "AdminUpdateAuthEventFeedback", feedback.clone())
        .await;
    let mut own = feedback;
    own["FeedbackToken"] = json!("x");
    place.answers(off, "UpdateAuthEventFeedback", own).await;
    let step_up = json!({"AuthFlow": "USER_AUTH", "AuthParameters": {
        "USERNAME": "maria", "TARGET_ACR_VALUES": "urn:cognito:loa:2"}});
    place
        .answers(
            "FeatureUnavailableInTierException",
            "AdminInitiateAuth",
            place.admin(step_up),
        )
        .await;
    // A client that does not let its tokens be revoked.
    let kept = client(
        &place.t,
        &place.pool,
        json!({"ExplicitAuthFlows": FLOWS, "EnableTokenRevocation": false}),
        None,
    )
    .await;
    let revoke = json!({"ClientId": kept, "Token": "x"});
    place
        .answers("UnsupportedOperationException", "RevokeToken", revoke)
        .await;
    for (expected, flows, scopes) in [
        (
            "InvalidOAuthFlowException",
            json!(["client_credentials", "code"]),
            json!(["openid"]),
        ),
        (
            "ScopeDoesNotExistException",
            json!(["code"]),
            json!(["nothing/read"]),
        ),
    ] {
        let update = place.admin(json!({
            "AllowedOAuthFlows": flows, "AllowedOAuthScopes": scopes, "AllowedOAuthFlowsUserPoolClient": true,
            "CallbackURLs": ["https://app.example.com"],
        }));
        place.answers(expected, "UpdateUserPoolClient", update).await;
    }
}

#[tokio::test]
async fn an_address_is_one_users_alone_where_users_are_named_by_it() {
    let settings = json!({"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let place = Place::new(settings).await;
    for email in ["maria@example.com", "rosa@example.com"] {
        let sign_up = json!({"UserPoolId": place.pool, "Username": email, "MessageAction": "SUPPRESS",
                             "UserAttributes": [{"Name": "email_verified", "Value": "true"}]});
        ok::<idp::AdminCreateUserRequest>(&place.t, sign_up).await;
        place.password(email, PASSWORD, true).await;
    }
    let token = place.access_token("rosa@example.com").await;
    let change = json!({"AccessToken": token,
                        "UserAttributes": [{"Name": "email", "Value": "maria@example.com"}]});
    place
        .answers("AliasExistsException", "UpdateUserAttributes", change)
        .await;
}

#[tokio::test]
async fn codes_are_asked_for_so_often_and_no_more() {
    let place = Place::new(json!({"AutoVerifiedAttributes": ["email"]})).await;
    place.user("maria", PASSWORD, true).await;
    let token = place.access_token("maria").await;
    let ask = json!({"AccessToken": token, "AttributeName": "email"});
    for _ in 0..5 {
        ok::<idp::GetUserAttributeVerificationCodeRequest>(&place.t, ask.clone()).await;
    }
    place
        .answers("LimitExceededException", "GetUserAttributeVerificationCode", ask)
        .await;
}

#[tokio::test]
async fn a_pool_and_an_account_have_so_much_and_no_more() {
    let place = Place::new(json!({})).await;
    let id = place.pool.clone();
    place
        .t
        .store
        .transact("fill", move |tx| {
            for number in 0..10_000 {
                let group = Group {
                    user_pool_id: id.clone(),
                    name: format!("group-{number}"),
                    ..Group::default()
                };
                groups::insert(tx, &group)?;
            }
            for number in 0..1000 {
                let client = AppClient {
                    id: format!("client{number}"),
                    user_pool_id: id.clone(),
                    ..AppClient::default()
                };
                app_clients::insert(tx, &client)?;
                let pool = UserPool {
                    id: format!("us-east-1_Pool{number}"),
                    region: "us-east-1".to_owned(),
                    ..UserPool::default()
                };
                user_pools::insert(tx, &pool)?;
            }
            for number in 0..300 {
                let provider = IdentityProvider {
                    user_pool_id: id.clone(),
                    name: format!("Provider{number}"),
                    ..IdentityProvider::default()
                };
                resources::put(tx, &provider)?;
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    let of_pool = |more: Value| {
        let mut request = more;
        request["UserPoolId"] = json!(place.pool);
        request
    };
    for (operation, request) in [
        ("CreateGroup", of_pool(json!({"GroupName": "one-more"}))),
        ("CreateUserPoolClient", of_pool(json!({"ClientName": "one more"}))),
        ("CreateUserPool", json!({"PoolName": "one more"})),
        (
            "CreateIdentityProvider",
            of_pool(
                json!({"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": {
                "client_id": "a", "client_secret": "b", "authorize_scopes": "c"}}),
            ),
        ),
    ] {
        place.answers("LimitExceededException", operation, request).await;
    }
}

#[tokio::test]
async fn logins_that_lead_to_two_identities_give_nothing() {
    let house = House::new(|_| {}).await;
    let mut logins = house.new_login("amelia").await;
    house.id_of(&logins).await;
    let developers = house.engine.ok(&house.developer("user-1", None)).await;
    let id = developers.identity_id.unwrap();
    logins.insert(
        "cognito-identity.amazonaws.com".to_owned(),
        developers.token.unwrap(),
    );
    let conflict = "ResourceConflictException";
    house
        .refused(
            &crate::identities::credentials(&id, Some(logins.clone())),
            conflict,
            "",
        )
        .await;
    house
        .refused(&crate::identities::open_id(&id, Some(logins)), conflict, "")
        .await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_wherever_its_logins_count() {
    let issuer = "http://127.0.0.1:1";
    let engine = TestEngine::with(|options| options.identity.add_oidc_client(issuer, "app1")).await;
    let house = House::on(engine, |pool| {
        let arn = "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:1";
        pool.open_id_connect_provider_arns = Some(vec![arn.to_owned()]);
    })
    .await;
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let claims = json!({"iss": issuer, "aud": "app1", "sub": "x", "exp": START.secs() + 600});
    let token = format!("{}.{}.AA", part(&json!({"alg": "ES256"})), part(&claims));
    let logins: BTreeMap<String, Secret> = [("127.0.0.1:1".to_owned(), token.into())].into();
    let guest = house.guest().await;
    let silent = "ExternalServiceException";
    house
        .refused(
            &crate::identities::open_id(&guest, Some(logins.clone())),
            silent,
            "",
        )
        .await;
    let unlink = UnlinkIdentityInput {
        identity_id: guest,
        logins,
        logins_to_remove: vec!["127.0.0.1:1".to_owned()],
    };
    house.refused(&unlink, silent, "").await;
}

/// A request of a pool's admin, or of its client, to which members are added.
fn with(base: &Value, more: Value) -> Value {
    let mut request = base.clone();
    for (name, value) in more.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}

/// Calls an operation; says the code it is refused with, or `OK`.
async fn code(t: &TestEngine, operation: &str, request: Value) -> String {
    t.code(Service::Idp, operation, &request).await
}

/// Signs in as an admin and returns the session of what is asked for next.
async fn session_by_admin(made: &Factors, admin: &Value, username: &str, expected: &str) -> String {
    let begin = with(
        admin,
        json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
               "AuthParameters": {"USERNAME": username, "PASSWORD": mfa::PASSWORD}}),
    );
    let asked = ok::<idp::AdminInitiateAuthRequest>(&made.engine, begin).await;
    assert_eq!(asked.challenge_name.unwrap().as_str(), expected);
    asked.session.unwrap().expose().to_owned()
}

const BY_ADMIN: &[&str] = &["ALLOW_ADMIN_USER_PASSWORD_AUTH"];

#[tokio::test]
async fn an_authenticators_code_is_refused_by_every_way_alike() {
    let made = Factors::with(
        mfa::own_sender(),
        UserPoolMfaType::Optional,
        &["SOFTWARE_TOKEN_MFA"],
        BY_ADMIN,
    )
    .await;
    let t = &made.engine;
    made.user("maria", &[]).await;
    let token = made.access_token("maria").await;
    let secret = made.authenticator(&token).await;
    made.prefer("maria", "SOFTWARE_TOKEN_MFA").await;
    let admin = json!({"UserPoolId": made.pool, "ClientId": made.client});
    let own = json!({"ClientId": made.client});
    let session = session_by_admin(&made, &admin, "maria", "SOFTWARE_TOKEN_MFA").await;
    let answer = |base: &Value, code: String| {
        with(
            base,
            json!({"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": session,
                   "ChallengeResponses": {"USERNAME": "maria", "SOFTWARE_TOKEN_MFA_CODE": code}}),
        )
    };
    // The code that registered the authenticator was used; one of an hour ago never counts.
    let used = mfa::totp(&secret, made.now());
    let past = mfa::totp(&secret, made.now().plus_secs(-3600));
    for (operation, base) in [
        ("AdminRespondToAuthChallenge", &admin),
        ("RespondToAuthChallenge", &own),
    ] {
        assert_eq!(
            code(t, operation, answer(base, used.clone())).await,
            "ExpiredCodeException"
        );
        assert_eq!(
            code(t, operation, answer(base, past.clone())).await,
            "CodeMismatchException"
        );
    }
    // Taken away on the way.
    let who = json!({"UserPoolId": made.pool, "Username": "maria"});
    ok::<idp::AdminDeleteSoftwareTokenRequest>(t, who).await;
    for (operation, base) in [
        ("AdminRespondToAuthChallenge", &admin),
        ("RespondToAuthChallenge", &own),
    ] {
        assert_eq!(
            code(t, operation, answer(base, used.clone())).await,
            "SoftwareTokenMFANotFoundException"
        );
    }
}

#[tokio::test]
async fn a_pool_that_leaves_no_second_factor_is_told_to_be_configured_so() {
    let pool = mfa::own_sender();
    let made = Factors::with(pool.clone(), UserPoolMfaType::On, &["EMAIL_OTP"], BY_ADMIN).await;
    let t = &made.engine;
    let email = [("email", "maria@example.com"), ("email_verified", "true")];
    made.user("maria", &email).await;
    // From now on the one second factor is the one way to reset a password.
    t.ok(&idp::UpdateUserPoolRequest {
        user_pool_id: made.pool.clone(),
        mfa_configuration: Some(UserPoolMfaType::On),
        email_configuration: pool.email_configuration,
        auto_verified_attributes: pool.auto_verified_attributes,
        account_recovery_setting: Some(idp::AccountRecoverySettingType {
            recovery_mechanisms: Some(vec![idp::RecoveryOptionType {
                priority: 1,
                name: idp::RecoveryOptionNameType::VerifiedEmail,
            }]),
        }),
        ..Default::default()
    })
    .await;
    let given = json!({"USERNAME": "maria", "PASSWORD": mfa::PASSWORD});
    let admin = json!({"UserPoolId": made.pool, "ClientId": made.client});
    for (operation, request) in [
        (
            "InitiateAuth",
            json!({"ClientId": made.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given}),
        ),
        (
            "AdminInitiateAuth",
            with(
                &admin,
                json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given}),
            ),
        ),
        (
            "AdminRespondToAuthChallenge",
            with(
                &admin,
                json!({"ChallengeName": "ADMIN_NO_SRP_AUTH", "ChallengeResponses": given}),
            ),
        ),
    ] {
        assert_eq!(
            code(t, operation, request).await,
            "InvalidUserPoolConfigurationException",
            "{operation}"
        );
    }
}

#[tokio::test]
async fn a_name_that_another_user_has_ends_the_sign_in_that_would_take_it() {
    let settings = json!({"AliasAttributes": ["preferred_username"]});
    let place = Place::new(settings).await;
    place.user("maria", PASSWORD, true).await;
    let take = json!({"UserPoolId": place.pool, "Username": "maria",
                      "UserAttributes": [{"Name": "preferred_username", "Value": "chief"}]});
    ok::<idp::AdminUpdateUserAttributesRequest>(&place.t, take).await;
    place.user("rosa", "Temporary-9", false).await;
    let given = json!({"USERNAME": "rosa", "PASSWORD": "Temporary-9"});
    let answer = json!({"USERNAME": "rosa", "NEW_PASSWORD": PASSWORD,
                        "userAttributes.preferred_username": "chief"});
    let begin = place.admin(json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given}));
    let asked = ok::<idp::AdminInitiateAuthRequest>(&place.t, begin).await;
    let respond = json!({"ClientId": place.client, "ChallengeName": "NEW_PASSWORD_REQUIRED",
                         "ChallengeResponses": answer, "Session": asked.session.unwrap().expose()});
    let taken = "AliasExistsException";
    place
        .answers(taken, "AdminRespondToAuthChallenge", place.admin(respond.clone()))
        .await;
    place.answers(taken, "RespondToAuthChallenge", respond).await;
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_not_verified() {
    let settings = json!({
        "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    });
    let place = Place::new(settings).await;
    let make = async |email: &str| {
        let sign_up = json!({"UserPoolId": place.pool, "Username": email, "MessageAction": "SUPPRESS",
                             "UserAttributes": [{"Name": "email_verified", "Value": "true"}]});
        ok::<idp::AdminCreateUserRequest>(&place.t, sign_up).await;
        place.password(email, PASSWORD, true).await;
    };
    make("rosa@example.com").await;
    let token = place.access_token("rosa@example.com").await;
    let change = json!({"AccessToken": token,
                        "UserAttributes": [{"Name": "email", "Value": "chief@example.com"}]});
    ok::<idp::UpdateUserAttributesRequest>(&place.t, change).await;
    let sent = code_to(&place.t, &place.pool, "chief@example.com").await;
    make("chief@example.com").await;
    let verify = json!({"AccessToken": token, "AttributeName": "email", "Code": sent});
    place
        .answers("AliasExistsException", "VerifyUserAttribute", verify)
        .await;
}

#[tokio::test]
async fn a_user_who_is_deleted_on_the_way_is_not_found_where_that_is_told() {
    for (hides, expected) in [
        ("LEGACY", "UserNotFoundException"),
        ("ENABLED", "CodeMismatchException"),
    ] {
        let made = Factors::with(
            mfa::own_sender(),
            UserPoolMfaType::On,
            &["SMS_MFA"],
            &["ALLOW_USER_AUTH"],
        )
        .await;
        let t = &made.engine;
        let client = client(
            t,
            &made.pool,
            json!({"ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": hides}),
            None,
        )
        .await;
        made.user("maria", &[("phone_number", "+15555550100")]).await;
        let begin = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
                           "AuthParameters": {"USERNAME": "maria", "PASSWORD": mfa::PASSWORD}});
        let asked = ok::<idp::InitiateAuthRequest>(t, begin).await;
        let who = json!({"UserPoolId": made.pool, "Username": "maria"});
        ok::<idp::AdminDeleteUserRequest>(t, who).await;
        let respond = json!({"ClientId": client, "ChallengeName": "SMS_MFA",
                             "Session": asked.session.unwrap().expose(),
                             "ChallengeResponses": {"USERNAME": "maria", "SMS_MFA_CODE": "123456"}});
        assert_eq!(
            code(t, "RespondToAuthChallenge", respond).await,
            expected,
            "{hides}"
        );
    }
}

#[tokio::test]
async fn second_factors_are_for_users_who_can_sign_in() {
    let place = Place::new(json!({"AutoVerifiedAttributes": ["email"]})).await;
    let sign_up = json!({"ClientId": place.client, "Username": "unconfirmed", "Password": PASSWORD,
                         "UserAttributes": [{"Name": "email", "Value": "unconfirmed@example.com"}]});
    ok::<idp::SignUpRequest>(&place.t, sign_up).await;
    place.user("reset", PASSWORD, true).await;
    let reset = json!({"UserPoolId": place.pool, "Username": "reset"});
    ok::<idp::AdminResetUserPasswordRequest>(&place.t, reset.clone()).await;
    let unconfirmed = json!({"UserPoolId": place.pool, "Username": "unconfirmed"});
    for (expected, operation, request) in [
        (
            "UserNotConfirmedException",
            "AdminSetUserMFAPreference",
            &unconfirmed,
        ),
        (
            "PasswordResetRequiredException",
            "AdminSetUserMFAPreference",
            &reset,
        ),
        (
            "UserNotConfirmedException",
            "AdminDeleteSoftwareToken",
            &unconfirmed,
        ),
        // What a user had is taken away whatever becomes of the password.
        ("OK", "AdminDeleteSoftwareToken", &reset),
    ] {
        place.answers(expected, operation, request.clone()).await;
    }
    // No code was ever made for who is not confirmed.
    let confirm = json!({"ClientId": place.client, "Username": "unconfirmed", "Password": "Another-9-Word",
                         "ConfirmationCode": "123456"});
    place
        .answers("UserNotConfirmedException", "ConfirmForgotPassword", confirm)
        .await;
}

#[tokio::test]
async fn an_admin_resets_a_password_so_often_an_hour() {
    let place = Place::new(json!({"AutoVerifiedAttributes": ["email"]})).await;
    place.user("maria", PASSWORD, true).await;
    let reset = json!({"UserPoolId": place.pool, "Username": "maria"});
    for _ in 0..20 {
        ok::<idp::AdminResetUserPasswordRequest>(&place.t, reset.clone()).await;
    }
    let limit = "LimitExceededException";
    place
        .answers(limit, "AdminResetUserPassword", reset.clone())
        .await;
    // The user's own hour is another.
    let own = json!({"ClientId": place.client, "Username": "maria"});
    place.answers("OK", "ForgotPassword", own).await;
    place.t.clock.advance_secs(3600);
    place.answers("OK", "AdminResetUserPassword", reset).await;
}

#[tokio::test]
async fn nobody_signs_up_where_there_are_as_many_users_as_a_pool_may_have() {
    let place = Place::new(json!({})).await;
    let sign_up =
        |username: &str| json!({"ClientId": place.client, "Username": username, "Password": PASSWORD});
    place.answers("OK", "SignUp", sign_up("first")).await;
    let pool = place.pool.clone();
    place
        .t
        .store
        .transact("fill", move |tx| {
            let full = "UPDATE counter SET value = 40000000 WHERE pool = ?1 AND name = 'users'";
            Ok::<_, Error>(tx.execute(full, &[pool.as_str().into()])?)
        })
        .await
        .unwrap();
    place
        .answers("LimitExceededException", "SignUp", sign_up("one-more"))
        .await;
}

#[tokio::test]
async fn settings_are_refused_by_an_update_as_when_they_are_made() {
    let place = Place::new(json!({"UserPoolTier": "LITE"})).await;
    let domain = json!({"UserPoolId": place.pool, "Domain": "people"});
    ok::<idp::CreateUserPoolDomainRequest>(&place.t, domain.clone()).await;
    place
        .answers(
            "FeatureUnavailableInTierException",
            "UpdateUserPoolDomain",
            with(&domain, json!({"ManagedLoginVersion": 2})),
        )
        .await;
    let tags = json!({"UserPoolId": place.pool, "UserPoolTier": "LITE", "UserPoolTags": {"aws:owner": "x"}});
    place
        .answers("UserPoolTaggingException", "UpdateUserPool", tags)
        .await;
}

//! Users as an admin makes, finds, changes and removes them.

use poolhouse::store::records::outbox::{self, Message};
use poolhouse::store::records::users::User;
use poolhouse::store::records::{app_clients, users};
use poolhouse::wire::Operation;
use poolhouse::wire::idp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::TestEngine;

/// Makes a user pool of these settings, as `CreateUserPool` takes them; a name is filled in.
pub async fn pool(t: &TestEngine, mut settings: Value) -> String {
    settings["PoolName"] = json!("people");
    t.user_pool_with(decode(settings)).await
}

/// Makes an app client of these settings, as `CreateUserPoolClient` takes them; `secret` is its secret.
pub async fn client(t: &TestEngine, pool: &str, settings: Value, secret: Option<&str>) -> String {
    let id = poolhouse::base::ids::client_id(&*t.rng);
    let client = app_clients::AppClient {
        id: id.clone(),
        user_pool_id: pool.to_owned(),
        name: "app".to_owned(),
        settings: decode(settings),
        secrets: secret
            .map(|secret| app_clients::ClientSecret {
                value: secret.into(),
                ..Default::default()
            })
            .into_iter()
            .collect(),
        ..Default::default()
    };
    t.store
        .transact("client", move |tx| app_clients::insert(tx, &client))
        .await
        .unwrap();
    id
}

/// Reads a request or a document from JSON.
pub fn decode<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

/// Calls an operation that must succeed, its request as JSON.
pub async fn ok<O: Operation>(t: &TestEngine, request: Value) -> O::Response {
    t.ok(&decode::<O>(request)).await
}

/// Calls an operation that must be refused, its request as JSON; returns code and text.
pub async fn refused<O: Operation>(t: &TestEngine, request: Value) -> (String, String) {
    t.refused(&decode::<O>(request)).await
}

/// Returns the messages of a pool, newest first.
pub async fn messages(t: &TestEngine, pool: &str) -> Vec<Message> {
    let pool = pool.to_owned();
    t.store
        .read(move |r| outbox::list(r, Some(&pool), None, None, 100))
        .await
        .unwrap()
}

/// Returns the newest code or password that was sent to an address.
pub async fn code_to(t: &TestEngine, pool: &str, to: &str) -> String {
    let found = messages(t, pool)
        .await
        .into_iter()
        .find(|message| message.to == to);
    found.and_then(|message| message.code).unwrap()
}

/// Reads the record of a user.
pub async fn record(t: &TestEngine, pool: &str, sub: &str) -> User {
    let (pool, sub) = (pool.to_owned(), sub.parse().unwrap());
    t.store
        .read(move |r| users::get(r, &pool, &sub))
        .await
        .unwrap()
        .unwrap()
}

/// Returns status and attributes of a user, as an admin sees them.
pub async fn seen(t: &TestEngine, pool: &str, username: &str) -> (String, Value) {
    let user = ok::<idp::AdminGetUserRequest>(t, json!({"UserPoolId": pool, "Username": username})).await;
    let attributes: serde_json::Map<String, Value> = user
        .user_attributes
        .unwrap()
        .into_iter()
        .filter(|attribute| attribute.name != "sub")
        .map(|attribute| (attribute.name, attribute.value.into()))
        .collect();
    (user.user_status.unwrap().to_string(), attributes.into())
}

fn fault(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn attributes(list: Value) -> Value {
    list.as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect()
}

#[tokio::test]
async fn an_admin_created_user_is_invited_and_must_change_the_password() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    let made = ok::<idp::AdminCreateUserRequest>(
        &t,
        json!({
            "UserPoolId": pool, "Username": "maria",
            "UserAttributes": attributes(json!({"email": "maria@example.com", "email_verified": "True"})),
            "DesiredDeliveryMediums": ["EMAIL"],
        }),
    )
    .await
    .user
    .unwrap();
    assert_eq!(made.user_status, Some(idp::UserStatusType::ForceChangePassword));
    assert_eq!(made.enabled, Some(true));
    assert_eq!(made.attributes.as_ref().unwrap()[0].name, "sub");
    assert_eq!(
        seen(&t, &pool, "maria").await.1,
        json!({"email": "maria@example.com", "email_verified": "true"})
    );
    let sent = messages(&t, &pool).await;
    assert_eq!(sent.len(), 1);
    let password = sent[0].code.clone().unwrap();
    assert_eq!(sent[0].to, "maria@example.com");
    assert!(sent[0].body.contains("maria") && password.chars().count() >= 8);

    // Nobody can be reached by a number the user does not have.
    let (code, _) = refused::<idp::AdminCreateUserRequest>(
        &t,
        json!({"UserPoolId": pool, "Username": "other", "DesiredDeliveryMediums": ["SMS"]}),
    )
    .await;
    assert_eq!(code, "InvalidParameterException");
}

#[tokio::test]
async fn an_invitation_is_sent_again_only_to_who_never_came() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    t.user(&pool, "maria", &[("email", "maria@example.com")]).await;
    assert_eq!(messages(&t, &pool).await.len(), 0, "suppressed");
    let resend = json!({"UserPoolId": pool, "Username": "maria", "MessageAction": "RESEND"});
    ok::<idp::AdminCreateUserRequest>(&t, resend.clone()).await;
    assert_eq!(messages(&t, &pool).await.len(), 1);
    ok::<idp::AdminSetUserPasswordRequest>(
        &t,
        json!({"UserPoolId": pool, "Username": "maria", "Password": "Passw0rd!", "Permanent": true}),
    )
    .await;
    let (code, _) = refused::<idp::AdminCreateUserRequest>(&t, resend).await;
    assert_eq!(code, "UnsupportedUserStateException");
    let nobody = json!({"UserPoolId": pool, "Username": "nobody", "MessageAction": "RESEND"});
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, nobody).await,
        fault("UserNotFoundException", "User does not exist.")
    );
}

#[tokio::test]
async fn usernames_are_unique_as_the_pool_compares_them() {
    let t = TestEngine::new().await;
    let minding = pool(&t, json!({"UsernameConfiguration": {"CaseSensitive": true}})).await;
    let blind = pool(&t, json!({"UsernameConfiguration": {"CaseSensitive": false}})).await;
    for pool in [&minding, &blind] {
        t.user(pool, "Maria", &[]).await;
    }
    t.user(&minding, "maria", &[]).await;
    let again = json!({"UserPoolId": blind, "Username": "mARIA"});
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, again).await,
        fault("UsernameExistsException", "User account already exists")
    );
    seen(&t, &blind, "MARIA").await;
    assert_eq!(
        refused::<idp::AdminGetUserRequest>(&t, json!({"UserPoolId": minding, "Username": "MARIA"})).await,
        fault("UserNotFoundException", "User does not exist.")
    );
}

#[tokio::test]
async fn a_verified_alias_leads_to_one_user_and_moves_when_forced() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({"AliasAttributes": ["email"]})).await;
    let verified = [("email", "a@example.com"), ("email_verified", "true")];
    let first = t.user(&pool, "first", &verified).await;
    assert_eq!(
        seen(&t, &pool, "a@example.com").await,
        seen(&t, &pool, "first").await
    );
    seen(&t, &pool, &first).await;
    let second = json!({
        "UserPoolId": pool, "Username": "second", "MessageAction": "SUPPRESS",
        "UserAttributes": attributes(json!({"email": "a@example.com", "email_verified": "true"})),
    });
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, second.clone()).await,
        fault(
            "UsernameExistsException",
            "An account with the given email already exists."
        )
    );
    let mut forced = second;
    forced["ForceAliasCreation"] = json!(true);
    ok::<idp::AdminCreateUserRequest>(&t, forced).await;
    let moved =
        ok::<idp::AdminGetUserRequest>(&t, json!({"UserPoolId": pool, "Username": "a@example.com"})).await;
    assert_eq!(moved.username, "second");
    assert_eq!(seen(&t, &pool, "first").await.1["email_verified"], "false");

    let looks_like_one = json!({"UserPoolId": pool, "Username": "b@example.com"});
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, looks_like_one).await,
        fault(
            "InvalidParameterException",
            "Username cannot be of email format, since user pool is configured for email alias."
        )
    );
}

#[tokio::test]
async fn an_attribute_as_username_is_unique_unverified_and_the_username_is_the_sub() {
    let t = TestEngine::new().await;
    let pool = pool(
        &t,
        json!({"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": false}}),
    )
    .await;
    let sub = t.user(&pool, "Maria@example.com", &[]).await;
    let user =
        ok::<idp::AdminGetUserRequest>(&t, json!({"UserPoolId": pool, "Username": "maria@EXAMPLE.com"}))
            .await;
    assert_eq!(user.username, sub);
    assert_eq!(
        seen(&t, &pool, &sub).await.1,
        json!({"email": "maria@example.com"})
    );
    let again = json!({"UserPoolId": pool, "Username": "MARIA@example.com"});
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, again).await,
        fault(
            "UsernameExistsException",
            "An account with the given email already exists."
        )
    );
    assert_eq!(
        refused::<idp::AdminCreateUserRequest>(&t, json!({"UserPoolId": pool, "Username": "maria"})).await,
        fault("InvalidParameterException", "Username should be an email.")
    );
    let gone = json!({"UserPoolId": pool, "Username": sub, "UserAttributeNames": ["email"]});
    let (code, _) = refused::<idp::AdminDeleteUserAttributesRequest>(&t, gone).await;
    assert_eq!(code, "InvalidParameterException");
}

#[tokio::test]
async fn nobody_is_named_like_another_ones_sub() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    let sub = t.user(&pool, "maria", &[]).await;
    let (code, _) =
        refused::<idp::AdminCreateUserRequest>(&t, json!({"UserPoolId": pool, "Username": sub})).await;
    assert_eq!(code, "UsernameExistsException");
}

#[tokio::test]
async fn attributes_are_set_deleted_and_held_to_the_schema() {
    let t = TestEngine::new().await;
    let pool = pool(
        &t,
        json!({"Schema": [
            {"Name": "email", "Required": true},
            {"Name": "tier", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "3"}},
            {"Name": "joined", "AttributeDataType": "String", "Mutable": false},
        ]}),
    )
    .await;
    t.user(
        &pool,
        "maria",
        &[
            ("email", "a@example.com"),
            ("email_verified", "true"),
            ("name", "Maria"),
            ("custom:joined", "2020"),
        ],
    )
    .await;
    let change =
        |list: Value| json!({"UserPoolId": pool, "Username": "maria", "UserAttributes": attributes(list)});
    ok::<idp::AdminUpdateUserAttributesRequest>(
        &t,
        change(json!({"name": "", "custom:tier": "3", "email": "b@example.com"})),
    )
    .await;
    assert_eq!(
        seen(&t, &pool, "maria").await.1,
        json!({
            "custom:joined": "2020", "custom:tier": "3",
            "email": "b@example.com", "email_verified": "false",
        })
    );
    for (list, text) in [
        (
            json!({"custom:tier": "4"}),
            "custom:tier: Number must be at most 3.",
        ),
        (
            json!({"custom:nope": "1"}),
            "custom:nope: Attribute does not exist in the schema.",
        ),
        (
            json!({"custom:joined": "2021"}),
            "custom:joined: Attribute cannot be updated.",
        ),
        (json!({"email": ""}), "email: The attribute is required"),
        (json!({"sub": "x"}), "sub: Attribute cannot be updated."),
    ] {
        assert_eq!(
            refused::<idp::AdminUpdateUserAttributesRequest>(&t, change(list)).await,
            fault(
                "InvalidParameterException",
                &format!("Attributes did not conform to the schema: {text}")
            )
        );
    }
    let gone = json!({"UserPoolId": pool, "Username": "maria", "UserAttributeNames": ["custom:tier"]});
    ok::<idp::AdminDeleteUserAttributesRequest>(&t, gone).await;
    assert_eq!(seen(&t, &pool, "maria").await.1.get("custom:tier"), None);
}

#[tokio::test]
async fn an_alias_in_use_stops_an_update_and_nothing_of_it_is_kept() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({"AliasAttributes": ["email"]})).await;
    t.user(
        &pool,
        "first",
        &[("email", "a@example.com"), ("email_verified", "true")],
    )
    .await;
    t.user(&pool, "second", &[("email", "a@example.com")]).await;
    let verify = json!({
        "UserPoolId": pool, "Username": "second",
        "UserAttributes": attributes(json!({"email_verified": "true", "name": "Second"})),
    });
    assert_eq!(
        refused::<idp::AdminUpdateUserAttributesRequest>(&t, verify).await,
        fault(
            "AliasExistsException",
            "An account with the email already exists."
        )
    );
    assert_eq!(
        seen(&t, &pool, "second").await.1,
        json!({"email": "a@example.com"})
    );
}

#[tokio::test]
async fn a_new_address_waits_for_its_code_where_the_pool_says_so() {
    let t = TestEngine::new().await;
    let pool = pool(
        &t,
        json!({
            "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"],
            "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        }),
    )
    .await;
    let sub = t
        .user(
            &pool,
            "maria",
            &[("email", "a@example.com"), ("email_verified", "true")],
        )
        .await;
    let change = json!({
        "UserPoolId": pool, "Username": "maria",
        "UserAttributes": attributes(json!({"email": "b@example.com"})),
    });
    ok::<idp::AdminUpdateUserAttributesRequest>(&t, change).await;
    assert_eq!(seen(&t, &pool, "a@example.com").await.1["email_verified"], "true");
    assert_eq!(
        record(&t, &pool, &sub).await.pending_attributes["email"],
        "b@example.com"
    );
    let sent = messages(&t, &pool).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].to.as_str(), sent[0].purpose.as_str()),
        ("b@example.com", "UpdateUserAttribute")
    );
}

#[tokio::test]
async fn a_password_set_by_an_admin_is_temporary_or_final_and_never_an_old_one() {
    let t = TestEngine::new().await;
    let pool = pool(
        &t,
        json!({"Policies": {"PasswordPolicy": {
            "MinimumLength": 8, "RequireNumbers": true, "PasswordHistorySize": 2,
        }}}),
    )
    .await;
    let sub = t.user(&pool, "maria", &[]).await;
    let set = |password: &str, permanent: bool| json!({"UserPoolId": pool, "Username": "maria", "Password": password, "Permanent": permanent});
    assert_eq!(
        refused::<idp::AdminSetUserPasswordRequest>(&t, set("password", true)).await,
        fault(
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have numeric characters"
        )
    );
    for password in ["password1", "password2"] {
        ok::<idp::AdminSetUserPasswordRequest>(&t, set(password, true)).await;
        assert_eq!(seen(&t, &pool, "maria").await.0, "CONFIRMED");
    }
    for used in ["password1", "password2"] {
        let (code, _) = refused::<idp::AdminSetUserPasswordRequest>(&t, set(used, true)).await;
        assert_eq!(code, "PasswordHistoryPolicyViolationException");
    }
    ok::<idp::AdminSetUserPasswordRequest>(&t, set("password3", true)).await;
    ok::<idp::AdminSetUserPasswordRequest>(&t, set("password1", false)).await;
    assert_eq!(seen(&t, &pool, "maria").await.0, "FORCE_CHANGE_PASSWORD");
    assert!(record(&t, &pool, &sub).await.temporary_since.is_some());
    let (code, _) = refused::<idp::AdminSetUserPasswordRequest>(&t, set("password3", true)).await;
    assert_eq!(
        code, "PasswordHistoryPolicyViolationException",
        "also after a temporary one"
    );
}

#[tokio::test]
async fn a_disabled_user_is_signed_out_and_still_there() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    let sub = t.user(&pool, "maria", &[]).await;
    let who = json!({"UserPoolId": pool, "Username": "maria"});
    ok::<idp::AdminDisableUserRequest>(&t, who.clone()).await;
    let user = record(&t, &pool, &sub).await;
    assert!(!user.enabled && user.tokens_valid_from.0 > poolhouse::base::clock::Clock::now(&t.clock).0);
    ok::<idp::AdminEnableUserRequest>(&t, who.clone()).await;
    assert!(record(&t, &pool, &sub).await.enabled);
    t.clock.advance_secs(60);
    ok::<idp::AdminUserGlobalSignOutRequest>(&t, who).await;
    let user = record(&t, &pool, &sub).await;
    assert!(user.enabled && user.tokens_valid_from.0 > poolhouse::base::clock::Clock::now(&t.clock).0);
}

#[tokio::test]
async fn a_reset_needs_a_verified_destination_and_a_password_to_reset() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({})).await;
    t.user(&pool, "maria", &[("email", "a@example.com")]).await;
    let who = json!({"UserPoolId": pool, "Username": "maria"});
    assert_eq!(
        refused::<idp::AdminResetUserPasswordRequest>(&t, who.clone()).await,
        fault(
            "NotAuthorizedException",
            "User password cannot be reset in the current state."
        )
    );
    let password =
        json!({"UserPoolId": pool, "Username": "maria", "Password": "Passw0rd!", "Permanent": true});
    ok::<idp::AdminSetUserPasswordRequest>(&t, password).await;
    assert_eq!(
        refused::<idp::AdminResetUserPasswordRequest>(&t, who.clone()).await,
        fault(
            "InvalidParameterException",
            "Cannot reset password for the user as there is no registered/verified email or phone_number"
        )
    );
    let verify = json!({
        "UserPoolId": pool, "Username": "maria",
        "UserAttributes": attributes(json!({"email_verified": "true"})),
    });
    ok::<idp::AdminUpdateUserAttributesRequest>(&t, verify).await;
    ok::<idp::AdminResetUserPasswordRequest>(&t, who).await;
    assert_eq!(seen(&t, &pool, "maria").await.0, "RESET_REQUIRED");
    assert_eq!(code_to(&t, &pool, "a@example.com").await.len(), 6);
}

#[tokio::test]
async fn a_deleted_user_gives_up_its_names_and_never_its_sub() {
    let t = TestEngine::new().await;
    let pool = pool(&t, json!({"AliasAttributes": ["email"]})).await;
    let attributes = [("email", "a@example.com"), ("email_verified", "true")];
    let first = t.user(&pool, "maria", &attributes).await;
    let who = json!({"UserPoolId": pool, "Username": "a@example.com"});
    ok::<idp::AdminDeleteUserRequest>(&t, who.clone()).await;
    let (code, _) = refused::<idp::AdminDeleteUserRequest>(&t, who).await;
    assert_eq!(code, "UserNotFoundException");
    let second = t.user(&pool, "maria", &attributes).await;
    assert_ne!(first, second);
    let nowhere = json!({"UserPoolId": "us-east-1_nowhere", "Username": "maria"});
    assert_eq!(
        refused::<idp::AdminDeleteUserRequest>(&t, nowhere).await,
        fault(
            "ResourceNotFoundException",
            "User pool us-east-1_nowhere does not exist."
        )
    );
}

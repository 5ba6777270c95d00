//! What a client that hides users tells of a name: the same for every name.

use std::collections::BTreeMap;

use poolhouse::base::secret::Secret;
use poolhouse::store::records::passkeys::{self, Passkey};
use poolhouse::wire::Operation;
use poolhouse::wire::idp::{self, AuthFlowType as Flow, ChallengeNameType as Challenge, UserPoolMfaType};
use serde_json::Value;

use crate::mfa::{Factors, PASSWORD, own_sender};
use crate::support::attributes_of;

/// Names of one length, because sessions repeat them: somebody, somebody who may not, somebody who
/// is not confirmed, somebody who must reset and somebody whom nothing can reach.
const NAMES: [&str; 5] = ["marias", "banned", "fresh1", "reset1", "mute12"];

async fn house(prevent: &str) -> Factors {
    let mut pool = own_sender();
    pool.policies = Some(idp::UserPoolPolicyType {
        sign_in_policy: Some(idp::SignInPolicyType {
            allowed_first_auth_factors: Some(vec!["PASSWORD".into(), "EMAIL_OTP".into()]),
        }),
        ..Default::default()
    });
    let mut made = Factors::with(pool, UserPoolMfaType::Off, &[], &[]).await;
    let flows = [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_USER_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    ];
    made.client = made
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: made.pool.clone(),
            explicit_auth_flows: Some(flows.iter().map(|flow| (*flow).into()).collect()),
            prevent_user_existence_errors: Some(prevent.into()),
            ..Default::default()
        })
        .await;
    for name in ["marias", "banned", "reset1"] {
        let address = format!("{name}@example.com");
        made.user(name, &[("email", &address), ("email_verified", "true")])
            .await;
    }
    made.user("mute12", &[]).await;
    made.engine
        .ok(&idp::AdminResetUserPasswordRequest {
            user_pool_id: made.pool.clone(),
            username: "reset1".to_owned(),
            client_metadata: None,
        })
        .await;
    made.engine
        .ok(&idp::AdminDisableUserRequest {
            user_pool_id: made.pool.clone(),
            username: "banned".to_owned(),
        })
        .await;
    made.engine
        .ok(&idp::SignUpRequest {
            client_id: made.client.clone(),
            username: "fresh1".to_owned(),
            password: Some(PASSWORD.into()),
            user_attributes: Some(attributes_of(&[("email", "fresh1@example.com")])),
            ..Default::default()
        })
        .await;
    made
}

/// Returns what is told: the error, or which members of the answer there are and how long they are
/// to the nearest 64 characters.
async fn told<O: Operation>(made: &Factors, request: &O) -> String {
    match made.engine.call(request).await {
        Err(refused) => refused.to_string(),
        Ok(response) => shape(&serde_json::to_value(response).unwrap()),
    }
}

fn shape(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: Vec<String> = map.iter().map(|(k, v)| format!("{k}: {}", shape(v))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(shape).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.len() < 64 && text.contains('*') => "masked".to_owned(),
        Value::String(text) => format!("text of {}", text.len() / 64),
        other => other.to_string(),
    }
}

fn begin(made: &Factors, flow: Flow, given: &[(&str, &str)]) -> idp::InitiateAuthRequest {
    let given: BTreeMap<String, Secret> = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    idp::InitiateAuthRequest {
        auth_flow: flow,
        client_id: made.client.clone(),
        auth_parameters: Some(given),
        ..Default::default()
    }
}

/// Returns what a name may sign in with, as anyone is told.
async fn available(made: &Factors, name: &str) -> Vec<String> {
    let by_choice = begin(made, Flow::UserAuth, &[("USERNAME", name)]);
    let told = made.engine.ok(&by_choice).await.available_challenges.unwrap();
    told.iter().map(|name| name.as_str().to_owned()).collect()
}

/// Returns a name of nobody, as long as [`NAMES`] are, that may sign in with these.
async fn stranger(made: &Factors, wanted: &[&str]) -> String {
    for number in 100..400 {
        let name = format!("nob{number}");
        if available(made, &name).await == wanted {
            return name;
        }
    }
    panic!("no made-up user has {wanted:?}");
}

/// Everything anyone may ask of a name without knowing more, in order.
async fn everything(made: &Factors, name: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let wrong = begin(
        made,
        Flow::UserPasswordAuth,
        &[("USERNAME", name), ("PASSWORD", "Wrong-Horse-9")],
    );
    all.push(("USER_PASSWORD_AUTH", told(made, &wrong).await));
    let srp_a = "ab".repeat(384);
    let by_srp = begin(made, Flow::UserSrpAuth, &[("USERNAME", name), ("SRP_A", &srp_a)]);
    all.push(("USER_SRP_AUTH", told(made, &by_srp).await));
    if let Ok(challenge) = made.engine.call(&by_srp).await {
        let parameters = challenge.challenge_parameters.unwrap();
        let again = made.engine.ok(&by_srp).await.challenge_parameters.unwrap();
        assert_eq!(parameters["SALT"], again["SALT"], "{name}");
        let proof = made.answer(
            &Challenge::PasswordVerifier,
            &"".into(),
            &[
                ("USERNAME", &parameters["USER_ID_FOR_SRP"]),
                ("PASSWORD_CLAIM_SECRET_BLOCK", &parameters["SECRET_BLOCK"]),
                ("PASSWORD_CLAIM_SIGNATURE", "AAAA"),
                ("TIMESTAMP", "Thu Jan 1 00:00:00 UTC 2026"),
            ],
        );
        let proof = idp::RespondToAuthChallengeRequest {
            session: None,
            ..proof
        };
        all.push(("PASSWORD_VERIFIER", told(made, &proof).await));
    }
    // Whoever has no address cannot be sent a code, and the others can.
    if name != "mute12" {
        let by_choice = begin(made, Flow::UserAuth, &[("USERNAME", name)]);
        all.push(("USER_AUTH", told(made, &by_choice).await));
        let by_code = begin(
            made,
            Flow::UserAuth,
            &[("USERNAME", name), ("PREFERRED_CHALLENGE", "EMAIL_OTP")],
        );
        all.push(("EMAIL_OTP", told(made, &by_code).await));
        if let Ok(challenge) = made.engine.call(&by_code).await {
            let answer = made.answer(
                &Challenge::EmailOtp,
                &challenge.session.unwrap(),
                &[("USERNAME", name), ("EMAIL_OTP_CODE", "0000000x")],
            );
            all.push(("EMAIL_OTP answered", told(made, &answer).await));
        }
    }
    let confirm = idp::ConfirmForgotPasswordRequest {
        client_id: made.client.clone(),
        username: name.to_owned(),
        confirmation_code: "00000x".into(),
        password: "Another-Horse-7".into(),
        ..Default::default()
    };
    // An admin sent one of them a code.
    if name != "reset1" {
        all.push(("ConfirmForgotPassword unasked", told(made, &confirm).await));
    }
    let forgot = idp::ForgotPasswordRequest {
        client_id: made.client.clone(),
        username: name.to_owned(),
        ..Default::default()
    };
    all.push(("ForgotPassword", told(made, &forgot).await));
    all.push(("ConfirmForgotPassword", told(made, &confirm).await));
    let resend = idp::ResendConfirmationCodeRequest {
        client_id: made.client.clone(),
        username: name.to_owned(),
        ..Default::default()
    };
    all.push(("ResendConfirmationCode", told(made, &resend).await));
    let confirm = idp::ConfirmSignUpRequest {
        client_id: made.client.clone(),
        username: name.to_owned(),
        confirmation_code: "00000x".into(),
        ..Default::default()
    };
    all.push(("ConfirmSignUp", told(made, &confirm).await));
    all
}

#[tokio::test]
async fn a_client_that_hides_users_answers_alike_whoever_is_named() {
    let made = house("ENABLED").await;
    let nobody = stranger(&made, &["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]).await;
    let of_nobody: BTreeMap<_, _> = everything(&made, &nobody).await.into_iter().collect();
    assert!(of_nobody["USER_SRP_AUTH"].contains("SECRET_BLOCK"));
    assert!(of_nobody["EMAIL_OTP"].contains("Session"));
    assert!(of_nobody["ConfirmForgotPassword unasked"].contains("ExpiredCodeException"));
    assert!(of_nobody["ConfirmForgotPassword"].contains("CodeMismatchException"));
    for name in NAMES {
        for (what, told) in everything(&made, name).await {
            assert_eq!(told, of_nobody[what], "{what} of {name}");
        }
    }
}

#[tokio::test]
async fn what_a_name_may_sign_in_with_does_not_tell_whether_it_is_anyones() {
    let made = house("ENABLED").await;
    for name in ["marias", "mute12"] {
        let real = available(&made, name).await;
        let real: Vec<&str> = real.iter().map(String::as_str).collect();
        let made_up = stranger(&made, &real).await;
        // Nor does it change as the pool gets older.
        for _ in 0..3 {
            assert_eq!(available(&made, &made_up).await, real, "{made_up}");
            made.engine.clock.advance_secs(10 * 86_400);
        }
    }
    assert_eq!(available(&made, "mute12").await, ["PASSWORD", "PASSWORD_SRP"]);
}

#[tokio::test]
async fn a_made_up_user_may_have_a_passkey_that_nobody_can_show() {
    let made = house("ENABLED").await;
    made.engine
        .ok(&idp::UpdateUserPoolRequest {
            user_pool_id: made.pool.clone(),
            policies: Some(idp::UserPoolPolicyType {
                sign_in_policy: Some(idp::SignInPolicyType {
                    allowed_first_auth_factors: Some(vec!["PASSWORD".into(), "WEB_AUTHN".into()]),
                }),
                ..Default::default()
            }),
            ..Default::default()
        })
        .await;
    made.engine
        .ok(&idp::SetUserPoolMfaConfigRequest {
            user_pool_id: made.pool.clone(),
            web_authn_configuration: Some(idp::WebAuthnConfigurationType {
                relying_party_id: Some("example.com".to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        })
        .await;
    let nobody = stranger(&made, &["PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"]).await;
    let given = [("USERNAME", &*nobody), ("PREFERRED_CHALLENGE", "WEB_AUTHN")];
    let ask = begin(&made, Flow::UserAuth, &given);
    let keys = async || {
        let asked = made.engine.ok(&ask).await;
        let options = &asked.challenge_parameters.unwrap()["CREDENTIAL_REQUEST_OPTIONS"];
        let options: Value = serde_json::from_str(options).unwrap();
        (asked.session.unwrap(), options["allowCredentials"].clone())
    };
    let (session, known) = keys().await;
    assert_eq!(known.as_array().unwrap().len(), 1);
    assert_eq!(keys().await.1, known);
    let credential = serde_json::json!({"id": known[0]["id"], "rawId": known[0]["id"]}).to_string();
    let answer = made.answer(
        &Challenge::WebAuthn,
        &session,
        &[("USERNAME", &*nobody), ("CREDENTIAL", &*credential)],
    );
    assert_eq!(
        made.refusal(&answer).await,
        "NotAuthorizedException: Incorrect username or password."
    );
}

#[tokio::test]
async fn a_second_factor_is_not_told_before_the_password() {
    let mut made = Factors::with(
        own_sender(),
        UserPoolMfaType::Optional,
        &["SOFTWARE_TOKEN_MFA"],
        &["ALLOW_USER_AUTH"],
    )
    .await;
    for name in ["with12", "marias"] {
        made.user(name, &[]).await;
    }
    let token = made.access_token("with12").await;
    made.authenticator(&token).await;
    made.prefer("with12", "SOFTWARE_TOKEN_MFA").await;
    hide_users(&mut made, "ALLOW_USER_AUTH").await;
    let raised = |name, password| {
        let given = [
            ("USERNAME", name),
            ("TARGET_ACR_VALUES", "urn:cognito:loa:4"),
            ("PREFERRED_CHALLENGE", "PASSWORD"),
            ("PASSWORD", password),
        ];
        begin(
            &made,
            Flow::UserAuth,
            if password.is_empty() { &given[..2] } else { &given },
        )
    };
    let of_nobody = told(&made, &raised("nobody", "")).await;
    assert!(of_nobody.contains("Session"), "{of_nobody}");
    for name in ["with12", "marias"] {
        assert_eq!(told(&made, &raised(name, "")).await, of_nobody, "{name}");
    }
    let wrong = told(&made, &raised("nobody", "Wrong-Horse-9")).await;
    assert_eq!(told(&made, &raised("marias", "Wrong-Horse-9")).await, wrong);
    let right = made.engine.refused(&raised("marias", PASSWORD)).await;
    assert_eq!(right.1, "The user has no factor that reaches a level asked for.");
}

/// Goes on by a client that does not say who has an account.
async fn hide_users(made: &mut Factors, flow: &str) {
    made.client = made
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: made.pool.clone(),
            explicit_auth_flows: Some(vec![flow.into(), "ALLOW_REFRESH_TOKEN_AUTH".into()]),
            prevent_user_existence_errors: Some("ENABLED".into()),
            ..Default::default()
        })
        .await;
}

/// Adds a passkey that nobody has, past the operations.
async fn give_passkey(made: &Factors, sub: &str) {
    let passkey = Passkey {
        user_pool_id: made.pool.clone(),
        sub: sub.parse().unwrap(),
        id: vec![7; 20],
        relying_party_id: "example.com".to_owned(),
        ..Passkey::default()
    };
    made.engine
        .store
        .transact("give a passkey", move |tx| passkeys::insert(tx, &passkey))
        .await
        .unwrap();
}

/// What a name is told for each list of levels, and for each way to go there.
async fn told_for_levels(made: &Factors, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for levels in ["", "1", "2", "3", "4", "4 3", "4 2", "3 2", "4 3 2 1"] {
        let levels: Vec<String> = levels
            .split_ascii_whitespace()
            .map(|level| format!("urn:cognito:loa:{level}"))
            .collect();
        let levels = levels.join(" ");
        for preferred in ["", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] {
            let given = [
                ("USERNAME", name),
                ("TARGET_ACR_VALUES", &levels),
                ("PREFERRED_CHALLENGE", preferred),
            ];
            let given: Vec<_> = given.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            let begun = begin(made, Flow::UserAuth, &given);
            let answer = match made.engine.call(&begun).await {
                Err(refused) => refused.to_string(),
                Ok(answer) => format!("{:?} of {:?}", answer.challenge_name, answer.available_challenges),
            };
            all.push(format!("{levels} {preferred}: {answer}"));
        }
    }
    all
}

#[tokio::test]
async fn whatever_a_user_is_told_for_a_level_some_made_up_user_is_told_as_well() {
    let mut made = house("ENABLED").await;
    let first = ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"];
    let policies = idp::UserPoolPolicyType {
        sign_in_policy: Some(idp::SignInPolicyType {
            allowed_first_auth_factors: Some(first.map(Into::into).to_vec()),
        }),
        ..Default::default()
    };
    made.engine
        .ok(&idp::UpdateUserPoolRequest {
            user_pool_id: made.pool.clone(),
            policies: Some(policies),
            email_configuration: own_sender().email_configuration,
            ..Default::default()
        })
        .await;
    made.engine
        .ok(&idp::SetUserPoolMfaConfigRequest {
            web_authn_configuration: Some(idp::WebAuthnConfigurationType {
                relying_party_id: Some("example.com".to_owned()),
                ..Default::default()
            }),
            ..made.configuration(UserPoolMfaType::Optional, &["SOFTWARE_TOKEN_MFA"])
        })
        .await;
    let email = [("email", "who@example.com"), ("email_verified", "true")];
    let mut subs = BTreeMap::new();
    for (name, attributes) in [
        ("plain1", &email[..]),
        ("bare12", &[]),
        ("totp12", &email),
        ("keys12", &email),
        ("both12", &email),
        ("none12", &[]),
    ] {
        subs.insert(name, made.user(name, attributes).await);
    }
    for name in ["totp12", "both12"] {
        let token = made.access_token(name).await;
        made.authenticator(&token).await;
        made.prefer(name, "SOFTWARE_TOKEN_MFA").await;
    }
    give_passkey(&made, &subs["keys12"]).await;
    give_passkey(&made, &subs["both12"]).await;
    // Whose password an admin took away.
    made.engine
        .ok(&idp::AdminDisableProviderForUserRequest {
            user_pool_id: made.pool.clone(),
            user: idp::ProviderUserIdentifierType {
                provider_name: Some("Cognito".to_owned()),
                provider_attribute_value: Some("none12".to_owned()),
                ..Default::default()
            },
        })
        .await;
    hide_users(&mut made, "ALLOW_USER_AUTH").await;
    let mut unmatched = Vec::new();
    for name in subs.keys() {
        unmatched.push((name, told_for_levels(&made, name).await));
    }
    for number in 0..400 {
        let told = told_for_levels(&made, &format!("nobody{number}")).await;
        unmatched.retain(|(_, real)| *real != told);
        if unmatched.is_empty() {
            return;
        }
    }
    panic!("no made-up user is told what these are: {unmatched:#?}");
}

#[tokio::test]
async fn where_case_does_not_matter_no_spelling_tells_whether_it_is_anyones() {
    let mut pool = own_sender();
    pool.username_configuration = Some(idp::UsernameConfigurationType {
        case_sensitive: false,
    });
    let mut made = Factors::with(pool, UserPoolMfaType::Off, &[], &[]).await;
    made.client = made
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: made.pool.clone(),
            explicit_auth_flows: Some(vec![
                "ALLOW_USER_SRP_AUTH".into(),
                "ALLOW_USER_PASSWORD_AUTH".into(),
                "ALLOW_REFRESH_TOKEN_AUTH".into(),
            ]),
            prevent_user_existence_errors: Some("ENABLED".into()),
            ..Default::default()
        })
        .await;
    made.user(
        "Amelia",
        &[("email", "Amelia@Example.com"), ("email_verified", "true")],
    )
    .await;
    let srp_a = "ab".repeat(384);
    for (typed, kept) in [("AMELIA", "amelia"), ("Amelia", "amelia"), ("NoBody", "nobody")] {
        let by_srp = begin(
            &made,
            Flow::UserSrpAuth,
            &[("USERNAME", typed), ("SRP_A", &srp_a)],
        );
        let parameters = made.engine.ok(&by_srp).await.challenge_parameters.unwrap();
        assert_eq!(parameters["USERNAME"], kept);
        assert_eq!(parameters["USER_ID_FOR_SRP"], kept);
    }
    assert_eq!(made.get("AMELIA").await.username, "amelia");
    made.access_token("aMELIA").await;
    let forgot = async |typed: &str| {
        let request = idp::ForgotPasswordRequest {
            client_id: made.client.clone(),
            username: typed.to_owned(),
            ..Default::default()
        };
        let details = made.engine.ok(&request).await.code_delivery_details;
        details.unwrap().destination.unwrap()
    };
    assert_eq!(forgot("Amelia").await, "a***@e***");
    assert_eq!(forgot("NoBody@Example.com").await, "n***@e***");
}

#[tokio::test]
async fn a_generated_username_is_answered_by_itself_whether_it_is_anyones() {
    let mut pool = own_sender();
    pool.username_attributes = Some(vec!["email".into()]);
    let mut made = Factors::with(pool, UserPoolMfaType::Off, &[], &[]).await;
    hide_users(&mut made, "ALLOW_USER_SRP_AUTH").await;
    let sub = made.user("maria@example.com", &[]).await;
    let srp_a = "ab".repeat(384);
    for typed in [sub.as_str(), "01a2077c-b151-7ed9-8960-eda1daa1a01b"] {
        let by_srp = begin(
            &made,
            Flow::UserSrpAuth,
            &[("USERNAME", typed), ("SRP_A", &srp_a)],
        );
        let parameters = made.engine.ok(&by_srp).await.challenge_parameters.unwrap();
        assert_eq!(parameters["USER_ID_FOR_SRP"], typed);
    }
}

#[tokio::test]
async fn a_client_that_hides_nothing_says_who_is_missing() {
    let made = house("LEGACY").await;
    for (what, told) in everything(&made, "nobody").await {
        assert!(told.contains("UserNotFoundException"), "{what}: {told}");
    }
    let of_maria: BTreeMap<_, _> = everything(&made, "marias").await.into_iter().collect();
    assert!(of_maria["USER_PASSWORD_AUTH"].contains("Incorrect username or password."));
    assert!(of_maria["ConfirmForgotPassword unasked"].contains("ExpiredCodeException"));
    assert!(of_maria["ConfirmForgotPassword"].contains("CodeMismatchException"));
    assert!(of_maria["ResendConfirmationCode"].contains("User is already confirmed."));
    assert!(of_maria["ConfirmSignUp"].contains("Current status is CONFIRMED"));
    let of_reset: BTreeMap<_, _> = everything(&made, "reset1").await.into_iter().collect();
    assert!(of_reset["USER_PASSWORD_AUTH"].contains("PasswordResetRequiredException"));
    let of_disabled: BTreeMap<_, _> = everything(&made, "banned").await.into_iter().collect();
    assert!(of_disabled["ForgotPassword"].contains("User is disabled."));
    let of_mute: BTreeMap<_, _> = everything(&made, "mute12").await.into_iter().collect();
    assert!(of_mute["ForgotPassword"].contains("no registered/verified email"));
}

#[tokio::test]
async fn a_locked_account_looks_alike_whoever_is_named() {
    let made = house("ENABLED").await;
    for name in ["nobody", "marias"] {
        let wrong = begin(
            &made,
            Flow::UserPasswordAuth,
            &[("USERNAME", name), ("PASSWORD", "Wrong-Horse-9")],
        );
        for _ in 0..5 {
            assert!(told(&made, &wrong).await.contains("Incorrect username"));
        }
        assert!(told(&made, &wrong).await.contains("Password attempts exceeded"));
    }
}

/// A pool in which a preferred name signs in.
async fn preferring() -> Factors {
    let pool = idp::CreateUserPoolRequest {
        alias_attributes: Some(vec!["preferred_username".into(), "email".into()]),
        ..own_sender()
    };
    Factors::with(pool, UserPoolMfaType::Off, &[], &[]).await
}

#[tokio::test]
async fn nobody_is_named_as_another_prefers_to_be() {
    let made = preferring().await;
    let engine = &made.engine;
    let prefer = |username: &str, name: &str| idp::AdminUpdateUserAttributesRequest {
        user_pool_id: made.pool.clone(),
        username: username.to_owned(),
        user_attributes: attributes_of(&[("preferred_username", name)]),
        ..Default::default()
    };
    let victim = made.user("marias", &[]).await;
    engine.ok(&prefer("marias", "mia")).await;
    // The own username is no other one's.
    engine.ok(&prefer("marias", "marias")).await;
    engine.ok(&prefer("marias", "mia")).await;
    let named = |username: &str| idp::AdminCreateUserRequest {
        user_pool_id: made.pool.clone(),
        username: username.to_owned(),
        message_action: Some(idp::MessageActionType::Suppress),
        ..Default::default()
    };
    assert_eq!(engine.refused(&named("mia")).await.0, "UsernameExistsException");
    let sign_up = |username: &str, attributes: &[(&str, &str)]| idp::SignUpRequest {
        client_id: made.client.clone(),
        username: username.to_owned(),
        password: Some(PASSWORD.into()),
        user_attributes: Some(attributes_of(attributes)),
        ..Default::default()
    };
    assert_eq!(
        engine.refused(&sign_up("mia", &[])).await.0,
        "UsernameExistsException"
    );
    made.user("eve", &[]).await;
    for taken in ["marias", "mia", &victim] {
        assert_eq!(
            engine.refused(&prefer("eve", taken)).await.0,
            "AliasExistsException",
            "{taken}"
        );
    }
    assert!(made.access_token("mia").await.expose().len() > 100);
    // A preferred name is for confirmed users.
    let (code, message) = engine
        .refused(&sign_up("new", &[("preferred_username", "newest")]))
        .await;
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("preferred_username"), "{message}");
    // A name given up is free.
    engine.ok(&prefer("marias", "")).await;
    engine.ok(&prefer("eve", "mia")).await;
}

#[tokio::test]
async fn attributes_are_given_once_and_marks_need_what_they_mark() {
    let made = preferring().await;
    let engine = &made.engine;
    made.user("marias", &[]).await;
    let update = |attributes: &[(&str, &str)]| idp::AdminUpdateUserAttributesRequest {
        user_pool_id: made.pool.clone(),
        username: "marias".to_owned(),
        user_attributes: attributes_of(attributes),
        ..Default::default()
    };
    let create = |attributes: &[(&str, &str)]| idp::AdminCreateUserRequest {
        user_pool_id: made.pool.clone(),
        username: "eve".to_owned(),
        user_attributes: Some(attributes_of(attributes)),
        message_action: Some(idp::MessageActionType::Suppress),
        ..Default::default()
    };
    let twice = [("name", "Maria"), ("name", "Eve")];
    let marked = [("email_verified", "true")];
    let invalid = "InvalidParameterException";
    for (attributes, word) in [(&twice[..], "more than once"), (&marked[..], "Email is required")] {
        for (code, message) in [
            engine.refused(&update(attributes)).await,
            engine.refused(&create(attributes)).await,
        ] {
            assert_eq!(code, invalid);
            assert!(message.contains(word), "{message}");
        }
    }
    engine
        .ok(&update(&[
            ("email", "marias@example.com"),
            ("email_verified", "true"),
        ]))
        .await;
    engine.ok(&update(&[("email_verified", "false")])).await;
}

#[tokio::test]
async fn a_locked_user_can_reset_the_password_and_is_free() {
    let made = house("LEGACY").await;
    for _ in 0..5 {
        made.engine
            .refused(&made.by_password("marias", "Wrong-Horse-9"))
            .await;
    }
    let locked = made.engine.refused(&made.by_password("marias", PASSWORD)).await;
    assert_eq!(locked.1, "Password attempts exceeded");
    made.engine
        .ok(&idp::ForgotPasswordRequest {
            client_id: made.client.clone(),
            username: "marias".to_owned(),
            ..Default::default()
        })
        .await;
    made.engine
        .ok(&idp::ConfirmForgotPasswordRequest {
            client_id: made.client.clone(),
            username: "marias".to_owned(),
            confirmation_code: made.code().await.into(),
            password: "Another-Horse-7".into(),
            ..Default::default()
        })
        .await;
    made.engine
        .ok(&made.by_password("marias", "Another-Horse-7"))
        .await;
}

#[tokio::test]
async fn guesses_at_once_get_no_more_answers_than_threads_beyond_the_five() {
    let made = house("LEGACY").await;
    let mut guesses = tokio::task::JoinSet::new();
    for guess in 0..100 {
        let driver = made.engine.driver();
        let request = made.by_password("marias", &format!("Wrong-Horse-{guess}"));
        guesses.spawn(async move { driver.call(&request).await.unwrap_err().to_string() });
    }
    let answers = guesses.join_all().await;
    let looked_at = answers.iter().filter(|told| told.contains("Incorrect")).count();
    assert_eq!(looked_at, 5, "a guess that met the lock is not answered");
    made.engine.clock.advance_secs(1);
    made.engine.ok(&made.by_password("marias", PASSWORD)).await;

    // Who is right at the same time is not refused for it.
    let mut sign_ins = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let driver = made.engine.driver();
        let request = made.by_password("marias", PASSWORD);
        sign_ins.spawn(async move { driver.call(&request).await.is_ok() });
    }
    assert!(sign_ins.join_all().await.into_iter().all(|is_in| is_in));
}

#[tokio::test]
async fn every_way_to_guess_a_password_counts_together() {
    let made = house("ENABLED").await;
    let srp_a = "ab".repeat(384);
    let by_srp = begin(
        &made,
        Flow::UserSrpAuth,
        &[("USERNAME", "marias"), ("SRP_A", &srp_a)],
    );
    let challenge = made.engine.ok(&by_srp).await.challenge_parameters.unwrap();
    let proof = made.answer(
        &Challenge::PasswordVerifier,
        &"".into(),
        &[
            ("USERNAME", "marias"),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &challenge["SECRET_BLOCK"]),
            ("PASSWORD_CLAIM_SIGNATURE", "AAAA"),
            ("TIMESTAMP", "Thu Jan 1 00:00:00 UTC 2026"),
        ],
    );
    let proof = idp::RespondToAuthChallengeRequest {
        session: None,
        ..proof
    };
    let plain = made.by_password("marias", "Wrong-Horse-9");
    let chosen = begin(
        &made,
        Flow::UserAuth,
        &[
            ("USERNAME", "marias"),
            ("PREFERRED_CHALLENGE", "PASSWORD"),
            ("PASSWORD", "Wrong-Horse-9"),
        ],
    );
    assert!(told(&made, &proof).await.contains("Incorrect"));
    for _ in 0..2 {
        assert!(told(&made, &plain).await.contains("Incorrect"));
        assert!(told(&made, &chosen).await.contains("Incorrect"));
    }
    for request in [&plain, &chosen] {
        assert!(told(&made, request).await.contains("Password attempts exceeded"));
    }
    // A name in other letters is the same account only where the pool says so; its address is none
    // of its names here.
    let other = made.by_password("MARIAS", "Wrong-Horse-9");
    assert!(told(&made, &other).await.contains("Incorrect"));
}

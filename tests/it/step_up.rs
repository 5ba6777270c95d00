//! Levels of proof: what tokens say of them, and how a caller asks for a higher one.

use poolhouse::base::secret::Secret;
use poolhouse::wire::idp::{self, ChallengeNameType as Challenge, UserPoolMfaType};
use serde_json::{Value, json};

use crate::mfa::{Factors, PASSWORD, own_sender, totp};
use crate::second_factors::claims;

const EMAIL: (&str, &str) = ("email", "maria@example.com");
const INVALID: &str = "InvalidParameterException";

async fn house(tier: idp::UserPoolTierType) -> Factors {
    let mut pool = own_sender();
    let codes: &[&str] = if tier == idp::UserPoolTierType::Lite {
        &["PASSWORD"]
    } else {
        &["PASSWORD", "EMAIL_OTP"]
    };
    pool.user_pool_tier = Some(tier);
    pool.policies = Some(idp::UserPoolPolicyType {
        sign_in_policy: Some(idp::SignInPolicyType {
            allowed_first_auth_factors: Some(codes.iter().map(|name| (*name).into()).collect()),
        }),
        ..Default::default()
    });
    let factors = ["SOFTWARE_TOKEN_MFA"];
    let made = Factors::with(pool, UserPoolMfaType::Optional, &factors, &["ALLOW_USER_AUTH"]).await;
    made.user("maria", &[EMAIL]).await;
    made
}

fn proof(token: &Secret) -> Value {
    let claims = claims(token);
    json!([claims["acr"], claims["amr"]])
}

const LOA: [&str; 4] = [
    "urn:cognito:loa:1",
    "urn:cognito:loa:2",
    "urn:cognito:loa:3",
    "urn:cognito:loa:4",
];

#[tokio::test]
async fn a_token_of_a_password_is_raised_by_an_authenticators_code() {
    let made = house(idp::UserPoolTierType::Essentials).await;
    let first = made.engine.ok(&made.by_password("maria", PASSWORD)).await;
    let first = first.authentication_result.unwrap();
    let (access, refresh) = (first.access_token.unwrap(), first.refresh_token.unwrap());
    assert_eq!(proof(&access), json!([LOA[0], ["pwd"]]));
    let ask = |more: &[(&str, &str)]| {
        let mut given = vec![
            ("USERNAME", "maria"),
            ("TARGET_ACR_VALUES", "unknown urn:cognito:loa:4"),
        ];
        given.extend_from_slice(more);
        made.choice(&given)
    };
    // No authenticator yet: nothing reaches the level.
    let (code, message) = made.engine.refused(&ask(&[])).await;
    assert_eq!(code, INVALID);
    assert!(message.contains("no factor"), "{message}");
    let secret = made.authenticator(&access).await;
    made.engine.clock.advance_secs(60);

    // With the password shown before, only the code is missing.
    let asked = made
        .asked_by_choice(&[
            ("USERNAME", "maria"),
            ("TARGET_ACR_VALUES", LOA[3]),
            ("ACCESS_TOKEN", access.expose()),
        ])
        .await;
    assert_eq!(asked.name, Challenge::SoftwareTokenMfa);
    let answer = |session: &Secret, code: &str| {
        made.answer(
            &Challenge::SoftwareTokenMfa,
            session,
            &[("USERNAME", "maria"), ("SOFTWARE_TOKEN_MFA_CODE", code)],
        )
    };
    let tokens = made
        .tokens(&answer(&asked.session, &totp(&secret, made.now())))
        .await;
    let raised = tokens.access_token.unwrap();
    assert_eq!(proof(&raised), json!([LOA[3], ["pwd", "otp", "mfa"]]));
    assert_eq!(proof(&tokens.id_token.unwrap()), proof(&raised));
    // A token that is there already is not raised.
    let (code, message) = made
        .engine
        .refused(&ask(&[("ACCESS_TOKEN", raised.expose())]))
        .await;
    assert_eq!((code.as_str(), message.contains("already")), (INVALID, true));
    // Too old a proof does not count: the password is asked for anew.
    let aged = made
        .asked_by_choice(&[
            ("USERNAME", "maria"),
            ("TARGET_ACR_VALUES", LOA[3]),
            ("ACCESS_TOKEN", access.expose()),
            ("MAX_AGE", "59"),
            ("PREFERRED_CHALLENGE", "PASSWORD"),
        ])
        .await;
    assert_eq!(aged.name, Challenge::Password);
    let by_password = made.answer(
        &Challenge::Password,
        &aged.session,
        &[("USERNAME", "maria"), ("PASSWORD", PASSWORD)],
    );
    assert_eq!(made.next(&by_password).await.name, Challenge::SoftwareTokenMfa);
    // A refreshed token says what the sign-in was.
    let refreshed = made
        .engine
        .ok(&idp::GetTokensFromRefreshTokenRequest {
            client_id: made.client.clone(),
            refresh_token: refresh,
            ..Default::default()
        })
        .await
        .authentication_result
        .unwrap();
    assert_eq!(proof(&refreshed.access_token.unwrap()), json!([LOA[0], ["pwd"]]));
}

#[tokio::test]
async fn a_level_narrows_the_choice_to_what_reaches_it() {
    let made = house(idp::UserPoolTierType::Essentials).await;
    let asked = made
        .asked_by_choice(&[("USERNAME", "maria"), ("TARGET_ACR_VALUES", LOA[1])])
        .await;
    assert_eq!(asked.available, ["EMAIL_OTP"]);
    // The best that can be reached is taken.
    let asked = made
        .asked_by_choice(&[
            ("USERNAME", "maria"),
            (
                "TARGET_ACR_VALUES",
                &LOA.map(str::to_owned)
                    .into_iter()
                    .rev()
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            ("PREFERRED_CHALLENGE", "EMAIL_OTP"),
        ])
        .await;
    assert_eq!(asked.name, Challenge::EmailOtp);
    let answer = made.answer(
        &Challenge::EmailOtp,
        &asked.session,
        &[("USERNAME", "maria"), ("EMAIL_OTP_CODE", &made.code().await)],
    );
    let tokens = made.tokens(&answer).await;
    assert_eq!(
        proof(&tokens.access_token.unwrap()),
        json!([LOA[1], ["email_otp"]])
    );
}

#[tokio::test]
async fn a_step_up_names_a_level_and_an_own_token() {
    let made = house(idp::UserPoolTierType::Essentials).await;
    made.user("eve", &[]).await;
    let foreign = made.access_token("eve").await;
    let refused = async |more: &[(&str, &str)]| {
        let mut given = vec![("USERNAME", "maria")];
        given.extend_from_slice(more);
        made.engine.refused(&made.choice(&given)).await.0
    };
    assert_eq!(refused(&[("TARGET_ACR_VALUES", "gold")]).await, INVALID);
    assert_eq!(refused(&[("ACCESS_TOKEN", foreign.expose())]).await, INVALID);
    let target = ("TARGET_ACR_VALUES", LOA[1]);
    assert_eq!(
        refused(&[target, ("ACCESS_TOKEN", foreign.expose())]).await,
        "NotAuthorizedException"
    );
    let own = made.access_token("maria").await;
    assert_eq!(
        refused(&[target, ("ACCESS_TOKEN", own.expose()), ("MAX_AGE", "-1")]).await,
        INVALID
    );
    let lite = house(idp::UserPoolTierType::Lite).await;
    let (code, _) = lite
        .engine
        .refused(&lite.choice(&[("USERNAME", "maria"), target]))
        .await;
    assert_eq!(code, "FeatureUnavailableInTierException");
    assert_eq!(proof(&lite.access_token("maria").await), json!([null, null]));
}

//! Signing in with more than a password, and with other things than one.

use std::collections::BTreeMap;

use poolhouse::base::secret::Secret;
use poolhouse::engine::Error;
use poolhouse::store::records::outbox::{self, Message};
use poolhouse::wire::idp::{self, AuthFlowType as Flow, ChallengeNameType as Challenge, UserPoolMfaType};

use crate::mfa::{Factors, PASSWORD, own_sender, totp};
use crate::support::attributes_of;

const PHONE: (&str, &str) = ("phone_number", "+15555550100");
const EMAIL: (&str, &str) = ("email", "maria@example.com");
const WRONG_CODE: &str = "CodeMismatchException";
const SESSION: &str = "NotAuthorizedException: Invalid session for the user.";

/// An answer that is a challenge.
pub struct Asked {
    pub name: Challenge,
    pub session: Secret,
    pub parameters: BTreeMap<String, String>,
    pub available: Vec<String>,
}

fn parameters(given: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::from(*value)))
        .collect()
}

fn asked(
    name: Option<Challenge>,
    session: Option<Secret>,
    parameters: Option<BTreeMap<String, String>>,
    available: Option<Vec<Challenge>>,
) -> Asked {
    Asked {
        name: name.expect("a challenge"),
        session: session.expect("a session"),
        parameters: parameters.unwrap_or_default(),
        available: available
            .unwrap_or_default()
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
    }
}

impl Factors {
    pub async fn asked_after_password(&self, username: &str) -> Asked {
        let answer = self.engine.ok(&self.by_password(username, PASSWORD)).await;
        assert!(answer.authentication_result.is_none());
        asked(
            answer.challenge_name,
            answer.session,
            answer.challenge_parameters,
            answer.available_challenges,
        )
    }

    pub fn choice(&self, given: &[(&str, &str)]) -> idp::InitiateAuthRequest {
        idp::InitiateAuthRequest {
            auth_flow: Flow::UserAuth,
            client_id: self.client.clone(),
            auth_parameters: Some(parameters(given)),
            ..Default::default()
        }
    }

    pub async fn asked_by_choice(&self, given: &[(&str, &str)]) -> Asked {
        let answer = self.engine.ok(&self.choice(given)).await;
        asked(
            answer.challenge_name,
            answer.session,
            answer.challenge_parameters,
            answer.available_challenges,
        )
    }

    pub fn answer(
        &self,
        name: &Challenge,
        session: &Secret,
        given: &[(&str, &str)],
    ) -> idp::RespondToAuthChallengeRequest {
        idp::RespondToAuthChallengeRequest {
            client_id: self.client.clone(),
            challenge_name: name.clone(),
            session: Some(session.clone()),
            challenge_responses: Some(parameters(given)),
            ..Default::default()
        }
    }

    pub async fn next(&self, request: &idp::RespondToAuthChallengeRequest) -> Asked {
        let answer = self.engine.ok(request).await;
        asked(
            answer.challenge_name,
            answer.session,
            answer.challenge_parameters,
            answer.available_challenges,
        )
    }

    pub async fn tokens(
        &self,
        request: &idp::RespondToAuthChallengeRequest,
    ) -> idp::AuthenticationResultType {
        let answer = self.engine.ok(request).await;
        answer.authentication_result.expect("tokens")
    }

    pub async fn refusal(&self, request: &idp::RespondToAuthChallengeRequest) -> String {
        let (code, message) = self.engine.refused(request).await;
        format!("{code}: {message}")
    }

    /// Returns the newest message, and how many there are.
    pub async fn newest(&self) -> (Message, usize) {
        let pool = self.pool.clone();
        let list = self
            .engine
            .store
            .read(move |r| outbox::list(r, Some(&pool), None, None, 1000).map_err(Error::from))
            .await
            .unwrap();
        (list[0].clone(), list.len())
    }

    pub async fn code(&self) -> String {
        self.newest().await.0.code.unwrap()
    }

    pub async fn prefer(&self, username: &str, factor: &str) {
        let mut request = self.admin_preference(username);
        let (enabled, preferred_mfa) = (Some(true), Some(true));
        match factor {
            "SMS_MFA" => {
                request.sms_mfa_settings = Some(idp::SMSMfaSettingsType {
                    enabled,
                    preferred_mfa,
                });
            }
            "EMAIL_OTP" => {
                request.email_mfa_settings = Some(idp::EmailMfaSettingsType {
                    enabled,
                    preferred_mfa,
                });
            }
            _ => {
                request.software_token_mfa_settings = Some(idp::SoftwareTokenMfaSettingsType {
                    enabled,
                    preferred_mfa,
                });
            }
        }
        self.engine.ok(&request).await;
    }
}

pub fn claims(token: &Secret) -> serde_json::Value {
    use base64::Engine as _;
    let part = token.expose().split('.').nth(1).unwrap().to_owned();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

const ALL: &[&str] = &["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"];

fn wrong(code: &str) -> &'static str {
    if code.starts_with('0') { "111111" } else { "000000" }
}

#[tokio::test]
async fn a_text_message_is_asked_for_and_its_code_counts_once() {
    let made = Factors::new(UserPoolMfaType::Optional, ALL).await;
    made.user("maria", &[PHONE, EMAIL]).await;
    made.prefer("maria", "SMS_MFA").await;
    let asked = made.asked_after_password("maria").await;
    assert_eq!(asked.name, Challenge::SmsMfa);
    assert_eq!(asked.parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "SMS");
    assert_eq!(asked.parameters["CODE_DELIVERY_DESTINATION"], "+*******0100");
    assert_eq!(asked.parameters["USER_ID_FOR_SRP"], "maria");
    let (message, _) = made.newest().await;
    assert_eq!((message.to.as_str(), message.medium.as_str()), (PHONE.1, "SMS"));
    let code = message.code.unwrap();
    assert_eq!(message.body, format!("Your authentication code is {code}"));
    let answer = |code: &str| {
        made.answer(
            &Challenge::SmsMfa,
            &asked.session,
            &[("USERNAME", "maria"), ("SMS_MFA_CODE", code)],
        )
    };
    // A wrong code leaves the session as it is.
    let refused = made.refusal(&answer(wrong(&code))).await;
    assert_eq!(
        refused,
        format!("{WRONG_CODE}: Invalid code or auth state for the user.")
    );
    made.tokens(&answer(&code)).await;
    assert_eq!(made.refusal(&answer(&code)).await, SESSION);
    // The code of one sign-in is none of another's.
    let other = made.asked_after_password("maria").await;
    let stale = made.answer(
        &Challenge::SmsMfa,
        &other.session,
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &code)],
    );
    assert!(made.refusal(&stale).await.starts_with(WRONG_CODE));
    // A number that received its code is verified.
    let user = made.get("maria").await;
    let verified = user.user_attributes.unwrap();
    assert!(
        verified
            .iter()
            .any(|it| it.name == "phone_number_verified" && it.value.as_deref() == Some("true"))
    );
    // The session ends with the time the client gives it.
    made.engine.clock.advance_secs(180);
    let late = made.answer(
        &Challenge::SmsMfa,
        &other.session,
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &made.code().await)],
    );
    assert!(made.refusal(&late).await.ends_with("session is expired."));
}

#[tokio::test]
async fn an_authenticators_code_signs_in_and_is_not_taken_twice() {
    let made = Factors::new(UserPoolMfaType::Optional, ALL).await;
    made.user("maria", &[]).await;
    let token = made.access_token("maria").await;
    let secret = made.authenticator(&token).await;
    made.prefer("maria", "SOFTWARE_TOKEN_MFA").await;
    let answer = |session: &Secret, code: &str| {
        made.answer(
            &Challenge::SoftwareTokenMfa,
            session,
            &[("USERNAME", "maria"), ("SOFTWARE_TOKEN_MFA_CODE", code)],
        )
    };
    let first = made.asked_after_password("maria").await;
    assert_eq!(first.name, Challenge::SoftwareTokenMfa);
    assert_eq!(first.parameters["FRIENDLY_DEVICE_NAME"], "my phone");
    // The code that registered it was used.
    let code = totp(&secret, made.now());
    let replayed = "ExpiredCodeException: Your software token has already been used once.";
    assert_eq!(made.refusal(&answer(&first.session, &code)).await, replayed);
    // The session is still good for the next one.
    made.engine.clock.advance_secs(30);
    let code = totp(&secret, made.now());
    made.tokens(&answer(&first.session, &code)).await;
    let second = made.asked_after_password("maria").await;
    assert_eq!(made.refusal(&answer(&second.session, &code)).await, replayed);
    let mismatch = "CodeMismatchException: Code mismatch";
    for secs in [-90, 90] {
        let far = totp(&secret, made.now().plus_secs(secs));
        assert_eq!(made.refusal(&answer(&second.session, &far)).await, mismatch);
    }
    // A clock half a minute ahead does no harm.
    let ahead = totp(&secret, made.now().plus_secs(30));
    made.tokens(&answer(&second.session, &ahead)).await;
}

#[tokio::test]
async fn a_user_with_several_factors_chooses() {
    let made = Factors::new(UserPoolMfaType::On, ALL).await;
    made.user("maria", &[PHONE, EMAIL]).await;
    let asked = made.asked_after_password("maria").await;
    assert_eq!(asked.name, Challenge::SelectMfaType);
    assert_eq!(asked.parameters["MFAS_CAN_CHOOSE"], r#"["SMS_MFA","EMAIL_OTP"]"#);
    let choose = |answer: &str| {
        made.answer(
            &Challenge::SelectMfaType,
            &asked.session,
            &[("USERNAME", "maria"), ("ANSWER", answer)],
        )
    };
    let refused = made.refusal(&choose("SOFTWARE_TOKEN_MFA")).await;
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let by_email = made.next(&choose("EMAIL_OTP")).await;
    assert_eq!(by_email.name, Challenge::EmailOtp);
    assert_eq!(by_email.parameters["CODE_DELIVERY_DESTINATION"], "m***@e***");
    assert_eq!(made.refusal(&choose("SMS_MFA")).await, SESSION);
    let (message, _) = made.newest().await;
    assert_eq!(message.subject, "Your authentication code");
    let answer = made.answer(
        &Challenge::EmailOtp,
        &by_email.session,
        &[
            ("USERNAME", "maria"),
            ("EMAIL_OTP_CODE", message.code.as_deref().unwrap()),
        ],
    );
    made.tokens(&answer).await;
}

#[tokio::test]
async fn an_authenticator_is_set_up_on_the_way() {
    let made = Factors::new(UserPoolMfaType::On, &["SOFTWARE_TOKEN_MFA"]).await;
    made.user("maria", &[]).await;
    let asked = made.asked_after_password("maria").await;
    assert_eq!(asked.name, Challenge::MfaSetup);
    assert_eq!(asked.parameters["MFAS_CAN_SETUP"], r#"["SOFTWARE_TOKEN_MFA"]"#);
    let finish = |session: &Secret| made.answer(&Challenge::MfaSetup, session, &[("USERNAME", "maria")]);
    // Nothing is set up yet.
    let refused = made.refusal(&finish(&asked.session)).await;
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let associate = |session: &Secret| idp::AssociateSoftwareTokenRequest {
        session: Some(session.clone()),
        access_token: None,
    };
    let begun = made.engine.ok(&associate(&asked.session)).await;
    let (secret, session) = (begun.secret_code.unwrap(), begun.session.unwrap());
    let verify = |session: &Secret, code: &str| idp::VerifySoftwareTokenRequest {
        session: Some(session.clone()),
        user_code: code.into(),
        ..Default::default()
    };
    let bad = totp(&secret, made.now().plus_secs(3600));
    assert_eq!(
        made.engine.refused(&verify(&session, &bad)).await.0,
        "EnableSoftwareTokenMFAException"
    );
    assert_eq!(
        made.engine
            .refused(&verify(&asked.session, &totp(&secret, made.now())))
            .await
            .0,
        "SoftwareTokenMFANotFoundException"
    );
    let refused = made.refusal(&finish(&session)).await;
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let verified = made
        .engine
        .ok(&verify(&session, &totp(&secret, made.now())))
        .await;
    let session = verified.session.unwrap();
    made.tokens(&finish(&session)).await;
    assert_eq!(made.refusal(&finish(&session)).await, SESSION);
    let user = made.get("maria").await;
    assert_eq!(user.user_mfa_setting_list.unwrap(), ["SOFTWARE_TOKEN_MFA"]);
    // From now on it is asked for, and an older session cannot replace it.
    assert_eq!(
        made.asked_after_password("maria").await.name,
        Challenge::SoftwareTokenMfa
    );
    assert_eq!(
        made.engine.refused(&associate(&asked.session)).await,
        (
            "NotAuthorizedException".to_owned(),
            "Invalid session for the user.".to_owned()
        )
    );
    assert_eq!(
        made.engine
            .refused(&associate(&"x".repeat(40).as_str().into()))
            .await
            .0,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn an_address_is_set_up_by_the_code_sent_to_it() {
    let made = Factors::new(UserPoolMfaType::On, &["EMAIL_OTP"]).await;
    made.user("maria", &[]).await;
    let asked = made.asked_after_password("maria").await;
    let give = |value: &str| {
        made.answer(
            &Challenge::MfaSetup,
            &asked.session,
            &[("USERNAME", "maria"), ("email", value)],
        )
    };
    let refused = made.refusal(&give("nonsense")).await;
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let by_email = made.next(&give("maria@example.com")).await;
    assert_eq!(by_email.name, Challenge::EmailOtp);
    assert!(made.get("maria").await.user_mfa_setting_list.is_none());
    let answer = made.answer(
        &Challenge::EmailOtp,
        &by_email.session,
        &[("USERNAME", "maria"), ("EMAIL_OTP_CODE", &made.code().await)],
    );
    made.tokens(&answer).await;
    let user = made.get("maria").await;
    assert_eq!(user.user_mfa_setting_list.unwrap(), ["EMAIL_OTP"]);
    let attributes = user.user_attributes.unwrap();
    for (name, value) in [("email", "maria@example.com"), ("email_verified", "true")] {
        assert!(
            attributes
                .iter()
                .any(|it| it.name == name && it.value.as_deref() == Some(value))
        );
    }
}

#[tokio::test]
async fn a_session_to_set_up_a_factor_ends_with_the_user_having_one() {
    let made = Factors::new(UserPoolMfaType::On, &["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]).await;
    made.user("maria", &[]).await;
    let early = made.asked_after_password("maria").await;
    let late = made.asked_after_password("maria").await;
    assert_eq!(early.name, Challenge::MfaSetup);
    // Somebody else who knows the password begins as well, and waits.
    let give = |session: &Secret| {
        let answers = [("USERNAME", "maria"), ("email", "other@example.com")];
        made.answer(&Challenge::MfaSetup, session, &answers)
    };
    let waits = made.next(&give(&early.session)).await;
    let their_code = made.code().await;
    // Maria sets her authenticator up.
    let associate = |session: &Secret| idp::AssociateSoftwareTokenRequest {
        session: Some(session.clone()),
        access_token: None,
    };
    let begun = made.engine.ok(&associate(&late.session)).await;
    assert_eq!(
        made.engine.refused(&associate(&late.session)).await.0,
        "NotAuthorizedException",
        "a session is answered once"
    );
    let verify = idp::VerifySoftwareTokenRequest {
        session: begun.session,
        user_code: totp(&begun.secret_code.unwrap(), made.now()).into(),
        ..Default::default()
    };
    made.engine.ok(&verify).await;
    // Neither the code that waits nor another beginning of the same session gets by her factor.
    let answers = [("USERNAME", "maria"), ("EMAIL_OTP_CODE", their_code.as_str())];
    let answer = made.answer(&Challenge::EmailOtp, &waits.session, &answers);
    assert_eq!(made.refusal(&answer).await, SESSION);
    assert_eq!(made.refusal(&give(&early.session)).await, SESSION);
    assert_eq!(
        made.engine.refused(&associate(&early.session)).await.0,
        "NotAuthorizedException"
    );
    let user = made.get("maria").await;
    assert_eq!(user.user_mfa_setting_list.unwrap(), ["SOFTWARE_TOKEN_MFA"]);
}

#[tokio::test]
async fn a_temporary_password_does_not_say_where_the_code_goes() {
    let made = Factors::new(UserPoolMfaType::Optional, ALL).await;
    made.user("maria", &[EMAIL]).await;
    made.prefer("maria", "EMAIL_OTP").await;
    made.set_password("maria", false).await;
    for value in ["other@example.com", ""] {
        let asked = made.asked_after_password("maria").await;
        let answers = [
            ("USERNAME", "maria"),
            ("NEW_PASSWORD", "Another-Horse-7"),
            ("userAttributes.email", value),
        ];
        let answer = made.answer(&Challenge::NewPasswordRequired, &asked.session, &answers);
        assert_eq!(
            made.refusal(&answer).await,
            "NotAuthorizedException: Cannot modify an already provided email"
        );
    }
}

#[tokio::test]
async fn a_new_password_does_not_skip_the_second_factor() {
    let made = Factors::new(UserPoolMfaType::On, ALL).await;
    made.engine.user(&made.pool, "maria", &[PHONE]).await;
    made.set_password("maria", false).await;
    let asked = made.asked_after_password("maria").await;
    assert_eq!(asked.name, Challenge::NewPasswordRequired);
    let chosen = made.answer(
        &Challenge::NewPasswordRequired,
        &asked.session,
        &[("USERNAME", "maria"), ("NEW_PASSWORD", "Another-Horse-7")],
    );
    let second = made.next(&chosen).await;
    assert_eq!(second.name, Challenge::SmsMfa);
    let answer = made.answer(
        &Challenge::SmsMfa,
        &second.session,
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &made.code().await)],
    );
    // A password set meanwhile ends what began with the one before.
    let before = made
        .engine
        .ok(&made.by_password("maria", "Another-Horse-7"))
        .await;
    made.engine
        .ok(&idp::AdminSetUserPasswordRequest {
            user_pool_id: made.pool.clone(),
            username: "maria".to_owned(),
            password: PASSWORD.into(),
            permanent: Some(true),
        })
        .await;
    assert_eq!(made.refusal(&answer).await, SESSION);
    let late = made.answer(
        &Challenge::SmsMfa,
        &before.session.unwrap(),
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &made.code().await)],
    );
    assert_eq!(made.refusal(&late).await, SESSION);
}

#[tokio::test]
async fn wrong_codes_lock_over_all_sessions_and_spare_the_password() {
    let made = Factors::new(UserPoolMfaType::On, ALL).await;
    made.user("maria", &[PHONE]).await;
    let mut last = None;
    for _ in 0..5 {
        let asked = made.asked_after_password("maria").await;
        let code = made.code().await;
        let answer = made.answer(
            &Challenge::SmsMfa,
            &asked.session,
            &[("USERNAME", "maria"), ("SMS_MFA_CODE", wrong(&code))],
        );
        assert!(made.refusal(&answer).await.starts_with(WRONG_CODE));
        last = Some((asked, code));
    }
    let (asked, code) = last.unwrap();
    let right = made.answer(
        &Challenge::SmsMfa,
        &asked.session,
        &[("USERNAME", "maria"), ("SMS_MFA_CODE", &code)],
    );
    let locked = "NotAuthorizedException: Password attempts exceeded";
    assert_eq!(made.refusal(&right).await, locked);
    // The password is another matter, and being right about it forgets no wrong code.
    made.asked_after_password("maria").await;
    assert_eq!(made.refusal(&right).await, locked);
    made.engine.clock.advance_secs(1);
    made.tokens(&right).await;
}

fn choosing(factors: &[idp::AuthFactorType]) -> idp::CreateUserPoolRequest {
    let mut pool = own_sender();
    pool.policies = Some(idp::UserPoolPolicyType {
        sign_in_policy: Some(idp::SignInPolicyType {
            allowed_first_auth_factors: Some(factors.to_vec()),
        }),
        ..Default::default()
    });
    pool.auto_verified_attributes = Some(vec!["email".into(), "phone_number".into()]);
    pool
}

const OTP: &[idp::AuthFactorType] = &[
    idp::AuthFactorType::Password,
    idp::AuthFactorType::EmailOtp,
    idp::AuthFactorType::SmsOtp,
];

async fn choosing_pool() -> Factors {
    Factors::with(choosing(OTP), UserPoolMfaType::Off, &[], &["ALLOW_USER_AUTH"]).await
}

#[tokio::test]
async fn a_code_is_enough_where_the_pool_allows_it() {
    let made = choosing_pool().await;
    made.user("maria", &[EMAIL, PHONE]).await;
    let asked = made.asked_by_choice(&[("USERNAME", "maria")]).await;
    assert_eq!(asked.name, Challenge::SelectChallenge);
    assert_eq!(
        asked.available,
        ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"]
    );
    let choose = |answer: &str| {
        made.answer(
            &Challenge::SelectChallenge,
            &asked.session,
            &[("USERNAME", "maria"), ("ANSWER", answer)],
        )
    };
    let refused = made.refusal(&choose("WEB_AUTHN")).await;
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let by_email = made.next(&choose("EMAIL_OTP")).await;
    assert_eq!(by_email.name, Challenge::EmailOtp);
    assert_eq!(by_email.parameters["CODE_DELIVERY_DESTINATION"], "m***@e***");
    let code = made.code().await;
    assert_eq!(code.len(), 8);
    let answer = made.answer(
        &Challenge::EmailOtp,
        &by_email.session,
        &[("USERNAME", "maria"), ("EMAIL_OTP_CODE", &code)],
    );
    let tokens = made.tokens(&answer).await;
    assert_eq!(claims(&tokens.id_token.unwrap())["email_verified"], true);
    assert_eq!(made.refusal(&answer).await, SESSION);
    assert_eq!(made.refusal(&choose("SMS_OTP")).await, SESSION);
    // What is preferred and possible is asked for at once.
    let by_sms = made
        .asked_by_choice(&[("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "SMS_OTP")])
        .await;
    assert_eq!(by_sms.name, Challenge::SmsOtp);
    assert_eq!(by_sms.parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "SMS");
    let answer = made.answer(
        &Challenge::SmsOtp,
        &by_sms.session,
        &[("USERNAME", "maria"), ("SMS_OTP_CODE", &made.code().await)],
    );
    made.tokens(&answer).await;
    let not_possible = made
        .asked_by_choice(&[("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "WEB_AUTHN")])
        .await;
    assert_eq!(not_possible.name, Challenge::SelectChallenge);
    let by_password = made
        .engine
        .ok(&made.choice(&[
            ("USERNAME", "maria"),
            ("PREFERRED_CHALLENGE", "PASSWORD"),
            ("PASSWORD", PASSWORD),
        ]))
        .await;
    assert!(by_password.authentication_result.is_some());
    // A disabled user gets the same challenge, and no code.
    let (_, before) = made.newest().await;
    made.engine
        .ok(&idp::AdminDisableUserRequest {
            user_pool_id: made.pool.clone(),
            username: "maria".to_owned(),
        })
        .await;
    let refused = made
        .engine
        .refused(&made.choice(&[("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "SMS_OTP")]))
        .await;
    assert_eq!(refused.1, "User is disabled.");
    assert_eq!(made.newest().await.1, before);
}

#[tokio::test]
async fn a_code_is_no_first_factor_beside_a_second_one() {
    let made = Factors::with(
        choosing(OTP),
        UserPoolMfaType::Optional,
        ALL,
        &["ALLOW_USER_AUTH"],
    )
    .await;
    made.user("maria", &[EMAIL, PHONE]).await;
    let asked = made.asked_by_choice(&[("USERNAME", "maria")]).await;
    assert_eq!(
        asked.available,
        ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"]
    );
    made.prefer("maria", "SMS_MFA").await;
    let asked = made.asked_by_choice(&[("USERNAME", "maria")]).await;
    assert_eq!(asked.available, ["PASSWORD", "PASSWORD_SRP"]);
    let chosen = made.answer(
        &Challenge::SelectChallenge,
        &asked.session,
        &[
            ("USERNAME", "maria"),
            ("ANSWER", "PASSWORD"),
            ("PASSWORD", PASSWORD),
        ],
    );
    assert_eq!(made.next(&chosen).await.name, Challenge::SmsMfa);
}

#[tokio::test]
async fn a_user_without_a_password_signs_up_and_in() {
    let made = choosing_pool().await;
    let sign_up = idp::SignUpRequest {
        client_id: made.client.clone(),
        username: "maria".to_owned(),
        user_attributes: Some(attributes_of(&[EMAIL])),
        ..Default::default()
    };
    let signed_up = made.engine.ok(&sign_up).await;
    let session = signed_up.session.expect("a session for the sign-in that follows");
    let code = made.code().await;
    let confirm = |session: Option<Secret>| idp::ConfirmSignUpRequest {
        client_id: made.client.clone(),
        username: "maria".to_owned(),
        confirmation_code: code.as_str().into(),
        session,
        ..Default::default()
    };
    let forged = confirm(Some("x".repeat(40).into()));
    assert_eq!(made.engine.refused(&forged).await.0, "NotAuthorizedException");
    let confirmed = made.engine.ok(&confirm(Some(session.clone()))).await;
    let begin = |session: Secret| idp::InitiateAuthRequest {
        session: Some(session),
        ..made.choice(&[("USERNAME", "maria")])
    };
    // The session of the sign-up itself is no sign-in.
    assert_eq!(
        made.engine.refused(&begin(session)).await.0,
        "NotAuthorizedException"
    );
    let session = confirmed.session.unwrap();
    let answer = made.engine.ok(&begin(session.clone())).await;
    assert!(answer.authentication_result.is_some());
    assert_eq!(
        made.engine.refused(&begin(session)).await.0,
        "NotAuthorizedException"
    );
    let asked = made.asked_by_choice(&[("USERNAME", "maria")]).await;
    assert_eq!(asked.available, ["EMAIL_OTP"]);
}

#[tokio::test]
async fn the_code_of_a_first_sign_in_confirms_the_user() {
    let made = choosing_pool().await;
    made.engine
        .ok(&idp::SignUpRequest {
            client_id: made.client.clone(),
            username: "maria".to_owned(),
            user_attributes: Some(attributes_of(&[EMAIL])),
            ..Default::default()
        })
        .await;
    let asked = made
        .asked_by_choice(&[("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "EMAIL_OTP")])
        .await;
    let answer = made.answer(
        &Challenge::EmailOtp,
        &asked.session,
        &[("USERNAME", "maria"), ("EMAIL_OTP_CODE", &made.code().await)],
    );
    made.tokens(&answer).await;
    let user = made.get("maria").await;
    assert_eq!(user.user_status, Some(idp::UserStatusType::Confirmed));
}

#[tokio::test]
async fn only_so_many_codes_are_sent_in_an_hour() {
    let made = choosing_pool().await;
    made.user("maria", &[EMAIL]).await;
    let ask = made.choice(&[("USERNAME", "maria"), ("PREFERRED_CHALLENGE", "EMAIL_OTP")]);
    for _ in 0..20 {
        made.engine.ok(&ask).await;
    }
    assert_eq!(made.engine.refused(&ask).await.0, "TooManyRequestsException");
    assert_eq!(made.newest().await.1, 20);
    made.engine.clock.advance_secs(3600);
    made.engine.ok(&ask).await;
}

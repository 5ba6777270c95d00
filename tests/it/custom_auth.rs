//! Custom sign-ins: which functions are asked what, in which order, and who gets in.

use poolhouse::wire::idp;
use serde_json::{Value, json};

use crate::functions::Reply;
use crate::sign_in::SrpClient;
use crate::triggers::{PASSWORD, Scene, claims};
use crate::users::{code_to, ok, refused};

const TRIGGERS: [&str; 3] = [
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
];

/// Two passphrases, the second asked once the first was right; three tries.
fn two_passphrases(event: &Value) -> Reply {
    let session = event["request"]["session"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let right = session
        .iter()
        .filter(|step| step["challengeResult"] == true)
        .count();
    match event["triggerSource"].as_str() {
        Some("DefineAuthChallenge_Authentication") => Reply::With(match (right, session.len()) {
            (2, _) => json!({"issueTokens": true, "failAuthentication": false}),
            (_, 3) => json!({"issueTokens": false, "failAuthentication": true}),
            _ => {
                json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false})
            }
        }),
        Some("CreateAuthChallenge_Authentication") => Reply::With(json!({
            "publicChallengeParameters": {"question": format!("word {right}")},
            "privateChallengeParameters": {"word": format!("open {right}")},
            "challengeMetadata": format!("WORD_{right}"),
        })),
        Some("VerifyAuthChallengeResponse_Authentication") => {
            let request = &event["request"];
            Reply::With(json!({
                "answerCorrect": request["challengeAnswer"] == request["privateChallengeParameters"]["word"],
            }))
        }
        _ => Reply::With(json!({})),
    }
}

async fn scene(more: &[&str], settings: Value, client_settings: Value) -> Scene {
    let triggers = [&TRIGGERS[..], more].concat();
    let s = Scene::of(&triggers, settings, client_settings).await;
    s.function.answers(two_passphrases);
    s
}

fn begin(s: &Scene, username: &str) -> Value {
    json!({
        "ClientId": s.client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": username},
        "ClientMetadata": {"at": "begin"},
    })
}

fn answer(s: &Scene, session: Option<poolhouse::base::secret::Secret>, username: &str, word: &str) -> Value {
    json!({
        "ClientId": s.client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": session,
        "ChallengeResponses": {"USERNAME": username, "ANSWER": word},
        "ClientMetadata": {"at": "answer"},
    })
}

#[tokio::test]
async fn what_functions_keep_of_a_challenge_may_be_longer_than_a_session() {
    let s = scene(&[], json!({}), json!({})).await;
    s.user("maria").await;
    let long = "x".repeat(20_000);
    let (word, note) = (long.clone(), long.clone());
    s.function.answers(move |event| match two_passphrases(event) {
        Reply::With(mut answer) => {
            if let Some(private) = answer.get_mut("privateChallengeParameters") {
                private["filling"] = json!(word);
                answer["challengeMetadata"] = json!(note);
            }
            Reply::With(answer)
        }
        other => other,
    });
    let respond = |session: &Value, answer: &str| {
        json!({
            "ClientId": s.client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": session,
            "ChallengeResponses": {"USERNAME": "maria", "ANSWER": answer},
        })
    };
    let session = |answer: Option<poolhouse::base::secret::Secret>| {
        let session = answer.unwrap();
        assert!(session.expose().len() <= 2048, "{}", session.expose().len());
        json!(session.expose())
    };
    let first = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    let first = session(first.session);
    s.function.events();
    let second = ok::<idp::RespondToAuthChallengeRequest>(&s.t, respond(&first, "open 0")).await;
    let second = session(second.session);
    let asked = s.function.events();
    assert_eq!(
        asked[0]["request"]["privateChallengeParameters"]["filling"],
        json!(long)
    );
    assert_eq!(
        asked[1]["request"]["session"][0]["challengeMetadata"],
        json!(long)
    );
    // The step before left nothing. Sealed like a session: the store alone does not tell the passphrase.
    assert_eq!(waiting(&s).await.0, 1);
    let again = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    let kept: Vec<u8> =
        s.t.store
            .read(|r| {
                r.all("SELECT sealed FROM parked_challenge", &[])?
                    .first()
                    .unwrap()
                    .blob(0)
                    .map(<[u8]>::to_vec)
            })
            .await
            .unwrap();
    assert!(!kept.windows(6).any(|part| part == b"open 1" || part == b"xxxxxx"));
    let again = session(again.session);
    // It goes with the sign-in, and ends with the session.
    let done = ok::<idp::RespondToAuthChallengeRequest>(&s.t, respond(&second, "open 1")).await;
    assert!(done.authentication_result.is_some());
    assert_eq!(waiting(&s).await.0, 1);
    s.t.clock.advance_secs(181);
    let late = refused::<idp::RespondToAuthChallengeRequest>(&s.t, respond(&again, "open 0")).await;
    assert_eq!(late.0, "NotAuthorizedException");
    let now = s.t.engine().clock.now();
    let reaped =
        s.t.store
            .transact("reap", move |tx| {
                poolhouse::store::records::codes::reap(tx, now, 100)
            })
            .await
            .unwrap();
    assert!(reaped >= 3, "{reaped}");
    assert_eq!(waiting(&s).await, (0, 0));
}

/// How many challenges wait in the store, and the bytes that are counted of them.
async fn waiting(s: &Scene) -> (usize, i64) {
    s.t.store
        .read(|r| {
            let rows = r.all("SELECT 1 FROM parked_challenge", &[])?;
            Ok::<_, poolhouse::store::Error>((rows.len(), poolhouse::store::records::parked::bytes(r)?))
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn sign_ins_that_strangers_begin_keep_little_of_a_user_and_nothing_once_they_end() {
    let s = scene(&[], json!({}), json!({"PreventUserExistenceErrors": "ENABLED"})).await;
    s.user("maria").await;
    // A made-up user stays the same for as long as the pool is old.
    s.t.clock.advance_secs(86_400);
    let filling = |size: usize| {
        let filling = "x".repeat(size);
        s.function.answers(move |event| match two_passphrases(event) {
            Reply::With(mut answer) => {
                if let Some(private) = answer.get_mut("privateChallengeParameters") {
                    private["filling"] = json!(filling);
                }
                Reply::With(answer)
            }
            other => other,
        });
    };
    filling(10_000);
    // Whoever is named, there are five at most, and the oldest go.
    for name in ["maria", "nobody"] {
        let mut sessions = Vec::new();
        for _ in 0..7 {
            let begun = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, name)).await;
            sessions.push(begun.session);
            s.t.clock.advance_secs(1);
        }
        let (rows, bytes) = waiting(&s).await;
        assert_eq!(rows, 5, "{name}");
        assert!((50_000..60_000).contains(&bytes), "{bytes}");
        let late = answer(&s, sessions[0].clone(), name, "wrong");
        let late = refused::<idp::RespondToAuthChallengeRequest>(&s.t, late).await;
        assert_eq!(late.0, "NotAuthorizedException", "{name}");
        // A function that ends a sign-in, or fails, leaves nothing of it.
        for session in &mut sessions[2..] {
            for _ in 0..2 {
                let request = answer(&s, session.clone(), name, "wrong");
                *session = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request)
                    .await
                    .session;
            }
            assert_eq!(waiting(&s).await.0, 5, "{name}");
        }
        let mut left = 5;
        for session in sessions.drain(2..) {
            let request = answer(&s, session, name, "wrong");
            refused::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
            left -= 1;
            assert_eq!(waiting(&s).await.0, left, "{name}");
        }
    }
    let begun = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    s.function
        .replies(Reply::With(json!({"answerCorrect": "perhaps"})));
    let request = answer(&s, begun.session, "maria", "open 0");
    let failed = refused::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
    assert_eq!(failed.0, "InvalidLambdaResponseException");
    assert_eq!(waiting(&s).await, (0, 0));
    filling(70_000);
    let too_long = refused::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    assert_eq!(too_long.0, "InvalidLambdaResponseException");
    // All users together have a bound as well.
    s.t.store
        .transact("fill", |tx| {
            tx.execute(
                "INSERT INTO counter (pool, name, value) VALUES ('', 'parked bytes', ?1)
                 ON CONFLICT (pool, name) DO UPDATE SET value = excluded.value",
                &[(256 * 1024 * 1024_i64 - 5_000).into()],
            )
        })
        .await
        .unwrap();
    filling(10_000);
    let full = refused::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    assert_eq!(full.0, "TooManyRequestsException");
    filling(100);
    ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
}

#[tokio::test]
async fn the_functions_lead_from_challenge_to_challenge_to_tokens() {
    let s = scene(&["PostAuthentication"], json!({}), json!({})).await;
    let sub = s.user("maria").await;
    let first = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria")).await;
    assert_eq!(
        first.challenge_name,
        Some(idp::ChallengeNameType::CustomChallenge)
    );
    let shown = first.challenge_parameters.unwrap();
    assert_eq!(json!(shown), json!({"USERNAME": "maria", "question": "word 0"}));
    let attributes = json!({
        "sub": sub, "cognito:user_status": "CONFIRMED",
        "email": "maria@example.com", "email_verified": "true",
    });
    let events = s.function.events();
    assert_eq!(
        events,
        [
            s.event(
                "DefineAuthChallenge_Authentication",
                "maria",
                json!({"userAttributes": attributes, "session": []}),
                json!({"challengeName": null, "issueTokens": null, "failAuthentication": null}),
            ),
            s.event(
                "CreateAuthChallenge_Authentication",
                "maria",
                json!({"userAttributes": attributes, "challengeName": "CUSTOM_CHALLENGE", "session": []}),
                json!({
                    "publicChallengeParameters": null, "privateChallengeParameters": null,
                    "challengeMetadata": null,
                }),
            ),
        ]
    );

    let request = answer(&s, first.session.clone(), "maria", "open 0");
    let second = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request.clone()).await;
    let steps = json!([
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": true, "challengeMetadata": "WORD_0"},
    ]);
    let events = s.function.events();
    assert_eq!(
        events[0],
        s.event(
            "VerifyAuthChallengeResponse_Authentication",
            "maria",
            json!({
                "userAttributes": attributes, "privateChallengeParameters": {"word": "open 0"},
                "challengeAnswer": "open 0", "clientMetadata": {"at": "answer"},
            }),
            json!({"answerCorrect": null}),
        )
    );
    assert_eq!(events[1]["request"]["session"], steps);
    assert_eq!(events[1]["request"]["clientMetadata"], json!({"at": "answer"}));
    assert_eq!(events[2]["request"]["session"], steps);
    assert_eq!(events.len(), 3);

    // A session counts once.
    assert_eq!(
        refused::<idp::RespondToAuthChallengeRequest>(&s.t, request)
            .await
            .0,
        "NotAuthorizedException"
    );
    s.function.events();
    let request = answer(&s, second.session, "maria", "open 1");
    let done = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
    assert_eq!(
        claims(done.authentication_result.unwrap().id_token)["sub"],
        json!(sub)
    );
    assert_eq!(
        s.function.sources(),
        [
            "VerifyAuthChallengeResponse_Authentication",
            "DefineAuthChallenge_Authentication",
            "PostAuthentication_Authentication",
        ]
    );
}

#[tokio::test]
async fn wrong_answers_end_where_the_function_ends_them_and_lock_nobody_out() {
    let s = scene(&[], json!({}), json!({})).await;
    s.user("maria").await;
    for _ in 0..3 {
        let mut session = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria"))
            .await
            .session;
        for _ in 0..2 {
            let request = answer(&s, session, "maria", "wrong");
            session = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request)
                .await
                .session;
        }
        let request = answer(&s, session, "maria", "wrong");
        assert_eq!(
            refused::<idp::RespondToAuthChallengeRequest>(&s.t, request).await,
            (
                "NotAuthorizedException".to_owned(),
                "Incorrect username or password.".to_owned()
            )
        );
    }
    let mut session = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria"))
        .await
        .session;
    for word in ["open 0", "open 1"] {
        let request = answer(&s, session, "maria", word);
        session = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request)
            .await
            .session;
    }
    // A session that came too late is none.
    let session = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria"))
        .await
        .session;
    s.t.clock.advance_secs(181);
    let request = answer(&s, session, "maria", "open 0");
    assert_eq!(
        refused::<idp::RespondToAuthChallengeRequest>(&s.t, request)
            .await
            .0,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_told_to_the_functions_alone() {
    let s = scene(&[], json!({}), json!({"PreventUserExistenceErrors": "ENABLED"})).await;
    let first = ok::<idp::InitiateAuthRequest>(&s.t, begin(&s, "nobody")).await;
    assert_eq!(
        first.challenge_name,
        Some(idp::ChallengeNameType::CustomChallenge)
    );
    for event in s.function.events() {
        assert_eq!(event["request"]["userNotFound"], true);
        assert_eq!(event["request"]["userAttributes"], json!({}));
    }
    let mut session = first.session;
    let request = answer(&s, session, "nobody", "open 0");
    session = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request)
        .await
        .session;
    // Even a function that lets everyone in does not make a user of nobody.
    let request = answer(&s, session, "nobody", "open 1");
    assert_eq!(
        refused::<idp::RespondToAuthChallengeRequest>(&s.t, request)
            .await
            .1,
        "Incorrect username or password."
    );
    let open = scene(&[], json!({}), json!({})).await;
    assert_eq!(
        refused::<idp::InitiateAuthRequest>(&open.t, begin(&open, "nobody"))
            .await
            .0,
        "UserNotFoundException"
    );
    assert!(open.function.events().is_empty());
}

#[tokio::test]
async fn what_a_function_decides_is_read_strictly() {
    let s = scene(&[], json!({}), json!({})).await;
    s.user("maria").await;
    for (define, create, expected) in [
        (json!({}), json!({}), "InvalidLambdaResponseException"),
        (
            json!({"issueTokens": "yes"}),
            json!({}),
            "InvalidLambdaResponseException",
        ),
        (
            json!({"challengeName": "PASSWORD_VERIFIER"}),
            json!({}),
            "InvalidLambdaResponseException",
        ),
        (
            json!({"challengeName": "RIDDLE"}),
            json!({}),
            "InvalidLambdaResponseException",
        ),
        (
            json!({"challengeName": "CUSTOM_CHALLENGE"}),
            json!({"publicChallengeParameters": {"n": 1}}),
            "InvalidLambdaResponseException",
        ),
        (
            json!({"issueTokens": true, "failAuthentication": true}),
            json!({}),
            "NotAuthorizedException",
        ),
    ] {
        s.function.answers(move |event| {
            let is_define = event["triggerSource"] == "DefineAuthChallenge_Authentication";
            Reply::With(if is_define { define.clone() } else { create.clone() })
        });
        assert_eq!(
            refused::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria"))
                .await
                .0,
            expected
        );
    }
    let bare = Scene::of(&[], json!({}), json!({})).await;
    bare.user("maria").await;
    assert_eq!(
        refused::<idp::InitiateAuthRequest>(&bare.t, begin(&bare, "maria")).await,
        (
            "InvalidParameterException".to_owned(),
            "Custom auth lambda trigger is not configured for the user pool.".to_owned()
        )
    );
    // Only a user who may sign in gets there.
    let who = json!({"UserPoolId": s.pool, "Username": "maria"});
    ok::<idp::AdminDisableUserRequest>(&s.t, who).await;
    assert_eq!(
        refused::<idp::InitiateAuthRequest>(&s.t, begin(&s, "maria"))
            .await
            .1,
        "User is disabled."
    );
}

#[tokio::test]
async fn a_sign_in_may_begin_with_srp_and_ask_for_a_second_factor_between() {
    let s = scene(
        &[],
        json!({
            "AutoVerifiedAttributes": ["phone_number"], "MfaConfiguration": "OPTIONAL",
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
        }),
        json!({}),
    )
    .await;
    // The client is added behind the pool's back; a verifier is what SRP needs.
    ok::<idp::CreateUserPoolClientRequest>(
        &s.t,
        json!({
            "UserPoolId": s.pool, "ClientName": "srp",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
        }),
    )
    .await;
    s.user("maria").await;
    s.give_phone("maria").await;
    s.function.answers(|event| {
        if event["triggerSource"] != "DefineAuthChallenge_Authentication" {
            return two_passphrases(event);
        }
        let session = event["request"]["session"].as_array().unwrap();
        let names: Vec<_> = session
            .iter()
            .map(|step| step["challengeName"].as_str().unwrap())
            .collect();
        Reply::With(match names.as_slice() {
            ["SRP_A"] => json!({"challengeName": "PASSWORD_VERIFIER"}),
            ["SRP_A", "PASSWORD_VERIFIER"] => json!({"challengeName": "SMS_MFA"}),
            ["SRP_A", "PASSWORD_VERIFIER", "SMS_MFA"] => json!({"challengeName": "CUSTOM_CHALLENGE"}),
            ["SRP_A", "PASSWORD_VERIFIER", "SMS_MFA", "CUSTOM_CHALLENGE"] => json!({"issueTokens": true}),
            other => panic!("{other:?}"),
        })
    });
    let srp = SrpClient::new(5);
    let mut request = begin(&s, "maria");
    request["AuthParameters"]["CHALLENGE_NAME"] = json!("SRP_A");
    request["AuthParameters"]["SRP_A"] = json!(srp.public());
    let asked = ok::<idp::InitiateAuthRequest>(&s.t, request).await;
    assert_eq!(
        asked.challenge_name,
        Some(idp::ChallengeNameType::PasswordVerifier)
    );
    assert_eq!(
        s.function.event()["request"]["session"],
        json!([{"challengeName": "SRP_A", "challengeResult": true}])
    );
    let challenge = asked.challenge_parameters.unwrap();
    let identity = (s.pool.split('_').nth(1).unwrap(), "maria");
    let proof = srp.proof(identity, &challenge, PASSWORD, s.t.engine().clock.now());
    let mut proof: serde_json::Map<String, Value> = proof
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    proof.insert("USERNAME".to_owned(), "maria".into());
    let request = json!({
        "ClientId": s.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof,
    });
    let asked = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
    assert_eq!(asked.challenge_name, Some(idp::ChallengeNameType::SmsMfa));
    let code = code_to(&s.t, &s.pool, "+15555550100").await;
    let request = json!({
        "ClientId": s.client, "ChallengeName": "SMS_MFA", "Session": asked.session,
        "ChallengeResponses": {"USERNAME": "maria", "SMS_MFA_CODE": code},
    });
    let asked = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
    assert_eq!(
        asked.challenge_name,
        Some(idp::ChallengeNameType::CustomChallenge)
    );
    let request = answer(&s, asked.session, "maria", "open 3");
    let done = ok::<idp::RespondToAuthChallengeRequest>(&s.t, request).await;
    assert!(done.authentication_result.is_some());
}

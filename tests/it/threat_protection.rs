//! Threat protection: risks and what follows, leaked passwords, the history of users.

use poolhouse::wire::idp::*;

use crate::http::Server;
use crate::support::{START, TestEngine};

const INVALID: &str = "InvalidParameterException";
const OFF: &str = "UserPoolAddOnNotEnabledException";
pub const PASSWORD: &str = "Correct-horse-1";

fn add_ons(mode: AdvancedSecurityModeType) -> Option<UserPoolAddOnsType> {
    Some(UserPoolAddOnsType {
        advanced_security_mode: mode,
        ..Default::default()
    })
}

/// A user pool with a client, and `maria`, who has a verified address.
pub struct Setting {
    pub engine: TestEngine,
    pool: String,
    client: String,
}

impl Setting {
    pub async fn new(mode: AdvancedSecurityModeType) -> Self {
        let engine = TestEngine::new().await;
        let pool = engine
            .user_pool_with(CreateUserPoolRequest {
                user_pool_add_ons: add_ons(mode),
                // The sender that codes by e-mail need.
                email_configuration: Some(EmailConfigurationType {
                    email_sending_account: Some(EmailSendingAccountType::Developer),
                    source_arn: Some("arn:aws:ses:us-east-1:123456789012:identity/a@example.com".to_owned()),
                    ..Default::default()
                }),
                ..Default::default()
            })
            .await;
        let client = engine
            .client_with(CreateUserPoolClientRequest {
                user_pool_id: pool.clone(),
                explicit_auth_flows: Some(vec![
                    ExplicitAuthFlowsType::AllowAdminUserPasswordAuth,
                    ExplicitAuthFlowsType::AllowRefreshTokenAuth,
                ]),
                ..Default::default()
            })
            .await;
        let address = [("email", "maria@example.com"), ("email_verified", "true")];
        engine.user(&pool, "maria", &address).await;
        let setting = Self { engine, pool, client };
        setting.set_password(PASSWORD).await;
        setting
    }

    async fn set_password(&self, password: &str) {
        self.engine
            .ok(&AdminSetUserPasswordRequest {
                user_pool_id: self.pool.clone(),
                username: "maria".to_owned(),
                password: password.into(),
                permanent: Some(true),
            })
            .await;
    }

    /// Signs `maria` in from an address with a program.
    pub fn sign_in(&self, address: &str, agent: &str, password: &str) -> AdminInitiateAuthRequest {
        AdminInitiateAuthRequest {
            user_pool_id: self.pool.clone(),
            client_id: self.client.clone(),
            auth_flow: AuthFlowType::AdminUserPasswordAuth,
            auth_parameters: Some(
                [("USERNAME", "maria"), ("PASSWORD", password)]
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value.into()))
                    .collect(),
            ),
            context_data: Some(ContextDataType {
                ip_address: address.to_owned(),
                server_name: "server".to_owned(),
                server_path: "/".to_owned(),
                http_headers: vec![HttpHeader {
                    header_name: Some("User-Agent".to_owned()),
                    header_value: Some(agent.to_owned()),
                }],
                encoded_data: None,
            }),
            ..Default::default()
        }
    }

    fn configuration(&self) -> SetRiskConfigurationRequest {
        SetRiskConfigurationRequest {
            user_pool_id: self.pool.clone(),
            ..Default::default()
        }
    }

    pub async fn act(&self, action: AccountTakeoverEventActionType, notify: bool) {
        let action = AccountTakeoverActionType {
            notify,
            event_action: action,
        };
        self.engine
            .ok(&SetRiskConfigurationRequest {
                account_takeover_risk_configuration: Some(AccountTakeoverRiskConfigurationType {
                    notify_configuration: Some(NotifyConfigurationType {
                        source_arn: "arn:aws:ses:us-east-1:123456789012:identity/a@example.com".to_owned(),
                        block_email: Some(NotifyEmailType {
                            subject: "Blocked {username}".to_owned(),
                            html_body: Some(
                                "<b>{ip-address}</b> {one-click-link-invalid} {event-id} {feedback-token}"
                                    .to_owned(),
                            ),
                            text_body: None,
                        }),
                        ..Default::default()
                    }),
                    actions: AccountTakeoverActionsType {
                        low_action: Some(action.clone()),
                        medium_action: Some(action.clone()),
                        high_action: Some(action),
                    },
                }),
                ..self.configuration()
            })
            .await;
    }

    /// Returns the events of `maria`, newest first, once there are `count`: a failure is
    /// written down a moment after its answer.
    pub async fn events(&self, count: usize) -> Vec<AuthEventType> {
        loop {
            let found = self
                .engine
                .ok(&AdminListUserAuthEventsRequest {
                    user_pool_id: self.pool.clone(),
                    username: "maria".to_owned(),
                    ..Default::default()
                })
                .await;
            let found = found.auth_events.unwrap();
            if found.len() >= count {
                assert_eq!(found.len(), count);
                return found;
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn mails(&self) -> Vec<poolhouse::store::records::outbox::Message> {
        let pool = self.pool.clone();
        self.engine
            .store
            .read(move |r| poolhouse::store::records::outbox::list(r, Some(&pool), None, None, 10))
            .await
            .map_err(|error: poolhouse::store::Error| error)
            .unwrap()
    }
}

fn risk(event: &AuthEventType) -> (Option<RiskDecisionType>, Option<RiskLevelType>) {
    let risk = event.event_risk.clone().unwrap();
    (risk.risk_decision, risk.risk_level)
}

const BLOCKED: (&str, &str) = (
    "NotAuthorizedException",
    "Unable to login because of security reasons",
);

fn owned(pair: (&str, &str)) -> (String, String) {
    (pair.0.to_owned(), pair.1.to_owned())
}

#[tokio::test]
async fn a_strange_sign_in_is_blocked_told_of_and_vouched_for() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    setting.act(AccountTakeoverEventActionType::Block, true).await;
    let home = setting.sign_in("192.0.2.1", "Browser", PASSWORD);
    engine.ok(&home).await;
    engine.ok(&home).await;
    let strange = setting.sign_in("198.51.100.9", "Other", PASSWORD);
    assert_eq!(engine.refused(&strange).await, owned(BLOCKED));
    let events = setting.events(3).await;
    let newest = &events[0];
    assert_eq!(
        risk(newest),
        (Some(RiskDecisionType::Block), Some(RiskLevelType::Medium))
    );
    assert_eq!(newest.event_response, Some(EventResponseType::Fail));
    assert_eq!(
        newest.challenge_responses.as_deref().unwrap(),
        [ChallengeResponseType {
            challenge_name: Some(ChallengeName::Password),
            challenge_response: Some(ChallengeResponse::Success),
        }]
    );
    let context = newest.event_context_data.clone().unwrap();
    assert_eq!(context.ip_address.as_deref(), Some("198.51.100.9"));
    assert_eq!(context.device_name.as_deref(), Some("Other"));
    assert_eq!(risk(&events[2]), (Some(RiskDecisionType::NoRisk), None));
    assert_eq!(events[2].event_response, Some(EventResponseType::Pass));
    let mails = setting.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Blocked maria");
    assert_eq!(mails[0].to, "maria@example.com");
    assert!(
        mails[0].body.starts_with("<b>198.51.100.9</b> "),
        "{}",
        mails[0].body
    );
    // The user says it was her.
    let token = mails[0]
        .body
        .split("feedback_token=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .unwrap();
    let event_id = newest.event_id.as_deref().unwrap();
    assert!(
        mails[0].body.ends_with(&format!(" {event_id} {token}")),
        "{}",
        mails[0].body
    );
    let feedback = UpdateAuthEventFeedbackRequest {
        user_pool_id: setting.pool.clone(),
        username: "maria".to_owned(),
        event_id: newest.event_id.clone().unwrap(),
        feedback_token: token.into(),
        feedback_value: FeedbackValueType::Valid,
    };
    for wrong in [
        UpdateAuthEventFeedbackRequest {
            feedback_token: "x".into(),
            ..feedback.clone()
        },
        UpdateAuthEventFeedbackRequest {
            event_id: events[2].event_id.clone().unwrap(),
            ..feedback.clone()
        },
        UpdateAuthEventFeedbackRequest {
            username: "absent".to_owned(),
            ..feedback.clone()
        },
    ] {
        assert_eq!(
            engine.refused(&wrong).await,
            owned(("NotAuthorizedException", "Invalid feedback token."))
        );
    }
    engine.ok(&feedback).await;
    let given = setting.events(3).await[0].event_feedback.clone().unwrap();
    assert_eq!(given.feedback_value, FeedbackValueType::Valid);
    assert_eq!(given.provider, "User");
    engine.ok(&strange).await;
    // The admin says it was not.
    let admin = AdminUpdateAuthEventFeedbackRequest {
        user_pool_id: setting.pool.clone(),
        username: "maria".to_owned(),
        event_id: newest.event_id.clone().unwrap(),
        feedback_value: FeedbackValueType::Invalid,
    };
    engine.ok(&admin).await;
    assert_eq!(engine.refused(&strange).await, owned(BLOCKED));
    let absent = AdminUpdateAuthEventFeedbackRequest {
        event_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        ..admin.clone()
    };
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
    let nobody = AdminUpdateAuthEventFeedbackRequest {
        username: "absent".to_owned(),
        ..admin
    };
    assert_eq!(engine.refused(&nobody).await.0, "UserNotFoundException");
}

#[tokio::test]
async fn a_way_too_far_for_the_time_is_a_high_risk() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    let table = "192.0.2.0/24,DE,Berlin,Europe/Berlin,52.5,13.4\n\
                 203.0.113.0/24,AU,Sydney,Australia/Sydney,-33.9,151.2\n";
    std::fs::write(engine.folder.path().join("places.csv"), table).unwrap();
    engine
        .ok(&setting.sign_in("192.0.2.1", "Browser", PASSWORD))
        .await;
    engine.clock.advance_secs(3600);
    engine
        .ok(&setting.sign_in("203.0.113.1", "Browser", PASSWORD))
        .await;
    let events = setting.events(2).await;
    assert_eq!(
        risk(&events[0]),
        (Some(RiskDecisionType::AccountTakeover), Some(RiskLevelType::High))
    );
    let context = events[0].event_context_data.clone().unwrap();
    assert_eq!(context.city.as_deref(), Some("Sydney"));
    assert_eq!(context.country.as_deref(), Some("AU"));
    assert_eq!(context.timezone.as_deref(), Some("Australia/Sydney"));
}

#[tokio::test]
async fn an_audit_writes_down_and_refuses_nothing() {
    let setting = Setting::new(AdvancedSecurityModeType::Audit).await;
    let engine = &setting.engine;
    setting.act(AccountTakeoverEventActionType::Block, true).await;
    engine
        .ok(&setting.sign_in("192.0.2.1", "Browser", PASSWORD))
        .await;
    engine
        .ok(&setting.sign_in("198.51.100.9", "Other", PASSWORD))
        .await;
    let events = setting.events(2).await;
    assert_eq!(
        risk(&events[0]),
        (
            Some(RiskDecisionType::AccountTakeover),
            Some(RiskLevelType::Medium)
        )
    );
    assert!(setting.mails().await.is_empty());
}

#[tokio::test]
async fn a_risk_asks_for_a_second_factor_or_refuses() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    let mfa = |mode| SetUserPoolMfaConfigRequest {
        user_pool_id: setting.pool.clone(),
        email_mfa_configuration: Some(EmailMfaConfigType::default()),
        mfa_configuration: Some(mode),
        ..Default::default()
    };
    engine
        .ok(&setting.sign_in("192.0.2.1", "Browser", PASSWORD))
        .await;
    let strange = setting.sign_in("198.51.100.9", "Other", PASSWORD);
    setting
        .act(AccountTakeoverEventActionType::MfaRequired, false)
        .await;
    assert_eq!(
        engine.refused(&strange).await,
        owned(BLOCKED),
        "there is no second factor to show"
    );
    engine.ok(&mfa(UserPoolMfaType::Optional)).await;
    let asked = engine.ok(&strange).await;
    assert_eq!(asked.challenge_name, Some(ChallengeNameType::EmailOtp));
    let code = setting.mails().await[0].code.clone().unwrap();
    let answer = AdminRespondToAuthChallengeRequest {
        user_pool_id: setting.pool.clone(),
        client_id: setting.client.clone(),
        challenge_name: ChallengeNameType::EmailOtp,
        session: asked.session,
        challenge_responses: Some(
            [("USERNAME", "maria"), ("EMAIL_OTP_CODE", code.as_str())]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
        ),
        context_data: strange.context_data.clone(),
        ..Default::default()
    };
    engine.ok(&answer).await;
    let events = setting.events(3).await;
    let newest = &events[0];
    assert_eq!(newest.event_response, Some(EventResponseType::Pass));
    assert_eq!(newest.challenge_responses.as_ref().unwrap().len(), 2);
    // What was proven is known from now on.
    assert!(engine.ok(&strange).await.authentication_result.is_some());
    setting
        .act(AccountTakeoverEventActionType::MfaIfConfigured, false)
        .await;
    let another = setting.sign_in("203.0.113.7", "Third", PASSWORD);
    assert_eq!(
        engine.ok(&another).await.challenge_name,
        Some(ChallengeNameType::EmailOtp)
    );
}

#[tokio::test]
async fn lists_of_addresses_go_before_any_risk() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    let lists = |blocked: &str, skipped: &str| SetRiskConfigurationRequest {
        risk_exception_configuration: Some(RiskExceptionConfigurationType {
            blocked_ip_range_list: Some(vec![blocked.to_owned()]),
            skipped_ip_range_list: Some(vec![skipped.to_owned()]),
        }),
        ..setting.configuration()
    };
    engine.ok(&lists("198.51.100.0/24", "203.0.113.0/24")).await;
    let sign_in = |address: &str, agent: &str| setting.sign_in(address, agent, PASSWORD);
    engine.ok(&sign_in("192.0.2.1", "Browser")).await;
    assert_eq!(
        engine.refused(&sign_in("198.51.100.9", "Browser")).await,
        owned(BLOCKED)
    );
    assert_eq!(
        engine.refused(&sign_in("::ffff:198.51.100.9", "Browser")).await,
        owned(BLOCKED)
    );
    let nowhere = engine.refused(&sign_in("198.51.100.9 ", "Browser")).await;
    assert_eq!(nowhere.0, INVALID);
    engine.ok(&sign_in("::ffff:203.0.113.1", "Other")).await;
    let events = setting.events(4).await;
    assert_eq!(risk(&events[0]), (Some(RiskDecisionType::NoRisk), None));
    let address = |event: &AuthEventType| event.event_context_data.clone().unwrap().ip_address;
    assert_eq!(address(&events[0]).as_deref(), Some("203.0.113.1"));
    assert_eq!(address(&events[1]).as_deref(), Some("198.51.100.9"));
    // A client's own configuration stands in for the user pool's.
    let own = SetRiskConfigurationRequest {
        client_id: Some(setting.client.clone()),
        ..lists("192.0.2.0/24", "10.0.0.0/8")
    };
    engine.ok(&own).await;
    engine.ok(&sign_in("198.51.100.9", "Browser")).await;
    assert_eq!(
        engine.refused(&sign_in("192.0.2.1", "Browser")).await,
        owned(BLOCKED)
    );
    // Nothing but ids takes it away again.
    engine
        .ok(&SetRiskConfigurationRequest {
            client_id: Some(setting.client.clone()),
            ..setting.configuration()
        })
        .await;
    engine.ok(&sign_in("192.0.2.1", "Browser")).await;
    assert_eq!(engine.refused(&lists("10.0.0.0", "::/0")).await.0, INVALID);
}

#[tokio::test]
async fn a_list_holds_an_ipv4_caller_of_a_server_that_listens_in_both_families() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let server = Server::everywhere(TestEngine::beside(&setting.engine)).await;
    let engine = &setting.engine;
    let client = engine
        .client_with(CreateUserPoolClientRequest {
            user_pool_id: setting.pool.clone(),
            explicit_auth_flows: Some(vec![
                ExplicitAuthFlowsType::AllowUserPasswordAuth,
                ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ]),
            ..Default::default()
        })
        .await;
    let begin = InitiateAuthRequest {
        client_id: client,
        auth_flow: AuthFlowType::UserPasswordAuth,
        auth_parameters: setting.sign_in("", "", PASSWORD).auth_parameters,
        ..Default::default()
    };
    let driver = server.driver(None, START);
    for (blocked, passes) in [("127.0.0.0/8", false), ("10.0.0.0/8", true)] {
        engine
            .ok(&SetRiskConfigurationRequest {
                risk_exception_configuration: Some(RiskExceptionConfigurationType {
                    blocked_ip_range_list: Some(vec![blocked.to_owned()]),
                    skipped_ip_range_list: None,
                }),
                ..setting.configuration()
            })
            .await;
        match driver.call(&begin).await {
            Ok(answer) => assert!(passes && answer.authentication_result.is_some()),
            Err(refused) => assert!(!passes && refused.to_string().contains(BLOCKED.1), "{refused}"),
        }
    }
    for event in setting.events(2).await {
        let address = event.event_context_data.unwrap().ip_address;
        assert_eq!(address.as_deref(), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn who_leaves_the_device_out_is_no_nearer_to_what_is_known() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    engine
        .ok(&setting.sign_in("192.0.2.1", "Browser", PASSWORD))
        .await;
    let mut nameless = setting.sign_in("198.51.100.9", "Browser", PASSWORD);
    nameless.context_data.as_mut().unwrap().http_headers.clear();
    engine.ok(&nameless).await;
    let events = setting.events(2).await;
    assert_eq!(
        risk(&events[0]),
        (
            Some(RiskDecisionType::AccountTakeover),
            Some(RiskLevelType::Medium)
        )
    );
}

/// Writes a list of leaked passwords that holds `password` alone.
fn leak(engine: &TestEngine, password: &str) {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let line = format!("{}:3\n", hex::encode_upper(hash));
    std::fs::write(engine.folder.path().join("leaked-passwords.txt"), line).unwrap();
}

#[tokio::test]
async fn a_leaked_password_must_be_reset_and_cannot_be_chosen() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    leak(engine, PASSWORD);
    let sign_in = setting.sign_in("192.0.2.1", "Browser", PASSWORD);
    engine.ok(&sign_in).await;
    let block = |filter: Option<Vec<EventFilterType>>| SetRiskConfigurationRequest {
        compromised_credentials_risk_configuration: Some(CompromisedCredentialsRiskConfigurationType {
            event_filter: filter,
            actions: CompromisedCredentialsActionsType {
                event_action: CompromisedCredentialsEventActionType::Block,
            },
        }),
        ..setting.configuration()
    };
    engine.ok(&block(Some(vec![EventFilterType::SignUp]))).await;
    engine.ok(&sign_in).await;
    engine.ok(&block(None)).await;
    assert_eq!(engine.refused(&sign_in).await.0, "PasswordResetRequiredException");
    let events = setting.events(3).await;
    let found = events[0].event_risk.clone().unwrap();
    assert_eq!(found.compromised_credentials_detected, Some(true));
    let user = engine
        .ok(&AdminGetUserRequest {
            user_pool_id: setting.pool.clone(),
            username: "maria".to_owned(),
        })
        .await;
    assert_eq!(user.user_status, Some(UserStatusType::ResetRequired));
    let sign_up = SignUpRequest {
        client_id: setting.client.clone(),
        username: "jo".to_owned(),
        password: Some(PASSWORD.into()),
        ..Default::default()
    };
    assert_eq!(
        engine.refused(&sign_up).await,
        owned((
            "InvalidPasswordException",
            "Provided password cannot be used for security reasons."
        ))
    );
    engine
        .ok(&SignUpRequest {
            password: Some("Another-horse-2".into()),
            ..sign_up
        })
        .await;
    // An admin sets what they like; the user's own change does not go through with it.
    setting.set_password("Another-horse-3").await;
    let signed_in = engine
        .ok(&setting.sign_in("192.0.2.1", "Browser", "Another-horse-3"))
        .await;
    let change = ChangePasswordRequest {
        previous_password: Some("Another-horse-3".into()),
        proposed_password: PASSWORD.into(),
        access_token: signed_in.authentication_result.unwrap().access_token.unwrap(),
    };
    assert_eq!(engine.refused(&change).await.0, "InvalidPasswordException");
    engine
        .ok(&ChangePasswordRequest {
            proposed_password: "Another-horse-4".into(),
            ..change
        })
        .await;
    let kinds = setting.events(5).await;
    assert_eq!(kinds[0].event_type, Some(EventType::PasswordChange));
}

/// Signs in and changes the password, all with leaked ones; what the history says of each.
async fn leaks_written_down(setting: &Setting) -> Vec<Option<bool>> {
    let engine = &setting.engine;
    let sign_in = setting.sign_in("192.0.2.1", "Browser", PASSWORD);
    let signed_in = engine.ok(&sign_in).await.authentication_result.unwrap();
    engine
        .ok(&ChangePasswordRequest {
            previous_password: Some(PASSWORD.into()),
            proposed_password: PASSWORD.into(),
            access_token: signed_in.access_token.unwrap(),
        })
        .await;
    let events = setting.events(2).await;
    events
        .into_iter()
        .map(|event| event.event_risk.unwrap().compromised_credentials_detected)
        .collect()
}

#[tokio::test]
async fn a_leaked_password_that_is_let_through_is_written_down() {
    for (mode, action) in [
        (
            AdvancedSecurityModeType::Audit,
            CompromisedCredentialsEventActionType::Block,
        ),
        (
            AdvancedSecurityModeType::Enforced,
            CompromisedCredentialsEventActionType::NoAction,
        ),
    ] {
        let setting = Setting::new(mode).await;
        leak(&setting.engine, PASSWORD);
        setting
            .engine
            .ok(&SetRiskConfigurationRequest {
                compromised_credentials_risk_configuration: Some(
                    CompromisedCredentialsRiskConfigurationType {
                        event_filter: None,
                        actions: CompromisedCredentialsActionsType { event_action: action },
                    },
                ),
                ..setting.configuration()
            })
            .await;
        assert_eq!(leaks_written_down(&setting).await, [Some(true), Some(true)]);
    }
    let setting = Setting::new(AdvancedSecurityModeType::Audit).await;
    leak(&setting.engine, "Another-horse-1");
    assert_eq!(leaks_written_down(&setting).await, [Some(false), Some(false)]);
}

#[tokio::test]
async fn failures_are_in_the_history_and_it_pages() {
    let setting = Setting::new(AdvancedSecurityModeType::Audit).await;
    let engine = &setting.engine;
    let wrong = setting.sign_in("192.0.2.1", "Browser", "Wrong-horse-1");
    for at in 1..=3 {
        engine.refused(&wrong).await;
        setting.events(at).await;
        engine.clock.advance_secs(10);
    }
    let newest = &setting.events(3).await[0];
    assert_eq!(newest.event_response, Some(EventResponseType::Fail));
    assert_eq!(
        newest.challenge_responses.as_deref().unwrap()[0].challenge_response,
        Some(ChallengeResponse::Failure)
    );
    let page = |next_token: Option<String>| AdminListUserAuthEventsRequest {
        user_pool_id: setting.pool.clone(),
        username: "maria".to_owned(),
        max_results: Some(2),
        next_token,
    };
    let first = engine.ok(&page(None)).await;
    assert_eq!(first.auth_events.unwrap().len(), 2);
    let second = engine.ok(&page(first.next_token)).await;
    assert_eq!(second.auth_events.unwrap().len(), 1);
    assert_eq!(second.next_token, None);
    // Two years later nothing is left.
    engine.clock.advance_secs(2 * 366 * 86_400);
    engine.reap().await.unwrap();
    assert!(setting.events(0).await.is_empty());
}

#[tokio::test]
async fn without_the_add_on_there_is_nothing_to_configure() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.user(&pool, "maria", &[]).await;
    let describe = DescribeRiskConfigurationRequest {
        user_pool_id: pool.clone(),
        client_id: None,
    };
    let set = SetRiskConfigurationRequest {
        user_pool_id: pool.clone(),
        ..Default::default()
    };
    let list = AdminListUserAuthEventsRequest {
        user_pool_id: pool.clone(),
        username: "maria".to_owned(),
        ..Default::default()
    };
    assert_eq!(engine.refused(&describe).await.0, OFF);
    assert_eq!(engine.refused(&set).await.0, OFF);
    assert_eq!(engine.refused(&list).await.0, OFF);
    engine
        .ok(&UpdateUserPoolRequest {
            user_pool_id: pool.clone(),
            user_pool_tier: Some(UserPoolTierType::Plus),
            user_pool_add_ons: add_ons(AdvancedSecurityModeType::Audit),
            ..Default::default()
        })
        .await;
    let empty = engine.ok(&describe).await.risk_configuration;
    assert_eq!(empty.user_pool_id, Some(pool.clone()));
    assert_eq!(empty.last_modified_date, None);
    let notifies = SetRiskConfigurationRequest {
        account_takeover_risk_configuration: Some(AccountTakeoverRiskConfigurationType {
            notify_configuration: None,
            actions: AccountTakeoverActionsType {
                low_action: Some(AccountTakeoverActionType {
                    notify: true,
                    event_action: AccountTakeoverEventActionType::NoAction,
                }),
                ..Default::default()
            },
        }),
        ..set.clone()
    };
    assert_eq!(engine.refused(&notifies).await.0, INVALID);
    let absent = SetRiskConfigurationRequest {
        client_id: Some("absent1absent1absent1absen".to_owned()),
        ..set
    };
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn custom_sign_ins_have_a_mode_of_their_own() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let engine = &setting.engine;
    setting.act(AccountTakeoverEventActionType::Block, false).await;
    let function = crate::functions::Function::bound(engine, "custom").await;
    function.answers(|event| {
        let asked = event["request"]["session"].as_array().map_or(0, Vec::len);
        crate::functions::Reply::With(match event["triggerSource"].as_str().unwrap() {
            "DefineAuthChallenge_Authentication" if asked > 0 => serde_json::json!({"issueTokens": true}),
            "DefineAuthChallenge_Authentication" => serde_json::json!({"challengeName": "CUSTOM_CHALLENGE"}),
            "VerifyAuthChallengeResponse_Authentication" => serde_json::json!({"answerCorrect": true}),
            _ => serde_json::json!({}),
        })
    });
    engine
        .ok(&UpdateUserPoolClientRequest {
            user_pool_id: setting.pool.clone(),
            client_id: setting.client.clone(),
            explicit_auth_flows: Some(vec![
                ExplicitAuthFlowsType::AllowAdminUserPasswordAuth,
                ExplicitAuthFlowsType::AllowCustomAuth,
                ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ]),
            ..Default::default()
        })
        .await;
    let described = engine
        .ok(&DescribeUserPoolRequest {
            user_pool_id: setting.pool.clone(),
        })
        .await
        .user_pool
        .unwrap();
    let home = setting.sign_in("192.0.2.1", "Browser", PASSWORD);
    engine.ok(&home).await;
    engine.ok(&home).await;
    // From another place with another program each time, so that each is as strange as the first.
    let sign_in = async |number: u8| {
        let at = format!("198.51.{number}.9");
        let begin = AdminInitiateAuthRequest {
            auth_flow: AuthFlowType::CustomAuth,
            ..setting.sign_in(&at, &format!("Program {number}"), PASSWORD)
        };
        let asked = engine.ok(&begin).await;
        let answer = AdminRespondToAuthChallengeRequest {
            user_pool_id: setting.pool.clone(),
            client_id: setting.client.clone(),
            challenge_name: ChallengeNameType::CustomChallenge,
            session: asked.session,
            challenge_responses: Some(
                [("USERNAME", "maria"), ("ANSWER", "x")]
                    .map(|(key, value)| (key.to_owned(), value.into()))
                    .into(),
            ),
            context_data: begin.context_data.clone(),
            ..Default::default()
        };
        engine.call(&answer).await.is_ok()
    };
    let set = async |mode: Option<AdvancedSecurityEnabledModeType>| {
        engine
            .ok(&UpdateUserPoolRequest {
                user_pool_id: setting.pool.clone(),
                email_configuration: described.email_configuration.clone(),
                user_pool_add_ons: Some(UserPoolAddOnsType {
                    advanced_security_mode: AdvancedSecurityModeType::Enforced,
                    advanced_security_additional_flows: mode.map(|mode| {
                        AdvancedSecurityAdditionalFlowsType {
                            custom_auth_mode: Some(mode),
                        }
                    }),
                }),
                lambda_config: Some(LambdaConfigType {
                    define_auth_challenge: Some(function.arn.clone()),
                    create_auth_challenge: Some(function.arn.clone()),
                    verify_auth_challenge_response: Some(function.arn.clone()),
                    ..Default::default()
                }),
                ..Default::default()
            })
            .await;
    };
    set(Some(AdvancedSecurityEnabledModeType::Enforced)).await;
    assert!(!sign_in(1).await, "enforced");
    assert_eq!(risk(&setting.events(3).await[0]).0, Some(RiskDecisionType::Block));
    set(Some(AdvancedSecurityEnabledModeType::Audit)).await;
    assert!(sign_in(2).await, "audited");
    assert_eq!(
        risk(&setting.events(4).await[0]).0,
        Some(RiskDecisionType::AccountTakeover)
    );
    set(None).await;
    assert!(sign_in(3).await, "off");
}

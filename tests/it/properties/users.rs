//! The statuses of a user, and what leads from one to the other.

use poolhouse::wire::idp;
use proptest::prelude::*;

use super::{Bench, told};
use crate::mfa::own_sender;
use crate::support::attributes_of;

#[derive(Clone, Copy, Debug)]
enum Step {
    SignUp,
    Confirm,
    AdminConfirm,
    Disable,
    Enable,
    SetPassword { permanent: bool },
    AdminReset,
    Forgot,
    SignIn,
    Delete,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::SignUp),
        2 => Just(Step::Confirm),
        1 => Just(Step::AdminConfirm),
        1 => Just(Step::Disable),
        1 => Just(Step::Enable),
        2 => any::<bool>().prop_map(|permanent| Step::SetPassword { permanent }),
        1 => Just(Step::AdminReset),
        2 => Just(Step::Forgot),
        4 => Just(Step::SignIn),
        1 => Just(Step::Delete),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Unconfirmed,
    Confirmed,
    Force,
    Reset,
}

#[derive(Clone, Debug)]
struct Model {
    status: Status,
    enabled: bool,
    /// Whether the address is verified, by the code that went to it.
    verified: bool,
    password: String,
    code: String,
}

const NOT_AUTHORIZED: &str = "NotAuthorizedException";
const NO_USER: &str = "UserNotFoundException";
const INVALID: &str = "InvalidParameterException";

#[test]
fn statuses_follow_the_documented_machine() {
    let bench = Bench::new(own_sender());
    let made = &bench.made;
    let engine = &made.engine;
    bench.check(24, &prop::collection::vec(step(), 1..24), |steps| {
        let name = bench.fresh("somebody");
        let address = format!("{name}@example.com");
        let mut user: Option<Model> = None;
        for (at, step) in steps.into_iter().enumerate() {
            // Apart enough that no hourly quota is met; near enough that no code expires.
            engine.clock.advance_secs(600);
            let pool = made.pool.clone();
            let username = name.clone();
            let (found, expected) = match step {
                Step::SignUp => {
                    let password = format!("Sign-Up-{at}");
                    let request = idp::SignUpRequest {
                        client_id: made.client.clone(),
                        username,
                        password: Some(password.as_str().into()),
                        user_attributes: Some(attributes_of(&[("email", &address)])),
                        ..Default::default()
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    if user.is_some() {
                        (found, "UsernameExistsException")
                    } else {
                        user = Some(Model {
                            status: Status::Unconfirmed,
                            enabled: true,
                            verified: false,
                            password,
                            code: bench.run(made.code()),
                        });
                        (found, "ok")
                    }
                }
                Step::Confirm => {
                    let code = user.as_ref().map_or("000000", |user| user.code.as_str());
                    let request = idp::ConfirmSignUpRequest {
                        client_id: made.client.clone(),
                        username,
                        confirmation_code: code.into(),
                        ..Default::default()
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = match &mut user {
                        None => NO_USER,
                        Some(user) if user.status == Status::Unconfirmed => {
                            user.status = Status::Confirmed;
                            user.verified = true;
                            "ok"
                        }
                        Some(_) => NOT_AUTHORIZED,
                    };
                    (found, expected)
                }
                Step::AdminConfirm => {
                    let request = idp::AdminConfirmSignUpRequest {
                        user_pool_id: pool,
                        username,
                        client_metadata: None,
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = match &mut user {
                        None => NO_USER,
                        Some(user) if user.status == Status::Unconfirmed => {
                            user.status = Status::Confirmed;
                            "ok"
                        }
                        Some(_) => NOT_AUTHORIZED,
                    };
                    (found, expected)
                }
                Step::Disable | Step::Enable => {
                    let enable = matches!(step, Step::Enable);
                    let found = if enable {
                        let request = idp::AdminEnableUserRequest {
                            user_pool_id: pool,
                            username,
                        };
                        told(&bench.run(engine.call(&request)))
                    } else {
                        let request = idp::AdminDisableUserRequest {
                            user_pool_id: pool,
                            username,
                        };
                        told(&bench.run(engine.call(&request)))
                    };
                    let expected = match &mut user {
                        None => NO_USER,
                        Some(user) => {
                            user.enabled = enable;
                            "ok"
                        }
                    };
                    (found, expected)
                }
                Step::SetPassword { permanent } => {
                    let password = format!("Set-By-Admin-{at}");
                    let request = idp::AdminSetUserPasswordRequest {
                        user_pool_id: pool,
                        username,
                        password: password.as_str().into(),
                        permanent: Some(permanent),
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = match &mut user {
                        None => NO_USER,
                        Some(user) => {
                            user.password = password;
                            user.status = if permanent {
                                Status::Confirmed
                            } else {
                                Status::Force
                            };
                            "ok"
                        }
                    };
                    (found, expected)
                }
                Step::AdminReset => {
                    let request = idp::AdminResetUserPasswordRequest {
                        user_pool_id: pool,
                        username,
                        client_metadata: None,
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = match &mut user {
                        None => NO_USER,
                        Some(user) if user.status == Status::Force => NOT_AUTHORIZED,
                        Some(user) if !user.verified => INVALID,
                        Some(user) => {
                            user.status = Status::Reset;
                            "ok"
                        }
                    };
                    (found, expected)
                }
                Step::Forgot => {
                    let request = idp::ForgotPasswordRequest {
                        client_id: made.client.clone(),
                        username: username.clone(),
                        ..Default::default()
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = match &user {
                        None => NO_USER,
                        Some(user) if !user.enabled || user.status == Status::Force => NOT_AUTHORIZED,
                        Some(user) if !user.verified => INVALID,
                        Some(_) => "ok",
                    };
                    if let Some(user) = user.as_mut().filter(|_| expected == "ok") {
                        user.password = format!("Not-Forgotten-{at}");
                        user.status = Status::Confirmed;
                        let request = idp::ConfirmForgotPasswordRequest {
                            client_id: made.client.clone(),
                            username,
                            confirmation_code: bench.run(made.code()).into(),
                            password: user.password.as_str().into(),
                            ..Default::default()
                        };
                        prop_assert_eq!(told(&bench.run(engine.call(&request))), "ok");
                    }
                    (found, expected)
                }
                Step::SignIn => {
                    let password = user
                        .as_ref()
                        .map_or("No-Password-9", |user| user.password.as_str());
                    let outcome = bench.run(engine.call(&made.by_password(&name, password)));
                    let found = match &outcome {
                        Ok(answer) if answer.authentication_result.is_some() => "tokens".to_owned(),
                        Ok(answer) => answer.challenge_name.clone().unwrap().to_string(),
                        Err(_) => told(&outcome),
                    };
                    let expected = match &user {
                        None => NO_USER,
                        Some(user) if !user.enabled => NOT_AUTHORIZED,
                        Some(user) => match user.status {
                            Status::Unconfirmed => "UserNotConfirmedException",
                            Status::Confirmed => "tokens",
                            Status::Force => "NEW_PASSWORD_REQUIRED",
                            Status::Reset => "PasswordResetRequiredException",
                        },
                    };
                    (found, expected)
                }
                Step::Delete => {
                    let request = idp::AdminDeleteUserRequest {
                        user_pool_id: pool,
                        username,
                    };
                    let found = told(&bench.run(engine.call(&request)));
                    let expected = if user.take().is_some() { "ok" } else { NO_USER };
                    (found, expected)
                }
            };
            prop_assert_eq!(found, expected, "{:?} of {:?}", step, user);
            if let Some(user) = &user {
                let stored = bench.run(made.get(&name));
                let status = match user.status {
                    Status::Unconfirmed => idp::UserStatusType::Unconfirmed,
                    Status::Confirmed => idp::UserStatusType::Confirmed,
                    Status::Force => idp::UserStatusType::ForceChangePassword,
                    Status::Reset => idp::UserStatusType::ResetRequired,
                };
                prop_assert_eq!(stored.user_status, Some(status));
                prop_assert_eq!(stored.enabled, Some(user.enabled));
            }
        }
        Ok(())
    });
}

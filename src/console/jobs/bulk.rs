//! One action on many users: progress, cancel, and a report of what failed and why.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::driver::{CallError, Driver};
use crate::wire::idp::{
    AdminAddUserToGroupRequest, AdminConfirmSignUpRequest, AdminCreateUserRequest, AdminDeleteUserRequest,
    AdminDisableUserRequest, AdminEnableUserRequest, AdminRemoveUserFromGroupRequest,
    AdminResetUserPasswordRequest, AdminUserGlobalSignOutRequest, MessageActionType,
};

/// Calls under way at once: enough to keep a commit full, few enough for a shared endpoint.
const WORKERS: usize = 16;

/// What is done to each user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Enable,
    Disable,
    Confirm,
    ResetPassword,
    ResendInvitation,
    SignOut,
    AddToGroup(String),
    RemoveFromGroup(String),
    Delete,
}

impl Action {
    /// Returns the words of a button.
    pub fn words(&self) -> String {
        match self {
            Self::Enable => "Enable".into(),
            Self::Disable => "Disable".into(),
            Self::Confirm => "Confirm".into(),
            Self::ResetPassword => "Reset password".into(),
            Self::ResendInvitation => "Resend invitation".into(),
            Self::SignOut => "Sign out everywhere".into(),
            Self::AddToGroup(group) => format!("Add to {group}"),
            Self::RemoveFromGroup(group) => format!("Remove from {group}"),
            Self::Delete => "Delete".into(),
        }
    }

    /// Tells in one sentence what happens to the users.
    pub fn consequence(&self) -> &'static str {
        match self {
            Self::Enable => "The users can sign in again.",
            Self::Disable => "The users can no longer sign in, and their tokens are revoked.",
            Self::Confirm => "Users who signed up and have not entered their code become confirmed.",
            Self::ResetPassword => {
                "The present passwords stop working, and each user is sent a code to set a new one."
            }
            Self::ResendInvitation => {
                "Each user is sent a new temporary password; the earlier one stops working."
            }
            Self::SignOut => "Every token of the users is revoked.",
            Self::AddToGroup(_) => "The group reaches their tokens at the next sign-in or refresh.",
            Self::RemoveFromGroup(_) => "The group leaves their tokens at the next sign-in or refresh.",
            Self::Delete => "Accounts are removed with all their attributes. This cannot be undone.",
        }
    }

    /// Does it to one user.
    ///
    /// # Errors
    ///
    /// What the endpoint answers.
    pub async fn run(&self, driver: &Driver, user_pool_id: &str, username: &str) -> Result<(), CallError> {
        let (user_pool_id, username) = (user_pool_id.to_owned(), username.to_owned());
        match self {
            Self::Enable => driver
                .call(&AdminEnableUserRequest {
                    user_pool_id,
                    username,
                })
                .await
                .map(drop),
            Self::Disable => driver
                .call(&AdminDisableUserRequest {
                    user_pool_id,
                    username,
                })
                .await
                .map(drop),
            Self::Confirm => driver
                .call(&AdminConfirmSignUpRequest {
                    user_pool_id,
                    username,
                    ..Default::default()
                })
                .await
                .map(drop),
            Self::ResetPassword => driver
                .call(&AdminResetUserPasswordRequest {
                    user_pool_id,
                    username,
                    ..Default::default()
                })
                .await
                .map(drop),
            Self::ResendInvitation => driver
                .call(&AdminCreateUserRequest {
                    user_pool_id,
                    username,
                    message_action: Some(MessageActionType::Resend),
                    ..Default::default()
                })
                .await
                .map(drop),
            Self::SignOut => driver
                .call(&AdminUserGlobalSignOutRequest {
                    user_pool_id,
                    username,
                })
                .await
                .map(drop),
            Self::AddToGroup(group) => driver
                .call(&AdminAddUserToGroupRequest {
                    user_pool_id,
                    username,
                    group_name: group.clone(),
                })
                .await
                .map(drop),
            Self::RemoveFromGroup(group) => driver
                .call(&AdminRemoveUserFromGroupRequest {
                    user_pool_id,
                    username,
                    group_name: group.clone(),
                })
                .await
                .map(drop),
            Self::Delete => driver
                .call(&AdminDeleteUserRequest {
                    user_pool_id,
                    username,
                })
                .await
                .map(drop),
        }
    }
}

/// A running or finished job. Goes on when the screen is left; dropping every handle does not cancel it.
#[derive(Clone)]
pub struct BulkJob(Arc<State>);

struct State {
    action: Action,
    users: Vec<String>,
    next: AtomicUsize,
    done: AtomicUsize,
    running: AtomicUsize,
    cancelled: AtomicBool,
    failures: Mutex<Vec<(String, CallError)>>,
}

impl BulkJob {
    /// Begins `action` on `users`. `changed` is called with each username that was done, `wake` when there is news.
    pub fn start(
        driver: Driver,
        user_pool_id: &str,
        action: Action,
        users: Vec<String>,
        runtime: &Handle,
        changed: Arc<dyn Fn(&str) + Send + Sync>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let workers = WORKERS.min(users.len());
        let state = Arc::new(State {
            action,
            users,
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            running: AtomicUsize::new(workers),
            cancelled: AtomicBool::new(false),
            failures: Mutex::default(),
        });
        for _ in 0..workers {
            let (state, driver, pool) = (Arc::clone(&state), driver.clone(), user_pool_id.to_owned());
            let (changed, wake) = (Arc::clone(&changed), Arc::clone(&wake));
            runtime.spawn(async move {
                while !state.cancelled.load(Ordering::Relaxed) {
                    let at = state.next.fetch_add(1, Ordering::Relaxed);
                    let Some(username) = state.users.get(at) else {
                        break;
                    };
                    match state.action.run(&driver, &pool, username).await {
                        Ok(()) => changed(username),
                        Err(error) => {
                            let mut failures = state.failures.lock().unwrap_or_else(PoisonError::into_inner);
                            failures.push((username.clone(), error));
                        }
                    }
                    let done = state.done.fetch_add(1, Ordering::Relaxed);
                    if done.is_multiple_of(32) {
                        wake();
                    }
                }
                state.running.fetch_sub(1, Ordering::Relaxed);
                wake();
            });
        }
        Self(state)
    }

    /// Returns what is done.
    pub fn action(&self) -> &Action {
        &self.0.action
    }

    /// Returns how many users are done and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.0.done.load(Ordering::Relaxed), self.0.users.len())
    }

    /// Tells whether nothing more happens.
    pub fn is_finished(&self) -> bool {
        self.0.running.load(Ordering::Relaxed) == 0
    }

    /// Tells whether it was cancelled before the end.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Begins no further user; those under way are finished.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Returns how many users could not be changed.
    pub fn failed(&self) -> usize {
        let failures = self.0.failures.lock();
        failures.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns the users that could not be changed, and why.
    pub fn failures(&self) -> Vec<(String, CallError)> {
        self.0
            .failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{BoxFuture, Outgoing, Transport};
    use crate::wire::Fault;

    struct Picky;

    impl Transport for Picky {
        fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
            Box::pin(async move {
                if String::from_utf8_lossy(&outgoing.body).contains("user7\"") {
                    return Err(CallError::Fault(Fault {
                        code: "UserNotFoundException".into(),
                        message: "User does not exist.".into(),
                        reason_code: None,
                        request_id: None,
                    }));
                }
                Ok(b"{}".to_vec())
            })
        }
        fn upload(&self, _: String, _: std::path::PathBuf) -> BoxFuture<Result<(), CallError>> {
            Box::pin(async { Ok(()) })
        }
        fn download(&self, _: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn endpoint(&self) -> String {
            "test".into()
        }
        fn region(&self) -> String {
            "us-east-1".into()
        }
    }

    #[tokio::test]
    async fn every_user_is_done_once_and_failures_are_kept() {
        let users: Vec<String> = (0..100).map(|n| format!("user{n}")).collect();
        let done = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&done);
        let job = BulkJob::start(
            Driver::new(Arc::new(Picky), false),
            "us-east-1_abc",
            Action::Disable,
            users.clone(),
            &Handle::current(),
            Arc::new(move |user| seen.lock().unwrap().push(user.to_owned())),
            Arc::new(|| {}),
        );
        while !job.is_finished() {
            tokio::task::yield_now().await;
        }
        let mut done = done.lock().unwrap().clone();
        done.sort();
        let mut expected: Vec<String> = users.into_iter().filter(|user| user != "user7").collect();
        expected.sort();
        assert_eq!(done, expected);
        assert_eq!(job.progress(), (100, 100));
        assert_eq!(job.failures().len(), 1);
        assert_eq!(job.failures()[0].0, "user7");
    }
}

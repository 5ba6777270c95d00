//! Request rates: how many requests a second each category of operations may have, for an
//! account in a Region.
//!
//! Off by default: an engine of one's own has nobody to protect from its owner. When they are
//! on, each category has a bucket that fills at its rate and holds one second's worth. What
//! changes or reads a resource of a user pool, an app client among them, has a second one of
//! the operation and the pool.
//!
//! Source: developer guide, "Quotas in Amazon Cognito". It names the members of some
//! categories only; the others are put where its description fits.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Engine, Error, Result, Settings};
use crate::base::clock::UnixMillis;
use crate::wire::Service;
use crate::wire::fault::Code;

/// A category of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    UserAuthentication,
    UserCreation,
    UserFederation,
    UserAccountRecovery,
    UserRead,
    UserUpdate,
    UserToken,
    UserResourceRead,
    UserResourceUpdate,
    UserList,
    UserPoolRead,
    UserPoolUpdate,
    UserPoolResourceRead,
    UserPoolResourceUpdate,
    UserPoolClientRead,
    UserPoolClientUpdate,
    ClientAuthentication,
    LimitManagement,
}

/// A category's name, its rate in requests a second, and the highest rate it can be raised to.
struct Quota {
    category: Category,
    name: &'static str,
    rate: i32,
    /// The service's own ceilings are the account's; these are ten times the rate.
    most: Option<i32>,
}

const fn fixed(category: Category, name: &'static str, rate: i32) -> Quota {
    Quota {
        category,
        name,
        rate,
        most: None,
    }
}

const fn adjustable(category: Category, name: &'static str, rate: i32) -> Quota {
    Quota {
        category,
        name,
        rate,
        most: Some(rate.saturating_mul(10)),
    }
}

const QUOTAS: &[Quota] = &[
    adjustable(Category::UserAuthentication, "UserAuthentication", 120),
    adjustable(Category::UserCreation, "UserCreation", 50),
    adjustable(Category::UserFederation, "UserFederation", 25),
    fixed(Category::UserAccountRecovery, "UserAccountRecovery", 30),
    adjustable(Category::UserRead, "UserRead", 120),
    fixed(Category::UserUpdate, "UserUpdate", 25),
    adjustable(Category::UserToken, "UserToken", 120),
    adjustable(Category::UserResourceRead, "UserResourceRead", 50),
    fixed(Category::UserResourceUpdate, "UserResourceUpdate", 25),
    fixed(Category::UserList, "UserList", 30),
    fixed(Category::UserPoolRead, "UserPoolRead", 15),
    fixed(Category::UserPoolUpdate, "UserPoolUpdate", 15),
    fixed(Category::UserPoolResourceRead, "UserPoolResourceRead", 20),
    fixed(Category::UserPoolResourceUpdate, "UserPoolResourceUpdate", 15),
    fixed(Category::UserPoolClientRead, "UserPoolClientRead", 15),
    fixed(Category::UserPoolClientUpdate, "UserPoolClientUpdate", 15),
    fixed(Category::ClientAuthentication, "ClientAuthentication", 150),
    fixed(Category::LimitManagement, "LimitManagement", 1),
];

impl Category {
    fn quota(self) -> Option<&'static Quota> {
        QUOTAS.iter().find(|quota| quota.category == self)
    }

    /// Finds a category by its name.
    pub fn of_name(name: &str) -> Option<Self> {
        let quota = QUOTAS.iter().find(|quota| quota.name == name)?;
        Some(quota.category)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        self.quota().map_or("", |quota| quota.name)
    }

    /// Returns the rate that every account has, in requests a second.
    pub fn rate(self) -> i32 {
        self.quota().map_or(i32::MAX, |quota| quota.rate)
    }

    /// Returns the highest rate it can be raised to; `None` when it cannot.
    pub fn most(self) -> Option<i32> {
        self.quota().and_then(|quota| quota.most)
    }

    /// Tells whether each operation has a rate of its own on each user pool.
    const fn is_of_pool(self) -> bool {
        matches!(
            self,
            Self::UserPoolResourceUpdate
                | Self::UserPoolResourceRead
                | Self::UserPoolClientRead
                | Self::UserPoolClientUpdate
        )
    }

    /// Returns the category of an operation of the user pools API.
    pub fn of(operation: &str) -> Self {
        match operation {
            "InitiateAuth"
            | "AdminInitiateAuth"
            | "RespondToAuthChallenge"
            | "AdminRespondToAuthChallenge" => Self::UserAuthentication,
            "SignUp" | "ConfirmSignUp" | "AdminCreateUser" | "AdminConfirmSignUp" => Self::UserCreation,
            "ForgotPassword"
            | "ConfirmForgotPassword"
            | "ChangePassword"
            | "AdminResetUserPassword"
            | "AdminSetUserPassword" => Self::UserAccountRecovery,
            "AdminGetUser" | "GetUser" => Self::UserRead,
            "RevokeToken"
            | "GlobalSignOut"
            | "AdminUserGlobalSignOut"
            | "GetTokensFromRefreshToken"
            | "GetDerivedToken" => Self::UserToken,
            "GetClientToken" => Self::ClientAuthentication,
            "ListUsers" | "ListUsersInGroup" => Self::UserList,
            "GetProvisionedLimit" | "UpdateProvisionedLimit" => Self::LimitManagement,
            "DescribeUserPool" | "ListUserPools" | "GetUserPoolMfaConfig" => Self::UserPoolRead,
            "CreateUserPool"
            | "UpdateUserPool"
            | "DeleteUserPool"
            | "SetUserPoolMfaConfig"
            | "AddCustomAttributes" => Self::UserPoolUpdate,
            "DescribeUserPoolClient" | "ListUserPoolClients" | "ListUserPoolClientSecrets" => {
                Self::UserPoolClientRead
            }
            "CreateUserPoolClient"
            | "UpdateUserPoolClient"
            | "DeleteUserPoolClient"
            | "AddUserPoolClientSecret"
            | "DeleteUserPoolClientSecret" => Self::UserPoolClientUpdate,
            other => Self::by_words(other),
        }
    }

    /// Sorts the rest by what the words of the name say: of a user or of a user pool, reading
    /// or changing.
    fn by_words(operation: &str) -> Self {
        const OF_USER: [&str; 13] = [
            "Device",
            "AuthEvent",
            "AuthFactors",
            "WebAuthn",
            "SoftwareToken",
            "UserSession",
            "GroupsForUser",
            "UserToGroup",
            "UserFromGroup",
            "ForUser",
            "MFAPreference",
            "UserSettings",
            "UserAttribute",
        ];
        let bare = operation.strip_prefix("Admin").unwrap_or(operation);
        let is_read = ["Describe", "Get", "List"]
            .iter()
            .any(|start| bare.starts_with(start));
        let is_of_user = OF_USER.iter().any(|word| operation.contains(word));
        let is_update_of_user = matches!(
            operation,
            "AdminDeleteUser"
                | "DeleteUser"
                | "AdminEnableUser"
                | "AdminDisableUser"
                | "ResendConfirmationCode"
                | "GetUserAttributeVerificationCode"
                | "VerifyUserAttribute"
        ) || ["UserAttributes", "ForUser", "MFAPreference", "UserSettings"]
            .iter()
            .any(|word| !is_read && operation.contains(word));
        match (is_update_of_user, is_of_user, is_read) {
            (true, _, _) => Self::UserUpdate,
            (false, true, true) => Self::UserResourceRead,
            (false, true, false) => Self::UserResourceUpdate,
            (false, false, true) => Self::UserPoolResourceRead,
            (false, false, false) => Self::UserPoolResourceUpdate,
        }
    }
}

/// Answers to challenges have an allowance of their own, so many times that of the category.
const ANSWERS_TIMES: f64 = 3.0;

/// The rate of an operation on the resources of one user pool.
const OF_POOL_RATE: f64 = 5.0;
/// So many buckets are kept. Callers name user pools, so there must be an end.
const BUCKETS_MAX: usize = 10_000;

/// What may come now, of each category in each Region.
#[derive(Default)]
pub struct Rates {
    buckets: Mutex<HashMap<(String, Category, Lane), Bucket>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Lane {
    Category,
    /// Answers to challenges.
    Answers,
    /// An operation on a user pool.
    OfPool(String),
}

struct Bucket {
    /// Requests that may come at once.
    left: f64,
    at: UnixMillis,
}

impl Rates {
    /// Takes one request out of a bucket; `false` when it is empty.
    fn take(&self, region: &str, category: Category, lane: Lane, rate: f64, now: UnixMillis) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            // One that has filled up again is as good as none.
            buckets.retain(|_, bucket| now.since(bucket.at) < 1000);
        }
        let bucket = buckets
            .entry((region.to_owned(), category, lane))
            .or_insert(Bucket { left: rate, at: now });
        let millis = i32::try_from(now.since(bucket.at).max(0)).unwrap_or(i32::MAX);
        bucket.left = (bucket.left + rate * f64::from(millis) / 1000.0).min(rate);
        bucket.at = now;
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }
}

/// Names a category's limit among the settings.
pub fn key(region: &str, category: Category) -> String {
    format!("{region}/{}", category.as_str())
}

/// Returns the rate of a category in a Region now: what it was raised to, else everybody's.
pub fn provisioned(settings: &Settings, region: &str, category: Category) -> i32 {
    settings
        .provisioned_limits
        .get(&key(region, category))
        .copied()
        .unwrap_or_else(|| category.rate())
}

/// Counts a request against its category.
///
/// # Errors
///
/// `TooManyRequestsException`.
pub fn admit(
    engine: &Engine,
    settings: &Settings,
    region: &str,
    service: Service,
    operation: &str,
    user_pool_id: Option<&str>,
) -> Result<()> {
    if !settings.enforce_request_rates || service != Service::Idp {
        return Ok(());
    }
    let now = engine.clock.now();
    let category = Category::of(operation);
    let rate = f64::from(provisioned(settings, region, category));
    let is_answer = matches!(
        operation,
        "RespondToAuthChallenge" | "AdminRespondToAuthChallenge"
    );
    let answers = rate * ANSWERS_TIMES;
    if is_answer && engine.rates.take(region, category, Lane::Answers, answers, now) {
        return Ok(());
    }
    let exceeded = || Error::new(Code::TooManyRequestsException, "Rate exceeded");
    if let (Some(id), true) = (user_pool_id, category.is_of_pool()) {
        let lane = Lane::OfPool(format!("{operation}/{id}"));
        if !engine.rates.take(region, category, lane, OF_POOL_RATE, now) {
            return Err(exceeded());
        }
    }
    if engine.rates.take(region, category, Lane::Category, rate, now) {
        return Ok(());
    }
    Err(exceeded())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::operations;

    #[test]
    fn a_bucket_fills_at_its_rate() {
        let rates = Rates::default();
        let take = |millis: i64| {
            let lane = Lane::Category;
            rates.take("r", Category::UserRead, lane, 2.0, UnixMillis(millis))
        };
        assert_eq!([take(0), take(0), take(0)], [true, true, false]);
        assert_eq!([take(499), take(500), take(500)], [false, true, false]);
        assert_eq!([take(9000), take(9000), take(9000)], [true, true, false]);
        let lane = Lane::Category;
        assert!(rates.take("other", Category::UserRead, lane, 2.0, UnixMillis(9000)));
    }

    #[test]
    fn every_operation_has_a_category_with_a_rate() {
        for info in operations().filter(|info| info.service == Service::Idp) {
            assert!(Category::of(info.name).rate() > 0, "{}", info.name);
        }
        for (operation, category) in [
            ("AdminRespondToAuthChallenge", Category::UserAuthentication),
            ("AdminUpdateUserAttributes", Category::UserUpdate),
            ("AdminLinkProviderForUser", Category::UserUpdate),
            ("ConfirmDevice", Category::UserResourceUpdate),
            ("AdminListGroupsForUser", Category::UserResourceRead),
            ("AdminAddUserToGroup", Category::UserResourceUpdate),
            ("AdminListUserAuthEvents", Category::UserResourceRead),
            ("CreateGroup", Category::UserPoolResourceUpdate),
            ("ListIdentityProviders", Category::UserPoolResourceRead),
            ("SetUserMFAPreference", Category::UserUpdate),
        ] {
            assert_eq!(Category::of(operation), category, "{operation}");
        }
        for quota in QUOTAS {
            assert_eq!(Category::of_name(quota.name), Some(quota.category));
        }
    }
}

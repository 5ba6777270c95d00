//! Request rates: how many requests a second each category of operations may have, for an
//! account in a Region.
//!
//! Off by default: an engine of one's own has nobody to protect from its owner. When they are
//! on, each category has a bucket that fills at its rate and holds one second's worth. What
//! changes or reads a resource of a user pool, an app client among them, has a second one of
//! the operation and the pool; what reads or changes a user has one of the user. Identity pools
//! have one for each operation whose rate is documented.
//!
//! Rates of the hosted domain begin where that is served.
//!
//! Source: developer guide, "Quotas in Amazon Cognito". It names the members of some
//! categories only; the others are put where its description fits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::auth::tokens;
use super::ops::idp::users::user_in;
use super::{Engine, Error, Result, Settings};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::store::records::user_pools;
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

    /// Tells what its operations do to a user, where they are about one.
    const fn access(self) -> Option<Access> {
        match self {
            Self::UserAuthentication | Self::UserRead | Self::UserResourceRead => Some(Access::Read),
            Self::UserCreation
            | Self::UserAccountRecovery
            | Self::UserUpdate
            | Self::UserToken
            | Self::UserResourceUpdate => Some(Access::Write),
            Self::UserFederation
            | Self::UserList
            | Self::UserPoolRead
            | Self::UserPoolUpdate
            | Self::UserPoolResourceRead
            | Self::UserPoolResourceUpdate
            | Self::UserPoolClientRead
            | Self::UserPoolClientUpdate
            | Self::ClientAuthentication
            | Self::LimitManagement => None,
        }
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
    buckets: Mutex<HashMap<(String, Lane), Bucket>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Lane {
    Category(Category),
    /// Answers to challenges.
    Answers,
    /// An operation on a user pool.
    OfPool(String),
    /// What reads, or changes, a user.
    OfUser(Access, String),
    /// An operation of identity pools.
    Identity(&'static str),
}

/// What is done to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Access {
    /// Signing in is one.
    Read,
    Write,
}

struct Bucket {
    /// Requests that may come at once.
    left: f64,
    at: UnixMillis,
}

impl Rates {
    /// Takes one request out of a bucket; `false` when it is empty.
    fn take(&self, region: &str, lane: Lane, rate: f64, now: UnixMillis) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            // One that has filled up again is as good as none.
            buckets.retain(|_, bucket| now.since(bucket.at) < 1000);
        }
        let bucket = buckets
            .entry((region.to_owned(), lane))
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
    if !settings.enforce_request_rates {
        return Ok(());
    }
    let now = engine.clock.now();
    match service {
        Service::Idp => {}
        Service::Identity => return admit_identity(engine, region, operation, now),
        Service::Engine => return Ok(()),
    }
    let category = Category::of(operation);
    let rate = f64::from(provisioned(settings, region, category));
    let is_answer = matches!(
        operation,
        "RespondToAuthChallenge" | "AdminRespondToAuthChallenge"
    );
    let answers = rate * ANSWERS_TIMES;
    if is_answer && engine.rates.take(region, Lane::Answers, answers, now) {
        return Ok(());
    }
    if let (Some(id), true) = (user_pool_id, category.is_of_pool()) {
        let lane = Lane::OfPool(format!("{operation}/{id}"));
        if !engine.rates.take(region, lane, OF_POOL_RATE, now) {
            return Err(exceeded());
        }
    }
    if engine.rates.take(region, Lane::Category(category), rate, now) {
        return Ok(());
    }
    Err(exceeded())
}

fn exceeded() -> Error {
    Error::new(Code::TooManyRequestsException, "Rate exceeded")
}

/// Rates of identity pools, by operation. Source: developer guide, "Quotas in Amazon Cognito";
/// the others have none that is documented.
const OF_IDENTITIES: &[(&str, i32)] = &[
    ("GetId", 25),
    ("GetOpenIdToken", 200),
    ("GetCredentialsForIdentity", 200),
    ("GetOpenIdTokenForDeveloperIdentity", 50),
    ("ListIdentities", 5),
    ("DeleteIdentities", 10),
    ("TagResource", 5),
    ("UntagResource", 5),
    ("ListTagsForResource", 10),
];

fn admit_identity(engine: &Engine, region: &str, operation: &str, now: UnixMillis) -> Result<()> {
    let Some((name, rate)) = OF_IDENTITIES.iter().find(|(name, _)| *name == operation) else {
        return Ok(());
    };
    if engine
        .rates
        .take(region, Lane::Identity(name), f64::from(*rate), now)
    {
        return Ok(());
    }
    Err(exceeded())
}

/// Requests a second that may read one user, and that may change one.
const OF_USER_RATE: f64 = 10.0;

/// Counts a request against the user it is about. Whoever is not known yet is counted by the
/// name that was typed, so that nothing is told of who is there; an access token that is not
/// good counts against nobody.
///
/// # Errors
///
/// `TooManyRequestsException`; the store's failure.
pub async fn admit_user(
    engine: &Arc<Engine>,
    settings: &Settings,
    service: Service,
    operation: &str,
    body: &Value,
) -> Result<()> {
    if !settings.enforce_request_rates || service != Service::Idp {
        return Ok(());
    }
    let Some(access) = Category::of(operation).access() else {
        return Ok(());
    };
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let now = engine.clock.now();
    let named = [
        "/Username",
        "/AuthParameters/USERNAME",
        "/ChallengeResponses/USERNAME",
    ];
    let named = named.into_iter().find_map(text);
    let user = match (
        text("/UserPoolId"),
        text("/ClientId"),
        named,
        text("/AccessToken"),
    ) {
        (Some(pool), None, Some(name), _) => {
            let found = engine
                .store
                .read(move |r| -> Result<_> {
                    let Some(pool) = user_pools::get(r, &pool)? else {
                        return Ok(None);
                    };
                    Ok(user_in(r, &pool, &name)?)
                })
                .await?;
            found.map(|user| user.sub.to_string())
        }
        (_, Some(client), Some(name), _) => Some(format!("{client}/{}", name.to_lowercase())),
        (_, _, _, Some(token)) => {
            let within = Arc::clone(engine);
            let token = Secret::from(token);
            let checked = engine
                .store
                .read(move |r| Ok::<_, Error>(tokens::check_any_access(&within, r, &token, now).ok()))
                .await?;
            checked.map(|(_, _, user, _)| user.sub.to_string())
        }
        _ => None,
    };
    let Some(user) = user else { return Ok(()) };
    // A user is of one pool, which is of one Region.
    if engine
        .rates
        .take("", Lane::OfUser(access, user), OF_USER_RATE, now)
    {
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
            let lane = Lane::Category(Category::UserRead);
            rates.take("r", lane, 2.0, UnixMillis(millis))
        };
        assert_eq!([take(0), take(0), take(0)], [true, true, false]);
        assert_eq!([take(499), take(500), take(500)], [false, true, false]);
        assert_eq!([take(9000), take(9000), take(9000)], [true, true, false]);
        let lane = Lane::Category(Category::UserRead);
        assert!(rates.take("other", lane, 2.0, UnixMillis(9000)));
    }

    #[test]
    fn rates_of_identity_pools_are_of_operations_that_there_are() {
        for (name, rate) in OF_IDENTITIES {
            let is_one =
                |info: &crate::wire::OperationInfo| info.service == Service::Identity && info.name == *name;
            assert!(operations().any(is_one) && *rate > 0, "{name}");
        }
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

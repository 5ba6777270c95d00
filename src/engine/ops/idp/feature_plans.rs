//! Feature plans: what a user pool may use, and what keeps it from a lower plan.
//!
//! An operation that sets a feature calls [`require`]. What is set outside the user pool's
//! own settings is added to [`in_use`], so that a change of plan sees it.

use crate::engine::auth::sessions;
use crate::engine::ops::idp::{domains, log_delivery};
use crate::engine::{Error, Result};
use crate::rules::plans::{self, Feature};
use crate::store::Reader;
use crate::store::records::logs::{ALL, LogDelivery};
use crate::store::records::replicas::Replica;
use crate::store::records::resources;
use crate::store::records::user_pools::UserPool;
use crate::wire::fault::Code;
use crate::wire::idp::UserPoolType;

/// Checks that the plan of a user pool has a feature.
///
/// # Errors
///
/// `FeatureUnavailableInTierException`.
pub fn require(settings: &UserPoolType, feature: Feature) -> Result<()> {
    require_all(settings, &[feature])
}

/// Checks that the plan of a user pool has every one of `used`; errors as [`require`].
pub fn require_all(settings: &UserPoolType, used: &[Feature]) -> Result<()> {
    refuse(settings, used, Code::FeatureUnavailableInTierException)
}

/// Checks that a changed user pool still may have what other operations set.
///
/// # Errors
///
/// `TierChangeNotAllowedException`.
pub fn check_change(r: &mut Reader<'_>, changed: &UserPool) -> Result<()> {
    let used = in_use(r, changed)?;
    refuse(&changed.settings, &used, Code::TierChangeNotAllowedException)
}

/// Returns the features that a user pool uses outside its own settings.
fn in_use(r: &mut Reader<'_>, pool: &UserPool) -> Result<Vec<Feature>> {
    let mut used = plans::used_by_mfa(&pool.mfa);
    if domains::has_managed_login(r, &pool.id)? {
        used.push(Feature::ManagedLogin);
    }
    if sessions::tracking(pool).is_on {
        used.push(Feature::SessionManagement);
    }
    let logs = resources::get::<LogDelivery>(r, &pool.id, ALL)?;
    if logs.is_some_and(|logs| log_delivery::exports_activity(&logs)) {
        used.push(Feature::UserActivityLogs);
    }
    if resources::count_up_to::<Replica>(r, &pool.id, 1)? > 0 {
        used.push(Feature::Replicas);
    }
    Ok(used)
}

fn refuse(settings: &UserPoolType, used: &[Feature], code: Code) -> Result<()> {
    match plans::refused(&plans::plan_of(settings), used) {
        Some(text) => Err(Error::new(code, text)),
        None => Ok(()),
    }
}

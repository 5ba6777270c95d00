//! Operations on the second factors that a user switched on, and on what a user can sign in with.

use super::users::{pool_in, user_in};
use crate::engine::auth::passkeys::{PASSKEYS_MAX, relying_party_id};
use crate::engine::auth::tokens;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::messages::{self, Channel};
use crate::engine::{Cx, Error, Result};
use crate::rules::mfa::{self, Decision, Demand, Factor, Holder};
use crate::store::records::passkeys;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, Claimed, User};
use crate::store::{self, Reader, Tx};
use crate::wire::idp::{
    AdminGetUserAuthFactorsRequest, AdminGetUserAuthFactorsResponse, AdminSetUserMFAPreferenceRequest,
    AdminSetUserMFAPreferenceResponse, AdminSetUserSettingsRequest, AdminSetUserSettingsResponse,
    AuthFactorType, ChallengeNameType, DeliveryMediumType, GetUserAuthFactorsRequest,
    GetUserAuthFactorsResponse, MFAOptionType, SetUserMFAPreferenceRequest, SetUserMFAPreferenceResponse,
    SetUserSettingsRequest, SetUserSettingsResponse, UserPoolMfaType, UserStatusType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<SetUserMFAPreferenceRequest>(),
    Route::of::<AdminSetUserMFAPreferenceRequest>(),
    Route::of::<SetUserSettingsRequest>(),
    Route::of::<AdminSetUserSettingsRequest>(),
    Route::of::<GetUserAuthFactorsRequest>(),
    Route::of::<AdminGetUserAuthFactorsRequest>(),
];

/// What is asked for one factor; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    enabled: Option<bool>,
    preferred: Option<bool>,
}

/// What is asked for all of them.
#[derive(Clone, Debug, Default)]
struct Wishes {
    factors: Vec<(Factor, Wish)>,
    passkey: Option<bool>,
}

/// Reads the members that the two operations share.
macro_rules! wishes {
    ($request:expr) => {{
        let mut wishes = Wishes::default();
        let mut wish = |factor, enabled, preferred| {
            wishes.factors.push((factor, Wish { enabled, preferred }));
        };
        if let Some(it) = &$request.sms_mfa_settings {
            wish(Factor::Sms, it.enabled, it.preferred_mfa);
        }
        if let Some(it) = &$request.software_token_mfa_settings {
            wish(Factor::SoftwareToken, it.enabled, it.preferred_mfa);
        }
        if let Some(it) = &$request.email_mfa_settings {
            wish(Factor::Email, it.enabled, it.preferred_mfa);
        }
        wishes.passkey = $request.web_authn_mfa_settings.as_ref().and_then(|it| it.enabled);
        wishes
    }};
}

impl Handler for SetUserMFAPreferenceRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUserMFAPreferenceResponse> {
        let wishes = wishes!(self);
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        change_settings(cx, "SetUserMFAPreference", pool, user, move |pool, user| {
            apply(pool, user, &wishes)
        })
        .await?;
        Ok(SetUserMFAPreferenceResponse {})
    }
}

impl Handler for AdminSetUserMFAPreferenceRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminSetUserMFAPreferenceResponse> {
        let wishes = wishes!(self);
        let (pool, user) = find(cx, self.user_pool_id, self.username).await?;
        change_settings(cx, "AdminSetUserMFAPreference", pool, user, move |pool, user| {
            if user.status == UserStatusType::Unconfirmed {
                return Err(Error::not_confirmed());
            }
            if user.status == UserStatusType::ResetRequired {
                return Err(Error::reset_required());
            }
            apply(pool, user, &wishes)
        })
        .await?;
        Ok(AdminSetUserMFAPreferenceResponse {})
    }
}

impl Handler for SetUserSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUserSettingsResponse> {
        let wishes = wishes_of_options(&self.mfa_options)?;
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        change_settings(cx, "SetUserSettings", pool, user, move |pool, user| {
            apply(pool, user, &wishes)
        })
        .await?;
        Ok(SetUserSettingsResponse {})
    }
}

impl Handler for AdminSetUserSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminSetUserSettingsResponse> {
        let wishes = wishes_of_options(&self.mfa_options)?;
        let (pool, user) = find(cx, self.user_pool_id, self.username).await?;
        change_settings(cx, "AdminSetUserSettings", pool, user, move |pool, user| {
            apply(pool, user, &wishes)
        })
        .await?;
        Ok(AdminSetUserSettingsResponse {})
    }
}

/// Reads the older form, which knows text messages alone: the list is all there is.
fn wishes_of_options(options: &[MFAOptionType]) -> Result<Wishes> {
    for option in options {
        let is_sms = option.delivery_medium == Some(DeliveryMediumType::Sms)
            && option.attribute_name.as_deref() == Some("phone_number");
        if !is_sms {
            return Err(Error::invalid(
                "MFAOptions can only deliver by SMS to the attribute phone_number.",
            ));
        }
    }
    let wish = Wish {
        enabled: Some(!options.is_empty()),
        preferred: None,
    };
    Ok(Wishes {
        factors: vec![(Factor::Sms, wish)],
        passkey: None,
    })
}

/// Changes what a user switched on; all or nothing.
fn apply(pool: &UserPool, user: &mut User, wishes: &Wishes) -> Result<()> {
    let before = holder(pool, user, false);
    let mut enabled = before.enabled.clone();
    let mut preferred = before.preferred;
    let offered = mfa::offered(&pool.mfa);
    let is_required = pool.settings.mfa_configuration == Some(UserPoolMfaType::On);
    let asked_first = wishes
        .factors
        .iter()
        .filter(|(_, wish)| wish.preferred == Some(true));
    if asked_first.count() > 1 {
        return Err(Error::invalid("Only one MFA method can be preferred."));
    }
    for (factor, wish) in &wishes.factors {
        match wish.enabled {
            Some(true) => {
                check_can_show(*factor, &before, &offered)?;
                if !enabled.contains(factor) {
                    enabled.push(*factor);
                }
            }
            Some(false) => {
                if is_required && enabled.contains(factor) {
                    return Err(Error::invalid(
                        "MFA is required in the user pool: a method cannot be switched off.",
                    ));
                }
                enabled.retain(|other| other != factor);
                preferred = preferred.filter(|other| other != factor);
            }
            None => {}
        }
    }
    for (factor, wish) in &wishes.factors {
        match wish.preferred {
            Some(true) if !enabled.contains(factor) => {
                return Err(Error::invalid(format!(
                    "{} must be enabled to be the preferred MFA method.",
                    factor.as_str()
                )));
            }
            Some(true) => preferred = Some(*factor),
            Some(false) => preferred = preferred.filter(|other| other != factor),
            None => {}
        }
    }
    if wishes.passkey == Some(true) {
        if !mfa::passkeys_are_two_factors(&pool.mfa) {
            return Err(Error::invalid(
                "Passkey MFA needs the FactorConfiguration MULTI_FACTOR_WITH_USER_VERIFICATION.",
            ));
        }
        if enabled.is_empty() {
            return Err(Error::invalid("Passkey MFA needs another MFA method."));
        }
    }
    user.passkey_mfa = wishes.passkey.unwrap_or(user.passkey_mfa) && !enabled.is_empty();
    enabled.sort_unstable();
    user.mfa_settings = enabled.iter().map(|factor| factor.as_str().to_owned()).collect();
    user.preferred_mfa = preferred.map(|factor| factor.as_str().to_owned());
    Ok(())
}

/// Checks that the pool offers a factor, and the user has what it takes.
fn check_can_show(factor: Factor, holder: &Holder, offered: &[Factor]) -> Result<()> {
    let refused = if !offered.contains(&factor) {
        match factor {
            Factor::Sms => "SMS MFA has not been enabled by the userPool",
            Factor::SoftwareToken => "Software Token MFA has not been enabled by the userPool",
            Factor::Email => "Email MFA has not been enabled by the userPool",
        }
    } else {
        match factor {
            Factor::Sms if !holder.phone_number => "User does not have a phone_number set to turn on SMS MFA",
            Factor::SoftwareToken if !holder.software_token => "User has not verified software token mfa",
            Factor::Email if !holder.email => "User does not have an email set to turn on Email MFA",
            Factor::Sms | Factor::SoftwareToken | Factor::Email => return Ok(()),
        }
    };
    Err(Error::invalid(refused))
}

impl Handler for GetUserAuthFactorsRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserAuthFactorsResponse> {
        let (pool, _, user, _) = tokens::user_of_access_token(cx, &self.access_token).await?;
        let (pool, user, has_passkey) = with_passkey(cx, pool, user).await?;
        Ok(GetUserAuthFactorsResponse {
            configured_user_auth_factors: Some(auth_factors(&pool, &user, has_passkey)),
            user_mfa_setting_list: mfa_setting_list(&user),
            preferred_mfa_setting: user.preferred_mfa,
            username: user.username,
        })
    }
}

impl Handler for AdminGetUserAuthFactorsRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminGetUserAuthFactorsResponse> {
        let (pool, user) = find(cx, self.user_pool_id, self.username).await?;
        let (pool, user, has_passkey) = with_passkey(cx, pool, user).await?;
        Ok(AdminGetUserAuthFactorsResponse {
            configured_user_auth_factors: Some(auth_factors(&pool, &user, has_passkey)),
            user_mfa_setting_list: mfa_setting_list(&user),
            preferred_mfa_setting: user.preferred_mfa,
            username: user.username,
        })
    }
}

async fn with_passkey(cx: &Cx, pool: UserPool, user: User) -> Result<(UserPool, User, bool)> {
    cx.engine
        .store
        .read(move |r| {
            let has_passkey = has_passkey(r, &pool, &user)?;
            Ok((pool, user, has_passkey))
        })
        .await
}

/// Tells whether a user has a passkey to sign in with: one of the pool's present relying party.
///
/// # Errors
///
/// What the store reports.
pub fn has_passkey(r: &mut Reader<'_>, pool: &UserPool, user: &User) -> Result<bool> {
    if !passkeys::any(r, &pool.id, &user.sub)? {
        return Ok(false);
    }
    let party = relying_party_id(r, pool)?;
    let known = passkeys::of_user(r, &pool.id, &user.sub, PASSKEYS_MAX)?;
    Ok(known
        .iter()
        .any(|passkey| Some(&passkey.relying_party_id) == party.as_ref()))
}

/// Returns what a user may sign in with by choice; the two forms of a password are one.
fn auth_factors(pool: &UserPool, user: &User, has_passkey: bool) -> Vec<AuthFactorType> {
    let holder = holder(pool, user, has_passkey);
    mfa::first_factors(&pool.settings, &pool.mfa, &holder, false)
        .iter()
        .map(|challenge: &ChallengeNameType| AuthFactorType::from(challenge.as_str()))
        .collect()
}

/// Returns what a user has to show factors with.
pub fn holder(pool: &UserPool, user: &User, has_passkey: bool) -> Holder {
    debug_assert_eq!(pool.id, user.user_pool_id);
    let has = |name: &str| user.attributes.get(name).is_some_and(|value| !value.is_empty());
    Holder {
        password: user.credential.is_some(),
        email: has("email"),
        phone_number: has("phone_number"),
        software_token: user.software_token.is_some(),
        passkey: has_passkey,
        enabled: user
            .mfa_settings
            .iter()
            .filter_map(|name| Factor::parse(name))
            .collect(),
        preferred: user.preferred_mfa.as_deref().and_then(Factor::parse),
        recovery: messages::unused_channels(pool, user)
            .ok()
            .and_then(|channels| channels.first().map(Channel::attribute)),
    }
}

/// Tells whether a user who signs in has no second factor to show, and may set this one up.
pub fn may_set_up(pool: &UserPool, user: &User, demand: Demand, factor: Factor) -> bool {
    let decided = mfa::decide(&pool.settings, &pool.mfa, &holder(pool, user, false), demand);
    matches!(decided, Decision::SetUp(factors) if factors.contains(&factor))
}

/// Checks that a user whose pool requires MFA keeps what their second factors go to: who takes it
/// away would leave a password that is enough to set up another.
///
/// # Errors
///
/// `InvalidParameterException`.
pub(super) fn check_factors_stay(pool: &UserPool, before: &User, after: &User) -> Result<()> {
    if pool.settings.mfa_configuration != Some(UserPoolMfaType::On) {
        return Ok(());
    }
    let (had, has) = (holder(pool, before, false), holder(pool, after, false));
    let decides = |holder: &Holder| mfa::decide(&pool.settings, &pool.mfa, holder, Demand::AsConfigured);
    let can_be_asked = |holder: &Holder| matches!(decides(holder), Decision::Ask(_) | Decision::Choose(_));
    let loses_enabled = had.enabled.iter().any(|factor| match factor {
        Factor::Sms => had.phone_number && !has.phone_number,
        Factor::Email => had.email && !has.email,
        Factor::SoftwareToken => false,
    });
    if loses_enabled || (can_be_asked(&had) && !can_be_asked(&has)) {
        return Err(Error::invalid(
            "MFA is required in the user pool: what a method sends its codes to cannot be deleted.",
        ));
    }
    Ok(())
}

/// Returns `UserMFASettingList`; absent when it is empty.
pub fn mfa_setting_list(user: &User) -> Option<Vec<String>> {
    (!user.mfa_settings.is_empty()).then(|| user.mfa_settings.clone())
}

/// Returns `MFAOptions`, which tell of text messages alone.
pub fn mfa_options(user: &User) -> Option<Vec<MFAOptionType>> {
    let by_sms = user.mfa_settings.iter().any(|name| name == Factor::Sms.as_str());
    by_sms.then(|| {
        vec![MFAOptionType {
            delivery_medium: Some(DeliveryMediumType::Sms),
            attribute_name: Some("phone_number".to_owned()),
        }]
    })
}

async fn find(cx: &Cx, user_pool_id: String, username: String) -> Result<(UserPool, User)> {
    cx.engine
        .store
        .read(move |r| {
            let pool = pool_in(r, &user_pool_id)?;
            let user = user_in(r, &pool, &username)?.ok_or_else(Error::no_user)?;
            Ok((pool, user))
        })
        .await
}

/// Reads, changes and writes what is not a name of a user, in one transaction.
///
/// # Errors
///
/// `UserNotFoundException`; what `change` answers.
pub(super) async fn change_settings<F>(
    cx: &Cx,
    name: &'static str,
    pool: UserPool,
    user: User,
    mut change: F,
) -> Result<()>
where
    F: FnMut(&UserPool, &mut User) -> Result<()> + Send + 'static,
{
    let now = cx.now();
    cx.engine
        .store
        .transact(name, move |tx| {
            let mut user = users::get(tx, &pool.id, &user.sub)?.ok_or_else(Error::no_user)?;
            change(&pool, &mut user)?;
            user.modified_at = now;
            keep_user(tx, &user)
        })
        .await
}

/// Writes a user whose names stay as they are.
///
/// # Errors
///
/// What the store reports.
pub fn keep_user(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let held = users::logins_of(tx, &user.user_pool_id, &user.sub)?;
    match users::update(tx, user, &held)? {
        Claimed::Done => Ok(()),
        Claimed::Taken { .. } | Claimed::Stale => Err(store::Error::Conflict.into()),
    }
}

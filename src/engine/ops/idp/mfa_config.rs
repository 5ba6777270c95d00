//! Operations on the MFA configuration of a user pool: which second factors it offers, and
//! whether it asks for one.

use super::feature_plans;
use super::user_pools::{NO_FACTOR, keep};
use super::users::{find_pool, pool_in};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Cx, Error, Result};
use crate::rules::plans::Feature;
use crate::rules::{domains, mfa};
use crate::store::records::user_pools::UserPool;
use crate::wire::idp::{
    EmailSendingAccountType, GetUserPoolMfaConfigRequest, GetUserPoolMfaConfigResponse,
    SetUserPoolMfaConfigRequest, SetUserPoolMfaConfigResponse, SmsMfaConfigType, SoftwareTokenMfaConfigType,
    UserPoolMfaType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetUserPoolMfaConfigRequest>(),
    Route::of::<SetUserPoolMfaConfigRequest>(),
];

impl Handler for GetUserPoolMfaConfigRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserPoolMfaConfigResponse> {
        Ok(find_pool(cx, &self.user_pool_id).await?.mfa)
    }
}

impl Handler for SetUserPoolMfaConfigRequest {
    async fn handle(self, cx: &Cx) -> Result<SetUserPoolMfaConfigResponse> {
        let now = cx.now();
        let GetUserPoolMfaConfigResponse {
            sms_mfa_configuration,
            software_token_mfa_configuration,
            email_mfa_configuration,
            mfa_configuration,
            web_authn_configuration,
        } = cx
            .engine
            .store
            .transact("SetUserPoolMfaConfig", move |tx| -> Result<_> {
                let mut pool = pool_in(tx, &self.user_pool_id)?;
                change(&mut pool, self.clone())?;
                pool.modified_at = now;
                keep(tx, &pool)?;
                Ok(pool.mfa)
            })
            .await?;
        Ok(SetUserPoolMfaConfigResponse {
            sms_mfa_configuration,
            software_token_mfa_configuration,
            email_mfa_configuration,
            mfa_configuration,
            web_authn_configuration,
        })
    }
}

/// Changes the configuration. A member that is missing stays as it is. (The vendor does not
/// document what happens to it; an update that switched factors off unasked would be the
/// worse guess.)
fn change(pool: &mut UserPool, request: SetUserPoolMfaConfigRequest) -> Result<()> {
    if request.email_mfa_configuration.is_some() {
        feature_plans::require(&pool.settings, Feature::EmailMfa)?;
    }
    if request.web_authn_configuration.is_some() {
        feature_plans::require(&pool.settings, Feature::Passkeys)?;
    }
    let switched_off = request.mfa_configuration == Some(UserPoolMfaType::Off);
    let token_on = request
        .software_token_mfa_configuration
        .as_ref()
        .is_some_and(|it| it.enabled == Some(true));
    if switched_off
        && (request.sms_mfa_configuration.is_some() || request.email_mfa_configuration.is_some() || token_on)
    {
        return Err(Error::invalid(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
        ));
    }
    if let Some(UserPoolMfaType::Unlisted(mode)) = &request.mfa_configuration {
        return Err(Error::invalid(format!("MfaConfiguration cannot be {mode}.")));
    }
    // Codes by e-mail leave by the pool's own sender alone.
    let own_sender = pool
        .settings
        .email_configuration
        .as_ref()
        .is_some_and(|email| email.email_sending_account == Some(EmailSendingAccountType::Developer));
    if request.email_mfa_configuration.is_some() && !own_sender {
        return Err(Error::invalid(
            "Email MFA needs an EmailConfiguration with the DEVELOPER sending account.",
        ));
    }

    let kept = &mut pool.mfa;
    if let Some(sms) = request.sms_mfa_configuration {
        if sms.sms_configuration.is_none() && pool.settings.sms_configuration.is_none() {
            return Err(Error::invalid("SMS configuration is required to use SMS MFA."));
        }
        if let Some(given) = &sms.sms_configuration
            && given.sns_caller_arn.is_some()
            && given.eums_sms.is_some()
        {
            return Err(Error::invalid("Only one of SnsCallerArn and EumsSms can be set."));
        }
        let before = kept.sms_mfa_configuration.take().unwrap_or_default();
        kept.sms_mfa_configuration = Some(SmsMfaConfigType {
            sms_authentication_message: sms
                .sms_authentication_message
                .or(before.sms_authentication_message),
            sms_configuration: sms
                .sms_configuration
                .or(before.sms_configuration)
                .or_else(|| pool.settings.sms_configuration.clone()),
        });
    }
    if let Some(token) = request.software_token_mfa_configuration {
        kept.software_token_mfa_configuration = Some(SoftwareTokenMfaConfigType {
            enabled: Some(token.enabled.unwrap_or(false)),
        });
    }
    if request.email_mfa_configuration.is_some() {
        kept.email_mfa_configuration = request.email_mfa_configuration;
    }
    if request.web_authn_configuration.is_some() {
        let wanted = request
            .web_authn_configuration
            .as_ref()
            .and_then(|it| it.relying_party_id.as_deref());
        if let Some(id) = wanted.filter(|id| mfa::is_public_suffix(id)) {
            return Err(Error::invalid(format!(
                "RelyingPartyId {id} is on the public suffix list."
            )));
        }
        if let Some(id) = wanted.filter(|id| !id.is_empty() && !domains::is_host(id)) {
            return Err(Error::invalid(format!(
                "RelyingPartyId {id} is not the name of a host."
            )));
        }
        kept.web_authn_configuration = request.web_authn_configuration;
    }
    if switched_off {
        kept.software_token_mfa_configuration = None;
        kept.email_mfa_configuration = None;
    }
    if request.mfa_configuration.is_some() {
        kept.mfa_configuration = request.mfa_configuration;
    }
    pool.settings
        .mfa_configuration
        .clone_from(&kept.mfa_configuration);
    if let Some(sms) = &kept.sms_mfa_configuration {
        pool.settings.sms_configuration.clone_from(&sms.sms_configuration);
        pool.settings
            .sms_authentication_message
            .clone_from(&sms.sms_authentication_message);
    }
    check(pool)
}

/// Checks that whoever must show a second factor can.
fn check(pool: &UserPool) -> Result<()> {
    let mode = pool.mfa.mfa_configuration.as_ref();
    let asks = matches!(mode, Some(UserPoolMfaType::On | UserPoolMfaType::Optional));
    let offered = mfa::offered(&pool.mfa);
    if asks && offered.is_empty() {
        return Err(Error::invalid(NO_FACTOR));
    }
    let recovery = mfa::only_recovery_attribute(&pool.settings);
    let all_recover = recovery.is_some() && offered.iter().all(|factor| factor.attribute() == recovery);
    if mode == Some(&UserPoolMfaType::On) && all_recover {
        return Err(Error::invalid(
            "Invalid MFA configuration given, the only MFA method is also the only account recovery method.",
        ));
    }
    Ok(())
}

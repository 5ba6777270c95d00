//! Feature plans: which feature needs which plan, and which features settings use.
//!
//! Source: user pools developer guide, "User pool feature plans".

use crate::wire::idp::{
    AdvancedSecurityModeType, AuthFactorType, EncryptionKeyType, GetUserPoolMfaConfigResponse,
    PreTokenGenerationLambdaVersionType, StatusType, UserPoolTierType, UserPoolType,
};

/// A feature that not every plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Managed login pages and their styles.
    ManagedLogin,
    /// Codes by e-mail as a second factor.
    EmailMfa,
    /// One-time codes and passkeys as a first factor.
    Passwordless,
    /// Passkeys: relying party and registration.
    Passkeys,
    /// Versions 2 and 3 of the pre token generation trigger.
    AccessTokenCustomization,
    /// Earlier passwords that may not be used again.
    PasswordHistory,
    /// Step-up sign-in by authentication context class.
    StepUp,
    /// Session tracking, its limits and its operations.
    SessionManagement,
    /// OAuth 2.0 clients that register themselves.
    DynamicRegistration,
    /// A user pool in a second Region.
    Replicas,
    /// A key of the customer's own.
    CustomerManagedKey,
    /// Adaptive authentication, compromised credentials, the history of sign-ins.
    ThreatProtection,
    /// Sign-ins written to a log of the customer's.
    UserActivityLogs,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 13] = [
        Self::ManagedLogin,
        Self::EmailMfa,
        Self::Passwordless,
        Self::Passkeys,
        Self::AccessTokenCustomization,
        Self::PasswordHistory,
        Self::StepUp,
        Self::SessionManagement,
        Self::DynamicRegistration,
        Self::Replicas,
        Self::CustomerManagedKey,
        Self::ThreatProtection,
        Self::UserActivityLogs,
    ];

    /// Returns the lowest plan that has the feature.
    pub const fn plan(self) -> UserPoolTierType {
        match self {
            Self::ThreatProtection | Self::UserActivityLogs => UserPoolTierType::Plus,
            Self::ManagedLogin
            | Self::EmailMfa
            | Self::Passwordless
            | Self::Passkeys
            | Self::AccessTokenCustomization
            | Self::PasswordHistory
            | Self::StepUp
            | Self::SessionManagement
            | Self::DynamicRegistration
            | Self::Replicas
            | Self::CustomerManagedKey => UserPoolTierType::Essentials,
        }
    }

    /// Returns the feature's name in error texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ManagedLogin => "Managed Login",
            Self::EmailMfa => "Email MFA",
            Self::Passwordless => "Passwordless Sign-In",
            Self::Passkeys => "Passkeys",
            Self::AccessTokenCustomization => "Access Token Customization",
            Self::PasswordHistory => "Password History",
            Self::StepUp => "Step-Up Authentication",
            Self::SessionManagement => "Session Management",
            Self::DynamicRegistration => "Dynamic Client Registration",
            Self::Replicas => "Multi-Region Replication",
            Self::CustomerManagedKey => "Customer Managed Keys",
            Self::ThreatProtection => "Threat Protection",
            Self::UserActivityLogs => "User Activity Log Export",
        }
    }
}

/// Returns the plan of a user pool; Essentials where none is said.
pub fn plan_of(settings: &UserPoolType) -> UserPoolTierType {
    settings
        .user_pool_tier
        .clone()
        .unwrap_or(UserPoolTierType::Essentials)
}

/// Tells whether a plan has a feature. An unknown plan has every feature.
pub fn has(plan: &UserPoolTierType, feature: Feature) -> bool {
    match plan {
        UserPoolTierType::Lite => false,
        UserPoolTierType::Essentials => feature.plan() == UserPoolTierType::Essentials,
        UserPoolTierType::Plus | UserPoolTierType::Unlisted(_) => true,
    }
}

/// Returns the text that refuses `used` under `plan`; `None` when the plan has all of them.
///
/// Observed: `The following features need to be disabled for the ESSENTIALS pricing tier
/// configured: Threat Protection`, of UpdateUserPool. Of the names only that one is known.
pub fn refused(plan: &UserPoolTierType, used: &[Feature]) -> Option<String> {
    let mut lacking: Vec<Feature> = used
        .iter()
        .copied()
        .filter(|feature| !has(plan, *feature))
        .collect();
    lacking.sort_unstable();
    lacking.dedup();
    if lacking.is_empty() {
        return None;
    }
    let names: Vec<&str> = lacking.into_iter().map(Feature::as_str).collect();
    Some(format!(
        "The following features need to be disabled for the {plan} pricing tier configured: {}",
        names.join(", ")
    ))
}

/// Returns the features that the settings of a user pool use.
pub fn used_by_settings(settings: &UserPoolType) -> Vec<Feature> {
    let policies = settings.policies.as_ref();
    let keeps_history = policies
        .and_then(|it| it.password_policy.as_ref())
        .and_then(|it| it.password_history_size)
        .is_some_and(|size| size > 0);
    let is_passwordless = policies
        .and_then(|it| it.sign_in_policy.as_ref())
        .and_then(|it| it.allowed_first_auth_factors.as_ref())
        .is_some_and(|factors| factors.iter().any(|factor| *factor != AuthFactorType::Password));
    let customizes = settings
        .lambda_config
        .as_ref()
        .and_then(|it| it.pre_token_generation_config.as_ref())
        .is_some_and(|it| it.lambda_version != PreTokenGenerationLambdaVersionType::V10);
    let protects = settings
        .user_pool_add_ons
        .as_ref()
        .is_some_and(|it| it.advanced_security_mode != AdvancedSecurityModeType::Off);
    let registers = settings
        .dcr_configuration
        .as_ref()
        .is_some_and(|it| it.enable_status == Some(StatusType::Enabled));
    let has_own_key = settings
        .key_configuration
        .as_ref()
        .is_some_and(|it| it.key_type == Some(EncryptionKeyType::CustomerManagedKey));
    [
        (Feature::PasswordHistory, keeps_history),
        (Feature::Passwordless, is_passwordless),
        (Feature::AccessTokenCustomization, customizes),
        (Feature::ThreatProtection, protects),
        (Feature::DynamicRegistration, registers),
        (Feature::CustomerManagedKey, has_own_key),
        (Feature::StepUp, settings.acr_configuration.is_some()),
    ]
    .into_iter()
    .filter_map(|(feature, is_used)| is_used.then_some(feature))
    .collect()
}

/// Returns the features that the MFA configuration of a user pool uses.
pub fn used_by_mfa(mfa: &GetUserPoolMfaConfigResponse) -> Vec<Feature> {
    [
        (Feature::EmailMfa, mfa.email_mfa_configuration.is_some()),
        (Feature::Passkeys, mfa.web_authn_configuration.is_some()),
    ]
    .into_iter()
    .filter_map(|(feature, is_used)| is_used.then_some(feature))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::{EmailMfaConfigType, UserPoolAddOnsType};

    #[test]
    fn each_plan_has_what_the_lower_one_has() {
        let count = |plan| Feature::ALL.iter().filter(|it| has(&plan, **it)).count();
        assert_eq!(count(UserPoolTierType::Lite), 0);
        assert_eq!(count(UserPoolTierType::Essentials), 11);
        assert_eq!(count(UserPoolTierType::Plus), Feature::ALL.len());
    }

    #[test]
    fn the_refusal_names_each_feature_once() {
        use Feature::{EmailMfa, ThreatProtection};
        let used = [ThreatProtection, EmailMfa, ThreatProtection];
        assert_eq!(
            refused(&UserPoolTierType::Essentials, &used).unwrap(),
            "The following features need to be disabled for the ESSENTIALS pricing tier configured: \
             Threat Protection"
        );
        assert_eq!(
            refused(&UserPoolTierType::Lite, &used).unwrap(),
            "The following features need to be disabled for the LITE pricing tier configured: \
             Email MFA, Threat Protection"
        );
        assert_eq!(refused(&UserPoolTierType::Plus, &used), None);
    }

    #[test]
    fn settings_say_what_they_use() {
        assert_eq!(used_by_settings(&UserPoolType::default()), []);
        let settings = UserPoolType {
            user_pool_add_ons: Some(UserPoolAddOnsType {
                advanced_security_mode: AdvancedSecurityModeType::Audit,
                ..Default::default()
            }),
            acr_configuration: Some(Default::default()),
            ..Default::default()
        };
        assert_eq!(
            used_by_settings(&settings),
            [Feature::ThreatProtection, Feature::StepUp]
        );
        let mfa = GetUserPoolMfaConfigResponse {
            email_mfa_configuration: Some(EmailMfaConfigType::default()),
            ..Default::default()
        };
        assert_eq!(used_by_mfa(&mfa), [Feature::EmailMfa]);
    }
}

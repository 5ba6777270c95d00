//! Which second factors a user pool offers, which a user can show, and which is asked for.
//!
//! Also the first factors a user may choose from, because the two exclude each other: a code
//! cannot be the first factor of somebody who needs a second one.
//!
//! Source: developer guide, "Adding MFA to a user pool" (details of MFA logic at user
//! runtime), "Authentication flows" (choice-based sign-in).

use serde::{Deserialize, Serialize};

use crate::wire::idp::{
    AuthFactorType, ChallengeNameType, GetUserPoolMfaConfigResponse, RecoveryOptionNameType, UserPoolMfaType,
    UserPoolTierType, UserPoolType, WebAuthnFactorConfigurationType,
};

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Factor {
    /// A code in a text message.
    Sms,
    /// A code of an authenticator app.
    SoftwareToken,
    /// A code in an e-mail.
    Email,
}

impl Factor {
    /// Every factor, in the order in which the vendor lists them.
    pub const ALL: [Self; 3] = [Self::Sms, Self::SoftwareToken, Self::Email];

    /// Returns the name in settings and lists, which is also the challenge's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Email => "EMAIL_OTP",
        }
    }

    /// Reads a name. The developer guide says `EMAIL_MFA` where the model says `EMAIL_OTP`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "EMAIL_MFA" => Some(Self::Email),
            _ => Self::ALL.into_iter().find(|factor| factor.as_str() == name),
        }
    }

    /// Returns the challenge that asks for it.
    pub const fn challenge(self) -> ChallengeNameType {
        match self {
            Self::Sms => ChallengeNameType::SmsMfa,
            Self::SoftwareToken => ChallengeNameType::SoftwareTokenMfa,
            Self::Email => ChallengeNameType::EmailOtp,
        }
    }

    /// Returns the attribute its codes go to.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Sms => Some("phone_number"),
            Self::SoftwareToken => None,
            Self::Email => Some("email"),
        }
    }
}

/// What a user has to show factors with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// A password is set.
    pub password: bool,
    /// There is an e-mail address.
    pub email: bool,
    /// There is a phone number.
    pub phone_number: bool,
    /// An authenticator was registered and verified.
    pub software_token: bool,
    /// At least one passkey is registered.
    pub passkey: bool,
    /// The second factors the user switched on.
    pub enabled: Vec<Factor>,
    /// The one of them that goes first.
    pub preferred: Option<Factor>,
    /// The attribute to which the code of a password reset would go, but for the second factors.
    pub recovery: Option<&'static str>,
}

impl Holder {
    /// Tells whether the code of a password reset would go where this factor's codes go.
    fn recovers_by(&self, factor: Factor) -> bool {
        self.recovery.is_some() && factor.attribute() == self.recovery
    }

    fn can_show(&self, factor: Factor) -> bool {
        match factor {
            Factor::Sms => self.phone_number,
            Factor::SoftwareToken => self.software_token,
            Factor::Email => self.email,
        }
    }
}

/// What else speaks for a second factor: the risk of the sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Nothing: as the pool and the user have it.
    #[default]
    AsConfigured,
    /// One, when the user can show any (`MFA_IF_CONFIGURED`).
    IfPossible,
    /// One; without it the sign-in is over (`MFA_REQUIRED`).
    Required,
}

/// What follows a right first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Tokens.
    Nothing,
    /// This factor.
    Ask(Factor),
    /// One of these, by the user's choice.
    Choose(Vec<Factor>),
    /// None can be shown yet: one of these must be set up.
    SetUp(Vec<Factor>),
    /// A factor is needed, and there is none to show or to set up.
    Impossible,
}

/// Returns the second factors that a user pool offers.
pub fn offered(mfa: &GetUserPoolMfaConfigResponse) -> Vec<Factor> {
    Factor::ALL
        .into_iter()
        .filter(|factor| match factor {
            Factor::Sms => mfa.sms_mfa_configuration.is_some(),
            Factor::SoftwareToken => mfa
                .software_token_mfa_configuration
                .as_ref()
                .is_some_and(|it| it.enabled == Some(true)),
            Factor::Email => mfa.email_mfa_configuration.is_some(),
        })
        .collect()
}

/// Returns the attribute by which alone a password can be reset, when there is only one.
///
/// Nobody who holds it may have both the password and the second factor of its owner.
pub fn only_recovery_attribute(settings: &UserPoolType) -> Option<&'static str> {
    let mechanisms = settings
        .account_recovery_setting
        .as_ref()?
        .recovery_mechanisms
        .as_deref()?;
    match mechanisms {
        [only] => match only.name {
            RecoveryOptionNameType::VerifiedEmail => Some("email"),
            RecoveryOptionNameType::VerifiedPhoneNumber => Some("phone_number"),
            RecoveryOptionNameType::AdminOnly | RecoveryOptionNameType::Unlisted(_) => None,
        },
        _ => None,
    }
}

/// Returns the attributes to which second factors may be sent that are asked for: no password is
/// reset by these.
pub fn asked_attributes(
    settings: &UserPoolType,
    mfa: &GetUserPoolMfaConfigResponse,
    holder: &Holder,
) -> Vec<&'static str> {
    let asked = match decide(settings, mfa, holder, Demand::AsConfigured) {
        Decision::Ask(factor) => vec![factor],
        Decision::Choose(factors) => factors,
        Decision::Nothing | Decision::SetUp(_) | Decision::Impossible => Vec::new(),
    };
    asked.into_iter().filter_map(Factor::attribute).collect()
}

/// Decides what follows a right first factor.
///
/// What the user switched on counts as it is: a password reset then goes another way. What
/// the pool would use unasked (a phone number in a pool that requires MFA) must not be the
/// one way to reset a password.
pub fn decide(
    settings: &UserPoolType,
    mfa: &GetUserPoolMfaConfigResponse,
    holder: &Holder,
    demand: Demand,
) -> Decision {
    let is_required = match settings.mfa_configuration {
        Some(UserPoolMfaType::On) => true,
        Some(UserPoolMfaType::Optional) => false,
        Some(UserPoolMfaType::Off | UserPoolMfaType::Unlisted(_)) | None => {
            return match demand {
                Demand::AsConfigured | Demand::IfPossible => Decision::Nothing,
                Demand::Required => Decision::Impossible,
            };
        }
    };
    let offered = offered(mfa);
    let can: Vec<Factor> = offered
        .iter()
        .copied()
        .filter(|factor| holder.can_show(*factor))
        .collect();
    let enabled: Vec<Factor> = can
        .iter()
        .copied()
        .filter(|factor| holder.enabled.contains(factor))
        .collect();
    if let Some(preferred) = holder.preferred.filter(|factor| enabled.contains(factor)) {
        return Decision::Ask(preferred);
    }
    let recovery = only_recovery_attribute(settings);
    let is_spared = |factor: Factor| recovery.is_some() && factor.attribute() == recovery;
    let unasked = is_required || demand != Demand::AsConfigured;
    let mut usable: Vec<Factor> = can
        .into_iter()
        .filter(|factor| enabled.contains(factor) || (unasked && !is_spared(*factor)))
        .collect();
    // Who resets the password by one attribute is asked for another; when there is no other, the
    // reset goes another way.
    let is_apart = |factor: &Factor| enabled.contains(factor) || !holder.recovers_by(*factor);
    if usable.iter().any(is_apart) {
        usable.retain(is_apart);
    }
    match usable.as_slice() {
        [] if !is_required => match demand {
            Demand::AsConfigured | Demand::IfPossible => Decision::Nothing,
            Demand::Required => Decision::Impossible,
        },
        [] => {
            let missing: Vec<Factor> = offered
                .into_iter()
                .filter(|factor| !holder.can_show(*factor) && !is_spared(*factor))
                .collect();
            if missing.is_empty() {
                Decision::Impossible
            } else {
                Decision::SetUp(missing)
            }
        }
        [only] => Decision::Ask(*only),
        _ => Decision::Choose(usable),
    }
}

/// Returns the second factors that may prove a user at a level asked for: those the user switched
/// on, or without such those the user can show but for the one way to reset the password.
pub fn eligible(settings: &UserPoolType, mfa: &GetUserPoolMfaConfigResponse, holder: &Holder) -> Vec<Factor> {
    let can = || offered(mfa).into_iter().filter(|factor| holder.can_show(*factor));
    let enabled: Vec<Factor> = can().filter(|factor| holder.enabled.contains(factor)).collect();
    if !enabled.is_empty() {
        return enabled;
    }
    if settings.mfa_configuration == Some(UserPoolMfaType::On) {
        // What is asked for anyway resets no password.
        return match decide(settings, mfa, holder, Demand::AsConfigured) {
            Decision::Ask(factor) => vec![factor],
            Decision::Choose(factors) => factors,
            Decision::Nothing | Decision::SetUp(_) | Decision::Impossible => Vec::new(),
        };
    }
    let recovery = only_recovery_attribute(settings);
    can()
        .filter(|factor| recovery.is_none() || factor.attribute() != recovery)
        .filter(|factor| !holder.recovers_by(*factor))
        .collect()
}

/// Returns the first factors a user may choose from, in the vendor's order.
///
/// `uses_srp` tells whether the pool keeps what SRP needs.
pub fn first_factors(
    settings: &UserPoolType,
    mfa: &GetUserPoolMfaConfigResponse,
    holder: &Holder,
    uses_srp: bool,
) -> Vec<ChallengeNameType> {
    let mut factors = Vec::new();
    if holder.password {
        factors.push(ChallengeNameType::Password);
        if uses_srp {
            factors.push(ChallengeNameType::PasswordSrp);
        }
    }
    let allowed = allowed_first_factors(settings);
    let allows = |factor: &AuthFactorType| allowed.contains(factor);
    let needs_second = decide(settings, mfa, holder, Demand::AsConfigured) != Decision::Nothing;
    if !needs_second {
        if holder.email && allows(&AuthFactorType::EmailOtp) {
            factors.push(ChallengeNameType::EmailOtp);
        }
        if holder.phone_number && allows(&AuthFactorType::SmsOtp) {
            factors.push(ChallengeNameType::SmsOtp);
        }
    }
    let is_required = settings.mfa_configuration == Some(UserPoolMfaType::On);
    if holder.passkey && allows(&AuthFactorType::WebAuthn) && (!is_required || passkeys_are_two_factors(mfa))
    {
        factors.push(ChallengeNameType::WebAuthn);
    }
    factors
}

/// Returns the first factors a user pool allows; codes and passkeys are not of the smallest plan.
pub fn allowed_first_factors(settings: &UserPoolType) -> &[AuthFactorType] {
    const PASSWORD: &[AuthFactorType] = &[AuthFactorType::Password];
    if settings.user_pool_tier == Some(UserPoolTierType::Lite) {
        return PASSWORD;
    }
    settings
        .policies
        .as_ref()
        .and_then(|policies| policies.sign_in_policy.as_ref())
        .and_then(|policy| policy.allowed_first_auth_factors.as_deref())
        .unwrap_or(PASSWORD)
}

/// Tells whether a passkey that verified its user counts as two factors.
pub fn passkeys_are_two_factors(mfa: &GetUserPoolMfaConfigResponse) -> bool {
    mfa.web_authn_configuration.as_ref().is_some_and(|it| {
        it.factor_configuration == Some(WebAuthnFactorConfigurationType::MultiFactorWithUserVerification)
    })
}

/// Tells whether anybody may have names below this one, `com` or `github.io`: a passkey of it
/// would be theirs as well.
///
/// Source: developer guide, "Passkeys" (`RelyingPartyId`); publicsuffix.org.
pub fn is_public_suffix(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    psl::suffix(host.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == host.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::{
        AccountRecoverySettingType, EmailMfaConfigType, RecoveryOptionType, SignInPolicyType,
        SmsMfaConfigType, SoftwareTokenMfaConfigType, UserPoolPolicyType,
    };
    use Factor::{Email, Sms, SoftwareToken};

    fn pool(mode: UserPoolMfaType, factors: &[Factor]) -> (UserPoolType, GetUserPoolMfaConfigResponse) {
        let settings = UserPoolType {
            mfa_configuration: Some(mode.clone()),
            ..UserPoolType::default()
        };
        let mfa = GetUserPoolMfaConfigResponse {
            mfa_configuration: Some(mode),
            sms_mfa_configuration: factors.contains(&Sms).then(SmsMfaConfigType::default),
            software_token_mfa_configuration: factors
                .contains(&SoftwareToken)
                .then_some(SoftwareTokenMfaConfigType { enabled: Some(true) }),
            email_mfa_configuration: factors.contains(&Email).then(EmailMfaConfigType::default),
            ..GetUserPoolMfaConfigResponse::default()
        };
        (settings, mfa)
    }

    fn recovers_by(settings: &mut UserPoolType, name: RecoveryOptionNameType) {
        settings.account_recovery_setting = Some(AccountRecoverySettingType {
            recovery_mechanisms: Some(vec![RecoveryOptionType { priority: 1, name }]),
        });
    }

    fn with(means: &[Factor]) -> Holder {
        Holder {
            password: true,
            email: means.contains(&Email),
            phone_number: means.contains(&Sms),
            software_token: means.contains(&SoftwareToken),
            ..Holder::default()
        }
    }

    fn check(mode: UserPoolMfaType, holder: &Holder, expected: &Decision) {
        let (settings, mfa) = pool(mode, &Factor::ALL);
        assert_eq!(
            decide(&settings, &mfa, holder, Demand::AsConfigured),
            *expected,
            "{holder:?}"
        );
    }

    #[test]
    fn an_optional_pool_asks_for_what_the_user_switched_on() {
        use UserPoolMfaType::Optional;
        let mut holder = with(&Factor::ALL);
        check(Optional, &holder, &Decision::Nothing);
        holder.enabled = vec![Sms];
        check(Optional, &holder, &Decision::Ask(Sms));
        holder.enabled = vec![Email, SoftwareToken];
        check(Optional, &holder, &Decision::Choose(vec![SoftwareToken, Email]));
        holder.preferred = Some(Email);
        check(Optional, &holder, &Decision::Ask(Email));
        check(UserPoolMfaType::Off, &holder, &Decision::Nothing);
        // A preference for what can no longer be shown is none.
        holder.email = false;
        check(Optional, &holder, &Decision::Ask(SoftwareToken));
    }

    #[test]
    fn a_pool_that_requires_mfa_takes_what_there_is_or_has_it_set_up() {
        use UserPoolMfaType::On;
        check(On, &with(&[Sms]), &Decision::Ask(Sms));
        check(On, &with(&[SoftwareToken]), &Decision::Ask(SoftwareToken));
        check(On, &with(&[Sms, Email]), &Decision::Choose(vec![Sms, Email]));
        check(
            On,
            &with(&[Sms, SoftwareToken]),
            &Decision::Choose(vec![Sms, SoftwareToken]),
        );
        check(On, &with(&[]), &Decision::SetUp(Factor::ALL.to_vec()));
    }

    #[test]
    fn the_one_way_to_reset_a_password_is_no_second_factor_unasked() {
        let (mut settings, mfa) = pool(UserPoolMfaType::On, &[Email]);
        recovers_by(&mut settings, RecoveryOptionNameType::VerifiedEmail);
        let ask =
            |settings: &UserPoolType, holder: &Holder| decide(settings, &mfa, holder, Demand::AsConfigured);
        assert_eq!(ask(&settings, &with(&[Email])), Decision::Impossible);
        assert_eq!(ask(&settings, &with(&[])), Decision::Impossible);
        let mut chosen = with(&[Email]);
        chosen.enabled = vec![Email];
        assert_eq!(ask(&settings, &chosen), Decision::Ask(Email));
        recovers_by(&mut settings, RecoveryOptionNameType::VerifiedPhoneNumber);
        assert_eq!(ask(&settings, &with(&[Email])), Decision::Ask(Email));
        let (mut settings, mfa) = pool(UserPoolMfaType::On, &[Email, SoftwareToken]);
        recovers_by(&mut settings, RecoveryOptionNameType::VerifiedEmail);
        assert_eq!(
            decide(&settings, &mfa, &with(&[Email]), Demand::AsConfigured),
            Decision::SetUp(vec![SoftwareToken])
        );
    }

    #[test]
    fn what_resets_the_password_is_asked_for_only_where_there_is_nothing_else() {
        let (settings, mfa) = pool(UserPoolMfaType::On, &Factor::ALL);
        let ask = |holder: &Holder| decide(&settings, &mfa, holder, Demand::AsConfigured);
        let mut holder = with(&[Sms, Email]);
        holder.recovery = Some("email");
        assert_eq!(ask(&holder), Decision::Ask(Sms));
        holder.enabled = vec![Email];
        assert_eq!(ask(&holder), Decision::Choose(vec![Sms, Email]));
        let mut holder = with(&[Email]);
        holder.recovery = Some("email");
        assert_eq!(ask(&holder), Decision::Ask(Email));
        assert_eq!(asked_attributes(&settings, &mfa, &holder), ["email"]);
        let (settings, mfa) = pool(UserPoolMfaType::Optional, &Factor::ALL);
        assert_eq!(eligible(&settings, &mfa, &holder), []);
        assert!(asked_attributes(&settings, &mfa, &holder).is_empty());
    }

    #[test]
    fn risk_asks_for_more_than_the_settings_do() {
        let (settings, mfa) = pool(UserPoolMfaType::Optional, &[Sms]);
        let ask = |holder: &Holder, demand| decide(&settings, &mfa, holder, demand);
        assert_eq!(ask(&with(&[Sms]), Demand::AsConfigured), Decision::Nothing);
        assert_eq!(ask(&with(&[Sms]), Demand::IfPossible), Decision::Ask(Sms));
        assert_eq!(ask(&with(&[]), Demand::IfPossible), Decision::Nothing);
        assert_eq!(ask(&with(&[]), Demand::Required), Decision::Impossible);
    }

    #[test]
    fn codes_are_no_first_factor_of_those_who_need_a_second() {
        let (mut settings, mfa) = pool(UserPoolMfaType::Optional, &Factor::ALL);
        let all = [
            AuthFactorType::Password,
            AuthFactorType::EmailOtp,
            AuthFactorType::SmsOtp,
            AuthFactorType::WebAuthn,
        ];
        settings.policies = Some(UserPoolPolicyType {
            sign_in_policy: Some(SignInPolicyType {
                allowed_first_auth_factors: Some(all.to_vec()),
            }),
            ..UserPoolPolicyType::default()
        });
        let names = |settings: &UserPoolType, holder: &Holder| {
            let list = first_factors(settings, &mfa, holder, true);
            let names: Vec<&str> = list.iter().map(ChallengeNameType::as_str).collect();
            names.join(" ")
        };
        let mut holder = with(&Factor::ALL);
        holder.passkey = true;
        assert_eq!(
            names(&settings, &holder),
            "PASSWORD PASSWORD_SRP EMAIL_OTP SMS_OTP WEB_AUTHN"
        );
        holder.password = false;
        assert_eq!(names(&settings, &holder), "EMAIL_OTP SMS_OTP WEB_AUTHN");
        holder.password = true;
        holder.enabled = vec![Sms];
        assert_eq!(names(&settings, &holder), "PASSWORD PASSWORD_SRP WEB_AUTHN");
        settings.mfa_configuration = Some(UserPoolMfaType::On);
        assert_eq!(names(&settings, &holder), "PASSWORD PASSWORD_SRP");
        settings.mfa_configuration = Some(UserPoolMfaType::Off);
        settings.user_pool_tier = Some(UserPoolTierType::Lite);
        assert_eq!(names(&settings, &holder), "PASSWORD PASSWORD_SRP");
    }

    #[test]
    fn suffixes_that_anybody_has_names_below_are_known() {
        for public in ["com", "co.uk", "github.io", "GitHub.io.", "s3.amazonaws.com"] {
            assert!(is_public_suffix(public), "{public}");
        }
        for own in ["example.com", "app.example.co.uk", "localhost", "127.0.0.1", ""] {
            assert!(!is_public_suffix(own), "{own}");
        }
    }
}

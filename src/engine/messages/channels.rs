//! Where a message can go, how that is shown, and which way a user has left.

use crate::engine::ops::idp::mfa_preferences::holder;
use crate::rules::attributes::is_verified;
use crate::rules::mfa;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::{
    CodeDeliveryDetailsType, DeliveryMediumType, RecoveryOptionNameType, VerifiedAttributeType,
};

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// To an e-mail address.
    Email(String),
    /// To a phone number.
    Sms(String),
}

impl Channel {
    /// Returns the channel of an attribute, when it is one a message can go to and has a value.
    pub fn of(attribute: &str, value: Option<&str>) -> Option<Self> {
        let value = value.filter(|value| !value.is_empty())?.to_owned();
        match attribute {
            "email" => Some(Self::Email(value)),
            "phone_number" => Some(Self::Sms(value)),
            _ => None,
        }
    }

    /// Returns the attribute that holds the destination.
    pub const fn attribute(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Sms(_) => "phone_number",
        }
    }

    /// Returns the destination.
    pub fn to(&self) -> &str {
        match self {
            Self::Email(to) | Self::Sms(to) => to,
        }
    }

    /// Returns the medium.
    pub const fn medium(&self) -> DeliveryMediumType {
        match self {
            Self::Email(_) => DeliveryMediumType::Email,
            Self::Sms(_) => DeliveryMediumType::Sms,
        }
    }

    /// Returns what the caller is told: the medium, and the destination masked.
    pub fn delivery_details(&self) -> CodeDeliveryDetailsType {
        CodeDeliveryDetailsType {
            destination: Some(match self {
                Self::Email(to) => mask_email(to),
                Self::Sms(to) => mask_phone_number(to),
            }),
            delivery_medium: Some(self.medium()),
            attribute_name: Some(self.attribute().to_owned()),
        }
    }
}

/// Masks an e-mail address as `j***@e***`: the first character of each side.
pub fn mask_email(address: &str) -> String {
    let first = |side: &str| side.chars().next().map(String::from).unwrap_or_default();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{}***", first(local), first(domain)),
        None => format!("{}***", first(address)),
    }
}

/// Masks a phone number as `+*******1234`: the last four digits.
pub fn mask_phone_number(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let hidden = digits.len().saturating_sub(4);
    let shown: String = digits.iter().skip(hidden).collect();
    format!("+{}{shown}", "*".repeat(hidden))
}

/// Returns where the code of a sign-up goes: the phone number before the e-mail address, of those
/// that the pool verifies by itself and the user has.
pub fn sign_up_channel(pool: &UserPool, user: &User) -> Option<Channel> {
    let auto = pool.settings.auto_verified_attributes.as_deref()?;
    [VerifiedAttributeType::PhoneNumber, VerifiedAttributeType::Email]
        .into_iter()
        .filter(|attribute| auto.contains(attribute))
        .find_map(|attribute| Channel::of(attribute.as_str(), value(user, attribute.as_str())))
}

/// Tells whether the pool verifies an attribute by itself.
pub fn is_auto_verified(pool: &UserPool, attribute: &str) -> bool {
    pool.settings
        .auto_verified_attributes
        .as_deref()
        .is_some_and(|list| list.iter().any(|verified| verified.as_str() == attribute))
}

/// Why no message can carry a password reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRecovery {
    /// The pool leaves recovery to its admins.
    AdminOnly,
    /// No verified attribute of the user serves.
    NothingVerified,
    /// The only ones are where the user's second factor goes.
    OnlySecondFactor,
}

/// Returns where the code of a password reset goes: the verified attribute that the pool prefers
/// and that is not also the user's second factor. A pool that says nothing prefers the phone.
///
/// # Errors
///
/// [`NoRecovery`].
pub fn recovery_channel(pool: &UserPool, user: &User) -> Result<Channel, NoRecovery> {
    let channels = recovery_channels(pool, user)?;
    channels.into_iter().next().ok_or(NoRecovery::OnlySecondFactor)
}

/// Returns where the code of a password reset may go, what the pool prefers first.
///
/// # Errors
///
/// [`NoRecovery`].
pub fn recovery_channels(pool: &UserPool, user: &User) -> Result<Vec<Channel>, NoRecovery> {
    let verified = unused_channels(pool, user)?;
    // One lost mailbox must not give away both the password and the second factor, whether the
    // user switched that on or the pool asks for it.
    let asked = mfa::asked_attributes(&pool.settings, &pool.mfa, &holder(pool, user, false));
    let left: Vec<Channel> = verified
        .into_iter()
        .filter(|channel| !asked.contains(&channel.attribute()))
        .collect();
    if left.is_empty() {
        return Err(NoRecovery::OnlySecondFactor);
    }
    Ok(left)
}

/// Returns the verified attributes by which the pool resets passwords, but for those to which a
/// second factor goes that the user switched on.
///
/// # Errors
///
/// [`NoRecovery`].
pub fn unused_channels(pool: &UserPool, user: &User) -> Result<Vec<Channel>, NoRecovery> {
    let mut mechanisms = pool
        .settings
        .account_recovery_setting
        .as_ref()
        .and_then(|setting| setting.recovery_mechanisms.clone())
        .unwrap_or_default();
    mechanisms.sort_by_key(|mechanism| mechanism.priority);
    let order: Vec<&str> = if mechanisms.is_empty() {
        vec!["phone_number", "email"]
    } else {
        mechanisms
            .iter()
            .filter_map(|mechanism| match &mechanism.name {
                RecoveryOptionNameType::VerifiedEmail => Some("email"),
                RecoveryOptionNameType::VerifiedPhoneNumber => Some("phone_number"),
                RecoveryOptionNameType::AdminOnly | RecoveryOptionNameType::Unlisted(_) => None,
            })
            .collect()
    };
    if order.is_empty() {
        return Err(NoRecovery::AdminOnly);
    }
    let verified: Vec<Channel> = order
        .into_iter()
        .filter(|attribute| is_verified(attribute, |name| value(user, name)))
        .filter_map(|attribute| Channel::of(attribute, value(user, attribute)))
        .collect();
    if verified.is_empty() {
        return Err(NoRecovery::NothingVerified);
    }
    // One lost phone must not give away both the password and the second factor.
    let is_second_factor = |channel: &Channel| {
        let factor = match channel {
            Channel::Email(_) => "EMAIL_OTP",
            Channel::Sms(_) => "SMS_MFA",
        };
        user.mfa_settings.iter().any(|setting| setting == factor)
    };
    let unused: Vec<Channel> = verified
        .into_iter()
        .filter(|channel| !is_second_factor(channel))
        .collect();
    if unused.is_empty() {
        return Err(NoRecovery::OnlySecondFactor);
    }
    Ok(unused)
}

pub(super) fn value<'a>(user: &'a User, attribute: &str) -> Option<&'a str> {
    user.attributes.get(attribute).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::messages::tests::user;
    use crate::wire::idp::{AccountRecoverySettingType, RecoveryOptionType};

    #[test]
    fn destinations_are_masked() {
        assert_eq!(mask_email("jane@example.com"), "j***@e***");
        assert_eq!(mask_email("é@ü.example"), "é***@ü***");
        assert_eq!(mask_phone_number("+15555550123"), "+*******0123");
        assert_eq!(mask_phone_number("+12"), "+12");
    }

    #[test]
    fn a_phone_number_is_verified_at_sign_up_before_an_address() {
        let mut pool = UserPool::default();
        let both = user(&[("email", "a@b.co"), ("phone_number", "+15555550100")]);
        assert_eq!(sign_up_channel(&pool, &both), None);
        pool.settings.auto_verified_attributes = Some(vec![
            VerifiedAttributeType::Email,
            VerifiedAttributeType::PhoneNumber,
        ]);
        assert_eq!(
            sign_up_channel(&pool, &both),
            Some(Channel::Sms("+15555550100".to_owned()))
        );
        assert_eq!(
            sign_up_channel(&pool, &user(&[("email", "a@b.co")])),
            Some(Channel::Email("a@b.co".to_owned()))
        );
    }

    #[test]
    fn recovery_follows_the_pools_order_and_spares_the_second_factor() {
        let mut pool = UserPool::default();
        let mut both = user(&[
            ("email", "a@b.co"),
            ("email_verified", "true"),
            ("phone_number", "+15555550100"),
            ("phone_number_verified", "true"),
        ]);
        let email = Channel::Email("a@b.co".to_owned());
        let phone = Channel::Sms("+15555550100".to_owned());
        assert_eq!(recovery_channel(&pool, &both), Ok(phone.clone()));
        let option = |priority, name| RecoveryOptionType { priority, name };
        let recovery = |list: Vec<RecoveryOptionType>| {
            Some(AccountRecoverySettingType {
                recovery_mechanisms: Some(list),
            })
        };
        pool.settings.account_recovery_setting = recovery(vec![
            option(2, RecoveryOptionNameType::VerifiedPhoneNumber),
            option(1, RecoveryOptionNameType::VerifiedEmail),
        ]);
        assert_eq!(recovery_channel(&pool, &both), Ok(email));
        both.mfa_settings = vec!["EMAIL_OTP".to_owned()];
        assert_eq!(recovery_channel(&pool, &both), Ok(phone));
        both.mfa_settings.push("SMS_MFA".to_owned());
        assert_eq!(recovery_channel(&pool, &both), Err(NoRecovery::OnlySecondFactor));
        assert_eq!(
            recovery_channel(&pool, &user(&[("email", "a@b.co")])),
            Err(NoRecovery::NothingVerified)
        );
        pool.settings.account_recovery_setting = recovery(vec![option(1, RecoveryOptionNameType::AdminOnly)]);
        assert_eq!(recovery_channel(&pool, &both), Err(NoRecovery::AdminOnly));
    }
}

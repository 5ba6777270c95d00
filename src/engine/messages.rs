//! Messages to users: which text, to where, and what the caller is told of it.
//!
//! Nothing is sent here. A message becomes an outbox record, written in the same
//! transaction as the change that it tells of; [`super::delivery`] sends it. The texts
//! are the pool's templates, else those under `assets/messages`. E-mail bodies are HTML, so
//! what is put into them is escaped.
//!
//! Placeholders: `{####}` is the code or temporary password, `{username}` the name to sign
//! in with, `{##text##}` a link. Source: user pools developer guide, "Message templates".

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::ops::idp::mfa_preferences::holder;
use super::risk::notices::Notice;
use super::triggers::Scene;
use super::triggers::event::{self, Metadata};
use super::triggers::messages::{Texts, custom_message, sender_of};
use super::{Cx, Result as EngineResult};
use crate::base::clock::UnixMillis;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::rules::attributes::is_verified;
use crate::rules::mfa;
use crate::store::records::outbox::{Delivery, Message, Status, Told};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::{
    CodeDeliveryDetailsType, DefaultEmailOptionType, DeliveryMediumType, RecoveryOptionNameType,
    VerifiedAttributeType,
};

/// The most characters of a subject; a template that grows past it is cut.
const MAX_SUBJECT_CHARACTERS: usize = 140;

/// Why a message is written; the tail of the vendor's trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The code that confirms a sign-up.
    SignUp,
    /// The same, asked for again.
    ResendCode,
    /// The code that allows a new password.
    ForgotPassword,
    /// The invitation of a user whom an admin made.
    AdminCreateUser,
    /// The code for a changed attribute.
    UpdateUserAttribute,
    /// The code for an attribute that is not verified yet.
    VerifyUserAttribute,
    /// The code asked for at sign-in.
    Authentication,
    /// News of a risky sign-in.
    AccountTakeOverNotification,
}

impl Purpose {
    /// Returns the name under which the outbox shows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::ResendCode => "ResendCode",
            Self::ForgotPassword => "ForgotPassword",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::UpdateUserAttribute => "UpdateUserAttribute",
            Self::VerifyUserAttribute => "VerifyUserAttribute",
            Self::Authentication => "Authentication",
            Self::AccountTakeOverNotification => "AccountTakeOverNotification",
        }
    }
}

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

fn value<'a>(user: &'a User, attribute: &str) -> Option<&'a str> {
    user.attributes.get(attribute).map(String::as_str)
}

/// Builds the messages of one call. Make it before the transaction: it draws the record's id.
#[derive(Clone, Debug)]
pub struct Composer {
    id: Uuid,
    endpoint: String,
    /// The app client of the call, which links name; empty for calls of an admin.
    client_id: String,
    now: UnixMillis,
    /// What a function of the pool says in the place of the templates.
    texts: Texts,
    /// What the caller passed on to functions.
    metadata: Option<Metadata>,
    /// Whether a mail server is configured.
    sends_mail: bool,
}

impl Composer {
    /// Prepares to write one message.
    pub fn new(cx: &Cx, client_id: &str) -> Self {
        let now = cx.now();
        Self {
            id: next_id(cx.rng(), now),
            endpoint: cx.engine.endpoint().to_string(),
            client_id: client_id.to_owned(),
            now,
            texts: Texts::default(),
            metadata: None,
            sends_mail: cx.engine.delivery.sends_mail(),
        }
    }

    /// Prepares to write one message, and asks the pool's function how to word it.
    ///
    /// # Errors
    ///
    /// What the function answers; see [`custom_message`].
    pub async fn ask(
        scene: &Scene<'_>,
        user: &User,
        channel: &Channel,
        purpose: Purpose,
    ) -> EngineResult<Self> {
        let medium = channel.medium();
        let by_link = goes_by_link(scene.pool, purpose);
        let texts = custom_message(scene, purpose, user, &medium, by_link).await?;
        Ok(Self {
            texts: texts.unwrap_or_default(),
            metadata: scene.metadata.cloned(),
            ..Self::new(scene.cx, scene.client_id.unwrap_or_default())
        })
    }

    /// Writes the message that tells a user of a risky sign-in.
    pub fn notice(&self, pool: &UserPool, user: &User, notice: Notice) -> Message {
        let Notice { to, subject, body } = notice;
        let purpose = Purpose::AccountTakeOverNotification;
        self.message(pool, user, &Channel::Email(to), purpose, &subject, body, None)
    }

    /// Writes the message that carries a code.
    pub fn code(
        &self,
        pool: &UserPool,
        user: &User,
        channel: &Channel,
        purpose: Purpose,
        code: &Secret,
    ) -> Message {
        let settings = &pool.settings;
        let template = settings.verification_message_template.clone().unwrap_or_default();
        let is_reset = purpose == Purpose::ForgotPassword;
        let by_link = goes_by_link(pool, purpose);
        let texts = self.texts.clone();
        let username = sign_in_name(pool, user);
        let (subject, body) = match channel {
            Channel::Sms(_) => {
                let text = texts
                    .sms
                    .or(template.sms_message)
                    .or_else(|| settings.sms_verification_message.clone())
                    .unwrap_or_else(|| {
                        let built_in = if is_reset {
                            include_str!("../../assets/messages/reset.sms.txt")
                        } else {
                            include_str!("../../assets/messages/verification.sms.txt")
                        };
                        built_in.to_owned()
                    });
                (String::new(), fill(&text, username, code.expose(), str::to_owned))
            }
            Channel::Email(_) if by_link => {
                let text = texts
                    .email
                    .or(template.email_message_by_link)
                    .unwrap_or_else(|| include_str!("../../assets/messages/link.email.html").to_owned());
                let subject = texts
                    .subject
                    .or(template.email_subject_by_link)
                    .unwrap_or_else(|| include_str!("../../assets/messages/link.subject.txt").to_owned());
                let target = format!(
                    "{}/confirmUser/?client_id={}&user_name={}&confirmation_code={}",
                    self.endpoint,
                    url_encode(&self.client_id),
                    url_encode(&user.username),
                    url_encode(code.expose()),
                );
                let body = fill(&link(&text, &target), username, code.expose(), escape_html);
                (subject, body)
            }
            Channel::Email(_) => {
                let text = texts
                    .email
                    .or(template.email_message)
                    .or_else(|| settings.email_verification_message.clone())
                    .unwrap_or_else(|| {
                        let built_in = if is_reset {
                            include_str!("../../assets/messages/reset.email.html")
                        } else {
                            include_str!("../../assets/messages/verification.email.html")
                        };
                        built_in.to_owned()
                    });
                let subject = texts
                    .subject
                    .or(template.email_subject)
                    .or_else(|| settings.email_verification_subject.clone())
                    .unwrap_or_else(|| {
                        let built_in = if is_reset {
                            include_str!("../../assets/messages/reset.subject.txt")
                        } else {
                            include_str!("../../assets/messages/verification.subject.txt")
                        };
                        built_in.to_owned()
                    });
                (subject, fill(&text, username, code.expose(), escape_html))
            }
        };
        self.message(pool, user, channel, purpose, &subject, body, Some(code))
    }

    /// Writes the message that carries a code asked for at sign-in.
    pub fn authentication(&self, pool: &UserPool, user: &User, channel: &Channel, code: &Secret) -> Message {
        let username = sign_in_name(pool, user);
        let (subject, body) = match channel {
            Channel::Sms(_) => {
                let text = self.texts.sms.as_deref();
                let text = text.or(pool.settings.sms_authentication_message.as_deref());
                let text = text.unwrap_or(include_str!("../../assets/messages/authentication.sms.txt"));
                (String::new(), fill(text, username, code.expose(), str::to_owned))
            }
            Channel::Email(_) => {
                let template = pool.mfa.email_mfa_configuration.clone().unwrap_or_default();
                let text = self.texts.email.as_deref().or(template.message.as_deref());
                let text = text.unwrap_or(include_str!("../../assets/messages/authentication.email.html"));
                let subject = self
                    .texts
                    .subject
                    .clone()
                    .or(template.subject)
                    .unwrap_or_else(|| {
                        include_str!("../../assets/messages/authentication.subject.txt").to_owned()
                    });
                (subject, fill(text, username, code.expose(), escape_html))
            }
        };
        let purpose = Purpose::Authentication;
        self.message(pool, user, channel, purpose, &subject, body, Some(code))
    }

    /// Writes the invitation of a user whom an admin made; `None` when the pool's own template
    /// lacks a placeholder, for then the vendor delivers nothing.
    ///
    /// Without a password the user signs in by a code, and the text names the username alone.
    pub fn invitation(
        &self,
        pool: &UserPool,
        user: &User,
        channel: &Channel,
        password: Option<&Secret>,
    ) -> Option<Message> {
        let template = pool
            .settings
            .admin_create_user_config
            .as_ref()
            .and_then(|config| config.invite_message_template.clone())
            .unwrap_or_default();
        let texts = self.texts.clone();
        let built_in = |with_password: &str, without: &str| {
            if password.is_some() {
                with_password.to_owned()
            } else {
                without.to_owned()
            }
        };
        let (subject, text) = match channel {
            Channel::Sms(_) => (
                String::new(),
                texts.sms.or(template.sms_message).unwrap_or_else(|| {
                    built_in(
                        include_str!("../../assets/messages/invitation.sms.txt"),
                        include_str!("../../assets/messages/welcome.sms.txt"),
                    )
                }),
            ),
            Channel::Email(_) => (
                texts.subject.or(template.email_subject).unwrap_or_else(|| {
                    built_in(
                        include_str!("../../assets/messages/invitation.subject.txt"),
                        include_str!("../../assets/messages/welcome.subject.txt"),
                    )
                }),
                texts.email.or(template.email_message).unwrap_or_else(|| {
                    built_in(
                        include_str!("../../assets/messages/invitation.email.html"),
                        include_str!("../../assets/messages/welcome.email.html"),
                    )
                }),
            ),
        };
        let is_complete = text.contains("{username}") && (password.is_none() || text.contains("{####}"));
        if !is_complete {
            return None;
        }
        let secret = password.map(Secret::expose).unwrap_or_default();
        let username = sign_in_name(pool, user);
        let body = match channel {
            Channel::Sms(_) => fill(&text, username, secret, str::to_owned),
            Channel::Email(_) => fill(&text, username, secret, escape_html),
        };
        Some(self.message(
            pool,
            user,
            channel,
            Purpose::AdminCreateUser,
            &subject,
            body,
            password,
        ))
    }

    #[allow(clippy::too_many_arguments)]
    fn message(
        &self,
        pool: &UserPool,
        user: &User,
        channel: &Channel,
        purpose: Purpose,
        subject: &str,
        body: String,
        secret: Option<&Secret>,
    ) -> Message {
        Message {
            id: self.id,
            user_pool_id: pool.id.clone(),
            sub: Some(user.sub),
            medium: channel.medium().as_str().to_owned(),
            to: channel.to().to_owned(),
            purpose: purpose.as_str().to_owned(),
            subject: subject
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .take(MAX_SUBJECT_CHARACTERS)
                .collect(),
            body,
            code: secret.map(|secret| secret.expose().to_owned()),
            created_at: self.now,
            delivery: self.delivery(pool, user, channel),
        }
    }

    /// Says how a message leaves: by a function of the pool, else by the mail server, else not.
    fn delivery(&self, pool: &UserPool, user: &User, channel: &Channel) -> Delivery {
        let medium = channel.medium();
        let by_mail = self.sends_mail && medium == DeliveryMediumType::Email;
        let has_sender = sender_of(pool, &medium).is_some();
        if !has_sender && !by_mail {
            return Delivery::default();
        }
        let told = || Told {
            user_name: user.username.clone(),
            attributes: event::texts_of(pool, user),
            client_id: (!self.client_id.is_empty()).then(|| self.client_id.clone()),
            metadata: self.metadata.clone(),
        };
        Delivery {
            status: Status::Waiting,
            function: has_sender.then(told),
            ..Delivery::default()
        }
    }
}

/// Tells whether an e-mail of this purpose carries a link in the place of a code.
fn goes_by_link(pool: &UserPool, purpose: Purpose) -> bool {
    let settings = &pool.settings;
    let option = settings
        .verification_message_template
        .as_ref()
        .and_then(|template| template.default_email_option.as_ref());
    matches!(purpose, Purpose::SignUp | Purpose::ResendCode)
        && option == Some(&DefaultEmailOptionType::ConfirmWithLink)
        && (settings.domain.is_some() || settings.custom_domain.is_some())
}

/// The millisecond of the last message's id, and how many had the same before it.
static LAST_ID: Mutex<(i64, u16)> = Mutex::new((0, 0));

/// Returns an id greater than every one before it in this process, also within a millisecond:
/// "the newest code" must be the one that was made last.
///
/// Twelve bits count within the millisecond (RFC 9562 §6.2, method 1).
pub(super) fn next_id(rng: &dyn Rng, now: UnixMillis) -> Uuid {
    let (millis, count) = {
        let mut last = LAST_ID.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (millis, _) if now.0 > millis => (now.0, 0),
            (millis, 0x0fff) => (millis.saturating_add(1), 0),
            (millis, count) => (millis, count.saturating_add(1)),
        };
        *last
    };
    let mut bytes: [u8; 10] = rng.bytes();
    let [high, low] = count.to_be_bytes();
    let [first, second, ..] = &mut bytes;
    (*first, *second) = (high, low);
    let millis = u64::try_from(millis).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// Returns the name a user would type: the address or number where usernames are generated.
fn sign_in_name<'a>(pool: &UserPool, user: &'a User) -> &'a str {
    let naming = crate::rules::usernames::Naming::of(&pool.settings);
    let email = value(user, "email").filter(|_| naming.email_username);
    let phone = value(user, "phone_number").filter(|_| naming.phone_username);
    email.or(phone).unwrap_or(&user.username)
}

/// Puts the values in place of the placeholders in one pass, so that a value that looks like a
/// placeholder stays as it is.
fn fill(template: &str, username: &str, secret: &str, escape: fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len().saturating_add(username.len()));
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        if let Some(after) = from.strip_prefix("{####}") {
            filled.push_str(&escape(secret));
            rest = after;
        } else if let Some(after) = from.strip_prefix("{username}") {
            filled.push_str(&escape(username));
            rest = after;
        } else {
            filled.push('{');
            rest = from.strip_prefix('{').unwrap_or_default();
        }
    }
    filled.push_str(rest);
    filled
}

/// Turns `{##text##}` into a link to `target`.
fn link(template: &str, target: &str) -> String {
    let Some((before, rest)) = template.split_once("{##") else {
        return template.to_owned();
    };
    let Some((text, after)) = rest.split_once("##}") else {
        return template.to_owned();
    };
    format!("{before}<a href=\"{}\">{text}</a>{after}", escape_html(target))
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;
    use crate::wire::idp::{
        AccountRecoverySettingType, AdminCreateUserConfigType, MessageTemplateType, RecoveryOptionType,
        VerificationMessageTemplateType,
    };

    fn composer() -> Composer {
        Composer {
            id: Uuid::nil(),
            endpoint: "http://127.0.0.1:9229".to_owned(),
            client_id: "client".to_owned(),
            now: UnixMillis(0),
            texts: Texts::default(),
            metadata: None,
            sends_mail: false,
        }
    }

    fn user(attributes: &[(&str, &str)]) -> User {
        User {
            username: "<b>maria</b>".to_owned(),
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..User::default()
        }
    }

    #[test]
    fn ids_grow_within_a_millisecond_and_when_the_clock_jumps_back() {
        let rng = SeededRng::new(1);
        let mut last = Uuid::nil();
        for at in [
            5_000_000_000_000,
            5_000_000_000_000,
            4_000_000_000_000,
            5_000_000_000_001,
        ] {
            for _ in 0..3000 {
                let next = next_id(&rng, UnixMillis(at));
                assert!(next > last);
                last = next;
            }
        }
    }

    #[test]
    fn destinations_are_masked() {
        assert_eq!(mask_email("jane@example.com"), "j***@e***");
        assert_eq!(mask_email("é@ü.example"), "é***@ü***");
        assert_eq!(mask_phone_number("+15555550123"), "+*******0123");
        assert_eq!(mask_phone_number("+12"), "+12");
    }

    #[test]
    fn what_is_put_into_an_email_is_escaped_and_never_read_as_a_placeholder() {
        let mut pool = UserPool::default();
        pool.settings.admin_create_user_config = Some(AdminCreateUserConfigType {
            invite_message_template: Some(MessageTemplateType {
                email_message: Some("<p>{username} {other} {####}".to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        });
        let to = Channel::Email("a@b.co".to_owned());
        let sent = composer()
            .invitation(&pool, &user(&[]), &to, Some(&Secret::from("{username}<&")))
            .expect("a complete template");
        assert_eq!(
            sent.body,
            "<p>&lt;b&gt;maria&lt;/b&gt; {other} {username}&lt;&amp;"
        );
        assert_eq!(sent.code.as_deref(), Some("{username}<&"));
    }

    #[test]
    fn an_invitation_without_its_placeholders_is_not_delivered() {
        let mut pool = UserPool::default();
        pool.settings.admin_create_user_config = Some(AdminCreateUserConfigType {
            invite_message_template: Some(MessageTemplateType {
                email_message: Some("Welcome, {username}".to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        });
        let to = Channel::Email("a@b.co".to_owned());
        let password = Secret::from("secret");
        assert!(
            composer()
                .invitation(&pool, &user(&[]), &to, Some(&password))
                .is_none()
        );
        assert!(composer().invitation(&pool, &user(&[]), &to, None).is_some());
    }

    #[test]
    fn a_link_replaces_the_code_only_where_the_pool_has_a_domain() {
        let mut pool = UserPool::default();
        pool.settings.verification_message_template = Some(VerificationMessageTemplateType {
            default_email_option: Some(DefaultEmailOptionType::ConfirmWithLink),
            ..Default::default()
        });
        let to = Channel::Email("a@b.co".to_owned());
        let code = Secret::from("123456");
        let plain = composer().code(&pool, &user(&[]), &to, Purpose::SignUp, &code);
        assert_eq!(plain.body, "Your confirmation code is 123456");
        pool.settings.domain = Some("club".to_owned());
        let linked = composer().code(&pool, &user(&[]), &to, Purpose::SignUp, &code);
        assert!(linked.body.contains(
            "<a href=\"http://127.0.0.1:9229/confirmUser/?client_id=client&amp;user_name=%3Cb%3Emaria%3C%2Fb%3E&amp;confirmation_code=123456\">Verify Email</a>"
        ), "{}", linked.body);
        let reset = composer().code(&pool, &user(&[]), &to, Purpose::ForgotPassword, &code);
        assert_eq!(reset.body, "Your password reset code is 123456");
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

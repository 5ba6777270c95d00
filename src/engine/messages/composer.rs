//! Writing a message: the text of the function, the pool or the house, filled for one user.

use uuid::Uuid;

use super::Purpose;
use super::channels::{Channel, value};
use super::ids::next_id;
use super::templates::{escape_html, fill, link, url_encode};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::risk::notices::Notice;
use crate::engine::triggers::Scene;
use crate::engine::triggers::event::{self, Metadata};
use crate::engine::triggers::messages::{Texts, custom_message, sender_of};
use crate::engine::{Cx, Result as EngineResult};
use crate::store::records::outbox::{Delivery, Message, More, Status, Told};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::{DefaultEmailOptionType, DeliveryMediumType};

/// The most characters of a subject; a template that grows past it is cut.
const MAX_SUBJECT_CHARACTERS: usize = 140;

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
        let Notice {
            to,
            subject,
            body,
            more,
        } = notice;
        let purpose = Purpose::AccountTakeOverNotification;
        Message {
            more,
            ..self.message(pool, user, &Channel::Email(to), purpose, &subject, body, None)
        }
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
                            include_str!("../../../assets/messages/reset.sms.txt")
                        } else {
                            include_str!("../../../assets/messages/verification.sms.txt")
                        };
                        built_in.to_owned()
                    });
                (String::new(), fill(&text, username, code.expose(), str::to_owned))
            }
            Channel::Email(_) if by_link => {
                let text = texts
                    .email
                    .or(template.email_message_by_link)
                    .unwrap_or_else(|| include_str!("../../../assets/messages/link.email.html").to_owned());
                let subject = texts
                    .subject
                    .or(template.email_subject_by_link)
                    .unwrap_or_else(|| include_str!("../../../assets/messages/link.subject.txt").to_owned());
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
                            include_str!("../../../assets/messages/reset.email.html")
                        } else {
                            include_str!("../../../assets/messages/verification.email.html")
                        };
                        built_in.to_owned()
                    });
                let subject = texts
                    .subject
                    .or(template.email_subject)
                    .or_else(|| settings.email_verification_subject.clone())
                    .unwrap_or_else(|| {
                        let built_in = if is_reset {
                            include_str!("../../../assets/messages/reset.subject.txt")
                        } else {
                            include_str!("../../../assets/messages/verification.subject.txt")
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
                let text = text.unwrap_or(include_str!("../../../assets/messages/authentication.sms.txt"));
                (String::new(), fill(text, username, code.expose(), str::to_owned))
            }
            Channel::Email(_) => {
                let template = pool.mfa.email_mfa_configuration.clone().unwrap_or_default();
                let text = self.texts.email.as_deref().or(template.message.as_deref());
                let text = text.unwrap_or(include_str!("../../../assets/messages/authentication.email.html"));
                let subject = self
                    .texts
                    .subject
                    .clone()
                    .or(template.subject)
                    .unwrap_or_else(|| {
                        include_str!("../../../assets/messages/authentication.subject.txt").to_owned()
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
                        include_str!("../../../assets/messages/invitation.sms.txt"),
                        include_str!("../../../assets/messages/welcome.sms.txt"),
                    )
                }),
            ),
            Channel::Email(_) => (
                texts.subject.or(template.email_subject).unwrap_or_else(|| {
                    built_in(
                        include_str!("../../../assets/messages/invitation.subject.txt"),
                        include_str!("../../../assets/messages/welcome.subject.txt"),
                    )
                }),
                texts.email.or(template.email_message).unwrap_or_else(|| {
                    built_in(
                        include_str!("../../../assets/messages/invitation.email.html"),
                        include_str!("../../../assets/messages/welcome.email.html"),
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
            more: More::default(),
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

/// Returns the name a user would type: the address or number where usernames are generated.
fn sign_in_name<'a>(pool: &UserPool, user: &'a User) -> &'a str {
    let naming = crate::rules::usernames::Naming::of(&pool.settings);
    let email = value(user, "email").filter(|_| naming.email_username);
    let phone = value(user, "phone_number").filter(|_| naming.phone_username);
    email.or(phone).unwrap_or(&user.username)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::messages::tests::user;
    use crate::wire::idp::{AdminCreateUserConfigType, MessageTemplateType, VerificationMessageTemplateType};

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
}

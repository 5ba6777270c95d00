//! Messages that functions word or send.
//!
//! A function may word a message: its texts stand in for the pool's templates. A function may
//! send the messages of a medium in the engine's place: it then gets the code encrypted, when
//! the message is due, and nothing else is sent by that medium.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::event;
use super::target::Failure;
use super::{Called, Event, Scene, Trigger, answer, call, encryption, functions, invoke};
use crate::engine::messages::Purpose;
use crate::engine::{Engine, Error, Result};
use crate::store::records::outbox::{Message, Told};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{DeliveryMediumType, EmailSendingAccountType};

/// Stands for the code in a function's texts.
pub const CODE: &str = "{####}";
/// Stands for the username.
pub const USERNAME: &str = "{username}";
/// Stands for a link.
pub const LINK: &str = "{##Click Here##}";

/// The characters of a text message.
const SMS_CHARACTERS: std::ops::RangeInclusive<usize> = 6..=140;
const EMAIL_CHARACTERS: std::ops::RangeInclusive<usize> = 6..=20_000;
const SUBJECT_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=140;

/// Texts of a function, with their placeholders; what is `None` the pool's templates say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    pub sms: Option<String>,
    pub email: Option<String>,
    pub subject: Option<String>,
}

/// Asks how to word a message; `None` when the pool has no function for it, or another one
/// sends it.
///
/// # Errors
///
/// As [`invoke`]; `InvalidLambdaResponseException` also for a text without its placeholders, of
/// another length than messages have, or for an e-mail text where the pool has no sender
/// address of its own.
pub async fn custom_message(
    scene: &Scene<'_>,
    purpose: Purpose,
    user: &User,
    medium: &DeliveryMediumType,
    by_link: bool,
) -> Result<Option<Texts>> {
    if sender_of(scene.pool, medium).is_some() {
        return Ok(None);
    }
    let is_invitation = purpose == Purpose::AdminCreateUser;
    let event = Event::new(Trigger::CustomMessage, purpose.as_str(), &user.username)
        .with("userAttributes", event::attributes_of(scene.pool, user))
        .with("codeParameter", CODE)
        .with("linkParameter", LINK)
        .with(
            "usernameParameter",
            if is_invitation {
                Value::from(USERNAME)
            } else {
                Value::Null
            },
        )
        .with_metadata(scene)
        .answering(json!({"smsMessage": null, "emailMessage": null, "emailSubject": null}));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    let texts = Texts {
        sms: answer::text(&answer, "smsMessage")?,
        email: answer::text(&answer, "emailMessage")?,
        subject: answer::text(&answer, "emailSubject")?,
    };
    check(scene.pool, is_invitation, by_link, &texts)?;
    Ok(Some(texts))
}

fn check(pool: &UserPool, is_invitation: bool, by_link: bool, texts: &Texts) -> Result<()> {
    let refused = |message: &str| Err(Error::new(Code::InvalidLambdaResponseException, message));
    let complete = |text: &str| text.contains(CODE) && (!is_invitation || text.contains(USERNAME));
    let fits = |text: &Option<String>, range: &std::ops::RangeInclusive<usize>| {
        text.as_ref()
            .is_none_or(|text| range.contains(&text.chars().count()))
    };
    let has_own_sender = pool
        .settings
        .email_configuration
        .as_ref()
        .and_then(|email| email.email_sending_account.as_ref())
        == Some(&EmailSendingAccountType::Developer);
    if (texts.email.is_some() || texts.subject.is_some()) && !has_own_sender {
        return refused("A custom e-mail message needs a user pool whose EmailSendingAccount is DEVELOPER.");
    }
    let links = |text: &String| by_link && has_link(text);
    if !texts.sms.as_deref().is_none_or(complete)
        || !texts
            .email
            .as_ref()
            .is_none_or(|text| complete(text) || links(text))
    {
        return refused("A custom message must contain its code parameter.");
    }
    if !fits(&texts.sms, &SMS_CHARACTERS)
        || !fits(&texts.email, &EMAIL_CHARACTERS)
        || !fits(&texts.subject, &SUBJECT_CHARACTERS)
    {
        return refused("A custom message is too short or too long.");
    }
    Ok(())
}

/// Tells whether a text holds `{##words##}`; the words tell it from `{####}`.
fn has_link(text: &str) -> bool {
    text.split("{##")
        .skip(1)
        .any(|rest| rest.split_once("##}").is_some_and(|(words, _)| !words.is_empty()))
}

/// Returns the trigger that sends messages of a medium in the engine's place, when the pool
/// has a function for it.
pub fn sender_of(pool: &UserPool, medium: &DeliveryMediumType) -> Option<Trigger> {
    let trigger = match medium {
        DeliveryMediumType::Email => Trigger::CustomEmailSender,
        DeliveryMediumType::Sms => Trigger::CustomSmsSender,
        DeliveryMediumType::Unlisted(_) => return None,
    };
    trigger.is_set(pool).then_some(trigger)
}

/// Hands a message to the function that sends it. What the function answers is not read.
///
/// # Errors
///
/// Why it was not taken, without the message.
pub async fn hand_over(
    engine: &Engine,
    pool: &UserPool,
    message: &Message,
    told: &Told,
) -> Result<(), &'static str> {
    let medium = DeliveryMediumType::from(message.medium.as_str());
    let Some((trigger, arn)) =
        sender_of(pool, &medium).and_then(|trigger| Some((trigger, trigger.function(pool)?)))
    else {
        return Err("the user pool has no function for it any more");
    };
    let code = match &message.code {
        None => Value::Null,
        Some(code) => encrypted(engine, pool, code).await?.into(),
    };
    let kind = match medium {
        DeliveryMediumType::Sms => "customSMSSenderRequestV1",
        DeliveryMediumType::Email | DeliveryMediumType::Unlisted(_) => "customEmailSenderRequestV1",
    };
    let event = Event::new(trigger, &message.purpose, &told.user_name)
        .with("type", kind)
        .with("code", code)
        .with_some("clientMetadata", told.metadata.as_ref().map(|map| json!(map)))
        .with("userAttributes", json!(told.attributes));
    let payload = event.write_for(pool, told.client_id.as_deref());
    // It leaves later and once: whose call caused it is not known any more.
    let called = Called {
        trigger,
        source: None,
        holds_password: false,
        tries: 1,
    };
    match call(engine, arn, &payload, called).await {
        // The function answers to nobody.
        Ok(_) | Err(Failure::Garbage) => Ok(()),
        Err(failure) => Err(failure.reason()),
    }
}

/// Returns a code encrypted under the pool's key, in base64.
async fn encrypted(engine: &Engine, pool: &UserPool, code: &str) -> Result<String, &'static str> {
    let lambda = pool.settings.lambda_config.as_ref();
    let key_id = lambda
        .and_then(|lambda| lambda.kms_key_id.as_deref())
        .ok_or("the user pool has no KMSKeyID")?;
    let key = functions::encryption_key(engine, key_id)
        .await
        .map_err(|_| "the encryption key cannot be read")?
        .ok_or("no key is kept for the KMSKeyID of the user pool")?;
    let context = BTreeMap::from([("userpool-id".to_owned(), pool.id.clone())]);
    let message = encryption::encrypt(&*engine.rng, &key, key_id, &context, code.as_bytes())
        .ok_or("the code cannot be encrypted")?;
    Ok(STANDARD.encode(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::EmailConfigurationType;

    #[test]
    fn texts_need_their_placeholders_and_email_a_sender_of_its_own() {
        let mut pool = UserPool::default();
        let sms = |text: &str| Texts {
            sms: Some(text.to_owned()),
            ..Texts::default()
        };
        let email = |text: &str| Texts {
            email: Some(text.to_owned()),
            ..Texts::default()
        };
        assert!(check(&pool, false, false, &sms("code {####}")).is_ok());
        assert!(check(&pool, false, false, &sms("no code")).is_err());
        assert!(check(&pool, false, false, &sms(&format!("{{####}}{}", "x".repeat(140)))).is_err());
        assert!(check(&pool, true, false, &sms("code {####}")).is_err());
        assert!(check(&pool, true, false, &sms("{username}: {####}")).is_ok());
        assert!(check(&pool, false, false, &email("code {####}")).is_err());
        pool.settings.email_configuration = Some(EmailConfigurationType {
            email_sending_account: Some(EmailSendingAccountType::Developer),
            ..Default::default()
        });
        assert!(check(&pool, false, false, &email("code {####}")).is_ok());
        assert!(check(&pool, false, true, &email("<a>{##here##}</a>")).is_ok());
        assert!(check(&pool, false, false, &email("<a>{##here##}</a>")).is_err());
        assert!(check(&pool, false, false, &email("code")).is_err());
    }
}

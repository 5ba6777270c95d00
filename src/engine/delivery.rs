//! Sends what waits in the outbox: by a function of the pool, or by a mail server.
//!
//! A message is sent after the transaction that wrote it, never in its way: no sign-up waits
//! for a mail server. It is tried again with growing pauses until it is gone or given up, and
//! may arrive twice when the engine ends between sending and noting it; its `Message-ID` is
//! then the same. What has left keeps neither code nor text.
//!
//! Text messages leave by a function alone. Without one they stay, for reading them out.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::triggers::messages::hand_over;
use super::{Engine, Error, Result, logs};
use crate::base::ids;
use crate::base::secret::Secret;
use crate::store::records::outbox::{self, Message, Status};
use crate::store::records::{settings, user_pools};
use crate::wire::idp::{EmailConfigurationType, EventSourceName};

/// The name under which the store keeps [`Kept`].
const SETTING: &str = "mail";
/// Messages that are sent at once.
const AT_ONCE: usize = 16;
/// A message that was taken is nobody else's for this long.
const LEASE_SECS: i64 = 120;
/// The pauses before each further attempt, in seconds; after the last one it is given up.
const PAUSES: [i64; 8] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400];
/// A mail server must answer within this time.
const MAIL_TIME: Duration = Duration::from_secs(30);
/// After a message was written it is looked for with these pauses, in milliseconds: it is
/// committed a moment later.
const LOOKS: [u64; 7] = [5, 20, 50, 150, 400, 1000, 2000];
/// How often what waits for another attempt is looked for.
const IDLE: Duration = Duration::from_secs(5);
/// Who messages are from where neither the pool nor the settings say so.
const SENDER: &str = "no-reply@verificationemail.com";

/// A mail server and who messages are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// `smtp://user:password@host:587?tls=required`, `smtps://…`; see [`Mail::check`].
    pub server: Secret,
    /// The address messages are from, unless the pool has one; with or without a name.
    pub from: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    server: String,
    from: String,
}

/// A mail server, ready to be used.
struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    mail: Mail,
}

/// What carries messages out of the engine.
#[derive(Default)]
pub struct Deliveries {
    mailer: RwLock<Option<Arc<Mailer>>>,
    /// Whether a flag or the configuration file names the server.
    is_given: bool,
    written: Arc<Notify>,
}

impl Deliveries {
    /// Takes the mail server that flags and the configuration file name.
    ///
    /// # Errors
    ///
    /// One sentence for the person who starts the program.
    pub fn new(given: Option<Mail>) -> Result<Self, String> {
        let is_given = given.is_some();
        let mailer = given.map(Mailer::of).transpose()?.map(Arc::new);
        Ok(Self {
            mailer: RwLock::new(mailer),
            is_given,
            written: Arc::default(),
        })
    }

    /// Tells whether e-mails leave the engine. Whoever asks is about to write one.
    pub fn sends_mail(&self) -> bool {
        self.written.notify_one();
        self.mailer().is_some()
    }

    /// Tells whether a flag or the configuration file names the mail server.
    pub const fn is_given(&self) -> bool {
        self.is_given
    }

    /// Returns the mail server in use.
    pub fn mail(&self) -> Option<Mail> {
        self.mailer().map(|mailer| mailer.mail.clone())
    }

    /// Returns what is told when a message is about to be written.
    pub(super) fn written(&self) -> Arc<Notify> {
        Arc::clone(&self.written)
    }

    fn mailer(&self) -> Option<Arc<Mailer>> {
        self.mailer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, mailer: Option<Mailer>) {
        *self.mailer.write().unwrap_or_else(PoisonError::into_inner) = mailer.map(Arc::new);
    }
}

impl Mail {
    /// Returns the server without its password.
    pub fn shown(&self) -> String {
        match reqwest::Url::parse(self.server.expose()) {
            Ok(mut url) => {
                let _ = url.set_password(None);
                url.to_string()
            }
            Err(_) => String::new(),
        }
    }

    /// Checks the address of a server.
    ///
    /// # Errors
    ///
    /// One sentence, without the password: the address is none, or a password would travel in
    /// clear.
    pub fn check(&self) -> Result<(), String> {
        let wrong = || {
            "the mail server must look like smtp://user:password@mail.example.com:587?tls=required, or \
             smtps://… for TLS from the start"
                .to_owned()
        };
        let url = reqwest::Url::parse(self.server.expose()).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err(wrong());
        }
        let ip = host.trim_start_matches('[').trim_end_matches(']');
        let loops = host == "localhost" || ip.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let has_tls = url.scheme() == "smtps"
            || url
                .query_pairs()
                .any(|(name, value)| name == "tls" && value == "required");
        if url.password().is_some() && !has_tls && !loops {
            return Err("a password is only sent to a mail server over TLS: add ?tls=required".to_owned());
        }
        if self.from.parse::<Mailbox>().is_err() {
            return Err(format!("{:?} is no address to send from", self.from));
        }
        Ok(())
    }
}

impl Mailer {
    fn of(mail: Mail) -> Result<Self, String> {
        mail.check()?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(mail.server.expose())
            .map_err(|_| "the mail server cannot be used: its address is wrong".to_owned())?
            .timeout(Some(MAIL_TIME))
            .build();
        Ok(Self { transport, mail })
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            server: Secret::default(),
            from: SENDER.to_owned(),
        }
    }
}

impl Engine {
    /// Keeps another mail server, or none, for messages written from now on.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for an address that is none; the store's failure.
    pub async fn set_mail(&self, mail: Option<Mail>) -> Result<()> {
        let mailer = mail.map(Mailer::of).transpose().map_err(Error::invalid)?;
        let kept = mailer
            .as_ref()
            .map(|mailer| {
                let plain = mailer.mail.server.expose().as_bytes();
                let sealed = self.vault.seal(&*self.rng, SETTING, plain);
                serde_json::to_string(&Kept {
                    server: STANDARD_NO_PAD.encode(sealed),
                    from: mailer.mail.from.clone(),
                })
                .map_err(Error::internal)
            })
            .transpose()?
            .unwrap_or_else(|| "null".to_owned());
        self.store
            .transact("set_mail", move |tx| {
                settings::put(tx, SETTING, &kept).map_err(Error::from)
            })
            .await?;
        self.delivery.set(mailer);
        Ok(())
    }

    /// Takes up the stored mail server, unless a flag names one.
    pub(super) async fn restore_mail(&self) -> Result<()> {
        if self.delivery.is_given {
            return Ok(());
        }
        let text = self
            .store
            .read(|r| settings::get(r, SETTING).map_err(Error::from))
            .await?;
        let kept: Option<Kept> = text
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(Error::internal)?
            .flatten();
        let Some(kept) = kept else {
            return Ok(());
        };
        let opened = STANDARD_NO_PAD
            .decode(kept.server)
            .ok()
            .and_then(|sealed| self.vault.open(SETTING, &sealed))
            .and_then(|plain| std::str::from_utf8(plain.expose()).map(Secret::from).ok());
        let server = opened.ok_or_else(|| Error::internal("the mail server cannot be read"))?;
        let mail = Mail {
            server,
            from: kept.from,
        };
        self.delivery
            .set(Some(Mailer::of(mail).map_err(Error::internal)?));
        Ok(())
    }

    /// Sends every message that is due; returns how many were tried. Runs by itself; public for
    /// whoever wants it now.
    ///
    /// # Errors
    ///
    /// The store's failure.
    pub async fn deliver_due(self: &Arc<Self>) -> Result<usize> {
        let mut tried = 0_usize;
        loop {
            let now = self.clock.now();
            // Most of the time nothing waits, and nothing needs to be written.
            let is_due = self
                .store
                .read(move |r| outbox::is_due(r, now).map_err(Error::from))
                .await?;
            if !is_due {
                return Ok(tried);
            }
            let taken = self
                .store
                .transact("take messages", move |tx| {
                    outbox::take_due(tx, now, now.plus_secs(LEASE_SECS), AT_ONCE).map_err(Error::from)
                })
                .await?;
            let mut sending = JoinSet::new();
            for message in taken {
                tried = tried.saturating_add(1);
                let engine = Arc::clone(self);
                sending.spawn(async move {
                    let outcome = send(&engine, &message).await;
                    note(&engine, message, outcome).await
                });
            }
            while let Some(done) = sending.join_next().await {
                done.map_err(Error::internal)??;
            }
        }
    }
}

/// Why a message did not leave.
enum Unsent {
    /// It may leave later.
    For(String),
    /// It never will.
    Ever(String),
}

async fn send(engine: &Engine, message: &Message) -> Result<(), Unsent> {
    let id = message.user_pool_id.clone();
    let pool = engine
        .store
        .read(move |r| user_pools::get(r, &id))
        .await
        .map_err(|_| Unsent::For("the user pool cannot be read".to_owned()))?
        .ok_or_else(|| Unsent::Ever("the user pool is gone".to_owned()))?;
    if let Some(told) = &message.delivery.function {
        return hand_over(engine, &pool, message, told)
            .await
            .map_err(|reason| Unsent::For(reason.to_owned()));
    }
    let mailer = engine
        .delivery
        .mailer()
        .ok_or_else(|| Unsent::Ever("there is no mail server any more".to_owned()))?;
    let email = pool.settings.email_configuration.as_ref();
    let written = write(message, email, &mailer.mail.from).map_err(Unsent::Ever)?;
    mailer.transport.send(written).await.map(drop).map_err(|reason| {
        // What the server said may quote the address, never the text.
        let told = match reason.status() {
            Some(code) => format!("the mail server answered {code}"),
            None if reason.is_timeout() => "the mail server did not answer in time".to_owned(),
            None => "the mail server cannot be reached".to_owned(),
        };
        if reason.is_permanent() {
            Unsent::Ever(told)
        } else {
            Unsent::For(told)
        }
    })
}

/// Checks a sender's address, with a name before it or without.
///
/// # Errors
///
/// `InvalidParameterException` naming `member`.
pub fn check_address(member: &str, address: Option<&str>) -> Result<()> {
    match address {
        Some(address) if address.parse::<Mailbox>().is_err() => {
            Err(Error::invalid(format!("{member} is not an e-mail address.")))
        }
        _ => Ok(()),
    }
}

/// Returns the address of a verified identity, when it is one of an address and not of a domain.
fn address_of(source_arn: &str) -> Option<&str> {
    let (_, identity) = source_arn.split_once(":identity/")?;
    identity.contains('@').then_some(identity)
}

/// Writes the e-mail as it travels. A destination with a line break or another name is none.
///
/// Who it is from is said by its template, else by the user pool, else by the program.
fn write(
    message: &Message,
    email: Option<&EmailConfigurationType>,
    usual_from: &str,
) -> Result<lettre::Message, String> {
    let more = &message.more;
    let from = more
        .from
        .as_deref()
        .or_else(|| {
            let email = email?;
            let of_identity = || email.source_arn.as_deref().and_then(address_of);
            email.from.as_deref().or_else(of_identity)
        })
        .unwrap_or(usual_from);
    let reply_to = more
        .reply_to
        .as_deref()
        .or_else(|| email.and_then(|email| email.reply_to_email_address.as_deref()));
    let mailbox = |address: &str| {
        address
            .parse::<Mailbox>()
            .map_err(|_| "an address is not one".to_owned())
    };
    let to = message
        .to
        .parse()
        .map_err(|_| "the destination is no address".to_owned())?;
    let from = mailbox(from)?;
    let millis = u64::try_from(message.created_at.0).unwrap_or(0);
    let date = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(millis))
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let mut builder: MessageBuilder = lettre::Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(&message.subject)
        .date(date)
        .message_id(Some(id));
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    let html = message.body.clone();
    match &more.text {
        Some(text) => builder.multipart(MultiPart::alternative_plain_html(text.clone(), html)),
        None => builder.header(ContentType::TEXT_HTML).body(html),
    }
    .map_err(|_| "the message cannot be written".to_owned())
}

/// Notes what became of a message.
async fn note(engine: &Engine, mut message: Message, outcome: Result<(), Unsent>) -> Result<()> {
    let now = engine.clock.now();
    let delivery = &mut message.delivery;
    let before = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
    delivery.attempts = delivery.attempts.saturating_add(1);
    delivery.last_attempt_at = Some(now);
    let mut due_at = now;
    match outcome {
        Ok(()) => {
            delivery.status = Status::Sent;
            delivery.reason = None;
            delivery.function = None;
            message.code = None;
            message.body.clear();
            message.more.text = None;
        }
        Err(Unsent::For(reason)) => match PAUSES.get(before) {
            Some(pause) => {
                due_at = now.plus_secs(*pause);
                delivery.reason = Some(reason);
            }
            None => fail(delivery, reason),
        },
        Err(Unsent::Ever(reason)) => fail(delivery, reason),
    }
    if message.delivery.status == Status::Sent {
        debug!(message = %message.id, "sent");
    } else {
        warn!(
            message = %message.id,
            user_pool = %message.user_pool_id,
            attempts = message.delivery.attempts,
            reason = message.delivery.reason.as_deref(),
            "a message did not leave"
        );
    }
    let line_id = ids::ordered_uuid(&*engine.rng, now);
    let logged = engine
        .store
        .transact("note delivery", move |tx| -> Result<bool> {
            outbox::settle(tx, &message, due_at)?;
            if message.delivery.status != Status::Failed {
                return Ok(false);
            }
            let line = logs::notification(&message, now);
            let source = EventSourceName::UserNotification;
            logs::queue(tx, &message.user_pool_id, &source, line_id, &line, now)
        })
        .await?;
    if logged {
        logs::kick(engine);
    }
    Ok(())
}

fn fail(delivery: &mut outbox::Delivery, reason: String) {
    delivery.status = Status::Failed;
    delivery.reason = Some(reason);
    delivery.function = None;
}

/// Sends messages for as long as the engine lives.
pub(super) async fn run(engine: Weak<Engine>, written: Arc<Notify>) {
    loop {
        let looks: &[u64] = tokio::select! {
            () = written.notified() => &LOOKS,
            () = tokio::time::sleep(IDLE) => &[0],
        };
        for pause in looks {
            tokio::time::sleep(Duration::from_millis(*pause)).await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            if let Err(reason) = engine.deliver_due().await {
                warn!(error = ?reason, "messages wait for now");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::UnixMillis;
    use crate::store::records::outbox::More;

    fn mail(server: &str) -> Mail {
        Mail {
            server: server.into(),
            ..Mail::default()
        }
    }

    #[test]
    fn a_password_needs_tls_beyond_this_machine() {
        for good in [
            "smtp://127.0.0.1:1025",
            "smtp://u:p@localhost:1025",
            "smtps://u:p@mail.example.com",
            "smtp://u:p@mail.example.com:587?tls=required",
            "smtp://mail.example.com",
        ] {
            assert_eq!(mail(good).check(), Ok(()), "{good}");
        }
        for bad in [
            "",
            "http://x",
            "mail.example.com",
            "smtp://u:hunter2@mail.example.com",
        ] {
            let told = mail(bad).check().unwrap_err();
            assert!(!told.contains("hunter2"), "{told}");
        }
        assert!(
            Mail {
                from: "nobody".to_owned(),
                ..mail("smtp://localhost")
            }
            .check()
            .is_err()
        );
    }

    #[test]
    fn what_is_shown_of_a_server_holds_no_password() {
        assert_eq!(mail("smtp://u:p@localhost:25").shown(), "smtp://u@localhost:25");
    }

    #[test]
    fn an_address_adds_no_header_and_a_subject_no_line() {
        let message = Message {
            to: "a@example.com\r\nBcc: b@example.com".to_owned(),
            ..Message::default()
        };
        assert!(write(&message, None, SENDER).is_err());
        let message = Message {
            to: "a@example.com".to_owned(),
            subject: "Hello\r\nBcc: b@example.com".to_owned(),
            body: "<p>caf\u{e9}</p>".to_owned(),
            created_at: UnixMillis(1_767_225_600_000),
            ..Message::default()
        };
        let text = String::from_utf8(write(&message, None, SENDER).unwrap().formatted()).unwrap();
        assert!(!text.contains("\r\nBcc:"), "{text}");
        assert!(text.contains("Date: Thu, 01 Jan 2026 00:00:00 +0000"), "{text}");
        assert!(text.contains("Content-Type: text/html; charset=utf-8"), "{text}");
    }

    #[test]
    fn template_names_the_sender_before_the_user_pool_does() {
        let email = EmailConfigurationType {
            from: Some("pool@example.com".to_owned()),
            reply_to_email_address: Some("help@example.com".to_owned()),
            ..Default::default()
        };
        let plain = Message {
            to: "a@example.com".to_owned(),
            body: "<p>rich</p>".to_owned(),
            ..Message::default()
        };
        let told = Message {
            more: More {
                from: Some("risk@example.com".to_owned()),
                reply_to: Some("re@example.com".to_owned()),
                text: Some("poor".to_owned()),
            },
            ..plain.clone()
        };
        let read = |message: &Message| {
            String::from_utf8(write(message, Some(&email), SENDER).unwrap().formatted()).unwrap()
        };
        let text = read(&plain);
        assert!(text.contains("From: pool@example.com\r\n"), "{text}");
        assert!(text.contains("Reply-To: help@example.com\r\n"), "{text}");
        let email = EmailConfigurationType {
            source_arn: Some("arn:aws:ses:us-east-1:123456789012:identity/own@example.com".to_owned()),
            ..Default::default()
        };
        let text = write(&plain, Some(&email), SENDER).unwrap().formatted();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("From: own@example.com\r\n"), "{text}");
        let text = read(&told);
        assert!(text.contains("From: risk@example.com\r\n"), "{text}");
        assert!(text.contains("Reply-To: re@example.com\r\n"), "{text}");
        let (poor, rich) = (text.find("poor").unwrap(), text.find("<p>rich</p>").unwrap());
        assert!(text.contains("multipart/alternative") && poor < rich, "{text}");
    }
}

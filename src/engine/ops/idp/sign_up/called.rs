//! What every call about a name reads first, and the answers that do not tell whether it has an account.

use std::sync::Arc;

use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::codes::{self, Checked, Purpose, Quota};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::{client, simulated};
use crate::engine::messages::{self, Channel, Composer};
use crate::engine::ops::idp::users::user_in;
use crate::engine::risk::Context;
use crate::engine::risk::events::{self, Occurrence};
use crate::engine::triggers::Scene;
use crate::engine::triggers::event::Metadata;
use crate::engine::{Cx, Error, Result};
use crate::rules::attributes;
use crate::store::Tx;
use crate::store::records::app_clients::AppClient;
use crate::store::records::codes::PendingCode;
use crate::store::records::outbox::{self, Message};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{CodeDeliveryDetailsType, EventType, UserContextDataType, UserStatusType};

/// What a public call names: the client, its pool, and the user or the one that stands for nobody.
pub(super) struct Called {
    pub(super) pool: UserPool,
    pub(super) client: AppClient,
    pub(super) keys: Arc<OpenKeys>,
    pub(super) user: Option<User>,
    /// The user's, or a keyed hash of the name that was typed.
    pub(super) sub: Uuid,
    /// Whether the client hides which names have an account.
    pub(super) hides: bool,
}

impl Called {
    pub(super) async fn read(
        cx: &Cx,
        client_id: &str,
        username: &str,
        secret_hash: Option<Secret>,
    ) -> Result<Self> {
        let engine = Arc::clone(&cx.engine);
        let (client_id, username) = (client_id.to_owned(), username.to_owned());
        let now = cx.now();
        cx.engine
            .store
            .read(move |r| {
                let (pool, client) = client::find(r, &client_id)?;
                client::check_secret_hash(&client, &[&username], secret_hash.as_ref())?;
                let keys = engine.keys_of(r, &pool.id)?;
                let user = user_in(r, &pool, &username)?;
                let nobody = || simulated::sub(&keys, &pool, &username, now);
                Ok(Self {
                    sub: user.as_ref().map_or_else(nobody, |user| user.sub),
                    hides: client::hides_users(&client),
                    pool,
                    client,
                    keys,
                    user,
                })
            })
            .await
    }

    /// Returns from where triggers are called.
    pub(super) fn scene<'a>(&'a self, cx: &'a Cx, metadata: Option<&'a Metadata>) -> Scene<'a> {
        Scene::of_client(cx, &self.pool, &self.client.id, metadata)
    }

    /// The answer to a code for a password that cannot be reset: the one that a user gets who asked
    /// for a code as often as this name did. (The vendor's answers differ for users who never
    /// asked, and so tell who exists.)
    pub(super) fn no_reset(&self, tx: &mut Tx<'_>, now: UnixMillis) -> Result<Error> {
        let valid_for = Purpose::ForgotPassword.valid_for_secs();
        let quota = Quota::ForgotPassword;
        let asked = codes::was_admitted(tx, &self.pool.id, &self.sub, quota, valid_for, now)?;
        Ok(if asked {
            codes::mismatch()
        } else {
            codes::expired()
        })
    }

    /// Turns what became of a code into the answer. Where users are hidden every failure is the
    /// one that a name without an account gets.
    pub(super) fn outcome(&self, checked: Checked) -> Result<PendingCode> {
        match checked {
            Checked::Right(pending) => Ok(pending),
            Checked::Wrong | Checked::Expired | Checked::Exceeded if self.hides => Err(codes::mismatch()),
            other => other.into_result(),
        }
    }

    /// Makes what the history of the user says of a call that succeeded.
    pub(super) fn event(&self, cx: &Cx, kind: EventType, data: Option<&UserContextDataType>) -> Occurrence {
        let origin = Context::of_user(cx, data);
        events::other(&self.pool, &self.client, self.sub, kind, true, origin)
    }

    /// Counts the call and sends a code to `channel`; where users are hidden, a channel that is
    /// refused is answered as if it were not.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn send(
        self,
        cx: &Cx,
        name: &'static str,
        typed: &str,
        channel: Result<Channel>,
        purpose: Purpose,
        why: messages::Purpose,
        quota: Quota,
        metadata: Option<&Metadata>,
    ) -> Result<CodeDeliveryDetailsType> {
        let (details, code) = match (channel, &self.user) {
            (Ok(channel), Some(user)) => {
                let details = channel.delivery_details();
                let scene = self.scene(cx, metadata);
                let code = ReadyCode::make(&scene, &self.keys, user, channel, &purpose, why).await?;
                (details, Some(code))
            }
            (Ok(_), None) => return Err(no_combination()),
            (Err(refused), _) if !self.hides => return Err(refused),
            (Err(_), Some(user)) => (self.details_of(user, typed), None),
            (Err(_), None) => (self.made_up_details(typed), None),
        };
        let now = cx.now();
        cx.engine
            .store
            .transact(name, move |tx| {
                if !codes::admit(tx, &self.pool.id, &self.sub, quota, now)? {
                    return Ok(Err(codes::limit_exceeded()));
                }
                if let Some(code) = &code {
                    // The user may have been deleted, or confirmed, since it was read.
                    let Some(user) = users::get(tx, &self.pool.id, &self.sub)? else {
                        return Ok(Ok(()));
                    };
                    if purpose == Purpose::SignUp && user.status != UserStatusType::Unconfirmed {
                        return Ok(Ok(()));
                    }
                    code.put(tx, &user, &purpose)?;
                }
                Ok::<_, Error>(Ok(()))
            })
            .await??;
        Ok(details)
    }

    /// Returns where a code would go that is not sent: to the user's own address or number, as
    /// everywhere else, or to what is made up when there is none.
    pub(super) fn details_of(&self, user: &User, typed: &str) -> CodeDeliveryDetailsType {
        let made_up = self.made_up_details(typed);
        let asked = made_up.attribute_name.as_deref().unwrap_or("email").to_owned();
        let others = ["email", "phone_number"]
            .into_iter()
            .filter(|other| *other != asked);
        std::iter::once(asked.as_str())
            .chain(others)
            .find_map(|name| Channel::of(name, user.attributes.get(name).map(String::as_str)))
            .map_or(made_up, |channel| channel.delivery_details())
    }

    /// Makes up where a code for nobody went: the same for the same name, and what was typed when
    /// that is an address or a number.
    pub(super) fn made_up_details(&self, typed: &str) -> CodeDeliveryDetailsType {
        let by_email = messages::is_auto_verified(&self.pool, "email")
            || !messages::is_auto_verified(&self.pool, "phone_number");
        let attribute = if attributes::is_email(typed) {
            "email"
        } else if attributes::is_phone_number(typed) || !by_email {
            "phone_number"
        } else {
            "email"
        };
        simulated::channel(&self.keys, &self.pool, &self.sub, typed, attribute).delivery_details()
    }
}

/// A code and its message, made before the transaction that keeps them.
pub(super) struct ReadyCode {
    pub(super) channel: Channel,
    pub(super) pending: PendingCode,
    pub(super) message: Message,
}

impl ReadyCode {
    pub(super) async fn make(
        scene: &Scene<'_>,
        keys: &OpenKeys,
        user: &User,
        channel: Channel,
        purpose: &Purpose,
        why: messages::Purpose,
    ) -> Result<Self> {
        let composer = Composer::ask(scene, user, &channel, why).await?;
        let (code, pending) = codes::make(
            keys,
            scene.cx.rng(),
            &user.sub,
            purpose,
            Some(channel.attribute()),
            channel.to(),
            scene.cx.now(),
        );
        Ok(Self {
            message: composer.code(scene.pool, user, &channel, why, &code),
            channel,
            pending,
        })
    }

    pub(super) fn put(&self, tx: &mut Tx<'_>, user: &User, purpose: &Purpose) -> Result<()> {
        codes::put(tx, &user.user_pool_id, &user.sub, purpose, &self.pending)?;
        outbox::put(tx, &self.message)?;
        Ok(())
    }
}

/// The answer to a name that leads nowhere, where the client does not hide that.
pub(super) fn no_combination() -> Error {
    Error::new(
        Code::UserNotFoundException,
        "Username/client id combination not found.",
    )
}

pub(super) fn disabled() -> Error {
    Error::not_authorized("User is disabled.")
}

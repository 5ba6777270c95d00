//! One call's work on the reading threads ([`Job`]), and what follows it ([`After`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::custom::Asked;
use super::progress::Progress;
use super::{Answer, Entry, NOT_ENABLED, Parameters};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::auth::challenge::{self, Waiting, fingerprint};
use crate::engine::auth::client::{self, Flow};
use crate::engine::auth::codes::{self as one_time_codes, Quota};
use crate::engine::auth::keys::OpenKeys;
use crate::engine::auth::lockout::{self, Uncounted};
use crate::engine::auth::tokens::Grant;
use crate::engine::auth::{lookup, simulated};
use crate::engine::messages::{Channel, Composer, Purpose};
use crate::engine::ops::idp::users as user_ops;
use crate::engine::risk::{Assessment, Context};
use crate::engine::triggers::Scene;
use crate::engine::{Engine, Error, Result};
use crate::store::records::app_clients::AppClient;
use crate::store::records::devices::{self, Device};
use crate::store::records::passkeys::{self, Passkey};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::store::records::{codes, outbox, parked};
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFlowType, ChallengeNameType};

/// What follows the job, in one transaction.
#[derive(Default)]
pub struct After {
    pub sub: Uuid,
    /// The nonce that may be used once, and when it may be forgotten.
    pub once: Option<(Uuid, UnixMillis)>,
    /// A wrong guess to count.
    pub wrong: Option<Uncounted>,
    /// Earlier wrong passwords to forget.
    pub forget_attempts: bool,
    /// Earlier wrong codes of this kind to forget.
    pub forget_codes: Option<&'static str>,
    /// The mark of an authenticator's code, which counts once, and when it may be forgotten.
    pub used_step: Option<(Vec<u8>, UnixMillis)>,
    /// A code to send.
    pub send: Option<SentCode>,
    /// A credential to replace: the one that was checked, and its successor.
    pub convert: Option<(Vec<u8>, Vec<u8>)>,
    /// A changed user to write, in the version it was read in.
    pub user: Option<User>,
    /// Whether that change confirms the user, of which the pool's function is told.
    pub confirms: bool,
    /// A device that was shown, to write.
    pub device: Option<Device>,
    /// What threat protection found just now.
    pub assessment: Option<Assessment>,
    /// A passkey that was shown: as it was read, and as it is to be written.
    pub passkey: Option<(Passkey, Passkey)>,
    /// What of a sign-in waited in the store, by its key, and is of no further use.
    pub parked: Option<Uuid>,
}

/// A code on its way to a user.
pub struct SentCode {
    /// Where it goes; nowhere for a user who is made up, or may not sign in.
    pub to: Option<(Box<User>, Channel)>,
    pub code: Secret,
    /// What it counts against.
    pub quota: Quota,
    /// Names who causes it, where that may be a stranger.
    pub source: Option<Vec<u8>>,
}

/// A user who has shown all that was asked for.
pub struct SignedIn {
    pub user: User,
    /// What the tokens are issued for.
    pub grant: Grant,
    pub progress: Progress,
    /// Whether the tokens come of a refresh token, which then stays the one it is.
    pub is_refresh: bool,
}

/// What comes after the writes.
pub enum Next {
    /// This is answered.
    Answer(Box<Answer>),
    /// Tokens are issued.
    Tokens(Box<SignedIn>),
    /// The pool's own functions are asked.
    Custom(Box<Asked>),
}

impl From<Answer> for Next {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// A job's result: what follows, and what is then answered.
pub type Done = (After, Result<Next>);

/// Writes what follows a job.
///
/// # Errors
///
/// The answer to a replay, to a guess that was locked out meanwhile, to a user who was
/// changed meanwhile; what the store reports.
pub async fn finish(scene: &Scene<'_>, after: After, now: UnixMillis) -> Result<()> {
    let cx = scene.cx;
    let After {
        sub,
        once,
        wrong,
        forget_attempts,
        forget_codes,
        used_step,
        send,
        convert,
        user,
        device,
        assessment: _,
        passkey,
        parked: past,
        confirms: _,
    } = after;
    let forgets = forget_attempts || forget_codes.is_some();
    let changes = convert.is_some() || user.is_some() || device.is_some() || passkey.is_some();
    let nothing = once.is_none() && wrong.is_none() && !changes;
    if nothing && !forgets && used_step.is_none() && send.is_none() && past.is_none() {
        return Ok(());
    }
    let (pool, guess) = (scene.pool.clone(), wrong.clone());
    let counted = send.as_ref().map(|send| (send.quota, send.source.clone()));
    let message = match send {
        Some(SentCode {
            to: Some((user, channel)),
            code,
            ..
        }) => {
            let composer = Composer::ask(scene, &user, &channel, Purpose::Authentication).await?;
            Some(composer.authentication(&pool, &user, &channel, &code))
        }
        Some(SentCode { to: None, .. }) | None => None,
    };
    let outcome = cx
        .engine
        .store
        .transact("sign_in", move |tx| {
            if let Some((mark, forget_at)) = &used_step
                && !codes::use_once(tx, mark, *forget_at)?
            {
                return Ok::<_, Error>(Some(used_once_already()));
            }
            if let Some((nonce, expires_at)) = &once
                && !codes::use_once(tx, nonce.as_bytes(), *expires_at)?
            {
                return Ok(Some(challenge::invalid()));
            }
            if let Some(guess) = &guess
                && !lockout::count_failure(tx, guess, now)?
            {
                return Ok(Some(lockout::refused()));
            }
            if forget_attempts {
                lockout::forget(tx, &pool.id, &sub, lockout::PASSWORD)?;
            }
            if let Some(kind) = forget_codes {
                lockout::forget(tx, &pool.id, &sub, kind)?;
            }
            // Made-up users count too, so that the limit tells nothing.
            if let Some((quota, source)) = &counted {
                let source = source.as_deref();
                if !one_time_codes::admit_from(tx, &pool.id, &sub, *quota, source, now)? {
                    return Err(too_many_codes());
                }
            }
            if let Some(message) = &message {
                outbox::put(tx, message)?;
            }
            if let Some((checked, successor)) = &convert
                && let Some(mut user) = users::get(tx, &pool.id, &sub)?
                && user.credential.as_ref() == Some(checked)
            {
                user.credential = Some(successor.clone());
                user_ops::write_user(tx, &pool, &user)?;
            }
            if let Some(user) = &user {
                let stored = users::get(tx, &pool.id, &sub)?;
                if stored.is_none_or(|stored| stored.version != user.version) {
                    // An error, so that the nonce is not spent.
                    return Err(Error::new(
                        Code::TooManyRequestsException,
                        "The user was changed at the same time. Try again.",
                    ));
                }
                user_ops::write_user(tx, &pool, user)?;
            }
            if let Some((before, used)) = &passkey
                && !write_passkey(tx, before, used)?
            {
                return Ok(Some(challenge::invalid()));
            }
            if let Some(device) = &device {
                devices::update(tx, device)?;
            }
            if let Some(key) = &past {
                parked::remove(tx, &pool.id, &sub, key)?;
            }
            Ok(None)
        })
        .await;
    // Until here the guess counted in memory.
    drop(wrong);
    outcome?.map_or(Ok(()), Err)
}

/// The answer to an authenticator's code that was right before.
fn used_once_already() -> Error {
    Error::new(
        Code::ExpiredCodeException,
        "Your software token has already been used once.",
    )
}

/// The answer when a user was sent as many codes as an hour allows. (The operations declare no
/// error of limits.)
pub fn too_many_codes() -> Error {
    Error::new(
        Code::TooManyRequestsException,
        "Attempt limit exceeded, please try after some time.",
    )
}

/// Writes the counter of a passkey; `false` when it was used or removed meanwhile.
fn write_passkey(tx: &mut Tx<'_>, before: &Passkey, used: &Passkey) -> Result<bool> {
    let stored = passkeys::get(tx, &before.user_pool_id, &before.sub, &before.id)?;
    if stored.is_none_or(|stored| stored.credential != before.credential) {
        return Ok(false);
    }
    Ok(passkeys::update(tx, used)?)
}

/// The user a sign-in is about.
pub enum Who {
    Known(Box<User>),
    /// Made up, because the client must not learn that there is none.
    Unknown {
        sub: Uuid,
        user_id: String,
    },
}

impl Who {
    /// Returns the `sub`, made up for a user who does not exist.
    pub fn sub(&self) -> Uuid {
        match self {
            Self::Known(user) => user.sub,
            Self::Unknown { sub, .. } => *sub,
        }
    }

    /// Returns the user, when there is one.
    pub fn known(self) -> Option<Box<User>> {
        match self {
            Self::Known(user) => Some(user),
            Self::Unknown { .. } => None,
        }
    }

    /// Returns `USER_ID_FOR_SRP`.
    pub fn user_id(&self) -> &str {
        match self {
            Self::Known(user) => &user.username,
            Self::Unknown { user_id, .. } => user_id,
        }
    }
}

/// One call's work on the reading threads.
pub struct Job {
    pub engine: Arc<Engine>,
    pub keys: Arc<OpenKeys>,
    pub pool: UserPool,
    pub client: AppClient,
    pub is_admin: bool,
    pub now: UnixMillis,
    /// Where the call comes from.
    pub context: Context,
}

impl Job {
    /// Finds the app client and its pool.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` when there is none.
    pub fn open(engine: Arc<Engine>, r: &mut Reader<'_>, entry: &Entry, now: UnixMillis) -> Result<Self> {
        let (pool, client) = match &entry.user_pool_id {
            Some(user_pool_id) => client::find_in(r, user_pool_id, &entry.client_id)?,
            None => client::find(r, &entry.client_id)?,
        };
        Ok(Self {
            keys: engine.keys_of(r, &pool.id)?,
            engine,
            pool,
            client,
            is_admin: entry.user_pool_id.is_some(),
            now,
            context: entry.context.clone(),
        })
    }

    /// Returns the source of randomness.
    pub fn rng(&self) -> &dyn Rng {
        &*self.engine.rng
    }

    /// Refuses a flow that the client does not allow.
    pub fn require(&self, flow: Flow, message: &str) -> Result<()> {
        if client::allows(&self.client, flow) {
            Ok(())
        } else {
            Err(Error::invalid(message))
        }
    }

    /// Checks that the client may still use the flow that a sign-in began with.
    pub fn check_still_allowed(&self, flow: &AuthFlowType) -> Result<()> {
        let flow = match flow {
            AuthFlowType::UserPasswordAuth => Flow::UserPassword,
            AuthFlowType::AdminUserPasswordAuth | AuthFlowType::AdminNoSrpAuth => Flow::AdminUserPassword,
            AuthFlowType::UserSrpAuth => Flow::UserSrp,
            AuthFlowType::UserAuth => Flow::Choice,
            AuthFlowType::CustomAuth => Flow::Custom,
            // No sign-in begins with these.
            AuthFlowType::RefreshTokenAuth | AuthFlowType::RefreshToken | AuthFlowType::Unlisted(_) => {
                return Ok(());
            }
        };
        self.require(flow, NOT_ENABLED)
    }

    /// Checks the `SECRET_HASH` of a client that has a secret.
    pub fn check_secret_hash(&self, username: &str, given: &Parameters) -> Result<()> {
        client::check_secret_hash(&self.client, &[username], given.get("SECRET_HASH"))
    }

    /// Finds the user of a typed name, or makes one up where their absence is hidden.
    pub fn who(&self, r: &mut Reader<'_>, typed: &str) -> Result<Who> {
        match lookup::user(r, &self.pool, typed)? {
            Some(user) => Ok(Who::Known(Box::new(user))),
            None if client::hides_users(&self.client) => {
                simulated::read_nobody(&self.keys);
                let sub = simulated::sub(&self.keys, &self.pool, typed, self.now);
                Ok(Who::Unknown {
                    sub,
                    user_id: simulated::user_id(&self.pool, typed, &sub),
                })
            }
            None => Err(Error::no_user()),
        }
    }

    /// Returns when a session begun now ends.
    pub fn session_ends(&self) -> UnixMillis {
        self.now.plus_secs(client::session_secs(&self.client))
    }

    /// Seals a challenge into a `Session` for the caller.
    pub fn wait(
        &self,
        challenge: ChallengeNameType,
        sub: Uuid,
        username: &str,
        credential: Option<&[u8]>,
        progress: &Progress,
    ) -> Result<Secret> {
        self.seal(&self.waiting(challenge, sub, username, credential, progress))
    }

    /// Makes what waits for the answer to a challenge.
    pub fn waiting(
        &self,
        challenge: ChallengeNameType,
        sub: Uuid,
        username: &str,
        credential: Option<&[u8]>,
        progress: &Progress,
    ) -> Waiting {
        Waiting {
            challenge,
            sub,
            username: username.to_owned(),
            credential: fingerprint(&self.keys, credential),
            nonce: ids::uuid(self.rng()),
            expires_at: self.session_ends(),
            progress: progress.clone(),
            ..Waiting::default()
        }
    }

    /// Seals what waits into a `Session` of this client.
    ///
    /// # Errors
    ///
    /// `InternalErrorException` when it cannot be written.
    pub fn seal(&self, waiting: &Waiting) -> Result<Secret> {
        waiting.seal(&self.keys, self.rng(), &self.client.id)
    }
}

/// Returns a parameter that must be there.
///
/// # Errors
///
/// `InvalidParameterException` when it is missing or empty.
pub fn required<'a>(given: &'a Parameters, name: &str) -> Result<&'a Secret> {
    given
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::invalid(format!("Missing required parameter {name}")))
}

/// Builds `ChallengeParameters`.
pub fn parameters_of<const N: usize>(parameters: [(&str, String); N]) -> BTreeMap<String, String> {
    parameters
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

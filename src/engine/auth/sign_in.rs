//! Signing in: from a flow or the answer to a challenge to tokens or the next challenge.
//!
//! The order is the vendor's: client and flow, secret hash, the user, the proof, the user's
//! state, a new password, tokens. Looking up, proving and signing are one store job on the
//! reading threads ([`Job`]); what must be written down — a wrong guess, a used nonce, a
//! converted credential — follows in one transaction ([`After`]), and only then the caller
//! is answered.
//!
//! Second factors are not asked for yet: a user who would need one is refused rather than
//! let in without.
//!
//! Source: developer guide, "Authentication"; API reference, InitiateAuth and
//! RespondToAuthChallenge.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::challenge::{self, SrpBlock, Waiting, fingerprint};
use super::client::{self, Flow};
use super::credential::{self, Credential};
use super::keys::OpenKeys;
use super::lockout::{self, Uncounted};
use super::srp::{self, Challenge, Identity};
use super::tokens::{self, Grant, USER_SCOPE};
use super::{lookup, simulated};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::base::secret::Secret;
use crate::engine::ops::idp::users as user_ops;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::{attributes, password_policy};
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::codes;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AuthFlowType, AuthenticationResultType, ChallengeNameType, UserPoolMfaType, UserStatusType,
};

/// The timestamp of a proof may be this far from the engine's time. The vendor does not
/// say; its signatures allow as much.
const PROOF_SKEW_MILLIS: i64 = 5 * 60 * 1000;

/// Who signs in by which client.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The user pool that an admin operation names; `None` for the public ones.
    pub user_pool_id: Option<String>,
    pub client_id: String,
}

/// What a sign-in answers: tokens, or a challenge.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub challenge_name: Option<ChallengeNameType>,
    pub session: Option<Secret>,
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    pub authentication_result: Option<AuthenticationResultType>,
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

/// Named strings of a request.
pub type Parameters = BTreeMap<String, Secret>;

/// Begins a sign-in.
///
/// # Errors
///
/// What `InitiateAuth` and `AdminInitiateAuth` declare.
pub async fn initiate(cx: &Cx, entry: Entry, flow: AuthFlowType, given: Parameters) -> Result<Answer> {
    run(cx, entry, move |job, r| match &flow {
        AuthFlowType::UserPasswordAuth if !job.is_admin => {
            job.require(
                Flow::UserPassword,
                "USER_PASSWORD_AUTH flow not enabled for this client",
            )?;
            job.password_flow(r, &given)
        }
        AuthFlowType::AdminUserPasswordAuth | AuthFlowType::AdminNoSrpAuth if job.is_admin => {
            job.require(Flow::AdminUserPassword, "Auth flow not enabled for this client")?;
            job.password_flow(r, &given)
        }
        AuthFlowType::UserSrpAuth => {
            job.require(Flow::UserSrp, "USER_SRP_AUTH is not enabled for the client.")?;
            job.srp_flow(r, &given)
        }
        AuthFlowType::RefreshTokenAuth | AuthFlowType::RefreshToken => {
            job.require(Flow::Refresh, "Auth flow not enabled for this client")?;
            job.refresh_flow(r, &given)
        }
        AuthFlowType::UserAuth => {
            job.require(Flow::Choice, "USER_AUTH is not enabled for the client.")?;
            job.choice_flow(r, &given)
        }
        AuthFlowType::CustomAuth => {
            job.require(Flow::Custom, "CUSTOM_AUTH is not enabled for the client.")?;
            Err(Error::invalid(
                "Custom auth lambda trigger is not configured for the user pool.",
            ))
        }
        AuthFlowType::UserPasswordAuth
        | AuthFlowType::AdminUserPasswordAuth
        | AuthFlowType::AdminNoSrpAuth
        | AuthFlowType::Unlisted(_) => Err(Error::invalid("Initiate Auth method not supported.")),
    })
    .await
}

/// Answers a challenge.
///
/// # Errors
///
/// What `RespondToAuthChallenge` and `AdminRespondToAuthChallenge` declare.
pub async fn respond(
    cx: &Cx,
    entry: Entry,
    name: ChallengeNameType,
    session: Option<Secret>,
    given: Parameters,
) -> Result<Answer> {
    run(cx, entry, move |job, r| match &name {
        ChallengeNameType::PasswordVerifier => job.password_verifier(r, &given),
        ChallengeNameType::NewPasswordRequired => job.new_password(r, session.as_ref(), &given),
        ChallengeNameType::SelectChallenge => job.chosen(r, session.as_ref(), &given),
        ChallengeNameType::Password => job.password_after_choice(r, &name, session.as_ref(), &given),
        ChallengeNameType::PasswordSrp => job.srp_after_choice(r, &name, session.as_ref(), &given),
        ChallengeNameType::AdminNoSrpAuth if job.is_admin => {
            job.require(Flow::AdminUserPassword, "Auth flow not enabled for this client")?;
            job.password_flow(r, &given)
        }
        ChallengeNameType::SmsMfa
        | ChallengeNameType::EmailOtp
        | ChallengeNameType::SoftwareTokenMfa
        | ChallengeNameType::SelectMfaType
        | ChallengeNameType::MfaSetup
        | ChallengeNameType::CustomChallenge
        | ChallengeNameType::DeviceSrpAuth
        | ChallengeNameType::DevicePasswordVerifier
        | ChallengeNameType::AdminNoSrpAuth
        | ChallengeNameType::SmsOtp
        | ChallengeNameType::WebAuthn
        | ChallengeNameType::Unlisted(_) => Err(challenge::invalid()),
    })
    .await
}

/// What follows the job, in one transaction.
#[derive(Default)]
struct After {
    sub: Uuid,
    /// The nonce that may be used once, and when it may be forgotten.
    once: Option<(Uuid, UnixMillis)>,
    /// A wrong guess to count.
    wrong: Option<Uncounted>,
    /// Earlier wrong guesses to forget.
    forget_attempts: bool,
    /// A credential to replace: the one that was checked, and its successor.
    convert: Option<(Vec<u8>, Vec<u8>)>,
    /// A changed user to write, in the version it was read in.
    user: Option<User>,
}

/// A job's result: what follows, and what is then answered.
type Done = (After, Result<Answer>);

async fn run<F>(cx: &Cx, entry: Entry, work: F) -> Result<Answer>
where
    F: FnOnce(&Job, &mut Reader<'_>) -> Result<Done> + Send + 'static,
{
    let engine = Arc::clone(&cx.engine);
    let now = cx.now();
    let (pool, (after, answer)) = cx
        .engine
        .store
        .read(move |r| {
            let job = Job::open(engine, r, &entry, now)?;
            let done = work(&job, r)?;
            Ok::<_, Error>((job.pool, done))
        })
        .await?;
    finish(cx, pool, after, now).await?;
    answer
}

/// Writes what follows a job.
///
/// # Errors
///
/// The answer to a replay, to a guess that was locked out meanwhile, to a user who was
/// changed meanwhile; what the store reports.
async fn finish(cx: &Cx, pool: UserPool, after: After, now: UnixMillis) -> Result<()> {
    let After {
        sub,
        once,
        wrong,
        forget_attempts,
        convert,
        user,
    } = after;
    if once.is_none() && wrong.is_none() && !forget_attempts && convert.is_none() && user.is_none() {
        return Ok(());
    }
    let is_wrong = wrong.is_some();
    let outcome = cx
        .engine
        .store
        .transact("sign_in", move |tx| {
            if let Some((nonce, expires_at)) = &once
                && !codes::use_once(tx, nonce.as_bytes(), *expires_at)?
            {
                return Ok::<_, Error>(Some(challenge::invalid()));
            }
            if is_wrong && !lockout::count_failure(tx, &pool.id, &sub, lockout::PASSWORD, now)? {
                return Ok(Some(lockout::refused()));
            }
            if forget_attempts {
                codes::clear_attempts(tx, &pool.id, &sub, lockout::PASSWORD)?;
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
            Ok(None)
        })
        .await;
    // Until here the guess counted in memory.
    drop(wrong);
    outcome?.map_or(Ok(()), Err)
}

/// The user a sign-in is about.
enum Who {
    Known(Box<User>),
    /// Made up, because the client must not learn that there is none.
    Unknown {
        sub: Uuid,
        user_id: String,
    },
}

impl Who {
    fn sub(&self) -> Uuid {
        match self {
            Self::Known(user) => user.sub,
            Self::Unknown { sub, .. } => *sub,
        }
    }

    fn user_id(&self) -> &str {
        match self {
            Self::Known(user) => &user.username,
            Self::Unknown { user_id, .. } => user_id,
        }
    }
}

/// One call's work on the reading threads.
struct Job {
    engine: Arc<Engine>,
    keys: Arc<OpenKeys>,
    pool: UserPool,
    client: AppClient,
    is_admin: bool,
    now: UnixMillis,
}

impl Job {
    fn open(engine: Arc<Engine>, r: &mut Reader<'_>, entry: &Entry, now: UnixMillis) -> Result<Self> {
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
        })
    }

    fn rng(&self) -> &dyn Rng {
        &*self.engine.rng
    }

    fn require(&self, flow: Flow, message: &str) -> Result<()> {
        if client::allows(&self.client, flow) {
            Ok(())
        } else {
            Err(Error::invalid(message))
        }
    }

    fn check_secret_hash(&self, username: &str, given: &Parameters) -> Result<()> {
        client::check_secret_hash(&self.client, &[username], given.get("SECRET_HASH"))
    }

    /// Finds the user of a typed name, or makes one up where their absence is hidden.
    fn who(&self, r: &mut Reader<'_>, typed: &str) -> Result<Who> {
        match lookup::user(r, &self.pool, typed)? {
            Some(user) => Ok(Who::Known(Box::new(user))),
            None if client::hides_users(&self.client) => {
                let sub = simulated::sub(&self.keys, &self.pool, typed);
                Ok(Who::Unknown {
                    sub,
                    user_id: simulated::user_id(&self.pool, typed, &sub),
                })
            }
            None => Err(Error::no_user()),
        }
    }

    /// `USER_PASSWORD_AUTH` and `ADMIN_USER_PASSWORD_AUTH`.
    fn password_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let password = required(given, "PASSWORD")?;
        self.check_secret_hash(username.expose(), given)?;
        let who = self.who(r, username.expose())?;
        self.by_password(r, who, password)
    }

    fn by_password(&self, r: &mut Reader<'_>, who: Who, password: &Secret) -> Result<Done> {
        let attempts = lockout::admit(r, &self.pool.id, &who.sub(), lockout::PASSWORD, self.now)?;
        let identity = Identity::new(&self.pool.id, who.user_id());
        let stored = match &who {
            Who::Known(user) => credential::of_user(&self.keys, user)?,
            Who::Unknown { .. } => None,
        };
        let Some(stored) = stored else {
            // The same work as for a user who has a password, so that time tells nothing.
            simulated::credential(&self.keys, &self.pool, who.user_id()).check(identity, password)?;
            return Ok(self.wrong(&who, None));
        };
        if !stored.check(identity, password)? {
            return Ok(self.wrong(&who, None));
        }
        let Who::Known(user) = &who else {
            return Ok(self.wrong(&who, None));
        };
        let mut after = After {
            sub: user.sub,
            forget_attempts: attempts.count > 0,
            ..After::default()
        };
        if stored.is_outdated(self.pool.any_client_uses_srp)
            && let Some(checked) = user.credential.clone()
        {
            let successor = Credential::make(identity, password, self.pool.any_client_uses_srp, self.rng())?;
            after.convert = Some((checked, successor.seal(&self.keys, &user.sub, self.rng())));
        }
        self.proven(r, user, after)
    }

    /// A wrong proof. `once` is the nonce it spent.
    fn wrong(&self, who: &Who, once: Option<(Uuid, UnixMillis)>) -> Done {
        let sub = who.sub();
        let after = After {
            sub,
            once,
            wrong: Some(Uncounted::note(&self.pool.id, &sub)),
            ..After::default()
        };
        let error = match who {
            // An imported user has no password to be right about, so only this tells what to do.
            Who::Known(user)
                if user.status == UserStatusType::ResetRequired && !client::hides_users(&self.client) =>
            {
                reset_required()
            }
            Who::Known(_) | Who::Unknown { .. } => Error::not_authorized("Incorrect username or password."),
        };
        (after, Err(error))
    }

    /// Goes on after a right proof: the user's state, a new password, tokens.
    fn proven(&self, r: &mut Reader<'_>, user: &User, after: After) -> Result<Done> {
        if let Err(refused) = self.check_state(user) {
            // The nonce is spent and the guess was right: nothing is counted.
            let after = After {
                forget_attempts: false,
                convert: None,
                ..after
            };
            return Ok((after, Err(refused)));
        }
        if user.status == UserStatusType::ForceChangePassword {
            // A converted credential would no longer be the one the session is tied to.
            let after = After {
                convert: None,
                ..after
            };
            return Ok((after, self.ask_new_password(user)));
        }
        Ok((after, self.tokens(r, user)))
    }

    fn check_state(&self, user: &User) -> Result<()> {
        if !user.enabled {
            return Err(Error::not_authorized("User is disabled."));
        }
        match &user.status {
            UserStatusType::Unconfirmed => Err(Error::new(
                Code::UserNotConfirmedException,
                "User is not confirmed.",
            )),
            UserStatusType::ResetRequired => Err(reset_required()),
            UserStatusType::ForceChangePassword => {
                let policy = password_policy::of(&self.pool.settings);
                // 0 counts as unset.
                let days = policy.temporary_password_validity_days.filter(|days| *days > 0);
                let days = i64::from(days.unwrap_or(password_policy::DEFAULT_TEMPORARY_DAYS));
                let since = user.temporary_since.unwrap_or(user.created_at);
                if self.now >= since.plus_secs(days.saturating_mul(86_400)) {
                    return Err(Error::not_authorized(
                        "Temporary password has expired and must be reset by an administrator.",
                    ));
                }
                Ok(())
            }
            UserStatusType::Confirmed
            | UserStatusType::Archived
            | UserStatusType::Compromised
            | UserStatusType::Unknown
            | UserStatusType::ExternalProvider
            | UserStatusType::Unlisted(_) => Ok(()),
        }
    }

    fn tokens(&self, r: &mut Reader<'_>, user: &User) -> Result<Answer> {
        self.check_second_factor(user)?;
        let grant = Grant::new(self.rng(), &self.client, user, USER_SCOPE, self.now);
        let mut result = tokens::issue_in(
            &self.engine,
            r,
            (&self.pool, &self.client, user),
            &grant,
            self.now,
        )?;
        result.refresh_token = Some(tokens::seal_refresh(&self.keys, self.rng(), &grant)?);
        Ok(Answer {
            authentication_result: Some(result),
            challenge_parameters: Some(BTreeMap::new()),
            ..Answer::default()
        })
    }

    /// Refuses a user who would have to show a second factor.
    fn check_second_factor(&self, user: &User) -> Result<()> {
        let needed = match self.pool.settings.mfa_configuration {
            Some(UserPoolMfaType::On) => true,
            Some(UserPoolMfaType::Optional) => !user.mfa_settings.is_empty(),
            Some(UserPoolMfaType::Off | UserPoolMfaType::Unlisted(_)) | None => false,
        };
        if needed {
            return Err(Error::new(
                Code::InvalidUserPoolConfigurationException,
                "The user must show a second factor, which this engine does not ask for yet.",
            ));
        }
        Ok(())
    }

    fn session_ends(&self) -> UnixMillis {
        self.now.plus_secs(client::session_secs(&self.client))
    }

    fn wait(
        &self,
        challenge: ChallengeNameType,
        sub: Uuid,
        username: &str,
        credential: Option<&[u8]>,
    ) -> Result<Secret> {
        Waiting {
            challenge,
            sub,
            username: username.to_owned(),
            credential: fingerprint(&self.keys, credential),
            nonce: ids::uuid(self.rng()),
            expires_at: self.session_ends(),
        }
        .seal(&self.keys, self.rng(), &self.client.id)
    }

    fn ask_new_password(&self, user: &User) -> Result<Answer> {
        let schema = attributes::schema_of(&self.pool.settings);
        let missing: Vec<String> =
            attributes::missing_required(&schema, |name| user.attributes.contains_key(name))
                .into_iter()
                .filter_map(|attribute| attribute.name.as_deref())
                .map(|name| format!("userAttributes.{name}"))
                .collect();
        let readable: BTreeMap<&String, &String> = user
            .attributes
            .iter()
            .filter(|(name, _)| attributes::is_readable(&self.client.settings, name))
            .collect();
        let parameters = [
            ("USER_ID_FOR_SRP", user.username.clone()),
            (
                "userAttributes",
                serde_json::to_string(&readable).map_err(Error::internal)?,
            ),
            (
                "requiredAttributes",
                serde_json::to_string(&missing).map_err(Error::internal)?,
            ),
        ];
        Ok(Answer {
            session: Some(self.wait(
                ChallengeNameType::NewPasswordRequired,
                user.sub,
                &user.username,
                user.credential.as_deref(),
            )?),
            challenge_name: Some(ChallengeNameType::NewPasswordRequired),
            challenge_parameters: Some(parameters_of(parameters)),
            ..Answer::default()
        })
    }

    /// The answer to `NEW_PASSWORD_REQUIRED`.
    fn new_password(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let password = required(given, "NEW_PASSWORD")?;
        self.check_secret_hash(username.expose(), given)?;
        let waiting = Waiting::open(
            &self.keys,
            &self.client.id,
            &ChallengeNameType::NewPasswordRequired,
            session,
            self.now,
        )?;
        let before = users::get(r, &self.pool.id, &waiting.sub)?.ok_or_else(challenge::invalid)?;
        let same_user = before.username == username.expose()
            || lookup::user(r, &self.pool, username.expose())?.is_some_and(|user| user.sub == before.sub);
        let same_password = waiting.credential == fingerprint(&self.keys, before.credential.as_deref());
        if !same_user || !same_password || before.status != UserStatusType::ForceChangePassword {
            return Err(challenge::invalid());
        }
        self.check_state(&before)?;
        user_ops::check_password(&self.pool, password)?;
        let history = credential::history_size(&self.pool);
        if credential::was_used_in(&self.engine, r, &self.pool, &before, password, history)? {
            return Err(user_ops::password_was_used());
        }

        let mut user = before.clone();
        self.complete_attributes(&mut user, given)?;
        let sealed = credential::make_in(&self.engine, r, &self.pool, &user.sub, &user.username, password)?;
        credential::replace(&self.pool, &mut user, sealed);
        user.status = UserStatusType::Confirmed;
        user.modified_at = self.now;
        let answer = self.tokens(r, &user)?;
        let after = After {
            sub: user.sub,
            once: Some((waiting.nonce, waiting.expires_at)),
            forget_attempts: true,
            user: Some(user),
            ..After::default()
        };
        Ok((after, Ok(answer)))
    }

    /// Takes the `userAttributes.…` of a first sign-in.
    fn complete_attributes(&self, user: &mut User, given: &Parameters) -> Result<()> {
        let given: BTreeMap<String, String> = given
            .iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix("userAttributes.")?;
                Some((name.to_owned(), value.expose().to_owned()))
            })
            .collect();
        let schema = attributes::schema_of(&self.pool.settings);
        for (name, value) in &given {
            if !attributes::is_writable(&self.client.settings, name) {
                return Err(Error::not_authorized(
                    "A client attempted to write unauthorized attribute",
                ));
            }
            let is_required =
                attributes::find(&schema, name).is_some_and(|attribute| attribute.required == Some(true));
            let present = user.attributes.get(name);
            if is_required && present.is_some_and(|present| present != value) {
                return Err(Error::not_authorized(format!(
                    "Cannot modify an already provided {name}"
                )));
            }
        }
        let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let findings = attributes::check(&schema, pairs);
        if !findings.is_empty() {
            return Err(Error::invalid(attributes::message(&findings)));
        }
        // Codes for a new address are asked for afterwards, by the signed-in user.
        user_ops::change_attributes(&self.pool, user, &given)?;
        let missing = attributes::missing_required(&schema, |name| user.attributes.contains_key(name));
        if let Some(name) = missing.first().and_then(|attribute| attribute.name.as_deref()) {
            return Err(Error::invalid(format!(
                "Invalid attributes given, {name} is missing"
            )));
        }
        Ok(())
    }

    /// `USER_SRP_AUTH`.
    fn srp_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let a = public_a(given)?;
        let who = self.who(r, username.expose())?;
        Ok((After::default(), self.ask_proof(&who, a)))
    }

    fn ask_proof(&self, who: &Who, a: super::bignum::Number) -> Result<Answer> {
        let verifier = self.verifier_of(who)?;
        let challenge = Challenge::make(&verifier.v, self.rng()).map_err(Error::internal)?;
        let block = SrpBlock::new(
            self.rng(),
            who.sub(),
            who.user_id(),
            a,
            &challenge,
            self.session_ends(),
        );
        let parameters = [
            ("SALT", hex::encode(verifier.salt)),
            (
                "SECRET_BLOCK",
                block.seal(&self.keys, self.rng(), &self.client.id),
            ),
            ("SRP_B", srp::padded_hex(&challenge.public)),
            ("USERNAME", who.user_id().to_owned()),
            ("USER_ID_FOR_SRP", who.user_id().to_owned()),
        ];
        Ok(Answer {
            challenge_name: Some(ChallengeNameType::PasswordVerifier),
            challenge_parameters: Some(parameters_of(parameters)),
            ..Answer::default()
        })
    }

    /// Returns the verifier of a user; one that fits no password when there is none, or when
    /// an imported hash waits for the first sign-in with the plain password.
    fn verifier_of(&self, who: &Who) -> Result<srp::Verifier> {
        let stored = match who {
            Who::Known(user) => credential::of_user(&self.keys, user)?,
            Who::Unknown { .. } => None,
        };
        Ok(match stored {
            Some(Credential::SrpVerifier(verifier)) => verifier,
            Some(Credential::Argon2id { .. } | Credential::Foreign { .. }) | None => {
                simulated::verifier(&self.keys, who.user_id())
            }
        })
    }

    /// The answer to `PASSWORD_VERIFIER`.
    fn password_verifier(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        let secret_block = required(given, "PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = required(given, "PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = required(given, "TIMESTAMP")?;
        self.check_secret_hash(username.expose(), given)?;
        let (block, block_bytes) =
            SrpBlock::open(&self.keys, &self.client.id, secret_block.expose(), self.now)?;
        let signed_at = proof_time(timestamp.expose()).ok_or_else(|| {
            Error::invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english")
        })?;
        if self.now.since(signed_at).abs() > PROOF_SKEW_MILLIS {
            return Err(challenge::expired());
        }
        let who = match users::get(r, &self.pool.id, &block.sub)? {
            Some(user) => Who::Known(Box::new(user)),
            None => Who::Unknown {
                sub: block.sub,
                user_id: block.user_id.clone(),
            },
        };
        if block.user_id != username.expose()
            && lookup::user(r, &self.pool, username.expose())?.is_none_or(|user| user.sub != block.sub)
        {
            return Err(challenge::invalid());
        }
        let attempts = lockout::admit(r, &self.pool.id, &block.sub, lockout::PASSWORD, self.now)?;
        let once = Some((block.nonce, block.expires_at));

        let verifier = self.verifier_of(&who)?;
        let key =
            srp::session_key(&block.a, &block.b_public, &block.b, &verifier.v).map_err(Error::internal)?;
        let signature = STANDARD.decode(signature.expose()).unwrap_or_default();
        let identity = Identity::new(&self.pool.id, &block.user_id);
        let is_proven =
            key.is_some_and(|key| srp::proves(&key, identity, &block_bytes, timestamp.expose(), &signature));
        let user = match &who {
            Who::Known(user) if is_proven => user,
            Who::Known(_) | Who::Unknown { .. } => return Ok(self.wrong(&who, once)),
        };
        let after = After {
            sub: user.sub,
            once,
            forget_attempts: attempts.count > 0,
            ..After::default()
        };
        self.proven(r, user, after)
    }

    /// `REFRESH_TOKEN_AUTH`.
    fn refresh_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let token = required(given, "REFRESH_TOKEN")?;
        let hash = given.get("SECRET_HASH");
        if hash.is_none() {
            client::check_secret_hash(&self.client, &[], None)?;
        }
        let (grant, user) = tokens::check_refresh(r, &self.keys, &self.client, token, self.now)?;
        let sub = user.sub.to_string();
        client::check_secret_hash(&self.client, &[&user.username, &sub], hash)?;
        let result = tokens::issue_in(
            &self.engine,
            r,
            (&self.pool, &self.client, &user),
            &grant,
            self.now,
        )?;
        let answer = Answer {
            authentication_result: Some(result),
            challenge_parameters: Some(BTreeMap::new()),
            ..Answer::default()
        };
        Ok((After::default(), Ok(answer)))
    }

    /// `USER_AUTH`: the caller prefers a proof, or is told which there are.
    fn choice_flow(&self, r: &mut Reader<'_>, given: &Parameters) -> Result<Done> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let who = self.who(r, username.expose())?;
        let available = self.available(&who);
        let preferred = given
            .get("PREFERRED_CHALLENGE")
            .map(|name| ChallengeNameType::from(name.expose()))
            .filter(|name| available.contains(name));
        match preferred {
            Some(ChallengeNameType::Password) => match given.get("PASSWORD") {
                Some(password) => self.by_password(r, who, password),
                None => {
                    let answer = self.ask(ChallengeNameType::Password, &who, username.expose(), available);
                    Ok((After::default(), answer))
                }
            },
            Some(ChallengeNameType::PasswordSrp) => {
                Ok((After::default(), self.ask_proof(&who, public_a(given)?)))
            }
            _ => {
                let answer = self.ask(
                    ChallengeNameType::SelectChallenge,
                    &who,
                    username.expose(),
                    available,
                );
                Ok((After::default(), answer))
            }
        }
    }

    /// Returns the first factors a user may choose from; a made-up user may what most may.
    fn available(&self, who: &Who) -> Vec<ChallengeNameType> {
        let has_password = match who {
            Who::Known(user) => user.credential.is_some(),
            Who::Unknown { .. } => true,
        };
        let mut available = Vec::new();
        if has_password {
            available.push(ChallengeNameType::Password);
            if self.pool.any_client_uses_srp {
                available.push(ChallengeNameType::PasswordSrp);
            }
        }
        available
    }

    fn ask(
        &self,
        name: ChallengeNameType,
        who: &Who,
        username: &str,
        available: Vec<ChallengeNameType>,
    ) -> Result<Answer> {
        Ok(Answer {
            session: Some(self.wait(name.clone(), who.sub(), username, None)?),
            challenge_name: Some(name),
            challenge_parameters: Some(BTreeMap::new()),
            available_challenges: Some(available),
            ..Answer::default()
        })
    }

    /// The answer to `SELECT_CHALLENGE`.
    fn chosen(&self, r: &mut Reader<'_>, session: Option<&Secret>, given: &Parameters) -> Result<Done> {
        let select = ChallengeNameType::SelectChallenge;
        let answer = required(given, "ANSWER")?;
        match ChallengeNameType::from(answer.expose()) {
            ChallengeNameType::Password if given.contains_key("PASSWORD") => {
                self.password_after_choice(r, &select, session, given)
            }
            ChallengeNameType::Password => {
                let (_, who) = self.resume(r, &select, session, given)?;
                let username = required(given, "USERNAME")?;
                let available = self.available(&who);
                let answer = self.ask(ChallengeNameType::Password, &who, username.expose(), available);
                Ok((After::default(), answer))
            }
            ChallengeNameType::PasswordSrp => self.srp_after_choice(r, &select, session, given),
            _ => Err(Error::invalid("Selected challenge is not available.")),
        }
    }

    fn password_after_choice(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let password = required(given, "PASSWORD")?;
        let (waiting, who) = self.resume(r, name, session, given)?;
        let (after, answer) = self.by_password(r, who, password)?;
        let after = After {
            once: Some((waiting.nonce, waiting.expires_at)),
            ..after
        };
        Ok((after, answer))
    }

    fn srp_after_choice(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<Done> {
        let a = public_a(given)?;
        let (_, who) = self.resume(r, name, session, given)?;
        Ok((After::default(), self.ask_proof(&who, a)))
    }

    /// Opens the session of a choice and finds its user again.
    fn resume(
        &self,
        r: &mut Reader<'_>,
        name: &ChallengeNameType,
        session: Option<&Secret>,
        given: &Parameters,
    ) -> Result<(Waiting, Who)> {
        let username = required(given, "USERNAME")?;
        self.check_secret_hash(username.expose(), given)?;
        let waiting = Waiting::open(&self.keys, &self.client.id, name, session, self.now)?;
        let who = self.who(r, username.expose())?;
        if who.sub() != waiting.sub {
            return Err(challenge::invalid());
        }
        Ok((waiting, who))
    }
}

fn reset_required() -> Error {
    Error::new(
        Code::PasswordResetRequiredException,
        "Password reset required for the user",
    )
}

fn required<'a>(given: &'a Parameters, name: &str) -> Result<&'a Secret> {
    given
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::invalid(format!("Missing required parameter {name}")))
}

fn public_a(given: &Parameters) -> Result<super::bignum::Number> {
    let text = required(given, "SRP_A")?;
    srp::parse_a(text.expose()).ok_or_else(|| Error::invalid("Invalid SRP_A."))
}

fn parameters_of<const N: usize>(parameters: [(&str, String); N]) -> BTreeMap<String, String> {
    parameters
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Reads the timestamp of a proof, `Tue May 7 00:09:40 UTC 2025`. The weekday is not
/// checked: it adds nothing to a date.
fn proof_time(text: &str) -> Option<UnixMillis> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, month, day, time, "UTC", year] = *fields.as_slice() else {
        return None;
    };
    let at =
        jiff::civil::DateTime::strptime("%b %d %H:%M:%S %Y", format!("{month} {day} {time} {year}")).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(UnixMillis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_time_reads_days_with_and_without_a_zero() {
        let expected = Some(UnixMillis(1_746_576_580_000));
        for text in [
            "Wed May 7 00:09:40 UTC 2025",
            "Wed May 07 00:09:40 UTC 2025",
            "Tue May 7 00:09:40 UTC 2025",
        ] {
            assert_eq!(proof_time(text), expected, "{text}");
        }
        for text in [
            "",
            "Wed May 7 00:09:40 CET 2025",
            "Wed Mai 7 00:09:40 UTC 2025",
            "Wed May 32 00:09:40 UTC 2025",
            "Wed May 7 00:09:40 UTC",
        ] {
            assert_eq!(proof_time(text), None, "{text}");
        }
    }
}

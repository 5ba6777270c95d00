//! The built-in security token service: who a signature is, and the role a token gives.
//!
//! `GetCallerIdentity` and `AssumeRoleWithWebIdentity`, so that user pools, identity pools
//! and what checks their credentials work with nothing else installed. There are no trust
//! policies here: a token of an identity pool gives the one role that its pool names for
//! that kind of identity, and only while the pool allows the basic flow.
//!
//! Source: AWS Security Token Service API reference.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::auth::access_keys;
use super::auth::temporary_keys::Session;
use super::dispatch::Credentials;
use super::identity::credentials::{Given, basic_role, issue};
use super::identity::{identity_in, open_id, standing};
use super::{Caller, Cx, Engine, Error};
use crate::base::secret::Secret;
use crate::rules::identity_pools::role_of;
use crate::wire::fault::Code;

/// What signatures are made for.
const SIGNING_NAME: &str = "sts";
/// How long a session may be, in seconds, and how long it is unless told.
const SECS_MIN: i64 = 900;
const SECS_MAX: i64 = 43_200;
const SECS_USUAL: i64 = 3600;
/// The longest token, in characters.
const TOKEN_MAX: usize = 20_000;

/// Why the service does not do as asked. Its codes are not those of the other APIs.
#[derive(Debug)]
pub struct Refused {
    /// The service's name of the error.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What the caller may read.
    pub message: String,
}

impl Refused {
    /// A refusal with status 400.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status: 400,
            message: message.into(),
        }
    }

    fn denied() -> Self {
        Self {
            code: "AccessDenied",
            status: 403,
            message: "Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned(),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let (code, status) = match error.code() {
            Code::MissingAuthenticationTokenException => ("MissingAuthenticationToken", 403),
            Code::UnrecognizedClientException => ("InvalidClientTokenId", 403),
            Code::InvalidSignatureException => ("SignatureDoesNotMatch", 403),
            Code::ExpiredTokenException => ("ExpiredToken", 403),
            Code::IncompleteSignatureException => ("IncompleteSignature", 400),
            Code::TooManyRequestsException => ("Throttling", 400),
            _ => {
                tracing::error!(error = ?error, "the security token service failed");
                ("InternalFailure", 500)
            }
        };
        Self {
            code,
            status,
            message: error.message().to_owned(),
        }
    }
}

/// Who a signature is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The session of a role, or the root of the account for an access key of the engine.
    pub arn: String,
    /// The id that goes with it.
    pub user_id: String,
    /// Twelve digits.
    pub account: String,
}

/// Tells who signed a call.
///
/// # Errors
///
/// [`Refused`] when nobody did, or not well.
pub async fn get_caller_identity(
    engine: &Arc<Engine>,
    credentials: &Credentials,
    source: Option<std::net::IpAddr>,
) -> Result<CallerIdentity, Refused> {
    let caller = match credentials {
        Credentials::Signature(presented) => {
            access_keys::check_scoped(engine, SIGNING_NAME, None, presented, source).await?
        }
        Credentials::Incomplete(why) => {
            return Err(Error::new(Code::IncompleteSignatureException, why.clone()).into());
        }
        Credentials::Console => Caller::Console,
        Credentials::Nothing => {
            return Err(Error::new(
                Code::MissingAuthenticationTokenException,
                "Request is missing Authentication Token",
            )
            .into());
        }
    };
    Ok(match caller {
        Caller::Role(session) => CallerIdentity {
            arn: session.arn(),
            user_id: session.assumed_role_id(),
            account: session.account().to_owned(),
        },
        // An access key of the engine may do everything in it, as the root of an account may.
        Caller::Console | Caller::AccessKey(_) | Caller::Token | Caller::Public => {
            let account = engine.settings().account_id.clone();
            CallerIdentity {
                arn: format!("arn:aws:iam::{account}:root"),
                user_id: account.clone(),
                account,
            }
        }
    })
}

/// What is asked of [`assume_role_with_web_identity`].
#[derive(Clone, Debug, Default)]
pub struct AssumeRoleWithWebIdentity {
    pub role_arn: String,
    pub role_session_name: String,
    pub web_identity_token: Secret,
    pub duration_seconds: Option<i64>,
    /// Whether the session should have less than the role, by a policy.
    pub has_policy: bool,
}

/// A role that was assumed.
#[derive(Clone, Debug)]
pub struct Assumed {
    pub credentials: Given,
    pub session: Session,
    /// `sub`, the identity.
    pub subject: String,
    /// `aud`, the identity pool.
    pub audience: String,
    /// `iss`.
    pub provider: String,
}

/// Gives credentials of a role to the holder of an identity pool's token.
///
/// # Errors
///
/// [`Refused`]: `ValidationError` for a request that is wrong in itself, `InvalidIdentityToken`
/// and `ExpiredTokenException` for the token, `AccessDenied` for a role it does not give.
pub async fn assume_role_with_web_identity(
    cx: &Cx,
    asked: AssumeRoleWithWebIdentity,
) -> Result<Assumed, Refused> {
    check(&asked)?;
    let secs = asked.duration_seconds.unwrap_or(SECS_USUAL);
    let claims = open_id::verify(cx, &asked.web_identity_token).await?.ok_or_else(|| {
        Refused::invalid(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT of an identity pool. (You may see this error if you sent \
             an Access Token)",
        )
    })?;
    let now = cx.now();
    let ends = claims
        .get("exp")
        .and_then(serde_json::Value::as_i64)
        .unwrap_or_default();
    if ends <= now.secs() {
        return Err(Refused::invalid(
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {} must be before the expiration date/time {ends}",
                now.secs()
            ),
        ));
    }
    let text = |name: &str| {
        let text = claims.get(name).and_then(serde_json::Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (subject, audience, provider) = (text("sub"), text("aud"), text("iss"));
    let (within, id) = (cx.clone(), subject.clone());
    let found = cx
        .engine
        .store
        .read(move |r| match identity_in(&within, r, &id) {
            Ok(found) => Ok(Some(found)),
            Err(absent) if absent.code() == Code::ResourceNotFoundException => Ok(None),
            Err(failed) => Err(failed),
        })
        .await?;
    let methods: BTreeSet<&str> = open_id::methods_of(&claims).into_iter().collect();
    let allowed = found
        .filter(|(pool, identity)| {
            pool.id == audience
                && !identity.disabled
                && pool.settings.allow_classic_flow == Some(true)
                && pool.role_mappings.is_empty()
        })
        .filter(|(pool, _)| basic_role(pool, &methods).as_ref() == Some(&asked.role_arn))
        // A login that was taken from the identity proves nothing any more.
        .and_then(|(_, identity)| standing::of_token(&claims, &identity, now));
    let Some(rests_on) = allowed else {
        return Err(Refused::denied());
    };
    let session = Session {
        role_arn: asked.role_arn,
        session_name: asked.role_session_name,
        identity_pool_id: audience.clone(),
        identity_id: subject.clone(),
        is_guest: !methods.contains("authenticated"),
        is_restricted: asked.has_policy,
        tags: open_id::tags_of(&claims),
        expires_at: now.plus_secs(secs),
        rests_on,
    };
    Ok(Assumed {
        credentials: issue(cx, &session).await?,
        session,
        subject,
        audience,
        provider,
    })
}

fn check(asked: &AssumeRoleWithWebIdentity) -> Result<(), Refused> {
    let wrong = |what: &str| Err(Refused::invalid("ValidationError", what));
    let name = &asked.role_session_name;
    if !(2..=64).contains(&name.len())
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
    {
        return wrong("RoleSessionName must be 2 to 64 letters, digits and characters of _+=,.@-");
    }
    if role_of(&asked.role_arn).is_none() || asked.role_arn.len() > 2048 {
        return wrong("RoleArn is not the ARN of a role");
    }
    if !(4..=TOKEN_MAX).contains(&asked.web_identity_token.expose().len()) {
        return wrong("WebIdentityToken must have 4 to 20000 characters");
    }
    match asked.duration_seconds {
        Some(secs) if !(SECS_MIN..=SECS_MAX).contains(&secs) => wrong("DurationSeconds must be 900 to 43200"),
        _ => Ok(()),
    }
}

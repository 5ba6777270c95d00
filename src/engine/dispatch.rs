//! The one door: finds the route, checks the request, learns who calls, runs the handler.

use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;
use tracing::{debug, error, warn};
use uuid::Uuid;

use super::identity::standing;
use super::{Caller, Cx, Engine, Error, Result, auth, ops, quotas};
use crate::base::ids;
use crate::wire::fault::Code;
use crate::wire::sigv4;
use crate::wire::{Auth, Operation, OperationInfo, Service, model};

/// What an operation does.
pub trait Handler: Operation {
    /// Does it.
    fn handle(self, cx: &Cx) -> impl Future<Output = Result<Self::Response>> + Send;
}

type Answered = Pin<Box<dyn Future<Output = Result<Value>> + Send>>;

/// An operation that is answered.
#[derive(Clone, Copy)]
pub struct Route {
    /// What the model says of it.
    pub info: OperationInfo,
    call: fn(Cx, Value) -> Answered,
}

impl Route {
    /// The route of the operation `O`.
    pub const fn of<O: Handler>() -> Self {
        fn call<O: Handler>(cx: Cx, body: Value) -> Answered {
            Box::pin(async move {
                let request: O = serde_json::from_value(body)
                    .map_err(|reason| Error::new(Code::SerializationException, reason.to_string()))?;
                let response = request.handle(&cx).await?;
                serde_json::to_value(response).map_err(Error::internal)
            })
        }
        Self {
            info: OperationInfo::of::<O>(),
            call: call::<O>,
        }
    }
}

/// How the caller presents itself.
pub enum Credentials {
    /// The console, in the same process.
    Console,
    /// A Signature Version 4, still to be checked.
    Signature(Box<sigv4::Presented>),
    /// An `Authorization` that cannot be checked; why not.
    Incomplete(String),
    /// None.
    Nothing,
}

/// A call as it arrives.
pub struct Call {
    /// The API.
    pub service: Service,
    /// The operation's name.
    pub operation: String,
    /// The body, JSON text in UTF-8.
    pub body: Vec<u8>,
    /// How the caller presents itself.
    pub credentials: Credentials,
    /// Where the call came from.
    pub source: Option<IpAddr>,
    /// What the caller says it is (`User-Agent`).
    pub user_agent: Option<String>,
    /// The Region, when something other than the credential scope names it.
    pub region: Option<String>,
}

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    /// Names the call.
    pub request_id: Uuid,
    /// The JSON body (empty for operations without output) or the error.
    pub outcome: Result<Vec<u8>>,
}

/// Answers a call. Never panics: a panic in a handler is one `InternalErrorException`.
pub async fn dispatch(engine: &Arc<Engine>, call: Call) -> Answer {
    let request_id = ids::uuid(&*engine.rng);
    let operation = call.operation.clone();
    let service = call.service;
    let work = tokio::spawn(answer(Arc::clone(engine), request_id, call));
    let outcome = match AssertUnwindSafe(work).0.await {
        Ok(outcome) => outcome,
        Err(reason) => Err(Error::internal(format!("the handler ended early: {reason}"))),
    };
    match &outcome {
        Ok(_) => debug!(service = service.signing_name(), %operation, %request_id, "answered"),
        Err(failed) if failed.code().status() >= 500 => {
            error!(service = service.signing_name(), %operation, %request_id, error = ?failed, "failed");
        }
        Err(failed) => {
            debug!(service = service.signing_name(), %operation, %request_id, code = failed.code().as_str(), "refused");
        }
    }
    Answer { request_id, outcome }
}

async fn answer(engine: Arc<Engine>, request_id: Uuid, call: Call) -> Result<Vec<u8>> {
    let Some(route) = ops::find(call.service, &call.operation) else {
        return Err(Error::new(
            Code::UnknownOperationException,
            format!(
                "Operation {} is not known.",
                call.operation.chars().take(128).collect::<String>()
            ),
        ));
    };
    let settings = engine.settings();
    let (caller, region) = identify(&engine, &route.info, &call).await?;
    let region = call
        .region
        .or(region)
        .unwrap_or_else(|| settings.default_region.clone());
    let body = if call.body.is_empty() {
        b"{}".as_slice()
    } else {
        &call.body
    };
    let body: Value = serde_json::from_slice(body).map_err(|_| {
        Error::new(
            Code::SerializationException,
            "The request body is not valid JSON.",
        )
    })?;
    let body = model::check(call.service, &call.operation, body).map_err(|refused| match refused {
        model::Refused::Serialization(message) => Error::new(Code::SerializationException, message),
        model::Refused::Constraint(message) => Error::invalid(message),
    })?;
    let of_pool = body.get("UserPoolId").and_then(Value::as_str);
    quotas::admit(
        &engine,
        &settings,
        &region,
        call.service,
        &call.operation,
        of_pool,
    )?;
    quotas::admit_user(&engine, &settings, call.service, &call.operation, &body).await?;
    refuse_other_region(&engine, &caller, &region, &call.operation, &body).await?;
    let cx = Cx {
        engine,
        caller,
        region: region.into(),
        request_id,
        source: call.source,
        user_agent: call.user_agent.map(Arc::from),
    };
    let outcome = (route.call)(cx, body).await;
    if let Err(failed) = &outcome {
        let declared = route.info.errors.contains(&failed.code());
        if !declared && !ALWAYS_ALLOWED.contains(&failed.code()) {
            warn!(
                operation = route.info.name,
                code = failed.code().as_str(),
                "undeclared error"
            );
            debug_assert!(
                declared,
                "{} does not declare {}",
                route.info.name,
                failed.code().as_str()
            );
        }
    }
    match outcome? {
        Value::Null => Ok(Vec::new()),
        value => serde_json::to_vec(&value).map_err(Error::internal),
    }
}

/// A user pool belongs to a Region, which its id begins with: a call signed for another one does
/// not find it, unless the user pool has a replica there. The console and unsigned calls name no
/// Region of their own.
async fn refuse_other_region(
    engine: &Arc<Engine>,
    caller: &Caller,
    region: &str,
    operation: &str,
    body: &Value,
) -> Result<()> {
    let id = body.get("UserPoolId").and_then(Value::as_str);
    match (caller, id, id.and_then(|id| id.rsplit_once('_'))) {
        (Caller::AccessKey(_), Some(id), Some((at, _))) if at != region => {
            ops::idp::replicas::check_call(engine, id, region, operation).await
        }
        _ => Ok(()),
    }
}

/// Errors any operation may answer, declared or not.
const ALWAYS_ALLOWED: &[Code] = &[
    Code::InternalErrorException,
    Code::SerializationException,
    Code::TooManyRequestsException,
];

/// Learns who calls, and the Region of the credential scope.
async fn identify(
    engine: &Arc<Engine>,
    info: &OperationInfo,
    call: &Call,
) -> Result<(Caller, Option<String>)> {
    match (info.auth, &call.credentials) {
        (_, Credentials::Console) => Ok((Caller::Console, None)),
        (Auth::Signed, Credentials::Nothing) => Err(Error::new(
            Code::MissingAuthenticationTokenException,
            "Missing Authentication Token",
        )),
        (Auth::Signed, Credentials::Incomplete(why)) => {
            Err(Error::new(Code::IncompleteSignatureException, why.clone()))
        }
        (Auth::Signed, Credentials::Signature(presented)) => {
            let caller = auth::access_keys::check(engine, call.service, presented, call.source).await?;
            refuse_role(engine, info, &caller).await?;
            Ok((caller, Some(presented.region.clone())))
        }
        (Auth::SignedOrClient, Credentials::Signature(presented)) => {
            match auth::access_keys::check(engine, call.service, presented, call.source).await {
                Ok(caller) if refuse_role(engine, info, &caller).await.is_ok() => {
                    Ok((caller, Some(presented.region.clone())))
                }
                Ok(_) | Err(_) => Ok((Caller::Public, Some(presented.region.clone()))),
            }
        }
        // A signature on an operation that needs none is ignored; its Region is kept as a hint.
        (Auth::AccessToken | Auth::TokenOrSession, Credentials::Signature(presented)) => {
            Ok((Caller::Token, Some(presented.region.clone())))
        }
        (Auth::Public, Credentials::Signature(presented)) => {
            Ok((Caller::Public, Some(presented.region.clone())))
        }
        (Auth::AccessToken | Auth::TokenOrSession, Credentials::Nothing | Credentials::Incomplete(_)) => {
            Ok((Caller::Token, None))
        }
        (Auth::Public | Auth::SignedOrClient, Credentials::Nothing | Credentials::Incomplete(_)) => {
            Ok((Caller::Public, None))
        }
    }
}

/// Temporary credentials may call what is signed only in a role that was named for it when
/// the program started, and while that which they rest on stands; the extension of this
/// engine never.
///
/// An identity calls what an identity may without a signature: its own tokens are its proof.
async fn refuse_role(engine: &Arc<Engine>, info: &OperationInfo, caller: &Caller) -> Result<()> {
    let Caller::Role(session) = caller else {
        return Ok(());
    };
    if info.service != Service::Engine
        && session.may_administer(engine)
        && standing::stands(engine, session).await?
    {
        return Ok(());
    }
    let action = format!("{}:{}", info.service.signing_name(), info.name);
    Err(Error::new(
        Code::AccessDeniedException,
        format!(
            "User: {} is not authorized to perform: {action} because no identity-based policy allows the \
             {action} action",
            session.arn()
        ),
    ))
}

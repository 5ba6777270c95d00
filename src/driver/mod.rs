//! How the engine is called: in this process, or over the network.
//!
//! The console and the command line know only [`Driver`]; local and remote differ in the
//! [`Transport`] behind it. A read-only driver refuses every operation that changes
//! something before it leaves.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire::{Auth, Fault, Operation, Service};

pub mod https;
pub mod in_process;
pub mod profiles;

/// A future that a transport gives.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Told how many bytes of how many are on their way. Called often; it must not block.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// An operation on its way.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The API.
    pub service: Service,
    /// The vendor's name.
    pub operation: &'static str,
    /// How the caller is known.
    pub auth: Auth,
    /// JSON text.
    pub body: Vec<u8>,
}

/// Carries a call to an engine and its answer back.
pub trait Transport: Send + Sync {
    /// Sends and waits. An empty body is the answer of an operation without output.
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>>;
    /// Puts a file to a pre-signed URL.
    fn upload(&self, url: String, file: std::path::PathBuf) -> BoxFuture<Result<(), CallError>>;
    /// As [`Transport::upload`], and tells how far it is.
    fn upload_reporting(
        &self,
        url: String,
        file: std::path::PathBuf,
        progress: Progress,
    ) -> BoxFuture<Result<(), CallError>> {
        let _ = progress;
        self.upload(url, file)
    }
    /// Gets the bytes behind a URL that the engine names (a logo).
    fn download(&self, url: String) -> BoxFuture<Result<Vec<u8>, CallError>>;
    /// Where calls go, for people: `embedded`, `http://127.0.0.1:9229`, ….
    fn endpoint(&self) -> String;
    /// The Region calls are made in.
    fn region(&self) -> String;
    /// The same endpoint in another Region; `None` when there is no such thing.
    fn in_region(&self, region: &str) -> Option<Arc<dyn Transport>> {
        let _ = region;
        None
    }
}

/// Why a call brought no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The engine answered an error.
    Fault(Fault),
    /// The connection is read-only; the call was not sent.
    ReadOnly { operation: &'static str },
    /// The endpoint did not answer. The text says how, in words for people.
    Unreachable(String),
    /// The endpoint answered what is not of this protocol.
    Undecodable(String),
    /// The endpoint does not know the operation; the text is its own.
    Unavailable { operation: &'static str, reason: String },
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) if fault.message.is_empty() => f.write_str(&fault.code),
            Self::Fault(fault) => write!(f, "{} ({})", fault.message, fault.code),
            Self::ReadOnly { operation } => {
                write!(f, "This connection is read-only; {operation} was not sent.")
            }
            Self::Unreachable(how) => write!(f, "The endpoint does not answer: {how}"),
            Self::Undecodable(what) => write!(f, "The endpoint answered something unexpected: {what}"),
            Self::Unavailable { operation, reason } => {
                write!(f, "This endpoint does not offer {operation}: {reason}")
            }
        }
    }
}

impl std::error::Error for CallError {}

/// Calls operations. Cheap to clone.
#[derive(Clone)]
pub struct Driver {
    transport: Arc<dyn Transport>,
    read_only: bool,
}

impl Driver {
    /// Wraps a transport. `read_only` refuses every operation that changes something.
    pub fn new(transport: Arc<dyn Transport>, read_only: bool) -> Self {
        Self { transport, read_only }
    }

    /// Tells whether changes are refused.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Returns the carrier.
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    /// Calls an operation.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn call<O: Operation>(&self, request: &O) -> Result<O::Response, CallError> {
        self.exchange::<O, _, _>(request).await
    }

    /// Calls an operation with what is on the wire: members that our types do not know come and
    /// go with the others.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn call_json<O: Operation>(&self, request: &Value) -> Result<Value, CallError> {
        self.exchange::<O, _, _>(request).await
    }

    /// Returns what calls the same endpoint in another Region, when there is such a thing.
    pub fn in_region(&self, region: &str) -> Option<Self> {
        Some(Self {
            transport: self.transport.in_region(region)?,
            read_only: self.read_only,
        })
    }

    async fn exchange<O: Operation, Q: Serialize, A: DeserializeOwned>(
        &self,
        request: &Q,
    ) -> Result<A, CallError> {
        if self.read_only && changes_something(O::NAME) {
            return Err(CallError::ReadOnly { operation: O::NAME });
        }
        let body =
            serde_json::to_vec(request).map_err(|reason| CallError::Undecodable(reason.to_string()))?;
        let outgoing = Outgoing {
            service: O::SERVICE,
            operation: O::NAME,
            auth: O::AUTH,
            body,
        };
        let answer = self.transport.call(outgoing).await?;
        let json = if answer.is_empty() {
            b"null".as_slice()
        } else {
            &answer
        };
        serde_json::from_slice(json)
            .map_err(|reason| CallError::Undecodable(format!("the answer of {}: {reason}", O::NAME)))
    }
}

/// Tells whether an operation may change stored state. Reading verbs are listed; all else changes.
pub fn changes_something(operation: &str) -> bool {
    const READS: &[&str] = &["Describe", "Get", "List", "AdminGet", "AdminList", "Lookup"];
    // These begin like reads but issue something.
    const NOT_READS: &[&str] = &[
        "GetUserAttributeVerificationCode",
        "GetTokensFromRefreshToken",
        "GetClientToken",
        "GetDerivedToken",
        "GetId",
        "GetOpenIdToken",
        "GetOpenIdTokenForDeveloperIdentity",
        "GetCredentialsForIdentity",
    ];
    NOT_READS.contains(&operation) || !READS.iter().any(|verb| operation.starts_with(verb))
}

//! Calls an engine in the same process.

use std::path::PathBuf;
use std::sync::Arc;

use super::{BoxFuture, CallError, Outgoing, Transport};
use crate::engine::dispatch::{Call, Credentials, dispatch};
use crate::engine::{Engine, Error, import_job, logos};
use crate::wire::Fault;
use crate::wire::fault::Code;

/// Carries calls to an [`Engine`] of this process. The caller is the console; nothing is signed.
#[derive(Clone)]
pub struct InProcess {
    engine: Arc<Engine>,
    /// The Region of its calls; the engine's default one when it is `None`.
    region: Option<String>,
}

impl InProcess {
    /// Wraps the engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine, region: None }
    }
}

impl Transport for InProcess {
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let (engine, region) = (Arc::clone(&self.engine), self.region.clone());
        Box::pin(async move {
            let Outgoing {
                service,
                operation,
                auth: _,
                body,
            } = outgoing;
            let call = Call {
                service,
                operation: operation.to_owned(),
                body,
                credentials: Credentials::Console,
                source: None,
                user_agent: None,
                region,
            };
            let answer = dispatch(&engine, call).await;
            answer
                .outcome
                .map_err(|error| refused(operation, &error, answer.request_id.to_string()))
        })
    }

    fn upload(&self, url: String, file: PathBuf) -> BoxFuture<Result<(), CallError>> {
        let engine = Arc::clone(&self.engine);
        Box::pin(async move {
            import_job::upload(&engine, &url, &file)
                .await
                .map_err(|error| refused("upload", &error, String::new()))
        })
    }

    fn download(&self, url: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let engine = Arc::clone(&self.engine);
        Box::pin(async move {
            let absent = || CallError::Undecodable("there is no such file in this engine".to_owned());
            // `…/<user pool id>/assets/<file>`, whatever host stands before it.
            let (before, file) = url.rsplit_once("/assets/").ok_or_else(absent)?;
            let user_pool_id = before.rsplit('/').next().unwrap_or_default();
            let found = logos::find(&engine, user_pool_id, file)
                .await
                .map_err(|error| refused("download", &error, String::new()))?;
            found.map(|(_, bytes)| bytes).ok_or_else(absent)
        })
    }

    fn endpoint(&self) -> String {
        "embedded".to_owned()
    }

    fn region(&self) -> String {
        match &self.region {
            Some(region) => region.clone(),
            None => self.engine.settings().default_region.clone(),
        }
    }

    fn in_region(&self, region: &str) -> Option<Arc<dyn Transport>> {
        Some(Arc::new(Self {
            engine: Arc::clone(&self.engine),
            region: Some(region.to_owned()),
        }))
    }
}

/// Turns an engine's error into what a caller over a network would have seen.
fn refused(operation: &'static str, error: &Error, request_id: String) -> CallError {
    if error.code() == Code::UnknownOperationException {
        return CallError::Unavailable {
            operation,
            reason: error.message().to_owned(),
        };
    }
    CallError::Fault(Fault {
        code: error.code().as_str().to_owned(),
        message: error.message().to_owned(),
        reason_code: error.reason_code().map(str::to_owned),
        request_id: Some(request_id).filter(|id| !id.is_empty()),
    })
}

//! What a handler answers when it cannot do as asked: a code and a sentence for the
//! caller, and the cause, which only the log sees.

use std::fmt;

use crate::store;
use crate::wire::fault::Code;

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed call.
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    message: String,
    reason_code: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error the caller may read.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            reason_code: None,
            cause: None,
        }))
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds a `reasonCode`.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.0.reason_code = Some(reason.into());
        self
    }

    /// An `InternalErrorException` with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::InternalErrorException, "Internal error.").caused_by(cause)
    }

    /// An `InvalidParameterException`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameterException, message)
    }

    /// A `NotAuthorizedException`.
    pub fn not_authorized(message: impl Into<String>) -> Self {
        Self::new(Code::NotAuthorizedException, message)
    }

    /// A `ResourceNotFoundException`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::ResourceNotFoundException, message)
    }

    /// The `ResourceNotFoundException` of an unknown user pool.
    pub fn no_user_pool(id: &str) -> Self {
        Self::not_found(format!("User pool {id} does not exist."))
    }

    /// The `ResourceNotFoundException` of an unknown app client.
    pub fn no_client(id: &str) -> Self {
        Self::not_found(format!("User pool client {id} does not exist."))
    }

    /// The `UserNotFoundException`.
    pub fn no_user() -> Self {
        Self::new(Code::UserNotFoundException, "User does not exist.")
    }

    /// The `UserNotConfirmedException`.
    pub fn not_confirmed() -> Self {
        Self::new(Code::UserNotConfirmedException, "User is not confirmed.")
    }

    /// The `PasswordResetRequiredException`: a user has no password until they reset it.
    pub fn reset_required() -> Self {
        Self::new(
            Code::PasswordResetRequiredException,
            "Password reset required for the user",
        )
    }

    /// Returns the code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns what the caller may read.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the `reasonCode`.
    pub fn reason_code(&self) -> Option<&str> {
        self.0.reason_code.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match &self.0.cause {
            Some(cause) => write!(f, " (cause: {cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .cause
            .as_ref()
            .map(|cause| &**cause as &(dyn std::error::Error + 'static))
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::new(Code::TooManyRequestsException, "Too many requests."),
            // The one failure of a store that whoever runs the engine can mend.
            full @ store::Error::Full => Self::new(
                Code::InternalErrorException,
                "The disk is full; nothing was changed.",
            )
            .caused_by(full),
            other => Self::internal(other),
        }
    }
}

//! Wire types of software tokens.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `AssociateSoftwareToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateSoftwareTokenRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

/// `AssociateSoftwareTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateSoftwareTokenResponse {
    /// At least 16 characters, pattern `[A-Za-z0-9]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_code: Option<Secret>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

impl Operation for AssociateSoftwareTokenRequest {
    type Response = AssociateSoftwareTokenResponse;
    const NAME: &'static str = "AssociateSoftwareToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::TokenOrSession;
    const ERRORS: &'static [Code] = &[
        Code::ConcurrentModificationException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::ResourceNotFoundException,
        Code::InternalErrorException,
        Code::SoftwareTokenMFANotFoundException,
        Code::ForbiddenException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `VerifySoftwareToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifySoftwareTokenRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    /// 6 to 6 characters, pattern `[0-9]+`.
    pub user_code: Secret,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_device_name: Option<String>,
}

/// `VerifySoftwareTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifySoftwareTokenResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<VerifySoftwareTokenResponseType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

impl Operation for VerifySoftwareTokenRequest {
    type Response = VerifySoftwareTokenResponse;
    const NAME: &'static str = "VerifySoftwareToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::TokenOrSession;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::InvalidUserPoolConfigurationException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::InternalErrorException,
        Code::EnableSoftwareTokenMFAException,
        Code::NotAuthorizedException,
        Code::SoftwareTokenMFANotFoundException,
        Code::CodeMismatchException,
        Code::ForbiddenException,
        Code::OperationNotEnabledException,
    ];
}

/// The values of `VerifySoftwareTokenResponseType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerifySoftwareTokenResponseType {
    Success,
    Error,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(VerifySoftwareTokenResponseType {
    Success = "SUCCESS",
    Error = "ERROR",
});

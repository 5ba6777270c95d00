//! Wire types of passkeys.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, Timestamp};

/// The request of `StartWebAuthnRegistration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartWebAuthnRegistrationRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `StartWebAuthnRegistrationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartWebAuthnRegistrationResponse {
    pub credential_creation_options: serde_json::Value,
}

impl Operation for StartWebAuthnRegistrationRequest {
    type Response = StartWebAuthnRegistrationResponse;
    const NAME: &'static str = "StartWebAuthnRegistration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ForbiddenException,
        Code::InternalErrorException,
        Code::InvalidParameterException,
        Code::LimitExceededException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::WebAuthnNotEnabledException,
        Code::PasswordResetRequiredException,
        Code::WebAuthnConfigurationMissingException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `CompleteWebAuthnRegistration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteWebAuthnRegistrationRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    pub credential: serde_json::Value,
}

/// `CompleteWebAuthnRegistrationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompleteWebAuthnRegistrationResponse {}

impl Operation for CompleteWebAuthnRegistrationRequest {
    type Response = CompleteWebAuthnRegistrationResponse;
    const NAME: &'static str = "CompleteWebAuthnRegistration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ForbiddenException,
        Code::InternalErrorException,
        Code::InvalidParameterException,
        Code::LimitExceededException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::WebAuthnNotEnabledException,
        Code::WebAuthnChallengeNotFoundException,
        Code::WebAuthnRelyingPartyMismatchException,
        Code::WebAuthnClientMismatchException,
        Code::WebAuthnOriginNotAllowedException,
        Code::PasswordResetRequiredException,
        Code::WebAuthnCredentialNotSupportedException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `ListWebAuthnCredentials`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListWebAuthnCredentialsRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// 0 to 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
}

/// `ListWebAuthnCredentialsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListWebAuthnCredentialsResponse {
    pub credentials: Vec<WebAuthnCredentialDescription>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListWebAuthnCredentialsRequest {
    type Response = ListWebAuthnCredentialsResponse;
    const NAME: &'static str = "ListWebAuthnCredentials";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ForbiddenException,
        Code::InternalErrorException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::PasswordResetRequiredException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `DeleteWebAuthnCredential`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteWebAuthnCredentialRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 0 to 131072 characters.
    pub credential_id: String,
}

/// `DeleteWebAuthnCredentialResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteWebAuthnCredentialResponse {}

impl Operation for DeleteWebAuthnCredentialRequest {
    type Response = DeleteWebAuthnCredentialResponse;
    const NAME: &'static str = "DeleteWebAuthnCredential";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ForbiddenException,
        Code::InternalErrorException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::PasswordResetRequiredException,
        Code::NotAuthorizedException,
        Code::ResourceNotFoundException,
        Code::OperationNotEnabledException,
    ];
}

/// `WebAuthnCredentialDescription` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebAuthnCredentialDescription {
    /// 0 to 131072 characters.
    pub credential_id: String,
    /// 0 to 131072 characters.
    pub friendly_credential_name: String,
    /// 0 to 131072 characters.
    pub relying_party_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    pub authenticator_transports: Vec<String>,
    pub created_at: Timestamp,
}

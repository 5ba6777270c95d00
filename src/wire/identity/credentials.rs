//! Wire types of credentials.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp};

/// The request of `GetId`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdInput {
    /// 1 to 15 characters, pattern `\d+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logins: Option<BTreeMap<String, Secret>>,
}

/// `GetIdResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
}

impl Operation for GetIdInput {
    type Response = GetIdResponse;
    const NAME: &'static str = "GetId";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::LimitExceededException,
        Code::ExternalServiceException,
    ];
}

/// The request of `GetCredentialsForIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCredentialsForIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_id: String,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logins: Option<BTreeMap<String, Secret>>,
    /// 20 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role_arn: Option<String>,
}

/// `GetCredentialsForIdentityResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCredentialsForIdentityResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
}

impl Operation for GetCredentialsForIdentityInput {
    type Response = GetCredentialsForIdentityResponse;
    const NAME: &'static str = "GetCredentialsForIdentity";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InvalidIdentityPoolConfigurationException,
        Code::InternalErrorException,
        Code::ExternalServiceException,
    ];
}

/// The request of `GetOpenIdToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdTokenInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_id: String,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logins: Option<BTreeMap<String, Secret>>,
}

/// `GetOpenIdTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdTokenResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

impl Operation for GetOpenIdTokenInput {
    type Response = GetOpenIdTokenResponse;
    const NAME: &'static str = "GetOpenIdToken";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::ExternalServiceException,
    ];
}

/// The request of `UnlinkIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnlinkIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_id: String,
    /// At most 10 entries.
    pub logins: BTreeMap<String, Secret>,
    /// Each 1 to 128 characters.
    pub logins_to_remove: Vec<String>,
}

impl Operation for UnlinkIdentityInput {
    type Response = NoOutput;
    const NAME: &'static str = "UnlinkIdentity";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::ExternalServiceException,
    ];
}

/// `Credentials` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Timestamp>,
}

//! Wire types of developer.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service};

/// The request of `GetOpenIdTokenForDeveloperIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdTokenForDeveloperIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// At most 10 entries.
    pub logins: BTreeMap<String, Secret>,
    /// At most 50 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_tags: Option<BTreeMap<String, String>>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_duration: Option<i64>,
}

/// `GetOpenIdTokenForDeveloperIdentityResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOpenIdTokenForDeveloperIdentityResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

impl Operation for GetOpenIdTokenForDeveloperIdentityInput {
    type Response = GetOpenIdTokenForDeveloperIdentityResponse;
    const NAME: &'static str = "GetOpenIdTokenForDeveloperIdentity";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::DeveloperUserAlreadyRegisteredException,
    ];
}

/// The request of `LookupDeveloperIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupDeveloperIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// 1 to 1024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_user_identifier: Option<String>,
    /// 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `LookupDeveloperIdentityResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupDeveloperIdentityResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// Each 1 to 1024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_user_identifier_list: Option<Vec<String>>,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for LookupDeveloperIdentityInput {
    type Response = LookupDeveloperIdentityResponse;
    const NAME: &'static str = "LookupDeveloperIdentity";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `MergeDeveloperIdentities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MergeDeveloperIdentitiesInput {
    /// 1 to 1024 characters.
    pub source_user_identifier: String,
    /// 1 to 1024 characters.
    pub destination_user_identifier: String,
    /// 1 to 128 characters, pattern `[\w._-]+`.
    pub developer_provider_name: String,
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
}

/// `MergeDeveloperIdentitiesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MergeDeveloperIdentitiesResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
}

impl Operation for MergeDeveloperIdentitiesInput {
    type Response = MergeDeveloperIdentitiesResponse;
    const NAME: &'static str = "MergeDeveloperIdentities";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `UnlinkDeveloperIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnlinkDeveloperIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_id: String,
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 128 characters, pattern `[\w._-]+`.
    pub developer_provider_name: String,
    /// 1 to 1024 characters.
    pub developer_user_identifier: String,
}

impl Operation for UnlinkDeveloperIdentityInput {
    type Response = NoOutput;
    const NAME: &'static str = "UnlinkDeveloperIdentity";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

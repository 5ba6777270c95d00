//! Wire types of pools.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service};

/// The request of `CreateIdentityPool`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateIdentityPoolInput {
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    pub identity_pool_name: String,
    pub allow_unauthenticated_identities: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_classic_flow: Option<bool>,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_login_providers: Option<BTreeMap<String, String>>,
    /// 1 to 128 characters, pattern `[\w._-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_provider_name: Option<String>,
    /// Each 20 to 2048 characters.
    #[serde(
        rename = "OpenIdConnectProviderARNs",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub open_id_connect_provider_arns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cognito_identity_providers: Option<Vec<CognitoIdentityProvider>>,
    /// Each 20 to 2048 characters.
    #[serde(rename = "SamlProviderARNs", default, skip_serializing_if = "Option::is_none")]
    pub saml_provider_arns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_tags: Option<BTreeMap<String, String>>,
}

/// The request of `UpdateIdentityPool`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityPool {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    pub identity_pool_name: String,
    pub allow_unauthenticated_identities: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_classic_flow: Option<bool>,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_login_providers: Option<BTreeMap<String, String>>,
    /// 1 to 128 characters, pattern `[\w._-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_provider_name: Option<String>,
    /// Each 20 to 2048 characters.
    #[serde(
        rename = "OpenIdConnectProviderARNs",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub open_id_connect_provider_arns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cognito_identity_providers: Option<Vec<CognitoIdentityProvider>>,
    /// Each 20 to 2048 characters.
    #[serde(rename = "SamlProviderARNs", default, skip_serializing_if = "Option::is_none")]
    pub saml_provider_arns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_tags: Option<BTreeMap<String, String>>,
}

impl Operation for CreateIdentityPoolInput {
    type Response = IdentityPool;
    const NAME: &'static str = "CreateIdentityPool";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::LimitExceededException,
    ];
}

/// The request of `DescribeIdentityPool`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityPoolInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
}

impl Operation for DescribeIdentityPoolInput {
    type Response = IdentityPool;
    const NAME: &'static str = "DescribeIdentityPool";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

impl Operation for IdentityPool {
    type Response = IdentityPool;
    const NAME: &'static str = "UpdateIdentityPool";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::ResourceConflictException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::ConcurrentModificationException,
        Code::LimitExceededException,
    ];
}

/// The request of `DeleteIdentityPool`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentityPoolInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
}

impl Operation for DeleteIdentityPoolInput {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteIdentityPool";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListIdentityPools`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityPoolsInput {
    /// 1 to 60.
    pub max_results: i32,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListIdentityPoolsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityPoolsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pools: Option<Vec<IdentityPoolShortDescription>>,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListIdentityPoolsInput {
    type Response = ListIdentityPoolsResponse;
    const NAME: &'static str = "ListIdentityPools";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::ResourceNotFoundException,
        Code::InternalErrorException,
    ];
}

/// `CognitoIdentityProvider` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CognitoIdentityProvider {
    /// 1 to 128 characters, pattern `[\w._:/-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    /// 1 to 128 characters, pattern `[\w_]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_side_token_check: Option<bool>,
}

/// `IdentityPoolShortDescription` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityPoolShortDescription {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_name: Option<String>,
}

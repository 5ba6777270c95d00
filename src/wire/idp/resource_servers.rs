//! Wire types of resource servers.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, wire_enum};

/// The request of `CreateResourceServer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateResourceServerRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    pub identifier: String,
    /// 1 to 256 characters, pattern `[\w\s+=,.@-]+`.
    pub name: String,
    /// At most 100 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceServerScopeType>>,
}

/// `CreateResourceServerResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateResourceServerResponse {
    pub resource_server: ResourceServerType,
}

impl Operation for CreateResourceServerRequest {
    type Response = CreateResourceServerResponse;
    const NAME: &'static str = "CreateResourceServer";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeResourceServer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeResourceServerRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    pub identifier: String,
}

/// `DescribeResourceServerResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeResourceServerResponse {
    pub resource_server: ResourceServerType,
}

impl Operation for DescribeResourceServerRequest {
    type Response = DescribeResourceServerResponse;
    const NAME: &'static str = "DescribeResourceServer";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateResourceServer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateResourceServerRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    pub identifier: String,
    /// 1 to 256 characters, pattern `[\w\s+=,.@-]+`.
    pub name: String,
    /// At most 100 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceServerScopeType>>,
}

/// `UpdateResourceServerResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateResourceServerResponse {
    pub resource_server: ResourceServerType,
}

impl Operation for UpdateResourceServerRequest {
    type Response = UpdateResourceServerResponse;
    const NAME: &'static str = "UpdateResourceServer";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DeleteResourceServer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteResourceServerRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    pub identifier: String,
}

impl Operation for DeleteResourceServerRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteResourceServer";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListResourceServers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceServersRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListResourceServersResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceServersResponse {
    pub resource_servers: Vec<ResourceServerType>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListResourceServersRequest {
    type Response = ListResourceServersResponse;
    const NAME: &'static str = "ListResourceServers";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The values of `ResourceServerManagedByType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceServerManagedByType {
    Cognito,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ResourceServerManagedByType {
    Cognito = "COGNITO",
});

/// `ResourceServerScopeType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServerScopeType {
    /// 1 to 256 characters, pattern `[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+`.
    pub scope_name: String,
    /// 1 to 256 characters.
    pub scope_description: String,
}

/// `ResourceServerType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServerType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// 1 to 256 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 100 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceServerScopeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<ResourceServerManagedByType>,
}

//! Wire types of domains.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `CreateUserPoolDomain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolDomainRequest {
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_version: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_domain_config: Option<CustomDomainConfigType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

/// `CreateUserPoolDomainResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolDomainResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_version: Option<i32>,
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_front_domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

impl Operation for CreateUserPoolDomainRequest {
    type Response = CreateUserPoolDomainResponse;
    const NAME: &'static str = "CreateUserPoolDomain";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::LimitExceededException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `DescribeUserPoolDomain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolDomainRequest {
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
}

/// `DescribeUserPoolDomainResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolDomainResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_description: Option<DomainDescriptionType>,
}

impl Operation for DescribeUserPoolDomainRequest {
    type Response = DescribeUserPoolDomainResponse;
    const NAME: &'static str = "DescribeUserPoolDomain";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::NotAuthorizedException,
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateUserPoolDomain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolDomainRequest {
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_version: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_domain_config: Option<CustomDomainConfigType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

/// `UpdateUserPoolDomainResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolDomainResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_version: Option<i32>,
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_front_domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

impl Operation for UpdateUserPoolDomainRequest {
    type Response = UpdateUserPoolDomainResponse;
    const NAME: &'static str = "UpdateUserPoolDomain";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `DeleteUserPoolDomain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolDomainRequest {
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `DeleteUserPoolDomainResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteUserPoolDomainResponse {}

impl Operation for DeleteUserPoolDomainRequest {
    type Response = DeleteUserPoolDomainResponse;
    const NAME: &'static str = "DeleteUserPoolDomain";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::NotAuthorizedException,
        Code::InvalidParameterException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// `CustomDomainConfigType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomDomainConfigType {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub certificate_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<SecurityPolicyType>,
}

/// `DomainDescriptionType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DomainDescriptionType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// At most 12 characters, pattern `[0-9]+`.
    #[serde(rename = "AWSAccountId", default, skip_serializing_if = "Option::is_none")]
    pub aws_account_id: Option<String>,
    /// 1 to 63 characters, pattern `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// 3 to 1024 characters, pattern `^[0-9A-Za-z\.\-_]*(?<!\.)$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_front_distribution: Option<String>,
    /// 1 to 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DomainStatusType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_domain_config: Option<CustomDomainConfigType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_version: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

/// The values of `DomainStatusType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DomainStatusType {
    Creating,
    Deleting,
    Updating,
    Active,
    Failed,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(DomainStatusType {
    Creating = "CREATING",
    Deleting = "DELETING",
    Updating = "UPDATING",
    Active = "ACTIVE",
    Failed = "FAILED",
});

/// `FailoverType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FailoverType {
    /// 5 to 32 characters.
    pub secondary_region: String,
    /// At most 64 characters.
    pub primary_route53_health_check_id: String,
}

/// `RoutingType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<FailoverType>,
}

/// The values of `SecurityPolicyType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityPolicyType {
    TlsV1,
    TlsV122021,
    TlsV132025,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(SecurityPolicyType {
    TlsV1 = "TLS_V1",
    TlsV122021 = "TLS_V1_2_2021",
    TlsV132025 = "TLS_V1_3_2025",
});

//! Wire types of app clients.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use super::types::OAuthFlowType;
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `CreateUserPoolClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolClientRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    pub client_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate_secret: Option<bool>,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// 0 to 315360000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_validity_units: Option<TokenValidityUnitsType>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit_auth_flows: Option<Vec<ExplicitAuthFlowsType>>,
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_identity_providers: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "CallbackURLs", default, skip_serializing_if = "Option::is_none")]
    pub callback_urls: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "LogoutURLs", default, skip_serializing_if = "Option::is_none")]
    pub logout_urls: Option<Vec<String>>,
    /// 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(
        rename = "DefaultRedirectURI",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub default_redirect_uri: Option<String>,
    /// 0 to 3 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows: Option<Vec<OAuthFlowType>>,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows_user_pool_client: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_configuration: Option<AnalyticsConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prevent_user_existence_errors: Option<PreventUserExistenceErrorTypes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_token_revocation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_propagate_additional_user_context_data: Option<bool>,
    /// 3 to 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_rotation: Option<RefreshTokenRotationType>,
}

/// `CreateUserPoolClientResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolClientResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_client: Option<UserPoolClientType>,
}

impl Operation for CreateUserPoolClientRequest {
    type Response = CreateUserPoolClientResponse;
    const NAME: &'static str = "CreateUserPoolClient";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::NotAuthorizedException,
        Code::ScopeDoesNotExistException,
        Code::InvalidOAuthFlowException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `DescribeUserPoolClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolClientRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
}

/// `DescribeUserPoolClientResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPoolClientResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_client: Option<UserPoolClientType>,
}

impl Operation for DescribeUserPoolClientRequest {
    type Response = DescribeUserPoolClientResponse;
    const NAME: &'static str = "DescribeUserPoolClient";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::NotAuthorizedException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateUserPoolClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolClientRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// 0 to 315360000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_validity_units: Option<TokenValidityUnitsType>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit_auth_flows: Option<Vec<ExplicitAuthFlowsType>>,
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_identity_providers: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "CallbackURLs", default, skip_serializing_if = "Option::is_none")]
    pub callback_urls: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "LogoutURLs", default, skip_serializing_if = "Option::is_none")]
    pub logout_urls: Option<Vec<String>>,
    /// 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(
        rename = "DefaultRedirectURI",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub default_redirect_uri: Option<String>,
    /// 0 to 3 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows: Option<Vec<OAuthFlowType>>,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows_user_pool_client: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_configuration: Option<AnalyticsConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prevent_user_existence_errors: Option<PreventUserExistenceErrorTypes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_token_revocation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_propagate_additional_user_context_data: Option<bool>,
    /// 3 to 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_rotation: Option<RefreshTokenRotationType>,
}

/// `UpdateUserPoolClientResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolClientResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_client: Option<UserPoolClientType>,
}

impl Operation for UpdateUserPoolClientRequest {
    type Response = UpdateUserPoolClientResponse;
    const NAME: &'static str = "UpdateUserPoolClient";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::ConcurrentModificationException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::ScopeDoesNotExistException,
        Code::InvalidOAuthFlowException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `DeleteUserPoolClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolClientRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
}

impl Operation for DeleteUserPoolClientRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteUserPoolClient";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::ConcurrentModificationException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListUserPoolClients`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClientsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_type: Option<ClientTypeType>,
}

/// `ListUserPoolClientsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClientsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_clients: Option<Vec<UserPoolClientDescription>>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUserPoolClientsRequest {
    type Response = ListUserPoolClientsResponse;
    const NAME: &'static str = "ListUserPoolClients";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AddUserPoolClientSecret`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserPoolClientSecretRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

/// `AddUserPoolClientSecretResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserPoolClientSecretResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_descriptor: Option<ClientSecretDescriptorType>,
}

impl Operation for AddUserPoolClientSecretRequest {
    type Response = AddUserPoolClientSecretResponse;
    const NAME: &'static str = "AddUserPoolClientSecret";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InternalServerException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::AccessDeniedException,
        Code::ResourceNotFoundException,
    ];
}

/// The request of `DeleteUserPoolClientSecret`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolClientSecretRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters.
    pub client_secret_id: String,
}

/// `DeleteUserPoolClientSecretResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteUserPoolClientSecretResponse {}

impl Operation for DeleteUserPoolClientSecretRequest {
    type Response = DeleteUserPoolClientSecretResponse;
    const NAME: &'static str = "DeleteUserPoolClientSecret";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InternalServerException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::ResourceNotFoundException,
    ];
}

/// The request of `ListUserPoolClientSecrets`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClientSecretsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListUserPoolClientSecretsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolClientSecretsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secrets: Option<Vec<ClientSecretDescriptorType>>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUserPoolClientSecretsRequest {
    type Response = ListUserPoolClientSecretsResponse;
    const NAME: &'static str = "ListUserPoolClientSecrets";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InternalServerException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::ResourceNotFoundException,
    ];
}

/// `AnalyticsConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnalyticsConfigurationType {
    /// Pattern `^[0-9a-fA-F]+$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_arn: Option<String>,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_data_shared: Option<bool>,
}

/// `ClientSecretDescriptorType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientSecretDescriptorType {
    /// 1 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_id: Option<String>,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_value: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_create_date: Option<Timestamp>,
}

/// The values of `ClientTypeType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientTypeType {
    Regular,
    Dcr,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ClientTypeType {
    Regular = "REGULAR",
    Dcr = "DCR",
});

/// The values of `ExplicitAuthFlowsType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExplicitAuthFlowsType {
    AdminNoSrpAuth,
    CustomAuthFlowOnly,
    UserPasswordAuth,
    AllowAdminUserPasswordAuth,
    AllowCustomAuth,
    AllowUserPasswordAuth,
    AllowUserSrpAuth,
    AllowRefreshTokenAuth,
    AllowUserAuth,
    AllowTokenExchangeDelegation,
    AllowTokenExchangeImpersonation,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ExplicitAuthFlowsType {
    AdminNoSrpAuth = "ADMIN_NO_SRP_AUTH",
    CustomAuthFlowOnly = "CUSTOM_AUTH_FLOW_ONLY",
    UserPasswordAuth = "USER_PASSWORD_AUTH",
    AllowAdminUserPasswordAuth = "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    AllowCustomAuth = "ALLOW_CUSTOM_AUTH",
    AllowUserPasswordAuth = "ALLOW_USER_PASSWORD_AUTH",
    AllowUserSrpAuth = "ALLOW_USER_SRP_AUTH",
    AllowRefreshTokenAuth = "ALLOW_REFRESH_TOKEN_AUTH",
    AllowUserAuth = "ALLOW_USER_AUTH",
    AllowTokenExchangeDelegation = "ALLOW_TOKEN_EXCHANGE_DELEGATION",
    AllowTokenExchangeImpersonation = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
});

/// The values of `FeatureType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureType {
    Enabled,
    Disabled,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(FeatureType {
    Enabled = "ENABLED",
    Disabled = "DISABLED",
});

/// The values of `PreventUserExistenceErrorTypes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PreventUserExistenceErrorTypes {
    Legacy,
    Enabled,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(PreventUserExistenceErrorTypes {
    Legacy = "LEGACY",
    Enabled = "ENABLED",
});

/// `RefreshTokenRotationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RefreshTokenRotationType {
    pub feature: FeatureType,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_grace_period_seconds: Option<i32>,
}

/// The values of `TimeUnitsType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnitsType {
    Seconds,
    Minutes,
    Hours,
    Days,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(TimeUnitsType {
    Seconds = "seconds",
    Minutes = "minutes",
    Hours = "hours",
    Days = "days",
});

/// `TokenValidityUnitsType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TokenValidityUnitsType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<TimeUnitsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<TimeUnitsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<TimeUnitsType>,
}

/// `UserPoolClientDescription` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolClientDescription {
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
}

/// `UserPoolClientType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolClientType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    /// 0 to 315360000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_validity: Option<i32>,
    /// 1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_validity_units: Option<TokenValidityUnitsType>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    /// Each 1 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit_auth_flows: Option<Vec<ExplicitAuthFlowsType>>,
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_identity_providers: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "CallbackURLs", default, skip_serializing_if = "Option::is_none")]
    pub callback_urls: Option<Vec<String>>,
    /// 0 to 100 entries, each 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "LogoutURLs", default, skip_serializing_if = "Option::is_none")]
    pub logout_urls: Option<Vec<String>>,
    /// 1 to 1024 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(
        rename = "DefaultRedirectURI",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub default_redirect_uri: Option<String>,
    /// 0 to 3 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows: Option<Vec<OAuthFlowType>>,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_o_auth_flows_user_pool_client: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_configuration: Option<AnalyticsConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prevent_user_existence_errors: Option<PreventUserExistenceErrorTypes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_token_revocation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_propagate_additional_user_context_data: Option<bool>,
    /// 3 to 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session_validity: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_rotation: Option<RefreshTokenRotationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_type: Option<ClientTypeType>,
}

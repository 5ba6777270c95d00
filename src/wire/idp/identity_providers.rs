//! Wire types of identity providers.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `CreateIdentityProvider`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateIdentityProviderRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 32 characters, pattern `[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+`.
    pub provider_name: String,
    pub provider_type: IdentityProviderTypeType,
    pub provider_details: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute_mapping: Option<BTreeMap<String, String>>,
    /// 0 to 50 entries, each 1 to 40 characters, pattern `[\w\s+=.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp_identifiers: Option<Vec<String>>,
    /// 0 to 4 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_mapping: Option<BTreeMap<String, String>>,
}

/// `CreateIdentityProviderResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateIdentityProviderResponse {
    pub identity_provider: IdentityProviderType,
}

impl Operation for CreateIdentityProviderRequest {
    type Response = CreateIdentityProviderResponse;
    const NAME: &'static str = "CreateIdentityProvider";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::DuplicateProviderException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeIdentityProvider`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityProviderRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    pub provider_name: String,
}

/// `DescribeIdentityProviderResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityProviderResponse {
    pub identity_provider: IdentityProviderType,
}

impl Operation for DescribeIdentityProviderRequest {
    type Response = DescribeIdentityProviderResponse;
    const NAME: &'static str = "DescribeIdentityProvider";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `GetIdentityProviderByIdentifier`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityProviderByIdentifierRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 40 characters, pattern `[\w\s+=.@-]+`.
    pub idp_identifier: String,
}

/// `GetIdentityProviderByIdentifierResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityProviderByIdentifierResponse {
    pub identity_provider: IdentityProviderType,
}

impl Operation for GetIdentityProviderByIdentifierRequest {
    type Response = GetIdentityProviderByIdentifierResponse;
    const NAME: &'static str = "GetIdentityProviderByIdentifier";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateIdentityProvider`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateIdentityProviderRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    pub provider_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_details: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute_mapping: Option<BTreeMap<String, String>>,
    /// 0 to 50 entries, each 1 to 40 characters, pattern `[\w\s+=.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp_identifiers: Option<Vec<String>>,
    /// 0 to 4 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_mapping: Option<BTreeMap<String, String>>,
}

/// `UpdateIdentityProviderResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateIdentityProviderResponse {
    pub identity_provider: IdentityProviderType,
}

impl Operation for UpdateIdentityProviderRequest {
    type Response = UpdateIdentityProviderResponse;
    const NAME: &'static str = "UpdateIdentityProvider";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::UnsupportedIdentityProviderException,
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `DeleteIdentityProvider`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentityProviderRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    pub provider_name: String,
}

impl Operation for DeleteIdentityProviderRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteIdentityProvider";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::UnsupportedIdentityProviderException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListIdentityProviders`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityProvidersRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListIdentityProvidersResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentityProvidersResponse {
    /// 0 to 50 entries.
    pub providers: Vec<ProviderDescription>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListIdentityProvidersRequest {
    type Response = ListIdentityProvidersResponse;
    const NAME: &'static str = "ListIdentityProviders";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminLinkProviderForUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminLinkProviderForUserRequest {
    /// 0 to 131072 characters.
    pub user_pool_id: String,
    pub destination_user: ProviderUserIdentifierType,
    pub source_user: ProviderUserIdentifierType,
}

/// `AdminLinkProviderForUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminLinkProviderForUserResponse {}

impl Operation for AdminLinkProviderForUserRequest {
    type Response = AdminLinkProviderForUserResponse;
    const NAME: &'static str = "AdminLinkProviderForUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::AliasExistsException,
        Code::LimitExceededException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminDisableProviderForUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDisableProviderForUserRequest {
    /// 0 to 131072 characters.
    pub user_pool_id: String,
    pub user: ProviderUserIdentifierType,
}

/// `AdminDisableProviderForUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminDisableProviderForUserResponse {}

impl Operation for AdminDisableProviderForUserRequest {
    type Response = AdminDisableProviderForUserResponse;
    const NAME: &'static str = "AdminDisableProviderForUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::AliasExistsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// `IdentityProviderType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityProviderType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_type: Option<IdentityProviderTypeType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_details: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute_mapping: Option<BTreeMap<String, String>>,
    /// 0 to 50 entries, each 1 to 40 characters, pattern `[\w\s+=.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp_identifiers: Option<Vec<String>>,
    /// 0 to 4 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_mapping: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
}

/// The values of `IdentityProviderTypeType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityProviderTypeType {
    Saml,
    Facebook,
    Google,
    LoginWithAmazon,
    SignInWithApple,
    Oidc,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(IdentityProviderTypeType {
    Saml = "SAML",
    Facebook = "Facebook",
    Google = "Google",
    LoginWithAmazon = "LoginWithAmazon",
    SignInWithApple = "SignInWithApple",
    Oidc = "OIDC",
});

/// `ProviderDescription` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderDescription {
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_type: Option<IdentityProviderTypeType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
}

/// `ProviderUserIdentifierType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderUserIdentifierType {
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_attribute_name: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_attribute_value: Option<String>,
}

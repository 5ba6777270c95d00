//! Wire types of roles.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, wire_enum};

/// The request of `SetIdentityPoolRoles`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetIdentityPoolRolesInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// At most 2 entries.
    pub roles: BTreeMap<String, String>,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_mappings: Option<BTreeMap<String, RoleMapping>>,
}

impl Operation for SetIdentityPoolRolesInput {
    type Response = NoOutput;
    const NAME: &'static str = "SetIdentityPoolRoles";
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
    ];
}

/// The request of `GetIdentityPoolRoles`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityPoolRolesInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
}

/// `GetIdentityPoolRolesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetIdentityPoolRolesResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_id: Option<String>,
    /// At most 2 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeMap<String, String>>,
    /// At most 10 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_mappings: Option<BTreeMap<String, RoleMapping>>,
}

impl Operation for GetIdentityPoolRolesInput {
    type Response = GetIdentityPoolRolesResponse;
    const NAME: &'static str = "GetIdentityPoolRoles";
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

/// The request of `SetPrincipalTagAttributeMap`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetPrincipalTagAttributeMapInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 128 characters.
    pub identity_provider_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_defaults: Option<bool>,
    /// At most 50 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_tags: Option<BTreeMap<String, String>>,
}

/// `SetPrincipalTagAttributeMapResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetPrincipalTagAttributeMapResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_id: Option<String>,
    /// 1 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_defaults: Option<bool>,
    /// At most 50 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_tags: Option<BTreeMap<String, String>>,
}

impl Operation for SetPrincipalTagAttributeMapInput {
    type Response = SetPrincipalTagAttributeMapResponse;
    const NAME: &'static str = "SetPrincipalTagAttributeMap";
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

/// The request of `GetPrincipalTagAttributeMap`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPrincipalTagAttributeMapInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 128 characters.
    pub identity_provider_name: String,
}

/// `GetPrincipalTagAttributeMapResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPrincipalTagAttributeMapResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_id: Option<String>,
    /// 1 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_defaults: Option<bool>,
    /// At most 50 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_tags: Option<BTreeMap<String, String>>,
}

impl Operation for GetPrincipalTagAttributeMapInput {
    type Response = GetPrincipalTagAttributeMapResponse;
    const NAME: &'static str = "GetPrincipalTagAttributeMap";
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

/// The values of `AmbiguousRoleResolutionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmbiguousRoleResolutionType {
    AuthenticatedRole,
    Deny,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(AmbiguousRoleResolutionType {
    AuthenticatedRole = "AuthenticatedRole",
    Deny = "Deny",
});

/// `MappingRule` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MappingRule {
    /// 1 to 64 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub claim: String,
    pub match_type: MappingRuleMatchType,
    /// 1 to 128 characters.
    pub value: String,
    /// 20 to 2048 characters.
    #[serde(rename = "RoleARN")]
    pub role_arn: String,
}

/// The values of `MappingRuleMatchType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MappingRuleMatchType {
    Equals,
    Contains,
    StartsWith,
    NotEqual,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(MappingRuleMatchType {
    Equals = "Equals",
    Contains = "Contains",
    StartsWith = "StartsWith",
    NotEqual = "NotEqual",
});

/// `RoleMapping` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleMapping {
    pub r#type: RoleMappingType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambiguous_role_resolution: Option<AmbiguousRoleResolutionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_configuration: Option<RulesConfigurationType>,
}

/// The values of `RoleMappingType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleMappingType {
    Token,
    Rules,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(RoleMappingType {
    Token = "Token",
    Rules = "Rules",
});

/// `RulesConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulesConfigurationType {
    /// 1 to 400 entries.
    pub rules: Vec<MappingRule>,
}

//! Wire types of limits.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `GetProvisionedLimit`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetProvisionedLimitRequest {
    pub limit_definition: LimitDefinitionType,
}

/// `GetProvisionedLimitResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetProvisionedLimitResponse {
    pub limit: LimitType,
}

impl Operation for GetProvisionedLimitRequest {
    type Response = GetProvisionedLimitResponse;
    const NAME: &'static str = "GetProvisionedLimit";
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

/// The request of `UpdateProvisionedLimit`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateProvisionedLimitRequest {
    pub limit_definition: LimitDefinitionType,
    pub requested_limit_value: i32,
}

/// `UpdateProvisionedLimitResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateProvisionedLimitResponse {
    pub limit: LimitType,
}

impl Operation for UpdateProvisionedLimitRequest {
    type Response = UpdateProvisionedLimitResponse;
    const NAME: &'static str = "UpdateProvisionedLimit";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::ServiceQuotaExceededException,
        Code::InternalErrorException,
    ];
}

/// The values of `LimitClass`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitClass {
    ApiCategory,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(LimitClass {
    ApiCategory = "API_CATEGORY",
});

/// `LimitDefinitionType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LimitDefinitionType {
    pub limit_class: LimitClass,
    pub attributes: BTreeMap<String, String>,
}

/// `LimitType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LimitType {
    pub limit_definition: LimitDefinitionType,
    pub provisioned_limit_value: i32,
    pub free_limit_value: i32,
}

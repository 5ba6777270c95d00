//! Wire types of identities.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, Timestamp, wire_enum};

/// The request of `DescribeIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIdentityInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_id: String,
}

/// `IdentityDescription` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityDescription {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// Each 1 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logins: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
}

impl Operation for DescribeIdentityInput {
    type Response = IdentityDescription;
    const NAME: &'static str = "DescribeIdentity";
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

/// The request of `ListIdentities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentitiesInput {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_pool_id: String,
    /// 1 to 60.
    pub max_results: i32,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_disabled: Option<bool>,
}

/// `ListIdentitiesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListIdentitiesResponse {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identities: Option<Vec<IdentityDescription>>,
    /// 1 to 65535 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListIdentitiesInput {
    type Response = ListIdentitiesResponse;
    const NAME: &'static str = "ListIdentities";
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

/// The request of `DeleteIdentities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentitiesInput {
    /// 1 to 60 entries, each 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    pub identity_ids_to_delete: Vec<String>,
}

/// `DeleteIdentitiesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteIdentitiesResponse {
    /// At most 60 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unprocessed_identity_ids: Option<Vec<UnprocessedIdentityId>>,
}

impl Operation for DeleteIdentitiesInput {
    type Response = DeleteIdentitiesResponse;
    const NAME: &'static str = "DeleteIdentities";
    const SERVICE: Service = Service::Identity;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
    ];
}

/// The values of `ErrorCode`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    AccessDenied,
    InternalServerError,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ErrorCode {
    AccessDenied = "AccessDenied",
    InternalServerError = "InternalServerError",
});

/// `UnprocessedIdentityId` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnprocessedIdentityId {
    /// 1 to 55 characters, pattern `[\w-]+:[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ErrorCode>,
}

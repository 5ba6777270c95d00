//! Wire types of replicas.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `CreateUserPoolReplica`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolReplicaRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 5 to 32 characters.
    pub region_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_tags: Option<BTreeMap<String, String>>,
}

/// `CreateUserPoolReplicaResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPoolReplicaResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_replica: Option<UserPoolReplicaType>,
}

impl Operation for CreateUserPoolReplicaRequest {
    type Response = CreateUserPoolReplicaResponse;
    const NAME: &'static str = "CreateUserPoolReplica";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::NotAuthorizedException,
        Code::UserPoolTaggingException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ResourceNotFoundException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `ListUserPoolReplicas`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolReplicasRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListUserPoolReplicasResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPoolReplicasResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_replicas: Option<Vec<UserPoolReplicaType>>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUserPoolReplicasRequest {
    type Response = ListUserPoolReplicasResponse;
    const NAME: &'static str = "ListUserPoolReplicas";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ResourceNotFoundException,
    ];
}

/// The request of `UpdateUserPoolReplica`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolReplicaRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 5 to 32 characters.
    pub region_name: String,
    pub status: UpdateReplicaStatusType,
}

/// `UpdateUserPoolReplicaResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPoolReplicaResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_replica: Option<UserPoolReplicaType>,
}

impl Operation for UpdateUserPoolReplicaRequest {
    type Response = UpdateUserPoolReplicaResponse;
    const NAME: &'static str = "UpdateUserPoolReplica";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ResourceNotFoundException,
    ];
}

/// The request of `DeleteUserPoolReplica`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolReplicaRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 5 to 32 characters.
    pub region_name: String,
}

/// `DeleteUserPoolReplicaResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPoolReplicaResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_replica: Option<UserPoolReplicaType>,
}

impl Operation for DeleteUserPoolReplicaRequest {
    type Response = DeleteUserPoolReplicaResponse;
    const NAME: &'static str = "DeleteUserPoolReplica";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ResourceNotFoundException,
    ];
}

/// The values of `ReplicaRoleType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplicaRoleType {
    Primary,
    Secondary,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ReplicaRoleType {
    Primary = "PRIMARY",
    Secondary = "SECONDARY",
});

/// The values of `ReplicaStatusType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplicaStatusType {
    Creating,
    Active,
    Inactive,
    Deleting,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ReplicaStatusType {
    Creating = "CREATING",
    Active = "ACTIVE",
    Inactive = "INACTIVE",
    Deleting = "DELETING",
});

/// The values of `UpdateReplicaStatusType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpdateReplicaStatusType {
    Active,
    Inactive,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(UpdateReplicaStatusType {
    Active = "ACTIVE",
    Inactive = "INACTIVE",
});

/// `UserPoolReplicaType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolReplicaType {
    /// 5 to 32 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ReplicaStatusType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ReplicaRoleType>,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_arn: Option<String>,
}

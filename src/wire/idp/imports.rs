//! Wire types of imports.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, Timestamp, wire_enum};

/// The request of `GetCSVHeader`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCSVHeaderRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `GetCSVHeaderResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCSVHeaderResponse {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// Each 0 to 131072 characters.
    #[serde(rename = "CSVHeader", default, skip_serializing_if = "Option::is_none")]
    pub csv_header: Option<Vec<String>>,
}

impl Operation for GetCSVHeaderRequest {
    type Response = GetCSVHeaderResponse;
    const NAME: &'static str = "GetCSVHeader";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `CreateUserImportJob`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserImportJobRequest {
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    pub job_name: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub cloud_watch_logs_role_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hashing_algorithm: Option<PasswordHashingAlgorithmType>,
}

/// `CreateUserImportJobResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserImportJobResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_import_job: Option<UserImportJobType>,
}

impl Operation for CreateUserImportJobRequest {
    type Response = CreateUserImportJobResponse;
    const NAME: &'static str = "CreateUserImportJob";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::PreconditionNotMetException,
        Code::NotAuthorizedException,
        Code::LimitExceededException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeUserImportJob`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserImportJobRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 55 characters, pattern `import-[0-9a-zA-Z-]+`.
    pub job_id: String,
}

/// `DescribeUserImportJobResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserImportJobResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_import_job: Option<UserImportJobType>,
}

impl Operation for DescribeUserImportJobRequest {
    type Response = DescribeUserImportJobResponse;
    const NAME: &'static str = "DescribeUserImportJob";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListUserImportJobs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserImportJobsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 60.
    pub max_results: i32,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

/// `ListUserImportJobsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserImportJobsResponse {
    /// 1 to 50 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_import_jobs: Option<Vec<UserImportJobType>>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListUserImportJobsRequest {
    type Response = ListUserImportJobsResponse;
    const NAME: &'static str = "ListUserImportJobs";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `StartUserImportJob`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartUserImportJobRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 55 characters, pattern `import-[0-9a-zA-Z-]+`.
    pub job_id: String,
}

/// `StartUserImportJobResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartUserImportJobResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_import_job: Option<UserImportJobType>,
}

impl Operation for StartUserImportJobRequest {
    type Response = StartUserImportJobResponse;
    const NAME: &'static str = "StartUserImportJob";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::PreconditionNotMetException,
        Code::OperationNotEnabledException,
        Code::NotAuthorizedException,
    ];
}

/// The request of `StopUserImportJob`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopUserImportJobRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 55 characters, pattern `import-[0-9a-zA-Z-]+`.
    pub job_id: String,
}

/// `StopUserImportJobResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopUserImportJobResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_import_job: Option<UserImportJobType>,
}

impl Operation for StopUserImportJobRequest {
    type Response = StopUserImportJobResponse;
    const NAME: &'static str = "StopUserImportJob";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::PreconditionNotMetException,
        Code::OperationNotEnabledException,
        Code::NotAuthorizedException,
    ];
}

/// The values of `PasswordHashingAlgorithmType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PasswordHashingAlgorithmType {
    Bcrypt,
    Scrypt,
    Argon2id,
    Pbkdf2Sha256,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(PasswordHashingAlgorithmType {
    Bcrypt = "BCRYPT",
    Scrypt = "SCRYPT",
    Argon2id = "ARGON2ID",
    Pbkdf2Sha256 = "PBKDF2_SHA256",
});

/// The values of `UserImportJobStatusType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserImportJobStatusType {
    Created,
    Pending,
    InProgress,
    Stopping,
    Expired,
    Stopped,
    Failed,
    Succeeded,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(UserImportJobStatusType {
    Created = "Created",
    Pending = "Pending",
    InProgress = "InProgress",
    Stopping = "Stopping",
    Expired = "Expired",
    Stopped = "Stopped",
    Failed = "Failed",
    Succeeded = "Succeeded",
});

/// `UserImportJobType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserImportJobType {
    /// 1 to 128 characters, pattern `[\w\s+=,.@-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_name: Option<String>,
    /// 1 to 55 characters, pattern `import-[0-9a-zA-Z-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 0 to 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_signed_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UserImportJobStatusType>,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_role_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_users: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_users: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_users: Option<i64>,
    /// 1 to 128 characters, pattern `[\w]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hashing_algorithm: Option<PasswordHashingAlgorithmType>,
}

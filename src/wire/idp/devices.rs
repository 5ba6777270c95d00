//! Wire types of devices.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use super::types::AttributeType;
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `ConfirmDevice`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmDeviceRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret_verifier_config: Option<DeviceSecretVerifierConfigType>,
    /// 1 to 1024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
}

/// `ConfirmDeviceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmDeviceResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_confirmation_necessary: Option<bool>,
}

impl Operation for ConfirmDeviceRequest {
    type Response = ConfirmDeviceResponse;
    const NAME: &'static str = "ConfirmDevice";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::InvalidPasswordException,
        Code::InvalidLambdaResponseException,
        Code::UsernameExistsException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
        Code::DeviceKeyExistsException,
        Code::ForbiddenException,
    ];
}

/// The request of `GetDevice`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDeviceRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
}

/// `GetDeviceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDeviceResponse {
    pub device: DeviceType,
}

impl Operation for GetDeviceRequest {
    type Response = GetDeviceResponse;
    const NAME: &'static str = "GetDevice";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidUserPoolConfigurationException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `ListDevices`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDevicesRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i32>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

/// `ListDevicesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDevicesResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<DeviceType>>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListDevicesRequest {
    type Response = ListDevicesResponse;
    const NAME: &'static str = "ListDevices";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `UpdateDeviceStatus`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateDeviceStatusRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_remembered_status: Option<DeviceRememberedStatusType>,
}

/// `UpdateDeviceStatusResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateDeviceStatusResponse {}

impl Operation for UpdateDeviceStatusRequest {
    type Response = UpdateDeviceStatusResponse;
    const NAME: &'static str = "UpdateDeviceStatus";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `ForgetDevice`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForgetDeviceRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
}

impl Operation for ForgetDeviceRequest {
    type Response = NoOutput;
    const NAME: &'static str = "ForgetDevice";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InvalidUserPoolConfigurationException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `AdminGetDevice`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetDeviceRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminGetDeviceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetDeviceResponse {
    pub device: DeviceType,
}

impl Operation for AdminGetDeviceRequest {
    type Response = AdminGetDeviceResponse;
    const NAME: &'static str = "AdminGetDevice";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::NotAuthorizedException,
    ];
}

/// The request of `AdminListDevices`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListDevicesRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i32>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

/// `AdminListDevicesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListDevicesResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<DeviceType>>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for AdminListDevicesRequest {
    type Response = AdminListDevicesResponse;
    const NAME: &'static str = "AdminListDevices";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::NotAuthorizedException,
    ];
}

/// The request of `AdminUpdateDeviceStatus`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateDeviceStatusRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_remembered_status: Option<DeviceRememberedStatusType>,
}

/// `AdminUpdateDeviceStatusResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminUpdateDeviceStatusResponse {}

impl Operation for AdminUpdateDeviceStatusRequest {
    type Response = AdminUpdateDeviceStatusResponse;
    const NAME: &'static str = "AdminUpdateDeviceStatus";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::UserNotFoundException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminForgetDevice`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminForgetDeviceRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    pub device_key: String,
}

impl Operation for AdminForgetDeviceRequest {
    type Response = NoOutput;
    const NAME: &'static str = "AdminForgetDevice";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidUserPoolConfigurationException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::UserNotFoundException,
        Code::InternalErrorException,
    ];
}

/// The values of `DeviceRememberedStatusType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceRememberedStatusType {
    Remembered,
    NotRemembered,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(DeviceRememberedStatusType {
    Remembered = "remembered",
    NotRemembered = "not_remembered",
});

/// `DeviceSecretVerifierConfigType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceSecretVerifierConfigType {
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_verifier: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

/// `DeviceType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_attributes: Option<Vec<AttributeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_create_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_last_modified_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_last_authenticated_date: Option<Timestamp>,
}

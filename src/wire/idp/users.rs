//! Wire types of users.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{
    AttributeType, AuthFactorType, DeliveryMediumType, EmailMfaSettingsType, MFAOptionType,
    SMSMfaSettingsType, SoftwareTokenMfaSettingsType, UserStatusType, UserType, WebAuthnMfaSettingsType,
};
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `AdminCreateUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminCreateUserRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_attributes: Option<Vec<AttributeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_data: Option<Vec<AttributeType>>,
    /// At most 256 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary_password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_alias_creation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_action: Option<MessageActionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_delivery_mediums: Option<Vec<DeliveryMediumType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `AdminCreateUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminCreateUserResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserType>,
}

impl Operation for AdminCreateUserRequest {
    type Response = AdminCreateUserResponse;
    const NAME: &'static str = "AdminCreateUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UserNotFoundException,
        Code::UsernameExistsException,
        Code::InvalidPasswordException,
        Code::CodeDeliveryFailureException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::PreconditionNotMetException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UnsupportedUserStateException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminGetUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUserRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminGetUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUserResponse {
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_attributes: Option<Vec<AttributeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_create_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_last_modified_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_status: Option<UserStatusType>,
    #[serde(rename = "MFAOptions", default, skip_serializing_if = "Option::is_none")]
    pub mfa_options: Option<Vec<MFAOptionType>>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_mfa_setting: Option<String>,
    /// Each 0 to 131072 characters.
    #[serde(
        rename = "UserMFASettingList",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub user_mfa_setting_list: Option<Vec<String>>,
}

impl Operation for AdminGetUserRequest {
    type Response = AdminGetUserResponse;
    const NAME: &'static str = "AdminGetUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListUsers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_get: Option<Vec<String>>,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i32>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
    /// At most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// `ListUsersResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<UserType>>,
    /// At least 1 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl Operation for ListUsersRequest {
    type Response = ListUsersResponse;
    const NAME: &'static str = "ListUsers";
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

/// The request of `AdminUpdateUserAttributes`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateUserAttributesRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    pub user_attributes: Vec<AttributeType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `AdminUpdateUserAttributesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminUpdateUserAttributesResponse {}

impl Operation for AdminUpdateUserAttributesRequest {
    type Response = AdminUpdateUserAttributesResponse;
    const NAME: &'static str = "AdminUpdateUserAttributes";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::AliasExistsException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::InternalErrorException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `AdminDeleteUserAttributes`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteUserAttributesRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    pub user_attribute_names: Vec<String>,
}

/// `AdminDeleteUserAttributesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminDeleteUserAttributesResponse {}

impl Operation for AdminDeleteUserAttributesRequest {
    type Response = AdminDeleteUserAttributesResponse;
    const NAME: &'static str = "AdminDeleteUserAttributes";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminDeleteUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteUserRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

impl Operation for AdminDeleteUserRequest {
    type Response = NoOutput;
    const NAME: &'static str = "AdminDeleteUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminEnableUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminEnableUserRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminEnableUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminEnableUserResponse {}

impl Operation for AdminEnableUserRequest {
    type Response = AdminEnableUserResponse;
    const NAME: &'static str = "AdminEnableUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminDisableUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDisableUserRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminDisableUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminDisableUserResponse {}

impl Operation for AdminDisableUserRequest {
    type Response = AdminDisableUserResponse;
    const NAME: &'static str = "AdminDisableUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminConfirmSignUp`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminConfirmSignUpRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `AdminConfirmSignUpResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminConfirmSignUpResponse {}

impl Operation for AdminConfirmSignUpRequest {
    type Response = AdminConfirmSignUpResponse;
    const NAME: &'static str = "AdminConfirmSignUp";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::TooManyFailedAttemptsException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminSetUserPassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserPasswordRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// At most 256 characters, pattern `[\S]+`.
    pub password: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permanent: Option<bool>,
}

/// `AdminSetUserPasswordResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminSetUserPasswordResponse {}

impl Operation for AdminSetUserPasswordRequest {
    type Response = AdminSetUserPasswordResponse;
    const NAME: &'static str = "AdminSetUserPassword";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::InternalErrorException,
        Code::TooManyRequestsException,
        Code::InvalidParameterException,
        Code::InvalidPasswordException,
        Code::PasswordHistoryPolicyViolationException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `AdminResetUserPassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminResetUserPasswordRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `AdminResetUserPasswordResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminResetUserPasswordResponse {}

impl Operation for AdminResetUserPasswordRequest {
    type Response = AdminResetUserPasswordResponse;
    const NAME: &'static str = "AdminResetUserPassword";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::UserNotFoundException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminUserGlobalSignOut`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUserGlobalSignOutRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminUserGlobalSignOutResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminUserGlobalSignOutResponse {}

impl Operation for AdminUserGlobalSignOutRequest {
    type Response = AdminUserGlobalSignOutResponse;
    const NAME: &'static str = "AdminUserGlobalSignOut";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminSetUserMFAPreference`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserMFAPreferenceRequest {
    #[serde(rename = "SMSMfaSettings", default, skip_serializing_if = "Option::is_none")]
    pub sms_mfa_settings: Option<SMSMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_token_mfa_settings: Option<SoftwareTokenMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_mfa_settings: Option<EmailMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_authn_mfa_settings: Option<WebAuthnMfaSettingsType>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `AdminSetUserMFAPreferenceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminSetUserMFAPreferenceResponse {}

impl Operation for AdminSetUserMFAPreferenceRequest {
    type Response = AdminSetUserMFAPreferenceResponse;
    const NAME: &'static str = "AdminSetUserMFAPreference";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminSetUserSettings`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetUserSettingsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(rename = "MFAOptions")]
    pub mfa_options: Vec<MFAOptionType>,
}

/// `AdminSetUserSettingsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminSetUserSettingsResponse {}

impl Operation for AdminSetUserSettingsRequest {
    type Response = AdminSetUserSettingsResponse;
    const NAME: &'static str = "AdminSetUserSettings";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminGetUserAuthFactors`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUserAuthFactorsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminGetUserAuthFactorsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminGetUserAuthFactorsResponse {
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_mfa_setting: Option<String>,
    /// Each 0 to 131072 characters.
    #[serde(
        rename = "UserMFASettingList",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub user_mfa_setting_list: Option<Vec<String>>,
    /// 0 to 8 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configured_user_auth_factors: Option<Vec<AuthFactorType>>,
}

impl Operation for AdminGetUserAuthFactorsRequest {
    type Response = AdminGetUserAuthFactorsResponse;
    const NAME: &'static str = "AdminGetUserAuthFactors";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::TooManyRequestsException,
        Code::UserNotFoundException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminDeleteSoftwareToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminDeleteSoftwareTokenRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
}

/// `AdminDeleteSoftwareTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminDeleteSoftwareTokenResponse {}

impl Operation for AdminDeleteSoftwareTokenRequest {
    type Response = AdminDeleteSoftwareTokenResponse;
    const NAME: &'static str = "AdminDeleteSoftwareToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The values of `MessageActionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageActionType {
    Resend,
    Suppress,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(MessageActionType {
    Resend = "RESEND",
    Suppress = "SUPPRESS",
});

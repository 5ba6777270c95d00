//! Wire types of profile.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{
    AttributeType, AuthFactorType, CodeDeliveryDetailsType, EmailMfaSettingsType, MFAOptionType,
    SMSMfaSettingsType, SoftwareTokenMfaSettingsType, WebAuthnMfaSettingsType,
};
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service};

/// The request of `GetUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `GetUserResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserResponse {
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    pub user_attributes: Vec<AttributeType>,
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

impl Operation for GetUserRequest {
    type Response = GetUserResponse;
    const NAME: &'static str = "GetUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
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

/// The request of `UpdateUserAttributes`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserAttributesRequest {
    pub user_attributes: Vec<AttributeType>,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `UpdateUserAttributesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserAttributesResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_delivery_details_list: Option<Vec<CodeDeliveryDetailsType>>,
}

impl Operation for UpdateUserAttributesRequest {
    type Response = UpdateUserAttributesResponse;
    const NAME: &'static str = "UpdateUserAttributes";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::NotAuthorizedException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::AliasExistsException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::CodeDeliveryFailureException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `DeleteUserAttributes`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserAttributesRequest {
    /// Each 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    pub user_attribute_names: Vec<String>,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `DeleteUserAttributesResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteUserAttributesResponse {}

impl Operation for DeleteUserAttributesRequest {
    type Response = DeleteUserAttributesResponse;
    const NAME: &'static str = "DeleteUserAttributes";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
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

/// The request of `GetUserAttributeVerificationCode`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAttributeVerificationCodeRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    pub attribute_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `GetUserAttributeVerificationCodeResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAttributeVerificationCodeResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_delivery_details: Option<CodeDeliveryDetailsType>,
}

impl Operation for GetUserAttributeVerificationCodeRequest {
    type Response = GetUserAttributeVerificationCodeResponse;
    const NAME: &'static str = "GetUserAttributeVerificationCode";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::CodeDeliveryFailureException,
        Code::LimitExceededException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `VerifyUserAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifyUserAttributeRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    pub attribute_name: String,
    /// 1 to 2048 characters, pattern `[\S]+`.
    pub code: Secret,
}

/// `VerifyUserAttributeResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VerifyUserAttributeResponse {}

impl Operation for VerifyUserAttributeRequest {
    type Response = VerifyUserAttributeResponse;
    const NAME: &'static str = "VerifyUserAttribute";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::AliasExistsException,
        Code::ForbiddenException,
    ];
}

/// The request of `ChangePassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangePasswordRequest {
    /// At most 256 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_password: Option<Secret>,
    /// At most 256 characters, pattern `[\S]+`.
    pub proposed_password: Secret,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `ChangePasswordResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangePasswordResponse {}

impl Operation for ChangePasswordRequest {
    type Response = ChangePasswordResponse;
    const NAME: &'static str = "ChangePassword";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidPasswordException,
        Code::PasswordHistoryPolicyViolationException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `DeleteUser`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

impl Operation for DeleteUserRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteUser";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
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

/// The request of `GetUserAuthFactors`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAuthFactorsRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `GetUserAuthFactorsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAuthFactorsResponse {
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

impl Operation for GetUserAuthFactorsRequest {
    type Response = GetUserAuthFactorsResponse;
    const NAME: &'static str = "GetUserAuthFactors";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
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

/// The request of `SetUserMFAPreference`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserMFAPreferenceRequest {
    #[serde(rename = "SMSMfaSettings", default, skip_serializing_if = "Option::is_none")]
    pub sms_mfa_settings: Option<SMSMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_token_mfa_settings: Option<SoftwareTokenMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_mfa_settings: Option<EmailMfaSettingsType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_authn_mfa_settings: Option<WebAuthnMfaSettingsType>,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `SetUserMFAPreferenceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetUserMFAPreferenceResponse {}

impl Operation for SetUserMFAPreferenceRequest {
    type Response = SetUserMFAPreferenceResponse;
    const NAME: &'static str = "SetUserMFAPreference";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `SetUserSettings`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserSettingsRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    #[serde(rename = "MFAOptions")]
    pub mfa_options: Vec<MFAOptionType>,
}

/// `SetUserSettingsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetUserSettingsResponse {}

impl Operation for SetUserSettingsRequest {
    type Response = SetUserSettingsResponse;
    const NAME: &'static str = "SetUserSettings";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

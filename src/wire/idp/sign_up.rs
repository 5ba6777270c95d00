//! Wire types of sign up.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{AnalyticsMetadataType, AttributeType, CodeDeliveryDetailsType, UserContextDataType};
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service};

/// The request of `SignUp`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignUpRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w+=/]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_hash: Option<Secret>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// At most 256 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_attributes: Option<Vec<AttributeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_data: Option<Vec<AttributeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `SignUpResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignUpResponse {
    pub user_confirmed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_delivery_details: Option<CodeDeliveryDetailsType>,
    /// 0 to 131072 characters.
    pub user_sub: String,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

impl Operation for SignUpRequest {
    type Response = SignUpResponse;
    const NAME: &'static str = "SignUp";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::InvalidPasswordException,
        Code::InvalidLambdaResponseException,
        Code::UsernameExistsException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::LimitExceededException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::CodeDeliveryFailureException,
        Code::OperationNotEnabledException,
        Code::ForbiddenException,
    ];
}

/// The request of `ConfirmSignUp`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmSignUpRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w+=/]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_hash: Option<Secret>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 2048 characters, pattern `[\S]+`.
    pub confirmation_code: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_alias_creation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

/// `ConfirmSignUpResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmSignUpResponse {
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

impl Operation for ConfirmSignUpRequest {
    type Response = ConfirmSignUpResponse;
    const NAME: &'static str = "ConfirmSignUp";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::TooManyFailedAttemptsException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::InvalidLambdaResponseException,
        Code::AliasExistsException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `ResendConfirmationCode`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResendConfirmationCodeRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w+=/]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_hash: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `ResendConfirmationCodeResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResendConfirmationCodeResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_delivery_details: Option<CodeDeliveryDetailsType>,
}

impl Operation for ResendConfirmationCodeRequest {
    type Response = ResendConfirmationCodeResponse;
    const NAME: &'static str = "ResendConfirmationCode";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::CodeDeliveryFailureException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `ForgotPassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForgotPasswordRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w+=/]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_hash: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `ForgotPasswordResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForgotPasswordResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_delivery_details: Option<CodeDeliveryDetailsType>,
}

impl Operation for ForgotPasswordRequest {
    type Response = ForgotPasswordResponse;
    const NAME: &'static str = "ForgotPassword";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::NotAuthorizedException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::CodeDeliveryFailureException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `ConfirmForgotPassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmForgotPasswordRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 128 characters, pattern `[\w+=/]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_hash: Option<Secret>,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 2048 characters, pattern `[\S]+`.
    pub confirmation_code: Secret,
    /// At most 256 characters, pattern `[\S]+`.
    pub password: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `ConfirmForgotPasswordResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfirmForgotPasswordResponse {}

impl Operation for ConfirmForgotPasswordRequest {
    type Response = ConfirmForgotPasswordResponse;
    const NAME: &'static str = "ConfirmForgotPassword";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidParameterException,
        Code::InvalidPasswordException,
        Code::PasswordHistoryPolicyViolationException,
        Code::NotAuthorizedException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::TooManyFailedAttemptsException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::LimitExceededException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

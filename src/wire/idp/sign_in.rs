//! Wire types of sign in.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{AnalyticsMetadataType, RevokeAssociatedSessionsType, UserContextDataType};
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `InitiateAuth`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InitiateAuthRequest {
    pub auth_flow: AuthFlowType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_parameters: Option<BTreeMap<String, Secret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

/// `InitiateAuthResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InitiateAuthResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<ChallengeNameType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResultType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

impl Operation for InitiateAuthRequest {
    type Response = InitiateAuthResponse;
    const NAME: &'static str = "InitiateAuth";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::UnsupportedOperationException,
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::UnexpectedLambdaException,
        Code::InvalidUserPoolConfigurationException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::InternalErrorException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::OperationNotEnabledException,
        Code::FeatureUnavailableInTierException,
        Code::ForbiddenException,
    ];
}

/// The request of `RespondToAuthChallenge`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RespondToAuthChallengeRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    pub challenge_name: ChallengeNameType,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_responses: Option<BTreeMap<String, Secret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context_data: Option<UserContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `RespondToAuthChallengeResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RespondToAuthChallengeResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<ChallengeNameType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResultType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

impl Operation for RespondToAuthChallengeRequest {
    type Response = RespondToAuthChallengeResponse;
    const NAME: &'static str = "RespondToAuthChallenge";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidPasswordException,
        Code::PasswordHistoryPolicyViolationException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::InvalidUserPoolConfigurationException,
        Code::MFAMethodNotFoundException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::AliasExistsException,
        Code::InternalErrorException,
        Code::SoftwareTokenMFANotFoundException,
        Code::ForbiddenException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `AdminInitiateAuth`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminInitiateAuthRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    pub auth_flow: AuthFlowType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_parameters: Option<BTreeMap<String, Secret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_data: Option<ContextDataType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
}

/// `AdminInitiateAuthResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminInitiateAuthResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<ChallengeNameType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResultType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

impl Operation for AdminInitiateAuthRequest {
    type Response = AdminInitiateAuthResponse;
    const NAME: &'static str = "AdminInitiateAuth";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::UnsupportedOperationException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::UnexpectedLambdaException,
        Code::InvalidUserPoolConfigurationException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::MFAMethodNotFoundException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// The request of `AdminRespondToAuthChallenge`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRespondToAuthChallengeRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    pub challenge_name: ChallengeNameType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_responses: Option<BTreeMap<String, Secret>>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics_metadata: Option<AnalyticsMetadataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_data: Option<ContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `AdminRespondToAuthChallengeResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRespondToAuthChallengeResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<ChallengeNameType>,
    /// 20 to 4096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_parameters: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResultType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_challenges: Option<Vec<ChallengeNameType>>,
}

impl Operation for AdminRespondToAuthChallengeRequest {
    type Response = AdminRespondToAuthChallengeResponse;
    const NAME: &'static str = "AdminRespondToAuthChallenge";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::CodeMismatchException,
        Code::ExpiredCodeException,
        Code::UnexpectedLambdaException,
        Code::InvalidPasswordException,
        Code::PasswordHistoryPolicyViolationException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::TooManyRequestsException,
        Code::InvalidUserPoolConfigurationException,
        Code::InternalErrorException,
        Code::MFAMethodNotFoundException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::InvalidSmsRoleAccessPolicyException,
        Code::InvalidSmsRoleTrustRelationshipException,
        Code::AliasExistsException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::SoftwareTokenMFANotFoundException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `GetTokensFromRefreshToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTokensFromRefreshTokenRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub refresh_token: Secret,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `GetTokensFromRefreshTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTokensFromRefreshTokenResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResultType>,
}

impl Operation for GetTokensFromRefreshTokenRequest {
    type Response = GetTokensFromRefreshTokenResponse;
    const NAME: &'static str = "GetTokensFromRefreshToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::UserNotFoundException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::ForbiddenException,
        Code::RefreshTokenReuseException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `RevokeToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeTokenRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub token: Secret,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_associated_sessions: Option<RevokeAssociatedSessionsType>,
}

/// `RevokeTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RevokeTokenResponse {}

impl Operation for RevokeTokenRequest {
    type Response = RevokeTokenResponse;
    const NAME: &'static str = "RevokeToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::UnauthorizedException,
        Code::InvalidParameterException,
        Code::UnsupportedOperationException,
        Code::UnsupportedTokenTypeException,
        Code::ForbiddenException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `GlobalSignOut`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GlobalSignOutRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
}

/// `GlobalSignOutResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GlobalSignOutResponse {}

impl Operation for GlobalSignOutRequest {
    type Response = GlobalSignOutResponse;
    const NAME: &'static str = "GlobalSignOut";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::PasswordResetRequiredException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `GetClientToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetClientTokenRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 24 to 64 characters, pattern `[\w+]+`.
    pub secret: Secret,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

/// `GetClientTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetClientTokenResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_authentication_result: Option<ClientAuthenticationResultType>,
}

impl Operation for GetClientTokenRequest {
    type Response = GetClientTokenResponse;
    const NAME: &'static str = "GetClientToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::SignedOrClient;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
        Code::ForbiddenException,
    ];
}

/// The request of `GetDerivedToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDerivedTokenRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 24 to 64 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// 0 to 131072 characters, pattern `[A-Za-z0-9-_+/=.]+`.
    pub subject_token: Secret,
    pub subject_token_type: TokenTypeIdentifierType,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_token_provider_name: Option<String>,
    /// 0 to 131072 characters, pattern `[A-Za-z0-9-_+/=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_token_type: Option<TokenTypeIdentifierType>,
    /// 1 to 32 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_token_provider_name: Option<String>,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// 0 to 1 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Vec<String>>,
    /// 0 to 1 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_token_type: Option<IssuedTokenTypeIdentifierType>,
}

/// `GetDerivedTokenResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDerivedTokenResponse {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub issued_token: Secret,
    pub issued_token_type: IssuedTokenTypeIdentifierType,
    pub token_type: OAuthTokenTypeType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i32>,
    /// At most 50 entries, each 1 to 256 characters, pattern `[\x21\x23-\x5B\x5D-\x7E]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

impl Operation for GetDerivedTokenRequest {
    type Response = GetDerivedTokenResponse;
    const NAME: &'static str = "GetDerivedToken";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::SignedOrClient;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::UserNotFoundException,
        Code::UnexpectedLambdaException,
        Code::UserLambdaValidationException,
        Code::InvalidLambdaResponseException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
        Code::ForbiddenException,
    ];
}

/// The values of `AuthFlowType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthFlowType {
    UserSrpAuth,
    RefreshTokenAuth,
    RefreshToken,
    CustomAuth,
    AdminNoSrpAuth,
    UserPasswordAuth,
    AdminUserPasswordAuth,
    UserAuth,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(AuthFlowType {
    UserSrpAuth = "USER_SRP_AUTH",
    RefreshTokenAuth = "REFRESH_TOKEN_AUTH",
    RefreshToken = "REFRESH_TOKEN",
    CustomAuth = "CUSTOM_AUTH",
    AdminNoSrpAuth = "ADMIN_NO_SRP_AUTH",
    UserPasswordAuth = "USER_PASSWORD_AUTH",
    AdminUserPasswordAuth = "ADMIN_USER_PASSWORD_AUTH",
    UserAuth = "USER_AUTH",
});

/// `AuthenticationResultType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthenticationResultType {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i32>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_device_metadata: Option<NewDeviceMetadataType>,
}

/// The values of `ChallengeNameType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChallengeNameType {
    SmsMfa,
    EmailOtp,
    SoftwareTokenMfa,
    SelectMfaType,
    MfaSetup,
    PasswordVerifier,
    CustomChallenge,
    SelectChallenge,
    DeviceSrpAuth,
    DevicePasswordVerifier,
    AdminNoSrpAuth,
    NewPasswordRequired,
    SmsOtp,
    Password,
    WebAuthn,
    PasswordSrp,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ChallengeNameType {
    SmsMfa = "SMS_MFA",
    EmailOtp = "EMAIL_OTP",
    SoftwareTokenMfa = "SOFTWARE_TOKEN_MFA",
    SelectMfaType = "SELECT_MFA_TYPE",
    MfaSetup = "MFA_SETUP",
    PasswordVerifier = "PASSWORD_VERIFIER",
    CustomChallenge = "CUSTOM_CHALLENGE",
    SelectChallenge = "SELECT_CHALLENGE",
    DeviceSrpAuth = "DEVICE_SRP_AUTH",
    DevicePasswordVerifier = "DEVICE_PASSWORD_VERIFIER",
    AdminNoSrpAuth = "ADMIN_NO_SRP_AUTH",
    NewPasswordRequired = "NEW_PASSWORD_REQUIRED",
    SmsOtp = "SMS_OTP",
    Password = "PASSWORD",
    WebAuthn = "WEB_AUTHN",
    PasswordSrp = "PASSWORD_SRP",
});

/// `ClientAuthenticationResultType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientAuthenticationResultType {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i32>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
}

/// `ContextDataType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextDataType {
    /// 0 to 131072 characters.
    pub ip_address: String,
    /// 0 to 131072 characters.
    pub server_name: String,
    /// 0 to 131072 characters.
    pub server_path: String,
    pub http_headers: Vec<HttpHeader>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoded_data: Option<String>,
}

/// `HttpHeader` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HttpHeader {
    /// 0 to 131072 characters.
    #[serde(rename = "headerName", default, skip_serializing_if = "Option::is_none")]
    pub header_name: Option<String>,
    /// 0 to 131072 characters.
    #[serde(rename = "headerValue", default, skip_serializing_if = "Option::is_none")]
    pub header_value: Option<String>,
}

/// The values of `IssuedTokenTypeIdentifierType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuedTokenTypeIdentifierType {
    AccessToken,
    IdToken,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(IssuedTokenTypeIdentifierType {
    AccessToken = "ACCESS_TOKEN",
    IdToken = "ID_TOKEN",
});

/// `NewDeviceMetadataType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDeviceMetadataType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-f-]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_group_key: Option<String>,
}

/// The values of `OAuthTokenTypeType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OAuthTokenTypeType {
    Bearer,
    NA,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(OAuthTokenTypeType {
    Bearer = "Bearer",
    NA = "N_A",
});

/// The values of `TokenTypeIdentifierType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenTypeIdentifierType {
    AccessToken,
    IdToken,
    Saml2,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(TokenTypeIdentifierType {
    AccessToken = "ACCESS_TOKEN",
    IdToken = "ID_TOKEN",
    Saml2 = "SAML2",
});

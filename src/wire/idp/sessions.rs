//! Wire types of sessions.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use super::types::RevokeAssociatedSessionsType;
use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, Timestamp, wire_enum};

/// The request of `GetUserPoolSessionConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolSessionConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `GetUserPoolSessionConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolSessionConfigurationResponse {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_session_tracking: Option<UserSessionTrackingType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_session: Option<UserPoolTokenSessionConfigType>,
}

impl Operation for GetUserPoolSessionConfigurationRequest {
    type Response = GetUserPoolSessionConfigurationResponse;
    const NAME: &'static str = "GetUserPoolSessionConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `SetUserPoolSessionConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolSessionConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    pub user_session_tracking: UserSessionTrackingType,
    pub token_session: UserPoolTokenSessionConfigType,
}

/// `SetUserPoolSessionConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolSessionConfigurationResponse {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_session_tracking: Option<UserSessionTrackingType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_session: Option<UserPoolTokenSessionConfigType>,
}

impl Operation for SetUserPoolSessionConfigurationRequest {
    type Response = SetUserPoolSessionConfigurationResponse;
    const NAME: &'static str = "SetUserPoolSessionConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InternalErrorException,
        Code::FeatureUnavailableInTierException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `GetUserPoolClientSessionConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolClientSessionConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
}

/// `GetUserPoolClientSessionConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolClientSessionConfigurationResponse {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(rename = "SSOSession", default, skip_serializing_if = "Option::is_none")]
    pub sso_session: Option<ClientSSOSessionConfigType>,
}

impl Operation for GetUserPoolClientSessionConfigurationRequest {
    type Response = GetUserPoolClientSessionConfigurationResponse;
    const NAME: &'static str = "GetUserPoolClientSessionConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InternalErrorException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `SetUserPoolClientSessionConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolClientSessionConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    #[serde(rename = "SSOSession")]
    pub sso_session: ClientSSOSessionConfigType,
}

/// `SetUserPoolClientSessionConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolClientSessionConfigurationResponse {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(rename = "SSOSession", default, skip_serializing_if = "Option::is_none")]
    pub sso_session: Option<ClientSSOSessionConfigType>,
}

impl Operation for SetUserPoolClientSessionConfigurationRequest {
    type Response = SetUserPoolClientSessionConfigurationResponse;
    const NAME: &'static str = "SetUserPoolClientSessionConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::ConcurrentModificationException,
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::InternalErrorException,
        Code::FeatureUnavailableInTierException,
        Code::OperationNotEnabledException,
    ];
}

/// The request of `ListUserSessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserSessionsRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListUserSessionsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserSessionsResponse {
    /// 0 to 125 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<SessionDescriptionType>>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListUserSessionsRequest {
    type Response = ListUserSessionsResponse;
    const NAME: &'static str = "ListUserSessions";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `RevokeUserSession`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeUserSessionRequest {
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub access_token: Secret,
    /// 28 to 28 characters, pattern `^(tkn|sso)[a-z0-9]{25}$`.
    pub session_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_associated_sessions: Option<RevokeAssociatedSessionsType>,
}

/// `RevokeUserSessionResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RevokeUserSessionResponse {}

impl Operation for RevokeUserSessionRequest {
    type Response = RevokeUserSessionResponse;
    const NAME: &'static str = "RevokeUserSession";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::AccessToken;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::PasswordResetRequiredException,
        Code::UserNotFoundException,
        Code::UserNotConfirmedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
        Code::ForbiddenException,
    ];
}

/// The request of `AdminListUserSessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserSessionsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `AdminListUserSessionsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserSessionsResponse {
    /// 0 to 125 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<SessionDescriptionType>>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for AdminListUserSessionsRequest {
    type Response = AdminListUserSessionsResponse;
    const NAME: &'static str = "AdminListUserSessions";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminRevokeUserSession`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminRevokeUserSessionRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 28 to 28 characters, pattern `^(tkn|sso)[a-z0-9]{25}$`.
    pub session_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_associated_sessions: Option<RevokeAssociatedSessionsType>,
}

/// `AdminRevokeUserSessionResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminRevokeUserSessionResponse {}

impl Operation for AdminRevokeUserSessionRequest {
    type Response = AdminRevokeUserSessionResponse;
    const NAME: &'static str = "AdminRevokeUserSession";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// `ClientSSOSessionConfigType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientSSOSessionConfigType {
    /// 0 to 129600.
    pub max_validity_minutes: i32,
}

/// `SessionDescriptionType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SessionDescriptionType {
    /// 28 to 28 characters, pattern `^(tkn|sso)[a-z0-9]{25}$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_type: Option<SessionTypeType>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_active_date: Option<Timestamp>,
    /// 0 to 1024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// 0 to 128 characters.
    #[serde(rename = "LastIPAddress", default, skip_serializing_if = "Option::is_none")]
    pub last_ip_address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_location: Option<SessionLocationType>,
    /// 28 to 28 characters, pattern `^(tkn|sso)[a-z0-9]{25}$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_session_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_current_session: Option<bool>,
}

/// `SessionLocationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SessionLocationType {
    /// 0 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// 0 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The values of `SessionTypeType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionTypeType {
    Token,
    Sso,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(SessionTypeType {
    Token = "TOKEN",
    Sso = "SSO",
});

/// `UserPoolTokenSessionConfigType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolTokenSessionConfigType {
    /// 1 to 100.
    pub max_per_user: i32,
}

/// The values of `UserSessionTrackingType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserSessionTrackingType {
    Enabled,
    Disabled,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(UserSessionTrackingType {
    Enabled = "ENABLED",
    Disabled = "DISABLED",
});

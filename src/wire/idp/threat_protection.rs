//! Wire types of threat protection.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, Timestamp, wire_enum};

/// The request of `DescribeRiskConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRiskConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// `DescribeRiskConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRiskConfigurationResponse {
    pub risk_configuration: RiskConfigurationType,
}

impl Operation for DescribeRiskConfigurationRequest {
    type Response = DescribeRiskConfigurationResponse;
    const NAME: &'static str = "DescribeRiskConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserPoolAddOnNotEnabledException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `SetRiskConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetRiskConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised_credentials_risk_configuration: Option<CompromisedCredentialsRiskConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_takeover_risk_configuration: Option<AccountTakeoverRiskConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_exception_configuration: Option<RiskExceptionConfigurationType>,
}

/// `SetRiskConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetRiskConfigurationResponse {
    pub risk_configuration: RiskConfigurationType,
}

impl Operation for SetRiskConfigurationRequest {
    type Response = SetRiskConfigurationResponse;
    const NAME: &'static str = "SetRiskConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserPoolAddOnNotEnabledException,
        Code::CodeDeliveryFailureException,
        Code::InvalidEmailRoleAccessPolicyException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminListUserAuthEvents`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserAuthEventsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 0 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `AdminListUserAuthEventsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminListUserAuthEventsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_events: Option<Vec<AuthEventType>>,
    /// 1 to 131072 characters, pattern `[\S]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for AdminListUserAuthEventsRequest {
    type Response = AdminListUserAuthEventsResponse;
    const NAME: &'static str = "AdminListUserAuthEvents";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::OperationNotEnabledException,
        Code::UserPoolAddOnNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `AdminUpdateAuthEventFeedback`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateAuthEventFeedbackRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 50 characters, pattern `[\w+-]+`.
    pub event_id: String,
    pub feedback_value: FeedbackValueType,
}

/// `AdminUpdateAuthEventFeedbackResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AdminUpdateAuthEventFeedbackResponse {}

impl Operation for AdminUpdateAuthEventFeedbackRequest {
    type Response = AdminUpdateAuthEventFeedbackResponse;
    const NAME: &'static str = "AdminUpdateAuthEventFeedback";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::UserPoolAddOnNotEnabledException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateAuthEventFeedback`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAuthEventFeedbackRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// 1 to 50 characters, pattern `[\w+-]+`.
    pub event_id: String,
    /// Pattern `[A-Za-z0-9-_=.]+`.
    pub feedback_token: Secret,
    pub feedback_value: FeedbackValueType,
}

/// `UpdateAuthEventFeedbackResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateAuthEventFeedbackResponse {}

impl Operation for UpdateAuthEventFeedbackRequest {
    type Response = UpdateAuthEventFeedbackResponse;
    const NAME: &'static str = "UpdateAuthEventFeedback";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Public;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::ResourceNotFoundException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::UserNotFoundException,
        Code::UserPoolAddOnNotEnabledException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// `AccountTakeoverActionType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeoverActionType {
    pub notify: bool,
    pub event_action: AccountTakeoverEventActionType,
}

/// `AccountTakeoverActionsType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeoverActionsType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_action: Option<AccountTakeoverActionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium_action: Option<AccountTakeoverActionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_action: Option<AccountTakeoverActionType>,
}

/// The values of `AccountTakeoverEventActionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountTakeoverEventActionType {
    Block,
    MfaIfConfigured,
    MfaRequired,
    NoAction,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(AccountTakeoverEventActionType {
    Block = "BLOCK",
    MfaIfConfigured = "MFA_IF_CONFIGURED",
    MfaRequired = "MFA_REQUIRED",
    NoAction = "NO_ACTION",
});

/// `AccountTakeoverRiskConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeoverRiskConfigurationType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_configuration: Option<NotifyConfigurationType>,
    pub actions: AccountTakeoverActionsType,
}

/// `AuthEventType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthEventType {
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_response: Option<EventResponseType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_risk: Option<EventRiskType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_responses: Option<Vec<ChallengeResponseType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_context_data: Option<EventContextDataType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_feedback: Option<EventFeedbackType>,
}

/// The values of `ChallengeName`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChallengeName {
    Password,
    Mfa,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ChallengeName {
    Password = "Password",
    Mfa = "Mfa",
});

/// The values of `ChallengeResponse`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChallengeResponse {
    Success,
    Failure,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ChallengeResponse {
    Success = "Success",
    Failure = "Failure",
});

/// `ChallengeResponseType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChallengeResponseType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<ChallengeName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_response: Option<ChallengeResponse>,
}

/// `CompromisedCredentialsActionsType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompromisedCredentialsActionsType {
    pub event_action: CompromisedCredentialsEventActionType,
}

/// The values of `CompromisedCredentialsEventActionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompromisedCredentialsEventActionType {
    Block,
    NoAction,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(CompromisedCredentialsEventActionType {
    Block = "BLOCK",
    NoAction = "NO_ACTION",
});

/// `CompromisedCredentialsRiskConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompromisedCredentialsRiskConfigurationType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_filter: Option<Vec<EventFilterType>>,
    pub actions: CompromisedCredentialsActionsType,
}

/// `EventContextDataType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventContextDataType {
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// `EventFeedbackType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventFeedbackType {
    pub feedback_value: FeedbackValueType,
    /// 0 to 131072 characters.
    pub provider: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_date: Option<Timestamp>,
}

/// The values of `EventFilterType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventFilterType {
    SignIn,
    PasswordChange,
    SignUp,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(EventFilterType {
    SignIn = "SIGN_IN",
    PasswordChange = "PASSWORD_CHANGE",
    SignUp = "SIGN_UP",
});

/// The values of `EventResponseType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventResponseType {
    Pass,
    Fail,
    InProgress,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(EventResponseType {
    Pass = "Pass",
    Fail = "Fail",
    InProgress = "InProgress",
});

/// `EventRiskType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventRiskType {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_decision: Option<RiskDecisionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_level: Option<RiskLevelType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised_credentials_detected: Option<bool>,
}

/// The values of `EventType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    SignIn,
    SignUp,
    ForgotPassword,
    PasswordChange,
    ResendCode,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(EventType {
    SignIn = "SignIn",
    SignUp = "SignUp",
    ForgotPassword = "ForgotPassword",
    PasswordChange = "PasswordChange",
    ResendCode = "ResendCode",
});

/// The values of `FeedbackValueType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedbackValueType {
    Valid,
    Invalid,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(FeedbackValueType {
    Valid = "Valid",
    Invalid = "Invalid",
});

/// `NotifyConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NotifyConfigurationType {
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub source_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_email: Option<NotifyEmailType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_action_email: Option<NotifyEmailType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_email: Option<NotifyEmailType>,
}

/// `NotifyEmailType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NotifyEmailType {
    /// 1 to 140 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+`.
    pub subject: String,
    /// 6 to 20000 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// 6 to 20000 characters, pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
}

/// `RiskConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RiskConfigurationType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// 1 to 128 characters, pattern `[\w+]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised_credentials_risk_configuration: Option<CompromisedCredentialsRiskConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_takeover_risk_configuration: Option<AccountTakeoverRiskConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_exception_configuration: Option<RiskExceptionConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
}

/// The values of `RiskDecisionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskDecisionType {
    NoRisk,
    AccountTakeover,
    Block,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(RiskDecisionType {
    NoRisk = "NoRisk",
    AccountTakeover = "AccountTakeover",
    Block = "Block",
});

/// `RiskExceptionConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RiskExceptionConfigurationType {
    /// At most 200 entries, each 0 to 131072 characters.
    #[serde(
        rename = "BlockedIPRangeList",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub blocked_ip_range_list: Option<Vec<String>>,
    /// At most 200 entries, each 0 to 131072 characters.
    #[serde(
        rename = "SkippedIPRangeList",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub skipped_ip_range_list: Option<Vec<String>>,
}

/// The values of `RiskLevelType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskLevelType {
    Low,
    Medium,
    High,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(RiskLevelType {
    Low = "Low",
    Medium = "Medium",
    High = "High",
});

//! Wire types of log delivery.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service, wire_enum};

/// The request of `GetLogDeliveryConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLogDeliveryConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `GetLogDeliveryConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLogDeliveryConfigurationResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_delivery_configuration: Option<LogDeliveryConfigurationType>,
}

impl Operation for GetLogDeliveryConfigurationRequest {
    type Response = GetLogDeliveryConfigurationResponse;
    const NAME: &'static str = "GetLogDeliveryConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InternalErrorException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::ResourceNotFoundException,
    ];
}

/// The request of `SetLogDeliveryConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLogDeliveryConfigurationRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 0 to 2 entries.
    pub log_configurations: Vec<LogConfigurationType>,
}

/// `SetLogDeliveryConfigurationResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLogDeliveryConfigurationResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_delivery_configuration: Option<LogDeliveryConfigurationType>,
}

impl Operation for SetLogDeliveryConfigurationRequest {
    type Response = SetLogDeliveryConfigurationResponse;
    const NAME: &'static str = "SetLogDeliveryConfiguration";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InternalErrorException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::ResourceNotFoundException,
        Code::FeatureUnavailableInTierException,
    ];
}

/// `CloudWatchLogsConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CloudWatchLogsConfigurationType {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group_arn: Option<String>,
}

/// The values of `EventSourceName`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventSourceName {
    UserNotification,
    UserAuthEvents,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(EventSourceName {
    UserNotification = "userNotification",
    UserAuthEvents = "userAuthEvents",
});

/// `FirehoseConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirehoseConfigurationType {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_arn: Option<String>,
}

/// `LogConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogConfigurationType {
    pub log_level: LogLevel,
    pub event_source: EventSourceName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_configuration: Option<CloudWatchLogsConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3_configuration: Option<S3ConfigurationType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firehose_configuration: Option<FirehoseConfigurationType>,
}

/// `LogDeliveryConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogDeliveryConfigurationType {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 0 to 2 entries.
    pub log_configurations: Vec<LogConfigurationType>,
}

/// The values of `LogLevel`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    Error,
    Info,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(LogLevel {
    Error = "ERROR",
    Info = "INFO",
});

/// `S3ConfigurationType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct S3ConfigurationType {
    /// 3 to 1024 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:::[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket_arn: Option<String>,
}

//! Operations on where the logs of a user pool go.
//!
//! Source: user pools API reference, SetLogDeliveryConfiguration and LogConfigurationType.

use std::collections::BTreeSet;

use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::feature_plans;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::rules::plans::Feature;
use crate::store::records::logs::{ALL, LogDelivery};
use crate::store::records::resources;
use crate::wire::idp::{
    EventSourceName, GetLogDeliveryConfigurationRequest, GetLogDeliveryConfigurationResponse,
    LogConfigurationType, LogDeliveryConfigurationType, LogLevel, SetLogDeliveryConfigurationRequest,
    SetLogDeliveryConfigurationResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetLogDeliveryConfigurationRequest>(),
    Route::of::<SetLogDeliveryConfigurationRequest>(),
];

impl Handler for GetLogDeliveryConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<GetLogDeliveryConfigurationResponse> {
        let id = self.user_pool_id;
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                let found = resources::get::<LogDelivery>(r, &pool.id, ALL)?;
                Ok(LogDeliveryConfigurationType {
                    user_pool_id: pool.id,
                    log_configurations: found.map(|it| it.configurations).unwrap_or_default(),
                })
            })
            .await?;
        Ok(GetLogDeliveryConfigurationResponse {
            log_delivery_configuration: Some(found),
        })
    }
}

/// Replaces the whole set; an empty one ends every delivery.
impl Handler for SetLogDeliveryConfigurationRequest {
    async fn handle(self, cx: &Cx) -> Result<SetLogDeliveryConfigurationResponse> {
        let configurations = self.log_configurations;
        check(&configurations)?;
        let set = LogDelivery {
            user_pool_id: self.user_pool_id,
            configurations,
        };
        let shown = LogDeliveryConfigurationType {
            user_pool_id: set.user_pool_id.clone(),
            log_configurations: set.configurations.clone(),
        };
        cx.engine
            .store
            .transact("SetLogDeliveryConfiguration", move |tx| -> Result<()> {
                let pool = pool_in(tx, &set.user_pool_id)?;
                if exports_activity(&set) {
                    feature_plans::require(&pool.settings, Feature::UserActivityLogs)?;
                }
                if set.configurations.is_empty() {
                    resources::delete::<LogDelivery>(tx, &pool.id, ALL)?;
                } else {
                    resources::put(tx, &set)?;
                }
                Ok(())
            })
            .await?;
        Ok(SetLogDeliveryConfigurationResponse {
            log_delivery_configuration: Some(shown),
        })
    }
}

/// Tells whether what users do is delivered, which is a feature of its own.
pub fn exports_activity(delivery: &LogDelivery) -> bool {
    delivery
        .configurations
        .iter()
        .any(|it| it.event_source == EventSourceName::UserAuthEvents)
}

fn check(configurations: &[LogConfigurationType]) -> Result<()> {
    let mut sources = BTreeSet::new();
    for configuration in configurations {
        let source = &configuration.event_source;
        if !sources.insert(source.as_str().to_owned()) {
            return Err(Error::invalid(format!(
                "The event source {source} is configured more than once."
            )));
        }
        let level = match source {
            EventSourceName::UserNotification => LogLevel::Error,
            EventSourceName::UserAuthEvents => LogLevel::Info,
            EventSourceName::Unlisted(_) => {
                return Err(Error::invalid(format!("The event source {source} is unknown.")));
            }
        };
        if configuration.log_level != level {
            return Err(Error::invalid(format!(
                "The log level of {source} must be {level}."
            )));
        }
        check_target(configuration)?;
    }
    Ok(())
}

/// Each configuration names one target, and error logs go to a log group alone.
fn check_target(configuration: &LogConfigurationType) -> Result<()> {
    let LogConfigurationType {
        log_level: _,
        event_source,
        cloud_watch_logs_configuration,
        s3_configuration,
        firehose_configuration,
    } = configuration;
    let given = [
        cloud_watch_logs_configuration
            .as_ref()
            .map(|it| ("logs", it.log_group_arn.as_deref())),
        s3_configuration
            .as_ref()
            .map(|it| ("s3", it.bucket_arn.as_deref())),
        firehose_configuration
            .as_ref()
            .map(|it| ("firehose", it.stream_arn.as_deref())),
    ];
    let given: Vec<(&str, Option<&str>)> = given.into_iter().flatten().collect();
    let &[(service, Some(arn))] = given.as_slice() else {
        return Err(Error::invalid(format!(
            "The configuration of {event_source} must have exactly one destination, with its ARN."
        )));
    };
    if *event_source == EventSourceName::UserNotification && service != "logs" {
        return Err(Error::invalid(format!(
            "The destination of {event_source} must be a CloudWatch log group."
        )));
    }
    if arn.split(':').nth(2) != Some(service) {
        return Err(Error::invalid(format!("The ARN {arn} is none of {service}.")));
    }
    Ok(())
}

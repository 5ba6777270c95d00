//! What the vendor has no API for: outbox, access keys, settings, issuers, import logs, backup.

use std::path::PathBuf;

use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Caller, Cx, Error, Issuer, Result, Settings, auth, ops};
use crate::store::records::{access_keys, imports, outbox, user_pools};
use crate::wire::NoOutput;
use crate::wire::engine::*;

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetEngineInfoRequest>(),
    Route::of::<GetEngineSettingsRequest>(),
    Route::of::<SetEngineSettingsRequest>(),
    Route::of::<GetUserPoolIssuerRequest>(),
    Route::of::<SetUserPoolIssuerRequest>(),
    Route::of::<ListAccessKeysRequest>(),
    Route::of::<GetAccessKeySecretRequest>(),
    Route::of::<CreateAccessKeyRequest>(),
    Route::of::<DeleteAccessKeyRequest>(),
    Route::of::<ListOutboxRequest>(),
    Route::of::<GetImportJobLogRequest>(),
    Route::of::<BackupRequest>(),
];

impl Handler for GetEngineInfoRequest {
    async fn handle(self, cx: &Cx) -> Result<GetEngineInfoResponse> {
        let settings = cx.engine.settings();
        let mut operations: Vec<String> = ops::routes()
            .map(|route| format!("{}:{}", route.info.service.signing_name(), route.info.name))
            .collect();
        operations.sort_unstable();
        let regions = cx.engine.store.read(user_pools::regions).await?;
        Ok(GetEngineInfoResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            endpoint: cx.engine.endpoint().to_string(),
            data_dir: (cx.caller == Caller::Console).then(|| cx.engine.data_dir.display().to_string()),
            account_id: settings.account_id.clone(),
            default_region: settings.default_region.clone(),
            regions,
            operations,
        })
    }
}

impl Handler for GetEngineSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<GetEngineSettingsResponse> {
        let Settings {
            account_id,
            default_region,
            issuer,
            trust_loopback,
            enforce_request_rates,
            provisioned_limits: _,
            log_targets,
            trust_everyone: _,
        } = &*cx.engine.settings();
        Ok(GetEngineSettingsResponse {
            settings: EngineSettingsType {
                account_id: account_id.clone(),
                default_region: default_region.clone(),
                issuer: match issuer {
                    Issuer::Endpoint => IssuerType::Endpoint,
                    Issuer::Vendor => IssuerType::Vendor,
                },
                trust_loopback: *trust_loopback,
                enforce_request_rates: *enforce_request_rates,
                log_targets: log_targets.clone(),
            },
        })
    }
}

impl Handler for SetEngineSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let EngineSettingsType {
            account_id,
            default_region,
            issuer,
            trust_loopback,
            enforce_request_rates,
            log_targets,
        } = self.settings;
        let before = cx.engine.settings();
        let changed = Settings {
            account_id,
            default_region,
            issuer: match issuer {
                IssuerType::Endpoint => Issuer::Endpoint,
                IssuerType::Vendor => Issuer::Vendor,
            },
            trust_loopback,
            enforce_request_rates,
            provisioned_limits: before.provisioned_limits.clone(),
            log_targets,
            trust_everyone: before.trust_everyone,
        };
        cx.engine.change_settings(changed).await?;
        Ok(NoOutput)
    }
}

impl Handler for GetUserPoolIssuerRequest {
    async fn handle(self, cx: &Cx) -> Result<GetUserPoolIssuerResponse> {
        let id = self.user_pool_id;
        let pool = cx
            .engine
            .store
            .read(move |r| user_pools::get(r, &id)?.ok_or_else(|| Error::no_user_pool(&id)))
            .await?;
        Ok(GetUserPoolIssuerResponse {
            effective_issuer: cx.engine.issuer_of(&pool),
            issuer: pool.issuer,
        })
    }
}

impl Handler for SetUserPoolIssuerRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let Self {
            user_pool_id: id,
            issuer,
        } = self;
        if let Some(issuer) = &issuer {
            check_issuer(issuer, &id)?;
        }
        cx.engine
            .store
            .transact("set_user_pool_issuer", move |tx| {
                let mut pool = user_pools::get(tx, &id)?.ok_or_else(|| Error::no_user_pool(&id))?;
                pool.issuer.clone_from(&issuer);
                if user_pools::update(tx, &pool)? {
                    Ok(())
                } else {
                    Err(Error::internal("the user pool changed inside a transaction"))
                }
            })
            .await?;
        Ok(NoOutput)
    }
}

/// An issuer must let a verifier find the pool's keys: a URL without query that ends with the pool id.
fn check_issuer(issuer: &str, user_pool_id: &str) -> Result<()> {
    let rest = issuer
        .strip_prefix("https://")
        .or_else(|| issuer.strip_prefix("http://"));
    let plain = issuer.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) && !issuer.contains(['?', '#', '@']);
    let ends = rest
        .and_then(|rest| rest.rsplit_once('/'))
        .is_some_and(|(host, id)| !host.is_empty() && id == user_pool_id);
    if plain && ends && issuer.len() <= 512 {
        return Ok(());
    }
    Err(Error::invalid(
        "The issuer must be an http or https URL that ends with the user pool id.",
    ))
}

impl Handler for ListAccessKeysRequest {
    async fn handle(self, cx: &Cx) -> Result<ListAccessKeysResponse> {
        let stored = cx
            .engine
            .store
            .read(|r| access_keys::list(r).map_err(Error::from))
            .await?;
        let flags = cx.engine.extra_access_keys.keys().map(|id| AccessKeyType {
            access_key_id: id.clone(),
            active: true,
            source: "flag".to_owned(),
            creation_date: None,
        });
        Ok(ListAccessKeysResponse {
            access_keys: stored.iter().map(described).chain(flags).collect(),
        })
    }
}

fn described(key: &access_keys::AccessKey) -> AccessKeyType {
    AccessKeyType {
        access_key_id: key.id.clone(),
        active: key.active,
        source: key.source.clone(),
        creation_date: Some(key.created_at.into()),
    }
}

impl Handler for GetAccessKeySecretRequest {
    async fn handle(self, cx: &Cx) -> Result<GetAccessKeySecretResponse> {
        if cx.caller != Caller::Console {
            return Err(Error::not_authorized(
                "Secrets of access keys are shown by the console on its own engine only.",
            ));
        }
        let secret = auth::access_keys::secret(&cx.engine, &self.access_key_id)
            .await?
            .ok_or_else(no_key)?;
        Ok(GetAccessKeySecretResponse {
            secret_access_key: secret,
        })
    }
}

fn no_key() -> Error {
    Error::not_found("Access key does not exist.")
}

impl Handler for CreateAccessKeyRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateAccessKeyResponse> {
        let (key, secret_access_key) = auth::access_keys::create(&cx.engine, "console").await?;
        Ok(CreateAccessKeyResponse {
            access_key: described(&key),
            secret_access_key,
        })
    }
}

impl Handler for DeleteAccessKeyRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let id = self.access_key_id;
        if cx.engine.extra_access_keys.contains_key(&id) {
            return Err(Error::invalid(
                "This key was given by a flag or the configuration file; remove it there.",
            ));
        }
        let gone = cx
            .engine
            .store
            .transact("delete_access_key", move |tx| {
                access_keys::delete(tx, &id).map_err(Error::from)
            })
            .await?;
        if gone { Ok(NoOutput) } else { Err(no_key()) }
    }
}

/// A size of page asked for, held to `1..=max`.
fn page_size(asked: Option<i32>, default: usize, max: usize) -> Result<usize> {
    let Some(asked) = asked else {
        return Ok(default);
    };
    usize::try_from(asked)
        .ok()
        .filter(|size| (1..=max).contains(size))
        .ok_or_else(|| Error::invalid(format!("MaxResults must be 1 to {max}.")))
}

impl Handler for ListOutboxRequest {
    async fn handle(self, cx: &Cx) -> Result<ListOutboxResponse> {
        let Self {
            user_pool_id,
            destination,
            max_results,
            next_token,
        } = self;
        let size = page_size(max_results, 60, 1000)?;
        let before = next_token
            .map(|token| uuid::Uuid::parse_str(&token))
            .transpose()
            .map_err(|_| Error::invalid("NextToken is not valid."))?;
        let messages = cx
            .engine
            .store
            .read(move |r| {
                outbox::list(
                    r,
                    user_pool_id.as_deref(),
                    destination.as_deref(),
                    before.as_ref(),
                    size,
                )
                .map_err(Error::from)
            })
            .await?;
        let next_token = (messages.len() == size)
            .then(|| messages.last().map(|last| last.id.to_string()))
            .flatten();
        Ok(ListOutboxResponse {
            messages: messages.into_iter().map(shown).collect(),
            next_token,
        })
    }
}

fn shown(message: outbox::Message) -> OutboxMessageType {
    let outbox::Message {
        id,
        user_pool_id,
        sub,
        medium,
        to,
        purpose,
        subject,
        body,
        more: _,
        code,
        created_at,
        delivery,
    } = message;
    OutboxMessageType {
        message_id: id.to_string(),
        user_pool_id,
        user_sub: sub.map(|sub| sub.to_string()),
        delivery_medium: medium,
        destination: to,
        purpose,
        subject,
        body: body.into(),
        code: code.map(Into::into),
        creation_date: created_at.into(),
        delivery_status: Some(match delivery.status {
            outbox::Status::Kept => DeliveryStatusType::Kept,
            outbox::Status::Waiting => DeliveryStatusType::Waiting,
            outbox::Status::Sent => DeliveryStatusType::Sent,
            outbox::Status::Failed => DeliveryStatusType::Failed,
        }),
        delivery_attempts: Some(delivery.attempts),
        failure_reason: delivery.reason,
    }
}

impl Handler for GetImportJobLogRequest {
    async fn handle(self, cx: &Cx) -> Result<GetImportJobLogResponse> {
        let Self {
            user_pool_id,
            job_id,
            after_line,
            max_results,
        } = self;
        let size = page_size(max_results, 1000, 10_000)?;
        let mut lines = cx
            .engine
            .store
            .read(move |r| {
                if imports::get(r, &user_pool_id, &job_id)?.is_none() {
                    return Err(Error::not_found("Import job does not exist."));
                }
                let asked = size.saturating_add(1);
                Ok(imports::log_lines(r, &user_pool_id, &job_id, after_line, asked)?)
            })
            .await?;
        let more = lines.len() > size;
        lines.truncate(size);
        Ok(GetImportJobLogResponse {
            lines: lines
                .into_iter()
                .map(|(line, message)| ImportLogLineType { line, message })
                .collect(),
            more,
        })
    }
}

impl Handler for BackupRequest {
    async fn handle(self, cx: &Cx) -> Result<BackupResponse> {
        let to = match self.path {
            Some(path) if cx.caller == Caller::Console => {
                let path = PathBuf::from(path.trim());
                // A path from nowhere in particular would lie where the program was started.
                if !path.is_absolute() {
                    return Err(Error::invalid(
                        "Write the whole path of the file, from the root on.",
                    ));
                }
                if !path.parent().is_some_and(std::path::Path::is_dir) {
                    return Err(Error::invalid(format!(
                        "There is no folder for {}.",
                        path.display()
                    )));
                }
                path
            }
            Some(_) => {
                return Err(Error::invalid(
                    "Where a backup lies is chosen by the engine; leave Path out.",
                ));
            }
            None => cx
                .engine
                .data_dir
                .join("backups")
                .join(format!("poolhouse-{}.sqlite", cx.now().secs())),
        };
        let store = cx.engine.store.clone();
        let (path, bytes) = tokio::task::spawn_blocking(move || -> Result<(PathBuf, u64)> {
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder).map_err(|reason| unwritable(&to, &reason))?;
            }
            if to.exists() {
                return Err(Error::invalid(format!("{} is already there.", to.display())));
            }
            store.backup(&to)?;
            let bytes = std::fs::metadata(&to).map(|meta| meta.len()).unwrap_or_default();
            Ok((to, bytes))
        })
        .await
        .map_err(Error::internal)??;
        Ok(BackupResponse {
            path: path.display().to_string(),
            bytes,
        })
    }
}

fn unwritable(path: &std::path::Path, reason: &std::io::Error) -> Error {
    Error::invalid(format!("{} cannot be written: {reason}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_url_that_ends_with_the_pool() {
        let pool = "us-east-1_AbC123xyZ";
        for good in [
            "https://login.example.com/us-east-1_AbC123xyZ",
            "http://127.0.0.1:9229/us-east-1_AbC123xyZ",
            "https://example.com/auth/us-east-1_AbC123xyZ",
        ] {
            assert!(check_issuer(good, pool).is_ok(), "{good}");
        }
        for bad in [
            "",
            "us-east-1_AbC123xyZ",
            "https:///us-east-1_AbC123xyZ",
            "https://example.com/",
            "https://example.com/us-east-1_other",
            "https://example.com/?x=/us-east-1_AbC123xyZ",
            "javascript://x/us-east-1_AbC123xyZ",
            "https://a b/us-east-1_AbC123xyZ",
        ] {
            assert!(check_issuer(bad, pool).is_err(), "{bad}");
        }
    }
}

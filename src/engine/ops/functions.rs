//! What the vendor has no API for: which function an ARN is bound to, and which key a
//! `KMSKeyID` stands for.

use crate::base::secret::{Secret, SecretBytes};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::outbound::ChosenBy;
use crate::engine::triggers::encryption;
use crate::engine::triggers::functions::{self, Source};
use crate::engine::triggers::target::Target;
use crate::engine::{Caller, Cx, Error, Result};
use crate::wire::NoOutput;
use crate::wire::engine::{
    DeleteEncryptionKeyRequest, DeleteFunctionRequest, EncryptionKeyType, FunctionType, LambdaType,
    ListEncryptionKeysRequest, ListEncryptionKeysResponse, ListFunctionsRequest, ListFunctionsResponse,
    PutEncryptionKeyRequest, PutFunctionRequest, PutFunctionResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<ListFunctionsRequest>(),
    Route::of::<PutFunctionRequest>(),
    Route::of::<DeleteFunctionRequest>(),
    Route::of::<ListEncryptionKeysRequest>(),
    Route::of::<PutEncryptionKeyRequest>(),
    Route::of::<DeleteEncryptionKeyRequest>(),
];

/// The longest ARN.
const ARN_BYTES: usize = 2048;

impl Handler for ListFunctionsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListFunctionsResponse> {
        let all = functions::list(&cx.engine).await?;
        Ok(ListFunctionsResponse {
            functions: all
                .into_iter()
                .map(|(arn, (source, target))| described(arn, source, target))
                .collect(),
        })
    }
}

fn described(function_arn: String, source: Source, target: Target) -> FunctionType {
    let bound = FunctionType {
        function_arn,
        source: name_of(source),
        ..FunctionType::default()
    };
    match target {
        Target::Http { address, .. } => FunctionType {
            address: Some(address),
            ..bound
        },
        Target::Command { command, environment } => FunctionType {
            command: Some(command),
            environment_names: Some(environment.into_keys().collect()),
            ..bound
        },
        Target::Lambda {
            endpoint,
            access_key_id,
            ..
        } => FunctionType {
            lambda: Some(LambdaType {
                endpoint,
                access_key_id,
                secret_access_key: None,
                session_token: None,
            }),
            ..bound
        },
    }
}

fn name_of(source: Source) -> String {
    match source {
        Source::Flag => "flag".to_owned(),
        Source::Stored => "stored".to_owned(),
    }
}

impl Handler for PutFunctionRequest {
    async fn handle(self, cx: &Cx) -> Result<PutFunctionResponse> {
        let Self {
            function_arn: arn,
            address,
            signing_secret,
            command,
            environment,
            lambda,
        } = self;
        check_name(&arn)?;
        refuse_given(functions::is_given(&cx.engine, &arn))?;
        let mut made = None;
        let target = match (address, command, lambda) {
            (Some(address), None, None) => {
                let secret = signing_secret.unwrap_or_else(|| {
                    let secret = Secret::new(hex::encode(cx.rng().bytes::<32>()));
                    made.insert(secret).clone()
                });
                Target::Http {
                    address,
                    secret: Some(secret),
                }
            }
            (None, Some(command), None) => {
                // Who may bind a command may run anything on this machine.
                if cx.caller != Caller::Console {
                    return Err(Error::not_authorized(
                        "A command is bound by the console on its own engine, by a flag or by the \
                         configuration file only.",
                    ));
                }
                Target::Command {
                    command,
                    environment: environment.unwrap_or_default(),
                }
            }
            (None, None, Some(lambda)) => Target::Lambda {
                endpoint: lambda.endpoint,
                access_key_id: lambda.access_key_id,
                secret_access_key: lambda.secret_access_key.unwrap_or_default(),
                session_token: lambda.session_token,
            },
            _ => {
                return Err(Error::invalid("Give exactly one of Address, Command and Lambda."));
            }
        };
        target.check().map_err(Error::invalid)?;
        if let Some(url) = target.address() {
            let checked = cx.engine.outbound.check(&url, ChosenBy::Admin);
            checked.map_err(Error::invalid)?;
        }
        functions::put(&cx.engine, &arn, &target).await?;
        Ok(PutFunctionResponse { signing_secret: made })
    }
}

impl Handler for DeleteFunctionRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        refuse_given(functions::is_given(&cx.engine, &self.function_arn))?;
        if functions::delete(&cx.engine, &self.function_arn).await? {
            Ok(NoOutput)
        } else {
            Err(Error::not_found("Nothing is bound to this ARN."))
        }
    }
}

impl Handler for ListEncryptionKeysRequest {
    async fn handle(self, cx: &Cx) -> Result<ListEncryptionKeysResponse> {
        let all = functions::encryption_keys(&cx.engine).await?;
        Ok(ListEncryptionKeysResponse {
            encryption_keys: all
                .into_iter()
                .map(|(key_id, source)| EncryptionKeyType {
                    key_id,
                    key_namespace: encryption::KEY_NAMESPACE.to_owned(),
                    source: name_of(source),
                })
                .collect(),
        })
    }
}

impl Handler for PutEncryptionKeyRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        check_name(&self.key_id)?;
        let given = functions::encryption_keys(&cx.engine).await?;
        refuse_given(given.get(&self.key_id) == Some(&Source::Flag))?;
        let key: SecretBytes = encryption::parse_key(&self.key)
            .ok_or_else(|| Error::invalid("The key must be 32 bytes in base64."))?;
        functions::put_encryption_key(&cx.engine, &self.key_id, Some(&key)).await?;
        Ok(NoOutput)
    }
}

impl Handler for DeleteEncryptionKeyRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let given = functions::encryption_keys(&cx.engine).await?;
        refuse_given(given.get(&self.key_id) == Some(&Source::Flag))?;
        if functions::put_encryption_key(&cx.engine, &self.key_id, None).await? {
            Ok(NoOutput)
        } else {
            Err(Error::not_found("No key is kept under this id."))
        }
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > ARN_BYTES || name.chars().any(char::is_control) {
        return Err(Error::invalid("The ARN must have 1 to 2048 characters."));
    }
    Ok(())
}

fn refuse_given(is_given: bool) -> Result<()> {
    if is_given {
        return Err(Error::invalid(
            "This one was given by a flag or the configuration file; change it there.",
        ));
    }
    Ok(())
}

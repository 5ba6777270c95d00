//! What travels to and from an engine of ours beside the vendor's APIs: outbox, access
//! keys, settings, import logs, backup.
//!
//! Sent like the vendor's operations, with the target prefix `Poolhouse` and the signing
//! name `poolhouse`. The types are the whole of the model: `null` and unknown members are
//! ignored. To add an operation: its types here, a line in [`OPERATIONS`], its handler in
//! `engine/ops/engine.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Auth, NoOutput, Operation, OperationInfo, Service, Timestamp};
use crate::base::secret::Secret;
use crate::wire::fault::Code;

/// Every operation of the extension.
pub const OPERATIONS: &[OperationInfo] = &[
    OperationInfo::of::<GetEngineInfoRequest>(),
    OperationInfo::of::<GetEngineSettingsRequest>(),
    OperationInfo::of::<SetEngineSettingsRequest>(),
    OperationInfo::of::<GetUserPoolIssuerRequest>(),
    OperationInfo::of::<SetUserPoolIssuerRequest>(),
    OperationInfo::of::<ListAccessKeysRequest>(),
    OperationInfo::of::<GetAccessKeySecretRequest>(),
    OperationInfo::of::<CreateAccessKeyRequest>(),
    OperationInfo::of::<DeleteAccessKeyRequest>(),
    OperationInfo::of::<ListOutboxRequest>(),
    OperationInfo::of::<GetImportJobLogRequest>(),
    OperationInfo::of::<BackupRequest>(),
    OperationInfo::of::<GetMailSettingsRequest>(),
    OperationInfo::of::<SetMailSettingsRequest>(),
    OperationInfo::of::<ListFunctionsRequest>(),
    OperationInfo::of::<PutFunctionRequest>(),
    OperationInfo::of::<DeleteFunctionRequest>(),
    OperationInfo::of::<ListEncryptionKeysRequest>(),
    OperationInfo::of::<PutEncryptionKeyRequest>(),
    OperationInfo::of::<DeleteEncryptionKeyRequest>(),
];

/// Which issuer tokens name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IssuerType {
    /// `<endpoint>/<user pool id>`: what OpenID Connect discovery needs.
    #[default]
    #[serde(rename = "ENDPOINT")]
    Endpoint,
    /// `https://cognito-idp.<region>.amazonaws.com/<user pool id>`.
    #[serde(rename = "VENDOR")]
    Vendor,
}

/// Settings of the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EngineSettingsType {
    /// Twelve digits; stands in every ARN.
    pub account_id: String,
    /// The Region of calls that name none.
    pub default_region: String,
    /// Which issuer tokens name, unless a user pool says otherwise.
    pub issuer: IssuerType,
    /// Whether callers on the loopback address may sign with any key.
    pub trust_loopback: bool,
    /// Whether request rates are held to their quotas.
    #[serde(default)]
    pub enforce_request_rates: bool,
    /// Where logs go: by the ARN of a log group, bucket or stream, a folder in the data folder
    /// or a web address.
    #[serde(default)]
    pub log_targets: BTreeMap<String, String>,
}

/// An access key without its secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeyType {
    pub access_key_id: String,
    pub active: bool,
    /// `first start`, `flag`, `console`.
    pub source: String,
    /// Missing for keys given by a flag, which are not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
}

/// A message that left, or would have left, the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OutboxMessageType {
    pub message_id: String,
    pub user_pool_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_sub: Option<String>,
    /// `EMAIL` or `SMS`.
    pub delivery_medium: String,
    /// The address or number.
    pub destination: String,
    /// What it was sent for: `SignUp`, `ForgotPassword`, `AdminCreateUser`, ….
    pub purpose: String,
    pub subject: String,
    /// The text; it holds the code or the temporary password.
    pub body: Secret,
    /// The code or temporary password alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    pub creation_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_status: Option<DeliveryStatusType>,
    /// How often it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_attempts: Option<u32>,
    /// Why it did not leave the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
}

/// Whether a message left the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryStatusType {
    /// Nothing carries messages of its medium; it stays, for reading it out.
    #[default]
    #[serde(rename = "KEPT")]
    Kept,
    /// It waits to be sent, or sent again.
    #[serde(rename = "WAITING")]
    Waiting,
    /// It left; its text and code are gone.
    #[serde(rename = "SENT")]
    Sent,
    /// It was given up.
    #[serde(rename = "FAILED")]
    Failed,
}

/// A line of an import job's log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImportLogLineType {
    /// The line of the file, 1 the header.
    pub line: u64,
    pub message: String,
}

/// Gives a request its operation; every operation here is signed.
macro_rules! operation {
    ($request:ident, $response:ty, $name:literal) => {
        impl Operation for $request {
            type Response = $response;
            const NAME: &'static str = $name;
            const SERVICE: Service = Service::Engine;
            const AUTH: Auth = Auth::Signed;
            const ERRORS: &'static [Code] = &[
                Code::InvalidParameterException,
                Code::NotAuthorizedException,
                Code::ResourceNotFoundException,
                Code::TooManyRequestsException,
                Code::InternalErrorException,
            ];
        }
    };
}

/// Asks what the engine is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetEngineInfoRequest {}

/// What the engine is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetEngineInfoResponse {
    /// The version of the program.
    pub version: String,
    /// The address the engine answers at; empty when it listens nowhere.
    pub endpoint: String,
    /// Where the engine keeps its data. Only the console on its own engine is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<String>,
    pub account_id: String,
    pub default_region: String,
    /// The Regions that have user pools, in alphabetical order.
    #[serde(default)]
    pub regions: Vec<String>,
    /// The names of the operations that are answered, `cognito-idp:CreateGroup`, sorted.
    pub operations: Vec<String>,
}
operation!(GetEngineInfoRequest, GetEngineInfoResponse, "GetEngineInfo");

/// Asks for the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetEngineSettingsRequest {}

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetEngineSettingsResponse {
    pub settings: EngineSettingsType,
}
operation!(
    GetEngineSettingsRequest,
    GetEngineSettingsResponse,
    "GetEngineSettings"
);

/// Replaces the settings as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetEngineSettingsRequest {
    pub settings: EngineSettingsType,
}
operation!(SetEngineSettingsRequest, NoOutput, "SetEngineSettings");

/// Asks which issuer the tokens of a user pool name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolIssuerRequest {
    pub user_pool_id: String,
}

/// Which issuer the tokens of a user pool name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPoolIssuerResponse {
    /// The pool's own issuer; missing when it follows the engine's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The issuer in use.
    pub effective_issuer: String,
}
operation!(
    GetUserPoolIssuerRequest,
    GetUserPoolIssuerResponse,
    "GetUserPoolIssuer"
);

/// Gives a user pool an issuer of its own, or lets it follow the engine's setting again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserPoolIssuerRequest {
    pub user_pool_id: String,
    /// An `http:` or `https:` URL that ends with the pool id; missing to follow the engine's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}
operation!(SetUserPoolIssuerRequest, NoOutput, "SetUserPoolIssuer");

/// Asks for the access keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeysRequest {}

/// The access keys, oldest first, those given by flags last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeysResponse {
    pub access_keys: Vec<AccessKeyType>,
}
operation!(ListAccessKeysRequest, ListAccessKeysResponse, "ListAccessKeys");

/// Asks for the secret of a stored access key. Only the console on its own engine is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeySecretRequest {
    pub access_key_id: String,
}

/// The secret of an access key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeySecretResponse {
    pub secret_access_key: Secret,
}
operation!(
    GetAccessKeySecretRequest,
    GetAccessKeySecretResponse,
    "GetAccessKeySecret"
);

/// Makes an access key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccessKeyRequest {}

/// A new access key with its secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccessKeyResponse {
    pub access_key: AccessKeyType,
    pub secret_access_key: Secret,
}
operation!(CreateAccessKeyRequest, CreateAccessKeyResponse, "CreateAccessKey");

/// Removes a stored access key; calls signed with it are refused from then on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKeyRequest {
    pub access_key_id: String,
}
operation!(DeleteAccessKeyRequest, NoOutput, "DeleteAccessKey");

/// Asks for messages, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOutboxRequest {
    /// Messages of one user pool only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// Messages to one address or number only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// 1 to 1,000; 60 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// Goes on after an earlier page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Messages, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOutboxResponse {
    pub messages: Vec<OutboxMessageType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
operation!(ListOutboxRequest, ListOutboxResponse, "ListOutbox");

/// Asks for log lines of an import job, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetImportJobLogRequest {
    pub user_pool_id: String,
    pub job_id: String,
    /// Lines after this one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_line: Option<u64>,
    /// 1 to 10,000; 1,000 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
}

/// Log lines of an import job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetImportJobLogResponse {
    pub lines: Vec<ImportLogLineType>,
    /// Whether there are more after the last one.
    pub more: bool,
}
operation!(GetImportJobLogRequest, GetImportJobLogResponse, "GetImportJobLog");

/// Writes a complete copy of the store to a file on the engine's machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupRequest {
    /// Where to. Only the console on its own engine may say; for other callers the engine
    /// chooses a name under its `backups` folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Where the copy lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupResponse {
    pub path: String,
    pub bytes: u64,
}
operation!(BackupRequest, BackupResponse, "Backup");

/// What a function ARN is bound to, without secrets. One of `Address`, `Command` and `Lambda` is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionType {
    pub function_arn: String,
    /// `flag` or `stored`.
    pub source: String,
    /// The address of a server that speaks the Lambda invoke protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A program of the engine's machine and its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The names of the program's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_names: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda: Option<LambdaType>,
}

/// How Lambda is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LambdaType {
    /// Another address than Lambda's own in the Region of the ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    pub access_key_id: String,
    /// Never answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<Secret>,
    /// Never answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<Secret>,
}

/// Asks what function ARNs are bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionsRequest {}

/// The bindings, by ARN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionsResponse {
    pub functions: Vec<FunctionType>,
}
operation!(ListFunctionsRequest, ListFunctionsResponse, "ListFunctions");

/// Binds a function ARN to exactly one of `Address`, `Command` and `Lambda`, in place of an
/// earlier binding. Only the console on its own engine may bind a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionRequest {
    pub function_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What calls of the address are signed with, 32 characters at least; one is made unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The command's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<BTreeMap<String, Secret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda: Option<LambdaType>,
}
/// The secret that calls of the address are signed with, unless the request gave one. It is
/// answered this once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_secret: Option<Secret>,
}
operation!(PutFunctionRequest, PutFunctionResponse, "PutFunction");

/// Removes a stored binding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionRequest {
    pub function_arn: String,
}
operation!(DeleteFunctionRequest, NoOutput, "DeleteFunction");

/// A key that codes for custom senders are encrypted under, without the key itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EncryptionKeyType {
    /// The `KMSKeyID` of user pools that it stands for; also the name of the raw AES key.
    pub key_id: String,
    /// The namespace of the raw AES key.
    pub key_namespace: String,
    /// `flag` or `stored`.
    pub source: String,
}

/// Asks for the keys that codes are encrypted under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEncryptionKeysRequest {}

/// The keys, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEncryptionKeysResponse {
    pub encryption_keys: Vec<EncryptionKeyType>,
}
operation!(
    ListEncryptionKeysRequest,
    ListEncryptionKeysResponse,
    "ListEncryptionKeys"
);

/// Keeps the key that a `KMSKeyID` stands for. It is never told again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutEncryptionKeyRequest {
    pub key_id: String,
    /// 32 bytes in base64.
    pub key: Secret,
}
operation!(PutEncryptionKeyRequest, NoOutput, "PutEncryptionKey");

/// Removes a stored key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteEncryptionKeyRequest {
    pub key_id: String,
}
operation!(DeleteEncryptionKeyRequest, NoOutput, "DeleteEncryptionKey");

/// Asks how e-mails leave the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMailSettingsRequest {}

/// How e-mails leave the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMailSettingsResponse {
    /// The mail server without its password; missing when there is none and messages stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Who messages are from, unless the user pool says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Whether a flag or the configuration file names the server; it is then changed there.
    pub fixed: bool,
}
operation!(GetMailSettingsRequest, GetMailSettingsResponse, "GetMailSettings");

/// Changes how e-mails leave the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetMailSettingsRequest {
    /// `smtp://user:password@host:587?tls=required` or `smtps://…`; missing to keep messages here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Secret>,
    /// Who messages are from, unless the user pool says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}
operation!(SetMailSettingsRequest, NoOutput, "SetMailSettings");

//! What travels between a caller and the engine: shapes, error codes, signatures.
//!
//! Pure data: nothing here does IO or reads a clock. The shapes are made from the
//! service model by `assets/api/derive.py`; [`model`] checks any request against that
//! model before it is decoded. To add an operation of a newer model, run the script.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::base::clock::UnixMillis;

pub mod engine;
pub mod fault;
pub mod identity;
pub mod idp;
pub mod model;
pub mod sigv4;

use fault::Code;

/// One of the two APIs, or the extension an engine of ours adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// User pools, `cognito-idp`.
    Idp,
    /// Identity pools, `cognito-identity`.
    Identity,
    /// What the vendor has no API for: outbox, access keys, settings, backup. See [`engine`].
    Engine,
}

impl Service {
    /// Every API.
    pub const ALL: [Self; 3] = [Self::Idp, Self::Identity, Self::Engine];

    /// Returns the name that signatures are made for.
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::Idp => "cognito-idp",
            Self::Identity => "cognito-identity",
            Self::Engine => "poolhouse",
        }
    }

    /// Returns what stands before the dot in `X-Amz-Target`.
    pub const fn target_prefix(self) -> &'static str {
        match self {
            Self::Idp => "AWSCognitoIdentityProviderService",
            Self::Identity => "AWSCognitoIdentityService",
            Self::Engine => "Poolhouse",
        }
    }
}

/// How a call proves who makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Auth {
    /// Signature Version 4 with an access key.
    Signed,
    /// The `AccessToken` member.
    AccessToken,
    /// Nothing but what the request itself holds (client id, session, code).
    Public,
    /// The `AccessToken` member or the `Session` of a challenge.
    TokenOrSession,
    /// A signature or the client's own credentials in the body.
    SignedOrClient,
}

/// An operation, described by its request type.
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What is answered on success.
    type Response: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The vendor's name.
    const NAME: &'static str;
    /// Which API it belongs to.
    const SERVICE: Service;
    /// How the caller is known.
    const AUTH: Auth;
    /// The errors the model declares for it.
    const ERRORS: &'static [Code];
}

/// The answer of an operation that has no output shape: an empty body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoOutput;

impl Serialize for NoOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for NoOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What the model says of an operation, without its types.
#[derive(Clone, Copy, Debug)]
pub struct OperationInfo {
    /// The vendor's name.
    pub name: &'static str,
    /// Which API it belongs to.
    pub service: Service,
    /// How the caller is known.
    pub auth: Auth,
    /// The errors the model declares for it.
    pub errors: &'static [Code],
    /// Decodes a request and encodes it again; what is missing afterwards the type does not know.
    pub request_round_trip: fn(Value) -> Result<Value, serde_json::Error>,
    /// Decodes a response and encodes it again.
    pub response_round_trip: fn(Value) -> Result<Value, serde_json::Error>,
}

impl OperationInfo {
    /// Describes the operation `O`.
    pub const fn of<O: Operation>() -> Self {
        fn round_trip<T: Serialize + DeserializeOwned>(value: Value) -> Result<Value, serde_json::Error> {
            serde_json::to_value(serde_json::from_value::<T>(value)?)
        }
        Self {
            name: O::NAME,
            service: O::SERVICE,
            auth: O::AUTH,
            errors: O::ERRORS,
            request_round_trip: round_trip::<O>,
            response_round_trip: round_trip::<O::Response>,
        }
    }
}

/// Returns every operation of the vendor's two APIs.
pub fn operations() -> impl Iterator<Item = &'static OperationInfo> {
    idp::OPERATIONS.iter().chain(identity::OPERATIONS)
}

/// A point in time as it travels: seconds since the Unix epoch with milliseconds as a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub f64);

impl From<UnixMillis> for Timestamp {
    #[allow(clippy::cast_precision_loss)]
    fn from(at: UnixMillis) -> Self {
        Self(at.0 as f64 / 1000.0)
    }
}

impl From<Timestamp> for UnixMillis {
    #[allow(clippy::cast_possible_truncation)]
    fn from(at: Timestamp) -> Self {
        Self((at.0 * 1000.0).round() as i64)
    }
}

/// Bytes as they travel: base64 text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// An error as it travels: `{"__type": …, "message": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The vendor's name of the error, kept as it came when it is not one of [`Code`].
    pub code: String,
    /// What the caller may read.
    pub message: String,
    /// The `reasonCode` of `InvalidParameterException`.
    pub reason_code: Option<String>,
    /// `x-amzn-RequestId`, when the answer had one.
    pub request_id: Option<String>,
}

/// Gives a wire enum its text form, serde and `Default` (an unknown empty value).
macro_rules! wire_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        impl $name {
            /// Every value the model knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the value as it travels.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unlisted(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Unlisted(other.to_owned()),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Unlisted(String::new())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer).map(|text| Self::from(text.as_ref()))
            }
        }
    };
}
pub(crate) use wire_enum;

//! Signature Version 4: one canonical request, used to sign and to verify.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

/// A signature as a request presents it, with everything needed to check it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    pub access_key_id: String,
    /// `YYYYMMDD`.
    pub date: String,
    pub region: String,
    pub service: String,
    /// Lower-case hex.
    pub signature: String,
    /// The canonical request, made from what arrived.
    pub canonical_request: String,
    /// `X-Amz-Date` as it arrived, `YYYYMMDDTHHMMSSZ`.
    pub timestamp: String,
}

//! Access keys: made at first start, checked on every signed call.

use std::net::IpAddr;
use std::sync::Arc;

use crate::engine::{Engine, Result};
use crate::wire::Service;
use crate::wire::sigv4::Presented;

/// Checks a signature and returns the access key id.
///
/// # Errors
///
/// `UnrecognizedClientException`, `InvalidSignatureException`, `IncompleteSignatureException`.
pub async fn check(
    _engine: &Arc<Engine>,
    _service: Service,
    _presented: &Presented,
    _source: Option<IpAddr>,
) -> Result<String> {
    todo!()
}

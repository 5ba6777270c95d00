//! Classic branding: style sheet and logo, pool-wide (`ALL`) or of one app client.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::{Reader, Result, Tx};

/// A branding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UiCustomization {
    pub user_pool_id: String,
    /// An app client id or `ALL`.
    pub client_id: String,
    pub css: Option<String>,
    pub css_version: String,
    /// `image/png` or `image/jpeg`.
    pub logo_type: Option<String>,
    /// Names the logo in its URL: the first 16 hex digits of its SHA-256.
    pub logo_id: Option<String>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for UiCustomization {
    const RECORD: &'static str = "UI customization";
}

/// Adds or replaces a branding; `logo` replaces the picture when given, `logo_id: None` removes it.
pub fn put(_tx: &mut Tx<'_>, _ui: &UiCustomization, _logo: Option<&[u8]>) -> Result<()> {
    todo!()
}
/// Reads a branding of exactly this client id (`ALL` for the pool's own).
pub fn get(_r: &mut Reader<'_>, _pool: &str, _client_id: &str) -> Result<Option<UiCustomization>> {
    todo!()
}
/// Reads a logo: its type and bytes.
pub fn logo(_r: &mut Reader<'_>, _pool: &str, _logo_id: &str) -> Result<Option<(String, Vec<u8>)>> {
    todo!()
}
/// Removes a branding.
pub fn delete(_tx: &mut Tx<'_>, _pool: &str, _client_id: &str) -> Result<bool> {
    todo!()
}

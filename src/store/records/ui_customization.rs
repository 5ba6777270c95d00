//! Classic branding: style sheet and logo, pool-wide (`ALL`) or of one app client.
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::{Document, document, encode};
use crate::store::{Reader, Result, Tx, Value};

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
pub fn put(tx: &mut Tx<'_>, ui: &UiCustomization, logo: Option<&[u8]>) -> Result<()> {
    let params = [
        (&ui.user_pool_id).into(),
        (&ui.client_id).into(),
        ui.logo_id.clone().into(),
        UiCustomization::VERSION.into(),
        encode(ui)?.into(),
        Value::from(logo.filter(|_| ui.logo_id.is_some())),
    ];
    tx.execute(
        "INSERT INTO ui_customization (pool, client, logo_id, format, document, logo)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (pool, client) DO UPDATE SET logo_id = excluded.logo_id,
            format = excluded.format, document = excluded.document,
            logo = CASE WHEN excluded.logo_id IS NULL THEN NULL
                ELSE coalesce(excluded.logo, ui_customization.logo) END",
        &params,
    )?;
    Ok(())
}
/// Reads a branding of exactly this client id (`ALL` for the pool's own).
pub fn get(r: &mut Reader<'_>, pool: &str, client_id: &str) -> Result<Option<UiCustomization>> {
    r.one(
        "SELECT format, document FROM ui_customization WHERE pool = ?1 AND client = ?2",
        &[pool.into(), client_id.into()],
    )?
    .map(|row| document(&row, 0))
    .transpose()
}
/// Reads a logo: its type and bytes.
pub fn logo(r: &mut Reader<'_>, pool: &str, logo_id: &str) -> Result<Option<(String, Vec<u8>)>> {
    let row = r.one(
        "SELECT format, document, logo FROM ui_customization
         WHERE pool = ?1 AND logo_id = ?2 AND logo IS NOT NULL LIMIT 1",
        &[pool.into(), logo_id.into()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let ui: UiCustomization = document(&row, 0)?;
    Ok(Some((ui.logo_type.unwrap_or_default(), row.blob(2)?.to_vec())))
}
/// Removes a branding.
pub fn delete(tx: &mut Tx<'_>, pool: &str, client_id: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM ui_customization WHERE pool = ?1 AND client = ?2",
        &[pool.into(), client_id.into()],
    )?;
    Ok(removed > 0)
}

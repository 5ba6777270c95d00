//! Logos of the classic branding, by the last part of their address: `<logo id>.<png|jpg>`.

use std::sync::Arc;

use super::{Engine, Error, Result};
use crate::store::records::ui_customization;

/// Returns the type and the bytes of a logo; `None` when there is none of that name.
///
/// # Errors
///
/// The store's failure.
pub async fn find(
    engine: &Arc<Engine>,
    user_pool_id: &str,
    file: &str,
) -> Result<Option<(&'static str, Vec<u8>)>> {
    let Some((logo_id, extension)) = file.split_once('.') else {
        return Ok(None);
    };
    let wanted = match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => return Ok(None),
    };
    let (pool, id) = (user_pool_id.to_owned(), logo_id.to_owned());
    let found = engine
        .store
        .read(move |r| ui_customization::logo(r, &pool, &id).map_err(Error::from))
        .await?;
    Ok(found
        .filter(|(kind, _)| kind == wanted)
        .map(|(_, bytes)| (wanted, bytes)))
}

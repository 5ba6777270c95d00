//! Terms documents: links to what a user agrees to, two of them for an app client.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::{self, Resource};
use crate::store::{Reader, Result, Tx};

/// A terms document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub id: String,
    pub user_pool_id: String,
    pub client_id: String,
    /// `terms-of-use` or `privacy-policy`.
    pub name: String,
    pub source: String,
    pub enforcement: String,
    /// By language id.
    pub links: BTreeMap<String, String>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for Terms {
    const RECORD: &'static str = "terms document";
}

impl Resource for Terms {
    const KIND: &'static str = "terms";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.id
    }
}

const OF_CLIENT: &str = "terms_of_client";

/// The names of terms documents.
pub const NAMES: [&str; 2] = ["terms-of-use", "privacy-policy"];

fn key(client_id: &str, name: &str) -> String {
    format!("{client_id}/{name}")
}

/// Adds a document; `false` when the app client has one of that name.
pub fn insert(tx: &mut Tx<'_>, terms: &Terms) -> Result<bool> {
    let key = key(&terms.client_id, &terms.name);
    if !resources::point(tx, &terms.user_pool_id, OF_CLIENT, &key, &terms.id)? {
        return Ok(false);
    }
    resources::insert(tx, terms)
}
/// Writes a changed document that was named `before`; `false` when its new name is taken.
pub fn update(tx: &mut Tx<'_>, before: &str, terms: &Terms) -> Result<bool> {
    if terms.name != before {
        let to = key(&terms.client_id, &terms.name);
        if !resources::point(tx, &terms.user_pool_id, OF_CLIENT, &to, &terms.id)? {
            return Ok(false);
        }
        let from = key(&terms.client_id, before);
        resources::unpoint(tx, &terms.user_pool_id, OF_CLIENT, &from)?;
    }
    resources::update(tx, terms)
}
/// Finds the document of an app client by its name.
pub fn of_client(r: &mut Reader<'_>, pool: &str, client_id: &str, name: &str) -> Result<Option<Terms>> {
    match resources::pointed(r, pool, OF_CLIENT, &key(client_id, name))? {
        Some(id) => resources::get(r, pool, &id),
        None => Ok(None),
    }
}
/// Removes a document.
pub fn delete(tx: &mut Tx<'_>, terms: &Terms) -> Result<()> {
    let key = key(&terms.client_id, &terms.name);
    resources::unpoint(tx, &terms.user_pool_id, OF_CLIENT, &key)?;
    resources::delete::<Terms>(tx, &terms.user_pool_id, &terms.id)?;
    Ok(())
}
/// Removes the documents of an app client.
pub fn delete_of_client(tx: &mut Tx<'_>, pool: &str, client_id: &str) -> Result<()> {
    for name in NAMES {
        if let Some(terms) = of_client(tx, pool, client_id, name)? {
            delete(tx, &terms)?;
        }
    }
    Ok(())
}

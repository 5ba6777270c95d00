//! External identity providers, and the identifiers that lead to them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;
use crate::store::records::Document;
use crate::store::records::resources::{self, Resource};
use crate::store::{Reader, Result, Tx};
use crate::wire::idp::IdentityProviderTypeType;

/// An identity provider. Has no `Debug`: its details hold secrets.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct IdentityProvider {
    pub user_pool_id: String,
    pub name: String,
    pub kind: IdentityProviderTypeType,
    pub details: BTreeMap<String, String>,
    pub attribute_mapping: BTreeMap<String, String>,
    pub identifiers: Vec<String>,
    pub acr_mapping: Option<BTreeMap<String, String>>,
    pub created_at: UnixMillis,
    pub modified_at: UnixMillis,
}

impl Document for IdentityProvider {
    const RECORD: &'static str = "identity provider";
}

impl Resource for IdentityProvider {
    const KIND: &'static str = "identity_provider";
    fn user_pool_id(&self) -> &str {
        &self.user_pool_id
    }
    fn key(&self) -> &str {
        &self.name
    }
}

/// At most one provider of a pool has an identifier.
const IDENTIFIER: &str = "idp_identifier";

/// Gives a provider exactly these identifiers in place of those it had (`before`); the one
/// that another provider holds, when there is one, and nothing may be kept then.
pub fn claim(tx: &mut Tx<'_>, before: &[String], provider: &IdentityProvider) -> Result<Option<String>> {
    for old in before {
        resources::unpoint(tx, &provider.user_pool_id, IDENTIFIER, old)?;
    }
    for identifier in &provider.identifiers {
        if !resources::point(tx, &provider.user_pool_id, IDENTIFIER, identifier, &provider.name)? {
            return Ok(Some(identifier.clone()));
        }
    }
    Ok(None)
}
/// Removes a provider and its identifiers.
pub fn delete(tx: &mut Tx<'_>, provider: &IdentityProvider) -> Result<()> {
    for identifier in &provider.identifiers {
        resources::unpoint(tx, &provider.user_pool_id, IDENTIFIER, identifier)?;
    }
    resources::delete::<IdentityProvider>(tx, &provider.user_pool_id, &provider.name)?;
    Ok(())
}
/// Finds the provider that an identifier leads to.
pub fn by_identifier(r: &mut Reader<'_>, pool: &str, identifier: &str) -> Result<Option<IdentityProvider>> {
    match resources::pointed(r, pool, IDENTIFIER, identifier)? {
        Some(provider) => resources::get(r, pool, &provider),
        None => Ok(None),
    }
}

//! Which identity logins lead to, and what is linked on the way.
//!
//! One login leads to one identity. Logins that come together are linked to one: a guest
//! becomes authenticated, or, when its login leads elsewhere already, gives way to that
//! identity and is disabled. Two authenticated identities are never merged by their logins;
//! only the developer does that.
//!
//! Source: developer guide, "Switching unauthenticated users to authenticated users";
//! identity pools API reference, `ResourceConflictException` ("a login which is already
//! linked to another account").

use std::collections::BTreeSet;
use std::sync::Arc;

use super::logins::{Of, Proof};
use super::{forbidden, identity_in};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::engine::{Cx, Error, Result};
use crate::store::records::identity_pools::IdentityPool;
use crate::store::records::pool_identities::{self as identities, Identity, Login};
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;

/// The most logins of an identity. Source: identity pools API reference, `MergeDeveloperIdentities`.
pub const LOGINS_MAX: usize = 20;

/// What is asked of the links of a pool.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The identity the caller names.
    pub identity_id: Option<String>,
    /// What the call proves; at least one.
    pub proofs: Vec<Proof>,
    /// The developer provider, whose users an identity may have several of.
    pub developer: Option<String>,
    /// Whether the caller is the developer, who may link a user to any identity.
    pub is_developer: bool,
}

/// What is to be written; nothing when the links are as wanted already.
#[derive(Debug)]
struct Plan {
    identity: Identity,
    is_changed: bool,
    claims: Vec<Login>,
    disabled: Option<Identity>,
}

/// Returns the identity that the proofs lead to, after linking what they prove together.
///
/// # Errors
///
/// `NotAuthorizedException` when no proof is of the named identity,
/// `ResourceConflictException` when proofs lead to several,
/// `DeveloperUserAlreadyRegisteredException` when the developer's user is another identity's,
/// `InvalidParameterException` beyond twenty logins.
pub async fn resolve(cx: &Cx, pool: &IdentityPool, wanted: Wanted) -> Result<Identity> {
    let new = blank(cx, pool);
    let wanted = Arc::new(wanted);
    // Most calls change nothing: reading first keeps them off the writer.
    let (first, asked, within) = (new.clone(), Arc::clone(&wanted), cx.clone());
    let planned = cx
        .engine
        .store
        .read(move |r| plan(&within, r, first, &asked))
        .await?;
    if !planned.is_changed {
        return Ok(planned.identity);
    }
    let within = cx.clone();
    cx.engine
        .store
        .transact("link_identity", move |tx| -> Result<_> {
            let plan = plan(&within, tx, new.clone(), &wanted)?;
            if plan.is_changed {
                write(tx, &plan)?;
            }
            Ok(plan.identity)
        })
        .await
}

/// Makes a guest's identity.
///
/// # Errors
///
/// What the store reports.
pub async fn guest(cx: &Cx, pool: &IdentityPool) -> Result<Identity> {
    let made = blank(cx, pool);
    let kept = made.clone();
    cx.engine
        .store
        .transact("make_guest", move |tx| -> Result<()> {
            Ok(identities::put(tx, &kept)?)
        })
        .await?;
    Ok(made)
}

/// Takes a login from an identity inside a transaction; without its last one nobody reaches it.
///
/// # Errors
///
/// What the store reports.
pub fn unlink(tx: &mut Tx<'_>, identity: &mut Identity, login: &Login, now: UnixMillis) -> Result<()> {
    identity.logins.retain(|other| other != login);
    identity.disabled |= identity.logins.is_empty();
    identity.modified_at = now;
    identities::release(tx, &identity.identity_pool_id, login)?;
    identities::put(tx, identity)?;
    Ok(())
}

/// Moves every login of `source` to `target` inside a transaction and disables `source`.
///
/// # Errors
///
/// `ResourceConflictException` when both know a provider's user that is not the developer's,
/// `InvalidParameterException` beyond twenty logins.
pub fn merge(
    tx: &mut Tx<'_>,
    mut source: Identity,
    mut target: Identity,
    developer: &str,
    now: UnixMillis,
) -> Result<Identity> {
    let moved = std::mem::take(&mut source.logins);
    for login in &moved {
        link(&mut target, login, Some(developer))?;
        identities::claim(tx, &target.identity_pool_id, login, &target.id)?;
    }
    source.disabled = true;
    source.merged_into = Some(target.id.clone());
    source.modified_at = now;
    target.modified_at = now;
    identities::put(tx, &source)?;
    identities::put(tx, &target)?;
    Ok(target)
}

fn blank(cx: &Cx, pool: &IdentityPool) -> Identity {
    let now = cx.now();
    Identity {
        id: format!("{}:{}", pool.region, ids::uuid(cx.rng())),
        identity_pool_id: pool.id.clone(),
        created_at: now,
        modified_at: now,
        ..Default::default()
    }
}

fn plan(cx: &Cx, r: &mut Reader<'_>, new: Identity, wanted: &Wanted) -> Result<Plan> {
    let now = new.created_at;
    let pool_id = new.identity_pool_id.clone();
    let mut logins = Vec::new();
    let mut found = BTreeSet::new();
    for proof in &wanted.proofs {
        match &proof.of {
            Of::Identity(id) => {
                found.insert(id.clone());
            }
            Of::User(login) => {
                found.extend(identities::of_login(r, &pool_id, login)?);
                logins.push(login.clone());
            }
        }
    }
    let mut read = |id: &str| -> Result<Identity> {
        let (_, identity) = identity_in(cx, r, id)?;
        match identity.identity_pool_id == pool_id {
            true => Ok(identity),
            false => Err(Error::not_found(format!("Identity '{id}' not found."))),
        }
    };
    let named = wanted.identity_id.as_deref().map(&mut read).transpose()?;
    let mut found = found.into_iter();
    let first = found.next();
    if found.next().is_some() {
        return Err(linked_elsewhere());
    }
    let (identity, gone, is_new) = match (named, first) {
        (None, None) => (new, None, true),
        (None, Some(id)) => (read(&id)?, None, false),
        (Some(named), None) if named.disabled => return Err(forbidden(&named.id)),
        // A guest takes the login it shows; of others only the developer may link a new one.
        (Some(named), None) if named.logins.is_empty() || wanted.is_developer => (named, None, false),
        (Some(_), None) => return Err(no_match()),
        (Some(named), Some(id)) if named.id == id => (named, None, false),
        (Some(_), Some(id)) if wanted.is_developer => return Err(other_identitys(&read(&id)?, wanted)),
        // Merged before: the login leads to the one that took it, by however many steps.
        (Some(named), Some(id)) if named.disabled => match named.merged_into {
            Some(_) => (read(&id)?, None, false),
            None => return Err(forbidden(&named.id)),
        },
        (Some(named), Some(id)) if named.logins.is_empty() => (read(&id)?, Some(named), false),
        (Some(_), Some(_)) => return Err(no_match()),
    };
    if identity.disabled {
        return Err(forbidden(&identity.id));
    }
    let mut identity = identity;
    let before = identity.logins.len();
    for login in &logins {
        link(&mut identity, login, wanted.developer.as_deref())?;
    }
    let claims = identity.logins.get(before..).unwrap_or_default().to_vec();
    if !claims.is_empty() {
        identity.modified_at = now;
    }
    let disabled = gone.map(|gone| Identity {
        disabled: true,
        merged_into: Some(identity.id.clone()),
        modified_at: now,
        ..gone
    });
    Ok(Plan {
        is_changed: is_new || !claims.is_empty() || disabled.is_some(),
        identity,
        claims,
        disabled,
    })
}

fn write(tx: &mut Tx<'_>, plan: &Plan) -> Result<()> {
    identities::put(tx, &plan.identity)?;
    for login in &plan.claims {
        identities::claim(tx, &plan.identity.identity_pool_id, login, &plan.identity.id)?;
    }
    if let Some(gone) = &plan.disabled {
        identities::put(tx, gone)?;
    }
    Ok(())
}

/// Adds a login to an identity that does not have it yet.
fn link(identity: &mut Identity, login: &Login, developer: Option<&str>) -> Result<()> {
    if identity.logins.contains(login) {
        return Ok(());
    }
    let is_developers = developer == Some(login.provider.as_str());
    let has_another = identity
        .logins
        .iter()
        .any(|other| other.provider == login.provider);
    if has_another && !is_developers {
        return Err(linked_elsewhere());
    }
    if identity.logins.len() >= LOGINS_MAX {
        return Err(Error::invalid(format!(
            "An identity has at most {LOGINS_MAX} linked logins."
        )));
    }
    identity.logins.push(login.clone());
    Ok(())
}

fn linked_elsewhere() -> Error {
    Error::new(
        Code::ResourceConflictException,
        "The login is already linked to another identity.",
    )
}

/// The developer named one identity, and a login is that of `other`.
fn other_identitys(other: &Identity, wanted: &Wanted) -> Error {
    let developer = wanted.developer.as_deref();
    let is_the_user = wanted.proofs.iter().any(|proof| match &proof.of {
        Of::User(login) => developer == Some(login.provider.as_str()) && other.logins.contains(login),
        Of::Identity(_) => false,
    });
    if !is_the_user {
        return linked_elsewhere();
    }
    Error::new(
        Code::DeveloperUserAlreadyRegisteredException,
        "The developer user identifier is already registered with a different identity.",
    )
}

fn no_match() -> Error {
    Error::not_authorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    )
}

//! Identities of users whom the developer's own back end knows.
//!
//! Source: developer guide, "Developer-authenticated identities".

use crate::base::page;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::identity::linking::{self, Wanted};
use crate::engine::identity::{credentials, identity_in, logins, open_id, pool_in};
use crate::engine::ops::identity::page_size;
use crate::engine::ops::idp::user_pools::after;
use crate::engine::{Cx, Error, Result};
use crate::rules::role_mapping::is_tag_value;
use crate::store::Reader;
use crate::store::records::identity_pools::IdentityPool;
use crate::store::records::pool_identities::{self as identities, Identity, Login};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::identity::{
    GetOpenIdTokenForDeveloperIdentityInput, GetOpenIdTokenForDeveloperIdentityResponse,
    LookupDeveloperIdentityInput, LookupDeveloperIdentityResponse, MergeDeveloperIdentitiesInput,
    MergeDeveloperIdentitiesResponse, UnlinkDeveloperIdentityInput,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetOpenIdTokenForDeveloperIdentityInput>(),
    Route::of::<LookupDeveloperIdentityInput>(),
    Route::of::<MergeDeveloperIdentitiesInput>(),
    Route::of::<UnlinkDeveloperIdentityInput>(),
];

/// The longest identifier of a developer's user, as the other operations limit it.
const USER_ID_MAX: usize = 1024;

impl Handler for GetOpenIdTokenForDeveloperIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<GetOpenIdTokenForDeveloperIdentityResponse> {
        let Self {
            identity_pool_id,
            identity_id,
            mut logins,
            principal_tags,
            token_duration,
        } = self;
        let within = cx.clone();
        let pool = cx
            .engine
            .store
            .read(move |r| pool_in(&within, r, &identity_pool_id))
            .await?;
        let developer = developer_of(&pool)?.to_owned();
        let Some(user_id) = logins.remove(&developer) else {
            return Err(Error::invalid(format!(
                "The logins must hold a user of the developer provider {developer}."
            )));
        };
        if user_id.is_empty() || user_id.expose().chars().count() > USER_ID_MAX {
            return Err(Error::invalid(format!(
                "A developer user identifier has 1 to {USER_ID_MAX} characters."
            )));
        }
        let given = principal_tags.unwrap_or_default();
        if let Some((key, _)) = given
            .iter()
            .find(|(key, value)| !is_tag_value(key) || !is_tag_value(value))
        {
            return Err(Error::invalid(format!("Invalid principal tag: {key}")));
        }
        let mut proofs = vec![logins::of_developer(&pool, &developer, &user_id)];
        proofs.extend(logins::check(cx, &pool, &logins).await.map_err(declared)?);
        let wanted = Wanted {
            identity_id,
            proofs: proofs.clone(),
            developer: Some(developer),
            is_developer: true,
        };
        let identity = linking::resolve(cx, &pool, wanted).await?;
        // What the developer says goes before what tokens say.
        let mut tags = credentials::tags(&pool, &proofs);
        tags.extend(given);
        let secs = token_duration.unwrap_or(open_id::DEVELOPER_VALID_FOR_SECS);
        let token = open_id::issue(cx, &pool, &identity, &proofs, &tags, secs).await?;
        Ok(GetOpenIdTokenForDeveloperIdentityResponse {
            identity_id: Some(identity.id),
            token: Some(token),
        })
    }
}

impl Handler for LookupDeveloperIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<LookupDeveloperIdentityResponse> {
        let Self {
            identity_pool_id: pool_id,
            identity_id,
            developer_user_identifier: user_id,
            max_results,
            next_token,
        } = self;
        if identity_id.is_none() && user_id.is_none() {
            return Err(Error::invalid(
                "Either IdentityId or DeveloperUserIdentifier must be given.",
            ));
        }
        let listing = format!("LookupDeveloperIdentity/{pool_id}/{identity_id:?}/{user_id:?}");
        let after = after(cx, &listing, next_token.as_deref())?;
        let within = cx.clone();
        let (developer, identity) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(&within, r, &pool_id)?;
                let developer = developer_of(&pool)?.to_owned();
                let named = match &identity_id {
                    Some(id) => Some(identity_of_pool(&within, r, &pool, id)?),
                    None => None,
                };
                let Some(user_id) = &user_id else {
                    return Ok((developer, named));
                };
                let found = of_user(&within, r, &pool, &developer, user_id)?;
                match named {
                    Some(named) if named.id != found.id => Err(conflict()),
                    _ => Ok((developer, Some(found))),
                }
            })
            .await?;
        let identity = identity.unwrap_or_default();
        // At most twenty, so the page is cut from what is there.
        let mut users: Vec<String> = identity
            .logins
            .into_iter()
            .filter(|login| login.provider == developer)
            .map(|login| login.subject)
            .filter(|user| user.as_str() > after.as_str())
            .collect();
        users.sort_unstable();
        let limit = page_size(max_results);
        let more = users.len() > limit;
        users.truncate(limit);
        let last = users.last().filter(|_| more);
        let next_token = last.map(|user| page::token(&listing, user.as_bytes(), cx.now()));
        Ok(LookupDeveloperIdentityResponse {
            identity_id: Some(identity.id),
            developer_user_identifier_list: Some(users),
            next_token,
        })
    }
}

/// The source's identity gives all its logins to the destination's and is disabled.
impl Handler for MergeDeveloperIdentitiesInput {
    async fn handle(self, cx: &Cx) -> Result<MergeDeveloperIdentitiesResponse> {
        let (within, now) = (cx.clone(), cx.now());
        let merged = cx
            .engine
            .store
            .transact("MergeDeveloperIdentities", move |tx| {
                let pool = pool_in(&within, tx, &self.identity_pool_id)?;
                let developer = named_developer(&pool, &self.developer_provider_name)?;
                let source = of_user(&within, tx, &pool, developer, &self.source_user_identifier)?;
                let target = of_user(&within, tx, &pool, developer, &self.destination_user_identifier)?;
                if source.id == target.id {
                    return Ok(target);
                }
                linking::merge(tx, source, target, developer, now)
            })
            .await?;
        Ok(MergeDeveloperIdentitiesResponse {
            identity_id: Some(merged.id),
        })
    }
}

/// The user gets an identity of their own the next time.
impl Handler for UnlinkDeveloperIdentityInput {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let (within, now) = (cx.clone(), cx.now());
        cx.engine
            .store
            .transact("UnlinkDeveloperIdentity", move |tx| {
                let pool = pool_in(&within, tx, &self.identity_pool_id)?;
                let developer = named_developer(&pool, &self.developer_provider_name)?;
                let mut identity = identity_of_pool(&within, tx, &pool, &self.identity_id)?;
                let found = of_user(&within, tx, &pool, developer, &self.developer_user_identifier)?;
                if found.id != identity.id {
                    return Err(conflict());
                }
                let login = Login {
                    provider: developer.to_owned(),
                    subject: self.developer_user_identifier.clone(),
                };
                linking::unlink(tx, &mut identity, &login, now)
            })
            .await?;
        Ok(NoOutput)
    }
}

fn developer_of(pool: &IdentityPool) -> Result<&str> {
    let name = pool.settings.developer_provider_name.as_deref();
    name.ok_or_else(|| Error::invalid("The identity pool has no developer provider."))
}

fn named_developer<'a>(pool: &'a IdentityPool, named: &str) -> Result<&'a str> {
    let developer = developer_of(pool)?;
    if developer == named {
        return Ok(developer);
    }
    Err(Error::invalid(format!(
        "{named} is not the developer provider of this identity pool."
    )))
}

fn identity_of_pool(cx: &Cx, r: &mut Reader<'_>, pool: &IdentityPool, id: &str) -> Result<Identity> {
    let (of, identity) = identity_in(cx, r, id)?;
    if of.id == pool.id {
        return Ok(identity);
    }
    Err(Error::not_found(format!("Identity '{id}' not found.")))
}

fn of_user(
    cx: &Cx,
    r: &mut Reader<'_>,
    pool: &IdentityPool,
    developer: &str,
    user_id: &str,
) -> Result<Identity> {
    let login = Login {
        provider: developer.to_owned(),
        subject: user_id.to_owned(),
    };
    let absent = || Error::not_found(format!("Developer user identifier '{user_id}' not found."));
    let id = identities::of_login(r, &pool.id, &login)?.ok_or_else(absent)?;
    identity_of_pool(cx, r, pool, &id)
}

fn conflict() -> Error {
    Error::new(
        Code::ResourceConflictException,
        "The developer user identifier is linked to another identity.",
    )
}

/// ExternalServiceException is not among the operation's errors.
fn declared(error: Error) -> Error {
    match error.code() {
        Code::ExternalServiceException => Error::not_authorized(error.message().to_owned()).caused_by(error),
        _ => error,
    }
}

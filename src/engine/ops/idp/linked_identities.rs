//! Operations that tie identities at external providers to users, and untie them.
//!
//! A user's `identities` attribute shows the ties; the records say whose an identity is.

use serde_json::{Value, json};

use crate::base::clock::UnixMillis;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::identity_providers::provider_in;
use crate::engine::ops::idp::users::{pool_in, user_in, write_user};
use crate::engine::{Cx, Error, Result};
use crate::rules::identity_providers::{NATIVE, SUBJECT, is_social};
use crate::store::records::identities::{self, Identity};
use crate::store::records::identity_providers::IdentityProvider;
use crate::store::records::resources;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::store::{Reader, Tx};
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminDisableProviderForUserRequest, AdminDisableProviderForUserResponse, AdminLinkProviderForUserRequest,
    AdminLinkProviderForUserResponse, ProviderUserIdentifierType, UserStatusType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<AdminLinkProviderForUserRequest>(),
    Route::of::<AdminDisableProviderForUserRequest>(),
];

/// The attribute that shows a user's identities.
const ATTRIBUTE: &str = "identities";
/// The most identities linked to a user, and the most attributes by which users are known at
/// one provider. Source: API reference, AdminLinkProviderForUser.
const LINKS_MAX: usize = 5;
/// See [`LINKS_MAX`].
pub const NAMES_MAX: usize = 5;
/// The longest value that names a user at a provider.
const VALUE_MAX: usize = 2048;

impl Handler for AdminLinkProviderForUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminLinkProviderForUserResponse> {
        let now = cx.now();
        let destination = Named::of(self.destination_user, "DestinationUser")?;
        let source = Named::of(self.source_user, "SourceUser")?;
        let id = self.user_pool_id;
        cx.engine
            .store
            .transact("AdminLinkProviderForUser", move |tx| -> Result<()> {
                let pool = pool_in(tx, &id)?;
                let mut user = destination.user_in(tx, &pool)?.ok_or_else(Error::no_user)?;
                if source.is_native() {
                    return Err(Error::invalid(
                        "SourceUser must be a user of an external identity provider.",
                    ));
                }
                let provider = provider_in(tx, &pool.id, &source.provider)?;
                let attribute = source.attribute_at(&provider)?;
                refuse_taken(tx, &pool, &user, &source, &attribute)?;
                refuse_too_many(tx, &user, &provider, &attribute)?;
                identities::insert(
                    tx,
                    &Identity {
                        user_pool_id: pool.id.clone(),
                        provider: provider.name.clone(),
                        attribute,
                        value: source.value.clone(),
                        sub: user.sub,
                        linked_at: now,
                    },
                )?;
                show(tx, &mut user)?;
                user.modified_at = now;
                write_user(tx, &pool, &user)
            })
            .await?;
        Ok(AdminLinkProviderForUserResponse {})
    }
}

/// Unties an identity; of a user of the pool's own directory, takes the password away.
impl Handler for AdminDisableProviderForUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminDisableProviderForUserResponse> {
        let now = cx.now();
        let named = Named::of(self.user, "User")?;
        let id = self.user_pool_id;
        cx.engine
            .store
            .transact("AdminDisableProviderForUser", move |tx| -> Result<()> {
                let pool = pool_in(tx, &id)?;
                let mut user = if named.is_native() {
                    let mut user = named.user_in(tx, &pool)?.ok_or_else(Error::no_user)?;
                    user.credential = None;
                    user.temporary_since = None;
                    user
                } else {
                    let provider = provider_in(tx, &pool.id, &named.provider)?;
                    let attribute = named.attribute_at(&provider)?;
                    let identity = identities::get(tx, &pool.id, &provider.name, &attribute, &named.value)?
                        .ok_or_else(Error::no_user)?;
                    identities::delete(tx, &pool.id, &provider.name, &attribute, &named.value)?;
                    let mut user = users::get(tx, &pool.id, &identity.sub)?.ok_or_else(Error::no_user)?;
                    show(tx, &mut user)?;
                    user
                };
                user.modified_at = now;
                write_user(tx, &pool, &user)
            })
            .await?;
        Ok(AdminDisableProviderForUserResponse {})
    }
}

/// A user as a provider names it.
#[derive(Clone)]
struct Named {
    provider: String,
    attribute: Option<String>,
    value: String,
}

impl Named {
    fn of(given: ProviderUserIdentifierType, member: &str) -> Result<Self> {
        let missing = |what: &str| Error::invalid(format!("{member} must have a {what}."));
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        let value = text(given.provider_attribute_value).ok_or_else(|| missing("ProviderAttributeValue"))?;
        if value.chars().count() > VALUE_MAX {
            return Err(Error::invalid(format!(
                "{member}: ProviderAttributeValue has more than {VALUE_MAX} characters."
            )));
        }
        Ok(Self {
            provider: text(given.provider_name).ok_or_else(|| missing("ProviderName"))?,
            attribute: text(given.provider_attribute_name),
            value,
        })
    }

    fn is_native(&self) -> bool {
        self.provider.eq_ignore_ascii_case(NATIVE)
    }

    /// Finds the user: by username, by a tie, or by the username that federation makes.
    fn user_in(&self, r: &mut Reader<'_>, pool: &UserPool) -> Result<Option<User>> {
        if self.is_native() {
            return Ok(user_in(r, pool, &self.value)?);
        }
        let attribute = self.attribute.as_deref().unwrap_or(SUBJECT);
        if let Some(identity) = identities::get(r, &pool.id, &self.provider, attribute, &self.value)? {
            return Ok(users::get(r, &pool.id, &identity.sub)?);
        }
        profile_of(r, pool, &self.provider, &self.value)
    }

    /// Returns the attribute by which the provider names the user.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for one that the provider's mapping does not know.
    fn attribute_at(&self, provider: &IdentityProvider) -> Result<String> {
        let attribute = self.attribute.as_deref().unwrap_or(SUBJECT);
        if attribute == SUBJECT {
            return Ok(SUBJECT.to_owned());
        }
        let is_mapped = provider
            .attribute_mapping
            .iter()
            .any(|(ours, theirs)| ours == attribute || theirs == attribute);
        if is_social(&provider.kind) || !is_mapped {
            return Err(Error::invalid(format!(
                "ProviderAttributeName {attribute} is not an attribute that {} maps.",
                provider.name
            )));
        }
        Ok(attribute.to_owned())
    }
}

/// Returns the username of the profile that a first federated sign-in makes.
fn profile_name(provider: &str, subject: &str) -> String {
    format!("{provider}_{subject}")
}

/// Returns the profile that a first federated sign-in made. Anybody may choose its name as their
/// own, or as an alias: a user whom federation did not make is none.
///
/// # Errors
///
/// What the store reports.
pub fn profile_of(
    r: &mut Reader<'_>,
    pool: &UserPool,
    provider: &str,
    subject: &str,
) -> Result<Option<User>> {
    let name = profile_name(provider, subject);
    let found = user_in(r, pool, &name)?;
    Ok(found.filter(|user| {
        user.status == UserStatusType::ExternalProvider
            && user.username == name
            && names(user, provider, subject)
    }))
}

/// Tells whether the identities that a user shows hold one.
fn names(user: &User, provider: &str, subject: &str) -> bool {
    let shown = user.attributes.get(ATTRIBUTE);
    let shown = shown.and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok());
    shown.into_iter().flatten().any(|entry| {
        let is = |member: &str, value: &str| entry.get(member).and_then(Value::as_str) == Some(value);
        is("providerName", provider) && is("userId", subject)
    })
}

/// The texts are observed.
fn refuse_taken(
    r: &mut Reader<'_>,
    pool: &UserPool,
    user: &User,
    source: &Named,
    attribute: &str,
) -> Result<()> {
    match identities::get(r, &pool.id, &source.provider, attribute, &source.value)? {
        Some(identity) if identity.sub == user.sub => {
            return Err(Error::invalid("SourceUser is already linked to DestinationUser"));
        }
        Some(_) => return Err(has_profile()),
        None => {}
    }
    if attribute == SUBJECT && profile_of(r, pool, &source.provider, &source.value)?.is_some() {
        return Err(has_profile());
    }
    Ok(())
}

fn has_profile() -> Error {
    Error::invalid("Merging is not currently supported, provide a SourceUser without any profile.")
}

fn refuse_too_many(
    r: &mut Reader<'_>,
    user: &User,
    provider: &IdentityProvider,
    attribute: &str,
) -> Result<()> {
    let pool = &user.user_pool_id;
    let exceeded = |text: String| Err(Error::new(Code::LimitExceededException, text));
    if identities::of_user(r, pool, &user.sub, LINKS_MAX)?.len() >= LINKS_MAX {
        return exceeded(format!("A user has at most {LINKS_MAX} linked identities."));
    }
    let known = identities::attributes(r, pool, &provider.name, NAMES_MAX)?;
    if known.len() >= NAMES_MAX && !known.iter().any(|name| name == attribute) {
        return exceeded(format!(
            "Users of {} are linked by at most {NAMES_MAX} different attributes.",
            provider.name
        ));
    }
    Ok(())
}

/// Writes the `identities` attribute of a user from the records, oldest tie first.
///
/// # Errors
///
/// What the store reports.
pub fn show(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let mut ties = identities::of_user(tx, &user.user_pool_id, &user.sub, LINKS_MAX.saturating_add(1))?;
    ties.sort_by(|left, right| (left.linked_at, &left.provider).cmp(&(right.linked_at, &right.provider)));
    if ties.is_empty() {
        user.attributes.remove(ATTRIBUTE);
        return Ok(());
    }
    let mut shown = Vec::with_capacity(ties.len());
    for tie in ties {
        let provider = resources::get::<IdentityProvider>(tx, &user.user_pool_id, &tie.provider)?;
        let is_primary = user
            .username
            .eq_ignore_ascii_case(&profile_name(&tie.provider, &tie.value));
        shown.push(entry(&tie, provider.as_ref(), is_primary, tie.linked_at));
    }
    let text = serde_json::to_string(&shown).map_err(Error::internal)?;
    user.attributes.insert(ATTRIBUTE.to_owned(), text);
    Ok(())
}

fn entry(tie: &Identity, provider: Option<&IdentityProvider>, is_primary: bool, at: UnixMillis) -> Value {
    json!({
        "userId": tie.value,
        "providerName": tie.provider,
        "providerType": provider.map(|it| it.kind.as_str()),
        "issuer": null,
        "primary": is_primary,
        "dateCreated": at.0,
    })
}

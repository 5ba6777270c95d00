//! Changing attributes, and the codes that prove a new address or number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reading::{find_pool, pool_in, user_in};
use super::writing::change_user;
use crate::engine::auth::codes;
use crate::engine::auth::keys::OpenKeys;
use crate::engine::dispatch::Handler;
use crate::engine::messages::{self, Channel, Composer};
use crate::engine::triggers::Scene;
use crate::engine::{Cx, Error, Result};
use crate::rules::usernames::Naming;
use crate::rules::{Finding, attributes};
use crate::store::Tx;
use crate::store::records::codes::PendingCode;
use crate::store::records::outbox::{self, Message};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::{
    AdminDeleteUserAttributesRequest, AdminDeleteUserAttributesResponse, AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse, AttributeType, VerifiedAttributeType,
};

impl Handler for AdminUpdateUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminUpdateUserAttributesResponse> {
        let given = attribute_map(&self.user_attributes)?;
        let engine = Arc::clone(&cx.engine);
        let (id, username) = (self.user_pool_id, self.username.clone());
        let wanted = given.clone();
        let (pool, keys, channels) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                let schema = attributes::schema_of(&pool.settings);
                check_attributes(&schema, &wanted)?;
                let mut user = user_in(r, &pool, &username)?.ok_or_else(Error::no_user)?;
                let channels = change_attributes(&pool, &mut user, &wanted)?;
                let keys = engine.keys_of(r, &pool.id)?;
                Ok::<_, Error>((pool, keys, (user, channels)))
            })
            .await?;
        let (user, channels) = channels;
        let scene = Scene::of_admin(cx, &pool, self.client_metadata.as_ref());
        let why = messages::Purpose::UpdateUserAttribute;
        let codes = attribute_codes(&scene, &keys, &user, &channels, why).await?;
        let changed_pool = pool.clone();
        change_user(
            cx,
            "AdminUpdateUserAttributes",
            pool,
            self.username,
            move |tx, user| {
                let channels = change_attributes(&changed_pool, user, &given)?;
                put_attribute_codes(tx, user, &channels, &codes)
            },
        )
        .await?;
        Ok(AdminUpdateUserAttributesResponse {})
    }
}

impl Handler for AdminDeleteUserAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminDeleteUserAttributesResponse> {
        let pool = find_pool(cx, &self.user_pool_id).await?;
        let schema = attributes::schema_of(&pool.settings);
        let given: BTreeMap<String, String> = self
            .user_attribute_names
            .into_iter()
            .map(|name| (name, String::new()))
            .collect();
        check_attributes(&schema, &given)?;
        let changed_pool = pool.clone();
        change_user(
            cx,
            "AdminDeleteUserAttributes",
            pool,
            self.username,
            move |_, user| change_attributes(&changed_pool, user, &given).map(drop),
        )
        .await?;
        Ok(AdminDeleteUserAttributesResponse {})
    }
}

/// Checks names and values against the schema.
pub fn check_attributes(
    schema: &[crate::wire::idp::SchemaAttributeType],
    given: &BTreeMap<String, String>,
) -> Result<()> {
    let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let findings = attributes::check(schema, pairs);
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(attributes::message(&findings)))
    }
}

/// Changes attributes of a user, blank values being deletions, and returns where codes must go.
///
/// A new e-mail address or phone number that is not marked verified in the same call is
/// unverified; where the pool wants the code first, it waits beside the old value. The names and
/// values must have passed [`attributes::check`].
///
/// # Errors
///
/// `InvalidParameterException` for what is fixed once set, required, or the only username.
pub fn change_attributes(
    pool: &UserPool,
    user: &mut User,
    given: &BTreeMap<String, String>,
) -> Result<Vec<Channel>> {
    let schema = attributes::schema_of(&pool.settings);
    let mut findings = attributes::check_mutable(&schema, given.keys().map(String::as_str));
    let blank: Vec<_> = given
        .iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    findings.extend(attributes::check_required(&schema, |name| !blank.contains(&name)));
    if !findings.is_empty() {
        return Err(Error::invalid(attributes::message(&findings)));
    }
    let naming = Naming::of(&pool.settings);
    let mut given = given.clone();
    naming.flatten(&mut given);
    let given = &given;
    let mut channels = Vec::new();
    for (name, value) in given {
        if value.is_empty() {
            user.attributes.remove(name);
            user.pending_attributes.remove(name);
            if let Some(flag) = flag_of(name) {
                user.attributes.remove(flag);
            }
            continue;
        }
        let Some(flag) = flag_of(name) else {
            let value = if attributes::is_verified_flag(name) {
                value.to_ascii_lowercase()
            } else {
                value.clone()
            };
            user.attributes.insert(name.clone(), value);
            continue;
        };
        let marked_verified = given
            .get(flag)
            .is_some_and(|marked| marked.eq_ignore_ascii_case("true"));
        if user.attributes.get(name) == Some(value) {
            user.pending_attributes.remove(name);
            continue;
        }
        if marked_verified {
            user.attributes.insert(name.clone(), value.clone());
            user.pending_attributes.remove(name);
            continue;
        }
        if waits_for_code(pool, name) && user.attributes.contains_key(name) {
            user.pending_attributes.insert(name.clone(), value.clone());
        } else {
            user.attributes.insert(name.clone(), value.clone());
            user.attributes.insert(flag.to_owned(), "false".to_owned());
            user.pending_attributes.remove(name);
        }
        if messages::is_auto_verified(pool, name) {
            channels.extend(Channel::of(name, Some(value)));
        }
    }
    check_flags(given, &user.attributes)?;
    let has = |name: &str| user.attributes.contains_key(name);
    if naming.generates_usernames()
        && !(naming.email_username && has("email"))
        && !(naming.phone_username && has("phone_number"))
    {
        return Err(Error::invalid(
            "The attribute that the user signs in with cannot be deleted.",
        ));
    }
    Ok(channels)
}

/// Marks the attribute that a code went to as verified, when it still holds that value.
pub fn mark_verified(user: &mut User, code: &PendingCode) {
    if let Some(attribute) = &code.attribute {
        mark_value_verified(user, attribute, &code.destination);
    }
}

/// Marks an attribute as verified, when it holds `value`.
pub fn mark_value_verified(user: &mut User, attribute: &str, value: &str) {
    let is_same = user.attributes.get(attribute).is_some_and(|held| held == value);
    if let Some(flag) = flag_of(attribute).filter(|_| is_same) {
        user.attributes.insert(flag.to_owned(), "true".to_owned());
    }
}

/// Returns the flag that goes with an attribute.
fn flag_of(attribute: &str) -> Option<&'static str> {
    match attribute {
        "email" => Some("email_verified"),
        "phone_number" => Some("phone_number_verified"),
        _ => None,
    }
}

/// Tells whether a new value of `attribute` waits for its code before it replaces the old one.
fn waits_for_code(pool: &UserPool, attribute: &str) -> bool {
    let wanted = VerifiedAttributeType::from(attribute);
    pool.settings
        .user_attribute_update_settings
        .as_ref()
        .and_then(|settings| settings.attributes_require_verification_before_update.as_deref())
        .is_some_and(|list| list.contains(&wanted))
}

/// A code for an attribute, made before the transaction that keeps it.
pub struct AttributeCode {
    channel: Channel,
    pending: PendingCode,
    message: Message,
}

/// Makes the codes and messages for `channels`.
///
/// # Errors
///
/// What the pool's function answers.
pub async fn attribute_codes(
    scene: &Scene<'_>,
    keys: &OpenKeys,
    user: &User,
    channels: &[Channel],
    purpose: messages::Purpose,
) -> Result<Vec<AttributeCode>> {
    let cx = scene.cx;
    let mut made = Vec::with_capacity(channels.len());
    for channel in channels {
        let composer = Composer::ask(scene, user, channel, purpose).await?;
        let (code, pending) = codes::make(
            keys,
            cx.rng(),
            &user.sub,
            &codes::Purpose::Attribute(channel.attribute().to_owned()),
            Some(channel.attribute()),
            channel.to(),
            cx.now(),
        );
        made.push(AttributeCode {
            channel: channel.clone(),
            pending,
            message: composer.code(scene.pool, user, channel, purpose, &code),
        });
    }
    Ok(made)
}

/// Keeps the codes for those `channels` that still need one, and their messages.
pub fn put_attribute_codes(
    tx: &mut Tx<'_>,
    user: &User,
    channels: &[Channel],
    made: &[AttributeCode],
) -> Result<()> {
    for code in made.iter().filter(|code| channels.contains(&code.channel)) {
        let purpose = codes::Purpose::Attribute(code.channel.attribute().to_owned());
        codes::put(tx, &user.user_pool_id, &user.sub, &purpose, &code.pending)?;
        outbox::put(tx, &code.message)?;
    }
    Ok(())
}

/// Checks that what is marked as verified, or as not, is there.
pub(super) fn check_flags(given: &BTreeMap<String, String>, held: &BTreeMap<String, String>) -> Result<()> {
    for (attribute, what) in [("email", "Email"), ("phone_number", "Phone number")] {
        let is_marked = flag_of(attribute)
            .and_then(|flag| given.get(flag))
            .is_some_and(|mark| !mark.is_empty());
        if is_marked && !held.contains_key(attribute) {
            let word = what.to_lowercase();
            let article = if attribute == "email" { "an" } else { "a" };
            return Err(Error::invalid(format!(
                "{what} is required to verify/un-verify {article} {word}"
            )));
        }
    }
    Ok(())
}

/// Writes the two flags as the vendor does: lower case.
pub(super) fn normalise_flags(given: &mut BTreeMap<String, String>) {
    for (name, value) in given.iter_mut() {
        if attributes::is_verified_flag(name) {
            *value = value.to_ascii_lowercase();
        }
    }
}

/// Reads a list of attributes.
///
/// # Errors
///
/// `InvalidParameterException` for a name that is given twice.
pub fn attribute_map(list: &[AttributeType]) -> Result<BTreeMap<String, String>> {
    let mut map = BTreeMap::new();
    for attribute in list {
        let value = attribute.value.clone().unwrap_or_default();
        if map.insert(attribute.name.clone(), value).is_some() {
            let twice = Finding::field(&*attribute.name, "Attribute is given more than once.");
            return Err(Error::invalid(attributes::message(&[twice])));
        }
    }
    Ok(map)
}

//! Finding a user pool and a user, and showing users one by one and in pages.

use uuid::Uuid;

use crate::base::page;
use crate::engine::auth::lookup;
use crate::engine::dispatch::Handler;
use crate::engine::ops::idp::mfa_preferences::{mfa_options, mfa_setting_list};
use crate::engine::{Cx, Error, Result};
use crate::rules::attributes;
use crate::rules::user_filter::{Comparison, UserFilter};
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{self, Select, User, indexed};
use crate::store::{self, Reader};
use crate::wire::idp::{
    AdminGetUserRequest, AdminGetUserResponse, AttributeType, ListUsersRequest, ListUsersResponse, UserType,
};

/// The most users on a page of `ListUsers`.
const PAGE_MAX: usize = 60;

impl Handler for AdminGetUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminGetUserResponse> {
        let id = self.user_pool_id;
        let username = self.username;
        let user = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &id)?;
                user_in(r, &pool, &username)?.ok_or_else(Error::no_user)
            })
            .await?;
        Ok(AdminGetUserResponse {
            user_attributes: Some(attribute_list(&user, |_| true)),
            user_create_date: Some(user.created_at.into()),
            user_last_modified_date: Some(user.modified_at.into()),
            enabled: Some(user.enabled),
            mfa_options: mfa_options(&user),
            user_mfa_setting_list: mfa_setting_list(&user),
            user_status: Some(user.status),
            preferred_mfa_setting: user.preferred_mfa,
            username: user.username,
        })
    }
}

impl Handler for ListUsersRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUsersResponse> {
        let Self {
            user_pool_id,
            attributes_to_get,
            limit,
            pagination_token,
            filter,
        } = self;
        let filter = UserFilter::parse(filter.as_deref().unwrap_or_default())
            .map_err(|refused| Error::invalid(refused.to_string()))?;
        let limit = match usize::try_from(limit.unwrap_or(0)) {
            Ok(0) | Err(_) => PAGE_MAX,
            Ok(limit) => limit.min(PAGE_MAX),
        };
        // A token goes on only where it came from: same pool, same filter, same attributes.
        let listing = format!(
            "ListUsers {user_pool_id} {} {attributes_to_get:?}",
            filter.as_ref().map(ToString::to_string).unwrap_or_default()
        );
        let now = cx.now();
        let after = pagination_token
            .map(|token| page::key(&listing, &token, now))
            .transpose()
            .map_err(|refused| match refused {
                page::BadToken::Malformed => Error::invalid("Invalid pagination token."),
                page::BadToken::Expired => Error::invalid("The pagination token has expired."),
            })?;
        let select = filter.map_or(Select::All, |filter| {
            let name = filter.field.as_str();
            let value = indexed(name, &filter.value);
            let name = name.to_owned();
            match filter.comparison {
                Comparison::Equals => Select::Equals { name, value },
                Comparison::BeginsWith => Select::Prefix { name, value },
            }
        });
        let (users, next) = cx
            .engine
            .store
            .read(move |r| {
                let pool = pool_in(r, &user_pool_id)?;
                let schema = attributes::schema_of(&pool.settings);
                let wanted = attributes_to_get.as_deref();
                if let Some(names) = wanted
                    && !names.iter().all(|name| attributes::find(&schema, name).is_some())
                {
                    return Err(Error::invalid("One or more requested attributes do not exist."));
                }
                let (users, next) = users::list(r, &pool.id, &select, after.as_deref(), limit)?;
                let users: Vec<_> = users.iter().map(|user| user_type(user, wanted)).collect();
                Ok((users, next))
            })
            .await?;
        Ok(ListUsersResponse {
            users: Some(users),
            pagination_token: next.map(|key| page::token(&listing, &key, now)),
        })
    }
}

/// Reads a user pool.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub async fn find_pool(cx: &Cx, id: &str) -> Result<UserPool> {
    let id = id.to_owned();
    cx.engine.store.read(move |r| pool_in(r, &id)).await
}

/// Reads a user pool inside a store job.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub fn pool_in(r: &mut Reader<'_>, id: &str) -> Result<UserPool> {
    user_pools::get(r, id)?.ok_or_else(|| Error::no_user_pool(id))
}

/// Reads a user by username, alias or `sub`.
///
/// # Errors
///
/// `UserNotFoundException`.
pub async fn find_user(cx: &Cx, pool: &UserPool, username: &str) -> Result<User> {
    let (pool, username) = (pool.clone(), username.to_owned());
    cx.engine
        .store
        .read(move |r| user_in(r, &pool, &username)?.ok_or_else(Error::no_user))
        .await
}

/// Reads a user by username, alias or `sub` inside a store job; the username goes before an alias.
///
/// # Errors
///
/// What the store reports.
pub fn user_in(r: &mut Reader<'_>, pool: &UserPool, typed: &str) -> store::Result<Option<User>> {
    if let Some(user) = lookup::user(r, pool, typed)? {
        return Ok(Some(user));
    }
    match Uuid::try_parse(typed) {
        // Only the form that `sub` is shown in: 36 characters.
        Ok(sub) if typed.len() == 36 => users::get(r, &pool.id, &sub),
        _ => Ok(None),
    }
}

/// Writes the attributes that `wanted` lets through, `sub` first.
pub fn attribute_list(user: &User, wanted: impl Fn(&str) -> bool) -> Vec<AttributeType> {
    let sub = user.sub.to_string();
    std::iter::once(("sub", sub.as_str()))
        .chain(
            user.attributes
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| AttributeType {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        })
        .collect()
}

/// Writes a user as listings show it; with `names` only these attributes.
pub fn user_type(user: &User, names: Option<&[String]>) -> UserType {
    UserType {
        username: Some(user.username.clone()),
        attributes: Some(attribute_list(user, |name| {
            names.is_none_or(|names| names.iter().any(|wanted| wanted == name))
        })),
        user_create_date: Some(user.created_at.into()),
        user_last_modified_date: Some(user.modified_at.into()),
        enabled: Some(user.enabled),
        user_status: Some(user.status.clone()),
        mfa_options: mfa_options(user),
    }
}

//! Finds the user that a typed name means, and lists the names a user holds.

use crate::rules::usernames::{Name, NameKind, Naming};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, Login, LoginKind, User};
use crate::store::{Reader, Result};
use crate::wire::idp::UserStatusType;

/// Finds the user of a pool by any name that leads to one: username, `sub` where usernames
/// are generated, or alias.
///
/// # Errors
///
/// What the store reports.
pub fn user(r: &mut Reader<'_>, pool: &UserPool, typed: &str) -> Result<Option<User>> {
    for name in Naming::of(&pool.settings).candidates(typed) {
        if let Some(sub) = users::by_login(r, &pool.id, &login(name))? {
            return users::get(r, &pool.id, &sub);
        }
    }
    Ok(None)
}

/// Returns every name the user holds, for a write of the user.
pub fn logins(pool: &UserPool, user: &User) -> Vec<Login> {
    let is_confirmed = user.status != UserStatusType::Unconfirmed;
    Naming::of(&pool.settings)
        .claims(&user.username, is_confirmed, |name| {
            user.attributes.get(name).map(String::as_str)
        })
        .into_iter()
        .map(login)
        .collect()
}

fn login(name: Name) -> Login {
    Login {
        kind: match name.kind {
            NameKind::Username => LoginKind::Username,
            NameKind::Email => LoginKind::Email,
            NameKind::PhoneNumber => LoginKind::PhoneNumber,
            NameKind::PreferredUsername => LoginKind::PreferredUsername,
        },
        value: name.value,
    }
}

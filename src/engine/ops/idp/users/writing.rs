//! Writing a changed user together with the names it holds.

use uuid::Uuid;

use super::reading::user_in;
use crate::engine::auth::lookup;
use crate::engine::{Cx, Error, Result};
use crate::rules::usernames::Naming;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, Claimed, LoginKind, User};
use crate::store::{self, Tx};
use crate::wire::fault::Code;

/// Reads, changes and writes a user in one transaction named `name`. `change` may run twice.
///
/// # Errors
///
/// `UserNotFoundException`; `AliasExistsException` when the changed user would hold a name of
/// another; what `change` answers.
pub async fn change_user<F>(
    cx: &Cx,
    name: &'static str,
    pool: UserPool,
    username: String,
    mut change: F,
) -> Result<User>
where
    F: FnMut(&mut Tx<'_>, &mut User) -> Result<()> + Send + 'static,
{
    let now = cx.now();
    cx.engine
        .store
        .transact(name, move |tx| {
            let mut user = user_in(tx, &pool, &username)?.ok_or_else(Error::no_user)?;
            change(tx, &mut user)?;
            user.modified_at = now;
            write_user(tx, &pool, &user)?;
            Ok(user)
        })
        .await
}

/// Writes a changed user with the names it holds now.
///
/// # Errors
///
/// `AliasExistsException` when another user holds one of them.
pub fn write_user(tx: &mut Tx<'_>, pool: &UserPool, user: &User) -> Result<()> {
    if prefers_a_sub(tx, pool, user)? {
        return Err(Error::new(
            Code::AliasExistsException,
            "An account with the preferred_username already exists.",
        ));
    }
    match users::update(tx, user, &lookup::logins(pool, user))? {
        Claimed::Done => Ok(()),
        Claimed::Taken { login, .. } => Err(Error::new(
            Code::AliasExistsException,
            format!(
                "An account with the {} already exists.",
                attribute_of_kind(login.kind)
            ),
        )),
        Claimed::Stale => Err(store::Error::Conflict.into()),
    }
}

/// Tells whether a user prefers to be called what another one's `sub` is, and would be found in
/// their place.
pub(super) fn prefers_a_sub(tx: &mut Tx<'_>, pool: &UserPool, user: &User) -> Result<bool> {
    if !Naming::of(&pool.settings).preferred_username_alias {
        return Ok(false);
    }
    let preferred = user.attributes.get("preferred_username").map(String::as_str);
    match Uuid::try_parse(preferred.unwrap_or_default()) {
        Ok(sub) if sub != user.sub => Ok(users::get(tx, &pool.id, &sub)?.is_some()),
        _ => Ok(false),
    }
}

/// Names the attribute that a login of a kind is.
pub(super) const fn attribute_of_kind(kind: LoginKind) -> &'static str {
    match kind {
        LoginKind::Username => "username",
        LoginKind::Email => "email",
        LoginKind::PhoneNumber => "phone_number",
        LoginKind::PreferredUsername => "preferred_username",
    }
}

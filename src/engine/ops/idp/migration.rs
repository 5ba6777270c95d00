//! Stores users whom a function fetched from another directory.
//!
//! A user is only ever added: one who is there already, by any of their names, stays as they
//! are. Of calls that fetch the same user at once one stores the user, and the others go on with
//! whom the name leads to then.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::users::{insert_user, new_user, welcome};
use crate::base::secret::Secret;
use crate::engine::auth::credential;
use crate::engine::auth::{client, lookup};
use crate::engine::triggers::event::Metadata;
use crate::engine::triggers::migration::{Migrated, Occasion, migrate_user};
use crate::engine::triggers::{Scene, Trigger};
use crate::engine::{Error, Result};
use crate::rules::attributes;
use crate::rules::usernames::{NameKind, Naming};
use crate::store::records::app_clients::AppClient;
use crate::store::records::outbox;
use crate::store::records::users::User;
use crate::wire::fault::Code;

/// Fetches the user of an unknown name who signs in by a password; `None` when no other
/// directory knows them.
///
/// # Errors
///
/// What the function answers; `UserNotFoundException` for a user who cannot be stored, or
/// `NotAuthorizedException` where users are hidden.
pub async fn at_sign_in(
    scene: &Scene<'_>,
    client: &AppClient,
    typed: &str,
    password: &Secret,
    validation_data: Option<&Metadata>,
) -> Result<Option<User>> {
    if !Trigger::UserMigration.is_set(scene.pool) {
        return Ok(None);
    }
    let asked = Occasion::Authentication(password);
    match migrate_user(scene, asked, typed, validation_data).await? {
        Some(migrated) => keep(scene, client, typed, Some(password), migrated)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Fetches the user of an unknown name who forgot the password; as [`at_sign_in`].
///
/// # Errors
///
/// As [`at_sign_in`].
pub async fn at_forgot_password(scene: &Scene<'_>, client: &AppClient, typed: &str) -> Result<Option<User>> {
    if !Trigger::UserMigration.is_set(scene.pool) {
        return Ok(None);
    }
    let fetched = match migrate_user(scene, Occasion::ForgotPassword, typed, None).await {
        Ok(Some(migrated)) => keep(scene, client, typed, None, migrated).await.map(Some),
        Ok(None) => Ok(None),
        Err(refused) => Err(hidden(client, refused)),
    };
    match fetched {
        // Where users are hidden the name goes on leading nowhere.
        Err(refused) if refused.code() == Code::NotAuthorizedException => Ok(None),
        fetched => fetched,
    }
}

/// Returns what a client is told of a function that failed. It is asked about unknown names alone,
/// so where users are hidden its failures are those of a wrong password.
pub fn hidden(client: &AppClient, refused: Error) -> Error {
    let is_functions = matches!(
        refused.code(),
        Code::UserLambdaValidationException
            | Code::UnexpectedLambdaException
            | Code::InvalidLambdaResponseException
    );
    if is_functions && client::hides_users(client) {
        Error::not_authorized("Incorrect username or password.").caused_by(refused)
    } else {
        refused
    }
}

/// Waits until no other call fetches the user `sub`, made up or not, and keeps others waiting.
pub async fn turn(user_pool_id: &str, sub: Uuid) -> OwnedMutexGuard<()> {
    type Turns = HashMap<(String, Uuid), Weak<tokio::sync::Mutex<()>>>;
    static TURNS: LazyLock<Mutex<Turns>> = LazyLock::new(Mutex::default);
    let one = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        // What nobody waits for any more goes.
        if turns.len() >= 256 {
            turns.retain(|_, waiting| waiting.strong_count() > 0);
        }
        let waiting = turns.entry((user_pool_id.to_owned(), sub)).or_default();
        waiting.upgrade().unwrap_or_else(|| {
            let one = Arc::default();
            *waiting = Arc::downgrade(&one);
            one
        })
    };
    one.lock_owned().await
}

async fn keep(
    scene: &Scene<'_>,
    client: &AppClient,
    typed: &str,
    password: Option<&Secret>,
    migrated: Migrated,
) -> Result<User> {
    let refused = || {
        if client::hides_users(client) {
            Error::not_authorized("Incorrect username or password.")
        } else {
            Error::new(
                Code::UserNotFoundException,
                format!("Exception migrating user in app client {}", client.id),
            )
        }
    };
    let made = make(scene, typed, password, &migrated).await;
    let user = made.map_err(|reason| refused().caused_by(reason))?;
    let messages = if migrated.is_suppressed {
        Vec::new()
    } else {
        welcome(scene, &user, &migrated.mediums).await?
    };
    let pool = scene.pool.clone();
    let force = migrated.force_alias_creation;
    let kept = scene
        .cx
        .engine
        .store
        .transact("migrate user", move |tx| {
            insert_user(tx, &pool, &user, force, "User already exists")?;
            for message in &messages {
                outbox::put(tx, message)?;
            }
            Ok::<_, Error>(user.clone())
        })
        .await;
    match kept {
        Err(reason) if reason.code() == Code::UsernameExistsException => {
            let (pool, typed) = (scene.pool.clone(), typed.to_owned());
            let there = scene
                .cx
                .engine
                .store
                .read(move |r| lookup::user(r, &pool, &typed).map_err(Error::from))
                .await?;
            there.ok_or_else(|| refused().caused_by(reason))
        }
        kept => kept,
    }
}

/// Makes the record of a fetched user.
async fn make(
    scene: &Scene<'_>,
    typed: &str,
    password: Option<&Secret>,
    migrated: &Migrated,
) -> Result<User> {
    let (cx, pool) = (scene.cx, scene.pool);
    let naming = Naming::of(&pool.settings);
    let mut given: BTreeMap<String, String> = migrated.attributes.clone();
    // A `sub` is never another directory's to choose.
    given.remove("sub");
    let name = match given.remove("username") {
        // The user may have typed an alias; the username is then the function's to tell.
        Some(name) if !name.is_empty() && !naming.generates_usernames() => name,
        Some(_) | None => typed.to_owned(),
    };
    let same = naming.fold(NameKind::Username, &name) == naming.fold(NameKind::Username, typed);
    let has_aliases = pool
        .settings
        .alias_attributes
        .as_ref()
        .is_some_and(|aliases| !aliases.is_empty());
    if !same && !has_aliases {
        return Err(Error::invalid(
            "The username of the migrated user is not the one that was typed.",
        ));
    }
    if let Some(reason) = naming.username_refused(&name) {
        return Err(Error::invalid(reason));
    }
    let mut user = new_user(cx, pool, &naming, &name, given)?;
    let schema = attributes::schema_of(&pool.settings);
    let missing = attributes::check_required(&schema, |name| user.attributes.contains_key(name));
    if !missing.is_empty() {
        return Err(Error::invalid(attributes::message(&missing)));
    }
    user.status = migrated.status();
    if migrated.enable_sms_mfa {
        user.mfa_settings = vec!["SMS_MFA".to_owned()];
    }
    if let Some(password) = password.filter(|_| migrated.is_confirmed) {
        let sealed = credential::make(cx, pool, &user.sub, &user.username, password).await?;
        user.credential = Some(sealed);
    }
    Ok(user)
}

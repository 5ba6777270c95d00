//! Access keys: made at first start, checked on every signed call; temporary ones as well.

use std::net::IpAddr;
use std::sync::Arc;

use super::temporary_keys;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::{Caller, Engine, Error, Result};
use crate::store::records::access_keys::{self, AccessKey};
use crate::wire::Service;
use crate::wire::fault::Code;
use crate::wire::sigv4::{self, Presented};

/// A signature may be this much older or newer than the engine's clock, as with the vendor.
const SKEW_MILLIS: i64 = 5 * 60 * 1000;

/// Checks a signature of a call and returns whose it is.
///
/// With `trust_loopback` any key of a caller on the loopback address is taken as it comes;
/// only temporary credentials of our own are checked all the same, since they stand for less
/// than everything.
///
/// # Errors
///
/// `UnrecognizedClientException` for an unknown or switched-off key or session token,
/// `ExpiredTokenException` for temporary credentials that have ended,
/// `InvalidSignatureException` for a wrong signature, one for another service or one made
/// more than five minutes away from now.
pub async fn check(
    engine: &Arc<Engine>,
    service: Service,
    presented: &Presented,
    source: Option<IpAddr>,
) -> Result<Caller> {
    // An admin's tools sign everything for `cognito-idp`; the extension takes that too.
    let also = (service == Service::Engine).then_some(Service::Idp.signing_name());
    check_scoped(engine, service.signing_name(), also, presented, source).await
}

/// As [`check`], for a service by the name it is signed for; `also` is another name that is taken.
///
/// # Errors
///
/// As [`check`].
pub async fn check_scoped(
    engine: &Arc<Engine>,
    signing_name: &str,
    also: Option<&str>,
    presented: &Presented,
    source: Option<IpAddr>,
) -> Result<Caller> {
    if is_trusted(engine, presented, source) {
        return Ok(Caller::AccessKey(presented.access_key_id.clone()));
    }
    let invalid = |message: String| Error::new(Code::InvalidSignatureException, message);
    if presented.service != signing_name && Some(presented.service.as_str()) != also {
        return Err(invalid(format!(
            "Credential should be scoped to correct service: '{signing_name}'. "
        )));
    }
    let signed_at = presented
        .signed_at()
        .ok_or_else(|| invalid("X-Amz-Date is not a point in time.".to_owned()))?;
    if presented.timestamp.get(..8) != Some(presented.date.as_str()) {
        return Err(invalid(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
                .to_owned(),
        ));
    }
    let age = engine.clock.now().since(signed_at);
    if age > SKEW_MILLIS {
        return Err(invalid(format!(
            "Signature expired: {} is more than 5 min. earlier than the time of the server.",
            presented.timestamp
        )));
    }
    if age < -SKEW_MILLIS {
        return Err(invalid(format!(
            "Signature not yet current: {} is more than 5 min. later than the time of the server.",
            presented.timestamp
        )));
    }
    let unknown = || {
        Error::new(
            Code::UnrecognizedClientException,
            "The security token included in the request is invalid.",
        )
    };
    let (caller, secret) = owner(engine, presented).await?.ok_or_else(unknown)?;
    if !sigv4::verify(presented, secret.expose()) {
        return Err(invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS \
             Secret Access Key and signing method. Consult the service documentation for details."
                .to_owned(),
        ));
    }
    match &caller {
        Caller::Role(session) if session.expires_at <= engine.clock.now() => Err(Error::new(
            Code::ExpiredTokenException,
            "The security token included in the request is expired",
        )),
        _ => Ok(caller),
    }
}

/// Tells whether a request names an access key of an admin, before its body is there to check the
/// signature with. Temporary keys are one's that may administer: anyone may have others.
pub async fn is_admins(engine: &Arc<Engine>, presented: &Presented, source: Option<IpAddr>) -> bool {
    if is_trusted(engine, presented, source) {
        return true;
    }
    match owner(engine, presented).await {
        Ok(Some((Caller::Role(session), _))) => session.may_administer(engine),
        Ok(owner) => owner.is_some(),
        Err(_) => false,
    }
}

/// Tells whether any signature from there is taken.
fn is_trusted(engine: &Engine, presented: &Presented, source: Option<IpAddr>) -> bool {
    let settings = engine.settings();
    let trusted = settings.trust_everyone
        || (settings.trust_loopback && source.is_some_and(|from| from.to_canonical().is_loopback()));
    let session_token = presented.security_token.as_ref();
    trusted && !session_token.is_some_and(temporary_keys::is_ours)
}

/// Returns whose key a request names, and the key's secret; `None` when it is not known.
async fn owner(engine: &Arc<Engine>, presented: &Presented) -> Result<Option<(Caller, Secret)>> {
    let id = &presented.access_key_id;
    if let Some(token) = &presented.security_token {
        let opened = temporary_keys::open(engine, id, token).await?;
        return Ok(opened.map(|(session, secret)| (Caller::Role(Arc::new(session)), secret)));
    }
    let secret = match engine.extra_access_keys.get(id) {
        Some(secret) => Some(secret.clone()),
        None => secret(engine, id).await?,
    };
    Ok(secret.map(|secret| (Caller::AccessKey(id.clone()), secret)))
}

/// Returns the secret of a stored key that is on; `None` for any other.
///
/// # Errors
///
/// `InternalErrorException` when the vault does not open it; the store's failure.
pub async fn secret(engine: &Arc<Engine>, id: &str) -> Result<Option<Secret>> {
    let wanted = id.to_owned();
    let key = engine
        .store
        .read(move |r| access_keys::get(r, &wanted).map_err(Error::from))
        .await?;
    let Some(key) = key.filter(|key| key.active) else {
        return Ok(None);
    };
    let opened = engine
        .vault
        .open(&context(id), &key.secret)
        .ok_or_else(|| Error::internal("the vault does not open an access key: another vault key?"))?;
    let text = std::str::from_utf8(opened.expose()).map_err(Error::internal)?;
    Ok(Some(text.into()))
}

/// Makes a key and keeps it; `source` says by what occasion.
///
/// # Errors
///
/// The store's failure.
pub async fn create(engine: &Arc<Engine>, source: &str) -> Result<(AccessKey, Secret)> {
    let (key, secret) = make(engine, source);
    let kept = key.clone();
    engine
        .store
        .transact("create_access_key", move |tx| {
            access_keys::put(tx, &kept).map_err(Error::from)
        })
        .await?;
    Ok((key, secret))
}

/// Replaces a key by a new one; the old one stops counting at once. `None` when it is not there.
///
/// # Errors
///
/// The store's failure.
pub async fn rotate(engine: &Arc<Engine>, id: &str, source: &str) -> Result<Option<(AccessKey, Secret)>> {
    let (key, secret) = make(engine, source);
    let (old, kept) = (id.to_owned(), key.clone());
    let rotated = engine
        .store
        .transact("rotate_access_key", move |tx| {
            if !access_keys::delete(tx, &old)? {
                return Ok::<_, Error>(false);
            }
            access_keys::put(tx, &kept)?;
            Ok(true)
        })
        .await?;
    Ok(rotated.then_some((key, secret)))
}

/// Removes a key; `false` when it is not there.
///
/// # Errors
///
/// The store's failure.
pub async fn delete(engine: &Arc<Engine>, id: &str) -> Result<bool> {
    let id = id.to_owned();
    engine
        .store
        .transact("delete_access_key", move |tx| {
            access_keys::delete(tx, &id).map_err(Error::from)
        })
        .await
}

/// Returns every stored key, oldest first.
///
/// # Errors
///
/// The store's failure.
pub async fn list(engine: &Arc<Engine>) -> Result<Vec<AccessKey>> {
    engine
        .store
        .read(|r| access_keys::list(r).map_err(Error::from))
        .await
}

fn make(engine: &Engine, source: &str) -> (AccessKey, Secret) {
    let rng = &*engine.rng;
    let id = ids::access_key_id(rng);
    let secret = Secret::new(ids::secret_access_key(rng));
    let key = AccessKey {
        secret: engine.vault.seal(rng, &context(&id), secret.expose().as_bytes()),
        id,
        created_at: engine.clock.now(),
        active: true,
        source: source.to_owned(),
    };
    (key, secret)
}

/// Makes the first key of a store that has none.
///
/// # Errors
///
/// As [`create`].
pub async fn ensure_first(engine: &Arc<Engine>) -> Result<()> {
    let none = engine
        .store
        .read(|r| {
            access_keys::list(r)
                .map(|keys| keys.is_empty())
                .map_err(Error::from)
        })
        .await?;
    if none {
        create(engine, "first start").await?;
    }
    Ok(())
}

/// What a sealed secret is bound to.
fn context(id: &str) -> String {
    format!("access-key/{id}")
}

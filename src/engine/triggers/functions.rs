//! Which function an ARN is bound to, and which key a `KMSKeyID` stands for.
//!
//! Flags and the configuration file bind for as long as the program runs and go before what
//! is stored. What is stored is sealed as a whole: addresses, commands and their environment
//! hold secrets.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::target::{Failure, Target};
use crate::base::secret::SecretBytes;
use crate::engine::{Engine, Error, Result};
use crate::store::records::settings;

/// Settings that hold sealed values by name.
const FUNCTIONS: &str = "functions";
const ENCRYPTION_KEYS: &str = "encryption_keys";

/// Where a binding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag or the configuration file.
    Flag,
    /// The store.
    Stored,
}

/// Returns what an ARN is bound to, and by whom.
///
/// # Errors
///
/// [`Failure::NotBound`]; [`Failure::Store`].
pub async fn target_of(engine: &Engine, arn: &str) -> Result<(Source, Target), Failure> {
    if let Some(target) = engine.triggers.given.get(arn) {
        return Ok((Source::Flag, target.clone()));
    }
    let sealed = read(engine, FUNCTIONS).await.map_err(|_| Failure::Store)?;
    let text = sealed.get(arn).ok_or(Failure::NotBound)?;
    open(engine, FUNCTIONS, arn, text)
        .and_then(|plain| serde_json::from_slice(plain.expose()).ok())
        .map(|target| (Source::Stored, target))
        .ok_or(Failure::Store)
}

/// Returns every binding, by ARN; those of flags hide stored ones.
///
/// # Errors
///
/// The store's failure.
pub async fn list(engine: &Engine) -> Result<BTreeMap<String, (Source, Target)>> {
    let mut all = BTreeMap::new();
    for (arn, text) in read(engine, FUNCTIONS).await? {
        let target = open(engine, FUNCTIONS, &arn, &text)
            .and_then(|plain| serde_json::from_slice(plain.expose()).ok());
        if let Some(target) = target {
            all.insert(arn, (Source::Stored, target));
        }
    }
    for (arn, target) in &engine.triggers.given {
        all.insert(arn.clone(), (Source::Flag, target.clone()));
    }
    Ok(all)
}

/// Binds an ARN.
///
/// # Errors
///
/// The store's failure.
pub async fn put(engine: &Engine, arn: &str, target: &Target) -> Result<()> {
    let plain = serde_json::to_vec(target).map_err(Error::internal)?;
    write(engine, FUNCTIONS, arn, Some(&plain)).await.map(drop)
}

/// Removes a stored binding; `false` when there was none.
///
/// # Errors
///
/// The store's failure.
pub async fn delete(engine: &Engine, arn: &str) -> Result<bool> {
    write(engine, FUNCTIONS, arn, None).await
}

/// Tells whether a flag or the configuration file binds an ARN.
pub fn is_given(engine: &Engine, arn: &str) -> bool {
    engine.triggers.given.contains_key(arn)
}

/// Returns the 32-byte key that a `KMSKeyID` stands for.
///
/// # Errors
///
/// The store's failure.
pub async fn encryption_key(engine: &Engine, key_id: &str) -> Result<Option<SecretBytes>> {
    if let Some(key) = engine.triggers.encryption_keys.get(key_id) {
        return Ok(Some(key.clone()));
    }
    let sealed = read(engine, ENCRYPTION_KEYS).await?;
    Ok(sealed
        .get(key_id)
        .and_then(|text| open(engine, ENCRYPTION_KEYS, key_id, text)))
}

/// Returns the ids of every key, without the keys.
///
/// # Errors
///
/// The store's failure.
pub async fn encryption_keys(engine: &Engine) -> Result<BTreeMap<String, Source>> {
    let stored = read(engine, ENCRYPTION_KEYS).await?;
    let mut all: BTreeMap<_, _> = stored.into_keys().map(|id| (id, Source::Stored)).collect();
    for id in engine.triggers.encryption_keys.keys() {
        all.insert(id.clone(), Source::Flag);
    }
    Ok(all)
}

/// Keeps the key of a `KMSKeyID`, or removes it; `false` when there was none to remove.
///
/// # Errors
///
/// The store's failure.
pub async fn put_encryption_key(engine: &Engine, key_id: &str, key: Option<&SecretBytes>) -> Result<bool> {
    write(engine, ENCRYPTION_KEYS, key_id, key.map(SecretBytes::expose)).await
}

async fn read(engine: &Engine, setting: &'static str) -> Result<BTreeMap<String, String>> {
    let text = engine
        .store
        .read(move |r| settings::get(r, setting).map_err(Error::from))
        .await?;
    decode(text.as_deref())
}

fn decode(text: Option<&str>) -> Result<BTreeMap<String, String>> {
    text.map_or_else(
        || Ok(BTreeMap::new()),
        |text| serde_json::from_str(text).map_err(Error::internal),
    )
}

/// Writes or removes a value; tells whether there is, or was, one.
async fn write(engine: &Engine, setting: &'static str, name: &str, plain: Option<&[u8]>) -> Result<bool> {
    let sealed = plain.map(|plain| {
        let sealed = engine.vault.seal(&*engine.rng, &context(setting, name), plain);
        STANDARD_NO_PAD.encode(sealed)
    });
    let name = name.to_owned();
    engine
        .store
        .transact("bind a function", move |tx| {
            let mut all = decode(settings::get(tx, setting)?.as_deref())?;
            let found = match &sealed {
                Some(sealed) => {
                    all.insert(name.clone(), sealed.clone());
                    true
                }
                None => all.remove(&name).is_some(),
            };
            settings::put(
                tx,
                setting,
                &serde_json::to_string(&all).map_err(Error::internal)?,
            )?;
            Ok::<_, Error>(found)
        })
        .await
}

fn open(engine: &Engine, setting: &str, name: &str, text: &str) -> Option<SecretBytes> {
    let sealed = STANDARD_NO_PAD.decode(text).ok()?;
    engine.vault.open(&context(setting, name), &sealed)
}

fn context(setting: &str, name: &str) -> String {
    format!("{setting}/{name}")
}

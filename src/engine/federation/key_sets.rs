//! Checks tokens of other issuers with the key sets they publish.
//!
//! Nothing a token says leads to a request: only issuers that the program's own list or the
//! person who started it names are asked, and their keys are taken from the issuer's host or
//! from the one host the list gives for it. Redirects are not followed, proxies and cookies
//! not used; an answer is at most 1 MiB and takes at most five seconds. Keys are kept an
//! hour, longer while the issuer does not answer, and asked for again at most once a minute,
//! whatever key ids tokens invent.
//!
//! Source: OpenID Connect Discovery 1.0 §4; RFC 7517; RFC 7515 §5.2.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::base::clock::UnixMillis;
use crate::engine::outbound::{ChosenBy, Outbound};

/// How long a key set counts before it is asked for again.
const FRESH_FOR_MILLIS: i64 = 60 * 60 * 1000;
/// How long it counts while the issuer does not answer.
const STALE_FOR_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// How long an issuer is left in peace after it was asked.
const PAUSE_MILLIS: i64 = 60 * 1000;
/// How long an issuer may take to answer.
pub const ANSWER_TIME: Duration = Duration::from_secs(5);
/// The largest document that is read.
const BODY_MAX: usize = 1024 * 1024;
/// The longest token that is read, as the model limits it.
const TOKEN_MAX: usize = 50_000;
/// A clock of others may be so far ahead.
const SKEW_SECS: i64 = 300;

/// An issuer whose tokens are taken.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// The issuer, an `https` address; where it is asked for its keys.
    pub issuer: &'a str,
    /// Another `iss` its tokens may have.
    pub also_issuer: Option<&'a str>,
    /// The host its keys may be at besides its own.
    pub keys_host: Option<&'a str>,
    /// Where its keys are, when it does not say so itself.
    pub keys_at: Option<&'a str>,
    /// Who chose the issuer: an admin's leads to no private network.
    pub chosen_by: ChosenBy,
}

/// Why a token proves nothing.
#[derive(Debug)]
pub enum Refused {
    /// It is not a signed token.
    Malformed,
    /// It is of another issuer.
    Issuer,
    /// No key of the issuer made its signature.
    Signature,
    /// It has expired. Both in seconds since the Unix epoch.
    Expired { expired_at: i64, now: i64 },
    /// It is from the future.
    NotYet,
    /// The issuer's keys cannot be had. The text is for the log alone.
    Unreachable(String),
}

/// The key sets of issuers, kept while the engine runs.
#[derive(Default)]
pub struct KeySets {
    known: RwLock<HashMap<String, Arc<Mutex<Kept>>>>,
}

#[derive(Default)]
struct Kept {
    keys: Arc<Vec<Jwk>>,
    fetched_at: Option<UnixMillis>,
    asked_at: Option<UnixMillis>,
    failure: Option<String>,
}

/// A public key as it is published.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none are.
    crit: Option<Value>,
}

impl KeySets {
    /// Returns the claims of a token that the issuer signed and that counts at `now`. Whom it
    /// is for is the caller's to check.
    ///
    /// # Errors
    ///
    /// [`Refused`].
    pub async fn verify(
        &self,
        outbound: &Outbound,
        trusted: &Trusted<'_>,
        token: &str,
        now: UnixMillis,
    ) -> Result<Value, Refused> {
        if token.len() > TOKEN_MAX {
            return Err(Refused::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refused::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Refused::Malformed)?;
        let claims: Value = serde_json::from_slice(&decode(claims)?).map_err(|_| Refused::Malformed)?;
        let signature = decode(signature)?;
        if header.crit.is_some() || !claims.is_object() {
            return Err(Refused::Malformed);
        }
        // Looked at first, so that a token of another issuer costs no request.
        let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
        if issuer != trusted.issuer && Some(issuer) != trusted.also_issuer {
            return Err(Refused::Issuer);
        }
        let fits = |key: &&Jwk| key.fits(&header);
        let mut keys = self.keys(outbound, trusted, now, false).await?;
        if !keys.iter().any(|key| fits(&key)) {
            keys = self.keys(outbound, trusted, now, true).await?;
        }
        // Without a key id, each key of the kind may be the one; sets are small.
        let good = keys
            .iter()
            .filter(fits)
            .take(16)
            .any(|key| key.verify(&header.alg, signed.as_bytes(), &signature));
        if !good {
            return Err(Refused::Signature);
        }
        check_times(&claims, now)?;
        Ok(claims)
    }

    /// Returns the keys of an issuer; `anew` when those that are kept lack one.
    async fn keys(
        &self,
        outbound: &Outbound,
        trusted: &Trusted<'_>,
        now: UnixMillis,
        anew: bool,
    ) -> Result<Arc<Vec<Jwk>>, Refused> {
        let kept = self.of(trusted.issuer);
        // Held while asking: whoever comes meanwhile waits for the same answer.
        let mut kept = kept.lock().await;
        let younger =
            |at: Option<UnixMillis>, millis: i64| at.is_some_and(|at| (0..millis).contains(&now.since(at)));
        let is_fresh = younger(kept.fetched_at, FRESH_FOR_MILLIS) && !anew;
        if !is_fresh && !younger(kept.asked_at, PAUSE_MILLIS) {
            kept.asked_at = Some(now);
            match fetch(outbound, trusted).await {
                Ok(keys) => {
                    kept.keys = Arc::new(keys);
                    kept.fetched_at = Some(now);
                    kept.failure = None;
                }
                Err(why) => kept.failure = Some(why),
            }
        }
        if younger(kept.fetched_at, STALE_FOR_MILLIS) {
            return Ok(Arc::clone(&kept.keys));
        }
        let why = kept.failure.clone();
        Err(Refused::Unreachable(
            why.unwrap_or_else(|| "the key set is too old".to_owned()),
        ))
    }

    fn of(&self, issuer: &str) -> Arc<Mutex<Kept>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = known.get(issuer) {
            return Arc::clone(kept);
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }
}

async fn fetch(outbound: &Outbound, trusted: &Trusted<'_>) -> Result<Vec<Jwk>, String> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let keys_at = match trusted.keys_at {
        Some(told) => Url::parse(told).map_err(|_| "jwks_uri is no address".to_owned())?,
        None => discover(outbound, trusted).await?,
    };
    let set: Set = serde_json::from_slice(&get(outbound, trusted.chosen_by, &keys_at).await?)
        .map_err(|reason| format!("the key set does not decode: {reason}"))?;
    // A key of a kind we do not know is no reason to refuse the others.
    Ok(set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value(key).ok())
        .collect())
}

/// Asks an issuer where its keys are.
async fn discover(outbound: &Outbound, trusted: &Trusted<'_>) -> Result<Url, String> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let at = format!(
        "{}/.well-known/openid-configuration",
        trusted.issuer.trim_end_matches('/')
    );
    let at = Url::parse(&at).map_err(|_| "the issuer is no address".to_owned())?;
    let found: Discovery = serde_json::from_slice(&get(outbound, trusted.chosen_by, &at).await?)
        .map_err(|reason| format!("the discovery document does not decode: {reason}"))?;
    if found.issuer != trusted.issuer {
        return Err("the discovery document names another issuer".to_owned());
    }
    let keys_at = Url::parse(&found.jwks_uri).map_err(|_| "jwks_uri is no address".to_owned())?;
    let is_own = keys_at.origin() == at.origin();
    let is_named = trusted.keys_host.is_some()
        && keys_at.host_str() == trusted.keys_host
        && keys_at.scheme() == "https"
        && keys_at.port().is_none();
    if !is_own && !is_named {
        return Err(format!(
            "jwks_uri leads away from the issuer: {}",
            keys_at.host_str().unwrap_or_default()
        ));
    }
    Ok(keys_at)
}

async fn get(outbound: &Outbound, chosen_by: ChosenBy, at: &Url) -> Result<Vec<u8>, String> {
    outbound.check(at, chosen_by)?;
    let client = outbound.client(chosen_by).ok_or("TLS is not available")?;
    let mut response = client
        .get(at.clone())
        .timeout(ANSWER_TIME)
        .header(reqwest::header::ACCEPT, "application/json")
        .send()
        .await
        .map_err(|reason| format!("{reason}"))?;
    if !response.status().is_success() {
        return Err(format!("{at} answered {}", response.status()));
    }
    read_at_most(&mut response, BODY_MAX).await
}

/// Reads the body of an answer, up to `limit` bytes.
///
/// # Errors
///
/// The reason, when it is longer or breaks off.
pub async fn read_at_most(response: &mut reqwest::Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|reason| format!("{reason}"))? {
        if body.len().saturating_add(piece.len()) > limit {
            return Err(format!("the answer is longer than {limit} bytes"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

impl Jwk {
    /// Tells whether the key may have signed a token with this header.
    fn fits(&self, header: &Header) -> bool {
        let kind = match header.alg.as_str() {
            "RS256" | "RS384" | "RS512" => self.kty == "RSA",
            "ES256" => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            "ES384" => self.kty == "EC" && self.crv.as_deref() == Some("P-384"),
            _ => false,
        };
        let same_key = header.kid.is_none() || self.kid.is_none() || header.kid == self.kid;
        let same_algorithm = self.alg.as_ref().is_none_or(|alg| *alg == header.alg);
        kind && same_key && same_algorithm && self.r#use.as_deref().unwrap_or("sig") == "sig"
    }

    fn verify(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        let part = |text: &Option<String>| {
            URL_SAFE_NO_PAD
                .decode(text.as_deref()?.trim_end_matches('='))
                .ok()
        };
        let rsa = match algorithm {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "RS384" => &RSA_PKCS1_2048_8192_SHA384,
            "RS512" => &RSA_PKCS1_2048_8192_SHA512,
            _ => {
                let curve = match algorithm {
                    "ES256" => &ECDSA_P256_SHA256_FIXED,
                    "ES384" => &ECDSA_P384_SHA384_FIXED,
                    _ => return false,
                };
                let (Some(x), Some(y)) = (part(&self.x), part(&self.y)) else {
                    return false;
                };
                // SEC 1 §2.3.3: an uncompressed point.
                let point = [vec![4], x, y].concat();
                return UnparsedPublicKey::new(curve, point)
                    .verify(signed, signature)
                    .is_ok();
            }
        };
        let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else {
            return false;
        };
        PublicKeyComponents { n, e }
            .verify(rsa, signed, signature)
            .is_ok()
    }
}

/// A token needs an end; a beginning in the future is refused, but for the skew of clocks.
fn check_times(claims: &Value, now: UnixMillis) -> Result<(), Refused> {
    // RFC 7519 §2: a NumericDate may have a fraction.
    #[allow(clippy::cast_possible_truncation)]
    let secs = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_f64)
            .map(|at| at.floor() as i64)
    };
    let now = now.secs();
    let expired_at = secs("exp").ok_or(Refused::Malformed)?;
    if expired_at <= now {
        return Err(Refused::Expired { expired_at, now });
    }
    let begins = secs("nbf").max(secs("iat"));
    if begins.is_some_and(|begins| begins > now.saturating_add(SKEW_SECS)) {
        return Err(Refused::NotYet);
    }
    Ok(())
}

//! Passkeys: what a browser is asked, and whether its answer proves the user.
//!
//! Challenges, client data, flags, signatures and counters are the WebAuthn library's
//! business. Here it is told who the relying party is, and what is never asked of it: who
//! made an authenticator. An attestation is taken off before the library sees it, so that no
//! format, known or not, keeps anybody from registering.
//!
//! Source: W3C Web Authentication Level 3, §7.1 and §7.2; developer guide, "Passkeys".

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticationState, COSEAlgorithm, Credential, PublicKeyCredential, RegisterPublicKeyCredential,
    RegistrationState, UserVerificationPolicy,
};

use crate::base::clock::UnixMillis;
use crate::engine::{Error, Result};
use crate::rules::mfa::{allowed_first_factors, passkeys_are_two_factors};
use crate::store::Reader;
use crate::store::records::domains;
use crate::store::records::passkeys::Passkey;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{AuthFactorType, UserVerificationType};

/// The most passkeys of a user. Source: developer guide, "Quotas".
pub const PASSKEYS_MAX: usize = 20;
/// The longest id of a credential, in bytes. Source: §7.1, step 25.
const ID_MAX: usize = 1023;
/// How long a browser waits for its user, in milliseconds.
const TIMEOUT_MILLIS: u64 = 60_000;

/// Makers of authenticators that name themselves, by AAGUID. Source: the public list of
/// passkey providers, github.com/passkeydeveloper/passkey-authenticator-aaguids.
const MAKERS: &[(Uuid, &str)] = &[
    (
        Uuid::from_u128(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd),
        "iCloud Keychain",
    ),
    (
        Uuid::from_u128(0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4),
        "Google Password Manager",
    ),
    (
        Uuid::from_u128(0xadce0002_35bc_c60a_648b_0b25f1f05503),
        "Chrome on Mac",
    ),
    (
        Uuid::from_u128(0x08987058_cadc_4b81_b6e1_30de50dcbe96),
        "Windows Hello",
    ),
    (
        Uuid::from_u128(0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9),
        "Windows Hello",
    ),
    (
        Uuid::from_u128(0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2),
        "Windows Hello",
    ),
    (
        Uuid::from_u128(0xbada5566_a7aa_401f_bd96_45619a55120d),
        "1Password",
    ),
    (
        Uuid::from_u128(0xd548826e_79b4_db40_a3d8_11116f7e8349),
        "Bitwarden",
    ),
    (
        Uuid::from_u128(0x531126d6_e717_415c_9320_3d9aa6981239),
        "Dashlane",
    ),
    (
        Uuid::from_u128(0x53414d53_554e_4700_0000_000000000000),
        "Samsung Pass",
    ),
];

/// Tells whether users of a pool may sign in by passkey.
pub fn is_enabled(pool: &UserPool) -> bool {
    allowed_first_factors(&pool.settings).contains(&AuthFactorType::WebAuthn)
}

/// Returns the relying party's id: what the pool sets, else its own host, else its prefix domain.
///
/// # Errors
///
/// What the store reports.
pub fn relying_party_id(r: &mut Reader<'_>, pool: &UserPool) -> Result<Option<String>> {
    let configuration = pool.mfa.web_authn_configuration.as_ref();
    let set = configuration.and_then(|it| it.relying_party_id.clone());
    if let Some(set) = set.filter(|id| !id.is_empty()) {
        return Ok(Some(set));
    }
    let domains = domains::of_pool(r, &pool.id)?;
    let own = domains.iter().find(|domain| domain.custom.is_some());
    Ok(own.or(domains.first()).map(|domain| domain.host.clone()))
}

/// A passkey as two factors must have verified its user, whatever else the pool says.
fn policy(pool: &UserPool) -> UserVerificationPolicy {
    let configuration = pool.mfa.web_authn_configuration.as_ref();
    let wanted = configuration.and_then(|it| it.user_verification.as_ref());
    if wanted == Some(&UserVerificationType::Required) || passkeys_are_two_factors(&pool.mfa) {
        UserVerificationPolicy::Required
    } else {
        UserVerificationPolicy::Preferred
    }
}

/// Tells the library who the relying party is: pages of its host and hosts below it, whatever
/// the port, and the app that made `answer`. Plain HTTP only on the machine itself.
fn library(pool: &UserPool, relying_party_id: &str, answer: Option<&Value>) -> Result<WebauthnCore> {
    let is_local = relying_party_id == "localhost" || relying_party_id.ends_with(".localhost");
    let schemes: &[&str] = if is_local { &["https", "http"] } else { &["https"] };
    let origins = schemes
        .iter()
        .map(|scheme| Url::parse(&format!("{scheme}://{relying_party_id}")))
        .chain(answer.and_then(app_of).map(Ok))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|_| unconfigured())?;
    // What is trusted is the host alone, so the id must be one and nothing beside.
    if origins.first().and_then(Url::host_str) != Some(relying_party_id) {
        return Err(unconfigured());
    }
    Ok(WebauthnCore::new_unsafe_experts_only(
        &pool.name,
        relying_party_id,
        origins,
        Duration::from_millis(TIMEOUT_MILLIS),
        Some(true),
        Some(true),
    ))
}

/// Returns the origin of an Android app: the hash of the key that signed it.
///
/// Any app's is taken. Which apps may use a relying party's passkeys its host says, in
/// `/.well-known/assetlinks.json`, and Android holds them to it; a page in a browser cannot have
/// such an origin. Apps of Apple's systems have the origin of the relying party itself, by its
/// `apple-app-site-association`. The vendor documents neither.
///
/// Source: Android developers, "Credential Manager: verify the origin"; Apple developer
/// documentation, "Supporting passkeys".
fn app_of(answer: &Value) -> Option<Url> {
    let client_data = client_data(answer)?;
    let origin = client_data.get("origin")?.as_str()?;
    let hash = origin.strip_prefix("android:apk-key-hash:")?;
    let hash = URL_SAFE_NO_PAD.decode(hash).ok()?;
    // SHA-256 of the certificate.
    (hash.len() == 32).then(|| Url::parse(origin).ok()).flatten()
}

/// Tells whether a page inside another site's frame made an answer. Source: §7.2, step 13.
fn is_cross_origin(answer: &Value) -> bool {
    client_data(answer).is_some_and(|data| {
        data.get("crossOrigin").and_then(Value::as_bool) == Some(true) || data.get("topOrigin").is_some()
    })
}

fn client_data(answer: &Value) -> Option<Value> {
    let encoded = answer.pointer("/response/clientDataJSON")?.as_str()?;
    let text = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The answer where no relying party is known.
pub fn unconfigured() -> Error {
    Error::new(
        Code::WebAuthnConfigurationMissingException,
        "The user pool has no relying party for passkeys: set one, or a domain.",
    )
}

/// Makes what a browser is asked for a new passkey, and what is kept until it answers.
///
/// # Errors
///
/// `WebAuthnConfigurationMissingException` when the relying party is no host.
pub fn start(
    pool: &UserPool,
    relying_party_id: &str,
    user: &User,
    existing: &[Passkey],
) -> Result<(Value, RegistrationState)> {
    let library = library(pool, relying_party_id, None)?;
    let shown = ["name", "email"]
        .iter()
        .find_map(|name| user.attributes.get(*name))
        .unwrap_or(&user.username);
    let excluded = existing.iter().map(|passkey| passkey.id.clone()).collect();
    let builder = library
        .new_challenge_register_builder(user.sub.as_bytes(), &user.username, shown)
        .map_err(Error::internal)?
        .user_verification_policy(policy(pool))
        .require_resident_key(true)
        .exclude_credentials(Some(excluded))
        .credential_algorithms(vec![COSEAlgorithm::ES256, COSEAlgorithm::RS256]);
    let (asked, state) = library
        .generate_challenge_register(builder)
        .map_err(Error::internal)?;
    let options = serde_json::to_value(asked.public_key).map_err(Error::internal)?;
    Ok((options, state))
}

/// Checks what a browser answered, and makes the record of the new passkey.
///
/// # Errors
///
/// What `CompleteWebAuthnRegistration` declares.
pub fn complete(
    pool: &UserPool,
    relying_party_id: &str,
    user: &User,
    state: &RegistrationState,
    answer: Value,
    now: UnixMillis,
) -> Result<Passkey> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let attachment = text("authenticatorAttachment").filter(|it| it == "platform" || it == "cross-platform");
    let transports: Vec<String> = answer
        .pointer("/response/transports")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|transport| is_hint(transport))
        .map(str::to_owned)
        .take(16)
        .collect();
    let library = library(pool, relying_party_id, Some(&answer))?;
    let malformed = || Error::invalid("The credential is not one that a browser makes.");
    let mut given: RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(|_| malformed())?;
    let (bare, aaguid) = without_attestation(&given.response.attestation_object).ok_or_else(malformed)?;
    given.response.attestation_object = bare;
    let credential = library
        .register_credential(&given, state, None)
        .map_err(|reason| refused_registration(&reason))?;
    // §7.1, step 25; and a browser names the credential that its authenticator attests.
    if credential.cred_id.len() > ID_MAX || credential.cred_id != given.raw_id {
        return Err(malformed());
    }
    let maker = MAKERS.iter().find(|(known, _)| *known == aaguid);
    Ok(Passkey {
        user_pool_id: pool.id.clone(),
        sub: user.sub,
        id: credential.cred_id.clone(),
        name: maker.map_or("Passkey", |(_, name)| name).to_owned(),
        relying_party_id: relying_party_id.to_owned(),
        created_at: now,
        last_used_at: None,
        attachment,
        transports,
        aaguid,
        credential: serde_json::to_value(credential).map_err(Error::internal)?,
    })
}

/// Tells whether a text may be the name of a transport, known or not.
fn is_hint(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn refused_registration(reason: &WebauthnError) -> Error {
    let (code, text) = match reason {
        WebauthnError::MismatchedChallenge | WebauthnError::ChallengeNotFound => (
            Code::WebAuthnChallengeNotFoundException,
            "The challenge of the credential is not the one that was given, or it has expired.",
        ),
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => (
            Code::WebAuthnOriginNotAllowedException,
            "The credential was made on a page that the relying party does not allow.",
        ),
        WebauthnError::InvalidRPIDHash => (
            Code::WebAuthnRelyingPartyMismatchException,
            "The credential was made for another relying party.",
        ),
        WebauthnError::CredentialAlteredAlgFromRequest
        | WebauthnError::UserNotVerified
        | WebauthnError::UserNotPresent
        | WebauthnError::COSEKeyInvalidType
        | WebauthnError::COSEKeyInvalidAlgorithm
        | WebauthnError::COSEKeyEDUnsupported
        | WebauthnError::COSEKeyInvalidCBORValue
        | WebauthnError::CredentialMayNotBeHardwareBound
        | WebauthnError::CredentialInsecureCryptography => (
            Code::WebAuthnCredentialNotSupportedException,
            "The authenticator does not do what the user pool asks of it.",
        ),
        _ => (
            Code::InvalidParameterException,
            "The credential is not one that a browser makes.",
        ),
    };
    Error::new(code, text).caused_by(reason.to_string())
}

/// Takes the attestation off an attestation object; also returns the maker's AAGUID.
fn without_attestation(object: &[u8]) -> Option<(Vec<u8>, Uuid)> {
    use serde_cbor_2::Value as Cbor;
    let Cbor::Map(mut object) = serde_cbor_2::from_slice(object).ok()? else {
        return None;
    };
    let name = |text: &str| Cbor::Text(text.to_owned());
    let Some(Cbor::Bytes(data)) = object.remove(&name("authData")) else {
        return None;
    };
    // §6.1: 32 bytes of hash, one of flags, four of counter; then the AAGUID, when there is one.
    let aaguid = data.get(37..53).and_then(|bytes| Uuid::from_slice(bytes).ok());
    let bare = Cbor::Map(
        [
            (name("fmt"), name("none")),
            (name("attStmt"), Cbor::Map(std::collections::BTreeMap::new())),
            (name("authData"), Cbor::Bytes(data)),
        ]
        .into_iter()
        .collect(),
    );
    Some((serde_cbor_2::to_vec(&bare).ok()?, aaguid.unwrap_or_default()))
}

/// Returns what a browser is asked at sign-in, as JSON text.
pub fn request(pool: &UserPool, relying_party_id: &str, challenge: &[u8], passkeys: &[Passkey]) -> String {
    let allowed: Vec<Value> = passkeys
        .iter()
        .map(|passkey| {
            json!({
                "type": "public-key",
                "id": URL_SAFE_NO_PAD.encode(&passkey.id),
                "transports": passkey.transports,
            })
        })
        .collect();
    json!({
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "timeout": TIMEOUT_MILLIS,
        "rpId": relying_party_id,
        "allowCredentials": allowed,
        "userVerification": policy(pool),
    })
    .to_string()
}

/// Returns the id of the passkey that an answer is of.
pub fn id_of(answer: &Value) -> Option<Vec<u8>> {
    let id = answer.get("rawId").or_else(|| answer.get("id"))?.as_str()?;
    URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()
}

/// Checks the answer of a browser at sign-in; returns the passkey with its new counter, to write.
///
/// `None` when it proves nothing: another challenge, page or relying party, a wrong signature, a
/// counter that did not go up, a user who was not verified where that is asked for.
///
/// # Errors
///
/// `InternalErrorException` when the record does not read.
pub fn verify(
    pool: &UserPool,
    relying_party_id: &str,
    challenge: &[u8],
    passkey: &Passkey,
    answer: Value,
    now: UnixMillis,
) -> Result<Option<Passkey>> {
    if is_cross_origin(&answer) {
        return Ok(None);
    }
    let library = library(pool, relying_party_id, Some(&answer))?;
    let Ok(given) = serde_json::from_value::<PublicKeyCredential>(answer) else {
        return Ok(None);
    };
    let handle = given.get_user_unique_id();
    if handle.is_some_and(|handle| !handle.is_empty() && handle != passkey.sub.as_bytes()) {
        return Ok(None);
    }
    if passkey.relying_party_id != relying_party_id {
        return Ok(None);
    }
    let mut credential: Credential =
        serde_json::from_value(passkey.credential.clone()).map_err(Error::internal)?;
    let state: AuthenticationState = serde_json::from_value(json!({
        "credentials": [],
        "policy": policy(pool),
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "appid": null,
        "allow_backup_eligible_upgrade": true,
    }))
    .map_err(Error::internal)?;
    let proven = match library.authenticate_single_credential(&given, &state, &credential) {
        Ok(proven) => proven,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            tracing::warn!(user_pool = %pool.id, sub = %passkey.sub, "a passkey's counter did not go up: it may be a copy");
            return Ok(None);
        }
        Err(reason) => {
            tracing::debug!(user_pool = %pool.id, %reason, "a passkey proves nothing");
            return Ok(None);
        }
    };
    credential.counter = proven.counter();
    credential.backup_state = proven.backup_state();
    credential.backup_eligible |= proven.backup_eligible();
    credential.user_verified |= proven.user_verified();
    Ok(Some(Passkey {
        last_used_at: Some(now),
        credential: serde_json::to_value(credential).map_err(Error::internal)?,
        ..passkey.clone()
    }))
}

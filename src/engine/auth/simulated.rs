//! Users who do not exist, for callers who may not know that they do not.
//!
//! The same name in the same pool always gives the same salt, verifier and `sub`, so that
//! asking twice tells nothing, and the work done is that of a real user.
//!
//! Source: RFC 5054 §2.5.1.3; developer guide, "Managing error responses".

use std::collections::BTreeMap;
use std::sync::LazyLock;

use uuid::Uuid;

use super::bignum::{BYTES, Number};
use super::credential::Credential;
use super::keys::OpenKeys;
use super::srp::{SALT_BYTES, Verifier};
use crate::base::clock::UnixMillis;
use crate::engine::messages::{self, Channel};
use crate::rules::attributes;
use crate::rules::mfa::{self, Factor, Holder};
use crate::rules::usernames::{NameKind, Naming};
use crate::store::records::passkeys::Passkey;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::store::records::{self, Document};
use crate::wire::idp::{AuthFactorType, UserStatusType};

/// Returns the `sub` that a made-up user has.
///
/// Like a real one it begins with the time of creation, which is somewhere in the life of the
/// pool so far. The span grows by doubling, so that a name keeps its `sub` for as long as the
/// pool took to get that old.
pub fn sub(keys: &OpenKeys, pool: &UserPool, typed: &str, now: UnixMillis) -> Uuid {
    let folded = Naming::of(&pool.settings).fold(NameKind::Username, typed);
    let bytes = first_half(keys.mac("simulated sub", &[folded.as_bytes()]));
    let age = u64::try_from(now.since(pool.created_at)).unwrap_or(0).max(1);
    let span = 1_u64.checked_shl(age.ilog2()).unwrap_or(1);
    let (at, rest) = bytes
        .split_first_chunk::<6>()
        .map_or(([0; 6], [0; 10]), |(at, rest)| {
            (*at, rest.try_into().unwrap_or_default())
        });
    let at = at.into_iter().fold(0_u64, |at, byte| at << 8 | u64::from(byte)) % span;
    let created = u64::try_from(pool.created_at.0).unwrap_or(0).saturating_add(at);
    uuid::Builder::from_unix_timestamp_millis(created, &rest).into_uuid()
}

/// Returns what a made-up user is called in a challenge.
///
/// Where usernames are generated, or an alias was typed, a real user's differs from what was
/// typed and looks like a UUID; elsewhere it is what was typed.
pub fn user_id(pool: &UserPool, typed: &str, sub: &Uuid) -> String {
    let naming = Naming::of(&pool.settings);
    // A generated username is one itself.
    if naming.generates_usernames() && Uuid::try_parse(typed).is_ok() {
        return naming.kept_username(typed);
    }
    if naming.generates_usernames() || naming.candidates(typed).iter().any(|name| is_contact(name.kind)) {
        sub.to_string()
    } else {
        naming.kept_username(typed)
    }
}

fn is_contact(kind: NameKind) -> bool {
    matches!(kind, NameKind::Email | NameKind::PhoneNumber)
}

/// Returns the verifier of a made-up user, or of one who has none. Nobody knows its password.
pub fn verifier(keys: &OpenKeys, user_id: &str) -> Verifier {
    let salt: [u8; SALT_BYTES] = first_half(keys.mac("simulated salt", &[user_id.as_bytes()]));
    let mut v = [0; BYTES];
    for (block, chunk) in (0_u8..).zip(v.as_chunks_mut::<32>().0) {
        *chunk = keys.mac("simulated verifier", &[user_id.as_bytes(), &[block]]);
    }
    if let Some(first) = v.first_mut() {
        // Below the prime, whose first bytes are all ones.
        *first &= 0x7f;
    }
    Verifier {
        salt,
        v: Number::from_be_bytes(&v).unwrap_or_default(),
    }
}

/// Does what reading a real user's record and opening its credential takes.
pub fn read_nobody(keys: &OpenKeys) {
    static RECORD: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
        let sealed = vec![7; SALT_BYTES + BYTES + 32];
        let user = User {
            user_pool_id: "us-east-1_AbC123xyZ".to_owned(),
            username: "somebody".to_owned(),
            status: UserStatusType::Confirmed,
            enabled: true,
            attributes: ["email", "email_verified", "given_name", "family_name"]
                .map(|name| (name.to_owned(), "somebody@example.com".to_owned()))
                .into(),
            credential: Some(sealed.clone()),
            ..User::default()
        };
        (records::encode(&user).unwrap_or_default(), sealed)
    });
    let (text, sealed) = &*RECORD;
    let user = records::decode::<User>(User::VERSION, text).unwrap_or_default();
    std::hint::black_box((user, Credential::open(keys, &Uuid::nil(), sealed)));
}

/// Returns a credential as the pool's users have one, to do the work of a check with.
pub fn credential(keys: &OpenKeys, pool: &UserPool, user_id: &str) -> Credential {
    let verifier = verifier(keys, user_id);
    if pool.any_client_uses_srp {
        Credential::SrpVerifier(verifier)
    } else {
        Credential::Argon2id {
            salt: verifier.salt,
            hash: keys.mac("simulated hash", &[user_id.as_bytes()]),
        }
    }
}

/// Returns where the codes of a made-up user go: what was typed when that is an address or a
/// number, else something made up, the same for the same `sub`. `attribute` is the one asked for.
pub fn channel(keys: &OpenKeys, pool: &UserPool, sub: &Uuid, typed: &str, attribute: &str) -> Channel {
    // As a real one's is kept.
    let mut kept = BTreeMap::from([("email".to_owned(), typed.to_owned())]);
    Naming::of(&pool.settings).flatten(&mut kept);
    let typed = kept.get("email").map_or(typed, String::as_str);
    let is_typed = match attribute {
        "phone_number" => attributes::is_phone_number(typed),
        _ => attributes::is_email(typed),
    };
    if let Some(channel) = Channel::of(attribute, Some(typed)).filter(|_| is_typed) {
        return channel;
    }
    let draw = keys.mac("made-up destination", &[lasting(sub)]);
    let at = |at: usize| draw.get(at).copied().unwrap_or_default();
    if attribute == "phone_number" {
        let digits: String = (2..6)
            .map(|place| char::from(b'0'.saturating_add(at(place) % 10)))
            .collect();
        return Channel::Sms(format!("+1555555{digits}"));
    }
    let letter = |place| char::from(b'a'.saturating_add(at(place) % 26));
    Channel::Email(format!("{}@{}", letter(0), letter(1)))
}

/// Returns what a made-up user has to show: not the same for every name, for real users differ.
///
/// Most have what the pool allows. Whatever a real user of the pool may have some made-up one has,
/// so that nothing a caller sees of a name tells that there is such a user.
pub fn holder(keys: &OpenKeys, pool: &UserPool, sub: &Uuid, has_relying_party: bool) -> Holder {
    let draw = keys.mac("made-up factors", &[lasting(sub)]);
    // One in `2^bits`, each of its own.
    let is_one_of = |place: usize, bits: u32| {
        draw.get(place)
            .is_some_and(|byte| u32::from(*byte) >> 8_u32.saturating_sub(bits) == 0)
    };
    let allowed = mfa::allowed_first_factors(&pool.settings);
    let allows = |factor: &AuthFactorType| allowed.contains(factor);
    let by_phone = allows(&AuthFactorType::SmsOtp) || messages::is_auto_verified(pool, "phone_number");
    let by_code = allows(&AuthFactorType::EmailOtp) || allows(&AuthFactorType::SmsOtp);
    let by_passkey = has_relying_party && allows(&AuthFactorType::WebAuthn);
    let goes_without = (by_code || by_passkey) && is_one_of(0, 4);
    let email = !is_one_of(1, 3) || (goes_without && by_code && !allows(&AuthFactorType::SmsOtp));
    let phone_number = (by_phone && is_one_of(2, 1)) || (goes_without && by_code && !email);
    let offered = mfa::offered(&pool.mfa);
    let software_token = offered.contains(&Factor::SoftwareToken) && is_one_of(3, 2);
    Holder {
        password: !goes_without,
        email,
        phone_number,
        software_token,
        passkey: by_passkey && (is_one_of(4, 2) || (goes_without && !by_code)),
        enabled: offered
            .into_iter()
            .filter(|factor| match factor {
                Factor::SoftwareToken => software_token,
                Factor::Email => email && is_one_of(5, 3),
                Factor::Sms => phone_number && is_one_of(6, 3),
            })
            .collect(),
        ..Holder::default()
    }
}

/// What authenticators that many have say of themselves: how long their ids are, and how they are
/// reached.
const AUTHENTICATORS: [(usize, &[&str]); 4] = [
    (16, &["hybrid", "internal"]),
    (20, &["hybrid", "internal"]),
    (32, &["internal"]),
    (48, &["nfc", "usb"]),
];

/// Returns the passkey of a made-up user, of which nobody has the private half.
pub fn passkey(keys: &OpenKeys, sub: &Uuid) -> Passkey {
    let bytes = [0_u8, 1].map(|block| keys.mac("made-up passkey", &[lasting(sub), &[block]]));
    let kind = keys.mac("made-up authenticator", &[lasting(sub)]);
    let at = usize::from(kind[0]) % AUTHENTICATORS.len();
    let (length, transports) = AUTHENTICATORS.get(at).copied().unwrap_or_default();
    Passkey {
        id: bytes.into_iter().flatten().take(length).collect(),
        transports: transports.iter().map(|&name| name.to_owned()).collect(),
        ..Passkey::default()
    }
}

/// Returns what stays of a made-up `sub` when the time in it moves as the pool gets older.
fn lasting(sub: &Uuid) -> &[u8] {
    sub.as_bytes().get(6..).unwrap_or_default()
}

fn first_half(bytes: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(bytes) {
        *to = from;
    }
    half
}

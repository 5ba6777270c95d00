use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::base::secret::Secret;
use poolhouse::engine::Error;
use poolhouse::store::records::passkeys::{self, Passkey};
use poolhouse::store::records::user_pools::UserPool;
use poolhouse::wire::idp::{
    self, AuthFactorType as Factor, AuthFlowType as Flow, ChallengeNameType as Challenge, UserPoolMfaType,
    UserStatusType as Status, UserVerificationType as Verification,
    WebAuthnFactorConfigurationType as Factors,
};
use serde_json::{Value, json};

use crate::sign_in::{House, claims, refusal};
use crate::support::TestEngine;

const RP: &str = "example.com";
const ORIGIN: &str = "https://login.example.com:8443";
const FLOWS: &[&str] = &[
    "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
];
const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// What a browser and its authenticator do, with one key.
struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    rp: String,
    origin: String,
    flags: u8,
    counter: u32,
    in_frame: bool,
    /// Format and statement, as CBOR.
    attestation: (&'static str, Vec<u8>),
}

fn cbor_text(text: &str) -> Vec<u8> {
    let mut out = vec![0x60 | u8::try_from(text.len()).unwrap()];
    out.extend_from_slice(text.as_bytes());
    out
}

fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x59];
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_be_bytes());
    out.extend_from_slice(bytes);
    out
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

impl Authenticator {
    fn new(id: u8) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: vec![id; 32],
            rp: RP.to_owned(),
            origin: ORIGIN.to_owned(),
            flags: PRESENT | VERIFIED,
            counter: 0,
            in_frame: false,
            attestation: ("none", vec![0xa0]),
        }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.in_frame,
        });
        serde_json::to_vec(&data).unwrap()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.rp.as_bytes());
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    /// `navigator.credentials.create`.
    fn create(&self, options: &Value) -> Value {
        let point = self.key.public_key().as_ref();
        // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        cose.extend(cbor_bytes(&point[1..33]));
        cose.push(0x22);
        cose.extend(cbor_bytes(&point[33..65]));
        let mut data = self.data(self.flags | ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&cose);
        let mut object = vec![0xa3];
        object.extend(cbor_text("fmt"));
        object.extend(cbor_text(self.attestation.0));
        object.extend(cbor_text("attStmt"));
        object.extend_from_slice(&self.attestation.1);
        object.extend(cbor_text("authData"));
        object.extend(cbor_bytes(&data));
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", &options["challenge"])),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": ["internal", "hybrid", "smoke-signal"],
            },
        })
    }

    /// `navigator.credentials.get`.
    fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let data = self.data(self.flags);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let mut signed = data.clone();
        signed.extend_from_slice(&sha256(&client_data));
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
            },
        })
    }
}

async fn house_with(change: impl FnOnce(&mut UserPool)) -> House {
    let house = House::new(FLOWS, |pool, _| {
        pool.settings.policies = Some(idp::UserPoolPolicyType {
            sign_in_policy: Some(idp::SignInPolicyType {
                allowed_first_auth_factors: Some(vec![Factor::Password, Factor::WebAuthn]),
            }),
            ..Default::default()
        });
        pool.mfa.web_authn_configuration = Some(idp::WebAuthnConfigurationType {
            relying_party_id: Some(RP.to_owned()),
            ..Default::default()
        });
        change(pool);
    })
    .await;
    house.user("amelia", |_| {}).await;
    house
}

async fn house() -> House {
    house_with(|_| {}).await
}

async fn token(house: &House, username: &str) -> Secret {
    house.sign_in(username).await.access_token.unwrap()
}

fn start(token: &Secret) -> idp::StartWebAuthnRegistrationRequest {
    idp::StartWebAuthnRegistrationRequest {
        access_token: token.clone(),
    }
}

fn complete(token: &Secret, credential: Value) -> idp::CompleteWebAuthnRegistrationRequest {
    idp::CompleteWebAuthnRegistrationRequest {
        access_token: token.clone(),
        credential,
    }
}

async fn options(house: &House, token: &Secret) -> Value {
    house.engine.ok(&start(token)).await.credential_creation_options
}

async fn register(house: &House, token: &Secret, authenticator: &Authenticator) {
    let options = options(house, token).await;
    house
        .engine
        .ok(&complete(token, authenticator.create(&options)))
        .await;
}

async fn list(house: &House, token: &Secret) -> Vec<idp::WebAuthnCredentialDescription> {
    let request = idp::ListWebAuthnCredentialsRequest {
        access_token: token.clone(),
        ..Default::default()
    };
    house.engine.ok(&request).await.credentials
}

/// Asks for a passkey; returns the session and what the browser is asked.
async fn ask(house: &House, username: &str) -> (Option<Secret>, Value) {
    let asked = house
        .engine
        .ok(&house.begin(
            Flow::UserAuth,
            &[("USERNAME", username), ("PREFERRED_CHALLENGE", "WEB_AUTHN")],
        ))
        .await;
    assert_eq!(asked.challenge_name, Some(Challenge::WebAuthn));
    let options = &asked.challenge_parameters.unwrap()["CREDENTIAL_REQUEST_OPTIONS"];
    (asked.session, serde_json::from_str(options).unwrap())
}

fn answer(
    house: &House,
    username: &str,
    session: Option<Secret>,
    credential: &Value,
) -> idp::RespondToAuthChallengeRequest {
    let mut answer = house.answer(
        Challenge::WebAuthn,
        &[("USERNAME", username), ("CREDENTIAL", &credential.to_string())],
    );
    answer.session = session;
    answer
}

async fn sign_in(
    house: &House,
    authenticator: &mut Authenticator,
) -> Result<idp::AuthenticationResultType, String> {
    let (session, options) = ask(house, "amelia").await;
    let answer = answer(house, "amelia", session, &authenticator.get(&options));
    match house.engine.call(&answer).await {
        Ok(answer) => Ok(answer.authentication_result.unwrap()),
        Err(_) => Err(refusal(house.engine.refused(&answer).await)),
    }
}

#[tokio::test]
async fn passkey_is_registered_listed_and_signs_in() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let asked = options(&house, &token).await;
    assert_eq!(asked["rp"]["id"], RP);
    assert_eq!(asked["user"]["name"], "amelia");
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "preferred");
    let algorithms: Vec<&Value> = asked["pubKeyCredParams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["alg"])
        .collect();
    assert_eq!(algorithms, [&json!(-7), &json!(-257)]);
    let mut authenticator = Authenticator::new(1);
    house
        .engine
        .ok(&complete(&token, authenticator.create(&asked)))
        .await;
    let shown = list(&house, &token).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].credential_id, URL_SAFE_NO_PAD.encode(&authenticator.id));
    assert_eq!(shown[0].relying_party_id, RP);
    assert_eq!(shown[0].authenticator_attachment.as_deref(), Some("platform"));
    assert_eq!(
        shown[0].authenticator_transports,
        ["internal", "hybrid", "smoke-signal"]
    );
    assert_eq!(shown[0].friendly_credential_name, "Passkey");
    // The next registration leaves this authenticator out.
    let again = options(&house, &token).await;
    assert_eq!(again["excludeCredentials"][0]["id"], shown[0].credential_id);

    let chosen = house
        .engine
        .ok(&house.begin(Flow::UserAuth, &[("USERNAME", "amelia")]))
        .await;
    assert!(
        chosen
            .available_challenges
            .unwrap()
            .contains(&Challenge::WebAuthn)
    );
    let mut select = house.answer(
        Challenge::SelectChallenge,
        &[("USERNAME", "amelia"), ("ANSWER", "WEB_AUTHN")],
    );
    select.session = chosen.session;
    let asked = house.engine.ok(&select).await;
    let options: Value =
        serde_json::from_str(&asked.challenge_parameters.unwrap()["CREDENTIAL_REQUEST_OPTIONS"]).unwrap();
    assert_eq!(options["rpId"], RP);
    assert_eq!(options["allowCredentials"][0]["id"], shown[0].credential_id);
    let answer = answer(&house, "amelia", asked.session, &authenticator.get(&options));
    let result = house.engine.ok(&answer).await.authentication_result.unwrap();
    assert_eq!(claims(&result.access_token.unwrap())["username"], "amelia");
    // The same answer counts once.
    assert_eq!(
        refusal(house.engine.refused(&answer).await),
        "NotAuthorizedException: Invalid session for the user."
    );
    sign_in(&house, &mut authenticator).await.unwrap();
}

#[tokio::test]
async fn an_android_app_registers_and_signs_in_by_the_hash_of_its_key() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    let hash = URL_SAFE_NO_PAD.encode([7; 32]);
    authenticator.origin = format!("android:apk-key-hash:{hash}");
    register(&house, &token, &authenticator).await;
    sign_in(&house, &mut authenticator).await.unwrap();
    for bad in [
        "android:apk-key-hash:c2hvcnQ".to_owned(),
        format!("android:other:{hash}"),
        format!("https://apk-key-hash/{hash}"),
    ] {
        authenticator.origin = bad.clone();
        let (session, options) = ask(&house, "amelia").await;
        let answer = answer(&house, "amelia", session, &authenticator.get(&options));
        assert_eq!(refusal(house.engine.refused(&answer).await), WRONG, "{bad}");
    }
}

#[tokio::test]
async fn a_frame_of_another_site_and_another_raw_id_prove_nothing() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    let asked = options(&house, &token).await;
    let mut other = authenticator.create(&asked);
    other["rawId"] = json!(URL_SAFE_NO_PAD.encode([9; 32]));
    let refused = house.engine.refused(&complete(&token, other)).await;
    assert_eq!(refused.0, "InvalidParameterException");
    let asked = options(&house, &token).await;
    let mut wordy = authenticator.create(&asked);
    wordy["response"]["transports"] = json!(["internal", "x".repeat(33), "A b"]);
    wordy["authenticatorAttachment"] = json!("x".repeat(7000));
    house.engine.ok(&complete(&token, wordy)).await;
    let shown = list(&house, &token).await;
    assert_eq!(shown[0].authenticator_transports, ["internal"]);
    assert_eq!(shown[0].authenticator_attachment, None);
    authenticator.in_frame = true;
    let (session, options) = ask(&house, "amelia").await;
    let answer = answer(&house, "amelia", session, &authenticator.get(&options));
    assert_eq!(refusal(house.engine.refused(&answer).await), WRONG);
}

#[tokio::test]
async fn a_relying_party_is_no_public_suffix() {
    let t = TestEngine::new().await;
    let pool = t.user_pool().await;
    let set = |id: &str| idp::SetUserPoolMfaConfigRequest {
        user_pool_id: pool.clone(),
        web_authn_configuration: Some(idp::WebAuthnConfigurationType {
            relying_party_id: Some(id.to_owned()),
            ..Default::default()
        }),
        ..Default::default()
    };
    for public in ["com", "co.uk", "github.io"] {
        let (code, text) = t.refused(&set(public)).await;
        assert_eq!(code, "InvalidParameterException", "{text}");
        assert!(text.contains("public suffix"), "{text}");
    }
    for no_host in [
        "https://x.com",
        "x@evil.com",
        "%65vil.com",
        "evil.com#a",
        "example.com:443",
        "EXAMPLE.com",
        "127.0.0.1",
        "[::1]",
        "-a.com",
        "x.com.",
        "a b",
    ] {
        let (code, text) = t.refused(&set(no_host)).await;
        assert_eq!(code, "InvalidParameterException", "{no_host}: {text}");
    }
    t.ok(&set("localhost")).await;
    t.ok(&set("example.co.uk")).await;
}

#[tokio::test]
async fn every_attestation_is_taken_and_none_is_looked_at() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let nonsense: Vec<u8> = [vec![0xa1], cbor_text("sig"), cbor_bytes(&[1, 2, 3])].concat();
    let formats = [
        "packed",
        "tpm",
        "apple",
        "android-key",
        "android-safetynet",
        "fido-u2f",
        "compound",
    ];
    for (number, format) in (10..).zip(formats) {
        let mut authenticator = Authenticator::new(number);
        authenticator.attestation = (format, nonsense.clone());
        register(&house, &token, &authenticator).await;
        sign_in(&house, &mut authenticator).await.unwrap();
    }
    assert_eq!(list(&house, &token).await.len(), formats.len());
}

#[tokio::test]
async fn counter_must_go_up() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    authenticator.counter = 5;
    register(&house, &token, &authenticator).await;
    sign_in(&house, &mut authenticator).await.unwrap();
    // A copy that lags behind.
    authenticator.counter = 3;
    let (session, options) = ask(&house, "amelia").await;
    let lagging = answer(&house, "amelia", session, &authenticator.get(&options));
    assert_eq!(refusal(house.engine.refused(&lagging).await), WRONG);
    authenticator.counter = 6;
    sign_in(&house, &mut authenticator).await.unwrap();
}

#[tokio::test]
async fn answers_of_other_pages_parties_challenges_and_keys_prove_nothing() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    register(&house, &token, &authenticator).await;
    let refused = async |authenticator: &mut Authenticator, change: &dyn Fn(&mut Value)| {
        let (session, mut options) = ask(&house, "amelia").await;
        change(&mut options);
        let answer = answer(&house, "amelia", session, &authenticator.get(&options));
        refusal(house.engine.refused(&answer).await)
    };
    for origin in [
        "https://badexample.com",
        "http://example.com",
        "https://example.com.evil.org",
        "null",
    ] {
        authenticator.origin = origin.to_owned();
        assert_eq!(refused(&mut authenticator, &|_| {}).await, WRONG, "{origin}");
    }
    authenticator.origin = ORIGIN.to_owned();
    authenticator.rp = "login.example.com".to_owned();
    assert_eq!(refused(&mut authenticator, &|_| {}).await, WRONG);
    authenticator.rp = RP.to_owned();
    authenticator.flags = 0;
    assert_eq!(refused(&mut authenticator, &|_| {}).await, WRONG);
    authenticator.flags = PRESENT | VERIFIED;
    let other = URL_SAFE_NO_PAD.encode([7; 32]);
    assert_eq!(
        refused(&mut authenticator, &|options| options["challenge"] = json!(other)).await,
        WRONG
    );
    let mut thief = Authenticator::new(1);
    assert_eq!(refused(&mut thief, &|_| {}).await, WRONG);
    let mut stranger = Authenticator::new(2);
    assert_eq!(refused(&mut stranger, &|_| {}).await, WRONG);
    let (session, _) = ask(&house, "amelia").await;
    let nonsense = answer(&house, "amelia", session.clone(), &json!({"rawId": "x"}));
    assert_eq!(refusal(house.engine.refused(&nonsense).await), WRONG);
    sign_in(&house, &mut authenticator).await.unwrap();

    // A session of one user is not answered by another.
    house.user("brian", |_| {}).await;
    let (session, options) = ask(&house, "amelia").await;
    let swapped = answer(&house, "brian", session, &authenticator.get(&options));
    assert_eq!(
        refusal(house.engine.refused(&swapped).await),
        "NotAuthorizedException: Invalid session for the user."
    );
}

#[tokio::test]
async fn registration_is_answered_once_in_time_and_by_the_same_client() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let authenticator = Authenticator::new(1);
    let gone = "WebAuthnChallengeNotFoundException";
    let asked = options(&house, &token).await;
    let good = complete(&token, authenticator.create(&asked));
    house.engine.ok(&good).await;
    assert_eq!(house.engine.refused(&good).await.0, gone);
    // An earlier challenge is replaced by a later one, and a wrong answer takes it.
    let early = options(&house, &token).await;
    let late = options(&house, &token).await;
    let second = Authenticator::new(2);
    assert_eq!(
        house
            .engine
            .refused(&complete(&token, second.create(&early)))
            .await
            .0,
        gone
    );
    assert_eq!(
        house
            .engine
            .refused(&complete(&token, second.create(&late)))
            .await
            .0,
        gone
    );
    let asked = options(&house, &token).await;
    house.engine.clock.advance_secs(301);
    assert_eq!(
        house
            .engine
            .refused(&complete(&token, second.create(&asked)))
            .await
            .0,
        gone
    );
    let other = house
        .engine
        .client_with(idp::CreateUserPoolClientRequest {
            user_pool_id: house.pool.id.clone(),
            explicit_auth_flows: Some(vec!["ALLOW_USER_PASSWORD_AUTH".into()]),
            ..Default::default()
        })
        .await;
    let mut elsewhere = house.by_password("amelia", crate::sign_in::PASSWORD);
    elsewhere.client_id = other;
    let elsewhere = house.engine.ok(&elsewhere).await.authentication_result.unwrap();
    let asked = options(&house, &token).await;
    let foreign = complete(&elsewhere.access_token.unwrap(), second.create(&asked));
    assert_eq!(
        house.engine.refused(&foreign).await.0,
        "WebAuthnClientMismatchException"
    );
}

#[tokio::test]
async fn registration_tells_what_is_wrong_with_an_answer() {
    let house = house_with(|pool| {
        let configuration = pool.mfa.web_authn_configuration.as_mut().unwrap();
        configuration.user_verification = Some(Verification::Required);
    })
    .await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    let refused = async |authenticator: &Authenticator| {
        let asked = options(&house, &token).await;
        house
            .engine
            .refused(&complete(&token, authenticator.create(&asked)))
            .await
            .0
    };
    authenticator.origin = "https://badexample.com".to_owned();
    assert_eq!(refused(&authenticator).await, "WebAuthnOriginNotAllowedException");
    authenticator.origin = ORIGIN.to_owned();
    authenticator.rp = "other.com".to_owned();
    assert_eq!(
        refused(&authenticator).await,
        "WebAuthnRelyingPartyMismatchException"
    );
    authenticator.rp = RP.to_owned();
    authenticator.flags = PRESENT;
    assert_eq!(
        refused(&authenticator).await,
        "WebAuthnCredentialNotSupportedException"
    );
    options(&house, &token).await;
    let nonsense = complete(&token, json!({"id": "x"}));
    assert_eq!(
        house.engine.refused(&nonsense).await.0,
        "InvalidParameterException"
    );
    authenticator.flags = PRESENT | VERIFIED;
    register(&house, &token, &authenticator).await;
    // What is required of the registration is required of the sign-in.
    authenticator.flags = PRESENT;
    let (session, options) = ask(&house, "amelia").await;
    assert_eq!(options["userVerification"], "required");
    let unverified = answer(&house, "amelia", session, &authenticator.get(&options));
    assert_eq!(refusal(house.engine.refused(&unverified).await), WRONG);
}

#[tokio::test]
async fn a_registration_ends_with_the_relying_party_it_was_begun_for() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let asked = options(&house, &token).await;
    house
        .change_pool(|pool| {
            let configuration = pool.mfa.web_authn_configuration.as_mut().unwrap();
            configuration.relying_party_id = Some("example.org".to_owned());
        })
        .await;
    let made = Authenticator::new(1).create(&asked);
    assert_eq!(
        house.engine.refused(&complete(&token, made)).await.0,
        "WebAuthnRelyingPartyMismatchException"
    );
    assert!(list(&house, &token).await.is_empty());
}

#[tokio::test]
async fn an_id_that_is_too_long_is_not_registered() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    for (length, fits) in [(1024, false), (1023, true)] {
        let asked = options(&house, &token).await;
        let mut authenticator = Authenticator::new(1);
        authenticator.id = vec![7; length];
        let made = complete(&token, authenticator.create(&asked));
        let answered = house
            .engine
            .call(&made)
            .await
            .map_err(|refused| refused.to_string());
        match answered {
            Ok(_) => assert!(fits),
            Err(refused) => assert!(
                !fits && refused.contains("InvalidParameterException"),
                "{refused}"
            ),
        }
    }
}

#[tokio::test]
async fn registration_needs_the_pool_to_allow_it_and_to_be_somewhere() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    house
        .change_pool(|pool| pool.mfa.web_authn_configuration = None)
        .await;
    assert_eq!(
        house.engine.refused(&start(&token)).await.0,
        "WebAuthnConfigurationMissingException"
    );
    house
        .engine
        .ok(&idp::CreateUserPoolDomainRequest {
            user_pool_id: house.pool.id.clone(),
            domain: "people".to_owned(),
            ..Default::default()
        })
        .await;
    let asked = options(&house, &token).await;
    assert!(asked["rp"]["id"].as_str().unwrap().starts_with("people."));
    house.change_pool(|pool| pool.settings.policies = None).await;
    assert_eq!(
        house.engine.refused(&start(&token)).await.0,
        "WebAuthnNotEnabledException"
    );
    assert_eq!(
        house.engine.refused(&complete(&token, json!({}))).await.0,
        "WebAuthnNotEnabledException"
    );
    let user = house
        .engine
        .ok(&idp::GetUserRequest {
            access_token: token.clone(),
        })
        .await;
    assert_eq!(user.username, "amelia");
}

#[tokio::test]
async fn state_of_the_user_is_told() {
    let house = house().await;
    let user = house.user("brian", |_| {}).await;
    let token = token(&house, "brian").await;
    house
        .change(&user, |user| user.status = Status::ResetRequired)
        .await;
    assert_eq!(
        house.engine.refused(&start(&token)).await.0,
        "PasswordResetRequiredException"
    );
    house
        .engine
        .ok(&idp::AdminDeleteUserRequest {
            user_pool_id: house.pool.id.clone(),
            username: "brian".to_owned(),
        })
        .await;
    assert_eq!(
        refusal(house.engine.refused(&start(&token)).await),
        "NotAuthorizedException: Access Token has been revoked"
    );
}

#[tokio::test]
async fn twenty_passkeys_are_enough_and_each_can_go() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    for number in 1..=20 {
        register(&house, &token, &Authenticator::new(number)).await;
    }
    assert_eq!(
        house.engine.refused(&start(&token)).await.0,
        "LimitExceededException"
    );
    let first = idp::ListWebAuthnCredentialsRequest {
        access_token: token.clone(),
        max_results: Some(15),
        ..Default::default()
    };
    let page = house.engine.ok(&first).await;
    assert_eq!(page.credentials.len(), 15);
    let rest = idp::ListWebAuthnCredentialsRequest {
        next_token: page.next_token,
        ..first
    };
    let rest = house.engine.ok(&rest).await;
    assert_eq!((rest.credentials.len(), rest.next_token), (5, None));
    let delete = idp::DeleteWebAuthnCredentialRequest {
        access_token: token.clone(),
        credential_id: rest.credentials[4].credential_id.clone(),
    };
    house.engine.ok(&delete).await;
    assert_eq!(
        refusal(house.engine.refused(&delete).await),
        "ResourceNotFoundException: The passkey does not exist."
    );
    assert_eq!(list(&house, &token).await.len(), 19);
}

#[tokio::test]
async fn a_passkey_is_one_users_alone() {
    let house = house().await;
    house.user("bertha", |_| {}).await;
    let (amelia, bertha) = (token(&house, "amelia").await, token(&house, "bertha").await);
    register(&house, &amelia, &Authenticator::new(1)).await;
    let asked = options(&house, &bertha).await;
    let again = Authenticator::new(1).create(&asked);
    assert_eq!(
        refusal(house.engine.refused(&complete(&bertha, again)).await),
        "InvalidParameterException: The passkey is registered already."
    );
    assert!(list(&house, &bertha).await.is_empty());
    // Whoever takes it off their account may register it elsewhere.
    house
        .engine
        .ok(&idp::DeleteWebAuthnCredentialRequest {
            access_token: amelia.clone(),
            credential_id: list(&house, &amelia).await[0].credential_id.clone(),
        })
        .await;
    register(&house, &bertha, &Authenticator::new(1)).await;
}

#[tokio::test]
async fn a_passkey_counts_for_nothing_once_the_pool_takes_none() {
    let house = house().await;
    let mut authenticator = Authenticator::new(1);
    let access = token(&house, "amelia").await;
    register(&house, &access, &authenticator).await;
    sign_in(&house, &mut authenticator).await.unwrap();
    let (session, options) = ask(&house, "amelia").await;
    let under_way = answer(&house, "amelia", session, &authenticator.get(&options));
    house
        .change_pool(|pool| {
            let policies = pool.settings.policies.as_mut().unwrap();
            let first = policies.sign_in_policy.as_mut().unwrap();
            first.allowed_first_auth_factors = Some(vec![Factor::Password]);
        })
        .await;
    assert_eq!(
        refusal(house.engine.refused(&under_way).await),
        "NotAuthorizedException: Incorrect username or password."
    );
}

#[tokio::test]
async fn passkey_counts_as_two_factors_only_where_the_pool_says_so() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let mut authenticator = Authenticator::new(1);
    register(&house, &token, &authenticator).await;
    house
        .change_pool(|pool| {
            pool.settings.mfa_configuration = Some(UserPoolMfaType::On);
            pool.mfa.mfa_configuration = Some(UserPoolMfaType::On);
            pool.mfa.software_token_mfa_configuration =
                Some(idp::SoftwareTokenMfaConfigType { enabled: Some(true) });
        })
        .await;
    let chosen = house
        .engine
        .ok(&house.begin(Flow::UserAuth, &[("USERNAME", "amelia")]))
        .await;
    assert!(
        !chosen
            .available_challenges
            .unwrap()
            .contains(&Challenge::WebAuthn)
    );
    house
        .change_pool(|pool| {
            let configuration = pool.mfa.web_authn_configuration.as_mut().unwrap();
            configuration.factor_configuration = Some(Factors::MultiFactorWithUserVerification);
        })
        .await;
    sign_in(&house, &mut authenticator).await.unwrap();
    // One that does not verify its user is not two.
    authenticator.flags = PRESENT;
    let (session, options) = ask(&house, "amelia").await;
    let unverified = answer(&house, "amelia", session, &authenticator.get(&options));
    assert_eq!(refusal(house.engine.refused(&unverified).await), WRONG);
}

#[tokio::test]
async fn passkeys_of_another_relying_party_rest() {
    let house = house().await;
    let user = house.user("brian", |_| {}).await;
    let token = token(&house, "brian").await;
    register(&house, &token, &Authenticator::new(1)).await;
    house
        .change_pool(|pool| {
            let configuration = pool.mfa.web_authn_configuration.as_mut().unwrap();
            configuration.relying_party_id = Some("localhost".to_owned());
        })
        .await;
    let preferred = [("USERNAME", "brian"), ("PREFERRED_CHALLENGE", "WEB_AUTHN")];
    let asked = house.engine.ok(&house.begin(Flow::UserAuth, &preferred)).await;
    assert_eq!(asked.challenge_name, Some(Challenge::SelectChallenge));
    assert!(!asked.available_challenges.unwrap().contains(&Challenge::WebAuthn));
    let mut local = Authenticator::new(2);
    local.rp = "localhost".to_owned();
    local.origin = "http://localhost:3000".to_owned();
    register(&house, &token, &local).await;
    let (session, options) = ask(&house, "brian").await;
    let good = answer(&house, "brian", session, &local.get(&options));
    house.engine.ok(&good).await;
    // What is kept of it is kept: the record reads back whole.
    let pool = house.pool.id.clone();
    let kept: Vec<Passkey> = house
        .engine
        .store
        .read(move |r| passkeys::of_user(r, &pool, &user.sub, 9).map_err(Error::from))
        .await
        .unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().any(|passkey| passkey.last_used_at.is_some()));
}

#[tokio::test]
async fn a_registration_begun_in_time_is_one_too_many_when_others_came_first() {
    let house = house().await;
    let token = token(&house, "amelia").await;
    let begun = options(&house, &token).await;
    let late = complete(&token, Authenticator::new(21).create(&begun));
    let (pool, sub) = (house.pool.id.clone(), claims(&token)["sub"].clone());
    house
        .engine
        .store
        .transact("others", move |tx| {
            for number in 1..=20 {
                let other = passkeys::Passkey {
                    user_pool_id: pool.clone(),
                    sub: sub.as_str().unwrap().parse().unwrap(),
                    id: vec![number; 32],
                    ..Default::default()
                };
                assert!(passkeys::insert(tx, &other)?);
            }
            Ok::<_, poolhouse::engine::Error>(())
        })
        .await
        .unwrap();
    assert_eq!(house.engine.refused(&late).await.0, "LimitExceededException");
}

//! Logins of providers other than our own user pools: what their tokens must be, and what is
//! asked of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::base::secret::Secret;
use poolhouse::wire::identity::{
    AmbiguousRoleResolutionType, GetCredentialsForIdentityInput, MappingRule, MappingRuleMatchType,
    RoleMapping, RoleMappingType, RulesConfigurationType,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::identities::{House, credentials};
use crate::identity_credentials::open;
use crate::identity_pools::{map, role};
use crate::support::{START, TestEngine};

/// An OpenID Connect provider of the test's own, which counts what it is asked.
pub struct Provider {
    pub issuer: String,
    key: EcdsaKeyPair,
    pub asked: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Published {
    issuer: String,
    keys_at: String,
    set: Value,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    /// Starts it; `keys_at` says where discovery sends for the keys, from the issuer.
    pub async fn start(keys_at: impl FnOnce(&str) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/realm", listener.local_addr().unwrap());
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = &key.public_key().as_ref()[1..];
        let asked = Arc::new(AtomicUsize::new(0));
        let published = Published {
            keys_at: keys_at(&issuer),
            issuer: issuer.clone(),
            set: json!({"keys": [
                {"kty": "OKP", "crv": "Ed25519", "kid": "unknown", "x": "AA"},
                {"kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "use": "sig",
                 "x": URL_SAFE_NO_PAD.encode(&point[..32]), "y": URL_SAFE_NO_PAD.encode(&point[32..])},
            ]}),
            asked: Arc::clone(&asked),
        };
        let app = Router::new()
            .route(
                "/realm/.well-known/openid-configuration",
                get(|State(it): State<Published>| async move {
                    it.asked.fetch_add(1, Ordering::SeqCst);
                    Json(json!({"issuer": it.issuer, "jwks_uri": it.keys_at}))
                }),
            )
            .route(
                "/realm/keys",
                get(|State(it): State<Published>| async move { Json(it.set) }),
            )
            .route(
                "/realm/moved",
                get(|| async { Redirect::temporary("/realm/keys") }),
            )
            .route(
                "/realm/huge",
                get(|| async { "x".repeat(2 * 1024 * 1024).into_response() }),
            )
            .with_state(published);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { issuer, key, asked }
    }

    /// What logins are called.
    fn name(&self) -> &str {
        self.issuer.strip_prefix("http://").unwrap()
    }

    pub fn token(&self, kid: &str, change: impl FnOnce(&mut Value)) -> Secret {
        let mut claims = json!({
            "iss": self.issuer, "aud": "app1", "sub": "user-7",
            "iat": START.secs(), "exp": START.secs() + 600, "team": "red",
        });
        change(&mut claims);
        let header = json!({"alg": "ES256", "kid": kid});
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// An engine that was told of it, and an identity pool that names it.
    async fn house(&self) -> House {
        let issuer = self.issuer.clone();
        let engine = TestEngine::with(|options| options.identity.add_oidc_client(&issuer, "app1")).await;
        let arn = format!("arn:aws:iam::123456789012:oidc-provider/{}", self.name());
        House::on(engine, |pool| {
            pool.open_id_connect_provider_arns = Some(vec![arn]);
        })
        .await
    }

    fn login(&self, token: Secret) -> BTreeMap<String, Secret> {
        [(self.name().to_owned(), token)].into()
    }
}

#[tokio::test]
async fn tokens_of_other_providers_are_logins() {
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let house = provider.house().await;
    let login = provider.login(provider.token("one", |_| {}));
    let id = house.id_of(&login).await;
    assert_eq!(
        house.describe(&id).await.logins,
        Some(vec![provider.name().to_owned()])
    );
    // Together with another login they are one identity.
    let mut both = house.new_login("amelia").await;
    both.extend(login.clone());
    assert_eq!(house.id_of(&both).await, id);
    assert_eq!(house.id_of(&house.login("amelia").await).await, id);
    // A login of another identity in the same call is refused.
    let mut torn = house.new_login("bertha").await;
    house.id_of(&torn).await;
    torn.extend(login.clone());
    let conflict = "ResourceConflictException";
    house
        .refused(&house.get_id(Some(torn)), conflict, "already linked")
        .await;
    let refused = async |token: Secret, text: &str| {
        let request = house.get_id(Some(provider.login(token)));
        house.refused(&request, "NotAuthorizedException", text).await;
    };
    let token = |change: fn(&mut Value)| provider.token("one", change);
    refused(
        token(|claims| claims["aud"] = json!("app2")),
        "Incorrect token audience.",
    )
    .await;
    refused(
        token(|claims| claims["aud"] = json!(["app1", "app2"])),
        "Incorrect token audience.",
    )
    .await;
    refused(
        token(|claims| claims["iss"] = json!("http://127.0.0.1:9/realm")),
        "Issuer doesn't match",
    )
    .await;
    refused(
        token(|claims| claims["exp"] = json!(START.secs())),
        "Token expired: ",
    )
    .await;
    refused(
        token(|claims| claims["nbf"] = json!(START.secs() + 301)),
        "not yet valid",
    )
    .await;
    refused(token(|claims| claims["sub"] = json!("")), "required claim: sub").await;
    refused("a.b".into(), "Not a valid OpenId Connect").await;
    let forged = provider.token("one", |_| {});
    let (signed, _) = forged.expose().rsplit_once('.').unwrap();
    refused(
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode([1; 64])).into(),
        "Couldn't verify",
    )
    .await;
    // Unsigned, and signed with the public key as a password.
    let claims = signed.split_once('.').unwrap().1;
    for header in [json!({"alg": "none"}), json!({"alg": "HS256", "kid": "one"})] {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        refused(format!("{header}.{claims}.").into(), "Couldn't verify").await;
    }
}

#[tokio::test]
async fn a_token_of_another_provider_names_no_role() {
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let house = provider.house().await;
    let login = provider.login(provider.token("one", |claims| {
        claims["cognito:roles"] = json!([role("Root")]);
        claims["cognito:preferred_role"] = json!(role("Root"));
    }));
    let id = house.id_of(&login).await;
    let set = async |mapping: RoleMapping| {
        house.set_mapping_of(provider.name(), mapping).await;
    };
    let by_token = |resolution| RoleMapping {
        r#type: RoleMappingType::Token,
        ambiguous_role_resolution: Some(resolution),
        rules_configuration: None,
    };
    let usual = credentials(&id, Some(login.clone()));
    let chosen = GetCredentialsForIdentityInput {
        custom_role_arn: Some(role("Root")),
        ..usual.clone()
    };
    let denied = "not authorized to assume a role";
    set(by_token(AmbiguousRoleResolutionType::Deny)).await;
    for request in [&usual, &chosen] {
        house.refused(request, "NotAuthorizedException", denied).await;
    }
    set(by_token(AmbiguousRoleResolutionType::AuthenticatedRole)).await;
    house.refused(&chosen, "NotAuthorizedException", denied).await;
    house.engine.ok(&usual).await;
    // The pool's own rules may look at what the provider says.
    set(RoleMapping {
        r#type: RoleMappingType::Rules,
        ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
        rules_configuration: Some(RulesConfigurationType {
            rules: vec![MappingRule {
                claim: "team".to_owned(),
                match_type: MappingRuleMatchType::Equals,
                value: "red".to_owned(),
                role_arn: role("Root"),
            }],
        }),
    })
    .await;
    house.engine.ok(&chosen).await;
}

#[tokio::test]
async fn invented_key_ids_cost_one_request_a_minute() {
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let house = provider.house().await;
    for at in 0..20 {
        let token = provider.token(&format!("invented-{at}"), |_| {});
        let request = house.get_id(Some(provider.login(token)));
        house
            .refused(&request, "NotAuthorizedException", "Couldn't verify")
            .await;
    }
    house.id_of(&provider.login(provider.token("one", |_| {}))).await;
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
    house.engine.clock.advance_secs(61);
    let token = provider.token("invented", |_| {});
    house
        .refused(
            &house.get_id(Some(provider.login(token))),
            "NotAuthorizedException",
            "Couldn't",
        )
        .await;
    assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn keys_are_taken_from_nowhere_else() {
    let elsewhere: [fn(&str) -> String; 4] = [
        |_| "http://127.0.0.1:1/keys".to_owned(),
        |issuer| format!("{issuer}/moved"),
        |issuer| format!("{issuer}/huge"),
        |issuer| format!("{issuer}/absent"),
    ];
    for keys_at in elsewhere {
        let provider = Provider::start(keys_at).await;
        let house = provider.house().await;
        let request = house.get_id(Some(provider.login(provider.token("one", |_| {}))));
        let text = "keys cannot be retrieved";
        house.refused(&request, "ExternalServiceException", text).await;
        // The developer's call does not know that error.
        let mut developers = house.developer("user-1", None);
        developers.logins.extend(request.logins.unwrap());
        house.refused(&developers, "NotAuthorizedException", text).await;
    }
    // A provider that only the pool names is not asked at all.
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let arn = format!("arn:aws:iam::123456789012:oidc-provider/{}", provider.name());
    let house = House::new(|pool| pool.open_id_connect_provider_arns = Some(vec![arn])).await;
    let request = house.get_id(Some(provider.login(provider.token("one", |_| {}))));
    house
        .refused(
            &request,
            "NotAuthorizedException",
            "not from a supported provider",
        )
        .await;
    assert_eq!(provider.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn public_providers_are_asked_for_the_pools_application_alone() {
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let issuer = provider.issuer.clone();
    // Whoever starts the program may say where a public provider is found.
    let engine = TestEngine::with(|options| {
        let google = options
            .identity
            .oidc_providers
            .entry("accounts.google.com".to_owned());
        google.or_default().issuer = issuer;
    })
    .await;
    let house = House::on(engine, |pool| {
        pool.supported_login_providers = Some(map([("accounts.google.com", "app1;app2")]));
    })
    .await;
    let google = |token| [("accounts.google.com".to_owned(), token)].into();
    house.id_of(&google(provider.token("one", |_| {}))).await;
    let other = google(provider.token("one", |claims| claims["aud"] = json!("app3")));
    house
        .refused(
            &house.get_id(Some(other)),
            "NotAuthorizedException",
            "Incorrect token audience.",
        )
        .await;
}

/// A user pool of one engine is a provider of another's identity pool.
#[tokio::test]
async fn another_engines_user_pool_is_a_provider() {
    let (server, there) = open(|_| {}).await;
    let token = there.new_login("amelia").await.into_values().next().unwrap();
    let issuer = format!("{}/{}", server.url(), there.user_pool);
    let name = issuer.strip_prefix("http://").unwrap().to_owned();
    let arn = format!("arn:aws:iam::123456789012:oidc-provider/{name}");
    let engine = TestEngine::with(|options| options.identity.add_oidc_client(&issuer, &there.client)).await;
    let here = House::on(engine, |pool| {
        pool.open_id_connect_provider_arns = Some(vec![arn]);
    })
    .await;
    here.id_of(&[(name, token)].into()).await;
}

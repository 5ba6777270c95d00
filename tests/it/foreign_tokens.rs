//! Tokens of a user pool's identity providers in a token exchange: which count, and for whom.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use poolhouse::base::secret::Secret;
use poolhouse::engine::Error;
use poolhouse::engine::ops::idp::users::{user_in, write_user};
use poolhouse::store::records::identity_providers::IdentityProvider;
use poolhouse::store::records::resources;
use poolhouse::wire::idp::{
    self, IdentityProviderTypeType, IssuedTokenTypeIdentifierType as Issued, TokenTypeIdentifierType as Kind,
};
use serde_json::json;

use crate::identity_logins::Provider;
use crate::sign_in::{House, claims};
use crate::support::START;

const FLOWS: &[&str] = &[
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    "ALLOW_TOKEN_EXCHANGE_DELEGATION",
];

/// A pool whose provider `Corp` is the test's own, with a user linked to `user-7` there.
async fn house() -> (House, Provider) {
    let provider = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let house = House::new(FLOWS, |_, client| {
        client.settings.supported_identity_providers = Some(vec!["Corp".to_owned()]);
        client.settings.allowed_o_auth_scopes = Some(vec![
            "openid".to_owned(),
            "email".to_owned(),
            "aws.cognito.signin.user.admin".to_owned(),
        ]);
    })
    .await;
    house.user("amelia", |_| {}).await;
    put(&house, &provider, |_| {}).await;
    house
        .engine
        .ok(&idp::AdminLinkProviderForUserRequest {
            user_pool_id: house.pool.id.clone(),
            destination_user: named("Cognito", None, "amelia"),
            source_user: named("Corp", Some("Cognito_Subject"), "user-7"),
        })
        .await;
    (house, provider)
}

/// Writes the provider past the operation, which takes issuers under https alone.
async fn put(house: &House, provider: &Provider, change: impl FnOnce(&mut IdentityProvider)) {
    let mut record = IdentityProvider {
        user_pool_id: house.pool.id.clone(),
        name: "Corp".to_owned(),
        kind: IdentityProviderTypeType::Oidc,
        details: BTreeMap::from([
            ("oidc_issuer".to_owned(), provider.issuer.clone()),
            ("client_id".to_owned(), "app1".to_owned()),
        ]),
        acr_mapping: Some(BTreeMap::from([("Level3".to_owned(), "strong".to_owned())])),
        created_at: START,
        modified_at: START,
        ..IdentityProvider::default()
    };
    change(&mut record);
    house
        .engine
        .store
        .transact("make provider", move |tx| {
            resources::put(tx, &record)?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
}

/// Adds the profile that a federated sign-in of `user-8` leaves.
async fn add_profile(house: &House) {
    house
        .user("Corp_user-8", |user| {
            user.status = idp::UserStatusType::ExternalProvider;
            let identities = json!([{"providerName": "Corp", "userId": "user-8"}]);
            user.attributes
                .insert("identities".to_owned(), identities.to_string());
        })
        .await;
}

fn named(provider: &str, attribute: Option<&str>, value: &str) -> idp::ProviderUserIdentifierType {
    idp::ProviderUserIdentifierType {
        provider_name: Some(provider.to_owned()),
        provider_attribute_name: attribute.map(str::to_owned),
        provider_attribute_value: Some(value.to_owned()),
    }
}

fn derive(house: &House, token: Secret) -> idp::GetDerivedTokenRequest {
    idp::GetDerivedTokenRequest {
        client_id: house.client.id.clone(),
        subject_token: token,
        subject_token_type: Kind::IdToken,
        subject_token_provider_name: Some("Corp".to_owned()),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_providers_token_stands_for_the_user_who_is_linked_to_it() {
    let (house, provider) = house().await;
    let token = provider.token("one", |claims| claims["acr"] = json!("strong"));
    let answer = house.engine.ok(&derive(&house, token.clone())).await;
    let derived = claims(&answer.issued_token);
    assert_eq!(derived["username"], "amelia");
    assert_eq!(derived["token_use"], "access");
    assert_eq!(derived["scope"], "openid email");
    // What the provider calls the level is translated, and says how.
    assert_eq!(derived["acr"], "urn:cognito:loa:3");
    assert_eq!(derived["amr"], json!(["fed"]));
    assert!(derived.get("team").is_none());
    // It ends with the provider's token.
    assert_eq!(derived["exp"].as_i64(), Some(START.secs() + 600));
    let unknown_level = provider.token("one", |claims| claims["acr"] = json!("gold"));
    let answer = house.engine.ok(&derive(&house, unknown_level)).await;
    assert_eq!(claims(&answer.issued_token)["acr"], "urn:cognito:loa:1");
    let id = idp::GetDerivedTokenRequest {
        requested_token_type: Some(Issued::IdToken),
        ..derive(&house, token)
    };
    let id = claims(&house.engine.ok(&id).await.issued_token);
    assert_eq!(
        (&id["aud"], &id["email"]),
        (&json!(house.client.id), &json!("amelia@example.com"))
    );
    // An access token has scopes of its own, which hold here as well.
    let access = provider.token("one", |claims| {
        claims["aud"] = json!("https://api.example.com");
        claims["client_id"] = json!("app1");
        claims["scope"] = json!("email aws.cognito.signin.user.admin");
    });
    let access = idp::GetDerivedTokenRequest {
        subject_token_type: Kind::AccessToken,
        ..derive(&house, access)
    };
    let answer = house.engine.ok(&access).await;
    assert_eq!(claims(&answer.issued_token)["scope"], "email");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "the keys are kept");
}

#[tokio::test]
async fn a_profile_of_federation_is_known_by_its_name_and_nobody_is_made() {
    let (house, provider) = house().await;
    let token = provider.token("one", |claims| claims["sub"] = json!("user-8"));
    let request = derive(&house, token);
    assert_eq!(house.engine.refused(&request).await.0, "UserNotFoundException");
    // Who chose the name, or signed up with it, is not the provider's user.
    house.user("Corp_user-9", |_| {}).await;
    let chosen = provider.token("one", |claims| claims["sub"] = json!("user-9"));
    let refused = house.engine.refused(&derive(&house, chosen)).await;
    assert_eq!(refused.0, "UserNotFoundException");
    add_profile(&house).await;
    let answer = house.engine.ok(&request).await;
    assert_eq!(claims(&answer.issued_token)["username"], "Corp_user-8");
    let actor = idp::GetDerivedTokenRequest {
        actor_token: Some(provider.token("one", |_| {})),
        actor_token_type: Some(Kind::IdToken),
        actor_token_provider_name: Some("Corp".to_owned()),
        ..request
    };
    let delegated = claims(&house.engine.ok(&actor).await.issued_token);
    assert_eq!(delegated["username"], "Corp_user-8");
    let (_, amelia) = (delegated["sub"].clone(), delegated["act"]["sub"].clone());
    assert_ne!(delegated["sub"], amelia);
}

#[tokio::test]
async fn a_subject_that_has_a_profile_is_linked_to_nobody_else() {
    let (house, _) = house().await;
    house.user("Corp_user-9", |_| {}).await;
    add_profile(&house).await;
    let link = |subject: &str| idp::AdminLinkProviderForUserRequest {
        user_pool_id: house.pool.id.clone(),
        destination_user: named("Cognito", None, "amelia"),
        source_user: named("Corp", Some("Cognito_Subject"), subject),
    };
    assert_eq!(
        house.engine.refused(&link("user-8")).await,
        (
            "InvalidParameterException".to_owned(),
            "Merging is not currently supported, provide a SourceUser without any profile.".to_owned()
        )
    );
    house.engine.ok(&link("user-9")).await;
}

#[tokio::test]
async fn a_providers_token_that_does_not_count_is_refused() {
    let (house, provider) = house().await;
    let other = Provider::start(|issuer| format!("{issuer}/keys")).await;
    let issuer = provider.issuer.clone();
    let bad = [
        provider.token("one", |claims| claims["aud"] = json!("another")),
        provider.token("one", |claims| claims["iss"] = json!("https://id.example.com")),
        provider.token("one", |claims| claims["exp"] = json!(START.secs())),
        // Made by somebody else in the provider's name.
        other.token("one", |claims| claims["iss"] = json!(issuer)),
        "not-a-token".into(),
    ];
    for token in bad {
        let refused = house.engine.refused(&derive(&house, token)).await;
        assert_eq!(refused.0, "NotAuthorizedException", "{}", refused.1);
    }
    let good = provider.token("one", |_| {});
    let scope = idp::GetDerivedTokenRequest {
        scopes: Some(vec!["aws.cognito.signin.user.admin".to_owned()]),
        ..derive(&house, good.clone())
    };
    assert_eq!(house.engine.refused(&scope).await.0, "InvalidParameterException");
    let saml = idp::GetDerivedTokenRequest {
        subject_token_type: Kind::Saml2,
        ..derive(&house, good.clone())
    };
    assert_eq!(house.engine.refused(&saml).await.0, "InvalidParameterException");
    // The provider is not asked for who may not call.
    let secretive = idp::GetDerivedTokenRequest {
        client_secret: Some("1234567890abcdefghijklmnopqrstuvwxyz".into()),
        ..derive(&house, good.clone())
    };
    let asked = provider.asked.load(Ordering::SeqCst);
    house.engine.clock.advance_secs(3601);
    assert_eq!(house.engine.refused(&secretive).await.0, "NotAuthorizedException");
    assert_eq!(provider.asked.load(Ordering::SeqCst), asked);
    put(&house, &provider, |it| it.kind = IdentityProviderTypeType::Google).await;
    assert_eq!(
        house.engine.refused(&derive(&house, good)).await.0,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn a_disabled_or_signed_out_user_has_no_token_of_the_provider() {
    let (house, provider) = house().await;
    let token = provider.token("one", |_| {});
    let request = derive(&house, token);
    house.engine.clock.advance_secs(2);
    house.engine.ok(&request).await;
    house
        .engine
        .ok(&idp::AdminUserGlobalSignOutRequest {
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
        })
        .await;
    let refused = house.engine.refused(&request).await;
    assert_eq!(refused.1, "Token has been revoked");
    let fresh = derive(
        &house,
        provider.token("one", |claims| claims["iat"] = json!(START.secs() + 2)),
    );
    house.engine.ok(&fresh).await;
    house
        .engine
        .ok(&idp::AdminDisableUserRequest {
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
        })
        .await;
    assert_eq!(house.engine.refused(&fresh).await.1, "User is disabled.");
}

#[tokio::test]
async fn a_providers_token_counts_where_the_client_takes_the_provider_and_the_user_may_sign_in() {
    let (house, provider) = house().await;
    let request = derive(&house, provider.token("one", |_| {}));
    house.engine.ok(&request).await;
    for (status, counts) in [
        (idp::UserStatusType::Unconfirmed, false),
        (idp::UserStatusType::ResetRequired, false),
        (idp::UserStatusType::Archived, false),
        (idp::UserStatusType::Compromised, false),
        (idp::UserStatusType::Confirmed, true),
    ] {
        let (pool, wanted) = (house.pool.clone(), status.clone());
        house
            .engine
            .store
            .transact("change user", move |tx| {
                let mut user = user_in(tx, &pool, "amelia")?.unwrap();
                user.status = wanted.clone();
                write_user(tx, &pool, &user)
            })
            .await
            .unwrap();
        match counts {
            true => drop(house.engine.ok(&request).await),
            false => {
                let refused = house.engine.refused(&request).await;
                assert_eq!(refused.0, "NotAuthorizedException", "{status:?}");
                assert_eq!(refused.1, "The user cannot sign in.", "{status:?}");
            }
        }
    }
    for providers in [vec!["COGNITO".to_owned()], Vec::new()] {
        house
            .engine
            .ok(&idp::UpdateUserPoolClientRequest {
                user_pool_id: house.pool.id.clone(),
                client_id: house.client.id.clone(),
                explicit_auth_flows: Some(FLOWS.iter().map(|flow| (*flow).into()).collect()),
                supported_identity_providers: Some(providers),
                ..Default::default()
            })
            .await;
        assert_eq!(
            house.engine.refused(&request).await.1,
            "The app client does not support the identity provider."
        );
    }
}

//! Identity providers, their identifiers, and the identities linked to users.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use poolhouse::engine::auth::keys;
use poolhouse::wire::idp::*;
use serde_json::Value;

use crate::support::TestEngine;

const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID: &str = "InvalidParameterException";

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn oidc(pool: &str, name: &str) -> CreateIdentityProviderRequest {
    CreateIdentityProviderRequest {
        user_pool_id: pool.to_owned(),
        provider_name: name.to_owned(),
        provider_type: IdentityProviderTypeType::Oidc,
        provider_details: map(&[
            ("client_id", "abc"),
            ("client_secret", "hush"),
            ("attributes_request_method", "GET"),
            ("oidc_issuer", "https://login.example.com"),
            ("authorize_scopes", "openid email"),
        ]),
        attribute_mapping: Some(map(&[("email", "email")])),
        ..Default::default()
    }
}

fn google(pool: &str) -> CreateIdentityProviderRequest {
    CreateIdentityProviderRequest {
        provider_type: IdentityProviderTypeType::Google,
        provider_details: map(&[
            ("client_id", "abc"),
            ("client_secret", "hush"),
            ("authorize_scopes", "openid"),
        ]),
        ..oidc(pool, "Google")
    }
}

fn describe(pool: &str, name: &str) -> DescribeIdentityProviderRequest {
    DescribeIdentityProviderRequest {
        user_pool_id: pool.to_owned(),
        provider_name: name.to_owned(),
    }
}

fn identifiers(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|it| (*it).to_owned()).collect())
}

fn named(provider: &str, attribute: &str, value: &str) -> ProviderUserIdentifierType {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ProviderUserIdentifierType {
        provider_name: text(provider),
        provider_attribute_name: text(attribute),
        provider_attribute_value: text(value),
    }
}

fn link(pool: &str, username: &str, source: ProviderUserIdentifierType) -> AdminLinkProviderForUserRequest {
    AdminLinkProviderForUserRequest {
        user_pool_id: pool.to_owned(),
        destination_user: named("Cognito", "", username),
        source_user: source,
    }
}

async fn identities(engine: &TestEngine, pool: &str, username: &str) -> Vec<Value> {
    let user = engine
        .ok(&AdminGetUserRequest {
            user_pool_id: pool.to_owned(),
            username: username.to_owned(),
        })
        .await;
    user.user_attributes
        .into_iter()
        .flatten()
        .find(|attribute| attribute.name == "identities")
        .map_or_else(Vec::new, |it| serde_json::from_str(&it.value.unwrap()).unwrap())
}

#[tokio::test]
async fn a_provider_is_created_changed_and_deleted() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let request = CreateIdentityProviderRequest {
        idp_identifiers: identifiers(&["example.com"]),
        ..oidc(&pool, "Corp")
    };
    let made = engine.ok(&request).await.identity_provider;
    let details = made.provider_details.clone().unwrap();
    assert_eq!(details["attributes_url_add_attributes"], "false");
    assert_eq!(made.attribute_mapping.clone().unwrap()["username"], "sub");
    let read = engine.ok(&describe(&pool, "Corp")).await.identity_provider;
    assert_eq!(read, made);
    assert_eq!(
        engine.refused(&oidc(&pool, "Corp")).await.0,
        "DuplicateProviderException"
    );
    engine.clock.advance_secs(5);
    let update = UpdateIdentityProviderRequest {
        user_pool_id: pool.clone(),
        provider_name: "Corp".to_owned(),
        acr_mapping: Some(map(&[("Level2", "mfa")])),
        ..Default::default()
    };
    let changed = engine.ok(&update).await.identity_provider;
    assert_eq!(
        changed.provider_details, made.provider_details,
        "what is missing stays"
    );
    assert_eq!(changed.idp_identifiers, made.idp_identifiers);
    assert_eq!(changed.acr_mapping, Some(map(&[("Level2", "mfa")])));
    assert_ne!(changed.last_modified_date, made.last_modified_date);
    let delete = DeleteIdentityProviderRequest {
        user_pool_id: pool.clone(),
        provider_name: "Corp".to_owned(),
    };
    engine.ok(&delete).await;
    for (code, _) in [
        engine.refused(&delete).await,
        engine.refused(&update).await,
        engine.refused(&describe(&pool, "Corp")).await,
        engine.refused(&oidc("us-east-1_absent111", "Corp")).await,
    ] {
        assert_eq!(code, NOT_FOUND);
    }
}

#[tokio::test]
async fn what_a_provider_cannot_have_is_refused() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let good = oidc(&pool, "Corp");
    for bad in [
        CreateIdentityProviderRequest {
            provider_name: "Google".to_owned(),
            ..good.clone()
        },
        CreateIdentityProviderRequest {
            provider_name: "Corp".to_owned(),
            ..google(&pool)
        },
        CreateIdentityProviderRequest {
            provider_details: map(&[("client_id", "abc")]),
            ..good.clone()
        },
        CreateIdentityProviderRequest {
            attribute_mapping: Some(map(&[("custom:absent", "x")])),
            ..good.clone()
        },
        CreateIdentityProviderRequest {
            idp_identifiers: identifiers(&["a", "a"]),
            ..good.clone()
        },
        CreateIdentityProviderRequest {
            provider_type: IdentityProviderTypeType::Unlisted("LDAP".to_owned()),
            ..good.clone()
        },
    ] {
        assert_eq!(engine.refused(&bad).await.0, INVALID, "{bad:?}");
    }
    engine.ok(&good).await;
}

#[tokio::test]
async fn an_identifier_leads_to_one_provider() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let lookup = |identifier: &str| GetIdentityProviderByIdentifierRequest {
        user_pool_id: pool.clone(),
        idp_identifier: identifier.to_owned(),
    };
    for (name, identifier) in [("One", "one.example.com"), ("Two", "two.example.com")] {
        engine
            .ok(&CreateIdentityProviderRequest {
                idp_identifiers: identifiers(&[identifier]),
                ..oidc(&pool, name)
            })
            .await;
    }
    let found = engine.ok(&lookup("two.example.com")).await.identity_provider;
    assert_eq!(found.provider_name.as_deref(), Some("Two"));
    let take = UpdateIdentityProviderRequest {
        user_pool_id: pool.clone(),
        provider_name: "Two".to_owned(),
        idp_identifiers: identifiers(&["new", "one.example.com"]),
        ..Default::default()
    };
    assert_eq!(engine.refused(&take).await.0, INVALID);
    engine.ok(&lookup("two.example.com")).await;
    engine
        .ok(&DeleteIdentityProviderRequest {
            user_pool_id: pool.clone(),
            provider_name: "One".to_owned(),
        })
        .await;
    engine.ok(&take).await;
    let found = engine.ok(&lookup("one.example.com")).await.identity_provider;
    assert_eq!(found.provider_name.as_deref(), Some("Two"));
    assert_eq!(engine.refused(&lookup("two.example.com")).await.0, NOT_FOUND);
}

#[tokio::test]
async fn providers_page_by_name_and_app_clients_may_offer_them() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    for name in ["Ceres", "Attis", "Bacchus"] {
        engine.ok(&oidc(&pool, name)).await;
    }
    let list = |next_token: Option<String>| ListIdentityProvidersRequest {
        user_pool_id: pool.clone(),
        max_results: Some(2),
        next_token,
    };
    let names = |page: &ListIdentityProvidersResponse| -> Vec<String> {
        let providers = page.providers.iter();
        providers.filter_map(|it| it.provider_name.clone()).collect()
    };
    let first = engine.ok(&list(None)).await;
    assert_eq!(names(&first), ["Attis", "Bacchus"]);
    let second = engine.ok(&list(first.next_token)).await;
    assert_eq!(names(&second), ["Ceres"]);
    assert_eq!(second.next_token, None);
    let client = |names: &[&str]| CreateUserPoolClientRequest {
        user_pool_id: pool.clone(),
        client_name: "app".to_owned(),
        supported_identity_providers: identifiers(names),
        ..Default::default()
    };
    engine.ok(&client(&["COGNITO", "Ceres"])).await;
    assert_eq!(
        engine.refused(&client(&["COGNITO", "Daphne"])).await,
        (
            INVALID.to_owned(),
            format!("The provider Daphne does not exist for User Pool {pool}.")
        )
    );
}

#[tokio::test]
async fn the_key_of_apple_is_kept_and_never_shown() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let request = CreateIdentityProviderRequest {
        provider_type: IdentityProviderTypeType::SignInWithApple,
        provider_details: map(&[
            ("client_id", "abc"),
            ("team_id", "T"),
            ("key_id", "K"),
            ("private_key", "hush"),
            ("authorize_scopes", "email"),
        ]),
        ..oidc(&pool, "SignInWithApple")
    };
    let made = engine.ok(&request).await.identity_provider;
    let details = made.provider_details.unwrap();
    assert!(!details.contains_key("private_key"));
    engine
        .ok(&UpdateIdentityProviderRequest {
            user_pool_id: pool,
            provider_name: "SignInWithApple".to_owned(),
            provider_details: Some(details),
            ..Default::default()
        })
        .await;
}

#[tokio::test]
async fn the_signing_certificate_is_of_the_pools_own_key() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let request = GetSigningCertificateRequest {
        user_pool_id: pool.clone(),
    };
    let text = engine.ok(&request).await.certificate.unwrap();
    assert_eq!(
        engine.ok(&request).await.certificate.unwrap(),
        text,
        "made the same each time"
    );
    let der = STANDARD.decode(&text).unwrap();
    // Certificate ::= SEQUENCE { tbsCertificate, algorithm, signature }, both lengths in two bytes.
    let length = usize::from(u16::from_be_bytes([der[6], der[7]])) + 4;
    let signed = &der[4..4 + length];
    let signature = &der[der.len() - 256..];
    let set = keys::jwks(engine.engine(), &pool).await.unwrap().unwrap();
    let part = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(set["keys"][0][name].as_str().unwrap())
            .unwrap()
    };
    RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    }
    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
    .unwrap();
    engine.clock.advance_secs(366 * 86_400);
    assert_ne!(
        engine.ok(&request).await.certificate.unwrap(),
        text,
        "renewed each year"
    );
    let saml = CreateIdentityProviderRequest {
        provider_type: IdentityProviderTypeType::Saml,
        provider_details: map(&[("MetadataURL", "https://idp.example.com/metadata")]),
        ..oidc(&pool, "Saml")
    };
    let made = engine.ok(&saml).await.identity_provider.provider_details.unwrap();
    assert_eq!(
        made.get("ActiveEncryptionCertificate"),
        engine.ok(&request).await.certificate.as_ref()
    );
    let absent = GetSigningCertificateRequest {
        user_pool_id: "us-east-1_absent111".to_owned(),
    };
    assert_eq!(engine.refused(&absent).await.0, NOT_FOUND);
}

#[tokio::test]
async fn an_identity_is_linked_shown_and_unlinked() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.ok(&google(&pool)).await;
    engine.user(&pool, "maria", &[]).await;
    engine.user(&pool, "jo", &[]).await;
    let subject = named("Google", "Cognito_Subject", "1138");
    engine.ok(&link(&pool, "maria", subject.clone())).await;
    let shown = identities(&engine, &pool, "maria").await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["userId"], "1138");
    assert_eq!(shown[0]["providerType"], "Google");
    assert_eq!(shown[0]["primary"], false);
    assert_eq!(
        engine.refused(&link(&pool, "maria", subject.clone())).await,
        (
            INVALID.to_owned(),
            "SourceUser is already linked to DestinationUser".to_owned()
        )
    );
    let (code, text) = engine.refused(&link(&pool, "jo", subject.clone())).await;
    assert_eq!(code, INVALID);
    assert!(text.starts_with("Merging is not currently supported"), "{text}");
    // The identity leads to the user it is linked to.
    let by_identity = AdminLinkProviderForUserRequest {
        destination_user: subject.clone(),
        ..link(&pool, "", named("Google", "", "2187"))
    };
    engine.ok(&by_identity).await;
    assert_eq!(identities(&engine, &pool, "maria").await.len(), 2);
    let unlink = |user: ProviderUserIdentifierType| AdminDisableProviderForUserRequest {
        user_pool_id: pool.clone(),
        user,
    };
    engine.ok(&unlink(subject.clone())).await;
    let left = identities(&engine, &pool, "maria").await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["userId"], "2187");
    assert_eq!(
        engine.refused(&unlink(subject.clone())).await.0,
        "UserNotFoundException"
    );
    engine.ok(&link(&pool, "jo", subject)).await;
    // Who is deleted leaves no identity behind.
    engine
        .ok(&AdminDeleteUserRequest {
            user_pool_id: pool.clone(),
            username: "maria".to_owned(),
        })
        .await;
    engine.ok(&link(&pool, "jo", named("Google", "", "2187"))).await;
}

#[tokio::test]
async fn links_that_cannot_be_are_refused() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    engine.ok(&google(&pool)).await;
    engine.ok(&oidc(&pool, "Corp")).await;
    engine.user(&pool, "maria", &[]).await;
    engine.user(&pool, "Google_7", &[]).await;
    for (source, code) in [
        (named("Google", "email", "m@example.com"), INVALID),
        (named("Google", "", ""), INVALID),
        (named("", "", "7"), INVALID),
        (named("Cognito", "", "maria"), INVALID),
        (named("Corp", "family_name", "x"), INVALID),
        (named("Absent", "", "7"), NOT_FOUND),
    ] {
        assert_eq!(
            engine.refused(&link(&pool, "maria", source.clone())).await.0,
            code,
            "{source:?}"
        );
    }
    assert_eq!(
        engine
            .refused(&link(&pool, "absent", named("Google", "", "8")))
            .await
            .0,
        "UserNotFoundException"
    );
    engine
        .ok(&link(&pool, "maria", named("Corp", "email", "m@x")))
        .await;
    // Anybody may have chosen the name of a profile: that of subject 7 stands in nobody's way.
    for subject in ["1", "2", "3", "7"] {
        engine
            .ok(&link(&pool, "maria", named("Google", "", subject)))
            .await;
    }
    assert_eq!(
        engine
            .refused(&link(&pool, "maria", named("Google", "", "5")))
            .await
            .0,
        "LimitExceededException"
    );
}

#[tokio::test]
async fn a_native_user_that_is_disabled_has_no_password_left() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine
        .client_with(CreateUserPoolClientRequest {
            user_pool_id: pool.clone(),
            explicit_auth_flows: Some(vec![
                ExplicitAuthFlowsType::AllowUserPasswordAuth,
                ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ]),
            ..Default::default()
        })
        .await;
    engine.user(&pool, "maria", &[]).await;
    engine
        .ok(&AdminSetUserPasswordRequest {
            user_pool_id: pool.clone(),
            username: "maria".to_owned(),
            password: "Correct-horse-1".into(),
            permanent: Some(true),
        })
        .await;
    let sign_in = InitiateAuthRequest {
        client_id: client,
        auth_flow: AuthFlowType::UserPasswordAuth,
        auth_parameters: Some(
            [("USERNAME", "maria"), ("PASSWORD", "Correct-horse-1")]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
        ),
        ..Default::default()
    };
    engine.ok(&sign_in).await;
    engine
        .ok(&AdminDisableProviderForUserRequest {
            user_pool_id: pool.clone(),
            user: named("Cognito", "Cognito_Subject", "maria"),
        })
        .await;
    assert_eq!(
        engine.refused(&sign_in).await,
        (
            "NotAuthorizedException".to_owned(),
            "Incorrect username or password.".to_owned()
        )
    );
    assert_eq!(
        engine
            .refused(&AdminDisableProviderForUserRequest {
                user_pool_id: pool,
                user: named("Cognito", "Cognito_Subject", "absent"),
            })
            .await
            .0,
        "UserNotFoundException"
    );
}

#[tokio::test]
async fn levels_of_proof_are_openid_connects_alone() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let levels = Some(std::collections::BTreeMap::from([(
        "Level2".to_owned(),
        "silver".to_owned(),
    )]));
    let google = CreateIdentityProviderRequest {
        user_pool_id: pool.clone(),
        provider_name: "Google".to_owned(),
        provider_type: IdentityProviderTypeType::Google,
        provider_details: ["client_id", "client_secret", "authorize_scopes"]
            .map(|key| (key.to_owned(), "x".to_owned()))
            .into(),
        ..Default::default()
    };
    let with_levels = CreateIdentityProviderRequest {
        acr_mapping: levels.clone(),
        ..google.clone()
    };
    assert_eq!(engine.refused(&with_levels).await.0, "InvalidParameterException");
    engine.ok(&google).await;
    let later = UpdateIdentityProviderRequest {
        user_pool_id: pool,
        provider_name: "Google".to_owned(),
        acr_mapping: levels,
        ..Default::default()
    };
    assert_eq!(engine.refused(&later).await.0, "InvalidParameterException");
}

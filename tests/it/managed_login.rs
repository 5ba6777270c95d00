//! Styles of managed login pages: settings, pictures, and whose they are.

use poolhouse::wire::Blob;
use poolhouse::wire::idp::*;
use serde_json::json;

use crate::support::TestEngine;

const INVALID: &str = "InvalidParameterException";
const NOT_FOUND: &str = "ResourceNotFoundException";

fn create(pool: &str, client: &str) -> CreateManagedLoginBrandingRequest {
    CreateManagedLoginBrandingRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
        ..Default::default()
    }
}

fn by_client(pool: &str, client: &str, merged: bool) -> DescribeManagedLoginBrandingByClientRequest {
    DescribeManagedLoginBrandingByClientRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.to_owned(),
        return_merged_resources: Some(merged),
    }
}

fn update(pool: &str, id: &str) -> UpdateManagedLoginBrandingRequest {
    UpdateManagedLoginBrandingRequest {
        user_pool_id: Some(pool.to_owned()),
        managed_login_branding_id: Some(id.to_owned()),
        ..Default::default()
    }
}

fn logo(mode: ColorSchemeModeType, bytes: Option<&[u8]>) -> AssetType {
    AssetType {
        category: AssetCategoryType::FormLogo,
        color_mode: mode,
        extension: AssetExtensionType::Png,
        bytes: bytes.map(|bytes| Blob(bytes.to_vec())),
        resource_id: None,
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

#[tokio::test]
async fn a_style_is_its_own_values_or_all_of_them() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    let request = CreateManagedLoginBrandingRequest {
        settings: Some(json!({"components": {"form": {"borderRadius": 3}}})),
        assets: Some(vec![logo(ColorSchemeModeType::Light, Some(PNG))]),
        ..create(&pool, &client)
    };
    let made = engine.ok(&request).await.managed_login_branding.unwrap();
    assert_eq!(made.use_cognito_provided_values, Some(false));
    assert_eq!(
        engine.refused(&request).await.0,
        "ManagedLoginBrandingExistsException"
    );
    let own = engine.ok(&by_client(&pool, &client, false)).await;
    assert_eq!(own.managed_login_branding.as_ref(), Some(&made));
    let all = engine.ok(&by_client(&pool, &client, true)).await;
    let all = all.managed_login_branding.unwrap().settings.unwrap();
    assert_eq!(all["components"]["form"]["borderRadius"], 3);
    assert_eq!(
        all["components"]["form"]["lightMode"]["backgroundColor"],
        "ffffffff"
    );
    let id = made.managed_login_branding_id.clone().unwrap();
    let described = engine
        .ok(&DescribeManagedLoginBrandingRequest {
            user_pool_id: pool.clone(),
            managed_login_branding_id: id.clone(),
            return_merged_resources: None,
        })
        .await;
    assert_eq!(described.managed_login_branding, Some(made));
    let delete = DeleteManagedLoginBrandingRequest {
        user_pool_id: pool.clone(),
        managed_login_branding_id: id.clone(),
    };
    engine.ok(&delete).await;
    assert_eq!(engine.refused(&delete).await.0, NOT_FOUND);
    assert_eq!(engine.refused(&update(&pool, &id)).await.0, NOT_FOUND);
    assert_eq!(
        engine.refused(&by_client(&pool, &client, false)).await.0,
        NOT_FOUND
    );
    engine.ok(&request).await;
}

#[tokio::test]
async fn a_large_style_is_sent_in_parts() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    let made = engine
        .ok(&CreateManagedLoginBrandingRequest {
            use_cognito_provided_values: Some(true),
            ..create(&pool, &client)
        })
        .await;
    let made = made.managed_login_branding.unwrap();
    assert_eq!(made.use_cognito_provided_values, Some(true));
    assert_eq!(made.settings, None);
    let id = made.managed_login_branding_id.unwrap();
    let first = UpdateManagedLoginBrandingRequest {
        settings: Some(json!({"categories": {"global": {"colorSchemeMode": "DARK"}}})),
        assets: Some(vec![
            logo(ColorSchemeModeType::Light, Some(PNG)),
            logo(ColorSchemeModeType::Dark, Some(PNG)),
        ]),
        ..update(&pool, &id)
    };
    engine.ok(&first).await;
    let second = UpdateManagedLoginBrandingRequest {
        settings: Some(json!({"categories": {"global": {"spacingDensity": "COMPACT"}}})),
        assets: Some(vec![
            logo(ColorSchemeModeType::Dark, Some(b"\x89PNG\r\n\x1a\nanother")),
            logo(ColorSchemeModeType::Light, None),
        ]),
        ..update(&pool, &id)
    };
    let changed = engine.ok(&second).await.managed_login_branding.unwrap();
    assert_eq!(changed.use_cognito_provided_values, Some(false));
    assert_eq!(
        changed.settings.unwrap(),
        json!({"categories": {"global": {"colorSchemeMode": "DARK", "spacingDensity": "COMPACT"}}})
    );
    assert_eq!(
        changed.assets.unwrap(),
        [logo(ColorSchemeModeType::Dark, Some(b"\x89PNG\r\n\x1a\nanother"))]
    );
    let back = UpdateManagedLoginBrandingRequest {
        use_cognito_provided_values: Some(true),
        ..update(&pool, &id)
    };
    let changed = engine.ok(&back).await.managed_login_branding.unwrap();
    assert_eq!((changed.settings, changed.assets), (None, Some(Vec::new())));
}

#[tokio::test]
async fn what_is_not_in_the_key_tree_is_refused_by_its_place() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    let settings = CreateManagedLoginBrandingRequest {
        settings: Some(json!({"components": {"form": {"borderRadius": "3px", "shadow": true}}})),
        ..create(&pool, &client)
    };
    assert_eq!(
        engine.refused(&settings).await,
        (
            INVALID.to_owned(),
            "components.form.borderRadius must be a number of pixels.\n\
             components.form.shadow is not a known key."
                .to_owned()
        )
    );
    let with = |assets: Vec<AssetType>| CreateManagedLoginBrandingRequest {
        assets: Some(assets),
        ..create(&pool, &client)
    };
    let light = || logo(ColorSchemeModeType::Light, Some(PNG));
    for bad in [
        with(vec![light(), light()]),
        with(vec![logo(ColorSchemeModeType::Light, Some(b"GIF89a"))]),
        with(vec![AssetType {
            category: AssetCategoryType::FaviconIco,
            ..light()
        }]),
        with(vec![AssetType {
            bytes: Some(Blob(vec![0; 1_000_001])),
            ..light()
        }]),
        CreateManagedLoginBrandingRequest {
            use_cognito_provided_values: Some(true),
            ..with(vec![light()])
        },
    ] {
        assert_eq!(engine.refused(&bad).await.0, INVALID);
    }
    let mut large = vec![b'x'; 900_000];
    large[..PNG.len()].copy_from_slice(PNG);
    let three = [
        ColorSchemeModeType::Light,
        ColorSchemeModeType::Dark,
        ColorSchemeModeType::Dynamic,
    ];
    let heavy = with(three.map(|mode| logo(mode, Some(&large))).to_vec());
    assert_eq!(engine.refused(&heavy).await.0, INVALID);
    assert_eq!(
        engine
            .refused(&UpdateManagedLoginBrandingRequest::default())
            .await
            .0,
        INVALID
    );
    assert_eq!(
        engine
            .refused(&create(&pool, "absent1absent1absent1absen"))
            .await
            .0,
        NOT_FOUND
    );
}

#[tokio::test]
async fn a_user_pool_has_twenty_styles_and_a_client_takes_its_own_along() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let mut clients = Vec::new();
    for _ in 0..21 {
        clients.push(engine.client(&pool).await);
    }
    for client in &clients[..20] {
        engine.ok(&create(&pool, client)).await;
    }
    let last = create(&pool, &clients[20]);
    assert_eq!(engine.refused(&last).await.0, "LimitExceededException");
    engine
        .ok(&DeleteUserPoolClientRequest {
            user_pool_id: pool.clone(),
            client_id: clients[0].clone(),
        })
        .await;
    engine.ok(&last).await;
}

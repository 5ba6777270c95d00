//! Classic branding: what is set, what is refused, what a client falls back to.

use poolhouse::store::records::ui_customization;
use poolhouse::wire::Blob;
use poolhouse::wire::idp::*;

use crate::support::TestEngine;

const CSS: &str = ".banner-customizable { background-color: #123456; }";

fn png(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(side, side, image::Rgba([9, 80, 160, 255]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn set(pool: &str) -> SetUICustomizationRequest {
    SetUICustomizationRequest {
        user_pool_id: pool.to_owned(),
        ..Default::default()
    }
}

fn get(pool: &str, client: Option<&str>) -> GetUICustomizationRequest {
    GetUICustomizationRequest {
        user_pool_id: pool.to_owned(),
        client_id: client.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_client_has_its_own_branding_or_the_pools() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let client = engine.client(&pool).await;
    let nothing = engine.ok(&get(&pool, Some(&client))).await.ui_customization;
    assert_eq!(nothing, UICustomizationType::default());
    let wide = SetUICustomizationRequest {
        css: Some(CSS.to_owned()),
        ..set(&pool)
    };
    let made = engine.ok(&wide).await.ui_customization;
    assert_eq!(made.client_id.as_deref(), Some("ALL"));
    assert_eq!(made.css_version.as_deref(), Some("20260101000000"));
    assert_eq!(engine.ok(&get(&pool, Some(&client))).await.ui_customization, made);
    let own = SetUICustomizationRequest {
        client_id: Some(client.clone()),
        image_file: Some(Blob(png(40))),
        ..set(&pool)
    };
    let own = engine.ok(&own).await.ui_customization;
    assert_eq!(own.css, None);
    assert_eq!(engine.ok(&get(&pool, Some(&client))).await.ui_customization, own);
    assert_eq!(engine.ok(&get(&pool, None)).await.ui_customization, made);
    // The address names a logo that the store has.
    let url = own.image_url.unwrap();
    let tail = url
        .strip_prefix(&format!("http://127.0.0.1:9229/{pool}/assets/"))
        .unwrap();
    let logo = tail.strip_suffix(".png").unwrap().to_owned();
    let in_pool = pool.clone();
    let kept = engine
        .store
        .read(move |r| ui_customization::logo(r, &in_pool, &logo))
        .await
        .unwrap();
    assert_eq!(kept, Some(("image/png".to_owned(), png(40))));
    // What a call does not name is cleared.
    engine.clock.advance_secs(1);
    let cleared = SetUICustomizationRequest {
        client_id: Some(client.clone()),
        css: Some(CSS.to_owned()),
        ..set(&pool)
    };
    let cleared = engine.ok(&cleared).await.ui_customization;
    assert_eq!(
        (cleared.image_url, cleared.creation_date),
        (None, own.creation_date)
    );
    assert_eq!(cleared.css_version.as_deref(), Some("20260101000001"));
}

#[tokio::test]
async fn style_and_logo_are_held_to_their_rules() {
    let engine = TestEngine::new().await;
    let pool = engine.user_pool().await;
    let mut cut = png(64);
    cut.truncate(60);
    let cases = [
        (Some(".mine { color: red }"), None),
        (Some("@import url(https://example.com/x.css);"), None),
        (None, Some(b"GIF89a not a picture".to_vec())),
        (None, Some(cut)),
        (None, Some(vec![0; 120_000])),
    ];
    for (style, logo) in cases {
        let request = SetUICustomizationRequest {
            css: style.map(str::to_owned),
            image_file: logo.map(Blob),
            ..set(&pool)
        };
        let (code, text) = engine.refused(&request).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(!text.is_empty());
    }
    let nothing = engine.ok(&get(&pool, None)).await.ui_customization;
    assert_eq!(nothing, UICustomizationType::default());
    let absent = SetUICustomizationRequest {
        client_id: Some("absent".to_owned()),
        ..set(&pool)
    };
    assert_eq!(engine.refused(&absent).await.0, "ResourceNotFoundException");
    assert_eq!(
        engine.refused(&set("us-east-1_absent111")).await.0,
        "ResourceNotFoundException"
    );
    assert_eq!(
        engine.refused(&get("us-east-1_absent111", None)).await.0,
        "ResourceNotFoundException"
    );
}

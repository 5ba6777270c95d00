//! The link that confirms a sign-up.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::engine::Error;
use poolhouse::store::records::outbox;
use poolhouse::wire::idp::*;

use crate::http::Server;

#[tokio::test(flavor = "multi_thread")]
async fn link_of_a_sign_up_asks_and_its_button_confirms() {
    let server = Server::start().await;
    let engine = &server.engine;
    let pool = engine
        .user_pool_with(CreateUserPoolRequest {
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            verification_message_template: Some(VerificationMessageTemplateType {
                default_email_option: Some(DefaultEmailOptionType::ConfirmWithLink),
                ..Default::default()
            }),
            ..Default::default()
        })
        .await;
    engine
        .ok(&CreateUserPoolDomainRequest {
            domain: "people".to_owned(),
            user_pool_id: pool.clone(),
            ..Default::default()
        })
        .await;
    // A link knows no secret hash, and a client with a secret takes it all the same.
    let client = engine
        .client_with(CreateUserPoolClientRequest {
            user_pool_id: pool.clone(),
            generate_secret: Some(true),
            ..Default::default()
        })
        .await;
    let secret = engine
        .ok(&DescribeUserPoolClientRequest {
            user_pool_id: pool.clone(),
            client_id: client.clone(),
        })
        .await
        .user_pool_client
        .and_then(|client| client.client_secret)
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let hash = STANDARD.encode(hmac::sign(&key, format!("maria{client}").as_bytes()));
    engine
        .ok(&SignUpRequest {
            client_id: client.clone(),
            secret_hash: Some(hash.into()),
            username: "maria".to_owned(),
            password: Some("Correct-Horse-9".into()),
            user_attributes: Some(vec![AttributeType {
                name: "email".to_owned(),
                value: Some("maria@example.com".into()),
            }]),
            ..Default::default()
        })
        .await;
    let status = async || {
        let request = AdminGetUserRequest {
            user_pool_id: pool.clone(),
            username: "maria".to_owned(),
        };
        engine.ok(&request).await.user_status.unwrap()
    };
    let sent = engine
        .store
        .read(|r| outbox::list(r, None, None, None, 1).map_err(Error::from))
        .await
        .unwrap();
    let link = sent[0]
        .body
        .split('"')
        .find(|part| part.contains("/confirmUser"))
        .unwrap()
        .replace("&amp;", "&");
    assert!(link.starts_with(&server.url()), "{link}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let wrong = link.rsplit_once('=').unwrap().0.to_owned() + "=000000";
    for (method, url, expected) in [
        (reqwest::Method::GET, &link, 200),
        (reqwest::Method::GET, &wrong, 200),
        (reqwest::Method::POST, &wrong, 404),
        (
            reqwest::Method::POST,
            &format!("{}/confirmUser", server.url()),
            404,
        ),
    ] {
        let answer = http.request(method.clone(), url).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{method} {url}");
        assert_eq!(status().await, UserStatusType::Unconfirmed);
    }
    let answer = http.post(&link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("is confirmed"));
    assert_eq!(status().await, UserStatusType::Confirmed);
    // Once.
    assert_eq!(http.post(&link).send().await.unwrap().status(), 404);
}

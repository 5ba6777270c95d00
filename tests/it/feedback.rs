//! The page behind the links of an e-mail about a risky sign-in.

use poolhouse::wire::idp::*;

use crate::http::Server;
use crate::support::TestEngine;
use crate::threat_protection::{PASSWORD, Setting};

/// What a page of the server answered: its status and its text.
async fn page(asked: reqwest::RequestBuilder) -> (u16, String) {
    let answer = asked.send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    let policy = header("content-security-policy");
    for held in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(held), "{policy}");
    }
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_the_e_mail_asks_and_its_button_tells() {
    let setting = Setting::new(AdvancedSecurityModeType::Enforced).await;
    let server = Server::on(TestEngine::beside(&setting.engine)).await;
    setting.act(AccountTakeoverEventActionType::Block, true).await;
    let home = setting.sign_in("192.0.2.1", "Browser", PASSWORD);
    setting.engine.ok(&home).await;
    setting.engine.ok(&home).await;
    let strange = setting.sign_in("198.51.100.9", "Other", PASSWORD);
    setting.engine.refused(&strange).await;
    setting.events(3).await;
    let mails = setting.mails().await;
    let (_, link) = mails[0].body.split_once("</b> ").unwrap();
    let link = link.split(' ').next().unwrap().replace("&amp;", "&");
    assert!(link.starts_with(&server.url()), "{link}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // Opened, as a scanner does, it only asks.
    for method in [reqwest::Method::HEAD, reqwest::Method::GET] {
        let (status, _) = page(http.request(method, &link)).await;
        assert_eq!(status, 200);
    }
    let (_, asked) = page(http.get(&link)).await;
    assert!(asked.contains("<form method=\"post\"><button type=\"submit\">No, this was not me"));
    assert!(!asked.contains("feedback_token"), "{asked}");
    assert_eq!(setting.events(3).await[0].event_feedback, None);
    // What is wrong is not told, and comes back nowhere.
    let part = |name: &str| {
        let (_, rest) = link.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    let nowhere = page(http.post(format!("{}/feedback", server.url()))).await;
    assert_eq!(nowhere.0, 404);
    for (name, wrong) in [
        ("feedback_token", "x"),
        ("feedback_token", "%22%3E%3Cscript%3E"),
        ("sub", "00000000-0000-4000-8000-000000000000"),
        ("event_id", "00000000-0000-4000-8000-000000000000"),
        ("event_id", "x"),
        ("user_pool_id", "us-east-1_NoSuchPL1"),
        ("user_pool_id", "%3Cb%3E"),
    ] {
        let forged = link.replace(&format!("{name}={}", part(name)), &format!("{name}={wrong}"));
        assert_ne!(forged, link);
        assert_eq!(page(http.post(forged)).await, nowhere, "{name}={wrong}");
    }
    assert_eq!(setting.events(3).await[0].event_feedback, None);
    let (status, thanks) = page(http.post(&link)).await;
    assert_eq!(status, 200);
    assert!(thanks.contains("It is noted that this was not you."), "{thanks}");
    let given = setting.events(3).await[0].event_feedback.clone().unwrap();
    assert_eq!(given.feedback_value, FeedbackValueType::Invalid);
    assert_eq!(given.provider, "User");
}

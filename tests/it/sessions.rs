use poolhouse::base::secret::Secret;
use poolhouse::engine::Error;
use poolhouse::store::records::sessions::{self, Session};
use poolhouse::wire::idp::{
    self, AuthFlowType as Flow, RevokeAssociatedSessionsType as Linked, UserPoolTierType as Tier,
    UserSessionTrackingType as Tracking,
};

use crate::sign_in::{ALL, House, refusal};

const REVOKED: &str = "NotAuthorizedException: Access Token has been revoked";
const UNTRACKED: &str = "InvalidParameterException: User session tracking is not enabled for the user pool.";

fn track(
    house: &House,
    tracking: Tracking,
    max_per_user: i32,
) -> idp::SetUserPoolSessionConfigurationRequest {
    idp::SetUserPoolSessionConfigurationRequest {
        user_pool_id: house.pool.id.clone(),
        user_session_tracking: tracking,
        token_session: idp::UserPoolTokenSessionConfigType { max_per_user },
    }
}

async fn house(max_per_user: i32) -> House {
    let house = House::new(ALL, |_, _| {}).await;
    house.user("amelia", |_| {}).await;
    house
        .engine
        .ok(&track(&house, Tracking::Enabled, max_per_user))
        .await;
    house
}

async fn listed(house: &House, token: &Secret) -> Vec<idp::SessionDescriptionType> {
    let request = idp::ListUserSessionsRequest {
        access_token: token.clone(),
        next_token: None,
    };
    house.engine.ok(&request).await.sessions.unwrap()
}

fn revoke(token: &Secret, id: &str) -> idp::RevokeUserSessionRequest {
    idp::RevokeUserSessionRequest {
        access_token: token.clone(),
        session_id: id.to_owned(),
        revoke_associated_sessions: None,
    }
}

fn get_user(token: &Secret) -> idp::GetUserRequest {
    idp::GetUserRequest {
        access_token: token.clone(),
    }
}

#[tokio::test]
async fn configuration_is_off_by_default_and_replaced_whole() {
    let house = House::new(ALL, |_, _| {}).await;
    let get = idp::GetUserPoolSessionConfigurationRequest {
        user_pool_id: house.pool.id.clone(),
    };
    let before = house.engine.ok(&get).await;
    assert_eq!(before.user_session_tracking, Some(Tracking::Disabled));
    assert_eq!(before.token_session.unwrap().max_per_user, 20);
    let of_client = idp::GetUserPoolClientSessionConfigurationRequest {
        user_pool_id: house.pool.id.clone(),
        client_id: house.client.id.clone(),
    };
    let minutes = house.engine.ok(&of_client).await.sso_session.unwrap();
    assert_eq!(minutes.max_validity_minutes, 60);
    let set_client = idp::SetUserPoolClientSessionConfigurationRequest {
        user_pool_id: house.pool.id.clone(),
        client_id: house.client.id.clone(),
        sso_session: idp::ClientSSOSessionConfigType {
            max_validity_minutes: 0,
        },
    };
    assert_eq!(refusal(house.engine.refused(&set_client).await), UNTRACKED);
    house.engine.ok(&track(&house, Tracking::Enabled, 3)).await;
    let after = house.engine.ok(&get).await;
    assert_eq!(after.user_session_tracking, Some(Tracking::Enabled));
    assert_eq!(after.token_session.unwrap().max_per_user, 3);
    house.engine.ok(&set_client).await;
    let minutes = house.engine.ok(&of_client).await.sso_session.unwrap();
    assert_eq!(minutes.max_validity_minutes, 0);

    // Switched off, a client's configuration sleeps.
    house.engine.ok(&track(&house, Tracking::Disabled, 3)).await;
    let minutes = house.engine.ok(&of_client).await.sso_session.unwrap();
    assert_eq!(minutes.max_validity_minutes, 0);
    let elsewhere = idp::GetUserPoolClientSessionConfigurationRequest {
        client_id: "nobody".to_owned(),
        ..of_client
    };
    assert_eq!(
        house.engine.refused(&elsewhere).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn lite_plan_has_no_sessions() {
    let house = House::new(ALL, |pool, _| pool.settings.user_pool_tier = Some(Tier::Lite)).await;
    let set = track(&house, Tracking::Enabled, 3);
    assert_eq!(
        house.engine.refused(&set).await.0,
        "FeatureUnavailableInTierException"
    );
    let set_client = idp::SetUserPoolClientSessionConfigurationRequest {
        user_pool_id: house.pool.id.clone(),
        client_id: house.client.id.clone(),
        ..Default::default()
    };
    assert_eq!(
        house.engine.refused(&set_client).await.0,
        "FeatureUnavailableInTierException"
    );
}

#[tokio::test]
async fn a_pool_that_tracks_sessions_keeps_its_plan() {
    let house = house(5).await;
    let lower = idp::UpdateUserPoolRequest {
        user_pool_id: house.pool.id.clone(),
        user_pool_tier: Some(Tier::Lite),
        ..Default::default()
    };
    let (code, text) = house.engine.refused(&lower).await;
    assert_eq!(code, "TierChangeNotAllowedException");
    assert!(text.contains("Session Management"), "{text}");
    house.engine.ok(&track(&house, Tracking::Disabled, 5)).await;
    house.engine.ok(&lower).await;
}

#[tokio::test]
async fn a_session_is_where_the_table_of_places_says() {
    let house = house(5).await;
    let server = crate::http::Server::on(crate::support::TestEngine::beside(&house.engine)).await;
    let request = house.begin(
        Flow::UserPasswordAuth,
        &[("USERNAME", "amelia"), ("PASSWORD", crate::sign_in::PASSWORD)],
    );
    let driver = server.driver(None, crate::support::START);
    let token = driver.call(&request).await.unwrap().authentication_result;
    let token = token.and_then(|tokens| tokens.access_token).unwrap();
    let location = async || listed(&house, &token).await[0].last_location.clone().unwrap();
    assert_eq!(location().await.city.as_deref(), Some("unknown"));
    let table = house.engine.folder.path().join("places.csv");
    std::fs::write(table, "127.0.0.0/8,DE,Berlin\n").unwrap();
    let location = location().await;
    assert_eq!(
        (location.city.as_deref(), location.country.as_deref()),
        (Some("Berlin"), Some("DE"))
    );
}

#[tokio::test]
async fn untracked_pools_keep_and_list_nothing() {
    let house = House::new(ALL, |_, _| {}).await;
    let user = house.user("amelia", |_| {}).await;
    let token = house.sign_in("amelia").await.access_token.unwrap();
    let list = idp::ListUserSessionsRequest {
        access_token: token.clone(),
        next_token: None,
    };
    assert_eq!(refusal(house.engine.refused(&list).await), UNTRACKED);
    let id = format!("tkn{}", "0".repeat(25));
    assert_eq!(
        refusal(house.engine.refused(&revoke(&token, &id)).await),
        UNTRACKED
    );
    let pool = house.pool.id.clone();
    let kept = house
        .engine
        .store
        .read(move |r| sessions::of_user(r, &pool, &user.sub, Default::default(), 9).map_err(Error::from))
        .await
        .unwrap();
    assert!(kept.is_empty());
}

#[tokio::test]
async fn every_sign_in_is_a_session_that_a_refresh_keeps_alive() {
    let house = house(20).await;
    let first = house.sign_in("amelia").await;
    house.engine.clock.advance_secs(10);
    let second = house.sign_in("amelia").await;
    let token = second.access_token.unwrap();
    let shown = listed(&house, &token).await;
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0].is_current_session, Some(true));
    assert_eq!(shown[1].is_current_session, Some(false));
    assert_eq!(shown[0].device_type.as_deref(), Some("unknown"));
    assert_eq!(shown[0].client_id, Some(house.client.id.clone()));
    assert_eq!(shown[0].origin_session_id, None);
    assert!(shown[0].session_id.as_ref().unwrap().starts_with("tkn"));

    house.engine.clock.advance_secs(10);
    let refresh = first.refresh_token.unwrap();
    let again = house.begin(Flow::RefreshTokenAuth, &[("REFRESH_TOKEN", refresh.expose())]);
    house.engine.ok(&again).await;
    let shown = listed(&house, &token).await;
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0].is_current_session, Some(false));
    assert!(shown[0].last_active_date > shown[0].create_date);
    let by_admin = idp::AdminListUserSessionsRequest {
        user_pool_id: house.pool.id.clone(),
        username: "amelia".to_owned(),
        next_token: None,
    };
    let by_admin = house.engine.ok(&by_admin).await.sessions.unwrap();
    assert_eq!(by_admin.len(), 2);
    assert!(by_admin.iter().all(|it| it.is_current_session == Some(false)));

    // What has ended is not listed: thirty days later neither token can be refreshed.
    house.engine.clock.advance_secs(31 * 86_400);
    let token = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(listed(&house, &token).await.len(), 1);
}

#[tokio::test]
async fn session_that_is_one_too_many_ends_the_quietest() {
    let house = house(2).await;
    let mut refresh = Vec::new();
    for _ in 0..2 {
        refresh.push(house.sign_in("amelia").await.refresh_token.unwrap());
        house.engine.clock.advance_secs(1);
    }
    let renew = |token: &Secret| house.begin(Flow::RefreshTokenAuth, &[("REFRESH_TOKEN", token.expose())]);
    // The first is used again, so the second is the quietest.
    house.engine.ok(&renew(&refresh[0])).await;
    house.engine.clock.advance_secs(1);
    let third = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(
        refusal(house.engine.refused(&renew(&refresh[1])).await),
        "NotAuthorizedException: Refresh Token has been revoked"
    );
    house.engine.ok(&renew(&refresh[0])).await;
    assert_eq!(listed(&house, &third).await.len(), 2);

    // A lower limit is met at the next sign-in, not before.
    house.engine.ok(&track(&house, Tracking::Enabled, 1)).await;
    assert_eq!(listed(&house, &third).await.len(), 2);
    let last = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(listed(&house, &last).await.len(), 1);
    assert_eq!(refusal(house.engine.refused(&get_user(&third)).await), REVOKED);
}

#[tokio::test]
async fn user_revokes_another_session_but_not_the_own() {
    let house = house(20).await;
    house.user("brian", |_| {}).await;
    let first = house.sign_in("amelia").await.access_token.unwrap();
    house.engine.clock.advance_secs(1);
    let second = house.sign_in("amelia").await.access_token.unwrap();
    let shown = listed(&house, &second).await;
    let (own, other) = (
        shown[0].session_id.clone().unwrap(),
        shown[1].session_id.clone().unwrap(),
    );
    assert_eq!(
        house.engine.refused(&revoke(&second, &own)).await.0,
        "InvalidParameterException"
    );
    // Another user's session is none of theirs.
    let stranger = house.sign_in("brian").await.access_token.unwrap();
    assert_eq!(
        refusal(house.engine.refused(&revoke(&stranger, &other)).await),
        "ResourceNotFoundException: Session does not exist."
    );
    house.engine.ok(&revoke(&second, &other)).await;
    assert_eq!(refusal(house.engine.refused(&get_user(&first)).await), REVOKED);
    house.engine.ok(&get_user(&second)).await;
    assert_eq!(listed(&house, &second).await.len(), 1);
    let by_admin = idp::AdminRevokeUserSessionRequest {
        user_pool_id: house.pool.id.clone(),
        username: "amelia".to_owned(),
        session_id: own,
        revoke_associated_sessions: None,
    };
    house.engine.ok(&by_admin).await;
    assert_eq!(refusal(house.engine.refused(&get_user(&second)).await), REVOKED);
    assert_eq!(
        house.engine.refused(&by_admin).await.0,
        "ResourceNotFoundException"
    );
    let nobody = idp::AdminRevokeUserSessionRequest {
        username: "nobody".to_owned(),
        ..by_admin
    };
    assert_eq!(house.engine.refused(&nobody).await.0, "UserNotFoundException");
    let nobody = idp::AdminListUserSessionsRequest {
        user_pool_id: house.pool.id.clone(),
        username: "nobody".to_owned(),
        next_token: None,
    };
    assert_eq!(house.engine.refused(&nobody).await.0, "UserNotFoundException");
}

/// Puts a browser session there, and makes it the parent of the token session `child`.
async fn adopt(house: &House, child: &idp::SessionDescriptionType) -> String {
    let sso = format!("sso{}", "7".repeat(25));
    let (pool, id, child) = (
        house.pool.id.clone(),
        sso.clone(),
        child.session_id.clone().unwrap(),
    );
    let expires_at = crate::support::START.plus_secs(3600);
    let username = "amelia".to_owned();
    let naming = house.pool.clone();
    house
        .engine
        .store
        .transact("adopt session", move |tx| {
            let user = poolhouse::engine::auth::lookup::user(tx, &naming, &username)?.unwrap();
            let before = sessions::get(tx, &pool, &user.sub, &child)?.unwrap();
            let browser = Session {
                id: id.clone(),
                origin_jti: None,
                client_id: None,
                expires_at,
                ..before.clone()
            };
            sessions::put(tx, &browser)?;
            let adopted = Session {
                origin_session_id: Some(id.clone()),
                ..before
            };
            sessions::put(tx, &adopted)?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    sso
}

#[tokio::test]
async fn linked_revocation_ends_browser_and_tokens_together() {
    let house = house(20).await;
    let first = house.sign_in("amelia").await;
    house.engine.clock.advance_secs(1);
    let second = house.sign_in("amelia").await.access_token.unwrap();
    let first_session = listed(&house, &second).await.remove(1);
    let sso = adopt(&house, &first_session).await;
    assert_eq!(listed(&house, &second).await.len(), 3);
    let linked = idp::RevokeUserSessionRequest {
        revoke_associated_sessions: Some(Linked::Linked),
        ..revoke(&second, &sso)
    };
    house.engine.ok(&linked).await;
    assert_eq!(listed(&house, &second).await.len(), 1);
    assert_eq!(
        refusal(
            house
                .engine
                .refused(&get_user(&first.access_token.unwrap()))
                .await
        ),
        REVOKED
    );

    // Without the wish only the target goes; a token's own revocation takes the browser's along.
    let third = house.sign_in("amelia").await;
    let of_third = listed(&house, third.access_token.as_ref().unwrap()).await;
    let of_third = of_third
        .into_iter()
        .find(|it| it.is_current_session == Some(true))
        .unwrap();
    adopt(&house, &of_third).await;
    let revoke_token = idp::RevokeTokenRequest {
        token: third.refresh_token.unwrap(),
        client_id: house.client.id.clone(),
        revoke_associated_sessions: Some(Linked::Linked),
        ..Default::default()
    };
    house.engine.ok(&revoke_token).await;
    assert_eq!(listed(&house, &second).await.len(), 1);
}

#[tokio::test]
async fn signing_out_everywhere_leaves_no_session() {
    let house = house(20).await;
    for _ in 0..3 {
        house.sign_in("amelia").await;
    }
    let token = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(listed(&house, &token).await.len(), 4);
    let out = idp::AdminUserGlobalSignOutRequest {
        user_pool_id: house.pool.id.clone(),
        username: "amelia".to_owned(),
    };
    house.engine.ok(&out).await;
    let token = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(listed(&house, &token).await.len(), 1);
    house
        .engine
        .ok(&idp::GlobalSignOutRequest {
            access_token: token.clone(),
        })
        .await;
    let token = house.sign_in("amelia").await.access_token.unwrap();
    assert_eq!(listed(&house, &token).await.len(), 1);
}

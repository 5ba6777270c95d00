use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::base::secret::Secret;
use poolhouse::wire::Service;
use poolhouse::wire::idp::{
    self, AuthFlowType as Flow, ChallengeNameType as Challenge, DeviceRememberedStatusType as Status,
    UserPoolMfaType,
};
use serde_json::json;

use crate::sign_in::{ALL, House, PASSWORD, SrpClient, claims, refusal, verifier};

const UNKNOWN: &str = "ResourceNotFoundException: Device does not exist.";
const DEVICE_PASSWORD: &str = "Zm9yIHRoZSBkZXZpY2UgYWxvbmU=";

async fn house(stands_in: bool, on_prompt: bool) -> House {
    House::new(ALL, |pool, _| {
        pool.settings.device_configuration = Some(idp::DeviceConfigurationType {
            challenge_required_on_new_device: Some(stands_in),
            device_only_remembered_on_user_prompt: Some(on_prompt),
        });
    })
    .await
}

/// What an app keeps of a device.
struct App {
    key: String,
    group: String,
    token: Secret,
    refresh: Secret,
}

impl App {
    /// Signs in on a new device.
    async fn new(house: &House, username: &str) -> Self {
        let result = house.sign_in(username).await;
        let device = result.new_device_metadata.unwrap();
        Self {
            key: device.device_key.unwrap(),
            group: device.device_group_key.unwrap(),
            token: result.access_token.unwrap(),
            refresh: result.refresh_token.unwrap(),
        }
    }

    fn confirm(&self) -> idp::ConfirmDeviceRequest {
        let salt = [0, 0x91, 2, 3];
        let v = verifier((&self.group, &self.key), DEVICE_PASSWORD, &salt);
        idp::ConfirmDeviceRequest {
            access_token: self.token.clone(),
            device_key: self.key.clone(),
            device_name: Some("phone".to_owned()),
            device_secret_verifier_config: Some(idp::DeviceSecretVerifierConfigType {
                password_verifier: Some(STANDARD.encode(v)),
                salt: Some(STANDARD.encode(salt)),
            }),
        }
    }

    /// Signs in and is confirmed.
    async fn confirmed(house: &House, username: &str) -> Self {
        let app = Self::new(house, username).await;
        house.engine.ok(&app.confirm()).await;
        app
    }

    fn begin(&self, house: &House, username: &str) -> idp::InitiateAuthRequest {
        house.begin(
            Flow::UserPasswordAuth,
            &[
                ("USERNAME", username),
                ("PASSWORD", PASSWORD),
                ("DEVICE_KEY", &self.key),
            ],
        )
    }

    /// Answers the first half of the device's proof; returns what the second half needs.
    async fn first_half(
        &self,
        house: &House,
        username: &str,
        client: &SrpClient,
    ) -> BTreeMap<String, String> {
        let asked = house.engine.ok(&self.begin(house, username)).await;
        assert_eq!(asked.challenge_name, Some(Challenge::DeviceSrpAuth));
        let mut answer = house.answer(
            Challenge::DeviceSrpAuth,
            &[
                ("USERNAME", username),
                ("DEVICE_KEY", &self.key),
                ("SRP_A", &client.public()),
            ],
        );
        answer.session = asked.session;
        let challenge = house.engine.ok(&answer).await;
        assert_eq!(challenge.challenge_name, Some(Challenge::DevicePasswordVerifier));
        // An answered session is spent.
        let again = house.engine.refused(&answer).await;
        assert_eq!(
            refusal(again),
            "NotAuthorizedException: Invalid session for the user."
        );
        challenge.challenge_parameters.unwrap()
    }

    fn second_half(
        &self,
        house: &House,
        username: &str,
        client: &SrpClient,
        challenge: &BTreeMap<String, String>,
        password: &str,
    ) -> idp::RespondToAuthChallengeRequest {
        let at = house.engine.clock.clone();
        let now = poolhouse::base::clock::Clock::now(&at);
        let mut given = client.proof((&self.group, &self.key), challenge, password, now);
        given.push(("USERNAME", username.to_owned()));
        given.push(("DEVICE_KEY", self.key.clone()));
        let given: Vec<(&str, &str)> = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        house.answer(Challenge::DevicePasswordVerifier, &given)
    }
}

fn attribute<'a>(device: &'a idp::DeviceType, name: &str) -> Option<&'a str> {
    let attributes = device.device_attributes.as_deref()?;
    attributes.iter().find(|it| it.name == name)?.value.as_deref()
}

#[tokio::test]
async fn sign_in_hands_out_a_key_only_where_devices_are_tracked() {
    let plain = House::new(ALL, |_, _| {}).await;
    plain.user("amelia", |_| {}).await;
    let result = plain.sign_in("amelia").await;
    assert!(result.new_device_metadata.is_none());
    assert!(claims(&result.access_token.unwrap()).get("device_key").is_none());

    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let app = App::new(&house, "amelia").await;
    assert!(app.key.starts_with("eu-west-1_"), "{}", app.key);
    assert_eq!(claims(&app.token)["device_key"], app.key.as_str());
    assert_ne!(App::new(&house, "amelia").await.key, app.key);
}

#[tokio::test]
async fn confirmed_device_is_shown_to_its_user_and_to_admins() {
    let house = house(true, false).await;
    let user = house.user("amelia", |_| {}).await;
    let app = App::new(&house, "amelia").await;
    let confirmed = house.engine.ok(&app.confirm()).await;
    assert_eq!(confirmed.user_confirmation_necessary, Some(false));
    let shown = house
        .engine
        .ok(&idp::GetDeviceRequest {
            device_key: app.key.clone(),
            access_token: Some(app.token.clone()),
        })
        .await
        .device;
    let arn = format!(
        "arn:aws:cognito-idp:eu-west-1:123456789012:owner/{}.{}/device/{}",
        user.sub, house.pool.id, app.key
    );
    assert_eq!(attribute(&shown, "device_status"), Some("valid"));
    assert_eq!(attribute(&shown, "device_name"), Some("phone"));
    assert_eq!(attribute(&shown, "dev:device_arn"), Some(arn.as_str()));
    assert_eq!(
        attribute(&shown, "dev:device_remembered_status"),
        Some("remembered")
    );
    let by_admin = house
        .engine
        .ok(&idp::AdminGetDeviceRequest {
            device_key: app.key.clone(),
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
        })
        .await
        .device;
    assert_eq!(by_admin, shown);
    let nameless = idp::GetDeviceRequest {
        device_key: app.key.clone(),
        access_token: None,
    };
    let refused = refusal(house.engine.refused(&nameless).await);
    assert_eq!(refused, "NotAuthorizedException: Invalid Access Token");
}

#[tokio::test]
async fn only_the_key_that_was_handed_out_is_confirmed_and_only_once() {
    let house = house(true, true).await;
    house.user("amelia", |_| {}).await;
    house.user("brian", |_| {}).await;
    let app = App::new(&house, "amelia").await;
    let other = App::new(&house, "brian").await;
    let stolen = idp::ConfirmDeviceRequest {
        device_key: other.key.clone(),
        ..app.confirm()
    };
    assert_eq!(refusal(house.engine.refused(&stolen).await), UNKNOWN);
    let bare = idp::ConfirmDeviceRequest {
        device_secret_verifier_config: None,
        ..app.confirm()
    };
    assert_eq!(house.engine.refused(&bare).await.0, "InvalidParameterException");
    let confirmed = house.engine.ok(&app.confirm()).await;
    assert_eq!(confirmed.user_confirmation_necessary, Some(true));
    assert_eq!(
        refusal(house.engine.refused(&app.confirm()).await),
        "DeviceKeyExistsException: Device already exists."
    );
    house
        .change_pool(|pool| pool.settings.device_configuration = None)
        .await;
    assert_eq!(
        refusal(house.engine.refused(&other.confirm()).await),
        "InvalidUserPoolConfigurationException: Device tracking is not enabled for the user pool."
    );
    // Nor is anything of devices told, or forgotten.
    let own = json!({"AccessToken": app.token.expose(), "DeviceKey": app.key});
    let admin = json!({"UserPoolId": house.pool.id, "Username": "amelia", "DeviceKey": app.key});
    for (operation, request) in [
        ("GetDevice", &own),
        ("ListDevices", &own),
        ("ForgetDevice", &own),
        ("AdminGetDevice", &admin),
        ("AdminListDevices", &admin),
        ("AdminForgetDevice", &admin),
    ] {
        assert_eq!(
            house.engine.code(Service::Idp, operation, request).await,
            "InvalidUserPoolConfigurationException",
            "{operation}"
        );
    }
}

#[tokio::test]
async fn devices_are_listed_in_pages_and_forgotten() {
    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let mut keys = Vec::new();
    let mut token = Secret::default();
    for _ in 0..3 {
        let app = App::confirmed(&house, "amelia").await;
        keys.push(app.key);
        token = app.token;
    }
    keys.sort();
    let first = idp::ListDevicesRequest {
        access_token: token.clone(),
        limit: Some(2),
        pagination_token: None,
    };
    let page = house.engine.ok(&first).await;
    let rest = house
        .engine
        .ok(&idp::ListDevicesRequest {
            pagination_token: page.pagination_token.clone(),
            ..first.clone()
        })
        .await;
    let shown: Vec<String> = page
        .devices
        .unwrap()
        .into_iter()
        .chain(rest.devices.unwrap())
        .filter_map(|device| device.device_key)
        .collect();
    assert_eq!(shown, keys);
    assert_eq!(rest.pagination_token, None);
    let foreign = idp::ListDevicesRequest {
        pagination_token: Some("bm8".to_owned()),
        ..first.clone()
    };
    assert_eq!(
        house.engine.refused(&foreign).await.0,
        "InvalidParameterException"
    );

    let forget = idp::ForgetDeviceRequest {
        access_token: Some(token.clone()),
        device_key: keys[0].clone(),
    };
    house.engine.ok(&forget).await;
    assert_eq!(refusal(house.engine.refused(&forget).await), UNKNOWN);
    let by_admin = idp::AdminForgetDeviceRequest {
        user_pool_id: house.pool.id.clone(),
        username: "amelia".to_owned(),
        device_key: keys[1].clone(),
    };
    house.engine.ok(&by_admin).await;
    assert_eq!(refusal(house.engine.refused(&by_admin).await), UNKNOWN);
    let listed = house
        .engine
        .ok(&idp::AdminListDevicesRequest {
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
            limit: Some(0),
            ..Default::default()
        })
        .await
        .devices
        .unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].device_key.as_ref(), Some(&keys[2]));
}

#[tokio::test]
async fn admins_are_told_of_users_and_pools_that_are_not_there() {
    let house = house(true, false).await;
    let pool = house.pool.id.clone();
    let name = || "nobody".to_owned();
    let key = || "eu-west-1_00".to_owned();
    let get = idp::AdminGetDeviceRequest {
        user_pool_id: pool.clone(),
        username: name(),
        device_key: key(),
    };
    let list = idp::AdminListDevicesRequest {
        user_pool_id: pool.clone(),
        username: name(),
        ..Default::default()
    };
    let update = idp::AdminUpdateDeviceStatusRequest {
        user_pool_id: pool.clone(),
        username: name(),
        device_key: key(),
        device_remembered_status: None,
    };
    let forget = idp::AdminForgetDeviceRequest {
        user_pool_id: pool.clone(),
        username: name(),
        device_key: key(),
    };
    assert_eq!(house.engine.refused(&get).await.0, "ResourceNotFoundException");
    assert_eq!(house.engine.refused(&list).await.0, "ResourceNotFoundException");
    assert_eq!(house.engine.refused(&update).await.0, "UserNotFoundException");
    assert_eq!(house.engine.refused(&forget).await.0, "UserNotFoundException");
    let elsewhere = idp::AdminGetDeviceRequest {
        user_pool_id: "eu-west-1_Nowhere".to_owned(),
        ..get
    };
    assert_eq!(
        refusal(house.engine.refused(&elsewhere).await),
        "ResourceNotFoundException: User pool eu-west-1_Nowhere does not exist."
    );
}

#[tokio::test]
async fn remembered_device_stands_in_for_the_second_factor() {
    let house = house(true, true).await;
    house.user("amelia", |_| {}).await;
    let app = App::confirmed(&house, "amelia").await;
    house
        .change_pool(|pool| {
            pool.settings.mfa_configuration = Some(UserPoolMfaType::On);
            pool.mfa.mfa_configuration = Some(UserPoolMfaType::On);
        })
        .await;
    let client = SrpClient::new(41);

    // Not remembered yet: proven, but the second factor is still asked for.
    let challenge = app.first_half(&house, "amelia", &client).await;
    let proof = app.second_half(&house, "amelia", &client, &challenge, DEVICE_PASSWORD);
    let next = house.engine.call(&proof).await;
    assert!(next.is_err() || next.unwrap().authentication_result.is_none());

    house
        .engine
        .ok(&idp::UpdateDeviceStatusRequest {
            access_token: app.token.clone(),
            device_key: app.key.clone(),
            device_remembered_status: Some(Status::Remembered),
        })
        .await;
    house.engine.clock.advance_secs(60);
    let challenge = app.first_half(&house, "amelia", &client).await;
    let proof = app.second_half(&house, "amelia", &client, &challenge, DEVICE_PASSWORD);
    let result = house.engine.ok(&proof).await.authentication_result.unwrap();
    assert!(result.new_device_metadata.is_none());
    let token = result.access_token.unwrap();
    assert_eq!(claims(&token)["device_key"], app.key.as_str());
    let shown = house
        .engine
        .ok(&idp::GetDeviceRequest {
            device_key: app.key.clone(),
            access_token: Some(token),
        })
        .await
        .device;
    assert!(shown.device_last_authenticated_date > shown.device_create_date);
    // A proof counts once.
    assert_eq!(
        refusal(house.engine.refused(&proof).await),
        "NotAuthorizedException: Invalid session for the user."
    );

    // An admin may take that back.
    house
        .engine
        .ok(&idp::AdminUpdateDeviceStatusRequest {
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
            device_key: app.key.clone(),
            device_remembered_status: Some(Status::NotRemembered),
        })
        .await;
    let challenge = app.first_half(&house, "amelia", &client).await;
    let proof = app.second_half(&house, "amelia", &client, &challenge, DEVICE_PASSWORD);
    let next = house.engine.call(&proof).await;
    assert!(next.is_err() || next.unwrap().authentication_result.is_none());
}

#[tokio::test]
async fn wrong_device_password_is_refused_and_counts() {
    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let app = App::confirmed(&house, "amelia").await;
    let client = SrpClient::new(42);
    let challenge = app.first_half(&house, "amelia", &client).await;
    let proof = app.second_half(&house, "amelia", &client, &challenge, "another");
    assert_eq!(
        refusal(house.engine.refused(&proof).await),
        "NotAuthorizedException: Incorrect username or password."
    );
    // The exchange is over: the right password comes too late for it.
    let proof = app.second_half(&house, "amelia", &client, &challenge, DEVICE_PASSWORD);
    assert!(refusal(house.engine.refused(&proof).await).contains("Invalid session"));
}

#[tokio::test]
async fn blocks_of_passwords_and_devices_do_not_pass_for_each_other() {
    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let app = App::confirmed(&house, "amelia").await;
    let client = SrpClient::new(43);
    let asked = house
        .engine
        .ok(&house.begin(
            Flow::UserSrpAuth,
            &[
                ("USERNAME", "amelia"),
                ("SRP_A", &client.public()),
                ("DEVICE_KEY", &app.key),
            ],
        ))
        .await;
    let of_password = asked.challenge_parameters.unwrap();
    let swapped = app.second_half(&house, "amelia", &client, &of_password, DEVICE_PASSWORD);
    assert!(refusal(house.engine.refused(&swapped).await).contains("Invalid session"));
    let of_device = app.first_half(&house, "amelia", &client).await;
    let mut given = client.proof(
        (&app.group, &app.key),
        &of_device,
        DEVICE_PASSWORD,
        crate::support::START,
    );
    given.push(("USERNAME", "amelia".to_owned()));
    let given: Vec<(&str, &str)> = given
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let swapped = house.answer(Challenge::PasswordVerifier, &given);
    assert!(refusal(house.engine.refused(&swapped).await).contains("Invalid session"));
}

#[tokio::test]
async fn unknown_device_is_told_after_the_password_only() {
    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let app = App::new(&house, "amelia").await;
    assert_eq!(
        refusal(house.engine.refused(&app.begin(&house, "amelia")).await),
        UNKNOWN
    );
    let wrong = house.begin(
        Flow::UserPasswordAuth,
        &[
            ("USERNAME", "amelia"),
            ("PASSWORD", "Wrong-Horse-9"),
            ("DEVICE_KEY", &app.key),
        ],
    );
    assert_eq!(
        refusal(house.engine.refused(&wrong).await),
        "NotAuthorizedException: Incorrect username or password."
    );
}

#[tokio::test]
async fn refresh_wants_the_device_of_the_sign_in() {
    let house = house(true, false).await;
    house.user("amelia", |_| {}).await;
    let app = App::confirmed(&house, "amelia").await;
    let with = |key: Option<&str>| {
        let mut given = vec![("REFRESH_TOKEN", app.refresh.expose())];
        given.extend(key.map(|key| ("DEVICE_KEY", key)));
        house.begin(Flow::RefreshTokenAuth, &given)
    };
    for wrong in [None, Some("eu-west-1_00"), Some("")] {
        assert_eq!(
            refusal(house.engine.refused(&with(wrong)).await),
            "NotAuthorizedException: Invalid Refresh Token"
        );
    }
    let result = house.engine.ok(&with(Some(&app.key))).await;
    let result = result.authentication_result.unwrap();
    assert!(result.new_device_metadata.is_none());
    assert_eq!(
        claims(&result.access_token.unwrap())["device_key"],
        app.key.as_str()
    );
    let by_api = |key: Option<&str>| idp::GetTokensFromRefreshTokenRequest {
        refresh_token: app.refresh.clone(),
        client_id: house.client.id.clone(),
        device_key: key.map(str::to_owned),
        ..Default::default()
    };
    assert_eq!(
        refusal(house.engine.refused(&by_api(None)).await),
        "NotAuthorizedException: Invalid Refresh Token"
    );
    house.engine.ok(&by_api(Some(&app.key))).await;
}

#[tokio::test]
async fn forgotten_device_is_gone_with_its_tokens_and_is_not_confirmed_again() {
    let house = house(true, true).await;
    house.user("amelia", |_| {}).await;
    let refresh = |app: &App| {
        house.begin(
            Flow::RefreshTokenAuth,
            &[("REFRESH_TOKEN", app.refresh.expose()), ("DEVICE_KEY", &app.key)],
        )
    };
    let (lost, kept) = (
        App::confirmed(&house, "amelia").await,
        App::new(&house, "amelia").await,
    );
    house.engine.ok(&refresh(&lost)).await;
    house
        .engine
        .ok(&idp::AdminForgetDeviceRequest {
            user_pool_id: house.pool.id.clone(),
            username: "amelia".to_owned(),
            device_key: lost.key.clone(),
        })
        .await;
    assert_eq!(
        refusal(house.engine.refused(&refresh(&lost)).await),
        "NotAuthorizedException: Invalid Refresh Token"
    );
    // Its access token lives on for its hour, and confirms nothing.
    assert_eq!(refusal(house.engine.refused(&lost.confirm()).await), UNKNOWN);
    // A device that was never confirmed is none that was forgotten.
    house.engine.ok(&refresh(&kept)).await;
}

//! Operations on devices, by their users and by admins.

use uuid::Uuid;

use super::paging::Page;
use super::users::{pool_in, user_in};
use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::auth::device::{self, Verifier};
use crate::engine::auth::tokens::{self, Claims};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Cx, Error, Result};
use crate::store::records::devices::{self, Device};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::store::{Reader, Tx};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminForgetDeviceRequest, AdminGetDeviceRequest, AdminGetDeviceResponse, AdminListDevicesRequest,
    AdminListDevicesResponse, AdminUpdateDeviceStatusRequest, AdminUpdateDeviceStatusResponse, AttributeType,
    ConfirmDeviceRequest, ConfirmDeviceResponse, DeviceRememberedStatusType, DeviceType, ForgetDeviceRequest,
    GetDeviceRequest, GetDeviceResponse, ListDevicesRequest, ListDevicesResponse, UpdateDeviceStatusRequest,
    UpdateDeviceStatusResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<ConfirmDeviceRequest>(),
    Route::of::<GetDeviceRequest>(),
    Route::of::<ListDevicesRequest>(),
    Route::of::<UpdateDeviceStatusRequest>(),
    Route::of::<ForgetDeviceRequest>(),
    Route::of::<AdminGetDeviceRequest>(),
    Route::of::<AdminListDevicesRequest>(),
    Route::of::<AdminUpdateDeviceStatusRequest>(),
    Route::of::<AdminForgetDeviceRequest>(),
];

/// The most devices on a page.
const PAGE_MAX: usize = 60;

impl Handler for ConfirmDeviceRequest {
    async fn handle(self, cx: &Cx) -> Result<ConfirmDeviceResponse> {
        let (pool, user, claims) = signed_in(cx, Some(&self.access_token)).await?;
        require_tracking(&pool)?;
        let verifier = Verifier::read(self.device_secret_verifier_config.as_ref())?;
        let is_own = claims.device_key.as_ref() == Some(&self.device_key);
        let asks_user = device::asks_user(&pool);
        let engine = std::sync::Arc::clone(&cx.engine);
        let pool_id = pool.id.clone();
        let keys = cx.engine.store.read(move |r| engine.keys_of(r, &pool_id)).await?;
        let now = cx.now();
        let made = Device {
            user_pool_id: pool.id,
            sub: user.sub,
            group_key: device::group_key(&keys, &self.device_key),
            verifier: verifier.seal(&keys, &user.sub, &self.device_key, cx.rng()),
            key: self.device_key,
            name: self.device_name,
            created_at: now,
            modified_at: now,
            authenticated_at: now,
            is_remembered: !asks_user,
            last_ip: cx.source.map(|address| address.to_string()),
        };
        cx.engine
            .store
            .transact("ConfirmDevice", move |tx| {
                if devices::get(tx, &made.user_pool_id, &made.sub, &made.key)?.is_some() {
                    return Err(Error::new(
                        Code::DeviceKeyExistsException,
                        "Device already exists.",
                    ));
                }
                if !is_own || device::is_forgotten(tx, &made.user_pool_id, &made.key)? {
                    return Err(device::unknown());
                }
                devices::insert(tx, &made)?;
                Ok(())
            })
            .await?;
        Ok(ConfirmDeviceResponse {
            user_confirmation_necessary: Some(asks_user),
        })
    }
}

impl Handler for GetDeviceRequest {
    async fn handle(self, cx: &Cx) -> Result<GetDeviceResponse> {
        let (pool, user, _) = signed_in(cx, self.access_token.as_ref()).await?;
        require_tracking(&pool)?;
        let device = find(cx, pool, user.sub, self.device_key).await?;
        Ok(GetDeviceResponse {
            device: device_type(cx, &device),
        })
    }
}

impl Handler for ListDevicesRequest {
    async fn handle(self, cx: &Cx) -> Result<ListDevicesResponse> {
        let (pool, user, _) = signed_in(cx, Some(&self.access_token)).await?;
        require_tracking(&pool)?;
        let (devices, pagination_token) =
            page(cx, pool, user.sub, self.limit, self.pagination_token.as_deref()).await?;
        Ok(ListDevicesResponse {
            devices: Some(devices),
            pagination_token,
        })
    }
}

impl Handler for UpdateDeviceStatusRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateDeviceStatusResponse> {
        let (pool, user, _) = signed_in(cx, Some(&self.access_token)).await?;
        require_tracking(&pool)?;
        let status = self.device_remembered_status;
        set_status(cx, pool.id, user.sub, self.device_key, status).await?;
        Ok(UpdateDeviceStatusResponse {})
    }
}

impl Handler for ForgetDeviceRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let (pool, user, _) = signed_in(cx, self.access_token.as_ref()).await?;
        require_tracking(&pool)?;
        let now = cx.now();
        cx.engine
            .store
            .transact("ForgetDevice", move |tx| {
                forget(tx, &pool.id, &user.sub, &self.device_key, now)
            })
            .await
    }
}

impl Handler for AdminGetDeviceRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminGetDeviceResponse> {
        let (pool, user) = named(cx, self.user_pool_id, self.username).await?;
        // The operation declares no other error for a user who is not there.
        let user = user.ok_or_else(|| Error::not_found("User does not exist."))?;
        require_tracking(&pool)?;
        let device = find(cx, pool, user.sub, self.device_key).await?;
        Ok(AdminGetDeviceResponse {
            device: device_type(cx, &device),
        })
    }
}

impl Handler for AdminListDevicesRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminListDevicesResponse> {
        let (pool, user) = named(cx, self.user_pool_id, self.username).await?;
        let user = user.ok_or_else(|| Error::not_found("User does not exist."))?;
        require_tracking(&pool)?;
        let (devices, pagination_token) =
            page(cx, pool, user.sub, self.limit, self.pagination_token.as_deref()).await?;
        Ok(AdminListDevicesResponse {
            devices: Some(devices),
            pagination_token,
        })
    }
}

impl Handler for AdminUpdateDeviceStatusRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminUpdateDeviceStatusResponse> {
        let (pool, user) = named(cx, self.user_pool_id, self.username).await?;
        let user = user.ok_or_else(Error::no_user)?;
        require_tracking(&pool)?;
        let status = self.device_remembered_status;
        set_status(cx, pool.id, user.sub, self.device_key, status).await?;
        Ok(AdminUpdateDeviceStatusResponse {})
    }
}

impl Handler for AdminForgetDeviceRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let now = cx.now();
        cx.engine
            .store
            .transact("AdminForgetDevice", move |tx| {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let user = user_in(tx, &pool, &self.username)?.ok_or_else(Error::no_user)?;
                require_tracking(&pool)?;
                forget(tx, &pool.id, &user.sub, &self.device_key, now)
            })
            .await
    }
}

/// Returns who presents an access token. Two operations need one although the model does not.
async fn signed_in(cx: &Cx, token: Option<&Secret>) -> Result<(UserPool, User, Claims)> {
    let token = token.ok_or_else(|| Error::not_authorized("Invalid Access Token"))?;
    let (pool, _, user, claims) = tokens::user_of_access_token(cx, token).await?;
    Ok((pool, user, claims))
}

async fn named(cx: &Cx, user_pool_id: String, username: String) -> Result<(UserPool, Option<User>)> {
    cx.engine
        .store
        .read(move |r| {
            let pool = pool_in(r, &user_pool_id)?;
            let user = user_in(r, &pool, &username)?;
            Ok::<_, Error>((pool, user))
        })
        .await
}

fn require_tracking(pool: &UserPool) -> Result<()> {
    if device::is_tracked(pool) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidUserPoolConfigurationException,
        "Device tracking is not enabled for the user pool.",
    ))
}

fn device_in(r: &mut Reader<'_>, pool_id: &str, sub: &Uuid, key: &str) -> Result<Device> {
    devices::get(r, pool_id, sub, key)?.ok_or_else(device::unknown)
}

async fn find(cx: &Cx, pool: UserPool, sub: Uuid, key: String) -> Result<Device> {
    cx.engine
        .store
        .read(move |r| device_in(r, &pool.id, &sub, &key))
        .await
}

async fn page(
    cx: &Cx,
    pool: UserPool,
    sub: Uuid,
    limit: Option<i32>,
    token: Option<&str>,
) -> Result<(Vec<DeviceType>, Option<String>)> {
    let page = Page::new(cx, format!("devices/{}/{sub}", pool.id), token, limit, PAGE_MAX)?;
    let (after, ask) = (page.after.clone(), page.ask());
    let mut found = cx
        .engine
        .store
        .read(move |r| devices::list(r, &pool.id, &sub, &after, ask).map_err(Error::from))
        .await?;
    let next = page.cut(cx, &mut found, |device| &device.key);
    Ok((found.iter().map(|device| device_type(cx, device)).collect(), next))
}

/// Sets whether a device is remembered; without a wish it stays what it is.
async fn set_status(
    cx: &Cx,
    pool_id: String,
    sub: Uuid,
    key: String,
    status: Option<DeviceRememberedStatusType>,
) -> Result<()> {
    let now = cx.now();
    cx.engine
        .store
        .transact("update device status", move |tx| {
            let mut device = device_in(tx, &pool_id, &sub, &key)?;
            device.is_remembered = match &status {
                Some(DeviceRememberedStatusType::Remembered) => true,
                Some(DeviceRememberedStatusType::NotRemembered) => false,
                Some(DeviceRememberedStatusType::Unlisted(_)) | None => device.is_remembered,
            };
            device.modified_at = now;
            devices::update(tx, &device)?;
            Ok(())
        })
        .await
}

fn forget(tx: &mut Tx<'_>, pool_id: &str, sub: &Uuid, key: &str, now: UnixMillis) -> Result<NoOutput> {
    if devices::delete(tx, pool_id, sub, key)? {
        device::forget(tx, pool_id, key, now)?;
        return Ok(NoOutput);
    }
    Err(device::unknown())
}

/// Shows a device with the attribute names that have been seen of the vendor's.
fn device_type(cx: &Cx, device: &Device) -> DeviceType {
    let region = device
        .user_pool_id
        .rsplit_once('_')
        .map_or("", |(region, _)| region);
    let owner = format!("{}.{}", device.sub, device.user_pool_id);
    let arn = format!(
        "arn:aws:cognito-idp:{region}:{}:owner/{owner}/device/{}",
        cx.engine.settings().account_id,
        device.key
    );
    let status = if device.is_remembered {
        DeviceRememberedStatusType::Remembered
    } else {
        DeviceRememberedStatusType::NotRemembered
    };
    let attributes = [
        ("device_status", Some("valid".to_owned())),
        ("device_name", device.name.clone()),
        ("dev:device_arn", Some(arn)),
        ("dev:device_owner", Some(owner)),
        ("dev:device_remembered_status", Some(status.as_str().to_owned())),
        ("last_ip_used", device.last_ip.clone()),
    ];
    DeviceType {
        device_key: Some(device.key.clone()),
        device_attributes: Some(
            attributes
                .into_iter()
                .filter(|(_, value)| value.is_some())
                .map(|(name, value)| AttributeType {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
        ),
        device_create_date: Some(device.created_at.into()),
        device_last_modified_date: Some(device.modified_at.into()),
        device_last_authenticated_date: Some(device.authenticated_at.into()),
    }
}

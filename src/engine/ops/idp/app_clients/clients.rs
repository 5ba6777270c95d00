//! Making, showing, changing and deleting app clients.

use super::settings::{settings_of, split};
use crate::base::{ids, page};
use crate::engine::auth::client::{Flow, allows, find_in};
use crate::engine::dispatch::Handler;
use crate::engine::ops::idp::user_pools::{after, keep};
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::store::records::app_clients::{self, AppClient, ClientSecret};
use crate::store::records::user_pools::UserPool;
use crate::store::records::{managed_login, terms, ui_customization};
use crate::store::{Reader, Tx};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    ClientTypeType, CreateUserPoolClientRequest, CreateUserPoolClientResponse, DeleteUserPoolClientRequest,
    DescribeUserPoolClientRequest, DescribeUserPoolClientResponse, ListUserPoolClientsRequest,
    ListUserPoolClientsResponse, UpdateUserPoolClientRequest, UpdateUserPoolClientResponse,
    UserPoolClientDescription, UserPoolClientType,
};

/// The most app clients of a user pool. Source: developer guide, "Quotas".
const CLIENTS_MAX: usize = 1000;

impl Handler for CreateUserPoolClientRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateUserPoolClientResponse> {
        let now = cx.now();
        let id = ids::client_id(cx.rng());
        let (wanted, secret) = split(self, cx)?;
        let secrets: Vec<ClientSecret> = secret
            .map(|value| ClientSecret {
                id: format!("{id}--{}", now.secs()),
                value,
                created_at: now,
            })
            .into_iter()
            .collect();
        let client = cx
            .engine
            .store
            .transact("CreateUserPoolClient", move |tx| -> Result<_> {
                let pool = pool_in(tx, &wanted.user_pool_id)?;
                let limit = i64::try_from(CLIENTS_MAX).unwrap_or(i64::MAX);
                if app_clients::count_up_to(tx, &pool.id, CLIENTS_MAX)? >= limit {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {CLIENTS_MAX} app clients."),
                    ));
                }
                let settings = settings_of(tx, wanted.clone(), &pool, !secrets.is_empty(), None)?;
                let client = AppClient {
                    id: id.clone(),
                    user_pool_id: pool.id.clone(),
                    name: settings.client_name.clone().unwrap_or_default(),
                    created_at: now,
                    modified_at: now,
                    version: 1,
                    settings,
                    secrets: secrets.clone(),
                    ..AppClient::default()
                };
                app_clients::insert(tx, &client)?;
                note_srp(tx, pool)?;
                Ok(client)
            })
            .await?;
        Ok(CreateUserPoolClientResponse {
            user_pool_client: Some(described(&client)),
        })
    }
}

impl Handler for DescribeUserPoolClientRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeUserPoolClientResponse> {
        let (_, client) = cx
            .engine
            .store
            .read(move |r| find_in(r, &self.user_pool_id, &self.client_id))
            .await?;
        Ok(DescribeUserPoolClientResponse {
            user_pool_client: Some(described(&client)),
        })
    }
}

impl Handler for UpdateUserPoolClientRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateUserPoolClientResponse> {
        let now = cx.now();
        let client = cx
            .engine
            .store
            .transact("UpdateUserPoolClient", move |tx| -> Result<_> {
                let (pool, mut client) = find_in(tx, &self.user_pool_id, &self.client_id)?;
                let has_secret = !client.secrets.is_empty();
                client.settings = settings_of(tx, self.clone(), &pool, has_secret, Some(&client.name))?;
                client.name = client.settings.client_name.clone().unwrap_or_default();
                client.modified_at = now;
                keep_client(tx, &client)?;
                note_srp(tx, pool)?;
                Ok(client)
            })
            .await?;
        Ok(UpdateUserPoolClientResponse {
            user_pool_client: Some(described(&client)),
        })
    }
}

impl Handler for DeleteUserPoolClientRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteUserPoolClient", move |tx| -> Result<()> {
                let (pool, client) = find_in(tx, &self.user_pool_id, &self.client_id)?;
                app_clients::delete(tx, &client.id)?;
                ui_customization::delete(tx, &pool.id, &client.id)?;
                if let Some(style) = managed_login::of_client(tx, &pool.id, &client.id)? {
                    managed_login::delete(tx, &style)?;
                }
                terms::delete_of_client(tx, &pool.id, &client.id)?;
                note_srp(tx, pool)
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for ListUserPoolClientsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserPoolClientsResponse> {
        let listing = format!("ListUserPoolClients/{}", self.user_pool_id);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = usize::try_from(self.max_results.unwrap_or(60))
            .unwrap_or(60)
            .clamp(1, 60);
        let id = self.user_pool_id;
        let mut clients = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                Ok(app_clients::list(r, &pool.id, &after, limit.saturating_add(1))?)
            })
            .await?;
        let more = clients.len() > limit;
        clients.truncate(limit);
        let last = clients.last().filter(|_| more).map(|client| client.id.clone());
        let wanted = self.client_type.unwrap_or(ClientTypeType::Regular);
        Ok(ListUserPoolClientsResponse {
            user_pool_clients: Some(
                clients
                    .into_iter()
                    // No client registers itself here, so each is a regular one.
                    .filter(|_| wanted == ClientTypeType::Regular)
                    .map(|client| UserPoolClientDescription {
                        client_id: Some(client.id),
                        user_pool_id: Some(client.user_pool_id),
                        client_name: Some(client.name),
                    })
                    .collect(),
            ),
            next_token: last.map(|id| page::token(&listing, id.as_bytes(), cx.now())),
        })
    }
}

/// Fills in what is known only when asked. Of two secrets the newer is shown.
fn described(client: &AppClient) -> UserPoolClientType {
    UserPoolClientType {
        user_pool_id: Some(client.user_pool_id.clone()),
        client_id: Some(client.id.clone()),
        client_name: Some(client.name.clone()),
        client_secret: client.secrets.last().map(|secret| secret.value.clone()),
        creation_date: Some(client.created_at.into()),
        last_modified_date: Some(client.modified_at.into()),
        client_type: Some(ClientTypeType::Regular),
        ..client.settings.clone()
    }
}

pub(super) fn keep_client(tx: &mut Tx<'_>, client: &AppClient) -> Result<()> {
    if app_clients::update(tx, client)? {
        return Ok(());
    }
    Err(Error::new(
        Code::ConcurrentModificationException,
        "The app client was changed by another call. Please try again.",
    ))
}

/// Keeps the pool's mark in step: whether any of its clients may use SRP.
pub(super) fn note_srp(tx: &mut Tx<'_>, mut pool: UserPool) -> Result<()> {
    let any = any_uses_srp(tx, &pool.id)?;
    if any == pool.any_client_uses_srp {
        return Ok(());
    }
    pool.any_client_uses_srp = any;
    keep(tx, &pool)
}

pub(super) fn any_uses_srp(r: &mut Reader<'_>, pool: &str) -> Result<bool> {
    const PAGE: usize = 100;
    let mut after = String::new();
    loop {
        let clients = app_clients::list(r, pool, &after, PAGE)?;
        // With the choice of factors SRP is one of the choices.
        if clients
            .iter()
            .any(|client| allows(client, Flow::UserSrp) || allows(client, Flow::Choice))
        {
            return Ok(true);
        }
        match clients.last() {
            Some(last) if clients.len() == PAGE => after.clone_from(&last.id),
            _ => return Ok(false),
        }
    }
}

//! The secrets of an app client: at most two, so that one can be exchanged while the other works.

use super::clients::keep_client;
use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::client::find_in;
use crate::engine::dispatch::Handler;
use crate::engine::{Cx, Error, Result};
use crate::store::records::app_clients::ClientSecret;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AddUserPoolClientSecretRequest, AddUserPoolClientSecretResponse, ClientSecretDescriptorType,
    DeleteUserPoolClientSecretRequest, DeleteUserPoolClientSecretResponse, ListUserPoolClientSecretsRequest,
    ListUserPoolClientSecretsResponse,
};

/// The most secrets of a client.
const SECRETS_MAX: usize = 2;

impl Handler for AddUserPoolClientSecretRequest {
    async fn handle(self, cx: &Cx) -> Result<AddUserPoolClientSecretResponse> {
        let now = cx.now();
        let given = self.client_secret.filter(|secret| !secret.is_empty());
        let generated = given.is_none();
        let value = given.unwrap_or_else(|| Secret::new(ids::client_secret(cx.rng())));
        let (pool_id, client_id) = (self.user_pool_id, self.client_id);
        let added = cx
            .engine
            .store
            .transact("AddUserPoolClientSecret", move |tx| -> Result<_> {
                let (_, mut client) = find_in(tx, &pool_id, &client_id)?;
                if client.secrets.is_empty() {
                    return Err(Error::invalid(format!(
                        "Client {client_id} was created without a secret; none can be added."
                    )));
                }
                if client.secrets.len() >= SECRETS_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A client has at most {SECRETS_MAX} secrets. Delete one first."),
                    ));
                }
                // The creation time names the secret, so two of one second get two names.
                let mut epoch = now.secs();
                let mut id = format!("{client_id}--{epoch}");
                while client.secrets.iter().any(|secret| secret.id == id) {
                    epoch = epoch.saturating_add(1);
                    id = format!("{client_id}--{epoch}");
                }
                let secret = ClientSecret {
                    id,
                    value: value.clone(),
                    created_at: now,
                };
                client.secrets.push(secret.clone());
                client.modified_at = now;
                keep_client(tx, &client)?;
                Ok(secret)
            })
            .await?;
        Ok(AddUserPoolClientSecretResponse {
            client_secret_descriptor: Some(ClientSecretDescriptorType {
                client_secret_value: generated.then(|| added.value.clone()),
                ..descriptor(&added)
            }),
        })
    }
}

impl Handler for DeleteUserPoolClientSecretRequest {
    async fn handle(self, cx: &Cx) -> Result<DeleteUserPoolClientSecretResponse> {
        let now = cx.now();
        cx.engine
            .store
            .transact("DeleteUserPoolClientSecret", move |tx| -> Result<()> {
                let (_, mut client) = find_in(tx, &self.user_pool_id, &self.client_id)?;
                if !client
                    .secrets
                    .iter()
                    .any(|secret| secret.id == self.client_secret_id)
                {
                    return Err(Error::not_found(format!(
                        "Client secret {} does not exist.",
                        self.client_secret_id
                    )));
                }
                if client.secrets.len() == 1 {
                    return Err(Error::invalid("The last secret of a client cannot be deleted."));
                }
                client.secrets.retain(|secret| secret.id != self.client_secret_id);
                client.modified_at = now;
                keep_client(tx, &client)
            })
            .await?;
        Ok(DeleteUserPoolClientSecretResponse {})
    }
}

impl Handler for ListUserPoolClientSecretsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserPoolClientSecretsResponse> {
        if self.next_token.is_some() {
            // Two secrets fit one page: no token was ever given.
            return Err(Error::invalid("Invalid pagination token."));
        }
        let (_, client) = cx
            .engine
            .store
            .read(move |r| find_in(r, &self.user_pool_id, &self.client_id))
            .await?;
        Ok(ListUserPoolClientSecretsResponse {
            client_secrets: Some(client.secrets.iter().map(descriptor).collect()),
            next_token: None,
        })
    }
}

fn descriptor(secret: &ClientSecret) -> ClientSecretDescriptorType {
    ClientSecretDescriptorType {
        client_secret_id: Some(secret.id.clone()),
        client_secret_value: None,
        client_secret_create_date: Some(secret.created_at.into()),
    }
}

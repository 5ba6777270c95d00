//! Operations on resource servers, and the question whether a scope exists.
//!
//! An update is a PUT: scopes that are missing are gone. App clients that held a removed
//! scope keep it in their settings, where it is without effect.

use std::collections::BTreeSet;

use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::paging::Page;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Error, Result};
use crate::store::Reader;
use crate::store::records::resource_servers::ResourceServer;
use crate::store::records::resources;
use crate::store::records::user_pools::UserPool;
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateResourceServerRequest, CreateResourceServerResponse, DeleteResourceServerRequest,
    DescribeResourceServerRequest, DescribeResourceServerResponse, ListResourceServersRequest,
    ListResourceServersResponse, ResourceServerManagedByType, ResourceServerScopeType, ResourceServerType,
    StatusType, UpdateResourceServerRequest, UpdateResourceServerResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateResourceServerRequest>(),
    Route::of::<DescribeResourceServerRequest>(),
    Route::of::<UpdateResourceServerRequest>(),
    Route::of::<DeleteResourceServerRequest>(),
    Route::of::<ListResourceServersRequest>(),
];

/// The most resource servers of a user pool. Source: developer guide, "Quotas".
const SERVERS_MAX: usize = 25;
/// The most entries of a page.
const PAGE_MAX: usize = 50;
/// The resource server of the service itself: it guards the registration of app clients.
const SYSTEM: &str = "aws.cognito";
/// The scope of the system's resource server that allows a client to register others.
const REGISTER: &str = "dcr/register";
/// The scopes that need no resource server.
pub const STANDARD_SCOPES: [&str; 5] = [
    "openid",
    "email",
    "phone",
    "profile",
    "aws.cognito.signin.user.admin",
];

impl Handler for CreateResourceServerRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateResourceServerResponse> {
        let now = cx.now();
        let server = ResourceServer {
            user_pool_id: self.user_pool_id,
            identifier: self.identifier,
            name: self.name,
            scopes: distinct(self.scopes)?,
            created_at: now,
            modified_at: now,
        };
        let made = server.clone();
        cx.engine
            .store
            .transact("CreateResourceServer", move |tx| -> Result<()> {
                let pool = pool_in(tx, &made.user_pool_id)?;
                refuse_system(&made.identifier)?;
                if resources::count_up_to::<ResourceServer>(tx, &pool.id, SERVERS_MAX)? >= SERVERS_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {SERVERS_MAX} resource servers."),
                    ));
                }
                if resources::insert(tx, &made)? {
                    return Ok(());
                }
                Err(Error::invalid(format!(
                    "{} already exists in user pool {}.",
                    made.identifier, pool.id
                )))
            })
            .await?;
        Ok(CreateResourceServerResponse {
            resource_server: shown(server),
        })
    }
}

impl Handler for DescribeResourceServerRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeResourceServerResponse> {
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                if let Some(system) = system_server(&pool).filter(|_| self.identifier == SYSTEM) {
                    return Ok(system);
                }
                Ok(shown(server_in(r, &pool.id, &self.identifier)?))
            })
            .await?;
        Ok(DescribeResourceServerResponse {
            resource_server: found,
        })
    }
}

impl Handler for UpdateResourceServerRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateResourceServerResponse> {
        let now = cx.now();
        let scopes = distinct(self.scopes)?;
        let (id, identifier, name) = (self.user_pool_id, self.identifier, self.name);
        let changed = cx
            .engine
            .store
            .transact("UpdateResourceServer", move |tx| -> Result<_> {
                let pool = pool_in(tx, &id)?;
                refuse_system(&identifier)?;
                let mut server = server_in(tx, &pool.id, &identifier)?;
                server.name.clone_from(&name);
                server.scopes.clone_from(&scopes);
                server.modified_at = now;
                resources::update(tx, &server)?;
                Ok(server)
            })
            .await?;
        Ok(UpdateResourceServerResponse {
            resource_server: shown(changed),
        })
    }
}

impl Handler for DeleteResourceServerRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteResourceServer", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                refuse_system(&self.identifier)?;
                if resources::delete::<ResourceServer>(tx, &pool.id, &self.identifier)? {
                    return Ok(());
                }
                Err(no_server(&self.identifier))
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for ListResourceServersRequest {
    async fn handle(self, cx: &Cx) -> Result<ListResourceServersResponse> {
        let id = self.user_pool_id;
        let listing = format!("ListResourceServers/{id}");
        let page = Page::new(
            cx,
            listing,
            self.next_token.as_deref(),
            self.max_results,
            PAGE_MAX,
        )?;
        let (after, ask) = (page.after.clone(), page.ask());
        let mut found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                let servers = resources::list::<ResourceServer>(r, &pool.id, &after, ask)?;
                let mut servers: Vec<_> = servers.into_iter().map(shown).collect();
                // Takes its place in the order of names.
                if let Some(system) = system_server(&pool).filter(|_| after.as_str() < SYSTEM) {
                    let at = servers.partition_point(|it| identifier_of(it) < SYSTEM);
                    servers.insert(at, system);
                    servers.truncate(ask);
                }
                Ok(servers)
            })
            .await?;
        let next_token = page.cut(cx, &mut found, identifier_of);
        Ok(ListResourceServersResponse {
            resource_servers: found,
            next_token,
        })
    }
}

/// Tells whether an app client of the user pool may ask for a scope: a standard one, or
/// `<identifier>/<scope>` of a resource server that has it.
///
/// # Errors
///
/// What the store reports.
pub fn scope_exists(r: &mut Reader<'_>, pool: &UserPool, scope: &str) -> Result<bool> {
    if STANDARD_SCOPES.contains(&scope) {
        return Ok(true);
    }
    if let Some(of_system) = scope.strip_prefix(SYSTEM).and_then(|it| it.strip_prefix('/')) {
        return Ok(of_system == REGISTER && system_server(pool).is_some());
    }
    // The identifier may be a URI, so the last slash divides: a scope's name has none.
    let Some((identifier, name)) = scope.rsplit_once('/') else {
        return Ok(false);
    };
    let server = resources::get::<ResourceServer>(r, &pool.id, identifier)?;
    Ok(server.is_some_and(|server| server.scopes.iter().any(|scope| scope.scope_name == name)))
}

fn identifier_of(server: &ResourceServerType) -> &str {
    server.identifier.as_deref().unwrap_or_default()
}

/// Returns the resource server that the service adds while app clients may register themselves.
fn system_server(pool: &UserPool) -> Option<ResourceServerType> {
    let dcr = pool.settings.dcr_configuration.as_ref()?;
    (dcr.enable_status == Some(StatusType::Enabled)).then(|| ResourceServerType {
        user_pool_id: Some(pool.id.clone()),
        identifier: Some(SYSTEM.to_owned()),
        name: Some(SYSTEM.to_owned()),
        scopes: Some(vec![ResourceServerScopeType {
            scope_name: REGISTER.to_owned(),
            scope_description: "Register app clients.".to_owned(),
        }]),
        managed_by: Some(ResourceServerManagedByType::Cognito),
    })
}

fn refuse_system(identifier: &str) -> Result<()> {
    if identifier == SYSTEM {
        return Err(Error::invalid(format!(
            "The resource server {SYSTEM} is managed by the service."
        )));
    }
    Ok(())
}

fn distinct(scopes: Option<Vec<ResourceServerScopeType>>) -> Result<Vec<ResourceServerScopeType>> {
    let scopes = scopes.unwrap_or_default();
    let mut seen = BTreeSet::new();
    if let Some(twice) = scopes.iter().find(|scope| !seen.insert(&scope.scope_name)) {
        return Err(Error::invalid(format!(
            "The scope {} is given more than once.",
            twice.scope_name
        )));
    }
    Ok(scopes)
}

fn no_server(identifier: &str) -> Error {
    Error::not_found(format!("Resource server {identifier} does not exist."))
}

fn server_in(r: &mut Reader<'_>, pool: &str, identifier: &str) -> Result<ResourceServer> {
    resources::get(r, pool, identifier)?.ok_or_else(|| no_server(identifier))
}

fn shown(server: ResourceServer) -> ResourceServerType {
    ResourceServerType {
        user_pool_id: Some(server.user_pool_id),
        identifier: Some(server.identifier),
        name: Some(server.name),
        scopes: Some(server.scopes),
        managed_by: None,
    }
}

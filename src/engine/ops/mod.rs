//! Every operation that is answered, one file a resource, the same names as in `wire`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dispatch::Route;
use crate::wire::Service;

pub mod engine;
pub mod functions;
pub mod identity;
pub mod idp;
pub mod mail;

/// Returns every route.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    idp::ROUTES
        .iter()
        .chain(identity::ROUTES)
        .flat_map(|routes| routes.iter())
        .chain(engine::ROUTES)
        .chain(functions::ROUTES)
        .chain(mail::ROUTES)
}

static BY_NAME: LazyLock<HashMap<(Service, &'static str), &'static Route>> = LazyLock::new(|| {
    routes()
        .map(|route| ((route.info.service, route.info.name), route))
        .collect()
});

/// Finds the route of an operation.
pub fn find(service: Service, operation: &str) -> Option<&'static Route> {
    BY_NAME.get(&(service, operation)).copied()
}

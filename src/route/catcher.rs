//! The answer to what nobody else catches.

use std::sync::Arc;

use rocket::catcher::Catcher;
use rocket::http::{Method, Status};
use rocket::{Ignite, Request, Response, Rocket};

use super::body::is_form;
use super::described::Abort;
use super::function::AnyFunction;
use super::path::normalized;
use super::reply::{of_unknown_length, rocket_response};
use super::route_table::RouteTable;
use crate::error_format::{ErrorFormat, phrase};
use crate::function::{FunctionMeta, Guard};
use crate::repository::Repository;
use crate::resource::Resource;

/// A default catcher that answers JSON, whatever is accepted.
pub(crate) fn catcher(format: ErrorFormat) -> Catcher {
    let mut catcher = Catcher::new(None, Catch(format));
    catcher.name = Some("crewed".into());
    catcher
}

/// The sites of all APIs of one rocket, in its state.
pub(crate) struct RouteTables(Vec<Arc<RouteTable>>);

impl RouteTables {
    pub(crate) fn new(route_tables: Vec<Arc<RouteTable>>) -> Self {
        RouteTables(route_tables)
    }

    /// The rows of a resource that one of them serves. All of them share what serves it.
    pub(super) fn repository<R: Resource>(&self) -> Option<Repository<R>> {
        self.0.iter().find_map(|route_table| route_table.services.of::<R>())
    }

    /// Whether another API answers this.
    pub(super) fn answer(&self, but: &Arc<RouteTable>, method: Method, path: &str) -> bool {
        let mut others = self.0.iter().filter(|route_table| !Arc::ptr_eq(route_table, but));
        others.any(|route_table| route_table.target(path, method).is_some())
    }

    /// What keeps a rocket from launching: guards of functions that miss what they need.
    pub(crate) fn unmet(&self, rocket: &Rocket<Ignite>) -> Vec<String> {
        let functions =
            self.0.iter().flat_map(|route_table| route_table.functions.iter().map(AnyFunction::meta));
        let guards = functions.flat_map(|meta| meta.guards.iter().map(move |guard| (meta, guard)));
        let unmet = guards.filter(|(_, guard)| guard.abort.to::<Abort>().is_some_and(|abort| abort(rocket)));
        let line = |(meta, guard): (&FunctionMeta, &Guard)| {
            let instead = match guard.name {
                name if name.starts_with("&State<") || name.contains("::State<") => {
                    "nothing of this type is managed: add `.manage(..)` to the rocket"
                }
                name if name.starts_with("Repository<") => "no API serves it: add `.resource::<..>()` to one",
                _ => {
                    "this guard misses what it needs from the rocket (it is a `Sentinel` of Rocket's, which says what in the \
                      log)"
                }
            };
            format!("the function `{}` takes `{}`, but {instead}", meta.name, guard.name)
        };
        unmet.map(line).collect()
    }

    /// What is answered on a path of ours to a method that no route takes.
    fn refuse<'r>(&self, request: &Request<'_>) -> Option<Response<'r>> {
        let path = normalized(request.uri().path().as_str());
        self.0.iter().find_map(|route_table| route_table.refuse(request, &path))
    }
}

#[derive(Clone)]
struct Catch(ErrorFormat);

#[rocket::async_trait]
impl rocket::catcher::Handler for Catch {
    async fn handle<'r>(&self, status: Status, request: &'r Request<'_>) -> rocket::catcher::Result<'r> {
        // A method that Rocket does not know it never routes, and calls a bad request; OPTIONS has routes only where
        // somebody answers it.
        let refused = match (request.route(), status.code) {
            (None, 400 | 404) => {
                request.rocket().state::<RouteTables>().and_then(|route_tables| route_tables.refuse(request))
            }
            _ => None,
        };
        let mut response =
            refused.unwrap_or_else(|| rocket_response(self.0.status(status.code, phrase(status.code))));
        if is_form(request) && request.method() != Method::Post {
            // It may be a form's POST that Rocket took for a HEAD, and takes the body of the answer away from.
            of_unknown_length(&mut response);
        }
        Ok(response)
    }
}

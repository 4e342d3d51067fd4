//! The answer to what nobody else catches.

use std::sync::Arc;

use rocket::catcher::Catcher;
use rocket::http::{Method, Status};
use rocket::{Ignite, Request, Response, Rocket};

use super::function::AnyFunction;
use super::path::normalized;
use super::reply::rendered;
use super::site::Site;
use crate::openapi::{FunctionMeta, Guard};
use crate::render::{ErrorFormat, phrase};
use crate::resource::Resource;
use crate::resources::Resources;

/// A default catcher that answers JSON, whatever is accepted.
pub(crate) fn catcher(format: ErrorFormat) -> Catcher {
    let mut catcher = Catcher::new(None, Catch(format));
    catcher.name = Some("crewed".into());
    catcher
}

/// The sites of all APIs of one rocket, in its state.
pub(crate) struct Sites(Vec<Arc<Site>>);

impl Sites {
    pub(crate) fn new(sites: Vec<Arc<Site>>) -> Self {
        Sites(sites)
    }

    /// The rows of a resource that one of them serves. All of them share what serves it.
    pub(super) fn resources<R: Resource>(&self) -> Option<Resources<R>> {
        self.0.iter().find_map(|site| site.services.of::<R>())
    }

    /// Whether another API answers this.
    pub(super) fn answer(&self, but: &Arc<Site>, method: Method, path: &str) -> bool {
        let mut others = self.0.iter().filter(|site| !Arc::ptr_eq(site, but));
        others.any(|site| site.find(path).and_then(|node| node.target(method)).is_some())
    }

    /// What keeps a rocket from launching: guards of functions that miss what they need.
    pub(crate) fn unmet(&self, rocket: &Rocket<Ignite>) -> Vec<String> {
        let functions = self.0.iter().flat_map(|site| site.functions.iter().map(AnyFunction::meta));
        let guards = functions.flat_map(|meta| meta.guards.iter().map(move |guard| (meta, guard)));
        let unmet = guards.filter(|(_, guard)| guard.abort.is_some_and(|abort| abort(rocket)));
        let line = |(meta, guard): (&FunctionMeta, &Guard)| {
            let instead = match guard.name {
                name if name.starts_with("&State<") => {
                    "nothing of this type is managed: add `.manage(..)` to the rocket"
                }
                name if name.starts_with("Resources<") => "no API serves it: add `.resource::<..>()` to one",
                _ => "it keeps the rocket from launching, by its `Sentinel`",
            };
            format!("the function `{}` takes `{}`, but {instead}", meta.name, guard.name)
        };
        unmet.map(line).collect()
    }

    /// What is answered on a path of ours to a method that nobody knows.
    fn refuse<'r>(&self, request: &Request<'_>) -> Option<Response<'r>> {
        let path = normalized(request.uri().path().as_str());
        self.0.iter().find_map(|site| site.find_ours(&path).map(|node| site.not_allowed(node)))
    }
}

#[derive(Clone)]
struct Catch(ErrorFormat);

#[rocket::async_trait]
impl rocket::catcher::Handler for Catch {
    async fn handle<'r>(&self, status: Status, request: &'r Request<'_>) -> rocket::catcher::Result<'r> {
        // A method that Rocket does not know it never routes, and calls a bad request.
        if status == Status::BadRequest
            && request.route().is_none()
            && let Some(refused) = request.rocket().state::<Sites>().and_then(|sites| sites.refuse(request))
        {
            return Ok(refused);
        }
        Ok(rendered(self.0.status(status.code, phrase(status.code))))
    }
}

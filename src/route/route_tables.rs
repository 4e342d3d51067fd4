//! The route tables of all APIs of a rocket.

use std::collections::HashSet;
use std::sync::Arc;

use rocket::http::Method;
use rocket::{Ignite, Request, Response, Rocket};

use super::described::Abort;
use super::path::normalized;
use super::route_table::RouteTable;
use crate::function::Guard;
#[cfg(feature = "testing")]
use crate::operation::Service;
use crate::repository::{Asker, Repository};
use crate::resource::Resource;

/// The route tables of all APIs of one rocket, in the rocket's state.
pub(crate) struct RouteTables(Vec<Arc<RouteTable>>);

impl RouteTables {
    pub(crate) fn new(route_tables: Vec<Arc<RouteTable>>) -> Self {
        RouteTables(route_tables)
    }

    /// The repository of a resource for whoever asks, if one of the APIs serves it. All APIs share one service for each
    /// resource.
    pub(super) fn repository<R: Resource>(&self, asker: Asker) -> Option<Repository<R>> {
        self.0.iter().find_map(|route_table| route_table.services.of::<R>(asker.clone()))
    }

    /// The service of each resource, with what stands before its own path where the first API serves it.
    #[cfg(feature = "testing")]
    pub(crate) fn resources(&self) -> Vec<(&Service, &str)> {
        let mut all: Vec<(&Service, &str)> = Vec::new();
        for table in &self.0 {
            for resource in &table.resources {
                let service = table.services.at(resource.service);
                if !all.iter().any(|(known, _)| std::ptr::eq(known.meta(), service.meta())) {
                    all.push((service, &resource.prefix));
                }
            }
        }
        all
    }

    /// The table of each API.
    pub(super) fn all(&self) -> impl Iterator<Item = &RouteTable> {
        self.0.iter().map(|route_table| &**route_table)
    }

    /// The same table, for as long as the rocket exists.
    pub(super) fn same(&self, this: &Arc<RouteTable>) -> Option<&RouteTable> {
        self.0.iter().find(|route_table| Arc::ptr_eq(route_table, this)).map(|route_table| &**route_table)
    }

    /// Whether an API other than this one answers a method on a path.
    pub(super) fn answers_elsewhere(&self, this: &Arc<RouteTable>, method: Method, path: &str) -> bool {
        let mut others = self.0.iter().filter(|route_table| !Arc::ptr_eq(route_table, this));
        others.any(|route_table| route_table.target(path, method).is_some())
    }

    /// A message for each guard of a function whose sentinel aborts the launch, since it misses what it needs.
    pub(crate) fn unmet(&self, rocket: &Rocket<Ignite>) -> Vec<String> {
        let mut all: Vec<(String, &Guard)> = Vec::new();
        for route_table in &self.0 {
            for served in &route_table.functions {
                let meta = served.function.meta();
                all.extend(meta.guards.iter().map(|guard| (format!("the function `{}`", meta.name), guard)));
            }
            for meta in route_table.plans().flat_map(|plan| plan.nodes.iter().map(|node| node.meta)) {
                all.extend(
                    meta.guards.iter().map(|guard| (format!("the dependency `{}`", meta.name), guard)),
                );
            }
        }
        let unmet =
            all.into_iter().filter(|(_, guard)| guard.abort.to::<Abort>().is_some_and(|abort| abort(rocket)));
        let line = |(owner, guard): (String, &Guard)| {
            let instead = match guard.name {
                name if name.starts_with("&State<") || name.contains("::State<") => {
                    "nothing of this type is managed: add `.manage(..)` to the rocket"
                }
                name if name.starts_with("Repository<") => "no API serves it: add `.resource::<..>()` to one",
                _ => {
                    "this guard refuses to launch without something that the rocket lacks (it is a `Sentinel` of Rocket's, whose \
                      message is in the log)"
                }
            };
            format!("{owner} takes `{}`, but {instead}", guard.name)
        };
        let mut lines: Vec<String> = unmet.map(line).collect();
        // A dependency stands in the plans of many operations.
        let mut seen = HashSet::new();
        lines.retain(|line| seen.insert(line.clone()));
        lines
    }

    /// The refusal of a request that no route takes, where its path is one of an API.
    pub(super) fn refuse<'r>(&self, request: &Request<'_>) -> Option<Response<'r>> {
        let path = normalized(request.uri().path().as_str());
        self.0.iter().find_map(|route_table| route_table.refuse(request, &path))
    }
}

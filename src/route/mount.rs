//! The Rocket routes that an API mounts: one handler for each method, not one for each operation.
//!
//! Rocket compares a request with the routes of its method one after the other, stops at the first that takes it, and
//! answers 404 where none does. One catch-all route for each method finds operations in a trie instead, and can answer
//! 307 and 405, which need to know the other paths and methods of the API. The price is that crewed itself must let the
//! user's more specific routes have their requests: it forwards these, and mounts a fallback route on each path where
//! one of the user's routes overlaps with an operation, for the requests that the user's route forwards in turn.

use std::sync::Arc;

use rocket::http::Method;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};

use super::handler::ApiHandler;
use super::rank::{NAME, first_catch_all, first_fallback};
use super::reply::rocket_response;
use super::route_table::RouteTable;
use crate::http;

/// The path of a catch-all route: everything under the base of its API.
fn catch_all_path(base: &str) -> String {
    format!("{base}/<path..>")
}

/// A route of crewed's own, which comes before all others: `answer` makes what it answers.
pub(crate) fn ahead(
    path: &str,
    answer: impl Fn(&Request<'_>) -> http::Response + Clone + Send + Sync + 'static,
) -> Route {
    let mut route = Route::ranked(isize::MIN, Method::Get, path, Ahead(answer));
    route.name = Some(NAME.into());
    route
}

#[derive(Clone)]
struct Ahead<F>(F);

#[rocket::async_trait]
impl<F: Fn(&Request<'_>) -> http::Response + Clone + Send + Sync + 'static> Handler for Ahead<F> {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::Success(rocket_response((self.0)(request)))
    }
}

/// The routes of an API: the catch-all routes, and a fallback route wherever the user's routes overlap with it.
pub(crate) fn routes(route_table: &Arc<RouteTable>) -> Vec<Route> {
    let everything = catch_all_path(&route_table.base);
    let route = |is_fallback: bool, rank: isize, method: Method, path: &str| {
        let handler = ApiHandler { route_table: Arc::clone(route_table), is_fallback };
        let mut route = Route::ranked(rank, method, path, handler);
        route.name = Some(NAME.into());
        route
    };
    // A preflight belongs to a route of the user's, or to a fairing that checks whether any route was found. So
    // OPTIONS gets a catch-all route only where it is an operation.
    let methods = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
        Method::Trace,
        Method::Connect,
    ];
    let catch_all = methods.into_iter().map(|method| (method, everything.as_str()));
    let catch_all = catch_all.chain(route_table.options.iter().map(|path| (Method::Options, path.as_str())));
    let fallback = route_table.overlaps.iter().map(|(method, path)| (*method, path.as_str()));
    // Rocket refuses to launch with two overlapping routes of one rank, so each of these has its own.
    let ranked = |first: isize, is_fallback: bool| {
        move |((method, path), index): ((Method, &str), isize)| {
            route(is_fallback, first + index, method, path)
        }
    };
    let catch_all = catch_all.zip(0..).map(ranked(first_catch_all(&route_table.base), false));
    let fallback = fallback.zip(0..).map(ranked(first_fallback(&route_table.base), true));
    catch_all.chain(fallback).collect()
}

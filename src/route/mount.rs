//! The Rocket routes that an API mounts: one handler for each method, not one for each operation.
//!
//! Rocket compares a request with the routes of its method one after the other, stops at the first that takes it, and
//! answers 404 where none does. One catch-all route for each method finds operations in a trie instead, and can answer
//! 307 and 405, which need to know the other paths and methods of the API. The price is that crewed itself must let the
//! user's more specific routes have their requests: it forwards these, and mounts a fallback route on each path where
//! one of the user's routes overlaps with an operation, for the requests that the user's route forwards in turn.

use std::sync::Arc;

use rocket::Route;
use rocket::http::Method;
use rocket::route::Handler;

use super::handler::ApiHandler;
use super::rank::{BEFORE_APIS, BEHIND_APIS, LAST, NAME, first_catch_all, first_fallback};
use super::route_table::RouteTable;

/// The path of a catch-all route: everything under the base of its API.
fn catch_all_path(base: &str) -> String {
    format!("{base}/<path..>")
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

/// Routes on a path and below it that no route of the user's comes before. An operation whose path may be one of these
/// would take their requests, so they stand before all APIs where there is one `beside`; else behind these, where they
/// cost other requests nothing. Those of the methods that nobody answers come after all routes.
pub(crate) fn outermost_routes<H: Handler>(
    path: &str,
    beside: bool,
    handler: impl Fn(Method) -> H,
) -> Vec<Route> {
    let below = format!("{path}/<path..>");
    let first = if beside { BEFORE_APIS } else { BEHIND_APIS };
    let methods = [
        (Method::Get, first),
        (Method::Head, first),
        (Method::Post, LAST),
        (Method::Put, LAST),
        (Method::Patch, LAST),
        (Method::Delete, LAST),
        (Method::Options, LAST),
    ];
    let route = |(method, rank): (Method, isize)| {
        let mut route = Route::ranked(rank, method, &below, handler(method));
        route.name = Some(NAME.into());
        route
    };
    methods.map(route).into()
}

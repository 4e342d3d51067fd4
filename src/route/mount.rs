//! The routes of an API.

use std::sync::Arc;

use rocket::Route;
use rocket::http::Method;

use super::handler::ApiHandler;
use super::rank::{NAME, first_of_back, first_of_front};
use super::route_table::RouteTable;

/// Where a front answers; what is under it is everything.
fn front_path(base: &str) -> String {
    format!("{base}/<path..>")
}

/// The routes of an API: its front, and where others share its paths, its back.
pub(crate) fn routes(route_table: &Arc<RouteTable>) -> Vec<Route> {
    let everything = front_path(&route_table.base);
    let route = |is_fallback: bool, rank: isize, method: Method, path: &str| {
        let edge = ApiHandler { route_table: Arc::clone(route_table), is_fallback };
        let mut route = Route::ranked(rank, method, path, edge);
        route.name = Some(NAME.into());
        route
    };
    // A preflight reaches whoever answers it: a route of the user's, or a fairing that looks whether any route was
    // found. So there is a front for OPTIONS only where that is an operation.
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
    let front = methods.into_iter().map(|method| (method, everything.as_str()));
    let front = front.chain(route_table.options.iter().map(|path| (Method::Options, path.as_str())));
    let is_fallback = route_table.shared.iter().map(|(method, path)| (*method, path.as_str()));
    // Each has a rank of its own: they may overlap, and no two of one rank must.
    let ranked = |first: isize, is_fallback: bool| {
        move |((method, path), index): ((Method, &str), isize)| {
            route(is_fallback, first + index, method, path)
        }
    };
    let front = front.zip(0..).map(ranked(first_of_front(&route_table.base), false));
    let is_fallback = is_fallback.zip(0..).map(ranked(first_of_back(&route_table.base), true));
    front.chain(is_fallback).collect()
}

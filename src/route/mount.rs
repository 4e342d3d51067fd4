//! The routes of an API: where among all others they stand.
//!
//! Rocket asks routes in the order of their ranks. The *front* of an API stands before every other route, and its
//! *back* behind every other, so both take their ranks from the ends of what a rank can be: there is no rank that a
//! route of the user's may have between two of the same end. Of two APIs the one with the longer base goes first,
//! at both ends.

use std::sync::Arc;

use rocket::Route;
use rocket::http::Method;

use super::handler::Edge;
use super::site::Site;

/// The name of every route of an API's own. Rocket shows it in the log.
const NAME: &str = "crewed";

/// How many ranks the routes of one API have at either end.
const RANKS: isize = 1 << 20;

/// How many lengths of a base are told apart.
const DEPTHS: isize = 1 << 8;

/// The ranks of all fronts are below this. A few at the very end are left to routes that are to be asked before
/// everything else.
const FRONTS_END: isize = isize::MIN + (DEPTHS + 1) * RANKS;

/// The ranks of all backs begin here.
const BACKS_BEGIN: isize = isize::MAX - DEPTHS * RANKS;

/// Whether a route is an API's own.
pub(crate) fn is_own(route: &Route) -> bool {
    route.name.as_deref() == Some(NAME) && (route.rank < FRONTS_END || route.rank >= BACKS_BEGIN)
}

/// Whether a route of the user's has a rank behind which nothing is to come.
pub(super) fn has_nothing_behind(route: &Route) -> bool {
    route.rank >= BACKS_BEGIN
}

/// Where a front answers; what is under it is everything.
fn front_path(base: &str) -> String {
    format!("{base}/<path..>")
}

/// The routes of an API: its front, and where others share its paths, its back.
pub(crate) fn routes(site: &Arc<Site>) -> Vec<Route> {
    let everything = front_path(&site.base);
    let shorter = DEPTHS - 1 - depth(&site.base);
    let route = |back: bool, rank: isize, method: Method, path: &str| {
        let edge = Edge { site: Arc::clone(site), back };
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
    let front = front.chain(site.options.iter().map(|path| (Method::Options, path.as_str())));
    let back = site.shared.iter().map(|(method, path)| (*method, path.as_str()));
    // Each has a rank of its own: they may overlap, and no two of one rank must.
    let ranked = |first: isize, back: bool| {
        move |((method, path), index): ((Method, &str), isize)| route(back, first + index, method, path)
    };
    let front = front.zip(0..).map(ranked(isize::MIN + (shorter + 1) * RANKS, false));
    let back = back.zip(0..).map(ranked(BACKS_BEGIN + shorter * RANKS, true));
    front.chain(back).collect()
}

fn depth(base: &str) -> isize {
    (base.matches('/').count() as isize).min(DEPTHS - 1)
}

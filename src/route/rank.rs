//! The ranks of an API's routes, which decide where Rocket tries them among all other routes.
//!
//! Rocket tries routes in the order of their ranks, and users may give theirs any rank. The catch-all routes of an API
//! must come before all of these and its fallback routes after all of them, so both take their ranks from the two ends
//! of the range of `isize`; and a gate, which refuses requests before anybody sees them, has the very first. Fixed
//! offsets from the default ranks would not do: a route of the user's could have a rank between them. Of two APIs, the
//! one whose base has more segments comes first at either end.

use rocket::Route;

/// The name of every route that crewed mounts. Rocket shows it in the log.
pub(super) const NAME: &str = "crewed";

/// The name of the routes of what the pages of the documentation need.
pub(crate) const DOCS: &str = "crewed docs";

/// How many ranks are reserved for the routes of one API at either end.
const RANKS: isize = 1 << 20;

/// How many lengths of a base, in segments, have ranks of their own; longer bases share the ranks of the last one.
const DEPTHS: isize = 1 << 8;

/// The ranks of all catch-all routes are below this. The very lowest ranks are left to routes that are meant to come
/// before everything else.
const CATCH_ALL_END: isize = isize::MIN + (DEPTHS + 1) * RANKS;

/// The ranks of all fallback routes begin here.
const FALLBACK_START: isize = isize::MAX - DEPTHS * RANKS;

/// The rank of the gates, before which no route can be.
pub(super) const GATE: isize = isize::MIN;
/// A rank before all catch-all routes, one between these and the user's routes, and one after all fallback routes.
pub(super) const BEFORE_APIS: isize = isize::MIN + RANKS / 2;
pub(super) const BEHIND_APIS: isize = CATCH_ALL_END;
pub(super) const LAST: isize = isize::MAX - RANKS / 2;

/// Whether crewed has mounted this route.
pub(crate) fn is_own(route: &Route) -> bool {
    is_crewed(route) && (route.rank < CATCH_ALL_END || route.rank >= FALLBACK_START)
}

/// Whether it is one of crewed's, wherever it stands: those of health checks and metrics may stand between the user's.
pub(crate) fn is_crewed(route: &Route) -> bool {
    route.name.as_deref() == Some(NAME)
}

/// Whether this route only looks at requests that others are to answer.
pub(super) fn is_gate(route: &Route) -> bool {
    is_own(route) && route.rank == GATE
}

/// Whether a route is tried before the catch-all routes of an API without a base, which are the last of these.
pub(super) fn is_before_catch_all(route: &Route) -> bool {
    route.rank < first_catch_all("")
}

/// Whether the user gave this route a rank in the range of the fallback routes, so that no fallback route may be placed
/// after it.
pub(super) fn is_ranked_last(route: &Route) -> bool {
    route.rank >= FALLBACK_START
}

/// The first rank of the catch-all routes of an API on this base.
pub(super) fn first_catch_all(base: &str) -> isize {
    isize::MIN + (missing_depth(base) + 1) * RANKS
}

/// The first rank of the fallback routes of an API on this base.
pub(super) fn first_fallback(base: &str) -> isize {
    FALLBACK_START + missing_depth(base) * RANKS
}

/// By how many segments a base is shorter than the longest one that has ranks of its own.
fn missing_depth(base: &str) -> isize {
    DEPTHS - 1 - (base.matches('/').count() as isize).min(DEPTHS - 1)
}

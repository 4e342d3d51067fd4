//! Ranks: where among all other routes those of an API stand.
//!
//! Rocket asks routes in the order of their ranks. The *front* of an API stands before every other route, and its
//! *back* behind every other, so both take their ranks from the ends of what a rank can be: there is no rank that a
//! route of the user's may have between two of the same end. Of two APIs the one with the longer base goes first,
//! at both ends.

use rocket::Route;

/// The name of every route of an API's own. Rocket shows it in the log.
pub(super) const NAME: &str = "crewed";

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

/// The first rank of the front of an API on this base.
pub(super) fn first_of_front(base: &str) -> isize {
    isize::MIN + (shorter(base) + 1) * RANKS
}

/// The first rank of its back.
pub(super) fn first_of_back(base: &str) -> isize {
    BACKS_BEGIN + shorter(base) * RANKS
}

/// By how many segments a base is shorter than the longest that are told apart.
fn shorter(base: &str) -> isize {
    DEPTHS - 1 - (base.matches('/').count() as isize).min(DEPTHS - 1)
}

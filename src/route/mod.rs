//! The edge: the only part that knows Rocket's requests and responses.
//!
//! Each API mounts a handler for each method on its base, the *catch-all route*, which stands before every other
//! route. It takes what the trie knows, and gives the answers that nobody else would: 307 for a slash
//! too many or too few, 405 with `Allow`. What it does not take goes on to the user's other routes, and
//! at last to the catcher. Where routes of the user's match what is ours too, a second handler, the
//! *fallback route*, stands behind every other, for what these pass on. For OPTIONS there is one only where that is an
//! operation: a preflight is for the user's own route or fairing, and where there is none, the catcher answers 405.
//!
//! Rocket's generated functions are not used: they stop at the first guard that fails, and their
//! errors are HTML.

mod body;
mod catcher;
mod colors;
mod described;
mod function;
mod handler;
mod mount;
mod overlap;
mod page;
mod path;
mod probe;
mod rank;
mod reply;
mod repository;
mod returned;
mod route_table;
mod trie;

pub(crate) use catcher::{RouteTables, catcher};
pub(crate) use colors::remember as remember_colors;
pub use function::{Answering, AnyFunction, Call, Function, answered};
pub(crate) use mount::routes;
pub(crate) use page::CSP;
pub use page::Page;
pub use probe::{
    Argument, ArgumentProbe, Failure, GuardError, GuardErrorFallback, Guarded, NoGuard, NoModel, OneMeaning,
    ProbeBefore, ProbeData, ProbeGuard, ProbeNothing, RocketRoute,
};
pub(crate) use rank::is_own;
pub use returned::{AroundPart, JsonPart, NoPart, NoValue, Part, PlainPart, ReturnedFallback, Value};
pub(crate) use route_table::{RouteTable, RouteTableBuilder, rocket_method};

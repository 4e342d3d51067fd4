//! The edge: the only part that knows Rocket's requests and responses.
//!
//! Each API mounts a handler for each method on its base, the *front*, which stands before every other
//! route. It takes what the trie knows, and gives the answers that nobody else would: 307 for a slash
//! too many or too few, 405 with `Allow`. What it does not take goes on to the user's other routes, and
//! at last to the catcher. Where routes of the user's match what is ours too, a second handler, the
//! *back*, stands behind every other, for what these pass on. For OPTIONS there is a front only where that is an
//! operation: a preflight is for the user's own route or fairing, and where there is none, the catcher answers 405.
//!
//! Rocket's generated functions are not used: they stop at the first guard that fails, and their
//! errors are HTML.

mod ask;
mod body;
mod catcher;
mod colors;
mod function;
mod handler;
mod held;
mod mount;
mod overlap;
mod parameters;
mod path;
mod rank;
mod reply;
mod resources;
mod returned;
mod site;
mod trie;
mod turn;

pub use ask::{
    Argument, Ask, AskBefore, AskData, AskGuard, AskNothing, Failure, Guarded, NoGuard, NoModel, OneMeaning,
    RocketRoute, Why, WhyNot,
};
pub(crate) use catcher::{Sites, catcher};
pub(crate) use colors::remember as remember_colors;
pub(crate) use function::Around;
pub use function::{Answering, AnyFunction, Call, FromRocket, Function, answered};
pub(crate) use mount::routes;
pub(crate) use rank::is_own;
pub use returned::{AroundPart, JsonPart, NoPart, NoValue, Part, PlainPart, Told, Value};
pub(crate) use site::{Site, SiteBuilder};

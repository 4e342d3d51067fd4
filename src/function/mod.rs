//! What is said of a function under `#[get]` and its like: its method and path, what it takes, what it answers.
//!
//! The macros write it, and whoever has to know a function reads it: the routes, the document. It is data without a
//! word of theirs.

mod meta;
mod probe;

pub(crate) use meta::Described;
pub(crate) use meta::is_redirect;
pub use meta::{Answer, FunctionMeta, Guard};
pub use probe::{TypeFallback, TypeProbe};

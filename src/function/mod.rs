//! The declaration of a function under `#[get]` and its like as data: its method and path, its inputs and its answers.
//!
//! The macros write it, and the routes and the document read it. It depends on neither of them, so that both can be
//! built from the same data.

mod meta;
mod probe;

pub(crate) use meta::Described;
pub(crate) use meta::is_redirect;
pub use meta::{Answer, FunctionMeta, Guard};
pub use probe::{TypeFallback, TypeProbe};

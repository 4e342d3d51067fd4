//! The declaration of a function under `#[get]` and its like as data: its method and path, its inputs and its answers.
//!
//! The macros write it, and the routes and the document read it. It depends on neither of them, so that both can be
//! built from the same data.

mod answer;
mod dependency;
mod meta;
mod plan;
mod probe;

pub use answer::{Answer, AnsweredBy, Guard};
pub use dependency::{DependencyMeta, DependencyUse, SchemeKind, SecurityScheme};
pub use meta::FunctionMeta;
pub(crate) use meta::is_redirect;
pub(crate) use plan::{Node, Overrides, Plan, Planned};
pub use probe::{TypeFallback, TypeProbe, error};

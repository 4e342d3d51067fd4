//! *Declare a struct, launch an API.*

pub mod error;
pub mod issue;
pub mod openapi;
pub mod operation;
pub mod render;
pub mod resource;
pub mod route;
pub mod store;
pub mod value;
pub mod wire;

#[doc(hidden)]
pub mod __private;

pub use wire::Patched;

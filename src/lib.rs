//! *Declare a struct, launch an API.*
//!
//! ```no_run
//! use crewed::prelude::*;
//!
//! /// Someone, and the nickname they go by.
//! #[resource("/users")]
//! struct User {
//!     /// The name they are found by.
//!     #[field(key, min_length = 1, max_length = 64)]
//!     name: String,
//!     nickname: String,
//! }
//!
//! #[crewed::launch]
//! fn rocket() -> _ {
//!     rocket::build().attach(Api::new().resource::<User>())
//! }
//! ```
//!
//! From that one declaration: a table, the models [`UserCreate`, `UserReplace` and
//! `UserPatch`](macro@resource), six operations with FastAPI's answers, and their documentation at `/docs`.
//!
//! - [`#[resource]`](macro@resource) declares what is stored and served, [`#[model]`](macro@model) what requests
//!   and answers are made of.
//! - [`#[get]`](macro@get) and its like make a function an operation: its arguments are the inputs, typed, checked
//!   and documented. [`HttpError`](struct@HttpError) is what it fails with, or an enum under
//!   [`#[derive(HttpError)]`](derive@HttpError).
//! - [`Api`] is a Rocket fairing: attach it beside whatever else the rocket carries.
//! - `[default.crewed]` in `Rocket.toml` says where resources live and how errors read; its keys are
//!   described under [`Api`].
//! - [`#[launch]`](launch) tells a person what is wrong where Rocket's own would panic.
//!
//! # Cargo features
//!
//! | Feature | By default | What it brings |
//! |---|---|---|
//! | `sqlite` | on | resources in a file of SQLite's, or in memory |
//! | `postgres` | on | resources on a PostgreSQL server |
//! | `docs` | on | the OpenAPI document, Swagger UI and RapiDoc; [`openapi`], [`Api::mount`], [`Api::title`] and its like |
//! | `tls` | off | Rocket's own TLS, for `[default.tls]` in `Rocket.toml` |
//! | `testing` | off | proofs of access rules, for tests: `crewed::testing::access` |
//!
//! Functions and models need none of them. A resource needs an engine: with neither it is refused when the rocket
//! ignites, as is whatever in the configuration asks for what is not built in.

#![cfg_attr(docsrs, feature(doc_cfg))]
// What only some features use: a build with all of them tells what nobody does.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "docs", feature = "testing")),
    allow(dead_code, unreachable_pub, unused_imports)
)]

#[doc(hidden)]
pub mod __internals;
#[doc(hidden)]
pub mod __private;
mod app;
mod command;
mod edge;
mod endpoint;
mod error;
mod error_format;
mod function;
mod http;
mod input;
mod issue;
mod meter;
#[cfg(feature = "docs")]
pub mod openapi;
mod operation;
mod outage;
pub mod prelude;
mod rate;
mod repository;
mod resource;
mod route;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod value;
mod wire;

pub use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
pub use rocket;
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use app::{Api, Auth, Describing, LaunchError, Router, ignite};
pub use error_format::{FromHttpError, HttpError, HttpErrors};
pub use input::{FormValue, Upload};
pub use repository::{Find, Repository, Transaction};
pub use resource::{
    Caller, CallerId, CallerTenant, Column, Field, GeneratedKey, Key, List, NoAuth, Nullable, Operand,
    Ordered, Predicate, Resource, Served, Sort, Textual,
};
pub use route::{
    AnyFunction, Basic, Bearer, Credentials, Dependency, ErrorHandler, Function, JsonLines, NoRealm,
    OAuth2PasswordForm, OAuth2Token, Realm, Reply, RequestId, RequestValidationError, ResponseParts,
    SecurityScopes, ServerSentEvent, ServerSentEvents, Tasks,
};
pub use store::{Sql, When};
pub use wire::{AnyDateTime, MapKey, Patched, Wire};

/// Lists functions under crewed's `#[get]` and its like, for [`Api::operations`].
///
/// ```
/// use crewed::prelude::*;
///
/// #[crewed::get("/")]
/// fn read_root() -> &'static str {
///     "Hello"
/// }
///
/// let api = Api::new().operations(operations![read_root]);
/// ```
#[macro_export]
macro_rules! operations {
    ($($function:path),* $(,)?) => {
        [$($crate::__operation!([$crate] $function)),*]
    };
}

// Documented here and not in their crate, so that the examples compile.
#[doc = include_str!("docs/http_error.md")]
pub use crewed_macros::HttpError;
#[doc = include_str!("docs/caller.md")]
pub use crewed_macros::caller;
#[doc = include_str!("docs/depends.md")]
pub use crewed_macros::depends;
#[doc = include_str!("docs/launch.md")]
pub use crewed_macros::launch;
#[doc = include_str!("docs/model.md")]
pub use crewed_macros::model;
#[doc = include_str!("docs/oauth2.md")]
pub use crewed_macros::oauth2;
#[doc(hidden)]
pub use crewed_macros::operation as __operation;
#[doc = include_str!("docs/resource.md")]
pub use crewed_macros::resource;
#[doc = include_str!("docs/operation.md")]
pub use crewed_macros::{delete, get, head, options, patch, post, put};

/// The README's first block, and those of the pages below `docs`, compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../docs/access.md")]
    struct Access;
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/from-fastapi.md")]
    struct FromFastApi;
    #[doc = include_str!("../docs/lists.md")]
    struct Lists;
}

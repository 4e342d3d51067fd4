//! Everything an API's source file needs: `use crewed::prelude::*;`
//!
//! Every name stands at the crate's root too, and none is one that Rocket exports with another
//! meaning. `rocket` itself is among them, so that a manifest with `crewed` alone is enough for everything but
//! the macros of Rocket's own routes (`#[rocket::get]`, `routes![..]`, `#[derive(FromForm)]`): what these write names
//! a crate `rocket`, and where the manifest has none the compiler "could not find `rocket` in the list of imported
//! crates". This line is all they need, in every file:
//!
//! ```toml
//! [dependencies]
//! rocket = { version = "0.5", default-features = false }
//! ```
//!
//! It is the same Rocket that crewed brings along. The prelude goes well with a file that takes all of Rocket's macros:
//!
//! ```no_run
//! #[macro_use]
//! extern crate rocket;
//!
//! use crewed::prelude::*;
//!
//! #[resource("/users")]
//! struct User {
//!     #[field(key)]
//!     name: String,
//! }
//!
//! #[get("/")]
//! fn index() -> &'static str {
//!     "Ask for /users."
//! }
//!
//! #[launch]
//! fn rocket() -> _ {
//!     rocket::build().mount("/", routes![index]).attach(Api::new().resource::<User>())
//! }
//! ```

pub use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
pub use rocket;
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use crate::{
    AnyDateTime, Api, Auth, Field, HttpError, Patched, Predicate, Repository, Upload, model, operations,
    resource,
};
pub use crate::{
    Sql,
    When::{After, Before},
};

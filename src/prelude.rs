//! Everything an API's source file needs: `use crewed::prelude::*;`
//!
//! Every name stands at the crate's root too, and none is one that Rocket exports with another
//! meaning. `rocket` itself is among them, so that a manifest with `crewed` alone is enough: where there are
//! hand-written routes too, with `extern crate self as rocket; pub use crewed::rocket::*;` at the crate's root,
//! since Rocket's macros name a crate `rocket`. It goes well with a file that takes all of Rocket's macros:
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

pub use crate::{AnyDateTime, Api, HttpError, Patched, Resources, Upload, model, operations, resource};
pub use crate::{
    Sql,
    When::{After, Before},
};

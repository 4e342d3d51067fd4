//! Everything an API's source file needs: `use crewed::prelude::*;`
//!
//! Every name stands at the crate's root too, and none is one that Rocket exports with another
//! meaning. `rocket` itself is among them, so that a manifest with `crewed` alone is enough.

pub use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
pub use rocket;
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use crate::{Api, Patched, model, resource};

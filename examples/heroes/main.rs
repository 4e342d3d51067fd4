//! Heroes, with a key that the store counts, a secret, the times of their making and changing, and a list that clients can
//! filter, sort and search.
//!
//! ```sh
//! cargo run --example heroes
//! curl -X POST localhost:8000/heroes -H 'content-type: application/json' \
//!      -d '{"name": "Deadpond", "secret_name": "Dive Wilson", "power": 7.5}'
//! curl 'localhost:8000/heroes?q=dead&age__isnull=true&sort=-created_at'
//! ```

use crewed::prelude::*;

/// Someone with a secret name.
#[resource("/heroes")]
struct Hero {
    /// Counted up by the store.
    #[field(key, generated)]
    id: i64,
    /// The name on the poster.
    #[field(unique, min_length = 1, max_length = 64, filter, sort, search, example = "Deadpond")]
    name: String,
    /// In years, where it is known.
    #[field(ge = 0, le = 1000, filter(eq, gte, lte, isnull), sort)]
    age: Option<i32>,
    /// Never shown to anybody.
    #[field(write_only, min_length = 1)]
    secret_name: String,
    /// How strong they are.
    #[field(default = 1.0, gt = 0.0, le = 10.0)]
    power: f64,
    /// When they joined.
    #[field(created_at, filter(gte, lt), sort)]
    created_at: DateTime<Utc>,
    /// When anything about them last changed.
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

#[crewed::launch]
pub(crate) fn rocket() -> _ {
    rocket::build().attach(Api::new().title("Heroes").resource::<Hero>())
}

#[cfg(test)]
mod tests;

use crewed::prelude::*;

use crate::callers::Me;

/// Someone who writes books.
#[resource("/authors", access(caller = Me, read(public), write(caller.is_staff())))]
#[derive(Clone)]
pub struct Author {
    #[field(key, generated)]
    pub id: i64,
    #[field(min_length = 1, max_length = 200, filter, sort, search, example = "Ursula Le Guin")]
    pub name: String,
    /// The country they were born in, by its two letters (ISO 3166).
    #[field(pattern = "^[A-Z]{2}$", filter(eq, in, not_in, isnull), example = "US")]
    pub country: Option<String>,
    #[field(filter, sort)]
    pub born: Option<NaiveDate>,
    #[field(max_length = 5000, search)]
    pub biography: Option<String>,
}

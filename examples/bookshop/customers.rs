use crewed::prelude::*;

/// Someone who buys books.
#[resource("/customers", sparse, export("csv"))]
#[derive(Clone)]
pub struct Customer {
    /// Chosen by whoever adds them, so that nobody is added twice where an answer got lost.
    #[field(key, filter)]
    pub id: Uuid,
    #[field(min_length = 1, max_length = 200, filter, sort, search, example = "Ada Lovelace")]
    pub name: String,
    #[field(unique, format("email"), max_length = 254, filter(eq, endswith), search)]
    pub email: String,
    #[field(max_length = 100, filter, sort)]
    pub city: Option<String>,
    #[field(filter, sort)]
    pub birthday: Option<NaiveDate>,
    #[field(default = false, filter)]
    pub newsletter: bool,
    #[field(created_at, filter, sort)]
    pub created_at: DateTime<Utc>,
}

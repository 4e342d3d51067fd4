use crewed::prelude::*;

use crate::callers::Me;

/// Someone who buys books. They add themselves, or are added by the staff of the shop.
#[resource(
    "/customers",
    sparse,
    export("csv"),
    access(
        caller = Me,
        read(id == caller.id || caller.is_staff()),
        write(id == caller.id || caller.is_staff()),
    ),
)]
#[derive(Clone)]
pub struct Customer {
    /// Chosen by whoever adds them, so that nobody is added twice where an answer got lost. A customer has the one that
    /// their token says.
    #[field(key, unique(everywhere), filter)]
    pub id: Uuid,
    /// The shop of whoever added them.
    #[field(tenant)]
    pub shop_id: i64,
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

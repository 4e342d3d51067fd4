use crewed::{DateTime, Utc, resource};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(created_at)]
    created_at: DateTime<Utc>,
    #[field(created_at)]
    born_at: DateTime<Utc>,
}

fn main() {}

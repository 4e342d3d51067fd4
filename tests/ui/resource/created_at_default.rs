use crewed::{DateTime, Utc, resource};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(created_at, default)]
    created_at: DateTime<Utc>,
}

fn main() {}

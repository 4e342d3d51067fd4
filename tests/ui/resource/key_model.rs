use crewed::{model, resource};

#[resource("/users")]
struct User {
    #[field(key)]
    address: Address,
}

#[model]
struct Address {
    city: String,
}

fn main() {}

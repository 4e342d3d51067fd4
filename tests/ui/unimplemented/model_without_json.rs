use crewed::{model, resource};

#[model]
struct Address {
    city: String,
}

#[resource("/people")]
struct Person {
    #[field(key)]
    name: String,
    address: Address,
}

fn main() {}

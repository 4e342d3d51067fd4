use crewed::model;

struct Address {
    city: String,
}

#[model]
struct Person {
    address: Option<Address>,
}

fn main() {}

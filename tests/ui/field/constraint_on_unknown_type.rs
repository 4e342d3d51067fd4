use crewed::model;

#[model]
struct Item {
    #[field(min_length = 1)]
    address: Address,
}

#[model]
struct Address {
    city: String,
}

fn main() {}

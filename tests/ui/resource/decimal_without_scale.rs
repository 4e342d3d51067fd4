use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    price: crewed::Decimal,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    price: f64,
}

fn main() {}

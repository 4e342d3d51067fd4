use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(scale = 2)]
    price: f64,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key, generated)]
    name: String,
}

fn main() {}

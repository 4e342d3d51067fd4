use crewed::resource;

#[resource("/users")]
struct User {
    name: String,
}

fn main() {}

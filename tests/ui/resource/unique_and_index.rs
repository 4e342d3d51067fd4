use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(unique, index)]
    email: String,
}

fn main() {}

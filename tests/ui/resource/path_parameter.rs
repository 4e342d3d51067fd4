use crewed::resource;

#[resource("/users/<name>")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", operations(get))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

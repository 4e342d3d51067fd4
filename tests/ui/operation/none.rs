use crewed::resource;

#[resource("/users", operations())]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

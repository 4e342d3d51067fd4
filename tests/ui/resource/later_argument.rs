use crewed::resource;

#[resource("/users", feed = true)]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

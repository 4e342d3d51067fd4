use crewed::resource;

#[resource("/users", operations = "list")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

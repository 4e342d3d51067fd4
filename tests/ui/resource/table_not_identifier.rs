use crewed::resource;

#[resource("/users", table = "my users")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

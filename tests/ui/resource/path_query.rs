use crewed::resource;

#[resource("/users?all")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

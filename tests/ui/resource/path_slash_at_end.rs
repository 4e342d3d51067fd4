use crewed::resource;

#[resource("/users/")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    first__name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key, default)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key, unique)]
    name: String,
}

fn main() {}

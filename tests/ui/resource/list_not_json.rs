use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    tags: Vec<String>,
}

fn main() {}

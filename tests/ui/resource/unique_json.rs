use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(unique, json)]
    tags: Vec<String>,
}

fn main() {}

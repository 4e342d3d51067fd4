use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: Option<String>,
}

fn main() {}

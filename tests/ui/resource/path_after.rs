use crewed::resource;

#[resource(tag = "people", "/users")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", operations(), tag = "people", inputs = "query", create = "replace")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

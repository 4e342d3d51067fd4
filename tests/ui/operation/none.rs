use crewed::resource;

#[resource("/users", operations(), tag = "people", inputs = "query", replies = "status")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

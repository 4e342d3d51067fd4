use crewed::resource;

#[resource("/users", inputs = "path")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

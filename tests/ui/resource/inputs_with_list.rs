use crewed::resource;

#[resource("/users", inputs = "path", operations(list, read))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", operations(list, read, list))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

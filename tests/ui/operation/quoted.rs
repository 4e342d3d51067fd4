use crewed::resource;

#[resource("/users", operations("list", read, "reed"))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", missing(code = 404))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", missing(status = 500))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", table = "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

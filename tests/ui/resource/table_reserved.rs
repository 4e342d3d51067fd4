use crewed::resource;

#[resource("/users", table = "sqlite_users")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

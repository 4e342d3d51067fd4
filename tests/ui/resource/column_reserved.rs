use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(column = "pg_name")]
    nick: String,
}

fn main() {}

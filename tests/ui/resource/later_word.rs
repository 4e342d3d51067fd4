use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(version)]
    nick: String,
}

fn main() {}

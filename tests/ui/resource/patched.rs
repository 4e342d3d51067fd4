use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    nick: crewed::Patched<String>,
}

fn main() {}

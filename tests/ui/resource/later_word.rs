use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(filter)]
    nick: String,
}

fn main() {}

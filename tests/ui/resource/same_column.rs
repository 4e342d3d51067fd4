use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(column = "Name")]
    nick: String,
}

fn main() {}

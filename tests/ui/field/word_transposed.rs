use crewed::resource;

#[resource("/users")]
struct User {
    #[field(kye)]
    name: String,
    #[field(key)]
    id: i64,
}

fn main() {}

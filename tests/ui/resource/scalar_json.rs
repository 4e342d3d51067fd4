use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(json)]
    age: i64,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(generated)]
    number: i64,
}

fn main() {}

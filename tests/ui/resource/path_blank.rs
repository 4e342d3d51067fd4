use crewed::resource;

#[resource("/my users")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

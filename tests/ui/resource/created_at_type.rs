use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(created_at)]
    created_at: String,
}

fn main() {}

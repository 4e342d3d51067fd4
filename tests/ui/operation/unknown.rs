use crewed::resource;

#[resource("/users", operations(list, reed))]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

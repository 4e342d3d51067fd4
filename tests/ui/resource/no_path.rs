use crewed::resource;

#[resource()]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
enum User {
    Known,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(read_only)]
    points: i64,
}

fn main() {}

use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(read_only, write_only, default)]
    points: i64,
}

fn main() {}

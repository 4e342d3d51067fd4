use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    at: chrono::NaiveDateTime,
}

fn main() {}

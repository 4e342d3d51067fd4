use crewed::resource;

#[resource("/users", tabel = "people")]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

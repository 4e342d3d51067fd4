use crewed::resource;

#[resource("/users", create = "replace")]
struct User {
    #[field(key, generated)]
    id: i64,
}

#[resource("/others", create = "replace", operations(read))]
struct Other {
    #[field(key)]
    id: i64,
}

fn main() {}

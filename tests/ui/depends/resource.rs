use crewed::resource;

#[resource("/users", depends = require_key)]
struct User {
    #[field(key)]
    name: String,
}

#[resource("/teams", depends(no_such))]
struct Team {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", inputs = "querry", create = "overwrite", replies = 1)]
struct User {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::resource;

#[resource("/users", inputs = "query")]
struct User {
    #[field(key)]
    name: String,
    #[field(json)]
    tags: Vec<String>,
    #[field(json)]
    more: std::collections::HashMap<String, String>,
}

#[resource("/others", inputs = "path")]
struct Other {
    #[field(key)]
    name: String,
    #[field(json)]
    tags: Vec<String>,
}

fn main() {}

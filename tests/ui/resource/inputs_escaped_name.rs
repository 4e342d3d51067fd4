use crewed::resource;

#[resource("/users", inputs = "path")]
struct User {
    #[field(key)]
    name: String,
    #[serde(rename = "nick name")]
    nickname: String,
}

fn main() {}

use crewed::resource;

#[resource("/items")]
struct Item {
    #[field(key)]
    name: String,
    #[serde(skip)]
    cached: i64,
}

fn main() {}

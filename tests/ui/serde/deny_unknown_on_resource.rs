use crewed::resource;

#[resource("/items")]
#[serde(deny_unknown_fields)]
struct Item {
    #[field(key)]
    name: String,
}

fn main() {}

use crewed::model;

#[model]
struct Item {
    name: String,
    #[serde(rename = "name")]
    title: String,
}

fn main() {}

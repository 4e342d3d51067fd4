use crewed::model;

#[model]
struct Item {
    #[serde(rename = "name")]
    title: String,
    name: String,
}

fn main() {}

use crewed::model;

#[model]
struct Item {
    #[serde(alias = "title")]
    name: String,
}

fn main() {}

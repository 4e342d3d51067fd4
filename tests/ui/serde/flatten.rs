use crewed::model;

#[model]
struct Item {
    #[serde(flatten)]
    rest: serde_json::Value,
}

fn main() {}

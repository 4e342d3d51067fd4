use crewed::model;

#[model]
#[serde(rename_all = "camel_case")]
struct Item {
    name: String,
}

fn main() {}

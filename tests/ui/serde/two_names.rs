use crewed::model;

#[model]
struct Item {
    #[serde(rename(serialize = "Name"))]
    name: String,
}

fn main() {}

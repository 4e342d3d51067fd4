use crewed::model;

#[model]
#[derive(Clone, serde::Serialize)]
struct Item {
    name: String,
}

fn main() {}

use crewed::model;
use crewed::prelude::*;

#[model]
struct Item {
    #[field(not_null)]
    name: String,
    #[field(not_null)]
    note: Option<String>,
    #[field(not_null = true)]
    price: Patched<f64>,
}

#[resource("/rows")]
struct Row {
    #[field(key)]
    id: i64,
    #[field(not_null)]
    note: Option<String>,
}

fn main() {}

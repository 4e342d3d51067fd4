use crewed::model;

#[model]
struct Item {
    by_id: std::collections::HashMap<i64, String>,
}

fn main() {}

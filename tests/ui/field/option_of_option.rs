use crewed::model;

#[model]
struct Item {
    name: Option<Option<String>>,
}

fn main() {}

use crewed::model;

#[model]
struct Item {
    name: &'static str,
}

fn main() {}

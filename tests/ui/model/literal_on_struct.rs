use crewed::model;

#[model(literal)]
struct Item {
    name: String,
}

fn main() {}

use crewed::model;

#[model(name = "Item", name = "Thing")]
struct Item {
    name: String,
}

fn main() {}

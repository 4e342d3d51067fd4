use crewed::model;

#[model(nme = "Item")]
struct Item {
    name: String,
}

fn main() {}

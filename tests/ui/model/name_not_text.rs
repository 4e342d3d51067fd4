use crewed::model;

#[model(name = Item)]
struct Thing {
    name: String,
}

fn main() {}

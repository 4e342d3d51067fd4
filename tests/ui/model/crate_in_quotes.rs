use crewed::model;

#[model(crate = "crewed")]
struct Item {
    name: String,
}

fn main() {}

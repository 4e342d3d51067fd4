use crewed::model;

#[model(name = "My Item")]
struct Item {
    name: String,
}

fn main() {}

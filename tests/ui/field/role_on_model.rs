use crewed::model;

#[model]
struct Item {
    #[field(key)]
    name: String,
}

fn main() {}

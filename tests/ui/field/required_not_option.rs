use crewed::model;

#[model]
struct Item {
    #[field(required)]
    name: String,
}

fn main() {}

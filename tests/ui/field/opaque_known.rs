use crewed::model;

#[model]
struct Item {
    #[field(opaque)]
    name: String,
}

fn main() {}

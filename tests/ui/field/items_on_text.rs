use crewed::model;

#[model]
struct Item {
    #[field(min_items = 1)]
    name: String,
}

fn main() {}
